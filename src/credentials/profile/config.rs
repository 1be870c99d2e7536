//! What each mode of a profile needs, and the source it makes.

use std::path::PathBuf;

use secrecy::ExposeSecret;

use crate::cloud::rpc::credentials::{CredentialError, Credentials};
use crate::cloud::rpc::endpoint::Endpoint;
use crate::cloud::sts::role::{DEFAULT_DURATION, Parameter, Role};
use crate::credentials::config_file::{ConfigFile, Field, Profile};
use crate::credentials::ecs::{self, Metadata};
use crate::credentials::external::{self, Helper};
use crate::credentials::login::Login;
use crate::credentials::oidc::{OidcRole, Token};
use crate::credentials::place::{Place, known};
use crate::credentials::session_name::default_session_name;
use crate::credentials::setup::Setup;
use crate::credentials::source::{Provider, Source};
use crate::credentials::sts_endpoint::{ProfileSettings, endpoint};
use crate::credentials::uri::CredentialsUri;

/// How many profiles a chain of `source_profile` may go on to from the first.
const LONGEST_CHAIN: usize = 5;

/// The modes that give a signature we can use.
const MODES: &str = "`AK`, `StsToken`, `RamRoleArn`, `EcsRamRole`, `ChainableRamRoleArn`, `RamRoleArnWithRoleName`, `OIDC`, \
                     `External`, `CredentialsURI`, `CloudSSO` and `OAuth`";

/// What is read of the file and of what surrounds it.
pub(super) struct Config<'a> {
    pub(super) setup: Setup<'a>,
    pub(super) path: PathBuf,
    pub(super) file: ConfigFile,
}

impl Config<'_> {
    pub(super) fn place(&self, profile: &str) -> Place {
        let profile = profile.escape_debug();
        Place(format!("profile `{profile}` in `{}`", self.path.display()))
    }

    /// The source that the profile `name` describes. `walked` are the profiles that led here.
    pub(super) fn source(
        &self,
        name: &str,
        walked: &mut Vec<String>,
    ) -> Result<Source, CredentialError> {
        let place = self.place(name);
        let Some(profile) = self.file.profile(name) else {
            let names: Vec<_> = self.file.names().into_iter().map(str::to_owned).collect();
            return Err(place.error("there is no such profile", known(&names)));
        };
        walked.push(name.to_owned());
        let Some(mode) = profile.mode() else {
            return Err(match profile.mode {
                Field::Wrong => {
                    place.error("`mode` is not a text", format!("set it to one of {MODES}"))
                }
                _ => place.error(
                    "`mode` is not set, and no field tells it",
                    "run `aliyun configure` for this profile",
                ),
            });
        };
        let (provider, base) = self.provider(&place, profile, mode, walked)?;
        let mut path = format!("profile/{}/{mode}", name.escape_debug());
        if let Some(base) = base {
            path = format!("{path} → {base}");
        }
        Ok(Source::new(path, place.0, provider, self.setup.context))
    }

    /// How the credentials are got, and the path of the source they are got with, if that is another.
    fn provider(
        &self,
        place: &Place,
        profile: &Profile,
        mode: &str,
        walked: &mut Vec<String>,
    ) -> Result<(Provider, Option<String>), CredentialError> {
        let provider = match mode {
            "AK" => Provider::Fixed(keys(place, profile, Session::No)?),
            "StsToken" => Provider::Fixed(keys(place, profile, Session::Yes)?),
            "RamRoleArn" => {
                let own = keys(place, profile, Session::Maybe)?;
                let base = Source::new("", &place.0, Provider::Fixed(own), self.setup.context);
                self.role(place, profile, base)?
            }
            "RamRoleArnWithRoleName" => {
                let instance = Provider::Ecs(self.metadata(place, profile)?);
                let base = Source::new(ecs::ORIGIN, &place.0, instance, self.setup.context);
                return Ok((self.role(place, profile, base)?, Some("ecs".to_owned())));
            }
            "ChainableRamRoleArn" => {
                let base = self.base(place, profile, walked)?;
                let path = base.path().to_owned();
                return Ok((self.role(place, profile, base)?, Some(path)));
            }
            "EcsRamRole" => Provider::Ecs(self.metadata(place, profile)?),
            "OIDC" => self.oidc(place, profile)?,
            "External" => external(place, profile)?,
            "CredentialsURI" => self.uri(place, profile)?,
            "CloudSSO" => Provider::Login(Login::cloud_sso(place, profile)?),
            "OAuth" => Provider::Login(Login::oauth(place, profile)?),
            "RsaKeyPair" | "BearerToken" | "Anonymous" => return Err(refusal(place, mode)),
            other => {
                let shown = other.escape_debug();
                return Err(place.error(
                    format!("`mode` is `{shown}`, which is unknown"),
                    format!("modes, spelled exactly: {MODES}"),
                ));
            }
        };
        Ok((provider, None))
    }

    /// The source that a chained profile starts from.
    fn base(
        &self,
        place: &Place,
        profile: &Profile,
        walked: &mut Vec<String>,
    ) -> Result<Source, CredentialError> {
        let next = place.needed("source_profile", &profile.source_profile)?;
        let chain = |next: &str| {
            let names: Vec<_> = walked.iter().map(String::as_str).chain([next]).collect();
            names.join(" → ").escape_debug().to_string()
        };
        if walked.contains(next) {
            return Err(place.error(
                format!("`source_profile` goes in a circle: {}", chain(next)),
                "let the last profile be one with a key or a role of its own",
            ));
        }
        if walked.len() > LONGEST_CHAIN {
            return Err(place.error(
                format!(
                    "`source_profile` goes over more than {LONGEST_CHAIN} profiles: {}",
                    chain(next)
                ),
                "shorten the chain",
            ));
        }
        if self.file.profile(next).is_none() {
            let names: Vec<_> = self.file.names().into_iter().map(str::to_owned).collect();
            let shown = next.escape_debug();
            return Err(place.error(
                format!("`source_profile` names `{shown}`, which is no profile"),
                known(&names),
            ));
        }
        self.source(next, walked)
    }

    /// The profile's role, taken on with the credentials of `base`.
    fn role(
        &self,
        place: &Place,
        profile: &Profile,
        base: Source,
    ) -> Result<Provider, CredentialError> {
        Ok(Provider::Role {
            base,
            role: self.wanted_role(place, profile)?,
            endpoint: self.sts(place, profile)?,
        })
    }

    fn wanted_role(&self, place: &Place, profile: &Profile) -> Result<Role, CredentialError> {
        const ROLE_ARN: &str = "ALIBABA_CLOUD_ROLE_ARN";
        // What the profile leaves open, the environment fills, as in the SDKs.
        let arn = match place.optional("ram_role_arn", &profile.ram_role_arn)? {
            Some(arn) => arn.clone(),
            None => match self.setup.context.variable(ROLE_ARN) {
                Some(arn) => arn,
                None => place.needed("ram_role_arn", &profile.ram_role_arn)?.clone(),
            },
        };
        let session_name = place.optional("ram_session_name", &profile.ram_session_name)?;
        let duration = place.optional("expired_seconds", &profile.expired_seconds)?;
        let role = Role {
            arn,
            session_name: session_name
                .cloned()
                .unwrap_or_else(|| default_session_name(self.setup.context)),
            external_id: place
                .optional("external_id", &profile.external_id)?
                .cloned(),
            // The CLI writes zero for "not set".
            duration: duration
                .copied()
                .filter(|&d| d != 0)
                .unwrap_or(DEFAULT_DURATION),
            policy: place.optional("policy", &profile.policy)?.cloned(),
        };
        let name = |parameter| {
            let name = match parameter {
                Parameter::Arn => "ram_role_arn",
                Parameter::SessionName => "ram_session_name",
                Parameter::ExternalId => "external_id",
                Parameter::Duration => "expired_seconds",
                Parameter::Policy => "policy",
            };
            format!("`{name}`")
        };
        role.check(name).map_err(|problem| {
            place.error(
                problem,
                "correct the field, or run `aliyun configure` for this profile",
            )
        })?;
        Ok(role)
    }

    /// Where STS is for this profile.
    pub(super) fn sts(
        &self,
        place: &Place,
        profile: &Profile,
    ) -> Result<Endpoint, CredentialError> {
        let text = |name, field| {
            place
                .optional(name, field)
                .map(|text| text.map(String::as_str))
        };
        let settings = ProfileSettings {
            endpoint: text("sts_endpoint", &profile.sts_endpoint)?,
            regions: [
                text("sts_region", &profile.sts_region)?,
                text("region_id", &profile.region_id)?,
            ],
            is_vpc: place.optional("enable_vpc", &profile.enable_vpc)?.copied(),
        };
        endpoint(self.setup, settings).map_err(|error| match error.origin.as_str() {
            "profile" => place.error(error.problem, error.hint),
            _ => error,
        })
    }

    fn metadata(&self, place: &Place, profile: &Profile) -> Result<Metadata, CredentialError> {
        let role = place.optional("ram_role_name", &profile.ram_role_name)?;
        Ok(self.setup.metadata(role.cloned(), "ram_role_name"))
    }

    fn oidc(&self, place: &Place, profile: &Profile) -> Result<Provider, CredentialError> {
        let provider = place.needed("oidc_provider_arn", &profile.oidc_provider_arn)?;
        let token = place.needed("oidc_token_file", &profile.oidc_token_file)?;
        Ok(Provider::Oidc(OidcRole {
            provider_arn: provider.clone(),
            token: Token::File(PathBuf::from(token)),
            role: self.wanted_role(place, profile)?,
            endpoint: self.sts(place, profile)?,
        }))
    }

    fn uri(&self, place: &Place, profile: &Profile) -> Result<Provider, CredentialError> {
        let uri = place.needed("credentials_uri", &profile.credentials_uri)?;
        if external::is_disabled(self.setup.context) {
            let name = external::DISABLED;
            return Err(place.error(
                format!("`credentials_uri` may not be asked: `{name}` is set"),
                format!("unset `{name}`, or choose another profile"),
            ));
        }
        let uri = CredentialsUri::new(uri.expose_secret(), &place.0, "credentials_uri")?;
        Ok(Provider::Uri(uri))
    }
}

/// Whether a profile's key is that of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Session {
    No,
    Maybe,
    Yes,
}

/// The key written in the profile.
fn keys(
    place: &Place,
    profile: &Profile,
    session: Session,
) -> Result<Credentials, CredentialError> {
    let token = match session {
        Session::No => None,
        Session::Maybe => place.optional("sts_token", &profile.sts_token)?.cloned(),
        Session::Yes => Some(place.needed("sts_token", &profile.sts_token)?.clone()),
    };
    let found = Credentials {
        access_key_id: place
            .needed("access_key_id", &profile.access_key_id)?
            .clone(),
        secret: place
            .needed("access_key_secret", &profile.access_key_secret)?
            .clone(),
        security_token: token,
        expires_at: None,
    };
    if found.lacks_token() {
        return Err(place.error(
            "`access_key_id` is the key of a session, but the profile gives no token with it",
            "set `mode` to `StsToken` and `sts_token` to the session's token, or use a permanent key",
        ));
    }
    Ok(found)
}

fn external(place: &Place, profile: &Profile) -> Result<Provider, CredentialError> {
    let line = place.needed("process_command", &profile.process_command)?;
    match Helper::new(line.expose_secret(), cfg!(windows)) {
        Ok(helper) => Ok(Provider::External(helper)),
        Err(problem) => Err(place.error(
            format!("`process_command` {problem}"),
            "write the program and its arguments as for a POSIX shell",
        )),
    }
}

/// Modes that are no use to us.
fn refusal(place: &Place, mode: &str) -> CredentialError {
    let (why, instead) = match mode {
        "RsaKeyPair" => (
            "key pairs are retired, and no other tool's session can be got with one",
            "use an access key of a RAM user, or a role",
        ),
        "BearerToken" => (
            "RAM takes no bearer token, it wants signed calls",
            "use an access key, a role or a login with `CloudSSO` or `OAuth`",
        ),
        _ => (
            "RAM wants signed calls",
            "use a profile with an access key or a role",
        ),
    };
    place.error(format!("mode `{mode}` cannot be used: {why}"), instead)
}
