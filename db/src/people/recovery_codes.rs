//! Recovery codes: what opens an account in the place of a lost device, each once. Only their hashes are stored.

use domain::ids::UserId;
use sea_orm::sea_query::{Expr, ExprTrait, Func, SimpleExpr};
use sea_orm::{ColumnTrait, QueryFilter, Set};
use sha2::{Digest, Sha256};

use crate::connect::Db;
use crate::entities::{SharedQueries, recovery_code};
use crate::error::DataError;
use crate::transaction::{Setting, Transaction};

/// How many recovery codes somebody gets.
pub const RECOVERY_CODES: usize = 10;

/// New recovery codes of `person` in place of all others; they can be read only now.
///
/// # Errors
/// When PostgreSQL fails or the machine has no randomness left.
pub async fn renew(db: &Db, person: UserId) -> Result<Vec<String>, DataError> {
    let codes = (0..RECOVERY_CODES).map(|_| recovery_code()).collect::<Result<Vec<_>, _>>()?;
    let tx = db.begin(Setting::Person(person)).await?;
    let former = recovery_code::Column::UserId.eq(person.0);
    tx.delete_shared::<recovery_code::Entity>().filter(former).exec(&tx).await?;
    let row = |code: &String| recovery_code::ActiveModel {
        user_id: Set(person.0),
        code_hash: Set(hash(code)),
        used_at: Set(None),
    };
    tx.insert_many_shared(codes.iter().map(row)).exec_without_returning(&tx).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Uses up the recovery code `code` of `person`; whether it was one that was not used before.
pub(super) async fn use_up(db: &Db, person: UserId, code: &str) -> Result<bool, DataError> {
    let used = recovery_code::ActiveModel { used_at: Set(Some(db.clock().now())), ..Default::default() };
    let unused = db
        .update_shared::<recovery_code::Entity>()
        .set(used)
        .filter(recovery_code::Column::UserId.eq(person.0))
        .filter(recovery_code::Column::CodeHash.eq(hash(code)))
        .filter(recovery_code::Column::UsedAt.is_null());
    Ok(unused.exec(&db.conn).await?.rows_affected > 0)
}

/// Removes recovery codes that stand in for nothing any more.
pub(super) async fn drop_needless(tx: &Transaction, person: UserId) -> Result<(), DataError> {
    let has_factor = SimpleExpr::from(Func::cust("stoa_has_second_factor").arg(Expr::val(person.0)));
    let codes = tx.delete_shared::<recovery_code::Entity>().filter(recovery_code::Column::UserId.eq(person.0));
    codes.filter(has_factor.not()).exec(tx).await?;
    Ok(())
}

// 80 random bits in four groups: too many to guess, so the hash needs no salt.
fn recovery_code() -> Result<String, DataError> {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|e| DataError::Corrupt(e.to_string()))?;
    let letters: String = bytes.iter().map(|b| char::from(LETTERS[usize::from(b % 32)])).collect();
    Ok([&letters[..4], &letters[4..8], &letters[8..12], &letters[12..]].join("-"))
}

fn hash(code: &str) -> Vec<u8> {
    let letters: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    Sha256::digest(letters.to_lowercase()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recovery_codes_are_read_however_they_are_typed() {
        let code = recovery_code().unwrap();
        assert_eq!((code.len(), code.matches('-').count()), (19, 3), "{code}");
        assert_eq!(hash(&code), hash(&code.replace('-', " ").to_uppercase()));
        assert_ne!(code, recovery_code().unwrap());
    }
}
