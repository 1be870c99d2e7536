//! SARIF 2.1.0, as GitHub's code scanning takes it.
//!
//! Sources: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0" with errata 01; GitHub, "SARIF
//! support for code scanning". Accepted findings are left out: GitHub ignores suppressions and would show them as
//! open.

use serde::Serialize;

use super::Stamp;
use super::json::text;
use super::run::{Account, Finding, Rule, Run};
use crate::drift::Severity;
use crate::visible::visible;

/// Most results that GitHub keeps of one run. Unit: results.
const MOST_RESULTS: usize = 5000;

/// Longest first sentence of a message, which becomes the title of an alert. Unit: characters. Our own choice.
const TITLE: usize = 120;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [RunShape; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunShape {
    tool: Tool,
    automation_details: AutomationDetails,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    results: Vec<ResultShape>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<RuleShape>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleShape {
    id: String,
    name: String,
    short_description: Message,
    full_description: Message,
    help: Help,
    default_configuration: Configuration,
    properties: RuleProperties,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
struct Help {
    text: &'static str,
    markdown: &'static str,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct RuleProperties {
    /// Without this tag GitHub does not look at the score.
    tags: [&'static str; 1],
    precision: &'static str,
    security_severity: &'static str,
}

#[derive(Serialize)]
struct AutomationDetails {
    /// GitHub takes everything up to the last `/` for the category.
    id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time_utc: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultShape {
    rule_id: String,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
    logical_locations: [LogicalLocation; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u64,
    start_column: u64,
    end_line: u64,
    end_column: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    fully_qualified_name: String,
    kind: &'static str,
}

/// GitHub looks at the first only. Left out, it would be computed from the line of the spec, and all findings of one
/// account would be taken for one.
#[derive(Serialize)]
struct Fingerprints {
    #[serde(rename = "primaryLocationLineHash")]
    line: String,
    #[serde(rename = "exportIamFinding/v1")]
    finding: String,
}

/// The run as one SARIF log.
#[must_use]
pub fn sarif(run: &Run, stamp: &Stamp) -> String {
    let (rules, results, left_out) = results(run);
    let log = Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [RunShape {
            tool: Tool {
                driver: Driver {
                    name: "export-iam",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: rules.iter().map(rule).collect(),
                },
            },
            automation_details: AutomationDetails {
                id: format!("export-iam/{}/", run.kind),
            },
            invocations: [invocation(run, stamp, left_out)],
            column_kind: "unicodeCodePoints",
            results,
        }],
    };
    text(&log)
}

/// The rules, the results, and how many results there is no room for.
fn results(run: &Run) -> (Vec<Rule>, Vec<ResultShape>, usize) {
    let mut rules = Rule::all();
    let path = uri(&run.path());
    let all = run.worst_first();
    // An account that could not be read is no finding; it is among the notifications.
    let mut counted: Vec<(&Account, &Finding)> = all
        .into_iter()
        .filter(|(_, finding)| !finding.is_accepted() && finding.rule.kind != "not-read")
        .collect();
    let left_out = counted.len().saturating_sub(MOST_RESULTS);
    counted.truncate(MOST_RESULTS);
    let results = counted.into_iter().map(|(account, finding)| {
        let known = rules.iter().position(|rule| *rule == finding.rule);
        let rule_index = known.unwrap_or_else(|| {
            rules.push(finding.rule.clone());
            rules.len() - 1
        });
        result(account, finding, rule_index, &path)
    });
    let results = results.collect();
    (rules, results, left_out)
}

fn result(account: &Account, finding: &Finding, rule_index: usize, path: &str) -> ResultShape {
    let line = account.line();
    ResultShape {
        rule_id: finding.rule.id(),
        rule_index,
        level: level(finding.rule.severity),
        message: message(account, finding),
        locations: [Location {
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation {
                    uri: path.to_owned(),
                },
                region: Region {
                    start_line: line,
                    start_column: 1,
                    end_line: line,
                    end_column: 2,
                },
            },
            logical_locations: [LogicalLocation {
                fully_qualified_name: plain(&format!("{}/{}", account.id(), finding.subject)),
                kind: "resource",
            }],
        }],
        partial_fingerprints: Fingerprints {
            line: format!("{}:1", finding.id),
            finding: finding.id.clone(),
        },
        baseline_state: match finding.since.as_deref() {
            Some("new" | "returned") => Some("new"),
            Some("changed") => Some("updated"),
            Some("same") => Some("unchanged"),
            _ => None,
        },
    }
}

fn message(account: &Account, finding: &Finding) -> Message {
    let headline = format!("{}: {}", account.label(), finding.headline());
    let mut title = plain(&headline);
    if title.chars().count() > TITLE {
        title = title.chars().take(TITLE - 1).chain(['…']).collect();
    }
    let details = finding
        .details
        .iter()
        .map(|line| format!("\n{}", plain(line)));
    Message {
        text: std::iter::once(format!("{title}."))
            .chain(details)
            .collect(),
    }
}

fn rule(rule: &Rule) -> RuleShape {
    RuleShape {
        id: rule.id(),
        name: rule.name(),
        short_description: Message {
            text: format!("{}.", plain(&rule.title())),
        },
        full_description: Message {
            text: rule.help().to_owned(),
        },
        help: Help {
            text: rule.help(),
            markdown: rule.help(),
        },
        default_configuration: Configuration {
            level: level(rule.severity),
        },
        properties: RuleProperties {
            tags: ["security"],
            precision: "very-high",
            security_severity: score(rule.severity),
        },
    }
}

fn invocation(run: &Run, stamp: &Stamp, left_out: usize) -> Invocation {
    let mut notes = Vec::new();
    for account in &run.accounts {
        let shape = &account.shape;
        let problems = shape
            .errors
            .iter()
            .map(|problem| ("error", &problem.message));
        let not_read = shape.not_read.iter().map(|text| ("warning", text));
        notes.extend(problems.chain(not_read).map(|(level, text)| Notification {
            level,
            message: Message {
                text: plain(&format!("{}: {text}", account.label())),
            },
        }));
    }
    if left_out > 0 {
        notes.push(Notification {
            level: "warning",
            message: Message {
                text: format!(
                    "{left_out} findings are left out: {MOST_RESULTS} are kept of one run. The most severe are here; the JSON report has all."
                ),
            },
        });
    }
    Invocation {
        execution_successful: !run.accounts.iter().any(Account::is_failed),
        end_time_utc: stamp.at.clone(),
        tool_execution_notifications: notes,
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// In the middle of what GitHub calls by the same word.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.0",
        Severity::Low => "2.0",
    }
}

/// Text from elsewhere in a message: neither a link, as `[text](target)`, nor a placeholder, as `{0}`.
fn plain(text: &str) -> String {
    visible(text)
        .replace("](", "] (")
        .replace('{', "{{")
        .replace('}', "}}")
}

/// A path as a relative URI reference.
fn uri(path: &str) -> String {
    let encoded = percent_encoding::utf8_percent_encode(path, PATH);
    encoded.to_string()
}

/// What stands for itself in the path of a URI.
const PATH: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
