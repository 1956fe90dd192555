//! Archives that an older version wrote: what it did not keep with an order is what the customer's record says.

use std::path::Path;

use db::orders::{list, show};
use db::testing;
use domain::orders::OrderQuery;
use domain::orders::new_order::Draft;
use domain::quarter::Quarter;
use jobs::partitions::{Manifest, archive, restore};
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection};

use crate::partitions::{at, history, listed, stop, storage};

fn hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Makes the archive in `folder` one of the time before an order kept who bought; the hash of its manifest.
fn age(folder: &Path, mut manifest: Manifest) -> Vec<u8> {
    // Its columns, and all that came later.
    let first = manifest.orders.iter().position(|column| column.name == "customer_email").unwrap();
    manifest.orders.truncate(first);
    for file in manifest.files.iter_mut().filter(|file| file.table == "orders") {
        let path = folder.join(&file.name);
        let lines = zstd::decode_all(std::fs::File::open(&path).unwrap()).unwrap();
        let cut = |line: &str| match line.find(",\"customer_email\":") {
            Some(end) => format!("{}}}\n", &line[..end]),
            None => panic!("{line}"),
        };
        let lines: String = String::from_utf8(lines).unwrap().lines().map(cut).collect();
        let packed = zstd::encode_all(lines.as_bytes(), 3).unwrap();
        (file.bytes, file.sha256, file.content_sha256) = (packed.len() as u64, hex(&packed), hex(lines.as_bytes()));
        std::fs::write(path, packed).unwrap();
    }
    let text = serde_json::to_vec_pretty(&manifest).unwrap();
    std::fs::write(folder.join("manifest.json"), &text).unwrap();
    Sha256::digest(text).to_vec()
}

#[tokio::test]
async fn orders_of_an_older_archive_say_who_bought_and_are_found() {
    let (shop, ours, _) = history().await;
    let (db, store) = (&shop.test.db, storage(&shop));
    let quarter: Quarter = "2024q1".parse().unwrap();
    let buyers = [
        json!({"external_id": "7", "email": "ΟΔΟΣ@example.com", "name": "Jana", "phone": "1"}),
        json!({"email": "plain@example.com"}),
        json!({"name": "Bo"}),
    ];
    let orders = buyers.iter().enumerate().map(|(n, buyer)| {
        let body = json!({
            "store": "main", "number": format!("B-{n}"), "placed_at": "2024-02-29T12:00:00Z", "currency": "GBP", "customer": buyer,
            "items": [{"sku": "TEA", "title": "Tea", "quantity": 1, "unit_price": 450}],
        });
        Draft::checked_from_json(&body, at("2024-03-01T12:00:00Z")).unwrap().1
    });
    testing::place_all(&ours, &shop.store, &orders.collect::<Vec<_>>()).await;
    // An archive of then knows nothing of versions: a restored order begins with the first.
    let before: Vec<_> = listed(&ours).await.into_iter().map(|row| row.replace("version: 2", "version: 1")).collect();
    let row = archive(db, &store, quarter, &stop()).await.unwrap();
    let manifest = Manifest::get(&store, &row).await.unwrap();
    let hash = age(&shop.folder.join("store/platform/partitions/2024q1/1"), manifest);
    let mut owner = PgConnection::connect(&shop.test.owner_url).await.unwrap();
    sqlx::query("update partition_archives set manifest = $1").bind(hash).execute(&mut owner).await.unwrap();

    restore(db, &store, quarter, &stop()).await.unwrap();
    assert_eq!(listed(&ours).await, before, "row by row");
    let row = show::by_number(&ours, "main", "B-0").await.unwrap().order.customer.unwrap();
    assert_eq!((row.name.as_deref(), row.external_id.as_deref()), (Some("Jana"), Some("7")));
    for text in ["οδος@example.com", "ΟΔΟΣ@"] {
        let query = OrderQuery { q: Some(text.into()), ..OrderQuery::default() };
        let found = list::list(&ours, &query).await.unwrap().rows;
        assert_eq!(found.iter().map(|row| row.number.as_str()).collect::<Vec<_>>(), ["B-0"], "{text}");
    }
    assert_eq!(db::rollups::verify(&ours).await.unwrap(), []);
}
