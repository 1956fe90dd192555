//! How webhooks and deliveries stand, and which deliveries a list shows.

use strum::{EnumString, IntoStaticStr};

use crate::choices::Hint;
use crate::fields::{FieldErrors, UNKNOWN};
use crate::page::{Place, Seal};

/// How a webhook stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase", parse_err_ty = Hint, parse_err_fn = webhook_hint)]
pub enum WebhookState {
    /// Events are told.
    Live,
    /// Somebody stopped it for a while.
    Paused,
    /// It was switched off, because its address wanted nothing any more or failed for too long.
    Off,
}

/// How a delivery stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase", parse_err_ty = Hint, parse_err_fn = delivery_hint)]
pub enum DeliveryState {
    /// It is sent now or later.
    Waiting,
    /// The receiver has it.
    Delivered,
    /// It is not tried again.
    Failed,
}

/// Which deliveries to list: the default is all, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryQuery {
    /// In this state.
    pub state: Option<DeliveryState>,
    /// Where the page begins.
    pub cursor: Option<Place>,
}

impl WebhookState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Live, Self::Paused, Self::Off];

    /// As stored.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl DeliveryState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Delivered, Self::Failed];

    /// As stored and in addresses.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// As people read it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Waiting => "Pending",
            Self::Delivered => "Delivered",
            Self::Failed => "Failed",
        }
    }
}

impl DeliveryQuery {
    /// What can be understood of `pairs`, and every fault of the rest. Empty values mean nothing.
    pub fn understood<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>, seal: &Seal) -> (Self, FieldErrors) {
        let mut query = Self::default();
        let faults = FieldErrors::of_pairs(pairs, |name, value| match name {
            "state" => value.parse().map(|state| query.state = Some(state)).map_err(str::to_owned),
            "cursor" => seal.open(value).map(|place| query.cursor = Some(place)).map_err(str::to_owned),
            _ => Err(UNKNOWN.into()),
        });
        (query, faults)
    }

    /// The filters as pairs of a query string, in a fixed order.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let pairs = [
            ("state", self.state.map(|state| state.as_str().to_owned())),
            ("cursor", self.cursor.map(|place| place.text().to_owned())),
        ];
        pairs.into_iter().filter_map(|(name, value)| value.map(|v| (name, v))).collect()
    }

    /// The same filters, from `cursor` on.
    pub const fn at(&self, cursor: Option<Place>) -> Self {
        Self { state: self.state, cursor }
    }
}

fn webhook_hint(_: &str) -> Hint {
    "Use live, paused or off."
}

fn delivery_hint(_: &str) -> Hint {
    "Use waiting, delivered or failed."
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::seal;

    #[test]
    fn states_read_back_and_what_is_none_is_named() {
        for state in WebhookState::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        for state in DeliveryState::ALL {
            let (query, faults) = DeliveryQuery::understood([("state", state.as_str()), ("x", "y")], &seal());
            assert_eq!((query.state, faults), (Some(state), FieldErrors::one("x", UNKNOWN)));
            assert_eq!(query.pairs(), [("state", state.as_str().to_owned())]);
        }
        let (query, faults) = DeliveryQuery::understood([("state", "lost"), ("cursor", "far")], &seal());
        assert_eq!(query, DeliveryQuery::default());
        assert!(faults.of("state").is_some() && faults.of("cursor").is_some());
    }
}
