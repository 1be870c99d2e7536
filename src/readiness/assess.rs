//! The way from a role's documents to the answers.

use crate::policy::catalogue::{self, KnownAction};
use crate::policy::coverage;
use crate::policy::{Caller, Effect, Granting, TargetPattern, TrustPolicy};
use jiff::Timestamp;

use super::answer::{ActionAnswer, ExportAnswer, Outcome, Readiness};
use super::call::{self, Service};
use super::factor::Factor;
use super::grants::{self, Names, Source, combine, too_complex, with_unread};
use super::input::{AttachedToBucket, Export, Role, RoleTrust};
use super::made::Made;
use super::over_grant::over_grant;
use super::requirement::Place;

/// Whether ExportImage would work with a role, into each of `exports`; into any bucket if there are none.
///
/// `now` is when; without it, an answer that hangs on the time depends on it.
pub fn image_export(role: Role<'_>, exports: &[Export<'_>], now: Option<Timestamp>) -> Readiness {
    image_export_into(role, None, exports, now)
}

/// As [`image_export`], where the bucket has this policy.
pub fn image_export_into(
    role: Role<'_>,
    of_bucket: Option<AttachedToBucket<'_>>,
    exports: &[Export<'_>],
    now: Option<Timestamp>,
) -> Readiness {
    let any = [Export::default()];
    let exports = if exports.is_empty() { &any } else { exports };
    let (over_grant, over_grant_reasons) = over_grant(role.attached, exports);
    Readiness {
        trust: trust(role.trust, now),
        exports: permissions(role, of_bucket, exports, now),
        over_grant,
        over_grant_reasons,
    }
}

/// Whether ECS may assume the role; `None` if there is none.
pub(super) fn trust(trust: RoleTrust<'_>, now: Option<Timestamp>) -> Option<Outcome> {
    match trust {
        RoleTrust::Missing => None,
        RoleTrust::Unreadable => Some(Outcome::Depends {
            on: vec![Factor::UnreadTrust],
        }),
        RoleTrust::Policy(policy) => Some(trust_policy(policy, now)),
    }
}

fn trust_policy(policy: &TrustPolicy, now: Option<Timestamp>) -> Outcome {
    let caller = Caller {
        member: "Service".to_owned(),
        id: catalogue::ECS_SERVICE.to_owned(),
    };
    let granting = Granting::Trust {
        policy,
        caller: &caller,
    };
    let known = |key: &str| call::values(key, Service::Sts, now);
    let names = Names {
        granting,
        sources: &[],
        known: &known,
    };
    let target = TargetPattern::new(&format!("{}:{}", caller.member, caller.id));
    let mut outcome = None;
    let read = coverage::in_each_reading(granting, &known, |reading| {
        let coverage = reading.coverage(catalogue::ASSUME_ROLE, vec![target.clone()]);
        combine(&mut outcome, names.outcome(coverage));
    });
    match (read, outcome) {
        (Ok(()), Some(outcome)) => outcome,
        _ => too_complex(),
    }
}

/// One answer for each export.
fn permissions(
    role: Role<'_>,
    of_bucket: Option<AttachedToBucket<'_>>,
    exports: &[Export<'_>],
    now: Option<Timestamp>,
) -> Vec<ExportAnswer> {
    let in_groups: Vec<Made> = role.in_groups.iter().filter_map(Made::in_group).collect();
    let attached = role.attached.iter().filter_map(Source::of);
    let mut sources: Vec<Source<'_>> = attached.chain(in_groups.iter().map(Made::source)).collect();
    let session = of_bucket.map(|of_bucket| of_bucket.session);
    let of_bucket = of_bucket.map(
        |AttachedToBucket {
             name,
             policy,
             session,
         }| { Made::of_bucket(policy, &session, name.to_owned()) },
    );
    // The role's own policies open no bucket of another account.
    let is_foreign = session.is_some_and(|session| session.owner != session.account);
    let denied = sources
        .iter()
        .map(|source| Made::of_source(source, Effect::Deny));
    let denied: Vec<Made> = denied.collect();
    if is_foreign {
        sources = denied.iter().map(Made::source).collect();
    }
    sources.extend(of_bucket.as_ref().map(Made::source));
    let unread: Vec<Factor> = role.unread().collect();
    let places: Vec<Place<'_>> = exports.iter().map(Place::from).collect();
    let mut outcomes = grants::outcomes(&[sources], &places, now)
        .into_iter()
        .map(|outcome| with_unread(outcome, &unread));
    let answers = exports.iter().map(|export| ExportAnswer {
        bucket: export.bucket.map(str::to_owned),
        prefix: export.prefix.map(str::to_owned),
        actions: catalogue::IMAGE_EXPORT
            .iter()
            .zip(outcomes.by_ref())
            .map(action_answer)
            .collect(),
    });
    answers.collect()
}

fn action_answer((action, outcome): (&KnownAction, Outcome)) -> ActionAnswer {
    ActionAnswer {
        action: *action,
        outcome,
    }
}
