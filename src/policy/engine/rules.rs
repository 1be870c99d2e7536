//! Documents to rules: the form the engine works on.

use super::super::document::{ActionMatch, Condition, Effect, PolicyDocument, ResourceMatch};
use super::super::operator::{self, Family, Quantifier};
use super::super::semantics::PrincipalReading;
use super::super::trust::TrustPolicy;
use super::atom::Atom;
use super::glob::{Glob, has_variable, normal};
use super::principal;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Patterns with a place each, every pattern once.
#[derive(Debug, Default)]
pub(crate) struct Interned {
    pub(crate) globs: Rc<Vec<Glob>>,
    /// Each pattern as it was first written.
    texts: Vec<String>,
}

impl Interned {
    pub(crate) fn get(&self, place: usize) -> Option<&Glob> {
        self.globs.get(place)
    }

    pub(crate) fn text(&self, place: usize) -> Option<&str> {
        self.texts.get(place).map(String::as_str)
    }

    pub(crate) fn texts(&self) -> &[String] {
        &self.texts
    }
}

/// Gives patterns their places.
#[derive(Default)]
struct Interner<'d> {
    globs: Vec<Glob>,
    texts: Vec<String>,
    /// Places by the form that all texts of one pattern share.
    places: BTreeMap<Cow<'d, str>, usize>,
}

impl<'d> Interner<'d> {
    fn place(&mut self, form: Cow<'d, str>, text: &str, glob: impl FnOnce(&str) -> Glob) -> usize {
        if let Some(known) = self.places.get(&form) {
            return *known;
        }
        let place = self.globs.len();
        self.globs.push(glob(&form));
        self.texts.push(text.to_owned());
        self.places.insert(form, place);
        place
    }

    fn pattern(&mut self, text: &'d str) -> usize {
        self.place(normal(text), text, Glob::pattern)
    }

    fn finish(self) -> Interned {
        Interned {
            globs: Rc::new(self.globs),
            texts: self.texts,
        }
    }

    /// An action pattern; letter case has no meaning.
    fn action(&mut self, text: &'d str) -> usize {
        let form = normal(text);
        let form = match form.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => Cow::Owned(form.to_ascii_lowercase()),
            false => form,
        };
        self.place(form, text, Glob::pattern)
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
    pub(crate) quantifier: Quantifier,
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
    /// Of resources in the reading in which a wildcard stands for anything; which of them are the same
    /// pattern does not depend on the reading.
    pub(crate) targets: Interned,
    pub(crate) keys: Vec<Key>,
    /// What cannot be told, in people's words.
    pub(crate) opaque: Vec<String>,
}

/// The parts of a statement, before its actions and its condition are placed.
struct Parts<'d> {
    group: usize,
    document: usize,
    statement: usize,
    effect: Effect,
    action: &'d ActionMatch,
    targets: Vec<usize>,
    /// Target patterns that cannot be read, in people's words.
    riddles: Vec<String>,
    not_target: bool,
    condition: &'d Condition,
}

/// Collects the rules of some documents.
#[derive(Default)]
pub(crate) struct Reader<'d> {
    rules: Rules,
    actions: Interner<'d>,
    targets: Interner<'d>,
}

impl<'d> Reader<'d> {
    /// Adds a permission policy as one document of a group.
    pub(crate) fn add_policy(&mut self, group: usize, document: usize, policy: &'d PolicyDocument) {
        for (at, statement) in policy.statements().iter().enumerate() {
            let (mut targets, mut riddles) = (Vec::new(), Vec::new());
            for pattern in statement.resource.patterns() {
                match has_variable(pattern) {
                    true => riddles.push(format!("resource `{pattern}`")),
                    false => targets.push(self.targets.pattern(pattern)),
                }
            }
            self.add(Parts {
                group,
                document,
                statement: at,
                effect: statement.effect,
                action: &statement.action,
                targets,
                riddles,
                not_target: matches!(statement.resource, ResourceMatch::NotResource(_)),
                condition: &statement.condition,
            });
        }
    }

    /// Adds a trust policy as one document of a group.
    pub(crate) fn add_trust(
        &mut self,
        group: usize,
        trust: &'d TrustPolicy,
        reading: PrincipalReading,
    ) {
        for (at, statement) in trust.statements().iter().enumerate() {
            let (patterns, riddles) = principal::patterns(&statement.principal, reading);
            let place = |(form, text, glob): principal::Pattern| {
                self.targets.place(Cow::Owned(form), &text, |_| glob)
            };
            let targets = patterns.into_iter().map(place).collect();
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

    /// The rules of all documents added.
    pub(crate) fn finish(self) -> Rules {
        Rules {
            actions: self.actions.finish(),
            targets: self.targets.finish(),
            ..self.rules
        }
    }

    fn add(&mut self, parts: Parts<'d>) {
        let mut tests: Vec<Test> = Vec::new();
        for (operator, key, values) in parts.condition.tests() {
            tests.push(self.test(operator, key, values));
        }
        let (mut actions, mut action_riddles) = (Vec::new(), Vec::new());
        for pattern in parts.action.patterns() {
            match has_variable(pattern) {
                true => action_riddles.push(format!("action `{pattern}`")),
                false => actions.push(self.actions.action(pattern)),
            }
        }
        let mut targets = parts.targets;
        for places in [&mut actions, &mut targets] {
            places.sort_unstable();
            places.dedup();
        }
        let rule = Rule {
            group: parts.group,
            document: parts.document,
            statement: parts.statement,
            effect: parts.effect,
            actions,
            not_action: parts.action.is_negated(),
            targets,
            not_target: parts.not_target,
            tests,
        };
        if action_riddles.is_empty() && parts.riddles.is_empty() {
            self.rules.rules.push(rule);
            return;
        }
        let mut rules = vec![rule];
        for riddle in action_riddles {
            let everything = self.actions.pattern("*");
            self.split(&mut rules, riddle, parts.action.is_negated(), |rule| {
                rule.actions = vec![everything]
            });
        }
        for riddle in parts.riddles {
            let everything = self.targets.pattern("*");
            self.split(&mut rules, riddle, parts.not_target, |rule| {
                rule.targets = vec![everything]
            });
        }
        self.rules.rules.append(&mut rules);
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
        let Some((quantifier, operator)) = operator::quantified(name) else {
            return self.opaque(format!("`{name}` of `{key}` and `{}`", values.join("`, `")));
        };
        let readable = operator.family != Family::AddressWithBorder
            && !values.iter().any(|value| has_variable(value));
        let about = match Atom::new(operator.family, values) {
            Ok(atom) if readable => self.key_test(key, atom),
            _ if quantifier != Quantifier::One => {
                return self.opaque(format!("`{name}` of `{key}` and `{}`", values.join("`, `")));
            }
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
            quantifier,
        }
    }

    fn key_test(&mut self, key: &str, atom: Atom) -> About {
        let at = match self.rules.keys.iter().position(|known| known.name == key) {
            Some(at) => at,
            None => {
                let name = key.to_owned();
                let atoms = Vec::new();
                self.rules.keys.push(Key { name, atoms });
                self.rules.keys.len() - 1
            }
        };
        let mut place = 0;
        if let Some(known) = self.rules.keys.get_mut(at) {
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
        let found = self.rules.opaque.iter().position(|known| *known == words);
        let place = found.unwrap_or(self.rules.opaque.len());
        if found.is_none() {
            self.rules.opaque.push(words);
        }
        Test {
            about: About::Opaque(place),
            negated: false,
            quantifier: Quantifier::One,
        }
    }
}
