//! What a source may ask of the machine and the network, passed in so that tests need no real ones.

use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use super::process::Processes;
use crate::cloud::rpc::client::Settings;
use crate::cloud::rpc::clock::{Clock, Random};
use crate::cloud::rpc::credentials::CredentialError;
use crate::cloud::rpc::transport::SharedTransport;

/// Looks up an environment variable by its name.
pub type Environment = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// The world setup the sources.
pub struct Context {
    /// Looks up an environment variable.
    pub environment: Environment,
    /// Reads files.
    pub files: Box<dyn Files>,
    /// What time it is.
    pub clock: Clock,
    /// Nonces and jitter.
    pub random: Arc<Random>,
    /// How patient calls to STS are.
    pub settings: Settings,
    /// Carries HTTPS requests, through the user's proxy where there is one.
    pub api: SharedTransport,
    /// Carries plain HTTP requests to the metadata service and to this machine, never through a proxy.
    pub direct: SharedTransport,
    /// Runs credential helpers.
    pub processes: Box<dyn Processes>,
}

impl Context {
    /// The variable's value without blanks setup it; empty counts as unset.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        let value = (self.environment)(name)?;
        let value = value.trim();
        (!value.is_empty()).then(|| value.to_owned())
    }

    /// Whether the variable says `true`, in any case. `1` is not true, as in the SDKs.
    pub(super) fn is_true(&self, name: &str) -> bool {
        self.variable(name)
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// The user's own folder. Source: the aliyun CLI and the SDKs.
    pub(super) fn home(&self) -> Option<PathBuf> {
        if let Some(home) = self.variable("HOME") {
            return Some(PathBuf::from(home));
        }
        if !cfg!(windows) {
            return None;
        }
        let profile = self.variable("USERPROFILE");
        profile.map(PathBuf::from).or_else(|| {
            let mut home = self.variable("HOMEDRIVE")?;
            home.push_str(&self.variable("HOMEPATH")?);
            Some(PathBuf::from(home))
        })
    }

    /// Reads a file; `None` when it is not there.
    pub(super) fn read(
        &self,
        origin: &str,
        path: &Path,
    ) -> Result<Option<FileText>, CredentialError> {
        let problem = match self.files.read(path) {
            Ok(text) => return Ok(Some(text)),
            Err(error) if is_missing(&error) => return Ok(None),
            // An operating system's text about an error holds nothing of the file.
            Err(error) => format!("`{}` cannot be read: {error}", path.display()),
        };
        let hint = "make it a regular text file of at most 1 MiB that you may read";
        Err(CredentialError::new(origin, problem, hint))
    }
}

fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Context")
    }
}

/// A file that was read; wiped when dropped.
pub struct FileText {
    /// What is in it.
    pub text: Zeroizing<String>,
    /// Its permission bits, where the system has them.
    pub mode: Option<u32>,
}

impl fmt::Debug for FileText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, mode } = self;
        write!(f, "FileText({} bytes, mode {mode:?})", text.len())
    }
}

/// Reads files.
pub trait Files: Send + Sync {
    /// Reads the file at `path` whole.
    ///
    /// # Errors
    /// When it is missing, unreadable, too large, not text or not a regular file.
    fn read(&self, path: &Path) -> io::Result<FileText>;
}

/// This machine's files.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

/// Longest file that is read. Unit: bytes.
const LONGEST_FILE: u64 = 1024 * 1024;

impl Files for Disk {
    fn read(&self, path: &Path) -> io::Result<FileText> {
        // Asked before opening: opening a pipe would wait for its writer.
        let metadata = std::fs::metadata(path)?;
        if !metadata.is_file() {
            return Err(io::Error::other("it is not a regular file"));
        }
        let file = std::fs::File::open(path)?;
        // Room for all of it at once: a buffer that grows leaves copies behind.
        let room = metadata.len().min(LONGEST_FILE) + 1;
        let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(room).unwrap_or(0)));
        file.take(LONGEST_FILE + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > LONGEST_FILE {
            return Err(io::Error::other("it is longer than 1 MiB"));
        }
        let text =
            std::str::from_utf8(&bytes).map_err(|_| io::Error::other("it is not UTF-8 text"))?;
        // Editors on Windows put a byte order mark in front.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Ok(FileText {
            text: Zeroizing::new(text.to_owned()),
            mode: permissions(&metadata),
        })
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have no such bits")]
fn permissions(metadata: &std::fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    Some(metadata.permissions().mode() & 0o777)
}

#[cfg(not(unix))]
fn permissions(_metadata: &std::fs::Metadata) -> Option<u32> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let write = |name: &str, bytes: &[u8]| {
            std::fs::write(path(name), bytes).unwrap();
            Disk.read(&path(name)).map(|file| file.text.to_string())
        };
        assert_eq!(write("plain", b"a\n").unwrap(), "a\n");
        assert_eq!(write("marked", b"\xef\xbb\xbfa").unwrap(), "a");
        assert_eq!(
            write("full", &[b'a'; 1024 * 1024]).unwrap().len(),
            1024 * 1024
        );
        for (name, bytes) in [("binary", &[0xff][..]), ("long", &[b'a'; 1024 * 1024 + 1])] {
            assert!(write(name, bytes).is_err(), "{name}");
        }
        assert!(Disk.read(folder.path()).is_err());
        assert!(is_missing(&Disk.read(&path("none")).unwrap_err()));
        assert!(is_missing(&Disk.read(&path("plain/none")).unwrap_err()));
    }

    #[cfg(unix)]
    #[test]
    fn permission_bits_are_told() {
        use std::os::unix::fs::PermissionsExt;
        let file = tempfile::NamedTempFile::new().unwrap();
        let mode = std::fs::Permissions::from_mode(0o640);
        std::fs::set_permissions(file.path(), mode).unwrap();
        assert_eq!(Disk.read(file.path()).unwrap().mode, Some(0o640));
    }
}
