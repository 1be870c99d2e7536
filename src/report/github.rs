//! Annotations of a GitHub Actions job, one workflow command a line.
//!
//! Source: actions/toolkit, `core/src/command.ts`; actions/runner, `ActionCommand.cs`, both of 2026.

use super::run::{Account, Finding, Run, UnusedShape};
use crate::drift::Severity;
use crate::visible::visible;

/// Most annotations of one level that are shown of a step. Unit: annotations.
const MOST: usize = 10;

/// Longest message; the runner cuts the rest. Unit: characters.
const LONGEST: usize = 4096;

/// The findings that count, worst first, then notes; where there are more than are shown, the last of a level says so.
#[must_use]
pub fn github(run: &Run) -> String {
    let path = run.path();
    let all = run.worst_first();
    let counted: Vec<&(&Account, &Finding)> = all
        .iter()
        .filter(|(_, finding)| !finding.is_accepted())
        .collect();
    let mut lines = String::new();
    for level in ["error", "warning", "notice"] {
        let of_level = counted
            .iter()
            .filter(|(_, finding)| command(finding.rule.severity) == level);
        let findings =
            of_level.map(|(account, finding)| annotation(level, account, finding, &path));
        let notes = run.unused.iter().filter(|_| level == "notice");
        let mut of_level: Vec<String> = findings.chain(notes.map(|it| note(it, &path))).collect();
        if of_level.len() > MOST {
            let more = of_level.len() - (MOST - 1);
            of_level.truncate(MOST - 1);
            of_level.push(format!(
                "::{level} title=export-iam::{more} more; the job summary has them\n"
            ));
        }
        lines.extend(of_level);
    }
    lines
}

/// An acceptance that is about nothing.
fn note(unused: &UnusedShape, path: &str) -> String {
    let message: String = visible(&unused.message).chars().take(LONGEST).collect();
    format!(
        "::notice file={},line={},title=export-iam accept::{}\n",
        property(path),
        unused.line.unwrap_or(1),
        data(&message)
    )
}

fn annotation(level: &str, account: &Account, finding: &Finding, path: &str) -> String {
    let title = format!("{} {}", account.label(), finding.rule.id());
    let headline = format!("{}: {}", account.label(), finding.headline());
    let details = finding.details.iter().map(|line| format!("\n{line}"));
    let message: String = std::iter::once(headline).chain(details).collect();
    let message: String = visible(&message).chars().take(LONGEST).collect();
    format!(
        "::{level} file={},line={},title={}::{}\n",
        property(path),
        account.line(),
        property(&title),
        data(&message)
    )
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "notice",
    }
}

/// Escapes a message. The runner undoes it once.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes a property, which ends at `,` and `:`.
fn property(text: &str) -> String {
    data(&visible(text)).replace(':', "%3A").replace(',', "%2C")
}
