//! Documents to rules: the form the engine works on.

use super::super::document::{ActionMatch, Condition, Effect, PolicyDocument, ResourceMatch};
use super::super::operator::{self, Family};
use super::super::semantics::{PrincipalReading, Semantics};
use super::super::trust::TrustPolicy;
use super::atom::Atom;
use super::glob::Glob;
use super::principal;

/// Patterns with a place each, every pattern once.
#[derive(Debug, Default)]
pub(crate) struct Interned {
    pub(crate) globs: Vec<Glob>,
    /// Each pattern as it was first written.
    texts: Vec<String>,
    /// The places in the order of their patterns.
    order: Vec<usize>,
}

impl Interned {
    fn place(&mut self, glob: Glob, text: &str) -> usize {
        let globs = &self.globs;
        match self
            .order
            .binary_search_by(|at| globs.get(*at).cmp(&Some(&glob)))
        {
            Ok(found) => self.order.get(found).copied().unwrap_or_default(),
            Err(gap) => {
                let place = self.globs.len();
                self.order.insert(gap, place);
                self.globs.push(glob);
                self.texts.push(text.to_owned());
                place
            }
        }
    }

    pub(crate) fn get(&self, place: usize) -> Option<&Glob> {
        self.globs.get(place)
    }

    pub(crate) fn text(&self, place: usize) -> Option<&str> {
        self.texts.get(place).map(String::as_str)
    }
}

/// One statement.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    /// Which set of documents it belongs to.
    pub(crate) group: usize,
    /// Which document of the group, and which statement of the document.
    pub(crate) document: usize,
    pub(crate) statement: usize,
    pub(crate) effect: Effect,
    pub(crate) actions: Vec<usize>,
    pub(crate) not_action: bool,
    /// Patterns of resources; of principals in a trust policy.
    pub(crate) targets: Vec<usize>,
    pub(crate) not_target: bool,
    pub(crate) tests: Vec<Test>,
}

/// One test of a rule's condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Test {
    pub(crate) about: About,
    pub(crate) negated: bool,
}

/// What a test is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    /// A test of a key, by key and place among the key's tests.
    Key { key: usize, atom: usize },
    /// Something whose outcome cannot be told, by place in the list of such things.
    Opaque(usize),
}

/// A condition key and the tests made of it.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) atoms: Vec<Atom>,
}

/// All rules of a problem and what they refer to.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) rules: Vec<Rule>,
    pub(crate) actions: Interned,
    pub(crate) targets: Interned,
    pub(crate) keys: Vec<Key>,
    /// What cannot be told, in people's words.
    pub(crate) opaque: Vec<String>,
    pub(crate) has_negated_tests: bool,
}

/// The parts of a statement, before its patterns are placed.
struct Parts<'a> {
    group: usize,
    document: usize,
    statement: usize,
    effect: Effect,
    action: &'a ActionMatch,
    targets: Vec<(Glob, String)>,
    /// Target patterns that cannot be read, in people's words.
    riddles: Vec<String>,
    not_target: bool,
    condition: &'a Condition,
}

impl Rules {
    /// Adds a permission policy as one document of a group.
    pub(crate) fn add_policy(
        &mut self,
        group: usize,
        document: usize,
        policy: &PolicyDocument,
        semantics: Semantics,
    ) {
        for (at, statement) in policy.statements().iter().enumerate() {
            let patterns = statement.resource.patterns();
            let (riddles, plain): (Vec<&String>, Vec<&String>) =
                patterns.iter().partition(|pattern| has_variable(pattern));
            let targets = plain
                .into_iter()
                .map(|p| (Glob::resource(p, semantics.matching), p.clone()));
            self.add(Parts {
                group,
                document,
                statement: at,
                effect: statement.effect,
                action: &statement.action,
                targets: targets.collect(),
                riddles: riddles
                    .into_iter()
                    .map(|pattern| format!("resource `{pattern}`"))
                    .collect(),
                not_target: matches!(statement.resource, ResourceMatch::NotResource(_)),
                condition: &statement.condition,
            });
        }
    }

    /// Adds a trust policy as one document of a group.
    pub(crate) fn add_trust(
        &mut self,
        group: usize,
        trust: &TrustPolicy,
        reading: PrincipalReading,
    ) {
        for (at, statement) in trust.statements().iter().enumerate() {
            let (targets, riddles) = principal::globs(&statement.principal, reading);
            self.add(Parts {
                group,
                document: 0,
                statement: at,
                effect: statement.effect,
                action: &statement.action,
                targets,
                riddles,
                not_target: false,
                condition: &statement.condition,
            });
        }
    }

    fn add(&mut self, parts: Parts<'_>) {
        let mut tests: Vec<Test> = Vec::new();
        for (operator, key, values) in parts.condition.tests() {
            tests.push(self.test(operator, key, values));
        }
        let mut action_riddles = Vec::new();
        let mut actions = Vec::new();
        for pattern in parts.action.patterns() {
            if has_variable(pattern) {
                action_riddles.push(format!("action `{pattern}`"));
            } else {
                actions.push(
                    self.actions
                        .place(Glob::pattern(&pattern.to_ascii_lowercase()), pattern),
                );
            }
        }
        actions.sort_unstable();
        actions.dedup();
        let mut targets: Vec<usize> = parts
            .targets
            .into_iter()
            .map(|(glob, text)| self.targets.place(glob, &text))
            .collect();
        targets.sort_unstable();
        targets.dedup();
        let mut rules = vec![Rule {
            group: parts.group,
            document: parts.document,
            statement: parts.statement,
            effect: parts.effect,
            actions,
            not_action: parts.action.is_negated(),
            targets,
            not_target: parts.not_target,
            tests,
        }];
        for riddle in action_riddles {
            let everything = self.actions.place(Glob::pattern("*"), "*");
            self.split(&mut rules, riddle, parts.action.is_negated(), |rule| {
                rule.actions = vec![everything]
            });
        }
        for riddle in parts.riddles {
            let everything = self.targets.place(Glob::pattern("*"), "*");
            self.split(&mut rules, riddle, parts.not_target, |rule| {
                rule.targets = vec![everything]
            });
        }
        self.rules.append(&mut rules);
    }

    /// Accounts for a pattern that cannot be read: it matches anything or nothing.
    ///
    /// Beside each rule without the pattern stands the same rule for everything; in a negated list the rule
    /// itself holds only if the riddle does not match.
    fn split(
        &mut self,
        rules: &mut Vec<Rule>,
        riddle: String,
        negated: bool,
        widen: impl Fn(&mut Rule),
    ) {
        let test = Test {
            negated,
            ..self.opaque(riddle)
        };
        if negated {
            rules.iter_mut().for_each(|rule| rule.tests.push(test));
            return;
        }
        let mut widened = rules.clone();
        for rule in &mut widened {
            widen(rule);
            rule.tests.push(test);
        }
        rules.append(&mut widened);
    }

    fn test(&mut self, name: &str, key: &str, values: &[String]) -> Test {
        let Some(operator) = operator::named(name) else {
            return self.opaque(format!("`{name}` of `{key}` and `{}`", values.join("`, `")));
        };
        self.has_negated_tests |= operator.negated;
        let readable = operator.family != Family::AddressWithBorder
            && !values.iter().any(|value| has_variable(value));
        let about = match Atom::new(operator.family, values) {
            Ok(atom) if readable => self.key_test(key, atom),
            _ => {
                // Equal texts stay equal tests, also where a negation stands before one of them.
                let mut values = values.to_vec();
                values.sort();
                values.dedup();
                let family = operator.family.words();
                self.opaque(format!("`{key}` {family} `{}`", values.join("`, `")))
                    .about
            }
        };
        Test {
            about,
            negated: operator.negated,
        }
    }

    fn key_test(&mut self, key: &str, atom: Atom) -> About {
        let at = match self.keys.iter().position(|known| known.name == key) {
            Some(at) => at,
            None => {
                let name = key.to_owned();
                let atoms = Vec::new();
                self.keys.push(Key { name, atoms });
                self.keys.len() - 1
            }
        };
        let mut place = 0;
        if let Some(known) = self.keys.get_mut(at) {
            let found = known.atoms.iter().position(|other| *other == atom);
            place = found.unwrap_or(known.atoms.len());
            if found.is_none() {
                known.atoms.push(atom);
            }
        }
        About::Key {
            key: at,
            atom: place,
        }
    }

    fn opaque(&mut self, words: String) -> Test {
        let found = self.opaque.iter().position(|known| *known == words);
        let place = found.unwrap_or(self.opaque.len());
        if found.is_none() {
            self.opaque.push(words);
        }
        Test {
            about: About::Opaque(place),
            negated: false,
        }
    }
}

/// RAM documents no policy variables for identity policies; what one would mean is not known.
pub(crate) fn has_variable(text: &str) -> bool {
    text.contains("${")
}
