//! One difference in access, with a request that proves it.

use super::condition::AccessCondition;
use super::pattern::{self, Pattern};
use super::witness::Witness;
use serde::Serialize;

/// One difference in access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessLine {
    /// What changes.
    pub change: Change,
    /// Whether it is about access itself, or about what `Deny` holds back.
    pub reach: Reach,
    /// Which actions, in catalogue spelling or as patterns of the documents.
    pub actions: Vec<Pattern>,
    /// On what, or by whom.
    pub targets: Targets,
    /// When the access that changes is there.
    pub condition: Option<AccessCondition>,
    /// For [`Change::NoLongerOnlyWhen`]: when it is there now.
    pub now: Option<AccessCondition>,
    /// A request that shows the difference, as real as can be had.
    pub witness: Witness,
    /// The shortest request that shows it.
    pub shortest: Witness,
    /// Whether such requests are made.
    pub realism: Realism,
}

/// What a line is about beside its actions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Targets {
    /// Of permission policies: resource patterns.
    Resources(Vec<Pattern>),
    /// Of trust policies: who may assume the role.
    Principals(Vec<Pattern>),
}

impl Targets {
    /// The patterns; principals as `Service:ecs.aliyuncs.com`.
    pub fn patterns(&self) -> &[Pattern] {
        match self {
            Targets::Resources(patterns) | Targets::Principals(patterns) => patterns,
        }
    }

    fn patterns_mut(&mut self) -> &mut Vec<Pattern> {
        match self {
            Targets::Resources(patterns) | Targets::Principals(patterns) => patterns,
        }
    }
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
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
    /// Whether the service makes such a request, as far as is known.
    #[must_use]
    pub fn may_be_requested(&self) -> bool {
        self.realism != Realism::NotMadeToday
    }

    /// Whether two lines name the same actions and targets.
    pub(crate) fn is_about_the_same(&self, other: &AccessLine) -> bool {
        self.actions == other.actions && self.targets == other.targets
    }

    /// Whether two lines differ in their actions only.
    pub(crate) fn is_joinable(&self, other: &AccessLine) -> bool {
        self.targets == other.targets
            && self.reach == other.reach
            && self.realism == other.realism
            && self.has_same_change(other)
    }

    /// Puts the targets of one more line of the same actions into the line. The shorter witness stays.
    pub(crate) fn join_targets(mut self, other: AccessLine) -> AccessLine {
        let size = |line: &AccessLine| line.shortest.request.resource.chars().count();
        if size(&other) < size(&self) {
            self.witness = other.witness;
            self.shortest = other.shortest;
        }
        let targets = self.targets.patterns_mut();
        targets.extend(other.targets.patterns().iter().cloned());
        pattern::drop_covered(targets);
        self
    }

    /// Puts the actions of one more line of the same targets into the line.
    pub(crate) fn join_actions(&mut self, other: AccessLine) {
        let mut actions = std::mem::take(&mut self.actions);
        actions.extend(other.actions);
        self.actions = pattern::join_actions(actions);
    }

    fn has_same_change(&self, other: &AccessLine) -> bool {
        self.change == other.change && self.condition == other.condition && self.now == other.now
    }

    /// Whether what the statements behind this line say includes all of another line.
    pub(crate) fn includes(&self, other: &AccessLine) -> bool {
        let targets = (self.targets.patterns(), other.targets.patterns());
        let is_as_real =
            self.realism != Realism::NotMadeToday || other.realism == Realism::NotMadeToday;
        is_as_real
            && self.reach == other.reach
            && self.has_same_change(other)
            && pattern::plainly_cover(&self.actions, &other.actions, pattern::fold_action)
            && pattern::plainly_cover(targets.0, targets.1, pattern::keep_case)
    }

    /// Whether the witness tells a reader no more than the line does.
    pub fn is_plain(&self) -> bool {
        let is_named = |action: &Pattern| !action.has_wildcard() && action.except.is_empty();
        let is_simple = |target: &Pattern| {
            let open_end = target.pattern.strip_suffix('*').unwrap_or(&target.pattern);
            let relative = match &self.targets {
                Targets::Principals(_) => open_end,
                // The region and the account of an ARN are open in most documents.
                Targets::Resources(_) => open_end.splitn(5, ':').nth(4).unwrap_or(open_end),
            };
            target.except.is_empty() && !relative.contains(['*', '?'])
        };
        self.realism != Realism::NotMadeToday
            && self.witness.request.context.is_empty()
            && self.actions.iter().all(is_named)
            && self.targets.patterns().iter().all(is_simple)
    }
}
