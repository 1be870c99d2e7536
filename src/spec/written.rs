//! Values of a live account as a spec writes them.

use super::known;
use super::yaml::{self, Raw};
use crate::model::{Export, RoleName, Tags};
use crate::policy::{PolicyDocument, Principal, Statement, TrustPolicy, TrustStatement};

pub(super) fn text(text: &str) -> Raw {
    Raw::Text(text.to_owned())
}

pub(super) fn version() -> (Raw, Raw) {
    (text("version"), Raw::Number("1".to_owned()))
}

pub(super) fn written_exports(exports: &[Export]) -> Raw {
    let written = exports.iter().map(|export| {
        let Export {
            region,
            bucket,
            prefix,
        } = export;
        let mut entries = vec![
            (text("region"), text(region.as_str())),
            (text("bucket"), text(bucket.as_str())),
        ];
        entries.extend(
            prefix
                .as_ref()
                .map(|prefix| (text("prefix"), text(prefix.as_str()))),
        );
        Raw::Map(entries)
    });
    Raw::List(written.collect())
}

/// The documented spelling of a service role, whose name RAM may give in another letter case.
pub(super) fn spelling(name: &RoleName) -> String {
    known::service_roles()
        .find(|known| known.eq_ignore_ascii_case(name.as_str()))
        .unwrap_or(name.as_str())
        .to_owned()
}

pub(super) fn description(live: &str) -> Option<(Raw, Raw)> {
    (!live.is_empty()).then(|| (text("description"), text(live)))
}

pub(super) fn written_tags(tags: &Tags) -> Option<(Raw, Raw)> {
    let entries = tags.iter().map(|(key, value)| (text(key), text(value)));
    (!tags.is_empty()).then(|| (text("tags"), Raw::Map(entries.collect())))
}

/// A live document as values, in the form that specs may hold.
pub(super) fn strict_policy(live: &str) -> Result<Raw, String> {
    let document = match PolicyDocument::parse(live) {
        Ok(document) => document,
        Err(_) => {
            let live = PolicyDocument::parse_live(live).map_err(|error| error.message)?;
            live.rewrite().map_err(|error| error.message)?;
            let unlabelled = |statement: &Statement| Statement {
                sid: None,
                ..statement.clone()
            };
            PolicyDocument::new(live.statements().iter().map(unlabelled).collect())
        }
    };
    values(&document.to_json())
}

/// A live trust policy as values, in the form that specs may hold.
pub(super) fn strict_trust(live: &str) -> Result<Raw, String> {
    let trust = match TrustPolicy::parse(live) {
        Ok(trust) => trust,
        Err(_) => {
            let live = TrustPolicy::parse_live(live).map_err(|error| error.message)?;
            live.rewrite().map_err(|error| error.message)?;
            let unlabelled = |statement: &TrustStatement| TrustStatement {
                sid: None,
                ..statement.clone()
            };
            TrustPolicy::new(live.statements().iter().map(unlabelled).collect())
        }
    };
    if let Some(service) = only_service(&trust) {
        return Ok(Raw::Map(vec![(text("service"), text(service))]));
    }
    Ok(Raw::Map(vec![(
        text("document"),
        values(&trust.to_json())?,
    )]))
}

/// The service, when the trust policy is what `trust: { service: … }` means.
fn only_service(trust: &TrustPolicy) -> Option<&str> {
    let [
        TrustStatement {
            principal: Principal { service, .. },
            ..
        },
    ] = trust.statements()
    else {
        return None;
    };
    let service = service.first()?;
    (TrustPolicy::for_service(service).to_json() == trust.to_json()
        && service.ends_with(".aliyuncs.com"))
    .then_some(service.as_str())
}

fn values(json: &str) -> Result<Raw, String> {
    yaml::read_json(json)
        .map_err(|_| "its document cannot be written; this is a bug in export-iam".to_owned())
}
