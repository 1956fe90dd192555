//! Four months of orders of one store: busier towards weekends and evenings, growing a little.

use chrono::{DateTime, Datelike, Duration, NaiveTime, Utc};
use db::orders::place::{self, Placed, Via};
use db::orders::show;
use db::stores::Store;
use db::{Access, Db, Scope};
use domain::calendar::{day_of, days_before, local_to_utc};
use domain::orders::NewOrder;
use domain::permission::Permission;

use super::super::failure::Failure;
use super::acts;
use super::buyers::buyers;
use super::chance::Chance;
use super::order::Orders;
use super::shops::Shop;

const DAYS: u64 = 120;
const BATCH: usize = 200;

/// Stores the history that ends at `until`, unless its last order is there already; how many orders were made. `members`
/// work on a few of them.
///
/// # Errors
/// When PostgreSQL fails.
pub(super) async fn ensure(
    db: &Db,
    access: &Access,
    members: &[Access],
    shop: &Shop,
    store: &Store,
    until: DateTime<Utc>,
) -> Result<usize, Failure> {
    let orders = history(shop, store, until)?;
    let Some((last, earlier)) = orders.split_last() else { return Ok(0) };
    let scope = access.scope(Permission::WriteOrders)?;
    if show::by_number(&scope, &store.slug, last.number()).await.is_ok() {
        return Ok(0);
    }
    let mut made = 0;
    for batch in earlier.chunks(BATCH) {
        let Some(stored) = store_all(db, &scope, store, batch).await? else { return Ok(made) };
        made += stored;
    }
    acts::perform(members, store, earlier).await?;
    // It says that everything before it is done, so it comes last.
    let stored = store_all(db, &scope, store, std::slice::from_ref(last)).await?;
    Ok(made + stored.unwrap_or(0))
}

// How many were not there yet. None where a number is that of another order: an earlier version made this history, and it
// stays as it is.
async fn store_all(db: &Db, scope: &Scope, store: &Store, batch: &[NewOrder]) -> Result<Option<usize>, Failure> {
    place::prepare(db, batch).await?;
    let tx = scope.begin().await?;
    let placed = place::place(&tx, store, batch, Via::Api).await?;
    if placed.iter().any(|placed| matches!(placed, Placed::Conflict(_))) {
        tx.roll_back().await?;
        return Ok(None);
    }
    tx.commit().await?;
    Ok(Some(placed.iter().filter(|placed| matches!(placed, Placed::Stored(_))).count()))
}

fn history(shop: &Shop, store: &Store, until: DateTime<Utc>) -> Result<Vec<NewOrder>, Failure> {
    let orders = Orders { shop, store, buyers: buyers(shop.home), until };
    let make = |(placed_at, number): (DateTime<Utc>, u64)| {
        orders.make(number, placed_at).map_err(|faults| Failure::failed(format!("order {number}: {faults}")))
    };
    times(store, until).into_iter().zip(10_001_u64..).map(make).collect()
}

// When each of them was placed, oldest first.
fn times(store: &Store, until: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let mut chance = Chance::of(&store.slug);
    let today = day_of(until, store.zone);
    let mut times = Vec::new();
    for age in (0..DAYS).rev() {
        let day = days_before(today, age);
        let weekend = if day.weekday().number_from_monday() >= 5 { 5 } else { 0 };
        let count = 7 + (DAYS - age) / 24 + weekend + chance.below(6);
        for _ in 0..count {
            let time = NaiveTime::MIN + Duration::seconds(clock(&mut chance));
            times.push(local_to_utc(day.and_time(time), store.zone));
        }
    }
    times.retain(|placed_at| *placed_at < until);
    times.sort();
    times
}

// Seconds after midnight: the mean of three throws, moved towards the evening.
fn clock(chance: &mut Chance) -> i64 {
    let throw = (0..3).map(|_| chance.below(86_400)).sum::<u64>() / 3;
    i64::try_from((throw + 3 * 3_600).min(86_399)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use domain::ids::Uuid;
    use domain::orders::{FulfilmentStatus, OrderKind, OrderStatus, PaymentStatus, Standing};
    use domain::settings::ReturnDay;

    use super::super::shops::{DEMO, OTHER};
    use super::*;

    const ENDS: [&str; 3] = ["2026-11-30T19:00:00Z", "2026-12-02T08:00:00Z", "2027-01-03T22:30:00Z"];

    fn orders(shop: &Shop, until: &str) -> Vec<NewOrder> {
        let store = Store {
            id: Uuid::nil().into(),
            slug: shop.store.slug.into(),
            name: shop.store.name.into(),
            zone: shop.store.time_zone.parse().unwrap(),
            currency: shop.store.currency.parse().unwrap(),
            notifies_orders: false,
            tracks_stock: false,
            returns_on: ReturnDay::default(),
        };
        history(shop, &store, until.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_shop_in_all_states() {
        for until in ENDS {
            let all: Vec<NewOrder> = DEMO.iter().flat_map(|shop| orders(shop, until)).collect();
            let standings: Vec<&Standing> = all.iter().map(NewOrder::standing).collect();
            for status in OrderStatus::ALL {
                assert!(standings.iter().any(|s| s.status == *status), "{until}: none is {status}");
            }
            for status in PaymentStatus::ALL {
                assert!(standings.iter().any(|s| s.payment_status() == *status), "{until}: none is {status}");
            }
            for status in FulfilmentStatus::ALL {
                assert!(standings.iter().any(|s| s.fulfilment_status() == *status), "{until}: none is {status}");
            }
        }
    }

    #[test]
    fn there_is_work_to_do_and_not_too_much_of_it() {
        use FulfilmentStatus::{PartiallyFulfilled, Unfulfilled};
        use PaymentStatus::{Authorized, PartiallyPaid, Pending};

        for until in ENDS {
            let all: Vec<NewOrder> = DEMO.iter().flat_map(|shop| orders(shop, until)).collect();
            let open: Vec<&Standing> = all
                .iter()
                .map(NewOrder::standing)
                .filter(|s| s.kind == OrderKind::Sale && s.status == OrderStatus::Open)
                .collect();
            let is_to_fulfil = |s: &&&Standing| [Unfulfilled, PartiallyFulfilled].contains(&s.fulfilment_status());
            let is_unpaid = |s: &&&Standing| [Pending, Authorized, PartiallyPaid].contains(&s.payment_status());
            let (to_fulfil, unpaid) = (open.iter().filter(is_to_fulfil).count(), open.iter().filter(is_unpaid).count());
            assert!((20..=60).contains(&to_fulfil), "{until}: {to_fulfil} are to be fulfilled");
            assert!((10..=30).contains(&unpaid), "{until}: {unpaid} are to be paid");
        }
    }

    #[test]
    fn the_same_end_makes_the_same_orders() {
        for shop in DEMO.iter().chain(&OTHER) {
            assert_eq!(orders(shop, ENDS[0]), orders(shop, ENDS[0]));
        }
    }
}
