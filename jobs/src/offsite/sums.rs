//! `SHA256SUMS` beside the copies: anybody with a shell there can check them with `sha256sum -c SHA256SUMS`.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Write as _;

use bytes::Bytes;
use futures::{TryStreamExt as _, stream};

use super::{Offsite, OffsiteError, OffsitePath};

pub(super) const NAME: &str = "SHA256SUMS";
// Some 100,000 files.
const LARGEST: usize = 16 << 20;

/// Hashes by name, relative to the folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums(BTreeMap<String, [u8; 32]>);

impl Sums {
    /// Those at the server; none when there is no such file yet, or it is no list of ours.
    pub(super) async fn load(offsite: &Offsite, prefix: &OffsitePath) -> Result<Self, OffsiteError> {
        let path = path(prefix)?;
        let mut text = Vec::new();
        let mut pieces = std::pin::pin!(offsite.get(&path));
        loop {
            match pieces.try_next().await {
                Ok(Some(piece)) if text.len() + piece.len() <= LARGEST => text.extend_from_slice(&piece),
                Ok(Some(_)) => return Ok(Self::default()),
                Ok(None) => break,
                Err(error) if error.is_missing() => return Ok(Self::default()),
                Err(error) => return Err(error),
            }
        }
        Ok(Self::parse(&String::from_utf8_lossy(&text)))
    }

    pub(super) async fn save(&self, offsite: &Offsite, prefix: &OffsitePath) -> Result<(), OffsiteError> {
        let text = Bytes::from(self.text());
        offsite.put(&path(prefix)?, stream::iter([Ok::<_, Infallible>(text)])).await.map(drop)
    }

    pub(super) fn get(&self, name: &str) -> Option<&[u8; 32]> {
        self.0.get(name)
    }

    pub(super) fn set(&mut self, name: &str, sha256: [u8; 32]) {
        self.0.insert(name.to_owned(), sha256);
    }

    fn parse(text: &str) -> Self {
        Self(
            text.lines()
                .filter_map(|line| line.split_once("  "))
                .filter_map(|(h, n)| Some((n.to_owned(), hash(h)?)))
                .collect(),
        )
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (name, hash) in &self.0 {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{}  {name}", hex::encode(hash));
        }
        text
    }
}

fn path(prefix: &OffsitePath) -> Result<OffsitePath, OffsiteError> {
    prefix.join(NAME).map_err(OffsiteError::Source)
}

fn hash(digits: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    hex::decode_to_slice(digits, &mut hash).ok()?;
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_it_was_written() {
        let mut sums = Sums::default();
        sums.set("a/b.zst", [0xAB; 32]);
        sums.set("manifest.json", [7; 32]);
        assert!(sums.text().starts_with("abab") && sums.text().contains("ab  a/b.zst\n"), "as sha256sum writes it");
        assert_eq!(Sums::parse(&sums.text()), sums);
        assert_eq!(Sums::parse("nonsense\nzz  name\n"), Sums::default());
    }
}
