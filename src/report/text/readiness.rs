//! Would ExportImage work, in words.

use std::fmt::Write;

use crate::plan::Verdict;
use crate::policy::need::{
    ActionGrant, ExportError, ExportGrants, Grant, Readiness, StatementName,
};

use super::access::new_access_lines_of;
use super::style::{ADD, CHANGE, DIM, REMOVE, STRONG, Styled, safe};

/// Which moments a reader wants to know about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// As the account is.
    Now,
    /// And as it is after the steps.
    NowAndAfter,
}

/// Appends the verdict, and what the role can do beyond the need.
pub(super) fn verdict(verdict: &Verdict, moments: Moment, out: &mut String) {
    match moments {
        Moment::Now => {
            readiness("ExportImage", &verdict.now, out);
            over_grant(&verdict.now, out);
        }
        Moment::NowAndAfter => {
            readiness("ExportImage now", &verdict.now, out);
            readiness("ExportImage after these steps", &verdict.after, out);
            over_grant(&verdict.after, out);
        }
    }
}

/// Appends the answer of `policy check`.
pub fn check(found: &Readiness, out: &mut String) {
    readiness("ExportImage", found, out);
    over_grant(found, out);
}

/// Appends one verdict under `title`: a headline, then what stands in the way.
pub(super) fn readiness(title: &str, readiness: &Readiness, out: &mut String) {
    let (style, words) = match (readiness.is_ready(), readiness.error()) {
        (Some(true), _) => (ADD, format!("would succeed into {}", places(readiness))),
        (_, Some(error)) => (REMOVE, format!("would fail with {error}")),
        (_, None) => (CHANGE, "cannot be told".to_owned()),
    };
    let _ = writeln!(
        out,
        "{} {}",
        Styled(STRONG, format_args!("{title}:")),
        Styled(style, words)
    );
    trust(readiness.trust.as_ref(), out);
    if readiness.error() == Some(ExportError::NoSetRoletoECSServiceAcount) {
        return;
    }
    for export in &readiness.exports {
        missing(export, out);
    }
}

fn places(readiness: &Readiness) -> String {
    let names: Vec<String> = readiness.exports.iter().map(place).collect();
    names.join(", ")
}

fn place(export: &ExportGrants) -> String {
    match (&export.bucket, &export.prefix) {
        (None, _) => "any bucket of this account".to_owned(),
        (Some(bucket), None) => format!("bucket {bucket}"),
        (Some(bucket), Some(prefix)) => format!("bucket {bucket} under prefix {prefix}"),
    }
}

/// What of the trust stands in the way, if anything.
fn trust(trust: Option<&Grant>, out: &mut String) {
    let _ = match trust {
        None => writeln!(out, "  the role does not exist"),
        Some(Grant::Granted { .. }) => Ok(()),
        Some(Grant::Unknown { reason }) => writeln!(
            out,
            "  whether ecs.aliyuncs.com may assume the role: {}",
            safe(reason)
        ),
        Some(Grant::Missing { partly: false, .. }) => {
            writeln!(out, "  ecs.aliyuncs.com may not assume the role")
        }
        Some(grant) => writeln!(
            out,
            "  ecs.aliyuncs.com may not assume the role: {}",
            why(grant)
        ),
    };
}

/// The actions of one export that are not granted always, those with one reason together.
fn missing(export: &ExportGrants, out: &mut String) {
    let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
    for ActionGrant { action, grant } in &export.actions {
        if grant.is_granted() == Some(true) {
            continue;
        }
        let reason = why(grant);
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, actions)) => actions.push(action.name),
            None => reasons.push((reason, vec![action.name])),
        }
    }
    for (reason, actions) in reasons {
        let _ = writeln!(
            out,
            "  {} on {}: {}",
            actions.join(", "),
            place(export),
            reason
        );
    }
}

fn why(grant: &Grant) -> String {
    match grant {
        Grant::Granted { .. } => "granted".to_owned(),
        Grant::Missing { partly: false, .. } => "not granted".to_owned(),
        Grant::Missing {
            partly: true,
            witness,
        } => format!("granted in part, not on {}", safe(&witness.resource)),
        Grant::Denied { by, .. } => format!("denied by {}", statement(by)),
        Grant::OnlyWhen { condition, .. } => format!("granted {}", safe(condition)),
        Grant::OnlyInRegion { region, .. } => format!(
            "granted only if OSS presents the region as {}",
            safe(region)
        ),
        Grant::Unknown { reason } => safe(reason),
    }
}

fn statement(name: &StatementName) -> String {
    match name.policy.as_str() {
        "" => format!("statement {} of the trust policy", name.statement + 1),
        policy => format!("statement {} of {}", name.statement + 1, safe(policy)),
    }
}

/// What the role can do beyond the need, if anything.
fn over_grant(readiness: &Readiness, out: &mut String) {
    if readiness.over_grant.is_empty() {
        return;
    }
    let _ = writeln!(out, "{}", Styled(DIM, "  beyond that the role may:"));
    new_access_lines_of(&readiness.over_grant, 4, out);
}
