//! The rules for an arriving order. Limits are chosen so that currencies of high inflation fit (a million million rials), the total of
//! an order is exact in every reader of JSON (below 2^53), and no sum of a year leaves 64 bits: 90,000 of the largest orders fit.

use chrono::{DateTime, Duration, Utc};

use super::contained::take_tax_out;
use super::history::{MAX_EVENTS, Resolved};
use super::{Amounts, Draft, MAX_ITEMS, NewCustomer, NewItem, NewOrder};
use crate::calendar::settled;
use crate::fields::FieldErrors;
use crate::orders::shares::{self, Share, Shared};
use crate::orders::standing::{Line, Standing};
use crate::orders::status::{ItemKind, OrderKind, PaymentKind};

/// Most that each part of an order may come to, in minor units.
pub const MAX_AMOUNT: i64 = 100_000_000_000_000;
const MAX_QUANTITY: i64 = 10_000_000;
/// 1990-01-01T00:00:00Z: nothing that Stoa imports was sold before there were online shops.
const OLDEST: i64 = 631_152_000;

const TOO_LARGE: &str = "The total of the items is too large.";

/// What an order comes to and where it stands.
#[derive(Default)]
pub(super) struct Outcome {
    shares: Vec<Share>,
    standing: Standing,
    resolved: Resolved,
}

impl Draft {
    /// Checks every rule.
    ///
    /// # Errors
    /// All faults, each with its field.
    pub fn check(mut self, now: DateTime<Utc>) -> Result<NewOrder, FieldErrors> {
        let mut errors = FieldErrors::default();
        let adjusted = self.clean();
        let outcome = self.find_faults(&mut errors, now);
        errors.into_result(()).map(|()| self.accept(outcome, adjusted))
    }

    /// Adds all faults of content to `errors`. Sums and history are only looked at when nothing was wrong before.
    pub(super) fn find_faults(&self, errors: &mut FieldErrors, now: DateTime<Utc>) -> Outcome {
        check_text(errors, "number", &self.number, 64);
        check_time(errors, self.placed_at, now);
        // The order's day may be a day earlier where it was placed.
        if let Err(words) = self.currency.check_on((self.placed_at - Duration::days(1)).date_naive()) {
            errors.add("currency", words);
        }
        if let Some(customer) = &self.customer {
            check_customer(errors, customer);
        }
        let amounts = self.check_amounts(errors);
        if let Some(note) = &self.note {
            check_storable(errors, "note", note);
        }
        for (i, tag) in self.tags.iter().enumerate() {
            check_storable(errors, &format!("tags[{i}]"), tag);
        }
        self.check_history(errors, now);
        self.outcome(amounts, errors)
    }

    /// The order, once nothing was found wrong.
    pub(super) fn accept(mut self, outcome: Outcome, adjusted: FieldErrors) -> NewOrder {
        let Outcome { shares, standing, resolved } = outcome;
        self.history.settle();
        NewOrder {
            number: self.number,
            kind: self.kind,
            placed_at: settled(self.placed_at),
            currency: self.currency,
            customer: self.customer,
            items: self.items,
            discount: self.discount,
            shipping: self.shipping,
            tax: self.tax,
            prices_include_tax: self.prices_include_tax,
            note: self.note,
            tags: self.tags,
            details: self.details,
            history: self.history,
            shares,
            standing,
            resolved,
            adjusted,
        }
    }

    fn check_amounts(&self, errors: &mut FieldErrors) -> Amounts {
        errors.add_if(self.items.is_empty(), "items", "Add at least one item.");
        errors.add_if(self.items.len() > MAX_ITEMS, "items", format!("Use at most {MAX_ITEMS} items."));
        for (i, item) in self.items.iter().enumerate() {
            check_item(errors, i, item, self.kind);
        }
        for (field, amount) in [("discount", self.discount), ("shipping", self.shipping), ("tax", self.tax)] {
            let (wrong, sign) = match self.kind {
                OrderKind::Sale => (amount < 0, "Use 0 or more for a sale."),
                OrderKind::Return => (amount > 0, "Use 0 or less for a return."),
            };
            errors.add_if(wrong, field, sign);
            errors.add_if(amount.saturating_abs() > MAX_AMOUNT, field, "This value is too large.");
        }
        if errors.is_empty() { self.amounts(errors) } else { Amounts::default() }
    }

    fn amounts(&self, errors: &mut FieldErrors) -> Amounts {
        // Lines of both signs may come to little together.
        if self.items.iter().any(|item| item.amount().saturating_abs() > MAX_AMOUNT) {
            errors.add("items", TOO_LARGE);
            return Amounts::default();
        }
        let sum = |kind: ItemKind| -> i128 {
            self.items.iter().filter(|i| i.kind == kind).map(|i| i128::from(i.amount())).sum()
        };
        let own: i128 = self.items.iter().map(|item| i128::from(item.discount)).sum();
        let parts = [
            sum(ItemKind::Product),
            i128::from(self.discount) + own - sum(ItemKind::Discount),
            i128::from(self.shipping) + sum(ItemKind::Shipping),
            sum(ItemKind::Fee),
        ];
        let [gross, discounts, shipping, fees] = parts.map(|part| {
            i64::try_from(part).ok().filter(|p| p.saturating_abs() <= MAX_AMOUNT).unwrap_or_else(|| {
                errors.add("items", TOO_LARGE);
                0
            })
        });
        let told: i128 = self.items.iter().map(|item| i128::from(item.tax.unwrap_or(0))).sum();
        let is_more = told.abs() > i128::from(self.tax).abs();
        errors.add_if(is_more, "tax", "The tax of the items is more than the tax of the order.");
        let mut amounts = Amounts { gross, discounts, shipping, tax: self.tax, fees };
        if self.prices_include_tax {
            // What is contained adds nothing: see `outcome`, which takes it out of its parts.
            amounts.tax = 0;
        }
        if errors.is_empty() && self.kind == OrderKind::Sale {
            errors.add_if(amounts.total() < 0, "discount", "The discount is larger than the order total.");
        }
        Amounts { tax: self.tax, ..amounts }
    }

    // `amounts` hold whatever tax the prices contain; it is taken out here.
    fn outcome(&self, mut amounts: Amounts, errors: &mut FieldErrors) -> Outcome {
        if !errors.is_empty() {
            // Nothing bounds the amounts of what is refused.
            return Outcome::default();
        }
        let shared =
            |item: &NewItem| Shared { kind: item.kind, amount: item.amount(), discount: item.discount, tax: item.tax };
        let lines: Vec<Shared> = self.items.iter().map(shared).collect();
        let shares = shares::shares(&lines, amounts.discounts, self.borne_tax(&amounts));
        let mut values: Vec<i64> =
            lines.iter().zip(&shares).map(|(line, share)| line.amount - share.discount).collect();
        if self.prices_include_tax {
            take_tax_out(&mut amounts, &mut values, &lines, &shares);
            self.check_contained(errors, &amounts, &lines, &shares);
        }
        let line = |((item, share), (value, position)): ((&NewItem, &Share), (i64, i32))| Line {
            position,
            kind: item.kind,
            quantity: item.quantity,
            fulfilled: 0,
            refunded: 0,
            value,
            tax: share.tax,
        };
        let lines = self.items.iter().zip(&shares).zip(values.into_iter().zip(1..)).map(line).collect();
        let mut standing = Standing { kind: self.kind, amounts, lines, ..Standing::default() };
        let resolved = if errors.is_empty() { self.history.apply(&mut standing, errors) } else { Resolved::default() };
        Outcome { shares, standing, resolved }
    }

    fn check_history(&self, errors: &mut FieldErrors, now: DateTime<Utc>) {
        let history = &self.history;
        let payments = history.payments.as_deref().unwrap_or_default();
        for (name, count) in [
            ("payments", payments.len()),
            ("fulfilments", history.fulfilments.len()),
            ("refunds", history.refunds.len()),
        ] {
            errors.add_if(count > MAX_EVENTS, name, format!("Use at most {MAX_EVENTS}."));
        }
        for (i, payment) in payments.iter().enumerate() {
            let field = format!("payments[{i}].amount");
            let is_void = payment.kind == PaymentKind::Void;
            errors.add_if(payment.amount < 0 || (payment.amount == 0 && !is_void), &field, "Use more than 0.");
            errors.add_if(payment.amount > MAX_AMOUNT, &field, "This value is too large.");
            check_event(errors, &format!("payments[{i}].at"), payment.at, now);
        }
        for (i, fulfilment) in history.fulfilments.iter().enumerate() {
            check_event(errors, &format!("fulfilments[{i}].at"), fulfilment.at, now);
        }
        for (i, refund) in history.refunds.iter().enumerate() {
            check_event(errors, &format!("refunds[{i}].at"), refund.at, now);
        }
        if let Some(cancelled) = &history.cancelled {
            check_event(errors, "cancelled_at", cancelled.at, now);
            errors.add_if(self.kind == OrderKind::Return, "cancelled_at", "A return cannot be cancelled.");
        }
        if let Some(at) = history.closed_at {
            check_event(errors, "closed_at", at, now);
        }
    }
}

/// Checks when something happened.
pub(super) fn check_event(errors: &mut FieldErrors, field: &str, at: DateTime<Utc>, now: DateTime<Utc>) {
    errors.add_if(at.timestamp() < OLDEST, field, "Use a time in 1990 or later.");
    errors.add_if(at > now + Duration::days(1), field, "Use a time at most 1 day in the future.");
}

fn check_item(errors: &mut FieldErrors, index: usize, item: &NewItem, order: OrderKind) {
    let field = |name: &str| format!("items[{index}].{name}");
    if let Some(sku) = &item.sku
        && sku.contains('\0')
    {
        check_storable(errors, &field("sku"), sku);
    }
    if item.title.is_empty() || item.title.contains('\0') {
        check_text(errors, &field("title"), &item.title, 500);
    }
    let quantity = item.quantity;
    let sign = match order {
        OrderKind::Sale => (item.kind != ItemKind::Discount && quantity <= 0, "Use more than 0 for a sale."),
        OrderKind::Return => (quantity >= 0, "Use less than 0 for a return."),
    };
    if quantity == 0 {
        errors.add(field("quantity"), "Use a quantity other than 0.");
    } else {
        errors.add_if(sign.0, field("quantity"), sign.1);
    }
    errors.add_if(quantity.saturating_abs() > MAX_QUANTITY, field("quantity"), "This value is too large.");
    let may_be_negative = matches!(item.kind, ItemKind::Discount | ItemKind::Fee);
    errors.add_if(item.unit_price < 0 && !may_be_negative, field("unit_price"), "Use 0 or more.");
    errors.add_if(item.unit_price.saturating_abs() > MAX_AMOUNT, field("unit_price"), "This value is too large.");
    check_shares(errors, index, item, order);
}

fn check_shares(errors: &mut FieldErrors, index: usize, item: &NewItem, order: OrderKind) {
    let field = |name: &str| format!("items[{index}].{name}");
    for (name, amount) in [("discount", item.discount), ("tax", item.tax.unwrap_or(0))] {
        let (wrong, sign) = match order {
            OrderKind::Sale => (amount < 0, "Use 0 or more for a sale."),
            OrderKind::Return => (amount > 0, "Use 0 or less for a return."),
        };
        errors.add_if(wrong, field(name), sign);
        errors.add_if(amount.saturating_abs() > MAX_AMOUNT, field(name), "This value is too large.");
    }
    let is_taxed_discount = item.kind == ItemKind::Discount && item.tax.unwrap_or(0) != 0;
    errors.add_if(is_taxed_discount, field("tax"), "A discount has no tax. Send the tax of the lines that it reduces.");
    let most = item.amount().saturating_abs();
    errors.add_if(item.discount.saturating_abs() > most, field("discount"), "This is more than the line costs.");
}

fn check_customer(errors: &mut FieldErrors, customer: &NewCustomer) {
    let parts = [
        ("customer.email", &customer.email),
        ("customer.name", &customer.name),
        ("customer.phone", &customer.phone),
        ("customer.external_id", &customer.external_id),
        ("customer.country", &customer.country),
    ];
    for (field, value) in parts {
        if let Some(text) = value {
            check_storable(errors, field, text);
        }
    }
}

fn check_time(errors: &mut FieldErrors, at: DateTime<Utc>, now: DateTime<Utc>) {
    errors.add_if(at.timestamp() < OLDEST, "placed_at", "Use a time in 1990 or later.");
    errors.add_if(at > now + Duration::days(1), "placed_at", "Use a time at most 1 day in the future.");
}

fn check_text(errors: &mut FieldErrors, field: &str, text: &str, max: usize) {
    errors.add_if(text.is_empty(), field, "Enter a value.");
    errors.add_if(text.chars().count() > max, field, format!("Use at most {max} characters."));
    errors.add_if(text.chars().any(char::is_control), field, "Remove control characters.");
}

// All other control characters were taken out before.
fn check_storable(errors: &mut FieldErrors, field: &str, text: &str) {
    errors.add_if(text.contains('\0'), field, "Remove control characters.");
}
