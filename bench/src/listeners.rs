//! Many browsers that listen: what each of them costs while nothing happens, and how soon an order reaches all.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};

use crate::cpu;
use crate::http;
use crate::import;
use crate::report::Report;
use crate::snapshot::{now, rfc3339};
use crate::world::World;

const NUMBERS: [usize; 2] = [1_000, 10_000];
const ORDERS: usize = 30;
const PAUSE: Duration = Duration::from_millis(200);
const PATIENCE: Duration = Duration::from_secs(30);
/// A listener opens no faster than this, as a crowd of browsers would not either.
const AT_ONCE: usize = 200;
const EVENT: &[u8] = b"event: order.placed";

pub fn measure(world: &mut World, report: &mut Report) -> anyhow::Result<()> {
    import::fill(world)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    for number in NUMBERS {
        let pid = world.restart()?;
        std::thread::sleep(Duration::from_secs(2));
        let before = cpu::resident_kb(pid)?;
        let crowd = runtime.block_on(Crowd::gather(world, number))?;
        std::thread::sleep(Duration::from_secs(5));
        let each = (cpu::resident_kb(pid)?.saturating_sub(before) * 1_024) as f64 / number as f64;
        let memory = format!("{:.1} KiB", each / 1_024.0);
        report.size(&format!("memory of an idle listener, {number}"), memory, "<= 12 KiB", "6 KiB");
        let mut times = runtime.block_on(crowd.hear(world))?;
        times.sort_unstable();
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0;
        let text = format!("{:.0} ms (half within {:.0} ms)", at(0.99), at(0.5));
        report.size(&format!("order sent to heard, p99 of {number} listeners"), text, "<= 100 ms", "25 ms");
    }
    Ok(())
}

struct Crowd {
    // When the order was sent that they wait for.
    sent: watch::Sender<Option<Instant>>,
    heard: mpsc::UnboundedReceiver<Duration>,
    number: usize,
}

impl Crowd {
    // Connects them all and waits until each has its greeting.
    async fn gather(world: &World, number: usize) -> anyhow::Result<Self> {
        let (sent, _) = watch::channel(None);
        let (tell, heard) = mpsc::unbounded_channel();
        let (port, key) = (world.options.port, world.key.clone());
        let request =
            format!("GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {key}\r\n\r\n");
        let request: Arc<str> = request.into();
        let greeted = Arc::new(AtomicUsize::new(0));
        let gate = Arc::new(tokio::sync::Semaphore::new(AT_ONCE));
        for _ in 0..number {
            let permit = Arc::clone(&gate).acquire_owned().await?;
            let (request, greeted) = (Arc::clone(&request), Arc::clone(&greeted));
            let (sent, tell) = (sent.subscribe(), tell.clone());
            tokio::spawn(async move {
                let Ok(mut stream) = open(port, &request).await else { return };
                greeted.fetch_add(1, Ordering::Relaxed);
                drop(permit);
                // Ends with the crowd, or with a cut that the numbers then show.
                let _cut = listen(&mut stream, &sent, &tell).await;
            });
        }
        let _all = gate.acquire_many(u32::try_from(AT_ONCE)?).await?;
        let greeted = greeted.load(Ordering::Relaxed);
        ensure!(greeted == number, "only {greeted} of {number} listeners were let in");
        Ok(Self { sent, heard, number })
    }

    // Sends orders one after the other, each when all have heard the one before. Times count from before the order is
    // sent, so they hold the storing of it as well.
    async fn hear(mut self, world: &World) -> anyhow::Result<Vec<Duration>> {
        let mut times = Vec::with_capacity(ORDERS * self.number);
        for order in 0..ORDERS {
            self.sent.send_replace(Some(Instant::now()));
            post(world, self.number, order).await?;
            for _ in 0..self.number {
                let time = tokio::time::timeout(PATIENCE, self.heard.recv()).await;
                times.push(time.context("an order did not reach all listeners")?.context("nobody listens")?);
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(times)
    }
}

async fn open(port: u16, request: &str) -> anyhow::Result<TcpStream> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut buffer = [0; 4_096];
    let mut seen = Vec::new();
    while !contains(&seen, b": the feed after") {
        let read = stream.read(&mut buffer).await?;
        ensure!(read > 0, "refused: {}", String::from_utf8_lossy(&seen));
        seen.extend(&buffer[..read]);
    }
    Ok(stream)
}

async fn listen(
    stream: &mut TcpStream,
    sent: &watch::Receiver<Option<Instant>>,
    tell: &mpsc::UnboundedSender<Duration>,
) -> anyhow::Result<()> {
    let mut buffer = [0; 1_024];
    loop {
        let read = stream.read(&mut buffer).await?;
        ensure!(read > 0, "cut off");
        // An event is small and is sent in one piece.
        if contains(&buffer[..read], EVENT) {
            let time = sent.borrow().map(|at| at.elapsed()).unwrap_or_default();
            tell.send(time)?;
        }
    }
}

async fn post(world: &World, crowd: usize, order: usize) -> anyhow::Result<()> {
    let at = rfc3339(now());
    let body = format!(
        "{{\"store\":\"s1\",\"number\":\"HEARD-{crowd}-{order}\",\"placed_at\":\"{at}\",\"currency\":\"GBP\",\
         \"items\":[{{\"title\":\"Thing\",\"quantity\":1,\"unit_price\":249}}]}}"
    );
    let headers = [
        format!("Authorization: Bearer {}", world.key),
        "Content-Type: application/json".to_owned(),
        format!("Idempotency-Key: heard-{crowd}-{order}"),
    ];
    let port = world.options.port;
    let sending = tokio::task::spawn_blocking(move || http::request(port, "POST", "/api/v1/orders", &headers, &body));
    let answer = sending.await??;
    ensure!(answer.status == 201, "an order got {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
    Ok(())
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
