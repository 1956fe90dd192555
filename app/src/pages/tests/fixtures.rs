//! Data for pages.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use db::orders::{CustomerRow, ItemRow, OrderDetail, OrderFacts, OrderRow, TimelineRow};
use db::people::{Membership, Person};
use db::stores::Store;
use domain::calendar::Tz;
use domain::ids::Uuid;
use domain::numbers::NumberFormat;
use domain::orders::standing::Line;
use domain::orders::{Amounts, FulfilmentStatus, ItemKind, OrderKind, OrderStatus, PaymentStatus, Standing};
use domain::people::{MemberRole, StoreAccess};
use domain::permission::Role;

use crate::document::Theme;
use crate::frame::{Live, Section, TenantFrame, Visitor};

/// Markup that must never become any.
pub const HOSTILE: &str = "<script>alert('x')</script>\"><b>";

pub fn now() -> DateTime<Utc> {
    "2026-03-03T14:00:00Z".parse().unwrap()
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn frame(section: Section) -> TenantFrame {
    let person = Person {
        id: Uuid::nil().into(),
        email: "o@demo.test".into(),
        name: HOSTILE.into(),
        is_platform_admin: false,
        has_second_factor: false,
        is_proven: true,
    };
    let store = |slug: &str, name: &str| Store {
        id: Uuid::nil().into(),
        slug: slug.into(),
        name: name.into(),
        zone: Tz::Europe__London,
        currency: "GBP".parse().unwrap(),
        notifies_orders: false,
        tracks_stock: false,
        returns_on: Default::default(),
    };
    TenantFrame {
        visitor: Visitor {
            person: Arc::new(person),
            theme: Theme::System,
            here: "/t/demo/orders?q=\"x".into(),
            impersonation: None,
        },
        membership: Membership {
            tenant: Uuid::nil().into(),
            slug: "demo".into(),
            name: "Demo".into(),
            role: MemberRole::Fixed(Role::Owner),
            stores: StoreAccess::All,
            needs_second_factor: false,
            suspended: None,
        },
        many_tenants: false,
        stores: vec![store("shop", "Shop"), store("other", HOSTILE)],
        store: None,
        section,
        live: Live { after: 7, audience: Some("us".into()), show: Some("/t/demo/orders".into()), count: None },
        numbers: NumberFormat::default(),
        zone: Tz::Europe__London,
        now: now(),
    }
}

pub fn order(number: &str, total: i64) -> OrderRow {
    OrderRow {
        id: Uuid::nil().into(),
        store_id: Uuid::nil().into(),
        store: "shop".into(),
        number: number.into(),
        kind: OrderKind::Sale,
        status: OrderStatus::Open,
        payment_status: PaymentStatus::Paid,
        fulfilment_status: FulfilmentStatus::Unfulfilled,
        placed_at: "2026-03-03T13:02:00Z".parse().unwrap(),
        local_day: day("2026-03-03"),
        currency: "GBP".parse().unwrap(),
        item_count: 2,
        total,
        refunded: 0,
        customer: Some(CustomerRow { name: Some(HOSTILE.into()), ..CustomerRow::default() }),
    }
}

pub fn detail(order: OrderRow) -> OrderDetail {
    let item = |position, quantity, refunded_quantity| ItemRow {
        position,
        sku: Some("85123A".into()),
        title: HOSTILE.into(),
        kind: ItemKind::Product,
        quantity,
        unit_price: 1_000,
        amount: quantity * 1_000,
        discount: 0,
        tax: 0,
        refunded_quantity,
        fulfilled_quantity: 0,
    };
    OrderDetail {
        standing: standing(order.total),
        facts: OrderFacts { paid: order.total, version: 1, ..OrderFacts::default() },
        payments: Vec::new(),
        fulfilments: Vec::new(),
        gross: order.total,
        discounts: 0,
        shipping: 0,
        tax: 0,
        fees: 0,
        note: Some(HOSTILE.into()),
        tags: vec!["gift".into()],
        items: vec![item(1, 3, 1), item(2, 1, 1)],
        refunds: Vec::new(),
        timeline: vec![TimelineRow {
            at: order.placed_at,
            kind: "placed".into(),
            actor: "API key".into(),
            details: serde_json::json!({"via": "api"}),
        }],
        zone: Tz::Europe__London,
        store_name: "Shop".into(),
        order,
    }
}

// Three pieces and one, each with one that was given back without being counted in the total.
fn standing(total: i64) -> Standing {
    let line = |position, quantity| Line {
        position,
        kind: ItemKind::Product,
        quantity,
        fulfilled: 0,
        refunded: 1,
        value: quantity * 1_000,
        tax: 0,
    };
    let amounts = Amounts { gross: total, ..Amounts::default() };
    Standing { amounts, lines: vec![line(1, 3), line(2, 1)], paid: total, ..Standing::default() }
}

/// Seals places in lists.
pub fn seal() -> domain::page::Seal {
    let (tenant, actor) = (domain::ids::TenantId(domain::ids::Uuid::nil()), domain::ids::Uuid::nil());
    domain::page::Cursors::new(b"tests").of(tenant, actor, domain::page::List::Orders, now())
}
