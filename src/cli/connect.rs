//! Builds the client: which service, which access key, how patient.

use std::path::Path;
use std::time::Duration;

use tokio::time::Instant;

use super::args::{Global, SignatureVersion};
use super::console::Console;
use super::environment::Environment;
use super::exit::ExitStatus;
use super::failure::Failure;
use super::observe::unread;
use crate::account::ReadAccount;
use crate::credentials::{Credentials, env};
use crate::model::{AccountId, Caller};
use crate::observe::ObserveError;
use crate::ram::clock::{Clock, Random};
use crate::ram::endpoint::Endpoint;
use crate::ram::http::{HttpOptions, HttpTransport};
use crate::ram::{RamClient, Settings, signature};
use crate::sandbox::{self, Running};

/// A way into one account.
pub(super) struct Connection {
    pub(super) account: RamClient<HttpTransport, Credentials>,
    /// Where the access key came from.
    pub(super) source: String,
    /// The key's public half.
    pub(super) access_key_id: String,
    /// The account that was asked for, if any.
    pinned: Option<AccountId>,
    /// Kept alive for as long as it is talked to.
    _sandbox: Option<Running>,
}

/// Connects to the cloud, or to a sandbox started here.
///
/// # Errors
/// When an option is wrong (64), there is no access key, or the sandbox cannot start (1).
pub(super) async fn connect(
    global: &Global,
    environment: &Environment,
    console: &mut Console,
) -> Result<Connection, Failure> {
    connect_to(None, global, environment, console).await
}

/// The same, where it is known already which account it has to be.
///
/// # Errors
/// Also when `--account` asks for another one (3).
pub(super) async fn connect_to(
    known: Option<AccountId>,
    global: &Global,
    environment: &Environment,
    console: &mut Console,
) -> Result<Connection, Failure> {
    let asked = global.account.as_deref().map(pin).transpose()?;
    if let (Some(known), Some(asked)) = (&known, &asked) {
        if known != asked {
            let message =
                format!("the plan is for account {known}, but `--account {asked}` was given");
            return Err(Failure::new(ExitStatus::Refused, message));
        }
    }
    let sandbox = match &global.sandbox {
        Some(file) => Some(start_sandbox(&environment.folder.join(file), file, console).await?),
        None => None,
    };
    let (credentials, source) = match &sandbox {
        Some(running) => (sandbox_key(running), "sandbox".to_owned()),
        None => (key_from_environment(environment)?, "environment".to_owned()),
    };
    let settings = settings(global, environment, sandbox.as_ref())?;
    let transport = transport(global, environment)?;
    let random = Random::from_os().map_err(|error| Failure::bug(&error))?;
    Ok(Connection {
        access_key_id: credentials.access_key_id.clone(),
        account: RamClient::new(transport, credentials, Clock::system(), random, settings),
        source,
        pinned: known.or(asked),
        _sandbox: sandbox,
    })
}

impl Connection {
    /// The caller, asked for now where an account is pinned, so that nothing else is asked of another one.
    ///
    /// # Errors
    /// When it is another account (3), or there is no answer (5).
    pub(super) async fn pinned_caller(&self) -> Result<Option<Caller>, Failure> {
        let Some(pinned) = &self.pinned else {
            return Ok(None);
        };
        let caller = self
            .account
            .caller()
            .await
            .map_err(|error| unread(&ObserveError(vec![error])))?;
        if caller.account == *pinned {
            return Ok(Some(caller));
        }
        let message = format!(
            "the access key belongs to account {}, but this is for {pinned}",
            caller.account
        );
        Err(Failure::new(ExitStatus::Refused, message).hint("use credentials of that account"))
    }
}

fn pin(text: &str) -> Result<AccountId, Failure> {
    AccountId::new(text)
        .map_err(|error| Failure::new(ExitStatus::Usage, format!("`--account`: {error}")))
}

async fn start_sandbox(
    file: &Path,
    shown: &Path,
    console: &mut Console,
) -> Result<Running, Failure> {
    let options = sandbox::Options {
        state_file: Some(file.to_owned()),
        ..sandbox::Options::default()
    };
    let running = sandbox::start(options)
        .await
        .map_err(|error| Failure::new(ExitStatus::Failed, error.to_string()))?;
    console.note(&format!(
        "sandbox: account {}, state in {}",
        running.account_id(),
        shown.display()
    ));
    Ok(running)
}

fn sandbox_key(running: &Running) -> Credentials {
    Credentials::permanent(running.access_key_id(), running.access_key_secret())
}

fn key_from_environment(environment: &Environment) -> Result<Credentials, Failure> {
    let found = env::credentials(|name| environment.variable(name))
        .map_err(|error| Failure::new(ExitStatus::Failed, error.to_string()).hint(error.hint))?;
    found.ok_or_else(|| {
        Failure::new(ExitStatus::Failed, "no access key: none of the known environment variables is set")
            .hint("set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or try it with `--sandbox`")
    })
}

fn settings(
    global: &Global,
    environment: &Environment,
    sandbox: Option<&Running>,
) -> Result<Settings, Failure> {
    let mut settings = Settings::new().map_err(|error| Failure::bug(&error))?;
    if let Some(region) = global
        .region
        .clone()
        .or_else(|| environment.variable("ALIBABA_CLOUD_REGION_ID"))
    {
        settings.sts = endpoint("--region", &format!("https://sts.{region}.aliyuncs.com"))?;
    }
    for (service, slot) in [("ram", &mut settings.ram), ("sts", &mut settings.sts)] {
        let variable = format!("EXPORT_IAM_ENDPOINT_{}", service.to_ascii_uppercase());
        if let Some(url) = environment.variable(&variable) {
            *slot = endpoint(&variable, &url)?;
        }
        if let Some(running) = sandbox {
            *slot = endpoint("sandbox", &running.base_url())?;
        }
    }
    for option in &global.endpoint {
        match option.split_once('=') {
            Some(("ram", url)) => settings.ram = endpoint("--endpoint", url)?,
            Some(("sts", url)) => settings.sts = endpoint("--endpoint", url)?,
            _ => {
                let message = format!("`--endpoint {option}` is not of the form SERVICE=URL");
                return Err(Failure::new(ExitStatus::Usage, message).hint("SERVICE is ram or sts"));
            }
        }
    }
    settings.signature = match global.signature {
        SignatureVersion::V1 => signature::SignatureVersion::V1,
        SignatureVersion::V3 => signature::SignatureVersion::V3,
    };
    settings.deadline = global
        .deadline
        .map(|seconds| Instant::now() + Duration::from_secs(seconds));
    Ok(settings)
}

fn endpoint(origin: &str, url: &str) -> Result<Endpoint, Failure> {
    Endpoint::new(url)
        .map_err(|error| Failure::new(ExitStatus::Usage, format!("{origin}: {error}")))
}

fn transport(global: &Global, environment: &Environment) -> Result<HttpTransport, Failure> {
    let bundle = global.ca_bundle.clone().or_else(|| {
        environment
            .variable("ALIBABA_CLOUD_CA_BUNDLE")
            .map(Into::into)
    });
    let ca_bundle = bundle.map(|file| {
        std::fs::read(environment.folder.join(&file)).map_err(|error| {
            Failure::new(
                ExitStatus::Failed,
                format!("CA bundle `{}` could not be read: {error}", file.display()),
            )
        })
    });
    let options = HttpOptions {
        user_agent: environment.variable("ALIBABA_CLOUD_USER_AGENT"),
        ca_bundle: ca_bundle.transpose()?,
        ..HttpOptions::default()
    };
    HttpTransport::new(options).map_err(|error| Failure::new(ExitStatus::Failed, error.to_string()))
}
