//! Actions, resources, principals and conditions in people's words.

use super::super::catalogue::{self, KnownAction, Level};
use super::super::document::Condition;
use super::super::engine::{ActionClass, Glob, Problem, Rule, Way};
use super::super::operator;
use super::line::AccessLine;
use std::sync::OnceLock;

/// Most things that one line names before it says how many more there are.
const MAX_NAMED: usize = 4;

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

/// The actions of a line, and whether they are patterns.
///
/// A class of named actions shows their names. One that holds more than names shows the patterns of the
/// rules that reach it, the narrower ones where two rules do, and what of them group `other` reaches by itself.
pub(crate) fn actions(
    problem: &Problem,
    class: &ActionClass,
    way: &Way,
    other: usize,
    known: &[KnownAction],
) -> (Vec<String>, bool) {
    if class.is_closed {
        let spelling = |word: &String| spelling(problem, word).to_owned();
        return (class.words.iter().map(spelling).collect(), false);
    }
    let later = way.rules.iter().filter(|at| Some(*at) != way.first);
    let rules = way.first.into_iter().chain(later);
    let rules = rules.filter_map(|at| problem.rule(at));
    let Some(rule) = rules.min_by_key(|rule| (rule.not_action, widest(problem, rule))) else {
        return (
            known.iter().map(|action| action.name.to_owned()).collect(),
            true,
        );
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
        let but: Vec<&str> = globs().map(|(_, text)| text).collect();
        return (vec![format!("every action but {}", some_of(&but))], true);
    }
    let own: Vec<(&Glob, &str)> = globs().filter(|(glob, _)| reaches(glob, class)).collect();
    let mut texts: Vec<String> = own.iter().map(|(_, text)| (*text).to_owned()).collect();
    let beyond = inside(problem, class, rule, other, &own);
    if let Some(last) = texts.last_mut()
        && !beyond.is_empty()
    {
        last.push_str(&format!(" beyond {}", some_of(&beyond)));
    }
    (texts, true)
}

fn reaches(glob: &Glob, class: &ActionClass) -> bool {
    class.words.iter().any(|word| glob.matches(&symbols(word)))
}

/// Action patterns of group `other` inside a rule's own ones, as far as they do not reach the class.
fn inside<'p>(
    problem: &'p Problem,
    class: &ActionClass,
    rule: &Rule,
    other: usize,
    own: &[(&Glob, &str)],
) -> Vec<&'p str> {
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
        rules.actions.get(*at).is_some_and(|glob| {
            !reaches(glob, class) && own.iter().any(|(own, _)| own.plainly_covers(glob))
        })
    });
    let texts = inside.iter().filter_map(|at| rules.actions.text(*at));
    texts.collect()
}

/// A rough order of width: patterns with longer texts reach less.
fn widest(problem: &Problem, rule: &Rule) -> std::cmp::Reverse<usize> {
    let lengths = rule
        .actions
        .iter()
        .filter_map(|at| Some(problem.frame.rules.actions.get(*at)?.tokens().len()));
    std::cmp::Reverse(lengths.min().unwrap_or_default())
}

/// The targets of a line: the narrower pattern where two rules reach it, and what of it group `other`
/// reaches by itself.
pub(crate) fn target(problem: &Problem, class: &ActionClass, way: &Way, other: usize) -> String {
    let text = |at: usize| {
        let text = problem.frame.rules.targets.text(at);
        text.map(resource).unwrap_or_default()
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
        let but: Vec<String> = way.choice.forbidden.iter().map(text).collect();
        return format!("everything but {}", some_of(&but));
    };
    let mut rules = way.rules.iter();
    let beyond: Vec<String> = match (rules.next(), rules.next()) {
        (Some(rule), None) => beyond(problem, class, rule, own, other)
            .into_iter()
            .map(text)
            .collect(),
        _ => Vec::new(),
    };
    if beyond.is_empty() {
        return text(own);
    }
    format!("{} beyond {}", text(own), some_of(&beyond))
}

/// Target patterns of group `other` that lie inside `own` and hold for the same actions and effect.
fn beyond(
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

fn some_of<T: AsRef<str>>(names: &[T]) -> String {
    let mut shown: Vec<&str> = names.iter().take(MAX_NAMED).map(AsRef::as_ref).collect();
    let more = format!("{} more", names.len().saturating_sub(MAX_NAMED));
    if names.len() > MAX_NAMED {
        shown.push(&more);
    }
    shown.join(", ")
}

/// A resource pattern, or a principal of the engine's form, in words; itself where there are none.
pub(crate) fn resource(pattern: &str) -> String {
    if let Some(words) = principal(pattern) {
        return words;
    }
    if matches!(pattern, "*" | "acs:*") {
        return "everything".to_owned();
    }
    let fields: Vec<&str> = pattern.splitn(5, ':').collect();
    let [_, "oss", region, account, relative] = fields.as_slice() else {
        return format!("`{pattern}`");
    };
    let mut words = match relative.split_once('/') {
        None if *relative == "*" => "every bucket and object".to_owned(),
        None if relative.contains('*') => format!("buckets and objects like {relative}"),
        None if relative.contains('?') => format!("buckets like {relative}"),
        None => format!("bucket {relative}"),
        Some((bucket, key)) => {
            let bucket = match bucket {
                "*" => "every bucket".to_owned(),
                _ if bucket.contains(['*', '?']) => format!("buckets like {bucket}"),
                _ => format!("bucket {bucket}"),
            };
            match key.strip_suffix('*') {
                Some("") => format!("objects of {bucket}"),
                Some(prefix) if !prefix.contains(['*', '?']) => {
                    format!("objects of {bucket} under prefix {prefix}")
                }
                _ if key.contains(['*', '?']) => format!("objects like {key} of {bucket}"),
                _ => format!("object {key} of {bucket}"),
            }
        }
    };
    if !matches!(*account, "*" | "") {
        words.push_str(&format!(" (owner {account})"));
    }
    if !matches!(*region, "*" | "") {
        words.push_str(&format!(" (region field {region})"));
    }
    words
}

fn principal(text: &str) -> Option<String> {
    let (member, id) = text.split_once(':')?;
    let account = |id: &str| -> Option<(String, String)> {
        let (account, name) = id.strip_prefix("acs:ram::")?.split_once(':')?;
        Some((account.to_owned(), name.to_owned()))
    };
    match member {
        "Service" => Some(format!("service {id}")),
        "RAM" | "Federated" => {
            let Some((account, name)) = account(id) else {
                return Some(format!("`{id}`"));
            };
            let who = match (name.as_str(), name.split_once('/')) {
                ("root", _) => {
                    return Some(format!("every RAM user and role of account {account}"));
                }
                (_, Some(("user", name))) => format!("RAM user {name}"),
                (_, Some(("role", name))) => format!("RAM role {name}"),
                (_, Some((kind, name))) => format!("users of {} {name}", kind.replace('-', " ")),
                _ => name.clone(),
            };
            Some(format!("{who} of account {account}"))
        }
        _ => None,
    }
}

/// When a condition holds, as `when acs:SecureTransport is true`; `None` for a condition that always holds.
pub(crate) fn when(condition: &Condition) -> Option<String> {
    (!condition.is_empty()).then(|| format!("when {}", self::condition(condition)))
}

/// When the condition of a `Deny` leaves access as it is, as `unless acs:SecureTransport is false`.
pub(crate) fn unless(condition: &Condition) -> Option<String> {
    (!condition.is_empty()).then(|| format!("unless {}", self::condition(condition)))
}

/// A condition block, as `acs:SecureTransport is true and oss:Prefix is like a*, b*`.
pub(crate) fn condition(condition: &Condition) -> String {
    let tests: Vec<String> = condition
        .tests()
        .map(|(name, key, values)| {
            let verb = match operator::named(name) {
                Some(operator) if operator.negated => {
                    operator.family.words().replacen("is", "is not", 1)
                }
                Some(operator) => operator.family.words().to_owned(),
                None => format!("is, by {name},"),
            };
            format!("{key} {verb} {}", values.join(" or "))
        })
        .collect();
    tests.join(" and ")
}

/// Puts the resources of one more line of the same actions into a line. The shorter witness stays.
pub(crate) fn join_resources(mut line: AccessLine, other: AccessLine) -> AccessLine {
    let size = |line: &AccessLine| line.shortest.request.resource.chars().count();
    if size(&other) < size(&line) {
        line.witness = other.witness;
        line.shortest = other.shortest;
    }
    for resource in other.resources {
        if !line.resources.contains(&resource) {
            line.resources.push(resource);
        }
    }
    line
}

/// Whether two lines differ in their actions only.
pub(crate) fn is_joinable(line: &AccessLine, other: &AccessLine) -> bool {
    line.change == other.change
        && line.reach == other.reach
        && line.condition == other.condition
        && line.realism == other.realism
        && line.resources == other.resources
}

/// Puts the actions of one more line of the same resources into a line; names that a pattern of the
/// line covers are not repeated.
pub(crate) fn join_actions(line: &mut AccessLine, other: AccessLine) {
    line.actions.extend(other.actions);
    line.is_open |= other.is_open;
    let globs: Vec<Glob> = line
        .actions
        .iter()
        .map(|text| Glob::pattern(&text.to_ascii_lowercase()))
        .collect();
    let mut kept: Vec<String> = Vec::new();
    for (at, (text, glob)) in line.actions.iter().zip(&globs).enumerate() {
        let covers = |(of, other): (usize, &Glob)| {
            of != at && other.plainly_covers(glob) && (of < at || !glob.plainly_covers(other))
        };
        if !globs.iter().enumerate().any(covers) {
            kept.push(text.clone());
        }
    }
    kept.sort();
    line.actions = kept;
}
