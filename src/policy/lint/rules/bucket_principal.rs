//! A principal of a bucket policy that is not in the form OSS takes, or that means nobody.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::tree::Shape;
use super::super::view::Word;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "bucket-principal",
        severity: Severity::Error,
        why: "a bucket policy names UIDs, sessions of roles, or `*`, in a list; another form is refused or means nobody",
        fix: "write a list of UIDs, of `arn:sts::<uid>:assumed-role/<role>/*`, or `[\"*\"]`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let statements = view.statements.iter().filter(|_| view.is_bucket);
    for member in statements.filter_map(|statement| statement.node.member("Principal")) {
        match &member.value.shape {
            Shape::List(_) => {
                for item in member.value.each() {
                    match item.text() {
                        Some(text) => entry(
                            Word {
                                text,
                                spot: item.spot,
                            },
                            report,
                        ),
                        None => report.at(item.spot, "a principal must be a string"),
                    }
                }
            }
            Shape::Members(_) => report.at(
                member.name_spot,
                "`Principal` is an object, the form of trust policies; a bucket policy has a list",
            ),
            _ => report.at(
                member.name_spot,
                "`Principal` must be a list, also for one name",
            ),
        }
    }
}

fn entry(word: Word<'_>, report: &mut Report<'_>) {
    let id = word.text;
    let is_uid = !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
    if id == "*" || is_uid {
        return;
    }
    if let Some((uid, name)) = role(id) {
        let message = format!("{} never means the role: its sessions ask", quote(id));
        let to = format!("arn:sts::{uid}:assumed-role/{name}/*");
        return report.write(word.spot, message, to);
    }
    if !id.starts_with("arn:sts::") {
        let message = format!(
            "{} is neither a UID, a session of a role, nor `*`",
            quote(id)
        );
        return report.at(word.spot, message);
    }
    let parts = id
        .splitn(6, ':')
        .last()
        .map_or(0, |last| last.split('/').count());
    if id.matches(':').count() < 4 || parts != 3 {
        let message = format!("{} lacks a part of a session's ARN", quote(id));
        report.at(word.spot, message);
    }
}

/// The UID and the name of a role that is named itself, by RAM's ARN or STS's.
fn role(id: &str) -> Option<(&str, &str)> {
    let rest = id
        .strip_prefix("acs:ram::")
        .or(id.strip_prefix("arn:sts::"))?;
    let (uid, relative) = rest.split_once(':')?;
    let name = relative.strip_prefix("role/")?;
    Some((uid, name.split('/').next().unwrap_or(name)))
}
