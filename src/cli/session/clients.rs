//! Clients for accounts: one session a run, one connection an account.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::Mutex;

use super::connection::{Connection, Identity, Paused};
use super::console::Console;
use super::settings::{endpoint, explicit_endpoint, settings, transport};
use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::Global;
use crate::cloud::resource_manager::control_policies::ControlPolicyReader;
use crate::cloud::rpc::client::{RpcClient, Settings};
use crate::cloud::rpc::clock::{Clock, Random};
use crate::cloud::rpc::credentials::Credentials;
use crate::cloud::rpc::http::HttpTransport;
use crate::cloud::rpc::traffic::Traffic;
use crate::cloud::rpc::transport::SharedTransport;
use crate::cloud::sts::service::STS;
use crate::credentials::{
    self, Children, Context, DirectTransport, Disk, NamedProfile, Note, NoteKind, Options,
    RoleRequest, Source, SourceChoice, assume_role, find,
};
use crate::model::AccountId;
use crate::sandbox::{self, Server, StartError};
use crate::spec::AccountEntry;

/// Credentials that are not taken on from others, and the reader of control policies that asks with them.
#[derive(Clone)]
struct Base {
    identity: Identity,
    control_policies: Arc<ControlPolicyReader<HttpTransport, Source>>,
}

/// What all accounts of a run share: the connection pool, the settings, and the credentials of the run.
pub(crate) struct Session {
    network: Network,
    /// The credentials of the run.
    base: Base,
    /// Credentials of profiles that accounts name, each found once.
    profiles: Mutex<BTreeMap<String, Base>>,
    options: Options,
    /// The account that was asked for, if any.
    pinned: Option<AccountId>,
    /// Kept alive for as long as it is talked to.
    sandbox: Option<Server>,
}

/// What every client of a run is made with.
struct Network {
    transport: HttpTransport,
    settings: Settings,
    context: Arc<Context>,
}

impl Session {
    /// Finds the credentials of the run, and starts the sandbox if that is meant.
    ///
    /// # Errors
    /// When an option is wrong (64), there are no credentials, or the sandbox cannot start (1).
    pub(crate) async fn open(
        global: &Global,
        here: &Environment,
        console: &mut Console,
    ) -> Result<Self, Failure> {
        let pinned = global.account.as_deref().map(pin).transpose()?;
        let sandbox = match &global.sandbox {
            Some(file) => Some(start_sandbox(file, here, console).await?),
            None => None,
        };
        let settings = settings(global, here, sandbox.as_ref())?;
        let transport = transport(global, here)?;
        let context = Arc::new(context(&transport, here, &settings)?);
        let options = Options {
            source: credential_source(global)?,
            profile: global.profile.clone().map(|name| NamedProfile {
                name,
                named_by: "`--profile`",
            }),
            sts_endpoint: explicit_endpoint("sts", global, here, sandbox.as_ref()),
            region: global.region.clone(),
            metadata_endpoint: None,
        };
        let base = match &sandbox {
            Some(running) => {
                let sts = options.sts_endpoint.clone();
                let sts = sts.unwrap_or_else(|| running.base_url());
                Identity {
                    source: sandbox_source(running, &context),
                    sts: endpoint("STS endpoint", &sts)?,
                }
            }
            None => {
                let found = find(&options, &context).await?;
                found.notes.iter().for_each(|note| show_note(note, console));
                found.into()
            }
        };
        let network = Network {
            transport,
            settings,
            context,
        };
        Ok(Self {
            base: network.base(base),
            network,
            profiles: Mutex::new(BTreeMap::new()),
            options,
            pinned,
            sandbox,
        })
    }

    /// Where the credentials of the run came from.
    pub(crate) fn source(&self) -> &Source {
        &self.base.identity.source
    }

    /// The account that `--account` asks for.
    pub(crate) fn pinned(&self) -> Option<&AccountId> {
        self.pinned.as_ref()
    }

    /// A client for the account of the run's own credentials. `known` is the account it has to be, where something
    /// other than `--account` says so.
    ///
    /// # Errors
    /// When `--account` asks for another one (3).
    pub(crate) fn own(&self, known: Option<&AccountId>) -> Result<Connection, Failure> {
        let Base {
            identity,
            control_policies,
        } = self.base.clone();
        self.connection(identity, known, control_policies)
    }

    /// A client that asks which accounts there are. It ignores `--account`, which chooses among the answers.
    pub(crate) fn directory(&self) -> RpcClient<HttpTransport, Source> {
        self.network
            .client(self.base.identity.clone(), &Arc::default())
    }

    /// A client for an account of the spec; without an entry, for the account of the run's own credentials.
    ///
    /// # Errors
    /// When its profile is not to be found (1), or `--account` asks for another account (3).
    pub(crate) async fn connect(
        &self,
        entry: Option<&AccountEntry>,
    ) -> Result<Connection, Failure> {
        let Some(entry) = entry else {
            return self.own(None);
        };
        let Base {
            identity: base,
            control_policies,
        } = match &entry.profile {
            // No key of the user's own goes to the sandbox.
            Some(profile) if self.sandbox.is_none() => self.profile(profile).await?,
            _ => self.base.clone(),
        };
        let identity = match &entry.assume_role {
            Some(role) => {
                let request = RoleRequest {
                    role_arn: role.arn(&entry.id),
                    external_id: entry.external_id.clone(),
                    ..RoleRequest::default()
                };
                Identity {
                    source: assume_role(&base.source, &request, &base.sts)?,
                    sts: base.sts,
                }
            }
            None => base,
        };
        self.connection(identity, Some(&entry.id), control_policies)
    }

    async fn profile(&self, name: &str) -> Result<Base, Failure> {
        let mut profiles = self.profiles.lock().await;
        if let Some(base) = profiles.get(name) {
            return Ok(base.clone());
        }
        let options = Options {
            profile: Some(NamedProfile {
                name: name.to_owned(),
                named_by: "`profile` of the spec",
            }),
            source: SourceChoice::Auto,
            ..self.options.clone()
        };
        let found = find(&options, &self.network.context).await?;
        let base = self.network.base(found.into());
        profiles.insert(name.to_owned(), base.clone());
        Ok(base)
    }

    fn connection(
        &self,
        identity: Identity,
        known: Option<&AccountId>,
        control_policies: Arc<ControlPolicyReader<HttpTransport, Source>>,
    ) -> Result<Connection, Failure> {
        if let (Some(known), Some(asked)) = (known, &self.pinned)
            && known != asked
        {
            let message = format!("this is for account {known}, but `--account {asked}` was given");
            return Err(Failure::new(ExitStatus::Refused, message));
        }
        Ok(self.resume(Paused {
            identity,
            control_policies,
            traffic: Arc::default(),
            pinned: known.or(self.pinned.as_ref()).cloned(),
        }))
    }

    /// A connection that goes on: with the same session, and counting on.
    pub(crate) fn resume(&self, paused: Paused) -> Connection {
        let client = || {
            self.network
                .client(paused.identity.clone(), &paused.traffic)
        };
        Connection::new(client(), client(), paused)
    }
}

impl Network {
    fn base(&self, identity: Identity) -> Base {
        let client = self.client(identity.clone(), &Arc::default());
        Base {
            identity,
            control_policies: Arc::new(ControlPolicyReader::new(client)),
        }
    }

    fn client(
        &self,
        identity: Identity,
        traffic: &Arc<Traffic>,
    ) -> RpcClient<HttpTransport, Source> {
        let Identity { source, sts } = identity;
        let mut settings = self.settings.clone();
        settings.endpoints.insert(STS.name, sts);
        let client = RpcClient::new(
            self.transport.clone(),
            source,
            self.context.clock.clone(),
            Arc::clone(&self.context.random),
            settings,
        );
        client.sharing(traffic)
    }
}

fn pin(text: &str) -> Result<AccountId, Failure> {
    AccountId::new(text)
        .map_err(|error| Failure::new(ExitStatus::Usage, format!("`--account`: {error}")))
}

fn credential_source(global: &Global) -> Result<SourceChoice, Failure> {
    let word = global.credential_source.as_deref().unwrap_or("auto");
    word.parse().map_err(|error| {
        Failure::new(
            ExitStatus::Usage,
            format!("`--credential-source {word}`: {error}"),
        )
    })
}

fn show_note(note: &Note, console: &mut Console) {
    let text = format!("{}; {}", note.message, note.hint);
    match note.kind {
        NoteKind::Notice => console.note(&text),
        NoteKind::Warning => console.warn(&text),
    }
}

/// What the credential sources may ask of this machine and the network.
fn context(
    transport: &HttpTransport,
    here: &Environment,
    settings: &Settings,
) -> Result<Context, Failure> {
    let random = Random::from_os().map_err(|error| Failure::bug(&error))?;
    let variables = here.clone();
    Ok(Context {
        environment: Box::new(move |name| variables.variable(name)),
        files: Box::new(Disk),
        clock: Clock::system(),
        random: Arc::new(random),
        settings: settings.clone(),
        api: SharedTransport::new(transport.clone()),
        direct: SharedTransport::new(DirectTransport::new()),
        processes: Box::new(Children),
    })
}

/// Why there is no sandbox, with paths as the user gave them.
pub(crate) fn sandbox_failure(error: StartError, here: &Environment) -> Failure {
    Failure::new(
        ExitStatus::Failed,
        error.seen_from(&here.folder).to_string(),
    )
}

async fn start_sandbox(
    file: &Path,
    here: &Environment,
    console: &mut Console,
) -> Result<Server, Failure> {
    let options = sandbox::Options {
        state_file: Some(here.folder.join(file)),
        ..sandbox::Options::default()
    };
    let running = sandbox::start(options)
        .await
        .map_err(|error| sandbox_failure(error, here))?;
    console.note(&format!(
        "sandbox: account {}, state in {}",
        running.account_id(),
        file.display()
    ));
    Ok(running)
}

fn sandbox_source(running: &Server, context: &Arc<Context>) -> Source {
    let key = Credentials::permanent(running.access_key_id(), running.access_key_secret());
    credentials::Source::fixed("sandbox", key, context)
}
