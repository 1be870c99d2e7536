//! Who may do what through each role, asked of the plain evaluator for a fixed set of people and requests.
//!
//! This is the second evaluator: the program itself orders its steps with the engine, over all requests.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use export_iam::policy::{
    Caller, Decision, PolicyDocument, Request, Semantics, TrustPolicy, decide, decide_trust,
};

use super::plain::Plain;

const CALLERS: [&str; 6] = [
    "Service:ecs.aliyuncs.com",
    "Service:oss.aliyuncs.com",
    "RAM:acs:ram::1234567890123456:root",
    "RAM:acs:ram::1234567890123456:user/alice",
    "RAM:acs:ram::9999999999999999:root",
    "Federated:acs:ram::1234567890123456:saml-provider/idp",
];

const REQUESTS: [(&str, &str); 14] = [
    ("oss:GetObject", "acs:oss:cn-hangzhou:1234567890123456:a/x"),
    ("oss:PutObject", "acs:oss:cn-hangzhou:1234567890123456:a/x"),
    (
        "oss:DeleteObject",
        "acs:oss:cn-hangzhou:1234567890123456:a/x",
    ),
    ("oss:GetObject", "acs:oss:cn-hangzhou:1234567890123456:b/x"),
    ("oss:PutObject", "acs:oss:cn-hangzhou:1234567890123456:b/x"),
    (
        "oss:DeleteObject",
        "acs:oss:cn-hangzhou:1234567890123456:b/x",
    ),
    (
        "oss:GetBucketInfo",
        "acs:oss:cn-hangzhou:1234567890123456:a",
    ),
    (
        "oss:GetBucketInfo",
        "acs:oss:cn-hangzhou:1234567890123456:b",
    ),
    ("oss:ListBuckets", "acs:oss:cn-hangzhou:1234567890123456:*"),
    (
        "ecs:DescribeInstances",
        "acs:ecs:cn-hangzhou:1234567890123456:instance/i-1",
    ),
    (
        "ecs:DescribeImages",
        "acs:ecs:cn-hangzhou:1234567890123456:image/m-1",
    ),
    (
        "ecs:DeleteInstance",
        "acs:ecs:cn-hangzhou:1234567890123456:instance/i-1",
    ),
    ("ram:ListRoles", "acs:ram:*:1234567890123456:role/*"),
    ("sts:AssumeRole", "acs:ram:*:1234567890123456:role/ci"),
];

/// One bit for each caller and request.
type Bits = u128;

/// Who may do what through each role.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Access(BTreeMap<String, Bits>);

impl Access {
    pub(crate) fn of(account: &Plain) -> Self {
        let roles = account.roles.iter();
        Self(
            roles
                .map(|(name, _)| (name.clone(), of_role(account, name)))
                .collect(),
        )
    }

    fn get(&self, role: &str) -> Bits {
        self.0.get(role).copied().unwrap_or(0)
    }

    /// What is there now and was neither before nor will be after; what is missing now and was there before and
    /// will be after.
    pub(crate) fn wrong(now: &Self, before: &Self, after: &Self) -> Option<String> {
        for role in now.0.keys().chain(before.0.keys()) {
            let (is, was, will) = (now.get(role), before.get(role), after.get(role));
            let transient = is & !(was | will);
            if transient != 0 {
                return Some(format!(
                    "role `{role}` lets {} for a moment",
                    shown(transient)
                ));
            }
            let gap = was & will & !is;
            if gap != 0 {
                return Some(format!(
                    "role `{role}` keeps {} away for a moment",
                    shown(gap)
                ));
            }
        }
        None
    }
}

fn shown(bits: Bits) -> String {
    let bit = bits.trailing_zeros() as usize;
    let (action, resource) = REQUESTS[bit % REQUESTS.len()];
    format!(
        "{} do {action} on {resource}",
        CALLERS[bit / REQUESTS.len()]
    )
}

fn of_role(account: &Plain, name: &str) -> Bits {
    let role = &account.roles[name];
    let callers = callers(&role.trust);
    if callers == 0 {
        return 0;
    }
    let (mut allowed, mut denied) = (0, 0);
    for policy in &role.attached {
        let (allows, denies) = requests(&account.document(policy));
        allowed |= allows;
        denied |= denies;
    }
    let may = Bits::from(allowed & !denied);
    let of_caller = |caller: usize| match callers >> caller & 1 {
        1 => may << (caller * REQUESTS.len()),
        _ => 0,
    };
    (0..CALLERS.len())
        .map(of_caller)
        .fold(0, |all, one| all | one)
}

thread_local! {
    static TRUSTS: RefCell<HashMap<Arc<str>, u32>> = RefCell::default();
    static DOCUMENTS: RefCell<HashMap<Arc<str>, (u32, u32)>> = RefCell::default();
}

/// The callers that a trust policy admits.
pub(crate) fn callers(trust: &Arc<str>) -> u32 {
    if let Some(known) = TRUSTS.with_borrow(|known| known.get(trust).copied()) {
        return known;
    }
    let parsed = TrustPolicy::parse_live(trust).unwrap();
    let request = Request {
        action: "sts:AssumeRole".to_owned(),
        ..Request::default()
    };
    let is_admitted = |caller: &str| {
        let caller = Caller::read(caller).unwrap();
        decide_trust(&parsed, &caller, &request, Semantics::DEFAULT).is_allowed() == Some(true)
    };
    let bits = CALLERS
        .iter()
        .enumerate()
        .map(|(at, caller)| u32::from(is_admitted(caller)) << at);
    let bits = bits.fold(0, |all, one| all | one);
    TRUSTS.with_borrow_mut(|known| known.insert(Arc::clone(trust), bits));
    bits
}

/// The requests that a document allows and those it denies.
pub(crate) fn requests(document: &Arc<str>) -> (u32, u32) {
    if let Some(known) = DOCUMENTS.with_borrow(|known| known.get(document).copied()) {
        return known;
    }
    let parsed = PolicyDocument::parse_live(document);
    let mut bits = (0, 0);
    for (at, (action, resource)) in REQUESTS.iter().enumerate() {
        let Ok(parsed) = &parsed else { break };
        let request = Request {
            action: (*action).to_owned(),
            resource: (*resource).to_owned(),
            ..Request::default()
        };
        match decide(&[parsed], &request, Semantics::DEFAULT) {
            Decision::Allowed(_) => bits.0 |= 1 << at,
            Decision::ExplicitDeny(_) => bits.1 |= 1 << at,
            Decision::ImplicitDeny | Decision::Untold(_) => {}
        }
    }
    DOCUMENTS.with_borrow_mut(|known| known.insert(Arc::clone(document), bits));
    bits
}
