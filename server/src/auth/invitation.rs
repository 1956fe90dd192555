//! Accepting an invitation: as somebody who has an account, or by making one.

use app::pages::entry::{InvitationPage, Standing, invitation as view, over};
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use db::people::{self, Address, account};
use db::team::{self, Invited, LinkDelivery};
use db::{DataError, Db, people::Person};
use domain::fields::FieldErrors;
use domain::people::email_key;
use http::StatusCode;
use http::request::Parts;
use serde::Deserialize;
use serde_json::json;
use tower_sessions::Session;

use super::SignedIn;
use super::begin::{How, begin};
use super::record::record;
use crate::error::PageError;
use crate::middleware::current;
use crate::pages::answer;
use crate::state::AppState;

const OVER: &str = "It was accepted, withdrawn or replaced, or is older than a week. Ask for a new invitation.";

/// The form of whoever has no account.
#[derive(Debug, Default, Deserialize)]
pub struct Entered {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
}

/// `GET /invitation/{secret}`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn show(
    State(db): State<Db>,
    signed_in: Option<SignedIn>,
    Path(secret): Path<String>,
) -> Result<Response, PageError> {
    let Some(invited) = team::find(&db, &secret).await? else { return Ok(gone().await) };
    Ok(answer::ok(page_of(invited, secret, signed_in.as_ref()), view).await)
}

/// `POST /invitation/{secret}`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn submit(
    State(state): State<AppState>,
    signed_in: Option<SignedIn>,
    session: Session,
    parts: Parts,
    Path(secret): Path<String>,
    Form(entered): Form<Entered>,
) -> Result<Response, PageError> {
    let Some(invited) = team::find(&state.db, &secret).await? else { return Ok(gone().await) };
    let mut again = page_of(invited.clone(), secret.clone(), signed_in.as_ref());
    if let Some(signed_in) = &signed_in {
        // Whoever impersonates a member joins nothing in their name, nor does whom another tenant's provider vouches
        // for.
        if signed_in.impersonator.is_some() || signed_in.only.is_some() {
            return Err(PageError::Forbidden);
        }
        return join(&state, again, &signed_in.person).await;
    }
    if invited.has_account {
        return Ok(answer::ok(again, view).await);
    }
    let person = match make_account(&state, &invited, &entered).await {
        Ok(person) => {
            record(&state.db, &person, "account.create", json!({})).await?;
            person
        }
        Err(DataError::Invalid(faults)) => {
            again.faults = faults;
            again.name = entered.name;
            return Ok(answer::faulty(again, view).await);
        }
        Err(other) => return Err(other.into()),
    };
    let answer = join(&state, again, &person).await?;
    begin(&state, &session, &parts, &person, How::Invitation).await?;
    Ok(answer)
}

async fn join(state: &AppState, mut again: InvitationPage, person: &Person) -> Result<Response, PageError> {
    match team::accept(&state.db, &again.secret, person, current::origin()).await {
        Ok(invited) => {
            state.visitors.forget_person(person.id).await;
            tracing::info!(person = %person.id, tenant = %invited.tenant, "joined");
            Ok(Redirect::to(&format!("/t/{}", invited.slug)).into_response())
        }
        Err(DataError::NotFound(_)) => Ok(gone().await),
        Err(DataError::Refused(words)) => {
            again.refused = Some(words);
            Ok(answer::with(StatusCode::CONFLICT, again, view).await)
        }
        Err(other) => Err(other.into()),
    }
}

// A link that came by mail alone shows that the address is theirs.
async fn make_account(state: &AppState, invited: &Invited, entered: &Entered) -> Result<Person, DataError> {
    if entered.name.trim().chars().count() > 80 {
        return Err(FieldErrors::one("name", "Use at most 80 characters.").into());
    }
    let address = match invited.delivery {
        LinkDelivery::Mailed => Address::Proven,
        LinkDelivery::Shown => Address::Unproven,
    };
    let id = people::create_invited(&state.db, &state.passwords, &invited.email, &entered.password, address).await?;
    account::rename(&state.db, id, &entered.name).await?;
    people::person(&state.db, id).await?.ok_or(DataError::NotFound("person"))
}

fn page_of(invited: Invited, secret: String, signed_in: Option<&SignedIn>) -> InvitationPage {
    let standing = match signed_in {
        Some(s) if email_key(&s.person.email) == email_key(&invited.email) => Standing::Invited,
        Some(s) => Standing::Other(s.person.email.clone()),
        None if invited.has_account => Standing::HasAccount,
        None => Standing::New,
    };
    let (name, faults, refused, theme) = (String::new(), FieldErrors::default(), None, current::theme());
    InvitationPage { invited, secret, standing, name, faults, refused, theme }
}

async fn gone() -> Response {
    answer::with(StatusCode::GONE, current::theme(), |theme| over(OVER, *theme)).await
}
