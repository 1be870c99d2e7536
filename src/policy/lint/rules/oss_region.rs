//! A region in the name of an OSS resource.

use super::super::pattern::Arn;
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "oss-region",
        severity: Severity::Warning,
        why: "OSS documents that only `*` is supported in the region field; with a region the statement may match nothing",
        fix: "write `*`; a bucket's name alone says where it is",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (_, word) in view.resources() {
        let Some(arn) =
            Arn::read(word.text).filter(|arn| arn.service == "oss" && arn.region != "*")
        else {
            continue;
        };
        let message = match arn.region {
            "" => format!("the region of {} is empty", quote(word.text)),
            region => format!("region {} in the name of an OSS resource", quote(region)),
        };
        let Arn {
            service,
            region: _,
            account,
            relative,
        } = arn;
        let account = match account {
            "" => "*",
            account => account,
        };
        let repaired = format!("acs:{service}:*:{account}:{relative}");
        report.write_resource(word.spot, message, Some(repaired));
    }
}
