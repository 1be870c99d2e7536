//! Resource Directory.
