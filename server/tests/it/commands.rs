//! The program as people and scripts call it: what it prints, and its exit status.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use db::testing::TestDb;
use serde_json::Value;
use sqlx::Connection;

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
    assert_eq!(printed(&output), "account b@shop.test created");
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
        ("tenant create --slug shop --name Again", 1, "uses this slug"),
        ("tenant create --slug other --name X --tier gold", 1, "gold"),
        ("tenant suspend shop", 2, "--reason"),
        ("tenant resume nowhere", 1, "no tenant 'nowhere'"),
        ("store create --tenant nowhere --slug s1 --name X --time-zone UTC --currency GBP", 1, "stoa tenant create"),
        ("store create --tenant shop --slug s1 --name X --time-zone Mars/Base --currency GBP", 2, "IANA"),
        ("store create --tenant shop --slug s1 --name X --time-zone UTC --currency QQQ", 2, "--currency"),
        ("store set --tenant shop --store s1", 2, "--notify"),
        ("store set --tenant shop --store s1 --notify a@b,c", 2, "'c' is not valid"),
        ("store set --tenant shop --store s1 --notify a@b", 1, "no store 's1'"),
        ("store stock --tenant shop --store s1 --sku T --quantity 3", 1, "no store 's1'"),
        ("user create --email nobody", 1, "Enter an email"),
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

#[tokio::test]
async fn a_broken_record_is_named_and_fails() {
    let db = TestDb::new().await;
    let stoa = Stoa { db: &db };
    stoa.json("tenant create --slug shop --name Shop");
    stoa.json("tenant suspend shop --reason unpaid");
    let sound = stoa.run("audit verify");
    assert_eq!(sound.status.code(), Some(0), "{}", words(&sound));
    assert!(printed(&sound).contains("shop: 2 entries verified"), "{}", printed(&sound));
    let report = stoa.json("audit verify --tenant shop");
    assert_eq!((report["chains"][0]["sound"].as_u64(), &report["chains"][0]["broken"]), (Some(2), &Value::Null));

    db.tear_down_walls().await;
    let mut owner = sqlx::PgConnection::connect(&db.owner_url).await.unwrap();
    let sql = "update audit_entries set after = '{\"reason\": \"paid\"}' where action = 'tenant.suspend'";
    assert_eq!(sqlx::query(sql).execute(&mut owner).await.unwrap().rows_affected(), 1);
    for line in ["audit verify", "audit verify --tenant shop"] {
        let broken = stoa.run(line);
        assert_eq!(broken.status.code(), Some(1), "{line}");
        assert!(
            printed(&broken).contains("shop: entry 2 ") && words(&broken).contains("do not change the database"),
            "{line}"
        );
    }
    let broken = stoa.run("audit verify --tenant shop --json");
    let report: Value = serde_json::from_slice(&broken.stdout).unwrap();
    assert_eq!(
        (broken.status.code(), report["chains"][0]["broken"]["number"].as_u64()),
        (Some(1), Some(2)),
        "{report}"
    );
    assert_eq!(stoa.run("audit verify --tenant -").status.code(), Some(0), "the installation's own is sound");
}

#[tokio::test]
async fn a_tenant_is_deleted_after_its_plan_was_agreed_to() {
    let db = TestDb::new().await;
    let stoa = Stoa { db: &db };
    stoa.json("tenant create --slug shop --name Shop");
    stoa.json("store create --tenant shop --slug north --name North --time-zone UTC --currency GBP");
    let state = async || db::platform::Platform::command(db.db.clone()).tenant("shop").await.unwrap().state();
    let asked = stoa.run("tenant delete shop --reason closing --grace-days 5");
    let plan = words(&asked);
    assert_eq!(asked.status.code(), Some(2), "nobody is there to answer: {plan}");
    for words in ["Shop (shop) has 1 store", "After 5 days (", "no changes were made", "--yes"] {
        assert!(plan.contains(words), "{words}: {plan}");
    }
    assert_eq!(state().await, domain::tenants::TenantState::Active);
    let done = stoa.run("tenant delete shop --reason closing --grace-days 5 --yes --json");
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    assert!(words(&done).contains("Shop (shop) has 1 store"), "the plan is printed all the same");
    let report: Value = serde_json::from_slice(&done.stdout).unwrap();
    let after: chrono::DateTime<chrono::Utc> = report["delete_after"].as_str().unwrap().parse().unwrap();
    let days = after - db.db.clock().now();
    assert!(report["slug"] == "shop" && days.num_hours() == 5 * 24 - 1, "{report}");
    assert_eq!(state().await, domain::tenants::TenantState::Leaving);
    assert_eq!(stoa.json("tenant keep shop")["changed"], true);
    assert_eq!(state().await, domain::tenants::TenantState::Suspended, "nothing was deleted");
}

#[tokio::test]
async fn an_import_reports_what_the_contract_says() {
    let db = TestDb::new().await;
    let stoa = Stoa { db: &db };
    stoa.json("tenant create --slug shop --name Shop");
    stoa.json("store create --tenant shop --slug north --name North --time-zone UTC --currency GBP");
    let file = std::env::temp_dir().join(format!("{}.jsonl", db.name));
    let order = |number: &str, kind: &str, quantity: i64| {
        serde_json::json!({"store": "north", "number": number, "kind": kind, "placed_at": "2026-03-01T10:00:00Z", "currency": "GBP",
            "items": [{"sku": "S", "title": "T", "quantity": quantity, "unit_price": 250}]})
    };
    let lines = [order("1", "sale", 4), order("2", "sale", 1), order("3", "return", -2), order("4", "sale", 0)];
    std::fs::write(&file, lines.map(|line| line.to_string()).join("\n")).unwrap();
    let import = format!("import --tenant shop --store north --format orders-jsonl {}", file.display());
    let report = stoa.json(&import);
    let names: Vec<&str> = report.as_object().unwrap().keys().map(String::as_str).collect();
    let contract = ["read", "orders", "returns", "skipped", "rejected", "items", "currencies"];
    let besides = ["unchanged", "updated", "older", "dry_run", "problem_count", "problems", "already_imported"];
    let all: std::collections::BTreeSet<&str> = contract.into_iter().chain(besides).collect();
    assert_eq!(names.into_iter().collect::<std::collections::BTreeSet<_>>(), all);
    let counted: Vec<i64> = contract[..6].iter().map(|name| report[*name].as_i64().unwrap()).collect();
    assert_eq!(counted, [4, 2, 1, 0, 1, 3], "{report}");
    assert_eq!(report["currencies"], serde_json::json!({"GBP": {"sales_total": 1_250, "returns_total": -500}}));
    assert_eq!(
        (report["problem_count"].as_i64(), report["problems"][0]["line"].as_i64()),
        (Some(1), Some(4)),
        "{report}"
    );
    let again = stoa.json(&import);
    assert!(again["already_imported"].is_string() && again["orders"] == 0 && again["unchanged"] == 3, "{again}");
    let recognised = stoa.json(&format!("import --tenant shop --store north {}", file.display()));
    assert_eq!(recognised, again, "the file shows its format");
    std::fs::remove_file(file).unwrap();
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
