//! Bodies as bytes: declared as JSON, of limited size, within the budget of the process, and read to their end even when they
//! are refused, so that the sender gets the refusal and not a broken connection.

use std::time::Duration;

use axum::body::{BodyDataStream, Bytes};
use axum::extract::Request;
use futures::StreamExt;
use http::{HeaderMap, header};

use super::problems;
use crate::error::Problem;
use crate::input::budget::{Budget, Held};

/// How long somebody may go on sending what was refused already.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads a JSON body of at most `limit` bytes; what it takes of the budget is given back with [`Held`].
///
/// # Errors
/// 415, 413, 503 when the process holds as much as it may, or 400 when the sender stopped in its middle.
pub async fn read(request: Request, limit: usize, budget: &Budget) -> Result<(Bytes, Held), Problem> {
    let (parts, body) = request.into_parts();
    let mut rest = body.into_data_stream();
    if let Err(problem) = check_type(&parts.headers) {
        drain(rest, limit).await;
        return Err(problem);
    }
    let (mut read, mut held) = (Vec::new(), budget.hold());
    while let Some(chunk) = rest.next().await {
        let chunk = chunk.map_err(|_| Problem::bad_request("The request body ended early."))?;
        if read.len() + chunk.len() > limit {
            drain(rest, limit).await;
            return Err(Problem::too_large(format!("The request body can have at most {limit} bytes.")));
        }
        if held.grow(chunk.len()).is_err() {
            drop((read, held));
            drain(rest, limit).await;
            return Err(Problem::crowded());
        }
        read.extend_from_slice(&chunk);
    }
    Ok((read.into(), held))
}

fn check_type(headers: &HeaderMap) -> Result<(), Problem> {
    if let Some(coding) =
        headers.get(header::CONTENT_ENCODING).filter(|c| !c.as_bytes().eq_ignore_ascii_case(b"identity"))
    {
        return Err(problems::unsupported_media_type(&format!("the encoding '{}'", shown(coding.as_bytes()))));
    }
    let Some(kind) = headers.get(header::CONTENT_TYPE) else {
        return Err(problems::unsupported_media_type("no Content-Type"));
    };
    let refused = || problems::unsupported_media_type(&format!("'{}'", shown(kind.as_bytes())));
    let mut parts = kind.to_str().map_err(|_| refused())?.split(';').map(str::trim);
    let json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    let utf8 = parts.filter_map(|p| p.split_once('=')).all(|(name, value)| {
        !name.trim().eq_ignore_ascii_case("charset") || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    });
    if json && utf8 { Ok(()) } else { Err(refused()) }
}

fn shown(value: &[u8]) -> String {
    String::from_utf8_lossy(&value[..value.len().min(100)]).into_owned()
}

// As much again as was allowed: who sends more than that is not listening.
async fn drain(mut rest: BodyDataStream, limit: usize) {
    let reading = async {
        let mut dropped = 0;
        while let Some(Ok(chunk)) = rest.next().await {
            dropped += chunk.len();
            if dropped > limit.max(16 << 20) {
                break;
            }
        }
    };
    // Either way the answer is sent now.
    let _in_time = tokio::time::timeout(PATIENCE, reading).await;
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::Request;

    use super::*;

    async fn status(headers: &[(&str, &str)], body: &'static str) -> u16 {
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body)).unwrap();
        read(request, 10, &Budget::new(1 << 20)).await.map_or_else(|p| p.status().as_u16(), |_| 200)
    }

    #[tokio::test]
    async fn only_small_plain_json_is_read() {
        assert_eq!(status(&[("content-type", "application/json")], "0123456789").await, 200);
        assert_eq!(status(&[("content-type", "Application/JSON; charset=\"UTF-8\"")], "{}").await, 200);
        assert_eq!(status(&[("content-type", "application/json"), ("content-encoding", "identity")], "{}").await, 200);
        assert_eq!(status(&[("content-type", "application/json")], "0123456789a").await, 413);
        assert_eq!(status(&[], "{}").await, 415);
        assert_eq!(status(&[("content-type", "text/plain")], "{}").await, 415);
        assert_eq!(status(&[("content-type", "application/json; charset=latin1")], "{}").await, 415);
        assert_eq!(status(&[("content-type", "application/json"), ("content-encoding", "gzip")], "{}").await, 415);
    }

    #[tokio::test]
    async fn a_body_beyond_the_budget_is_asked_to_retry() {
        let budget = Budget::new(32 << 10);
        let request = |size: usize| {
            let request = Request::post("/").header("content-type", "application/json");
            request.body(Body::from(vec![b' '; size])).unwrap()
        };
        let first = read(request(40 << 10), 1 << 20, &budget).await.unwrap();
        let second = read(request(40 << 10), 1 << 20, &budget).await.unwrap_err();
        assert_eq!(second.status(), 503);
        assert!(read(request(10 << 10), 1 << 20, &budget).await.is_ok(), "small ones go on");
        drop(first);
        assert!(read(request(40 << 10), 1 << 20, &budget).await.is_ok());
    }
}
