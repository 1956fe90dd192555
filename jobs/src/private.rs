//! Files and folders that no other account of the machine reads: 0600 and 0700 whatever the umask is, and what was made
//! wider before is mended.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Of folders.
const FOLDER: u32 = 0o700;
/// Of files.
const FILE: u32 = 0o600;
/// What the group and others may do.
const OTHERS: u32 = 0o077;
/// Of a folder that many share, such as `/tmp`: its mode is not ours to change.
const STICKY: u32 = 0o1000;

/// What is open to other accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Open {
    /// How many files and folders.
    pub count: u64,
    /// One of them, for a message.
    pub example: Option<PathBuf>,
}

/// From here on, whatever this process and the programs that it starts make is closed to other accounts.
pub fn close_umask() {
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(OTHERS));
}

/// Makes a folder and those above it that are missing.
///
/// # Errors
/// When the disk does not let it.
pub fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER).create(path)
}

/// Makes a file that is not there yet.
///
/// # Errors
/// When it is there, or the disk does not let it.
pub fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(FILE).open(path)
}

/// Writes a file, in place of what was there.
///
/// # Errors
/// When the disk does not let it.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(FILE).open(path)?;
    file.set_permissions(Permissions::from_mode(FILE))?;
    io::Write::write_all(&mut file, content)
}

/// Closes a file that another library made.
///
/// # Errors
/// When it is not ours.
pub fn close(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_symlink() {
        return Ok(());
    }
    fs::set_permissions(path, Permissions::from_mode(FILE))
}

/// Closes `root` and everything below it; what could not be closed. What is not there is closed.
pub fn mend(root: &Path) -> Open {
    let mut left = Open::default();
    walk(root, &mut |path, mode| {
        // What vanished meanwhile is closed too.
        if fs::set_permissions(path, Permissions::from_mode(mode & !OTHERS)).is_err() && path.exists() {
            left.add(path);
        }
    });
    left
}

/// What of `root` and everything below it other accounts may read or enter.
pub fn open_to_others(root: &Path) -> Open {
    let mut found = Open::default();
    walk(root, &mut |path, _| found.add(path));
    found
}

/// Whether other accounts may read this one file.
pub fn is_open(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & OTHERS != 0)
}

impl Open {
    fn add(&mut self, path: &Path) {
        self.count += 1;
        self.example.get_or_insert_with(|| path.to_owned());
    }
}

// Calls `seen` for whatever is wider than it should be, folders before what is in them; follows no links.
fn walk(root: &Path, seen: &mut dyn FnMut(&Path, u32)) {
    let mut waiting = vec![root.to_owned()];
    while let Some(path) = waiting.pop() {
        let Ok(meta) = fs::symlink_metadata(&path) else { continue };
        let mode = meta.permissions().mode() & 0o7777;
        if mode & OTHERS != 0 && mode & STICKY == 0 && (meta.is_file() || meta.is_dir()) {
            seen(&path, mode);
        }
        if meta.is_dir() {
            waiting.extend(fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn what_is_made_is_closed_and_what_was_open_is_mended() {
        let root = std::env::temp_dir().join(format!("stoa-private-{}", uuid::Uuid::new_v4()));
        make_folder(&root.join("a/b")).unwrap();
        write(&root.join("a/b/letter"), b"x").unwrap();
        drop(create_new(&root.join("a/new")).unwrap());
        assert_eq!((mode(&root), mode(&root.join("a/b")), mode(&root.join("a/b/letter"))), (0o700, 0o700, 0o600));
        assert_eq!((mode(&root.join("a/new")), open_to_others(&root)), (0o600, Open::default()));
        fs::write(root.join("a/wide"), b"x").unwrap();
        for (path, mode) in [("a/wide", 0o664), ("a/b", 0o755), ("a/new", 0o640), ("", 0o711)] {
            fs::set_permissions(root.join(path), Permissions::from_mode(mode)).unwrap();
        }
        std::os::unix::fs::symlink("/etc/passwd", root.join("a/link")).unwrap();
        let open = open_to_others(&root);
        assert_eq!((open.count, open.example.as_deref()), (4, Some(root.as_path())));
        assert_eq!(mend(&root), Open::default());
        assert_eq!(open_to_others(&root), Open::default());
        assert_eq!((mode(&root.join("a/wide")), mode(Path::new("/etc/passwd")) & 0o044), (0o600, 0o044));
        write(&root.join("a/wide"), b"y").unwrap();
        assert_eq!(mend(&root.join("nowhere")), Open::default());
        fs::set_permissions(&root, Permissions::from_mode(0o1777)).unwrap();
        assert_eq!((mend(&root), mode(&root)), (Open::default(), 0o1777), "a folder that many share");
        fs::remove_dir_all(&root).unwrap();
    }
}
