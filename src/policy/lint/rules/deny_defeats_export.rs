//! A `Deny` of what ExportImage needs.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::catalogue::{ASSUME_ROLE, ECS_SERVICE, IMAGE_EXPORT};
use crate::policy::{
    ActionMatch, Caller, Condition, Decision, Effect, PolicyDocument, Question, Request,
    ResourceMatch, Semantics, Statement, compare, decide_trust, grant,
};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "deny-defeats-export",
        severity: Severity::Error,
        why: "a `Deny` wins over every `Allow`, those of other policies included, and the export is refused",
        fix: "leave the actions out of the `Deny`, or the export's bucket and prefix",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    trust(view, report);
    let Some(policy) = view
        .policy
        .as_ref()
        .filter(|_| view.is_comparable() && view.is_for_export())
    else {
        return;
    };
    for (at, deny) in policy.statements().iter().enumerate() {
        if deny.effect != Effect::Deny {
            continue;
        }
        let defeated: Vec<String> = defeated(view, policy, deny)
            .into_iter()
            .map(|name| format!("`{name}`"))
            .collect();
        let Some(statement) = view.statements.get(at).filter(|_| !defeated.is_empty()) else {
            continue;
        };
        let when = if deny.condition.is_empty() {
            ""
        } else {
            ", when its condition holds"
        };
        report.at(
            statement.node.spot,
            format!(
                "refuses what ExportImage needs: {}{when}",
                defeated.join(", ")
            ),
        );
    }
}

/// Those of the eight actions that `deny` refuses: for the exports that are wanted in any part, else for
/// everything that the document grants.
fn defeated(view: &View<'_>, policy: &PolicyDocument, deny: &Statement) -> Vec<&'static str> {
    let exports = view.options.exports.unwrap_or_default();
    let mut defeated = Vec::new();
    for action in IMAGE_EXPORT {
        let need = match exports {
            [] => granted(policy, action.name),
            exports => {
                let targets: Vec<_> = exports
                    .iter()
                    .map(|export| (export.bucket, export.prefix))
                    .collect();
                let grant = grant::image_export(view.options.account.unwrap_or("*"), &targets);
                only(grant.statements(), action.name)
            }
        };
        let left: Vec<Statement> = need.iter().chain([deny]).cloned().collect();
        let (need, left) = (PolicyDocument::new(need), PolicyDocument::new(left));
        let nothing = PolicyDocument::new(Vec::new());
        let is_lost = match exports {
            [] => compare(&[&nothing], &[&left], Question::Effective).is_same(),
            _ => !compare(&[&need], &[&left], Question::Effective)
                .lost
                .is_empty(),
        };
        if is_lost && !need.statements().is_empty() {
            defeated.push(action.name);
        }
    }
    defeated
}

/// What the document grants of one action, by name and without conditions.
fn granted(policy: &PolicyDocument, action: &str) -> Vec<Statement> {
    let named = |patterns: &[String]| {
        patterns
            .iter()
            .any(|pattern| super::super::pattern::matches_action(pattern, action))
    };
    let granting = policy.statements().iter().filter(|statement| {
        let ActionMatch::Action(patterns) = &statement.action else {
            return false;
        };
        statement.effect == Effect::Allow && named(patterns)
    });
    granting
        .map(|statement| one(action, &statement.resource))
        .collect()
}

/// Those of `statements` that hold `action`, for it alone.
fn only(statements: &[Statement], action: &str) -> Vec<Statement> {
    let holding = statements
        .iter()
        .filter(|s| s.action.patterns().iter().any(|pattern| pattern == action));
    holding
        .map(|statement| one(action, &statement.resource))
        .collect()
}

fn one(action: &str, resource: &ResourceMatch) -> Statement {
    Statement {
        sid: None,
        effect: Effect::Allow,
        action: ActionMatch::Action(vec![action.to_owned()]),
        resource: resource.clone(),
        condition: Condition::default(),
    }
}

/// ECS refused in a trust policy that is meant to admit it.
fn trust(view: &View<'_>, report: &mut Report<'_>) {
    let Some(trust) = &view.trust else { return };
    let admits = trust.statements().iter().any(|s| {
        s.effect == Effect::Allow && s.principal.service.iter().any(|id| id == ECS_SERVICE)
    });
    let caller = Caller {
        member: "Service".to_owned(),
        id: ECS_SERVICE.to_owned(),
    };
    let request = Request {
        action: ASSUME_ROLE.to_owned(),
        ..Request::default()
    };
    if let Decision::ExplicitDeny(place) =
        decide_trust(trust, &caller, &request, Semantics::DEFAULT)
        && let Some(statement) = view.statements.get(place.statement)
        && (admits || view.options.exports.is_some())
    {
        report.at(
            statement.node.spot,
            format!("refuses `{ECS_SERVICE}`, as which ExportImage runs"),
        );
    }
}
