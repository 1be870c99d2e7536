//! What the roles of an account come to, as a graph.

use super::difference::{Difference, Mark, differences};
use super::graph::{Column, Graph};
use crate::report::run::{Account, LineShape, PolicyShape, RoleShape, StatementShape};

/// The roles as they are, and how they differ from the spec.
pub(super) fn graph(account: &Account, kind: &str) -> Graph {
    let mut roles = Roles(Graph::default());
    let differences = differences(account, kind);
    for role in &account.shape.roles {
        roles.add_role(role, &differences);
    }
    roles.add_missing(&differences);
    let Roles(mut graph) = roles;
    graph.show_differences();
    graph
}

/// A graph that grows.
struct Roles(Graph);

impl Roles {
    fn add_role(&mut self, role: &RoleShape, differences: &[Difference<'_>]) {
        let address = format!("role/{}", role.name);
        let trust = differences.iter().find(|it| it.is_of(&address, "trust"));
        let mark = marked(differences, |it| it.is_of(&address, ""));
        let at = self.0.node(Column::Roles, &role.name, "", mark);
        for trusted in role.trusted_by.iter().flatten() {
            let mark = match trust.is_some_and(|it| names(it.more, &trusted.id)) {
                true => Mark::More,
                false => mark,
            };
            let kind = trusted.kind.to_lowercase();
            let note = if trusted.conditional {
                format!("{kind}, under a condition")
            } else {
                kind
            };
            let from = self.0.node(Column::Principals, &trusted.id, &note, mark);
            let is_deny = trusted.effect == "Deny";
            let verb = if is_deny { "may not" } else { "may" };
            let words = format!("{} {verb} assume {}", trusted.id, role.name);
            self.0
                .link(Column::Principals, (from, at), mark, is_deny, words);
        }
        if role.trusted_by.is_none() {
            let column = Column::Principals;
            let from = self
                .0
                .node(column, "not understood", "trust policy", Mark::More);
            let words = format!("the trust policy of {} is not understood", role.name);
            self.0.link(column, (from, at), Mark::More, false, words);
        }
        for policy in &role.policies {
            self.add_policy(role, at, policy, differences);
        }
    }

    fn add_policy(
        &mut self,
        role: &RoleShape,
        role_row: usize,
        policy: &PolicyShape,
        differences: &[Difference<'_>],
    ) {
        let attachment = match &policy.resource_group {
            Some(group) => format!("role/{}/{}@{group}", role.name, policy.name),
            None => format!("role/{}/{}", role.name, policy.name),
        };
        let mark = marked(differences, |it| it.is_of(&attachment, ""));
        let group = policy.resource_group.as_ref();
        let note = group
            .map(|group| format!("for group {group}"))
            .unwrap_or_default();
        let at = self.0.node(Column::Policies, &policy.name, &note, mark);
        let words = format!("{} holds {}", role.name, policy.name);
        self.0
            .link(Column::Roles, (role_row, at), mark, false, words);
        let document = document(&policy.name, differences);
        for statement in policy.statements.iter().flatten() {
            self.add_statement(policy, at, statement, mark, document);
        }
        if policy.statements.is_none() {
            let to = self
                .0
                .node(Column::Buckets, "not understood", "document", Mark::More);
            let words = format!("the document of {} is not understood", policy.name);
            self.0
                .link(Column::Policies, (at, to), Mark::More, false, words);
        }
        let lacking = document.map_or(&[][..], |it| it.less);
        self.add_lacking(&policy.name, at, lacking);
    }

    fn add_statement(
        &mut self,
        policy: &PolicyShape,
        policy_row: usize,
        statement: &StatementShape,
        of_policy: Mark,
        document: Option<&Difference<'_>>,
    ) {
        let is_deny = statement.effect == "Deny";
        let but = |not: bool| if not { "all but " } else { "" };
        let actions = &statement.actions;
        let all = format!("{}{}", but(statement.not_actions), actions.join(", "));
        let few = format!("{}{}", but(statement.not_actions), few(actions));
        let condition = if statement.conditional {
            ", under a condition"
        } else {
            ""
        };
        for resource in &statement.resources {
            let place = format!("{}{}", but(statement.not_resources), bucket(resource));
            let is_more = document.is_some_and(|it| places(it.more).any(|more| more == place));
            let mark = if is_more { Mark::More } else { of_policy };
            let note = if is_deny {
                format!("not {few}")
            } else {
                few.clone()
            };
            let to = self.0.node(Column::Buckets, &place, &note, mark);
            let verb = if is_deny { "denies" } else { "allows" };
            let words = format!("{} {verb} {all} on {place}{condition}", policy.name);
            self.0
                .link(Column::Policies, (policy_row, to), mark, is_deny, words);
        }
    }

    /// What a policy of the spec would allow and the account does not.
    fn add_lacking(&mut self, policy: &str, policy_row: usize, lines: &[LineShape]) {
        for line in lines {
            let actions: Vec<String> = line.actions.iter().map(|it| it.pattern.clone()).collect();
            for place in places(std::slice::from_ref(line)) {
                let to = self
                    .0
                    .node(Column::Buckets, &place, &few(&actions), Mark::Less);
                let words = format!("{policy} allows {} on {place}", actions.join(", "));
                self.0
                    .link(Column::Policies, (policy_row, to), Mark::Less, false, words);
            }
        }
    }

    /// Principals, roles and attachments that the spec names and the account lacks.
    fn add_missing(&mut self, differences: &[Difference<'_>]) {
        for lacking in differences {
            let Some(rest) = lacking.address.strip_prefix("role/") else {
                continue;
            };
            match rest.split_once('/') {
                None if lacking.part == "trust" => {
                    let to = self
                        .0
                        .node(Column::Roles, rest, "does not exist", Mark::Less);
                    for id in principals(lacking.less) {
                        let from = self.0.node(Column::Principals, id, "", Mark::Less);
                        let words = format!("{id} may assume {rest}");
                        self.0
                            .link(Column::Principals, (from, to), Mark::Less, false, words);
                    }
                }
                None if lacking.mark == Mark::Less => {
                    self.0
                        .node(Column::Roles, rest, "does not exist", Mark::Less);
                }
                Some((role, policy)) if lacking.mark == Mark::Less => {
                    let from = self
                        .0
                        .node(Column::Roles, role, "does not exist", Mark::Less);
                    let to = self
                        .0
                        .node(Column::Policies, policy, "not attached", Mark::Less);
                    let words = format!("{role} holds {policy}");
                    self.0
                        .link(Column::Roles, (from, to), Mark::Less, false, words);
                    let of_document = document(policy, differences).map_or(&[][..], |it| it.less);
                    let lacking = match lacking.less {
                        [] => of_document,
                        lines => lines,
                    };
                    self.add_lacking(policy, to, lacking);
                }
                _ => {}
            }
        }
    }
}

/// How the document of a custom policy differs from the spec.
fn document<'a, 'b>(policy: &str, all: &'a [Difference<'b>]) -> Option<&'a Difference<'b>> {
    let address = format!("policy/{}", policy.strip_prefix("custom:")?);
    all.iter().find(|it| it.is_of(&address, "document"))
}

/// The mark of the difference that is meant; the same as in the spec where there is none.
fn marked(all: &[Difference<'_>], is_meant: impl Fn(&Difference<'_>) -> bool) -> Mark {
    let found = all.iter().find(|it| is_meant(it));
    found.map_or(Mark::Same, |found| found.mark)
}

fn principals(lines: &[LineShape]) -> impl Iterator<Item = &str> {
    let named = lines.iter().flat_map(|line| &line.principals);
    named.map(|principal| principal.id.as_str())
}

fn names(lines: &[LineShape], id: &str) -> bool {
    principals(lines).any(|named| named == id)
}

/// The first of some actions, and how many more there are.
fn few(actions: &[String]) -> String {
    match actions {
        [] => String::new(),
        [one] if one == "*" => "every action".to_owned(),
        [one] => one.clone(),
        [first, rest @ ..] => format!("{first}, {} more", rest.len()),
    }
}

fn places(lines: &[LineShape]) -> impl Iterator<Item = String> {
    let patterns = lines.iter().flat_map(|line| &line.resources);
    patterns.map(|it| bucket(&it.pattern))
}

/// The bucket of a resource pattern, as `acs:oss:*:*:bucket/key`; of another service, the service.
fn bucket(resource: &str) -> String {
    let parts: Vec<&str> = resource.splitn(5, ':').collect();
    match parts.as_slice() {
        ["*"] => "everything".to_owned(),
        [_, "oss", _, _, name] => match name.split('/').next() {
            Some("*") | None => "every bucket".to_owned(),
            Some(bucket) => bucket.to_owned(),
        },
        [_, "*", ..] => "every service".to_owned(),
        [_, service, ..] => format!("service {service}"),
        _ => resource.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::run::Run;

    #[test]
    fn resources_are_shown_by_their_bucket() {
        for (resource, shown) in [
            ("*", "everything"),
            ("acs:oss:*:*:*", "every bucket"),
            ("acs:oss:*:123:*/*", "every bucket"),
            ("acs:oss:*:123:exports/Nightly*", "exports"),
            ("acs:oss:cn-hangzhou:123:exports", "exports"),
            ("acs:kms:*:*:key/1", "service kms"),
            ("acs:*:*:*:*", "every service"),
            ("odd", "odd"),
        ] {
            assert_eq!(bucket(resource), shown);
        }
    }

    fn words(graph: &Graph) -> Vec<String> {
        graph.words(|mark| match mark {
            Mark::Same => "same",
            Mark::More => "more than the spec",
            Mark::Less => "missing from the account",
        })
    }

    #[test]
    fn what_is_gained_lost_denied_and_missing_is_marked() {
        let statement = |effect: &str, bucket: &str| {
            serde_json::json!({
                "effect": effect, "actions": ["oss:PutObject"], "conditional": false,
                "resources": [format!("acs:oss:*:*:{bucket}/*")],
            })
        };
        let report = serde_json::json!({
            "format_version": "1.0", "kind": "drift",
            "accounts": [{
                "roles": [{
                    "name": "R",
                    "trusted_by": [
                        { "effect": "Allow", "kind": "Service", "id": "ecs", "conditional": false },
                        { "effect": "Allow", "kind": "RAM", "id": "other", "conditional": true },
                    ],
                    "policies": [
                        { "name": "custom:P", "statements": [statement("Allow", "a"), statement("Deny", "b")] },
                        { "name": "custom:X", "statements": null },
                    ],
                }],
                "findings": [
                    { "id": "1", "address": "role/R", "part": "trust", "kind": "wider", "severity": "critical",
                      "access": { "gained": [{ "principals": [{ "kind": "ram", "id": "other" }] }], "lost": [] } },
                    { "id": "2", "address": "policy/P", "part": "document", "kind": "narrower", "severity": "medium",
                      "access": { "gained": [], "lost": [{ "actions": [{ "pattern": "oss:GetObject" }], "resources": [{ "pattern": "acs:oss:*:*:c/*" }] }] } },
                    { "id": "3", "address": "role/R/custom:X", "part": "", "kind": "unmanaged", "severity": "high" },
                    { "id": "4", "address": "role/R/custom:Y", "part": "", "kind": "missing", "severity": "medium" },
                ],
            }],
        });
        let run = Run::read(&report.to_string()).unwrap();
        let graph = graph(&run.accounts[0], "drift");
        assert_eq!(
            words(&graph),
            [
                "ecs may assume R",
                "other may assume R (more than the spec)",
                "R holds custom:P",
                "custom:P allows oss:PutObject on a",
                "custom:P denies oss:PutObject on b",
                "custom:P allows oss:GetObject on c (missing from the account)",
                "R holds custom:X (more than the spec)",
                "the document of custom:X is not understood (more than the spec)",
                "R holds custom:Y (missing from the account)",
            ]
        );
        let denied: Vec<bool> = graph.edges().iter().map(|edge| edge.is_deny).collect();
        assert_eq!(denied.iter().filter(|denied| **denied).count(), 1);
    }

    #[test]
    fn a_plan_shows_what_it_adds_and_removes() {
        let line = |resource: &str| serde_json::json!({ "actions": [{ "pattern": "oss:PutObject" }], "resources": [{ "pattern": resource }] });
        let principal =
            |id: &str| serde_json::json!({ "principals": [{ "kind": "service", "id": id }] });
        let report = serde_json::json!({
            "format_version": "1.0", "kind": "plan",
            "accounts": [{
                "roles": [{
                    "name": "R",
                    "trusted_by": [{ "effect": "Allow", "kind": "Service", "id": "oss", "conditional": false }],
                    "policies": [
                        { "name": "custom:Old", "statements": [] },
                        { "name": "custom:Stays", "statements": [] },
                    ],
                }],
                "changes": [
                    { "address": "policy/New", "action": "create", "reason": "missing",
                      "fields": [{ "name": "document", "access": { "gained": [line("acs:oss:*:*:b/*")], "lost": [] } }] },
                    { "address": "role/r", "action": "update", "reason": "differs",
                      "fields": [{ "name": "trust", "access": { "gained": [principal("ecs")], "lost": [principal("oss")] } }] },
                    { "address": "role/R/custom:New", "action": "create", "reason": "missing" },
                    { "address": "role/R/custom:Old", "action": "delete", "reason": "extra" },
                    { "address": "role/R/custom:Stays", "action": "no-op", "reason": "unmanaged" },
                ],
            }],
        });
        let run = Run::read(&report.to_string()).unwrap();
        let graph_of_plan = graph(&run.accounts[0], "plan");
        // RAM takes names in any case as the same.
        assert_eq!(
            graph_of_plan
                .nodes()
                .iter()
                .filter(|node| node.column == Column::Roles)
                .count(),
            1
        );
        assert_eq!(
            words(&graph_of_plan),
            [
                "oss may assume R (more than the spec)",
                "R holds custom:Old (more than the spec)",
                "R holds custom:Stays",
                "ecs may assume r (missing from the account)",
                "R holds custom:New (missing from the account)",
                "custom:New allows oss:PutObject on b (missing from the account)",
            ]
        );
        assert!(
            graph(&run.accounts[0], "apply")
                .words(|_| "")
                .iter()
                .all(|words| !words.contains("ecs"))
        );
    }

    #[test]
    fn a_long_column_keeps_what_differs_in_sight() {
        let trusted: Vec<_> = (0..30)
            .map(|at| serde_json::json!({ "effect": "Allow", "kind": "RAM", "id": format!("p{at}"), "conditional": false }))
            .collect();
        let report = serde_json::json!({
            "format_version": "1.0", "kind": "drift",
            "accounts": [{
                "roles": [{ "name": "R", "trusted_by": trusted, "policies": [] }],
                "findings": [
                    { "id": "1", "address": "role/R", "part": "trust", "kind": "wider", "severity": "critical",
                      "access": { "gained": [{ "principals": [{ "kind": "ram", "id": "p29" }] }], "lost": [] } },
                ],
            }],
        });
        let run = Run::read(&report.to_string()).unwrap();
        let graph = graph(&run.accounts[0], "drift");
        let nodes = graph.nodes();
        assert_eq!(
            (nodes[0].label.as_str(), nodes[0].mark),
            ("p29", Mark::More)
        );
        assert_eq!(nodes[13].label, "and 17 more");
        let more: Vec<_> = graph
            .edges()
            .into_iter()
            .filter(|edge| edge.mark == Mark::More)
            .collect();
        assert_eq!(more.len(), 1);
        // The line begins at its box, and ends at the role, which stands in the middle.
        assert_eq!((more[0].from_half_row, more[0].to_half_row), (0, 13));
    }
}
