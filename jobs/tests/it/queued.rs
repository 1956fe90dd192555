//! The browser's way: received, checked by the worker, started by a person, stored by the worker.

use std::sync::Arc;

use db::imports::{Created, Run};
use db::testing::{self, TestDb};
use domain::imports::{Format, ImportQuery, RunStatus};
use domain::page::Limit;
use jobs::Tools;
use jobs::imports::receive::{ReceivedFile, Receiver, submit};
use jobs::worker::Options;
use tokio_util::sync::CancellationToken;

use crate::setup::{Shop, real_file};

fn worker(shop: &Shop) -> Options {
    Options::new(Arc::new(Tools::new(shop.folder.clone())))
}

async fn receive(shop: &Shop, bytes: &[u8]) -> ReceivedFile {
    let mut receiver = Receiver::new(&shop.folder, shop.access.tenant(), 1 << 30).await.unwrap();
    for piece in bytes.chunks(70_000) {
        receiver.write(piece).await.unwrap();
    }
    receiver.finish().await.unwrap()
}

async fn settled(shop: &Shop, run: &Run, not: RunStatus) -> Run {
    let settled = async || {
        let run = db::imports::show(&shop.scope(), run.id).await.unwrap();
        Some(run).filter(|run| run.status.is_settled() && run.status != not)
    };
    testing::eventually("the import is settled", settled).await
}

#[tokio::test]
async fn an_upload_is_checked_started_and_stored() {
    let shop = Shop::new().await;
    let file = receive(&shop, &std::fs::read(real_file()).unwrap()).await;
    let scope = shop.scope();
    let made = submit(&scope, &shop.folder, "main", (Format::OnlineRetail, Default::default()), "december.csv", &file)
        .await
        .unwrap();
    let Created::New(run) = made else { panic!("{made:?}") };
    // The same file again before the first is done: the same run, and one copy is enough.
    let again = receive(&shop, &std::fs::read(real_file()).unwrap()).await;
    assert_eq!((again.size, &again.hash), (file.size, &file.hash));
    let made = submit(&scope, &shop.folder, "main", (Format::OnlineRetail, Default::default()), "december.csv", &again)
        .await
        .unwrap();
    assert!(matches!(&made, Created::Resumed(same) if same.id == run.id), "{made:?}");
    assert!(file.path.exists() && !again.path.exists());
    let stop = CancellationToken::new();
    let worker = tokio::spawn(jobs::worker::run(shop.test.db.clone(), worker(&shop), stop.clone()));
    let checked = settled(&shop, &run, RunStatus::Done).await;
    assert_eq!(checked.status, RunStatus::Checked, "{:?}", checked.error);
    let preview = checked.preview.unwrap();
    assert_eq!((preview.summary.orders, preview.first.len(), checked.problem_count), (1_052, 20, 67));
    assert_eq!((preview.first[0].number.as_str(), preview.first[0].line), ("536365", 2));
    assert_eq!(shop.count("select count(*) from orders").await, 0);
    db::imports::start(&scope, run.id).await.unwrap();
    let refused = db::imports::start(&scope, run.id).await.unwrap_err().to_string();
    assert!(refused.contains("Only a checked import can be started"), "{refused}");
    let done = settled(&shop, &run, RunStatus::Checked).await;
    assert_eq!((done.status, done.summary.orders, done.problem_count), (RunStatus::Done, 1_052, 67));
    assert_eq!((done.checkpoint, done.total_lines), (28_493, Some(28_492)));
    stop.cancel();
    worker.await.unwrap();
    assert!(!file.path.exists());
    assert_eq!(shop.count("select count(*) from jobs where kind = 'apply_import'").await, 0);
    assert_eq!(shop.count("select count(*) from job_runs where kind = 'apply_import' and outcome = 'done'").await, 2);
    let (_, page) = db::imports::show_with_problems(&scope, run.id, None, Limit::default()).await.unwrap();
    let (_, rest) = db::imports::show_with_problems(&scope, run.id, page.next, Limit::default()).await.unwrap();
    assert_eq!((page.rows.len(), rest.rows.len(), rest.next), (50, 17, None));
    // Figures are announced in every batch, the feed has no holes, and the end is the last word.
    assert_eq!(shop.count("select count(*) - max(seq) from feed_events").await, 0);
    assert!(
        shop.count("select count(*) from feed_events where kind = 'import.progress' and data->>'status' = 'running'")
            .await
            >= 5
    );
    assert_eq!(shop.count("select (data->>'orders')::bigint from feed_events order by seq desc limit 1").await, 1_052);
    let once_more = receive(&shop, &std::fs::read(real_file()).unwrap()).await;
    let made = submit(&scope, &shop.folder, "main", (Format::OnlineRetail, Default::default()), "x.csv", &once_more)
        .await
        .unwrap();
    assert!(matches!(&made, Created::AlreadyDone(same) if same.id == run.id), "{made:?}");
    assert_eq!(
        std::fs::read_dir(shop.folder.join("imports").join(shop.access.tenant().to_string())).unwrap().count(),
        0
    );
}

#[tokio::test]
async fn a_bad_upload_fails_with_its_reason() {
    let shop = Shop::new().await;
    let file = receive(&shop, b"{\"number\": 1}\n").await;
    let made = submit(&shop.scope(), &shop.folder, "main", (Format::OnlineRetail, Default::default()), "a.csv", &file)
        .await
        .unwrap();
    let Created::New(run) = made else { panic!("{made:?}") };
    let stop = CancellationToken::new();
    let worker = tokio::spawn(jobs::worker::run(shop.test.db.clone(), worker(&shop), stop.clone()));
    let failed = settled(&shop, &run, RunStatus::Done).await;
    stop.cancel();
    worker.await.unwrap();
    assert_eq!(failed.status, RunStatus::Failed);
    assert!(failed.error.unwrap().contains("is not in the format online-retail"));
    assert!(!file.path.exists());
}

#[tokio::test]
async fn uploads_are_limited_and_leave_no_files_behind() {
    let shop = Shop::new().await;
    let mut receiver = Receiver::new(&shop.folder, shop.access.tenant(), 10).await.unwrap();
    receiver.write(b"12345").await.unwrap();
    let error = receiver.write(b"678901").await.unwrap_err().to_string();
    assert!(error.contains("more than the 10 allowed"), "{error}");
    drop(receiver);
    let empty = Receiver::new(&shop.folder, shop.access.tenant(), 10).await.unwrap();
    assert_eq!(empty.finish().await.unwrap_err().to_string(), "the file is empty");
    let folder = shop.folder.join("imports").join(shop.access.tenant().to_string());
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
}

#[tokio::test]
async fn another_tenant_sees_no_run() {
    let shop = Shop::with(TestDb::new().await).await;
    let file = receive(&shop, b"{}\n").await;
    let made = submit(&shop.scope(), &shop.folder, "main", (Format::OrdersJsonl, Default::default()), "a.jsonl", &file)
        .await
        .unwrap();
    let Created::New(run) = made else { panic!("{made:?}") };
    let other =
        testing::tenant(&shop.test.db, "other").await.scope(domain::permission::Permission::RunImports).unwrap();
    let gone = |error: db::DataError| assert!(matches!(error, db::DataError::NotFound("import")), "{error}");
    gone(db::imports::show(&other, run.id).await.unwrap_err());
    gone(db::imports::start(&other, run.id).await.unwrap_err());
    gone(db::imports::show_with_problems(&other, run.id, None, Limit::default()).await.unwrap_err());
    gone(db::imports::claim(&other, run.id, db::imports::Taker::Worker(crate::setup::owner())).await.unwrap_err());
    assert!(db::imports::list(&other, &ImportQuery::default(), Limit::default()).await.unwrap().rows.is_empty());
    assert_eq!(
        db::imports::list(&shop.scope(), &ImportQuery::default(), Limit::default()).await.unwrap().rows.len(),
        1
    );
}

#[tokio::test]
async fn an_import_that_failed_three_times_starts_again_after_an_hour() {
    use chrono::TimeDelta;
    use db::imports::{Claimed, GaveUp, Taker, claim, give_up};
    let clock = db::Clock::fixed(db::Clock::System.now());
    let shop = Shop::with(TestDb::with(clock.clone(), None).await).await;
    let file = receive(&shop, b"{}\n").await;
    let scope = shop.scope();
    let made = submit(&scope, &shop.folder, "main", (Format::OrdersJsonl, Default::default()), "a.jsonl", &file)
        .await
        .unwrap();
    let Created::New(run) = made else { panic!("{made:?}") };
    for round in [0, db::imports::ROUNDS] {
        for attempt in 1..=3 {
            let taken = claim(&scope, run.id, Taker::Worker(crate::setup::owner())).await.unwrap();
            let Claimed::Mine(_, lease) = taken else { panic!("{taken:?}") };
            let next = give_up(&scope, &lease, "the disk is away", round).await.unwrap();
            let wanted = match (attempt, round) {
                (1 | 2, _) => GaveUp::Again,
                (_, 0) => GaveUp::InAnHour,
                _ => GaveUp::ForGood,
            };
            assert_eq!(next, wanted, "attempt {attempt}, round {round}");
        }
        assert_eq!(db::imports::show(&scope, run.id).await.unwrap().status, RunStatus::Failed);
        let waits = "select count(*) from jobs where kind = 'retry_import' and state = 'scheduled'";
        assert_eq!(shop.count(waits).await, 1);
        assert!(db::imports::retry(&scope, run.id, 1).await.unwrap());
        assert!(!db::imports::retry(&scope, run.id, 1).await.unwrap(), "twice is safe");
        assert_eq!(db::imports::show(&scope, run.id).await.unwrap().status, RunStatus::Checking);
        clock.set(clock.now() + TimeDelta::hours(1));
    }
}
