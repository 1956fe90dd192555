//! Links from letters that need no more than a click, and those that open nothing any more.

use leptos::prelude::*;

use crate::document::{Document, Head, Theme};
use crate::frame::bare;
use crate::ui::{Button, ButtonLink, Card, Look, PageHeader};

/// Asks for the click that confirms `email`: programs that look at letters follow links, but press no buttons.
pub fn confirm(secret: &str, email: &str, theme: Theme) -> Document {
    let (action, words) = (domain::link::confirm_email(secret), format!("You will sign in with {email}."));
    bare(&Head::plain("Confirm email", theme), None, || {
        view! {
            <div class="sign-in">
                <PageHeader title="Confirm email"/>
                <Card>
                    <form class="stack" method="post" action=action>
                        <p>{words}</p>
                        <Button label="Confirm email" look=Look::Primary/>
                    </form>
                </Card>
            </div>
        }
    })
}

/// Says that a link opens nothing, and why not.
pub fn over(why: &str, theme: Theme) -> Document {
    bare(&Head::plain("Link expired", theme), None, || {
        view! {
            <div class="error-page">
                <h1>"This link has expired"</h1>
                <p>{why.to_owned()}</p>
                <div class="actions"><ButtonLink href="/" label="Go to the home page"/></div>
            </div>
        }
    })
}
