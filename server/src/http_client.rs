//! The client for URLs that tenants enter, used for single sign-on. [`Reach`] says which addresses it may contact. It
//! follows no redirects, and limits the size and the time of a response.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use jobs::reach::{Reach, is_forbidden};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use url::Url;

const LONGEST: Duration = Duration::from_secs(8);
const LARGEST: usize = 512 * 1024;

/// Sends requests to SSO providers.
pub struct HttpClient {
    client: reqwest::Client,
    reach: Reach,
}

/// Why there is no response.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The URL has another scheme, or leads into a private network.
    #[error("this URL is not allowed")]
    Forbidden,
    /// The response is larger than any of a provider should be.
    #[error("the response is too large")]
    TooLarge,
    /// The connection or the response failed.
    #[error("no response: {0}")]
    Failed(reqwest::Error),
    /// The request could not be built.
    #[error("the request failed: {0}")]
    Http(#[from] http::Error),
}

impl HttpClient {
    /// With `loopback`, this machine may be contacted too, also in plain HTTP: for a demo.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(loopback: bool) -> Result<Self, reqwest::Error> {
        let reach = if loopback { Reach::Loopback } else { Reach::Public };
        Ok(Self { client: reach.client(LONGEST)?, reach })
    }

    /// Whether `url` may be requested, as far as can be seen without resolving its name.
    pub fn allows(&self, url: &Url) -> bool {
        self.reach.asks(url)
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, RequestError> {
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string()).map_err(|_| RequestError::Forbidden)?;
        if !self.allows(&url) {
            return Err(RequestError::Forbidden);
        }
        let sent = self.client.request(parts.method, url).headers(parts.headers).body(body).send().await;
        let mut answer =
            sent.map_err(|error| if is_forbidden(&error) { RequestError::Forbidden } else { error.into() })?;
        let mut response = http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            response = response.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > LARGEST {
                return Err(RequestError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(response.body(body)?)
    }
}

// The URL may contain a secret.
impl From<reqwest::Error> for RequestError {
    fn from(error: reqwest::Error) -> Self {
        Self::Failed(error.without_url())
    }
}

impl<'c> AsyncHttpClient<'c> for HttpClient {
    type Error = RequestError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, RequestError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(loopback: bool) -> HttpClient {
        let _first = rustls::crypto::ring::default_provider().install_default();
        HttpClient::new(loopback).unwrap()
    }

    #[tokio::test]
    async fn a_name_of_this_machine_is_forbidden_unless_loopback_is_allowed() {
        let request = || http::Request::builder().uri("https://localhost:9/").body(Vec::new()).unwrap();
        let refused = client(false).call(request()).await;
        assert!(matches!(refused, Err(RequestError::Forbidden)), "{refused:?}");
        let refused = client(true).call(request()).await;
        assert!(matches!(refused, Err(RequestError::Failed(_))), "no server listens there: {refused:?}");
    }
}
