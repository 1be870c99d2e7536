//! A run over accounts, as every report but the JSON one shows it.
//!
//! It is read back from the JSON report. So every format shows the same findings, `report merge` can write each of
//! them, and none can show what the published format does not have.

mod details;
mod findings;
mod rule;
mod shape;

use std::collections::BTreeMap;
use std::io::Read;

use super::json::FORMAT_VERSION;
use crate::drift::Severity;
pub(super) use details::place;
pub(super) use findings::{Aspect, Finding, passed};
pub(super) use rule::Rule;
use shape::RunShape;
pub(super) use shape::{
    AccountShape, ChangeShape, Check, CheckedExport, CheckedImport, ExportShape, FieldShape,
    FindingShape, LineShape, OutcomeShape, PolicyShape, ReadyShape, RoleShape, StatementShape,
    StepShape, UnusedShape, VerdictShape,
};

/// Where findings point when the spec is no file: the place where one would be.
const DEFAULT_SPEC: &str = "export-iam.yaml";

/// How a spec that was read from there is named.
const STANDARD_INPUT: &str = "standard input";

/// A run over accounts.
#[derive(Debug)]
pub struct Run {
    /// The command.
    pub(super) kind: String,
    /// The spec, as it was named.
    pub(super) spec: Option<String>,
    /// In the order of the spec.
    pub(super) accounts: Vec<Account>,
    /// Acceptances of the spec that are about nothing that was found.
    pub(super) unused: Vec<UnusedShape>,
}

/// One account of a run.
#[derive(Debug)]
pub(super) struct Account {
    /// Everything found, the most severe first.
    pub(super) findings: Vec<Finding>,
    pub(super) shape: AccountShape,
}

impl Run {
    /// Reads a JSON report.
    ///
    /// # Errors
    /// With what is wrong, when the text is no report of a run over accounts.
    pub fn read(report: &str) -> Result<Self, String> {
        Self::of(serde_json::from_str(report).map_err(|error| error.to_string())?)
    }

    /// Reads a JSON report from where it is kept.
    ///
    /// # Errors
    /// As [`read`](Self::read), and when it cannot be read.
    pub fn read_from(report: impl Read) -> Result<Self, String> {
        Self::of(serde_json::from_reader(report).map_err(|error| error.to_string())?)
    }

    fn of(shape: RunShape) -> Result<Self, String> {
        let RunShape {
            format_version,
            kind,
            spec,
            accounts,
            unused_acceptances,
        } = shape;
        if format_version != FORMAT_VERSION {
            return Err(format!("not a report of format {FORMAT_VERSION}"));
        }
        let accounts = accounts.ok_or_else(|| "has no accounts".to_owned())?;
        Ok(Self {
            spec,
            accounts: accounts
                .into_iter()
                .map(|it| Account::of(it, &kind))
                .collect(),
            kind,
            unused: unused_acceptances,
        })
    }

    /// The path that findings point at, with `/`.
    pub(super) fn path(&self) -> String {
        let is_file = |spec: &&str| !spec.starts_with("preset:") && *spec != STANDARD_INPUT;
        let spec = self.spec.as_deref().filter(is_file);
        let spec = spec.unwrap_or(DEFAULT_SPEC);
        let spec = spec.replace(std::path::MAIN_SEPARATOR, "/");
        spec.strip_prefix("./").unwrap_or(&spec).to_owned()
    }

    /// Every finding with its account, the most severe first, then by id.
    pub(super) fn worst_first(&self) -> Vec<(&Account, &Finding)> {
        let all = self.accounts.iter();
        let mut all: Vec<(&Account, &Finding)> = all
            .flat_map(|account| {
                account
                    .findings
                    .iter()
                    .map(move |finding| (account, finding))
            })
            .collect();
        all.sort_by(|(_, a), (_, b)| {
            let order = b.rule.severity.cmp(&a.rule.severity);
            order.then_with(|| a.id.cmp(&b.id))
        });
        all
    }

    /// The accounts, those with the worst findings first, else in the order of the spec.
    pub(super) fn worst_accounts_first(&self) -> Vec<&Account> {
        let mut accounts: Vec<&Account> = self.accounts.iter().collect();
        accounts.sort_by_key(|account| std::cmp::Reverse(account.weight()));
        accounts
    }

    /// What is told of in a column that says whether it works.
    pub(super) fn asked_about(&self) -> &'static str {
        let has = |is_there: fn(&AccountShape) -> bool| {
            let mut accounts = self.accounts.iter();
            accounts.any(|account| is_there(&account.shape))
        };
        match (
            has(|it| !it.exports.is_empty()),
            has(|it| !it.imports.is_empty()),
        ) {
            (_, false) => "exports",
            (false, true) => "imports",
            (true, true) => "exports and imports",
        }
    }

    /// How many findings count, by severity.
    pub(super) fn counts(&self) -> BTreeMap<Severity, usize> {
        let mut counts = BTreeMap::new();
        for finding in self.accounts.iter().flat_map(Account::counted) {
            *counts.entry(finding.rule.severity).or_default() += 1;
        }
        counts
    }

    /// `2 critical, 1 low`; empty where nothing counts.
    pub(super) fn counts_in_words(&self) -> String {
        let counts = self.counts();
        let words = counts.iter().rev();
        let words: Vec<String> = words
            .map(|(severity, count)| format!("{count} {severity}"))
            .collect();
        words.join(", ")
    }
}

impl Account {
    fn of(shape: AccountShape, kind: &str) -> Self {
        let mut findings = findings::of(&shape, kind);
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.rule.severity));
        Self { findings, shape }
    }

    /// What people call it.
    pub(super) fn label(&self) -> &str {
        let shape = &self.shape;
        let name = shape.alias.as_deref().or(shape.id.as_deref());
        name.unwrap_or("account")
    }

    /// Its number, where it is known.
    pub(super) fn id(&self) -> &str {
        self.shape.id.as_deref().unwrap_or_default()
    }

    /// The line of the spec that findings point at, from 1.
    pub(super) fn line(&self) -> u64 {
        self.shape.line.unwrap_or(1)
    }

    /// The findings that count: all but the accepted ones.
    pub(super) fn counted(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| !finding.is_accepted())
    }

    /// How many of the findings that count are of one severity.
    pub(super) fn count(&self, severity: Severity) -> usize {
        let counted = self.counted();
        counted
            .filter(|finding| finding.rule.severity == severity)
            .count()
    }

    /// Whether exports and imports work; empty where nobody asked. Of `plan` and `apply`, after the steps.
    pub(super) fn answer(&self) -> &str {
        let exports = self.shape.exports.iter().map(|it| it.answer.as_str());
        let imports = self.shape.imports.iter().map(|it| it.answer.as_str());
        let worst = exports.chain(imports).max_by_key(|answer| match *answer {
            "blocked" => 2,
            "depends" => 1,
            _ => 0,
        });
        let verdict = self.shape.verdict.as_ref();
        worst
            .or_else(|| verdict.map(|VerdictShape { now, .. }| now.answer.as_str()))
            .unwrap_or_default()
    }

    /// Whether it could be worked on.
    pub(super) fn is_failed(&self) -> bool {
        !self.shape.errors.is_empty()
    }

    /// Orders accounts from bad to good.
    fn weight(&self) -> (bool, [usize; 4]) {
        let counts = Severity::ALL.map(|severity| self.count(severity));
        (self.is_failed(), counts)
    }
}
