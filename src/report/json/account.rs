//! One account's part of a report, from what each command knows of it.

use super::report::Account;
use super::roles::roles;
use crate::apply::ApplyReport;
use crate::drift::DriftReport;
use crate::export::ExportReport;
use crate::model::{AccountId, Caller, ObservedState};
use crate::plan::Plan;
use crate::readiness::{CheckedExport, CheckedImport};
use crate::report::Calls;

/// One account's part of a report.
pub struct AccountReport(pub(super) Account);

impl AccountReport {
    /// Of `plan`: what would change.
    #[must_use]
    pub fn planned(plan: &Plan) -> Self {
        Self(Account::planned(plan))
    }

    /// Of `apply` and `destroy`: the plan, and what became of its steps. `in_sync` tells whether the second plan
    /// was empty, where there was one.
    #[must_use]
    pub fn applied(plan: &Plan, report: &ApplyReport, in_sync: Option<bool>, calls: Calls) -> Self {
        Self(Account::applied(plan, report, in_sync, calls))
    }

    /// Of `drift`: the findings.
    #[must_use]
    pub fn drifted(plan: &Plan, report: &DriftReport) -> Self {
        Self(Account::drifted(plan, report))
    }

    /// Of `verify`: the exports and imports with their checks.
    #[must_use]
    pub fn verified(caller: &Caller, exports: &[CheckedExport], imports: &[CheckedImport]) -> Self {
        Self(Account::verified(caller, exports, imports))
    }

    /// Of `export`: the export that was asked about, its checks, and what became of it where it was started. One that
    /// is taken up again by its task has no checks.
    #[must_use]
    pub fn exported(
        caller: &Caller,
        checked: Option<&CheckedExport>,
        report: Option<&ExportReport>,
    ) -> Self {
        Self(Account::exported(caller, checked, report))
    }

    /// Of any command: the account could not be worked on. Each problem is a message and perhaps a hint.
    #[must_use]
    pub fn failed(id: Option<&AccountId>, problems: &[(String, Option<String>)]) -> Self {
        Self(Account::failed(id, problems))
    }

    /// Adds how the checks of its exports ended.
    #[must_use]
    pub fn with_exports(self, exports: &[CheckedExport]) -> Self {
        Self(self.0.with_exports(exports))
    }

    /// Adds why the work on the account did not end well.
    #[must_use]
    pub fn with_errors(self, problems: &[(String, Option<String>)]) -> Self {
        Self(self.0.with_errors(problems))
    }

    /// Adds the roles as they were read.
    #[must_use]
    pub fn with_roles(mut self, observed: &ObservedState) -> Self {
        self.0.roles = roles(observed);
        self
    }

    /// Says which account of the spec it is: its place from 0, its alias, and the line of its entry.
    #[must_use]
    pub fn member(mut self, index: usize, alias: Option<&str>, line: Option<usize>) -> Self {
        self.0.index = index;
        self.0.alias = alias.map(str::to_owned);
        self.0.line = line;
        self
    }
}
