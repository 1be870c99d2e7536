//! Every operation the look-alike offers, in one table.
//!
//! Each is a plain function from parameters and state to an answer or a [`Refusal`], grouped by the kind of entity.
//! Reads are given the account to read, writes to change, so that a read cannot write by construction.
//! Shapes follow the official SDK's models (RAM 1.3.0, STS 1.2.0, ResourceManager 2.6.2).

mod attachments;
mod directory;
mod oidc;
mod policies;
mod roles;
mod sts;
mod tags;
mod users;
mod versions;

use jiff::Timestamp;
use serde_json::Value;

use super::caller::Caller;
use super::parameters::Parameters;
use super::refusal::Refusal;
use super::state::{Account, World};

/// The members of a good answer, without `RequestId`.
pub(crate) type Answer = Result<Value, Refusal>;

/// The services behind the doors, each with its own version and operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Service {
    Ram,
    Sts,
    ResourceManager,
    ResourceDirectoryMaster,
}

impl Service {
    const ALL: [Self; 4] = [
        Self::Ram,
        Self::Sts,
        Self::ResourceManager,
        Self::ResourceDirectoryMaster,
    ];

    /// The API version, by which requests on one address are told apart.
    pub(crate) fn api_version(self) -> &'static str {
        match self {
            Self::Ram => "2015-05-01",
            Self::Sts => "2015-04-01",
            Self::ResourceManager => "2020-03-31",
            Self::ResourceDirectoryMaster => "2022-04-19",
        }
    }

    pub(crate) fn of_version(api_version: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|service| service.api_version() == api_version)
    }

    /// Its name in action patterns.
    pub(crate) fn ram_code(self) -> &'static str {
        match self {
            Self::Ram => "ram",
            Self::Sts => "sts",
            Self::ResourceManager | Self::ResourceDirectoryMaster => "resourcemanager",
        }
    }

    /// The host it has in the cloud, quoted as `HostId` in errors.
    pub(crate) fn host(self) -> &'static str {
        match self {
            Self::Ram => "ram.aliyuncs.com",
            Self::Sts => "sts.aliyuncs.com",
            Self::ResourceManager => "resourcemanager.aliyuncs.com",
            Self::ResourceDirectoryMaster => "resourcedirectory.aliyuncs.com",
        }
    }
}

/// What an operation is given, and so what it can change.
#[derive(Clone, Copy)]
pub(crate) enum Run {
    /// Reads the caller's account.
    Read(fn(&Account, &Parameters) -> Answer),
    /// Changes the caller's account.
    Write(fn(&mut Account, &Parameters, Timestamp) -> Answer),
    /// Looks at the caller and beyond the account.
    Call(fn(&World, &Caller, &Parameters) -> Answer),
    /// Makes a session; the caller is absent where the operation is unsigned.
    Session(fn(&mut World, Option<&Caller>, &Parameters, Timestamp) -> Answer),
}

/// One row of the table.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) service: Service,
    pub(crate) run: Run,
}

impl Operation {
    pub(crate) fn is_write(&self) -> bool {
        matches!(self.run, Run::Write(_) | Run::Session(_))
    }

    /// Source: STS, `AssumeRoleWithOIDC`: the token takes the signature's place.
    pub(crate) fn is_unsigned(&self) -> bool {
        self.name == "AssumeRoleWithOIDC"
    }
}

pub(crate) fn find(service: Service, name: &str) -> Option<&'static Operation> {
    TABLE
        .iter()
        .find(|operation| operation.service == service && operation.name == name)
}

/// Adds a member to an answer, unless there is nothing to add.
fn insert(answer: &mut Value, name: &str, value: Option<impl Into<Value>>) {
    if let (Some(members), Some(value)) = (answer.as_object_mut(), value) {
        members.insert(name.to_owned(), value.into());
    }
}

const fn ram(name: &'static str, run: Run) -> Operation {
    let service = Service::Ram;
    Operation { name, service, run }
}

const fn of(service: Service, name: &'static str, run: Run) -> Operation {
    Operation { name, service, run }
}

const MANAGER: Service = Service::ResourceManager;
const MASTER: Service = Service::ResourceDirectoryMaster;

static TABLE: &[Operation] = &[
    ram("GetRole", Run::Read(roles::get)),
    ram("ListPoliciesForRole", Run::Read(attachments::list_for_role)),
    ram("GetPolicy", Run::Read(policies::get)),
    ram("ListPolicyVersions", Run::Read(versions::list)),
    ram("GetPolicyVersion", Run::Read(versions::get)),
    ram("ListRoles", Run::Read(roles::list)),
    ram("ListPolicies", Run::Read(policies::list)),
    ram(
        "ListEntitiesForPolicy",
        Run::Read(attachments::list_entities),
    ),
    ram("ListTagResources", Run::Read(tags::list)),
    ram("GetUser", Run::Read(users::get)),
    ram("ListPoliciesForUser", Run::Read(attachments::list_for_user)),
    ram("CreateRole", Run::Write(roles::create)),
    ram("UpdateRole", Run::Write(roles::update)),
    ram("DeleteRole", Run::Write(roles::delete)),
    ram("CreatePolicy", Run::Write(policies::create)),
    ram(
        "UpdatePolicyDescription",
        Run::Write(policies::update_description),
    ),
    ram("DeletePolicy", Run::Write(policies::delete)),
    ram("CreatePolicyVersion", Run::Write(versions::create)),
    ram("SetDefaultPolicyVersion", Run::Write(versions::set_default)),
    ram("DeletePolicyVersion", Run::Write(versions::delete)),
    ram(
        "AttachPolicyToRole",
        Run::Write(attachments::attach_to_role),
    ),
    ram(
        "DetachPolicyFromRole",
        Run::Write(attachments::detach_from_role),
    ),
    ram(
        "AttachPolicyToUser",
        Run::Write(attachments::attach_to_user),
    ),
    ram(
        "DetachPolicyFromUser",
        Run::Write(attachments::detach_from_user),
    ),
    ram("TagResources", Run::Write(tags::tag)),
    ram("UntagResources", Run::Write(tags::untag)),
    ram("CreateUser", Run::Write(users::create)),
    ram("DeleteUser", Run::Write(users::delete)),
    of(
        Service::Sts,
        "GetCallerIdentity",
        Run::Call(sts::caller_identity),
    ),
    of(Service::Sts, "AssumeRole", Run::Session(sts::assume_role)),
    of(
        Service::Sts,
        "AssumeRoleWithOIDC",
        Run::Session(oidc::assume_role),
    ),
    of(MANAGER, "ListAccounts", Run::Call(directory::list_accounts)),
    of(
        MANAGER,
        "ListAccountsForParent",
        Run::Call(directory::list_accounts_for_parent),
    ),
    of(
        MANAGER,
        "ListFoldersForParent",
        Run::Call(directory::list_folders_for_parent),
    ),
    of(
        MANAGER,
        "GetResourceDirectory",
        Run::Call(directory::get_resource_directory),
    ),
    of(
        MASTER,
        "ListAccounts",
        Run::Call(directory::list_all_accounts),
    ),
    of(
        MASTER,
        "ListAccountsForParent",
        Run::Call(directory::list_accounts_for_parent),
    ),
    of(
        MASTER,
        "ListFoldersForParent",
        Run::Call(directory::list_folders_for_parent),
    ),
    of(
        MASTER,
        "GetResourceDirectory",
        Run::Call(directory::get_resource_directory),
    ),
];
