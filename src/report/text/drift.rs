//! An audit for people.

use std::fmt::Write;

use crate::drift::{DriftKind, DriftReport, Finding, Severity, Value};
use crate::plan::Plan;
use crate::policy::Verdict;

use super::access::{Own, access_lines, new_access_lines};
use super::account::{account_line, not_read};
use super::documents::document_diff;
use super::field::{Detail, is_readable, pretty};
use super::readiness::{self, Moment};
use super::style::{CHANGE, DIM, REMOVE, STRONG, Styled, safe};

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
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    for finding in &findings {
        one_finding(finding, own, detail, out);
    }
    not_read(plan, out);
    if let Some(found) = &plan.verdict {
        readiness::verdict(found, own, Moment::Now, out);
    }
    let _ = writeln!(out, "{}", Styled(STRONG, total(report)));
}

/// How many findings there are, by severity.
fn total(report: &DriftReport) -> String {
    let counts: Vec<String> = Severity::ALL
        .iter()
        .map(|severity| (report.count(*severity), severity))
        .filter(|(count, _)| *count > 0)
        .map(|(count, severity)| format!("{count} {severity}"))
        .collect();
    let worst = report.worst().map_or("", Severity::as_str);
    match report.findings.len() {
        0 => "No drift: the account matches the spec.".to_owned(),
        1 => format!("Drift: 1 finding ({worst})."),
        n => format!("Drift: {n} findings ({}).", counts.join(", ")),
    }
}

fn one_finding(finding: &Finding, own: Own<'_>, detail: Detail, out: &mut String) {
    let Finding {
        id,
        state: _,
        address,
        part,
        kind,
        severity,
        live,
        spec,
        access,
    } = finding;
    let style = match severity {
        Severity::Low => CHANGE,
        Severity::Medium | Severity::High | Severity::Critical => REMOVE,
    };
    let severity = Styled(style, format!("{severity:<8}"));
    let part = match *part {
        "" => String::new(),
        part => format!(" {}", part.replace('_', " ")),
    };
    let verdict = access.as_ref().map(|access| access.verdict);
    let what = match kind {
        DriftKind::Missing => "is missing",
        DriftKind::Changed if finding.part == "tags" => "differ from the spec",
        DriftKind::Wider => "gives more than the spec",
        DriftKind::Narrower => "gives less than the spec",
        DriftKind::Changed if verdict == Some(Verdict::Incomparable) => {
            "gives other access than the spec"
        }
        DriftKind::Changed => "differs from the spec",
        DriftKind::Unmanaged => "is attached but not in the spec",
        DriftKind::ExportBlocked => "blocks exports",
        DriftKind::ExportDepends => "may block exports",
    };
    let _ = writeln!(out, "{severity} {address}{part} {what} [{id}]");
    if let Some(access) = access {
        match part.is_empty() {
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
        _ => {}
    }
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
