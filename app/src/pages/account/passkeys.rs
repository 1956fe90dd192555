//! Passkeys: the list, making one, removing one.

use db::people::passkeys::Passkey;
use domain::fields::FieldErrors;
use leptos::prelude::*;

use super::model::RemovePasskey;
use crate::document::{Document, Head, Scripts};
use crate::frame::{Visitor, bare};
use crate::islands::PasskeyStep;
use crate::ui::table::{Column, Table};
use crate::ui::{Button, ButtonLink, Card, Clock, Field, Look, PageHeader, When};

/// Renders the page on which the device makes a passkey called `name`.
pub fn add(visitor: &Visitor, name: &str, options: String) -> Document {
    let head = Head { scripts: Scripts::Islands, ..Head::plain("Add passkey", visitor.theme) };
    let words = format!(
        "Your device creates a passkey called \u{201c}{name}\u{201d} and stores it. The secret part never leaves the \
         device."
    );
    bare(&head, Some(visitor.clone()), || {
        view! {
            <PageHeader title="Add passkey" back=("/account".to_owned(), "Account")/>
            <Card>
                <p>{words}</p>
                <PasskeyStep action="/account/passkeys".to_owned() options makes=true next=None/>
            </Card>
        }
    })
}

/// Renders the page that asks whether a passkey is to be removed.
pub fn remove(page: &RemovePasskey) -> Document {
    bare(&Head::plain("Remove passkey", page.visitor.theme), Some(page.visitor.clone()), || {
        let title = format!("Remove \u{201c}{}\u{201d}?", page.passkey.name);
        let fault = page.faults.of("password").map(str::to_owned);
        let (id, last) = (page.passkey.id.to_string(), page.is_last);
        let last = last.then(|| {
            view! { <li>"This is your last passkey. You will sign in with your password alone, and your recovery \
            codes stop working."</li> }
        });
        view! {
            <PageHeader title back=("/account".to_owned(), "Account")/>
            <Card>
                <form class="stack" method="post" action="/account/passkeys/remove">
                    <ul class="plan">
                        <li>"You can no longer sign in with it. Your current sessions stay signed in."</li>
                        {last}
                        <li>"Your device still lists the passkey. You can delete it there."</li>
                    </ul>
                    <input type="hidden" name="passkey" value=id/>
                    <Field name="password" label="Current password" kind="password" autocomplete="current-password" required=true fault/>
                    <div class="actions">
                        <Button label="Remove passkey" look=Look::Danger/>
                        <ButtonLink href="/account" label="Keep passkey" look=Look::Quiet/>
                    </div>
                </form>
            </Card>
        }
    })
}

/// The passkeys of whoever looks, and the form that adds one.
pub(super) fn card(passkeys: &[Passkey], typed: &str, faults: &FieldErrors, clock: Clock) -> impl IntoView + use<> {
    let row = |passkey: &Passkey| {
        let id = passkey.id.to_string();
        let used = match passkey.last_used_at {
            Some(at) => view! { <When at clock/> }.into_any(),
            None => view! { <span class="text-quiet">"Never"</span> }.into_any(),
        };
        view! {
            <tr>
                <td><span class="clip wide-clip">{passkey.name.clone()}</span></td>
                <td class="wide"><When at=passkey.created_at clock/></td>
                <td>{used}</td>
                <td>
                    <form method="post" action="/account/passkeys/remove">
                        <input type="hidden" name="passkey" value=id/>
                        <Button label="Remove" look=Look::Quiet/>
                    </form>
                </td>
            </tr>
        }
    };
    let columns = vec![
        Column::text("Passkey"),
        Column::time("Added", &clock).wide(),
        Column::time("Last used", &clock),
        Column::text(""),
    ];
    let table = (!passkeys.is_empty()).then(|| {
        let rows = passkeys.iter().map(row).collect_view();
        view! { <Card title="Passkeys" flush=true><Table caption="Passkeys" columns>{rows}</Table></Card> }
    });
    let fault = |field: &str| faults.of(field).map(str::to_owned);
    let (name_fault, password_fault, value) = (fault("passkey_name"), fault("passkey_password"), typed.to_owned());
    view! {
        {table}
        <Card title="Add passkey">
            <form class="stack max-w-110" method="post" action="/account/passkeys/new">
                <p>"Sign in with your phone, computer or security key instead of a password. Once you add a passkey, \
                    signing in with your password also asks for a passkey, a code or a recovery code."</p>
                <Field name="passkey_name" label="Passkey name" value required=true fault=name_fault hint="The device \
                    that stores it, such as Laptop."/>
                <Field
                    name="passkey_password"
                    label="Current password"
                    kind="password"
                    autocomplete="current-password"
                    required=true
                    fault=password_fault
                />
                <Button label="Add passkey"/>
            </form>
        </Card>
    }
}
