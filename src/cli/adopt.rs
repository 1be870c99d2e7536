//! `adopt`: print a spec that describes what the account holds now.

use super::args::{AdoptArgs, Global};
use super::connect::Hub;
use super::console::Console;
use super::environment::Environment;
use super::exit::ExitStatus;
use super::failure::Failure;
use super::observe::unread;
use crate::model::{RoleName, Scope, TagReading};
use crate::observe::observe;
use crate::spec::adopt;

pub(super) async fn run(
    args: &AdoptArgs,
    global: &Global,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let names = args.role.iter().map(|name| RoleName::new(name));
    let names = names
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| Failure::new(ExitStatus::Usage, e.to_string()))?;
    let hub = Hub::open(global, environment, console).await?;
    let connection = hub.own(None)?;
    let caller = connection.pinned_caller().await?;
    let roles = names
        .iter()
        .map(|name| (name.clone(), TagReading::Read))
        .collect();
    let scope = Scope {
        roles,
        ..Scope::default()
    };
    let observed = observe(&connection.account, &scope, caller)
        .await
        .map_err(|error| unread(&error))?;
    let missing: Vec<&RoleName> = names
        .iter()
        .filter(|name| observed.roles.get(name).is_none_or(Option::is_none))
        .collect();
    if !missing.is_empty() {
        let account = &observed.caller.account;
        let problems = missing
            .into_iter()
            .map(|name| (format!("account {account} has no role `{name}`"), None));
        return Err(Failure::all(ExitStatus::Failed, problems));
    }
    console.print(&adopt(&observed))?;
    Ok(ExitStatus::Success)
}
