//! What visitors feel of what others do: the slowest hundredth of the order lists that they are shown, alone and beside a
//! disturbance, in turns and in the same run.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::http;
use crate::import;
use crate::list;
use crate::report::Report;
use crate::world::World;

/// Visitors, and how often each opens a page.
const VISITORS: usize = 4;
const EVERY: Duration = Duration::from_millis(20);
const SIGN_INS: usize = 200;
/// What the loud tenant's tier allows in a minute, and how many times that it sends.
const ALLOWED: usize = 600;
const TIMES: usize = 50;
const SENDERS: usize = 16;

/// Two hundred people who sign in at once, again and again. Each costs a hash, whether there is such an account or not.
pub fn sign_ins(world: &mut World, report: &mut Report) -> anyhow::Result<()> {
    import::fill(world)?;
    let (_, cookie) = world.server()?;
    let (port, turn) = (world.options.port, AtomicUsize::new(0));
    let crowd = |until: Instant| -> anyhow::Result<()> {
        while Instant::now() < until {
            let turn = turn.fetch_add(1, Ordering::Relaxed);
            let ones = (0..SIGN_INS).map(|n| (turn, n));
            all(ones.map(|(turn, n)| move || sign_in(port, turn, n)))?;
        }
        Ok(())
    };
    let line = compare(world, &cookie, &crowd)?;
    report.size(&format!("order list p99 beside {SIGN_INS} sign-ins at once"), line, "<= 250 ms", "1.2x");
    Ok(())
}

/// A tenant whose program asks fifty times as often as its tier allows.
pub fn neighbour(world: &mut World, report: &mut Report) -> anyhow::Result<()> {
    import::fill(world)?;
    let key = loud(world)?;
    let (_, cookie) = world.server()?;
    let (port, refused, sent) = (world.options.port, AtomicUsize::new(0), AtomicUsize::new(0));
    let headers = [format!("Authorization: Bearer {key}")];
    let pause = Duration::from_secs(60) / u32::try_from(ALLOWED * TIMES / SENDERS)?;
    let program = |until: Instant| -> anyhow::Result<()> {
        let (begun, headers, sent, refused) = (Instant::now(), &headers, &sent, &refused);
        all((0..SENDERS).map(|sender| {
            move || {
                // One after the other: programs do not strike all at the same instant.
                let mut next = begun + pause * u32::try_from(sender)? / u32::try_from(SENDERS)?;
                thread::sleep(next.saturating_duration_since(Instant::now()));
                while Instant::now() < until {
                    let answer = http::request(port, "GET", "/api/v1/orders?limit=50", headers, "")?;
                    ensure!([200, 429].contains(&answer.status), "the loud tenant got {}", answer.status);
                    sent.fetch_add(1, Ordering::Relaxed);
                    refused.fetch_add(usize::from(answer.status == 429), Ordering::Relaxed);
                    next += pause;
                    thread::sleep(next.saturating_duration_since(Instant::now()));
                }
                Ok(())
            }
        }))
    };
    let line = compare(world, &cookie, &program)?;
    let (sent, refused) = (sent.into_inner(), refused.into_inner());
    ensure!(refused > 0, "nothing of {sent} requests was refused");
    world.say(&format!("{refused} of {sent} requests of the loud tenant were refused"));
    report.size(&format!("order list p99 beside a tenant at {TIMES}x its rate"), line, "<= 1.2x", "1.05x");
    Ok(())
}

// In turns; the middle of the rounds.
fn compare(
    world: &World,
    cookie: &str,
    disturb: &(dyn Fn(Instant) -> anyhow::Result<()> + Sync),
) -> anyhow::Result<String> {
    let time = Duration::from_secs(world.options.seconds);
    let idle = |until: Instant| {
        thread::sleep(until.saturating_duration_since(Instant::now()));
        Ok(())
    };
    let _warm = visit(world.options.port, cookie, Duration::from_secs(1), &idle)?;
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    for _ in 0..world.options.rounds {
        alone.push(visit(world.options.port, cookie, time, &idle)?);
        beside.push(visit(world.options.port, cookie, time, disturb)?);
        world.say(&format!("{:.1?} alone, {:.1?} beside", alone.last(), beside.last()));
    }
    let [alone, beside] = [alone, beside].map(|mut rounds| {
        rounds.sort_unstable();
        rounds[rounds.len() / 2].as_secs_f64() * 1_000.0
    });
    Ok(format!("{beside:.1} ms ({alone:.1} ms alone, {:.2}x)", beside / alone))
}

// The time that ninety-nine of a hundred pages stay below, while `work` goes on for `time`.
fn visit(
    port: u16,
    cookie: &str,
    time: Duration,
    work: &(dyn Fn(Instant) -> anyhow::Result<()> + Sync),
) -> anyhow::Result<Duration> {
    let (over, headers) = (AtomicBool::new(false), [cookie.to_owned()]);
    let visitor = || {
        let mut times = Vec::new();
        while !over.load(Ordering::Relaxed) {
            let began = Instant::now();
            http::get(port, list::PATH, &headers)?;
            times.push(began.elapsed());
            thread::sleep(EVERY.saturating_sub(began.elapsed()));
        }
        anyhow::Ok(times)
    };
    let mut times: Vec<Duration> = thread::scope(|scope| {
        let visitors: Vec<_> = (0..VISITORS).map(|_| scope.spawn(visitor)).collect();
        let worked = work(Instant::now() + time);
        over.store(true, Ordering::Relaxed);
        let mut all = Vec::new();
        for visitor in visitors {
            all.extend(visitor.join().map_err(|_| anyhow::anyhow!("a visitor panicked"))??);
        }
        worked.map(|()| all)
    })?;
    times.sort_unstable();
    times.get(times.len().saturating_sub(1) * 99 / 100).copied().context("nobody saw a page")
}

fn sign_in(port: u16, turn: usize, n: usize) -> anyhow::Result<()> {
    // Each from an address of their own, as a crowd would be.
    let address = format!("X-Forwarded-For: 10.{}.{}.{}", turn % 250, n / 250, n % 250);
    let headers = [address, "Content-Type: application/x-www-form-urlencoded".to_owned()];
    let form = format!("email=p{turn}-{n}%40bench.test&password=a-password-for-nobody");
    let answer = http::request(port, "POST", "/login", &headers, &form)?;
    ensure!(answer.status == 422, "a sign-in got {}", answer.status);
    Ok(())
}

// A tenant on a tier of its own, and its key.
fn loud(world: &World) -> anyhow::Result<String> {
    world.stoa(&["tenant", "create", "--slug", "loud", "--name", "Loud"], "")?;
    let limits = format!("{{\"requests_per_minute\": {ALLOWED}}}");
    world.sql(&format!(
        "insert into tiers (id, slug, name, limits, created_at) values (gen_random_uuid(), 'loud', 'Loud', '{limits}', now()); \
         update tenants set tier_id = (select id from tiers where slug = 'loud') where slug = 'loud'"
    ))?;
    let key = world.stoa(&["--json", "api-key", "create", "--tenant", "loud", "--scopes", "orders:read"], "")?;
    let key: Value = serde_json::from_str(&key)?;
    Ok(key["key"].as_str().context("no key was printed")?.to_owned())
}

// All at once; the first fault of any.
fn all<W: FnOnce() -> anyhow::Result<()> + Send>(works: impl Iterator<Item = W>) -> anyhow::Result<()> {
    thread::scope(|scope| {
        let running: Vec<_> = works.map(|work| scope.spawn(work)).collect();
        running.into_iter().try_for_each(|one| one.join().map_err(|_| anyhow::anyhow!("a sender panicked"))?)
    })
}
