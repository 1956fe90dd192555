//! Carries messages to receivers and brings back what they say, as far as it is kept.

use std::time::{Duration, Instant};

use db::sealing::Sealer;
use db::webhooks::{Call, Reply, message_id};
use domain::webhooks::{ANSWER, signatures};
use url::Url;

use crate::reach::{Reach, is_forbidden};

// From the first byte of the connection to the last of the answer that is kept.
const LONGEST: Duration = Duration::from_secs(10);

/// Sends messages, signed.
#[derive(Clone)]
pub struct Courier {
    client: reqwest::Client,
    reach: Reach,
    sealer: Sealer,
}

impl Courier {
    /// One that goes as far as `reach` and opens secrets with `sealer`.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(reach: Reach, sealer: Sealer) -> Result<Self, reqwest::Error> {
        Self::within(reach, sealer, LONGEST)
    }

    /// One that waits no longer than this.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn within(reach: Reach, sealer: Sealer, longest: Duration) -> Result<Self, reqwest::Error> {
        Ok(Self { client: reach.client(longest)?, reach, sealer })
    }

    /// How far it goes.
    pub const fn reach(&self) -> Reach {
        self.reach
    }

    /// What opens secrets.
    pub const fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// Sends `call` once; `at` is the moment that its signature names.
    pub async fn send(&self, call: &Call, at: chrono::DateTime<chrono::Utc>) -> Reply {
        let begun = Instant::now();
        let (status, answer, error) = match self.ask(call, at.timestamp()).await {
            Ok((status, answer)) => (Some(status), answer, None),
            Err(words) => (None, String::new(), Some(words)),
        };
        let ms = i32::try_from(begun.elapsed().as_millis()).unwrap_or(i32::MAX);
        Reply { at, ms, status, answer, error }
    }

    async fn ask(&self, call: &Call, timestamp: i64) -> Result<(u16, String), String> {
        if call.secrets.is_empty() {
            return Err(
                "Its secret cannot be decrypted. Check whether STOA_SECRET changed, and rotate the secret.".to_owned()
            );
        }
        // What may be asked may have changed since the address was saved.
        let url = Url::parse(&call.url).ok().filter(|url| self.reach.asks(url)).ok_or(FORBIDDEN)?;
        let id = message_id(call.delivery);
        let signature = signatures(&call.secrets, &id, timestamp, &call.body);
        let request = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .body(call.body.clone());
        let mut answer = request.send().await.map_err(|error| words(&error))?;
        let status = answer.status().as_u16();
        let mut kept = Vec::new();
        // Whoever has taken the message has it, however the rest of the answer fares.
        while kept.len() < ANSWER
            && let Ok(Some(chunk)) = answer.chunk().await
        {
            kept.extend_from_slice(&chunk[..chunk.len().min(ANSWER - kept.len())]);
        }
        Ok((status, String::from_utf8_lossy(&kept).into_owned()))
    }
}

/// Whether `address` is one that a webhook may have, for a form: parsed, of a good scheme, and not known to lead into this
/// network. Where it leads is looked at again at every connection.
///
/// # Errors
/// What is wrong with it, in words that follow the name of the field.
pub async fn check_address(reach: Reach, address: &str) -> Result<(), &'static str> {
    let url = Url::parse(address.trim()).map_err(|_| "Enter a URL such as https://example.com/stoa.")?;
    if !reach.asks(&url) {
        return Err("Enter a public URL that begins with https:// and has no user name.");
    }
    if url.fragment().is_some() {
        return Err("Enter a URL without #.");
    }
    if reach.finds(&url).await { Ok(()) } else { Err("This URL leads to a private network. Enter a public URL.") }
}

const FORBIDDEN: &str = "The URL is not allowed: it has another scheme, or leads to a private network.";

// Without the address, which may hold a password of the receiver.
fn words(error: &reqwest::Error) -> String {
    if is_forbidden(error) {
        return FORBIDDEN.to_owned();
    }
    if error.is_timeout() {
        return format!("No response within {} seconds.", LONGEST.as_secs());
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    if error.is_connect() {
        format!("No connection: {cause}.")
    } else {
        format!("The response was incomplete: {cause}.")
    }
}
