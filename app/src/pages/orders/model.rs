//! The data of the pages of orders.

use db::orders::counts::ViewCounts;
use db::orders::neighbours::Neighbours;
use db::orders::summary::Summary;
use db::orders::{OrderDetail, OrderRow, RefundRow};
use domain::fields::FieldErrors;
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
}

/// Which form is open on an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// None.
    Nothing,
    /// The one that cancels it, with the reason typed before and what is wrong.
    Cancel {
        /// The reason as typed.
        reason: String,
        /// What is wrong with it.
        faults: FieldErrors,
    },
    /// The one that gives money back.
    Refund(Refunding),
}

/// What was typed into the refund form, and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refunding {
    /// The quantities as typed, by position.
    pub quantities: Vec<(i32, String)>,
    /// The reason as typed.
    pub reason: String,
    /// What is wrong.
    pub faults: FieldErrors,
}
