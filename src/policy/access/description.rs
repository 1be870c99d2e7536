//! Lines of access in words.

use super::super::document::Condition;
use super::condition::{AccessCondition, Phrase};
use super::line::{AccessLine, Change, Reach, Targets};
use super::pattern::{Exception, ExceptionSource, Pattern};
use super::principal::NamedPrincipal;
use super::resource::{self, OssResource};
use std::fmt;

/// Most exceptions that are named of those that the other side has too. Past that the line says what this side grants
/// as a whole.
const MAX_NAMED: usize = 4;

/// A line in words, in parts that a report may set on lines of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// The sign and the actions, as `+ every OSS action`.
    pub actions: String,
    /// `on` or `by`.
    pub preposition: &'static str,
    /// Each resource or principal.
    pub targets: Vec<String>,
    /// What else is to be said, with the space or colon that joins it; may be empty.
    pub ending: String,
}

/// How exceptions that the other side has too are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exceptions {
    /// Named, as far as they are few.
    Named,
    /// Left out: the line says what the statement grants as a whole.
    LeftOut,
}

impl Description {
    /// The description of one line alone.
    pub(crate) fn of(line: &AccessLine) -> Self {
        Self::with(line, Exceptions::Named)
    }

    fn with(line: &AccessLine, exceptions: Exceptions) -> Self {
        let actions = shown(&line.actions, exceptions);
        let targets = shown(line.targets.patterns(), exceptions);
        let (preposition, words) = match &line.targets {
            Targets::Resources(_) => ("on", resource_words(&targets)),
            Targets::Principals(_) => ("by", principal_words(&targets)),
        };
        let is_whole = actions == line.actions && targets == line.targets.patterns();
        let mut ending = condition_words(line);
        // What is lost is said to be lost only as far as it is.
        let is_loss = matches!(line.change, Change::Lost | Change::NowOnlyWhen);
        if !is_whole && is_loss && line.reach == Reach::Access {
            ending.push_str(", apart from what remains");
        }
        Self {
            actions: format!("{} {}", line.change.sign(), action_words(&actions)),
            preposition,
            targets: words,
            ending,
        }
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            actions,
            preposition,
            targets,
            ending,
        } = self;
        write!(f, "{actions} {preposition} {}{ending}", targets.join(", "))
    }
}

impl fmt::Display for AccessLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Description::of(self).fmt(f)
    }
}

/// Lines as people read them: where a statement grants more than one line says, it is named once, as a whole.
#[must_use]
pub fn descriptions(lines: &[AccessLine]) -> Vec<(&AccessLine, Description)> {
    let is_included = |at: usize, line: &AccessLine| {
        let mut others = lines.iter().enumerate();
        others.any(|(of, other)| {
            of != at && other.includes(line) && (of < at || !line.includes(other))
        })
    };
    let kept = lines.iter().enumerate();
    let kept = kept.filter(|(at, line)| !is_included(*at, line));
    let described = kept.map(|(at, line)| {
        let mut others = lines.iter().enumerate();
        let exceptions = match others.any(|(of, other)| of != at && line.includes(other)) {
            true => Exceptions::LeftOut,
            false => Exceptions::Named,
        };
        (line, Description::with(line, exceptions))
    });
    described.collect()
}

/// When access with this condition is there, as `only from 203.0.113.0/24`; `None` for always.
pub(crate) fn when(condition: &Condition) -> Option<String> {
    AccessCondition::when(condition).map(|condition| condition.to_string())
}

/// When the condition of a `Deny` leaves access as it is, as `only over HTTPS` or `unless oss:Prefix is "a"`.
pub(crate) fn unless(condition: &Condition) -> Option<String> {
    AccessCondition::unless(condition).map(|condition| condition.to_string())
}

/// The patterns with the exceptions that are to be named: those of the side itself always.
fn shown(patterns: &[Pattern], exceptions: Exceptions) -> Vec<Pattern> {
    let is_shared = |out: &Exception| out.source == ExceptionSource::Shared;
    let all = patterns.iter().flat_map(|pattern| &pattern.except);
    let count = all.filter(|out| is_shared(out)).count();
    let is_named = exceptions == Exceptions::Named && count <= MAX_NAMED;
    let mut shown = patterns.to_vec();
    for pattern in &mut shown {
        pattern.except.retain(|out| is_named || !is_shared(out));
    }
    shown
}

fn action_words(actions: &[Pattern]) -> String {
    let name = |pattern: &Pattern| match actions {
        [_] => action_name(&pattern.pattern),
        // Among others, the pattern itself is shorter.
        _ => pattern.pattern.clone(),
    };
    let words = actions.iter();
    let words = words.map(|action| name(action) + &except_words(&names(&action.except)));
    words.collect::<Vec<String>>().join(", ")
}

fn action_name(pattern: &str) -> String {
    match pattern.split_once(':') {
        None if pattern == "*" => "every action".to_owned(),
        Some(("*", "*")) => "every action".to_owned(),
        Some((service, "*")) if !service.contains(['*', '?']) => {
            let acronym = matches!(service, "ecs" | "kms" | "oss" | "ram" | "sts" | "vpc");
            match acronym {
                true => format!("every {} action", service.to_ascii_uppercase()),
                false => format!("every {service} action"),
            }
        }
        _ => pattern.to_owned(),
    }
}

fn principal_words(principals: &[Pattern]) -> Vec<String> {
    let words = |text: &String| NamedPrincipal::read(text).to_string();
    let one = |pattern: &Pattern| {
        let except: Vec<String> = names(&pattern.except).iter().map(words).collect();
        words(&pattern.pattern) + &except_words(&except)
    };
    principals.iter().map(one).collect()
}

fn resource_words(resources: &[Pattern]) -> Vec<String> {
    let all: Vec<(&str, String)> = resources
        .iter()
        .map(|resource| (resource.pattern.as_str(), left_out(resource)))
        .collect();
    let of = |wanted: &str| all.iter().find(|(pattern, _)| *pattern == wanted);
    // A bucket and its objects are named together, where what is left out can be said of both.
    let objects_of = |(bucket, out): &(&str, String)| {
        OssResource::read(bucket).filter(OssResource::is_bucket)?;
        let objects = of(&format!("{bucket}/*"))?;
        let is_said = *out == objects.1 || out.is_empty() && !objects.1.starts_with(',');
        is_said.then_some(objects)
    };
    let together: Vec<&str> = all
        .iter()
        .filter_map(objects_of)
        .map(|(it, _)| *it)
        .collect();
    let words = all.iter().filter_map(|resource| {
        let (pattern, out) = resource;
        match (objects_of(resource), OssResource::read(pattern)) {
            (Some((_, out)), Some(bucket)) => Some(bucket.with_objects() + out),
            _ if together.contains(pattern) => None,
            _ => Some(resource::words(pattern) + out),
        }
    });
    words.collect()
}

/// What is left out of a resource pattern, in words that follow it.
fn left_out(resource: &Pattern) -> String {
    if is_of_others(resource) {
        return ", if another account owns it".to_owned();
    }
    let base = OssResource::read(&resource.pattern);
    let inside = |out: &str| base?.inside(&OssResource::read(out)?);
    let (mut short, mut others) = (Vec::new(), Vec::new());
    for out in names(&resource.except) {
        match inside(&out) {
            Some(words) => short.push(words),
            None => others.push(Pattern::whole(out)),
        }
    }
    short.extend(resource_words(&others));
    except_words(&short)
}

/// Whether the pattern leaves out nothing but the same with an owner: names of buckets are unique among owners, so
/// what is left is the case that somebody else owns the bucket.
fn is_of_others(resource: &Pattern) -> bool {
    let [only] = resource.except.as_slice() else {
        return false;
    };
    if only.source == ExceptionSource::Own {
        return false;
    }
    let (open, owned) = (
        OssResource::read(&resource.pattern),
        OssResource::read(&only.pattern),
    );
    open.zip(owned)
        .is_some_and(|(open, owned)| open.is_with_owner(&owned))
}

fn names(exceptions: &[Exception]) -> Vec<String> {
    let names = exceptions.iter().map(|out| out.pattern.clone());
    names.collect()
}

/// As ` except a, b and c`; empty without exceptions.
fn except_words(except: &[String]) -> String {
    match except {
        [] => String::new(),
        [one] => format!(" except {one}"),
        [first @ .., last] => format!(" except {} and {last}", first.join(", ")),
    }
}

fn condition_words(line: &AccessLine) -> String {
    let phrase = line.condition.as_ref().map(AccessCondition::phrase);
    let mut words = match (line.change, phrase) {
        (_, None) => String::new(),
        (Change::Gained | Change::Lost, Some(Phrase::Only(phrase))) => {
            match phrase.starts_with("when ") {
                true => format!(" {phrase}"),
                false => format!(" only {phrase}"),
            }
        }
        (Change::Gained | Change::Lost, Some(Phrase::Unless(phrase))) => {
            format!(
                " unless {}",
                phrase.strip_prefix("when ").unwrap_or(&phrase)
            )
        }
        (Change::NowOnlyWhen, Some(Phrase::Only(phrase))) => format!(": now only {phrase}"),
        (Change::NowOnlyWhen, Some(Phrase::Unless(phrase))) => format!(": no longer {phrase}"),
        (Change::NoLongerOnlyWhen, Some(Phrase::Only(phrase))) => {
            format!(": no longer only {phrase}")
        }
        (Change::NoLongerOnlyWhen, Some(Phrase::Unless(phrase))) => format!(": now also {phrase}"),
    };
    if let Some(now) = &line.now {
        words.push_str(&format!(", now {now}"));
    }
    words.push_str(match (line.reach, line.change) {
        (Reach::Access, _) => "",
        (Reach::Deny, Change::Gained | Change::NoLongerOnlyWhen) => ": no longer denied",
        (Reach::Deny, Change::Lost | Change::NowOnlyWhen) => {
            ": now denied, whatever else is attached"
        }
    });
    words
}
