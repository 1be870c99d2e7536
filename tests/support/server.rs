//! A sandbox on a loopback port, for clients that are other processes.

use export_iam::sandbox::{self, CallLog, Options, Sandbox, World, start};
use tokio::runtime::Runtime;

use super::is_read;

/// A sandbox that serves until it is dropped.
pub(crate) struct Server {
    running: Option<sandbox::Server>,
    runtime: Runtime,
}

impl Server {
    /// The account that `seed` describes.
    pub(crate) fn of(seed: &str) -> Self {
        let seed = World::of_account(seed).unwrap_or_else(|error| panic!("{error}"));
        Self::start(Options {
            seed: Some(seed),
            ..Options::default()
        })
    }

    pub(crate) fn start(options: Options) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let running = runtime.block_on(start(options)).unwrap();
        Self {
            running: Some(running),
            runtime,
        }
    }

    fn running(&self) -> &sandbox::Server {
        self.running.as_ref().unwrap()
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        self.running().sandbox()
    }

    pub(crate) fn url(&self) -> String {
        self.running().base_url()
    }

    /// The variables with which the binary finds it.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        self.running().environment()
    }

    pub(crate) fn calls(&self) -> CallLog {
        self.sandbox().calls()
    }

    /// How many calls could have changed something.
    pub(crate) fn writes(&self) -> usize {
        let calls = self.calls();
        let writes = calls.records().filter(|call| !is_read(call.operation));
        writes.count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _inside = self.runtime.enter();
        self.running.take();
    }
}
