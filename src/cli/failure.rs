//! How a run that fails says so.

use std::fmt;

use super::exit::ExitStatus;
use crate::account::{AccountError, AccountErrorKind};
use crate::cloud::hint::hint;
use crate::cloud::rpc::credentials::CredentialError;
use crate::explain::codes_in;
use crate::observe::ObserveError;
use crate::plan::PlanError;
use crate::report::text::excerpt;
use crate::report::text::style::{ERROR, Styled, safe};
use crate::spec::{Diagnostic, SpecErrors};

/// The line that a remark is about with the place underlined; empty where it cannot be shown.
pub(super) fn underlined(remark: &Diagnostic) -> String {
    match (remark.place, &remark.excerpt) {
        (Some(place), Some(line)) => excerpt(place.line, &line.before, &line.marked, &line.after),
        _ => String::new(),
    }
}

/// What went wrong, what to do about it, and how the run ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) status: ExitStatus,
    problems: Vec<Problem>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Problem {
    message: String,
    /// Lines that show it: the one of the spec it is about, underlined, or the places that were searched.
    excerpt: String,
    hints: Vec<String>,
}

impl Failure {
    /// A failure with one problem; `message` is one line.
    pub(super) fn new(status: ExitStatus, message: impl Into<String>) -> Self {
        Self {
            status,
            problems: vec![Problem {
                message: message.into(),
                excerpt: String::new(),
                hints: Vec::new(),
            }],
        }
    }

    /// A failure with several problems, each a message and perhaps a hint.
    pub(super) fn all(
        status: ExitStatus,
        problems: impl IntoIterator<Item = (String, Option<String>)>,
    ) -> Self {
        let problems = problems.into_iter().map(|(message, hint)| Problem {
            message,
            excerpt: String::new(),
            hints: hint.into_iter().collect(),
        });
        Self {
            status,
            problems: problems.collect(),
        }
    }

    /// A failure with every remark on a spec, each with its line underlined.
    pub(super) fn of_spec<'d>(
        status: ExitStatus,
        remarks: impl IntoIterator<Item = &'d Diagnostic>,
    ) -> Self {
        let problems = remarks.into_iter().map(|remark| Problem {
            message: remark.to_string(),
            excerpt: underlined(remark),
            hints: remark.hint.iter().cloned().collect(),
        });
        Self {
            status,
            problems: problems.collect(),
        }
    }

    /// A failure that cannot happen as long as this program is right.
    pub(super) fn bug(error: &dyn fmt::Display) -> Self {
        Self::new(
            ExitStatus::Failed,
            format!("{error}; this is a bug in export-iam"),
        )
    }

    /// The same, each problem with the account it is about.
    pub(super) fn of_account(mut self, label: Option<&str>) -> Self {
        if let Some(label) = label {
            for problem in &mut self.problems {
                problem.message = format!("{label}: {}", problem.message);
            }
        }
        self
    }

    /// Each problem with its hints, and what explains it.
    pub(super) fn problems(&self) -> Vec<(String, Option<String>)> {
        let joined = |problem: &Problem| {
            let codes = codes_in(&problem.message).into_iter();
            let more = codes.map(|code| format!("`export-iam explain {code}` says more"));
            let lines: Vec<String> = problem.hints.iter().cloned().chain(more).collect();
            Some(lines.join("; ")).filter(|hints| !hints.is_empty())
        };
        self.problems
            .iter()
            .map(|problem| (problem.message.clone(), joined(problem)))
            .collect()
    }

    /// The error codes of its problems that can be explained.
    pub(super) fn codes(&self) -> impl Iterator<Item = &str> {
        let problems = self.problems.iter();
        problems.flat_map(|problem| codes_in(&problem.message))
    }

    /// Adds what to do about the last problem.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        if let Some(problem) = self.problems.last_mut() {
            problem.hints.push(hint.into());
        }
        self
    }
}

/// What could not be read (5), or why there were no credentials to read with (1).
impl From<ObserveError> for Failure {
    fn from(ObserveError(errors): ObserveError) -> Self {
        let is_credential = |error: &AccountError| error.kind == AccountErrorKind::Credential;
        let status = match errors.iter().all(is_credential) {
            true => ExitStatus::Failed,
            false => ExitStatus::Incomplete,
        };
        let problem = |(error, others): (&AccountError, usize)| {
            let (message, hint) = described(error);
            match others {
                0 => (message, hint),
                1 => (
                    format!("{message} (one more read failed for the same reason)"),
                    hint,
                ),
                n => (
                    format!("{message} ({n} more reads failed for the same reason)"),
                    hint,
                ),
            }
        };
        Self::all(status, by_cause(&errors).into_iter().map(problem))
    }
}

/// One error for each cause, and how many others it stands for: a clock, a network or a key that is wrong fails every
/// call alike.
fn by_cause(errors: &[AccountError]) -> Vec<(&AccountError, usize)> {
    let is_common = |error: &AccountError| {
        matches!(
            error.kind,
            AccountErrorKind::Clock | AccountErrorKind::Unreachable | AccountErrorKind::Credential
        )
    };
    let mut causes: Vec<(&AccountError, usize)> = Vec::new();
    for error in errors {
        let same = causes.iter_mut().find(|(first, _)| {
            is_common(error) && (first.kind, &first.code) == (error.kind, &error.code)
        });
        match same {
            Some((_, others)) => *others += 1,
            None => causes.push((error, 0)),
        }
    }
    causes
}

/// What a service's error says, and what to do about it.
pub(super) fn described(error: &AccountError) -> (String, Option<String>) {
    (error.to_string(), hint(error))
}

/// A single read that failed.
impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Self {
        ObserveError(vec![error]).into()
    }
}

/// Why no plan can be made from what was read.
impl From<Vec<PlanError>> for Failure {
    fn from(errors: Vec<PlanError>) -> Self {
        let problem = |error: &PlanError| (error.to_string(), None);
        Self::all(ExitStatus::Refused, errors.iter().map(problem))
    }
}

/// Every mistake of a spec, each with its place and hint.
impl From<SpecErrors> for Failure {
    fn from(errors: SpecErrors) -> Self {
        Self::of_spec(ExitStatus::Failed, errors.errors())
    }
}

/// Why there are no credentials.
impl From<CredentialError> for Failure {
    fn from(error: CredentialError) -> Self {
        let places = error
            .searched
            .iter()
            .map(|place| format!("  {}\n", safe(place)));
        Self {
            status: ExitStatus::Failed,
            problems: vec![Problem {
                message: error.to_string(),
                excerpt: places.collect(),
                hints: vec![error.hint],
            }],
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Problem {
            message,
            excerpt,
            hints,
        } in &self.problems
        {
            writeln!(f, "{} {}", Styled(ERROR, "error:"), safe(message))?;
            f.write_str(excerpt)?;
            for hint in hints {
                writeln!(f, "hint: {}", safe(hint))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::all;

    #[test]
    fn every_code_that_can_be_explained_is_found_in_its_error() {
        for code in all().iter().flat_map(|known| known.names()) {
            let mut error = AccountError::new("GetRole", AccountErrorKind::Rejected);
            error.subject = "role/ci".to_owned();
            error.code = Some(code.to_owned());
            error.message = "no".to_owned();
            let failure = Failure::from(error).of_account(Some("prod"));
            assert_eq!(failure.codes().collect::<Vec<_>>(), [code]);
            let (_, hint) = failure.problems().remove(0);
            let more = format!("`export-iam explain {code}` says more");
            assert!(hint.is_some_and(|hint| hint.ends_with(&more)), "{code}");
        }
    }
}
