//! A file (or listing) opened at the server, and the connection that holds it.

use russh_sftp::protocol::{FileAttributes, OpenFlags};

use super::OffsiteError;
use super::pool::Lease;

const FILE_MODE: u32 = 0o600;

/// An open handle. One that is dropped instead of closed takes its connection with it, because the server would keep it.
#[derive(Debug)]
pub(super) struct OpenFile {
    pub(super) lease: Lease,
    pub(super) handle: String,
    pub(super) path: String,
}

impl OpenFile {
    pub(super) async fn open(lease: Lease, path: &str, flags: OpenFlags) -> Result<Self, OffsiteError> {
        let attrs = FileAttributes { permissions: Some(FILE_MODE), ..FileAttributes::empty() };
        lease.holds(true);
        match lease.raw.open(path, flags, attrs).await {
            Ok(opened) => Ok(Self { lease, handle: opened.handle, path: path.to_owned() }),
            Err(error) => {
                lease.holds(false);
                Err(lease.fault(path, error))
            }
        }
    }

    pub(super) async fn open_folder(lease: Lease, path: &str) -> Result<Self, OffsiteError> {
        lease.holds(true);
        match lease.raw.opendir(path).await {
            Ok(opened) => Ok(Self { lease, handle: opened.handle, path: path.to_owned() }),
            Err(error) => {
                lease.holds(false);
                Err(lease.fault(path, error))
            }
        }
    }

    /// Puts what was written on the disk, where the server offers that.
    pub(super) async fn sync(&self) -> Result<(), OffsiteError> {
        if !self.lease.offers.fsync {
            return Ok(());
        }
        self.lease.raw.fsync(self.handle.as_str()).await.map(drop).map_err(|e| self.lease.fault(&self.path, e))
    }

    /// Closes it and gives the connection back for the next request.
    pub(super) async fn close(self) -> Result<Lease, OffsiteError> {
        match self.lease.raw.close(self.handle.as_str()).await {
            Ok(_) => {
                self.lease.holds(false);
                self.lease.touch();
                Ok(self.lease)
            }
            Err(error) => Err(self.lease.fault(&self.path, error)),
        }
    }
}
