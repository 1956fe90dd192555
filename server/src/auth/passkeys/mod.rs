//! Passkeys: what a device is asked, and whether its answer is right. Nothing is stored here.

mod sign_in;

pub use sign_in::{ask, back, finish};

use std::net::IpAddr;

use db::people::Person;
use db::people::passkeys::{NewPasskey, Stored};
use domain::ids::UserId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Url,
    Webauthn, WebauthnBuilder, WebauthnError,
};

/// Asks devices in the name of this installation.
pub struct Passkeys(Webauthn);

/// What a device is asked, and what must be known to judge its answer.
pub struct Question {
    /// For the browser, as JSON.
    pub options: String,
    /// For the server.
    pub state: Value,
}

/// Why an answer is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is none, or its signature is not right.
    Wrong,
    /// The device had counted further before: there may be two of it.
    Copied,
}

/// An answer that was right.
pub struct Proof {
    /// What is known of the passkey from now on.
    pub credential: Value,
    /// How far its device has counted.
    pub counter: u32,
}

impl Passkeys {
    /// For the installation at `public_url`. None where that names no host: browsers tie passkeys to names.
    pub fn new(public_url: &str) -> Option<Self> {
        let mut url: Url = public_url.parse().ok()?;
        let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
        // Whoever tries things out on this machine may call it by its name.
        if host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()) {
            url.set_host(Some("localhost")).ok()?;
        }
        let name = url.domain()?.to_owned();
        WebauthnBuilder::new(&name, &url).and_then(|b| b.rp_name("Stoa").build()).ok().map(Self)
    }

    /// Asks for another passkey of `person`, who has those called `existing`. The device itself must know whose it is, so
    /// that it can sign in without being told.
    ///
    /// # Errors
    /// Never in practice.
    pub fn ask_new(&self, person: &Person, existing: Vec<Vec<u8>>) -> Result<Question, WebauthnError> {
        let name = if person.name.is_empty() { &person.email } else { &person.name };
        let (options, state) = self.0.start_passkey_registration(person.id.0, &person.email, name, Some(existing))?;
        let mut options = as_json(&options.public_key)?;
        options["authenticatorSelection"]["residentKey"] = json!("required");
        options["authenticatorSelection"]["requireResidentKey"] = json!(true);
        Ok(Question { options: options.to_string(), state: as_json(&state)? })
    }

    /// The passkey that `answer` brings.
    ///
    /// # Errors
    /// When it is none.
    pub fn read_new(&self, name: String, answer: &str, state: Value) -> Result<NewPasskey, Refusal> {
        let (answer, state) = (read::<RegisterPublicKeyCredential>(answer)?, from_json::<PasskeyRegistration>(state)?);
        let made = self.0.finish_passkey_registration(&answer, &state).map_err(refusal)?;
        let credential = as_json(&made).map_err(refusal)?;
        Ok(NewPasskey { name, credential_id: made.cred_id().to_vec(), credential })
    }

    /// Asks for whichever passkey a device has for this installation.
    ///
    /// # Errors
    /// Never in practice.
    pub fn ask(&self) -> Result<Question, WebauthnError> {
        let (options, state) = self.0.start_discoverable_authentication()?;
        Ok(Question { options: as_json(&options.public_key)?.to_string(), state: as_json(&state)? })
    }

    /// Whose passkey `answer` says it is, and which. Nothing is proven by that yet.
    ///
    /// # Errors
    /// When it says nothing.
    pub fn whose(&self, answer: &str) -> Result<(UserId, Vec<u8>), Refusal> {
        let answer = read::<PublicKeyCredential>(answer)?;
        let (person, id) = self.0.identify_discoverable_authentication(&answer).map_err(refusal)?;
        Ok((UserId(person), id.to_vec()))
    }

    /// Whether `answer` was made with `stored`, here and now, by somebody whom the device has recognised.
    ///
    /// # Errors
    /// When it was not.
    pub fn check(&self, answer: &str, state: Value, stored: &Stored) -> Result<Proof, Refusal> {
        let state = from_json::<DiscoverableAuthentication>(state)?;
        let mut passkey = from_json::<Passkey>(stored.credential.clone())?;
        let answer = read::<PublicKeyCredential>(answer)?;
        let result = self.0.finish_discoverable_authentication_v2(&answer, state, &passkey).map_err(refusal)?;
        if !result.user_verified() {
            return Err(Refusal::Wrong);
        }
        passkey.update_credential(&result);
        Ok(Proof { credential: as_json(&passkey).map_err(refusal)?, counter: result.counter() })
    }
}

fn as_json(value: &impl Serialize) -> Result<Value, WebauthnError> {
    serde_json::to_value(value).map_err(|_| WebauthnError::Configuration)
}

fn from_json<T: DeserializeOwned>(value: Value) -> Result<T, Refusal> {
    serde_json::from_value(value).map_err(|_| Refusal::Wrong)
}

fn read<T: DeserializeOwned>(answer: &str) -> Result<T, Refusal> {
    serde_json::from_str(answer).map_err(|_| Refusal::Wrong)
}

fn refusal(error: WebauthnError) -> Refusal {
    tracing::info!(%error, "a passkey was refused");
    match error {
        WebauthnError::CredentialPossibleCompromise => Refusal::Copied,
        _ => Refusal::Wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_are_tied_to_a_name() {
        for (url, name) in [
            ("https://stoa.example", Some("stoa.example")),
            ("https://stoa.example:8443", Some("stoa.example")),
            ("http://127.0.0.1:3000", Some("localhost")),
            ("http://[::1]:3000", Some("localhost")),
            ("https://192.0.2.7", None),
        ] {
            let rp = Passkeys::new(url).map(|p| p.ask().ok().map(|q| q.options).unwrap_or_default());
            let told = rp.map(|o| serde_json::from_str::<Value>(&o).unwrap_or_default()["rpId"].clone());
            assert_eq!(told, name.map(Value::from), "{url}");
        }
    }
}
