//! `drift`: where the accounts have moved away from the spec.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::{FleetArgs, Global, SpecArg, detail};
use crate::cli::session::accounts::{Member, open};
use crate::cli::session::console::Console;
use crate::cli::stages::acceptance::{Accepting, Sought};
use crate::cli::stages::codes::Codes;
use crate::cli::stages::earlier::read_earlier;
use crate::cli::stages::plan::{Besides, PlannedAccount, codes_told, plan_accounts};
use crate::cli::stages::report::RunReport;
use crate::cli::stages::spec::{load, shown_name};
use crate::drift::{Baseline, DriftReport, FailOn, Severity, audit, instances_finding};
use crate::model::{Acceptance, Day};
use crate::plan::{Aim, export_role};
use crate::report::json::{AccountReport, UnusedAcceptance};
use crate::report::text;
use crate::spec::{Diagnostic, Spec};

/// `drift`.
#[derive(Debug, Args)]
pub struct DriftArgs {
    /// The spec
    #[command(flatten)]
    pub spec: SpecArg,
    /// Exit with 2 only for findings at least this severe
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = FailOnArg::Low)]
    pub fail_on: FailOnArg,
    /// Say which findings are new, still there or gone since this report
    ///
    /// A JSON report of an earlier `drift`, as `--report json=FILE` writes it.
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Judge `until` of accepted findings as of this day [default: today, in UTC]
    #[arg(long, value_name = "DAY", value_parser = Day::parse)]
    pub as_of: Option<Day>,
    /// Exit with 5 when a part of the account could not be looked at
    #[arg(long)]
    pub strict: bool,
    /// Show changed documents as text diffs too
    #[arg(long)]
    pub show_documents: bool,
    /// Which accounts
    #[command(flatten)]
    pub fleet: FleetArgs,
    /// What to accept
    #[command(flatten)]
    pub accept: AcceptArgs,
}

/// What to print for the spec's `accept`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Accepting findings")]
pub struct AcceptArgs {
    /// Print the entry that accepts this finding as it is, for `accept` of the spec; may be given several times
    #[arg(long, value_name = "ID", requires = "reason", requires = "until")]
    pub accept: Vec<String>,
    /// Why the finding may stay
    #[arg(long, value_name = "TEXT", requires = "accept")]
    pub reason: Option<String>,
    /// The last day on which it does not count, as 2027-03-31
    #[arg(long, value_name = "DAY", requires = "accept", value_parser = Day::parse)]
    pub until: Option<Day>,
    /// Who answers for it
    #[arg(long, value_name = "NAME", requires = "accept")]
    pub owner: Option<String>,
}

impl AcceptArgs {
    /// What is to be accepted, if that is asked for.
    fn accepting(&self) -> Option<Accepting<'_>> {
        Some(Accepting {
            ids: Some(self.accept.as_slice()).filter(|ids| !ids.is_empty())?,
            reason: self.reason.as_deref()?,
            owner: self.owner.as_deref(),
            until: self.until?,
        })
    }
}

/// How much a finding matters, by its effect, and whether old ones count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOnArg {
    /// Descriptions, tags, session lengths
    Low,
    /// Something is missing or narrower, or exports depend on what cannot be read
    Medium,
    /// The account gives more than the spec, or exports are blocked
    High,
    /// Others can assume a role, a role can do anything, or a sentence of `never` is broken
    Critical,
    /// As low, but only findings that the baseline does not have like this
    #[value(name = "new:low")]
    NewLow,
    /// As medium, but only such findings
    #[value(name = "new:medium")]
    NewMedium,
    /// As high, but only such findings
    #[value(name = "new:high")]
    NewHigh,
    /// As critical, but only such findings
    #[value(name = "new:critical")]
    NewCritical,
}

impl FailOnArg {
    fn meaning(self) -> FailOn {
        let (severity, only_new) = match self {
            Self::Low => (Severity::Low, false),
            Self::Medium => (Severity::Medium, false),
            Self::High => (Severity::High, false),
            Self::Critical => (Severity::Critical, false),
            Self::NewLow => (Severity::Low, true),
            Self::NewMedium => (Severity::Medium, true),
            Self::NewHigh => (Severity::High, true),
            Self::NewCritical => (Severity::Critical, true),
        };
        FailOn { severity, only_new }
    }
}

/// What the findings of every account are held against.
struct Audit<'a> {
    spec: &'a Spec,
    today: Day,
    baseline: Option<Baseline>,
    /// The acceptances that are about a finding, by their place in the spec.
    used: BTreeSet<usize>,
}

impl<'a> Audit<'a> {
    /// # Errors
    /// When the baseline cannot be read (1).
    fn new(spec: &'a Spec, args: &DriftArgs, environment: &Environment) -> Result<Self, Failure> {
        let baseline = args.baseline.as_deref();
        let baseline = baseline.map(|file| read_earlier(file, environment));
        Ok(Self {
            spec,
            today: args.as_of.unwrap_or_else(|| Day::of(Timestamp::now())),
            baseline: baseline.transpose()?,
            used: BTreeSet::new(),
        })
    }

    fn of(&mut self, account: &PlannedAccount) -> DriftReport {
        let mut report = audit(&account.desired, &account.observed, &account.plan);
        let id = &account.observed.caller.account;
        if let Some(role) = export_role(&account.desired)
            && let Some(found) = instances_finding(id, &role, &account.instances)
        {
            report.add(found);
        }
        report.accept(self.spec.acceptances(), self.today, |place| {
            self.used.insert(place);
        });
        if let Some(baseline) = &self.baseline {
            report.since(baseline, &account.observed.caller.account);
        }
        report
    }

    /// The acceptances that are about nothing. Only right after every account of the spec was read.
    fn unused(&self) -> Vec<(&Acceptance, Diagnostic)> {
        let all = self.spec.acceptances().iter().enumerate();
        let unused = all.filter(|(place, _)| !self.used.contains(place));
        unused
            .filter_map(|(place, it)| Some((it, self.spec.unused_acceptance(place, self.today)?)))
            .collect()
    }
}

fn of_report((acceptance, warning): &(&Acceptance, Diagnostic)) -> UnusedAcceptance {
    UnusedAcceptance {
        id: acceptance.id.clone(),
        until: acceptance.until.to_string(),
        line: warning.place.map(|place| place.line),
        message: warning.message.clone(),
    }
}

pub(super) async fn run(
    args: &DriftArgs,
    global: &Global,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    if args.fail_on.meaning().only_new && args.baseline.is_none() {
        let message = "`--fail-on new:…` without `--baseline`";
        return Err(Failure::new(ExitStatus::Usage, message)
            .hint("name the JSON report that tells what is not new"));
    }
    let spec = load(&args.spec, environment, console)?;
    let mut audit = Audit::new(&spec, args, environment)?;
    let (session, members) = open(&spec, &args.fleet, global, environment, console).await?;
    let what = (Aim::Have, Besides::Instances);
    let manner = (args.fleet.parallel, &*console);
    if let Some(accepting) = args.accept.accepting() {
        let mut sought = Sought::new(&accepting);
        let planned = |place, _: &Member, account| match account {
            Ok(account) => sought.look(place, &account, audit.of(&account)),
            Err(_) => sought.was_not_read(),
        };
        plan_accounts(&members, &session, &spec, what, manner, planned).await;
        return sought.print_entries(console);
    }
    let mut report = RunReport::new("drift", Some(shown_name(&args.spec, environment)), console);
    let is_alone = members.len() == 1;
    let mut codes = Codes::default();
    let planned = |place, member: &Member, account| match account {
        Ok(account) => {
            let drift = audit.of(&account);
            let told = codes_told(&account.plan, |verdict| Some(&verdict.now));
            codes.add(place, told);
            let at = (place, member);
            add(&mut report, at, &account, &drift, args, is_alone);
        }
        Err(failure) => report.add_failure((place, member), failure),
    };
    plan_accounts(&members, &session, &spec, what, manner, planned).await;
    let unused = match args.fleet.is_whole() && report.is_whole() {
        true => audit.unused(),
        false => Vec::new(),
    };
    report.note_unused(unused.iter().map(of_report).collect());
    let ended = report.end(console)?;
    console.will_explain(codes.in_order());
    for (_, warning) in &unused {
        console.warning(warning);
    }
    ended.status(console)
}

fn add(
    report: &mut RunReport,
    at: (usize, &Member),
    PlannedAccount { plan, observed, .. }: &PlannedAccount,
    drift: &DriftReport,
    args: &DriftArgs,
    is_alone: bool,
) {
    let status = match drift.fails(args.fail_on.meaning()) {
        _ if args.strict && plan.not_read.is_some() => ExitStatus::Incomplete,
        true => ExitStatus::Differs,
        false => ExitStatus::Success,
    };
    let say = |text: &mut String| {
        let is_gone = || drift.gone.iter().any(|gone| !gone.is_empty());
        if is_alone || !drift.findings.is_empty() || is_gone() {
            let (label, detail) = (at.1.label(), detail(args.show_documents));
            text::drift(plan, label.as_deref(), drift, detail, text);
        }
    };
    report.add(at, status, say, || {
        AccountReport::drifted(plan, drift).with_roles(observed)
    });
}
