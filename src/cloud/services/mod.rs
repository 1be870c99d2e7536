//! ECS, OSS and the resource directory, as the core reads them and exports with them.

mod client;
mod permissions;

pub use client::ServicesClient;
pub use permissions::ServicesPermissions;
