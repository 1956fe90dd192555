//! As whom somebody comes for whom a tenant's provider vouches. It vouches for people of that tenant and nobody else: a
//! link is the tenant's own, and is made only for its members and for those whom it has invited.

use domain::ids::UserId;
use domain::permission::Permission;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, QueryFilter, SelectExt, Set};
use serde_json::json;

use super::Provider;
use crate::audit::{self, Attempt};
use crate::connect::Db;
use crate::entities::{TenantQueries, linked_identity, membership};
use crate::error::DataError;
use crate::people::passwords::Passwords;
use crate::people::{self, Person};
use crate::scope::{Access, Actor, Origin, Tx};
use crate::team;

/// Why nobody comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoEntry {
    /// They are no member, and nobody has invited them.
    NoMember,
    /// The address is that of a member who comes as somebody else.
    OtherIdentity,
    /// There is an account with this address, of which nobody knows whether it is theirs.
    Unproven,
    /// They are invited, but the tier allows no more members.
    AtLimit(String),
}

/// The member of the provider's tenant whom it calls `subject`. The first time, it is the one with this address.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn enter(
    db: &Db,
    passwords: &Passwords,
    provider: &Provider,
    subject: &str,
    email: &str,
    origin: &Origin,
) -> Result<Result<Person, NoEntry>, DataError> {
    if let Some(known) = linked(db, provider, subject).await? {
        let person = if is_member(db, provider, known).await? { people::person(db, known).await? } else { None };
        return Ok(person.ok_or(NoEntry::NoMember));
    }
    let Some((person, is_new)) = by_address(db, passwords, provider, email, origin).await? else {
        return Ok(Err(NoEntry::NoMember));
    };
    // Whoever made that account with a link that was shown to them may know its password, and would come in with it.
    if !is_new && !person.is_proven {
        return Ok(Err(NoEntry::Unproven));
    }
    if !is_member(db, provider, person.id).await? {
        match team::accept_by_address(db, provider.tenant, &person, origin.clone()).await {
            Ok(true) => {}
            Ok(false) => return Ok(Err(NoEntry::NoMember)),
            Err(DataError::AtLimit(reached)) => return Ok(Err(NoEntry::AtLimit(reached.to_string()))),
            Err(other) => return Err(other),
        }
    }
    Ok(if link(db, provider, subject, person.id, origin).await? { Ok(person) } else { Err(NoEntry::OtherIdentity) })
}

// Who has this address, and whether the account was made now. Nobody gets an account whom nobody has invited.
async fn by_address(
    db: &Db,
    passwords: &Passwords,
    provider: &Provider,
    email: &str,
    origin: &Origin,
) -> Result<Option<(Person, bool)>, DataError> {
    let (id, is_new) = match people::find(db, email).await? {
        Some(id) => (id, false),
        None if team::is_invited(db, provider.tenant, email).await? => {
            let id = people::create_without_password(db, passwords, email).await?;
            let (actor, details) = (Actor::User(id), json!({"by": "single sign-on"}));
            let subject = email.to_owned();
            let made = Attempt { actor, action: "account.create", subject, details, origin: origin.clone() };
            audit::in_tenants(db, &[provider.tenant], &made).await?;
            (id, true)
        }
        None => return Ok(None),
    };
    Ok(people::person(db, id).await?.map(|person| (person, is_new)))
}

async fn linked(db: &Db, provider: &Provider, subject: &str) -> Result<Option<UserId>, DataError> {
    let tx = begin(db, provider).await?;
    let link = tx
        .find::<linked_identity::Entity>()
        .filter(linked_identity::Column::Issuer.eq(provider.issuer.as_str()))
        .filter(linked_identity::Column::Subject.eq(subject));
    let found = link.one(tx.conn()).await?;
    tx.end();
    Ok(found.map(|link| UserId(link.user_id)))
}

async fn is_member(db: &Db, provider: &Provider, person: UserId) -> Result<bool, DataError> {
    let tx = begin(db, provider).await?;
    let member = tx.find::<membership::Entity>().filter(membership::Column::UserId.eq(person.0));
    let found = member.exists(tx.conn()).await?;
    tx.end();
    Ok(found)
}

// False when the person or the subject has another link.
async fn link(db: &Db, provider: &Provider, subject: &str, person: UserId, origin: &Origin) -> Result<bool, DataError> {
    let access = Access::acting(db.clone(), provider.tenant, Actor::User(person)).with_origin(origin.clone());
    let tx = access.scope(Permission::ManagePeople)?.begin().await?;
    let row = linked_identity::ActiveModel {
        issuer: Set(provider.issuer.clone()),
        subject: Set(subject.to_owned()),
        user_id: Set(person.0),
        created_at: Set(db.clock().now()),
        ..Default::default()
    };
    let any = OnConflict::new().do_nothing().to_owned();
    let done = tx.insert(row).on_conflict(any).exec_without_returning(tx.conn()).await?;
    if done > 0 {
        let details = json!({"issuer": provider.issuer, "subject": subject});
        audit::note(&tx, "identity.link", &person.to_string(), details).await?;
    }
    tx.commit().await?;
    Ok(done > 0)
}

async fn begin(db: &Db, provider: &Provider) -> Result<Tx, DataError> {
    let access = Access::acting(db.clone(), provider.tenant, Actor::Job);
    access.scope(Permission::ManagePeople)?.begin().await
}
