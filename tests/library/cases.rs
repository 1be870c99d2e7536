//! Runs every folder under `tests/cases/`: a spec, an account, and what is to happen.
//!
//! | file | holds |
//! |---|---|
//! | `spec.yaml`, or `spec.txt` | the spec, or one line that names a preset, as `preset:image-export` |
//! | `account.json` | the account to begin with, as a seed of the sandbox |
//! | `plan.txt` | the plan and what the guard has against it, or why there is none |
//! | `destroy.txt` | in place of `plan.txt`, where the spec is to be removed |
//! | `drift.txt` | the audit, where it finds anything |
//! | `after.json` | the account afterwards, where it has changed |
//! | `plan.json`, `drift.json` | the same as the text, for programs; only where the case has them |
//!
//! Whatever a case is about, these must hold: every report for programs keeps to the published schema; planning writes nothing; the apply makes exactly the writes of the
//! plan; planning again gives nothing, writes nothing, and the audit finds nothing but what was left alone.
//!
//! After a wanted change: `UPDATE_GOLDEN=1 cargo test --test cases`, and read the difference.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::support::account::{approved, desired, differences, refusals};
use crate::support::{Account, Golden, Schema, plain};
use export_iam::drift::audit;
use export_iam::model::{DesiredState, ObservedState};
use export_iam::plan::file::SavedPlan;
use export_iam::plan::{Plan, PlanError, Reason, plan};
use export_iam::report::Calls;
use export_iam::report::json::{self, AccountReport};
use export_iam::report::text::{self, Detail};
use export_iam::spec::{SpecSource, load};

#[tokio::test(start_paused = true)]
async fn every_case_ends_as_accepted() {
    let folder = crate::support::golden::root().join("tests/cases");
    let mut names: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    names.sort();
    let only = std::env::var("CASE").unwrap_or_default();
    let chosen: Vec<&PathBuf> = names
        .iter()
        .filter(|path| path.to_string_lossy().contains(&only))
        .collect();
    assert!(!chosen.is_empty(), "no case is called `{only}`");
    let mut golden = Golden::default();
    let schema = Schema::read();
    for case in chosen {
        Case::read(case).run(&schema, &mut golden).await;
    }
    golden.finish("library cases::");
}

/// The reports for programs of every case: `<case>-plan`, `<case>-drift` and `<case>-apply`, where there is a plan.
pub(crate) async fn reports() -> Vec<(String, String)> {
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(crate::support::golden::root().join("tests/cases"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
    folders.sort();
    let mut reports = Vec::new();
    for folder in folders {
        let case = Case::read(&folder);
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let observed = case.account.observe(&case.desired).await;
        let Ok(plan) = plan(&case.desired, &observed) else {
            continue;
        };
        let (planned, drift) = case.for_programs(&plan, &observed);
        let report = case.account.apply(&approved(plan.clone(), &observed)).await;
        let applied = AccountReport::applied(&plan, &report, Some(true), Calls::default());
        let applied = json::report("apply", None, vec![applied], Vec::new());
        for (kind, report) in [("plan", planned), ("drift", drift), ("apply", applied)] {
            reports.push((format!("{name}-{kind}"), report));
        }
    }
    reports
}

/// How the names of cases begin in which nothing is to be done.
const NOTHING: &[&str] = &[
    "destroys-nothing-",
    "keeps-extra-",
    "leaves-",
    "plans-nothing-",
    "reports-",
    "takes-",
];

struct Case {
    folder: PathBuf,
    account: Account,
    desired: DesiredState,
    is_destroy: bool,
}

impl Case {
    fn read(folder: &Path) -> Self {
        let seed = std::fs::read_to_string(folder.join("account.json"))
            .unwrap_or_else(|error| panic!("{}: account.json: {error}", folder.display()));
        let source = match std::fs::read_to_string(folder.join("spec.txt")) {
            Ok(line) => SpecSource::Preset(line.trim().strip_prefix("preset:").unwrap().to_owned()),
            Err(_) => SpecSource::Path("spec.yaml".into()),
        };
        let spec = load(&source, folder)
            .unwrap_or_else(|errors| panic!("{}: {:?}", folder.display(), errors.errors()));
        let is_destroy = folder.join("destroy.txt").exists();
        let wanted = desired(&spec);
        Self {
            folder: folder.to_owned(),
            account: Account::new(&seed),
            desired: if is_destroy { wanted.removed() } else { wanted },
            is_destroy,
        }
    }

    async fn run(&self, schema: &Schema, golden: &mut Golden) {
        let name = self.folder.file_name().unwrap().to_string_lossy();
        let before = self.account.state();
        let observed = self.account.observe(&self.desired).await;
        let plan = plan(&self.desired, &observed);
        if !self.account.writes().is_empty() {
            golden.fail(format!("{name}: planning made writes"));
        }
        let file = if self.is_destroy {
            "destroy.txt"
        } else {
            "plan.txt"
        };
        golden.check(
            &self.folder.join(file),
            &(shown(&plan) + &guarded(&plan, &observed)),
        );
        if !self.is_destroy {
            golden.check(
                &self.folder.join("drift.txt"),
                &audited(&plan, &self.desired, &observed),
            );
        }
        if let Some(problem) = self.broken_promise(&name, &plan) {
            golden.fail(format!("{name}: {problem}"));
        }
        if let Ok(plan) = plan {
            if !self.comes_back(&observed) {
                golden.fail(format!(
                    "{name}: set aside, it comes back as something else"
                ));
            }
            self.report(&plan, &observed, schema, golden);
            let problems = self.carry_out(plan, &observed, schema).await;
            problems
                .into_iter()
                .for_each(|problem| golden.fail(format!("{name}: {problem}")));
        }
        let has_changed = self.account.state() != before;
        let after = if has_changed {
            self.account.described()
        } else {
            String::new()
        };
        golden.check(&self.folder.join("after.json"), &after);
    }

    /// Whether what a plan is made from can wait between the question and the apply.
    fn comes_back(&self, observed: &ObservedState) -> bool {
        let saved = SavedPlan {
            desired: self.desired.clone(),
            observed: observed.clone(),
            origin: String::new(),
        };
        let mut back = SavedPlan::from_short(&saved.to_short().unwrap()).unwrap();
        back.observed.read_at = saved.observed.read_at;
        back.plan() == saved.plan()
    }

    /// The reports for programs: of the plan, and of the audit.
    fn for_programs(&self, plan: &Plan, observed: &ObservedState) -> (String, String) {
        let kind = if self.is_destroy { "destroy" } else { "plan" };
        let planned = AccountReport::planned(plan).with_roles(observed);
        let planned = json::report(kind, None, vec![planned], Vec::new());
        let drift = AccountReport::drifted(plan, &audit(&self.desired, observed, plan));
        let drift = drift.with_roles(observed);
        (
            planned,
            json::report("drift", None, vec![drift], Vec::new()),
        )
    }

    /// Checks the reports for programs.
    fn report(&self, plan: &Plan, observed: &ObservedState, schema: &Schema, golden: &mut Golden) {
        let (planned, drift) = self.for_programs(plan, observed);
        for (file, text) in [("plan.json", &planned), ("drift.json", &drift)] {
            let path = self.folder.join(file);
            for problem in schema.problems(text) {
                golden.fail(format!("{}: {problem}", path.display()));
            }
            if path.exists() {
                golden.check(&path, text);
            }
        }
    }

    /// What the name of the case promises and the plan does not keep.
    fn broken_promise(&self, name: &str, plan: &Result<Plan, Vec<PlanError>>) -> Option<String> {
        let begins = |words: &[&str]| words.iter().any(|word| name.starts_with(word));
        let is_kept = match plan {
            Ok(plan) if begins(NOTHING) => plan.is_empty(),
            Ok(plan) => !plan.is_empty() && !begins(&["refuses-"]),
            Err(_) => begins(&["refuses-"]),
        };
        (!is_kept).then(|| format!("its name promises another plan:\n{}", shown(plan)))
    }

    /// Applies `plan` and plans again; gives what should not be.
    async fn carry_out(
        &self,
        planned: Plan,
        observed: &ObservedState,
        schema: &Schema,
    ) -> Vec<String> {
        let mut problems = Vec::new();
        let operations: Vec<&str> = planned
            .steps
            .iter()
            .map(|step| step.step.operation())
            .collect();
        let left_alone = left_alone(&planned);
        let report = self
            .account
            .apply(&approved(planned.clone(), observed))
            .await;
        let applied = AccountReport::applied(&planned, &report, Some(true), Calls::default());
        problems.extend(schema.problems(&json::report("apply", None, vec![applied], Vec::new())));
        if !report.is_complete() {
            problems.push(format!(
                "apply stopped: {:?}",
                report.errors().collect::<Vec<_>>()
            ));
        }
        let mut writes: Vec<&str> = self
            .account
            .writes()
            .iter()
            .map(|call| call.operation)
            .collect();
        let mut expected = operations.clone();
        writes.sort_unstable();
        expected.sort_unstable();
        if writes != expected {
            problems.push(format!("planned {operations:?}, called {writes:?}"));
        }
        self.account.sandbox.clear_calls();
        let observed = self.account.observe(&self.desired).await;
        match plan(&self.desired, &observed) {
            Ok(again) => {
                if !again.is_empty() {
                    problems.push(format!(
                        "the second plan is not empty:\n{}",
                        shown(&Ok(again.clone()))
                    ));
                }
                let report = audit(&self.desired, &observed, &again);
                if differences(&report) != left_alone {
                    let shown = audited(&Ok(again), &self.desired, &observed);
                    problems.push(format!("drift is left:\n{shown}"));
                }
            }
            Err(errors) => problems.push(format!("there is no second plan: {errors:?}")),
        }
        if !self.account.writes().is_empty() {
            problems.push("planning again made writes".to_owned());
        }
        problems
    }
}

/// How many things the plan reports without touching them.
fn left_alone(plan: &Plan) -> usize {
    let unmanaged = plan
        .changes
        .iter()
        .filter(|change| change.reason == Reason::Unmanaged);
    unmanaged.count()
}

/// The plan as a person sees it, or why there is none.
fn shown(plan: &Result<Plan, Vec<PlanError>>) -> String {
    let mut text = String::new();
    match plan {
        Ok(plan) => text::plan(plan, None, Detail::Access, &mut text),
        Err(errors) => errors
            .iter()
            .for_each(|error| writeln!(text, "error: {error}").unwrap()),
    }
    plain(&text)
}

/// What the guard has against the plan.
fn guarded(plan: &Result<Plan, Vec<PlanError>>, observed: &ObservedState) -> String {
    let Ok(plan) = plan else { return String::new() };
    let mut text = String::new();
    for refusal in refusals(plan, observed) {
        let (risk, address) = (
            refusal.risk.map_or("never", |risk| risk.as_str()),
            refusal.address,
        );
        writeln!(
            text,
            "refused without --allow {risk}: {address}: {}",
            refusal.message
        )
        .unwrap();
    }
    text
}

/// The audit as a person sees it; nothing where it finds nothing.
fn audited(
    plan: &Result<Plan, Vec<PlanError>>,
    desired: &DesiredState,
    observed: &ObservedState,
) -> String {
    let Ok(plan) = plan else { return String::new() };
    let report = audit(desired, observed, plan);
    let mut text = String::new();
    if !report.findings.is_empty() {
        text::drift(plan, None, &report, Detail::Access, &mut text);
    }
    plain(&text)
}
