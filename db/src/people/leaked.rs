//! A list of leaked passwords that lies on this machine: the SHA-1 of each in hexadecimal, sorted, one a line, as Have I Been
//! Pwned gives its own out (`HASH:COUNT`, ordered by hash). It is halved until the line is found, some forty short
//! reads in a list of a thousand million; nothing of it is kept in memory, and nobody else is asked.

use std::fs::File;
use std::io::{self, Error, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use sha1::{Digest, Sha1};

const HASH: usize = 40;
/// No line is longer: a hash, a colon, a count, the end of a line.
const LONGEST_LINE: usize = 64;

/// The list. Cheap to clone.
#[derive(Clone, Debug)]
pub struct LeakedPasswords {
    file: Arc<File>,
    bytes: u64,
}

impl LeakedPasswords {
    /// The list in the file at `path`.
    ///
    /// # Errors
    /// When it cannot be read, or does not begin as such a list does.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let bytes = file.metadata()?.len();
        let list = Self { file: Arc::new(file), bytes };
        list.line(0)?;
        Ok(list)
    }

    /// Whether `password` stands on the list.
    ///
    /// # Errors
    /// When the file cannot be read, or is no such list where it was looked into.
    pub async fn contains(&self, password: &str) -> io::Result<bool> {
        let wanted = hex::encode_upper(Sha1::digest(password));
        let list = self.clone();
        tokio::task::spawn_blocking(move || list.find(wanted.as_bytes())).await.map_err(Error::other)?
    }

    // The wanted line begins at `from` or later, and before `to`.
    fn find(&self, wanted: &[u8]) -> io::Result<bool> {
        let (mut from, mut to) = (0, self.bytes);
        while from < to {
            let middle = from.midpoint(to);
            let begin = self.next_line(middle)?;
            if begin >= to {
                to = middle;
                continue;
            }
            let (hash, end) = self.line(begin)?;
            match hash.as_slice().cmp(wanted) {
                std::cmp::Ordering::Equal => return Ok(true),
                std::cmp::Ordering::Less => from = end,
                std::cmp::Ordering::Greater => to = middle,
            }
        }
        Ok(false)
    }

    // Where the first line begins that does not begin before `at`.
    fn next_line(&self, at: u64) -> io::Result<u64> {
        let Some(before) = at.checked_sub(1) else { return Ok(0) };
        let read = self.read(before)?;
        match read.iter().position(|byte| *byte == b'\n') {
            Some(end) => Ok(before + end as u64 + 1),
            None if read.len() < LONGEST_LINE => Ok(self.bytes),
            None => Err(no_list()),
        }
    }

    // The hash of the line that begins at `at`, in capitals, and where the next one begins.
    fn line(&self, at: u64) -> io::Result<(Vec<u8>, u64)> {
        let read = self.read(at)?;
        let hash = read.get(..HASH).filter(|hash| hash.iter().all(u8::is_ascii_hexdigit)).ok_or_else(no_list)?;
        if read.get(HASH).is_some_and(|after| !b":\r\n".contains(after)) {
            return Err(no_list());
        }
        Ok((hash.to_ascii_uppercase(), self.next_line(at + 1)?))
    }

    fn read(&self, at: u64) -> io::Result<Vec<u8>> {
        let (mut buffer, mut filled) = (vec![0; LONGEST_LINE], 0);
        while filled < LONGEST_LINE {
            match self.file.read_at(&mut buffer[filled..], at + filled as u64)? {
                0 => break,
                more => filled += more,
            }
        }
        buffer.truncate(filled);
        Ok(buffer)
    }
}

fn no_list() -> Error {
    Error::new(ErrorKind::InvalidData, "it is not a sorted list of SHA-1 hashes, one per line")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hash(password: &str) -> String {
        hex::encode_upper(Sha1::digest(password))
    }

    // Open files outlive their names.
    fn of(text: &str) -> io::Result<LeakedPasswords> {
        let path = std::env::temp_dir().join(format!("leaked-{}", uuid::Uuid::now_v7()));
        std::fs::write(&path, text)?;
        let list = LeakedPasswords::open(&path);
        std::fs::remove_file(&path)?;
        list
    }

    fn list(mut lines: Vec<String>, end: &str, is_ended: bool) -> LeakedPasswords {
        lines.sort_unstable();
        of(&(lines.join(end) + if is_ended { end } else { "" })).unwrap()
    }

    #[tokio::test]
    async fn what_is_on_the_list_is_found_and_nothing_else() {
        let lines = (0..2_000).map(|n| format!("{}:{}", hash(&format!("leaked {n}")), 7_u64.pow(n % 12)));
        let list = list(lines.collect(), "\r\n", true);
        for n in 0..2_000 {
            assert!(list.contains(&format!("leaked {n}")).await.unwrap(), "{n}");
            assert!(!list.contains(&format!("kept {n}")).await.unwrap(), "{n}");
        }
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for text in ["", "password\n123456\n", &hash("x")[..39], &format!("{}AA:3\n", hash("x")), &"\n".repeat(99)] {
            let error = of(text).unwrap_err();
            assert!(error.to_string().contains("not a sorted list"), "{text}: {error}");
        }
        assert_eq!(LeakedPasswords::open(Path::new("/nowhere")).unwrap_err().kind(), ErrorKind::NotFound);
    }

    proptest! {
        #[test]
        fn every_line_is_found_however_they_are_written(
            names in prop::collection::btree_set("[a-z]{1,6}", 1..60),
            counts in any::<bool>(), end in prop::sample::select(vec!["\n", "\r\n"]), is_ended in any::<bool>(),
        ) {
            let line = |name: &String| if counts { format!("{}:{}", hash(name), name.len()) } else { hash(name) };
            let list = list(names.iter().map(line).collect(), end, is_ended);
            for name in &names {
                prop_assert!(list.find(hash(name).as_bytes()).unwrap());
                prop_assert!(!list.find(hash(&name.to_uppercase()).as_bytes()).unwrap());
            }
        }
    }
}
