//! The web server.

use std::net::SocketAddr;
use std::time::Duration;

use super::{Faults, Vars};

/// How it is reached and what it allows.
#[derive(Clone, Debug)]
pub struct Http {
    /// Where it listens.
    pub addr: SocketAddr,
    /// What people type, without a slash at the end.
    pub public_url: String,
    /// Whether people come over TLS: `__Host-` cookie and HSTS.
    pub secure: bool,
    /// How many reverse proxies in front append to `X-Forwarded-For`.
    pub proxies: usize,
    /// Largest file that may be uploaded, in bytes.
    pub upload_limit: usize,
    /// Most connections at once; 0: as many as files may be open.
    pub most_connections: usize,
    /// Most connections at once from one address; 0: no limit. Without effect behind proxies.
    pub connections_per_address: usize,
    /// How much of the bodies of all requests is held in memory at once, in bytes.
    pub body_memory: usize,
    /// Requests that take longer get a line in the performance log.
    pub slow: Duration,
    /// Opens `/metrics` to others than loopback.
    pub metrics_token: Option<String>,
}

impl Http {
    pub(super) fn read(vars: &Vars, faults: &mut Faults) -> Self {
        let default = SocketAddr::from(([127, 0, 0, 1], 3000));
        let addr = vars.text("STOA_ADDR").map_or(Some(default), |text| text.parse().ok()).unwrap_or_else(|| {
            faults.add("STOA_ADDR", "Use an IP address and a port, such as 127.0.0.1:3000 or [::]:3000.");
            default
        });
        let public_url = public_url(vars, addr, faults);
        let metrics_token = vars.text("STOA_METRICS_TOKEN").map(str::to_owned);
        if metrics_token.as_ref().is_some_and(|token| token.len() < 16) {
            faults.add("STOA_METRICS_TOKEN", "Use at least 16 characters.");
        }
        Self {
            addr,
            secure: public_url.starts_with("https://"),
            public_url,
            proxies: vars.number("STOA_PROXIES", 0, 0..=10, faults),
            upload_limit: vars.number("STOA_UPLOAD_LIMIT_MB", 512, 1..=100_000, faults) * 1024 * 1024,
            most_connections: vars.number("STOA_MAX_CONNECTIONS", 0, 0..=1_000_000, faults),
            connections_per_address: vars.number("STOA_CONNECTIONS_PER_ADDRESS", 1_000, 0..=1_000_000, faults),
            body_memory: vars.number("STOA_BODY_MEMORY_MB", 64, 1..=100_000, faults) * 1024 * 1024,
            slow: Duration::from_millis(vars.number("STOA_SLOW_MS", 1_000, 1..=3_600_000, faults)),
            metrics_token,
        }
    }
}

fn public_url(vars: &Vars, addr: SocketAddr, faults: &mut Faults) -> String {
    let Some(url) = vars.text("STOA_PUBLIC_URL") else { return format!("http://{addr}") };
    let url = url.trim_end_matches('/');
    let parsed = url.parse::<http::Uri>().ok();
    let good = parsed.is_some_and(|u| {
        matches!(u.scheme_str(), Some("http" | "https"))
            && u.host().is_some()
            && matches!(u.path(), "" | "/")
            && u.query().is_none()
    });
    if !good {
        faults
            .add("STOA_PUBLIC_URL", "Use http:// or https:// and a host without a path, such as https://stoa.example.");
    }
    url.to_owned()
}
