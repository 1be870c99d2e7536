//! A principal that is not in the form RAM takes.

use super::super::pattern::has_wildcard;
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::aws_arn::is_of_aws;
use crate::policy::ServicePrincipal;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "principal-form",
        severity: Severity::Error,
        why: "RAM refuses identifiers in another form, and one that names nobody lets nobody in",
        fix: "write `<service>.aliyuncs.com`, `acs:ram::<uid>:root`, `…:user/<name>`, `…:role/<name>` or an identity provider",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (member, word) in view.principals() {
        let id = word.text;
        // These have rules of their own.
        if id.is_empty() || is_of_aws(id) || has_wildcard(id) || id.contains("${") {
            continue;
        }
        let (is_formed, wanted) = match member {
            "Service" => (is_service(id), "a service as `ecs.aliyuncs.com`"),
            "RAM" => (
                is_identity(id, &["user", "role"]) || is_account(id),
                "an identity as `acs:ram::<uid>:role/<name>`",
            ),
            "Federated" => (
                is_identity(id, &["saml-provider", "oidc-provider"]),
                "an identity provider as `acs:ram::<uid>:saml-provider/<name>`",
            ),
            _ => continue,
        };
        if is_formed {
            continue;
        }
        let message = format!("{} is not {wanted}", quote(id));
        match (member, repaired(id)) {
            ("Service", Some(service)) => report.write(word.spot, message, &service),
            _ => report.at(word.spot, message),
        }
    }
}

/// `<service>.aliyuncs.com`, or `<uid>@<service>.aliyuncs.com` for the service acting for another account.
fn is_service(id: &str) -> bool {
    let ServicePrincipal { account, service } = ServicePrincipal::read(id);
    let name = service.strip_suffix(".aliyuncs.com").unwrap_or_default();
    let formed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.');
    account.is_none_or(is_uid) && !name.is_empty() && name.bytes().all(formed)
}

/// The service that was meant: letter case, a scheme, a code alone, or AWS's name for it.
fn repaired(id: &str) -> Option<String> {
    let lower = id.trim().to_ascii_lowercase();
    let host = lower.strip_prefix("https://").unwrap_or(&lower);
    let code = host.split('.').next().unwrap_or_default();
    let code = if code == "ec2" { "ecs" } else { code };
    let service = if is_service(host) {
        host.to_owned()
    } else {
        format!("{code}.aliyuncs.com")
    };
    is_service(&service).then_some(service)
}

fn is_account(id: &str) -> bool {
    id.strip_prefix("acs:ram::")
        .and_then(|rest| rest.strip_suffix(":root"))
        .is_some_and(is_uid)
}

fn is_identity(id: &str, kinds: &[&str]) -> bool {
    let Some((uid, relative)) = id
        .strip_prefix("acs:ram::")
        .and_then(|rest| rest.split_once(':'))
    else {
        return false;
    };
    let named = relative
        .split_once('/')
        .filter(|(_, name)| !name.is_empty());
    is_uid(uid) && named.is_some_and(|(kind, _)| kinds.contains(&kind))
}

fn is_uid(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}
