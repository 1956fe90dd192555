//! From an address to a signed-in SFTP session.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use russh::client::{self, Handle};
use russh::keys::{Algorithm, EcdsaCurve, PrivateKey, PrivateKeyWithHashAlg, PublicKeyOrCertificate};
use russh::{Channel, Preferred};
use russh_sftp::client::RawSftpSession;
use tokio::net::TcpStream;

use super::host_key::fingerprint;
use super::session::{Offers, Session};
use super::{HostKeys, OffsiteError, Settings};

// An idle connection is kept through firewalls, and a dead one noticed, by asking now and then.
const KEEPALIVE: Duration = Duration::from_secs(15);
const SILENCE: Duration = Duration::from_secs(60);

/// Reads our private key.
///
/// # Errors
/// When there is none, it has a passphrase, or it is of another kind than ed25519 or ecdsa.
pub(super) fn private_key(settings: &Settings) -> Result<Arc<PrivateKey>, OffsiteError> {
    let path = settings.key_file.display().to_string();
    let fault = |words: String| OffsiteError::KeyFile { path: path.clone(), words };
    let key = russh::keys::load_secret_key(&settings.key_file, None).map_err(|error| match error {
        russh::keys::Error::KeyIsEncrypted => fault("it has a passphrase; create a key without one".to_owned()),
        other => fault(other.to_string()),
    })?;
    match key.algorithm() {
        Algorithm::Ed25519
        | Algorithm::Ecdsa { curve: EcdsaCurve::NistP256 | EcdsaCurve::NistP384 | EcdsaCurve::NistP521 } => {
            Ok(Arc::new(key))
        }
        other => Err(fault(format!("its type is {other}; create a key with: ssh-keygen -t ed25519 -N '' -f {path}"))),
    }
}

/// Connects, compares the host key, signs in and starts SFTP, all within the time of `settings`.
///
/// # Errors
/// What stands in the way, in words for the operator.
pub(super) async fn connect(settings: &Settings, key: &Arc<PrivateKey>) -> Result<Session, OffsiteError> {
    match tokio::time::timeout(settings.connect, sign_in(settings, key)).await {
        Ok(result) => result,
        Err(_) => Err(unreachable(settings, format!("no response within {} s", settings.connect.as_secs()))),
    }
}

async fn sign_in(settings: &Settings, key: &Arc<PrivateKey>) -> Result<Session, OffsiteError> {
    let url = &settings.url;
    let socket =
        TcpStream::connect((url.host.as_str(), url.port)).await.map_err(|e| unreachable(settings, e.to_string()))?;
    socket.set_nodelay(true).map_err(|e| unreachable(settings, e.to_string()))?;
    let guard = Guard { host_keys: settings.host_keys.clone() };
    let mut ssh = client::connect_stream(Arc::new(ssh_config(settings)), socket, guard)
        .await
        .map_err(|e| refusal(settings, e))?;
    let proof = PrivateKeyWithHashAlg::new(Arc::clone(key), None);
    let answer = ssh.authenticate_publickey(&url.user, proof).await.map_err(|e| refusal(settings, e.into()))?;
    if !answer.success() {
        let key = fingerprint(key.public_key());
        return Err(OffsiteError::KeyRefused { at: url.at(), key, user: url.user.clone() });
    }
    let channel = ssh.channel_open_session().await.map_err(|e| refusal(settings, e.into()))?;
    start_sftp(settings, ssh, channel).await
}

async fn start_sftp(
    settings: &Settings,
    ssh: Handle<Guard>,
    channel: Channel<client::Msg>,
) -> Result<Session, OffsiteError> {
    let none = |words: String| OffsiteError::NoSftp { at: settings.url.at(), words };
    channel.request_subsystem(true, "sftp").await.map_err(|e| none(e.to_string()))?;
    let config =
        russh_sftp::client::Config { request_timeout_secs: settings.answer.as_secs().max(1), ..Default::default() };
    let raw = RawSftpSession::new_with_config(channel.into_stream(), config);
    let version = raw.init().await.map_err(|e| none(e.to_string()))?;
    Ok(Session::new(settings.url.at(), raw, ssh, Offers::new(&version.extensions)))
}

fn ssh_config(settings: &Settings) -> client::Config {
    client::Config {
        preferred: Preferred { key: Cow::Owned(settings.host_keys.kinds()), ..Preferred::DEFAULT },
        keepalive_interval: Some(KEEPALIVE),
        keepalive_max: 2,
        inactivity_timeout: Some(SILENCE),
        nodelay: true,
        ..client::Config::default()
    }
}

/// Lets only pinned host keys pass.
#[derive(Debug)]
pub(super) struct Guard {
    host_keys: HostKeys,
}

/// Why the handshake ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("host key {0}")]
    HostKey(String),
    #[error(transparent)]
    Ssh(#[from] russh::Error),
}

impl client::Handler for Guard {
    type Error = Refusal;

    async fn check_server_key(&mut self, shown: &PublicKeyOrCertificate) -> Result<bool, Refusal> {
        match shown {
            PublicKeyOrCertificate::PublicKey { key, .. } if self.host_keys.hold(key) => Ok(true),
            PublicKeyOrCertificate::PublicKey { key, .. } => {
                Err(Refusal::HostKey(format!("{} {}", key.algorithm(), fingerprint(key))))
            }
            PublicKeyOrCertificate::Certificate(_) => Err(Refusal::HostKey("of a certificate".to_owned())),
        }
    }
}

fn refusal(settings: &Settings, refusal: Refusal) -> OffsiteError {
    let offered = match refusal {
        Refusal::HostKey(offered) => offered,
        Refusal::Ssh(russh::Error::NoCommonAlgo { kind: russh::AlgorithmKind::Key, theirs, .. }) => {
            format!("of other kinds ({})", theirs.join(", "))
        }
        Refusal::Ssh(error) => return unreachable(settings, error.to_string()),
    };
    OffsiteError::HostKey { at: settings.url.at(), offered, pinned: settings.host_keys.shown() }
}

fn unreachable(settings: &Settings, words: String) -> OffsiteError {
    OffsiteError::Unreachable { at: settings.url.at(), words }
}
