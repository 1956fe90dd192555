//! A large file with faults in it, whose import is killed again and again.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use domain::imports::Format;

use crate::killed;
use crate::setup::Shop;

const LINES_OF_AN_ORDER: u64 = 4;
/// One line in a hundred is bad, and spoils its order.
const BAD_EVERY: u64 = 100;
const PEAK_KB: u64 = 150 * 1_024;
const PATIENCE: Duration = Duration::from_secs(1_800);

struct Count {
    orders: u64,
    kills: u64,
}

fn count() -> Count {
    if db::testing::full_counts() { Count { orders: 250_000, kills: 20 } } else { Count { orders: 6_000, kills: 2 } }
}

// The order with this line number, counted from the first line after the header, is bad where it says so.
fn is_bad(line: u64) -> bool {
    line % BAD_EVERY == 37
}

fn write(path: &Path, orders: u64) {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    writeln!(file, "order_number,placed_at,customer_email,item_sku,item_title,quantity,unit_price").unwrap();
    let mut text = String::new();
    for order in 0..orders {
        text.clear();
        for item in 0..LINES_OF_AN_ORDER {
            let quantity = if is_bad(order * LINES_OF_AN_ORDER + item) { "two" } else { "2" };
            let (day, sku, buyer) = (1 + order % 28, (order * 7 + item) % 500, order % 2_000);
            writeln!(
                text,
                "L-{order},2026-0{}-{day:02}T10:00:00Z,b{buyer}@example.org,S-{sku},Thing {sku},{quantity},1.25",
                1 + order % 6
            )
            .unwrap();
        }
        file.write_all(text.as_bytes()).unwrap();
    }
    file.flush().unwrap();
}

async fn checkpoint(shop: &Shop) -> u64 {
    u64::try_from(shop.count("select coalesce(max(checkpoint), 0) from import_runs").await).unwrap()
}

#[tokio::test]
async fn a_large_file_with_faults_goes_in_once_whatever_is_killed() {
    let shop = Shop::new().await;
    let Count { orders, kills } = count();
    let lines = orders * LINES_OF_AN_ORDER;
    let path = shop.folder.join("large.csv");
    write(&path, orders);
    let begun = Instant::now();
    for kill in 0..kills {
        let mut child = killed::spawn(&shop, Format::OrdersCsv, &path);
        // Each time a little further, and past what the one before had stored.
        let until = (checkpoint(&shop).await + 1).max(lines * kill / (kills + 1));
        while checkpoint(&shop).await < until {
            assert!(child.try_wait().unwrap().is_none(), "the import ended before kill {kill}");
            assert!(begun.elapsed() < PATIENCE, "no end");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let mut last = killed::spawn(&shop, Format::OrdersCsv, &path);
    assert!(last.wait().unwrap().success());

    let bad = (0..lines).filter(|line| is_bad(*line)).collect::<Vec<_>>();
    let mut spoilt = bad.iter().map(|line| line / LINES_OF_AN_ORDER).collect::<Vec<_>>();
    spoilt.dedup();
    let good = i64::try_from(orders).unwrap() - i64::try_from(spoilt.len()).unwrap();
    assert_eq!(shop.count("select count(*) from orders").await, good);
    assert_eq!(shop.count("select count(distinct number) from orders").await, good);
    assert_eq!(shop.count("select count(*) from order_items").await, good * 4);
    assert_eq!(shop.count("select sum(total)::bigint from orders").await, good * 4 * 250);
    assert_eq!(shop.count("select sum(gross)::bigint from rollup_days").await, good * 4 * 250);
    assert_eq!(shop.count("select problem_count from import_runs").await, i64::try_from(bad.len()).unwrap());
    // Every bad line by its number in the file: the header is line 1.
    let known = "select count(*) from import_problems where kind = 'rejected' and (line - 2) % 100 = 37";
    assert_eq!(shop.count(known).await, i64::try_from(bad.len()).unwrap());
    assert_eq!(shop.count("select count(distinct line) from import_problems").await, i64::try_from(bad.len()).unwrap());
    let peak: u64 = std::fs::read_to_string(format!("{}.peak", path.display())).unwrap().trim().parse().unwrap();
    assert!(peak < PEAK_KB, "{peak} KB for {lines} lines");
}
