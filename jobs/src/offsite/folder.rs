//! What lies in the off-site folder: listing, deleting, pruning.

use russh_sftp::client::error::Error as SftpError;
use russh_sftp::protocol::StatusCode;

use super::file::OpenFile;
use super::{Offsite, OffsiteError, OffsitePath};

// Deeper than any name of ours; a link to a folder above would lead round for ever.
const DEEPEST: usize = 12;

/// A file that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its name.
    pub path: OffsitePath,
    /// Its size.
    pub bytes: u64,
}

#[derive(Default)]
struct Tree {
    files: Vec<(String, u64)>,
    folders: Vec<String>,
}

impl Offsite {
    /// All files below `prefix`, by name. Those not finished yet, and others that Stoa cannot have written, are left out.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub async fn list(&self, prefix: &OffsitePath) -> Result<Vec<Found>, OffsiteError> {
        let (tree, base) = (self.tree(&self.remote(prefix)).await?, self.remote(prefix));
        let ours = |(name, bytes): (String, u64)| {
            let path = prefix.join(name.strip_prefix(&base)?.trim_start_matches('/')).ok()?;
            Some(Found { path, bytes })
        };
        let mut found: Vec<Found> = tree.files.into_iter().filter_map(ours).collect();
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    /// Removes one file. `false`: it was not there.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub async fn delete(&self, path: &OffsitePath) -> Result<bool, OffsiteError> {
        self.remove(&self.remote(path)).await
    }

    /// Removes everything below `prefix`, unfinished files and the folders too; how many files that were.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses; what was removed until then stays removed.
    pub async fn prune(&self, prefix: &OffsitePath) -> Result<usize, OffsiteError> {
        let mut tree = self.tree(&self.remote(prefix)).await?;
        let mut gone = 0;
        for (file, _) in &tree.files {
            gone += usize::from(self.remove(file).await?);
        }
        tree.folders.sort_by_key(|folder| std::cmp::Reverse(folder.len()));
        for folder in &tree.folders {
            self.remove_folder(folder).await?;
        }
        Ok(gone)
    }

    /// Removes what broken-off uploads left below `prefix`; how many files that were. Nothing may be uploading there.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub async fn sweep(&self, prefix: &OffsitePath) -> Result<usize, OffsiteError> {
        let mut gone = 0;
        for (file, _) in self.tree(&self.remote(prefix)).await?.files {
            let name = file.rsplit('/').next().unwrap_or_default();
            if name.starts_with('.') && name.ends_with(".part") {
                gone += usize::from(self.remove(&file).await?);
            }
        }
        Ok(gone)
    }

    async fn remove(&self, remote: &str) -> Result<bool, OffsiteError> {
        let mut retry = self.retry();
        loop {
            let removed = async { self.lease().await?.remove(remote).await };
            match removed.await {
                Ok(()) => return Ok(true),
                Err(error) if error.is_missing() => return Ok(false),
                Err(error) => retry.after(error).await?,
            }
        }
    }

    async fn remove_folder(&self, remote: &str) -> Result<(), OffsiteError> {
        let mut retry = self.retry();
        loop {
            let removed = async { self.lease().await?.remove_folder(remote).await };
            match removed.await {
                Err(error) if !error.is_missing() => retry.after(error).await?,
                _ => return Ok(()),
            }
        }
    }

    // Nothing at all where there is no such folder.
    async fn tree(&self, remote: &str) -> Result<Tree, OffsiteError> {
        let mut tree = Tree::default();
        let mut ahead = vec![(remote.to_owned(), 0)];
        while let Some((folder, depth)) = ahead.pop() {
            let entries = match self.entries(&folder).await {
                Err(error) if error.is_missing() => continue,
                other => other?,
            };
            for (name, is_folder, bytes) in entries {
                let path = format!("{folder}/{name}");
                match is_folder {
                    true if depth < DEEPEST => ahead.push((path, depth + 1)),
                    true => {}
                    false => tree.files.push((path, bytes)),
                }
            }
            tree.folders.push(folder);
        }
        Ok(tree)
    }

    async fn entries(&self, folder: &str) -> Result<Vec<(String, bool, u64)>, OffsiteError> {
        let mut retry = self.retry();
        loop {
            match self.read_folder(folder).await {
                Ok(entries) => return Ok(entries),
                Err(error) => retry.after(error).await?,
            }
        }
    }

    async fn read_folder(&self, folder: &str) -> Result<Vec<(String, bool, u64)>, OffsiteError> {
        let open = OpenFile::open_folder(self.lease().await?, folder).await?;
        let mut entries = Vec::new();
        loop {
            match open.lease.raw.readdir(open.handle.as_str()).await {
                Ok(names) => entries.extend(
                    names
                        .files
                        .into_iter()
                        .filter(|file| !matches!(file.filename.as_str(), "." | ".."))
                        .map(|file| (file.filename, file.attrs.is_dir(), file.attrs.size.unwrap_or(0))),
                ),
                Err(SftpError::Status(status)) if status.status_code == StatusCode::Eof => break,
                Err(error) => return Err(open.lease.fault(folder, error)),
            }
        }
        open.close().await.map(drop)?;
        Ok(entries)
    }
}
