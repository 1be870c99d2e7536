//! Which services a client talks to, and how: endpoints, signatures, certificates, deadline.

use std::time::Duration;

use tokio::time::Instant;

use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::{Global, SignatureVersion};
use crate::cloud::ecs::service::ECS;
use crate::cloud::oss::service::OSS;
use crate::cloud::ram::service::RAM;
use crate::cloud::resource_manager::service::RESOURCE_MANAGER;
use crate::cloud::rpc::client::Settings;
use crate::cloud::rpc::endpoint::Endpoint;
use crate::cloud::rpc::http::{HttpOptions, HttpTransport};
use crate::cloud::rpc::signature;
use crate::cloud::sts::service::STS;
use crate::sandbox::Server;

/// The services that an endpoint can be given for, and how they are written.
const SERVICES: [(&str, &str); 5] = [
    (RAM.name, "RAM"),
    (STS.name, "STS"),
    (ECS.name, "ECS"),
    (OSS.name, "OSS"),
    (RESOURCE_MANAGER.name, "ResourceManager"),
];

/// The variable that names a service's endpoint.
fn endpoint_variable(service: &str) -> String {
    format!("EXPORT_IAM_ENDPOINT_{}", service.to_ascii_uppercase())
}

/// The URL that the command line, the sandbox or the environment gives for a service, in this order.
pub(super) fn explicit_endpoint(
    service: &str,
    global: &Global,
    here: &Environment,
    sandbox: Option<&Server>,
) -> Option<String> {
    let option = global
        .endpoint
        .iter()
        .rev()
        .find_map(|option| option.strip_prefix(service)?.strip_prefix('='));
    let running = || sandbox.map(Server::base_url);
    option
        .map(str::to_owned)
        .or_else(running)
        .or_else(|| here.variable(&endpoint_variable(service)))
}

pub(super) fn settings(
    global: &Global,
    here: &Environment,
    sandbox: Option<&Server>,
) -> Result<Settings, Failure> {
    for option in &global.endpoint {
        let is_known = |name: &str| SERVICES.iter().any(|(own, _)| *own == name);
        if !option
            .split_once('=')
            .is_some_and(|(name, _)| is_known(name))
        {
            let message = format!("`--endpoint {option}` is not of the form SERVICE=URL");
            return Err(Failure::new(ExitStatus::Usage, message)
                .hint("SERVICE is ram, sts, ecs, oss or resourcemanager"));
        }
    }
    let mut settings = Settings::default();
    for (name, title) in SERVICES {
        // Where STS is asked hangs on the credentials.
        let url = explicit_endpoint(name, global, here, sandbox).filter(|_| name != STS.name);
        if let Some(url) = url {
            let endpoint = endpoint(&format!("{title} endpoint"), &url)?;
            settings.endpoints.insert(name, endpoint);
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

pub(super) fn endpoint(origin: &str, url: &str) -> Result<Endpoint, Failure> {
    Endpoint::new(url)
        .map_err(|error| Failure::new(ExitStatus::Usage, format!("{origin}: {error}")))
}

pub(super) fn transport(global: &Global, here: &Environment) -> Result<HttpTransport, Failure> {
    let bundle = global
        .ca_bundle
        .clone()
        .or_else(|| here.variable("ALIBABA_CLOUD_CA_BUNDLE").map(Into::into));
    let ca_bundle = bundle.map(|file| {
        std::fs::read(here.folder.join(&file)).map_err(|error| {
            Failure::new(
                ExitStatus::Failed,
                format!("CA bundle `{}` could not be read: {error}", file.display()),
            )
        })
    });
    let options = HttpOptions {
        user_agent: here.variable("ALIBABA_CLOUD_USER_AGENT"),
        ca_bundle: ca_bundle.transpose()?,
        ..HttpOptions::default()
    };
    HttpTransport::new(options).map_err(|error| Failure::new(ExitStatus::Failed, error.to_string()))
}
