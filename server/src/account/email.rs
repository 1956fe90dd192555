//! Another address: it changes once a link is opened that was sent there.

use app::pages::account::Typed;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use db::people::links::{self, Purpose};
use db::people::{self, account};
use domain::email;
use domain::fields::FieldErrors;
use domain::people::email_key;
use jobs::people::{Notice, confirm_email, notice};
use serde::Deserialize;
use serde_json::json;

use super::password::count_attempt;
use super::show::again;
use crate::auth::SignedIn;
use crate::auth::record::record;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::visit::Visit;
use crate::state::AppState;

/// The form.
#[derive(Debug, Deserialize)]
pub struct Entered {
    #[serde(default)]
    email: String,
    #[serde(default)]
    email_password: String,
}

/// Sends the link, and a notice to the present address.
///
/// # Errors
/// When nobody is signed in, or PostgreSQL fails.
pub async fn change(
    State(state): State<AppState>,
    signed_in: SignedIn,
    visit: Visit,
    Form(entered): Form<Entered>,
) -> Result<Response, PageError> {
    match check(&state, &signed_in, &entered).await? {
        Ok(email) => {
            send(&state, &signed_in, email.clone()).await?;
            record(&state.db, &signed_in.person, "email.ask", json!({"to": email})).await?;
            Ok(answer::done("/account", "email").into_response())
        }
        Err(faults) => {
            let typed = Typed { email: entered.email, ..Typed::default() };
            again(&state, &signed_in, visit, typed, faults).await
        }
    }
}

async fn check(
    state: &AppState,
    signed_in: &SignedIn,
    entered: &Entered,
) -> Result<Result<String, FieldErrors>, PageError> {
    let mut faults = FieldErrors::default();
    let email = email::check(&entered.email).map_err(|words| faults.add("email", words)).unwrap_or_default();
    let person = &signed_in.person;
    // Theirs may be confirmed in the same way, where nobody has done so yet.
    let is_theirs = email_key(&email) == email_key(&person.email);
    faults.add_if(is_theirs && person.is_proven, "email", "This is already your email.");
    match count_attempt(state, signed_in).await {
        Err(too_many) => faults.0.extend(too_many.as_fault_of("email_password").0),
        Ok(attempt) => {
            let (db, passwords, person) = (&state.db, &state.passwords, signed_in.person.id);
            if account::knows_password(db, passwords, person, &entered.email_password).await? {
                attempt.succeeded().await;
            } else {
                faults.add("email_password", "Incorrect password.");
            }
        }
    }
    Ok(faults.into_result(email))
}

// Nobody learns here whose addresses have accounts: one that has gets no letter, and the answer is the same.
async fn send(state: &AppState, signed_in: &SignedIn, email: String) -> Result<(), PageError> {
    let (mailer, clock, person) = (&state.tools.mailer, state.db.clock(), &signed_in.person);
    let is_taken = people::find(&state.db, &email).await?.is_some_and(|id| id != person.id);
    let purpose = Purpose::Email(email.clone());
    let letters = |secret: &str| {
        let news = Notice::EmailChanging { to: email.clone() };
        let told = notice(mailer, clock.id(), &person.email, &news, clock.now());
        let asked = (!is_taken).then(|| confirm_email(mailer, clock.id(), &email, secret));
        asked.into_iter().chain([told]).collect()
    };
    Ok(links::send(&state.db, person.id, &purpose, letters).await?)
}
