//! A condition key that is not in the form RAM takes.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::suggest::nearest;
use super::unknown_condition_key::known_keys;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "invalid-condition-key",
        severity: Severity::Error,
        why: "RAM's keys are `acs:<name>` or `<service>:<name>`; others are refused",
        fix: "write it as `acs:SourceIp`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (_, test) in view.tests() {
        let key = test.key.text;
        let plain = !key.contains(|c: char| c.is_whitespace() || c.is_control());
        let parts = key
            .split_once(':')
            .filter(|(service, name)| !service.is_empty() && !name.is_empty());
        if plain && parts.is_some() {
            continue;
        }
        let message = format!("condition key {} is not `<service>:<name>`", quote(key));
        let short = known_keys().filter_map(|known| Some((known.split_once(':')?.1, known)));
        let names = short.clone().map(|(name, _)| name);
        let close = nearest(key.trim(), names);
        match short.clone().find(|(name, _)| Some(*name) == close) {
            Some((_, known)) => report.write(test.key.spot, message, known),
            None => report.at(test.key.spot, message),
        }
    }
}
