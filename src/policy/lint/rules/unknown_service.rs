//! A service code that is not among those we know.

use super::super::pattern::{Arn, action_parts, has_wildcard};
use super::super::tree::Spot;
use super::aws_action::alibaba_service;
use super::invalid_action::is_formed;
use super::misspelt_service::meant;
use super::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "unknown-service",
        severity: Severity::Note,
        why: "a statement about a service that does not exist grants nothing; our list may also be behind",
        fix: "compare it with the RAM code on the service's authorization page",
    },
    check,
};

/// Codes of services. Source: RAM, "Services that work with RAM", and the services' authorization
/// pages; by far not all.
pub(super) const SERVICES: &[&str] = &[
    "acc",
    "ack",
    "acms",
    "actiontrail",
    "adb",
    "adcp",
    "agw",
    "alb",
    "alidns",
    "alikafka",
    "amqp",
    "apigateway",
    "arms",
    "bailian",
    "bpstudio",
    "bss",
    "bssapi",
    "cas",
    "cbn",
    "cc",
    "cdn",
    "clickhouse",
    "cloudapi",
    "cloudsso",
    "cms",
    "config",
    "cr",
    "cs",
    "dataworks",
    "dbs",
    "dcdn",
    "dds",
    "devs",
    "dfs",
    "dg",
    "dlf",
    "dms",
    "dns",
    "domain",
    "drds",
    "dts",
    "dysms",
    "eais",
    "ebs",
    "eci",
    "ecs",
    "edas",
    "eds",
    "ehpc",
    "eiam",
    "eip",
    "elasticsearch",
    "emas",
    "emr",
    "ens",
    "esa",
    "ess",
    "eventbridge",
    "expressconnect",
    "fc",
    "fnf",
    "ga",
    "gdb",
    "gpdb",
    "gws",
    "hbase",
    "hbr",
    "hcs-sgw",
    "hitsdb",
    "imm",
    "ims",
    "iot",
    "kms",
    "kvstore",
    "live",
    "lindorm",
    "log",
    "maxcompute",
    "mns",
    "mq",
    "mse",
    "mts",
    "nas",
    "nat",
    "nlb",
    "notifications",
    "oceanbase",
    "odps",
    "oos",
    "opensearch",
    "openanalytics",
    "oss",
    "osshdfs",
    "ossvector",
    "ots",
    "pai",
    "paidlc",
    "paidsw",
    "paiworkspace",
    "polardb",
    "polardbx",
    "privatelink",
    "pvtz",
    "quickbi",
    "quotas",
    "ram",
    "rds",
    "resourcecenter",
    "resourcemanager",
    "resourcesharing",
    "rocketmq",
    "ros",
    "sae",
    "sag",
    "sas",
    "scdn",
    "servicecatalog",
    "slb",
    "smc",
    "sts",
    "support",
    "swas-open",
    "tag",
    "tablestore",
    "vod",
    "vpc",
    "vpn",
    "waf",
    "yundun-aegis",
    "yundun-antiddos",
    "yundun-bastionhost",
    "yundun-cert",
    "yundun-cloudfirewall",
    "yundun-codesec",
    "yundun-ddos",
    "yundun-ddoscoo",
    "yundun-sas",
    "yundun-waf",
];

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (service, spot) in services(view) {
        if meant(service).is_none() && !is_known(service) {
            report.at(
                spot,
                format!("no service with the code {} is known to us", quote(service)),
            );
        }
    }
}

pub(super) fn is_known(service: &str) -> bool {
    SERVICES
        .iter()
        .any(|known| known.eq_ignore_ascii_case(service))
}

/// Each service code that stands in an action or a resource, those of AWS excepted.
pub(super) fn services<'a>(view: &'a View<'_>) -> impl Iterator<Item = (&'a str, Spot)> {
    let actions = view.actions().filter(|(_, word)| is_formed(word.text));
    let actions = actions.filter_map(|(_, word)| Some((action_parts(word.text)?.0, word.spot)));
    let resources = view
        .resources()
        .filter_map(|(_, word)| Some((Arn::read(word.text)?.service, word.spot)));
    let all = actions.chain(resources);
    all.filter(|(service, _)| {
        !service.is_empty() && !has_wildcard(service) && alibaba_service(service).is_none()
    })
}
