//! Making a tenant, perhaps with its first owner, all or nothing.

use domain::email;
use domain::fields::FieldErrors;
use domain::ids::{TenantId, UserId};
use domain::people::email_key;
use domain::slug;
use domain::text_key::sought;
use serde_json::json;

use super::Platform;
use super::tiers::Tier;
use crate::audit;
use crate::error::DataError;
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
        let sql = "insert into tenants (id, slug, name, name_key, tier_id, created_at) select $1, $2, $3, $6, i.id, $4 from tiers i where i.slug = $5";
        let name = new.name.trim();
        let values = [new.slug.into(), name.into(), tx.scope().now().into(), new.tier.into(), sought(name).into()];
        tx.run(sql, values).await.map_err(slug_taken)?;
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

// Whether the account was made.
async fn give_owner(tx: &Tx, email: &str, hash: &str) -> Result<bool, DataError> {
    let id: UserId = tx.scope().clock().id();
    let now = tx.scope().now();
    let key = email_key(email);
    // An administrator makes it, and stands for its address; for that of an account that is there already, nobody does yet.
    let sql = "insert into users (id, email, password_hash, created_at, email_key, email_proven_at) \
               select $2, $3, $4, $5, $6, $5 where $1::uuid is not null on conflict (email_key) do nothing";
    let made = tx.run(sql, [id.0.into(), email.into(), hash.into(), now.into(), key.as_str().into()]).await? > 0;
    let sql = "insert into memberships (tenant_id, user_id, role, created_at, is_vouched) \
               select $1, u.id, 'owner', $3, u.email_proven_at is not null from users u where u.email_key = $2 returning user_id";
    let person: Option<uuid::Uuid> = tx.scalar(sql, [key.into(), now.into()]).await?;
    let person = person.ok_or_else(|| DataError::Corrupt("the first owner has no account".into()))?;
    audit::note(tx, "member.role", &person.to_string(), json!({"role": "owner"})).await?;
    Ok(made)
}

fn slug_taken(error: DataError) -> DataError {
    match error.constraint() {
        Some("tenants_slug_key") => FieldErrors::one("slug", "Another tenant uses this slug. Choose another.").into(),
        _ => error,
    }
}
