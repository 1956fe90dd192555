//! Requests to addresses that tenants name, when people sign in: as far as [`Reach`] goes, without redirects, and with
//! answers that are small and quick or none.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use jobs::reach::{Reach, is_forbidden};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use url::Url;

const LONGEST: Duration = Duration::from_secs(8);
const LARGEST: usize = 512 * 1024;

/// Asks others.
pub struct Outside {
    client: reqwest::Client,
    reach: Reach,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// The address is none that is asked: another scheme, or within this network.
    #[error("this URL is not allowed")]
    Forbidden,
    /// It is more than any such answer has.
    #[error("the response is too large")]
    TooLarge,
    /// The connection or the answer failed.
    #[error("no response: {0}")]
    Failed(reqwest::Error),
    /// The question could not be put together.
    #[error("the request failed: {0}")]
    Http(#[from] http::Error),
}

impl Outside {
    /// `loopback` says that this very machine may be asked too, in plain HTTP: where things are only tried out.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(loopback: bool) -> Result<Self, reqwest::Error> {
        let reach = if loopback { Reach::Loopback } else { Reach::Public };
        Ok(Self { client: reach.client(LONGEST)?, reach })
    }

    /// Whether `url` is one that is asked, as far as it tells by itself.
    pub fn asks(&self, url: &Url) -> bool {
        self.reach.asks(url)
    }

    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string()).map_err(|_| NoAnswer::Forbidden)?;
        if !self.asks(&url) {
            return Err(NoAnswer::Forbidden);
        }
        let sent = self.client.request(parts.method, url).headers(parts.headers).body(body).send().await;
        let mut answer = sent.map_err(|error| if is_forbidden(&error) { NoAnswer::Forbidden } else { error.into() })?;
        let mut response = http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            response = response.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > LARGEST {
                return Err(NoAnswer::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(response.body(body)?)
    }
}

// What was asked may hold a secret.
impl From<reqwest::Error> for NoAnswer {
    fn from(error: reqwest::Error) -> Self {
        Self::Failed(error.without_url())
    }
}

impl<'c> AsyncHttpClient<'c> for Outside {
    type Error = NoAnswer;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, NoAnswer>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outside(loopback: bool) -> Outside {
        let _first = rustls::crypto::ring::default_provider().install_default();
        Outside::new(loopback).unwrap()
    }

    #[tokio::test]
    async fn a_name_that_leads_here_is_not_asked() {
        let request = || http::Request::builder().uri("https://localhost:9/").body(Vec::new()).unwrap();
        let refused = outside(false).call(request()).await;
        assert!(matches!(refused, Err(NoAnswer::Forbidden)), "{refused:?}");
        let refused = outside(true).call(request()).await;
        assert!(matches!(refused, Err(NoAnswer::Failed(_))), "nobody listens there: {refused:?}");
    }
}
