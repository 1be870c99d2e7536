//! Asks the places in turn.

use std::sync::Arc;

use super::context::Context;
use super::ecs::{self, Failure, Metadata};
use super::note::Note;
use super::oidc::{self, Setting};
use super::options::{NamedProfile, Options, SourceChoice};
use super::setup::Setup;
use super::source::{Provider, Source};
use super::sts_endpoint::{ProfileSettings, endpoint};
use super::uri::{self, CredentialsUri};
use super::{env, ini, place, profile};
use crate::cloud::rpc::credentials::{CredentialError, Credentials};
use crate::cloud::rpc::endpoint::Endpoint;
use crate::shell::quote;

/// Names the profile for both files. Source: the official SDKs; the second name is Terraform's.
const PROFILE: [&str; 2] = ["ALIBABA_CLOUD_PROFILE", "ALICLOUD_PROFILE"];

/// The place that answered.
#[derive(Debug, Clone)]
pub struct Found {
    /// Gives the credentials.
    pub source: Source,
    /// What the user should know, for standard error.
    pub notes: Vec<Note>,
    /// Where STS is asked about these credentials, and with them.
    pub sts: Endpoint,
}

impl Found {
    pub(super) fn new(source: Source, sts: Endpoint) -> Self {
        Self {
            source,
            notes: Vec::new(),
            sts,
        }
    }
}

/// Looks for credentials. Only the metadata service is asked over the network here; roles, helpers and credentials URIs
/// are used when [`Source`] is first asked.
///
/// # Errors
/// When a place is set up wrongly, when the one that was chosen is not set up, or when none is.
pub async fn find(options: &Options, context: &Arc<Context>) -> Result<Found, CredentialError> {
    let search = Search {
        options,
        context,
        setup: Setup {
            context,
            sts_endpoint: options.sts_endpoint.as_deref(),
            region: options.region.as_deref(),
            metadata_endpoint: options.metadata_endpoint.as_deref(),
        },
    };
    match (options.source, &options.profile) {
        (SourceChoice::Auto, None) => search.all().await,
        (SourceChoice::Auto, Some(named)) => search.named(named),
        (SourceChoice::Profile, _) => search.profile_alone(),
        (SourceChoice::Ini, _) => search.ini_alone(),
        (other, Some(_)) => Err(CredentialError::new(
            "command line",
            format!("`--profile` and `--credential-source {other}` exclude each other"),
            "leave one of them out",
        )),
        (SourceChoice::Env, None) => match env::credentials(&context.environment)? {
            Some(key) => search.environment(key),
            None => Err(search.not_set_up(env::ORIGIN, env::ABSENT)),
        },
        (SourceChoice::Oidc, None) => match search.oidc()? {
            Setting::Complete(role) => Ok(search.oidc_role(role)),
            Setting::Partial(error) => Err(error),
            Setting::Absent => Err(search.not_set_up(oidc::ORIGIN, oidc::ABSENT)),
        },
        (SourceChoice::Ecs, None) => search.ecs_alone().await,
        (SourceChoice::Uri, None) => match search.uri()? {
            Some(found) => Ok(found),
            None => Err(search.not_set_up(uri::ORIGIN, &format!("`{}` is not set", uri::VARIABLE))),
        },
    }
}

#[derive(Clone, Copy)]
struct Search<'a> {
    options: &'a Options,
    context: &'a Arc<Context>,
    setup: Setup<'a>,
}

impl Search<'_> {
    /// Every place in turn. A named profile that is nowhere, and half an OIDC set-up, count as broken only when no
    /// other key or profile is there; but before the machine's own role, which nobody asked for.
    async fn all(self) -> Result<Found, CredentialError> {
        let mut absent = Vec::new();
        let mut note = |origin: &str, why: &str| absent.push(format!("{origin}: {why}"));
        if let Some(key) = env::credentials(&self.context.environment)? {
            return self.environment(key);
        }
        note(env::ORIGIN, env::ABSENT);
        let partial = match self.oidc()? {
            Setting::Complete(role) => return Ok(self.oidc_role(role)),
            Setting::Partial(error) => Some(error),
            Setting::Absent => None,
        };
        note(oidc::ORIGIN, oidc::ABSENT);
        let name = self.profile_variable();
        let mut searched = Vec::new();
        let lookup = match profile::is_disabled(self.context) {
            true => profile::Lookup::Absent(profile::disabled_by()),
            false => profile::lookup(self.setup, name.as_deref())?,
        };
        match lookup {
            profile::Lookup::Found(found) => return Ok(Self::from_profile(*found)),
            profile::Lookup::NotThere { file, names } => searched.push((file, names)),
            profile::Lookup::Absent(why) => note(profile::ORIGIN, &why),
        }
        match ini::lookup(self.setup, name.as_deref())? {
            ini::Lookup::Found(found) => return Ok(Self::from_ini(*found)),
            ini::Lookup::NotThere { files, names } => searched.push((files, names)),
            ini::Lookup::Absent(why) => note(ini::ORIGIN, &why),
        }
        if let Some(error) = partial {
            return Err(error);
        }
        if let Some(name) = name {
            return Err(missing(&name, searched, self.named_by()));
        }
        match self.ecs().await? {
            Ok(found) => return Ok(found),
            Err(why) => note(ecs::ORIGIN, &why),
        }
        if let Some(found) = self.uri()? {
            return Ok(found);
        }
        note(uri::ORIGIN, "not set up");
        let hint = "set `ALIBABA_CLOUD_ACCESS_KEY_ID` and `ALIBABA_CLOUD_ACCESS_KEY_SECRET`, or run `aliyun configure`; \
                    `--sandbox` needs no account";
        let none = CredentialError::new("credentials", "none found", hint);
        Err(CredentialError {
            searched: absent,
            ..none
        })
    }

    /// The profile that the command line or the spec names, in either file.
    fn named(self, named: &NamedProfile) -> Result<Found, CredentialError> {
        let NamedProfile { name, named_by } = named;
        let mut searched = Vec::new();
        let mut found = None;
        match profile::lookup(self.setup, Some(name))? {
            profile::Lookup::Found(profile) => found = Some(Self::from_profile(*profile)),
            profile::Lookup::NotThere { file, names } => searched.push((file, names)),
            profile::Lookup::Absent(_) => {}
        }
        if found.is_none() {
            match ini::lookup(self.setup, Some(name))? {
                ini::Lookup::Found(section) => found = Some(Self::from_ini(*section)),
                ini::Lookup::NotThere { files, names } => searched.push((files, names)),
                ini::Lookup::Absent(_) => {}
            }
        }
        let mut found = found.ok_or_else(|| missing(name, searched, named_by))?;
        if matches!(env::credentials(&self.context.environment), Ok(Some(_))) {
            let name = name.escape_debug();
            found.notes.push(Note::notice(
                format!("profile `{name}` is used, not the access key in the environment"),
                format!("leave {named_by} out to use the environment's"),
            ));
        }
        Ok(found)
    }

    fn profile_alone(self) -> Result<Found, CredentialError> {
        let name = self.profile_name();
        match profile::lookup(self.setup, name.as_deref())? {
            profile::Lookup::Found(found) => Ok(Self::from_profile(*found)),
            profile::Lookup::Absent(why) => Err(self.not_set_up(profile::ORIGIN, &why)),
            profile::Lookup::NotThere { file, names } => {
                let name = name.unwrap_or_default();
                Err(missing(&name, vec![(file, names)], self.named_by()))
            }
        }
    }

    fn ini_alone(self) -> Result<Found, CredentialError> {
        let name = self.profile_name();
        match ini::lookup(self.setup, name.as_deref())? {
            ini::Lookup::Found(found) => Ok(Self::from_ini(*found)),
            ini::Lookup::Absent(why) => Err(self.not_set_up(ini::ORIGIN, &why)),
            ini::Lookup::NotThere { files, names } => {
                let name = name.unwrap_or_default();
                Err(missing(&name, vec![(files, names)], self.named_by()))
            }
        }
    }

    async fn ecs_alone(self) -> Result<Found, CredentialError> {
        let metadata = self.metadata();
        let credentials = metadata.fetch(self.context, ecs::ORIGIN).await?;
        self.instance(metadata, credentials)
    }

    /// The instance's role, or why it is absent. Nobody set this place up, so it has to be asked; with the role named,
    /// somebody did.
    async fn ecs(self) -> Result<Result<Found, String>, CredentialError> {
        if Metadata::is_disabled(self.context) {
            return Ok(Err("switched off".to_owned()));
        }
        let metadata = self.metadata();
        if metadata.role.is_some() {
            return self.ecs_alone().await.map(Ok);
        }
        match metadata.query(self.context, ecs::ORIGIN).await {
            Ok(credentials) => self.instance(metadata, credentials).map(Ok),
            Err(Failure::Absent(why)) => Ok(Err(why.to_owned())),
            Err(Failure::Broken(error)) => Err(error),
        }
    }

    fn metadata(self) -> Metadata {
        let role = Metadata::role_from_environment(self.context);
        self.setup.metadata(role, ecs::ROLE)
    }

    fn instance(
        self,
        metadata: Metadata,
        credentials: Credentials,
    ) -> Result<Found, CredentialError> {
        let path = metadata.path();
        let provider = Provider::Ecs(metadata);
        let context = self.context;
        let source = Source::holding(credentials, path, ecs::ORIGIN, provider, context);
        Ok(Found::new(source, self.sts()?))
    }

    /// Where STS is, where no profile has a say.
    fn sts(self) -> Result<Endpoint, CredentialError> {
        endpoint(self.setup, ProfileSettings::default())
    }

    fn uri(self) -> Result<Option<Found>, CredentialError> {
        let Some(text) = self.context.variable(uri::VARIABLE) else {
            return Ok(None);
        };
        let uri = CredentialsUri::new(&text, uri::ORIGIN, uri::VARIABLE)?;
        let provider = Provider::Uri(uri);
        let source = Source::new("uri", uri::ORIGIN, provider, self.context);
        Ok(Some(Found::new(source, self.sts()?)))
    }

    fn oidc(self) -> Result<Setting, CredentialError> {
        oidc::from_environment(self.context, || self.sts())
    }

    fn oidc_role(self, role: oidc::OidcRole) -> Found {
        let sts = role.endpoint.clone();
        let provider = Provider::Oidc(role);
        Found::new(
            Source::new("oidc", oidc::ORIGIN, provider, self.context),
            sts,
        )
    }

    /// The key in the environment, and a note when a profile would give another, or a role is passed over.
    fn environment(self, key: Credentials) -> Result<Found, CredentialError> {
        let provider = Provider::Fixed(key);
        let source = Source::new("env", env::ORIGIN, provider, self.context);
        let mut found = Found::new(source, self.sts()?);
        let named = self.profile_variable();
        let other = named.or_else(|| {
            // Only to say so: whether the file is in order does not matter here.
            let may_look =
                self.options.source == SourceChoice::Auto && !profile::is_disabled(self.context);
            match may_look.then(|| profile::lookup(self.setup, None)) {
                Some(Ok(profile::Lookup::Found(found))) => Some(found.name),
                _ => None,
            }
        });
        if let Some(name) = other {
            let name = name.escape_debug();
            found.notes.push(Note::notice(
                format!("the access key in the environment is used, not profile `{name}`"),
                format!("pass `--profile {name}` to use the profile"),
            ));
        }
        // Who chose the environment alone does not expect a role.
        let is_auto = self.options.source == SourceChoice::Auto;
        if is_auto && self.context.variable(oidc::ROLE_ARN).is_some() {
            found.notes.push(Note::notice(
                format!(
                    "`{}` is not used: the access key in the environment is used as it is",
                    oidc::ROLE_ARN
                ),
                "to take on the role, use a profile with `ram_role_arn`, or `assume_role` under `accounts`"
                    .to_owned(),
            ));
        }
        Ok(found)
    }

    fn from_profile(profile: profile::FoundProfile) -> Found {
        Found {
            source: profile.source,
            notes: profile.notes,
            sts: profile.sts,
        }
    }

    fn from_ini(section: ini::FoundSection) -> Found {
        Found {
            notes: section.notes,
            ..Found::new(section.source, section.sts)
        }
    }

    fn profile_name(self) -> Option<String> {
        let named = self.options.profile.as_ref();
        let name = named.map(|named| named.name.clone());
        name.or_else(|| self.profile_variable())
    }

    fn profile_variable(self) -> Option<String> {
        PROFILE.iter().find_map(|name| self.context.variable(name))
    }

    /// Who names the profile, for a message.
    fn named_by(self) -> &'static str {
        match (&self.options.profile, self.context.variable(PROFILE[0])) {
            (Some(named), _) => named.named_by,
            (None, Some(_)) => "`ALIBABA_CLOUD_PROFILE`",
            (None, None) => "`ALICLOUD_PROFILE`",
        }
    }

    fn not_set_up(self, origin: &str, why: &str) -> CredentialError {
        let choice = self.options.source;
        CredentialError::new(
            origin,
            format!("not set up: {why}"),
            format!("set it up, or choose another with `--credential-source`, now `{choice}`"),
        )
    }
}

/// The profile `name` is in none of the files `searched`.
fn missing(name: &str, searched: Vec<(String, Vec<String>)>, named_by: &str) -> CredentialError {
    let mut names: Vec<String> = Vec::new();
    let mut files = Vec::new();
    for (file, own) in searched {
        for name in own {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        files.push(file);
    }
    let wanted = name.escape_debug();
    let place = match files.is_empty() {
        true => "there is no file with profiles".to_owned(),
        false => format!("there is no such profile in {}", files.join(" and ")),
    };
    let hint = match files.is_empty() {
        true => format!("make one with `aliyun configure --profile {}`", quote(name)),
        false => place::known(&names),
    };
    CredentialError::new(
        "profile",
        format!("{named_by} asks for `{wanted}`, but {place}"),
        hint,
    )
}
