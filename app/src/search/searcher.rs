//! Who searches, and what they find.

use std::sync::{Arc, Mutex, PoisonError};

use db::orders::{CustomerRow, OrderRow};
use db::people::Membership;
use db::suggestions::{Suggestions, suggest};
use db::{Access, DataError, settings};
use domain::orders::OrderQuery;
use domain::orders::number::shown;
use domain::permission::Permission;

use super::{Group, Suggestion};
use crate::frame::pages_of;
use crate::ui::text::customer;
use crate::ui::{money, numbers};
use crate::url;

/// From so many characters on, orders and customers are looked for.
const SHORTEST: usize = 2;
const LONGEST: usize = 200;
const MOST_PAGES: usize = 5;

/// A member who searches: the context of the server function. Cheap to clone.
#[derive(Clone)]
pub struct Searcher {
    access: Access,
    membership: Membership,
    failure: Arc<Mutex<Option<DataError>>>,
}

impl Searcher {
    /// The member with this access.
    pub fn new(access: Access, membership: Membership) -> Self {
        Self { access, membership, failure: Arc::default() }
    }

    /// Why nothing was found, where PostgreSQL failed.
    pub fn take_failure(&self) -> Option<DataError> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Suggestions for `text`; none where PostgreSQL failed.
    pub async fn search(&self, text: &str) -> Option<Vec<Suggestion>> {
        match self.find(text.trim()).await {
            Ok(found) => Some(found),
            Err(error) => {
                *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                None
            }
        }
    }

    async fn find(&self, text: &str) -> Result<Vec<Suggestion>, DataError> {
        let length = text.chars().count();
        if length == 0 || length > LONGEST {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        // Without the right to see orders and their customers there are only pages.
        if length >= SHORTEST
            && let Ok(scope) = self.access.scope(Permission::ReadOrders)
        {
            let Suggestions { orders, customers } = suggest(&scope, text).await?;
            let numbers = settings::of_tenant(&scope).await?.numbers;
            numbers::within(numbers, || found.extend(orders.iter().map(|order| self.order(order))));
            found.extend(customers.iter().filter_map(|customer| self.customer(customer)));
        }
        let pages = pages_of(&self.membership).filter(|(label, _)| begins_a_word(label, text)).take(MOST_PAGES);
        found.extend(pages.map(|(label, href)| Suggestion {
            group: Group::Pages,
            title: label.to_owned(),
            detail: String::new(),
            href,
        }));
        Ok(found)
    }

    fn order(&self, order: &OrderRow) -> Suggestion {
        let total = money::text(order.total());
        let detail = match customer(order.customer.as_ref()) {
            Some(name) => format!("{name} · {total}"),
            None => total,
        };
        Suggestion {
            group: Group::Orders,
            title: shown(&order.number).into_owned(),
            detail,
            href: url::order(&self.membership.slug, &order.store, &order.number),
        }
    }

    // Leads to the orders that are found by what the customer was found by.
    fn customer(&self, found: &CustomerRow) -> Option<Suggestion> {
        let title = customer(Some(found))?.into_owned();
        let known_by = found.email.clone().or_else(|| found.external_id.clone())?;
        let query = OrderQuery { q: Some(known_by.clone()), ..OrderQuery::default() };
        let href = url::orders(&self.membership.slug, &query);
        let detail = if title == known_by { String::new() } else { known_by };
        Some(Suggestion { group: Group::Customers, title, detail, href })
    }
}

fn begins_a_word(label: &str, text: &str) -> bool {
    let (label, text) = (label.to_lowercase(), text.to_lowercase());
    label.starts_with(&text) || label.split(' ').any(|word| word.starts_with(&text))
}

#[cfg(test)]
mod tests {
    use super::begins_a_word;

    #[test]
    fn pages_are_found_by_the_beginning_of_each_word() {
        assert!(begins_a_word("API keys", "ke") && begins_a_word("API keys", "api k") && begins_a_word("Orders", "O"));
        assert!(!begins_a_word("Orders", "rders") && !begins_a_word("API keys", "keys x"));
    }
}
