//! An import in a process of its own, so that it can be killed.

use std::path::Path;
use std::process::Child;

use db::platform::Platform;
use db::testing::{self, told};
use db::{Clock, ConnectOptions, Db};
use domain::imports::Format;
use jobs::imports::{FileImport, run_file};

use crate::setup::Shop;

const URL: &str = "STOA_TEST_CHILD_URL";
const FILE: &str = "STOA_TEST_CHILD_FILE";
const FORMAT: &str = "STOA_TEST_CHILD_FORMAT";

/// Starts importing `file` into the shop.
pub fn spawn(shop: &Shop, format: Format, file: &Path) -> Child {
    let mut child = testing::child("killed::child");
    child.env(URL, &shop.test.url).env(FILE, file).env(FORMAT, format.as_str()).spawn().unwrap()
}

#[tokio::test]
#[ignore = "not a test: started and killed by one"]
async fn child() {
    let options = ConnectOptions { url: told(URL), pool: 5, redis_url: None, clock: Clock::System };
    let db = Db::connect(options).await.unwrap();
    let access = Platform::command(db).enter("demo").await.unwrap();
    let import = FileImport {
        store: "main".into(),
        format: told(FORMAT).parse().unwrap(),
        path: told(FILE).into(),
        mode: Default::default(),
        dry_run: false,
        size_limit: 1 << 30,
    };
    run_file(&access, import).await.unwrap();
    // Whoever started this wants to know the most memory that it ever had.
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    std::fs::write(format!("{}.peak", told(FILE)), peak.trim().trim_end_matches(" kB")).unwrap();
}
