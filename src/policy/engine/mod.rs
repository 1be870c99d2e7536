//! Decides, exactly, whether there is a request that one set of statements matches and another does not.
//!
//! In: parsed documents and a reading of the language. Out: shortest requests, or the proof that there
//! are none, or that the question is too complex. Actions fall into finitely many classes, contexts into
//! finitely many kinds; within one of each, resources are a question about patterns, which an antichain
//! search answers. Knows nothing of words for people.

mod atom;
mod bits;
mod budget;
mod choice;
mod classes;
mod contexts;
mod find;
mod glob;
mod inclusion;
mod layout;
mod principal;
mod problem;
mod rules;
mod search;
mod token;
mod value;

pub(crate) use atom::Atom;
pub(crate) use budget::{Budget, TooComplex};
pub(crate) use choice::{Term, Way};
pub(crate) use contexts::{Context, KnownKeys};
pub(crate) use find::{Finder, Place};
pub(crate) use glob::{Glob, has_variable};
pub(crate) use inclusion::{
    Answer, Extent, Finding, MAX_FINDINGS, access_terms, deny_terms, find_all, find_any,
    find_in_class, is_possible, outcome_terms,
};
pub(crate) use principal::has_wildcard as principal_has_wildcard;
pub(crate) use problem::{ActionClass, Problem, Problems, Requests};
pub(crate) use rules::Rule;
pub(crate) use token::{Kind, Token};
