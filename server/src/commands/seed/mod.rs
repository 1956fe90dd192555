//! `stoa seed`: demo tenants, people and four months of orders in all states. Deterministic but for the time at which it
//! was run, and repeatable: what is there stays.

mod acts;
mod buyers;
mod catalogue;
mod chance;
mod goods;
mod history;
mod life;
mod order;
mod people;
mod shops;

use chrono::{DateTime, Utc};
use db::platform::Platform;
use db::stores::{self, NewStore, Store};
use db::{Access, DataError};
use domain::permission::Permission;
use serde_json::json;

use super::connect;
use super::failure::Failure;
use super::output::Output;
use crate::config::Config;

/// Seeds the database.
///
/// # Errors
/// Outside the demo, or when PostgreSQL fails; running it again goes on where it stopped.
pub async fn run(config: &Config, out: Output) -> Result<(), Failure> {
    if !config.demo {
        return Err(Failure::failed("demo data needs STOA_DEMO=true, because its passwords are public"));
    }
    let db = connect::database(config).await?;
    let platform = Platform::command(db.clone());
    let tiers = [
        ("standard", "Standard", json!({})),
        ("starter", "Starter", json!({"stores": 1, "members": 3, "orders_per_month": 1_000})),
    ];
    for (slug, name, limits) in tiers {
        platform.ensure_tier(slug, name, limits).await?;
    }
    let (demo, demo_since) = tenant(&platform, "demo", "Harbour & Finch").await?;
    let (other, other_since) = tenant(&platform, "other", "Prairie Supply").await?;
    let passwords = connect::passwords(config)?;
    let people = people::ensure(&db, &passwords, &demo, &other).await?;
    let mut orders = 0;
    for (access, shops, since, emails) in [
        (&demo, shops::DEMO.as_slice(), demo_since, ["staff@demo.test", "owner@demo.test"].as_slice()),
        (&other, &shops::OTHER, other_since, &["owner@other.test"]),
    ] {
        let members = people::members(&db, access, emails).await?;
        for shop in shops {
            let store = store(access, shop.store).await?;
            orders += history::ensure(&db, access, &members, shop, &store, since).await?;
        }
    }
    out.result(
        &json!({"people": people, "orders": orders}),
        &format!("demo data: {people} users and {orders} orders created, the others already exist"),
    );
    Ok(())
}

// A tenant's own age is the end of its history: a second run makes the same orders again, which changes nothing.
async fn tenant(platform: &Platform, slug: &str, name: &str) -> Result<(Access, DateTime<Utc>), Failure> {
    let access = match platform.enter(slug).await {
        Err(DataError::NotFound(_)) => {
            platform.create_tenant(slug, name, "standard").await?;
            platform.enter(slug).await?
        }
        found => found?,
    };
    let rows = platform.tenants(1_000).await?;
    let since = rows.iter().find(|row| row.slug == slug).map(|row| row.created_at);
    Ok((access, since.ok_or_else(|| Failure::failed(format!("tenant {slug} vanished")))?))
}

async fn store(access: &Access, new: NewStore<'_>) -> Result<Store, Failure> {
    let scope = access.scope(Permission::ManageStores)?;
    let find = async || -> Result<Store, DataError> {
        let tx = scope.begin().await?;
        let store = stores::by_slug(&tx, new.slug).await?;
        tx.commit().await?;
        Ok(store)
    };
    match find().await {
        Err(DataError::NotFound(_)) => {
            stores::create(&scope, new).await?;
            Ok(find().await?)
        }
        found => Ok(found?),
    }
}
