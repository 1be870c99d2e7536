//! What the policies of every layer allow the role in OSS.

use super::super::answer::{ActionAnswer, Answer, ExportAnswer};
use super::super::assess::permissions;
use super::super::check::{Check, CheckKind};
use super::super::error::ExportError;
use super::super::input::{Export, ExportFacts, Role, RoleTrust};
use crate::model::{BucketName, Layer, ObjectPrefix, RegionId};

const ERROR: ExportError = ExportError::InvalidOssNotAuthorized;

pub(super) fn checks(facts: &ExportFacts<'_>) -> Vec<Check> {
    vec![own(facts), of_bucket(facts), of_directory(facts)]
}

fn own(facts: &ExportFacts<'_>) -> Check {
    let kind = CheckKind::Permissions;
    let role = match &facts.role {
        Layer::Read(role) => role,
        Layer::NotAsked => return Check::skipped(kind, "the role was not read"),
        Layer::NotRead(why) => {
            let message = format!(
                "the policies of {} could not be read: {why}",
                facts.role_name
            );
            return Check::depends(kind, ERROR, message).settled_by("export-iam whoami");
        }
    };
    let Role { trust, attached } = role;
    if *trust == RoleTrust::Missing {
        return Check::skipped(kind, "there is no role to grant anything to");
    }
    let question = facts.question;
    let export = Export {
        region: question.region.as_ref().map(RegionId::as_str),
        bucket: question.bucket.as_ref().map(BucketName::as_str),
        prefix: question.prefix.as_ref().map(ObjectPrefix::as_str),
        owner: Some(facts.account.as_str()),
    };
    let answers = permissions(attached, &[export], facts.now);
    let actions: Vec<ActionAnswer> = answers
        .into_iter()
        .flat_map(|ExportAnswer { actions, .. }| actions)
        .collect();
    summary(kind, &actions, facts)
}

/// The check that the worst of some outcomes makes; those with one reason are told together.
fn summary(kind: CheckKind, actions: &[ActionAnswer], facts: &ExportFacts<'_>) -> Check {
    let worst = actions.iter().map(|action| action.outcome.answer()).max();
    let worst = worst.unwrap_or(Answer::Ready);
    let place = match &facts.question.bucket {
        Some(bucket) => format!("bucket {bucket}"),
        None => "any bucket".to_owned(),
    };
    if worst == Answer::Ready {
        let message = format!("{} may do on {place} what an export needs", facts.role_name);
        return Check::passed(kind, message);
    }
    let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
    let open = actions.iter().filter(|one| one.outcome.answer() == worst);
    for ActionAnswer { action, outcome } in open.clone() {
        let reason = outcome.why();
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, actions)) => actions.push(action.name),
            None => reasons.push((reason, vec![action.name])),
        }
    }
    let reasons: Vec<String> = reasons
        .into_iter()
        .map(|(reason, actions)| format!("{} on {place}: {reason}", actions.join(", ")))
        .collect();
    let message = reasons.join("; ");
    match worst {
        Answer::Blocked => Check::failed(kind, ERROR, message).settled_by("export-iam apply"),
        _ => {
            let check = Check::depends(kind, ERROR, message);
            match open.flat_map(|action| action.outcome.factors()).next() {
                Some(factor) => check.settled_by(factor.settle()),
                None => check,
            }
        }
    }
}

fn of_bucket(facts: &ExportFacts<'_>) -> Check {
    let kind = CheckKind::BucketPolicy;
    let name = facts
        .question
        .bucket
        .as_ref()
        .map_or("", BucketName::as_str);
    let settle = format!("aliyun oss bucket-policy --method get oss://{name}");
    match &facts.observed.bucket_policy {
        Layer::NotAsked => Check::skipped(kind, "no bucket was asked about"),
        Layer::NotRead(why) => {
            let message = format!("the policy of bucket {name} could not be read: {why}");
            Check::depends(kind, ERROR, message).settled_by(settle)
        }
        Layer::Read(None) => Check::passed(kind, format!("bucket {name} has no policy")),
        Layer::Read(Some(_)) => {
            let message = format!("bucket {name} has a policy, which may deny the role");
            Check::depends(kind, ERROR, message).settled_by(settle)
        }
    }
}

fn of_directory(facts: &ExportFacts<'_>) -> Check {
    let kind = CheckKind::ControlPolicy;
    let settle =
        "ask with the management account of the resource directory, or a delegated administrator";
    match &facts.observed.control_policies {
        Layer::NotAsked => Check::skipped(kind, "the control policies were not asked about"),
        Layer::NotRead(why) => {
            let message = format!("the control policies could not be read: {why}");
            Check::depends(kind, ERROR, message).settled_by(settle)
        }
        Layer::Read(policies) if policies.is_empty() => {
            Check::passed(kind, "no control policy binds the account")
        }
        Layer::Read(_) => {
            let message = "control policies bind the account, which may deny the role";
            Check::depends(kind, ERROR, message).settled_by(settle)
        }
    }
}
