//! How often somebody may guess a password: counted by account and by address, in Redis for all processes and
//! always in this one too, so that guessing does not become free when Redis is gone. The accounts stand there
//! under a keyed hash. Attempts that succeed do not count.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use db::cache::redis::Redis;
use sha2::{Digest, Sha256};

/// Attempts count for so long.
pub const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Wrong passwords for one account.
pub const PER_ACCOUNT: i64 = 10;
/// Wrong passwords from one address.
pub const PER_ADDRESS: i64 = 50;

type Key = [u8; 32];

/// The counters.
pub struct SignInLimits {
    redis: Option<Arc<Redis>>,
    local: moka::future::Cache<Key, Arc<AtomicI64>>,
    secret: Vec<u8>,
}

/// An attempt that was counted.
pub struct Attempt<'a> {
    limits: &'a SignInLimits,
    keys: Vec<Key>,
}

impl SignInLimits {
    /// Counters in `redis` and here. `secret` keys the hashes.
    pub fn new(redis: Option<Arc<Redis>>, secret: &[u8]) -> Self {
        let local = moka::future::Cache::builder().max_capacity(200_000).time_to_live(WINDOW).build();
        Self { redis, local, secret: secret.to_vec() }
    }

    /// Counts an attempt at the account of `email` from `address`.
    ///
    /// # Errors
    /// How long to wait when there were too many.
    pub async fn attempt(&self, email: &str, address: IpAddr) -> Result<Attempt<'_>, Duration> {
        let account = self.key("account", &email.trim().to_lowercase());
        let address = self.key("address", &network(address));
        let (by_account, by_address) = (self.count(account).await, self.count(address).await);
        if by_account > PER_ACCOUNT || by_address > PER_ADDRESS {
            return Err(WINDOW);
        }
        Ok(Attempt { limits: self, keys: vec![account, address] })
    }

    /// Counts an attempt from `address` that names no account yet. Passwords are counted apart: whoever spends these keeps
    /// nobody behind the same address from signing in with one.
    ///
    /// # Errors
    /// How long to wait when there were too many.
    pub async fn attempt_from(&self, address: IpAddr) -> Result<Attempt<'_>, Duration> {
        let address = self.key("nameless", &network(address));
        if self.count(address).await > PER_ADDRESS {
            return Err(WINDOW);
        }
        Ok(Attempt { limits: self, keys: vec![address] })
    }

    /// Takes back an attempt from `address` that was counted earlier: it led to a success.
    pub async fn take_back(&self, address: IpAddr) {
        Attempt { limits: self, keys: vec![self.key("nameless", &network(address))] }.succeeded().await;
    }

    async fn count(&self, key: Key) -> i64 {
        let local = self.local.get_with(key, async { Arc::default() }).await;
        let here = local.fetch_add(1, Ordering::Relaxed) + 1;
        let everywhere = match &self.redis {
            Some(redis) => redis.count(redis_key(&key), WINDOW).await,
            None => None,
        };
        here.max(everywhere.unwrap_or(0))
    }

    fn key(&self, kind: &str, name: &str) -> Key {
        Sha256::new()
            .chain_update(&self.secret)
            .chain_update(kind)
            .chain_update([0])
            .chain_update(name)
            .finalize()
            .into()
    }
}

impl Attempt<'_> {
    /// Takes the attempt back: the password was right.
    pub async fn succeeded(self) {
        for key in self.keys {
            if let Some(count) = self.limits.local.get(&key).await {
                count.fetch_sub(1, Ordering::Relaxed);
            }
            if let Some(redis) = &self.limits.redis {
                redis.uncount(redis_key(&key)).await;
            }
        }
    }
}

/// What an address counts as: whoever has one IPv6 address has 2^64 of them.
pub fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.to_string(),
            None => format!("{:x?}", &v6.segments()[..4]),
        },
        IpAddr::V4(v4) => v4.to_string(),
    }
}

fn redis_key(key: &Key) -> Vec<u8> {
    [b"sign-in:".as_slice(), key].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn guessing_ends_by_account_and_by_address_and_success_is_free() {
        let limits = SignInLimits::new(None, b"secret");
        let from = |n: u8| IpAddr::from([192, 0, 2, n]);
        for _ in 0..PER_ACCOUNT {
            assert!(limits.attempt("a@example.test", from(1)).await.is_ok());
        }
        assert_eq!(limits.attempt(" A@Example.test", from(2)).await.err(), Some(WINDOW));
        for n in 0..100 {
            limits.attempt("b@example.test", from(3)).await.unwrap_or_else(|_| panic!("attempt {n}")).succeeded().await;
        }
        for n in 0..PER_ADDRESS {
            assert!(limits.attempt(&format!("c{n}@example.test"), from(4)).await.is_ok(), "attempt {n}");
        }
        assert!(limits.attempt("d@example.test", from(4)).await.is_err());
        assert!(limits.attempt("d@example.test", from(5)).await.is_ok());
    }

    #[test]
    fn ipv6_counts_by_network() {
        let network = |text: &str| network(text.parse().unwrap());
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
