//! Backups copied off-site, from a folder to a real sshd.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use jobs::backups::Offsite as _;
use jobs::offsite::{Copied, OffsiteError, SecondCopy, copy_offsite, prune_offsite};
use jobs::storage::{AwsVariables, ObjectPath, Storage, StorageUrl};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::sshd::{Disk, Sshd};

/// Storage in a folder of its own.
struct Backups {
    storage: Storage,
    folder: PathBuf,
}

impl Backups {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("stoa-originals-{}", Uuid::new_v4().simple()));
        let url = StorageUrl::parse(&format!("file://{}", folder.display()), &AwsVariables::default()).unwrap();
        Self { storage: Storage::open(&url).unwrap(), folder }
    }

    /// A backup `name` of so many tables, and the label that makes it whole.
    async fn backup(&self, name: &str, tables: usize, bytes: usize) -> ObjectPath {
        let prefix = ObjectPath::platform().child("backups").unwrap().child(name).unwrap();
        for n in 0..tables {
            let content: Vec<u8> = (0..bytes).map(|i| (i * 7 + n) as u8).collect();
            self.storage.put_whole(&prefix.child(format!("{n}.dat")).unwrap(), &content).await.unwrap();
        }
        self.storage.put_whole(&prefix.child("label.json").unwrap(), b"{}").await.unwrap();
        prefix
    }
}

impl Drop for Backups {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.folder);
    }
}

fn never() -> CancellationToken {
    CancellationToken::new()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_copied_once_and_can_be_checked_there() {
    let (sshd, backups) = (Sshd::start(), Backups::new());
    let offsite = sshd.open();
    let (prefix, other) = (backups.backup("one", 10, 100_000).await, backups.backup("two", 1, 10).await);
    let first = copy_offsite(&backups.storage, &offsite, &prefix, &never()).await.unwrap();
    assert_eq!(first, Copied { sent: 11, bytes: 1_000_002, same: 0 });
    let again = copy_offsite(&backups.storage, &offsite, &prefix, &never()).await.unwrap();
    assert_eq!(again, Copied { sent: 0, bytes: 0, same: 11 });

    let there = sshd.files().join(prefix.to_string());
    let check = Command::new("sha256sum").args(["-c", "--quiet", "SHA256SUMS"]).current_dir(&there).status().unwrap();
    assert!(check.success(), "with the plain tool");
    assert_eq!(fs::read_to_string(there.join("SHA256SUMS")).unwrap().lines().count(), 11);

    copy_offsite(&backups.storage, &offsite, &other, &never()).await.unwrap();
    assert_eq!(prune_offsite(&offsite, &prefix).await.unwrap(), 12);
    assert!(!there.exists() && sshd.files().join(other.to_string()).join("label.json").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_that_differ_off_site_are_sent_again() {
    let (sshd, backups) = (Sshd::start(), Backups::new());
    let offsite = sshd.open();
    let prefix = backups.backup("one", 4, 50_000).await;
    copy_offsite(&backups.storage, &offsite, &prefix, &never()).await.unwrap();
    let there = sshd.files().join(prefix.to_string());
    // Cut short; gone; changed behind our back without a sum to know it by.
    fs::write(there.join("0.dat"), "short").unwrap();
    fs::remove_file(there.join("1.dat")).unwrap();
    fs::write(there.join("2.dat"), vec![1; 50_000]).unwrap();
    let sums = fs::read_to_string(there.join("SHA256SUMS")).unwrap();
    let kept: Vec<&str> = sums.lines().filter(|line| !line.ends_with("2.dat")).collect();
    fs::write(there.join("SHA256SUMS"), kept.join("\n") + "\n").unwrap();
    // And one that changed here.
    backups.storage.put_whole(&prefix.child("3.dat").unwrap(), &[9; 50_000]).await.unwrap();

    let repaired = copy_offsite(&backups.storage, &offsite, &prefix, &never()).await.unwrap();
    assert_eq!((repaired.sent, repaired.same), (4, 1));
    for n in 0..4 {
        let name = format!("{n}.dat");
        let here = backups.storage.get_whole(&prefix.child(&name).unwrap(), 100_000).await.unwrap();
        assert_eq!(fs::read(there.join(&name)).unwrap(), here, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_was_stopped_or_cut_goes_on_where_it_was() {
    let (mut sshd, backups) = (Sshd::start(), Backups::new());
    let mut settings = sshd.settings();
    settings.attempts = 1;
    let offsite = jobs::offsite::Offsite::open(&settings).unwrap();
    let prefix = backups.backup("one", 60, 400_000).await;
    let there = sshd.files().join(prefix.to_string());
    let some = |least: usize| {
        let there = there.clone();
        async move {
            while fs::read_dir(&there)
                .into_iter()
                .flatten()
                .flatten()
                .filter(|e| e.file_name().to_string_lossy().ends_with(".dat"))
                .count()
                < least
            {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    };
    let stop = CancellationToken::new();
    let (stopped, ()) = tokio::join!(copy_offsite(&backups.storage, &offsite, &prefix, &stop), async {
        some(10).await;
        stop.cancel();
    });
    assert!(matches!(stopped, Err(OffsiteError::Stopped)), "{stopped:?}");
    assert!(!there.join("label.json").exists(), "it does not look complete");

    let never_stopped = never();
    let (cut, ()) = tokio::join!(copy_offsite(&backups.storage, &offsite, &prefix, &never_stopped), async {
        some(30).await;
        sshd.kill();
    });
    assert!(cut.unwrap_err().is_transient());
    assert!(!there.join("label.json").exists(), "nor now");

    sshd.run();
    let last = copy_offsite(&backups.storage, &offsite, &prefix, &never()).await.unwrap();
    assert!(last.same >= 30, "{} of 61 were not sent again", last.same);
    assert_eq!(last.sent + last.same, 61);
    let check = Command::new("sha256sum").args(["-c", "--quiet", "SHA256SUMS"]).current_dir(&there).status().unwrap();
    assert!(check.success());
    let parts = fs::read_dir(&there).unwrap().flatten().filter(|e| e.file_name().to_string_lossy().starts_with('.'));
    assert_eq!(parts.count(), 0, "what was broken off is swept away");
}

#[tokio::test(flavor = "multi_thread")]
async fn backups_make_and_remove_their_second_copy() {
    let (mut sshd, backups) = (Sshd::start(), Backups::new());
    let prefix = backups.backup("one", 2, 1_000).await;
    let mut settings = sshd.settings();
    settings.attempts = 1;
    let second = SecondCopy::new(settings);
    second.copy(&backups.storage, &prefix).await.unwrap();
    assert!(sshd.files().join(prefix.to_string()).join("label.json").exists());
    second.remove(&prefix).await.unwrap();
    second.remove(&prefix).await.unwrap();
    assert!(!sshd.files().join(prefix.to_string()).exists());
    sshd.kill();
    let words = second.copy(&backups.storage, &prefix).await.unwrap_err();
    assert!(words.contains("cannot be reached"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_there_ends_the_copy_without_a_label() {
    let (sshd, backups) = (Sshd::start_with(Disk::Small), Backups::new());
    let prefix = backups.backup("one", 8, 1_000_000).await;
    let error = copy_offsite(&backups.storage, &sshd.open(), &prefix, &never()).await.unwrap_err();
    if sshd.files().starts_with("/proc") {
        assert!(error.to_string().contains("no space left"), "{error}");
        assert!(!sshd.files().join(prefix.to_string()).join("label.json").exists());
    }
}
