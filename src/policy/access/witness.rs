//! Requests that prove a difference, with names that people know.

use super::super::evaluate::{Caller, Request};
use super::principal::NamedPrincipal;
use serde::{Serialize, Serializer};
use std::fmt;

/// A request, and for trust policies who makes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Witness {
    /// Who asks to assume the role; only for trust policies.
    #[serde(
        rename = "principal",
        serialize_with = "by_kind",
        skip_serializing_if = "Option::is_none"
    )]
    pub caller: Option<Caller>,
    /// What is asked.
    #[serde(flatten)]
    pub request: Request,
}

fn by_kind<S: Serializer>(caller: &Option<Caller>, serializer: S) -> Result<S::Ok, S::Error> {
    let principal = caller.as_ref().map(NamedPrincipal::of_caller);
    principal.serialize(serializer)
}

/// Whether a value reads well without quotation marks: a number, an address, a moment, true or false.
fn is_bare(value: &str) -> bool {
    matches!(value, "true" | "false")
        || value.starts_with(|c: char| c.is_ascii_digit()) && !value.contains([' ', '"'])
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.request.action)?;
        match &self.caller {
            Some(caller) => write!(f, " by {}", NamedPrincipal::of_caller(caller))?,
            None => write!(f, " on {}", self.request.resource)?,
        }
        for (at, (key, value)) in self.request.context.iter().enumerate() {
            let joint = if at == 0 { "with" } else { "and" };
            match is_bare(value) {
                true => write!(f, " {joint} {key} = {value}")?,
                false => write!(f, " {joint} {key} = \"{value}\"")?,
            }
        }
        Ok(())
    }
}

/// A witness with names where the search put its symbol for "any other", as far as it still reproduces;
/// and whether it is known to reproduce.
pub(crate) fn readable(
    witness: &Witness,
    other: char,
    reproduces: impl Fn(&Witness) -> bool,
) -> (Witness, bool) {
    let with = |request: &Request| Witness {
        caller: witness.caller.clone(),
        request: request.clone(),
    };
    let shows = |request: &Request| reproduces(&with(request));
    let (request, is_shown) = readable_request(&witness.request, other, shows);
    (with(&request), is_shown)
}

/// As [`readable`], of a request.
pub(crate) fn readable_request(
    request: &Request,
    other: char,
    reproduces: impl Fn(&Request) -> bool,
) -> (Request, bool) {
    let placeholder = other.to_string();
    let service = request
        .action
        .split(':')
        .next()
        .unwrap_or_default()
        .to_owned();
    let names = [
        (1, service.as_str()),
        (2, "cn-hangzhou"),
        (3, "1234567890123456"),
        (
            4,
            if service == "oss" {
                "example-bucket"
            } else {
                "example"
            },
        ),
    ];
    let whole = with_names(request, &placeholder, &names);
    if whole.resource == request.resource {
        return (whole, false);
    }
    if reproduces(&whole) {
        return (whole, true);
    }
    let (mut best, mut is_shown) = (request.clone(), false);
    // A document that names the usual account or bucket is asked about another one.
    for name in names
        .into_iter()
        .chain([(3, "9876543210987654"), (4, "another")])
    {
        let readable = with_names(&best, &placeholder, &[name]);
        if readable.resource != best.resource && reproduces(&readable) {
            (best, is_shown) = (readable, true);
        }
    }
    (best, is_shown)
}

/// The request with the symbol for "any other" where the search left a part of its resource empty.
pub(crate) fn filled(request: &Request, other: char) -> Request {
    let mut fields: Vec<String> = request.resource.splitn(5, ':').map(str::to_owned).collect();
    let is_arn = fields.len() == 5;
    for field in fields.iter_mut().filter(|field| is_arn && field.is_empty()) {
        field.push(other);
    }
    let mut resource = fields.join(":");
    if is_arn && resource.ends_with('/') {
        resource.push(other);
    }
    Request {
        resource,
        ..request.clone()
    }
}

/// The request with names in some fields of its resource.
fn with_names(request: &Request, placeholder: &str, names: &[(usize, &str)]) -> Request {
    let mut fields: Vec<String> = request.resource.splitn(5, ':').map(str::to_owned).collect();
    if fields.len() == 5 {
        for (at, name) in names {
            match fields.get_mut(*at) {
                Some(relative) if *at == 4 => {
                    *relative = with_relative_name(relative, placeholder, name)
                }
                Some(field) if *field == placeholder => *field = (*name).to_owned(),
                _ => {}
            }
        }
    }
    Request {
        resource: fields.join(":"),
        ..request.clone()
    }
}

fn with_relative_name(relative: &str, placeholder: &str, name: &str) -> String {
    let parts = relative.splitn(2, '/').enumerate();
    let parts = parts.map(|(at, part)| match (at, part == placeholder) {
        (0, true) => name,
        (_, true) => "example",
        _ => part,
    });
    parts.collect::<Vec<_>>().join("/")
}
