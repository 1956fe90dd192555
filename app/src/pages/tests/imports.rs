//! Imports, from the form to the outcome.

use db::imports::{Preview, ProblemKey, ProblemPage, Run};
use domain::fields::FieldErrors;
use domain::ids::Uuid;
use domain::imports::{Format, ImportQuery, Problem, ProblemKind, RunStatus, Summary, Totals};
use domain::page::Page;

use super::fixtures::{HOSTILE, frame, now, seal};
use super::{assert_clean, attributes, texts};
use crate::frame::Section;
use crate::pages::imports::{ImportForm, ImportIndex, ImportPage, index, new, show};

fn run(status: RunStatus) -> Run {
    let totals = Totals { sales_total: 123_456, returns_total: -1_000 };
    let summary = Summary {
        read: 5_000,
        orders: 1_200,
        returns: 4,
        rejected: 2,
        items: 4_990,
        currencies: [("GBP".to_owned(), totals)].into(),
        ..Summary::default()
    };
    Run {
        id: Uuid::nil().into(),
        store_id: Uuid::nil().into(),
        store: "shop".into(),
        store_name: "Shop".into(),
        format: Format::OnlineRetail,
        mode: Default::default(),
        file_name: HOSTILE.into(),
        file_path: String::new(),
        file_size: 45_000_000,
        status,
        error: None,
        preview: Some(Preview { summary: summary.clone(), first: Vec::new() }),
        summary,
        checkpoint: 2_500,
        total_lines: Some(5_001),
        problem_count: 2,
        attempts: 0,
        lease_until: None,
        actor: String::new(),
        created_at: now(),
        started_at: None,
        finished_at: None,
    }
}

fn render(run: Run, may_run: bool) -> String {
    render_for(run, may_run, None)
}

fn render_for(run: Run, may_run: bool, uploaded_by: Option<&str>) -> String {
    let problem = Problem {
        line: 17,
        column: "Quantity".into(),
        reason: HOSTILE.into(),
        order: Some("536365".into()),
        kind: ProblemKind::Rejected,
    };
    let problems = ProblemPage { rows: vec![problem], next: Some(ProblemKey { line: 17, position: 0 }) };
    let frame = frame(Section::Imports);
    let page = ImportPage {
        frame,
        run,
        problems,
        is_first: true,
        may_run,
        uploaded_by: uploaded_by.map(str::to_owned),
        done: None,
    };
    let html = show(&page).with_nonce("N");
    assert_clean(&html);
    assert!(!html.contains("<script>alert"), "{html}");
    html
}

#[test]
fn a_checked_file_waits_for_the_word_of_those_who_may() {
    let html = render(run(RunStatus::Checked), true);
    assert!(texts(&html, "button").contains(&"Import 1,204 orders".to_owned()), "{html}");
    assert!(!texts(&render(run(RunStatus::Checked), false), "button").contains(&"Import 1,204 orders".to_owned()));
    let theirs = render_for(run(RunStatus::Checked), true, Some("ana@demo.test"));
    assert!(theirs.contains("ana@demo.test") && theirs.contains("upload the same file"), "{theirs}");
    assert!(!texts(&theirs, "button").contains(&"Import 1,204 orders".to_owned()), "{theirs}");
    assert_eq!(texts(&html, "tbody td")[..3], ["17", "Quantity", "#536365"]);
    assert!(html.contains("Read as Online Retail CSV."), "{html}");
    assert!(attributes(&html, ".pager a", "href")[0].ends_with("?after=17-0"), "{html}");
}

#[test]
fn a_running_import_looks_again_without_scripts() {
    let html = render(run(RunStatus::Running), true);
    assert!(html.contains("<noscript><meta http-equiv=\"refresh\" content=\"3\">"), "{html}");
    assert_eq!(texts(&html, ".progress-words"), ["5,000 of 5,001 lines read, 1,204 orders stored, 2 problems"]);
    assert_eq!(texts(&html, ".progress-words + p"), [""], "nothing is known of its pace yet");
    assert!(!render(run(RunStatus::Done), true).contains("http-equiv"));
    let began = Some(now() - chrono::TimeDelta::seconds(100));
    let html = render(Run { total_lines: Some(20_000), started_at: began, ..run(RunStatus::Running) }, true);
    assert_eq!(texts(&html, ".progress-words + p"), ["50 lines per second, about 5 min left"]);
}

#[test]
fn the_outcome_says_the_sums() {
    let html = render(run(RunStatus::Done), true);
    assert!(texts(&html, ".sums dd").contains(&"£1,234.56".to_owned()), "{html}");
    assert!(texts(&html, ".sums dd").contains(&"\u{2212}£10.00".to_owned()), "{html}");
    let failed = render(Run { error: Some("the file is not UTF-8".into()), ..run(RunStatus::Failed) }, true);
    assert!(texts(&failed, ".notice")[0].contains("not UTF-8"), "{failed}");
}

#[test]
fn form_and_list_stand_alone() {
    let faults = FieldErrors::one("file", "the file is empty");
    let form = ImportForm {
        updates: false,
        frame: frame(Section::Imports),
        chosen: ("shop".into(), "orders-csv".into()),
        faults,
        limit_mb: 512,
    };
    let html = new(&form).with_nonce("N");
    assert_clean(&html);
    assert_eq!(texts(&html, "#f-file-note"), ["The file is empty."]);
    assert_eq!(attributes(&html, "#f-format option[selected]", "value"), ["orders-csv"]);
    assert_eq!(attributes(&html, "#f-format option", "value")[..2], ["auto", "shopify-csv"]);
    let page = Page { rows: vec![run(RunStatus::Done)], newer: None, older: None };
    let typed = [("status", "failed"), ("from", "yesterday")];
    let (query, faults) = ImportQuery::understood(typed, &seal());
    let typed = typed.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let listed = ImportIndex { frame: frame(Section::Imports), query, typed, faults, page, may_run: false };
    let html = index(&listed).with_nonce("N");
    assert_clean(&html);
    assert!(texts(&html, ".page-head a").is_empty(), "{html}");
    assert_eq!(texts(&html, ".tabs [aria-current]"), ["Failed"]);
    assert_eq!(texts(&html, ".chip-ignored"), ["Ignored: from = yesterday"]);
    assert_eq!(attributes(&html, ".chip-ignored", "href"), ["/t/demo/imports?status=failed"]);
    assert!(attributes(&html, ".chip-ignored", "title")[0].starts_with("Enter a date"), "{html}");
    assert!(texts(&html, "th").contains(&"Started (Europe/London)".to_owned()), "{html}");
}
