//! Where requests may go whose addresses tenants name: to the public Internet and nowhere else, for whoever names an address
//! must not see with this server's eyes. What a name resolves to is looked at for the very connection that is made, so a
//! name that leads elsewhere a moment later gains nothing.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use domain::reach::is_public;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use url::{Host, Url};

const LOOKED_UP_WITHIN: Duration = Duration::from_secs(3);

/// How far requests reach.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// The public Internet, over TLS.
    Public,
    /// That, and this very machine, in the clear too: where things are only tried out.
    Loopback,
    /// Everywhere, in the clear too: for networks of one's own and for tests.
    Everywhere,
}

impl Reach {
    /// Whether this address is one that is asked.
    pub fn allows(self, address: IpAddr) -> bool {
        match self {
            Self::Public => is_public(address),
            Self::Loopback => is_public(address) || address.is_loopback(),
            Self::Everywhere => true,
        }
    }

    /// Whether `url` is one that is asked, as far as it tells by itself.
    pub fn asks(self, url: &Url) -> bool {
        let literal = match url.host() {
            Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
            Some(Host::Domain(_)) => None,
            None => return false,
        };
        let is_here = literal.is_some_and(|ip| ip.is_loopback()) || url.host_str() == Some("localhost");
        let in_the_clear = self == Self::Everywhere || (self == Self::Loopback && is_here);
        let has_scheme = url.scheme() == "https" || (in_the_clear && url.scheme() == "http");
        let has_no_name = url.username().is_empty() && url.password().is_none();
        has_scheme && has_no_name && literal.is_none_or(|ip| self.allows(ip))
    }

    /// Whether the name in `url` leads, as of now, to some address that is asked. One that leads nowhere may do so later.
    pub async fn finds(self, url: &Url) -> bool {
        let Some(Host::Domain(name)) = url.host() else { return true };
        let found = tokio::time::timeout(LOOKED_UP_WITHIN, tokio::net::lookup_host((name, 0))).await;
        let Ok(Ok(found)) = found else { return true };
        let found: Vec<SocketAddr> = found.collect();
        found.is_empty() || found.iter().any(|address| self.allows(address.ip()))
    }

    /// A client that connects to no other address, follows no redirect and knows no proxy.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn client(self, longest: Duration) -> Result<reqwest::Client, reqwest::Error> {
        reqwest::Client::builder()
            .redirect(Policy::none())
            .timeout(longest)
            .no_proxy()
            .dns_resolver(Arc::new(Names(self)))
            .user_agent("Stoa")
            .build()
    }
}

/// Whether a request failed because its name leads where nobody is asked.
pub fn is_forbidden(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<Within>() {
            return true;
        }
        cause = error.source();
    }
    false
}

// Names lead to what is asked, or nowhere.
struct Names(Reach);

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.filter(|address| reach.allows(address.ip())).collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_over_tls_are_asked() {
        for (url, public, loopback, everywhere) in [
            ("https://login.example.com/x", true, true, true),
            ("http://login.example.com", false, false, true),
            ("https://user:secret@login.example.com", false, false, false),
            ("https://1.1.1.1", true, true, true),
            ("https://10.0.0.1", false, false, true),
            ("https://169.254.169.254", false, false, true),
            ("https://[fd00::1]", false, false, true),
            ("https://[::ffff:10.0.0.1]", false, false, true),
            ("https://127.0.0.1", false, true, true),
            ("https://2130706433", false, true, true),
            ("https://0x7f.1", false, true, true),
            ("http://127.0.0.1:9", false, true, true),
            ("http://localhost:9", false, true, true),
            ("http://192.168.1.1", false, false, true),
            ("file:///etc/passwd", false, false, false),
        ] {
            let url = Url::parse(url).unwrap();
            let asks = [Reach::Public, Reach::Loopback, Reach::Everywhere].map(|reach| reach.asks(&url));
            assert_eq!(asks, [public, loopback, everywhere], "{url}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_here_is_found_out() {
        let here = Url::parse("https://localhost/").unwrap();
        assert!(!Reach::Public.finds(&here).await);
        assert!(Reach::Loopback.finds(&here).await);
        assert!(Reach::Public.finds(&Url::parse("https://nowhere.invalid/").unwrap()).await, "it may be there later");
    }
}
