//! An action of an AWS service.

use super::super::pattern::action_parts;
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::catalogue;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "aws-action",
        severity: Severity::Error,
        why: "RAM has no such service, so the statement grants and refuses nothing",
        fix: "use the action of the Alibaba Cloud service",
    },
    check,
};

/// Services of AWS that Alibaba Cloud has under another code.
const SERVICES: &[(&str, &str)] = &[
    ("s3", "oss"),
    ("ec2", "ecs"),
    ("iam", "ram"),
    ("logs", "log"),
    ("lambda", "fc"),
    ("dynamodb", "ots"),
    ("cloudwatch", "cms"),
    ("cloudtrail", "actiontrail"),
    ("secretsmanager", "kms"),
    ("elasticloadbalancing", "slb"),
    ("sqs", "mns"),
    ("sns", "mns"),
];

/// Actions of S3 whose name differs beyond the service.
const S3: &[(&str, &str)] = &[
    ("ListBucket", "oss:ListObjects"),
    ("ListAllMyBuckets", "oss:ListBuckets"),
    ("ListBucketMultipartUploads", "oss:ListMultipartUploads"),
    ("ListMultipartUploadParts", "oss:ListParts"),
    ("ListBucketVersions", "oss:ListObjectVersions"),
    ("CreateBucket", "oss:PutBucket"),
    ("HeadObject", "oss:GetObject"),
    ("HeadBucket", "oss:GetBucketInfo"),
];

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (_, word) in view.actions() {
        let Some((service, name)) = action_parts(word.text) else {
            continue;
        };
        let Some(own) = alibaba_service(service) else {
            continue;
        };
        let message = format!("{} is an action of AWS", quote(word.text));
        let renamed = format!("{own}:{name}");
        let mut s3 = S3
            .iter()
            .filter(|(theirs, _)| own == "oss" && theirs.eq_ignore_ascii_case(name));
        let exact = s3.next().map(|(_, ours)| *ours);
        let exact = exact.or_else(|| catalogue::find(&renamed).map(|known| known.name));
        match exact {
            Some(action) => report.write(word.spot, message, action),
            None => report.with_fix(word.spot, message, format!("the service is `{own}` here")),
        }
    }
}

/// The service code that stands for a service of AWS.
pub(super) fn alibaba_service(service: &str) -> Option<&'static str> {
    let mut services = SERVICES.iter();
    services
        .find(|(theirs, _)| theirs.eq_ignore_ascii_case(service))
        .map(|(_, ours)| *ours)
}
