//! Components that pages put together: what is written in a page, and what it looks like.

use domain::fields::FieldErrors;
use leptos::prelude::*;

use crate::islands::{Foldable, FoldedCount};
use crate::ui::icon::{Icon, Sign};
use crate::ui::meter::Meter;
use crate::ui::qr::Qr;
use crate::ui::table::{Column, Sorted, Table};
use crate::ui::{Card, Chip, Choice, Choices, FileField, FilterForm, Pill, Search, Tab, Tabs, Typed};

/// All of them.
pub fn samples() -> AnyView {
    view! {
        <Card title="Lists">{lists()}</Card>
        <Card title="Choices and files">{choices()}</Card>
        <Card title="Icons">{icons()}</Card>
        <Card title="Drawn">{drawn()}</Card>
        <Card title="Islands">{islands()}</Card>
    }
    .into_any()
}

/// What is written in a page, above what it draws.
#[component]
fn Sample(
    /// The source.
    code: &'static str,
    /// The same, drawn.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="stack">
            <p><code>{code}</code></p>
            <div>{children()}</div>
        </div>
    }
}

fn lists() -> AnyView {
    let typed = Typed { pairs: &[], faults: &FieldErrors::default() };
    let fields = vec![typed.field("from", "From", "date")];
    let search = Search { name: "q", value: String::new(), placeholder: "Number", label: "Search by number" };
    let columns = vec![Column::text("Number"), Column::text("Placed"), Column::text("Status").wide()];
    let sorted = Sorted { by: "Placed", descending: true, turned: "#".to_owned() };
    let count = Some("12".to_owned());
    view! {
        <Sample code="<Tabs label=\"Views\"><Tab href label=\"All\" current=true/>...</Tabs>">
            <Tabs label="Views">
                <Tab href="#".to_owned() label="All" current=true/>
                <Tab href="#".to_owned() label="To fulfil" current=false count/>
            </Tabs>
        </Sample>
        <Sample code="<FilterForm action search is_open=false fields/>">
            <FilterForm action="/styleguide".to_owned() search is_open=false fields/>
        </Sample>
        <Sample code="<Chip href words/>">
            <div class="chips"><Chip href="#".to_owned() words="from 2026-03-01".to_owned()/></div>
        </Sample>
        <Sample code="<Table caption columns stacks=true sorted>...</Table>">
            <Table caption="Sorted" columns stacks=true sorted>
                <tr>
                    <td><a class="row-link" href="#">"#1001"</a></td>
                    <td class="at-time">"Today 14:02"</td>
                    <td class="at-state"><Pill label="Paid"/></td>
                </tr>
            </Table>
        </Sample>
    }
    .into_any()
}

fn choices() -> AnyView {
    let choice = |value: &str, words: &str, is_chosen| Choice { value: value.into(), words: words.into(), is_chosen };
    let choices = vec![choice("a", "The first", true), choice("b", "The second", false)];
    view! {
        <Sample code="<Choices name label choices hint/>">
            <Choices name="things" label="Things" choices hint="As many as you like."/>
        </Sample>
        <Sample code="<FileField name label hint/>">
            <FileField name="file" label="File" hint="At most 50 MB."/>
        </Sample>
    }
    .into_any()
}

fn icons() -> AnyView {
    let icon = |sign: Sign| view! { <span title=format!("{sign:?}")><Icon sign/></span>" " };
    let icons = Sign::ALL.map(icon).into_iter().collect_view();
    view! { <Sample code="<Icon sign=Sign::Search/>"><p>{icons}</p></Sample> }.into_any()
}

fn drawn() -> AnyView {
    view! {
        <Sample code="<Meter used=80 allowed=100/>"><Meter used=80 allowed=100/></Sample>
        <Sample code="<Qr text label/>"><Qr text="https://example.com".to_owned() label="An example address"/></Sample>
    }
    .into_any()
}

fn islands() -> AnyView {
    view! {
        <Sample code="<Foldable label>...<FoldedCount/></Foldable>">
            <Foldable label="Fold".to_owned()>
                <p>"This comes from the server. Folded away so often: "<FoldedCount/></p>
            </Foldable>
        </Sample>
        <Sample code="<FoldedCount/>">
            <p>"Within nothing: "<FoldedCount/></p>
        </Sample>
    }
    .into_any()
}
