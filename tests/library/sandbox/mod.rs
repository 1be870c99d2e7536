//! Facts about the services, with their sources; the sandbox must obey them.

mod accounts;
mod agreement;
mod chance;
mod client;
mod contract;
mod ecs;
mod fault;
mod import;
mod layers;
mod oss;
mod requests;
mod statements;
mod store;
