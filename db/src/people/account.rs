//! What people change about their own account.

use domain::fields::FieldErrors;
use domain::ids::UserId;
use domain::people::{LONGEST_PASSWORD, email_key};

use super::links::{self, Link, Purpose};
use super::passwords::Passwords;
use super::{Person, email_taken, person};
use crate::connect::Db;
use crate::error::DataError;
use crate::platform::Platform;

/// Whether `password` is that of `person`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn knows_password(db: &Db, passwords: &Passwords, person: UserId, password: &str) -> Result<bool, DataError> {
    let sql = "select password_hash from users where id = $1";
    let stored: Option<String> = sqlx::query_scalar(sql).bind(person.0).fetch_optional(&db.pool).await?;
    // Nobody has a longer one, and hashing a book takes long.
    Ok(password.len() <= LONGEST_PASSWORD && passwords.verify(password, stored.as_deref()).await)
}

/// Changes the password of `person`, who must know the present one.
///
/// # Errors
/// What is wrong with `current` or `new`.
pub async fn change_password(
    db: &Db,
    passwords: &Passwords,
    person: &Person,
    current: &str,
    new: &str,
) -> Result<(), DataError> {
    let mut errors = FieldErrors::default();
    let knows = knows_password(db, passwords, person.id, current).await?;
    errors.add_if(!knows, "current", "Incorrect password.");
    passwords.check(&mut errors, "password", new, &[&person.email, &person.name]).await?;
    errors.add_if(knows && current == new, "password", "Choose a password that differs from the current one.");
    errors.into_result(())?;
    let hash = passwords.hash(new).await?;
    let tx = Platform::command(db.clone()).begin().await?;
    tx.run(SET_PASSWORD, [person.id.0.into(), hash.into()]).await?;
    // A link to choose yet another one may be in the hands of whoever made this change necessary.
    links::forget(&tx, person.id, "password").await?;
    tx.commit().await
}

/// Gives whoever `link` is for another password, and uses the link up; who it was.
///
/// # Errors
/// [`DataError::NotFound`] when the link opens nothing any more; what is wrong with the password.
pub async fn reset_password(db: &Db, passwords: &Passwords, link: &str, new: &str) -> Result<Person, DataError> {
    let gone = || DataError::NotFound("link");
    let Some(Link { person: id, purpose: Purpose::Password }) = links::look(db, link).await? else {
        return Err(gone());
    };
    let person = person(db, id).await?.ok_or_else(gone)?;
    let mut errors = FieldErrors::default();
    passwords.check(&mut errors, "password", new, &[&person.email, &person.name]).await?;
    errors.into_result(())?;
    let hash = passwords.hash(new).await?;
    let tx = Platform::command(db.clone()).begin().await?;
    links::take(&tx, link).await?.ok_or_else(gone)?;
    // The link went to the address, and they have it.
    let sql = "update users set password_hash = $2, email_proven_at = coalesce(email_proven_at, $3) where id = $1";
    tx.run(sql, [id.0.into(), hash.into(), db.clock().now().into()]).await?;
    tx.commit().await?;
    Ok(Person { is_proven: true, ..person })
}

/// Gives whoever `link` is for the address that it confirms, and uses the link up; who it was, and the former address.
///
/// # Errors
/// [`DataError::NotFound`] when the link opens nothing any more; when the address has an account meanwhile.
pub async fn confirm_email(db: &Db, link: &str) -> Result<(Person, String), DataError> {
    let gone = || DataError::NotFound("link");
    let tx = Platform::command(db.clone()).begin().await?;
    let Some(Link { person: id, purpose: Purpose::Email(email) }) = links::take(&tx, link).await? else {
        return Err(gone());
    };
    let former = person(db, id).await?.ok_or_else(gone)?.email;
    let sql = "update users set email = $2, email_key = $3, email_proven_at = $4 where id = $1";
    let key = email_key(&email);
    let changed = tx.run(sql, [id.0.into(), email.into(), key.into(), db.clock().now().into()]).await;
    changed.map_err(email_taken)?;
    // Sent to the former address.
    links::forget(&tx, id, "password").await?;
    tx.commit().await?;
    let person = person(db, id).await?.ok_or_else(gone)?;
    Ok((person, former))
}

/// Changes what `person` is called.
///
/// # Errors
/// When the name is too long.
pub async fn rename(db: &Db, person: UserId, name: &str) -> Result<(), DataError> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.chars().count() > 80 || name.chars().any(char::is_control) {
        return Err(FieldErrors::one("name", "Use at most 80 characters.").into());
    }
    sqlx::query("update users set name = $2 where id = $1").bind(person.0).bind(name).execute(&db.pool).await?;
    Ok(())
}

const SET_PASSWORD: &str = "update users set password_hash = $2 where id = $1";
