//! A request as received, taken apart: which operation, with what parameters, signed how.

use super::api_error::ApiError;
use super::operation::Service;
use super::parameters::Parameters;
use super::response::Format;
use crate::cloud::rpc::encoding::parse_form;
use crate::cloud::rpc::transport::HttpRequest;

/// One received request, nothing of it trusted yet.
pub(crate) struct Request<'a> {
    pub(crate) http: &'a HttpRequest,
    /// The path of the URL, `/` for every API call.
    pub(crate) path: String,
    /// The query alone, decoded, which signature V3 covers apart from the body.
    pub(crate) query: Vec<(String, String)>,
    /// Query and form body merged.
    pub(crate) parameters: Parameters,
    pub(crate) scheme: Scheme,
    pub(crate) format: Format,
}

/// In which form a request says what it wants and who signed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// Everything among the parameters.
    V1,
    /// Operation, time and signature in `x-acs-*` headers.
    V3,
}

impl<'a> Request<'a> {
    /// Takes `request` apart.
    ///
    /// Parameters that are not text count as absent; then no signature over them holds either.
    pub(crate) fn new(request: &'a HttpRequest) -> Self {
        let rest = request.url.split_once("://").map_or("", |(_, rest)| rest);
        let place = rest.find(['/', '?']).unwrap_or(rest.len());
        let (path, query) = match rest.get(place..).unwrap_or_default().split_once('?') {
            Some((path, query)) => (path, query),
            None => (rest.get(place..).unwrap_or_default(), ""),
        };
        let path = if path.is_empty() { "/" } else { path };
        let query = parse_form(query).unwrap_or_default();
        let form = match header(request, "content-type") {
            Some(kind) if kind.starts_with("application/x-www-form-urlencoded") => {
                let body = String::from_utf8_lossy(&request.body);
                parse_form(&body).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        let parameters: Parameters = query.iter().cloned().chain(form).collect();
        let scheme = scheme(request, &parameters);
        Self {
            http: request,
            path: path.to_owned(),
            query,
            format: format(request, &parameters, scheme),
            parameters,
            scheme,
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(self.http, name)
    }

    /// A value that travels as a parameter in V1 and as a header in V3.
    pub(crate) fn common(&self, parameter: &str, name: &str) -> Option<&str> {
        match self.scheme {
            Scheme::V1 => self.parameters.optional(parameter),
            Scheme::V3 => self.header(name),
        }
    }

    /// The service meant, by its API version.
    pub(crate) fn service(&self) -> Result<Service, ApiError> {
        let api_version = self
            .common("Version", "x-acs-version")
            .ok_or_else(|| ApiError::missing_common("Version"))?;
        Service::of_version(api_version).ok_or_else(|| {
            let message = "Specified parameter Version is not valid.";
            ApiError::new(400, "InvalidVersion", message)
        })
    }

    pub(crate) fn operation_name(&self) -> Result<&str, ApiError> {
        self.common("Action", "x-acs-action")
            .ok_or_else(|| ApiError::missing_common("Action"))
    }
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request
        .headers
        .iter()
        .find(|(header, _)| header.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

/// Some clients send `x-acs-action` along with signature 1.0, so the header alone decides only where neither
/// signature is there.
fn scheme(request: &HttpRequest, parameters: &Parameters) -> Scheme {
    let is_acs3 = header(request, "authorization").is_some_and(|value| value.starts_with("ACS3-"));
    let is_v1 = parameters.get("AccessKeyId").is_some() || parameters.get("Action").is_some();
    if is_acs3 || (!is_v1 && header(request, "x-acs-action").is_some()) {
        Scheme::V3
    } else {
        Scheme::V1
    }
}

/// `Format` decides, then `Accept`. The manuals contradict each other about the rest; XML for V1 is the older
/// word, and shows a client that forgot to ask.
fn format(request: &HttpRequest, parameters: &Parameters, scheme: Scheme) -> Format {
    let accepts = header(request, "accept").unwrap_or_default();
    match parameters.optional("Format") {
        Some(word) if word.eq_ignore_ascii_case("json") => Format::Json,
        Some(_) => Format::Xml,
        None if accepts.contains("json") => Format::Json,
        None if accepts.contains("xml") => Format::Xml,
        None => match scheme {
            Scheme::V1 => Format::Xml,
            Scheme::V3 => Format::Json,
        },
    }
}
