//! The typed model of a bucket policy: who may do what with one bucket of OSS.
//!
//! Source: OSS, "Bucket Policy" (March 2026), "Authorization syntax and elements".

use super::document::{PolicyDocument, Remarks, Statement};
use super::engine::Glob;

/// A bucket policy. It is attached to the bucket, not to an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketPolicy {
    statements: Vec<BucketStatement>,
    remarks: Remarks,
}

/// One statement of a bucket policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketStatement {
    /// Who it is about: UIDs, sessions of roles, or `*`. Any of them.
    pub principal: Vec<String>,
    /// What it says of them, as a statement of a permission policy.
    pub rest: Statement,
}

impl BucketPolicy {
    pub(crate) fn with_remarks(statements: Vec<BucketStatement>, remarks: Remarks) -> Self {
        Self {
            statements,
            remarks,
        }
    }

    /// The statements, as written.
    pub fn statements(&self) -> &[BucketStatement] {
        &self.statements
    }

    /// The policy as a permission policy of whoever asks, with who asks as a condition on the key `Principal`.
    ///
    /// `*` with a condition means everybody; without one, everybody but the bucket's owner, who has no such key.
    #[must_use]
    pub fn by_principal(&self) -> PolicyDocument {
        let statements = self.statements.iter().map(|statement| {
            let mut rest = statement.rest.clone();
            let is_anybody = statement.principal.iter().any(|name| name == "*");
            if !is_anybody || rest.condition.is_empty() {
                let names = match is_anybody {
                    true => vec!["*".to_owned()],
                    false => statement.principal.clone(),
                };
                let tests = &mut rest.condition.operators;
                let keys = tests.entry("StringLike".to_owned()).or_default();
                keys.insert("Principal".to_owned(), names);
            }
            rest
        });
        PolicyDocument::new(statements.collect())
    }

    /// What was read by stretching the grammar, one sentence each.
    pub fn notes(&self) -> &[String] {
        &self.remarks.notes
    }
}

/// A session of a role that asks something of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleSession<'a> {
    /// The uid of the role's account.
    pub account: &'a str,
    /// The role's name.
    pub role: &'a str,
    /// The uid of the bucket's owner.
    pub owner: &'a str,
}

/// Whether a principal means a session of a role, whose own name is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant {
    /// Whatever its name.
    Yes,
    /// Never.
    No,
    /// If all of these hold, at least one.
    If(Vec<Doubt>),
}

/// What OSS does not document about principals.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// Whether `*` without a condition, which leaves out the bucket's owner, leaves out the owner's roles.
    OwnerRule,
    /// Whether the UID of an account means its roles.
    Account,
    /// Whether the session's name is like this.
    Session(String),
    /// Whether a wildcard runs on across the parts of an ARN.
    Wildcards,
    /// Whether letter case counts in a role's name.
    LetterCase,
    /// Whether this text, whose form is not documented, means the role.
    Form(String),
}

/// Whether a principal of a statement means the session. `has_condition`: whether the statement has a condition.
#[must_use]
pub fn meant(principal: &str, session: &RoleSession<'_>, has_condition: bool) -> Meant {
    if principal == "*" {
        return match has_condition || session.owner != session.account {
            true => Meant::Yes,
            false => Meant::If(vec![Doubt::OwnerRule]),
        };
    }
    if principal.chars().all(|c| c.is_ascii_digit()) {
        return match principal == session.account {
            true => Meant::If(vec![Doubt::Account]),
            false => Meant::No,
        };
    }
    match principal.strip_prefix("arn:sts::") {
        Some(rest) => meant_by_arn(principal, rest, session),
        None if principal.contains(":role/") => Meant::No,
        None => Meant::If(vec![Doubt::Form(principal.to_owned())]),
    }
}

fn meant_by_arn(principal: &str, rest: &str, session: &RoleSession<'_>) -> Meant {
    let parts: Vec<&str> = rest.splitn(2, ':').collect();
    let relative: Vec<&str> = parts
        .get(1)
        .map_or(Vec::new(), |relative| relative.split('/').collect());
    let ([account, _], [kind, role, name]) = (parts.as_slice(), relative.as_slice()) else {
        return meant_across_parts(principal, session);
    };
    let folded = |text: &str| text.to_ascii_lowercase();
    if !like(account, session.account) || !like(kind, "assumed-role") {
        return Meant::No;
    }
    let mut doubts = Vec::new();
    match (
        like(role, session.role),
        like(&folded(role), &folded(session.role)),
    ) {
        (true, _) => {}
        (false, true) => doubts.push(Doubt::LetterCase),
        (false, false) => return Meant::No,
    }
    // A session's name has at least two characters. Source: STS, AssumeRole, `RoleSessionName`.
    let is_open = name.contains('*')
        && name.chars().all(|c| matches!(c, '*' | '?'))
        && name.matches('?').count() <= 2;
    if !is_open {
        doubts.push(Doubt::Session((*name).to_owned()));
    }
    match doubts.is_empty() {
        true => Meant::Yes,
        false => Meant::If(doubts),
    }
}

/// An ARN without all its parts, which a wildcard might stand for.
fn meant_across_parts(principal: &str, session: &RoleSession<'_>) -> Meant {
    let last = principal.rsplit('/').next().unwrap_or_default();
    let (account, role) = (session.account, session.role);
    let could_be = ["session", last].iter().any(|name| {
        let arn = format!("arn:sts::{account}:assumed-role/{role}/{name}");
        like(principal, &arn)
    });
    match could_be {
        true => Meant::If(vec![Doubt::Wildcards]),
        false => Meant::No,
    }
}

fn like(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    Glob::pattern(pattern).matches(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: RoleSession<'_> = RoleSession {
        account: "1",
        role: "Export",
        owner: "1",
    };

    fn said(principal: &str) -> Meant {
        meant(principal, &SESSION, false)
    }

    #[test]
    fn documented_forms_mean_what_is_documented() {
        for yes in [
            "arn:sts::1:assumed-role/Export/*",
            "arn:sts::*:assumed-role/*/*",
            "arn:sts::1:assumed-role/Exp?rt/?*",
        ] {
            assert_eq!(said(yes), Meant::Yes, "{yes}");
        }
        for no in [
            "2",
            "arn:sts::2:assumed-role/Export/*",
            "arn:sts::1:assumed-role/Other/*",
            "arn:sts::1:role/Export",
            "arn:sts::1:role/Export/*",
            "acs:ram::1:role/Export",
            "arn:sts::1:assumed-role/Other*",
        ] {
            assert_eq!(said(no), Meant::No, "{no}");
        }
    }

    #[test]
    fn everybody_leaves_out_the_owner_unless_there_is_a_condition() {
        assert_eq!(said("*"), Meant::If(vec![Doubt::OwnerRule]));
        assert_eq!(meant("*", &SESSION, true), Meant::Yes);
        let foreign = RoleSession {
            owner: "2",
            ..SESSION
        };
        assert_eq!(meant("*", &foreign, false), Meant::Yes);
    }

    #[test]
    fn what_is_not_documented_is_a_doubt() {
        for (principal, doubt) in [
            ("1", Doubt::Account),
            (
                "arn:sts::1:assumed-role/Export/ecs",
                Doubt::Session("ecs".to_owned()),
            ),
            ("arn:sts::1:assumed-role/export/*", Doubt::LetterCase),
            ("arn:sts::1:assumed-role/*", Doubt::Wildcards),
            ("arn:sts::*", Doubt::Wildcards),
            ("arn:sts::*/ecs", Doubt::Wildcards),
            ("alice", Doubt::Form("alice".to_owned())),
        ] {
            assert_eq!(said(principal), Meant::If(vec![doubt]), "{principal}");
        }
    }
}
