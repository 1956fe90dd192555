//! `stoa user`.

use std::io::{self, IsTerminal, Read};

use clap::Subcommand;
use db::platform::Platform;
use db::{Access, Db, people};
use domain::ids::UserId;
use domain::permission::Role;
use serde_json::json;

use super::arguments::{role, words};
use super::connect;
use super::failure::Failure;
use super::output::Output;
use crate::config::Config;

/// Manage users.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create a user. The password is read from standard input. From a terminal, or if there is none, one is created
    /// and printed once.
    Create {
        /// The email of the user.
        #[arg(long, value_parser = words)]
        email: String,
        /// Assign a role in this tenant.
        #[arg(long, requires = "role")]
        tenant: Option<String>,
        /// The role: owner, manager, staff or viewer.
        #[arg(long, requires = "tenant", value_parser = role)]
        role: Option<Role>,
        /// Make the user a platform admin.
        #[arg(long)]
        platform_admin: bool,
        /// Assign a role to an existing user. The password does not change.
        #[arg(long, requires = "role", conflicts_with = "platform_admin")]
        existing: bool,
    },
}

impl Command {
    pub async fn run(self, config: &Config, out: Output) -> Result<(), Failure> {
        let Self::Create { email, tenant, role, platform_admin, existing } = self;
        let db = connect::database(config).await?;
        // Before anything is made: a mistyped tenant must not leave an account behind.
        let place = match (&tenant, role) {
            (Some(slug), Some(role)) => Some((connect::tenant(&db, slug).await?, role)),
            _ => None,
        };
        if existing {
            return give_role(&db, &email, place, out).await;
        }
        if people::find(&db, &email).await?.is_some() {
            let hint = "to give it a role in another tenant, add --existing";
            return Err(Failure::failed(format!("{email} already has an account; {hint}")));
        }
        let (password, made) = match read_password()? {
            Some(password) => (password, false),
            None => (people::passwords::made()?, true),
        };
        let id = people::create(&db, &connect::passwords(config)?, &email, &password, platform_admin).await?;
        let about = json!({"platform_admin": platform_admin});
        Platform::command(db.clone()).record("person.create", &email, about).await?;
        set_role(id, place).await?;
        let mut json = json!({"id": id, "email": email, "tenant": tenant, "role": role.map(Role::as_str), "platform_admin": platform_admin});
        if made {
            json["password"] = password.as_str().into();
            out.essence(&json, &format!("account {email} created; its password, shown only once:"), &password);
        } else {
            out.result(&json, &format!("account {email} created"));
        }
        Ok(())
    }
}

async fn give_role(db: &Db, email: &str, place: Option<(Access, Role)>, out: Output) -> Result<(), Failure> {
    let found = people::find(db, email).await?;
    let id =
        found.ok_or_else(|| Failure::failed(format!("{email} has no account; to create it, remove --existing")))?;
    let role = place.as_ref().map(|(_, role)| role.as_str());
    set_role(id, place).await?;
    let is_proven = people::person(db, id).await?.is_some_and(|person| person.is_proven);
    let hint = "; its email is not confirmed, so the role has no effect until it is";
    let text = format!("role assigned to {email}{}", if is_proven { "" } else { hint });
    out.result(&json!({"id": id, "email": email, "role": role, "confirmed": is_proven}), &text);
    Ok(())
}

async fn set_role(id: UserId, place: Option<(Access, Role)>) -> Result<(), Failure> {
    match place {
        Some((access, role)) => Ok(people::set_role(&access, id, role).await?),
        None => Ok(()),
    }
}

fn read_password() -> Result<Option<String>, Failure> {
    let mut stdin = io::stdin().lock();
    if stdin.is_terminal() {
        return Ok(None);
    }
    let mut text = String::new();
    stdin.read_to_string(&mut text).map_err(|e| Failure::failed(format!("cannot read the password: {e}")))?;
    let password = text.trim_end_matches(['\r', '\n']);
    Ok((!password.is_empty()).then(|| password.to_owned()))
}
