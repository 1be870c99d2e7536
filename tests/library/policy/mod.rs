//! What policies mean, against worked pairs and slow, obvious checkers.

mod brute_force;
mod bucket;
mod description;
mod document;
mod fuzz;
mod matcher;
mod set_operators;
mod table;
mod transition;
