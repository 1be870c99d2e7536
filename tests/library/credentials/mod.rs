//! Every place that credentials come from: absent, usable, and broken in each way.

mod environment;
mod instance;
mod leaks;
mod loopback;
mod modes;
mod own_file;
mod precedence;
mod renewal;
mod roles;
mod uris;
mod world;
