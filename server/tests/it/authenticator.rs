//! A device with passkeys, as browsers talk to one: ES256, no attestation.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const HOLDS_KEY: u8 = 0x40;

/// A device that holds one passkey. What it does can be bent.
#[derive(Clone)]
pub struct Device {
    key: SigningKey,
    id: [u8; 16],
    user: String,
    /// What it tells of how often it was used; it counts when that is not 0.
    pub counter: u32,
    /// Whether it looks who holds it.
    pub verifies: bool,
    /// On which page it thinks that it is used.
    pub origin: String,
}

impl Device {
    /// One that answers `options` by making a passkey, and the answer.
    pub fn make(options: &Value, origin: &str, counter: u32) -> (Self, String) {
        let mut bytes = [0_u8; 48];
        getrandom::fill(&mut bytes).unwrap();
        let device = Self {
            key: SigningKey::from_slice(&bytes[..32]).unwrap(),
            id: bytes[32..].try_into().unwrap(),
            user: options["user"]["id"].as_str().unwrap().to_owned(),
            counter,
            verifies: true,
            origin: origin.to_owned(),
        };
        let told = options["rp"]["id"].as_str().unwrap();
        let data = [device.data(told, HOLDS_KEY), device.attested()].concat();
        // {"fmt": "none", "attStmt": {}, "authData": ...} in CBOR.
        let length = u16::try_from(data.len()).unwrap().to_be_bytes();
        let object = [b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".as_slice(), &length, &data].concat();
        let client = device.client("webauthn.create", options);
        let answer = json!({
            "id": BASE64.encode(device.id), "rawId": BASE64.encode(device.id), "type": "public-key",
            "response": {"attestationObject": BASE64.encode(object), "clientDataJSON": BASE64.encode(client)},
            "clientExtensionResults": {},
        });
        (device, answer.to_string())
    }

    /// Its answer to `options`.
    pub fn answer(&mut self, options: &Value) -> String {
        if self.counter > 0 {
            self.counter += 1;
        }
        let data = self.data(options["rpId"].as_str().unwrap(), 0);
        let client = self.client("webauthn.get", options);
        let signed = [data.as_slice(), &Sha256::digest(&client)].concat();
        let signature: Signature = self.key.sign(&signed);
        json!({
            "id": BASE64.encode(self.id), "rawId": BASE64.encode(self.id), "type": "public-key",
            "response": {
                "authenticatorData": BASE64.encode(data), "clientDataJSON": BASE64.encode(client),
                "signature": BASE64.encode(signature.to_der()), "userHandle": self.user,
            },
            "clientExtensionResults": {},
        })
        .to_string()
    }

    /// Another device that says that it holds this passkey, with a key of its own.
    pub fn forged(&self) -> Self {
        Self { key: SigningKey::from_slice(&[7; 32]).unwrap(), ..self.clone() }
    }

    /// The same passkey, said to be somebody else's.
    pub fn claiming(&self, other: &Self) -> Self {
        Self { user: other.user.clone(), ..self.clone() }
    }

    fn data(&self, name: &str, flags: u8) -> Vec<u8> {
        let flags = flags | PRESENT | if self.verifies { VERIFIED } else { 0 };
        [Sha256::digest(name).as_slice(), &[flags], &self.counter.to_be_bytes()].concat()
    }

    fn client(&self, kind: &str, options: &Value) -> Vec<u8> {
        let data =
            json!({"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false});
        data.to_string().into_bytes()
    }

    // No maker, the id, and the key: {1: 2, 3: -7, -1: 1, -2: x, -3: y} in CBOR.
    fn attested(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_sec1_point(false);
        let bytes = point.as_bytes();
        let (x, y) = (&bytes[1..33], &bytes[33..65]);
        let cose = [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".as_slice(), x, b"\x22\x58\x20", y].concat();
        [[0_u8; 16].as_slice(), &[0, 16], &self.id, &cose].concat()
    }
}
