//! What is said about wrong specs, and what right ones mean.

mod adopt;
#[cfg(unix)]
mod files;
mod golden;
mod meaning;
mod presets;
mod yaml;
