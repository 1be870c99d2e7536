//! The profiles of the aliyun CLI, in `~/.aliyun/config.json`.
//!
//! Source: aliyun CLI and the official SDKs. The file is only read; the SDKs rewrite it and lose what they do not know.

mod file;
mod login;
mod modes;

use std::path::{Path, PathBuf};

pub(super) use login::Login;

use self::file::{ConfigFile, Field, Profile};
use super::CredentialError;
use super::options::Note;
use super::outside::Outside;
use super::source::{Around, Source};

/// How errors call this place before a profile is chosen.
pub(super) const ORIGIN: &str = "profile";

const FILE: &str = "ALIBABA_CLOUD_CONFIG_FILE";
const DISABLED: &str = "ALIBABA_CLOUD_CLI_PROFILE_DISABLED";

/// What was found in the file.
pub(super) struct FoundProfile {
    pub(super) source: Source,
    pub(super) name: String,
    pub(super) region: Option<String>,
    pub(super) notes: Vec<Note>,
}

/// What the file says about the profile that was asked for.
pub(super) enum Lookup {
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
pub(super) fn is_disabled(outside: &Outside) -> bool {
    outside.is_true(DISABLED)
}

/// The variable that moves the file, for a message.
pub(super) fn disabled_by() -> String {
    format!("`{DISABLED}` is `true`")
}

/// What is read of the file and of what surrounds it.
struct Config<'a> {
    around: Around<'a>,
    path: PathBuf,
    file: ConfigFile,
}

/// Looks for the profile `name`, or for the current one.
///
/// # Errors
/// When the file, or the profile in it, is there but unusable.
pub(super) fn look(around: Around<'_>, name: Option<&str>) -> Result<Lookup, CredentialError> {
    let outside = around.outside;
    let (path, is_given) = match (outside.variable(FILE), outside.home()) {
        (Some(path), _) => (PathBuf::from(path), true),
        (None, Some(home)) => (home.join(".aliyun").join("config.json"), false),
        (None, None) => return Ok(Lookup::Absent("there is no home folder".to_owned())),
    };
    let shown = path.display().to_string();
    let text = match outside.read(ORIGIN, &path)? {
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
        around,
        path,
        file: parsed,
    };
    config.look(name, text.mode)
}

impl Config<'_> {
    fn look(&self, asked: Option<&str>, mode: Option<u32>) -> Result<Lookup, CredentialError> {
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
            region: place.optional("region_id", &profile.region_id)?.cloned(),
            notes,
        })))
    }

    fn place(&self, profile: &str) -> Place {
        let profile = profile.escape_debug();
        Place(format!("profile `{profile}` in `{}`", self.path.display()))
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
    fn optional<'a, T>(
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
    fn needed<'a, T>(&self, name: &str, field: &'a Field<T>) -> Result<&'a T, CredentialError> {
        self.optional(name, field)?.ok_or_else(|| {
            self.error(
                format!("`{name}` is not set"),
                format!("set `{name}`, or run `aliyun configure` for this profile"),
            )
        })
    }
}
