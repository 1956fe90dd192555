//! The HTTP API below `/api`: handlers, what they take and answer, and the document that describes them.

mod body;
mod docs;
mod openapi;
mod order;
mod orders;
pub mod problems;
pub mod query;
pub mod rate_limits;
mod refine;
pub(crate) mod repeat;
mod reports;
pub mod schema;

pub use problems::Refusals;
pub use query::Pairs;

use domain::permission::KeyScope;

use crate::auth::Needs;
use crate::error::Problem;
use crate::events;
use crate::routes::Routes;

/// All routes of the API.
pub fn routes() -> Routes {
    operations()
        .get("/api/openapi.json", Needs::Nothing, docs::openapi)
        .get("/api/docs", Needs::Nothing, docs::show)
        .get("/api/docs.css", Needs::Nothing, docs::style)
}

/// How a method that a route does not take is answered.
pub async fn method_not_allowed() -> Problem {
    Problem::method_not_allowed()
}

/// The operations that the OpenAPI document describes.
fn operations() -> Routes {
    Routes::new()
        .get("/api/v1/orders", Needs::Key(KeyScope::OrdersRead), orders::read::list)
        .post("/api/v1/orders", Needs::Key(KeyScope::OrdersWrite), orders::create::create)
        .post("/api/v1/orders/batch", Needs::Key(KeyScope::OrdersWrite), orders::batch::create)
        .get("/api/v1/orders/{id}", Needs::Key(KeyScope::OrdersRead), orders::read::show)
        .put("/api/v1/orders/{store}/{number}", Needs::Key(KeyScope::OrdersWrite), orders::put::put)
        .patch("/api/v1/orders/{id}", Needs::Key(KeyScope::OrdersWrite), orders::change::edit)
        .post("/api/v1/orders/{id}/payments", Needs::Key(KeyScope::OrdersWrite), orders::change::pay)
        .post("/api/v1/orders/{id}/fulfilments", Needs::Key(KeyScope::OrdersWrite), orders::change::fulfil)
        .post("/api/v1/orders/{id}/refunds", Needs::Key(KeyScope::OrdersWrite), orders::change::refund)
        .post("/api/v1/orders/{id}/cancellation", Needs::Key(KeyScope::OrdersWrite), orders::change::cancel)
        .post("/api/v1/orders/{id}/notes", Needs::Key(KeyScope::OrdersWrite), orders::change::note)
        .get("/api/v1/reports/sales", Needs::Key(KeyScope::ReportsRead), reports::sales)
        .get("/api/v1/events", Needs::Key(KeyScope::EventsRead), events::for_programs)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_document_says_what_the_routes_need() {
        let document = serde_json::to_value(openapi::document()).unwrap();
        let mut described = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let scope = operation["security"][0]["key"][0].as_str().unwrap_or("none");
                described.insert(format!("{} {path} {scope}", method.to_uppercase()));
            }
        }
        let declared = operations().into_table().into_iter().map(|route| {
            let Needs::Key(scope) = route.needs else { panic!("{route:?} is open") };
            format!("{} {} {}", route.method, route.path, scope.as_str())
        });
        assert_eq!(described, declared.collect());
    }
}
