//! `validate`: is the spec right, without any network.

use std::collections::{BTreeMap, BTreeSet};

use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::SpecArg;
use crate::cli::session::console::Console;
use crate::cli::stages::spec::{desired_for_any_account, load, shown_name};
use crate::model::{AccountId, Export};
use crate::plan::{Breach, breaches_of_wish};
use crate::spec::Spec;

/// An account that nobody has.
const NOBODY: &str = "0000000000000000";

pub(super) fn run(
    args: &SpecArg,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let spec = load(args, environment, console)?;
    // Where only accounts have exports of their own, the first stands for all.
    let own = spec
        .accounts()
        .iter()
        .find_map(|entry| entry.exports.as_deref());
    let exports = own.filter(|_| spec.exports().is_empty());
    let desired = desired_for_any_account(&spec, exports)?;
    hold_promises(&spec, console)?;
    let accounts = match (spec.accounts().len(), spec.discover()) {
        (0, None) => "the caller's own account".to_owned(),
        (1, None) => "1 account".to_owned(),
        (n, None) => format!("{n} accounts"),
        (n, Some(_)) => format!("{n} accounts and those discovered"),
    };
    let count =
        |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let roles = count(desired.roles.len(), "role", "roles");
    let policies = count(desired.policies.len(), "custom policy", "custom policies");
    let exports = count(desired.exports.len(), "export", "exports");
    let name = shown_name(args, environment);
    console.print(&format!(
        "{name} is valid: {roles}, {policies}, {exports}, for {accounts}\n"
    ))?;
    Ok(ExitStatus::Success)
}

/// Checks that what the spec asks for keeps to its own `never`, for each of its accounts.
///
/// # Errors
/// With every sentence that is broken, its place and a request that proves it.
fn hold_promises(spec: &Spec, console: &mut Console) -> Result<(), Failure> {
    if spec.never().is_empty() {
        return Ok(());
    }
    let mut broken = BTreeMap::new();
    let mut unknown = BTreeSet::new();
    for (own, exports) in judged_for(spec)? {
        let desired = spec.desired(&own, exports)?;
        let (breaches, not_known) = breaches_of_wish(&desired, own.as_str());
        unknown.extend(not_known);
        for breach in breaches {
            let message = words(&breach);
            let hint = "change what the spec asks for, or the sentence";
            if let Some(remark) = spec.about_never(breach.place, message, hint) {
                // One account shows it for all.
                broken.entry(breach.place).or_insert(remark);
            }
        }
    }
    for policy in unknown {
        console.warn(&format!(
            "what `{policy}` gives is not known without an account, so `never` was not held against it"
        ));
        console.note("hint: `plan` and `drift` read it and judge");
    }
    match broken.is_empty() {
        true => Ok(()),
        false => Err(Failure::of_spec(ExitStatus::Failed, broken.values())),
    }
}

/// An account, and the exports that its entry has in place of the spec's.
type Judged<'a> = (AccountId, Option<&'a [Export]>);

/// The accounts to judge for, with the exports of each.
///
/// Without accounts in the spec nobody knows whose it is: the first account that a trust policy names is taken for
/// the own one, so that only a second one is another.
fn judged_for(spec: &Spec) -> Result<Vec<Judged<'_>>, Failure> {
    let mut accounts: Vec<Judged<'_>> = spec
        .accounts()
        .iter()
        .map(|entry| (entry.id.clone(), entry.exports.as_deref()))
        .collect();
    if accounts.is_empty() || spec.discover().is_some() {
        let desired = desired_for_any_account(spec, None)?;
        let own = desired
            .roles
            .values()
            .flat_map(|role| role.trust.statements())
            .flat_map(|statement| {
                statement
                    .principal
                    .ram
                    .iter()
                    .chain(&statement.principal.federated)
            })
            .find_map(|id| AccountId::new(id.strip_prefix("acs:ram::")?.split(':').next()?).ok());
        let nobody = AccountId::new(NOBODY).map_err(|error| Failure::bug(&error))?;
        accounts.push((own.unwrap_or(nobody), None));
    }
    Ok(accounts)
}

/// The sentence, and a request that breaks it.
fn words(breach: &Breach) -> String {
    let sentence = &breach.never;
    let mut gained = breach.access.gained.iter();
    match gained.find(|line| line.may_be_requested()) {
        Some(line) => format!("`{sentence}` is broken: {} is allowed", line.witness),
        None => {
            let reasons = breach.access.reasons.join("; ");
            format!("that `{sentence}` holds cannot be shown: {reasons}")
        }
    }
}
