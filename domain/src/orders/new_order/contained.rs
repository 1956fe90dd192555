//! Tax that prices contain: it is taken out of the parts of an order's total, so that they add up as if it stood beside them.

use super::{Amounts, Draft};
use crate::fields::FieldErrors;
use crate::orders::shares::{Share, Shared};
use crate::orders::status::{ItemKind, OrderKind};

const CONTAINED: &str = "This is more tax than the prices can contain.";

impl Draft {
    /// The tax that lines bear when none was told of them: no more than the prices of goods can contain. The rest is that of
    /// shipping.
    pub(super) fn borne_tax(&self, amounts: &Amounts) -> i64 {
        if self.prices_include_tax && self.kind == OrderKind::Sale {
            amounts.tax.min((amounts.gross - amounts.discounts).max(0))
        } else {
            amounts.tax
        }
    }

    /// Checks that no price of a sale contains more tax than it comes to.
    pub(super) fn check_contained(
        &self,
        errors: &mut FieldErrors,
        amounts: &Amounts,
        lines: &[Shared],
        shares: &[Share],
    ) {
        if self.kind == OrderKind::Return {
            return;
        }
        for (i, (line, share)) in lines.iter().zip(shares).enumerate() {
            let is_more = line.amount >= 0 && share.tax > line.amount;
            errors.add_if(is_more, format!("items[{i}].tax"), CONTAINED);
        }
        errors.add_if(errors.is_empty() && amounts.shipping < 0, "tax", CONTAINED);
    }
}

/// Takes the tax out of the parts that contain it: what lines bear out of theirs, the rest out of shipping.
pub(super) fn take_tax_out(amounts: &mut Amounts, values: &mut [i64], lines: &[Shared], shares: &[Share]) {
    let mut borne = 0;
    for ((line, share), value) in lines.iter().zip(shares).zip(values) {
        *value -= share.tax;
        borne += share.tax;
        match line.kind {
            ItemKind::Product => amounts.gross -= share.tax,
            ItemKind::Shipping => amounts.shipping -= share.tax,
            ItemKind::Fee => amounts.fees -= share.tax,
            ItemKind::Discount => {}
        }
    }
    amounts.shipping -= amounts.tax - borne;
}
