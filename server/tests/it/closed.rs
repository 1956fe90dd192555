//! What the program leaves on the disk and shows to other accounts of the machine: nothing, whatever the umask is.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use db::testing::{self, TestDb};
use domain::permission::Permission;
use serde_json::{Value, json};

/// The program under an umask that closes nothing, with folders of its own.
struct Stoa<'a> {
    db: &'a TestDb,
    dir: PathBuf,
}

impl<'a> Stoa<'a> {
    fn new(db: &'a TestDb) -> Self {
        let dir = std::env::temp_dir().join(format!("stoa-closed-{}", db.name));
        fs::create_dir_all(dir.join("site/pkg")).unwrap();
        Self { db, dir }
    }

    fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    fn command(&self, line: &str, settings: &[(&str, &str)]) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", "umask 000; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_stoa")]);
        command
            .args(line.split_whitespace())
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("DATABASE_URL", &self.db.url)
            .env("MIGRATION_DATABASE_URL", &self.db.owner_url)
            .env("STOA_SECRET", "a secret of thirty-two characters")
            .env("STOA_DATA_DIR", self.data())
            .env("STOA_LOG_DIR", self.dir.join("log"))
            .env("LEPTOS_SITE_ROOT", self.dir.join("site"))
            .envs(settings.iter().copied())
            .stdin(Stdio::null());
        command
    }

    fn run(&self, line: &str, settings: &[(&str, &str)]) -> Output {
        let output = self.command(line, settings).output().unwrap();
        assert!(output.status.success(), "stoa {line}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    fn json(&self, line: &str, settings: &[(&str, &str)]) -> Value {
        serde_json::from_slice(&self.run(&format!("{line} --json"), settings).stdout).unwrap()
    }

    /// What `doctor` says under `check`, good or not.
    fn doctor(&self, check: &str, settings: &[(&str, &str)]) -> (bool, String) {
        let output = self.command("doctor --json", settings).output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let line = report["checks"].as_array().unwrap().iter().find(|line| line["check"] == check).unwrap().clone();
        (line["ok"] == true, line["words"].as_str().unwrap().to_owned())
    }
}

impl Drop for Stoa<'_> {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.dir);
    }
}

fn files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root).into_iter().flatten().flatten() {
        found.push(entry.path());
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        }
    }
    found
}

fn open(root: &Path) -> Vec<PathBuf> {
    let mut all = files(root);
    all.retain(|path| fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0));
    all
}

async fn shop(db: &TestDb) -> db::Access {
    let shop = testing::tenant(&db.db, "shop").await;
    let store = testing::store(&shop, "north", "Europe/London", "GBP").await;
    let scope = shop.scope(Permission::WriteOrders).unwrap();
    testing::place_all(&scope, &store, &[testing::order(&store, "1", db.db.clock().now(), 2)]).await;
    shop
}

#[tokio::test(flavor = "multi_thread")]
async fn under_an_open_umask_no_other_account_reads_what_is_written() {
    let db = TestDb::new().await;
    let shop = shop(&db).await;
    let scope = shop.scope(Permission::ManagePeople).unwrap();
    let tx = scope.begin().await.unwrap();
    let mail = db::outbox::NewMail {
        key: "reset".into(),
        kind: "test",
        recipient: "ana@shop.test".into(),
        subject: "Reset".into(),
        body: json!({"heading": "x", "parts": [{"Words": "x"}], "link": ["Open", "http://127.0.0.1/x"], "footer": "x"}),
    };
    db::outbox::put(&tx, &[mail]).await.unwrap();
    tx.commit().await.unwrap();
    let stoa = Stoa::new(&db);
    stoa.run("job run send-mail", &[]);
    stoa.run("backup create", &[]);
    stoa.run("backup create --tenant shop", &[]);
    stoa.run("backup create --tenant shop --kind files", &[]);
    // Without a secret, the key that is made.
    stoa.run("backup create --tenant shop", &[("STOA_SECRET", "")]);
    let written = files(&stoa.data());
    let has = |ending: &str| written.iter().any(|path| path.to_string_lossy().ends_with(ending));
    assert!(written.len() > 20 && has("/backup-key.txt") && has(".eml") && has("/label.json"), "{written:?}");
    assert_eq!(open(&stoa.data()), Vec::<PathBuf>::new());
    assert!(!files(&stoa.dir.join("log")).is_empty());
    assert_eq!(open(&stoa.dir.join("log")), Vec::<PathBuf>::new());
    let mode = fs::metadata(stoa.data()).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

#[tokio::test(flavor = "multi_thread")]
async fn backups_are_encrypted_unless_configured_otherwise() {
    let db = TestDb::new().await;
    shop(&db).await;
    let stoa = Stoa::new(&db);
    let is_sealed = |id: &str| {
        let parts = files(&stoa.data().join("backups"));
        let mine = parts.iter().filter(|path| path.to_string_lossy().contains(id) && path.is_file());
        let mine: Vec<_> = mine.filter(|path| !path.ends_with("label.json")).collect();
        assert!(!mine.is_empty());
        mine.iter().all(|path| fs::read(path).unwrap().starts_with(b"age-encryption.org"))
    };
    let id = |report: &Value| report["id"].as_str().unwrap().to_owned();
    let sealed = id(&stoa.json("backup create --tenant shop", &[]));
    assert!(is_sealed(&sealed), "by default, with a key of the secret");
    let none = [("STOA_BACKUP_ENCRYPTION", "none")];
    let plain = id(&stoa.json("backup create --tenant shop", &none));
    assert!(!is_sealed(&plain));
    let kept = [("STOA_SECRET", "")];
    let by_file = id(&stoa.json("backup create --tenant shop", &kept));
    assert!(is_sealed(&by_file), "without a secret, with a key that is kept");
    // Whatever is chosen now, what was made before is read back and brought back.
    for settings in [&[][..], &none] {
        for id in [&sealed, &plain] {
            assert_eq!(stoa.json(&format!("backup verify {id}"), settings)["status"], "verified");
        }
        stoa.json(&format!("backup restore {plain} --yes"), settings);
        stoa.json(&format!("backup restore {sealed} --yes"), settings);
    }
    let other = [("STOA_SECRET", "another secret of thirty-two characters")];
    let refused = stoa.command(&format!("backup verify {sealed}"), &other).output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("age1"), "it says for whom it is sealed: {said}");

    // The key that is printed opens it where the secret is lost.
    let key = stoa.json("backup key", &[]);
    let path = stoa.dir.join("key.txt");
    fs::write(&path, key["identity"].as_str().unwrap()).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let with_key = [other[0], ("STOA_BACKUP_IDENTITY_FILE", path.to_str().unwrap())];
    assert_eq!(stoa.json(&format!("backup verify {sealed}"), &with_key)["status"], "verified");
    let (is_good, words) = stoa.doctor("file modes", &with_key);
    assert!(!is_good && words.contains("chmod 600"), "{words}");

    for (settings, said) in [(&[][..], "STOA_SECRET"), (&none, "not encrypted")] {
        let (is_good, words) = stoa.doctor("encryption", settings);
        assert!(is_good && words.contains(said), "{words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_open_before_is_told_by_the_doctor_and_closed_at_the_next_start() {
    let db = TestDb::new().await;
    let stoa = Stoa::new(&db);
    let letter = stoa.data().join("mail/reset.eml");
    fs::create_dir_all(letter.parent().unwrap()).unwrap();
    fs::write(&letter, "a link").unwrap();
    for (path, mode) in [(stoa.data(), 0o755), (stoa.data().join("mail"), 0o755), (letter.clone(), 0o644)] {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    let (is_good, words) = stoa.doctor("file modes", &[]);
    assert!(!is_good && words.contains("3 files or folders"), "{words}");
    let mut worker = stoa.command("worker", &[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    while fs::metadata(&letter).unwrap().permissions().mode() & 0o077 != 0 {
        assert!(began.elapsed() < db::testing::PATIENCE, "it stays open");
        std::thread::sleep(Duration::from_millis(20));
    }
    worker.kill().unwrap();
    worker.wait().unwrap();
    assert_eq!(open(&stoa.data()), Vec::<PathBuf>::new());
    let (is_good, words) = stoa.doctor("file modes", &[]);
    assert!(is_good, "{words}");
}

/// Arguments of every process that hold one of `secrets`, for as long as `work` takes.
fn seen_while(secrets: &[String], work: impl FnOnce()) -> BTreeSet<String> {
    let done = Arc::new(AtomicBool::new(false));
    let (told, secrets) = (Arc::clone(&done), secrets.to_vec());
    let looking = std::thread::spawn(move || {
        let mut seen = BTreeSet::new();
        while !told.load(Ordering::Acquire) {
            for entry in fs::read_dir("/proc").unwrap().flatten() {
                let Ok(line) = fs::read(entry.path().join("cmdline")) else { continue };
                let line = String::from_utf8_lossy(&line).replace('\0', " ");
                if secrets.iter().any(|secret| line.contains(secret.as_str())) {
                    seen.insert(line);
                }
            }
        }
        seen
    });
    work();
    done.store(true, Ordering::Release);
    looking.join().unwrap()
}

fn password(url: &str) -> String {
    url.split("://").nth(1).unwrap().split('@').next().unwrap().split(':').nth(1).unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_password_stands_in_the_arguments_of_a_program() {
    let db = TestDb::new().await;
    shop(&db).await;
    let stoa = Stoa::new(&db);
    let mut secrets = vec![password(&db.url), password(&db.owner_url)];
    secrets.retain(|secret| secret.len() > 8);
    if secrets.is_empty() {
        return;
    }
    let mine = secrets[0].clone();
    let caught = seen_while(&secrets, || {
        let known = Command::new("sh").args(["-c", "sleep 0.5; :", &mine]).status();
        assert!(known.unwrap().success());
    });
    assert!(!caught.is_empty(), "the watch sees what is there");
    let seen = seen_while(&secrets, || {
        stoa.run("backup create", &[]);
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let script = "set -eu; . scripts/lib.sh; LOCAL_DIR=\"$1\"; in_owners_database -At -c 'select current_user, pg_sleep(0.3)'";
        let output = Command::new("bash")
            .args(["-c", script, "-", stoa.dir.to_str().unwrap()])
            .current_dir(scripts)
            .env("MIGRATION_DATABASE_URL", &db.owner_url)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    });
    assert_eq!(seen, BTreeSet::new());
    assert!(files(&stoa.dir).iter().all(|path| !path.to_string_lossy().contains("pg-service")), "nothing is left");
}
