//! The state on disk: written whole before a write is answered, so that a kill at any moment loses nothing answered.
//!
//! One process at a time holds the file, by a lock on a file beside it that goes away with the process.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::state::World;
use super::state::file::{self, FORMAT, ReadError};

/// Why the state cannot be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has it. Stop that one, or name another file.
    #[error("`{}` is in use by another sandbox; stop that one or use another state file", .0.display())]
    Locked(PathBuf),
    /// It is not a state, or one that contradicts itself. It is left as it is.
    #[error("`{}` is damaged: {problem}; move it away to start afresh, or mend it", path.display())]
    Damaged {
        /// The state file.
        path: PathBuf,
        /// What is wrong, with the place in the file.
        problem: String,
    },
    /// A newer program wrote it. It is left as it is.
    #[error("`{}` has format {format}, this program knows up to {FORMAT}; use a newer export-iam or another state file", path.display())]
    Newer {
        /// The state file.
        path: PathBuf,
        /// Its format.
        format: u32,
    },
    /// The disk or its permissions.
    #[error("cannot {doing} `{}`: {source}", path.display())]
    Io {
        /// What was being done, as `write`.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl StoreError {
    /// The same, with paths below `folder` as somebody there would give them.
    #[must_use]
    pub fn seen_from(mut self, folder: &Path) -> Self {
        let (Self::Locked(path)
        | Self::Damaged { path, .. }
        | Self::Newer { path, .. }
        | Self::Io { path, .. }) = &mut self;
        if let Ok(short) = path.strip_prefix(folder) {
            *path = short.to_owned();
        }
        self
    }
}

/// A state file that this process holds.
#[derive(Debug)]
pub(crate) struct Store {
    path: PathBuf,
    /// Held for as long as the store lives.
    _lock: File,
}

impl Store {
    /// Takes the file for this process; gives what it holds, or `None` when there is no file yet.
    pub(crate) fn open(path: &Path) -> Result<(Self, Option<World>), StoreError> {
        let store = Self::take(path)?;
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((store, None)),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(damaged(path, "it is not text".to_owned()));
            }
            Err(error) => return Err(io_error("read", path, error)),
        };
        let world = file::read(&text).map_err(|error| match error {
            ReadError::Newer(format) => StoreError::Newer {
                path: path.to_owned(),
                format,
            },
            ReadError::Damaged(problem) => damaged(path, problem),
        })?;
        Ok((store, Some(world)))
    }

    /// Takes the file for this process, whatever it holds.
    pub(crate) fn take(path: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            std::fs::create_dir_all(folder).map_err(|error| io_error("create", folder, error))?;
        }
        Ok(Self {
            _lock: lock(path)?,
            path: path.to_owned(),
        })
    }

    /// Keeps `world`: after this returns, a crash does not lose it.
    pub(crate) fn save(&self, world: &World) -> Result<(), StoreError> {
        let fail = |error| io_error("write", &self.path, error);
        let folder = match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let text = file::write(world).map_err(|error| fail(io::Error::other(error)))?;
        // Made with mode 0600: it holds keys, if only the sandbox's own.
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(fail)?;
        file.write_all(text.as_bytes()).map_err(fail)?;
        file.as_file().sync_all().map_err(fail)?;
        file.persist(&self.path)
            .map_err(|error| fail(error.error))?;
        // The new name is only safe with its folder.
        #[cfg(unix)]
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(fail)?;
        Ok(())
    }
}

fn lock(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock_path = PathBuf::from(name);
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&lock_path)
        .map_err(|error| io_error("open", &lock_path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(io_error("lock", &lock_path, error)),
    }
}

fn damaged(path: &Path, problem: String) -> StoreError {
    StoreError::Damaged {
        path: path.to_owned(),
        problem,
    }
}

fn io_error(doing: &'static str, path: &Path, source: io::Error) -> StoreError {
    StoreError::Io {
        doing,
        path: path.to_owned(),
        source,
    }
}
