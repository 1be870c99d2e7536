//! What a run found, whatever the command: differences, pending changes, steps that did not end well, exports that
//! do not work, accounts that could not be read.

use super::details::{check, lines, obstacles, place, values};
use super::rule::Rule;
use super::shape::{
    Acceptance, AccountShape, ChangeShape, Check, CheckedExport, CheckedImport, FieldShape,
    FindingShape, StepShape,
};
use crate::drift::{DriftKind, Severity, Standing, digest};
use crate::report::words::{Words, acceptance};

/// One finding, in words.
#[derive(Debug)]
pub(in crate::report) struct Finding {
    /// 16 hexadecimal digits that stay the same from night to night.
    pub(in crate::report) id: String,
    pub(in crate::report) rule: Rule,
    pub(in crate::report) aspect: Aspect,
    /// What it is about: the address, and the part of it if it is not the whole.
    pub(in crate::report) subject: String,
    /// What is wrong with it, as `gives more than the spec`.
    pub(in crate::report) what: String,
    /// Lines that show it.
    pub(in crate::report) details: Vec<String>,
    pub(in crate::report) acceptance: Option<Acceptance>,
    /// How it stands to an earlier report.
    pub(in crate::report) since: Option<String>,
}

/// Which side of an account a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Aspect {
    /// The role itself.
    Role,
    /// Who may assume it.
    Trust,
    /// Policies, and what the role holds.
    Permissions,
    /// Whether exports and imports work.
    Exports,
    /// Steps, and the account as a whole.
    Other,
}

impl Aspect {
    fn of(address: &str, part: &str) -> Self {
        match address.strip_prefix("role/") {
            _ if part == "trust" => Self::Trust,
            Some(rest) if rest.contains('/') => Self::Permissions,
            Some(_) => Self::Role,
            None if address.starts_with("policy/") => Self::Permissions,
            None => Self::Other,
        }
    }
}

/// Something that was looked at, and found good.
pub(in crate::report) struct CheckedPart {
    pub(in crate::report) subject: String,
}

impl Finding {
    /// Whether it is accepted, and so does not count.
    pub(in crate::report) fn is_accepted(&self) -> bool {
        let status = self.acceptance.as_ref().and_then(|found| found.status);
        status == Some(Standing::Accepted)
    }

    /// The whole in one line, without the account.
    pub(in crate::report) fn headline(&self) -> String {
        format!("{} {}", self.subject, self.what)
    }

    /// Why it does not count, or why it does though it was accepted once.
    pub(in crate::report) fn accepted(&self) -> Option<String> {
        let Acceptance {
            status,
            reason,
            owner,
            until,
        } = self.acceptance.as_ref()?;
        let until = until.as_deref().unwrap_or_default();
        Some(acceptance((*status)?, owner.as_deref(), until, reason))
    }
}

/// Everything found in one account by the command `kind`.
pub(super) fn of(account: &AccountShape, kind: &str) -> Vec<Finding> {
    let mut findings: Vec<Finding> = match kind {
        "drift" => account
            .findings
            .iter()
            .map(|it| drift(it, account))
            .collect(),
        "verify" => {
            let exports = account.exports.iter().filter_map(|it| export(account, it));
            let imports = account.imports.iter().filter_map(|it| import(account, it));
            exports.chain(imports).collect()
        }
        _ => {
            let changes = account.changes.iter();
            let is_carried_out = account.steps.iter().any(|step| step.outcome.is_some());
            match is_carried_out {
                true => steps(account),
                false => changes.filter_map(|it| change(account, it)).collect(),
            }
        }
    };
    if !account.errors.is_empty() {
        let problems = account.errors.iter().flat_map(|problem| {
            let hint = problem.hint.iter().map(|hint| format!("hint: {hint}"));
            std::iter::once(problem.message.clone()).chain(hint)
        });
        findings.push(Finding {
            details: problems.collect(),
            ..finding(
                account,
                Rule::new("not-read", Severity::High),
                "account",
                "could not be worked on",
            )
        });
    }
    findings
}

/// What was looked at in an account and has no finding. Names are those that a finding on it would have.
pub(in crate::report) fn passed(account: &AccountShape, kind: &str) -> Vec<CheckedPart> {
    let part = |subject: String| CheckedPart { subject };
    let mut parts: Vec<CheckedPart> = match kind {
        "verify" => {
            let exports = account.exports.iter().filter(|it| it.answer == "ready");
            let imports = account.imports.iter().filter(|it| it.answer == "ready");
            let exports = exports.map(place_of);
            exports.chain(imports.map(source_of)).map(part).collect()
        }
        "drift" => {
            let verdict = account.verdict.iter();
            let ready = verdict.filter(|verdict| verdict.now.answer == "ready");
            ready
                .map(|verdict| part(format!("exports of role/{}", verdict.role)))
                .collect()
        }
        _ => {
            let is_carried_out = account.steps.iter().any(|step| step.outcome.is_some());
            let done = account.steps.iter().enumerate();
            let done = done.filter(|(_, step)| is_done(step));
            let in_sync = account.changes.iter().filter(|change| {
                !is_carried_out && change.action == "no-op" && change.reason != "unmanaged"
            });
            done.map(|(at, step)| part(step_name(at, step)))
                .chain(in_sync.map(|change| part(change.address.clone())))
                .collect()
        }
    };
    if account.errors.is_empty() {
        parts.insert(0, part("account".to_owned()));
    }
    parts
}

fn finding(account: &AccountShape, rule: Rule, subject: &str, what: &str) -> Finding {
    let account = account.id.as_deref().or(account.alias.as_deref());
    Finding {
        id: digest([account.unwrap_or_default(), subject, &rule.kind].map(str::to_ascii_lowercase)),
        rule,
        aspect: Aspect::Other,
        subject: subject.to_owned(),
        what: what.to_owned(),
        details: Vec::new(),
        acceptance: None,
        since: None,
    }
}

fn drift(found: &FindingShape, account: &AccountShape) -> Finding {
    let FindingShape {
        id,
        address,
        part,
        kind,
        severity,
        live,
        spec,
        access,
        sentence,
        acceptance: accepted,
        baseline,
    } = found;
    let is_export = kind.starts_with("export-");
    let subject = match part.as_str() {
        _ if is_export => format!("exports of {address}"),
        "" => address.clone(),
        part => format!("{address} {}", part.replace('_', " ")),
    };
    let known = DriftKind::ALL.into_iter().find(|it| it.as_str() == kind);
    let is_other = access
        .as_ref()
        .is_some_and(|access| access.verdict == "incomparable");
    let what = known.map_or(kind.as_str(), |kind| {
        Words::of(kind, part, is_other).of_subject
    });
    let sentence = sentence.iter().map(|sentence| format!("never: {sentence}"));
    let mut details: Vec<String> = sentence.collect();
    details.extend(access.as_ref().map(lines).unwrap_or_default());
    if access.is_none() {
        details.extend(values(live.as_ref(), spec.as_ref(), ["live", "spec"]));
    }
    if is_export {
        let verdict = account.verdict.as_ref();
        details.extend(
            verdict
                .map(|found| obstacles(&found.now))
                .unwrap_or_default(),
        );
    }
    Finding {
        id: id.clone(),
        rule: Rule::new(kind, *severity),
        aspect: match is_export {
            true => Aspect::Exports,
            false => Aspect::of(address, part),
        },
        subject,
        what: what.to_owned(),
        details,
        acceptance: accepted.clone(),
        since: baseline.clone(),
    }
}

fn change(account: &AccountShape, change: &ChangeShape) -> Option<Finding> {
    let ChangeShape {
        address,
        action,
        reason,
        fields,
        access,
    } = change;
    let (kind, severity, what) = match (action.as_str(), reason.as_str()) {
        ("create", _) => ("pending-create", Severity::Medium, "is to be created"),
        ("update", _) => ("pending-update", Severity::Medium, "is to be changed"),
        ("delete", _) => ("pending-delete", Severity::Medium, "is to be removed"),
        ("no-op", "unmanaged") => (
            "unmanaged",
            Severity::Low,
            "is attached but not in the spec",
        ),
        _ => return None,
    };
    let of_fields = fields.iter().flat_map(field);
    // What stays as it is neither gains nor loses.
    let access = access.iter().filter(|_| action != "no-op");
    let of_whole = access.flat_map(lines);
    let details = of_fields.chain(of_whole).collect();
    let is_about_trust = action == "update" && fields.iter().any(|field| field.name == "trust");
    Some(Finding {
        details,
        aspect: Aspect::of(address, if is_about_trust { "trust" } else { "" }),
        ..finding(account, Rule::new(kind, severity), address, what)
    })
}

fn field(field: &FieldShape) -> Vec<String> {
    let FieldShape {
        name,
        before,
        after,
        access,
    } = field;
    let lines = match access {
        Some(access) => lines(access),
        None => values(before.as_ref(), after.as_ref(), ["before", "after"]),
    };
    let name = name.replace('_', " ");
    lines.iter().map(|line| format!("{name}: {line}")).collect()
}

fn is_done(step: &StepShape) -> bool {
    matches!(step.outcome.as_deref(), Some("done" | "already"))
}

fn steps(account: &AccountShape) -> Vec<Finding> {
    let steps = account.steps.iter().enumerate();
    let bad = steps.filter(|(_, step)| !is_done(step));
    bad.map(|(at, step)| {
        let (kind, severity, what) = match step.outcome.as_deref() {
            Some("failed") => ("step-failed", Severity::High, "failed"),
            Some("unknown") => ("step-unknown", Severity::High, "may have been done"),
            _ => ("step-not-attempted", Severity::Medium, "was not attempted"),
        };
        let details = step.error.iter().map(|error| error.message.clone());
        let subject = step_name(at, step);
        Finding {
            details: details.collect(),
            ..finding(account, Rule::new(kind, severity), &subject, what)
        }
    })
    .collect()
}

/// A step with its number: two may do the same to the same thing.
fn step_name(at: usize, step: &StepShape) -> String {
    let subject = step.subject.words();
    format!("step {} {} {subject}", at + 1, step.operation)
}

fn place_of(export: &CheckedExport) -> String {
    let place = place(export.bucket.as_deref(), export.prefix.as_deref());
    let region = export.region.as_ref().map(|region| format!(" in {region}"));
    let image = export.image.as_ref().map(|image| format!("{image} to "));
    format!(
        "export of {}{place}{}",
        image.unwrap_or_default(),
        region.unwrap_or_default()
    )
}

/// Where an import comes from.
fn source_of(import: &CheckedImport) -> String {
    let object = import.object.as_deref().unwrap_or("any object");
    let place = place(import.bucket.as_deref(), None);
    let region = import.region.as_ref().map(|region| format!(" in {region}"));
    format!(
        "import of {object} from {place}{}",
        region.unwrap_or_default()
    )
}

fn export(account: &AccountShape, export: &CheckedExport) -> Option<Finding> {
    let kinds = ["export-blocked", "export-depends"];
    let CheckedExport { answer, checks, .. } = export;
    checked(account, (answer, checks), kinds, &place_of(export))
}

fn import(account: &AccountShape, import: &CheckedImport) -> Option<Finding> {
    let kinds = ["import-blocked", "import-depends"];
    let CheckedImport { answer, checks, .. } = import;
    checked(account, (answer, checks), kinds, &source_of(import))
}

fn checked(
    account: &AccountShape,
    (answer, checks): (&str, &[Check]),
    [blocked, depends]: [&str; 2],
    subject: &str,
) -> Option<Finding> {
    let (kind, severity, what) = match answer {
        "ready" => return None,
        "blocked" => (blocked, Severity::High, "would fail"),
        _ => (depends, Severity::Medium, "may fail"),
    };
    let open = checks.iter();
    let open = open.filter(|it| matches!(it.answer.as_str(), "failed" | "depends"));
    Some(Finding {
        details: open.map(check).collect(),
        aspect: Aspect::Exports,
        ..finding(account, Rule::new(kind, severity), subject, what)
    })
}
