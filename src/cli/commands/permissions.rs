//! `permissions`: the smallest RAM policy under which a command works.

use std::collections::BTreeSet;

use clap::{Args, Subcommand};

use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::{Global, SpecArg};
use crate::cli::session::console::{Console, Rendered};
use crate::cli::stages::calls::{call_drift, call_export, call_plan, call_steps, call_verify};
use crate::cli::stages::spec::{desired_for_any_account, load};
use crate::cloud::ram::PermissionRecorder;
use crate::cloud::resource_manager::directory;
use crate::cloud::resource_manager::service::RESOURCE_MANAGER;
use crate::cloud::services::ServicesPermissions;
use crate::model::{AccountId, DesiredState, PolicyName, RoleName};
use crate::policy::{PolicyDocument, Statement, grant};
use crate::report::{json, text};
use crate::spec::{AssumeRole, ResourceDirectory, Spec};

/// The name of the operator's own role where nothing says otherwise.
const OPERATOR_ROLE: &str = "ExportIamOperator";

/// Whose permissions.
#[derive(Debug, Subcommand)]
pub enum PermissionsCommand {
    /// What `plan` needs
    Plan(SpecArg),
    /// What `apply` needs
    Apply(WriterArgs),
    /// What `drift` needs
    Drift(SpecArg),
    /// What `verify` needs
    Verify(VerifierArgs),
    /// What `export` needs
    Export(SpecArg),
    /// What `destroy` needs
    Destroy(WriterArgs),
}

/// `permissions verify`.
#[derive(Debug, Args)]
pub struct VerifierArgs {
    /// The spec
    #[command(flatten)]
    pub spec: SpecArg,
    /// What `verify --dry-run` needs: the right to start exports or imports
    #[arg(long)]
    pub dry_run: bool,
}

/// `permissions apply` and `permissions destroy`.
#[derive(Debug, Args)]
pub struct WriterArgs {
    /// The spec
    #[command(flatten)]
    pub spec: SpecArg,
    /// A role that the policy is for; it and a policy of its name are put out of reach. May be given several times
    ///
    /// Left out: the roles that the spec assumes, else ExportIamOperator.
    #[arg(long, value_name = "NAME")]
    pub operator_role: Vec<String>,
}

pub(super) async fn run(
    command: &PermissionsCommand,
    global: &Global,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let (args, operator_roles) = match command {
        PermissionsCommand::Plan(spec) | PermissionsCommand::Drift(spec) => (spec, None),
        PermissionsCommand::Verify(args) => (&args.spec, None),
        PermissionsCommand::Export(spec) => (spec, None),
        PermissionsCommand::Apply(args) | PermissionsCommand::Destroy(args) => {
            (&args.spec, Some(&args.operator_role))
        }
    };
    let spec = load(args, environment, console)?;
    let account = account_of(&spec, global)?;
    let mut wanted = desired_states(&spec)?;
    if matches!(command, PermissionsCommand::Destroy(_)) {
        wanted = wanted.iter().map(DesiredState::removed).collect();
    }
    let recorder = PermissionRecorder::new(account.clone());
    let services = ServicesPermissions::new(account.as_ref());
    for desired in &wanted {
        call_plan(&recorder, desired).await?;
        if operator_roles.is_some() {
            call_steps(&recorder, desired).await?;
        }
        call_services(command, &services, desired).await;
    }
    // Whoever is in the account asks the directory too, unless the run comes from elsewhere.
    let is_own = spec.accounts().is_empty() && spec.discover().is_none();
    let (here, there) = match is_own {
        true => (services.of_directory(), BTreeSet::new()),
        false => (BTreeSet::new(), services.of_directory()),
    };
    let needed = recorder.needed().into_iter().chain(services.needed());
    let mut statements = grant::exactly(&needed.chain(here).collect());
    let mut notes = Vec::new();
    if let Some(names) = operator_roles {
        let roles = operator_roles_of(names, &spec)?;
        clear_of_spec(&roles, &wanted)?;
        statements.push(out_of_reach(account.as_ref(), &roles));
        if matches!(command, PermissionsCommand::Apply(_)) {
            notes.push(administrator(&wanted));
        }
        notes.push(protected(&roles));
    }
    let ways_in = ways_in(&spec).into_iter().chain(there);
    let ways_in = grant::exactly(&ways_in.collect());
    let holders = [
        ("the identity that assumes the roles", ways_in),
        ("the operator in each account", statements),
    ];
    let policies: Vec<_> = holders
        .into_iter()
        .filter(|(_, statements)| !statements.is_empty())
        .map(|(holder, statements)| (holder, PolicyDocument::new(statements)))
        .collect();
    for note in &notes {
        console.note(&format!("note: {note}"));
    }
    console.result(&Rendered {
        text: text::permissions(&policies),
        json: json::permissions(&policies, &notes),
    })?;
    Ok(ExitStatus::Success)
}

async fn call_services(
    command: &PermissionsCommand,
    services: &ServicesPermissions,
    desired: &DesiredState,
) {
    match command {
        PermissionsCommand::Verify(args) => call_verify(services, desired, args.dry_run).await,
        PermissionsCommand::Export(_) => call_export(services, desired).await,
        PermissionsCommand::Drift(_) => call_drift(services, desired).await,
        PermissionsCommand::Plan(_)
        | PermissionsCommand::Apply(_)
        | PermissionsCommand::Destroy(_) => {}
    }
}

/// The account to write into resource patterns; `None` if it is not known or there are several.
fn account_of(spec: &Spec, global: &Global) -> Result<Option<AccountId>, Failure> {
    if let Some(id) = &global.account {
        let id = AccountId::new(id);
        return id
            .map(Some)
            .map_err(|e| Failure::new(ExitStatus::Usage, e.to_string()));
    }
    Ok(match spec.accounts() {
        [only] if spec.discover().is_none() => Some(only.id.clone()),
        _ => None,
    })
}

/// What the spec asks for, in each of its accounts; the names of policies may depend on the exports.
fn desired_states(spec: &Spec) -> Result<Vec<DesiredState>, Failure> {
    let mut exports: BTreeSet<Option<&[_]>> = spec
        .accounts()
        .iter()
        .map(|entry| entry.exports.as_deref())
        .collect();
    if exports.is_empty() || spec.discover().is_some() {
        exports.insert(None);
    }
    exports
        .into_iter()
        .map(|exports| desired_for_any_account(spec, exports))
        .collect()
}

fn operator_roles_of(names: &[String], spec: &Spec) -> Result<BTreeSet<RoleName>, Failure> {
    let named = names.iter().map(|name| RoleName::new(name));
    let named = named.collect::<Result<BTreeSet<_>, _>>();
    let mut roles = named.map_err(|e| Failure::new(ExitStatus::Usage, e.to_string()))?;
    if roles.is_empty() {
        let entries = spec
            .accounts()
            .iter()
            .filter_map(|entry| entry.assume_role.as_ref());
        roles.extend(entries.filter_map(AssumeRole::name));
        roles.extend(spec.discover().map(|discover| discover.assume_role.clone()));
    }
    if roles.is_empty() {
        roles.extend(RoleName::new(OPERATOR_ROLE).ok());
    }
    Ok(roles)
}

/// A Deny for what the spec names would refuse the very work.
fn clear_of_spec(roles: &BTreeSet<RoleName>, wanted: &[DesiredState]) -> Result<(), Failure> {
    let names_role = |role: &RoleName| {
        wanted.iter().any(|desired| {
            let policy = PolicyName::new(role.as_str()).ok();
            let names_policy = |name: &PolicyName| {
                desired.policies.contains_key(name) || desired.removals.policies.contains(name)
            };
            desired.roles.contains_key(role)
                || desired.removals.roles.contains_key(role)
                || policy.is_some_and(|name| names_policy(&name))
        })
    };
    match roles.iter().find(|role| names_role(role)) {
        None => Ok(()),
        Some(role) => {
            let message = format!(
                "the spec manages `{role}`, which the operator's policy has to put out of reach"
            );
            let hint = "name the role that the policy is for with --operator-role";
            Err(Failure::new(ExitStatus::Failed, message).hint(hint))
        }
    }
}

/// Keeps whoever has the policy from changing its own rights, whatever else it holds.
fn out_of_reach(account: Option<&AccountId>, roles: &BTreeSet<RoleName>) -> Statement {
    let account = account.map_or("*", AccountId::as_str);
    let arns = roles.iter().flat_map(|name| {
        ["role", "policy"].map(|kind| format!("acs:ram:*:{account}:{kind}/{name}"))
    });
    grant::deny(&["ram:*"], arns.collect())
}

/// What apply rights amount to: trust can be given to anybody, and so can what the spec's own policies say.
fn administrator(wanted: &[DesiredState]) -> String {
    let names = wanted.iter().flat_map(|desired| desired.roles.keys());
    let names: BTreeSet<&RoleName> = names.collect();
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    let role = match names.is_empty() {
        true => "a role that holds these policies".to_owned(),
        false => names.join(" or "),
    };
    let reach = match wanted.iter().all(|desired| desired.policies.is_empty()) {
        true => format!(
            "treat these rights as administrator: whoever has them can assume {role} and use all that it holds"
        ),
        false => format!(
            "these rights amount to administrator: whoever has them can give {role} any access, and assume it"
        ),
    };
    format!("{reach}. Guard them as you guard AdministratorAccess")
}

fn protected(roles: &BTreeSet<RoleName>) -> String {
    let roles: Vec<String> = roles.iter().map(|role| format!("`{role}`")).collect();
    format!(
        "the Deny puts {} out of reach, as a role and as a policy; store the policy under that name, or name the \
         operator's own role with --operator-role",
        roles.join(", ")
    )
}

/// What leads into the accounts: roles to assume, and the directory to look them up in.
fn ways_in(spec: &Spec) -> BTreeSet<(String, String)> {
    let assume = |arn: String| ("sts:AssumeRole".to_owned(), arn);
    let entries = spec.accounts().iter();
    let mut pairs: BTreeSet<_> = entries
        .filter_map(|entry| Some(assume(entry.assume_role.as_ref()?.arn(&entry.id))))
        .collect();
    if let Some(discover) = spec.discover() {
        pairs.insert(assume(format!("acs:ram::*:role/{}", discover.assume_role)));
        let is_checked = matches!(discover.resource_directory, ResourceDirectory::Id(_));
        let in_folder = discover.folder.is_some();
        let operations = directory::operations(is_checked, in_folder);
        let pair = |operation: &str| {
            (
                format!("{}:{operation}", RESOURCE_MANAGER.name),
                "*".to_owned(),
            )
        };
        pairs.extend(operations.into_iter().map(pair));
    }
    pairs
}
