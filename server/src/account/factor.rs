//! The second factor: set up, renewed, taken down.

use app::pages::account::{Codes, FactorPage, codes as codes_view, factor as view};
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use db::people::second_factor;
use domain::fields::FieldErrors;
use http::request::Parts;
use jobs::people::Notice;
use serde::Deserialize;
use serde_json::json;
use tower_sessions::Session;

use super::password::check;
use crate::auth::SignedIn;
use crate::auth::begin::{rename, tell};
use crate::auth::record::record;
use crate::error::{ASKED_BY, PageError};
use crate::middleware::address;
use crate::pages::answer;
use crate::pages::visit::Visit;
use crate::state::AppState;

/// The forms.
#[derive(Debug, Default, Deserialize)]
pub struct Entered {
    #[serde(default)]
    code: String,
    #[serde(default)]
    renew_password: String,
    #[serde(default)]
    remove_password: String,
}

/// Where they stand, or what their app needs to be told.
///
/// # Errors
/// When nobody is signed in, or PostgreSQL fails.
pub async fn show(State(state): State<AppState>, signed_in: SignedIn, visit: Visit) -> Result<Response, PageError> {
    let asked_by = visit.done().and_then(|word| word.strip_prefix(ASKED_BY)).map(str::to_owned);
    let page = FactorPage { asked_by, ..page(&state, &signed_in, visit).await? };
    Ok(answer::ok(&view(&page)))
}

/// Turns it on with the first right code. Sessions that began without one end.
///
/// # Errors
/// When nobody is signed in, or PostgreSQL fails.
pub async fn confirm(
    State(state): State<AppState>,
    signed_in: SignedIn,
    visit: Visit,
    session: Session,
    parts: Parts,
    Form(entered): Form<Entered>,
) -> Result<Response, PageError> {
    let person = &signed_in.person;
    let address = address::client(&parts, state.config.http.proxies);
    let attempt = state.sign_in_limits.attempt(&format!("code of {}", person.id), address).await;
    let fault = match attempt {
        Err(_) => "was wrong too often: wait 15 minutes, then try again",
        Ok(attempt) => match second_factor::confirm(&state.db, &state.sealer, person.id, &entered.code).await? {
            Some(codes) => {
                attempt.succeeded().await;
                state.sessions.end_others(person.id, signed_in.session).await?;
                state.visitors.forget_person(person.id).await;
                rename(&state, &session).await?;
                record(&state, person, "second_factor.on", json!({})).await?;
                tell(&state, &person.email, &Notice::SecondFactorOn).await?;
                return Ok(answer::ok(&codes_view(&Codes { visitor: visit.of(person), codes })));
            }
            None => "is not what the app shows now: look whether its clock is right",
        },
    };
    let mut page = page(&state, &signed_in, visit).await?;
    page.faults = FieldErrors::one("code", fault);
    Ok(answer::faulty(&view(&page)))
}

/// Other recovery codes.
///
/// # Errors
/// When nobody is signed in, or PostgreSQL fails.
pub async fn renew(
    State(state): State<AppState>,
    signed_in: SignedIn,
    visit: Visit,
    parts: Parts,
    Form(entered): Form<Entered>,
) -> Result<Response, PageError> {
    if let Err(faults) = check(&state, &signed_in, &parts, "renew_password", &entered.renew_password).await? {
        return again(&state, &signed_in, visit, faults).await;
    }
    if !signed_in.person.has_second_factor {
        return Err(PageError::Refused("Set the second factor up first.".to_owned()));
    }
    let codes = second_factor::renew(&state.db, signed_in.person.id).await?;
    record(&state, &signed_in.person, "second_factor.codes", json!({})).await?;
    Ok(answer::ok(&codes_view(&Codes { visitor: visit.of(&signed_in.person), codes })))
}

/// Turns it off, unless somebody asks for it.
///
/// # Errors
/// When nobody is signed in, or PostgreSQL fails.
pub async fn remove(
    State(state): State<AppState>,
    signed_in: SignedIn,
    visit: Visit,
    parts: Parts,
    Form(entered): Form<Entered>,
) -> Result<Response, PageError> {
    if let Err(faults) = check(&state, &signed_in, &parts, "remove_password", &entered.remove_password).await? {
        return again(&state, &signed_in, visit, faults).await;
    }
    let person = &signed_in.person;
    second_factor::remove(&state.db, person.id).await?;
    state.visitors.forget_person(person.id).await;
    record(&state, person, "second_factor.off", json!({})).await?;
    tell(&state, &person.email, &Notice::SecondFactorOff).await?;
    Ok(answer::done("/account", "factor-off").into_response())
}

async fn again(
    state: &AppState,
    signed_in: &SignedIn,
    visit: Visit,
    faults: FieldErrors,
) -> Result<Response, PageError> {
    let mut page = page(state, signed_in, visit).await?;
    page.faults = faults;
    Ok(answer::faulty(&view(&page)))
}

async fn page(state: &AppState, signed_in: &SignedIn, visit: Visit) -> Result<FactorPage, PageError> {
    let person = &signed_in.person;
    let standing = second_factor::standing(&state.db, person.id).await?;
    let enrolment = match standing.is_on {
        true => None,
        false => Some(second_factor::begin(&state.db, &state.sealer, person).await?),
    };
    let (faults, asked_by, refused) = (FieldErrors::default(), None, None);
    Ok(FactorPage { visitor: visit.of(person), standing, enrolment, asked_by, faults, refused })
}
