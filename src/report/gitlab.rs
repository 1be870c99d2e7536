//! GitLab's code quality report. Source: GitLab, "Code Quality", "Code Quality report format".
//!
//! Accepted findings are left out, as the format cannot say that one is.

use serde::Serialize;

use super::json::text;
use super::run::{Account, Finding, Run};
use crate::drift::Severity;
use crate::visible::visible;

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u64,
}

/// The run as one array.
#[must_use]
pub fn gitlab(run: &Run) -> String {
    let path = run.path();
    let all = run.worst_first().into_iter();
    let counted = all.filter(|(_, finding)| !finding.is_accepted());
    let issues: Vec<Issue> = counted
        .map(|(account, finding)| issue(account, finding, &path))
        .collect();
    text(&issues)
}

fn issue(account: &Account, finding: &Finding, path: &str) -> Issue {
    let headline = format!("{}: {}", account.label(), finding.headline());
    let details = finding.details.iter().map(|line| format!("; {line}"));
    let whole: String = std::iter::once(headline).chain(details).collect();
    Issue {
        description: visible(&whole).replace('\n', "\\n"),
        check_name: visible(&finding.rule.id()).into_owned(),
        fingerprint: finding.id.clone(),
        severity: match finding.rule.severity {
            Severity::Critical => "blocker",
            Severity::High => "critical",
            Severity::Medium => "major",
            Severity::Low => "minor",
        },
        location: Location {
            path: path.to_owned(),
            lines: Lines {
                begin: account.line(),
            },
        },
    }
}
