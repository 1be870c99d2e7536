//! A place that was found usable: it gives credentials, and new ones before they end.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::context::Context;
use super::ecs::Metadata;
use super::external::Helper;
use super::login::Login;
use super::oidc::OidcRole;
use super::refresh::Refresh;
use super::session_name::default_session_name;
use super::uri::CredentialsUri;
use crate::account::AccountError;
use crate::cloud::rpc::client::{RpcClient, Settings};
use crate::cloud::rpc::credentials::{Anonymous, CredentialError, CredentialSource, Credentials};
use crate::cloud::rpc::endpoint::Endpoint;
use crate::cloud::rpc::traffic::Traffic;
use crate::cloud::rpc::transport::SharedTransport;
use crate::cloud::sts::assume_role::{assume_role as ask_for_session, assume_role_with_oidc};
use crate::cloud::sts::role::{DEFAULT_DURATION, Parameter, Role};
use crate::cloud::sts::service::STS;

/// Where the access key comes from. Clones share one session and its renewal.
#[derive(Clone)]
pub struct Source(Arc<Inner>);

struct Inner {
    path: String,
    /// The place that errors name.
    origin: String,
    provider: Provider,
    refresh: Refresh,
    context: Arc<Context>,
    /// The `AssumeRole` calls made with these credentials, by whichever source: the service's limit is on the account
    /// that asks.
    traffic: Arc<Traffic>,
}

/// How credentials are got.
pub(super) enum Provider {
    /// A key that was written down.
    Fixed(Credentials),
    /// A role, taken on with another source's credentials.
    Role {
        base: Source,
        role: Role,
        /// Where STS is.
        endpoint: Endpoint,
    },
    /// A role, taken on with an OIDC token.
    Oidc(OidcRole),
    /// The role of the ECS instance we are on.
    Ecs(Metadata),
    /// A service of the user's own.
    Uri(CredentialsUri),
    /// A program of the user's own.
    External(Helper),
    /// A login made with the aliyun CLI.
    Login(Login),
}

/// What happens when the credentials end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewal {
    /// They do not end.
    Permanent,
    /// They belong to a session that was written down, and nobody here can get another.
    Impossible,
    /// New ones are got in time.
    Automatic,
}

impl Source {
    /// A source with nothing fetched yet.
    pub(super) fn new(
        path: impl Into<String>,
        origin: impl Into<String>,
        provider: Provider,
        context: &Arc<Context>,
    ) -> Self {
        Self(Arc::new(Inner {
            path: path.into(),
            origin: origin.into(),
            provider,
            refresh: Refresh::default(),
            context: Arc::clone(context),
            traffic: Arc::default(),
        }))
    }

    /// A source that holds `credentials` already.
    pub(super) fn holding(
        credentials: Credentials,
        path: impl Into<String>,
        origin: impl Into<String>,
        provider: Provider,
        context: &Arc<Context>,
    ) -> Self {
        Self(Arc::new(Inner {
            path: path.into(),
            origin: origin.into(),
            provider,
            refresh: Refresh::starting_with(credentials, context.clock.now()),
            context: Arc::clone(context),
            traffic: Arc::default(),
        }))
    }

    /// A source that always gives `credentials`, such as the sandbox's key. `path` is shown by `whoami`.
    #[must_use]
    pub fn fixed(path: &str, credentials: Credentials, context: &Arc<Context>) -> Self {
        Self::new(path, path, Provider::Fixed(credentials), context)
    }

    /// How the identity came about, from the outermost place inwards, such as
    /// `profile/prod/ChainableRamRoleArn → profile/base/AK`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// What happens when the credentials end.
    #[must_use]
    pub fn renewal(&self) -> Renewal {
        match &self.0.provider {
            Provider::Fixed(credentials) if credentials.security_token.is_none() => {
                Renewal::Permanent
            }
            Provider::Fixed(_) => Renewal::Impossible,
            _ => Renewal::Automatic,
        }
    }

    /// Why nothing more comes from here, for when the service says that the session has ended; `None` when a new
    /// one can be got.
    #[must_use]
    pub fn ended(&self) -> Option<CredentialError> {
        (self.renewal() == Renewal::Impossible).then(|| {
            CredentialError::new(
                &self.0.origin,
                "the session has ended, and a security token that was written down cannot be renewed",
                "get a new session and run again; longer runs need a source that renews: an OIDC role, a profile \
                 with a role, or an ECS instance's role",
            )
        })
    }

    fn fetch(&self) -> BoxFuture<'_, Result<Credentials, CredentialError>> {
        let Inner {
            provider,
            origin,
            context,
            ..
        } = self.0.as_ref();
        // Boxed, because a role's base is a source again.
        Box::pin(async move {
            match provider {
                Provider::Fixed(credentials) => Ok(credentials.clone()),
                Provider::Role {
                    base,
                    role,
                    endpoint,
                } => {
                    // Asked here too, so that its error names the base's own place.
                    base.credentials().await?;
                    let client = sts_client(context, endpoint, base.clone(), &base.0.traffic);
                    let session = ask_for_session(&client, role).await;
                    session.map_err(|error| no_session(origin, error))
                }
                Provider::Oidc(role) => {
                    let token = role.token(context, origin)?;
                    let traffic = &self.0.traffic;
                    let client = sts_client(context, &role.endpoint, Anonymous, traffic);
                    let provider = &role.provider_arn;
                    let session =
                        assume_role_with_oidc(&client, &role.role, provider, &token).await;
                    session.map_err(|error| no_session(origin, error))
                }
                Provider::Ecs(metadata) => metadata.fetch(context, origin).await,
                Provider::Uri(uri) => uri.fetch(context, origin).await,
                Provider::External(helper) => helper.fetch(context, origin).await,
                Provider::Login(login) => login.fetch(context, origin).await,
            }
        })
    }
}

/// A client that asks STS at `endpoint` with the credentials of `base`.
fn sts_client<C: CredentialSource>(
    context: &Context,
    endpoint: &Endpoint,
    base: C,
    traffic: &Arc<Traffic>,
) -> RpcClient<SharedTransport, C> {
    let settings = Settings {
        endpoints: [(STS.name, endpoint.clone())].into(),
        ..context.settings.clone()
    };
    let (clock, random) = (context.clock.clone(), Arc::clone(&context.random));
    RpcClient::new(context.api.clone(), base, clock, random, settings).sharing(traffic)
}

/// STS gave no session to the source at `origin`.
fn no_session(origin: &str, error: AccountError) -> CredentialError {
    let AccountError {
        operation,
        subject,
        code,
        message,
        request_id,
        advice,
        ..
    } = error;
    let code = code.map_or(String::new(), |code| format!("{code}: "));
    let id = request_id.map_or(String::new(), |id| format!(" (request id {id})"));
    CredentialError::new(
        origin,
        format!("{operation} of `{subject}`: {code}{message}{id}"),
        advice.unwrap_or_default(),
    )
}

impl CredentialSource for Source {
    async fn credentials(&self) -> Result<Credentials, CredentialError> {
        let inner = self.0.as_ref();
        if let Provider::Fixed(credentials) = &inner.provider {
            let now = inner.context.clock.now();
            return match self.ended() {
                Some(error) if credentials.expires_at.is_some_and(|end| end <= now) => Err(error),
                _ => Ok(credentials.clone()),
            };
        }
        let now = || inner.context.clock.now();
        let fetch = || self.fetch();
        inner.refresh.get(&inner.origin, now, fetch).await
    }

    fn forget(&self, access_key_id: &str) -> bool {
        self.0.refresh.forget(access_key_id);
        if let Provider::Role { base, .. } = &self.0.provider {
            base.forget(access_key_id);
        }
        self.renewal() == Renewal::Automatic
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({})", self.0.path)
    }
}

/// A role to take on.
#[derive(Debug, Clone, Default)]
pub struct RoleRequest {
    /// `acs:ram::<account id>:role/<name>`.
    pub role_arn: String,
    /// What the role's trust policy may ask for, agreed on with the role's owner.
    pub external_id: Option<String>,
    /// What the account's audit log calls the session; left out, it is told from CI or user.
    pub session_name: Option<String>,
    /// How long a session lasts before it is renewed, 900 to 43200 and at most what the role allows; 3600 when
    /// left out. Unit: seconds.
    pub duration: Option<u32>,
}

/// A source of sessions of the role that `request` describes, which are got from STS at `sts_endpoint` with the
/// credentials of `base`, when first needed and whenever they are about to end.
///
/// # Errors
/// When a part of `request` is not of the form that STS takes. What STS refuses shows when credentials are asked
/// for.
pub fn assume_role(
    base: &Source,
    request: &RoleRequest,
    sts_endpoint: &Endpoint,
) -> Result<Source, CredentialError> {
    let context = &base.0.context;
    let session_name = request.session_name.clone();
    let role = Role {
        arn: request.role_arn.clone(),
        session_name: session_name.unwrap_or_else(|| default_session_name(context)),
        external_id: request.external_id.clone(),
        duration: request.duration.map_or(DEFAULT_DURATION, i64::from),
        policy: None,
    };
    let shown = request.role_arn.escape_debug().to_string();
    let name = |parameter| match parameter {
        Parameter::Arn => format!("the role ARN `{shown}`"),
        Parameter::SessionName => "the session name".to_owned(),
        Parameter::ExternalId => "the external id".to_owned(),
        Parameter::Duration => "the session length".to_owned(),
        Parameter::Policy => "the session policy".to_owned(),
    };
    let origin = "assume_role";
    role.check(name).map_err(|problem| {
        CredentialError::new(origin, problem, "correct it where the role is asked for")
    })?;
    let path = format!("assume_role/{shown} → {}", base.path());
    let provider = Provider::Role {
        base: base.clone(),
        role,
        endpoint: sts_endpoint.clone(),
    };
    Ok(Source::new(path, origin, provider, context))
}
