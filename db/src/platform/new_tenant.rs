//! Making a tenant, perhaps with its first owner, all or nothing.

use domain::email;
use domain::fields::FieldErrors;
use domain::ids::{TenantId, UserId};
use domain::people::email_key;
use domain::permission::Role;
use domain::slug;
use domain::text_key::sought;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, Set, TryInsertResult};
use serde_json::json;
use uuid::Uuid;

use super::Platform;
use super::tiers::Tier;
use crate::audit;
use crate::entities::{SharedQueries, tenant, tier, user};
use crate::error::DataError;
use crate::people;
use crate::people::passwords::Passwords;
use crate::scope::Tx;

/// Longest name, and longest reason.
const NAME: usize = 120;
const REASON: usize = 500;

/// A tenant to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewTenant<'a> {
    /// Its name in addresses; never changed later.
    pub slug: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The slug of its tier.
    pub tier: &'a str,
}

/// Its first owner.
#[derive(Clone, Copy)]
pub struct FirstOwner<'a> {
    /// Who.
    pub email: &'a str,
    /// The password of the account, if it has to be made.
    pub password: &'a str,
    /// Hashes it.
    pub passwords: &'a Passwords,
}

/// What was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MadeTenant {
    /// The tenant.
    pub id: TenantId,
    /// Whether an account was made for the owner; otherwise they had one.
    pub made_account: bool,
}

impl Platform {
    /// Makes a tenant on the tier called `tier`.
    ///
    /// # Errors
    /// When the slug is bad or taken, the name empty, or there is no such tier.
    pub async fn create_tenant(&self, slug: &str, name: &str, tier: &str) -> Result<TenantId, DataError> {
        Ok(self.create_tenant_with(NewTenant { slug, name, tier }, None).await?.id)
    }

    /// Makes a tenant with its first owner, whose account is made unless there is one.
    ///
    /// # Errors
    /// All faults of its fields, by name: `slug`, `name`, `tier`, `email`, `password`.
    pub async fn create_tenant_with(
        &self,
        new: NewTenant<'_>,
        owner: Option<FirstOwner<'_>>,
    ) -> Result<MadeTenant, DataError> {
        let mut errors = FieldErrors::default();
        if let Err(message) = slug::check(new.slug) {
            errors.add("slug", message);
        }
        errors.0.extend(check_name(new.name).err().unwrap_or_default().0);
        let tier = self.tier(new.tier).await;
        errors.0.extend(check_tier(&tier, new.tier).err().unwrap_or_default().0);
        if let Some(owner) = &owner
            && let Err(words) = email::check(owner.email)
        {
            errors.add("email", words);
        }
        errors.into_result(())?;
        let id: TenantId = self.db().clock().id();
        // Hashed before anything is locked: it takes its time.
        let hash = match &owner {
            Some(owner) => Some((owner.email.trim(), owner.passwords.hash(owner.password).await?)),
            None => None,
        };
        let tx = self.inside(id)?.begin().await?;
        let name = new.name.trim();
        let row = tenant::ActiveModel {
            id: Set(id.0),
            slug: Set(new.slug.to_owned()),
            name: Set(name.to_owned()),
            name_key: Set(sought(name)),
            tier_id: Set(tier_id(&tx, new.tier).await?),
            created_at: Set(tx.scope().now()),
            ..Default::default()
        };
        let insert = tx.insert_shared(row).exec_without_returning(tx.conn()).await;
        insert.map_err(DataError::from).map_err(slug_taken)?;
        audit::note(&tx, "tenant.create", new.slug, json!({"name": name, "tier": new.tier})).await?;
        let made_account = match hash {
            Some((email, hash)) => give_owner(&tx, email, &hash).await?,
            None => false,
        };
        tx.commit().await?;
        Ok(MadeTenant { id, made_account })
    }
}

pub(super) fn check_name(name: &str) -> Result<(), FieldErrors> {
    let (name, mut errors) = (name.trim(), FieldErrors::default());
    errors.add_if(name.is_empty(), "name", "Enter a name.");
    errors.add_if(name.chars().count() > NAME, "name", format!("Use at most {NAME} characters."));
    errors.add_if(name.chars().any(char::is_control), "name", "Remove control characters.");
    errors.into_result(())
}

pub(super) fn check_tier(found: &Result<Tier, DataError>, slug: &str) -> Result<(), FieldErrors> {
    match found {
        Ok(tier) if tier.retired_at.is_none() => Ok(()),
        Ok(_) => Err(FieldErrors::one("tier", "This tier is retired. Choose another.")),
        Err(_) => Err(FieldErrors::one("tier", format!("There is no tier '{slug}'."))),
    }
}

pub(super) fn checked_reason(reason: &str) -> Result<&str, FieldErrors> {
    let (reason, mut errors) = (reason.trim(), FieldErrors::default());
    errors.add_if(reason.is_empty(), "reason", "Enter a reason.");
    errors.add_if(reason.chars().count() > REASON, "reason", format!("Use at most {REASON} characters."));
    errors.add_if(reason.contains('\0'), "reason", "Remove control characters.");
    errors.into_result(reason)
}

/// The id of the tier called `slug`.
///
/// # Errors
/// [`DataError::NotFound`] when there is none.
pub(super) async fn tier_id(tx: &Tx, slug: &str) -> Result<Uuid, DataError> {
    let tier = tx.find_shared::<tier::Entity>().filter(tier::Column::Slug.eq(slug)).select_only();
    tier.column(tier::Column::Id).into_tuple().one(tx.conn()).await?.ok_or(DataError::NotFound("tier"))
}

// Whether the account was made.
async fn give_owner(tx: &Tx, email: &str, hash: &str) -> Result<bool, DataError> {
    let id: UserId = tx.scope().clock().id();
    let now = tx.scope().now();
    // An administrator makes it, and stands for its address; for that of an account that is there already, nobody does yet.
    let row = user::ActiveModel {
        id: Set(id.0),
        email: Set(email.to_owned()),
        email_key: Set(email_key(email)),
        email_proven_at: Set(Some(now)),
        password_hash: Set(hash.to_owned()),
        created_at: Set(now),
        ..Default::default()
    };
    let made = tx.insert_shared(row).on_conflict_do_nothing_on([user::Column::EmailKey]);
    let made = matches!(made.exec_without_returning(tx.conn()).await?, TryInsertResult::Inserted(1));
    let account = tx.find_shared::<user::Entity>().filter(user::Column::EmailKey.eq(email_key(email))).select_only();
    let person: Option<Uuid> = account.column(user::Column::Id).into_tuple().one(tx.conn()).await?;
    let person = person.ok_or_else(|| DataError::Corrupt("the first owner has no account".into()))?;
    people::join(tx, person.into(), Role::Owner).await?;
    audit::note(tx, "member.role", &person.to_string(), json!({"role": "owner"})).await?;
    Ok(made)
}

fn slug_taken(error: DataError) -> DataError {
    match error.constraint() {
        Some("tenants_slug_key") => FieldErrors::one("slug", "Another tenant uses this slug. Choose another.").into(),
        _ => error,
    }
}
