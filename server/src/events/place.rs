//! Where a listener wants to begin.

use axum::extract::Query;
use domain::fields::FieldErrors;
use domain::json;
use http::HeaderMap;
use http::request::Parts;

use crate::api::Pairs;

const HEADER: &str = "last-event-id";

/// Where a listener wants to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// With what happens from now on.
    Now,
    /// After the event with this number.
    After(i64),
    /// After something that is no event's number: from now on, and the listener is told that it may have missed something.
    Lost,
}

impl Place {
    /// Where a program wants to begin: `Last-Event-ID`, else `?after=`. Programs are told of every fault.
    ///
    /// # Errors
    /// The faults by name.
    pub fn of_program(headers: &HeaderMap, pairs: &Pairs) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut place = Self::Now;
        for (name, value) in pairs.iter() {
            match (name, Self::read(value)) {
                ("after", Self::Lost) => errors.add("after", "Use the ID of an event."),
                ("after", found) => place = found,
                _ => errors.add(name, "This parameter does not exist. Use: after."),
            }
        }
        match Self::in_header(headers) {
            Self::Now => {}
            Self::Lost => errors.add("Last-Event-ID", "Use the ID of an event."),
            found => place = found,
        }
        errors.into_result(place)
    }

    /// Where a page wants to begin. A browser gives up for good on an error, so what cannot be read means [`Place::Lost`].
    pub fn of_page(parts: &Parts) -> Self {
        match Self::in_header(&parts.headers) {
            Self::Now => {}
            found => return found,
        }
        let pairs =
            Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map(|Query(pairs)| pairs).unwrap_or_default();
        pairs.iter().find(|(name, _)| name == "after").map_or(Self::Now, |(_, value)| Self::read(value))
    }

    fn in_header(headers: &HeaderMap) -> Self {
        headers.get(HEADER).map_or(Self::Now, |value| value.to_str().map_or(Self::Lost, Self::read))
    }

    fn read(text: &str) -> Self {
        match text.trim() {
            "" => Self::Now,
            text if text.starts_with(|c: char| c.is_ascii_digit()) => {
                json::integer_in(text).map_or(Self::Lost, Self::After)
            }
            _ => Self::Lost,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_numbers() {
        for (text, place) in [
            ("", Place::Now),
            (" 7 ", Place::After(7)),
            ("0", Place::After(0)),
            ("-1", Place::Lost),
            ("+1", Place::Lost),
            ("1.5", Place::Lost),
            ("7.0", Place::After(7)),
            ("x", Place::Lost),
            ("99999999999999999999", Place::Lost),
        ] {
            assert_eq!(Place::read(text), place, "{text}");
        }
    }

    #[test]
    fn the_header_wins_over_the_query() {
        let page = |header: Option<&str>, uri: &str| {
            let mut request = http::Request::builder().uri(uri);
            if let Some(value) = header {
                request = request.header(HEADER, value);
            }
            Place::of_page(&request.body(()).unwrap().into_parts().0)
        };
        assert_eq!(page(None, "/t/demo/events"), Place::Now);
        assert_eq!(page(None, "/t/demo/events?after=3"), Place::After(3));
        assert_eq!(page(Some("5"), "/t/demo/events?after=3"), Place::After(5));
        assert_eq!(page(Some("five"), "/t/demo/events?after=3"), Place::Lost);
    }
}
