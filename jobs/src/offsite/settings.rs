//! How the off-site folder is reached, with the limits that hold where nothing else is said.

use std::path::PathBuf;
use std::time::Duration;

use super::{HostKeys, OffsiteUrl};

/// How a file is compared with what was sent before it gets its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Check {
    /// By its size alone.
    Size,
    /// By reading it back and comparing the SHA-256.
    ReadBack,
}

/// Where the copies go and how.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Machine, user and folder.
    pub url: OffsiteUrl,
    /// The private key, without a passphrase.
    pub key_file: PathBuf,
    /// The keys that the machine may identify itself with.
    pub host_keys: HostKeys,
    /// Most connections at once.
    pub connections: usize,
    /// An unused connection is closed after so long.
    pub idle: Duration,
    /// Longest time to connect and sign in.
    pub connect: Duration,
    /// Longest time for one answer; whole seconds.
    pub answer: Duration,
    /// Longest wait for a free connection.
    pub wait: Duration,
    /// How often in a row a broken connection is made again before giving up.
    pub attempts: u32,
    /// The first pause between two attempts; each is twice as long as the one before, up to ten seconds.
    pub pause: Duration,
    /// How files are checked.
    pub check: Check,
}

impl Settings {
    /// At most 20 connections, closed after five idle minutes; 15 s to connect, 30 s for an answer, ten minutes for a
    /// free connection, and about half a minute of attempts.
    pub const fn new(url: OffsiteUrl, key_file: PathBuf, host_keys: HostKeys) -> Self {
        Self {
            url,
            key_file,
            host_keys,
            connections: 20,
            idle: Duration::from_secs(300),
            connect: Duration::from_secs(15),
            answer: Duration::from_secs(30),
            wait: Duration::from_secs(600),
            attempts: 8,
            pause: Duration::from_millis(250),
            check: Check::ReadBack,
        }
    }
}
