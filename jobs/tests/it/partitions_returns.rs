//! Refunds on orders of an archived quarter follow the day on which they count: they stay when their orders leave.

use db::orders::summary::{Summary, summary};
use db::rollups;
use domain::orders::OrderQuery;
use domain::permission::Permission;
use jobs::partitions::archive;

use crate::partitions::{history, stop, storage};

#[tokio::test]
async fn a_refund_moves_into_archived_days_and_back() {
    let (shop, ours, _) = history().await;
    let of = async |from: Option<&str>, to: Option<&str>| -> Summary {
        let day = |text: Option<&str>| text.and_then(|text| text.parse().ok());
        summary(&ours, &OrderQuery { from: day(from), to: day(to), ..OrderQuery::default() }).await.unwrap()
    };
    let figures = of(None, None).await;
    archive(&shop.test.db, &storage(&shop), "2024q1".parse().unwrap(), &stop()).await.unwrap();
    let manager = shop.access.scope(Permission::ManageStores).unwrap();
    let mut found = Vec::new();
    for rule in ["order", "return", "order"] {
        db::settings::change(&manager, "main", &[("returns_on".into(), rule.into())]).await.unwrap();
        assert_eq!(rollups::verify(&ours).await.unwrap(), []);
        rollups::rebuild(&ours).await.unwrap();
        assert_eq!(of(None, None).await, figures, "nothing is lost under {rule}");
        let then = of(Some("2024-01-02"), Some("2024-03-30")).await.currencies[0].1;
        found.push((then.orders, then.refunds));
    }
    assert_eq!(found.iter().map(|(_, refunds)| *refunds).collect::<Vec<_>>(), [1, 0, 1]);
    assert!(found.iter().all(|(orders, _)| *orders == found[0].0 && *orders > 30), "{found:?}");
}
