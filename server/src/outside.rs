//! Requests to addresses that tenants name. They go to the public Internet and nowhere else: whoever names an address must
//! not see with this server's eyes. What a name resolves to is looked at for the very connection that is made, redirects
//! are not followed, and answers are small and quick or none.

use std::error::Error;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use domain::reach::is_public;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use url::{Host, Url};

const LONGEST: Duration = Duration::from_secs(8);
const LARGEST: usize = 512 * 1024;

/// Asks others.
pub struct Outside {
    client: reqwest::Client,
    loopback: bool,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// The address is none that is asked: another scheme, or within this network.
    #[error("is not an address that this server asks")]
    Forbidden,
    /// It is more than any such answer has.
    #[error("answers too much")]
    TooLarge,
    /// The connection or the answer failed.
    #[error("does not answer: {0}")]
    Failed(#[from] reqwest::Error),
    /// The question could not be put together.
    #[error("cannot be asked: {0}")]
    Http(#[from] http::Error),
}

impl Outside {
    /// `loopback` says that this very machine may be asked too, in plain HTTP: where things are only tried out.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(loopback: bool) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .timeout(LONGEST)
            .no_proxy()
            .dns_resolver(Arc::new(Public { loopback }))
            .user_agent("Stoa")
            .build()?;
        Ok(Self { client, loopback })
    }

    /// Whether `url` is one that is asked, as far as it tells by itself.
    pub fn asks(&self, url: &Url) -> bool {
        let literal = match url.host() {
            Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
            Some(Host::Domain(_)) => None,
            None => return false,
        };
        let is_here = literal.is_some_and(|ip| ip.is_loopback()) || url.host_str() == Some("localhost");
        let has_scheme = url.scheme() == "https" || (self.loopback && is_here && url.scheme() == "http");
        let has_no_name = url.username().is_empty() && url.password().is_none();
        has_scheme && has_no_name && literal.is_none_or(|ip| may_be_asked(ip, self.loopback))
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

impl<'c> AsyncHttpClient<'c> for Outside {
    type Error = NoAnswer;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, NoAnswer>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}

fn may_be_asked(address: IpAddr, loopback: bool) -> bool {
    is_public(address) || (loopback && address.is_loopback())
}

// Names lead to what is public, or nowhere.
struct Public {
    loopback: bool,
}

impl Resolve for Public {
    fn resolve(&self, name: Name) -> Resolving {
        let loopback = self.loopback;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.filter(|address| may_be_asked(address.ip(), loopback)).collect();
            if found.is_empty() {
                return Err(Box::new(Within) as Box<dyn Error + Send + Sync>);
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the name leads into this network")]
struct Within;

fn is_forbidden(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<Within>() {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outside(loopback: bool) -> Outside {
        let _first = rustls::crypto::ring::default_provider().install_default();
        Outside::new(loopback).unwrap()
    }

    #[test]
    fn only_public_addresses_over_tls_are_asked() {
        for (url, asked, where_tried) in [
            ("https://login.example.com/x", true, true),
            ("http://login.example.com", false, false),
            ("https://user:secret@login.example.com", false, false),
            ("https://1.1.1.1", true, true),
            ("https://10.0.0.1", false, false),
            ("https://169.254.169.254", false, false),
            ("https://[fd00::1]", false, false),
            ("https://127.0.0.1", false, true),
            ("https://2130706433", false, true),
            ("http://127.0.0.1:9", false, true),
            ("http://localhost:9", false, true),
            ("http://192.168.1.1", false, false),
            ("file:///etc/passwd", false, false),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(outside(false).asks(&url), asked, "{url}");
            assert_eq!(outside(true).asks(&url), where_tried, "{url}");
        }
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
