//! The actions that are known, as data.
//!
//! Used for spelling, for lint and for realistic witnesses; never to decide whether two policies are
//! the same, because the list grows.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The level of resource that an OSS action is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The service as a whole: no single bucket.
    Service,
    /// A bucket, `acs:oss:<region>:<owner>:<bucket>`.
    Bucket,
    /// An object, `acs:oss:<region>:<owner>:<bucket>/<key>`.
    Object,
    /// Resource pools and vector buckets, with resources of their own forms.
    Other,
}

/// One known action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownAction {
    /// As documented, `oss:GetObject`.
    pub name: &'static str,
    /// What it is asked about; [`Level::Other`] for every service but OSS.
    pub level: Level,
}

/// The action that a trust policy admits to. Source: RAM, "Edit the trust policy of a RAM role".
pub const ASSUME_ROLE: &str = "sts:AssumeRole";

/// The service that ExportImage runs as. Source: ECS, "Export a custom image".
pub const ECS_SERVICE: &str = "ecs.aliyuncs.com";

/// The eight actions that ExportImage needs, sorted by level and name.
///
/// Source: ECS, "Export a custom image" (2026; texts before lack `oss:GetBucketInfo`); levels from OSS,
/// "RAM policy".
pub const IMAGE_EXPORT: [KnownAction; 8] = [
    known("oss:GetBucketInfo", Level::Bucket),
    known("oss:GetBucketLocation", Level::Bucket),
    known("oss:ListMultipartUploads", Level::Bucket),
    known("oss:AbortMultipartUpload", Level::Object),
    known("oss:DeleteObject", Level::Object),
    known("oss:GetObject", Level::Object),
    known("oss:ListParts", Level::Object),
    known("oss:PutObject", Level::Object),
];

const fn known(name: &'static str, level: Level) -> KnownAction {
    KnownAction { name, level }
}

/// Those of the eight that are asked about `level`, sorted.
pub fn export_actions(level: Level) -> impl Iterator<Item = &'static str> {
    IMAGE_EXPORT
        .iter()
        .filter(move |action| action.level == level)
        .map(|action| action.name)
}

/// Every known action: OSS, then RAM, ECS and STS.
pub fn all() -> impl Iterator<Item = KnownAction> {
    let at =
        |names: &'static [&'static str], level| names.iter().map(move |name| known(name, level));
    at(OSS_SERVICE, Level::Service)
        .chain(at(OSS_BUCKET, Level::Bucket))
        .chain(at(OSS_OBJECT, Level::Object))
        .chain(at(OSS_POOL, Level::Other))
        .chain(at(OSS_VECTOR, Level::Other))
        .chain(at(RAM, Level::Other))
        .chain(at(ECS, Level::Other))
        .chain(at(STS, Level::Other))
}

/// The known action of this name, letter case without meaning.
pub fn find(name: &str) -> Option<KnownAction> {
    static FOLDED: OnceLock<BTreeMap<String, KnownAction>> = OnceLock::new();
    let folded = |name: &str| name.to_ascii_lowercase();
    let known = FOLDED.get_or_init(|| all().map(|action| (folded(action.name), action)).collect());
    known.get(&folded(name)).copied()
}

/// Names that people write for an action, and the action that is meant.
///
/// They are names of operations or of other clouds' actions; RAM knows no such action.
pub const MISNOMERS: &[(&str, &str)] = &[
    ("oss:GetService", "oss:ListBuckets"),
    ("oss:GetBucket", "oss:ListObjects"),
    ("oss:HeadObject", "oss:GetObject"),
    ("oss:HeadBucket", "oss:GetBucketInfo"),
    ("oss:GetObjectMeta", "oss:GetObject"),
    ("oss:InitiateMultipartUpload", "oss:PutObject"),
    ("oss:UploadPart", "oss:PutObject"),
    ("oss:CompleteMultipartUpload", "oss:PutObject"),
    ("oss:CopyObject", "oss:PutObject"),
    ("oss:DeleteMultipleObjects", "oss:DeleteObject"),
    ("oss:GetBucketTags", "oss:GetBucketTagging"),
];

/// Service level. Source: OSS, "RAM policy", early 2026.
const OSS_SERVICE: &[&str] = &[
    "oss:ActivateProduct",
    "oss:CreateOrder",
    "oss:DeletePublicAccessBlock",
    "oss:GetPublicAccessBlock",
    "oss:ListBuckets",
    "oss:ListUserDataRedundancyTransition",
    "oss:PutPublicAccessBlock",
];

/// Bucket level. Source: OSS, "RAM policy", early 2026.
const OSS_BUCKET: &[&str] = &[
    "oss:AbortBucketWorm",
    "oss:CloseMetaQuery",
    "oss:CompleteBucketWorm",
    "oss:CreateAccessPoint",
    "oss:CreateAccessPointForObjectProcess",
    "oss:CreateBucketDataRedundancyTransition",
    "oss:CreateCnameToken",
    "oss:DeleteAccessPoint",
    "oss:DeleteAccessPointForObjectProcess",
    "oss:DeleteAccessPointPolicy",
    "oss:DeleteAccessPointPolicyForObjectProcess",
    "oss:DeleteAccessPointPublicAccessBlock",
    "oss:DeleteBucket",
    "oss:DeleteBucketCors",
    "oss:DeleteBucketDataRedundancyTransition",
    "oss:DeleteBucketEncryption",
    "oss:DeleteBucketInventory",
    "oss:DeleteBucketLifecycle",
    "oss:DeleteBucketLogging",
    "oss:DeleteBucketOverwriteConfig",
    "oss:DeleteBucketPolicy",
    "oss:DeleteBucketPublicAccessBlock",
    "oss:DeleteBucketReplication",
    "oss:DeleteBucketTagging",
    "oss:DeleteBucketWebsite",
    "oss:DeleteCname",
    "oss:DeleteStyle",
    "oss:DoMetaQuery",
    "oss:ExtendBucketWorm",
    "oss:GetAccessPoint",
    "oss:GetAccessPointConfigForObjectProcess",
    "oss:GetAccessPointForObjectProcess",
    "oss:GetAccessPointPolicy",
    "oss:GetAccessPointPolicyForObjectProcess",
    "oss:GetAccessPointPublicAccessBlock",
    "oss:GetBucketAccessMonitor",
    "oss:GetBucketAcl",
    "oss:GetBucketArchiveDirectRead",
    "oss:GetBucketCors",
    "oss:GetBucketDataRedundancyTransition",
    "oss:GetBucketEncryption",
    "oss:GetBucketHttpsConfig",
    "oss:GetBucketInfo",
    "oss:GetBucketInventory",
    "oss:GetBucketLifecycle",
    "oss:GetBucketLocation",
    "oss:GetBucketLogging",
    "oss:GetBucketOverwriteConfig",
    "oss:GetBucketPolicy",
    "oss:GetBucketPolicyStatus",
    "oss:GetBucketPublicAccessBlock",
    "oss:GetBucketReferer",
    "oss:GetBucketReplication",
    "oss:GetBucketReplicationLocation",
    "oss:GetBucketReplicationProgress",
    "oss:GetBucketRequestPayment",
    "oss:GetBucketResourceGroup",
    "oss:GetBucketStat",
    "oss:GetBucketTagging",
    "oss:GetBucketTransferAcceleration",
    "oss:GetBucketVersioning",
    "oss:GetBucketWebsite",
    "oss:GetBucketWorm",
    "oss:GetCnameToken",
    "oss:GetMetaQueryStatus",
    "oss:GetStyle",
    "oss:GetUserAntiDDosInfo",
    "oss:InitBucketAntiDDosInfo",
    "oss:InitUserAntiDDosInfo",
    "oss:InitiateBucketWorm",
    "oss:ListAccessPoints",
    "oss:ListAccessPointsForObjectProcess",
    "oss:ListBucketAntiDDosInfo",
    "oss:ListBucketDataRedundancyTransition",
    "oss:ListCname",
    "oss:ListMultipartUploads",
    "oss:ListObjectVersions",
    "oss:ListObjects",
    "oss:ListStyle",
    "oss:OpenMetaQuery",
    "oss:PutAccessPointConfigForObjectProcess",
    "oss:PutAccessPointPolicy",
    "oss:PutAccessPointPolicyForObjectProcess",
    "oss:PutAccessPointPublicAccessBlock",
    "oss:PutBucket",
    "oss:PutBucketAccessMonitor",
    "oss:PutBucketAcl",
    "oss:PutBucketArchiveDirectRead",
    "oss:PutBucketCors",
    "oss:PutBucketEncryption",
    "oss:PutBucketHttpsConfig",
    "oss:PutBucketInventory",
    "oss:PutBucketLifecycle",
    "oss:PutBucketLogging",
    "oss:PutBucketOverwriteConfig",
    "oss:PutBucketPolicy",
    "oss:PutBucketPublicAccessBlock",
    "oss:PutBucketRTC",
    "oss:PutBucketReferer",
    "oss:PutBucketReplication",
    "oss:PutBucketRequestPayment",
    "oss:PutBucketResourceGroup",
    "oss:PutBucketTagging",
    "oss:PutBucketTransferAcceleration",
    "oss:PutBucketVersioning",
    "oss:PutBucketWebsite",
    "oss:PutCname",
    "oss:PutStyle",
    "oss:ReplicateList",
    "oss:UpdateBucketAntiDDosInfo",
    "oss:UpdateUserAntiDDosInfo",
    "oss:WriteGetObjectResponse",
];

/// Object level. Source: OSS, "RAM policy", early 2026.
const OSS_OBJECT: &[&str] = &[
    "oss:AbortMultipartUpload",
    "oss:DeleteLiveChannel",
    "oss:DeleteObject",
    "oss:DeleteObjectTagging",
    "oss:DeleteObjectVersion",
    "oss:DeleteObjectVersionTagging",
    "oss:GetLiveChannel",
    "oss:GetLiveChannelHistory",
    "oss:GetLiveChannelStat",
    "oss:GetObject",
    "oss:GetObjectAcl",
    "oss:GetObjectTagging",
    "oss:GetObjectVersion",
    "oss:GetObjectVersionAcl",
    "oss:GetObjectVersionTagging",
    "oss:GetVodPlaylist",
    "oss:ListLiveChannel",
    "oss:ListParts",
    "oss:PostProcessTask",
    "oss:PostVodPlaylist",
    "oss:ProcessImm",
    "oss:PublishRtmpStream",
    "oss:PutLiveChannel",
    "oss:PutLiveChannelStatus",
    "oss:PutObject",
    "oss:PutObjectAcl",
    "oss:PutObjectTagging",
    "oss:PutObjectVersionAcl",
    "oss:PutObjectVersionTagging",
    "oss:ReplicateDelete",
    "oss:ReplicateGet",
    "oss:ReplicatePut",
    "oss:RestoreObject",
    "oss:RestoreObjectVersion",
];

/// Resource pools and quality of service. Source: OSS, "RAM policy", early 2026.
const OSS_POOL: &[&str] = &[
    "oss:DeleteBucketQoSInfo",
    "oss:DeleteBucketRequesterQoSInfo",
    "oss:DeleteResourcePoolRequesterQoSInfo",
    "oss:GetBucketQoSInfo",
    "oss:GetBucketRequesterQoSInfo",
    "oss:GetResourcePoolInfo",
    "oss:GetResourcePoolRequesterQoSInfo",
    "oss:ListBucketRequesterQoSInfo",
    "oss:ListResourcePoolBuckets",
    "oss:ListResourcePoolRequesterQoSInfos",
    "oss:ListResourcePools",
    "oss:PutBucketQoSInfo",
    "oss:PutBucketRequesterQoSInfo",
    "oss:PutResourcePoolRequesterQoSInfo",
];

/// Vector buckets. Source: OSS, "RAM policy", early 2026.
const OSS_VECTOR: &[&str] = &[
    "oss:DeleteVectorBucket",
    "oss:DeleteVectorIndex",
    "oss:DeleteVectors",
    "oss:GetVectorBucket",
    "oss:GetVectorIndex",
    "oss:GetVectors",
    "oss:ListVectorBuckets",
    "oss:ListVectorIndexes",
    "oss:ListVectors",
    "oss:PutVectorBucket",
    "oss:PutVectorIndex",
    "oss:PutVectors",
    "oss:QueryVectors",
];

/// Source: operations of the RAM SDK, version 2015-05-01; `ram:PassRole` has no operation of its own.
const RAM: &[&str] = &[
    "ram:AddUserToGroup",
    "ram:AttachPolicyToGroup",
    "ram:AttachPolicyToRole",
    "ram:AttachPolicyToUser",
    "ram:BindMFADevice",
    "ram:ChangePassword",
    "ram:ClearAccountAlias",
    "ram:CreateAccessKey",
    "ram:CreateGroup",
    "ram:CreateLoginProfile",
    "ram:CreatePolicy",
    "ram:CreatePolicyVersion",
    "ram:CreateRole",
    "ram:CreateServiceLinkedRole",
    "ram:CreateUser",
    "ram:CreateVirtualMFADevice",
    "ram:DecodeDiagnosticMessage",
    "ram:DeleteAccessKey",
    "ram:DeleteGroup",
    "ram:DeleteLoginProfile",
    "ram:DeletePolicy",
    "ram:DeletePolicyVersion",
    "ram:DeleteRole",
    "ram:DeleteServiceLinkedRole",
    "ram:DeleteUser",
    "ram:DeleteVirtualMFADevice",
    "ram:DetachPolicyFromGroup",
    "ram:DetachPolicyFromRole",
    "ram:DetachPolicyFromUser",
    "ram:GetAccessKeyLastUsed",
    "ram:GetAccountAlias",
    "ram:GetGroup",
    "ram:GetLoginProfile",
    "ram:GetPasswordPolicy",
    "ram:GetPolicy",
    "ram:GetPolicyVersion",
    "ram:GetRole",
    "ram:GetSecurityPreference",
    "ram:GetServiceLinkedRoleTemplate",
    "ram:GetUser",
    "ram:GetUserMFAInfo",
    "ram:ListAccessKeys",
    "ram:ListEntitiesForPolicy",
    "ram:ListGroups",
    "ram:ListGroupsForUser",
    "ram:ListPolicies",
    "ram:ListPoliciesForGroup",
    "ram:ListPoliciesForRole",
    "ram:ListPoliciesForUser",
    "ram:ListPolicyVersions",
    "ram:ListRoles",
    "ram:ListTagResources",
    "ram:ListUsers",
    "ram:ListUsersForGroup",
    "ram:ListVirtualMFADevices",
    "ram:PassRole",
    "ram:RemoveUserFromGroup",
    "ram:SetAccountAlias",
    "ram:SetDefaultPolicyVersion",
    "ram:SetPasswordPolicy",
    "ram:SetSecurityPreference",
    "ram:TagResources",
    "ram:UnbindMFADevice",
    "ram:UntagResources",
    "ram:UpdateAccessKey",
    "ram:UpdateGroup",
    "ram:UpdateLoginProfile",
    "ram:UpdatePolicyDescription",
    "ram:UpdateRole",
    "ram:UpdateUser",
];

/// The few that running an export takes. Source: ECS, "Export a custom image".
const ECS: &[&str] = &[
    "ecs:CancelTask",
    "ecs:DescribeImages",
    "ecs:DescribeTaskAttribute",
    "ecs:DescribeTasks",
    "ecs:ExportImage",
];

/// Source: operations of the STS SDK, version 2015-04-01.
const STS: &[&str] = &["sts:AssumeRole", "sts:GetCallerIdentity"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eight_are_known_at_their_level() {
        for action in IMAGE_EXPORT {
            assert_eq!(find(action.name), Some(action));
        }
    }

    #[test]
    fn misnomers_are_no_actions_and_lead_to_actions() {
        for (wrong, right) in MISNOMERS {
            assert!(find(wrong).is_none() && find(right).is_some(), "{wrong}");
        }
    }
}
