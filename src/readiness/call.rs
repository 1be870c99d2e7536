//! The condition keys of the requests that ECS makes for an export or import.

use jiff::Timestamp;

/// Which service a request is made to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    /// OSS, with the role's session.
    Oss,
    /// STS, to assume the role.
    Sts,
}

/// The values that a key can have in ECS's own request, `None` where it is absent. Nothing where its value is not
/// documented.
///
/// Signing in with a second factor or through an identity provider is what people do, never a service. An external id
/// is agreed upon with a third party, and neither ExportImage nor ImportImage has a parameter for one. A key with the
/// code of one service is filled in by that service alone, and OSS fills in those of listings for listings of objects,
/// which neither makes. Source: RAM, "Policy elements", 2025; OSS, "RAM policy", early 2026; ECS, ExportImage and
/// ImportImage.
pub(super) fn values(
    key: &str,
    service: Service,
    now: Option<Timestamp>,
) -> Option<Vec<Option<String>>> {
    let absent = vec![None];
    match key {
        "acs:MFAPresent" => return Some(vec![None, Some("false".to_owned())]),
        "acs:CurrentTime" => return now.map(|now| vec![Some(now.to_string())]),
        "oss:Prefix" | "oss:Delimiter" | "sts:ExternalId" => return Some(absent),
        _ => {}
    }
    let own = match service {
        Service::Oss => "oss",
        Service::Sts => "sts",
    };
    let (code, _) = key.split_once(':')?;
    (code != "acs" && code != own).then_some(absent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_documented_is_known() {
        let value = |key| values(key, Service::Oss, None);
        for key in [
            "acs:SecureTransport",
            "acs:SourceIp",
            "acs:SourceVpc",
            "acs:mfapresent",
            "acs:CurrentTime",
            "oss:BucketTag/team",
            "no-service",
        ] {
            assert_eq!(value(key), None, "{key}");
        }
        for key in ["saml:recipient", "oidc:sub", "kms:tag", "oss:Prefix"] {
            assert_eq!(value(key), Some(vec![None]), "{key}");
        }
    }

    #[test]
    fn the_time_is_known_where_it_is_given() {
        let now: Timestamp = "2026-11-28T00:00:00Z".parse().unwrap();
        let values = values("acs:CurrentTime", Service::Sts, Some(now));
        assert_eq!(values, Some(vec![Some("2026-11-28T00:00:00Z".to_owned())]));
    }
}
