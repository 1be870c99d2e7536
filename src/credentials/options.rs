//! What a search for credentials is asked.

use std::fmt;
use std::str::FromStr;

/// What the command line says about credentials.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Which place to ask.
    pub source: SourceChoice,
    /// The profile to use; beats a key in the environment.
    pub profile: Option<NamedProfile>,
    /// Where STS is, as host or URL, `--endpoint sts=…`; beats every other setting.
    pub sts_endpoint: Option<String>,
    /// The region whose STS is asked unless an endpoint is given, `--region`.
    pub region: Option<String>,
    /// Where the metadata service is, scheme and host; for tests, on loopback.
    pub metadata_endpoint: Option<String>,
}

/// A profile that is asked for by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedProfile {
    /// Its name.
    pub name: String,
    /// Who names it, for messages: as `` `--profile` ``.
    pub named_by: &'static str,
}

/// Which place to ask for credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SourceChoice {
    /// All, in the SDKs' order: env, oidc, profile, ini, ecs, uri.
    #[default]
    Auto,
    /// An access key in environment variables.
    Env,
    /// A role, by an OIDC token that environment variables name.
    Oidc,
    /// A profile of the aliyun CLI.
    Profile,
    /// A section of the SDKs' own file.
    Ini,
    /// The role of the ECS instance we are on.
    Ecs,
    /// A credentials URI.
    Uri,
}

impl SourceChoice {
    /// All choices, in the order in which `auto` asks.
    pub const ALL: [Self; 7] = [
        Self::Auto,
        Self::Env,
        Self::Oidc,
        Self::Profile,
        Self::Ini,
        Self::Ecs,
        Self::Uri,
    ];

    /// The word for it on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Env => "env",
            Self::Oidc => "oidc",
            Self::Profile => "profile",
            Self::Ini => "ini",
            Self::Ecs => "ecs",
            Self::Uri => "uri",
        }
    }
}

impl fmt::Display for SourceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SourceChoice {
    type Err = UnknownSource;

    fn from_str(text: &str) -> Result<Self, UnknownSource> {
        let all = Self::ALL.into_iter();
        let found = all.into_iter().find(|choice| choice.as_str() == text);
        found.ok_or(UnknownSource)
    }
}

/// A word that is no [`SourceChoice`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not one of auto, env, oidc, profile, ini, ecs and uri")]
pub struct UnknownSource;
