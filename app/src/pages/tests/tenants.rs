//! Tenants, tiers and what an account uses, as they look when all is well and when it is not.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::TimeDelta;
use db::limits::{Plan, Usage};
use db::platform::{Figures, TenantRow, Tier};
use domain::calendar::Tz;
use domain::fields::FieldErrors;
use domain::ids::Uuid;
use domain::limits::{Feature, Limit, Terms};
use domain::tenants::{TenantQuery, TenantState};

use super::fixtures::{HOSTILE, frame as tenant_frame, now};
use super::{assert_clean, attributes, texts};
use crate::frame::{Place, PlatformFrame, Section};
use crate::pages::platform::tenants::{NewTenantForm, OneTenant, TenantList, create, list, plan, show};
use crate::pages::platform::tiers::{TierForm, Tiers, changes, form, list as tiers};
use crate::pages::usage::{UsagePage, page as usage, warnings};
use crate::ui::Clock;

fn clock() -> Clock {
    Clock::new(now(), Tz::UTC)
}

fn frame(place: Place) -> PlatformFrame {
    PlatformFrame { visitor: tenant_frame(Section::Home).visitor, place }
}

fn terms(limits: &[(Limit, i64)]) -> Terms {
    let mut terms = Terms::default();
    for (limit, value) in limits {
        terms.set(*limit, Some(*value)).unwrap();
    }
    terms
}

fn tier(slug: &str, terms: Terms) -> Tier {
    Tier { slug: slug.into(), name: HOSTILE.into(), terms, retired_at: None, tenants: 2 }
}

fn tenant(state: TenantState) -> TenantRow {
    TenantRow {
        id: Uuid::from_u128(7).into(),
        slug: "demo".into(),
        name: HOSTILE.into(),
        tier: "small".into(),
        tier_name: HOSTILE.into(),
        created_at: now() - TimeDelta::days(100),
        suspended_at: (state != TenantState::Active).then(now),
        suspended_for: (state != TenantState::Active).then(|| HOSTILE.to_owned()),
        delete_after: (state == TenantState::Leaving).then(|| now() + TimeDelta::days(14)),
    }
}

fn figures() -> Figures {
    Figures {
        stores: 3,
        members: 8,
        orders: 12_000,
        storage_bytes: 2_500_000,
        over_since: Some(now() - TimeDelta::days(1)),
        ..Figures::default()
    }
}

fn listed(rows: Vec<TenantRow>, query: TenantQuery, faults: FieldErrors) -> TenantList {
    TenantList {
        frame: frame(Place::Tenants),
        figures: rows.iter().map(|row| (row.id, figures())).collect::<HashMap<_, _>>(),
        tiers: vec![tier("small", terms(&[(Limit::OrdersPerMonth, 10_000), (Limit::Members, 10)]))],
        next: rows.last().map(|row| row.slug.clone()),
        rows,
        query,
        typed: vec![("state".into(), "gone".into())],
        faults,
        done: None,
        clock: clock(),
    }
}

#[test]
fn the_list_of_tenants_flags_those_over_a_limit_and_says_when_it_is_empty() {
    let html = list(&listed(vec![tenant(TenantState::Active)], TenantQuery::default(), FieldErrors::default()))
        .with_nonce("N");
    assert_clean(&html);
    assert_eq!(texts(&html, ".pill"), ["Over limit", "Active"]);
    assert!(texts(&html, "tbody td").contains(&"12,000".to_owned()) && html.contains("2.5 MB"));
    assert!(attributes(&html, "a", "href").contains(&"/platform/tenants?after=demo".to_owned()));
    let html = list(&listed(Vec::new(), TenantQuery::default(), FieldErrors::default())).with_nonce("N");
    assert_eq!(texts(&html, ".empty-title"), ["No tenants yet"]);
    let query = TenantQuery { q: Some(HOSTILE.into()), ..TenantQuery::default() };
    let html = list(&listed(Vec::new(), query, FieldErrors::default())).with_nonce("N");
    assert_clean(&html);
    assert_eq!(texts(&html, ".empty-title"), ["No matching tenants"]);
    let html =
        list(&listed(Vec::new(), TenantQuery::default(), FieldErrors::one("state", "Use active."))).with_nonce("N");
    assert_eq!(texts(&html, ".chip-ignored"), ["Ignored: state = gone"]);
    assert_eq!(attributes(&html, ".chip-ignored", "title"), ["Use active."]);
}

#[test]
fn a_tenant_offers_what_its_state_allows() {
    for (state, buttons) in [
        (TenantState::Active, vec!["suspend", "delete"]),
        (TenantState::Suspended, vec!["resume", "delete"]),
        (TenantState::Leaving, vec!["keep"]),
    ] {
        let page = OneTenant {
            frame: frame(Place::Tenants),
            tenant: tenant(state),
            figures: figures(),
            tier: tier("small", terms(&[(Limit::OrdersPerMonth, 10_000), (Limit::Stores, 4)])),
            tiers: vec![tier("small", Terms::default())],
            name: "typed".into(),
            faults: FieldErrors::one("name", "Enter a value."),
            done: None,
            clock: clock(),
        };
        let html = show(&page).with_nonce("N");
        assert_clean(&html);
        let actions = attributes(&html, "form[method=post]", "action");
        let ends: Vec<&str> = actions.iter().filter_map(|a| a.strip_prefix("/platform/tenants/demo/")).collect();
        assert_eq!(ends[2..], buttons, "{state:?}");
        assert_eq!(texts(&html, ".fault"), ["Enter a value."]);
        assert_eq!(attributes(&html, "[name=name]", "value"), ["typed"]);
        assert_eq!(attributes(&html, ".meter-used", "width"), ["100", "75"]);
        assert_eq!(html.contains("will be deleted on"), state == TenantState::Leaving);
    }
    let words = plan(&tenant(TenantState::Active), &figures(), 0, "now", 30).join(" ");
    assert!(
        words.contains("You cannot undo this.") && words.contains("3 stores, 8 members and 12,000 orders"),
        "{words}"
    );
}

#[test]
fn forms_keep_what_was_typed_and_name_every_fault() {
    let mut faults = FieldErrors::one("slug", "Another tenant uses this slug. Choose another.");
    faults.add("email", "Enter an email.");
    let typed = vec![("slug".to_owned(), HOSTILE.to_owned()), ("email".to_owned(), "x".to_owned())];
    let page =
        NewTenantForm { frame: frame(Place::Tenants), tiers: vec![tier("small", Terms::default())], typed, faults };
    let html = create(&page).with_nonce("N");
    assert_clean(&html);
    assert_eq!(texts(&html, ".fault"), ["Another tenant uses this slug. Choose another.", "Enter an email."]);
    assert_eq!(attributes(&html, "[name=slug]", "value"), [HOSTILE]);

    let typed = vec![
        ("name".to_owned(), HOSTILE.to_owned()),
        ("stores".to_owned(), "many".to_owned()),
        ("has".to_owned(), "api".to_owned()),
    ];
    let page = TierForm {
        frame: frame(Place::Tiers),
        slug: Some("small".into()),
        title: HOSTILE.into(),
        is_retired: true,
        tenants: 2,
        typed,
        faults: FieldErrors::one("stores", "Enter a whole number."),
        done: Some("Done."),
    };
    let html = form(&page).with_nonce("N");
    assert_clean(&html);
    assert_eq!(attributes(&html, "[name=stores]", "value"), ["many"]);
    assert_eq!(attributes(&html, "input[checked]", "value"), ["api"]);
    assert!(html.contains("Offer tier again") && html.contains("2 tenants"));
    assert_eq!(attributes(&html, "[name=slug]", "name").len(), 0, "its address never changes");
}

#[test]
fn tiers_say_what_they_allow() {
    let mut bare = tier("bare", terms(&[(Limit::Stores, 1), (Limit::StorageBytes, 5_000_000_000)]));
    bare.terms.offer(Feature::Imports, false);
    bare.retired_at = Some(now());
    let page =
        Tiers { frame: frame(Place::Tiers), tiers: vec![tier("free", Terms::default()), bare.clone()], done: None };
    let html = tiers(&page).with_nonce("N");
    assert_clean(&html);
    assert_eq!(texts(&html, "td.wrap"), ["No limits", "1 store, 5.0 GB of files, without file imports"]);
    assert_eq!(texts(&html, ".pill"), ["Offered", "Retired"]);
    let words = changes(&Terms::default(), &bare.terms);
    assert_eq!(
        words,
        ["Stores: 1 (was no limit).", "Storage: 5.0 GB (was no limit).", "File imports: no longer included."]
    );
    let html = tiers(&Tiers { tiers: Vec::new(), ..page }).with_nonce("N");
    assert_eq!(texts(&html, ".empty-title"), ["No tiers yet"]);
}

#[test]
fn an_account_sees_how_full_its_limits_are_and_what_follows() {
    let used = |limit, used, allowed| Usage { limit, used, allowed, forecast: None, over_since: None };
    let near =
        Usage { forecast: Some(now() + TimeDelta::days(9)), ..used(Limit::OrdersPerMonth, Some(900), Some(1_000)) };
    let over = Usage { over_since: Some(now()), ..used(Limit::Products, Some(12), Some(10)) };
    let all = vec![
        near.clone(),
        used(Limit::Stores, Some(1), Some(4)),
        over.clone(),
        used(Limit::BatchOrders, None, Some(100)),
        used(Limit::Members, Some(3), None),
    ];
    let mut terms = terms(&[(Limit::Stores, 4)]);
    terms.offer(Feature::Api, false);
    let plan = Plan { slug: "small".into(), name: HOSTILE.into(), terms, generation: 1 };
    let page = UsagePage { frame: tenant_frame(Section::Usage), plan: Arc::new(plan), usage: all, clock: clock() };
    let html = usage(&page).with_nonce("N");
    assert_clean(&html);
    assert_eq!(attributes(&html, ".meter-used", "width"), ["90", "25", "100"]);
    let notice = texts(&html, ".notice").join(" ");
    assert!(
        notice.contains("Orders per month: 900 of 1,000 used. At this rate you reach the limit on 12 Mar."),
        "{notice}"
    );
    assert!(notice.contains("Products: 12 of 10 used. Products over the limit are still accepted"), "{notice}");
    assert_eq!(texts(&html, ".pill"), ["Near limit", "Over limit", "Not included", "Included", "Included"]);
    assert!(html.contains("Larger batches are rejected") && html.contains("around 12 Mar"));
    assert!(warnings(&[], clock(), None).is_none());
}
