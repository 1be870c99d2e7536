//! Documents in the form in which they are asked about the role.

use crate::policy::{
    ActionMatch, BucketPolicy, Condition, Effect, Meant, PolicyDocument, ResourceMatch,
    RoleSession, Statement, meant,
};

use super::doubt::Doubts;
use super::grants::Source;
use super::input::AttachedInGroup;

/// One document of ours, with its name and the numbers of its statements.
pub(super) struct Made {
    name: String,
    document: PolicyDocument,
    numbers: Vec<usize>,
}

impl Made {
    pub(super) fn new(name: String, document: PolicyDocument) -> Self {
        Self {
            name,
            numbers: (0..document.statements().len()).collect(),
            document,
        }
    }

    /// Allows everything.
    pub(super) fn everything() -> Self {
        let statement = Statement {
            sid: None,
            effect: Effect::Allow,
            action: ActionMatch::Action(vec!["*".to_owned()]),
            resource: ResourceMatch::Resource(vec!["*".to_owned()]),
            condition: Condition::default(),
        };
        Self::new(String::new(), PolicyDocument::new(vec![statement]))
    }

    /// A bucket policy as a document of the role. A statement that means the role only if something is so that is not
    /// documented, has that as a condition; one for each principal that does.
    pub(super) fn of_bucket(
        policy: &BucketPolicy,
        session: &RoleSession<'_>,
        name: String,
    ) -> Self {
        let mut statements = Vec::new();
        let mut numbers = Vec::new();
        for (number, statement) in policy.statements().iter().enumerate() {
            let has_condition = !statement.rest.condition.is_empty();
            let means = statement.principal.iter();
            let means: Vec<Meant> = means
                .map(|principal| meant(principal, session, has_condition))
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
        Self {
            name,
            document: PolicyDocument::new(statements),
            numbers,
        }
    }

    /// A document that the role holds for one resource group, limited to its buckets. Nothing where it could not be
    /// interpreted.
    pub(super) fn in_group(of: &AttachedInGroup<'_>) -> Option<Self> {
        let mut statements = of.attached.document?.statements().to_vec();
        for statement in &mut statements {
            Doubts::limit_to_group(statement, of.group);
        }
        let document = PolicyDocument::new(statements);
        Some(Self::new(of.attached.name.to_owned(), document))
    }

    /// The statements of one effect of a document of the role's own.
    pub(super) fn of_source(source: &Source<'_>, effect: Effect) -> Self {
        let mut whole = Self::new(source.name.to_owned(), source.document.clone());
        if let Some(numbers) = source.numbers {
            whole.numbers = numbers.to_vec();
        }
        whole.only(effect)
    }

    pub(super) fn source(&self) -> Source<'_> {
        Source {
            name: &self.name,
            document: &self.document,
            numbers: Some(&self.numbers),
        }
    }

    pub(super) fn statements(&self) -> &[Statement] {
        self.document.statements()
    }

    /// Those of its statements that have this effect.
    pub(super) fn only(&self, effect: Effect) -> Self {
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
