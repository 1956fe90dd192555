//! One of the tenant's own roles.

use domain::permission::Permission;
use leptos::prelude::*;

use super::model::RolePage;
use crate::document::Document;
use crate::ui::money::things;
use crate::ui::{Button, Card, Choice, Choices, Field, Look, Notice, PageHeader, Tone};

/// Renders the page.
pub fn page(page: &RolePage) -> Document {
    let title = page.role.as_ref().map_or_else(|| "New role".to_owned(), |role| role.name.clone());
    page.frame.render(&title, || {
        let team = format!("/t/{}/team", page.frame.tenant());
        let action =
            page.role.as_ref().map_or_else(|| format!("{team}/roles"), |role| format!("{team}/roles/{}", role.id));
        let refused = page.refused.clone().map(|words| view! { <Notice tone=Tone::Critical>{words}</Notice> });
        let fault = |field: &str| page.faults.of(field).map(str::to_owned);
        let choice = |p: Permission| Choice {
            value: p.as_str().to_owned(),
            words: p.words().to_owned(),
            is_chosen: page.permissions.contains(p),
        };
        // Nobody gives away what they do not have; what the role has already stays to be seen.
        let given = |p: &Permission| page.may_give.contains(*p) || page.permissions.contains(*p);
        let choices: Vec<Choice> = Permission::ALL.into_iter().filter(given).map(choice).collect();
        let (name, faults) = (page.name.clone(), [fault("name"), fault("permissions")]);
        let [name_fault, permissions_fault] = faults;
        let used = page.role.as_ref().filter(|role| role.in_use > 0);
        let used = used.map(
            |role| view! { <p class="text-quiet">{format!("In use by {}.", things(role.in_use, "member", "members"))}</p> },
        );
        let delete = page.role.as_ref().filter(|role| role.in_use == 0).map(|role| {
            let action = format!("{team}/roles/{}/delete", role.id);
            view! {
                <Card title="Delete role">
                    <form class="stack" method="post" action=action>
                        <p>"No members have this role."</p>
                        <Button label="Delete role" look=Look::Danger/>
                    </form>
                </Card>
            }
        });
        view! {
            <PageHeader title=title.clone() back=(team.clone(), "Team")/>
            {refused}
            <Card>
                <form class="stack" method="post" action=action>
                    <Field name="name" label="Name" value=name fault=name_fault required=true/>
                    <Choices name="permissions" label="Permissions" choices fault=permissions_fault/>
                    {used}
                    <Button label="Save role" look=Look::Primary/>
                </form>
            </Card>
            {delete}
        }
    })
}
