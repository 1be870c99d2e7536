//! What a run works with: clients and accounts, the console, signals, progress, logging.

pub(super) mod accounts;
pub(super) mod clients;
pub(super) mod connection;
pub(super) mod console;
mod discovery;
pub(super) mod logging;
pub(super) mod output;
mod printer;
pub(super) mod progress;
mod reports;
mod selection;
mod settings;
pub(super) mod signals;
pub(super) mod spool;
