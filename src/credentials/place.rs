//! Places in files, as errors and notes name them.

use std::path::Path;

use super::config_file::Field;
use super::note::Note;
use crate::cloud::rpc::credentials::CredentialError;

/// A warning when the permission bits let others than the owner at the file.
pub(super) fn open_to_others(path: &Path, mode: Option<u32>) -> Option<Note> {
    let mode = mode?;
    let what = match (mode & 0o022 != 0, mode & 0o044 != 0) {
        (true, _) => "changed",
        (false, true) => "read",
        (false, false) => return None,
    };
    let path = path.display();
    Some(Note::warning(
        format!("`{path}` holds a secret and can be {what} by others (mode {mode:03o})"),
        format!("chmod 600 {path}"),
    ))
}

/// A hint that lists names.
pub(super) fn known(names: &[String]) -> String {
    const MOST: usize = 10;
    if names.is_empty() {
        return "it has no profile; make one with `aliyun configure`".to_owned();
    }
    let mut list: Vec<_> = names
        .iter()
        .take(MOST)
        .map(|name| format!("`{}`", name.escape_debug()))
        .collect();
    if names.len() > MOST {
        list.push(format!("and {} more", names.len() - MOST));
    }
    format!("it has {}", list.join(", "))
}

/// A profile in a file, as errors name it.
pub(super) struct Place(pub(super) String);

impl Place {
    pub(super) fn error(
        &self,
        problem: impl Into<String>,
        hint: impl Into<String>,
    ) -> CredentialError {
        CredentialError::new(&self.0, problem, hint)
    }

    /// The field's value, if there is one.
    pub(super) fn optional<'a, T>(
        &self,
        name: &str,
        field: &'a Field<T>,
    ) -> Result<Option<&'a T>, CredentialError> {
        match field {
            Field::Absent => Ok(None),
            Field::Given(value) => Ok(Some(value)),
            Field::Wrong => Err(self.error(
                format!("`{name}` is of another type than it should be"),
                format!("correct `{name}`, or run `aliyun configure` for this profile"),
            )),
        }
    }

    /// The field's value, which has to be there.
    pub(super) fn needed<'a, T>(
        &self,
        name: &str,
        field: &'a Field<T>,
    ) -> Result<&'a T, CredentialError> {
        self.optional(name, field)?.ok_or_else(|| {
            self.error(
                format!("`{name}` is not set"),
                format!("set `{name}`, or run `aliyun configure` for this profile"),
            )
        })
    }
}
