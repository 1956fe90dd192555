//! The second factor: set up, renewed, taken down.

use app::pages::account::{Codes, FactorPage, codes as codes_view, factor as view};
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use db::people::second_factor::{self, Pending};
use domain::fields::FieldErrors;
use http::request::Parts;
use jobs::people::Notice;
use serde::Deserialize;
use serde_json::json;
use tower_sessions::Session;

use super::password::check;
use crate::auth::SignedIn;
use crate::auth::begin::{rename, session_failed, tell};
use crate::auth::record::record;
use crate::auth::sign_in_throttle::Kind;
use crate::error::{ASKED_BY, PageError};
use crate::middleware::address;
use crate::pages::answer;
use crate::pages::visit::Visit;
use crate::sessions::ENROLMENT;
use crate::state::AppState;

const OVER: &str = "This code belongs to an old key. Scan the key above again.";

/// The forms.
#[derive(Debug, Default, Deserialize)]
pub struct Entered {
    #[serde(default)]
    code: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    renew_password: String,
    #[serde(default)]
    remove_password: String,
}

/// The state of the second factor, or a secret for the app: a new one each time, for this session alone.
///
/// # Errors
/// Without a signed-in user, and when PostgreSQL fails.
pub async fn show(
    State(state): State<AppState>,
    signed_in: SignedIn,
    visit: Visit,
    session: Session,
) -> Result<Response, PageError> {
    let asked_by = visit.done().and_then(|word| word.strip_prefix(ASKED_BY)).map(str::to_owned);
    let page = FactorPage { asked_by, ..page(&state, &signed_in, visit, &session).await? };
    Ok(answer::ok(page, view).await)
}

/// Turns it on with the password and the first right code. Sessions that began without one end.
///
/// # Errors
/// Without a signed-in user, and when PostgreSQL fails.
pub async fn confirm(
    State(state): State<AppState>,
    signed_in: SignedIn,
    visit: Visit,
    session: Session,
    parts: Parts,
    Form(entered): Form<Entered>,
) -> Result<Response, PageError> {
    // Without the right password, the app's secret is not shown again.
    if let Err(faults) = check(&state, &signed_in, "password", &entered.password).await? {
        return again(&state, &signed_in, visit, &session, faults).await;
    }
    let person = &signed_in.person;
    let pending: Option<Pending> = session.get(ENROLMENT).await.map_err(session_failed)?;
    let address = address::client(&parts, state.config.http.proxies);
    let account = format!("code of {}", person.id);
    let fault = match (state.sign_in_throttle.attempt(Kind::SecondStep, &account, address).await, &pending) {
        (Err(_), _) => "Too many attempts. Wait 15 minutes, then try again.",
        (Ok(_), None) => OVER,
        (Ok(attempt), Some(pending)) => {
            if let Some(codes) =
                second_factor::confirm(&state.db, &state.sealer, person.id, pending, &entered.code).await?
            {
                attempt.succeeded().await;
                return turned_on(&state, &signed_in, visit, &session, codes).await;
            }
            "That code is incorrect or expired. Check the clock of your phone and enter a new code."
        }
    };
    let standing = second_factor::standing(&state.db, person.id).await?;
    let enrolment = match &pending {
        Some(pending) if !standing.is_on => second_factor::enrolment(&state.db, &state.sealer, person, pending).await?,
        _ => None,
    };
    if enrolment.is_none() {
        return again(&state, &signed_in, visit, &session, FieldErrors::one("code", OVER)).await;
    }
    let faults = FieldErrors::one("code", fault);
    let page = FactorPage { visitor: visit.of(person), standing, enrolment, asked_by: None, faults, refused: None };
    Ok(answer::faulty(page, view).await)
}

async fn turned_on(
    state: &AppState,
    signed_in: &SignedIn,
    visit: Visit,
    session: &Session,
    codes: Vec<String>,
) -> Result<Response, PageError> {
    let person = &signed_in.person;
    session.remove_value(ENROLMENT).await.map_err(session_failed)?;
    state.sessions.end_others(person.id, signed_in.session).await?;
    state.visitors.forget_person(person.id).await;
    rename(&state.visitors, session).await?;
    record(&state.db, person, "second_factor.on", json!({})).await?;
    tell(&state.db, &state.tools.mailer, &person.email, &Notice::SecondFactorOn).await?;
    Ok(answer::ok(Codes { visitor: visit.of(person), codes }, codes_view).await)
}

/// Other recovery codes.
///
/// # Errors
/// Without a signed-in user, and when PostgreSQL fails.
pub async fn renew(
    State(state): State<AppState>,
    signed_in: SignedIn,
    visit: Visit,
    session: Session,
    Form(entered): Form<Entered>,
) -> Result<Response, PageError> {
    if let Err(faults) = check(&state, &signed_in, "renew_password", &entered.renew_password).await? {
        return again(&state, &signed_in, visit, &session, faults).await;
    }
    if !signed_in.person.has_second_factor {
        return Err(PageError::Refused("Set up two-factor authentication first.".to_owned()));
    }
    let codes = second_factor::renew(&state.db, signed_in.person.id).await?;
    record(&state.db, &signed_in.person, "second_factor.codes", json!({})).await?;
    Ok(answer::ok(Codes { visitor: visit.of(&signed_in.person), codes }, codes_view).await)
}

/// Turns it off, unless a tenant requires it.
///
/// # Errors
/// Without a signed-in user, and when PostgreSQL fails.
pub async fn remove(
    State(state): State<AppState>,
    signed_in: SignedIn,
    visit: Visit,
    session: Session,
    Form(entered): Form<Entered>,
) -> Result<Response, PageError> {
    if let Err(faults) = check(&state, &signed_in, "remove_password", &entered.remove_password).await? {
        return again(&state, &signed_in, visit, &session, faults).await;
    }
    let person = &signed_in.person;
    second_factor::remove(&state.db, person.id).await?;
    state.visitors.forget_person(person.id).await;
    record(&state.db, person, "second_factor.off", json!({})).await?;
    tell(&state.db, &state.tools.mailer, &person.email, &Notice::SecondFactorOff).await?;
    Ok(answer::done("/account", "factor-off").into_response())
}

async fn again(
    state: &AppState,
    signed_in: &SignedIn,
    visit: Visit,
    session: &Session,
    faults: FieldErrors,
) -> Result<Response, PageError> {
    let mut page = page(state, signed_in, visit, session).await?;
    page.faults = faults;
    Ok(answer::faulty(page, view).await)
}

async fn page(
    state: &AppState,
    signed_in: &SignedIn,
    visit: Visit,
    session: &Session,
) -> Result<FactorPage, PageError> {
    let person = &signed_in.person;
    let standing = second_factor::standing(&state.db, person.id).await?;
    let enrolment = if standing.is_on {
        None
    } else {
        let pending = second_factor::begin(&state.db, &state.sealer, person).await?;
        session.insert(ENROLMENT, &pending).await.map_err(session_failed)?;
        second_factor::enrolment(&state.db, &state.sealer, person, &pending).await?
    };
    let (faults, asked_by, refused) = (FieldErrors::default(), None, None);
    Ok(FactorPage { visitor: visit.of(person), standing, enrolment, asked_by, faults, refused })
}
