//! Role and stores, as they are chosen: for whoever is invited, and for a member.

use db::stores::Store;
use db::team::OwnRole;
use domain::permission::Role;
use leptos::prelude::*;

use super::model::PlaceForm;
use crate::ui::{Choice, Choices, SelectField};

/// The fields for role and stores.
pub fn place_fields(form: &PlaceForm, roles: &[OwnRole], stores: &[Store]) -> impl IntoView + use<> {
    let fixed = [
        (Role::Manager, "Manager: everything except the team"),
        (Role::Staff, "Staff: orders and imports"),
        (Role::Viewer, "Viewer: read-only"),
    ];
    let fixed = fixed.map(|(role, words)| (role.as_str().to_owned(), words.to_owned()));
    let own = roles.iter().map(|role| (role.id.to_string(), role.name.clone()));
    let options = fixed.into_iter().chain(own).collect();
    let chosen = if form.role.is_empty() { "staff".to_owned() } else { form.role.clone() };
    let fault = |field: &str| form.faults.of(field).map(str::to_owned);
    let is_chosen = |slug: &String| form.stores.as_ref().is_some_and(|slugs| slugs.contains(slug));
    let boxes =
        stores.iter().map(|s| Choice { value: s.slug.clone(), words: s.name.clone(), is_chosen: is_chosen(&s.slug) });
    let boxes: Vec<Choice> = boxes.collect();
    let reach = if form.stores.is_some() { "some" } else { "all" };
    let reaches = vec![
        ("all".to_owned(), "All stores, including future ones".to_owned()),
        ("some".to_owned(), "Only the selected stores".to_owned()),
    ];
    view! {
        <SelectField name="role" label="Role" options chosen fault=fault("role")/>
        <SelectField name="reach" label="Stores" options=reaches chosen=reach/>
        <Choices
            name="stores"
            label="Selected stores"
            choices=boxes
            fault=fault("stores")
            hint="Members limited to some stores cannot manage the team, API keys or backups."
        />
    }
}
