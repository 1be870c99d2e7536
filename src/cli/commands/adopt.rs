//! `adopt`: print a spec that describes what accounts hold.

use std::collections::BTreeMap;

use clap::Args;
use futures_util::StreamExt;
use futures_util::stream;

use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::{FleetArgs, Format, Global, SpecArg};
use crate::cli::session::accounts::{Member, open};
use crate::cli::session::clients::Session;
use crate::cli::session::console::Console;
use crate::cli::stages::spec::load;
use crate::model::{ObservedState, RoleName, Scope, TagReading};
use crate::observe::observe;
use crate::spec::{AccountEntry, Adopted, Holding, NAMED, Spec, adopt, adopt_fleet, named};

/// The role that is described where neither the command line nor a spec names one.
const DEFAULT_ROLE: &str = "AliyunECSImageExportDefaultRole";

/// The schema of specs, where the documentation says to put it: in the folder of the spec.
const SCHEMA_FILE: &str = "export-iam.schema.json";

/// `adopt`.
#[derive(Debug, Args)]
pub struct AdoptArgs {
    /// A spec that names accounts: a file, `-` for standard input, or preset:NAME
    ///
    /// Prints one spec for the accounts that hold the same, and names those that hold something else. Left out: the
    /// account of the access key.
    #[arg(value_name = "SPEC")]
    pub spec: Option<String>,
    /// The role to describe; may be given several times
    ///
    /// [default: the roles of SPEC, else AliyunECSImageExportDefaultRole]
    #[arg(long, value_name = "NAME")]
    pub role: Vec<String>,
    /// Which accounts
    #[command(flatten)]
    pub fleet: FleetArgs,
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
    let spec = match &args.spec {
        Some(_) => {
            let spec = SpecArg {
                spec: args.spec.clone(),
            };
            load(&spec, environment, console)?
        }
        None => Spec::default(),
    };
    let roles = roles(args, &spec)?;
    let (session, members) = open(&spec, &args.fleet, global, environment, console).await?;
    let read = read(&members, &session, &roles, args.fleet.parallel, console).await;
    let mut holdings = Vec::new();
    let mut unread = Vec::new();
    for (member, observed) in members.iter().zip(read) {
        match (observed, &member.entry) {
            (Ok(observed), None) => return own(&observed, environment, console),
            (Err(failure), None) => return Err(failure),
            (Ok(observed), Some(entry)) => holdings.push(Holding {
                entry: entry.clone(),
                observed,
            }),
            (Err(failure), Some(_)) => unread.push(failure.of_account(member.label().as_deref())),
        }
    }
    fleet(&spec, &holdings, unread, environment, console)
}

/// Prints a spec, with a line that tells editors where its schema is, where that stands in this folder.
fn print(spec: &str, environment: &Environment, console: &mut Console) -> Result<(), Failure> {
    if environment.folder.join(SCHEMA_FILE).is_file() {
        console.print(&format!("# yaml-language-server: $schema={SCHEMA_FILE}\n"))?;
    }
    console.print(spec)
}

/// The roles to describe.
fn roles(args: &AdoptArgs, spec: &Spec) -> Result<Vec<RoleName>, Failure> {
    let named = args.role.iter().map(|name| RoleName::new(name));
    let named = named
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Failure::new(ExitStatus::Usage, error.to_string()))?;
    if !named.is_empty() {
        return Ok(named);
    }
    let wanted: Vec<RoleName> = spec.role_names().cloned().collect();
    if !wanted.is_empty() {
        return Ok(wanted);
    }
    let role = RoleName::new(DEFAULT_ROLE).map_err(|error| Failure::bug(&error))?;
    Ok(vec![role])
}

/// Reads all members, `parallel` at a time, in their order.
async fn read(
    members: &[Member],
    session: &Session,
    roles: &[RoleName],
    parallel: usize,
    console: &Console,
) -> Vec<Result<ObservedState, Failure>> {
    let mut progress = console.counter("read", members.len());
    let reads = members
        .iter()
        .enumerate()
        .map(|(place, member)| async move {
            (place, held(session, member.entry.as_ref(), roles).await)
        });
    let read: BTreeMap<usize, Result<ObservedState, Failure>> = stream::iter(reads)
        .buffer_unordered(parallel)
        .inspect(|_| progress.advance())
        .collect()
        .await;
    read.into_values().collect()
}

/// What one account holds of the roles, all of which have to be there.
async fn held(
    session: &Session,
    entry: Option<&AccountEntry>,
    names: &[RoleName],
) -> Result<ObservedState, Failure> {
    let connection = session.connect(entry).await?;
    let caller = connection.pinned_caller().await?;
    let roles = names.iter().map(|name| (name.clone(), TagReading::Read));
    let scope = Scope {
        roles: roles.collect(),
        ..Scope::default()
    };
    let observed = observe(&connection.account, &scope, caller).await?;
    let account = &observed.caller.account;
    let missing = names
        .iter()
        .filter(|name| observed.roles.get(name).is_none_or(Option::is_none));
    let problems: Vec<_> = missing
        .map(|name| (format!("account {account} has no role `{name}`"), None))
        .collect();
    match problems.is_empty() {
        true => Ok(observed),
        false => Err(Failure::all(ExitStatus::Failed, problems)),
    }
}

/// Describes the account of the run's own credentials.
fn own(
    observed: &ObservedState,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let Adopted { text, left_out } = adopt(observed);
    print(&text, environment, console)?;
    for what in &left_out {
        console.warn(&format!("not in the spec: {what}"));
    }
    Ok(match left_out.is_empty() {
        true => ExitStatus::Success,
        false => ExitStatus::Incomplete,
    })
}

/// Describes the accounts that hold the same, and names the others.
fn fleet(
    spec: &Spec,
    holdings: &[Holding],
    unread: Vec<Failure>,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let adopted = adopt_fleet(spec, holdings)?;
    if !holdings.is_empty() {
        print(&adopted.text, environment, console)?;
    }
    for failure in &unread {
        console.failure(failure);
    }
    for (what, accounts) in &adopted.left_out {
        console.warn(&format!("not in the spec: {what} ({})", named(accounts)));
    }
    for accounts in &adopted.others {
        console.warn(&format!(
            "not in the spec, because it holds something else: {}",
            named(accounts)
        ));
        if accounts.len() <= NAMED {
            let only = accounts.iter().map(|entry| format!("--only {}", entry.id));
            let only: Vec<String> = only.collect();
            console.note(&format!(
                "hint: `{}` describes what they hold",
                only.join(" ")
            ));
        }
    }
    let is_whole = unread.is_empty() && adopted.left_out.is_empty() && adopted.others.is_empty();
    Ok(match is_whole {
        true => ExitStatus::Success,
        false => ExitStatus::Incomplete,
    })
}
