//! One difference in access, with a request that proves it.

use super::witness::Witness;
use serde::Serialize;
use std::fmt;

/// One difference in access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessLine {
    /// What changes.
    pub change: Change,
    /// Whether it is about access itself, or about what `Deny` holds back.
    #[serde(skip)]
    pub reach: Reach,
    /// Actions in catalogue spelling, or the patterns that hold them.
    pub actions: Vec<String>,
    /// Whether `actions` are patterns, so that more than the catalogue's actions are meant.
    #[serde(skip)]
    pub is_open: bool,
    /// On what, in people's words: `objects of bucket exports-hz`.
    pub resources: Vec<String>,
    /// Under which condition, in people's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// A request that shows the difference, as real as can be had.
    pub witness: Witness,
    /// The shortest request that shows it.
    #[serde(skip)]
    pub shortest: Witness,
    /// Whether such requests are made.
    #[serde(rename = "witness_is")]
    pub realism: Realism,
}

/// What changes from live to wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// `+` Not so before.
    Gained,
    /// `-` No longer so.
    Lost,
    /// `~` Still so, but only under a condition.
    NowOnlyWhen,
    /// `~` So before, but only under a condition.
    NoLongerOnlyWhen,
}

impl Change {
    /// The sign before a line.
    pub fn sign(self) -> char {
        match self {
            Change::Gained => '+',
            Change::Lost => '-',
            Change::NowOnlyWhen | Change::NoLongerOnlyWhen => '~',
        }
    }
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// What is granted.
    Access,
    /// What `Deny` holds back, which matters in company of other documents.
    Deny,
}

/// Whether the requests of a line are made today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Realism {
    /// The witness is a request that the service makes.
    Real,
    /// The service knows the actions, but does not ask about them in this way.
    NotMadeToday,
    /// We do not know the service's requests.
    NotKnown,
}

impl AccessLine {
    /// Whether two lines name the same actions and resources.
    pub(crate) fn is_about_the_same(&self, other: &AccessLine) -> bool {
        self.actions == other.actions && self.resources == other.resources
    }
}

impl fmt::Display for AccessLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joint = if self.witness.caller.is_some() {
            "by"
        } else {
            "on"
        };
        let (actions, resources) = (self.actions.join(", "), self.resources.join(", "));
        write!(f, "{} {actions} {joint} {resources}", self.change.sign())?;
        match (self.change, &self.condition) {
            (_, None) => {}
            (Change::Gained | Change::Lost, Some(condition)) => write!(f, " {condition}")?,
            (Change::NowOnlyWhen, Some(condition)) => write!(f, ": now only {condition}")?,
            (Change::NoLongerOnlyWhen, Some(condition)) => {
                write!(f, ": no longer only {condition}")?
            }
        }
        match (self.reach, self.change) {
            (Reach::Access, _) => Ok(()),
            (Reach::Deny, Change::Gained | Change::NoLongerOnlyWhen) => {
                f.write_str(": no longer denied")
            }
            (Reach::Deny, Change::Lost | Change::NowOnlyWhen) => {
                f.write_str(": now denied, whatever else is attached")
            }
        }
    }
}
