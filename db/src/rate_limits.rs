//! Rate limits of the API: requests are counted in Redis for all processes, in one round trip for tenant and key together.
//! Without Redis, each process counts for itself. The rule is [`domain::limits::Rate`].

use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ::redis::Script;
use domain::ids::{ApiKeyId, TenantId};
use domain::limits::{Limit, Rate, Terms, Verdict};

use crate::cache::redis::Redis;
use crate::error::DataError;

/// The rate of a tier without one: no tenant reaches it by regular use, and a process withstands it. It is counted in this
/// process alone, so that tenants without a limit never wait for Redis.
pub const UNLIMITED: i64 = 600_000;
const REDIS_DATABASE: i64 = 1;
/// A backlog is a minute at most.
const REMEMBERED: Duration = Duration::from_secs(120);

/// The tenant and key of a request, and their rates.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    tenant: TenantId,
    key: ApiKeyId,
    of_tenant: Option<Rate>,
    of_key: Option<Rate>,
}

/// The verdicts on a request: whether it is allowed, and what is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdicts {
    /// Of all of the tenant's keys together.
    pub tenant: Verdict,
    /// Of this key, where the tier limits it.
    pub key: Option<Verdict>,
}

/// The backlogs of all tenants and keys.
pub struct RateLimits {
    redis: Option<Redis>,
    local: moka::future::Cache<(TenantId, Option<ApiKeyId>), Arc<Mutex<i64>>>,
    started: Instant,
}

impl Caller {
    /// `key` of `tenant`, whose tier has `terms`.
    pub fn new(tenant: TenantId, key: ApiKeyId, terms: &Terms) -> Self {
        let rate = |limit| terms.allowed(limit).map(Rate::per_minute);
        Self { tenant, key, of_tenant: rate(Limit::RequestsPerMinute), of_key: rate(Limit::RequestsPerMinutePerKey) }
    }

    fn tenant_rate(&self) -> Rate {
        self.of_tenant.unwrap_or(Rate::per_minute(UNLIMITED))
    }

    const fn is_limited(&self) -> bool {
        self.of_tenant.is_some() || self.of_key.is_some()
    }

    fn judge(&self, tenant: i64, key: i64) -> Verdicts {
        Verdicts { tenant: self.tenant_rate().judge(tenant), key: self.of_key.map(|rate| rate.judge(key)) }
    }
}

impl Verdicts {
    /// Whether the request is allowed.
    pub fn allowed(&self) -> bool {
        self.tenant.allowed && self.key.is_none_or(|key| key.allowed)
    }

    /// The verdict that matters most: the one that refuses for longest, or leaves least.
    pub fn tightest(&self) -> Verdict {
        match self.key {
            Some(key) if (key.wait, -key.remaining) > (self.tenant.wait, -self.tenant.remaining) => key,
            _ => self.tenant,
        }
    }
}

impl RateLimits {
    /// Backlogs in the Redis at `redis_url`, and here.
    ///
    /// # Errors
    /// When the address is none.
    pub fn new(redis_url: Option<&str>) -> Result<Self, DataError> {
        Ok(Self {
            redis: redis_url.map(|url| Redis::new(url, REDIS_DATABASE)).transpose()?,
            local: moka::future::Cache::builder().max_capacity(200_000).time_to_idle(REMEMBERED).build(),
            started: Instant::now(),
        })
    }

    /// Counts a request of `caller` if it is allowed. No statement; at most one round trip to Redis.
    pub async fn take(&self, caller: &Caller) -> Verdicts {
        match self.shared(caller, 1).await {
            Some((tenant, key)) => caller.judge(tenant, key),
            None => self.take_here(caller).await,
        }
    }

    /// How many requests of the tenant still count against its rate.
    pub async fn pending(&self, tenant: TenantId, rate: Rate) -> i64 {
        let caller = Caller { tenant, key: ApiKeyId(uuid::Uuid::nil()), of_tenant: Some(rate), of_key: None };
        let backlog = match self.shared(&caller, 0).await {
            Some((backlog, _)) => backlog,
            None => self.local.get(&(tenant, None)).await.map_or(0, |end| *held(&end) - self.now()),
        };
        rate.pending(backlog)
    }

    // The backlogs of tenant and key before this request, or nothing when Redis does not answer.
    async fn shared(&self, caller: &Caller, cost: i64) -> Option<(i64, i64)> {
        let redis = self.redis.as_ref().filter(|_| caller.is_limited())?;
        let keys = [format!("stoa:{}:rate", caller.tenant), format!("stoa:{}:rate:{}", caller.tenant, caller.key)];
        let of_key = caller.of_key.map_or(0, Rate::requests);
        redis.script(&SCRIPT, &keys, &[caller.tenant_rate().requests(), of_key, cost]).await
    }

    async fn take_here(&self, caller: &Caller) -> Verdicts {
        let entry = |key| self.local.get_with((caller.tenant, key), async { Arc::default() });
        let tenant = entry(None).await;
        let key = if caller.of_key.is_some() { Some(entry(Some(caller.key)).await) } else { None };
        // Always in this order, so that two requests never deadlock.
        let mut tenant = held(&tenant);
        let mut key = key.as_deref().map(held);
        let now = self.now();
        let verdicts = caller.judge(*tenant - now, key.as_deref().map_or(0, |end| *end - now));
        if verdicts.allowed() {
            *tenant = now + verdicts.tenant.backlog;
            if let (Some(end), Some(verdict)) = (key.as_deref_mut(), verdicts.key) {
                *end = now + verdict.backlog;
            }
        }
        verdicts
    }

    fn now(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_micros()).unwrap_or(i64::MAX)
    }
}

fn held(end: &Mutex<i64>) -> std::sync::MutexGuard<'_, i64> {
    end.lock().unwrap_or_else(PoisonError::into_inner)
}

// By the clock of Redis, which is the same for all processes. What it keeps is when a backlog ends. The arithmetic is
// that of `Rate::judge`; a test holds them against each other.
static SCRIPT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local cost = tonumber(ARGV[3])
local function look(key, requests)
  local backlog = math.max((tonumber(redis.call('GET', key)) or 0) - now, 0)
  local step = math.floor(60000000 / requests)
  return backlog, step, backlog + step <= step * requests
end
local function keep(key, backlog, step)
  redis.call('SET', key, string.format('%.0f', now + backlog + step), 'PX', math.ceil((backlog + step) / 1000))
end
local tenant, step, fits = look(KEYS[1], tonumber(ARGV[1]))
local key, key_step, key_fits = 0, 0, true
local requests = tonumber(ARGV[2])
if requests > 0 then
  key, key_step, key_fits = look(KEYS[2], requests)
end
if cost > 0 and fits and key_fits then
  keep(KEYS[1], tenant, step)
  if requests > 0 then
    keep(KEYS[2], key, key_step)
  end
end
return {tenant, key}
",
    )
});
