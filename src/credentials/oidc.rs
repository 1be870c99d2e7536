//! A role that is taken on with an OIDC token: RRSA in Kubernetes, and CI.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::context::Context;
use super::session_name::default_session_name;
use crate::cloud::rpc::credentials::CredentialError;
use crate::cloud::rpc::endpoint::Endpoint;
use crate::cloud::sts::role::{DEFAULT_DURATION, Parameter, Role};

/// The role to take on.
pub(super) const ROLE_ARN: &str = "ALIBABA_CLOUD_ROLE_ARN";
const PROVIDER_ARN: &str = "ALIBABA_CLOUD_OIDC_PROVIDER_ARN";
const TOKEN_FILE: &str = "ALIBABA_CLOUD_OIDC_TOKEN_FILE";
/// The token itself. Source: terraform-provider-alicloud; the SDKs know only the file.
const TOKEN: &str = "ALIBABA_CLOUD_OIDC_TOKEN";

/// How errors call this place when it is set up by variables.
pub(super) const ORIGIN: &str = "oidc";

/// Why nothing comes from here.
pub(super) const ABSENT: &str = "no role and token are set";

/// What is exchanged for a session.
pub(super) struct OidcRole {
    pub(super) provider_arn: String,
    pub(super) token: Token,
    pub(super) role: Role,
    /// Where STS is.
    pub(super) endpoint: Endpoint,
}

/// Where the token is.
pub(super) enum Token {
    /// In a file, which Kubernetes rewrites before the token ends; so it is read at each exchange.
    File(PathBuf),
    /// In a variable.
    Value(SecretString),
}

/// What the environment says about an OIDC role.
pub(super) enum Setting {
    Absent,
    /// Some variables are set, but not all. A role's ARN alone may be meant for something else.
    Partial(CredentialError),
    Complete(OidcRole),
}

/// Reads the variables. The token is not looked at yet.
///
/// # Errors
/// When all are set but one has a form that STS does not take.
pub(super) fn from_environment(
    context: &Context,
    endpoint: impl FnOnce() -> Result<Endpoint, CredentialError>,
) -> Result<Setting, CredentialError> {
    let role_arn = context.variable(ROLE_ARN);
    let provider_arn = context.variable(PROVIDER_ARN);
    let token = match (context.variable(TOKEN_FILE), context.variable(TOKEN)) {
        (Some(path), _) => Some(Token::File(PathBuf::from(path))),
        (None, Some(token)) => Some(Token::Value(SecretString::from(token))),
        (None, None) => None,
    };
    let token_name = match token {
        Some(Token::Value(_)) => TOKEN,
        _ => TOKEN_FILE,
    };
    let names = [
        (ROLE_ARN, role_arn.is_some()),
        (PROVIDER_ARN, provider_arn.is_some()),
        (token_name, token.is_some()),
    ];
    let (Some(arn), Some(provider_arn), Some(token)) = (role_arn, provider_arn, token) else {
        return Ok(partial(&names));
    };
    let role = Role {
        arn,
        session_name: default_session_name(context),
        external_id: None,
        duration: DEFAULT_DURATION,
        policy: None,
    };
    let name = |parameter| match parameter {
        Parameter::SessionName => "`ALIBABA_CLOUD_ROLE_SESSION_NAME`".to_owned(),
        _ => format!("`{ROLE_ARN}`"),
    };
    role.check(name)
        .map_err(|problem| CredentialError::new(ORIGIN, problem, "correct the variable"))?;
    Ok(Setting::Complete(OidcRole {
        provider_arn,
        token,
        role,
        endpoint: endpoint()?,
    }))
}

fn partial(names: &[(&str, bool)]) -> Setting {
    let list = |is_set: bool| -> String {
        let names = names.iter().filter(|(_, set)| *set == is_set);
        let names: Vec<_> = names.map(|(name, _)| format!("`{name}`")).collect();
        names.join(" and ")
    };
    let (present, missing) = (list(true), list(false));
    if present.is_empty() {
        return Setting::Absent;
    }
    let (is, are) = ("is", "are");
    let verb = |list: &str| if list.contains(" and ") { are } else { is };
    Setting::Partial(CredentialError::new(
        ORIGIN,
        format!(
            "{present} {} set but {missing} {} not",
            verb(&present),
            verb(&missing)
        ),
        format!("set {missing} too, or unset {present}"),
    ))
}

impl OidcRole {
    /// The token as it is now.
    pub(super) fn token(
        &self,
        context: &Context,
        origin: &str,
    ) -> Result<SecretString, CredentialError> {
        let token = match &self.token {
            Token::Value(token) => token.clone(),
            Token::File(path) => read_token(context, origin, path)?,
        };
        // Limits: STS API Reference, `OIDCToken`.
        let text = token.expose_secret();
        if !(4..=20_000).contains(&text.len()) || !text.chars().all(|c| c.is_ascii_graphic()) {
            return Err(CredentialError::new(
                origin,
                "the OIDC token is not one line of 4 to 20000 characters",
                "the token is the text that the issuer gave, `xxxxx.yyyyy.zzzzz`, and nothing else",
            ));
        }
        Ok(token)
    }
}

fn read_token(
    context: &Context,
    origin: &str,
    path: &Path,
) -> Result<SecretString, CredentialError> {
    let fail = |problem: &str, hint: &str| {
        let problem = format!("the token file `{}` {problem}", path.display());
        Err(CredentialError::new(origin, problem, hint))
    };
    match context.read(origin, path)? {
        None => fail(
            "does not exist",
            "have the issuer's token written there before this runs, or correct the path",
        ),
        Some(file) if file.text.trim().is_empty() => fail(
            "is empty",
            "have the issuer's token written there before this runs",
        ),
        Some(file) => Ok(SecretString::from(file.text.trim())),
    }
}
