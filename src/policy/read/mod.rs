//! JSON to policy documents: the grammar, in a strict and a tolerant reading.
//!
//! In: the text. Out: the typed model, or the first mistake with its place.

mod condition;
mod statement;

use super::bucket::BucketPolicy;
use super::document::{LANGUAGE_VERSION, PolicyDocument, Remarks};
use super::error::{Place, PolicyError, PolicyErrorKind, quote};
use super::json::{Node, Step, locate, path_text};
use super::text::{strange_symbol, without_mark};
use super::trust::TrustPolicy;
use std::collections::HashSet;

/// Longest text that is looked at. Unit: bytes. Far above every limit RAM has for a document; what is
/// longer is some other file.
const MAX_TEXT_LENGTH: usize = 1 << 20;

/// How to treat what the documented grammar does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Our own input: refuse it.
    Strict,
    /// Read from the service: take what has a plain meaning, refuse the rest as "cannot interpret".
    Live,
}

impl PolicyDocument {
    /// Reads a document that we or our users wrote, strictly.
    ///
    /// # Errors
    /// Everything that is not in RAM's documented grammar, with its place: repeated or unknown
    /// members, unknown operators, values that are not strings, another version, both `Action` and
    /// `NotAction`, an action that is not ASCII.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        policy(text, Mode::Strict)
    }

    /// Reads a document that the service returned, taking what the service may have taken.
    ///
    /// Accepted beyond the grammar: `Sid`, one object as `Statement`, an empty `Statement`, numbers
    /// and booleans as condition values (read as their text), and unknown operators (of unknown
    /// outcome). What was stretched is in [`PolicyDocument::notes`].
    ///
    /// # Errors
    /// [`PolicyErrorKind::CannotInterpret`] for what has no known meaning; callers answer "unknown".
    pub fn parse_live(text: &str) -> Result<Self, PolicyError> {
        policy(text, Mode::Live)
    }
}

impl TrustPolicy {
    /// Reads a trust policy that we or our users wrote, strictly.
    ///
    /// # Errors
    /// As [`PolicyDocument::parse`].
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        trust(text, Mode::Strict)
    }

    /// Reads a trust policy that the service returned, taking what the service may have taken.
    ///
    /// # Errors
    /// As [`PolicyDocument::parse_live`].
    pub fn parse_live(text: &str) -> Result<Self, PolicyError> {
        trust(text, Mode::Live)
    }
}

impl BucketPolicy {
    /// Reads a bucket policy that our users wrote, strictly.
    ///
    /// # Errors
    /// As [`PolicyDocument::parse`], and a `Principal` that is not a list of texts.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        bucket(text, Mode::Strict)
    }

    /// Reads a bucket policy that OSS returned, taking what the service may have taken.
    ///
    /// # Errors
    /// As [`PolicyDocument::parse_live`].
    pub fn parse_live(text: &str) -> Result<Self, PolicyError> {
        bucket(text, Mode::Live)
    }
}

/// Reads a bucket policy.
fn bucket(text: &str, mode: Mode) -> Result<BucketPolicy, PolicyError> {
    let mut reader = Reader::new(text, mode);
    let statements = reader.document(Reader::bucket_statement)?;
    Ok(BucketPolicy::with_remarks(statements, reader.remarks))
}

/// Reads a permission policy.
fn policy(text: &str, mode: Mode) -> Result<PolicyDocument, PolicyError> {
    let mut reader = Reader::new(text, mode);
    let statements = reader.document(Reader::statement)?;
    Ok(PolicyDocument::with_remarks(statements, reader.remarks))
}

/// Reads a trust policy.
fn trust(text: &str, mode: Mode) -> Result<TrustPolicy, PolicyError> {
    let mut reader = Reader::new(text, mode);
    let statements = reader.document(Reader::trust_statement)?;
    Ok(TrustPolicy::with_remarks(statements, reader.remarks))
}

type Members = Vec<(String, Node)>;

struct Reader<'t> {
    text: &'t str,
    mode: Mode,
    path: Vec<Step>,
    remarks: Remarks,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, mode: Mode) -> Self {
        let mut remarks = Remarks::default();
        let unmarked = without_mark(text);
        if unmarked.is_some() {
            let note = "the text begins with a byte order mark, which is left out".to_owned();
            remarks.notes.push(note);
        }
        Self {
            text: unmarked.unwrap_or(text),
            mode,
            path: Vec::new(),
            remarks,
        }
    }

    /// A mistake at the current path.
    fn mistake(&self, message: impl Into<String>, hint: Option<String>) -> PolicyError {
        let place = locate(self.text, &self.path);
        let (kind, message) = match self.mode {
            Mode::Strict => (PolicyErrorKind::Grammar, message.into()),
            Mode::Live => (
                PolicyErrorKind::CannotInterpret,
                format!("cannot interpret: {}", message.into()),
            ),
        };
        PolicyError {
            kind,
            message,
            place,
            path: path_text(&self.path),
            hint,
        }
    }

    fn refuse<T>(&self, message: impl Into<String>) -> Result<T, PolicyError> {
        Err(self.mistake(message, None))
    }

    /// Runs `read` one step further down the document.
    fn within<T>(
        &mut self,
        step: Step,
        read: impl FnOnce(&mut Self) -> Result<T, PolicyError>,
    ) -> Result<T, PolicyError> {
        self.path.push(step);
        let outcome = read(self);
        self.path.pop();
        outcome
    }

    /// Takes the note that something was read by stretching the grammar.
    fn note(&mut self, message: &str) {
        let place = path_text(&self.path);
        self.remarks.notes.push(format!("`{place}`: {message}"));
    }

    fn root(&self) -> Result<Node, PolicyError> {
        let whole = |kind, message: String, place| PolicyError {
            kind,
            message,
            place,
            path: String::new(),
            hint: None,
        };
        if self.text.len() > MAX_TEXT_LENGTH {
            let message = format!(
                "the text has {} bytes, more than {MAX_TEXT_LENGTH}; it is not a policy document",
                self.text.len()
            );
            return Err(whole(PolicyErrorKind::TooLarge, message, Place::START));
        }
        serde_json::from_str(self.text).map_err(|error| {
            let place = Place {
                line: error.line().max(1),
                column: error.column().max(1),
            };
            let message = error.to_string();
            let message = message
                .split(" at line ")
                .next()
                .unwrap_or_default()
                .to_lowercase();
            if message.contains("recursion limit") {
                let message = "nested deeper than any policy document".to_owned();
                return whole(PolicyErrorKind::TooLarge, message, place);
            }
            match strange_symbol(self.text, offset_of(self.text, place)) {
                Some((place, symbol, hint)) => PolicyError {
                    hint: Some(hint.to_owned()),
                    ..whole(
                        PolicyErrorKind::Syntax,
                        format!("not JSON: {symbol}"),
                        place,
                    )
                },
                None => whole(
                    PolicyErrorKind::Syntax,
                    format!("not JSON: {message}"),
                    place,
                ),
            }
        })
    }

    fn document<S>(
        &mut self,
        read: fn(&mut Self, &Node) -> Result<S, PolicyError>,
    ) -> Result<Vec<S>, PolicyError> {
        let root = self.root()?;
        let members = self.members(&root, "a policy document", &["Version", "Statement"])?;
        match self.find(members, "Version") {
            None => return self.refuse("`Version` is missing"),
            Some((step, Node::Text(version))) if version == LANGUAGE_VERSION => drop(step),
            Some((step, _)) => {
                return self.within(step, |reader| {
                    reader.refuse("`Version` must be the string `1`")
                });
            }
        }
        let Some((step, statements)) = self.find(members, "Statement") else {
            return self.refuse("`Statement` is missing");
        };
        self.within(step, |reader| match statements {
            Node::List(items) => {
                if items.is_empty() {
                    if reader.mode == Mode::Strict {
                        return reader.refuse("`Statement` must hold at least one statement");
                    }
                    reader.note("an empty list, read as granting nothing");
                }
                let items = items.iter().enumerate();
                items
                    .map(|(at, item)| reader.within(Step::Item(at), |reader| read(reader, item)))
                    .collect()
            }
            Node::Members(_) if reader.mode == Mode::Live => {
                reader.note("one object, read as a list of one statement");
                Ok(vec![read(reader, statements)?])
            }
            other => reader.refuse(format!(
                "`Statement` must be a list of statements, not {}",
                other.kind()
            )),
        })
    }

    /// The members of an object, none unknown and none repeated.
    fn members<'n>(
        &self,
        node: &'n Node,
        what: &str,
        known: &[&str],
    ) -> Result<&'n Members, PolicyError> {
        let Node::Members(members) = node else {
            return self.refuse(format!("{what} must be an object, not {}", node.kind()));
        };
        self.check_repeats(members)?;
        for (at, (name, _)) in members.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let hint = match known.iter().find(|k| k.eq_ignore_ascii_case(name)) {
                    Some(close) => format!("letter case counts: write `{close}`"),
                    None => format!("{what} has {}", known.join(", ")),
                };
                let message = format!("unknown member {}", quote(name));
                return Err(self.at_name(at, name).mistake(message, Some(hint)));
            }
        }
        Ok(members)
    }

    fn check_repeats(&self, members: &Members) -> Result<(), PolicyError> {
        let mut seen = HashSet::new();
        for (at, (name, _)) in members.iter().enumerate() {
            if !seen.insert(name.as_str()) {
                let message = format!("member {} is repeated", quote(name));
                return Err(self.at_name(at, name).mistake(message, None));
            }
        }
        Ok(())
    }

    /// This reader, looking at the name of a member.
    fn at_name(&self, at: usize, name: &str) -> Reader<'t> {
        let mut path = self.path.clone();
        path.push(Step::Name(at, name.to_owned()));
        Reader {
            path,
            ..Reader::new(self.text, self.mode)
        }
    }

    fn find<'n>(&self, members: &'n Members, wanted: &str) -> Option<(Step, &'n Node)> {
        let mut members = members.iter().enumerate();
        let (at, (name, node)) = members.find(|(_, (name, _))| name == wanted)?;
        Some((Step::Member(at, name.clone()), node))
    }

    /// A string, or a list of at least one string.
    fn strings(
        &mut self,
        node: &Node,
        check: fn(&Self, &str) -> Result<(), PolicyError>,
    ) -> Result<Vec<String>, PolicyError> {
        self.one_or_many(node, |reader, node| match node {
            Node::Text(text) if text.is_empty() => reader.refuse("an empty string"),
            Node::Text(text) => check(reader, text).map(|()| text.clone()),
            other => reader.refuse(format!("must be a string, not {}", other.kind())),
        })
    }

    fn one_or_many(
        &mut self,
        node: &Node,
        read: impl Fn(&mut Self, &Node) -> Result<String, PolicyError>,
    ) -> Result<Vec<String>, PolicyError> {
        match node {
            Node::List(items) if items.is_empty() => self.refuse("an empty list"),
            Node::List(items) => {
                let items = items.iter().enumerate();
                items
                    .map(|(at, item)| self.within(Step::Item(at), |reader| read(reader, item)))
                    .collect()
            }
            Node::Members(_) => self.refuse("must be a string or a list of strings, not an object"),
            single => Ok(vec![read(self, single)?]),
        }
    }
}

/// The byte that serde_json means by a place: its columns count bytes, from 1.
fn offset_of(text: &str, place: Place) -> usize {
    let lines = text
        .split_inclusive('\n')
        .take(place.line.saturating_sub(1));
    lines.map(str::len).sum::<usize>() + place.column.saturating_sub(1)
}
