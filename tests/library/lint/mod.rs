//! What is said about policies that are legal and unwise.

mod cases;
mod fixes;
mod properties;
