//! `POST /theme`: light, dark or as the device has it, remembered by the browser for a year.

use std::sync::Arc;

use app::document::Theme;
use app::url;
use axum::extract::{Form, State};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use http::header;
use serde::Deserialize;

use crate::config::Config;
use crate::middleware::cookies;

// In seconds.
const A_YEAR: i64 = 31_536_000;

/// The form.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    #[serde(default)]
    theme: String,
    #[serde(default)]
    back: String,
}

/// Remembers the choice and goes back to the page it was made on.
pub async fn choose(State(config): State<Arc<Config>>, Form(chosen): Form<Chosen>) -> Response {
    let theme = Theme::read(&chosen.theme).as_str();
    let cookie = cookies::set(cookies::THEME, theme, A_YEAR, config.http.secure);
    let back = if url::is_local(&chosen.back) { chosen.back.as_str() } else { "/" };
    (AppendHeaders(cookie.map(|cookie| (header::SET_COOKIE, cookie))), Redirect::to(back)).into_response()
}
