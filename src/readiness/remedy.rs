//! Who can settle what stands in the way of an export or import; and what settles a refusal by the role's own documents
//! that no step of a plan takes away.

use super::answer::{Outcome, Readiness, Refusal};
use super::check::CheckKind;
use super::error::ErrorCode;
use super::party::Party;
use crate::model::ImageOperation;

/// An edit, and who can make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    /// Who can.
    pub who: Party,
    /// The edit.
    pub settle: String,
}

/// What settles each refusal, each once. `extra` are the policies on the role that the spec does not name.
#[must_use]
pub fn remedies(readiness: &Readiness, extra: &[String]) -> Vec<Remedy> {
    if readiness.trust.is_none() {
        // A role that is to go needs no cure.
        return Vec::new();
    }
    let trust = readiness.trust.iter().filter_map(of_trust);
    let actions = readiness.exports.iter().flat_map(|export| &export.actions);
    let actions =
        actions.filter_map(|action| of_action(&action.outcome, extra, ImageOperation::Export));
    let mut found: Vec<Remedy> = Vec::new();
    for remedy in trust.chain(actions) {
        if !found.contains(&remedy) {
            found.push(remedy);
        }
    }
    found
}

/// What settles that ECS may not assume the role.
pub(super) fn of_trust(outcome: &Outcome) -> Option<Remedy> {
    let Outcome::Refused { why, .. } = outcome else {
        return None;
    };
    let settle = match why {
        Refusal::NotGranted { .. } => {
            "let ECS assume the role: write `trust: { service: ecs.aliyuncs.com }` in the spec"
                .to_owned()
        }
        Refusal::Denied { by } => format!("take the Deny out of {by} in the spec"),
        Refusal::ConditionFails { by, .. } => {
            format!("take the condition out of {by} in the spec")
        }
    };
    Some(Remedy {
        who: Party::SpecAuthor,
        settle,
    })
}

/// What settles that the role's policies do not let it do something.
pub(super) fn of_action(
    outcome: &Outcome,
    extra: &[String],
    operation: ImageOperation,
) -> Option<Remedy> {
    let Outcome::Refused { why, .. } = outcome else {
        return None;
    };
    Some(match why {
        Refusal::Denied { by } if extra.contains(&by.policy) => Remedy {
            who: Party::RamAdministrator,
            settle: format!(
                "detach {} from the role (`extra_policies: detach` in the spec does), or take the Deny out of {by}",
                by.policy
            ),
        },
        Refusal::Denied { by } => Remedy {
            who: Party::SpecAuthor,
            settle: format!(
                "take the Deny out of {by}, or leave {} out of the spec",
                by.policy
            ),
        },
        Refusal::NotGranted { .. } | Refusal::ConditionFails { .. } => Remedy {
            who: Party::SpecAuthor,
            settle: match operation {
                ImageOperation::Export => {
                    "name a policy in the spec that grants it: `system: AliyunECSImageExportRolePolicy`, or a custom \
                     one with `grant: image-export`"
                }
                ImageOperation::Import => {
                    "name a policy in the spec that grants it: `system: AliyunECSImageImportRolePolicy`"
                }
            }
            .to_owned(),
        },
    })
}

impl CheckKind {
    /// Who can settle it, where nothing nearer is known.
    #[must_use]
    pub fn party(self) -> Party {
        match self {
            Self::Role | Self::Trust | Self::Permissions => Party::RamAdministrator,
            Self::Bucket
            | Self::BucketRegion
            | Self::BucketEncryption
            | Self::BucketPolicy
            | Self::Object => Party::BucketOwner,
            Self::ControlPolicy => Party::DirectoryAdministrator,
            Self::Image
            | Self::ImageStatus
            | Self::ImageDisks
            | Self::ImageEncryption
            | Self::ImageOrigin => Party::ImageOwner,
            Self::Instances => Party::InstanceOwner,
            Self::Format | Self::Prefix | Self::DryRun => Party::Requester,
        }
    }
}

impl ErrorCode {
    /// Who can settle what ECS refuses with it.
    #[must_use]
    pub fn party(self) -> Party {
        match self {
            Self::NoSetRoletoECSServiceAcount
            | Self::InvalidOssNotAuthorized
            | Self::CloudBoxImageImportRoleRequired => Party::RamAdministrator,
            Self::InvalidOssBucketNotFound
            | Self::InvalidOssBucketNotMatched
            | Self::InvalidOssBucketEncryptUnsupported
            | Self::InvalidOssBucketFlowLimit
            | Self::InvalidOssObjectNotFound
            | Self::InvalidOssObjectSize
            | Self::InvalidOssObjectNeedRestore => Party::BucketOwner,
            Self::InvalidImageIdNotFound
            | Self::InvalidImageNameMalformed
            | Self::InvalidImageCategoryNotSupported
            | Self::InvalidImageLicenseNotSupported
            | Self::InvalidImageDiskAmountOrSize
            | Self::InvalidBlockSizeNotSupport
            | Self::InvalidVhdImageIncorrectSize
            | Self::ImageNotSupported
            | Self::IncorrectImageStatus => Party::ImageOwner,
            Self::UserNotInTheWhiteList
            | Self::WeeklyQuotaExceed
            | Self::QuotaExceedImage
            | Self::ExportImageFailed
            | Self::ImportImageFailed => Party::AlibabaCloud,
            // The rest is about the parameters, the moment, or what the caller's account has ordered.
            _ => Party::Requester,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_check_is_for_apply_before_a_plan_says_so() {
        for kind in CheckKind::ALL {
            assert_ne!(kind.party(), Party::Apply, "{kind:?}");
        }
        for error in ErrorCode::ALL {
            assert_ne!(error.party(), Party::Apply, "{error}");
        }
    }
}
