//! What is the same for all accounts: regions, and how the services behave where it is not documented.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::bucket::Bucket;
use crate::model::AccountId;

/// A region that differs from the documented ones, or is not documented.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Region {
    pub(crate) id: String,
    /// Whether images can be exported and imported there at all (`InvalidRegion.NotSupport`).
    #[serde(default = "yes")]
    pub(crate) exports: bool,
    /// Whether images with data disks can be exported there (`OperationDenied`).
    #[serde(default = "yes")]
    pub(crate) data_disks: bool,
    /// Whether formats other than `raw` are offered; as documented when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) formats: Option<bool>,
}

fn yes() -> bool {
    true
}

/// How the services behave where it is not documented: each switch has the values that are thought possible.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Behavior {
    pub(crate) dry_run: DryRun,
    /// The code of a dry run that was passed: `DryRunOperation` or `DRYRUN.SUCCESS`.
    pub(crate) dry_run_code: String,
    /// How long ECS does not see a new role. Unit: seconds.
    pub(crate) role_delay: u32,
    /// Condition keys and values of the calls that ECS makes to OSS, besides `acs:CurrentTime`.
    pub(crate) ecs_context: BTreeMap<String, String>,
    /// The session name of the calls that ECS makes to OSS.
    pub(crate) ecs_session: String,
    /// The region field of resources in calls to OSS; `oss-` and the bucket's region when absent.
    pub(crate) oss_region_field: Option<String>,
    /// Whether `*` in a bucket policy without a condition leaves out the roles of the owner's account too.
    pub(crate) owner_roles_are_owner: bool,
    /// Whether the UID of an account in a bucket policy means the account's roles too.
    pub(crate) account_means_roles: bool,
    /// Whether a wildcard in a bucket policy's principal stays within its part of the ARN.
    pub(crate) wildcards_stay_in_their_part: bool,
    /// Whether a Deny for a resource group beats an account-wide Allow.
    pub(crate) group_deny_wins: bool,
    /// Whether ImportImage takes names of objects that end otherwise than with a format in small letters.
    pub(crate) any_suffix: bool,
}

/// How much a dry run of ExportImage or ImportImage looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DryRun {
    /// Everything that a real one looks at.
    Full,
    /// Key, permission and parameters.
    Parameters,
    /// Nothing: the parameter is not known and a real export or import starts.
    Ignored,
}

impl Default for Behavior {
    fn default() -> Self {
        Self {
            dry_run: DryRun::Full,
            dry_run_code: "DryRunOperation".to_owned(),
            role_delay: 0,
            ecs_context: BTreeMap::from([
                ("acs:SecureTransport".to_owned(), "true".to_owned()),
                ("acs:SourceIp".to_owned(), "100.104.0.7".to_owned()),
            ]),
            ecs_session: "ecs-image-export".to_owned(),
            oss_region_field: None,
            owner_roles_are_owner: false,
            account_means_roles: false,
            wildcards_stay_in_their_part: false,
            group_deny_wins: false,
            any_suffix: false,
        }
    }
}

impl Behavior {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The resource of a call to OSS: the bucket, or an object in it.
    pub(crate) fn oss_resource(
        &self,
        owner: &AccountId,
        bucket: &Bucket,
        key: Option<&str>,
    ) -> String {
        let region = match &self.oss_region_field {
            Some(text) => text.clone(),
            None => format!("oss-{}", bucket.region),
        };
        let name = &bucket.name;
        match key {
            Some(key) => format!("acs:oss:{region}:{owner}:{name}/{key}"),
            None => format!("acs:oss:{region}:{owner}:{name}"),
        }
    }
}
