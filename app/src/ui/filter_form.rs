//! The form above every list: a search, and a menu with the rest of what narrows it. It shows what was typed, understood
//! or not, and works without scripts.

use domain::fields::FieldErrors;
use domain::jobs::INSTALLATION;
use leptos::prelude::*;

use super::button::{Button, Look};
use super::field::{Field, SelectField};
use super::icon::{Icon, Sign};

/// What was typed into such a form, and what is wrong with it.
#[derive(Clone, Copy, Debug)]
pub struct Typed<'a> {
    /// Names and values, as they stand in the address.
    pub pairs: &'a [(String, String)],
    /// What could not be understood.
    pub faults: &'a FieldErrors,
}

impl Typed<'_> {
    /// What was typed under `name`.
    pub fn value(&self, name: &str) -> String {
        self.pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default()
    }

    /// What is wrong with it.
    pub fn fault(&self, name: &str) -> Option<String> {
        self.faults.of(name).map(str::to_owned)
    }

    /// A line of text, a day, an amount.
    pub fn field(&self, name: &'static str, label: &'static str, kind: &'static str) -> AnyView {
        view! { <Field name label kind value=self.value(name) fault=self.fault(name)/> }.into_any()
    }

    /// One of `options`, or any of them: `any` says so.
    pub fn select(
        &self,
        name: &'static str,
        label: &'static str,
        any: &str,
        options: impl IntoIterator<Item = (String, String)>,
    ) -> AnyView {
        let options = std::iter::once((String::new(), any.to_owned())).chain(options).collect();
        view! { <SelectField name label options chosen=self.value(name) fault=self.fault(name)/> }.into_any()
    }
}

/// Whose rows are listed, where the platform lists those of all tenants.
pub fn tenant_field(typed: &Typed<'_>) -> AnyView {
    let hint = format!("The slug of a tenant, or {INSTALLATION} for the platform.");
    view! { {typed.field("tenant", "Tenant", "text")}<p class="hint -mt-2">{hint}</p> }.into_any()
}

/// The search of such a form.
#[derive(Clone, Debug)]
pub struct Search {
    /// Its name in the form.
    pub name: &'static str,
    /// What was typed.
    pub value: String,
    /// What it looks for.
    pub placeholder: &'static str,
    /// The same for who cannot see where it stands.
    pub label: &'static str,
}

/// The form.
#[component]
pub fn FilterForm(
    /// Where the list is.
    action: String,
    /// What is searched for.
    search: Search,
    /// Whether the menu is open from the start, because something in it is wrong.
    is_open: bool,
    /// What is sent along unseen, and faults that have no field.
    #[prop(optional_no_strip)]
    rest: Option<AnyView>,
    /// The fields of the menu.
    fields: Vec<AnyView>,
    /// What stands below them.
    #[prop(optional_no_strip)]
    below: Option<AnyView>,
) -> impl IntoView {
    let Search { name, value, placeholder, label } = search;
    view! {
        <form class="filters" method="get" action=action>
            <div class="search">
                <Icon sign=Sign::Search/>
                <input type="search" name=name value=value placeholder=placeholder aria-label=label/>
            </div>
            <Button label="Search"/>
            <details class="menu menu-form" open=is_open>
                <summary class="btn"><Icon sign=Sign::Filter/>"Filter"</summary>
                <div class="menu-box">
                    <div class="grid-fields">{fields}</div>
                    {below}
                    <Button label="Apply filters" look=Look::Primary/>
                </div>
            </details>
            {rest}
        </form>
    }
}
