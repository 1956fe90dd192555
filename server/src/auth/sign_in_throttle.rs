//! The sign-in throttle: failed attempts are counted by account and by address. They are counted in Redis for all processes
//! and always in this process too, so that attempts are limited without Redis as well. An account is counted by its
//! normal form of email, under a keyed hash. Each kind has counts of its own: many requests for forgotten passwords do not
//! block sign-ins from the same address. Attempts that succeed do not count.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use db::cache::redis::Redis;
use domain::people::email_key;
use sha2::{Digest, Sha256};

/// Attempts count for so long.
pub const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Wrong passwords for one account.
pub const PER_ACCOUNT: i64 = 10;
/// Wrong passwords from one address.
pub const PER_ADDRESS: i64 = 50;

type Key = [u8; 32];

/// What an attempt is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A password, on the sign-in page.
    Password,
    /// Password and code together, while the account's own limit is reached.
    BothSteps,
    /// The second step.
    SecondStep,
    /// The password of a signed-in user, asked once more.
    Again,
    /// A link for a forgotten password.
    Forgotten,
    /// A passkey.
    Passkey,
    /// A sign-in through a tenant's provider.
    Provider,
}

/// The counters.
pub struct SignInThrottle {
    redis: Option<Arc<Redis>>,
    local: moka::future::Cache<Key, Arc<AtomicI64>>,
    secret: Vec<u8>,
}

/// An attempt that was counted.
pub struct Attempt<'a> {
    throttle: &'a SignInThrottle,
    keys: Vec<Key>,
}

impl SignInThrottle {
    /// Counters in `redis` and here. `secret` keys the hashes.
    pub fn new(redis: Option<Arc<Redis>>, secret: &[u8]) -> Self {
        let local = moka::future::Cache::builder().max_capacity(200_000).time_to_live(WINDOW).build();
        Self { redis, local, secret: secret.to_vec() }
    }

    /// Counts an attempt at `account` (an email, or the name of another secret) from `address`.
    ///
    /// # Errors
    /// How long to wait when there were too many.
    pub async fn attempt(&self, kind: Kind, account: &str, address: IpAddr) -> Result<Attempt<'_>, Duration> {
        let account = self.key(kind, "account", &email_key(account));
        let address = self.key(kind, "address", &network(address));
        let (by_account, by_address) = (self.count(account).await, self.count(address).await);
        if by_account > PER_ACCOUNT || by_address > PER_ADDRESS {
            return Err(WINDOW);
        }
        Ok(Attempt { throttle: self, keys: vec![account, address] })
    }

    /// Counts an attempt at `account` within something that only its owner has: a browser in which they signed in before, or a
    /// session. Attempts elsewhere do not count here, and the address is not counted.
    ///
    /// # Errors
    /// How long to wait when there were too many.
    pub async fn attempt_within(&self, kind: Kind, account: &str, own: &str) -> Result<Attempt<'_>, Duration> {
        let own = self.key(kind, "own", &format!("{}\0{own}", email_key(account)));
        if self.count(own).await > PER_ACCOUNT {
            return Err(WINDOW);
        }
        Ok(Attempt { throttle: self, keys: vec![own] })
    }

    /// Counts an attempt from `address` that names no account yet.
    ///
    /// # Errors
    /// How long to wait when there were too many.
    pub async fn attempt_from(&self, kind: Kind, address: IpAddr) -> Result<Attempt<'_>, Duration> {
        let address = self.key(kind, "address", &network(address));
        if self.count(address).await > PER_ADDRESS {
            return Err(WINDOW);
        }
        Ok(Attempt { throttle: self, keys: vec![address] })
    }

    /// Removes an attempt from `address` that was counted earlier and succeeded.
    pub async fn take_back(&self, kind: Kind, address: IpAddr) {
        Attempt { throttle: self, keys: vec![self.key(kind, "address", &network(address))] }.succeeded().await;
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

    fn key(&self, kind: Kind, what: &str, name: &str) -> Key {
        Sha256::new()
            .chain_update(&self.secret)
            .chain_update(format!("{kind:?} {what}"))
            .chain_update([0])
            .chain_update(name)
            .finalize()
            .into()
    }
}

impl Attempt<'_> {
    /// Removes the attempt from the counts: the password was right.
    pub async fn succeeded(self) {
        for key in self.keys {
            if let Some(count) = self.throttle.local.get(&key).await {
                count.fetch_sub(1, Ordering::Relaxed);
            }
            if let Some(redis) = &self.throttle.redis {
                redis.uncount(redis_key(&key)).await;
            }
        }
    }
}

/// The network by which an address is counted: a client with one IPv6 address has 2^64 of them.
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
    async fn attempts_are_limited_by_account_and_by_address_and_success_is_free() {
        let throttle = SignInThrottle::new(None, b"secret");
        let from = |n: u8| IpAddr::from([192, 0, 2, n]);
        let guess = |email: &'static str, n| throttle.attempt(Kind::Password, email, from(n));
        for _ in 0..PER_ACCOUNT {
            assert!(guess("a@example.test", 1).await.is_ok());
        }
        for spelled in [" A@Example.test", "ａ@example.test", "a@example.test."] {
            assert_eq!(guess(spelled, 2).await.err(), Some(WINDOW), "{spelled}");
        }
        for n in 0..100 {
            guess("b@example.test", 3).await.unwrap_or_else(|_| panic!("attempt {n}")).succeeded().await;
        }
        for n in 0..PER_ADDRESS {
            let email = format!("c{n}@example.test");
            assert!(throttle.attempt(Kind::Password, &email, from(4)).await.is_ok(), "attempt {n}");
        }
        assert!(guess("d@example.test", 4).await.is_err());
        assert!(guess("d@example.test", 5).await.is_ok());
    }

    #[tokio::test]
    async fn kinds_are_counted_apart_and_own_browsers_apart_from_others() {
        let throttle = SignInThrottle::new(None, b"secret");
        let from = |n: u8| IpAddr::from([192, 0, 2, n]);
        const KINDS: [Kind; 7] = [
            Kind::Password,
            Kind::BothSteps,
            Kind::SecondStep,
            Kind::Again,
            Kind::Forgotten,
            Kind::Passkey,
            Kind::Provider,
        ];
        for spent in KINDS {
            let n = spent as u8;
            while throttle.attempt_from(spent, from(n)).await.is_ok() {}
            while throttle.attempt(spent, &format!("{spent:?}@example.test"), from(100)).await.is_ok() {}
            for other in KINDS.into_iter().filter(|other| *other != spent) {
                let who = format!("{spent:?}@example.test");
                let attempt = throttle.attempt(other, &who, from(n)).await;
                attempt.unwrap_or_else(|_| panic!("{spent:?} spends {other:?}")).succeeded().await;
            }
            let own = throttle.attempt_within(spent, &format!("{spent:?}@example.test"), "a browser").await;
            assert!(own.is_ok(), "{spent:?}");
        }
        for _ in 0..PER_ACCOUNT {
            assert!(throttle.attempt_within(Kind::Password, "a@example.test", "stolen").await.is_ok());
        }
        assert!(
            throttle.attempt_within(Kind::Password, "A@example.test", "stolen").await.is_err(),
            "a known browser is limited too"
        );
    }

    #[test]
    fn ipv6_counts_by_network() {
        let network = |text: &str| network(text.parse().unwrap());
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
