//! `validate`: is the spec right, without any network.

use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::SpecArg;
use crate::cli::session::console::Console;
use crate::cli::stages::spec::{desired_for_any_account, load, shown_name};

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
