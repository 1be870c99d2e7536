//! plan → approve: shows the plans, asks the guard, then the person at the terminal.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::{MemberPlan, PlannedAccount};
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::console::Console;
use crate::plan::{ApprovedPlan, Refusal, Risk, approve as ask_guard};
use crate::report::text::{self, Detail};

/// What to do about a broken sentence of `never`.
const NEVER_HINT: &str =
    "no `--allow` lets it pass: change what the spec asks for, or the sentence";

/// What the operator has approved beforehand.
pub(crate) struct Approval {
    /// Whether to go on without a question.
    pub(crate) yes: bool,
    /// Risks that the guard lets pass.
    pub(crate) allowed: BTreeSet<Risk>,
    pub(crate) detail: Detail,
}

/// An account whose plan the guard let pass.
pub(crate) struct ApprovedAccount<'a> {
    pub(crate) account: &'a PlannedAccount,
    pub(crate) plan: ApprovedPlan,
}

/// The accounts of a run after the guard.
pub(crate) struct Approved<'a> {
    /// In the order of the plans.
    pub(crate) accounts: Vec<ApprovedAccount<'a>>,
    /// Why the guard refused the others, by their place in the plans.
    pub(crate) refused: BTreeMap<usize, Failure>,
}

/// Shows the plans, asks the guard about each, and asks for a confirmation where there are steps.
///
/// # Errors
/// When the guard refuses every plan that would write, or nobody confirms (3). Nothing is written before.
pub(crate) async fn approve<'a>(
    plans: &'a [MemberPlan],
    approval: &Approval,
    console: &mut Console,
) -> Result<Approved<'a>, Failure> {
    show(plans, approval, console)?;
    let approved = guard(plans, approval)?;
    for (place, failure) in &approved.refused {
        let label = plans.get(*place).and_then(|plan| plan.member.label());
        console.failure(&failure.clone().of_account(label.as_deref()));
    }
    if !approval.yes {
        confirm(&approved, plans.len(), console).await?;
    }
    Ok(approved)
}

async fn confirm(
    approved: &Approved<'_>,
    members: usize,
    console: &mut Console,
) -> Result<(), Failure> {
    let steps = approved
        .accounts
        .iter()
        .map(|account| account.plan.plan().steps.len());
    let (accounts, steps) = steps
        .filter(|steps| *steps > 0)
        .fold((0, 0), |(accounts, all), steps| (accounts + 1, all + steps));
    if steps == 0 {
        return Ok(());
    }
    let place = match members {
        0 | 1 => String::new(),
        _ => format!(" in {accounts} accounts"),
    };
    let question = format!("Carry out these {steps} steps{place}?");
    console.confirm(&question).await
}

/// Shows every plan that would write, the accounts that could not be read, and for a fleet the totals.
fn show(plans: &[MemberPlan], approval: &Approval, console: &mut Console) -> Result<(), Failure> {
    let (mut settled, mut differing) = (0, 0);
    let is_fleet = plans.len() > 1;
    for MemberPlan { member, account } in plans {
        let label = member.label();
        match account {
            Ok(account) if !is_fleet || !account.plan.is_empty() => {
                differing += 1;
                let mut text = String::new();
                text::plan(&account.plan, label.as_deref(), approval.detail, &mut text);
                if is_fleet {
                    text.push('\n');
                }
                console.show(&text)?;
            }
            Ok(_) => settled += 1,
            // The failure of a single account is that of the run, which ends with it.
            Err(_) if !is_fleet => {}
            Err(failure) => console.failure(&failure.clone().of_account(label.as_deref())),
        }
    }
    if is_fleet {
        let tally = text::Tally {
            accounts: plans.len(),
            settled,
            differing,
            not_begun: 0,
        };
        let mut text = String::new();
        text::tally("plan", &tally, &mut text);
        console.show(&text)?;
    }
    Ok(())
}

/// The guard's refusals, each with the way past it.
pub(crate) fn refused(refusals: &[Refusal]) -> Failure {
    let problems = refusals.iter().map(|refusal| {
        let hint = match refusal.risk {
            Some(risk) => {
                let word = risk.as_str();
                format!("if that is what you want, add `--allow {word}`")
            }
            None => NEVER_HINT.to_owned(),
        };
        let message = format!("refused: {}: {}", refusal.address, refusal.message);
        (message, Some(hint))
    });
    Failure::all(ExitStatus::Refused, problems)
}

/// Asks the guard about every plan. In a fleet an account that is refused is left out, and the others go on.
///
/// # Errors
/// When every plan that would write is refused.
fn guard<'a>(plans: &'a [MemberPlan], approval: &Approval) -> Result<Approved<'a>, Failure> {
    let mut accounts = Vec::new();
    let mut refused = BTreeMap::new();
    for (place, MemberPlan { account, .. }) in plans.iter().enumerate() {
        let Ok(account) = account else { continue };
        match ask_guard(account.plan.clone(), &account.observed, &approval.allowed) {
            Ok(plan) => accounts.push(ApprovedAccount { account, plan }),
            Err(refusals) => {
                refused.insert(place, self::refused(&refusals));
            }
        }
    }
    let is_any_left = accounts
        .iter()
        .any(|account| !account.plan.plan().is_empty());
    if refused.is_empty() || is_any_left {
        return Ok(Approved { accounts, refused });
    }
    let problems = refused.into_iter().flat_map(|(place, failure)| {
        let label = plans.get(place).and_then(|plan| plan.member.label());
        failure.of_account(label.as_deref()).problems()
    });
    Err(Failure::all(ExitStatus::Refused, problems))
}
