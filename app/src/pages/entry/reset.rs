//! The choice of another password.

use leptos::prelude::*;

use super::model::ResetForm;
use crate::document::{Document, Head};
use crate::frame::bare;
use crate::ui::{Button, Card, Field, Look, PageHeader};

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
