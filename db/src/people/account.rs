//! What people change about their own account.

use domain::fields::FieldErrors;
use domain::ids::UserId;
use domain::people::{LONGEST_PASSWORD, email_key};
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, Set, UpdateMany};

use super::links::{self, Link, Purpose};
use super::passwords::Passwords;
use super::{Person, email_taken, person};
use crate::connect::Db;
use crate::entities::enums::LinkPurpose;
use crate::entities::{SharedQueries, user};
use crate::error::DataError;
use crate::platform::Platform;

/// Whether `password` is that of `person`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn knows_password(db: &Db, passwords: &Passwords, person: UserId, password: &str) -> Result<bool, DataError> {
    let user = db.find_shared::<user::Entity>().filter(user::Column::Id.eq(person.0)).select_only();
    let stored: Option<String> = user.column(user::Column::PasswordHash).into_tuple().one(&db.conn).await?;
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
    update(&tx, person.id, user::ActiveModel { password_hash: Set(hash), ..Default::default() })
        .exec(tx.conn())
        .await?;
    // A link to choose yet another one may be in the hands of whoever made this change necessary.
    links::forget(&tx, person.id, LinkPurpose::Password).await?;
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
    let proven = Func::coalesce([user::Column::EmailProvenAt.into_expr(), Expr::val(db.clock().now())]);
    let row = user::ActiveModel { password_hash: Set(hash), ..Default::default() };
    update(&tx, id, row).col_expr(user::Column::EmailProvenAt, proven.into()).exec(tx.conn()).await?;
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
    let row = user::ActiveModel {
        email_key: Set(email_key(&email)),
        email: Set(email),
        email_proven_at: Set(Some(db.clock().now())),
        ..Default::default()
    };
    let changed = update(&tx, id, row).exec(tx.conn()).await;
    changed.map_err(DataError::from).map_err(email_taken)?;
    // Sent to the former address.
    links::forget(&tx, id, LinkPurpose::Password).await?;
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
    update(db, person, user::ActiveModel { name: Set(name), ..Default::default() }).exec(&db.conn).await?;
    Ok(())
}

fn update(handle: &impl SharedQueries, id: UserId, row: user::ActiveModel) -> UpdateMany<user::Entity> {
    handle.update_shared::<user::Entity>().set(row).filter(user::Column::Id.eq(id.0))
}
