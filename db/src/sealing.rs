//! Secrets that must be read again, sealed before they are stored: whoever has the database alone reads none of them.
//! XChaCha20-Poly1305 under a key that is derived from the server's secret; what a secret is for is part of the seal, so
//! that it opens nowhere else.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;

use crate::error::DataError;

const NONCE: usize = 24;

/// Seals and opens.
#[derive(Clone)]
pub struct Sealer(XChaCha20Poly1305);

impl Sealer {
    /// With a key of its own, derived from `secret`.
    ///
    /// # Errors
    /// Never in practice: the key has a length that HKDF can give.
    pub fn new(secret: &[u8]) -> Result<Self, DataError> {
        let mut key = [0_u8; 32];
        let derived = Hkdf::<Sha256>::new(None, secret).expand(b"stoa: secrets at rest", &mut key);
        derived.map_err(|e| DataError::Corrupt(e.to_string()))?;
        Ok(Self(XChaCha20Poly1305::new(&key.into())))
    }

    /// Seals `secret`, which is for `purpose`: the noun and whose it is.
    ///
    /// # Errors
    /// When the machine has no randomness left.
    pub fn seal(&self, purpose: &str, secret: &[u8]) -> Result<Vec<u8>, DataError> {
        let mut nonce = [0_u8; NONCE];
        getrandom::fill(&mut nonce).map_err(|e| DataError::Corrupt(e.to_string()))?;
        let payload = Payload { msg: secret, aad: purpose.as_bytes() };
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload);
        Ok([nonce.as_slice(), &sealed.map_err(|e| DataError::Corrupt(e.to_string()))?].concat())
    }

    /// Opens what was sealed for `purpose`.
    ///
    /// # Errors
    /// When it was sealed with another secret or for something else, or was changed.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Vec<u8>, DataError> {
        let wrong = || DataError::Corrupt(format!("the sealed {purpose} does not open: was STOA_SECRET changed?"));
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or_else(wrong)?;
        let payload = Payload { msg: sealed, aad: purpose.as_bytes() };
        self.0.decrypt(&XNonce::from(*nonce), payload).map_err(|_| wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_opens_with_the_same_secret_for_the_same_purpose_only() {
        let sealer = Sealer::new(b"one").unwrap();
        let sealed = sealer.seal("code of a", b"xyz").unwrap();
        assert_eq!(sealer.open("code of a", &sealed).unwrap(), b"xyz");
        assert_ne!(sealer.seal("code of a", b"xyz").unwrap(), sealed);
        assert!(sealer.open("code of b", &sealed).is_err());
        assert!(Sealer::new(b"two").unwrap().open("code of a", &sealed).is_err());
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert!(sealer.open("code of a", &changed).is_err());
        assert!(sealer.open("code of a", &sealed[..10]).is_err());
    }
}
