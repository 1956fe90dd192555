//! Signatures after the Standard Webhooks rules: HMAC-SHA256 over `id.timestamp.body`, so that whoever holds the secret can
//! tell that a message is ours, unchanged, and not an old one sent again.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How long the old secret signs as well after another took its place.
pub const OVERLAP: TimeDelta = TimeDelta::hours(24);

const PREFIX: &str = "whsec_";
const FEWEST_BYTES: usize = 24;
const MOST_BYTES: usize = 64;

/// What a webhook's messages are signed with. Does not show itself but through [`Secret::text`].
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// How many random bytes a new one has.
    pub const BYTES: usize = 32;

    /// As receivers are given it: `whsec_` and base64.
    pub fn text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// The signature of a message: `v1,` and base64.
    pub fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.0);
        // A key of any length is one.
        let tag = mac.map(|mac| mac.chain_update(format!("{id}.{timestamp}.{body}")).finalize().into_bytes());
        format!("v1,{}", STANDARD.encode(tag.unwrap_or_default()))
    }
}

/// The header `webhook-signature`: a signature for each secret, apart by blanks.
pub fn signatures(secrets: &[Secret], id: &str, timestamp: i64, body: &str) -> String {
    secrets.iter().map(|secret| secret.sign(id, timestamp, body)).collect::<Vec<_>>().join(" ")
}

impl From<[u8; Secret::BYTES]> for Secret {
    fn from(bytes: [u8; Secret::BYTES]) -> Self {
        Self(bytes.to_vec())
    }
}

impl FromStr for Secret {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = text.strip_prefix(PREFIX).and_then(|rest| STANDARD.decode(rest).ok());
        let bytes = bytes.filter(|bytes| (FEWEST_BYTES..=MOST_BYTES).contains(&bytes.len()));
        bytes.map(Self).ok_or("This is not a webhook secret.")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // From the reference implementation of the Standard Webhooks.
    #[test]
    fn the_signature_is_that_of_the_reference() {
        let secret: Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
        let (id, at, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(secret.sign(id, at, body), signature);
        let other = Secret::from([7; Secret::BYTES]);
        let both = signatures(&[secret, other.clone()], id, at, body);
        assert_eq!(both, format!("{signature} {}", other.sign(id, at, body)));
    }

    #[test]
    fn secrets_read_back_and_never_show_themselves() {
        let secret = Secret::from([7; Secret::BYTES]);
        assert_eq!(secret.text().parse(), Ok(secret.clone()));
        assert_eq!(format!("{secret:?}"), "Secret(..)");
        for wrong in ["", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!!!"] {
            assert!(wrong.parse::<Secret>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn whatever_differs_is_signed_otherwise(body in "\\PC{0,80}", other in "\\PC{0,80}", at in 0_i64..4_000_000_000) {
            let secret = Secret::from([7; Secret::BYTES]);
            let signature = secret.sign("msg_1", at, &body);
            prop_assert_eq!(secret.sign("msg_1", at, &other) == signature, body == other);
            prop_assert_ne!(secret.sign("msg_2", at, &body), signature.clone());
            prop_assert_ne!(secret.sign("msg_1", at + 1, &body), signature.clone());
            prop_assert_ne!(Secret::from([8; Secret::BYTES]).sign("msg_1", at, &body), signature);
        }
    }
}
