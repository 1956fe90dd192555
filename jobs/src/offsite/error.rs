//! What can go wrong off-site, in words for the operator.

/// Why something could not be done off-site.
#[derive(Debug, Clone, thiserror::Error)]
pub enum OffsiteError {
    /// The private key cannot be used.
    #[error("the private key {path} cannot be used: {words}")]
    KeyFile {
        /// The file of `STOA_OFFSITE_KEY_FILE`.
        path: String,
        /// Why.
        words: String,
    },
    /// Nobody answers there, or not as an SSH server.
    #[error("{at} cannot be reached: {words}")]
    Unreachable {
        /// Host and port.
        at: String,
        /// Why.
        words: String,
    },
    /// The machine is not the one that was pinned.
    #[error(
        "{at} presents the host key {offered}, but STOA_OFFSITE_HOST_KEY is {pinned}. No data was sent. Either the \
         machine has new keys or another machine responds: run `ssh-keygen -lf` on its /etc/ssh/ssh_host_*_key.pub \
         and compare before you change the setting"
    )]
    HostKey {
        /// Host and port.
        at: String,
        /// Kind and fingerprint that it showed.
        offered: String,
        /// Fingerprints that were expected.
        pinned: String,
    },
    /// The machine does not accept our key.
    #[error(
        "{at} does not accept the key {key} for the user {user}: add its public half to that user's authorized_keys"
    )]
    KeyRefused {
        /// Host and port.
        at: String,
        /// Fingerprint of our key.
        key: String,
        /// Who tried to sign in.
        user: String,
    },
    /// Signed in, but there is no SFTP.
    #[error("{at} does not offer SFTP: {words}")]
    NoSftp {
        /// Host and port.
        at: String,
        /// Why.
        words: String,
    },
    /// The connection broke or fell silent.
    #[error("the connection to {at} was lost: {words}")]
    Lost {
        /// Host and port.
        at: String,
        /// Why.
        words: String,
    },
    /// Every connection was in use all the time.
    #[error("all connections to {at} were in use for {seconds} s; try again later")]
    Busy {
        /// Host and port.
        at: String,
        /// How long was waited.
        seconds: u64,
    },
    /// There is no such file or folder.
    #[error("{path} does not exist")]
    Missing {
        /// What was asked for.
        path: String,
    },
    /// The user may not do that.
    #[error("permission denied for {path}: the user of STOA_OFFSITE_URL must own that folder")]
    Denied {
        /// What was asked for.
        path: String,
    },
    /// No space is left.
    #[error("no space left for {path} ({free} bytes free): remove old copies or enlarge the disk")]
    Full {
        /// What was to be written.
        path: String,
        /// Bytes that remain.
        free: u64,
    },
    /// The server refused for another reason, such as a quota.
    #[error("the server refused {path}: {words}")]
    Refused {
        /// What was asked for.
        path: String,
        /// Its own words.
        words: String,
    },
    /// What arrived is not what was sent.
    #[error("{path} was damaged in transfer ({words}) and was removed")]
    Mismatch {
        /// The file.
        path: String,
        /// Both sides.
        words: String,
    },
    /// What was to be sent could not be read.
    #[error("the source of the copy could not be read: {0}")]
    Source(String),
    /// Stopped because the process ends.
    #[error("stopped; the next run continues from here")]
    Stopped,
}

impl OffsiteError {
    /// Whether another attempt over a new connection may succeed.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Lost { .. })
    }

    /// Whether something is simply not there.
    pub const fn is_missing(&self) -> bool {
        matches!(self, Self::Missing { .. })
    }
}
