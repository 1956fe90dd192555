//! What some facts add to the rollups, gathered before anything is written.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::{day_of, hour_start};
use domain::ids::{ProductId, StoreId};
use domain::money::Currency;
use domain::orders::{Figures, ItemKind, NewOrder, OrderKind, OrderStatus};

use crate::catalog::Variants;
use crate::stores::Store;

/// Changes by bucket, in the order of their keys: the order in which rows are locked.
#[derive(Default)]
pub struct Deltas {
    pub(super) days: BTreeMap<(StoreId, NaiveDate, Currency), Figures>,
    pub(super) hours: BTreeMap<(StoreId, DateTime<Utc>, Currency), Figures>,
    pub(super) products: BTreeMap<(StoreId, NaiveDate, ProductId, Currency), ProductDelta>,
}

/// What a product's bucket gains.
#[derive(Clone, Copy, Default)]
pub(super) struct ProductDelta {
    pub quantity: i64,
    pub gross: i64,
}

impl Deltas {
    /// Whether nothing changes: every order changes its day.
    pub(crate) fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    /// A new order.
    pub(crate) fn add_order(&mut self, store: &Store, order: &NewOrder, variants: &Variants) {
        let items = i64::try_from(order.items().len()).unwrap_or(i64::MAX);
        let placed = Figures::of_order(order.kind(), items, order.amounts());
        let is_cancelled = order.standing().status == OrderStatus::Cancelled;
        let figures = if is_cancelled { placed + Figures::of_cancellation(placed) } else { placed };
        self.add(store, order.placed_at(), order.currency(), figures);
        if order.kind() == OrderKind::Sale && !is_cancelled {
            for (item, share) in order.shared_items().filter(|(item, _)| item.kind == ItemKind::Product) {
                if let Some(variant) = variants.of(item) {
                    let contained = if order.prices_include_tax() { share.tax } else { 0 };
                    self.add_product(
                        store,
                        order.placed_at(),
                        variant.product,
                        order.currency(),
                        item.quantity,
                        item.amount() - contained,
                    );
                }
            }
        }
    }

    /// `figures` at the instant `at`.
    pub(crate) fn add(&mut self, store: &Store, at: DateTime<Utc>, currency: Currency, figures: Figures) {
        *self.days.entry((store.id, day_of(at, store.zone), currency)).or_default() += figures;
        *self.hours.entry((store.id, hour_start(at, store.zone), currency)).or_default() += figures;
    }

    /// Pieces and gross sales of a product.
    pub(crate) fn add_product(
        &mut self,
        store: &Store,
        at: DateTime<Utc>,
        product: ProductId,
        currency: Currency,
        quantity: i64,
        gross: i64,
    ) {
        let delta = self.products.entry((store.id, day_of(at, store.zone), product, currency)).or_default();
        delta.quantity += quantity;
        delta.gross += gross;
    }
}
