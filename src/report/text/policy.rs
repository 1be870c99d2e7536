//! Answers of the policy engine for people.

use std::fmt::Write;

use crate::policy::lint::{Finding, RuleInfo, Severity};
use crate::policy::{Comparison, PolicyDocument, Verdict};

use super::access::{access_lines, new_access_lines};
use super::style::{CHANGE, DIM, REMOVE, STRONG, Styled, safe};

/// Appends how the second document stands to the first, alone and in company.
pub fn comparison(effective: &Comparison, drop_in: &Comparison, out: &mut String) {
    access_lines(drop_in, None, 0, out);
    let words = |verdict: Verdict| match verdict {
        Verdict::Equal => "gives the same access as LIVE",
        Verdict::Broader => "gives more access than LIVE",
        Verdict::Narrower => "gives less access than LIVE",
        Verdict::Incomparable => {
            "gives some access that LIVE does not, and lacks some that LIVE gives"
        }
        Verdict::Unknown => "could not be compared with LIVE",
    };
    let _ = writeln!(
        out,
        "{}",
        Styled(
            STRONG,
            format!(
                "{}: WANTED {}",
                drop_in.verdict.as_str(),
                words(drop_in.verdict)
            )
        )
    );
    if effective.verdict != drop_in.verdict {
        let alone = words(effective.verdict);
        let _ = writeln!(
            out,
            "On its own WANTED {alone}; in company with other policies its Deny counts as above."
        );
    }
}

/// Appends findings, each with its place and fix.
pub fn lint(found: &[(String, Vec<Finding>)], out: &mut String) {
    for (file, findings) in found {
        for finding in findings {
            let style = match finding.rule.severity {
                Severity::Error => REMOVE,
                Severity::Warning => CHANGE,
                Severity::Note => DIM,
            };
            let severity = Styled(style, finding.rule.severity.as_str());
            let _ = writeln!(
                out,
                "{}:{}:{}: {severity}: {} [{}]",
                safe(file),
                finding.place.line,
                finding.place.column,
                safe(&finding.message),
                finding.rule.id
            );
            let _ = writeln!(
                out,
                "  {}",
                Styled(DIM, format_args!("fix: {}", safe(finding.fix_text())))
            );
        }
    }
    let all = || found.iter().flat_map(|(_, findings)| findings);
    let count = |severity| {
        all()
            .filter(|finding| finding.rule.severity == severity)
            .count()
    };
    let line = match all().count() {
        0 => "Nothing to remark.".to_owned(),
        _ => format!(
            "{} errors, {} warnings, {} notes.",
            count(Severity::Error),
            count(Severity::Warning),
            count(Severity::Note)
        ),
    };
    let _ = writeln!(out, "{}", Styled(STRONG, line));
}

/// Appends every rule with its reason and fix.
pub fn lint_rules(rules: impl Iterator<Item = &'static RuleInfo>, out: &mut String) {
    for rule in rules {
        let _ = writeln!(
            out,
            "{} ({}): {}",
            Styled(STRONG, rule.id),
            rule.severity.as_str(),
            rule.why
        );
        let _ = writeln!(out, "  {}", Styled(DIM, format_args!("fix: {}", rule.fix)));
    }
}

/// Where a document is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It is one of ours, as published.
    BuiltIn,
    /// The user gave it.
    Given,
}

/// Appends a document and what it gives.
pub fn document(
    name: &str,
    description: &str,
    origin: Origin,
    pretty: &str,
    access: &Comparison,
    out: &mut String,
) {
    let _ = writeln!(out, "{}: {}", Styled(STRONG, safe(name)), safe(description));
    if let Origin::BuiltIn = origin {
        let _ = writeln!(
            out,
            "{}",
            Styled(DIM, "As published; the live text may differ.")
        );
    }
    out.push('\n');
    out.push_str(pretty);
    out.push_str("\n\n");
    new_access_lines(access, None, 0, out);
}
/// The policies that a command needs, each behind who is to have it where there are several.
#[must_use]
pub fn permissions(policies: &[(&str, PolicyDocument)]) -> String {
    let heads = policies.len() > 1;
    let each = policies.iter().map(|(holder, document)| {
        let head = match heads {
            true => format!("# for {holder}\n"),
            false => String::new(),
        };
        format!("{head}{}\n", document.pretty())
    });
    each.collect()
}
