//! Webhooks against a receiver that is there, slow, gone, greedy or elsewhere.

mod receiver;
mod workers;

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use db::sealing::Sealer;
use db::testing::{self, TestDb};
use db::webhooks::{Delivery, Made, NewWebhook};
use db::{Clock, Scope, webhooks};
use domain::ids::{DeliveryId, WebhookId};
use domain::page::Limit;
use domain::permission::{Permission, Role};
use domain::webhooks::{DeliveryQuery, DeliveryState, WebhookState};
use jobs::mail::Mailer;
use jobs::reach::Reach;
use jobs::webhooks::{Attempted, Courier, check_address, deliver, dispatch};
use tokio_util::sync::CancellationToken;

use crate::setup::Shop;
use receiver::{Answer, Receiver};

fn sealer() -> Sealer {
    Sealer::new(b"a secret of the server").unwrap()
}

fn courier(reach: Reach) -> Courier {
    let _first = rustls::crypto::ring::default_provider().install_default();
    Courier::within(reach, sealer(), Duration::from_secs(2)).unwrap()
}

struct World {
    shop: Shop,
    clock: Clock,
    courier: Courier,
}

impl World {
    async fn new() -> Self {
        let clock = Clock::fixed("2026-11-20T12:00:00Z".parse().unwrap());
        let shop = Shop::with(TestDb::with(clock.clone(), None).await).await;
        Self { shop, clock, courier: courier(Reach::Everywhere) }
    }

    fn scope(&self) -> Scope {
        self.shop.access.scope(Permission::ManageKeys).unwrap()
    }

    async fn webhook(&self, url: String) -> Made {
        let new = NewWebhook { url, ..NewWebhook::default() };
        webhooks::create(&self.scope(), &sealer(), &new).await.unwrap()
    }

    /// An order comes in and is to be told to `webhook`.
    async fn delivery(&self, number: &str, webhook: WebhookId) -> DeliveryId {
        let order = testing::order(&self.shop.store, number, self.clock.now(), 1);
        testing::place_all(&self.scope(), &self.shop.store, &[order]).await;
        dispatch(&self.scope(), false, &CancellationToken::new()).await.unwrap();
        self.told(webhook).await[0].id
    }

    async fn told(&self, webhook: WebhookId) -> Vec<Delivery> {
        webhooks::deliveries(&self.scope(), webhook, &DeliveryQuery::default(), Limit::default()).await.unwrap().rows
    }

    async fn attempt(&self, id: DeliveryId) -> Attempted {
        let mailer = Mailer::to_folder(&self.shop.folder, "https://stoa.test");
        deliver(&self.scope(), &self.courier, &mailer, id).await.unwrap()
    }

    fn pass(&self, time: TimeDelta) {
        self.clock.set(self.clock.now() + time);
    }
}

#[tokio::test]
async fn an_order_is_delivered_signed_and_recorded() {
    let world = World::new().await;
    let receiver = Receiver::start(|_| Answer::Status(202, "thank you <b>")).await;
    let made = world.webhook(receiver.url()).await;
    let id = world.delivery("A-1", made.id).await;
    assert_eq!(world.attempt(id).await, Attempted::Over("delivered"));
    let got = receiver.got().remove(0);
    assert_eq!((got.path.as_str(), got.id()), ("/stoa?key=hush", webhooks::message_id(id).as_str()));
    assert_eq!(got.headers["content-type"], "application/json");
    assert_eq!(got.headers["webhook-timestamp"], world.clock.now().timestamp().to_string());
    assert!(got.is_signed(&made.secret) && !got.headers["webhook-signature"].contains(' '));
    let body: serde_json::Value = serde_json::from_str(&got.body).unwrap();
    assert_eq!((&body["id"], &body["type"]), (&got.id().into(), &"order.placed".into()));
    assert_eq!((&body["tenant"], &body["data"]["number"]), (&"demo".into(), &"A-1".into()));
    let told = world.told(made.id).await.remove(0);
    assert_eq!((told.state, told.attempts.len()), (DeliveryState::Delivered, 1));
    assert_eq!((told.attempts[0].status, told.attempts[0].answer.as_str()), (Some(202), "thank you <b>"));
    assert!(matches!(world.attempt(id).await, Attempted::Nothing(_)), "it is settled");

    // Both secrets sign for a day.
    let other = webhooks::rotate(&world.scope(), &sealer(), made.id).await.unwrap();
    for (hours, both) in [(1, true), (25, false)] {
        world.pass(TimeDelta::hours(hours));
        let id = world.delivery(&format!("B-{hours}"), made.id).await;
        world.attempt(id).await;
        let got = receiver.got().pop().unwrap();
        assert_eq!((got.is_signed(&made.secret), got.is_signed(&other.secret)), (both, true), "after {hours} h");
    }
}

#[tokio::test]
async fn deliveries_are_retried_under_the_same_id_until_success_or_eight_attempts() {
    let world = World::new().await;
    let receiver = Receiver::start(|n| if n == 1 { Answer::Status(200, "") } else { Answer::Status(500, "no") }).await;
    let made = world.webhook(receiver.url()).await;
    let id = world.delivery("A-1", made.id).await;
    let Attempted::Again(at) = world.attempt(id).await else { panic!("it failed") };
    let wait = at - world.clock.now();
    assert!(wait >= TimeDelta::seconds(60) && wait <= TimeDelta::seconds(66), "{wait}");
    assert_eq!(world.attempt(id).await, Attempted::Again(at), "not before its time");
    assert_eq!(receiver.got().len(), 1);
    let failing = webhooks::show(&world.scope(), made.id).await.unwrap();
    assert_eq!((failing.failing_since, failing.last_ok), (Some(world.clock.now()), Some(false)));
    world.clock.set(at);
    assert_eq!(world.attempt(id).await, Attempted::Over("delivered"));
    let got = receiver.got();
    assert_eq!((got[0].id(), &got[0].body), (got[1].id(), &got[1].body));
    assert_ne!(got[0].headers["webhook-timestamp"], got[1].headers["webhook-timestamp"]);
    assert_eq!(webhooks::show(&world.scope(), made.id).await.unwrap().failing_since, None);

    let id = world.delivery("A-2", made.id).await;
    let mut attempts = 0;
    while let Attempted::Again(at) = world.attempt(id).await {
        attempts += 1;
        world.clock.set(at);
    }
    assert_eq!((attempts, receiver.got().len()), (7, 10));
    let told = world.told(made.id).await.remove(0);
    assert_eq!((told.state, told.attempts.len(), told.next_at), (DeliveryState::Failed, 8, None));
    assert_eq!(webhooks::show(&world.scope(), made.id).await.unwrap().state, WebhookState::Live);
}

#[tokio::test]
async fn silence_is_not_waited_for_and_redirects_are_not_followed() {
    let world = World::new().await;
    let elsewhere = Receiver::start(|_| Answer::Status(200, "")).await;
    let to = elsewhere.url();
    let receiver = Receiver::start(move |n| if n == 0 { Answer::Silence } else { Answer::Redirect(to.clone()) }).await;
    let made = world.webhook(receiver.url()).await;
    let id = world.delivery("A-1", made.id).await;
    let begun = Instant::now();
    let Attempted::Again(at) = world.attempt(id).await else { panic!("nobody answered") };
    // Its time limit here is two seconds, and it keeps silent for an hour.
    assert!(begun.elapsed() < Duration::from_secs(10));
    world.clock.set(at);
    assert!(matches!(world.attempt(id).await, Attempted::Again(_)));
    let attempts = world.told(made.id).await.remove(0).attempts;
    assert_eq!((attempts[0].status, attempts[1].status), (None, Some(302)));
    let words = attempts[0].error.as_deref().unwrap();
    assert!(words.starts_with("No response within") && !words.contains("hush"), "{words}");
    assert_eq!(elsewhere.got().len(), 0);
}

#[tokio::test]
async fn of_a_gigabyte_the_first_kilobyte_is_read() {
    let world = World::new().await;
    let receiver = Receiver::start(|_| Answer::Endless).await;
    let made = world.webhook(receiver.url()).await;
    let id = world.delivery("A-1", made.id).await;
    assert_eq!(world.attempt(id).await, Attempted::Over("delivered"));
    // Time for the rest to come, if somebody read it.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let written = receiver.written();
    assert!(written < 32 << 20, "{written}: only what fits into the buffers of the connection");
    assert_eq!(world.told(made.id).await[0].attempts[0].answer.len(), 1_024);
}

#[tokio::test]
async fn a_receiver_that_answers_410_is_disabled_and_the_owners_are_notified() {
    let world = World::new().await;
    let passwords = db::people::passwords::Passwords::new(1).unwrap();
    let person =
        db::people::create(&world.shop.test.db, &passwords, "ana@demo.test", "a long enough password", false).await;
    db::people::set_role(&world.shop.access, person.unwrap(), Role::Owner).await.unwrap();
    let receiver = Receiver::start(|_| Answer::Status(410, "")).await;
    let made = world.webhook(receiver.url()).await;
    let (one, other) = (world.delivery("A-1", made.id).await, world.delivery("A-2", made.id).await);
    assert_eq!(world.attempt(one).await, Attempted::Over("failed"));
    assert!(matches!(world.attempt(other).await, Attempted::Nothing(_)));
    let off = webhooks::show(&world.scope(), made.id).await.unwrap();
    assert_eq!(off.state, WebhookState::Off);
    assert!(off.reason.unwrap().contains("410"));
    let mails = "select count(*) from mail_outbox where kind = 'webhook' and recipient = 'ana@demo.test' \
                 and body::text not like '%hush%' and body::text like '%/t/demo/settings/webhooks/%'";
    assert_eq!(world.shop.count(mails).await, 1);
    assert_eq!(
        world.shop.count("select count(*) from audit_entries where action = 'webhook.off' and actor = 'command'").await,
        1
    );
    world.delivery("A-3", made.id).await;
    assert_eq!((receiver.got().len(), world.told(made.id).await.len()), (1, 2), "and nothing is written any more");
}

#[tokio::test]
async fn a_webhook_that_rests_sends_nothing_but_a_test() {
    let world = World::new().await;
    let receiver = Receiver::start(|_| Answer::Status(503, "later")).await;
    let made = world.webhook(receiver.url()).await;
    let id = world.delivery("A-1", made.id).await;
    webhooks::pause(&world.scope(), made.id).await.unwrap();
    assert!(matches!(world.attempt(id).await, Attempted::Nothing(_)));
    assert_eq!(receiver.got().len(), 0);
    let test = webhooks::test(&world.scope(), made.id).await.unwrap();
    assert_eq!(world.attempt(test).await, Attempted::Over("failed"), "once");
    let got = receiver.got().remove(0);
    assert!(got.is_signed(&made.secret) && got.body.contains("\"webhook.test\""));
    assert_eq!(webhooks::show(&world.scope(), made.id).await.unwrap().failing_since, None, "a test says nothing");
}

#[tokio::test]
async fn a_secret_that_does_not_open_sends_nothing_and_says_so() {
    let mut world = World::new().await;
    let receiver = Receiver::start(|_| Answer::Status(200, "")).await;
    let made = world.webhook(receiver.url()).await;
    let id = world.delivery("A-1", made.id).await;
    let other = Sealer::new(b"another secret of the server").unwrap();
    world.courier = Courier::within(Reach::Everywhere, other, Duration::from_secs(2)).unwrap();
    let Attempted::Again(at) = world.attempt(id).await else { panic!("it cannot be signed") };
    let error = world.told(made.id).await.remove(0).attempts.remove(0).error.unwrap();
    assert!(error.contains("rotate the secret") && receiver.got().is_empty(), "{error}");
    let made = webhooks::rotate(&world.scope(), world.courier.sealer(), made.id).await.unwrap();
    world.clock.set(at);
    assert_eq!(world.attempt(id).await, Attempted::Over("delivered"));
    assert!(receiver.got()[0].is_signed(&made.secret));
}

#[tokio::test]
async fn addresses_within_this_network_are_refused_when_saved_and_at_the_connection() {
    let mut world = World::new().await;
    world.courier = courier(Reach::Public);
    let receiver = Receiver::start(|_| Answer::Status(200, "")).await;
    let port = receiver.port;
    // Saved while it was allowed, or a name that leads here only now.
    for url in [
        receiver.url(),
        format!("http://localhost:{port}/"),
        format!("https://localhost:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
        "https://169.254.169.254/latest".to_owned(),
    ] {
        let made = world.webhook(url.clone()).await;
        let id = world.delivery(&url, made.id).await;
        assert!(matches!(world.attempt(id).await, Attempted::Again(_)));
        let attempt = world.told(made.id).await.remove(0).attempts.remove(0);
        assert!(attempt.error.unwrap().contains("The URL is not allowed"), "{url}");
        assert!(check_address(Reach::Public, &url).await.is_err(), "{url}");
    }
    assert_eq!(receiver.got().len(), 0);
    assert_eq!(check_address(Reach::Everywhere, &receiver.url()).await, Ok(()));
    assert_eq!(check_address(Reach::Public, " https://1.1.1.1/x?y=z ").await, Ok(()));
    for wrong in ["", "stoa", "https://", "ftp://1.1.1.1", "https://a:b@1.1.1.1", "https://1.1.1.1/#x"] {
        assert!(check_address(Reach::Public, wrong).await.is_err(), "{wrong}");
    }
}
