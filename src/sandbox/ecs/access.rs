//! What ECS may do in OSS with an account's role: every policy layer, by the account's real state.

use crate::cloud::rpc::signature::timestamp;
use crate::model::{AccountId, RoleName};
use crate::sandbox::evaluation::{Context, Decision, Request, decide, decide_trust};
use crate::sandbox::layers;
use crate::sandbox::oss::bucket_policy::{self, Principal};
use crate::sandbox::state::{Account, Bucket, World};
use jiff::Timestamp;

/// The service that exports and imports images.
const SERVICE: &str = "ecs.aliyuncs.com";

/// The actions that an operation needs.
pub(super) struct Needed {
    bucket: &'static [&'static str],
    objects: &'static [&'static str],
}

/// Source: ECS, `ExportImage`, the policy for a custom role.
pub(super) static EXPORT: Needed = Needed {
    bucket: &[
        "oss:GetBucketInfo",
        "oss:GetBucketLocation",
        "oss:ListMultipartUploads",
    ],
    objects: &[
        "oss:GetObject",
        "oss:PutObject",
        "oss:DeleteObject",
        "oss:AbortMultipartUpload",
        "oss:ListParts",
    ],
};

/// Source: ECS, `ImportImage`, the policy for a custom role.
pub(super) static IMPORT: Needed = Needed {
    bucket: &["oss:GetBucketInfo", "oss:GetBucketLocation"],
    objects: &["oss:GetObject"],
};

/// What is asked of OSS with the role.
pub(super) struct Asked<'a> {
    pub(super) role: &'a RoleName,
    /// The bucket and its owner.
    pub(super) place: (&'a AccountId, &'a Bucket),
    pub(super) keys: &'a [String],
    pub(super) needed: &'static Needed,
}

/// Whether ECS can become the role: it exists, ECS has seen it, and it trusts ECS.
pub(super) fn can_assume(
    world: &World,
    account: &Account,
    role: &RoleName,
    now: Timestamp,
) -> bool {
    let Some(role) = account.roles.get(role) else {
        return false;
    };
    let age = now.as_second() - role.updated().as_second();
    let own = format!("{}@{SERVICE}", account.id);
    let context = context(world, now);
    let says = |id: &str| decide_trust(&role.trust, ("Service", id), &context);
    age >= i64::from(world.behavior.role_delay)
        && says(SERVICE).and(says(&own)) == Decision::Allowed
}

/// The first of the documented actions that some layer refuses for the bucket or one of the keys.
pub(super) fn missing_action(
    world: &World,
    account: &Account,
    asked: &Asked<'_>,
    now: Timestamp,
) -> Option<&'static str> {
    let (owner, bucket) = asked.place;
    let access = Access {
        world,
        account,
        role: asked.role,
        owner,
        bucket,
        context: context(world, now),
    };
    let Needed {
        bucket: on_bucket,
        objects: on_objects,
    } = asked.needed;
    let on_bucket = on_bucket.iter().map(|action| (*action, None));
    let on_objects = on_objects.iter().flat_map(|action| {
        let keys = asked.keys.iter();
        keys.map(|key| (*action, Some(key.as_str())))
    });
    on_bucket
        .chain(on_objects)
        .find(|(action, key)| !access.allows(action, *key))
        .map(|(action, _)| action)
}

fn context(world: &World, now: Timestamp) -> Context {
    let mut context: Context = world.behavior.ecs_context.clone();
    context.insert("acs:CurrentTime".to_owned(), timestamp(now));
    context
}

struct Access<'a> {
    world: &'a World,
    account: &'a Account,
    role: &'a RoleName,
    owner: &'a AccountId,
    bucket: &'a Bucket,
    context: Context,
}

impl Access<'_> {
    fn allows(&self, action: &str, key: Option<&str>) -> bool {
        let Self {
            world,
            account,
            role,
            owner,
            bucket,
            context,
        } = self;
        let resource = world.behavior.oss_resource(owner, bucket, key);
        let request = Request {
            action,
            resource: &resource,
            context,
        };
        let mut controls = layers::control_policies(world, &account.id).into_iter();
        if !controls.all(|level| decide(&level, &request) == Decision::Allowed) {
            return false;
        }
        let session = &world.behavior.ecs_session;
        let principal = Principal::Role {
            account: &account.id,
            role,
            session,
        };
        let of_role = self.role_decision(&request);
        let of_bucket = bucket_policy::decide(
            bucket.policy.as_deref(),
            (&principal, *owner),
            &request,
            &world.behavior,
        );
        let is_foreign = account.id != **owner;
        match (of_role, of_bucket) {
            (Decision::ExplicitDeny, _) | (_, Decision::ExplicitDeny) => false,
            (_, Decision::Allowed) => true,
            // The own account's policies alone open no bucket of another account.
            (Decision::Allowed, _) => !is_foreign,
            _ => false,
        }
    }

    /// Account-wide policies first; those of the bucket's resource group count where these neither allow nor deny, or,
    /// by the newest overview, where they deny. Source: RAM, order of evaluation, 2021 and 2025.
    fn role_decision(&self, request: &Request<'_>) -> Decision {
        let everywhere = decide(&self.account.role_documents(self.role), request);
        let Some(group) = &self.bucket.resource_group else {
            return everywhere;
        };
        let in_group = || decide(&self.account.role_documents_in(self.role, group), request);
        match everywhere {
            Decision::ImplicitDeny => in_group(),
            _ if self.world.behavior.group_deny_wins => everywhere.and(in_group()),
            _ => everywhere,
        }
    }
}
