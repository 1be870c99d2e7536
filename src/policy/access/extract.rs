//! The actions and targets that a finding of the engine is about.

use super::super::catalogue::{self, KnownAction, Level};
use super::super::document::Effect;
use super::super::engine::{ActionClass, Glob, Problem, Rule, Way};
use super::pattern::{Exception, Pattern};
use std::sync::OnceLock;

fn symbols(word: &str) -> Vec<char> {
    word.to_ascii_lowercase().chars().collect()
}

/// The catalogue's actions in a class, those that an export needs first, then those about objects and
/// buckets.
pub(crate) fn known_actions(problem: &Problem, class: &ActionClass) -> Vec<KnownAction> {
    if class.is_closed {
        return class
            .words
            .iter()
            .filter_map(|word| catalogue::find(word))
            .collect();
    }
    let known = catalogue_words()
        .iter()
        .filter(|(word, _)| problem.falls_into(class, word));
    known.map(|(_, action)| *action).collect()
}

/// An action of a class as the catalogue spells it, or else as the documents do.
pub(crate) fn spelling<'p>(problem: &'p Problem, word: &'p str) -> &'p str {
    if let Some(known) = catalogue::find(word) {
        return known.name;
    }
    let actions = problem.frame.rules.actions.texts().iter();
    let mut written = actions.filter(|text| text.eq_ignore_ascii_case(word));
    written.next().map_or(word, String::as_str)
}

/// Every known action with its folded name, in the order of [`known_actions`].
fn catalogue_words() -> &'static [(Vec<char>, KnownAction)] {
    static WORDS: OnceLock<Vec<(Vec<char>, KnownAction)>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let rank = |action: &KnownAction| match action.level {
            _ if catalogue::IMAGE_EXPORT.contains(action) => 0,
            Level::Object => 1,
            Level::Bucket => 2,
            Level::Service => 3,
            Level::Other => 4,
        };
        let mut actions: Vec<KnownAction> = catalogue::all().collect();
        actions.sort_by_key(rank);
        actions
            .into_iter()
            .map(|action| (symbols(action.name), action))
            .collect()
    })
}

/// The actions of a line.
///
/// A class of named actions has their names. One that holds more than names has the patterns of the rules that
/// reach it, of the narrower rule where two do, without what group `other` reaches by itself.
pub(crate) fn actions(
    problem: &Problem,
    class: &ActionClass,
    way: &Way,
    other: usize,
    known: &[KnownAction],
) -> Vec<Pattern> {
    if class.is_closed {
        let names = class.words.iter().map(|word| spelling(problem, word));
        return names.map(Pattern::whole).collect();
    }
    let later = way.rules.iter().filter(|at| Some(*at) != way.first);
    let rules = way.first.into_iter().chain(later);
    let rules = rules.filter_map(|at| problem.rule(at));
    let Some(rule) = rules.min_by_key(|rule| (rule.not_action, widest(problem, rule))) else {
        let names = known.iter().map(|action| action.name);
        return names.map(Pattern::whole).collect();
    };
    let globs = || {
        rule.actions.iter().filter_map(|at| {
            Some((
                problem.frame.rules.actions.get(*at)?,
                problem.frame.rules.actions.text(*at)?,
            ))
        })
    };
    if rule.not_action {
        let texts = globs().map(|(_, text)| text.to_owned());
        return vec![Pattern::everything_but(texts)];
    }
    let own = globs().filter(|(glob, _)| reaches(glob, class));
    let pattern = |(glob, text): (&Glob, &str)| Pattern {
        pattern: text.to_owned(),
        except: exceptions(
            denied_actions(problem, class, way, rule, glob),
            actions_inside(problem, class, rule, other, glob),
        ),
    };
    own.map(pattern).collect()
}

/// What the side itself leaves out, then what the other side has too.
fn exceptions(own: Vec<String>, shared: Vec<String>) -> Vec<Exception> {
    let shared: Vec<String> = shared
        .into_iter()
        .filter(|out| !own.contains(out))
        .collect();
    let own = own.into_iter().map(Exception::own);
    own.chain(shared.into_iter().map(Exception::shared))
        .collect()
}

/// The rules by which a side always denies what a rule of the same side allows.
fn denies<'p>(problem: &'p Problem, rule: &'p Rule) -> impl Iterator<Item = &'p Rule> {
    let rules = problem.frame.rules.rules.iter();
    rules.filter(move |deny| {
        let is_against = rule.effect == Effect::Allow && deny.effect == Effect::Deny;
        is_against && deny.group == rule.group && deny.tests.is_empty() && !deny.not_target
    })
}

/// Action patterns that the side denies on all targets of the line, as far as they do not reach the class.
fn denied_actions(
    problem: &Problem,
    class: &ActionClass,
    way: &Way,
    rule: &Rule,
    own: &Glob,
) -> Vec<String> {
    let everything = Glob::pattern("*");
    let covers = |at: &usize| {
        let Some(denied) = problem.targets.get(*at) else {
            return false;
        };
        let mut wanted = way.choice.wanted.iter();
        let covers_one = |at| {
            let wanted = problem.targets.get(at);
            wanted.is_some_and(|wanted| denied.plainly_covers(wanted))
        };
        wanted.any(covers_one) || denied.plainly_covers(&everything)
    };
    let denies = denies(problem, rule);
    let denies = denies.filter(|deny| !deny.not_action && deny.targets.iter().any(covers));
    let mut denied: Vec<usize> = denies
        .flat_map(|deny| deny.actions.iter().copied())
        .collect();
    denied.sort_unstable();
    denied.dedup();
    let actions = &problem.frame.rules.actions;
    denied.retain(|at| {
        let glob = actions.get(*at);
        glob.is_some_and(|glob| !reaches(glob, class) && own.meets(glob))
    });
    let texts = denied.iter().filter_map(|at| actions.text(*at));
    texts.map(str::to_owned).collect()
}

/// Target patterns on which the side denies the actions of the class.
fn denied_targets(problem: &Problem, class: &ActionClass, way: &Way, own: &Glob) -> Vec<usize> {
    let Some(rule) = way.first.and_then(|at| problem.rule(at)) else {
        return Vec::new();
    };
    let is_active = |deny: &&Rule| {
        let mut active = class.active.iter().filter_map(|at| problem.rule(at));
        active.any(|rule| std::ptr::eq(rule, *deny))
    };
    let denies = denies(problem, rule).filter(is_active);
    let mut denied: Vec<usize> = denies
        .flat_map(|deny| deny.targets.iter().copied())
        .collect();
    denied.retain(|at| {
        let glob = problem.targets.get(*at);
        glob.is_some_and(|glob| own.meets(glob) && !glob.plainly_covers(own))
    });
    denied.sort_unstable();
    denied.dedup();
    denied
}

fn reaches(glob: &Glob, class: &ActionClass) -> bool {
    class.words.iter().any(|word| glob.matches(&symbols(word)))
}

/// Action patterns of group `other` inside `own`, as far as they do not reach the class.
fn actions_inside(
    problem: &Problem,
    class: &ActionClass,
    rule: &Rule,
    other: usize,
    own: &Glob,
) -> Vec<String> {
    let rules = &problem.frame.rules;
    let others = rules
        .rules
        .iter()
        .filter(|of| of.group == other && of.effect == rule.effect && !of.not_action);
    let mut inside: Vec<usize> = others
        .flat_map(|rule| rule.actions.iter().copied())
        .collect();
    inside.sort_unstable();
    inside.dedup();
    inside.retain(|at| {
        let glob = rules.actions.get(*at);
        glob.is_some_and(|glob| !reaches(glob, class) && own.plainly_covers(glob))
    });
    let texts = inside.iter().filter_map(|at| rules.actions.text(*at));
    texts.map(str::to_owned).collect()
}

/// A rough order of width: patterns with longer texts reach less.
fn widest(problem: &Problem, rule: &Rule) -> std::cmp::Reverse<usize> {
    let lengths = rule
        .actions
        .iter()
        .filter_map(|at| Some(problem.frame.rules.actions.get(*at)?.tokens().len()));
    std::cmp::Reverse(lengths.min().unwrap_or_default())
}

/// The targets of a line: the narrower pattern where two rules reach it, without what group `other` reaches by
/// itself.
pub(crate) fn target(problem: &Problem, class: &ActionClass, way: &Way, other: usize) -> Pattern {
    let text = |at: usize| {
        let text = problem.frame.rules.targets.text(at);
        text.unwrap_or_default().to_owned()
    };
    let mut own: Option<usize> = None;
    for at in way.choice.wanted.iter() {
        let glob = |at: usize| problem.targets.get(at);
        let is_narrower = |best: usize| match (glob(best), glob(at)) {
            (Some(best), Some(glob)) => best.plainly_covers(glob),
            _ => false,
        };
        if own.is_none_or(is_narrower) {
            own = Some(at);
        }
    }
    let Some(own) = own else {
        return Pattern::everything_but(way.choice.forbidden.iter().map(text));
    };
    let mut rules = way.rules.iter();
    let shared = match (rules.next(), rules.next()) {
        (Some(rule), None) => targets_inside(problem, class, rule, own, other),
        _ => Vec::new(),
    };
    let denied = match problem.targets.get(own) {
        Some(own) => denied_targets(problem, class, way, own),
        None => Vec::new(),
    };
    let texts = |places: Vec<usize>| places.into_iter().map(text).collect();
    Pattern {
        pattern: text(own),
        except: exceptions(texts(denied), texts(shared)),
    }
}

/// Target patterns of group `other` that lie inside `own` and hold for the same actions and effect.
fn targets_inside(
    problem: &Problem,
    class: &ActionClass,
    rule: usize,
    own: usize,
    other: usize,
) -> Vec<usize> {
    let targets = &problem.targets;
    let (Some(rule), Some(own)) = (problem.rule(rule), targets.get(own)) else {
        return Vec::new();
    };
    let active = class.active.iter().filter_map(|at| problem.rule(at));
    let others =
        active.filter(|of| of.group == other && of.effect == rule.effect && !of.not_target);
    let mut inside: Vec<usize> = others
        .flat_map(|rule| rule.targets.iter().copied())
        .collect();
    inside.retain(|at| {
        targets
            .get(*at)
            .is_some_and(|glob| glob != own && own.plainly_covers(glob))
    });
    inside.sort_unstable();
    inside.dedup();
    inside
}
