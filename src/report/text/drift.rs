//! An audit for people.

use std::cmp::Reverse;
use std::fmt::Write;

use crate::drift::{Accepted, DriftKind, DriftReport, Earlier, Finding, Severity, Since, Value};
use crate::plan::Plan;
use crate::policy::Verdict;
use crate::report::words::{Words, acceptance};

use super::access::{Own, access_lines, new_access_lines};
use super::account::{account_line, not_read};
use super::documents::document_diff;
use super::field::{Detail, is_readable, pretty};
use super::never::proofs;
use super::readiness::{self, Moment};
use super::style::{ADD, CHANGE, DIM, REMOVE, STRONG, Styled, safe};

/// Appends the findings, worst first.
pub fn drift(
    plan: &Plan,
    label: Option<&str>,
    report: &DriftReport,
    detail: Detail,
    out: &mut String,
) {
    let own = Some(&plan.caller.account);
    account_line(&plan.caller, label, out);
    out.push('\n');
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by_key(|finding| (finding.is_accepted(), Reverse(finding.severity)));
    for finding in &findings {
        one_finding(finding, own, detail, out);
    }
    for earlier in report.gone.iter().flatten() {
        gone_line(earlier, out);
    }
    not_read(plan, out);
    if let Some(found) = &plan.verdict {
        readiness::verdict(found, own, Moment::Now, out);
    }
    let _ = writeln!(out, "{}", Styled(STRONG, total(report)));
}

/// Appends a finding of the baseline that is there no more.
fn gone_line(earlier: &Earlier, out: &mut String) {
    let line = safe(&earlier_words(earlier));
    let _ = writeln!(out, "{} {line}", Styled(ADD, "gone    "));
}

/// A finding of an earlier report: what it is about, its kind, severity and id.
pub(super) fn earlier_words(earlier: &Earlier) -> String {
    let Earlier {
        id,
        state: _,
        address,
        part,
        kind,
        severity,
        sentence,
        was_accepted: _,
    } = earlier;
    if let Some(sentence) = sentence {
        return format!("{address} `{sentence}` {kind}, {severity} [{id}]");
    }
    let part = match part.as_str() {
        "" => String::new(),
        part => format!(" {}", part.replace('_', " ")),
    };
    format!("{address}{part} {kind}, {severity} [{id}]")
}

/// How many findings count, by severity, and how many are accepted.
fn total(report: &DriftReport) -> String {
    let counts: Vec<String> = Severity::ALL
        .iter()
        .map(|severity| (report.count(*severity), severity))
        .filter(|(count, _)| *count > 0)
        .map(|(count, severity)| format!("{count} {severity}"))
        .collect();
    let worst = report.worst().map_or("", Severity::as_str);
    let accepted = match report.accepted() {
        0 => String::new(),
        n => format!(" {n} accepted."),
    };
    match report.counted().count() {
        0 if accepted.is_empty() => "No drift: the account matches the spec.".to_owned(),
        0 => format!("No drift beyond what is accepted.{accepted}"),
        1 => format!("Drift: 1 finding ({worst}).{accepted}"),
        n => format!("Drift: {n} findings ({}).{accepted}", counts.join(", ")),
    }
}

fn one_finding(finding: &Finding, own: Own<'_>, detail: Detail, out: &mut String) {
    let Finding {
        id,
        state: _,
        address: _,
        part,
        kind: _,
        severity,
        live,
        spec,
        access,
        sentence: _,
        acceptance: accepted,
        since,
    } = finding;
    let style = match severity {
        _ if finding.is_accepted() => DIM,
        Severity::Low => CHANGE,
        Severity::Medium | Severity::High | Severity::Critical => REMOVE,
    };
    let severity = Styled(style, format!("{severity:<8}"));
    let verdict = access.as_ref().map(|access| access.verdict);
    let words = finding_words(finding);
    let since = since.map_or("", since_words);
    let _ = writeln!(out, "{severity} {words} [{id}]{since}");
    if let Some(accepted) = accepted {
        let line = safe(&acceptance_line(accepted));
        let _ = writeln!(out, "      {}", Styled(DIM, line));
    }
    if let Some(access) = access {
        match part.is_empty() {
            _ if finding.sentence.is_some() => proofs(access, 6, out),
            // The whole is missing or extra, so a single request shows nothing new.
            true => new_access_lines(access, own, 6, out),
            false => access_lines(access, own, 6, out),
        }
    }
    let is_unsettled = verdict == Some(Verdict::Unknown);
    match (live, spec) {
        (Some(Value::Text(live)), Some(Value::Text(spec))) if access.is_some() => {
            if !is_readable(live) {
                let line = "the live text cannot be interpreted; it is shown as it is";
                let _ = writeln!(out, "      {}", Styled(DIM, line));
            }
            if detail == Detail::Documents || is_unsettled {
                document_diff(&pretty(spec), &pretty(live), 6, out);
            }
        }
        (Some(live), Some(spec)) => values(live, spec, out),
        (Some(Value::Text(live)), None) if finding.kind == DriftKind::InstanceBound => {
            let _ = writeln!(out, "      {}", safe(live));
        }
        _ => {}
    }
}

/// What is found, in one sentence.
#[must_use]
pub fn finding_words(finding: &Finding) -> String {
    if let Some(sentence) = &finding.sentence {
        let sentence = safe(sentence);
        return format!("{} {} `{sentence}`", finding.address, what(finding));
    }
    let part = match finding.part {
        "" => String::new(),
        part => format!(" {}", part.replace('_', " ")),
    };
    format!("{}{part} {}", finding.address, what(finding))
}

/// What is found, as the end of a sentence.
fn what(finding: &Finding) -> &'static str {
    let verdict = finding.access.as_ref().map(|access| access.verdict);
    let is_other = verdict == Some(Verdict::Incomparable);
    Words::of(finding.kind, finding.part, is_other).of_address
}

fn since_words(since: Since) -> &'static str {
    match since {
        Since::New => " new",
        Since::Changed => " changed since the baseline",
        Since::Returned => " returned: it was accepted in the baseline",
        Since::Same => " still there",
    }
}

fn acceptance_line(accepted: &Accepted) -> String {
    let Accepted {
        status,
        reason,
        owner,
        until,
    } = accepted;
    acceptance(*status, owner.as_deref(), &until.to_string(), reason)
}

/// Appends what is live and what the spec says.
fn values(live: &Value, spec: &Value, out: &mut String) {
    for (name, value) in [("live", live), ("spec", spec)] {
        let shown = match value {
            Value::Text(text) => safe(text),
            Value::Seconds(seconds) => format!("{seconds} s"),
            Value::Tags(tags) => {
                let tags = tags.iter().map(|(key, value)| format!("{key}={value}"));
                safe(&tags.collect::<Vec<_>>().join(", "))
            }
        };
        let shown = match shown.as_str() {
            "" => "(none)",
            shown => shown,
        };
        let _ = writeln!(out, "      {name}: {shown}");
    }
}
