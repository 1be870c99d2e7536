//! ECS, OSS and the resource directory, as the core reads them and exports with them.

mod client;

pub use client::ServicesClient;
