//! What `stoa doctor` says about the place of the copies elsewhere, with a real sshd there.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use db::testing::TestDb;
use serde_json::Value;

use crate::sshd::Sshd;

const LINE: &str = "off-site";

struct Doctor<'a> {
    db: &'a TestDb,
    dir: std::path::PathBuf,
}

impl Doctor<'_> {
    fn look(&self, sshd: Option<(&Sshd, &Path)>) -> (Output, Value) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stoa"));
        command
            .env_clear()
            .env("DATABASE_URL", &self.db.url)
            .env("MIGRATION_DATABASE_URL", &self.db.owner_url)
            .env("STOA_DEMO", "true")
            .env("STOA_DATA_DIR", self.dir.join("data"))
            .env("LEPTOS_SITE_ROOT", self.dir.join("site"));
        if let Some((sshd, key)) = sshd {
            let url = format!("sftp://{}@127.0.0.1:{}{}", sshd.user, sshd.port, sshd.dir.join("files").display());
            command
                .env("STOA_OFFSITE_URL", url)
                .env("STOA_OFFSITE_KEY_FILE", key)
                .env("STOA_OFFSITE_HOST_KEY", fs::read_to_string(self.dir.join("host.pub")).unwrap());
        }
        let output = command.args(["doctor", "--json"]).output().unwrap();
        let report = serde_json::from_slice(&output.stdout).unwrap();
        (output, report)
    }

    /// Whether that line is good, and its words; nothing else may be wrong.
    fn says(&self, sshd: &Sshd, key: &Path) -> (bool, String) {
        let (output, report) = self.look(Some((sshd, key)));
        let (line, others): (Vec<&Value>, Vec<&Value>) =
            report["checks"].as_array().unwrap().iter().partition(|check| check["check"] == LINE);
        assert_eq!(line.len(), 1, "{report}");
        assert!(others.iter().all(|check| check["ok"] == true), "{report}");
        let is_good = line[0]["ok"] == true;
        assert_eq!((output.status.success(), report["ok"] == true), (is_good, is_good), "{report}");
        (is_good, line[0]["words"].as_str().unwrap().to_owned())
    }
}

#[tokio::test]
async fn the_doctor_goes_to_the_place_of_the_copies_elsewhere() {
    let db = TestDb::new().await;
    let doctor = Doctor { db: &db, dir: std::env::temp_dir().join(format!("stoa-doctor-{}", db.name)) };
    fs::create_dir_all(doctor.dir.join("site/pkg")).unwrap();
    let (_, report) = doctor.look(None);
    assert!(report["checks"].as_array().unwrap().iter().all(|check| check["check"] != LINE), "none is set: {report}");

    let mut sshd = Sshd::start();
    fs::copy(sshd.dir.join("host.pub"), doctor.dir.join("host.pub")).unwrap();
    let key = sshd.dir.join("client");
    let (is_good, words) = doctor.says(&sshd, &key);
    assert!(is_good && words.contains("sftp://") && words.contains("reachable"), "{words}");
    assert_eq!(sshd.sign_ins(), 1, "it was there");
    assert_eq!(fs::read_dir(sshd.files()).unwrap().count(), 0, "and left nothing");

    let (is_good, words) = doctor.says(&sshd, &sshd.dir.join("stranger"));
    assert!(!is_good && words.contains("key"), "{words}");
    fs::rename(sshd.files(), sshd.dir.join("moved")).unwrap();
    let (is_good, words) = doctor.says(&sshd, &key);
    assert!(!is_good && words.contains("files"), "{words}");
    fs::rename(sshd.dir.join("moved"), sshd.files()).unwrap();
    sshd.kill();
    sshd.new_host_key();
    sshd.run();
    let (is_good, words) = doctor.says(&sshd, &key);
    assert!(!is_good && words.contains("host key"), "somebody else may have taken its place: {words}");
    sshd.kill();
    let (is_good, words) = doctor.says(&sshd, &key);
    assert!(!is_good && words.contains("127.0.0.1"), "{words}");
    fs::remove_dir_all(&doctor.dir).unwrap();
}
