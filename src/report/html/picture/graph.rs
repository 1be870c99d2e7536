//! What a picture shows, before it is drawn.

use crate::report::run::{
    AccessShape, Account, FindingShape, LineShape, PolicyShape, RoleShape, StatementShape,
};

/// Most boxes of a column; the last says how many more there are.
const MOST: usize = 14;

/// A column, from left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Principals,
    Roles,
    Policies,
    Buckets,
}

impl Column {
    pub(super) const ALL: [(Self, &'static str); 4] = [
        (Self::Principals, "Principals"),
        (Self::Roles, "Role"),
        (Self::Policies, "Policies"),
        (Self::Buckets, "Buckets"),
    ];

    /// From 0.
    pub(super) fn place(self) -> usize {
        match self {
            Self::Principals => 0,
            Self::Roles => 1,
            Self::Policies => 2,
            Self::Buckets => 3,
        }
    }
}

/// How a thing stands to the spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Same,
    /// In the account only.
    More,
    /// In the spec only.
    Less,
}

/// A box.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) label: String,
    /// A second line; may be empty.
    pub(super) note: String,
    pub(super) mark: Mark,
}

/// A line between boxes of neighbouring columns.
#[derive(Debug)]
pub(super) struct Edge {
    pub(super) from: Column,
    pub(super) from_row: usize,
    pub(super) to: Column,
    pub(super) to_row: usize,
    pub(super) mark: Mark,
    pub(super) is_deny: bool,
}

#[derive(Debug, Default)]
pub(super) struct Graph {
    principals: Vec<Node>,
    roles: Vec<Node>,
    policies: Vec<Node>,
    buckets: Vec<Node>,
    edges: Vec<Link>,
}

/// A line, with rows as if the columns had no end.
#[derive(Debug, PartialEq, Eq)]
struct Link {
    from: Column,
    rows: (usize, usize),
    mark: Mark,
    is_deny: bool,
    /// What it stands for, in words.
    words: String,
}

impl Graph {
    pub(super) fn of(account: &Account) -> Self {
        let mut graph = Self::default();
        let findings = &account.shape.findings;
        for role in &account.shape.roles {
            graph.add_role(role, findings);
        }
        graph.add_missing(findings);
        graph
    }

    pub(super) fn is_empty(&self) -> bool {
        self.roles.is_empty()
    }

    /// How many rows the longest column has.
    pub(super) fn rows(&self) -> usize {
        let longest = Column::ALL.map(|(column, _)| self.all(column).len());
        longest.into_iter().max().unwrap_or(0).min(MOST)
    }

    /// The boxes of a column that are drawn.
    pub(super) fn column(&self, column: Column) -> Vec<Node> {
        let all = self.all(column);
        let copy = |node: &Node| Node {
            label: node.label.clone(),
            note: node.note.clone(),
            mark: node.mark,
        };
        if all.len() <= MOST {
            return all.iter().map(copy).collect();
        }
        let kept = all.iter().take(MOST - 1).map(copy);
        let rest = Node {
            label: format!("and {} more", all.len() - (MOST - 1)),
            note: String::new(),
            mark: Mark::Same,
        };
        kept.chain([rest]).collect()
    }

    /// The lines between boxes that are drawn.
    pub(super) fn edges(&self) -> Vec<Edge> {
        let drawn = self.edges.iter().map(|link| {
            let to = match link.from {
                Column::Principals => Column::Roles,
                Column::Roles => Column::Policies,
                Column::Policies | Column::Buckets => Column::Buckets,
            };
            Edge {
                from: link.from,
                from_row: link.rows.0.min(MOST - 1),
                to,
                to_row: link.rows.1.min(MOST - 1),
                mark: link.mark,
                is_deny: link.is_deny,
            }
        });
        drawn.collect()
    }

    /// The lines in words.
    pub(super) fn words(&self) -> Vec<String> {
        let words = self.edges.iter().map(|link| match link.mark {
            Mark::Same => link.words.clone(),
            Mark::More => format!("{} (more than the spec)", link.words),
            Mark::Less => format!("{} (missing from the account)", link.words),
        });
        words.collect()
    }

    fn all(&self, column: Column) -> &[Node] {
        match column {
            Column::Principals => &self.principals,
            Column::Roles => &self.roles,
            Column::Policies => &self.policies,
            Column::Buckets => &self.buckets,
        }
    }

    /// The row of a box, which is made if there is none with this label. A mark that says more stays.
    fn node(&mut self, column: Column, label: &str, note: &str, mark: Mark) -> usize {
        let nodes = match column {
            Column::Principals => &mut self.principals,
            Column::Roles => &mut self.roles,
            Column::Policies => &mut self.policies,
            Column::Buckets => &mut self.buckets,
        };
        let known = nodes.iter().position(|node| node.label == label);
        known.unwrap_or_else(|| {
            nodes.push(Node {
                label: label.to_owned(),
                note: note.to_owned(),
                mark,
            });
            nodes.len() - 1
        })
    }

    fn link(
        &mut self,
        from: Column,
        rows: (usize, usize),
        mark: Mark,
        is_deny: bool,
        words: String,
    ) {
        let link = Link {
            from,
            rows,
            mark,
            is_deny,
            words,
        };
        if !self.edges.contains(&link) {
            self.edges.push(link);
        }
    }

    fn add_role(&mut self, role: &RoleShape, findings: &[FindingShape]) {
        let address = format!("role/{}", role.name);
        let of_trust = findings
            .iter()
            .find(|found| found.address == address && found.part == "trust");
        let trust = of_trust.and_then(|found| found.access.as_ref());
        let at = self.node(Column::Roles, &role.name, "", Mark::Same);
        for trusted in role.trusted_by.iter().flatten() {
            let mark = match trust.is_some_and(|access| names(&access.gained, &trusted.id)) {
                true => Mark::More,
                false => Mark::Same,
            };
            let kind = trusted.kind.to_lowercase();
            let note = if trusted.conditional {
                format!("{kind}, under a condition")
            } else {
                kind
            };
            let from = self.node(Column::Principals, &trusted.id, &note, mark);
            let is_deny = trusted.effect == "Deny";
            let verb = if is_deny { "may not" } else { "may" };
            let words = format!("{} {verb} assume {}", trusted.id, role.name);
            self.link(Column::Principals, (from, at), mark, is_deny, words);
        }
        if role.trusted_by.is_none() {
            let from = self.node(
                Column::Principals,
                "not understood",
                "trust policy",
                Mark::More,
            );
            let words = format!("the trust policy of {} is not understood", role.name);
            self.link(Column::Principals, (from, at), Mark::More, false, words);
        }
        for lost in trust.iter().flat_map(|access| principals(&access.lost)) {
            let from = self.node(Column::Principals, lost, "", Mark::Less);
            let words = format!("{lost} may assume {}", role.name);
            self.link(Column::Principals, (from, at), Mark::Less, false, words);
        }
        for policy in &role.policies {
            self.add_policy(role, at, policy, findings);
        }
    }

    fn add_policy(
        &mut self,
        role: &RoleShape,
        role_row: usize,
        policy: &PolicyShape,
        findings: &[FindingShape],
    ) {
        let attachment = format!("role/{}/{}", role.name, policy.name);
        let is_extra = |found: &FindingShape| {
            found.kind == "unmanaged" && found.address.starts_with(&attachment)
        };
        let mark = match findings.iter().any(is_extra) {
            true => Mark::More,
            false => Mark::Same,
        };
        let group = policy.resource_group.as_ref();
        let note = group
            .map(|group| format!("for group {group}"))
            .unwrap_or_default();
        let at = self.node(Column::Policies, &policy.name, &note, mark);
        let words = format!("{} holds {}", role.name, policy.name);
        self.link(Column::Roles, (role_row, at), mark, false, words);
        let access = document_change(&policy.name, findings);
        for statement in policy.statements.iter().flatten() {
            self.add_statement(policy, at, statement, mark, access);
        }
        if policy.statements.is_none() {
            let to = self.node(Column::Buckets, "not understood", "document", Mark::More);
            let words = format!("the document of {} is not understood", policy.name);
            self.link(Column::Policies, (at, to), Mark::More, false, words);
        }
        let lost = access.iter().flat_map(|access| &access.lost);
        for place in lost
            .flat_map(|line| &line.resources)
            .map(|it| bucket(&it.pattern))
        {
            let to = self.node(Column::Buckets, &place, "", Mark::Less);
            let words = format!("{} allows actions on {place}", policy.name);
            self.link(Column::Policies, (at, to), Mark::Less, false, words);
        }
    }

    fn add_statement(
        &mut self,
        policy: &PolicyShape,
        policy_row: usize,
        statement: &StatementShape,
        of_policy: Mark,
        access: Option<&AccessShape>,
    ) {
        let is_deny = statement.effect == "Deny";
        let but = |not: bool| if not { "all but " } else { "" };
        let actions = format!(
            "{}{}",
            but(statement.not_actions),
            statement.actions.join(", ")
        );
        let condition = if statement.conditional {
            ", under a condition"
        } else {
            ""
        };
        for resource in &statement.resources {
            let place = format!("{}{}", but(statement.not_resources), bucket(resource));
            let is_gained = access.is_some_and(|access| {
                let patterns = access.gained.iter().flat_map(|line| &line.resources);
                let mut places = patterns.map(|it| bucket(&it.pattern));
                places.any(|gained| gained == place)
            });
            let mark = match is_gained {
                true => Mark::More,
                false => of_policy,
            };
            let to = self.node(Column::Buckets, &place, "", mark);
            let verb = if is_deny { "denies" } else { "allows" };
            let words = format!("{} {verb} {actions} on {place}{condition}", policy.name);
            self.link(Column::Policies, (policy_row, to), mark, is_deny, words);
        }
    }

    /// Roles and attachments that the spec names and the account lacks.
    fn add_missing(&mut self, findings: &[FindingShape]) {
        for found in findings.iter().filter(|found| found.kind == "missing") {
            let Some(rest) = found.address.strip_prefix("role/") else {
                continue;
            };
            match rest.split_once('/') {
                None => {
                    self.node(Column::Roles, rest, "does not exist", Mark::Less);
                }
                Some((role, policy)) => {
                    let from = self.node(Column::Roles, role, "does not exist", Mark::Less);
                    let to = self.node(Column::Policies, policy, "not attached", Mark::Less);
                    let words = format!("{role} holds {policy}");
                    self.link(Column::Roles, (from, to), Mark::Less, false, words);
                }
            }
        }
    }
}

/// How the document of a custom policy differs from the spec.
fn document_change<'a>(policy: &str, findings: &'a [FindingShape]) -> Option<&'a AccessShape> {
    let name = policy.strip_prefix("custom:")?;
    let address = format!("policy/{name}");
    let found = findings
        .iter()
        .find(|found| found.address == address && found.part == "document")?;
    found.access.as_ref()
}

fn principals(lines: &[LineShape]) -> impl Iterator<Item = &str> {
    let named = lines.iter().flat_map(|line| &line.principals);
    named.map(|principal| principal.id.as_str())
}

fn names(lines: &[LineShape], id: &str) -> bool {
    principals(lines).any(|named| named == id)
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
                      "access": { "gained": [], "lost": [{ "resources": [{ "pattern": "acs:oss:*:*:c/*" }] }] } },
                    { "id": "3", "address": "role/R/custom:X", "part": "", "kind": "unmanaged", "severity": "high" },
                    { "id": "4", "address": "role/R/custom:Y", "part": "", "kind": "missing", "severity": "medium" },
                ],
            }],
        });
        let run = Run::read(&report.to_string()).unwrap();
        let graph = Graph::of(&run.accounts[0]);
        assert_eq!(
            graph.words(),
            [
                "ecs may assume R",
                "other may assume R (more than the spec)",
                "R holds custom:P",
                "custom:P allows oss:PutObject on a",
                "custom:P denies oss:PutObject on b",
                "custom:P allows actions on c (missing from the account)",
                "R holds custom:X (more than the spec)",
                "the document of custom:X is not understood (more than the spec)",
                "R holds custom:Y (missing from the account)",
            ]
        );
        let denied: Vec<bool> = graph.edges().iter().map(|edge| edge.is_deny).collect();
        assert_eq!(denied.iter().filter(|denied| **denied).count(), 1);
    }
}
