//! Who buys. A store recognises a customer by the id in the shop that sends the orders. Who says none is recognised by the
//! address, as long as it is that of one person: people who share an address stay apart, and who orders under it without an id
//! is then somebody else again. Somebody known by name or telephone alone is a new customer each time: names are no identity.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::email;
use domain::orders::NewCustomer;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::error::DataError;
use crate::scope::Tx;
use crate::stores::Store;

/// The customers of some orders.
#[derive(Default)]
pub struct Buyers {
    by_identity: HashMap<String, Uuid>,
    nameless: HashMap<NewCustomer, Uuid>,
}

impl Buyers {
    /// The customer's id, the nil id for none.
    pub fn of(&self, customer: Option<&NewCustomer>) -> Uuid {
        let found = customer.and_then(|c| match identity(c) {
            Some(identity) => self.by_identity.get(&identity),
            None => self.nameless.get(c),
        });
        found.copied().unwrap_or(Uuid::nil())
    }
}

/// Finds the customers of some orders, makes those that are missing and fills in what was not known of the others.
/// No statement without customers, one when all are known, two otherwise.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn ensure<'a>(
    tx: &Tx,
    store: &Store,
    customers: impl Iterator<Item = &'a NewCustomer>,
) -> Result<Buyers, DataError> {
    let mut said = Said::default();
    let mut buyers = Buyers::default();
    let mut rows = Vec::new();
    for customer in customers {
        match identity(customer) {
            Some(identity) => said.add(identity, customer),
            None if !buyers.nameless.contains_key(customer) => {
                let id: Uuid = tx.scope().clock().id();
                buyers.nameless.insert(customer.clone(), id);
                rows.push(NewRow { id, identity: String::new(), said: customer.clone() });
            }
            None => {}
        }
    }
    let found = if said.people.is_empty() { Vec::new() } else { find(tx, store, &said).await? };
    let guests = said.guests(&found);
    let mut new: BTreeSet<(String, String)> = said.addresses.clone();
    new.retain(|(identity, _)| !guests.contains_key(identity));
    for row in found {
        new.remove(&(row.identity.clone(), row.address.filter(|_| row.has_address).unwrap_or_default()));
        buyers.by_identity.insert(row.identity.clone(), row.id);
        if let Some(said) = said.people.remove(&row.identity)
            && row.known.lacks(&said)
        {
            rows.push(NewRow { id: row.id, identity: row.identity, said });
        }
    }
    let missing = said.people.into_iter().filter(|(identity, _)| !guests.contains_key(identity));
    rows.extend(missing.map(|(identity, said)| NewRow { id: tx.scope().clock().id(), identity, said }));
    if !rows.is_empty() || !new.is_empty() {
        let stored = store_rows(tx, store, &rows, &new, &buyers).await?;
        buyers.by_identity.extend(stored.into_iter().map(|row| (row.identity, row.id)));
    }
    for (guest, person) in guests {
        if let Some(id) = buyers.by_identity.get(&person).copied() {
            buyers.by_identity.insert(guest, id);
        }
    }
    Ok(buyers)
}

const BY_ID: &str = "x:";
const BY_ADDRESS: &str = "e:";

/// How a store recognises a customer.
pub(crate) fn identity(customer: &NewCustomer) -> Option<String> {
    let external = customer.external_id.as_ref().map(|id| format!("{BY_ID}{id}"));
    external.or_else(|| customer.email.as_ref().map(|email| of_address(email)))
}

/// How a store recognises who says no id.
pub(crate) fn of_address(email: &str) -> String {
    format!("{BY_ADDRESS}{}", email::key(email))
}

/// What some orders say of those whom a store recognises.
#[derive(Default)]
struct Said {
    people: BTreeMap<String, NewCustomer>,
    // Identity and key of an address.
    addresses: BTreeSet<(String, String)>,
}

impl Said {
    fn add(&mut self, identity: String, customer: &NewCustomer) {
        if let Some(email) = &customer.email {
            self.addresses.insert((identity.clone(), email::key(email)));
        }
        merge(self.people.entry(identity).or_default(), customer);
    }

    // Who says no id and is a person whom the store knows by one: the only one with that address.
    fn guests(&self, found: &[Found]) -> BTreeMap<String, String> {
        let mut guests = BTreeMap::new();
        for guest in self.people.keys().filter(|identity| identity.starts_with(BY_ADDRESS)) {
            let of_guest = || found.iter().filter(|row| row.wanted == *guest);
            if of_guest().any(|row| row.identity == *guest) {
                continue;
            }
            let known = of_guest().map(|row| row.identity.as_str());
            let beside = self.addresses.iter().filter(|(identity, key)| {
                identity.starts_with(BY_ID) && guest.strip_prefix(BY_ADDRESS) == Some(key.as_str())
            });
            let people: BTreeSet<&str> = known.chain(beside.map(|(identity, _)| identity.as_str())).collect();
            if let (Some(person), 1) = (people.first(), people.len()) {
                guests.insert(guest.clone(), (*person).to_owned());
            }
        }
        guests
    }
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

/// What a store knows of a customer.
#[derive(FromQueryResult)]
struct Known {
    email: Option<String>,
    name: Option<String>,
    phone: Option<String>,
    country: Option<String>,
}

impl Known {
    fn lacks(&self, said: &NewCustomer) -> bool {
        let pairs = [
            (&self.email, &said.email),
            (&self.name, &said.name),
            (&self.phone, &said.phone),
            (&self.country, &said.country),
        ];
        pairs.iter().any(|(old, new)| old.is_none() && new.is_some())
    }
}

#[derive(FromQueryResult)]
struct Found {
    // The identity and address that were looked for, and whose they are.
    wanted: String,
    address: Option<String>,
    has_address: bool,
    identity: String,
    id: Uuid,
    #[sea_orm(nested)]
    known: Known,
}

// By identity; by address too for those who say nothing else, of whom two are as many as it takes to know that it is shared.
async fn find(tx: &Tx, store: &Store, said: &Said) -> Result<Vec<Found>, DataError> {
    // One probe of an index each, also while the tables have no statistics.
    // SQL: one probe of an index for each customer of a batch.
    let sql = "select w.identity wanted, w.address, c.identity, c.id, c.email, c.name, c.phone, c.country, \
                 exists (select from customer_emails m where m.tenant_id = $1 and m.email_key = w.address and m.customer_id = c.id) has_address \
               from unnest($3::text[], $4::text[]) w (identity, address) cross join lateral ( \
                 (select * from customers c where c.tenant_id = $1 and c.store_id = $2 and c.identity = w.identity limit 1) \
                 union all \
                 (select c.* from customer_emails m join customers c on c.tenant_id = m.tenant_id and c.id = m.customer_id \
                  where starts_with(w.identity, 'e:') \
                    and not exists (select from customers g where g.tenant_id = $1 and g.store_id = $2 and g.identity = w.identity) \
                    and m.tenant_id = $1 and m.email_key = w.address and c.store_id = $2 \
                    and starts_with(c.identity, 'x:') limit 2)) c";
    let mut wanted: Vec<(String, String)> = said.addresses.iter().cloned().collect();
    let addressed: BTreeSet<&String> = said.addresses.iter().map(|(identity, _)| identity).collect();
    let others = said.people.keys().filter(|identity| !addressed.contains(identity));
    wanted.extend(others.map(|identity| (identity.clone(), String::new())));
    let (identities, addresses): (Vec<String>, Vec<String>) = wanted.into_iter().unzip();
    tx.all(sql, [store.id.0.into(), identities.into(), addresses.into()]).await
}

/// A customer to be made, or one of whom more is known now.
struct NewRow {
    id: Uuid,
    // Empty for those whom the store does not recognise.
    identity: String,
    said: NewCustomer,
}

#[derive(FromQueryResult)]
struct Stored {
    identity: String,
    id: Uuid,
}

// Customers first, then addresses, each in their order: so writers never wait for each other in a circle.
// SQL: any number of customers in one statement, merged with what is stored.
const STORE: &str = "with stored as ( \
    insert into customers as c (tenant_id, store_id, id, identity, external_id, email, name, phone, country, created_at) \
    select $1, $2, n.id, nullif(n.identity, ''), nullif(n.external_id, ''), nullif(n.email, ''), nullif(n.name, ''), \
      nullif(n.phone, ''), nullif(n.country, ''), $3 \
    from unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[]) \
      n (id, identity, external_id, email, name, phone, country) order by n.identity \
    on conflict (tenant_id, store_id, identity) do update set email = coalesce(c.email, excluded.email), \
      name = coalesce(c.name, excluded.name), phone = coalesce(c.phone, excluded.phone), country = coalesce(c.country, excluded.country) \
    returning coalesce(identity, '') identity, id), \
  addresses as ( \
    insert into customer_emails (tenant_id, email_key, customer_id) \
    select $1, a.email_key, coalesce(s.id, a.id) from unnest($11::text[], $12::text[], $13::uuid[]) a (identity, email_key, id) \
      left join stored s on s.identity = a.identity order by 2, 3 on conflict do nothing) \
  select identity, id from stored where identity <> ''";

// Those of `rows` whom the store recognises, and their ids. `new` are identities with addresses that they had not before.
async fn store_rows(
    tx: &Tx,
    store: &Store,
    rows: &[NewRow],
    new: &BTreeSet<(String, String)>,
    buyers: &Buyers,
) -> Result<Vec<Stored>, DataError> {
    let text = |read: fn(&NewCustomer) -> &Option<String>| -> Vec<String> {
        rows.iter().map(|row| read(&row.said).clone().unwrap_or_default()).collect()
    };
    let (identities, addresses): (Vec<String>, Vec<String>) = new.iter().cloned().unzip();
    let known: Vec<Uuid> =
        identities.iter().map(|identity| buyers.by_identity.get(identity).copied().unwrap_or_default()).collect();
    let values = [
        store.id.0.into(),
        tx.scope().now().into(),
        rows.iter().map(|row| row.id).collect::<Vec<_>>().into(),
        rows.iter().map(|row| row.identity.clone()).collect::<Vec<_>>().into(),
        text(|c| &c.external_id).into(),
        text(|c| &c.email).into(),
        text(|c| &c.name).into(),
        text(|c| &c.phone).into(),
        text(|c| &c.country).into(),
        identities.into(),
        addresses.into(),
        known.into(),
    ];
    tx.all(STORE, values).await
}
