//! Requests that the search found, made to look like requests that people know.

use super::access_line::Witness;
use super::evaluate::Request;

/// A witness with names where the search put its symbol for "any other", as far as it still reproduces;
/// and whether it is known to reproduce.
pub(crate) fn dressed(
    witness: &Witness,
    other: char,
    reproduces: impl Fn(&Witness) -> bool,
) -> (Witness, bool) {
    let with = |request: &Request| Witness {
        caller: witness.caller.clone(),
        request: request.clone(),
    };
    let shows = |request: &Request| reproduces(&with(request));
    let (request, is_shown) = dressed_request(&witness.request, other, shows);
    (with(&request), is_shown)
}

/// As [`dressed`], of a request.
pub(crate) fn dressed_request(
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
    let whole = dressed_in(request, &placeholder, &names);
    if whole.resource == request.resource {
        return (whole, false);
    }
    if reproduces(&whole) {
        return (whole, true);
    }
    let (mut best, mut is_shown) = (request.clone(), false);
    for name in names {
        let dressed = dressed_in(&best, &placeholder, &[name]);
        if dressed.resource != best.resource && reproduces(&dressed) {
            (best, is_shown) = (dressed, true);
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
fn dressed_in(request: &Request, placeholder: &str, names: &[(usize, &str)]) -> Request {
    let mut fields: Vec<String> = request.resource.splitn(5, ':').map(str::to_owned).collect();
    if fields.len() == 5 {
        for (at, name) in names {
            match fields.get_mut(*at) {
                Some(relative) if *at == 4 => {
                    *relative = dressed_relative(relative, placeholder, name)
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

fn dressed_relative(relative: &str, placeholder: &str, name: &str) -> String {
    let parts = relative.splitn(2, '/').enumerate();
    let parts = parts.map(|(at, part)| match (at, part == placeholder) {
        (0, true) => name,
        (_, true) => "example",
        _ => part,
    });
    parts.collect::<Vec<_>>().join("/")
}
