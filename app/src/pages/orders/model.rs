//! The data of the pages of orders.

use db::orders::counts::ViewCounts;
use db::orders::neighbours::Neighbours;
use db::orders::summary::Summary;
use db::orders::{OrderDetail, OrderRow, RefundRow};
use domain::fields::FieldErrors;
use domain::money::Money;
use domain::orders::OrderQuery;
use domain::orders::number::shown;
use domain::page::{Page, Place};

use crate::frame::TenantFrame;
use crate::ui::Clock;
use crate::url;

/// What the list of orders shows.
#[derive(Clone, Debug)]
pub struct OrderIndex {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// The filters, as far as they could be understood.
    pub query: OrderQuery,
    /// The filters as they stand in the address: names and values.
    pub typed: Vec<(String, String)>,
    /// What could not be understood, and is ignored.
    pub faults: FieldErrors,
    /// What was found.
    pub found: Found,
    /// The product of the filter, by its title.
    pub product: Option<String>,
    /// How many orders the usual questions find.
    pub counts: Option<ViewCounts>,
    /// Whether imports may be run by whoever looks.
    pub may_import: bool,
}

/// What a filter found.
#[derive(Clone, Debug)]
pub struct Found {
    /// One page of orders.
    pub page: Page<OrderRow, Place>,
    /// What all of them come to.
    pub summary: Summary,
    /// Refunds that count on the same days, where returns are listed.
    pub refunds: Vec<RefundRow>,
}

/// What the page of one order shows.
#[derive(Clone, Debug)]
pub struct OrderPage {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// The order.
    pub order: OrderDetail,
    /// The orders beside it.
    pub neighbours: Neighbours,
    /// Which form is open.
    pub asked: Asked,
    /// Whether whoever looks may record payments and fulfilments, and edit.
    pub may_write: bool,
    /// Whether whoever looks may cancel.
    pub may_cancel: bool,
    /// Whether whoever looks may refund.
    pub may_refund: bool,
    /// What was just done.
    pub done: Option<&'static str>,
    /// The list that it was come to from.
    pub within: OrderQuery,
}

impl OrderPage {
    /// The page's own address, within the list that it was come to from.
    pub fn address(&self) -> String {
        url::order_within(self.frame.tenant(), &self.order.order.store, &self.order.order.number, &self.within)
    }

    /// The address of the form called `step` below it.
    pub fn below(&self, step: &str) -> String {
        let order = &self.order.order;
        let path = url::order(self.frame.tenant(), &order.store, &order.number);
        format!("{path}/{step}{}", url::query_of(&self.within))
    }

    /// The number as people read it.
    pub fn number(&self) -> String {
        shown(&self.order.order.number).into_owned()
    }

    /// The clock of the page.
    pub fn clock(&self) -> Clock {
        self.frame.clock()
    }

    /// An amount in the order's currency.
    pub fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.order.order.currency)
    }

    /// Whether goods of it can be put back into stock; so where the store is not known.
    pub fn tracks_stock(&self) -> bool {
        let store = self.frame.stores.iter().find(|store| store.slug == self.order.order.store);
        store.is_none_or(|store| store.tracks_stock)
    }
}

/// Which form is open on an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// None.
    Nothing,
    /// None: a button was pressed, and the order does not allow it, for this reason.
    Refused(String),
    /// The one that records a payment.
    Pay(Filled),
    /// The one that records what was sent.
    Fulfil(Filled),
    /// The one that cancels it.
    Cancel(Filled),
    /// The one that gives money back.
    Refund(Filled),
    /// The one that changes what it says.
    Edit(Editing),
    /// None but the one for notes, which is always there.
    Note(Filled),
}

/// A form as it was sent, and what is wrong with it. One that was never sent is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// Names and values as typed.
    pub typed: Vec<(String, String)>,
    /// What is wrong.
    pub faults: FieldErrors,
}

impl Filled {
    /// What was typed into the field called `name`.
    pub fn value(&self, name: &str) -> Option<String> {
        self.typed.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone())
    }

    /// What is wrong with it.
    pub fn fault(&self, name: &str) -> Option<String> {
        self.faults.of(name).map(str::to_owned)
    }

    /// Whether the box called `name` is ticked; `otherwise` in a form that was never sent.
    pub fn is_ticked(&self, name: &str, otherwise: bool) -> bool {
        if self.typed.is_empty() { otherwise } else { self.value(name).as_deref() == Some("true") }
    }
}

/// The form that changes what an order says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Editing {
    /// What was typed, over what is stored.
    pub filled: Filled,
    /// Whether the order was changed by somebody else since the form was opened.
    pub is_stale: bool,
    /// What was changed here and there.
    pub conflicts: Vec<Conflict>,
}

/// A field that two people changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// What people read above it.
    pub label: String,
    /// What was typed.
    pub typed: String,
    /// What is stored now.
    pub stored: String,
}
