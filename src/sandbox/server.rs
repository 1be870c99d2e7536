//! Starting the look-alike as a server, and telling clients where it is.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::defaults::{ACCESS_KEY_ID, ACCESS_KEY_SECRET};
use super::fault::FaultPlan;
use super::http;
use super::metadata::CREDENTIALS;
use super::middleware::{Clock, Sandbox};
use super::state::file::SeedError;
use super::state::{AccessKey, World};
use super::store::{Store, StoreError};

/// How to start a sandbox; the default is an empty account in memory on any free port.
pub struct Options {
    /// Where to listen; port 0 takes any free one. Only loopback is accepted.
    pub address: SocketAddr,
    /// Where the state is kept; in memory alone when absent.
    pub state_file: Option<PathBuf>,
    /// What to start from where no state is kept yet; an empty account when absent.
    pub seed: Option<World>,
    /// By how much every answer is delayed.
    pub latency: Duration,
    /// Which calls go wrong.
    pub faults: FaultPlan,
    /// Tells the time against which requests are judged.
    pub clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            state_file: None,
            seed: None,
            latency: Duration::ZERO,
            faults: FaultPlan::default(),
            clock: Arc::new(Timestamp::now),
        }
    }
}

/// Why the sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another machine could reach it. Use a loopback address.
    #[error("the sandbox listens on loopback only, and {0} is not loopback; use 127.0.0.1")]
    NotLoopback(SocketAddr),
    /// The port is taken, or may not be used. Choose another, or 0 for any.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// The state cannot be read or kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The first state cannot be made.
    #[error(transparent)]
    Seed(#[from] SeedError),
}

impl StartError {
    /// The same, with paths below `folder` as somebody there would give them.
    #[must_use]
    pub fn seen_from(self, folder: &Path) -> Self {
        match self {
            Self::Store(error) => Self::Store(error.seen_from(folder)),
            other => other,
        }
    }
}

/// A sandbox that serves HTTP. When dropped it takes no more calls, and ends once those under way are answered.
pub struct Server {
    address: SocketAddr,
    sandbox: Arc<Sandbox>,
    access_key_id: String,
    access_key_secret: String,
    account_id: String,
    /// Ends the task when dropped.
    end: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<()>>,
}

/// Starts a sandbox in the current tokio runtime. Several may run at once, each on its own port and state file.
///
/// # Errors
/// When the address is not loopback or not free, or the state file is in use, damaged or newer than this program.
pub async fn start(options: Options) -> Result<Server, StartError> {
    let Options {
        address,
        state_file,
        seed,
        latency,
        faults,
        clock,
    } = options;
    if !address.ip().is_loopback() {
        return Err(StartError::NotLoopback(address));
    }
    let (store, kept) = match &state_file {
        Some(path) => {
            let (store, kept) = Store::open(path)?;
            (Some(store), kept)
        }
        None => (None, None),
    };
    let world = match (kept, seed) {
        (Some(world), _) | (None, Some(world)) => world,
        (None, None) => World::empty()?,
    };
    let listen = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    if let Some(store) = &store {
        store.save(&world)?;
    }
    let (id, secret) = world.usual_key();
    let account_id = world.main.as_str().to_owned();
    let mut sandbox = Sandbox::new(world).with_latency(latency).with_clock(clock);
    sandbox.set_faults(faults);
    if let Some(store) = store {
        sandbox = sandbox.with_store(store);
    }
    let sandbox = Arc::new(sandbox);
    let (end, ended) = oneshot::channel();
    Ok(Server {
        address,
        access_key_id: id,
        access_key_secret: secret,
        account_id,
        end: Some(end),
        task: Some(tokio::spawn(http::serve(
            listener,
            Arc::clone(&sandbox),
            ended,
        ))),
        sandbox,
    })
}

impl World {
    /// The key handed out to whoever starts the sandbox: the usual one, or else the first active one of the main
    /// account.
    fn usual_key(&self) -> (String, String) {
        let opens = |key: &AccessKey| !key.is_inactive && *self.account_of_key(key) == self.main;
        let usual = self.keys.get_key_value(ACCESS_KEY_ID);
        usual
            .into_iter()
            .chain(&self.keys)
            .find(|(_, key)| opens(key))
            .map(|(id, key)| (id.clone(), key.secret.clone()))
            .unwrap_or_else(|| (ACCESS_KEY_ID.to_owned(), ACCESS_KEY_SECRET.to_owned()))
    }
}

impl Server {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The endpoint of every service it stands for: they are told apart by their API version.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A credentials URI, which gives the keys of the instance's role, where the state has an instance.
    #[must_use]
    pub fn credentials_uri(&self) -> String {
        format!("{}{CREDENTIALS}", self.base_url())
    }

    /// The access key id that opens the main account.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// Its secret, which is none.
    #[must_use]
    pub fn access_key_secret(&self) -> &str {
        &self.access_key_secret
    }

    /// The main account.
    #[must_use]
    pub fn account_id(&self) -> &str {
        &self.account_id
    }

    /// The sandbox that answers: its state, its call log, its faults.
    #[must_use]
    pub fn sandbox(&self) -> &Arc<Sandbox> {
        &self.sandbox
    }

    /// The variables that point clients at it, with their values, sorted.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        environment(self.address, &self.access_key_id, &self.access_key_secret)
    }

    /// Takes no more calls, and returns once those under way are answered. Then the state file is free, unless
    /// someone else still holds [`Server::sandbox`].
    pub async fn stop(mut self) {
        drop(self.end.take());
        if let Some(task) = self.task.take() {
            // It can only fail by a panic of its own, which has been shown.
            let _ = task.await;
        }
    }
}

/// The variables that point clients at a sandbox on `address`; also for `sandbox env`, which starts nothing.
///
/// The key is found by the SDKs, the aliyun CLI and Terraform alike; `EXPORT_IAM_ENDPOINT_…` are this program's own,
/// `ALIBABA_CLOUD_ENDPOINT_…` those of Terraform's provider. SDKs and CLI take the address as an argument only.
#[must_use]
pub fn environment(
    address: SocketAddr,
    access_key_id: &str,
    access_key_secret: &str,
) -> Vec<(&'static str, String)> {
    let mut variables = vec![
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", access_key_id.to_owned()),
        (
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
            access_key_secret.to_owned(),
        ),
    ];
    let of_terraform = [
        "ALIBABA_CLOUD_ENDPOINT_ECS",
        "ALIBABA_CLOUD_ENDPOINT_OSS",
        "ALIBABA_CLOUD_ENDPOINT_RAM",
        "ALIBABA_CLOUD_ENDPOINT_RESOURCEMANAGER",
        "ALIBABA_CLOUD_ENDPOINT_STS",
    ];
    variables.extend(of_terraform.map(|name| (name, address.to_string())));
    let of_ours = [
        "EXPORT_IAM_ENDPOINT_ECS",
        "EXPORT_IAM_ENDPOINT_OSS",
        "EXPORT_IAM_ENDPOINT_RAM",
        "EXPORT_IAM_ENDPOINT_RESOURCEMANAGER",
        "EXPORT_IAM_ENDPOINT_STS",
    ];
    variables.extend(of_ours.map(|name| (name, format!("http://{address}"))));
    variables
}

/// Puts an empty account in the place of what `state_file` holds.
///
/// # Errors
/// As [`seed`].
pub fn reset(state_file: &Path) -> Result<(), StartError> {
    seed(state_file, &World::empty()?)
}

/// Puts `world` in the place of what `state_file` holds.
///
/// # Errors
/// When another sandbox has the file, or it cannot be written. A damaged file is replaced too: that is asked for.
pub fn seed(state_file: &Path, world: &World) -> Result<(), StartError> {
    let store = Store::take(state_file)?;
    store.save(world)?;
    Ok(())
}
