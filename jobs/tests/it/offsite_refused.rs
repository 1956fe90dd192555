//! What the off-site machine or its disk refuses is named, and leaves nothing behind.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use jobs::offsite::{Offsite, OffsiteError};

use crate::offsite::{files, path, put};
use crate::sshd::{Disk, Sshd};

const MB: u64 = 1024 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn another_host_key_is_refused_before_anything_is_sent() {
    let mut sshd = Sshd::start();
    let before = sshd.settings();
    Offsite::open(&before).unwrap().ping().await.unwrap();
    sshd.kill();
    sshd.new_host_key();
    sshd.run();
    let signed_in = sshd.sign_ins();
    let changed = Offsite::open(&before).unwrap().ping().await.unwrap_err();
    assert!(matches!(changed, OffsiteError::HostKey { .. }), "{changed}");
    let words = changed.to_string();
    for part in ["STOA_OFFSITE_HOST_KEY", "ssh-ed25519 SHA256:", &before.host_keys.shown(), "No data was sent"] {
        assert!(words.contains(part), "{part} in: {words}");
    }
    let mut by_fingerprint = sshd.settings();
    by_fingerprint.host_keys = before.host_keys.shown().parse().unwrap();
    let error = put(&Offsite::open(&by_fingerprint).unwrap(), "one", 10).await.unwrap_err();
    assert!(matches!(error, OffsiteError::HostKey { .. }), "{error}");
    let mut of_another_kind = sshd.settings();
    let ecdsa = sshd.dir.join("ecdsa");
    let made =
        std::process::Command::new("ssh-keygen").args(["-q", "-t", "ecdsa", "-N", "", "-f"]).arg(&ecdsa).status();
    assert!(made.unwrap().success());
    of_another_kind.host_keys = fs::read_to_string(ecdsa.with_extension("pub")).unwrap().parse().unwrap();
    let error = Offsite::open(&of_another_kind).unwrap().ping().await.unwrap_err();
    assert!(matches!(error, OffsiteError::HostKey { .. }), "{error}");
    assert_eq!(sshd.sign_ins(), signed_in, "nobody signed in");
    by_fingerprint.host_keys = sshd.settings().host_keys.shown().parse().unwrap();
    Offsite::open(&by_fingerprint).unwrap().ping().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_not_accepted_is_named() {
    let sshd = Sshd::start();
    let mut settings = sshd.settings();
    settings.key_file = sshd.dir.join("stranger");
    // Another attempt would come after an hour.
    settings.pause = Duration::from_secs(3_600);
    let offsite = Offsite::open(&settings).unwrap();
    let refused = tokio::time::timeout(db::testing::PATIENCE, put(&offsite, "one", 10)).await;
    let error = refused.expect("it is not tried again").unwrap_err();
    assert!(matches!(error, OffsiteError::KeyRefused { .. }), "{error}");
    assert!(error.to_string().contains("authorized_keys") && error.to_string().contains(&sshd.user), "{error}");
    settings.key_file = sshd.dir.join("absent");
    let error = Offsite::open(&settings).unwrap_err();
    assert!(error.to_string().contains("absent"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_may_not_be_written_is_named() {
    let sshd = Sshd::start();
    let closed = sshd.files().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).unwrap();
    let offsite = sshd.open();
    for name in ["closed/one", "closed/deeper/one"] {
        let error = put(&offsite, name, 10).await.unwrap_err();
        assert!(matches!(error, OffsiteError::Denied { .. }), "{name}: {error}");
        assert!(error.to_string().contains("closed") && error.to_string().contains("STOA_OFFSITE_URL"), "{error}");
    }
    assert!(put(&offsite, "open", 10).await.is_ok(), "the connection is still good");
    assert_eq!(sshd.sign_ins(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_named_and_leaves_nothing_behind() {
    let sshd = Sshd::start_with(Disk::Small);
    let offsite = sshd.open();
    put(&offsite, "shop/small", MB).await.unwrap();
    let error = put(&offsite, "shop/large", 16 * MB).await.unwrap_err();
    assert!(matches!(error, OffsiteError::Full { .. } | OffsiteError::Refused { .. }), "{error}");
    if sshd.files().starts_with("/proc") {
        assert!(error.to_string().contains("no space left"), "{error}");
    }
    assert_eq!(files(&sshd.files()), ["shop/small"], "neither a half file nor a temporary one");
    put(&offsite, "shop/other", 2 * MB).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_fails_changes_nothing() {
    let sshd = Sshd::start();
    let offsite = sshd.open();
    let before = put(&offsite, "one", 1000).await.unwrap();
    let source = stream::iter([Ok(Bytes::from(vec![1; 100_000])), Err("the disk here is broken")]);
    let error = offsite.put(&path("one"), source).await.unwrap_err();
    assert!(error.to_string().contains("the disk here is broken"), "{error}");
    assert_eq!(offsite.read_back(&path("one")).await.unwrap(), before);
    assert_eq!(files(&sshd.files()), ["one"]);
}
