//! The profiles of the SDKs, in `~/.alibabacloud/credentials` or `credentials.ini`.
//!
//! Source: the official SDKs, which differ in the file's name and in whether a section must say `enable = true`. We read both
//! names and obey only an explicit `enable = false`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::context::{Context, FileText};
use super::note::Note;
use super::oidc::{OidcRole, Token};
use super::place::{Place, known, open_to_others};
use super::session_name::default_session_name;
use super::setup::Setup;
use super::source::{Provider, Source};
use super::sts_endpoint::{ProfileSettings, endpoint};
use crate::cloud::rpc::credentials::{CredentialError, Credentials};
use crate::cloud::rpc::endpoint::Endpoint;
use crate::cloud::sts::role::{DEFAULT_DURATION, Parameter, Role};

/// How errors call this place before a section is chosen.
pub(super) const ORIGIN: &str = "ini";

const FILE: &str = "ALIBABA_CLOUD_CREDENTIALS_FILE";

/// What was found in a file.
pub(super) struct FoundSection {
    pub(super) source: Source,
    pub(super) sts: Endpoint,
    pub(super) notes: Vec<Note>,
}

/// What the files say about the section that was asked for.
pub(super) enum Lookup {
    /// There is no file, or no section of the default name in it.
    Absent(String),
    /// The section that was named is in none of the files.
    NotThere {
        files: String,
        names: Vec<String>,
    },
    Found(Box<FoundSection>),
}

/// Looks for the section `name`, or for `default`.
///
/// # Errors
/// When a file, or the section in it, is there but unusable.
pub(super) fn lookup(setup: Setup<'_>, name: Option<&str>) -> Result<Lookup, CredentialError> {
    let context = setup.context;
    let (paths, is_given) = match (context.variable(FILE), context.home()) {
        (Some(path), _) => (vec![PathBuf::from(path)], true),
        (None, Some(home)) => {
            let folder = home.join(".alibabacloud");
            let names = ["credentials", "credentials.ini"];
            (names.map(|name| folder.join(name)).to_vec(), false)
        }
        (None, None) => return Ok(Lookup::Absent("there is no home folder".to_owned())),
    };
    let list: Vec<_> = paths.iter().map(|p| format!("`{}`", p.display())).collect();
    let list = list.join(" and ");
    let mut names = Vec::new();
    let mut is_any = false;
    for path in paths {
        let Some(file) = context.read(ORIGIN, &path)? else {
            continue;
        };
        is_any = true;
        let shown = path.display();
        let mut sections = parse(&file).map_err(|(problem, hint)| {
            CredentialError::new(ORIGIN, format!("`{shown}` {problem}"), hint)
        })?;
        let wanted = name.unwrap_or("default");
        let Some(section) = sections.remove(wanted) else {
            names.extend(sections.into_keys());
            continue;
        };
        return section.found(setup, &path, &file, name);
    }
    match (is_any, is_given, name) {
        (false, true, _) => Err(CredentialError::new(
            ORIGIN,
            format!("`{FILE}` names {list}, which does not exist"),
            format!("correct `{FILE}`, or unset it"),
        )),
        (false, false, _) => Ok(Lookup::Absent(format!("there is no {list}"))),
        (true, true, None) => Err(CredentialError::new(
            ORIGIN,
            format!("{list} has no section `default`"),
            known(&names),
        )),
        (true, false, None) => Ok(Lookup::Absent(format!("{list} has no section `default`"))),
        (true, _, Some(_)) => Ok(Lookup::NotThere { files: list, names }),
    }
}

/// One section: keys in lower case.
#[derive(Default)]
struct Section(BTreeMap<String, SecretString>);

/// Reads the text. Errors name lines and quote nothing but names of keys.
///
/// By hand: the crates for ini files keep values in plain strings and merge sections of the same name.
fn parse(file: &FileText) -> Result<BTreeMap<String, Section>, (String, &'static str)> {
    const SHAPE: &str = "write sections as `[name]` and below them lines as `key = value`";
    if file.text.trim_start().starts_with('{') {
        return Err((
            "is JSON, not ini".to_owned(),
            "the aliyun CLI's file is named by `ALIBABA_CLOUD_CONFIG_FILE`",
        ));
    }
    let mut sections: BTreeMap<String, Section> = BTreeMap::new();
    let mut current: Option<String> = None;
    for (number, line) in (1..).zip(file.text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(rest) = line.strip_prefix('[') {
            let Some((name, _)) = rest.split_once(']') else {
                return Err((format!("has a section without `]` in line {number}"), SHAPE));
            };
            let name = name.trim().to_owned();
            if sections.insert(name.clone(), Section::default()).is_some() {
                return Err((
                    format!("has a second section of the same name in line {number}"),
                    "keep one of them",
                ));
            }
            current = Some(name);
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            return Err((format!("has no `=` in line {number}"), SHAPE));
        };
        let Some(section) = current.as_ref().and_then(|name| sections.get_mut(name)) else {
            return Err((
                format!("has a key above the first section in line {number}"),
                SHAPE,
            ));
        };
        // A secret may hold `#`, but no blank.
        let value = value
            .split_once(" #")
            .map_or(value, |(value, _)| value)
            .trim();
        section
            .0
            .insert(key.trim().to_ascii_lowercase(), SecretString::from(value));
    }
    Ok(sections)
}

impl Section {
    /// The section, named or the default one, as an answer.
    fn found(
        &self,
        setup: Setup<'_>,
        path: &Path,
        file: &FileText,
        name: Option<&str>,
    ) -> Result<Lookup, CredentialError> {
        let shown = name.unwrap_or("default");
        let place = Place(format!(
            "section `{}` in `{}`",
            shown.escape_debug(),
            path.display()
        ));
        let enabled = self.text("enable").unwrap_or("true");
        if enabled.eq_ignore_ascii_case("false") {
            let problem = "it says `enable = false`";
            return match name {
                Some(_) => Err(place.error(problem, "choose another, or enable it")),
                None => Ok(Lookup::Absent(format!("{}: {problem}", place.0))),
            };
        }
        let (source, holds_secret) = self.source(setup, &place, shown)?;
        let warning = open_to_others(path, file.mode).filter(|_| holds_secret);
        Ok(Lookup::Found(Box::new(FoundSection {
            source,
            sts: endpoint(setup, ProfileSettings::default())?,
            notes: warning.into_iter().collect(),
        })))
    }

    fn secret(&self, key: &str) -> Option<&SecretString> {
        self.0
            .get(key)
            .filter(|value| !value.expose_secret().is_empty())
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.secret(key).map(ExposeSecret::expose_secret)
    }

    fn needed(&self, place: &Place, key: &str) -> Result<&SecretString, CredentialError> {
        self.secret(key)
            .ok_or_else(|| place.error(format!("`{key}` is not set"), format!("set `{key}`")))
    }

    fn needed_text(&self, place: &Place, key: &str) -> Result<String, CredentialError> {
        Ok(self.needed(place, key)?.expose_secret().to_owned())
    }

    /// The source that the section describes, and whether a secret of the file is part of it.
    fn source(
        &self,
        setup: Setup<'_>,
        place: &Place,
        name: &str,
    ) -> Result<(Source, bool), CredentialError> {
        const TYPES: &str = "types: `access_key`, `ram_role_arn`, `ecs_ram_role`, `oidc_role_arn`";
        let context = setup.context;
        let sts = || endpoint(setup, ProfileSettings::default());
        let Some(kind) = self.text("type") else {
            return Err(place.error("`type` is not set", TYPES));
        };
        let (provider, holds_secret) = match kind {
            "access_key" => (Provider::Fixed(self.keys(place)?), true),
            "ram_role_arn" => {
                let keys = Provider::Fixed(self.keys(place)?);
                let provider = Provider::Role {
                    base: Source::new("", &place.0, keys, context),
                    role: self.role(context, place)?,
                    endpoint: sts()?,
                };
                (provider, true)
            }
            "ecs_ram_role" => {
                let role = self.text("role_name").map(str::to_owned);
                (Provider::Ecs(setup.metadata(role, "role_name")), false)
            }
            "oidc_role_arn" => {
                let token = self.needed_text(place, "oidc_token_file_path")?;
                let provider = Provider::Oidc(OidcRole {
                    provider_arn: self.needed_text(place, "oidc_provider_arn")?,
                    token: Token::File(PathBuf::from(token)),
                    role: self.role(context, place)?,
                    endpoint: sts()?,
                });
                (provider, false)
            }
            "rsa_key_pair" => {
                return Err(place.error(
                    "type `rsa_key_pair` cannot be used: key pairs are retired",
                    "use an access key of a RAM user, or a role",
                ));
            }
            other => {
                let shown = other.escape_debug();
                return Err(place.error(format!("`type` is `{shown}`, which is unknown"), TYPES));
            }
        };
        let path = format!("ini/{}/{kind}", name.escape_debug());
        Ok((Source::new(path, &place.0, provider, context), holds_secret))
    }

    fn keys(&self, place: &Place) -> Result<Credentials, CredentialError> {
        let found = Credentials {
            access_key_id: self.needed_text(place, "access_key_id")?,
            secret: self.needed(place, "access_key_secret")?.clone(),
            security_token: None,
            expires_at: None,
        };
        if found.lacks_token() {
            return Err(place.error(
                "`access_key_id` is the key of a session, for which this file has no place",
                "use a permanent key, or put the session into the environment",
            ));
        }
        Ok(found)
    }

    fn role(&self, context: &Context, place: &Place) -> Result<Role, CredentialError> {
        let session_name = self.text("role_session_name").map(str::to_owned);
        let role = Role {
            arn: self.needed_text(place, "role_arn")?,
            session_name: session_name.unwrap_or_else(|| default_session_name(context)),
            external_id: None,
            duration: DEFAULT_DURATION,
            policy: self.text("policy").map(str::to_owned),
        };
        let name = |parameter| match parameter {
            Parameter::SessionName => "`role_session_name`".to_owned(),
            Parameter::Policy => "`policy`".to_owned(),
            _ => "`role_arn`".to_owned(),
        };
        role.check(name)
            .map_err(|problem| place.error(problem, "correct the line"))?;
        Ok(role)
    }
}
