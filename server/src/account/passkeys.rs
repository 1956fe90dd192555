//! Passkeys: added and removed, each with the present password.

use app::pages::account::{Codes, RemovePasskey, Typed, add_passkey, codes as codes_view, remove_passkey};
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use db::DataError;
use db::people::ceremonies;
use db::people::passkeys::{self, NewPasskey};
use domain::fields::FieldErrors;
use domain::ids::{PasskeyId, UserId};
use domain::people::check_passkey_name;
use jobs::people::Notice;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower_sessions::Session;

use super::password::check as check_password;
use super::show::again;
use crate::auth::SignedIn;
use crate::auth::begin::{rename, session_failed, tell};
use crate::auth::record::record;
use crate::error::PageError;
use crate::middleware::current;
use crate::pages::answer;
use crate::pages::visit::Visit;
use crate::sessions::CEREMONY;
use crate::state::AppState;

const KIND: &str = "passkey.add";
const NONE_MADE: &str = "The passkey was not added: the device created none, or took too long. Try again.";

/// The form that begins.
#[derive(Debug, Default, Deserialize)]
pub struct Named {
    #[serde(default)]
    passkey_name: String,
    #[serde(default)]
    passkey_password: String,
}

/// The form that the page sends by itself.
#[derive(Debug, Default, Deserialize)]
pub struct Made {
    #[serde(default)]
    credential: String,
}

/// The form that removes one.
#[derive(Debug, Default, Deserialize)]
pub struct Unwanted {
    #[serde(default)]
    passkey: String,
    password: Option<String>,
}

// What waits for the device's answer: for whom, what it is to be called, and the question.
#[derive(Serialize, Deserialize)]
struct Waiting {
    person: UserId,
    name: String,
    state: Value,
}

/// `POST /account/passkeys/new`: asks the device to make one.
///
/// # Errors
/// When nobody is signed in, or PostgreSQL fails.
pub async fn ask(
    State(state): State<AppState>,
    signed_in: SignedIn,
    visit: Visit,
    session: Session,
    Form(named): Form<Named>,
) -> Result<Response, PageError> {
    let name = match check(&state, &signed_in, &named).await? {
        Ok(name) => name,
        Err(faults) => {
            let typed = Typed { passkey: named.passkey_name, ..Typed::default() };
            return again(&state, &signed_in, visit, typed, faults).await;
        }
    };
    let (checker, person) = (state.passkeys.as_ref().ok_or(PageError::NotFound)?, &signed_in.person);
    let existing = passkeys::credential_ids(&state.db, person.id).await?;
    let question = checker.ask_new(person, existing).map_err(|error| {
        let request_id = current::request_id();
        tracing::error!(%request_id, %error, "no question for a new passkey");
        PageError::Internal(request_id.to_string())
    })?;
    let waiting = json!(Waiting { person: person.id, name: name.clone(), state: question.state });
    let kept = ceremonies::begin(&state.db, KIND, &waiting).await?;
    session.insert(CEREMONY, kept).await.map_err(session_failed)?;
    let asked = (visit.of(person), name, question.options);
    Ok(answer::ok(asked, |(visitor, name, options)| add_passkey(visitor, name, options.clone())).await)
}

/// `POST /account/passkeys`: keeps what the device made. Sessions that began with a password alone end.
///
/// # Errors
/// When nobody is signed in, or PostgreSQL fails.
pub async fn add(
    State(state): State<AppState>,
    signed_in: SignedIn,
    visit: Visit,
    session: Session,
    Form(made): Form<Made>,
) -> Result<Response, PageError> {
    let person = &signed_in.person;
    let added = match take(&state, &signed_in, &session, &made).await? {
        Some(new) => {
            let name = new.name.clone();
            passkeys::add(&state.db, person.id, new).await.map(|codes| (name, codes))
        }
        None => Err(FieldErrors::one("passkey_name", NONE_MADE).into()),
    };
    let (name, codes) = match added {
        Ok(added) => added,
        Err(DataError::Invalid(faults)) => return again(&state, &signed_in, visit, Typed::default(), faults).await,
        Err(other) => return Err(other.into()),
    };
    record(&state.db, person, "passkey.add", json!({"name": name})).await?;
    tell(&state.db, &state.tools.mailer, &person.email, &Notice::PasskeyAdded { name }).await?;
    state.visitors.forget_person(person.id).await;
    let Some(codes) = codes else { return Ok(answer::done("/account", "passkey").into_response()) };
    state.sessions.end_others(person.id, signed_in.session).await?;
    rename(&state.visitors, &session).await?;
    Ok(answer::ok(Codes { visitor: visit.of(person), codes }, codes_view).await)
}

/// `POST /account/passkeys/remove`: says what follows and asks for the password, then does it.
///
/// # Errors
/// When nobody is signed in, or PostgreSQL fails.
pub async fn remove(
    State(state): State<AppState>,
    signed_in: SignedIn,
    visit: Visit,
    Form(unwanted): Form<Unwanted>,
) -> Result<Response, PageError> {
    let person = &signed_in.person;
    let all = passkeys::list(&state.db, person.id).await?;
    let id = unwanted.passkey.parse::<PasskeyId>().ok();
    let Some(found) = all.iter().find(|passkey| Some(passkey.id) == id) else {
        return Ok(answer::done("/account", "passkey-gone").into_response());
    };
    let standing = db::people::second_factor::standing(&state.db, person.id).await?;
    let is_last = all.len() == 1 && !standing.is_on;
    let page = |faults| RemovePasskey { visitor: visit.of(person), passkey: found.clone(), is_last, faults };
    let Some(password) = &unwanted.password else {
        return Ok(answer::ok(page(FieldErrors::default()), remove_passkey).await);
    };
    if let Err(faults) = check_password(&state, &signed_in, "password", password).await? {
        return Ok(answer::faulty(page(faults), remove_passkey).await);
    }
    if let Some(name) = passkeys::remove(&state.db, person.id, found.id).await? {
        record(&state.db, person, "passkey.remove", json!({"name": name})).await?;
        tell(&state.db, &state.tools.mailer, &person.email, &Notice::PasskeyRemoved { name }).await?;
    }
    state.visitors.forget_person(person.id).await;
    Ok(answer::done("/account", "passkey-off").into_response())
}

async fn check(
    state: &AppState,
    signed_in: &SignedIn,
    named: &Named,
) -> Result<Result<String, FieldErrors>, PageError> {
    let mut faults = FieldErrors::default();
    let name = check_passkey_name(&named.passkey_name).map_err(|words| faults.add("passkey_name", words));
    let standing = db::people::second_factor::standing(&state.db, signed_in.person.id).await?;
    if let Err(DataError::Invalid(full)) = passkeys::check_room(standing.passkeys) {
        faults.0.extend(full.0);
    }
    let password = &named.passkey_password;
    if let Err(wrong) = check_password(state, signed_in, "passkey_password", password).await? {
        faults.0.extend(wrong.0);
    }
    Ok(faults.into_result(name.unwrap_or_default()))
}

// What the device made, if it was asked in this session and for this person.
async fn take(
    state: &AppState,
    signed_in: &SignedIn,
    session: &Session,
    made: &Made,
) -> Result<Option<NewPasskey>, PageError> {
    let Some(name) = session.remove::<String>(CEREMONY).await.map_err(session_failed)? else { return Ok(None) };
    let kept = ceremonies::take(&state.db, KIND, &name).await?;
    let waiting = kept.and_then(|kept| serde_json::from_value::<Waiting>(kept).ok());
    let Some(waiting) = waiting.filter(|waiting| waiting.person == signed_in.person.id) else { return Ok(None) };
    let checker = state.passkeys.as_ref().ok_or(PageError::NotFound)?;
    Ok(checker.read_new(waiting.name, &made.credential, waiting.state).ok())
}
