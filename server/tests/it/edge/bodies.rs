//! Bodies made to fill memory: whatever they are, what they cost is bounded, and the server answers others meanwhile.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::api_client::{Client, World, order};
use crate::browser::{Browser, tenant_with_owner};
use crate::harness::App;

const BATCH: &str = "/api/v1/orders/batch";
const FORM: &str = "application/x-www-form-urlencoded";

async fn batch(client: &Client, body: String) -> (u16, Value) {
    let reply = client.post(BATCH, &[], body).await;
    (reply.status, reply.json())
}

#[tokio::test]
async fn an_order_of_a_million_values_is_refused_and_its_neighbours_are_stored() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let tiny = vec![r#"{"":0}"#; 1_000_000].join(",");
    let (status, report) = batch(&client, format!("[{}, [{tiny}], {}]", order("M-1", 1), order("M-2", 1))).await;
    assert_eq!((status, &report["counts"]["created"], &report["counts"]["rejected"]), (200, &json!(2), &json!(1)));
    assert!(report["results"][1]["errors"][0]["message"].as_str().unwrap().contains("at most"), "{report}");
    let (status, problem) = batch(&client, format!("[{tiny}]")).await;
    assert_eq!(status, 422);
    assert!(problem["errors"][0]["message"].as_str().unwrap().contains("This batch has 1000000"), "{problem}");
    let single = format!("{{\"items\": [{}]}}", vec![r#"{"":0}"#; 140_000].join(","));
    let reply = client.post("/api/v1/orders", &[], single).await;
    assert_eq!(reply.fields(), ["body"]);
    assert!(reply.bytes.len() < 10_000);
}

#[tokio::test]
async fn faults_are_listed_to_an_end() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let empty = vec!["{}"; 5_000].join(",");
    let reply = client.post("/api/v1/orders", &[], format!("{{\"items\": [{empty}]}}")).await;
    assert!((100..220).contains(&reply.fields().len()), "{}", reply.fields().len());
    let one = format!("{{\"items\": [{}]}}", vec!["{}"; 100].join(","));
    let reply = client.post(BATCH, &[], format!("[{}]", vec![one.as_str(); 1_000].join(","))).await;
    assert_eq!((reply.status, &reply.json()["counts"]["rejected"]), (200, &json!(1_000)));
    let listed: usize =
        reply.json()["results"].as_array().unwrap().iter().map(|r| r["errors"].as_array().unwrap().len()).sum();
    assert!((1_000..7_000).contains(&listed), "{listed}");
    assert!(reply.bytes.len() < 2_000_000, "{}", reply.bytes.len());
}

#[tokio::test]
async fn bodies_beyond_the_budget_are_asked_to_retry_while_small_orders_are_stored() {
    let world = World::with(&[("STOA_BODY_MEMORY_MB", "1")]).await;
    let client = world.client(&world.demo).await;
    let large = format!("[{}]", " ".repeat(2 << 20));
    let reply = client.post(BATCH, &[], large).await;
    assert_eq!((reply.status, reply.header("retry-after")), (503, Some("2")));
    assert_eq!(reply.json()["type"], "urn:stoa:problem:crowded");
    assert_eq!(client.place("", &order("S-1", 1)).await.status, 201);
    let fits = format!("[{}{}]", order("S-2", 1), " ".repeat(500_000));
    assert_eq!(batch(&client, fits).await.0, 200, "what was held was given back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_batches_do_not_delay_other_requests() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let body = format!("[[{}]]", vec![r#"{"":0}"#; 1_000_000].join(","));
    let batches = (0..3).map(|_| {
        let (client, body) = (client.clone(), body.clone());
        tokio::spawn(async move { client.post(BATCH, &[], body).await.status })
    });
    let batches = futures::future::join_all(batches);
    tokio::pin!(batches);
    let mut longest = Duration::ZERO;
    let statuses = loop {
        let begun = Instant::now();
        tokio::select! {
            statuses = &mut batches => break statuses,
            health = client.get("/health") => assert_eq!(health.status, 200),
        }
        longest = longest.max(begun.elapsed());
    };
    assert!(statuses.into_iter().all(|status| status.unwrap() == 200));
    // The promise is an answer before a watcher gives up, which is after five seconds or more.
    assert!(longest < Duration::from_secs(5), "{longest:?}");
}

#[tokio::test]
async fn forms_have_limits_of_their_fields_while_they_are_read() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let send = async |path: &str, kind: &str, body: String| {
        let request = owner.http.post(format!("{}{path}", owner.base)).header("content-type", kind.to_owned());
        request.body(body).send().await.unwrap().status().as_u16()
    };
    assert_eq!(send("/t/demo/settings/stores", FORM, "a&".repeat(400_000)).await, 400, "a million fields");
    assert_eq!(send("/t/demo/settings/stores", FORM, format!("name={}", "x".repeat(900_000))).await, 413);
    assert_eq!(send("/t/demo/settings/stores", FORM, format!("name={}", "%41".repeat(300_000))).await, 413);
    assert_eq!(send("/login", FORM, format!("email={}", "x".repeat(70_000))).await, 413, "strangers have less");
    let multipart = "multipart/form-data; boundary=XX";
    let part = |head: &str, content: &str| {
        format!("--XX\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n--XX--\r\n")
    };
    for name in ["store", "format", "other"] {
        let body = part(&format!("name=\"{name}\""), &"a".repeat(30_000_000));
        assert_eq!(send("/t/demo/imports", multipart, body).await, 422, "{name}");
    }
    let body = part(&format!("name=\"store\"; x=\"{}\"", "a".repeat(10_000_000)), "north");
    assert_eq!(send("/t/demo/imports", multipart, body).await, 422, "a head without an end");
    assert_eq!(send("/t/demo/imports", multipart, "no part at all".repeat(100_000)).await, 422);
}

// Whoever adds a route that takes a form with a file has it tried here: none but these do.
#[tokio::test]
async fn no_other_route_takes_a_form_with_a_file() {
    let world = crate::matrix::world::World::new().await;
    let (owner, _) = world.enter(crate::matrix::world::Who::Member(domain::permission::Role::Owner)).await;
    for route in server::router::table(&world.app.state).into_iter().filter(|route| route.method == http::Method::POST)
    {
        let address = world.address(&route.path, "demo", crate::matrix::world::Id::Own);
        if route.path == server::middleware::request_limits::UPLOADS
            || route.path.starts_with("/account/sign-out")
            || route.path == "/logout"
        {
            continue;
        }
        let form = reqwest::multipart::Form::new().text("store", "a".repeat(2_000_000));
        let answer = owner.http.post(format!("{}{address}", owner.base)).multipart(form).send().await;
        // Refused before or while it is sent.
        let status = answer.map_or(415, |answer| answer.status().as_u16());
        assert!((400..500).contains(&status) || status == 303 || status == 200, "{address}: {status}");
    }
}

#[tokio::test]
async fn large_bodies_are_refused_as_a_page_or_as_a_problem() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let browser = Browser::signed_in(&app.base, "owner@demo.test").await;
    let large = "x".repeat(1_100_000);
    let page = browser.post("/login", &[("email", &large)]).await;
    assert_eq!(page.status(), 413);
    assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(page.text().await.unwrap().contains("too large"));
}
