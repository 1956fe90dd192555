//! `/account`.

use app::pages::account::{self, AccountPage, SessionRow, Typed};
use app::ui::Clock;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use db::DataError;
use db::people::{passkeys, second_factor};
use db::sessions::OwnSession;
use domain::fields::FieldErrors;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::auth::record::record;
use crate::auth::{SignedIn, device};
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::visit::Visit;
use crate::sessions::{ADDRESS, AGENT, Sessions};
use crate::state::AppState;

/// The form with the name.
#[derive(Debug, Deserialize)]
pub struct Named {
    #[serde(default)]
    name: String,
}

/// Who is signed in, and where else.
///
/// # Errors
/// When nobody is signed in, or PostgreSQL fails.
pub async fn show(State(state): State<AppState>, signed_in: SignedIn, visit: Visit) -> Result<Response, PageError> {
    let page = page(&state, &signed_in, visit, Typed::default(), FieldErrors::default()).await?;
    Ok(answer::ok(page, account::page).await)
}

/// Changes the name.
///
/// # Errors
/// When nobody is signed in, or PostgreSQL fails.
pub async fn rename(
    State(state): State<AppState>,
    signed_in: SignedIn,
    visit: Visit,
    Form(named): Form<Named>,
) -> Result<Response, PageError> {
    match db::people::account::rename(&state.db, signed_in.person.id, &named.name).await {
        Ok(()) => {
            state.visitors.forget_person(signed_in.person.id).await;
            let details = json!({"from": signed_in.person.name, "to": named.name.trim()});
            record(&state.db, &signed_in.person, "account.rename", details).await?;
            Ok(answer::done("/account", "name").into_response())
        }
        Err(DataError::Invalid(faults)) => {
            let typed = Typed { name: Some(named.name), ..Typed::default() };
            again(&state, &signed_in, visit, typed, faults).await
        }
        Err(other) => Err(other.into()),
    }
}

/// The page once more, with what is wrong.
///
/// # Errors
/// When PostgreSQL fails.
pub(super) async fn again(
    state: &AppState,
    signed_in: &SignedIn,
    visit: Visit,
    typed: Typed,
    faults: FieldErrors,
) -> Result<Response, PageError> {
    Ok(answer::faulty(page(state, signed_in, visit, typed, faults).await?, account::page).await)
}

async fn page(
    state: &AppState,
    signed_in: &SignedIn,
    visit: Visit,
    typed: Typed,
    faults: FieldErrors,
) -> Result<AccountPage, PageError> {
    let person = signed_in.person.id;
    let this = Sessions::row(signed_in.session);
    let sessions = db::sessions::list(&state.db, person).await?;
    Ok(AccountPage {
        done: visit.done().map(str::to_owned),
        visitor: visit.of(&signed_in.person),
        memberships: signed_in.memberships.to_vec(),
        sessions: sessions.into_iter().map(|session| row(session, &this)).collect(),
        factor: second_factor::standing(&state.db, person).await?,
        passkeys: passkeys::list(&state.db, person).await?,
        takes_passkeys: state.passkeys.is_some(),
        typed,
        faults,
        clock: Clock::in_utc(state.db.clock().now()),
    })
}

fn row(session: OwnSession, this: &[u8]) -> SessionRow {
    let text = |key: &str| session.data.get(key).and_then(Value::as_str).unwrap_or_default();
    SessionRow {
        name: hex::encode(&session.row),
        device: device::words(text(AGENT)),
        address: text(ADDRESS).to_owned(),
        began_at: session.created_at,
        seen_at: session.seen_at,
        is_this: session.row == this,
    }
}
