//! The wire, part by part.

mod http;
mod ram_client;
mod services;
