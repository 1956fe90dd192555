//! The kinds and statuses of orders and items, as stored, shown and filtered.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::choices::choices;

/// Whether goods went out or came back.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case", parse_err_ty = String, parse_err_fn = unknown::<OrderKind>)]
pub enum OrderKind {
    /// Goods sold.
    Sale,
    /// A credit note: quantities are negative.
    Return,
}

impl OrderKind {
    /// All of them, in the order in which people meet them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As stored and as it stands in the API and in addresses.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Whether the order stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case", parse_err_ty = String, parse_err_fn = unknown::<OrderStatus>)]
pub enum OrderStatus {
    /// It stands.
    Open,
    /// It was called off; it counts nowhere.
    Cancelled,
}

impl OrderStatus {
    /// All of them, in the order in which people meet them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As stored and as it stands in the API and in addresses.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What became of the money. Orders arrive paid: shops hand them over after checkout.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case", parse_err_ty = String, parse_err_fn = unknown::<PaymentStatus>)]
pub enum PaymentStatus {
    /// All of it is ours.
    Paid,
    /// Part of it was given back.
    PartiallyRefunded,
    /// All of it was given back.
    Refunded,
}

impl PaymentStatus {
    /// All of them, in the order in which people meet them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As stored and as it stands in the API and in addresses.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What became of the goods.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case", parse_err_ty = String, parse_err_fn = unknown::<FulfilmentStatus>)]
pub enum FulfilmentStatus {
    /// Nothing was sent yet.
    Unfulfilled,
    /// Everything was sent.
    Fulfilled,
}

impl FulfilmentStatus {
    /// All of them, in the order in which people meet them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As stored and as it stands in the API and in addresses.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What a line of an order stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case", parse_err_ty = String, parse_err_fn = unknown::<ItemKind>)]
pub enum ItemKind {
    /// Goods.
    Product,
    /// Carriage.
    Shipping,
    /// A reduction; its amount is never above zero.
    Discount,
    /// Any other charge.
    Fee,
}

impl ItemKind {
    /// All of them, in the order in which people meet them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As stored and as it stands in the API and in addresses.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

fn unknown<T: VariantArray + Copy + Into<&'static str>>(_: &str) -> String {
    format!("Use one of {}.", choices::<T>())
}
