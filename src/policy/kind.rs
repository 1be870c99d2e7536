//! Which of the three kinds a document is.

use super::catalogue::ASSUME_ROLE;
use super::json::Node;
use super::text::without_mark;

/// The kinds of policy documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// What the identities it is attached to may do.
    Permission,
    /// Who may assume a role.
    Trust,
    /// Who may do what with a bucket of OSS.
    Bucket,
}

impl DocumentKind {
    /// The kind that `text` is meant to be, also when it is malformed.
    ///
    /// Three things speak for a trust policy: a `Principal`, `sts:AssumeRole`, and no `Resource`. Two of them decide.
    /// Otherwise, a document with a `Principal` is a bucket policy.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = without_mark(text).unwrap_or(text);
        let Ok(root) = serde_json::from_str::<Node>(text) else {
            return match (
                text.contains("\"Principal\""),
                text.contains("\"Resource\""),
            ) {
                (true, true) => Self::Bucket,
                (true, false) => Self::Trust,
                (false, _) => Self::Permission,
            };
        };
        let statements = root.member("Statement").map_or(&[][..], Node::each);
        let any = |name: &str| statements.iter().any(|s| s.member(name).is_some());
        let assumes = |statement: &Node| {
            let actions = statement.member("Action").map_or(&[][..], Node::each);
            actions.iter().any(|action| {
                matches!(action, Node::Text(text) if text.eq_ignore_ascii_case(ASSUME_ROLE))
            })
        };
        let has_resource = any("Resource") || any("NotResource");
        let signs = [
            any("Principal"),
            statements.iter().any(assumes),
            !has_resource,
        ];
        let is_list = |statement: &&Node| {
            let principal = statement.member("Principal");
            principal.is_some_and(|node| !matches!(node, Node::Members(_)))
        };
        let is_assumed = statements.iter().any(assumes);
        if !is_assumed && statements.iter().any(|statement| is_list(&statement)) {
            return Self::Bucket;
        }
        match signs.into_iter().filter(|sign| *sign).count() {
            0 => Self::Permission,
            1 if any("Principal") => Self::Bucket,
            1 => Self::Permission,
            _ => Self::Trust,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principal_action_and_resource_tell_the_kind() {
        for (statement, kind) in [
            (
                r#"{"Principal":{},"Action":"sts:AssumeRole","Resource":"*"}"#,
                DocumentKind::Trust,
            ),
            (
                r#"{"Principal":["*"],"Action":"oss:*","Resource":"*"}"#,
                DocumentKind::Bucket,
            ),
            (
                r#"{"Principal":{"RAM":"*"},"Action":"oss:*","Resource":"*"}"#,
                DocumentKind::Bucket,
            ),
            (
                r#"{"Principal":["1"],"Action":"oss:*"}"#,
                DocumentKind::Bucket,
            ),
            (r#"{"Principal":{},"Action":"oss:*"}"#, DocumentKind::Trust),
            (r#"{"Action":["STS:assumerole"]}"#, DocumentKind::Trust),
            (
                r#"{"Action":"sts:AssumeRole","Resource":"*"}"#,
                DocumentKind::Permission,
            ),
            (r#"{"Action":"oss:*"}"#, DocumentKind::Permission),
        ] {
            for text in [
                format!(r#"{{"Statement":[{statement}]}}"#),
                format!("\u{feff}{{\"Statement\":{statement}}}"),
            ] {
                assert_eq!(DocumentKind::of(&text), kind, "{text}");
            }
        }
        assert_eq!(DocumentKind::of("{\"Principal\":"), DocumentKind::Trust);
        assert_eq!(DocumentKind::of(""), DocumentKind::Permission);
    }
}
