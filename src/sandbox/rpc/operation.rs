//! Services and their operations, as rows of a table: each service's folder has its own.
//!
//! An operation is a plain function from parameters and state to an answer or an error. Reads are given the account to
//! read, writes to change, so that a read cannot write by construction.

use jiff::Timestamp;

use super::answer::Answer;
use super::parameters::Parameters;
use crate::model::AccountId;
use crate::sandbox::caller::Caller;
use crate::sandbox::state::{Account, World};

/// The RPC services, each with its own version and operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Service {
    Ram,
    Sts,
    ResourceManager,
    ResourceDirectoryMaster,
    Ecs,
}

impl Service {
    const ALL: [Self; 5] = [
        Self::Ram,
        Self::Sts,
        Self::ResourceManager,
        Self::ResourceDirectoryMaster,
        Self::Ecs,
    ];

    /// The API version, by which requests on one address are told apart.
    pub(crate) fn api_version(self) -> &'static str {
        match self {
            Self::Ram => "2015-05-01",
            Self::Sts => "2015-04-01",
            Self::ResourceManager => "2020-03-31",
            Self::ResourceDirectoryMaster => "2022-04-19",
            Self::Ecs => "2014-05-26",
        }
    }

    pub(crate) fn of_version(api_version: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|service| service.api_version() == api_version)
    }

    /// The host it has in the cloud, quoted as `HostId` in errors.
    pub(crate) fn host(self) -> &'static str {
        match self {
            Self::Ram => "ram.aliyuncs.com",
            Self::Sts => "sts.aliyuncs.com",
            Self::ResourceManager => "resourcemanager.aliyuncs.com",
            Self::ResourceDirectoryMaster => "resourcedirectory.aliyuncs.com",
            Self::Ecs => "ecs-cn-hangzhou.aliyuncs.com",
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
    /// As `Call`, with the time.
    CallAt(fn(&World, &Caller, &Parameters, Timestamp) -> Answer),
    /// Looks beyond the account and changes something.
    Change(fn(&mut World, &Caller, &Parameters, Timestamp) -> Answer),
    /// Makes a session; the caller is absent where the operation is unsigned.
    Session(fn(&mut World, Option<&Caller>, &Parameters, Timestamp) -> Answer),
}

/// Which resources a call of this operation by this account touches.
pub(crate) type Resources = fn(&'static str, &AccountId, &Parameters) -> Vec<String>;

/// One row of a service's table.
pub(crate) struct Operation {
    pub(crate) service: Service,
    pub(crate) name: &'static str,
    /// The service's name in the action that allows the call; empty where no permission is needed.
    pub(crate) action_prefix: &'static str,
    pub(crate) resources: Resources,
    pub(crate) run: Run,
}

impl Operation {
    pub(crate) fn is_write(&self) -> bool {
        matches!(self.run, Run::Write(_) | Run::Change(_) | Run::Session(_))
    }

    /// Source: STS, `AssumeRoleWithOIDC`: the token takes the signature's place.
    pub(crate) fn is_unsigned(&self) -> bool {
        self.name == "AssumeRoleWithOIDC"
    }
}

/// No resource in particular.
pub(crate) fn any_resource(_: &'static str, _: &AccountId, _: &Parameters) -> Vec<String> {
    vec!["*".to_owned()]
}
