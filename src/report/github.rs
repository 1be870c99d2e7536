//! Annotations of a GitHub Actions job, one workflow command a line.
//!
//! Source: actions/toolkit, `core/src/command.ts`; actions/runner, `ActionCommand.cs`, both of 2026.

use super::run::{Account, Finding, Run};
use crate::drift::Severity;
use crate::visible::visible;

/// Most annotations of one level that are shown of a step. Unit: annotations.
const MOST: usize = 10;

/// Longest message; the runner cuts the rest. Unit: characters.
const LONGEST: usize = 4096;

/// The findings that count, worst first; where there are more than are shown, the last of a level says so.
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
        let mut of_level: Vec<&(&Account, &Finding)> = counted
            .iter()
            .copied()
            .filter(|(_, finding)| command(finding.rule.severity) == level)
            .collect();
        let more = match of_level.len() {
            count if count > MOST => count - (MOST - 1),
            _ => 0,
        };
        if more > 0 {
            of_level.truncate(MOST - 1);
        }
        for (account, finding) in of_level {
            lines.push_str(&annotation(level, account, finding, &path));
        }
        if more > 0 {
            lines.push_str(&format!(
                "::{level} title=export-iam::{more} more findings; the job summary has them\n"
            ));
        }
    }
    lines
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
