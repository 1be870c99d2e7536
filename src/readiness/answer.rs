//! The three answers, with their reasons.

use crate::policy::catalogue::KnownAction;
use crate::policy::{AccessLine, Condition, Request};

use super::error::ErrorCode;
use super::factor::Factor;
use super::statement::StatementName;

/// Whether something works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// It works, whatever the documents leave open.
    Ready,
    /// It depends on something that is not in the documents.
    Depends,
    /// It fails, whatever the documents leave open.
    Blocked,
}

impl Answer {
    /// The word for it, as in the JSON output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Answer::Ready => "ready",
            Answer::Blocked => "blocked",
            Answer::Depends => "depends",
        }
    }

    /// Whether it works; `None` where it depends.
    #[must_use]
    pub fn is_ready(self) -> Option<bool> {
        match self {
            Answer::Ready => Some(true),
            Answer::Blocked => Some(false),
            Answer::Depends => None,
        }
    }

    /// The answer where all of these must work.
    fn of_all(answers: impl IntoIterator<Item = Answer>) -> Answer {
        answers.into_iter().max().unwrap_or(Answer::Ready)
    }
}

/// Whether one action, or the trust, does for an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Always granted. Proven.
    Granted {
        /// The statements that grant it; more than one where several do.
        by: Vec<StatementName>,
    },
    /// Refused, whatever the documents leave open. Proven.
    Refused {
        /// Why.
        why: Refusal,
        /// A request that is needed and refused.
        witness: Request,
    },
    /// Something decides that no document says.
    Depends {
        /// What decides, at least one thing.
        on: Vec<Factor>,
    },
}

/// Why something is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No statement grants it.
    NotGranted {
        /// Whether other needed requests of the action are granted.
        partly: bool,
    },
    /// A statement denies it.
    Denied {
        /// The statement.
        by: StatementName,
    },
    /// A statement grants it under a condition that never holds for a request of ECS.
    ConditionFails {
        /// The statement.
        by: StatementName,
        /// Its condition.
        condition: Condition,
    },
}

impl Outcome {
    /// Which of the three answers it is.
    #[must_use]
    pub fn answer(&self) -> Answer {
        match self {
            Outcome::Granted { .. } => Answer::Ready,
            Outcome::Refused { .. } => Answer::Blocked,
            Outcome::Depends { .. } => Answer::Depends,
        }
    }

    /// What decides, where something does.
    pub fn factors(&self) -> &[Factor] {
        match self {
            Outcome::Depends { on } => on,
            Outcome::Granted { .. } | Outcome::Refused { .. } => &[],
        }
    }
}

/// The answer for one action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionAnswer {
    /// Which of the eight.
    pub action: KnownAction,
    /// The answer.
    pub outcome: Outcome,
}

/// The answer for one export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportAnswer {
    /// Its bucket; `None` for any.
    pub bucket: Option<String>,
    /// Its prefix.
    pub prefix: Option<String>,
    /// One answer for each of the eight, in the order of [`crate::policy::catalogue::IMAGE_EXPORT`].
    pub actions: Vec<ActionAnswer>,
}

/// Whether ExportImage would work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// Whether ECS may assume the role; `None` if there is no role.
    pub trust: Option<Outcome>,
    /// One answer for each export.
    pub exports: Vec<ExportAnswer>,
    /// What the role can do beyond the requirements.
    pub over_grant: Vec<AccessLine>,
    /// What is to be said of the over-grant: why it is not complete.
    pub over_grant_reasons: Vec<String>,
}

impl Readiness {
    /// Whether every export would work.
    #[must_use]
    pub fn answer(&self) -> Answer {
        Answer::of_all([self.trust_answer(), self.actions_answer()])
    }

    /// Whether every export would work; `None` where that depends.
    #[must_use]
    pub fn is_ready(&self) -> Option<bool> {
        self.answer().is_ready()
    }

    /// The error that ExportImage would give, if it is known that it would.
    #[must_use]
    pub fn error(&self) -> Option<ErrorCode> {
        if self.trust_answer() == Answer::Blocked {
            return Some(ErrorCode::NoSetRoletoECSServiceAcount);
        }
        (self.actions_answer() == Answer::Blocked).then_some(ErrorCode::InvalidOssNotAuthorized)
    }

    /// Everything that decides and is not in the documents, each once.
    #[must_use]
    pub fn factors(&self) -> Vec<&Factor> {
        let mut factors: Vec<&Factor> = Vec::new();
        let actions = self.actions().map(|action| &action.outcome);
        for factor in self.trust.iter().chain(actions).flat_map(Outcome::factors) {
            if !factors.contains(&factor) {
                factors.push(factor);
            }
        }
        factors
    }

    fn actions(&self) -> impl Iterator<Item = &ActionAnswer> {
        self.exports.iter().flat_map(|export| &export.actions)
    }

    fn trust_answer(&self) -> Answer {
        self.trust.as_ref().map_or(Answer::Blocked, Outcome::answer)
    }

    fn actions_answer(&self) -> Answer {
        Answer::of_all(self.actions().map(|action| action.outcome.answer()))
    }
}
