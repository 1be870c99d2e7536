//! An audit for people.

use std::fmt::Write;

use crate::drift::{DriftKind, DriftReport, Finding, Severity};
use crate::plan::Plan;

use super::access::new_access_lines;
use super::account::account_line;
use super::field::{Detail, one_field};
use super::readiness::{Moment, verdict};
use super::style::{CHANGE, DIM, REMOVE, STRONG, Styled};

/// Appends the findings, worst first.
pub fn drift(
    plan: &Plan,
    label: Option<&str>,
    report: &DriftReport,
    detail: Detail,
    out: &mut String,
) {
    account_line(&plan.caller, label, out);
    out.push('\n');
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    for finding in &findings {
        one_finding(finding, detail, out);
    }
    if let Some(found) = &plan.verdict {
        verdict(found, Moment::Now, out);
    }
    let line = match findings.len() {
        0 => "No drift: the account matches the spec.".to_owned(),
        1 => "Drift: 1 finding.".to_owned(),
        n => format!("Drift: {n} findings."),
    };
    let _ = writeln!(out, "{}", Styled(STRONG, line));
}

fn one_finding(finding: &Finding, detail: Detail, out: &mut String) {
    let style = match finding.severity {
        Severity::Low => CHANGE,
        Severity::Medium | Severity::High => REMOVE,
    };
    let severity = Styled(style, format!("{:<6}", finding.severity.as_str()));
    let part = match finding.part {
        "" => String::new(),
        part => format!(" {part}"),
    };
    let what = match finding.kind {
        DriftKind::Missing => "is missing",
        DriftKind::Changed if finding.part == "tags" => "differ from the spec",
        DriftKind::Wider => "gives more access than the spec",
        DriftKind::Narrower => "gives less access than the spec",
        DriftKind::Changed => "differs from the spec",
        DriftKind::Unmanaged => "is attached but not in the spec",
    };
    let _ = writeln!(
        out,
        "{severity} {}{part} {what} [{}]",
        finding.address, finding.fingerprint
    );
    if let Some(access) = &finding.access {
        new_access_lines(access, 6, out);
    }
    if let Some(field) = &finding.field {
        let _ = writeln!(out, "      {}", Styled(DIM, "back to the spec:"));
        one_field(field, detail, out);
    }
}
