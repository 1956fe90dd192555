//! Sealing and packing: bytes in, packed and sealed bytes out, and back. Both sides work in threads of their own, as
//! compressing and encrypting is no work for those that answer requests.

use std::fmt;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use age::secrecy::ExposeSecret;
use bech32::ToBase32;
use hkdf::Hkdf;
use sha2::Sha256;

use crate::private;

// As age writes it, in small letters.
const PRIVATE_PREFIX: &str = "age-secret-key-";

/// zstd's own default: a good part of what is possible at several hundred MB a second.
const LEVEL: i32 = 3;

/// A public key of age: whoever has it can seal, not open.
#[derive(Clone)]
pub struct Recipient(age::x25519::Recipient);

/// Private keys of age; do not show themselves.
#[derive(Clone)]
pub struct Identity(Arc<Vec<age::x25519::Identity>>);

/// This is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadKey(String);

impl FromStr for Recipient {
    type Err = BadKey;
    fn from_str(text: &str) -> Result<Self, BadKey> {
        let words = "Not an age public key. Create a key pair with age-keygen and use the line that begins with age1.";
        text.trim().parse().map(Self).map_err(|_| BadKey(words.into()))
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({})", self.0)
    }
}

impl Identity {
    /// The key that belongs to `secret`: made again from it at any time, so that whoever kept the secret can open what was
    /// sealed.
    ///
    /// # Errors
    /// Never in practice: the key has a length that HKDF can give.
    pub fn derived(secret: &[u8]) -> Result<Self, BadKey> {
        let wrong = |_| BadKey("no key could be derived".into());
        let mut key = [0_u8; 32];
        Hkdf::<Sha256>::new(None, secret).expand(b"stoa: backups", &mut key).map_err(|_| wrong(()))?;
        let text = bech32::encode(PRIVATE_PREFIX, key.to_base32(), bech32::Variant::Bech32).map_err(|_| wrong(()))?;
        text.to_uppercase().parse()
    }

    /// The key in the file `path`, which is made when it is not there.
    ///
    /// # Errors
    /// When it cannot be read or made, or holds something else.
    pub fn kept(path: &Path) -> io::Result<Self> {
        let invalid =
            |error: BadKey| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", path.display()));
        let made = Self(Arc::new(vec![age::x25519::Identity::generate()]));
        path.parent().map_or(Ok(()), private::make_folder)?;
        match private::create_new(path) {
            Ok(mut file) => {
                file.write_all(made.text().as_bytes())?;
                file.sync_all()?;
                Ok(made)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                std::fs::read_to_string(path)?.parse().map_err(invalid)
            }
            Err(error) => Err(error),
        }
    }

    /// These keys and those.
    #[must_use]
    pub fn and(&self, others: &Self) -> Self {
        Self(Arc::new(self.0.iter().chain(others.0.iter()).cloned().collect()))
    }

    /// For whom something is sealed that the first of these keys opens.
    ///
    /// # Errors
    /// Never in practice: there is at least one key.
    pub fn recipient(&self) -> Result<Recipient, BadKey> {
        let first = self.0.first().ok_or_else(|| BadKey("The file has no key.".into()))?;
        Ok(Recipient(first.to_public()))
    }

    /// Whether one of these keys opens what is sealed for `recipient`.
    pub fn opens(&self, recipient: &str) -> bool {
        self.0.iter().any(|key| key.to_public().to_string() == recipient)
    }

    /// The keys as age reads them from a file. Whoever reads this opens every backup.
    pub fn text(&self) -> String {
        let keys = self
            .0
            .iter()
            .map(|key| format!("# public key: {}\n{}\n", key.to_public(), key.to_string().expose_secret()));
        keys.collect()
    }
}

impl FromStr for Identity {
    type Err = BadKey;
    /// Reads a file as age-keygen writes it.
    fn from_str(text: &str) -> Result<Self, BadKey> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys: Result<Vec<age::x25519::Identity>, _> = lines.map(str::parse).collect();
        match keys {
            Ok(keys) if !keys.is_empty() => Ok(Self(Arc::new(keys))),
            _ => Err(BadKey("The file has no age identity. It needs a line that begins with AGE-SECRET-KEY-1.".into())),
        }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(..)")
    }
}

/// Packs and seals what is written to it.
pub(super) enum Sealer<W: Write> {
    Packed(zstd::Encoder<'static, Counted<Cover<W>>>),
    AsIs(Counted<Cover<W>>),
}

/// The outermost layer.
pub(super) enum Cover<W: Write> {
    Sealed(age::stream::StreamWriter<W>),
    Open(W),
}

/// Counts what goes through: the size before sealing.
pub(super) struct Counted<W> {
    inner: W,
    bytes: u64,
}

impl<W: Write> Sealer<W> {
    pub(super) fn new(out: W, packed: bool, recipient: Option<&Recipient>) -> io::Result<Self> {
        let cover = match recipient {
            Some(Recipient(key)) => {
                let sealer = age::Encryptor::with_recipients(std::iter::once(key as &dyn age::Recipient));
                Cover::Sealed(sealer.map_err(io::Error::other)?.wrap_output(out)?)
            }
            None => Cover::Open(out),
        };
        let counted = Counted { inner: cover, bytes: 0 };
        Ok(if packed { Self::Packed(zstd::Encoder::new(counted, LEVEL)?) } else { Self::AsIs(counted) })
    }

    /// Writes the ends; how many bytes there were before sealing, and what was written to.
    pub(super) fn finish(self) -> io::Result<(u64, W)> {
        let counted = match self {
            Self::Packed(encoder) => encoder.finish()?,
            Self::AsIs(counted) => counted,
        };
        let out = match counted.inner {
            Cover::Sealed(sealed) => sealed.finish()?,
            Cover::Open(out) => out,
        };
        Ok((counted.bytes, out))
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        match self {
            Self::Packed(encoder) => encoder.write(piece),
            Self::AsIs(counted) => counted.write(piece),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<W: Write> Write for Cover<W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        match self {
            Self::Sealed(sealed) => sealed.write(piece),
            Self::Open(out) => out.write(piece),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(piece)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Takes off the seal, if there is one.
pub(super) fn unsealed<'a>(
    sealed: impl Read + Send + 'a,
    identity: Option<&Identity>,
) -> io::Result<Box<dyn Read + Send + 'a>> {
    let Some(Identity(keys)) = identity else { return Ok(Box::new(sealed)) };
    let invalid = |error: age::DecryptError| match error {
        age::DecryptError::Io(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, other.to_string()),
    };
    let opened = age::Decryptor::new_buffered(BufReader::new(sealed)).map_err(invalid)?;
    let keys = keys.iter().map(|key| key as &dyn age::Identity);
    Ok(Box::new(opened.decrypt(keys).map_err(invalid)?))
}

/// Unpacks.
pub(super) fn unpacked<'a>(
    packed: Box<dyn Read + Send + 'a>,
    is_packed: bool,
) -> io::Result<Box<dyn Read + Send + 'a>> {
    Ok(if is_packed { Box::new(zstd::Decoder::new(packed)?) } else { packed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_key_alone() {
        let key = age::x25519::Identity::generate();
        let recipient: Recipient = key.to_public().to_string().parse().unwrap();
        let mut sealer = Sealer::new(Vec::new(), true, Some(&recipient)).unwrap();
        sealer.write_all(&b"many words ".repeat(1_000)).unwrap();
        let (packed, sealed) = sealer.finish().unwrap();
        assert!(packed < 1_000 && sealed.starts_with(b"age-encryption.org/v1"), "packed before it is sealed");
        let read = |key: age::x25519::Identity| {
            let mut whole = Vec::new();
            let opened = unsealed(&sealed[..], Some(&Identity(Arc::new(vec![key]))))?;
            unpacked(opened, true)?.read_to_end(&mut whole)?;
            Ok::<_, io::Error>(whole)
        };
        assert!(read(age::x25519::Identity::generate()).is_err());
        assert_eq!(read(key).unwrap(), b"many words ".repeat(1_000));
    }

    #[test]
    fn a_derived_key_is_the_same_for_the_same_secret_alone() {
        let of = |secret: &[u8]| Identity::derived(secret).unwrap();
        let recipient = of(b"a secret").recipient().unwrap().to_string();
        assert_eq!(of(b"a secret").recipient().unwrap().to_string(), recipient);
        assert!(of(b"a secret").opens(&recipient) && !of(b"another").opens(&recipient));
        assert!(of(b"another").and(&of(b"a secret")).opens(&recipient));
        let written: Identity = of(b"a secret").text().parse().unwrap();
        assert!(written.opens(&recipient), "as age reads it");
        assert!(!format!("{written:?}").contains("SECRET"));
    }

    #[test]
    fn a_kept_key_is_made_once_and_for_its_account_alone() {
        let path = std::env::temp_dir().join(format!("stoa-key-{}/key.txt", uuid::Uuid::new_v4()));
        let made = Identity::kept(&path).unwrap().recipient().unwrap().to_string();
        assert!(Identity::kept(&path).unwrap().opens(&made) && !private::is_open(&path));
        std::fs::write(&path, "nonsense").unwrap();
        assert!(Identity::kept(&path).unwrap_err().to_string().contains("AGE-SECRET-KEY-1"));
        std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }

    #[test]
    fn keys_are_told_from_other_words() {
        assert!("ssh-ed25519 AAAA".parse::<Recipient>().is_err());
        assert!("# nothing\n".parse::<Identity>().unwrap_err().to_string().contains("AGE-SECRET-KEY-1"));
    }
}
