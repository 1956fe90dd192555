//! Secrets that are handed out once and name their tenant, so that they are looked up behind that tenant's wall like
//! everything else: 40 bytes in URL-safe base64, the tenant's id and 192 random bits. Only a hash of those is kept; they
//! are random enough to need no salt.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::TenantId;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::error::DataError;

const SECRET_BYTES: usize = 24;

/// A new secret of `tenant`: its text, and the hash to keep.
///
/// # Errors
/// When the machine has no randomness left.
pub(crate) fn make(tenant: TenantId) -> Result<(String, Vec<u8>), DataError> {
    let mut secret = [0_u8; SECRET_BYTES];
    getrandom::fill(&mut secret).map_err(|e| DataError::Corrupt(e.to_string()))?;
    let bytes = [tenant.0.as_bytes().as_slice(), &secret].concat();
    Ok((URL_SAFE_NO_PAD.encode(bytes), Sha256::digest(secret).to_vec()))
}

/// The tenant that `text` names, and the hash of its secret; none when it cannot be one of ours.
pub(crate) fn parse(text: &str) -> Option<(TenantId, Vec<u8>)> {
    let bytes: [u8; 16 + SECRET_BYTES] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
    let tenant = Uuid::from_slice(&bytes[..16]).ok()?;
    Some((tenant.into(), Sha256::digest(&bytes[16..]).to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_secrets_are_read() {
        let tenant = TenantId(Uuid::from_u128(7));
        let (text, hash) = make(tenant).unwrap();
        assert_eq!(parse(&text), Some((tenant, hash)));
        for bad in ["", "abc", &"A".repeat(53), &"é".repeat(54), &format!("{text}A"), &text[1..]] {
            assert!(parse(bad).is_none(), "{bad}");
        }
    }
}
