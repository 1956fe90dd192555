//! A filter by several words of one kind, as it stands in an address: `pending,authorized`.

use std::str::FromStr;

use strum::VariantArray;

/// Some of the values of `T`, in the order of all of them; none of them means any.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AnyOf<T>(Vec<T>);

impl<T> Default for AnyOf<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: VariantArray + Copy + PartialEq + Into<&'static str>> AnyOf<T> {
    /// These values, each once.
    pub fn new(wanted: impl IntoIterator<Item = T>) -> Self {
        let wanted: Vec<T> = wanted.into_iter().collect();
        Self(T::VARIANTS.iter().copied().filter(|value| wanted.contains(value)).collect())
    }

    /// Whether there is no choice.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words of the values, in order.
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|value| (*value).into())
    }

    /// As it stands in an address, when there is a choice.
    pub fn text(&self) -> Option<String> {
        (!self.is_empty()).then(|| self.words().collect::<Vec<_>>().join(","))
    }
}

impl<T: VariantArray + Copy + PartialEq + Into<&'static str> + FromStr<Err = String>> FromStr for AnyOf<T> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = text.split(',').map(str::parse).collect::<Result<Vec<T>, String>>()?;
        Ok(Self::new(wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::PaymentStatus;

    #[test]
    fn words_are_kept_once_and_in_one_order() {
        let read: AnyOf<PaymentStatus> = "partially_paid,pending,pending,authorized".parse().unwrap();
        assert_eq!(read.text().as_deref(), Some("pending,authorized,partially_paid"));
        assert_eq!(read, AnyOf::new([PaymentStatus::Authorized, PaymentStatus::PartiallyPaid, PaymentStatus::Pending]));
        assert_eq!(AnyOf::<PaymentStatus>::default().text(), None);
    }

    #[test]
    fn every_word_must_be_known() {
        for text in ["", ",", "paid,", "paid,,pending", "paid, pending", "gone", "paid,gone"] {
            assert!(text.parse::<AnyOf<PaymentStatus>>().is_err(), "{text:?}");
        }
    }
}
