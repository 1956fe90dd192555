//! Who buys. A store recognises a customer by the id in the shop that sends the orders, else by e-mail.
//! Somebody known by name or telephone alone is a new customer each time: names are no identity.

use std::collections::{BTreeMap, HashMap};

use domain::orders::NewCustomer;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::error::DataError;
use crate::scope::Tx;
use crate::stores::Store;

/// The customers of some orders.
#[derive(Default)]
pub struct Buyers {
    by_identity: HashMap<String, Buyer>,
    nameless: HashMap<NewCustomer, Uuid>,
}

/// A customer whom the store recognises.
struct Buyer {
    id: Uuid,
    known: NewCustomer,
}

impl Buyers {
    /// The customer's id, the nil id for none.
    pub fn of(&self, customer: Option<&NewCustomer>) -> Uuid {
        let found = customer.and_then(|c| match identity(c) {
            Some(identity) => self.by_identity.get(&identity).map(|buyer| buyer.id),
            None => self.nameless.get(c).copied(),
        });
        found.unwrap_or(Uuid::nil())
    }

    /// The customer as the store now knows them: what it knew before, filled up with what was said now.
    pub fn known(&self, said: &NewCustomer) -> NewCustomer {
        let buyer = identity(said).and_then(|identity| self.by_identity.get(&identity));
        buyer.map_or_else(
            || said.clone(),
            |buyer| NewCustomer { external_id: said.external_id.clone(), ..buyer.known.clone() },
        )
    }
}

#[derive(FromQueryResult)]
struct Row {
    identity: String,
    id: Uuid,
    email: Option<String>,
    name: Option<String>,
    phone: Option<String>,
    country: Option<String>,
}

/// Finds the customers of some orders, makes those that are missing and fills in what was not known of the others.
/// No statement without customers, one when all are known, two or three otherwise.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn ensure<'a>(
    tx: &Tx,
    store: &Store,
    customers: impl Iterator<Item = &'a NewCustomer>,
) -> Result<Buyers, DataError> {
    let mut known: BTreeMap<String, NewCustomer> = BTreeMap::new();
    let mut buyers = Buyers::default();
    let mut rows: Vec<(Uuid, Option<String>, NewCustomer)> = Vec::new();
    for customer in customers {
        match identity(customer) {
            Some(identity) => merge(known.entry(identity).or_default(), customer),
            None if !buyers.nameless.contains_key(customer) => {
                let id: Uuid = tx.scope().clock().id();
                buyers.nameless.insert(customer.clone(), id);
                rows.push((id, None, customer.clone()));
            }
            None => {}
        }
    }
    let found = if known.is_empty() { Vec::new() } else { find(tx, store, known.keys()).await? };
    for row in found {
        let fuller = known.remove(&row.identity).filter(|said| row.lacks(said));
        if let Some(said) = fuller {
            rows.push((row.id, Some(row.identity.clone()), said));
        }
        let (identity, buyer) = row.buyer();
        buyers.by_identity.insert(identity, buyer);
    }
    let missing = known.into_iter().map(|(identity, said)| (tx.scope().clock().id(), Some(identity), said));
    rows.extend(missing);
    if !rows.is_empty() {
        buyers.by_identity.extend(store_rows(tx, store, rows).await?.into_iter().map(Row::buyer));
    }
    Ok(buyers)
}

/// How a store recognises a customer.
fn identity(customer: &NewCustomer) -> Option<String> {
    let external = customer.external_id.as_ref().map(|id| format!("x:{id}"));
    external.or_else(|| customer.email.as_ref().map(|email| format!("e:{}", email.to_lowercase())))
}

fn merge(known: &mut NewCustomer, said: &NewCustomer) {
    let fill = |old: &mut Option<String>, new: &Option<String>| {
        if old.is_none() {
            old.clone_from(new);
        }
    };
    fill(&mut known.email, &said.email);
    fill(&mut known.name, &said.name);
    fill(&mut known.phone, &said.phone);
    fill(&mut known.external_id, &said.external_id);
    fill(&mut known.country, &said.country);
}

impl Row {
    fn lacks(&self, said: &NewCustomer) -> bool {
        let pairs = [
            (&self.email, &said.email),
            (&self.name, &said.name),
            (&self.phone, &said.phone),
            (&self.country, &said.country),
        ];
        pairs.iter().any(|(old, new)| old.is_none() && new.is_some())
    }

    fn buyer(self) -> (String, Buyer) {
        let Self { identity, id, email, name, phone, country } = self;
        (identity, Buyer { id, known: NewCustomer { email, name, phone, country, ..NewCustomer::default() } })
    }
}

async fn find(tx: &Tx, store: &Store, identities: impl Iterator<Item = &String>) -> Result<Vec<Row>, DataError> {
    // One probe of the unique index each, also while the table has no statistics.
    let sql = "select c.identity, c.id, c.email, c.name, c.phone, c.country from unnest($3::text[]) w (identity) cross join lateral ( \
               select * from customers c where c.tenant_id = $1 and c.store_id = $2 and c.identity = w.identity limit 1) c";
    tx.all(sql, [store.id.0.into(), identities.cloned().collect::<Vec<_>>().into()]).await
}

// Those whom the store recognises, as they now are.
async fn store_rows(
    tx: &Tx,
    store: &Store,
    rows: Vec<(Uuid, Option<String>, NewCustomer)>,
) -> Result<Vec<Row>, DataError> {
    let sql = "insert into customers as c (tenant_id, store_id, id, identity, external_id, email, name, phone, country, created_at) \
               select $1, $2, n.id, nullif(n.identity, ''), nullif(n.external_id, ''), nullif(n.email, ''), nullif(n.name, ''), \
                 nullif(n.phone, ''), nullif(n.country, ''), $3 \
               from unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[]) \
                 n (id, identity, external_id, email, name, phone, country) order by n.identity \
               on conflict (tenant_id, store_id, identity) do update set email = coalesce(c.email, excluded.email), \
                 name = coalesce(c.name, excluded.name), phone = coalesce(c.phone, excluded.phone), country = coalesce(c.country, excluded.country) \
               returning coalesce(identity, '') identity, id, email, name, phone, country";
    let text = |read: fn(&NewCustomer) -> &Option<String>| -> Vec<String> {
        rows.iter().map(|(_, _, c)| read(c).clone().unwrap_or_default()).collect()
    };
    let values = [
        store.id.0.into(),
        tx.scope().now().into(),
        rows.iter().map(|(id, _, _)| *id).collect::<Vec<_>>().into(),
        rows.iter().map(|(_, identity, _)| identity.clone().unwrap_or_default()).collect::<Vec<_>>().into(),
        text(|c| &c.external_id).into(),
        text(|c| &c.email).into(),
        text(|c| &c.name).into(),
        text(|c| &c.phone).into(),
        text(|c| &c.country).into(),
    ];
    let mut stored: Vec<Row> = tx.all(sql, values).await?;
    stored.retain(|row| !row.identity.is_empty());
    Ok(stored)
}
