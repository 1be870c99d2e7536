//! Actions, resources, principals and conditions in people's words.

use super::catalogue::{self, KnownAction};
use super::document::Condition;
use super::engine::{ActionClass, Choice, Glob, Problem, Rule};
use super::lines::{AccessLine, Witness};
use super::operator;

/// Most things that one line names before it says how many more there are.
const MAX_NAMED: usize = 4;

/// The catalogue's actions in a class, those that an export needs first.
pub(crate) fn known_actions(problem: &Problem, class: &ActionClass) -> Vec<KnownAction> {
    let needed = catalogue::IMAGE_EXPORT.iter().copied();
    let closed: Option<Vec<KnownAction>> = class
        .words
        .iter()
        .map(|word| catalogue::find(word))
        .collect();
    let is_closed = |word: &String| {
        let symbols: Vec<char> = word.chars().collect();
        problem
            .rules
            .actions
            .globs
            .iter()
            .any(|glob| glob.is_word(&symbols))
    };
    if let Some(known) = closed
        && class.words.iter().all(is_closed)
    {
        return known;
    }
    let mut known = Vec::new();
    for action in needed.chain(catalogue::all()) {
        if !known.contains(&action) && problem.falls_into(class, action.name) {
            known.push(action);
        }
    }
    known
}

/// The actions of a line, and whether they are patterns.
///
/// A class of named actions shows their names. One that holds more than names shows the patterns of the
/// rule that reach it.
pub(crate) fn actions(
    problem: &Problem,
    class: &ActionClass,
    rule: &Rule,
    known: &[KnownAction],
) -> (Vec<String>, bool) {
    let symbols = |word: &str| -> Vec<char> { word.to_ascii_lowercase().chars().collect() };
    let is_named = |word: &String| {
        problem
            .rules
            .actions
            .globs
            .iter()
            .any(|glob| glob.is_word(&symbols(word)))
    };
    if class.words.iter().all(is_named) {
        let spelt = |word: &String| {
            catalogue::find(word).map_or_else(|| word.clone(), |known| known.name.to_owned())
        };
        return (class.words.iter().map(spelt).collect(), false);
    }
    let texts: Vec<&str> = rule
        .actions
        .iter()
        .filter_map(|at| problem.rules.actions.text(*at))
        .collect();
    if rule.not_action {
        return (vec![format!("every action but {}", some_of(&texts))], true);
    }
    let reaches = |text: &&str| {
        let glob = Glob::pattern(&text.to_ascii_lowercase());
        class.words.iter().any(|word| glob.matches(&symbols(word)))
    };
    let mut patterns: Vec<String> = texts
        .into_iter()
        .filter(reaches)
        .map(str::to_owned)
        .collect();
    if patterns.is_empty() {
        patterns = known.iter().map(|action| action.name.to_owned()).collect();
    }
    (patterns, true)
}

/// The targets of a line.
pub(crate) fn target(problem: &Problem, rule: &Rule, way: &Choice, beyond: Vec<usize>) -> String {
    let text = |at: &usize| {
        problem
            .rules
            .targets
            .text(*at)
            .map(resource)
            .unwrap_or_default()
    };
    if rule.not_target {
        let but: Vec<String> = rule.targets.iter().map(text).collect();
        return format!("everything but {}", some_of(&but));
    }
    let own = way.wanted.first().map(text).unwrap_or_default();
    if beyond.is_empty() {
        return own;
    }
    let beyond: Vec<String> = beyond.iter().map(text).collect();
    format!("{own} beyond {}", some_of(&beyond))
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
    line.actions = kept;
}

/// A witness with names where the search put its symbol for "any other", as far as it still reproduces.
pub(crate) fn dressed(
    witness: &Witness,
    other: char,
    reproduces: impl Fn(&Witness) -> bool,
) -> Witness {
    let mut best = witness.clone();
    let placeholder = other.to_string();
    let names = [(2, "cn-hangzhou"), (3, "1234567890123456")];
    let mut attempt = |change: &dyn Fn(&mut Vec<String>)| {
        let mut fields: Vec<String> = best
            .request
            .resource
            .splitn(5, ':')
            .map(str::to_owned)
            .collect();
        if fields.len() < 5 {
            return;
        }
        change(&mut fields);
        let mut dressed = best.clone();
        dressed.request.resource = fields.join(":");
        if dressed.request.resource != best.request.resource && reproduces(&dressed) {
            best = dressed;
        }
    };
    for (at, name) in names {
        attempt(&|fields| {
            if let Some(field) = fields.get_mut(at)
                && *field == placeholder
            {
                *field = name.to_owned();
            }
        });
    }
    attempt(&|fields| {
        let Some(relative) = fields.get_mut(4) else {
            return;
        };
        let parts: Vec<String> = match relative.split_once('/') {
            None => vec![relative.clone()],
            Some((bucket, key)) => vec![bucket.to_owned(), key.to_owned()],
        };
        let name = |(at, part): (usize, &String)| match (at, part == &placeholder) {
            (0, true) => "example-bucket".to_owned(),
            (_, true) => "example".to_owned(),
            _ => part.clone(),
        };
        *relative = parts
            .iter()
            .enumerate()
            .map(name)
            .collect::<Vec<_>>()
            .join("/");
    });
    best
}
