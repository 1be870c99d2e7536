//! What policies mean, against worked pairs and slow, obvious checkers.

mod brute_force;
mod document;
mod fuzz;
mod matcher;
mod need;
mod table;
mod transition;
