//! One case: an account, what operators want of it, and everything that goes wrong. Small numbers only, so that it
//! can be written on a line, kept, and made smaller.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use export_iam::model::{
    DesiredPolicy, DesiredRole, DesiredState, ExtraPolicies, PolicyName, PolicyRef, Removals,
    RoleName, Tags,
};
use export_iam::policy::{PolicyDocument, TrustPolicy};
use serde::{Deserialize, Serialize};

use super::chance::Chance;
use super::fault::{Fault, KINDS};
use super::plain::{self, Plain, SYSTEM};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Case {
    /// Latencies, jitter and nonces come from here.
    pub(crate) noise: u64,
    pub(crate) world: WorldSeed,
    /// What operators do while things go wrong, one after the other.
    pub(crate) runs: Vec<RunSeed>,
    /// What goes wrong, by the number of the call, counted from 0 over all runs.
    pub(crate) faults: BTreeMap<u32, Fault>,
    /// Whether calls take time.
    pub(crate) slow: bool,
    /// Whether the operator's key is that of a session.
    pub(crate) session: bool,
    /// Whether calls are signed with version 3.
    pub(crate) v3: bool,
    /// Whether the operator takes on a role whose sessions are short, from an STS that has bad days too.
    #[serde(default)]
    pub(crate) role: bool,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct WorldSeed {
    pub(crate) roles: Vec<RoleSeed>,
    pub(crate) policies: Vec<PolicySeed>,
    /// A custom policy that a user holds.
    pub(crate) users: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RoleSeed {
    pub(crate) name: u8,
    /// Whether the account spells it otherwise than the spec.
    pub(crate) shouted: bool,
    pub(crate) trust: u8,
    pub(crate) description: u8,
    pub(crate) session: u8,
    pub(crate) tags: u8,
    pub(crate) attached: Vec<PolicySelector>,
    pub(crate) service_linked: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PolicySeed {
    pub(crate) name: u8,
    pub(crate) description: u8,
    pub(crate) tags: u8,
    /// Their documents, oldest first.
    pub(crate) versions: Vec<u8>,
    /// Which of them is in force.
    pub(crate) default: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum PolicySelector {
    Custom(u8),
    System(u8),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RunSeed {
    pub(crate) wish: WishSeed,
    /// The process is killed after so many steps of its state machine.
    pub(crate) killed_after: Option<u32>,
    /// A signal comes after so many calls; the second number is how many calls later another one comes.
    pub(crate) signal_after: Option<(u32, Option<u32>)>,
    /// The plan is saved, and carried out from the file.
    pub(crate) saved: bool,
    /// The operator's clock is 20 minutes off.
    pub(crate) wrong_clock: bool,
    /// The source of credentials fails after so many calls.
    pub(crate) credentials_for: Option<u32>,
    /// The run may take only so many seconds.
    pub(crate) deadline: Option<u32>,
    /// The next run begins at once, not only when everything under way has landed.
    pub(crate) hasty: bool,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct WishSeed {
    pub(crate) roles: Vec<WishRole>,
    pub(crate) policies: Vec<WishPolicy>,
    pub(crate) gone_roles: Vec<(u8, Vec<PolicySelector>)>,
    pub(crate) gone_policies: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct WishRole {
    pub(crate) name: u8,
    pub(crate) trust: u8,
    pub(crate) description: Option<u8>,
    pub(crate) session: Option<u8>,
    pub(crate) tags: Option<u8>,
    pub(crate) policies: Vec<PolicySelector>,
    pub(crate) extra: u8,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct WishPolicy {
    pub(crate) name: u8,
    pub(crate) document: u8,
    pub(crate) description: Option<u8>,
    pub(crate) tags: Option<u8>,
}

pub(crate) const ROLES: [&str; 4] = [
    "AliyunECSImageExportDefaultRole",
    "ci",
    "Backup",
    "bystander",
];
pub(crate) const POLICIES: [&str; 4] = ["ImageExportToOss", "ReadLogs", "Shared", "bystander"];
/// So many of each are ever wanted; the last one only lives there.
const WANTED: usize = 3;

/// Empty is for accounts only: a description can be set and never cleared.
pub(crate) const DESCRIPTIONS: [&str; 4] = [
    "",
    "Lets ECS write images.",
    "made by hand",
    "ünïcode &=%+ \"q\"",
];
pub(crate) const SESSIONS: [u32; 3] = [3600, 7200, 43_200];
pub(crate) const TAGS: [&[(&str, &str)]; 4] = [
    &[],
    &[("team", "infra")],
    &[("team", "infra"), ("env", "prod & test")],
    &[("team", "other")],
];

pub(crate) const TRUSTS: [&str; 8] = [
    r#"{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":["ecs.aliyuncs.com"]}}],"Version":"1"}"#,
    // The same in other words.
    "{ \"Version\": \"1\",\n \"Statement\": [ { \"Effect\": \"Allow\", \"Principal\": { \"Service\": \"ecs.aliyuncs.com\" }, \"Action\": [\"sts:AssumeRole\"] } ] }",
    r#"{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":["ecs.aliyuncs.com","oss.aliyuncs.com"]}}],"Version":"1"}"#,
    r#"{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"RAM":["acs:ram::1234567890123456:root"]}}],"Version":"1"}"#,
    r#"{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"RAM":["acs:ram::1234567890123456:user/alice"]}}],"Version":"1"}"#,
    r#"{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"RAM":["acs:ram::9999999999999999:root"]}}],"Version":"1"}"#,
    r#"{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":["ecs.aliyuncs.com"],"RAM":["acs:ram::1234567890123456:user/alice"]}}],"Version":"1"}"#,
    r#"{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":["ecs.aliyuncs.com","oss.aliyuncs.com"]}},{"Action":"sts:AssumeRole","Effect":"Deny","Principal":{"Service":["oss.aliyuncs.com"]}}],"Version":"1"}"#,
];

/// The last is only found in accounts: nobody knows what it means.
pub(crate) const DOCUMENTS: [&str; 12] = [
    r#"{"Statement":[{"Action":"oss:GetObject","Effect":"Allow","Resource":"acs:oss:*:*:a/*"}],"Version":"1"}"#,
    // The same in other words.
    "{\"Version\": \"1\", \"Statement\": [\n  {\"Effect\": \"Allow\", \"Resource\": [\"acs:oss:*:*:a/*\"], \"Action\": [\"oss:GetObject\"]}\n]}",
    r#"{"Statement":[{"Action":["oss:GetObject","oss:PutObject"],"Effect":"Allow","Resource":"acs:oss:*:*:a/*"}],"Version":"1"}"#,
    r#"{"Statement":[{"Action":"oss:*","Effect":"Allow","Resource":"*"}],"Version":"1"}"#,
    r#"{"Statement":[{"Action":"oss:GetObject","Effect":"Allow","Resource":"acs:oss:*:*:b/*"}],"Version":"1"}"#,
    r#"{"Statement":[{"Action":"oss:PutObject","Effect":"Deny","Resource":"*"}],"Version":"1"}"#,
    r#"{"Statement":[{"Action":"oss:*","Effect":"Allow","Resource":"*"},{"Action":"oss:DeleteObject","Effect":"Deny","Resource":"*"}],"Version":"1"}"#,
    r#"{"Statement":[{"Action":"oss:*","Effect":"Deny","Resource":"acs:oss:*:*:a/*"}],"Version":"1"}"#,
    r#"{"Statement":[{"Action":"ecs:Describe*","Effect":"Allow","Resource":"*"}],"Version":"1"}"#,
    r#"{"Statement":[{"Action":"oss:ListBuckets","Effect":"Allow","Resource":"*"}],"Version":"1"}"#,
    r#"{"Statement":[{"Action":["oss:GetObject","oss:DeleteObject"],"Effect":"Allow","Resource":["acs:oss:*:*:a/*","acs:oss:*:*:b/*"]}],"Version":"1"}"#,
    r#"{"Statement":[{"Action":"oss:GetObject","Effect":"Allow","Resource":"*","Condition":{"MoonPhase":{"acs:SourceIp":"full"}}}],"Version":"1"}"#,
];

impl Case {
    /// The case of a seed.
    pub(crate) fn of_seed(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let world = world(&mut chance);
        let wish = wish(&mut chance);
        let kinds: Vec<_> = KINDS.into_iter().filter(|_| chance.percent(50)).collect();
        let share = *chance.pick(&[1, 3, 8, 20]);
        let mut runs = vec![run(&mut chance, wish.clone())];
        if chance.percent(30) {
            let again = match chance.percent(60) {
                true => wish,
                false => self::wish(&mut chance),
            };
            runs.push(run(&mut chance, again));
        }
        let mut faults = BTreeMap::new();
        if !kinds.is_empty() {
            for call in 0..160 {
                if chance.percent(share) {
                    let kind = *chance.pick(&kinds);
                    faults.insert(
                        call,
                        Fault {
                            kind,
                            number: chance.index(200),
                        },
                    );
                }
            }
        }
        Self {
            noise: chance.next(),
            world,
            runs,
            faults,
            slow: chance.percent(60),
            session: chance.percent(30),
            v3: chance.percent(15),
            role: chance.percent(25),
        }
    }

    /// The account to begin with.
    pub(crate) fn account(&self) -> Plain {
        let mut account = Plain::default();
        for policy in &self.world.policies {
            let name = POLICIES[usize::from(policy.name)];
            let versions: BTreeMap<u32, Arc<str>> = (1..)
                .zip(&policy.versions)
                .map(|(id, document)| (id, DOCUMENTS[usize::from(*document)].into()))
                .collect();
            let last = u32::try_from(versions.len()).unwrap();
            let plain = plain::Policy {
                name: name.into(),
                description: DESCRIPTIONS[usize::from(policy.description)].into(),
                default: u32::from(policy.default).min(last - 1) + 1,
                versions,
                last,
                tags: tags(policy.tags),
            };
            account.policies.insert(name.to_lowercase(), plain);
        }
        for role in &self.world.roles {
            let name = ROLES[usize::from(role.name)];
            let spelled = if role.shouted {
                name.to_uppercase()
            } else {
                name.to_owned()
            };
            let attached = role.attached.iter().map(|policy| policy.key());
            let plain = plain::Role {
                name: spelled.into(),
                description: DESCRIPTIONS[usize::from(role.description)].into(),
                trust: TRUSTS[usize::from(role.trust)].into(),
                session: SESSIONS[usize::from(role.session)],
                tags: tags(role.tags),
                attached: attached.filter(|key| exists(&account, key)).collect(),
                service_linked: role.service_linked,
            };
            account.roles.insert(name.to_lowercase(), plain);
        }
        for (at, policy) in self.world.users.iter().enumerate() {
            let key = PolicySelector::Custom(*policy).key();
            let held: BTreeSet<String> = [key]
                .into_iter()
                .filter(|key| exists(&account, key))
                .collect();
            account.users.insert(format!("user{at}"), held);
        }
        account
    }
}

fn exists(account: &Plain, policy: &str) -> bool {
    policy
        .strip_prefix("custom:")
        .is_none_or(|name| account.policies.contains_key(name))
}

pub(crate) fn tags(choice: u8) -> Tags {
    let pairs = TAGS[usize::from(choice)].iter();
    pairs
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

impl PolicySelector {
    /// As in [`plain::Role::attached`].
    pub(crate) fn key(self) -> String {
        match self {
            Self::Custom(name) => format!("custom:{}", POLICIES[usize::from(name)].to_lowercase()),
            Self::System(name) => format!("system:{}", SYSTEM[usize::from(name)].0.to_lowercase()),
        }
    }

    fn reference(self) -> PolicyRef {
        match self {
            Self::Custom(name) => PolicyRef::custom(policy_name(name)),
            Self::System(name) => {
                PolicyRef::system(PolicyName::new(SYSTEM[usize::from(name)].0).unwrap())
            }
        }
    }
}

fn policy_name(name: u8) -> PolicyName {
    PolicyName::new(POLICIES[usize::from(name)]).unwrap()
}

fn role_name(name: u8) -> RoleName {
    RoleName::new(ROLES[usize::from(name)]).unwrap()
}

impl WishSeed {
    /// What is asked for.
    pub(crate) fn desired(&self) -> DesiredState {
        let text = |choice: Option<u8>| choice.map(|at| DESCRIPTIONS[usize::from(at)].to_owned());
        let policies = self.policies.iter().map(|policy| {
            let wanted = DesiredPolicy {
                name: policy_name(policy.name),
                document: PolicyDocument::parse(DOCUMENTS[usize::from(policy.document)]).unwrap(),
                description: text(policy.description),
                tags: policy.tags.map(tags),
            };
            (wanted.name.clone(), wanted)
        });
        let policies: BTreeMap<_, _> = policies.collect();
        let roles = self.roles.iter().map(|role| {
            let held = role.policies.iter().map(|policy| policy.reference());
            let is_there = |policy: &PolicyRef| policies.keys().any(|name| policy.is_custom(name));
            let wanted = DesiredRole {
                name: role_name(role.name),
                trust: TrustPolicy::parse(TRUSTS[usize::from(role.trust)]).unwrap(),
                description: text(role.description),
                max_session_duration: role.session.map(|at| SESSIONS[usize::from(at)]),
                // A spec declares every custom policy that its roles hold.
                policies: held
                    .filter(|p| p.policy_type.as_str() == "System" || is_there(p))
                    .collect(),
                extra_policies: [
                    ExtraPolicies::Report,
                    ExtraPolicies::Keep,
                    ExtraPolicies::Detach,
                ][usize::from(role.extra)],
                tags: role.tags.map(tags),
            };
            (wanted.name.clone(), wanted)
        });
        let roles: BTreeMap<_, _> = roles.collect();
        let gone_roles = self.gone_roles.iter().map(|(role, policies)| {
            (
                role_name(*role),
                policies.iter().map(|policy| policy.reference()).collect(),
            )
        });
        let gone_roles: BTreeMap<RoleName, BTreeSet<PolicyRef>> = gone_roles.collect();
        let removals = Removals {
            roles: gone_roles
                .into_iter()
                .filter(|(name, _)| !roles.contains_key(name))
                .collect(),
            policies: self
                .gone_policies
                .iter()
                .map(|name| policy_name(*name))
                .filter(|name| !policies.contains_key(name))
                .collect(),
        };
        DesiredState {
            policies,
            roles,
            exports: Vec::new(),
            never: Vec::new(),
            removals,
        }
    }
}

fn world(chance: &mut Chance) -> WorldSeed {
    let mut world = WorldSeed::default();
    for name in 0..POLICIES.len() {
        if chance.percent(if name < WANTED { 45 } else { 15 }) {
            let count = *chance.pick(&[1, 1, 1, 2, 3, 5]);
            let any = DOCUMENTS.len() - usize::from(!chance.percent(6));
            world.policies.push(PolicySeed {
                name: u8::try_from(name).unwrap(),
                description: chance.index(DESCRIPTIONS.len()),
                tags: chance.index(TAGS.len()),
                versions: (0..count).map(|_| chance.index(any)).collect(),
                default: chance.index(count),
            });
        }
    }
    for name in 0..ROLES.len() {
        if chance.percent(if name < WANTED { 45 } else { 15 }) {
            world.roles.push(RoleSeed {
                name: u8::try_from(name).unwrap(),
                shouted: chance.percent(10),
                trust: chance.index(TRUSTS.len()),
                description: chance.index(DESCRIPTIONS.len()),
                session: chance.index(SESSIONS.len()),
                tags: chance.index(TAGS.len()),
                attached: selection(chance, POLICIES.len(), 40),
                service_linked: chance.percent(3),
            });
        }
    }
    if chance.percent(15) {
        world.users.push(chance.index(POLICIES.len()));
    }
    world
}

fn selection(chance: &mut Chance, custom: usize, share: u32) -> Vec<PolicySelector> {
    let custom = (0..u8::try_from(custom).unwrap()).map(PolicySelector::Custom);
    let system = (0..u8::try_from(SYSTEM.len()).unwrap()).map(PolicySelector::System);
    custom
        .chain(system)
        .filter(|_| chance.percent(share))
        .collect()
}

fn wish(chance: &mut Chance) -> WishSeed {
    let mut wish = WishSeed::default();
    let some = |chance: &mut Chance, end: usize| chance.percent(40).then(|| chance.index(end));
    for name in 0..u8::try_from(WANTED).unwrap() {
        if chance.percent(45) {
            wish.policies.push(WishPolicy {
                name,
                document: chance.index(DOCUMENTS.len() - 1),
                // A description that is asked for is never empty.
                description: some(chance, DESCRIPTIONS.len() - 1).map(|at| at + 1),
                tags: some(chance, TAGS.len()),
            });
        } else if chance.percent(20) {
            wish.gone_policies.push(name);
        }
    }
    for name in 0..u8::try_from(WANTED).unwrap() {
        if chance.percent(45) {
            wish.roles.push(WishRole {
                name,
                trust: chance.index(TRUSTS.len()),
                description: some(chance, DESCRIPTIONS.len() - 1).map(|at| at + 1),
                session: some(chance, SESSIONS.len()),
                tags: some(chance, TAGS.len()),
                policies: selection(chance, WANTED, 45),
                extra: chance.index(3),
            });
        } else if chance.percent(20) {
            wish.gone_roles.push((name, selection(chance, WANTED, 80)));
        }
    }
    wish
}

fn run(chance: &mut Chance, wish: WishSeed) -> RunSeed {
    let ending = chance.below(100);
    RunSeed {
        wish,
        killed_after: (ending < 30).then(|| chance.below(70)),
        signal_after: (30..40).contains(&ending).then(|| {
            let second = chance.percent(40).then(|| chance.below(4));
            (chance.below(30), second)
        }),
        saved: chance.percent(25),
        wrong_clock: chance.percent(2),
        credentials_for: chance.percent(4).then(|| chance.below(30)),
        deadline: chance.percent(5).then(|| 1 + chance.below(90)),
        hasty: chance.percent(50),
    }
}
