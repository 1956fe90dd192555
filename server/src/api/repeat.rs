//! Requests that may be repeated: the `Idempotency-Key`, the answer kept under it, and transactions that are
//! tried again when PostgreSQL gave them up in favour of another.

use std::future::Future;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use db::idempotency::{self, Claim, NewAnswer};
use db::{DataError, Tx};
use domain::fields::FieldErrors;
use domain::ids::StoreId;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use super::problems;
use crate::error::Problem;

const HEADER: &str = "idempotency-key";
const TRIES: u32 = 4;

/// A key, and the hash of the request that came with it.
pub struct Repeat {
    key: String,
    request: Vec<u8>,
}

/// An answer, byte for byte.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// JSON.
    pub body: Vec<u8>,
    /// Whether it was given before.
    pub replayed: bool,
}

/// What is answered instead of doing the work.
#[derive(Debug)]
pub enum Settled {
    /// What was answered the first time.
    Replay(Answer),
    /// Nothing yet: the first request still runs.
    Running,
    /// Nothing: the key belongs to another request.
    OtherRequest,
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

impl Repeat {
    /// The request to `path` with `body`, under `key`.
    pub fn new(key: String, path: &str, body: &[u8]) -> Self {
        Self { request: idempotency::request_hash(path, body), key }
    }

    /// Claims the key until the transaction ends; what to answer instead of doing the work, if anything.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn claim(&self, tx: &Tx) -> Result<Option<Settled>, DataError> {
        Ok(match idempotency::claim(tx, &self.key, &self.request).await? {
            Claim::Fresh => None,
            Claim::Running => Some(Settled::Running),
            Claim::OtherRequest => Some(Settled::OtherRequest),
            Claim::Replay(stored) => {
                let status = u16::try_from(stored.status).ok().and_then(|s| StatusCode::from_u16(s).ok());
                let status = status
                    .ok_or_else(|| DataError::Corrupt(format!("idempotency_keys.status is {}", stored.status)))?;
                Some(Settled::Replay(Answer { status, body: stored.body, replayed: true }))
            }
        })
    }

    /// Keeps the answer, which is about `stores`, in the transaction of the effect.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn keep(&self, tx: &Tx, answer: &Answer, stores: &[StoreId]) -> Result<(), DataError> {
        let new = NewAnswer { status: answer.status.as_u16(), body: &answer.body, stores };
        idempotency::store(tx, &self.key, &self.request, &new).await
    }
}

impl Answer {
    /// A first answer.
    ///
    /// # Errors
    /// When `body` cannot be JSON.
    pub fn new(status: StatusCode, body: &impl serde::Serialize) -> Result<Self, DataError> {
        let body = serde_json::to_vec(body).map_err(|e| DataError::Corrupt(e.to_string()))?;
        Ok(Self { status, body, replayed: false })
    }
}

impl IntoResponse for Answer {
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

impl Settled {
    /// The answer, or the problem when there is none.
    ///
    /// # Errors
    /// 409 while the first request runs, 422 when it was another.
    pub fn answer(self) -> Result<Answer, Problem> {
        match self {
            Self::Replay(answer) => Ok(answer),
            Self::Running => Err(problems::still_running()),
            Self::OtherRequest => Err(problems::key_of_another_request()),
        }
    }
}

/// Does `work`, and again up to three times when PostgreSQL gave it up in favour of another transaction.
///
/// # Errors
/// Those of the last try.
pub async fn retrying<T, F>(mut work: impl FnMut() -> F) -> Result<T, DataError>
where
    F: Future<Output = Result<T, DataError>>,
{
    for pause in 1..TRIES {
        match work().await {
            Err(error) if is_transient(&error) => {
                tracing::debug!(%error, "a transaction lost against another; trying again");
                tokio::time::sleep(Duration::from_millis(u64::from(10 * pause))).await;
            }
            settled => return settled,
        }
    }
    work().await
}

fn is_transient(error: &DataError) -> bool {
    matches!(error.sql_state().as_deref(), Some("40001" | "40P01"))
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

    #[tokio::test]
    async fn other_errors_are_not_tried_again() {
        let mut tries = 0;
        let result: Result<(), _> = retrying(|| {
            tries += 1;
            async { Err(DataError::Busy) }
        })
        .await;
        assert!(matches!(result, Err(DataError::Busy)));
        assert_eq!(tries, 1);
    }
}
