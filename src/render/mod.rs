//! Data to text. Nothing here reads, decides or prints: every function appends to a `String`.
//!
//! Text for people carries ANSI styles always; whoever prints it strips them where colour is off.

pub mod human;
pub mod json;
