//! The keys that the off-site machine may identify itself with. Nothing is trusted on first sight.

use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use russh::keys::{Algorithm, EcdsaCurve, HashAlg, PublicKey};

/// Pinned host keys: at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostKeys(Vec<Pin>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Pin {
    Key(Box<PublicKey>),
    Fingerprint(String),
}

impl HostKeys {
    /// Whether `key` is one of them.
    pub fn hold(&self, key: &PublicKey) -> bool {
        self.0.iter().any(|pin| match pin {
            Pin::Key(pinned) => pinned.key_data() == key.key_data(),
            Pin::Fingerprint(pinned) => *pinned == fingerprint(key),
        })
    }

    /// The fingerprints, for messages.
    pub fn shown(&self) -> String {
        let one = |pin: &Pin| match pin {
            Pin::Key(key) => fingerprint(key),
            Pin::Fingerprint(text) => text.clone(),
        };
        self.0.iter().map(one).collect::<Vec<_>>().join(" or ")
    }

    /// The kinds of key to ask the machine for. It has several; a pinned one must be the one it shows.
    pub(super) fn kinds(&self) -> Vec<Algorithm> {
        let pinned = |kind: &Algorithm| {
            self.0.iter().any(|pin| match pin {
                Pin::Key(key) => key.algorithm() == *kind,
                Pin::Fingerprint(_) => true,
            })
        };
        SUPPORTED.iter().filter(|kind| pinned(kind)).cloned().collect()
    }
}

/// `SHA256:...`, as `ssh-keygen -l` shows it.
pub(super) fn fingerprint(key: &PublicKey) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

// RSA is left out: its only implementation in Rust has a known leak of timing.
const SUPPORTED: [Algorithm; 4] = [
    Algorithm::Ed25519,
    Algorithm::Ecdsa { curve: EcdsaCurve::NistP256 },
    Algorithm::Ecdsa { curve: EcdsaCurve::NistP384 },
    Algorithm::Ecdsa { curve: EcdsaCurve::NistP521 },
];

impl FromStr for HostKeys {
    type Err = String;

    /// Fingerprints (`SHA256:...`) or lines of `known_hosts` (`host ssh-ed25519 AAAA...`), several apart by blanks or
    /// commas. The names of hosts in such lines do not matter.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut pins = Vec::new();
        for word in text.split(|c: char| c.is_whitespace() || c == ',') {
            if let Some(hash) = word.strip_prefix("SHA256:") {
                let hash = hash.trim_end_matches('=');
                if STANDARD_NO_PAD.decode(hash).map(|bytes| bytes.len()) != Ok(32) {
                    return Err(format!("'{word}' is not a complete SHA-256 fingerprint."));
                }
                pins.push(Pin::Fingerprint(format!("SHA256:{hash}")));
            } else if word.starts_with("AAAA") {
                pins.push(Pin::Key(Box::new(key(word)?)));
            }
        }
        if pins.is_empty() {
            return Err("Use a fingerprint such as SHA256:... or a line of known_hosts.".to_owned());
        }
        Ok(Self(pins))
    }
}

fn key(word: &str) -> Result<PublicKey, String> {
    let key = russh::keys::parse_public_key_base64(word).map_err(|e| format!("The key cannot be read: {e}."))?;
    if SUPPORTED.contains(&key.algorithm()) {
        Ok(key)
    } else {
        Err(format!("The key type is {}. Use the ed25519 or ecdsa key of the machine.", key.algorithm()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";
    const PRINT: &str = "SHA256:T7SvZ2cslqpPj6nKzitCBHHlpVF3r3MvLwmFL0fk0IE";

    #[test]
    fn fingerprints_and_lines_pin_the_same_key() {
        let shown = russh::keys::parse_public_key_base64(KEY).unwrap();
        for text in
            [PRINT.to_owned(), format!("[box]:23,10.0.0.7 ssh-ed25519 {KEY} a comment"), format!("{PRINT} {KEY}")]
        {
            assert!(text.parse::<HostKeys>().unwrap().hold(&shown), "{text}");
        }
        let other = format!("SHA256:{}", "A".repeat(43));
        assert!(!other.parse::<HostKeys>().unwrap().hold(&shown));
    }

    #[test]
    fn only_pinned_kinds_are_asked_for() {
        let line: HostKeys = format!("box ssh-ed25519 {KEY}").parse().unwrap();
        assert_eq!(line.kinds(), [Algorithm::Ed25519]);
        assert_eq!(PRINT.parse::<HostKeys>().unwrap().kinds().len(), 4);
    }

    #[test]
    fn nothing_or_half_of_it_is_refused() {
        for text in ["", "box", "MD5:00:11", "SHA256:abc", "AAAAC3NzaC1"] {
            assert!(text.parse::<HostKeys>().is_err(), "{text}");
        }
    }
}
