//! Forms as `application/x-www-form-urlencoded`: read here, within their limits, before any handler takes them apart. The
//! handler finds the same bytes again.

use axum::body::Body;
use axum::extract::Request;
use futures::StreamExt;
use http::{HeaderMap, header};

use super::budget::{Budget, Held};
use super::{Refusal, address};
use crate::auth::Needs;

/// Largest form.
const LARGEST: usize = 1024 * 1024;
/// Largest form of somebody who is not known yet: an address, a password, an answer of a passkey.
const LARGEST_OF_STRANGERS: usize = 64 * 1024;
/// Most fields.
const MOST_FIELDS: usize = 1_000;
/// Longest value as it is sent, in bytes; the longest text that any field takes has a twentieth.
const LONGEST: usize = 128 * 1024;

/// Whether the body says that it is a form.
pub fn is_one(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else { return false };
    let essence = kind.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
    essence.trim_ascii().eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}

/// Reads the form and looks at every field.
///
/// # Errors
/// When it is too large, or a field holds what none may.
pub async fn admit(request: Request, needs: Needs, budget: &Budget) -> Result<(Request, Held), Refusal> {
    let most = if needs == Needs::Nothing { LARGEST_OF_STRANGERS } else { LARGEST };
    let (parts, body) = request.into_parts();
    let mut held = budget.hold();
    let mut form = Vec::new();
    let mut pieces = body.into_data_stream();
    let mut refusal = None;
    let mut seen = 0_usize;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Refusal::Unreadable("The form did not arrive whole.".to_owned()))?;
        seen += piece.len();
        refusal = refusal.or((seen > most).then_some(Refusal::TooLarge));
        refusal = refusal.or_else(|| held.grow(piece.len()).err().map(|_| Refusal::Crowded));
        // Read on a little, so that whoever still sends hears why.
        match &refusal {
            None => form.extend_from_slice(&piece),
            Some(_) if seen > 2 * LARGEST => break,
            Some(_) => form = Vec::new(),
        }
    }
    match refusal {
        Some(refusal) => return Err(refusal),
        None => check(&form)?,
    }
    Ok((Request::from_parts(parts, Body::from(form)), held))
}

/// Looks at the fields of a form.
fn check(form: &[u8]) -> Result<(), Refusal> {
    let not_text = || Refusal::Unreadable("The form is not text in UTF-8.".to_owned());
    let form = std::str::from_utf8(form).map_err(|_| not_text())?;
    for (n, pair) in form.split('&').enumerate() {
        if n >= MOST_FIELDS {
            return Err(Refusal::Unreadable(format!("The form has more than {MOST_FIELDS} fields.")));
        }
        if let Some((name, words)) = address::fault(pair) {
            return Err(Refusal::Field(name, words));
        }
        if pair.len() > LONGEST {
            return Err(Refusal::TooLarge);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use http::{Request, StatusCode};

    use super::*;

    async fn read(body: impl Into<Body>, needs: Needs) -> Result<Vec<u8>, Refusal> {
        let (request, _held) = admit(Request::new(body.into()), needs, &Budget::new(4 << 20)).await?;
        Ok(axum::body::to_bytes(request.into_body(), usize::MAX).await.unwrap().to_vec())
    }

    #[tokio::test]
    async fn a_form_comes_through_as_it_was_sent() {
        for form in ["", "a=b", "a=%C3%A9&b=c+d&a=", "note=%0D%0A%09", "x=%2500"] {
            assert_eq!(read(form, Needs::SignedIn).await.unwrap(), form.as_bytes(), "{form}");
        }
    }

    #[tokio::test]
    async fn what_no_field_may_hold_is_named() {
        for form in ["name=a%00b", "x=1&name=%00", "name=\0", "name=%ff", "name=%c0%80", "name=%ed%a0%80", "name=%C3"] {
            let refused = read(form, Needs::SignedIn).await;
            assert!(matches!(refused, Err(Refusal::Field(ref name, _)) if name == "name"), "{form}: {refused:?}");
        }
        assert!(matches!(read(vec![b'=', 0xff], Needs::SignedIn).await, Err(Refusal::Unreadable(_))));
    }

    #[tokio::test]
    async fn forms_are_bounded_in_size_and_in_fields() {
        let (field, fields) = (format!("a={}", "x".repeat(200_000)), "a&".repeat(2_000));
        let many = format!("a={}&b={}", "x".repeat(60_000), "y".repeat(60_000));
        assert!(matches!(read(field, Needs::SignedIn).await, Err(Refusal::TooLarge)));
        assert!(matches!(read(fields, Needs::SignedIn).await, Err(Refusal::Unreadable(_))));
        assert!(matches!(read(vec![b'x'; LARGEST + 1], Needs::SignedIn).await, Err(Refusal::TooLarge)));
        assert!(read(many.clone(), Needs::SignedIn).await.is_ok());
        assert!(matches!(read(many, Needs::Nothing).await, Err(Refusal::TooLarge)), "strangers have less");
    }

    #[test]
    fn refusals_have_the_same_status_as_page_and_as_problem() {
        for (refusal, status) in [
            (Refusal::NotFound, StatusCode::NOT_FOUND),
            (Refusal::Unreadable(String::new()), StatusCode::BAD_REQUEST),
            (Refusal::Field("a".to_owned(), address::NUL), StatusCode::UNPROCESSABLE_ENTITY),
            (Refusal::TooLarge, StatusCode::PAYLOAD_TOO_LARGE),
            (Refusal::Crowded, StatusCode::SERVICE_UNAVAILABLE),
        ] {
            assert_eq!((refusal.clone().into_page().status(), refusal.into_problem().status()), (status, status));
        }
    }
}
