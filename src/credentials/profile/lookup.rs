//! Finds a profile in the file.

use std::path::{Path, PathBuf};

use super::config::Config;
use crate::cloud::rpc::credentials::CredentialError;
use crate::cloud::rpc::endpoint::Endpoint;
use crate::credentials::config_file::{ConfigFile, Field, Profile};
use crate::credentials::context::Context;
use crate::credentials::note::Note;
use crate::credentials::place::{known, open_to_others};
use crate::credentials::setup::Setup;
use crate::credentials::source::Source;

/// How errors call this place before a profile is chosen.
pub(in crate::credentials) const ORIGIN: &str = "profile";

const FILE: &str = "ALIBABA_CLOUD_CONFIG_FILE";
const DISABLED: &str = "ALIBABA_CLOUD_CLI_PROFILE_DISABLED";

/// What was found in the file.
pub(in crate::credentials) struct FoundProfile {
    pub(in crate::credentials) source: Source,
    pub(in crate::credentials) name: String,
    pub(in crate::credentials) sts: Endpoint,
    pub(in crate::credentials) notes: Vec<Note>,
}

/// What the file says about the profile that was asked for.
pub(in crate::credentials) enum Lookup {
    /// There is no file, or nothing in it yet.
    Absent(String),
    /// The profile that was named is not in the file, which has these.
    NotThere {
        file: String,
        names: Vec<String>,
    },
    Found(Box<FoundProfile>),
}

/// Whether the user wants the file left alone.
pub(in crate::credentials) fn is_disabled(context: &Context) -> bool {
    context.is_true(DISABLED)
}

/// The variable that moves the file, for a message.
pub(in crate::credentials) fn disabled_by() -> String {
    format!("`{DISABLED}` is `true`")
}

/// Looks for the profile `name`, or for the current one.
///
/// # Errors
/// When the file, or the profile in it, is there but unusable.
pub(in crate::credentials) fn lookup(
    setup: Setup<'_>,
    name: Option<&str>,
) -> Result<Lookup, CredentialError> {
    let context = setup.context;
    let (path, is_given) = match (context.variable(FILE), context.home()) {
        (Some(path), _) => (PathBuf::from(path), true),
        (None, Some(home)) => (home.join(".aliyun").join("config.json"), false),
        (None, None) => return Ok(Lookup::Absent("there is no home folder".to_owned())),
    };
    let shown = path.display().to_string();
    let text = match context.read(ORIGIN, &path)? {
        Some(text) => text,
        None if is_given => {
            return Err(CredentialError::new(
                ORIGIN,
                format!("`{FILE}` names `{shown}`, which does not exist"),
                format!("correct `{FILE}`, or unset it"),
            ));
        }
        None => return Ok(Lookup::Absent(format!("there is no `{shown}`"))),
    };
    let parsed = ConfigFile::parse(&text.text).map_err(|problem| {
        CredentialError::new(
            ORIGIN,
            format!("`{shown}` {problem}"),
            "correct the file, or make it anew with `aliyun configure`",
        )
    })?;
    let config = Config {
        setup,
        path,
        file: parsed,
    };
    config.lookup(name, text.mode)
}

impl Config<'_> {
    fn lookup(&self, asked: Option<&str>, mode: Option<u32>) -> Result<Lookup, CredentialError> {
        let name = match (asked, &self.file.current) {
            (Some(name), _) => name,
            (None, Field::Given(name)) => name,
            (None, _) => "default",
        };
        let Some(profile) = self.file.profile(name) else {
            let names: Vec<_> = self.file.names().into_iter().map(str::to_owned).collect();
            let file = format!("`{}`", self.path.display());
            return match asked {
                None if names.is_empty() => Ok(Lookup::Absent(format!("{file} has no profile"))),
                None => Err(CredentialError::new(
                    ORIGIN,
                    format!("{file} has no profile `{name}`, which is its current one"),
                    known(&names),
                )),
                Some(_) => Ok(Lookup::NotThere { file, names }),
            };
        };
        if asked.is_none() && profile.is_blank() {
            let problem = format!("profile `{name}` of `{}` is empty", self.path.display());
            return Ok(Lookup::Absent(problem));
        }
        let mut walked = Vec::new();
        let source = self.source(name, &mut walked)?;
        let place = self.place(name);
        let notes = warning(&self.path, mode, &self.file, &walked);
        Ok(Lookup::Found(Box::new(FoundProfile {
            source,
            name: name.to_owned(),
            sts: self.sts(&place, profile)?,
            notes,
        })))
    }
}

/// A warning when others can read a file from which a secret is used, or change it.
fn warning(path: &Path, mode: Option<u32>, file: &ConfigFile, profiles: &[String]) -> Vec<Note> {
    let mut used = profiles.iter().filter_map(|name| file.profile(name));
    match used.any(Profile::holds_secret) {
        true => open_to_others(path, mode).into_iter().collect(),
        false => Vec::new(),
    }
}
