//! A document as rules see it: its parts with their spots, as far as they have the right shape.
//!
//! Read from the JSON, not from the typed model, so that a document with mistakes still has parts to
//! look at. What has the wrong shape is left out here and is the business of the rules on grammar.

use super::options::{Kind, Options};
use super::pattern::{self, is_all, matches_action};
use super::tree::{Shape, Spot, Tree, Value};
use crate::policy::catalogue::IMAGE_EXPORT;
use crate::policy::{
    BucketPolicy, DocumentKind, Effect, MAX_DOCUMENT_LENGTH, PolicyDocument, PolicyError,
    TrustPolicy,
};

/// Longest text whose parts are compared with one another. Unit: bytes. Such rules take time in the square
/// of the length; no custom policy comes near, see [`MAX_DOCUMENT_LENGTH`].
const MAX_COMPARED: usize = 3 * MAX_DOCUMENT_LENGTH;

/// Of the eight actions that ExportImage needs, so many make a document one that is meant for it.
const EXPORT_LIKE: usize = 6;

/// A document under lint.
pub(crate) struct View<'v> {
    /// The text, without a byte order mark.
    pub(crate) text: &'v str,
    /// Whether the text began with a byte order mark.
    pub(crate) has_mark: bool,
    pub(crate) options: &'v Options<'v>,
    /// Whether the document is a trust policy.
    pub(crate) is_trust: bool,
    /// Whether the document is a bucket policy.
    pub(crate) is_bucket: bool,
    /// The document; `None` if it is not JSON.
    pub(crate) root: Option<&'v Value>,
    pub(crate) statements: Vec<Statement<'v>>,
    /// Why the strict reading refuses the document.
    pub(crate) refusal: Option<PolicyError>,
    /// The document, if it is a permission policy that can be interpreted. Its statements are those of
    /// [`View::statements`], in that order.
    pub(crate) policy: Option<PolicyDocument>,
    /// The document, if it is a trust policy that can be interpreted.
    pub(crate) trust: Option<TrustPolicy>,
}

/// One statement.
pub(crate) struct Statement<'v> {
    pub(crate) node: &'v Value,
    pub(crate) effect: Option<Effect>,
    pub(crate) action: Option<Words<'v>>,
    pub(crate) resource: Option<Words<'v>>,
    pub(crate) principals: Vec<Principal<'v>>,
    pub(crate) tests: Vec<Test<'v>>,
}

/// The entries of `Action`, `NotAction`, `Resource` or `NotResource`.
pub(crate) struct Words<'v> {
    pub(crate) is_negated: bool,
    pub(crate) name_spot: Spot,
    pub(crate) words: Vec<Word<'v>>,
}

/// A string and where it is.
#[derive(Clone, Copy)]
pub(crate) struct Word<'v> {
    pub(crate) text: &'v str,
    pub(crate) spot: Spot,
}

/// One member of `Principal`.
pub(crate) struct Principal<'v> {
    pub(crate) member: &'v str,
    pub(crate) words: Vec<Word<'v>>,
}

/// One operator and key of a condition.
pub(crate) struct Test<'v> {
    pub(crate) operator: Word<'v>,
    pub(crate) key: Word<'v>,
    pub(crate) values: Vec<Word<'v>>,
}

impl<'v> View<'v> {
    pub(crate) fn new(
        text: &'v str,
        has_mark: bool,
        options: &'v Options<'v>,
        tree: Option<&'v Tree>,
    ) -> Self {
        let root = tree.map(|tree| &tree.root);
        let list = root.and_then(|root| root.member("Statement"));
        let items = list.map_or(&[][..], |member| member.value.each());
        let statements: Vec<_> = items.iter().map(Statement::new).collect();
        let kind = match options.kind {
            Kind::Permission => DocumentKind::Permission,
            Kind::Trust => DocumentKind::Trust,
            Kind::Bucket => DocumentKind::Bucket,
            Kind::Auto => DocumentKind::of(text),
        };
        let refusal = match kind {
            DocumentKind::Permission => PolicyDocument::parse(text).err(),
            DocumentKind::Trust => TrustPolicy::parse(text).err(),
            DocumentKind::Bucket => BucketPolicy::parse(text).err(),
        };
        let is_permission = kind == DocumentKind::Permission;
        let is_trust = kind == DocumentKind::Trust;
        View {
            text,
            has_mark,
            options,
            is_trust,
            is_bucket: kind == DocumentKind::Bucket,
            root,
            statements,
            refusal,
            policy: PolicyDocument::parse_live(text)
                .ok()
                .filter(|_| is_permission),
            trust: TrustPolicy::parse_live(text).ok().filter(|_| is_trust),
        }
    }

    /// Whether the document is small enough to compare its parts with one another.
    pub(crate) fn is_comparable(&self) -> bool {
        self.text.len() <= MAX_COMPARED
    }

    /// Each entry of `Action` and `NotAction`.
    pub(crate) fn actions(&self) -> impl Iterator<Item = (&Statement<'v>, Word<'v>)> {
        self.statements.iter().flat_map(|statement| {
            let words = statement.action.iter().flat_map(|action| &action.words);
            words.map(move |word| (statement, *word))
        })
    }

    /// Each entry of `Resource` and `NotResource`.
    pub(crate) fn resources(&self) -> impl Iterator<Item = (&Statement<'v>, Word<'v>)> {
        self.statements.iter().flat_map(|statement| {
            let words = statement.resource.iter().flat_map(|list| &list.words);
            words.map(move |word| (statement, *word))
        })
    }

    /// Each identifier of each principal of a trust policy.
    pub(crate) fn principals(&self) -> impl Iterator<Item = (&'v str, Word<'v>)> {
        let statements = self.statements.iter().filter(|_| !self.is_bucket);
        let principals = statements.flat_map(|s| &s.principals);
        principals.flat_map(|p| p.words.iter().map(|word| (p.member, *word)))
    }

    /// Each operator and key of each condition.
    pub(crate) fn tests(&self) -> impl Iterator<Item = (&Statement<'v>, &Test<'v>)> {
        let statements = self.statements.iter();
        statements.flat_map(|statement| statement.tests.iter().map(move |test| (statement, test)))
    }

    /// Statements that grant, and say what rather than what not.
    pub(crate) fn grants(&self) -> impl Iterator<Item = &Statement<'v>> {
        self.statements
            .iter()
            .filter(|s| s.allows() && s.action.as_ref().is_some_and(|a| !a.is_negated))
    }

    /// Those of the eight actions that ExportImage needs which some statement grants on something.
    pub(crate) fn granted_export_actions(&self) -> Vec<&'static str> {
        let actions = IMAGE_EXPORT.iter().map(|action| action.name);
        actions
            .filter(|action| self.grants().any(|s| s.names_action(action)))
            .collect()
    }

    /// Whether the document is meant to grant what ExportImage needs: by the options, else because it
    /// names nearly all of the eight actions.
    pub(crate) fn is_for_export(&self) -> bool {
        if self.is_bucket {
            return false;
        }
        if self.options.exports.is_some() {
            return true;
        }
        let named = IMAGE_EXPORT.iter().filter(|action| {
            self.grants().any(|statement| {
                let words = statement.action.iter().flat_map(|a| &a.words);
                let mut chosen = words.filter(|word| !is_broad(word.text));
                chosen.any(|word| matches_action(word.text, action.name))
            })
        });
        named.count() >= EXPORT_LIKE
    }
}

/// Everything, or everything of a service.
fn is_broad(action: &str) -> bool {
    match pattern::action_parts(action) {
        Some((_, name)) => is_all(name),
        None => is_all(action),
    }
}

/// A trust policy names principals and no resources. One that names neither is known by its action.
impl<'v> Statement<'v> {
    fn new(node: &'v Value) -> Self {
        let effect = node.member("Effect").and_then(|m| m.value.text());
        let effect = effect.and_then(|text| match text.to_ascii_lowercase().as_str() {
            "allow" => Some(Effect::Allow),
            "deny" => Some(Effect::Deny),
            _ => None,
        });
        Statement {
            node,
            effect,
            action: Words::find(node, "Action", "NotAction"),
            resource: Words::find(node, "Resource", "NotResource"),
            principals: principals(node),
            tests: tests(node),
        }
    }

    /// Whether the statement grants.
    pub(crate) fn allows(&self) -> bool {
        self.effect == Some(Effect::Allow)
    }

    /// Whether the statement is about `action`, resources and conditions aside.
    pub(crate) fn names_action(&self, action: &str) -> bool {
        self.action.as_ref().is_some_and(|list| {
            let mut words = list.words.iter();
            list.is_negated != words.any(|word| matches_action(word.text, action))
        })
    }

    /// The actions and the resources, if the statement says what rather than what not.
    pub(crate) fn positive(&self) -> Option<(&[Word<'v>], &[Word<'v>])> {
        match (&self.action, &self.resource) {
            (Some(action), Some(resource)) if !action.is_negated && !resource.is_negated => {
                Some((&action.words, &resource.words))
            }
            _ => None,
        }
    }
}

impl<'v> Words<'v> {
    fn find(node: &'v Value, positive: &str, negative: &str) -> Option<Self> {
        let (member, is_negated) = match (node.member(positive), node.member(negative)) {
            (Some(member), _) => (member, false),
            (None, member) => (member?, true),
        };
        Some(Words {
            is_negated,
            name_spot: member.name_spot,
            words: strings(&member.value),
        })
    }
}

fn strings(value: &Value) -> Vec<Word<'_>> {
    let words = value.each().iter();
    words
        .filter_map(|item| {
            let text = item.text()?;
            Some(Word {
                text,
                spot: item.spot,
            })
        })
        .collect()
}

fn principals(node: &Value) -> Vec<Principal<'_>> {
    let members = node.member("Principal").map(|m| m.value.members());
    let members = members.unwrap_or_default().iter();
    members
        .map(|member| Principal {
            member: &member.name,
            words: strings(&member.value),
        })
        .collect()
}

fn tests(node: &Value) -> Vec<Test<'_>> {
    let operators = node.member("Condition").map(|m| m.value.members());
    let operators = operators.unwrap_or_default().iter();
    let tests = operators.flat_map(|operator| {
        operator.value.members().iter().map(|key| Test {
            operator: Word {
                text: &operator.name,
                spot: operator.name_spot,
            },
            key: Word {
                text: &key.name,
                spot: key.name_spot,
            },
            values: key.value.each().iter().filter_map(value_word).collect(),
        })
    });
    tests.collect()
}

/// A condition value. Numbers and booleans too, read as their text, as the service may have taken them.
fn value_word(value: &Value) -> Option<Word<'_>> {
    let text = match &value.shape {
        Shape::Text(text) | Shape::Number(text) => text,
        Shape::Bool(true) => "true",
        Shape::Bool(false) => "false",
        _ => return None,
    };
    Some(Word {
        text,
        spot: value.spot,
    })
}
