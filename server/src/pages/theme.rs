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
    let secure = if config.http.secure { "; Secure" } else { "" };
    let name = cookies::THEME;
    let cookie = format!("{name}={theme}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly{secure}");
    let back = if url::is_local(&chosen.back) { chosen.back.as_str() } else { "/" };
    (AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(back)).into_response()
}
