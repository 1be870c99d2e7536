//! The role, and whether ECS may assume it.

use super::super::answer::Outcome;
use super::super::assess::trust;
use super::super::check::{Check, CheckKind};
use super::super::error::ErrorCode;
use super::super::input::{Facts, Role, RoleTrust};
use super::super::party::Party;
use super::super::remedy::{self, Remedy};
use crate::model::Layer;

const ERROR: ErrorCode = ErrorCode::NoSetRoletoECSServiceAcount;

pub(super) fn checks(facts: &Facts<'_>) -> Vec<Check> {
    let kinds = [CheckKind::Role, CheckKind::Trust];
    match &facts.role {
        Layer::Read(role) => vec![exists(role, facts), trusts(role, facts)],
        Layer::NotAsked => kinds
            .map(|kind| Check::skipped(kind, "the role was not read"))
            .into(),
        Layer::NotRead(why) => {
            let message = format!("role {} could not be read: {why}", facts.role_name);
            let unread = Check::depends(CheckKind::Role, ERROR, message).settled_by(
                "let the caller read RAM: `export-iam permissions verify` prints the policy",
            );
            let trust = Check::skipped(CheckKind::Trust, "the role could not be read");
            vec![unread, trust]
        }
    }
}

fn exists(role: &Role<'_>, facts: &Facts<'_>) -> Check {
    let name = facts.role_name;
    match role.trust {
        RoleTrust::Missing => {
            let message = format!("role {name} does not exist");
            Check::failed(CheckKind::Role, ERROR, message).settled_by("export-iam plan")
        }
        _ if !name.as_str().eq_ignore_ascii_case(facts.operation().role()) => {
            let (operation, usual) = (facts.operation().name(), facts.operation().role());
            let message = format!(
                "{operation} must be told to use role {name}, and may take no role but {usual}"
            );
            Check::depends(CheckKind::Role, ERROR, message)
                .settled_by(format!("name the role {usual} in the spec"))
                .by(Party::SpecAuthor)
        }
        _ => Check::passed(CheckKind::Role, format!("role {name} exists")),
    }
}

fn trusts(role: &Role<'_>, facts: &Facts<'_>) -> Check {
    let kind = CheckKind::Trust;
    let Some(outcome) = trust(role.trust, facts.now) else {
        return Check::skipped(kind, "there is no role to assume");
    };
    let name = facts.role_name;
    let why = outcome.why();
    match &outcome {
        Outcome::Granted { .. } => {
            Check::passed(kind, format!("ecs.aliyuncs.com may assume {name}"))
        }
        Outcome::Refused { .. } => {
            let message = format!("ecs.aliyuncs.com may not assume {name}: {why}");
            let check = Check::failed(kind, ERROR, message);
            match remedy::of_trust(&outcome) {
                Some(Remedy { who, settle }) => check.settled_by(settle).by(who),
                None => check,
            }
        }
        Outcome::Depends { on } => {
            let message = format!("whether ecs.aliyuncs.com may assume {name}: {why}");
            let check = Check::depends(kind, ERROR, message);
            match on.first() {
                Some(factor) => check.settled_by(factor.settle(facts.operation())),
                None => check,
            }
        }
    }
}
