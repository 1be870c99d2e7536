//! `adopt`: print a spec that describes what the account holds now.

use clap::Args;

use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::{Format, Global};
use crate::cli::session::clients::Session;
use crate::cli::session::console::Console;
use crate::model::{RoleName, Scope, TagReading};
use crate::observe::observe;
use crate::spec::{Adopted, adopt};

/// `adopt`.
#[derive(Debug, Args)]
pub struct AdoptArgs {
    /// The role to describe; may be given several times
    #[arg(
        long,
        value_name = "NAME",
        default_value = "AliyunECSImageExportDefaultRole"
    )]
    pub role: Vec<String>,
}

pub(super) async fn run(
    args: &AdoptArgs,
    global: &Global,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    if global.format != Format::Text {
        let message = "`adopt` prints a spec, which is YAML, in no other format";
        return Err(Failure::new(ExitStatus::Usage, message)
            .hint("leave `--format` out; other tools read the spec with any YAML parser"));
    }
    let names = args.role.iter().map(|name| RoleName::new(name));
    let names = names
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| Failure::new(ExitStatus::Usage, e.to_string()))?;
    let session = Session::open(global, environment, console).await?;
    let connection = session.own(None)?;
    let caller = connection.pinned_caller().await?;
    let roles = names
        .iter()
        .map(|name| (name.clone(), TagReading::Read))
        .collect();
    let scope = Scope {
        roles,
        ..Scope::default()
    };
    let observed = observe(&connection.account, &scope, caller).await?;
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
    let Adopted { text, left_out } = adopt(&observed);
    console.print(&text)?;
    for what in &left_out {
        console.warn(&format!("not in the spec: {what}"));
    }
    Ok(match left_out.is_empty() {
        true => ExitStatus::Success,
        false => ExitStatus::Incomplete,
    })
}
