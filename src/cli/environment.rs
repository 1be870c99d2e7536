//! What the process was started with, read once and handed down.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Environment variables and the working folder.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    /// The folder that relative paths start from.
    pub folder: PathBuf,
}

impl Environment {
    /// The environment of this process. Variables that are not text are left out.
    #[must_use]
    pub fn of_process() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self {
            variables: std::env::vars_os().filter_map(text).collect(),
            folder: std::env::current_dir().unwrap_or_default(),
        }
    }

    /// The variable's value; an empty one counts as unset, as CI systems clear variables that way.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<String> {
        self.variables
            .get(name)
            .filter(|value| !value.is_empty())
            .cloned()
    }
}
