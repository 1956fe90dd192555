//! Objects kept outside the database: in a folder, or on an S3-compatible server. Paths carry their owner
//! ([`ObjectPath`]); an object is seen whole or not at all ([`Upload`]).

mod address;
mod error;
mod path;
mod upload;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::stream::{BoxStream, StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::local::LocalFileSystem;
use object_store::multipart::MultipartStore;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt, RetryConfig};

pub use address::{AwsVariables, BadUrl, Keys, S3, StorageUrl};
pub use error::StorageError;
pub use path::{BadName, ObjectPath, Owner};
pub use upload::Upload;

use upload::MARK;

/// An object as the storage lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Where it is.
    pub path: ObjectPath,
    /// Its bytes.
    pub bytes: u64,
    /// When it was put there, by the storage's clock.
    pub modified: DateTime<Utc>,
}

/// A place for objects. Cheap to clone.
#[derive(Clone)]
pub struct Storage {
    backend: Backend,
    url: StorageUrl,
}

#[derive(Clone)]
enum Backend {
    Folder(Arc<LocalFileSystem>, std::path::PathBuf),
    Server(Arc<PrefixStore<AmazonS3>>),
}

impl Storage {
    /// Opens it; makes the folder where it is one. A server is not asked yet.
    ///
    /// # Errors
    /// When the folder cannot be made, or the server's address is none.
    pub fn open(url: &StorageUrl) -> Result<Self, StorageError> {
        let backend = match url {
            StorageUrl::Local(folder) => {
                crate::private::make_folder(folder)?;
                let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true).with_automatic_cleanup(true);
                Backend::Folder(Arc::new(store), folder.clone())
            }
            StorageUrl::S3(s3) => Backend::Server(Arc::new(PrefixStore::new(server(s3)?, s3.prefix.as_str()))),
        };
        Ok(Self { backend, url: url.clone() })
    }

    /// Its address, without keys.
    pub fn address(&self) -> String {
        self.url.to_string()
    }

    /// Begins an object at `path`. Nothing is seen there (or what was there stays) until it is finished.
    pub fn put(&self, path: &ObjectPath) -> Upload {
        Upload::new(self.clone(), path)
    }

    /// Stores `content` at `path` at once.
    ///
    /// # Errors
    /// When the storage is full, refuses or fails.
    pub async fn put_whole(&self, path: &ObjectPath, content: &[u8]) -> Result<u64, StorageError> {
        let mut upload = self.put(path);
        upload.write(content).await?;
        upload.finish().await
    }

    /// The object at `path`, piece by piece.
    ///
    /// # Errors
    /// [`StorageError::Missing`] when there is none, or when the storage refuses or fails.
    pub async fn get(
        &self,
        path: &ObjectPath,
    ) -> Result<BoxStream<'static, Result<Bytes, StorageError>>, StorageError> {
        let found = self.store().get(&path.key()).await?;
        Ok(found.into_stream().map_err(StorageError::from).boxed())
    }

    /// The object at `path` as a whole, if it has no more than `limit` bytes.
    ///
    /// # Errors
    /// [`StorageError::Missing`] when there is none, or when it is larger, or the storage refuses or fails.
    pub async fn get_whole(&self, path: &ObjectPath, limit: u64) -> Result<Bytes, StorageError> {
        let found = self.store().get(&path.key()).await?;
        if found.meta.size > limit {
            return Err(StorageError::Failed(format!(
                "{path} has {} bytes, more than the {limit} expected",
                found.meta.size
            )));
        }
        Ok(found.bytes().await?)
    }

    /// What is known of the object at `path`, if there is one.
    ///
    /// # Errors
    /// When the storage refuses or fails.
    pub async fn head(&self, path: &ObjectPath) -> Result<Option<Stored>, StorageError> {
        match self.store().head(&path.key()).await {
            Ok(meta) => Ok(Some(Stored { path: path.clone(), bytes: meta.size, modified: meta.last_modified })),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether it is there at all: of a folder on a disk that is not mounted, every object is missing, and none is lost. To
    /// be asked before what is missing is called lost. A server says so by itself.
    ///
    /// # Errors
    /// When nothing is in the folder.
    pub async fn check_there(&self) -> Result<(), StorageError> {
        let Backend::Folder(_, root) = &self.backend else { return Ok(()) };
        let nothing = match tokio::fs::read_dir(root).await {
            Ok(mut entries) => entries.next_entry().await?.is_none(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
            Err(error) => return Err(error.into()),
        };
        if nothing {
            return Err(StorageError::Failed(format!("{} is empty; check that it is mounted", root.display())));
        }
        Ok(())
    }

    /// All whole objects at and below `prefix`, in the order of their paths.
    ///
    /// # Errors
    /// When the storage refuses or fails.
    pub async fn list(&self, prefix: &ObjectPath) -> Result<Vec<Stored>, StorageError> {
        self.list_below(&prefix.to_string()).await
    }

    /// All whole objects of every tenant, in the order of their paths.
    ///
    /// # Errors
    /// When the storage refuses or fails.
    pub async fn list_tenants(&self) -> Result<Vec<Stored>, StorageError> {
        self.list_below("tenants").await
    }

    /// Removes the object at `path`; one that is not there is removed already.
    ///
    /// # Errors
    /// When the storage refuses or fails.
    pub async fn delete(&self, path: &ObjectPath) -> Result<(), StorageError> {
        match self.store().delete(&path.key()).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            other => Ok(other?),
        }
    }

    /// Removes every object below `prefix`, those also that never became whole.
    ///
    /// # Errors
    /// When the storage refuses or fails, or `prefix` is all that an owner has.
    pub async fn remove_all(&self, prefix: &ObjectPath) -> Result<(), StorageError> {
        if prefix.names().is_empty() {
            return Err(StorageError::Denied("cannot remove all files of an owner at once".into()));
        }
        match &self.backend {
            Backend::Folder(_, root) => match tokio::fs::remove_dir_all(root.join(prefix.to_string())).await {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
                other => Ok(other?),
            },
            Backend::Server(server) => {
                let keys: Vec<Path> =
                    server.list(Some(&prefix.key())).map_ok(|meta| meta.location).try_collect().await?;
                for key in keys {
                    self.remove(server, &key).await?;
                }
                Ok(())
            }
        }
    }

    async fn remove(&self, server: &PrefixStore<AmazonS3>, key: &Path) -> Result<(), StorageError> {
        if let Some(object) = key.as_ref().strip_suffix(MARK) {
            let id = server.get(key).await?.bytes().await?;
            let id = String::from_utf8_lossy(&id).into_owned();
            // It may have been completed in the moment before somebody died.
            match server.abort_multipart(&Path::from(object), &id).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => tracing::debug!(%error, object, "cannot abort an upload; it probably no longer exists"),
            }
        }
        match server.delete(key).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            other => Ok(other?),
        }
    }

    async fn list_below(&self, prefix: &str) -> Result<Vec<Stored>, StorageError> {
        let listed: Vec<_> = self.store().list(Some(&Path::from(prefix))).try_collect().await?;
        let mut found: Vec<Stored> = listed
            .into_iter()
            .filter(|meta| !meta.location.as_ref().ends_with(MARK))
            // What does not read back as one of our paths is not ours.
            .filter_map(|meta| {
                let path = ObjectPath::parse(meta.location.as_ref())?;
                Some(Stored { path, bytes: meta.size, modified: meta.last_modified })
            })
            .collect();
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    // Where an object lies on this machine, if it does.
    fn file(&self, key: &Path) -> Option<std::path::PathBuf> {
        match &self.backend {
            Backend::Folder(folder, _) => folder.path_to_filesystem(key).ok(),
            Backend::Server(_) => None,
        }
    }

    fn store(&self) -> &dyn ObjectStore {
        match &self.backend {
            Backend::Folder(folder, _) => folder.as_ref(),
            Backend::Server(server) => server.as_ref(),
        }
    }
}

fn server(s3: &S3) -> Result<AmazonS3, StorageError> {
    // Somebody else's client may have done so before; all choose the same.
    let _before = rustls::crypto::ring::default_provider().install_default();
    let retry = RetryConfig { max_retries: 4, retry_timeout: Duration::from_secs(60), ..RetryConfig::default() };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&s3.bucket)
        .with_region(&s3.region)
        .with_access_key_id(&s3.keys.access_key_id)
        .with_secret_access_key(&s3.keys.secret_access_key)
        .with_retry(retry);
    if let Some(token) = &s3.keys.session_token {
        builder = builder.with_token(token);
    }
    if let Some(endpoint) = &s3.endpoint {
        builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
    }
    Ok(builder.build()?)
}
