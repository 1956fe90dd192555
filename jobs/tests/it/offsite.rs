//! The off-site folder against a real sshd.

use std::convert::Infallible;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::stream::{self, Stream, StreamExt, TryStreamExt};
use jobs::offsite::{Offsite, OffsiteError, OffsitePath};
use sha2::{Digest, Sha256};

use crate::sshd::Sshd;

const MB: u64 = 1024 * 1024;

/// A name there.
pub fn path(text: &str) -> OffsitePath {
    text.parse().unwrap()
}

/// `bytes` bytes that are not all the same, in pieces of odd sizes; counts what was taken.
pub fn content(
    bytes: u64,
    taken: &Arc<AtomicU64>,
) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + Unpin + use<> {
    let taken = Arc::clone(taken);
    stream::iter(0_u64..).scan(0_u64, move |at, n| {
        let length = (bytes - *at).min(40_000 + (n % 7) * 11_111);
        let piece: Vec<u8> = (0..length).map(|i| ((*at + i) * 31 % 251) as u8).collect();
        *at += length;
        taken.fetch_add(length, Ordering::SeqCst);
        std::future::ready((length > 0).then_some(Ok(Bytes::from(piece))))
    })
}

/// Stores so many bytes as `name`.
pub async fn put(offsite: &Offsite, name: &str, bytes: u64) -> Result<jobs::offsite::Stored, OffsiteError> {
    offsite.put(&path(name), content(bytes, &Arc::default())).await
}

async fn expected(bytes: u64) -> [u8; 32] {
    let hash =
        content(bytes, &Arc::default()).fold(Sha256::new(), async |hash, piece| hash.chain_update(piece.unwrap()));
    hash.await.finalize().into()
}

/// Every file below `dir`, hidden ones too.
pub fn files(dir: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            found.extend(files(&entry.path()).into_iter().map(|below| format!("{name}/{below}")));
        } else {
            found.push(name);
        }
    }
    found.sort();
    found
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    db::testing::eventually(what, async || holds().then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_objects_read_back_equal_in_little_memory() {
    let sshd = Sshd::start();
    let offsite = sshd.open();
    let taken = Arc::new(AtomicU64::new(0));
    let uploading = {
        let (offsite, source) = (offsite.clone(), content(64 * MB, &taken));
        tokio::spawn(async move { offsite.put(&path("shop/2026/orders.bin"), source).await })
    };
    // The server stands still: the source must not be read on.
    until("the upload begins", || taken.load(Ordering::SeqCst) > 4 * MB).await;
    let sessions = sshd.sessions();
    signal("-STOP", &sessions);
    let mut held = 0;
    db::testing::eventually("the source is left alone while nobody takes it", async || {
        // That nothing is read takes a while to be seen.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let before = std::mem::replace(&mut held, taken.load(Ordering::SeqCst));
        (before == held).then_some(())
    })
    .await;
    let unfinished = files(&sshd.files()).remove(0);
    assert!(unfinished.ends_with(".part"), "{unfinished}");
    let arrived = fs::metadata(sshd.files().join(&unfinished)).unwrap().len();
    assert!(held - arrived <= 2 * MB, "{held} read, {arrived} arrived");
    signal("-CONT", &sessions);

    let stored = uploading.await.unwrap().unwrap();
    assert_eq!((stored.bytes, stored.sha256), (64 * MB, expected(64 * MB).await));
    assert_eq!(files(&sshd.files()), ["shop/2026/orders.bin"]);
    let hash = offsite
        .get(&path("shop/2026/orders.bin"))
        .try_fold(Sha256::new(), async |hash, piece| Ok(hash.chain_update(piece)))
        .await
        .unwrap();
    assert_eq!(<[u8; 32]>::from(hash.finalize()), stored.sha256);
    let mode = fs::metadata(sshd.files().join("shop/2026/orders.bin")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "others there may not read it");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_listed_replaced_deleted_and_pruned() {
    let sshd = Sshd::start();
    let offsite = sshd.open();
    assert_eq!(offsite.list(&path("a")).await.unwrap(), [], "nothing yet");
    for (name, bytes) in [("a/one", 10), ("a/deep/two", 70_000), ("a/empty", 0), ("b/three", 5), ("a/one", 11)] {
        assert_eq!(put(&offsite, name, bytes).await.unwrap().bytes, bytes, "{name}");
    }
    fs::write(sshd.files().join("a/.one.123.part"), "left behind").unwrap();
    let found = offsite.list(&path("a")).await.unwrap();
    let found: Vec<_> = found.iter().map(|f| (f.path.as_str(), f.bytes)).collect();
    assert_eq!(found, [("a/deep/two", 70_000), ("a/empty", 0), ("a/one", 11)]);
    assert_eq!(offsite.read_back(&path("a/empty")).await.unwrap().bytes, 0);
    assert!(offsite.delete(&path("a/one")).await.unwrap());
    assert!(!offsite.delete(&path("a/one")).await.unwrap(), "it is gone");
    assert_eq!(offsite.sweep(&path("a")).await.unwrap(), 1);
    assert_eq!(offsite.prune(&path("a")).await.unwrap(), 2);
    assert_eq!(offsite.prune(&path("a")).await.unwrap(), 0);
    assert_eq!(files(&sshd.files()), ["b/three"], "nothing else was touched");
    let missing = offsite.get(&path("a/one")).try_collect::<Vec<_>>().await.unwrap_err();
    assert!(missing.is_missing(), "{missing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_restarts_is_found_again() {
    let mut sshd = Sshd::start();
    let offsite = sshd.open();
    let taken = Arc::new(AtomicU64::new(0));
    for round in 1..=2_u64 {
        taken.store(0, Ordering::SeqCst);
        let uploading = {
            let (offsite, source) = (offsite.clone(), content(32 * MB, &taken));
            tokio::spawn(async move { offsite.put(&path("orders.bin"), source).await })
        };
        until("a part has arrived", || taken.load(Ordering::SeqCst) > round * 8 * MB).await;
        sshd.kill();
        // It stays away for a while, in which attempts fail.
        tokio::time::sleep(Duration::from_millis(200)).await;
        sshd.run();
        let stored = uploading.await.unwrap().unwrap();
        assert_eq!((stored.bytes, stored.sha256), (32 * MB, expected(32 * MB).await), "nothing lost, nothing twice");
        assert_eq!(taken.load(Ordering::SeqCst), 32 * MB, "the source was read once");
    }
    // And while reading.
    let (name, mut read, mut hash) = (path("orders.bin"), 0, Sha256::new());
    let mut pieces = std::pin::pin!(offsite.get(&name));
    while let Some(piece) = pieces.try_next().await.unwrap() {
        if read < 16 * MB && read + piece.len() as u64 >= 16 * MB {
            sshd.kill();
            sshd.run();
        }
        read += piece.len() as u64;
        hash.update(&piece);
    }
    assert_eq!((read, <[u8; 32]>::from(hash.finalize())), (32 * MB, expected(32 * MB).await));
    assert_eq!(files(&sshd.files()), ["orders.bin"]);
    // Idle connections that died are not handed out.
    sshd.kill();
    sshd.run();
    offsite.ping().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stays_away_is_reported_in_time() {
    let mut sshd = Sshd::start();
    let mut settings = sshd.settings();
    settings.attempts = 3;
    let offsite = Offsite::open(&settings).unwrap();
    put(&offsite, "one", 10).await.unwrap();
    sshd.kill();
    let started = Instant::now();
    let error = put(&offsite, "two", 10).await.unwrap_err();
    assert!(matches!(error, OffsiteError::Unreachable { .. }), "{error}");
    // The promise is attempts that end: three, with pauses of less than a second between them.
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_uploads_share_twenty_connections() {
    let sshd = Sshd::start();
    let offsite = sshd.open();
    let (most, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let sshd = Arc::new(sshd);
    let watch = {
        let (most, done, sshd) = (Arc::clone(&most), Arc::clone(&done), Arc::clone(&sshd));
        std::thread::spawn(move || {
            while !done.load(Ordering::SeqCst) {
                most.fetch_max(sshd.connections(), Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(2));
            }
        })
    };
    let uploads = (0..100).map(|n| {
        let offsite = offsite.clone();
        tokio::spawn(async move { put(&offsite, &format!("many/{n}"), 300_000 + n).await.unwrap() })
    });
    for upload in uploads.collect::<Vec<_>>() {
        upload.await.unwrap();
    }
    done.store(true, Ordering::SeqCst);
    watch.join().unwrap();
    assert_eq!(offsite.list(&path("many")).await.unwrap().len(), 100);
    assert!((2..=20).contains(&most.load(Ordering::SeqCst)), "{most:?} connections at once");
    assert!(sshd.sign_ins() <= 20, "{} sign-ins: connections are used again", sshd.sign_ins());
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_are_closed_and_used_ones_stay() {
    let sshd = Sshd::start();
    let mut settings = sshd.settings();
    settings.idle = Duration::from_millis(900);
    let offsite = Offsite::open(&settings).unwrap();
    let (one, two) = (path("one"), path("two"));
    let (first, second) = tokio::join!(put(&offsite, one.as_str(), 10), put(&offsite, two.as_str(), 10));
    first.and(second).unwrap();
    assert_eq!(offsite.connected(), 2);
    for _ in 0..10 {
        // One is used sooner than it counts as idle, again and again.
        tokio::time::sleep(Duration::from_millis(150)).await;
        offsite.ping().await.unwrap();
    }
    assert_eq!(offsite.connected(), 1, "one is in use all the time, the other is not");
    until("the last one is closed", || sshd.connections() == 0).await;
    assert_eq!((offsite.connected(), sshd.sign_ins()), (0, 2));
    assert!(offsite.delete(&one).await.unwrap(), "and opened again when needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_that_are_broken_off_leave_no_open_file_behind() {
    let sshd = Sshd::start();
    let offsite = sshd.open();
    for n in 0..5 {
        let taken = Arc::new(AtomicU64::new(0));
        let source = content(64 * MB, &taken);
        let (clone, name) = (offsite.clone(), path(&format!("broken/{n}")));
        let upload = tokio::spawn(async move { clone.put(&name, source).await.map(drop) });
        until("it begins", || taken.load(Ordering::SeqCst) > 3 * MB).await;
        upload.abort();
        assert!(upload.await.unwrap_err().is_cancelled());
        offsite.ping().await.unwrap();
    }
    until("only the last ping's connection is left", || sshd.connections() == 1).await;
    assert_eq!(offsite.list(&path("broken")).await.unwrap(), [], "no half file shows");
    assert_eq!(offsite.sweep(&path("broken")).await.unwrap(), 5);
}

fn signal(name: &str, pids: &[u32]) {
    let pids: Vec<String> = pids.iter().map(u32::to_string).collect();
    assert!(std::process::Command::new("kill").arg(name).args(&pids).status().unwrap().success());
}
