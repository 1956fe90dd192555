//! The HTTP API below `/api`: handlers, what they take and answer, and the document that describes them.

mod body;
mod docs;
mod json;
mod openapi;
mod order;
mod orders;
pub mod problems;
pub mod query;
mod repeat;
mod reports;
pub mod schema;

pub use problems::Refusals;
pub use query::Pairs;

use axum::Router;
use axum::routing::get;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::Problem;
use crate::events;
use crate::state::AppState;

/// All routes of the API. Whatever else is asked for below `/api` is answered with a problem.
pub fn router() -> Router<AppState> {
    operations()
        .split_for_parts()
        .0
        .route("/api/openapi.json", get(docs::openapi))
        .route("/api/docs", get(docs::show))
        .route("/api/docs.css", get(docs::style))
        .route("/api", get(absent))
        .route("/api/{*rest}", axum::routing::any(absent))
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed() })
}

/// The operations that the OpenAPI document describes.
fn operations() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(openapi::Frame::openapi())
        .routes(routes!(orders::read::list, orders::create::create))
        .routes(routes!(orders::batch::create))
        .routes(routes!(orders::read::show))
        .routes(routes!(reports::sales))
        .routes(routes!(events::for_programs))
}

async fn absent() -> Problem {
    Problem::not_found()
}
