//! The storage: in a folder here; on a real server in `storage_server`.

use std::path::PathBuf;

use domain::ids::TenantId;
use futures::StreamExt;
use jobs::storage::{ObjectPath, Storage, StorageError, StorageUrl};
use uuid::Uuid;

/// A storage in a folder of its own, removed with it.
pub struct Folder {
    pub path: PathBuf,
    pub storage: Storage,
}

impl Folder {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("stoa-storage-{}", Uuid::new_v4()));
        let storage = Storage::open(&StorageUrl::Local(path.clone())).unwrap();
        Self { path, storage }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.path);
    }
}

pub fn some_tenant() -> TenantId {
    TenantId(Uuid::new_v4())
}

pub async fn read(storage: &Storage, path: &ObjectPath) -> Vec<u8> {
    let mut pieces = storage.get(path).await.unwrap();
    let mut whole = Vec::new();
    while let Some(piece) = pieces.next().await {
        whole.extend_from_slice(&piece.unwrap());
    }
    whole
}

/// What every storage must do, whatever it is; `files` counts what really lies there.
pub async fn keeps_its_promises(storage: &Storage, files: impl Fn() -> usize) {
    let before = files();
    let (ours, theirs) = (ObjectPath::tenant(some_tenant()), ObjectPath::tenant(some_tenant()));
    let folder = ours.child("backups").unwrap().child("one").unwrap();
    let (small, large) = (folder.child("small").unwrap(), folder.child("large.zst").unwrap());

    storage.put_whole(&small, b"a few words").await.unwrap();
    assert_eq!(read(storage, &small).await, b"a few words");
    let content: Vec<u8> = (0..40_000_003_u32).map(|n| (n % 251) as u8).collect();
    let mut upload = storage.put(&large);
    for piece in content.chunks(1_000_000) {
        upload.write(piece).await.unwrap();
        assert!(storage.head(&large).await.unwrap().is_none(), "seen before it is whole");
    }
    assert_eq!(upload.finish().await.unwrap(), 40_000_003);
    assert!(read(storage, &large).await == content, "large objects read back");

    let listed: Vec<(String, u64)> =
        storage.list(&ours).await.unwrap().into_iter().map(|o| (o.path.name().to_owned(), o.bytes)).collect();
    assert_eq!(listed, [("large.zst".to_owned(), 40_000_003), ("small".to_owned(), 11)]);
    assert!(storage.list(&theirs).await.unwrap().is_empty());
    assert_eq!(storage.list_tenants().await.unwrap().len(), 2);
    assert!(storage.get_whole(&large, 1_000).await.is_err(), "no more than was asked for");

    storage.put_whole(&small, b"other words").await.unwrap();
    assert_eq!(storage.get_whole(&small, 1_000).await.unwrap(), b"other words"[..]);
    storage.delete(&small).await.unwrap();
    storage.delete(&small).await.unwrap();
    assert!(matches!(storage.get(&small).await, Err(StorageError::Missing(_))));

    // Somebody dies in the middle of a large one.
    let mut upload = storage.put(&folder.child("broken").unwrap());
    upload.write(&content).await.unwrap();
    std::mem::forget(upload);
    assert_eq!(storage.list(&ours).await.unwrap().len(), 1, "what never became whole is not listed");
    storage.remove_all(&folder).await.unwrap();
    assert!(storage.list(&ours).await.unwrap().is_empty());
    assert_eq!(files(), before, "nothing is left behind");
    assert!(storage.remove_all(&ours).await.is_err(), "never everything of an owner");
}

#[tokio::test]
async fn a_folder_keeps_its_promises() {
    let folder = Folder::new();
    let files = || walk(&folder.path);
    keeps_its_promises(&folder.storage, files).await;
}

#[tokio::test]
async fn a_folder_that_may_not_be_written_says_so() {
    // Root may write anywhere, so something that nobody can: below a file.
    let folder = Folder::new();
    std::fs::write(folder.path.join("platform"), "a file, not a folder").unwrap();
    let path = ObjectPath::platform().child("x").unwrap();
    let error = folder.storage.put_whole(&path, b"x").await.unwrap_err();
    assert!(error.to_string().contains("storage"), "{error}");
}

/// Files below `folder`, whatever their names.
pub fn walk(folder: &std::path::Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.flatten().map(|e| if e.path().is_dir() { walk(&e.path()) } else { 1 }).sum()
}

#[tokio::test]
async fn no_other_account_reads_what_lies_in_a_folder() {
    // As most systems have it: others may read what is made without care.
    let folder = Folder::new();
    let (data, tenant) = (folder.path.join("data"), some_tenant());
    let path = ObjectPath::tenant(tenant).child("backups").unwrap();
    folder.storage.put_whole(&path.child("small").unwrap(), b"x").await.unwrap();
    let mut large = folder.storage.put(&path.child("large").unwrap());
    large.write(&vec![7; 17 * 1024 * 1024]).await.unwrap();
    assert!(jobs::private::open_to_others(&folder.path).count <= 1, "what arrives lies in a closed folder");
    large.finish().await.unwrap();
    let mut upload = jobs::imports::receive::Receiver::new(&data, tenant, 10).await.unwrap();
    upload.write(b"x").await.unwrap();
    upload.finish().await.unwrap();
    assert_eq!(jobs::private::open_to_others(&folder.path), jobs::private::Open::default());
}
