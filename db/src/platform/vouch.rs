//! Vouching for addresses.

use domain::ids::UserId;
use serde_json::json;

use super::Platform;
use crate::audit::{self, Attempt};
use crate::error::DataError;

impl Platform {
    /// Notes that the address of `person` is theirs: whoever runs the installation knows that. From then on their password
    /// opens every tenant that gave them a role. Recorded with the installation and in each of those.
    ///
    /// # Errors
    /// [`DataError::NotFound`] for nobody; [`DataError::Refused`] when it is proven already.
    pub async fn vouch(&self, person: UserId) -> Result<(), DataError> {
        let known = crate::people::person(&self.db, person).await?.ok_or(DataError::NotFound("person"))?;
        if known.is_proven {
            return Err(DataError::Refused("This email is already confirmed.".to_owned()));
        }
        crate::people::prove(&self.db, person).await?;
        let (actor, action, subject) = (self.actor, "email.vouch", known.email);
        let attempt =
            Attempt { actor, action, subject, details: json!({"person": person}), origin: self.origin.clone() };
        audit::of_person(&self.db, Some(person), &attempt).await
    }
}
