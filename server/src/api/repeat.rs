//! Requests that may be repeated: the `Idempotency-Key`, and the answer that is stored under it.

use axum::response::{IntoResponse, Response};
use db::DataError;
use db::idempotency::{Answer, Claim};
use domain::fields::FieldErrors;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use super::problems;
use crate::error::Problem;

const HEADER: &str = "idempotency-key";

/// An answer as it is sent.
#[derive(Clone, Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: StatusCode,
    /// JSON.
    pub body: Vec<u8>,
    /// Whether it was given before.
    pub replayed: bool,
}

/// The key of a request, when it has one.
///
/// # Errors
/// 422 for a key that is none.
pub fn key(headers: &HeaderMap) -> Result<Option<String>, FieldErrors> {
    let mut values = headers.get_all(HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().ok().filter(|t| (1..=255).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_graphic()));
    match (text, values.next()) {
        (Some(key), None) => Ok(Some(key.to_owned())),
        (None, _) => Err(FieldErrors::one("Idempotency-Key", "Use 1 to 255 visible ASCII characters.")),
        (_, Some(_)) => Err(FieldErrors::one("Idempotency-Key", "This header is set twice.")),
    }
}

/// An answer that is stored with what it is about.
///
/// # Errors
/// When `body` cannot be JSON.
pub fn answer(status: StatusCode, body: &impl serde::Serialize) -> Result<Answer, DataError> {
    let body = serde_json::to_vec(body).map_err(|e| DataError::Corrupt(e.to_string()))?;
    Ok(Answer { status: status.as_u16(), body })
}

impl Reply {
    /// A first answer.
    ///
    /// # Errors
    /// When its status is none.
    pub fn first(answer: Answer) -> Result<Self, Problem> {
        Ok(Self { status: status(answer.status.into())?, body: answer.body, replayed: false })
    }

    /// What is answered to a request whose key was used before, or is in use.
    ///
    /// # Errors
    /// 409 while the first request runs, 422 when it was another.
    pub fn to_claimed(claim: Claim) -> Result<Self, Problem> {
        match claim {
            Claim::Replay(stored) => {
                Ok(Self { status: status(stored.status.into())?, body: stored.body, replayed: true })
            }
            Claim::OtherRequest => Err(problems::key_of_another_request()),
            Claim::Running | Claim::Fresh => Err(problems::still_running()),
        }
    }
}

fn status(stored: i32) -> Result<StatusCode, DataError> {
    let status = u16::try_from(stored).ok().and_then(|status| StatusCode::from_u16(status).ok());
    status.ok_or_else(|| DataError::Corrupt(format!("idempotency_keys.status is {stored}")))
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = (self.status, [(header::CONTENT_TYPE, "application/json")], self.body).into_response();
        if self.replayed {
            response
                .headers_mut()
                .insert(HeaderName::from_static("idempotency-replayed"), HeaderValue::from_static("true"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_short_visible_and_single() {
        let read = |values: &[&[u8]]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(HEADER, HeaderValue::from_bytes(value).unwrap());
            }
            key(&headers)
        };
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[b"a-1"]), Ok(Some("a-1".into())));
        assert_eq!(read(&[&[b'k'; 255]]).unwrap().unwrap().len(), 255);
        for bad in [&[b"".as_slice()][..], &[&[b'k'; 256]], &[b"a b"], &["é".as_bytes()], &[b"a", b"a"]] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }
}
