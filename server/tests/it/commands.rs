//! The program as people and scripts call it: what it prints, and its exit status.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use db::testing::TestDb;
use serde_json::Value;

struct Stoa<'a> {
    db: &'a TestDb,
}

impl Stoa<'_> {
    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stoa"));
        command.env_clear().env("DATABASE_URL", &self.db.url).env("MIGRATION_DATABASE_URL", &self.db.owner_url);
        command
    }

    fn run(&self, line: &str) -> Output {
        self.command().args(line.split_whitespace()).stdin(Stdio::null()).output().unwrap()
    }

    fn json(&self, line: &str) -> Value {
        let output = self.run(&format!("{line} --json"));
        assert!(output.status.success(), "{line}: {}", words(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

#[tokio::test]
async fn an_installation_is_set_up_from_the_command_line() {
    let db = TestDb::new().await;
    let stoa = Stoa { db: &db };
    assert!(stoa.json("migrate")["applied"].as_array().unwrap().is_empty());
    assert_eq!(stoa.json("tenant create --slug shop --name Shop")["tier"], "standard");
    let store =
        stoa.json("store create --tenant shop --slug north --name North --time-zone Europe/London --currency GBP");
    assert_eq!(store["currency"], "GBP");
    let set =
        stoa.json("store set --tenant shop --store north --notify a@shop.test,b@shop.test --daily-summary a@shop.test");
    assert_eq!(set["settings"]["orders.notify"], serde_json::json!(["a@shop.test", "b@shop.test"]));
    assert_eq!(set["settings"]["summary.daily"], serde_json::json!(["a@shop.test"]));
    let key = printed(&stoa.run("api-key create --tenant shop --store north --scopes orders:read,orders:write"));
    assert!(key.starts_with("stoa_") && !key.contains(char::is_whitespace), "{key}");
    assert!(db::api_keys::access(&db.db, &key).await.unwrap().is_some());
    let password = printed(&stoa.run("user create --email a@shop.test --tenant shop --role owner"));
    assert!(password.len() >= 20, "{password}");
    let mut child = stoa.command();
    let args = ["user", "create", "--email", "b@shop.test"];
    let mut child = child.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"twelve characters\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(printed(&output), "account b@shop.test made");
    let passwords = db::people::passwords::Passwords::new(1).unwrap();
    for (email, password) in [("a@shop.test", password.as_str()), ("b@shop.test", "twelve characters")] {
        let found = db::people::verify(&db.db, &passwords, email, password).await.unwrap();
        assert!(found.is_some(), "{email}");
    }
    assert_eq!(stoa.json("tenant suspend shop --reason unpaid")["changed"], true);
    assert!(db::api_keys::access(&db.db, &key).await.unwrap().is_none());
    assert_eq!(stoa.json("tenant resume shop")["changed"], true);
    assert_eq!(stoa.json("rollups verify")["differences"], serde_json::json!([]));
    assert_eq!(stoa.json("rollups rebuild")["tenants"], 1);
    assert!(stoa.json("job run partitions")["done"].is_string());
}

#[tokio::test]
async fn wrong_use_is_2_and_failure_is_1_and_both_say_why() {
    let db = TestDb::new().await;
    let stoa = Stoa { db: &db };
    stoa.json("tenant create --slug shop --name Shop");
    let cases = [
        ("", 2, "Usage"),
        ("frobnicate", 2, "frobnicate"),
        ("tenant create --slug Shop! --name X", 2, "--slug"),
        ("tenant create --slug shop2", 2, "--name"),
        ("tenant create --slug shop --name Again", 1, "taken"),
        ("tenant create --slug other --name X --tier gold", 1, "gold"),
        ("tenant suspend shop", 2, "--reason"),
        ("tenant resume nowhere", 1, "no tenant 'nowhere'"),
        ("store create --tenant nowhere --slug s1 --name X --time-zone UTC --currency GBP", 1, "stoa tenant create"),
        ("store create --tenant shop --slug s1 --name X --time-zone Mars/Base --currency GBP", 2, "IANA"),
        ("store create --tenant shop --slug s1 --name X --time-zone UTC --currency QQQ", 2, "--currency"),
        ("store set --tenant shop --store s1", 2, "--notify"),
        ("store set --tenant shop --store s1 --notify a@b,c", 2, "'c' must be an e-mail address"),
        ("store set --tenant shop --store s1 --notify a@b", 1, "no store 's1'"),
        ("store stock --tenant shop --store s1 --sku T --quantity 3", 1, "no store 's1'"),
        ("user create --email nobody", 1, "e-mail"),
        ("user create --email a@b.test --role owner", 2, "--tenant"),
        ("user create --email a@b.test --tenant shop --role king", 2, "owner, manager"),
        ("api-key create --tenant shop --scopes orders:delete", 2, "orders:read"),
        ("api-key create --tenant shop --store s9 --scopes orders:read", 1, "no store 's9'"),
        ("import --tenant shop --store s1 --format xml /dev/null", 2, "orders-csv"),
        ("import --tenant shop --store s9 --format orders-csv /nowhere.csv", 1, "s9"),
        ("job run nothing", 2, "partitions"),
    ];
    for (line, code, word) in cases {
        let output = stoa.run(line);
        let words = words(&output);
        assert_eq!(output.status.code(), Some(code), "stoa {line}: {words}");
        assert!(words.contains(word), "stoa {line} does not say '{word}': {words}");
        assert_eq!(printed(&output), "", "stoa {line}");
    }
}

#[test]
fn faults_of_the_settings_are_listed_at_once() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stoa"));
    command.env_clear().env("STOA_ADDR", "nowhere").env("STOA_DB_POOL", "many").env("REDIS_URL", "x");
    let output = command.arg("serve").output().unwrap();
    let words = words(&output);
    assert_eq!(output.status.code(), Some(2), "{words}");
    for name in ["DATABASE_URL", "STOA_ADDR", "STOA_DB_POOL", "REDIS_URL", "STOA_SECRET"] {
        assert!(words.contains(name), "{name} is not in {words}");
    }
}

#[tokio::test]
async fn the_doctor_names_what_is_wrong() {
    let db = TestDb::new().await;
    let stoa = Stoa { db: &db };
    let dir = std::env::temp_dir().join(&db.name);
    std::fs::create_dir_all(dir.join("site/pkg")).unwrap();
    let check = |redis: &str| {
        let mut command = stoa.command();
        command
            .env("STOA_DEMO", "true")
            .env("STOA_DATA_DIR", dir.join("data"))
            .env("LEPTOS_SITE_ROOT", dir.join("site"));
        command.env("REDIS_URL", redis).args(["doctor", "--json"]).output().unwrap()
    };
    stoa.json("migrate");
    let well = check("");
    assert!(well.status.success(), "{}", printed(&well));
    let ill = check("redis://127.0.0.1:1");
    assert_eq!(ill.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&ill.stdout).unwrap();
    let wrong: Vec<_> = report["checks"].as_array().unwrap().iter().filter(|c| c["ok"] == false).collect();
    assert_eq!(wrong.len(), 1, "{report}");
    assert_eq!(wrong[0]["check"], "redis");
    std::fs::remove_dir_all(dir).unwrap();
}
