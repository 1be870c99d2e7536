//! Declarative plan and apply for the RAM role with which Alibaba Cloud ECS exports images to OSS.
//!
//! Every command walks a stretch of one line:
//!
//! ```text
//! spec → desired → observe → plan → approve → apply → report
//! ```
//!
//! The modules are public for the tests of this package; they promise no stability to others.
//!
//! | part | modules | knows |
//! |---|---|---|
//! | core, pure | [`policy`], [`model`], [`readiness`], [`plan`], [`drift`] | neither HTTP, files, time nor the terminal |
//! | seam | [`account`], [`services`], [`observe`], [`apply`], [`export`] | the traits through which RAM, and ECS and OSS, are read and written |
//! | edges | [`spec`], [`cloud`], [`credentials`], [`sandbox`], [`explain`], [`report`], [`cli`] | the outside |
//! | for all | [`visible`], [`shell`] | what may be printed, and how a value stands in a command |
//!
//! `tests/architecture.rs` reads the paths that every file names. It fails when a module reaches further than its row
//! allows, and when two files import each other, directly or through others.

pub mod account;
pub mod apply;
pub mod cli;
pub mod cloud;
pub mod credentials;
pub mod drift;
pub mod explain;
pub mod export;
pub mod model;
pub mod observe;
pub mod plan;
pub mod policy;
pub mod readiness;
pub mod report;
pub mod sandbox;
pub mod services;
pub mod shell;
pub mod spec;
pub mod visible;
