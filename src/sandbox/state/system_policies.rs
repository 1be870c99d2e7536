//! Alibaba Cloud's own policies, from the documents in `policies/system`; sources and dates are beside them.

use jiff::Timestamp;

use super::policy::SystemPolicy;
use crate::model::{PolicyName, VersionId};
use crate::policy::documented::{self, SYSTEM};

/// When all of them were made, as far as the sandbox says. Made up: 2021-01-01.
const CREATED_SECOND: i64 = 1_609_459_200;

/// Every documented system policy.
pub(super) fn all() -> impl Iterator<Item = SystemPolicy> {
    SYSTEM.iter().filter_map(|documented| {
        Some(SystemPolicy {
            name: PolicyName::new(documented.name).ok()?,
            document: documented.document.trim_end().to_owned(),
            description: documented.description.to_owned(),
            version: VersionId::from_number(1),
            created: Timestamp::from_second(CREATED_SECOND).unwrap_or_default(),
        })
    })
}

/// The document of this name.
pub(super) fn document(name: &PolicyName) -> Option<&'static str> {
    documented::system(name.as_str()).map(|documented| documented.document.trim_end())
}

/// The documented system policy of this name, with its own spelling.
pub(super) fn find(name: &PolicyName) -> Option<SystemPolicy> {
    all().find(|policy| policy.name == *name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::PolicyDocument;

    #[test]
    fn every_documented_policy_has_a_good_name_and_document() {
        assert_eq!(all().count(), SYSTEM.len());
        for policy in all() {
            assert!(
                PolicyDocument::parse(&policy.document).is_ok(),
                "{}",
                policy.name
            );
        }
    }
}
