//! `policy compare`: what access one document gives beyond another.

use std::path::PathBuf;

use clap::Args;

use super::documents::{Document, document_of, one_standard_input};
use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::console::{Console, Rendered};
use crate::policy::{Comparison, Question, Verdict, compare, compare_trust};
use crate::report::{json, text};

/// `policy compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// The document in force: a file, `-` for standard input, or system:NAME for a documented policy
    pub live: PathBuf,
    /// The document wanted, of the same kind; given in the same ways
    pub wanted: PathBuf,
}

pub(super) fn run(
    args: &CompareArgs,
    here: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    one_standard_input(&[&args.live, &args.wanted])?;
    let (live, wanted) = (
        document_of(&args.live, here)?,
        document_of(&args.wanted, here)?,
    );
    let (effective, drop_in): (Comparison, Comparison) = match (&live, &wanted) {
        (Document::Permission(live), Document::Permission(wanted)) => (
            compare(&[live], &[wanted], Question::Effective),
            compare(&[live], &[wanted], Question::DropIn),
        ),
        (Document::Trust(live), Document::Trust(wanted)) => {
            let comparison = compare_trust(live, wanted);
            (comparison.clone(), comparison)
        }
        (Document::Bucket(live), Document::Bucket(wanted)) => {
            let (live, wanted) = (live.by_principal(), wanted.by_principal());
            (
                compare(&[&live], &[&wanted], Question::Effective),
                compare(&[&live], &[&wanted], Question::DropIn),
            )
        }
        (live, wanted) => {
            let message = format!("one is {} and the other {}", live.kind(), wanted.kind());
            return Err(Failure::new(ExitStatus::Failed, message).hint("compare two of one kind"));
        }
    };
    let mut text = String::new();
    text::comparison(&effective, &drop_in, &mut text);
    console.result(&Rendered {
        text,
        json: json::comparison(&effective, &drop_in),
    })?;
    Ok(match drop_in.verdict {
        Verdict::Equal => ExitStatus::Success,
        Verdict::Unknown => ExitStatus::Incomplete,
        Verdict::Broader | Verdict::Narrower | Verdict::Incomparable => ExitStatus::Differs,
    })
}
