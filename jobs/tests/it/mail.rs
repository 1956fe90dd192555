//! E-mail against a real SMTP sink.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use db::outbox::{self, Ending, NewMail};
use db::platform::Platform;
use db::testing::TestDb;
use db::{Clock, Db};
use domain::ids::Uuid;
use domain::permission::Permission;
use jobs::mail::{Column, Letter, Mailer, Part, Report, send_due, send_one};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::setup::Shop;
use crate::sink::{FROM, SITE, Sink, header, text};

async fn shop() -> (Shop, Clock) {
    let clock = Clock::fixed("2026-11-20T12:00:00Z".parse().unwrap());
    (Shop::with(TestDb::with(clock.clone(), None).await).await, clock)
}

fn letter() -> Letter {
    let long = "Grüße aus Köln \u{2013} ".repeat(80);
    Letter {
        heading: "Order A-1 \u{2013} für Ana".into(),
        parts: vec![
            Part::Words(".leading dot, and a = sign, and 100 % of it".into()),
            Part::Words(long),
            Part::Table {
                caption: "Items".into(),
                columns: vec![Column::words("Item"), Column::number("Amount")],
                rows: vec![vec!["Tee \"Früh\"".into(), "£4.50".into()], vec!["茶".into(), "¥1,500".into()]],
            },
        ],
        link: Some(("Open".into(), "https://stoa.test/t/a?x=1&y=2".into())),
        footer: "Why.".into(),
    }
}

async fn put(shop: &Shop, key: &str, to: &str) -> Option<Uuid> {
    let tx = shop.access.scope(Permission::ReadOrders).unwrap().begin().await.unwrap();
    let mail = NewMail {
        key: key.into(),
        kind: "test",
        recipient: to.into(),
        subject: "Bestellung \u{201e}A-1\u{201c} \u{2013} £4.50".into(),
        body: serde_json::to_value(letter()).unwrap(),
    };
    let ids = outbox::put(&tx, &[mail]).await.unwrap();
    tx.commit().await.unwrap();
    ids.first().copied()
}

async fn send(db: &Db, mailer: &Mailer) -> Report {
    send_due(db, mailer, &CancellationToken::new()).await.unwrap()
}

const fn report(sent: u64, later: u64, failed: u64) -> Report {
    Report { sent, later, failed }
}

/// Status, attempts and error of a message, as they are stored.
async fn row(shop: &Shop, key: &str) -> (String, i16, Option<String>) {
    let pool = shop.test.owner(shop.access.tenant()).await;
    let sql = "select status, attempts, error from mail_outbox where key = $1";
    let row = sqlx::query_as(sql).bind(key).fetch_one(&pool).await.unwrap();
    pool.close().await;
    row
}

#[tokio::test]
async fn a_message_arrives_as_it_was_written_and_once() {
    let (shop, _) = shop().await;
    let sink = Sink::new(&shop.folder).await;
    let mailer = sink.mailer();
    assert!(put(&shop, "one", "ana@example.com").await.is_some());
    assert_eq!(put(&shop, "one", "bo@example.com").await, None, "a key has one message");
    assert_eq!(send(&shop.test.db, &mailer).await, report(1, 0, 0));
    assert_eq!(send(&shop.test.db, &mailer).await, report(0, 0, 0), "what was sent is not sent again");
    let messages = sink.messages();
    assert_eq!(messages.len(), 1);
    let message = &messages[0];
    assert_eq!(message["envelope_from"], "stoa@stoa.test");
    assert_eq!(message["envelope_to"], serde_json::json!(["ana@example.com"]));
    assert_eq!(header(message, "Subject"), "Bestellung \u{201e}A-1\u{201c} \u{2013} £4.50");
    assert_eq!(header(message, "From"), "Stoa & Söhne <stoa@stoa.test>");
    assert_eq!(header(message, "To"), "ana@example.com");
    assert_eq!(header(message, "Date"), "Fri, 20 Nov 2026 12:00:00 +0000");
    assert_eq!(header(message, "Auto-Submitted"), "auto-generated");
    assert_eq!(header(message, "List-Unsubscribe"), "<mailto:stoa@stoa.test?subject=unsubscribe>");
    assert_eq!(text(message).trim_end(), letter().text().trim_end());
    assert_eq!(message["html"].as_str().unwrap().replace("\r\n", "\n").trim_end(), letter().html().trim_end());
    assert_eq!((&message["defects"], &message["bare_newlines"]), (&serde_json::json!([]), &serde_json::json!(0)));
    assert!(message["longest_line"].as_u64().unwrap() <= 998);
    assert_eq!(row(&shop, "one").await, ("sent".into(), 1, None));
}

#[tokio::test]
async fn a_message_refused_for_now_is_sent_later_and_one_refused_for_good_is_not() {
    let (shop, clock) = shop().await;
    let sink = Sink::new(&shop.folder).await;
    let mailer = sink.mailer();
    let start: DateTime<Utc> = clock.now();
    put(&shop, "grey", "later+2@example.com").await;
    put(&shop, "gone", "never@example.com").await;
    assert_eq!(send(&shop.test.db, &mailer).await, report(0, 1, 1));
    let (status, attempts, error) = row(&shop, "gone").await;
    assert_eq!((status.as_str(), attempts), ("failed", 1));
    assert!(error.unwrap().contains("There is nobody of that name"));
    let (status, _, error) = row(&shop, "grey").await;
    assert!(status == "queued" && error.unwrap().contains("Greylisted"));
    for (minutes, expected) in [(0, report(0, 0, 0)), (1, report(0, 1, 0)), (3, report(0, 0, 0)), (6, report(1, 0, 0))]
    {
        clock.set(start + TimeDelta::minutes(minutes));
        assert_eq!(send(&shop.test.db, &mailer).await, expected, "after {minutes} minutes");
    }
    assert_eq!(row(&shop, "grey").await, ("sent".into(), 3, None));
    assert_eq!(sink.messages().len(), 1);
}

#[tokio::test]
async fn a_server_that_is_down_is_met_when_it_is_up_again() {
    let (shop, clock) = shop().await;
    let mut sink = Sink::new(&shop.folder).await;
    let mailer = sink.mailer();
    put(&shop, "first", "ana@example.com").await;
    assert_eq!(send(&shop.test.db, &mailer).await, report(1, 0, 0));
    sink.end().await;
    for n in 0..20 {
        put(&shop, &format!("k{n}"), "ana@example.com").await;
    }
    let tried = send(&shop.test.db, &mailer).await;
    assert!(tried.sent == 0 && tried.failed == 0 && tried.later < 20, "it is not asked for each of them: {tried:?}");
    let sink = Sink::at(&shop.folder, sink.port, &[]).await;
    clock.set(clock.now() + TimeDelta::minutes(1));
    assert_eq!(send(&shop.test.db, &mailer).await, report(20, 0, 0));
    assert_eq!(sink.messages().len(), 21);
}

#[tokio::test]
async fn a_server_that_closes_or_wants_a_password_costs_no_message() {
    let (shop, clock) = shop().await;
    let sink = Sink::new(&shop.folder).await;
    put(&shop, "busy", "busy@example.com").await;
    assert_eq!(send(&shop.test.db, &sink.mailer()).await, report(0, 1, 0));
    let closed = Sink::at(&shop.folder, 0, &["--auth"]).await;
    put(&shop, "locked", "ana@example.com").await;
    assert_eq!(send(&shop.test.db, &closed.mailer()).await, report(0, 1, 0));
    let (status, _, error) = row(&shop, "locked").await;
    assert!(status == "queued" && error.as_deref().unwrap_or_default().contains("530"), "{status} {error:?}");
    clock.set(clock.now() + TimeDelta::seconds(61));
    send(&shop.test.db, &sink.mailer()).await;
    assert_eq!(row(&shop, "locked").await.0, "sent");
}

#[tokio::test]
async fn a_slow_server_is_not_waited_for() {
    let (shop, _) = shop().await;
    let sink = Sink::new(&shop.folder).await;
    let mailer = sink.mailer().with_patience(Duration::from_millis(400));
    put(&shop, "slow", "slow@example.com").await;
    assert_eq!(send(&shop.test.db, &mailer).await, report(0, 1, 0));
    // It takes the message over after three seconds.
    assert!(sink.messages().is_empty(), "its answer was awaited");
    assert!(row(&shop, "slow").await.2.unwrap().contains("did not respond within 0.4 s"));
}

#[tokio::test]
async fn nothing_is_said_to_a_server_without_tls_unless_settings_allow_it() {
    let (shop, _) = shop().await;
    let sink = Sink::new(&shop.folder).await;
    let url = format!("smtp://user:secret-word@127.0.0.1:{}", sink.port);
    let mailer = Mailer::open(Some(&url), FROM, SITE, &shop.folder).unwrap();
    put(&shop, "open", "ana@example.com").await;
    assert_eq!(send(&shop.test.db, &mailer).await, report(0, 1, 0));
    assert!(sink.messages().is_empty());
    assert!(!row(&shop, "open").await.2.unwrap().contains("secret-word"));
}

#[tokio::test]
async fn a_sender_that_vanished_is_replaced_and_its_word_counts_no_more() {
    let (shop, clock) = shop().await;
    let (db, sink) = (&shop.test.db, Sink::new(&shop.folder).await);
    let (platform, mailer) = (Platform::command(db.clone()), sink.mailer());
    let id = put(&shop, "left", "ana@example.com").await.unwrap();
    // It sends, and ends before it can say so: the one window that SMTP leaves open.
    let stale = outbox::claim(&platform, 10).await.unwrap().remove(0);
    mailer.send(&stale, clock.now()).await.unwrap();
    assert_eq!(send(db, &mailer).await, report(0, 0, 0), "it belongs to its holder");
    clock.set(clock.now() + outbox::LEASE);
    let ending = send_one(db, &mailer, shop.access.tenant(), id).await.unwrap();
    assert_eq!(ending, Some(Ending::Sent));
    assert!(!outbox::settle(&platform, &stale, &Ending::Failed("late".into())).await.unwrap());
    assert_eq!(row(&shop, "left").await, ("sent".into(), 2, None));
    let messages = sink.messages();
    assert_eq!(messages.len(), 2);
    assert_eq!(header(&messages[0], "Message-ID"), header(&messages[1], "Message-ID"), "a repetition can be told");
}

#[tokio::test(flavor = "multi_thread")]
async fn senders_that_end_anywhere_lose_nothing_and_repeat_under_one_name() {
    let (messages, most_kills) = if db::testing::full_counts() { (2_000, 200) } else { (60, 6) };
    let (shop, clock) = shop().await;
    let (db, sink) = (&shop.test.db, Sink::new(&shop.folder).await);
    for n in 0..messages {
        put(&shop, &format!("k{n}"), &format!("a{n}@example.com")).await;
    }
    let mailer = sink.mailer();
    for kill in 0..most_kills {
        let work = |db: Db, mailer: Mailer| async move { send(&db, &mailer).await };
        let both = [tokio::spawn(work(db.clone(), mailer.clone())), tokio::spawn(work(db.clone(), mailer.clone()))];
        // A time and no condition: each end is to hit another moment.
        tokio::time::sleep(Duration::from_millis(15 + kill * 7 % 90)).await;
        for task in both {
            task.abort();
            let _ended = task.await;
        }
        clock.set(clock.now() + outbox::LEASE);
    }
    send(db, &mailer).await;
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    for message in sink.messages() {
        *ids.entry(header(&message, "Message-ID").to_owned()).or_default() += 1;
    }
    assert_eq!(ids.len(), messages, "every message arrived");
    let repeated: usize = ids.values().filter(|n| **n > 1).count();
    assert!(repeated <= usize::try_from(most_kills).unwrap() * 2 * 2, "at most what was on its way: {repeated}");
    assert_eq!(shop.count("select count(*) from mail_outbox where status <> 'sent'").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_senders_at_once_send_each_message_once() {
    let (shop, _) = shop().await;
    let sink = Sink::new(&shop.folder).await;
    for n in 0..40 {
        put(&shop, &format!("k{n}"), &format!("a{n}@example.com")).await;
    }
    let (db, mailer) = (&shop.test.db, sink.mailer());
    let (a, b, c) = tokio::join!(send(db, &mailer), send(db, &mailer), send(db, &mailer));
    assert_eq!(a.sent + b.sent + c.sent, 40);
    let to: std::collections::BTreeSet<String> =
        sink.messages().iter().map(|m: &Value| m["envelope_to"][0].as_str().unwrap().to_owned()).collect();
    assert_eq!((to.len(), sink.messages().len()), (40, 40));
}

#[tokio::test]
async fn without_a_server_messages_become_files() {
    let (shop, clock) = shop().await;
    let folder = shop.folder.join("mail");
    let mailer = Mailer::open(None, FROM, SITE, &folder).unwrap();
    put(&shop, "file", "ana@example.com").await;
    assert_eq!(send(&shop.test.db, &mailer).await, report(1, 0, 0));
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|f| f.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    assert!(files[0].extension().unwrap() == "eml");
    assert!(std::fs::read_to_string(&files[0]).unwrap().contains("To: ana@example.com\r\n"));
    clock.set(clock.now() + TimeDelta::days(31));
    assert_eq!(jobs::mail::prune(&shop.test.db).await.unwrap(), 1);
    assert_eq!(jobs::mail::prune(&shop.test.db).await.unwrap(), 0);
}

#[tokio::test]
async fn a_message_that_is_never_taken_is_given_up_after_two_days() {
    let (shop, clock) = shop().await;
    let mailer = Mailer::open(Some("smtp://127.0.0.1:1?tls=none"), FROM, SITE, &shop.folder).unwrap();
    put(&shop, "nowhere", "ana@example.com").await;
    let start = clock.now();
    let mut attempts = 0;
    while row(&shop, "nowhere").await.0 == "queued" {
        attempts += u64::from(send(&shop.test.db, &mailer).await != report(0, 0, 0));
        clock.set(clock.now() + TimeDelta::minutes(30));
    }
    assert_eq!(attempts, 11);
    let took = clock.now() - start;
    assert!(took > TimeDelta::days(2) && took < TimeDelta::days(3), "{took}");
    assert!(row(&shop, "nowhere").await.2.unwrap().starts_with("failed after 11 attempts"));
}
