//! Every limit of the service that we rely on, with unit, source and the date it was read.
//!
//! Sources differ over the years and most limits can be raised for an account, so the server has the last
//! word: we check names and sizes before a call where that gives a better message, and show what RAM says.
//! Read: 2026-11, RAM "Limits" page and the official SDK's parameter notes, unless said otherwise.

/// Longest role name. Unit: characters, of letters, digits, `.` and `-`.
pub const ROLE_NAME_LENGTH: usize = 64;

/// Longest policy name. Unit: characters, of letters, digits and `-`.
pub const POLICY_NAME_LENGTH: usize = 128;

/// Longest description of a role or policy. Unit: characters. The shortest is 1: a description cannot be
/// cleared once it is set (source: `UpdateRole`, minimum length of `NewDescription`).
pub const DESCRIPTION_LENGTH: usize = 1024;

/// Longest policy document. Unit: characters according to `CreatePolicy`, bytes according to
/// `CreatePolicyVersion`; both counts must stay within it. White space counts as far as is known.
pub const DOCUMENT_LENGTH: usize = 6144;

/// Shortest session of a role. Unit: seconds. Also the default of `CreateRole`.
pub const MIN_SESSION_DURATION: u32 = 3600;

/// Longest session of a role. Unit: seconds.
pub const MAX_SESSION_DURATION: u32 = 43_200;

/// Most versions RAM keeps of one custom policy, the default one included. Unit: versions.
/// At the limit a new version needs a step that drops the oldest non-default one first.
pub const POLICY_VERSIONS: usize = 5;

/// Most custom policies attached to one role. Unit: attachments. Can be raised; older pages say 5.
pub const CUSTOM_POLICIES_PER_ROLE: usize = 10;

/// Most system policies attached to one role. Unit: attachments. Can be raised.
pub const SYSTEM_POLICIES_PER_ROLE: usize = 20;

/// Most roles in an account. Unit: roles, service-linked ones included. Can be raised; older pages say 100.
pub const ROLES: usize = 1000;

/// Most custom policies in an account. Unit: policies. Can be raised; older pages say 200.
pub const CUSTOM_POLICIES: usize = 1500;

/// Most tags in one `TagResources` call. Unit: tags.
pub const TAGS: usize = 20;

/// Longest tag key. Unit: characters.
pub const TAG_KEY_LENGTH: usize = 128;

/// Longest tag value. Unit: characters.
pub const TAG_VALUE_LENGTH: usize = 256;
