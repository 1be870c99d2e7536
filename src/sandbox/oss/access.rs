//! Whether a caller may do what it asks of OSS: every policy layer.

use jiff::Timestamp;

use super::bucket_policy::{self, Principal};
use super::errors::{self, OssError};
use crate::cloud::rpc::signature::timestamp;
use crate::model::AccountId;
use crate::sandbox::caller::{Caller, Identity};
use crate::sandbox::evaluation::{Context, Decision, Request, decide};
use crate::sandbox::layers;
use crate::sandbox::state::{Bucket, World};

pub(super) struct Asked<'a> {
    pub(super) action: &'a str,
    /// The bucket and the account that owns it.
    pub(super) place: (&'a AccountId, &'a Bucket),
    pub(super) key: Option<&'a str>,
}

pub(super) fn authorize(
    world: &World,
    caller: Option<&Caller>,
    asked: &Asked<'_>,
    now: Timestamp,
) -> Result<(), OssError> {
    let (owner, bucket) = asked.place;
    let resource = world.behavior.oss_resource(owner, bucket, asked.key);
    let context = context(now);
    let request = Request {
        action: asked.action,
        resource: &resource,
        context: &context,
    };
    let of_bucket = |principal: &Principal<'_>| {
        bucket_policy::decide(
            bucket.policy.as_deref(),
            (principal, owner),
            &request,
            &world.behavior,
        )
    };
    let Some(caller) = caller else {
        return match of_bucket(&Principal::Anonymous) {
            Decision::Allowed => Ok(()),
            _ => Err(errors::no_signature()),
        };
    };
    let denied = |decision: Decision, layer: &str| {
        let kind = decision.denial().unwrap_or("ImplicitDeny");
        let error = caller.denied(asked.action, kind, layer);
        Err(errors::denied(error.denied))
    };
    for level in layers::control_policies(world, &caller.account) {
        let said = decide(&level, &request);
        if said != Decision::Allowed {
            return denied(said, "ControlPolicy");
        }
    }
    if let Identity::Session(session) = &caller.identity
        && let Some(policy) = &session.policy
    {
        let said = decide(std::slice::from_ref(policy), &request);
        if said != Decision::Allowed {
            return denied(said, "SessionPolicy");
        }
    }
    let own = own_decision(world, caller, &request);
    let policy = of_bucket(&principal(world, caller));
    let is_own = caller.account == *owner;
    match (own, policy) {
        (Decision::ExplicitDeny, _) => denied(own, "AccountLevelIdentityBasedPolicy"),
        (_, Decision::ExplicitDeny) => denied(policy, "BucketPolicy"),
        (_, Decision::Allowed) => Ok(()),
        (Decision::Allowed, _) if is_own => Ok(()),
        _ => denied(Decision::ImplicitDeny, "AccountLevelIdentityBasedPolicy"),
    }
}

/// A key may do everything unless the state limits it, a session what the policies on its role allow.
fn own_decision(world: &World, caller: &Caller, request: &Request<'_>) -> Decision {
    match &caller.identity {
        Identity::Root | Identity::User(_) => match &caller.allowed {
            Some(document) => decide(std::slice::from_ref(document), request),
            None => Decision::Allowed,
        },
        Identity::Session(session) => {
            let account = world.account(&caller.account);
            let documents = account.map(|account| account.role_documents(&session.role));
            decide(&documents.unwrap_or_default(), request)
        }
    }
}

fn principal<'a>(world: &'a World, caller: &'a Caller) -> Principal<'a> {
    let account = &caller.account;
    match &caller.identity {
        Identity::Root => Principal::Account(account),
        Identity::User(name) => {
            let user = world
                .account(account)
                .and_then(|account| account.users.get(&name.to_ascii_lowercase()));
            Principal::User {
                account,
                id: user.map_or("", |user| user.id.as_str()),
            }
        }
        Identity::Session(session) => Principal::Role {
            account,
            role: &session.role,
            session: &session.name,
        },
    }
}

/// What clients on loopback stand for: a caller over HTTPS from this machine.
fn context(now: Timestamp) -> Context {
    let pairs = [
        ("acs:CurrentTime", timestamp(now)),
        ("acs:SecureTransport", "true".to_owned()),
        ("acs:SourceIp", "127.0.0.1".to_owned()),
    ];
    pairs
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}
