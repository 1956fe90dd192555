//! What needs a person is told to every platform admin, once a day while it stands.

use chrono::{DateTime, TimeDelta, Utc};
use db::Clock;
use db::testing::TestDb;
use jobs::alarms::{Teller, find};

use crate::setup::Shop;
use crate::sink::{Sink, header};

const START: &str = "2026-11-19T12:00:00Z";

#[tokio::test]
async fn admins_hear_once_a_day_of_what_stands() {
    let start: DateTime<Utc> = START.parse().unwrap();
    let clock = Clock::fixed(start);
    let shop = Shop::with(TestDb::with(clock.clone(), None).await).await;
    let sink = Sink::new(&shop.folder).await;
    let (db, mailer) = (&shop.test.db, sink.mailer());
    let passwords = db::people::passwords::Passwords::new(1).unwrap();
    for email in ["ada@stoa.test", "bo@stoa.test"] {
        db::people::create(db, &passwords, email, "a long password", true).await.unwrap();
    }
    db::people::create(db, &passwords, "owner@shop.test", "a long password", false).await.unwrap();
    let keys: Vec<String> = find(db).await.unwrap().into_iter().map(|alarm| alarm.key).collect();
    assert_eq!(keys, ["jobs:no_worker"]);
    let mut teller = Teller::default();
    assert_eq!(teller.look(db, &mailer).await.unwrap(), 0, "not what stands for a moment only");
    assert_eq!(teller.look(db, &mailer).await.unwrap(), 2);
    assert_eq!(teller.look(db, &mailer).await.unwrap(), 0, "once");
    // Another process looks as well.
    let mut other = Teller::default();
    other.look(db, &mailer).await.unwrap();
    assert_eq!(other.look(db, &mailer).await.unwrap(), 0, "once for all processes");
    let told = sink.messages();
    let to: Vec<&str> = told.iter().map(|m| header(m, "To")).collect();
    assert_eq!(to, ["ada@stoa.test", "bo@stoa.test"]);
    assert!(told.iter().all(|m| header(m, "Subject").contains("start a worker")), "{told:?}");
    clock.set(start + TimeDelta::hours(24));
    assert_eq!(teller.look(db, &mailer).await.unwrap(), 2, "again on the next day");
}
