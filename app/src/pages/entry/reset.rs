//! The choice of another password.

use domain::fields::FieldErrors;
use leptos::prelude::*;

use crate::document::{Document, Head, Theme};
use crate::frame::bare;
use crate::ui::{Button, Card, Field, Look, PageHeader};

/// What the form shows.
#[derive(Clone, Debug, Default)]
pub struct ResetForm {
    /// The secret of the link.
    pub secret: String,
    /// What is wrong.
    pub faults: FieldErrors,
    /// The theme of this browser.
    pub theme: Theme,
}

/// Renders the form. It posts `password` to its own address.
pub fn page(form: &ResetForm) -> Document {
    bare(&Head::plain("New password", form.theme), None, || {
        let action = domain::link::reset_password(&form.secret);
        let fault = form.faults.of("password").map(str::to_owned);
        view! {
            <div class="sign-in">
                <PageHeader title="New password"/>
                <Card>
                    <form class="stack" method="post" action=action>
                        <Field
                            name="password"
                            label="New password"
                            kind="password"
                            autocomplete="new-password"
                            hint="At least 12 characters. A few unrelated words work well. All your sessions are \
                                signed out."
                            fault
                            required=true
                            autofocus=true
                        />
                        <Button label="Save password" look=Look::Primary/>
                    </form>
                </Card>
            </div>
        }
    })
}
