//! The documents of every layer, in the form in which they are asked about the role.

use super::super::doubt::Doubts;
use super::super::grants::Source;
use super::super::input::{AttachedInGroup, ExportFacts};
use crate::model::{BucketName, ControlTarget, Layer};
use crate::policy::{
    ActionMatch, BucketPolicy, Condition, Effect, Meant, PolicyDocument, ResourceMatch,
    RoleSession, Statement, meant,
};
use std::collections::BTreeMap;

/// One document of ours, with its name and the numbers of its statements.
pub(super) struct Made {
    name: String,
    document: PolicyDocument,
    numbers: Vec<usize>,
}

impl Made {
    pub(super) fn source(&self) -> Source<'_> {
        Source {
            name: &self.name,
            document: &self.document,
            numbers: Some(&self.numbers),
        }
    }

    /// Those of its statements that have this effect.
    fn only(&self, effect: Effect) -> Self {
        let statements = self.document.statements().iter().zip(&self.numbers);
        let (statements, numbers) = statements
            .filter(|(statement, _)| statement.effect == effect)
            .map(|(statement, number)| (statement.clone(), *number))
            .unzip();
        Self {
            name: self.name.clone(),
            document: PolicyDocument::new(statements),
            numbers,
        }
    }
}

/// The bucket policy, as far as it is about the role.
pub(super) enum OfBucket {
    /// As a document of the role.
    Read(Made),
    /// There is none, or none was asked about.
    None,
    /// It could not be read, or not be interpreted; why.
    Unread(String),
}

/// The control policies, level by level; each must allow.
pub(super) enum OfDirectory {
    Read(Vec<Vec<Made>>),
    /// They could not be read, or not be interpreted; why.
    Unread(String),
}

/// A document that allows everything.
pub(super) fn everything() -> Made {
    Made {
        name: String::new(),
        document: PolicyDocument::new(vec![Statement {
            sid: None,
            effect: Effect::Allow,
            action: ActionMatch::Action(vec!["*".to_owned()]),
            resource: ResourceMatch::Resource(vec!["*".to_owned()]),
            condition: Condition::default(),
        }]),
        numbers: vec![0],
    }
}

/// The name under which statements of a bucket's policy are told.
pub(super) fn bucket_policy_name(bucket: &str) -> String {
    format!("the policy of bucket {bucket}")
}

/// The bucket policy as a document of the role. A statement that means the role only if something is so that is not
/// documented, has that as a condition; one for each principal that does.
pub(super) fn of_bucket(facts: &ExportFacts<'_>, owner: &str) -> OfBucket {
    if facts.observed.bucket == Layer::Read(None) {
        return OfBucket::None;
    }
    let text = match &facts.observed.bucket_policy {
        Layer::Read(Some(text)) => text,
        Layer::Read(None) | Layer::NotAsked => return OfBucket::None,
        Layer::NotRead(why) => return OfBucket::Unread(why.clone()),
    };
    let policy = match BucketPolicy::parse_live(text) {
        Ok(policy) => policy,
        Err(error) => return OfBucket::Unread(error.to_string()),
    };
    let session = RoleSession {
        account: facts.account.as_str(),
        role: facts.role_name.as_str(),
        owner,
    };
    let bucket = facts.question.bucket.as_ref();
    let mut statements = Vec::new();
    let mut numbers = Vec::new();
    for (number, statement) in policy.statements().iter().enumerate() {
        let has_condition = !statement.rest.condition.is_empty();
        let means = statement.principal.iter();
        let means: Vec<Meant> = means
            .map(|principal| meant(principal, &session, has_condition))
            .collect();
        if means.contains(&Meant::Yes) {
            statements.push(statement.rest.clone());
            numbers.push(number);
            continue;
        }
        for means in means {
            if let Meant::If(doubts) = means {
                let mut rest = statement.rest.clone();
                for doubt in &doubts {
                    Doubts::add(&mut rest.condition, doubt);
                }
                statements.push(rest);
                numbers.push(number);
            }
        }
    }
    OfBucket::Read(Made {
        name: bucket_policy_name(bucket.map_or("", BucketName::as_str)),
        document: PolicyDocument::new(statements),
        numbers,
    })
}

impl OfBucket {
    /// Its statements of one effect, if it was read.
    pub(super) fn only(&self, effect: Effect) -> Option<Made> {
        match self {
            OfBucket::Read(made) => Some(made.only(effect)),
            OfBucket::None | OfBucket::Unread(_) => None,
        }
    }
}

/// The control policies by what they are attached to. What is attached to one target adds up, and every target must
/// allow. A target without a statement that allows has full access beside it, as a directory gives it from the start.
/// Source: Resource Directory, "Control policies".
pub(super) fn of_directory(facts: &ExportFacts<'_>) -> OfDirectory {
    let policies = match &facts.observed.control_policies {
        Layer::Read(policies) => policies,
        Layer::NotAsked => return OfDirectory::Read(Vec::new()),
        Layer::NotRead(why) => return OfDirectory::Unread(why.clone()),
    };
    let mut levels: BTreeMap<&ControlTarget, Vec<Made>> = BTreeMap::new();
    for policy in policies {
        let name = format!("control policy {} on {}", policy.name, policy.target);
        match PolicyDocument::parse_live(&policy.document) {
            Ok(document) => levels.entry(&policy.target).or_default().push(Made {
                numbers: (0..document.statements().len()).collect(),
                name,
                document,
            }),
            Err(error) => return OfDirectory::Unread(format!("{name}: {error}")),
        }
    }
    let levels = levels.into_values().map(|mut level| {
        let mut statements = level.iter().flat_map(|made| made.document.statements());
        if !statements.any(|statement| statement.effect == Effect::Allow) {
            level.push(everything());
        }
        level
    });
    OfDirectory::Read(levels.collect())
}

/// The documents for single resource groups, limited to those: which group the bucket is in was not read.
pub(super) fn in_groups(attached: &[AttachedInGroup<'_>]) -> Vec<Made> {
    let limited = |document: &PolicyDocument, group: &str| {
        let mut statements = document.statements().to_vec();
        for statement in &mut statements {
            Doubts::limit_to_group(statement, group);
        }
        PolicyDocument::new(statements)
    };
    attached
        .iter()
        .filter_map(|AttachedInGroup { group, attached }| {
            let document = attached.document?;
            Some(Made {
                name: attached.name.to_owned(),
                document: limited(document, group),
                numbers: (0..document.statements().len()).collect(),
            })
        })
        .collect()
}

/// The role's own documents of one effect, for a bucket of another account, which they alone do not open.
pub(super) fn only(source: &Source<'_>, effect: Effect) -> Made {
    let whole = Made {
        name: source.name.to_owned(),
        numbers: match source.numbers {
            Some(numbers) => numbers.to_vec(),
            None => (0..source.document.statements().len()).collect(),
        },
        document: source.document.clone(),
    };
    whole.only(effect)
}
