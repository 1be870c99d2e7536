//! Many accounts at once, in mixed drift, for tests and benchmarks of fleets.

use std::collections::BTreeMap;

use super::state::file::SeedError;
use super::state::{
    Account, Attachment, Directory, Folder, Member, ROOT_FOLDER, Role, World, seeded_at,
};
use crate::model::{AccountId, NameError, PolicyName, PolicyRef, RoleName, Tags, limit};

/// Digits of the first member's account id; the others follow one by one.
const FIRST_MEMBER: u64 = 2_000_000_000_000_001;

/// The role that opens every member to the management account. Source: Resource Directory.
const ACCESS_ROLE: &str = "ResourceDirectoryAccountAccessRole";

const EXPORT_ROLE: &str = "AliyunECSImageExportDefaultRole";
const EXPORT_POLICY: &str = "AliyunECSImageExportRolePolicy";
const DESCRIPTION: &str = "Lets ECS write exported images to OSS.";
const TRUST: &str = include_str!("../../policies/ecs-trust.json");

/// A fleet to make. All accounts of one number and kind are equal from run to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fleet {
    /// How many member accounts.
    pub members: u64,
    /// Every so many-th member cannot be entered; none when absent.
    pub locked_every: Option<u64>,
    /// Every so many-th member has a control policy that denies writes to roles; none when absent.
    pub guarded_every: Option<u64>,
}

/// How far a member is from what `preset:image-export` wants. They take turns in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberState {
    /// As wanted.
    InSync,
    /// There is no role.
    RoleMissing,
    /// The role trusts another service.
    TrustWrong,
    /// The role trusts ECS and another account.
    TrustTooWide,
    /// The policy is not attached.
    PolicyDetached,
    /// `AdministratorAccess` is attached too.
    PolicyExtra,
    /// Description and session length differ.
    SettingsDiffer,
    /// As wanted, written differently.
    InSyncOtherWriting,
}

impl MemberState {
    /// Of the member with this number, from 0.
    #[must_use]
    pub fn of(number: u64) -> Self {
        match number % 8 {
            0 => Self::InSync,
            1 => Self::RoleMissing,
            2 => Self::TrustWrong,
            3 => Self::TrustTooWide,
            4 => Self::PolicyDetached,
            5 => Self::PolicyExtra,
            6 => Self::SettingsDiffer,
            _ => Self::InSyncOtherWriting,
        }
    }
}

impl World {
    /// The main account with a resource directory of `fleet.members` accounts, each open through
    /// `ResourceDirectoryAccountAccessRole`, in the states of [`MemberState`]; in folders `fd-even` and `fd-odd`,
    /// tagged `env: prod` (every fourth) or `env: test`.
    ///
    /// # Errors
    /// None that can happen; names are made the way all are.
    pub fn fleet(fleet: Fleet) -> Result<Self, SeedError> {
        let mut world = Self::empty()?;
        let folder = |name: &str| Folder {
            id: format!("fd-{name}"),
            name: name.to_owned(),
            parent: ROOT_FOLDER.to_owned(),
        };
        let mut members = BTreeMap::new();
        for number in 0..fleet.members {
            let id = FIRST_MEMBER + number;
            let id = AccountId::new(&id.to_string()).map_err(seed_error)?;
            let account = account(&world.main, id.clone(), fleet, number).map_err(seed_error)?;
            members.insert(id.clone(), member(id.clone(), number));
            world.accounts.insert(id, account);
        }
        world.directory = Some(Directory {
            id: "rd-sandbox".to_owned(),
            folders: BTreeMap::from([
                ("fd-even".to_owned(), folder("even")),
                ("fd-odd".to_owned(), folder("odd")),
            ]),
            members,
            control_policies: BTreeMap::new(),
        });
        Ok(world)
    }
}

fn seed_error(error: NameError) -> SeedError {
    SeedError::new(error.to_string())
}

fn member(account: AccountId, number: u64) -> Member {
    let env = if number.is_multiple_of(4) {
        "prod"
    } else {
        "test"
    };
    let folder = if number.is_multiple_of(2) {
        "fd-even"
    } else {
        "fd-odd"
    };
    Member {
        account,
        display_name: format!("member-{number:05}"),
        folder: folder.to_owned(),
        status: "CreateSuccess".to_owned(),
        deletion_status: String::new(),
        tags: Tags::from([("env".to_owned(), env.to_owned())]),
    }
}

fn is_nth(number: u64, every: Option<u64>) -> bool {
    every.is_some_and(|every| every > 0 && (number + 1).is_multiple_of(every))
}

fn account(
    main: &AccountId,
    id: AccountId,
    fleet: Fleet,
    number: u64,
) -> Result<Account, NameError> {
    let mut account = Account::new(id);
    let trust = if is_nth(number, fleet.locked_every) {
        TRUST.to_owned()
    } else {
        trust_of("RAM", &format!("acs:ram::{main}:root"))
    };
    let name = RoleName::new(ACCESS_ROLE)?;
    let access = role(&mut account, name, trust, &["AdministratorAccess"])?;
    account.roles.insert(access.name.clone(), access);
    if is_nth(number, fleet.guarded_every) {
        account.control_policy = Some(GUARD.to_owned());
    }
    let state = MemberState::of(number);
    let trust = match state {
        MemberState::TrustWrong => trust_of("Service", "fc.aliyuncs.com"),
        MemberState::TrustTooWide => TOO_WIDE.to_owned(),
        MemberState::InSyncOtherWriting => OTHER_WRITING.to_owned(),
        _ => TRUST.trim_end().to_owned(),
    };
    let policies: &[&str] = match state {
        MemberState::PolicyDetached => &[],
        MemberState::PolicyExtra => &[EXPORT_POLICY, "AdministratorAccess"],
        _ => &[EXPORT_POLICY],
    };
    if state == MemberState::RoleMissing {
        return Ok(account);
    }
    let mut export = role(&mut account, RoleName::new(EXPORT_ROLE)?, trust, policies)?;
    export.description = DESCRIPTION.to_owned();
    if state == MemberState::SettingsDiffer {
        export.description = "made by hand".to_owned();
        export.max_session_duration = 7200;
    }
    account.roles.insert(export.name.clone(), export);
    Ok(account)
}

/// Denies what a control policy of the provider's tests denies.
const GUARD: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":["ram:CreateRole","ram:UpdateRole","ram:DeleteRole","ram:AttachPolicyToRole","ram:DetachPolicyFromRole"],"Resource":"*"}]}"#;

const TOO_WIDE: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["ecs.aliyuncs.com"],"RAM":["acs:ram::9999999999999999:root"]}}]}"#;

const OTHER_WRITING: &str = r#"{ "Version": "1", "Statement": [ { "Principal": { "Service": "ecs.aliyuncs.com" }, "Effect": "Allow", "Action": [ "sts:AssumeRole" ] } ] }"#;

fn trust_of(member: &str, id: &str) -> String {
    format!(
        r#"{{"Statement":[{{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{{"{member}":["{id}"]}}}}],"Version":"1"}}"#
    )
}

fn role(
    account: &mut Account,
    name: RoleName,
    trust: String,
    policies: &[&str],
) -> Result<Role, NameError> {
    let attach = |name: &&str| {
        Ok(Attachment {
            policy: PolicyRef::system(PolicyName::new(name)?),
            attached: seeded_at(),
            resource_group: None,
        })
    };
    Ok(Role {
        name,
        id: account.next_id(),
        description: String::new(),
        trust,
        max_session_duration: limit::MIN_SESSION_DURATION,
        allow_console_login: true,
        is_service_linked: false,
        created: seeded_at(),
        updated: None,
        tags: Tags::new(),
        attachments: policies.iter().map(attach).collect::<Result<_, _>>()?,
    })
}
