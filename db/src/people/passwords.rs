//! Password hashing: Argon2id with 19 MiB, two passes, one lane (OWASP's first recommendation). It is
//! meant to be expensive, so only a few run at once; the others wait their turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::fields::FieldErrors;
use domain::people::{LONGEST_PASSWORD, check_password};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::leaked::LeakedPasswords;
use super::strength;
use crate::error::DataError;

// For each hash at work, how many whose accounts are being looked up: enough that threads never wait for PostgreSQL.
const ARRIVALS: usize = 2;

/// Hashes and verifies, a bounded number at a time.
#[derive(Clone)]
pub struct Passwords {
    permits: Arc<Semaphore>,
    arrivals: Arc<Semaphore>,
    argon2: Argon2<'static>,
    // Verified for unknown e-mails, so that they take as long as known ones.
    decoy: Arc<str>,
    hashes: Arc<AtomicU64>,
    leaked: Option<LeakedPasswords>,
}

impl Passwords {
    /// At most `at_once` hashes run at the same time: 19 MiB and one core each.
    ///
    /// # Errors
    /// When the hashing parameters are refused, which would be a fault of this program.
    pub fn new(at_once: usize) -> Result<Self, DataError> {
        let params = Params::new(19 * 1024, 2, 1, None).map_err(|e| DataError::Corrupt(e.to_string()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let decoy = hash(&argon2, "nobody has this password")?.into();
        let permits = Arc::new(Semaphore::new(at_once));
        let arrivals = Arc::new(Semaphore::new(at_once * ARRIVALS));
        Ok(Self { permits, arrivals, argon2, decoy, hashes: Arc::default(), leaked: None })
    }

    /// The same, refusing new passwords that stand on `leaked` too.
    #[must_use]
    pub fn with_leaked(self, leaked: Option<LeakedPasswords>) -> Self {
        Self { leaked, ..self }
    }

    /// Notes under `field` why somebody called by `names` may not choose `password`.
    ///
    /// # Errors
    /// When there is a list of leaked passwords and it cannot be read.
    pub async fn check(
        &self,
        errors: &mut FieldErrors,
        field: &str,
        password: &str,
        names: &[&str],
    ) -> Result<(), DataError> {
        let mut strength = strength::measure(password, names);
        if let Some(leaked) = &self.leaked
            && !strength.is_leaked
            && password.len() <= LONGEST_PASSWORD
        {
            let read = leaked.contains(password).await;
            strength.is_leaked = read.map_err(|e| DataError::Corrupt(format!("the breached-password list: {e}")))?;
        }
        if let Err(words) = check_password(password, strength) {
            errors.add(field, words);
        }
        Ok(())
    }

    /// Waits until somebody who signs in may be looked up. A crowd waits here, before it costs anybody else anything: not
    /// only hashes are dear, so are two hundred questions to PostgreSQL in the same instant.
    ///
    /// # Errors
    /// Never while there is a handle.
    pub(super) async fn arrive(&self) -> Result<SemaphorePermit<'_>, DataError> {
        self.arrivals.acquire().await.map_err(|e| DataError::Corrupt(e.to_string()))
    }

    /// The PHC string to keep for `password`.
    ///
    /// # Errors
    /// When the machine has no randomness left.
    pub async fn hash(&self, password: &str) -> Result<String, DataError> {
        let (argon2, password) = (self.argon2.clone(), password.to_owned());
        self.bounded(move || hash(&argon2, &password)).await?
    }

    /// What stands in for the password of an account that does not exist. Whoever guesses what is behind it has found nobody.
    pub(super) fn decoy(&self) -> &str {
        &self.decoy
    }

    /// Whether `password` is the one behind `stored`; always `false`, and as slow, without one.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> bool {
        let argon2 = self.argon2.clone();
        let password = password.to_owned();
        let known = stored.is_some();
        let stored: Arc<str> = stored.map_or_else(|| Arc::clone(&self.decoy), Arc::from);
        let right = self.bounded(move || {
            PasswordHash::new(&stored).is_ok_and(|parsed| argon2.verify_password(password.as_bytes(), &parsed).is_ok())
        });
        right.await.unwrap_or(false) && known
    }

    /// How many hashes were begun: what guessing costs, whoever is guessed at.
    pub fn hashes(&self) -> u64 {
        self.hashes.load(Ordering::Relaxed)
    }

    async fn bounded<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, DataError> {
        let _permit = self.permits.acquire().await.map_err(|e| DataError::Corrupt(e.to_string()))?;
        self.hashes.fetch_add(1, Ordering::Relaxed);
        tokio::task::spawn_blocking(work).await.map_err(|e| DataError::Corrupt(e.to_string()))
    }
}

/// A password that nobody has to remember: 144 random bits.
///
/// # Errors
/// When the machine has no randomness left.
pub fn made() -> Result<String, DataError> {
    let mut bytes = [0_u8; 18];
    getrandom::fill(&mut bytes).map_err(|e| DataError::Corrupt(format!("no randomness: {e}")))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

fn hash(argon2: &Argon2<'_>, password: &str) -> Result<String, DataError> {
    let hashed = argon2.hash_password(password.as_bytes()).map_err(|e| DataError::Corrupt(e.to_string()))?;
    Ok(hashed.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_a_known_account_passes() {
        let passwords = Passwords::new(2).unwrap();
        let stored = passwords.hash("correct horse battery").await.unwrap();
        for hash in [stored.as_str(), passwords.decoy()] {
            // The decoy costs what a real one does.
            assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        }
        assert!(passwords.verify("correct horse battery", Some(&stored)).await);
        assert!(!passwords.verify("correct horse", Some(&stored)).await);
        assert!(!passwords.verify("nobody has this password", None).await);
        assert!(!passwords.verify("x", Some("not a hash")).await);
    }
}
