//! What a search text can mean: an order's number or its beginning, the address it was ordered under, a customer's id, a SKU;
//! and which orders hold a product. The meanings are looked up first, each by its own index; the list is then read in order through them. However many
//! orders a text means, all of them are listed: a few are put in order, many are met by walking the list.

use domain::email;
use domain::ids::ProductId;
use domain::orders::OrderQuery;
use domain::text_key::sought;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use super::filter::Filter;
use crate::error::DataError;
use crate::scope::Tx;

/// Most numbers that are put in order; where more match, walking the list soon meets enough of them.
pub const SORTED: i64 = 20_000;
/// Most customers whose orders are looked up by an address; where more match, walking the list soon meets enough of them.
pub const LOOKED_UP: usize = 2_000;

/// Which rows of a cut are wanted: in which order, and how many.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cut {
    /// The first ones by time and id, `asc` or `desc`.
    First(&'static str, i64),
    /// Any so many.
    Any(i64),
}

impl Cut {
    fn tail(self, alias: &str) -> String {
        match self {
            Self::First(way, limit) => format!("order by {alias}placed_at {way}, {alias}id {way} limit {limit}"),
            Self::Any(limit) => format!("limit {limit}"),
        }
    }
}

/// What a search text and a product mean; nothing where a query has neither.
#[derive(Clone, Debug, Default)]
pub(super) struct Meanings {
    text: Option<Found>,
    product: Option<Vec<Uuid>>,
}

/// What a text means.
#[derive(Clone, Debug, Default)]
struct Found {
    text: String,
    numbers: i64,
    tails: i64,
    // Who ordered under such an address, some time or other.
    addressees: Vec<Uuid>,
    customers: Vec<Uuid>,
    variants: Vec<Uuid>,
}

#[derive(FromQueryResult)]
struct TextRow {
    numbers: i64,
    tails: i64,
    addressees: Vec<Uuid>,
    customers: Vec<Uuid>,
    variants: Vec<Uuid>,
    product: Vec<Uuid>,
}

/// Looks up what `query` searches for. No statement when it does not, one otherwise. Indexes: `order_refs_number`,
/// `order_refs_tail`, the primary key of `customer_emails`, `customers_external_id`, `variants_sku`, `variants_product`.
///
/// # Errors
/// When PostgreSQL fails.
pub(super) async fn meanings(tx: &Tx, query: &OrderQuery) -> Result<Meanings, DataError> {
    let Some(text) = query.q.as_deref().map(str::trim) else {
        let Some(product) = query.product else { return Ok(Meanings::default()) };
        // SQL: an array of ids in the shape of the statement below.
        let variants: Option<Vec<Uuid>> =
            tx.scalar(&format!("select {}", of_product("$2")), [product.0.into()]).await?;
        return Ok(Meanings { text: None, product: Some(variants.unwrap_or_default()) });
    };
    let found: Option<TextRow> = tx.one(&sql(query.product), values(text)).await?;
    let found = found.ok_or_else(|| DataError::Corrupt("a search did not answer".into()))?;
    let meant = Found {
        text: text.to_owned(),
        numbers: found.numbers,
        tails: found.tails,
        addressees: found.addressees,
        customers: found.customers,
        variants: found.variants,
    };
    Ok(Meanings { text: Some(meant), product: query.product.map(|_| found.product) })
}

/// How PostgreSQL looks a text up, for the tests of its plan.
///
/// # Errors
/// When PostgreSQL fails.
#[cfg(feature = "testing")]
pub async fn explain(tx: &Tx, text: &str) -> Result<String, DataError> {
    tx.explain(&sql(None), values(text)).await
}

impl Meanings {
    /// The select of a cut of the orders under `filter` that are meant.
    pub fn cut(&self, filter: &mut Filter, columns: &str, cut: Cut) -> String {
        if self.text.is_some()
            && let Some(variants) = &self.product
        {
            let ids = filter.bind(variants.clone());
            filter.add(&format!(
                "exists (select from order_items i where i.tenant_id = $1 and i.placed_at = o.placed_at and i.order_id = o.id and i.variant_id = any({ids}))"
            ));
        }
        let branches = match (&self.text, &self.product) {
            (Some(found), _) => found.branches(filter, columns, cut),
            (None, Some(variants)) => vec![lines(filter, variants, columns, cut)],
            // SQL: the cut of the order list is chosen by its plan.
            (None, None) => return format!("select {columns} from orders o where {} {}", filter.sql(), cut.tail("o.")),
        };
        if branches.is_empty() {
            // SQL: the cut of the order list is chosen by its plan.
            return format!("select {columns} from orders o where false and {} {}", filter.sql(), cut.tail("o."));
        }
        // SQL: the cut of the order list is chosen by its plan.
        format!("select * from ({}) u {}", branches.join(" union "), cut.tail(""))
    }
}

impl Found {
    // One select a meaning.
    fn branches(&self, filter: &mut Filter, columns: &str, cut: Cut) -> Vec<String> {
        let mut branches = Vec::new();
        if self.numbers + self.tails > 0 {
            branches.push(self.numbered(filter, columns, cut));
        }
        if !self.addressees.is_empty() {
            branches.push(self.addressed(filter, columns, cut));
        }
        if !self.customers.is_empty() {
            let ids = filter.bind(self.customers.clone());
            let (conditions, tail) = (filter.sql(), cut.tail("o."));
            branches.push(format!(
                "(select {columns} from orders o where o.customer_id = any({ids}) and {conditions} {tail})"
            ));
        }
        if !self.variants.is_empty() {
            branches.push(lines(filter, &self.variants, columns, cut));
        }
        branches
    }

    fn numbered(&self, filter: &mut Filter, columns: &str, cut: Cut) -> String {
        let text = filter.bind(self.text.clone());
        let (conditions, end) = (filter.sql(), cut.tail("o."));
        if self.numbers + self.tails > SORTED {
            // What the text is looked up by is computed once, and not again for each order that is passed.
            let (first, digits) =
                (format!("(select stoa_number_key({text}))"), format!("(select stoa_number_digits({text}))"));
            return format!(
                "(select {columns} from orders o where {conditions} and ( \
                   select r.number_key between {first} and {first} || {LAST} or coalesce(r.tail_key between {digits} and {digits} || {LAST}, false) \
                   from order_refs r where r.tenant_id = $1 and r.order_id = o.id) {end})"
            );
        }
        let order = match cut {
            Cut::First(way, _) => format!("order by placed_at {way}, order_id {way} offset 0"),
            Cut::Any(_) => String::new(),
        };
        // Nothing is asked that finds nothing: the planner takes what cannot be for the whole table.
        let found = [(self.numbers, by_key(&text)), (self.tails, by_tail(&text))];
        let found = found.iter().filter(|(count, _)| *count > 0);
        // SQL: a union of index ranges that cuts before it joins.
        let found =
            found.map(|(_, key)| format!("select placed_at, order_id from order_refs where tenant_id = $1 and {key}"));
        let found = found.collect::<Vec<_>>().join(" union ");
        format!(
            "(select {columns} from ({found} {order}) r \
              join orders o on o.tenant_id = $1 and o.placed_at = r.placed_at and o.id = r.order_id where {conditions} {end})"
        )
    }

    fn addressed(&self, filter: &mut Filter, columns: &str, cut: Cut) -> String {
        let [first, last] = beginning_with(email::key(&self.text)).map(|address| filter.bind(address));
        let ids = (self.addressees.len() <= LOOKED_UP).then(|| filter.bind(self.addressees.clone()));
        let looked_up = ids.map(|ids| format!("o.customer_id = any({ids}) and ")).unwrap_or_default();
        let (conditions, tail) = (filter.sql(), cut.tail("o."));
        format!(
            "(select {columns} from orders o where {looked_up}o.customer_email_key between {first} and {last} and {conditions} {tail})"
        )
    }
}

fn lines(filter: &mut Filter, variants: &[Uuid], columns: &str, cut: Cut) -> String {
    let ids = filter.bind(variants.to_vec());
    format!(
        "(select distinct {columns} from order_items i join orders o on o.tenant_id = i.tenant_id and o.placed_at = i.placed_at and o.id = i.order_id \
         where i.tenant_id = $1 and i.variant_id = any({ids}) and {} {})",
        filter.sql(),
        cut.tail("o.")
    )
}

// The last of all characters: what begins with a text lies between it and the same with this behind it. Not `like`: behind
// row level security no index serves that.
const LAST: &str = "chr(1114111)";

fn by_key(text: &str) -> String {
    format!("number_key between stoa_number_key({text}) and stoa_number_key({text}) || {LAST}")
}

// Zeros that were typed are meant: then only the very number is. What is no number lies behind all of them.
fn by_tail(text: &str) -> String {
    let digits = format!("coalesce(stoa_number_digits({text}), {LAST})");
    format!(
        "tail_key between {digits} and {digits} || case when stoa_number_key({text}) like '0%' then '' else {LAST} end"
    )
}

fn of_product(product: &str) -> String {
    format!("array(select id from variants where tenant_id = $1 and product_id = {product})")
}

fn sql(product: Option<ProductId>) -> String {
    let (whole, tail) = (by_key("$2::text"), by_tail("$2::text"));
    let (numbers, customers) = (SORTED + 1, LOOKED_UP + 1);
    // An id is hexadecimal digits and hyphens.
    let product = product.map_or_else(|| "'{}'::uuid[]".to_owned(), |id| of_product(&format!("'{id}'::uuid")));
    // SQL: all meanings of a text in one statement, each by an index of its own.
    format!(
        "select \
         (select count(*) from (select from order_refs where tenant_id = $1 and {whole} limit {numbers}) n) numbers, \
         (select count(*) from (select from order_refs where tenant_id = $1 and {tail} limit {numbers}) n) tails, \
         array(select customer_id from customer_emails where tenant_id = $1 and email_key between $3 and $4 limit {customers}) addressees, \
         array(select id from customers where tenant_id = $1 and external_id = $2) customers, \
         array(select id from variants where tenant_id = $1 and sku_key = $5) variants, {product} product"
    )
}

fn values(text: &str) -> [Value; 4] {
    let [first, last] = beginning_with(email::key(text));
    [text.into(), first.into(), last.into(), sought(text).into()]
}

fn beginning_with(first: String) -> [String; 2] {
    let last = format!("{first}{}", char::MAX);
    [first, last]
}
