//! Would ExportImage work with this role?
//!
//! In: the role's trust policy, every document attached to it, and where images are to go. Out: an
//! answer for the trust and for each of the eight actions, and what the role can do beyond the need.
//! Control policies, bucket policies and ACLs are outside the answer.

mod ask;

use super::access::Question;
use super::access::compare;
use super::access::{AccessLine, Realism};
use super::catalogue::{self, KnownAction, Level};
use super::document::{ActionMatch, Condition, Effect, PolicyDocument, ResourceMatch, Statement};
use super::evaluate::{Caller, Request};
use super::grant;
use super::trust::TrustPolicy;
use std::fmt;

/// The role's trust policy, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleTrust<'a> {
    /// There is no such role.
    Missing,
    /// The role is there, its trust policy could not be interpreted.
    Unreadable,
    /// As read.
    Policy(&'a TrustPolicy),
}

/// One document attached to the role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attached<'a> {
    /// The policy's name, for the answer.
    pub name: &'a str,
    /// Its document in force; `None` if it could not be interpreted.
    pub document: Option<&'a PolicyDocument>,
}

/// Where images are exported to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Export<'a> {
    /// The bucket; `None` for any.
    pub bucket: Option<&'a str>,
    /// The `OSSPrefix`; `None` for none.
    pub prefix: Option<&'a str>,
    /// The uid of the bucket's owner; `None` for any.
    pub owner: Option<&'a str>,
}

/// A statement of an attached policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StatementName {
    /// The policy's name; empty for the trust policy.
    pub policy: String,
    /// Which statement, from 0.
    pub statement: usize,
}

/// The answer for one action, or for the trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    /// Always granted. Proven.
    Granted {
        /// The statements that grant it; more than one where several do.
        by: Vec<StatementName>,
    },
    /// Not granted.
    Missing {
        /// A request that is needed and not granted.
        witness: Request,
        /// Whether other needed requests of the action are granted.
        partly: bool,
    },
    /// Granted, but denied.
    Denied {
        /// The statement that denies it.
        by: StatementName,
        /// A request that is needed and denied.
        witness: Request,
    },
    /// Granted only under a condition.
    OnlyWhen {
        /// The condition, in words.
        condition: String,
        /// A request that is needed and not granted.
        witness: Request,
    },
    /// Granted only if OSS presents the region in one spelling.
    OnlyInRegion {
        /// The spelling, as `oss-cn-hangzhou`.
        region: String,
        /// A request that is needed and not granted.
        witness: Request,
    },
    /// Could not be settled.
    Unknown {
        /// Why.
        reason: String,
    },
}

impl Grant {
    /// Whether it is granted always; `None` if that is not known.
    pub fn is_granted(&self) -> Option<bool> {
        match self {
            Grant::Granted { .. } => Some(true),
            Grant::Unknown { .. } => None,
            _ => Some(false),
        }
    }
}

/// The answer for one action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionGrant {
    /// Which of the eight.
    pub action: KnownAction,
    /// The answer.
    pub grant: Grant,
}

/// The answer for one export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportGrants {
    /// Its bucket; `None` for any.
    pub bucket: Option<String>,
    /// Its prefix.
    pub prefix: Option<String>,
    /// One answer for each of the eight, in the order of [`catalogue::IMAGE_EXPORT`].
    pub actions: Vec<ActionGrant>,
}

/// The error that ExportImage answers with. Source: ECS API, ExportImage, error codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExportError {
    /// The role is missing, or ECS may not assume it.
    NoSetRoletoECSServiceAcount,
    /// The role lacks an OSS action.
    InvalidOssNotAuthorized,
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ExportError::NoSetRoletoECSServiceAcount => "NoSetRoletoECSServiceAcount",
            ExportError::InvalidOssNotAuthorized => "InvalidOSS.NotAuthorized",
        })
    }
}

/// Whether ExportImage would work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// Whether ECS may assume the role; `None` if there is no role.
    pub trust: Option<Grant>,
    /// One answer for each export.
    pub exports: Vec<ExportGrants>,
    /// What the role can do beyond the need.
    pub over_grant: Vec<AccessLine>,
    /// What is to be said of the over-grant: why it is not complete.
    pub over_grant_reasons: Vec<String>,
}

impl Readiness {
    /// Whether every export would work; `None` if that is not known.
    pub fn is_ready(&self) -> Option<bool> {
        let trust = self.trust.as_ref().map_or(Some(false), Grant::is_granted);
        let actions = self.exports.iter().flat_map(|export| &export.actions);
        let answers = std::iter::once(trust).chain(actions.map(|action| action.grant.is_granted()));
        let mut all = Some(true);
        for answer in answers {
            match answer {
                Some(false) => return Some(false),
                None => all = None,
                Some(true) => {}
            }
        }
        all
    }

    /// The error that ExportImage would give, if it is known that it would.
    pub fn error(&self) -> Option<ExportError> {
        if self
            .trust
            .as_ref()
            .is_none_or(|trust| trust.is_granted() == Some(false))
        {
            return Some(ExportError::NoSetRoletoECSServiceAcount);
        }
        let mut actions = self.exports.iter().flat_map(|export| &export.actions);
        let refused = actions.any(|action| action.grant.is_granted() == Some(false));
        refused.then_some(ExportError::InvalidOssNotAuthorized)
    }
}

/// Whether ExportImage would work with a role, into each of `exports`; into any bucket if there are none.
pub fn image_export(
    trust: RoleTrust<'_>,
    attached: &[Attached<'_>],
    exports: &[Export<'_>],
) -> Readiness {
    let any = [Export::default()];
    let exports = if exports.is_empty() { &any } else { exports };
    let trust = match trust {
        RoleTrust::Missing => None,
        RoleTrust::Unreadable => Some(Grant::Unknown {
            reason: "the trust policy cannot be interpreted".to_owned(),
        }),
        RoleTrust::Policy(policy) => Some(ask::trust(policy)),
    };
    let (over_grant, over_grant_reasons) = over_grant(attached, exports);
    Readiness {
        trust,
        exports: exports
            .iter()
            .map(|export| export_grants(attached, export))
            .collect(),
        over_grant,
        over_grant_reasons,
    }
}

/// An action that is needed, and on what.
struct Need {
    action: KnownAction,
    resource: String,
}

impl Need {
    /// A document that grants the need and nothing else.
    fn document(&self) -> PolicyDocument {
        PolicyDocument::new(vec![statement(
            self.action.name,
            vec![self.resource.clone()],
        )])
    }
}

fn export_grants(attached: &[Attached<'_>], export: &Export<'_>) -> ExportGrants {
    let needs = catalogue::IMAGE_EXPORT.map(|action| Need {
        action,
        resource: resource(export, action.level),
    });
    let grants = ask::actions(attached, &needs);
    let actions = needs.iter().zip(grants).map(|(need, grant)| ActionGrant {
        action: need.action,
        grant,
    });
    ExportGrants {
        bucket: export.bucket.map(str::to_owned),
        prefix: export.prefix.map(str::to_owned),
        actions: actions.collect(),
    }
}

/// The resources that an export asks about, in any region. Narrowed further to what OSS asks: a bucket
/// has no `/`, a key is not empty.
fn resource(export: &Export<'_>, level: Level) -> String {
    let (owner, bucket) = (export.owner.unwrap_or("*"), export.bucket.unwrap_or("*"));
    match level {
        Level::Object => grant::objects_arn(owner, bucket, export.prefix.unwrap_or_default()),
        _ => grant::bucket_arn(owner, bucket),
    }
}

/// A statement that allows an action on resources.
fn statement(action: &str, resources: Vec<String>) -> Statement {
    Statement {
        sid: None,
        effect: Effect::Allow,
        action: ActionMatch::Action(vec![action.to_owned()]),
        resource: ResourceMatch::Resource(resources),
        condition: Condition::default(),
    }
}

/// What the attached documents grant beyond the need, leaving out requests that OSS does not make.
fn over_grant(attached: &[Attached<'_>], exports: &[Export<'_>]) -> (Vec<AccessLine>, Vec<String>) {
    let needed = |level| {
        let resources = exports.iter().map(|export| match export.bucket {
            // Names of buckets are unique among all owners, so a pattern that leaves the owner open
            // reaches no further.
            Some(_) => {
                let anyone = Export {
                    owner: None,
                    ..*export
                };
                resource(&anyone, level)
            }
            None => "*".to_owned(),
        });
        resources.collect()
    };
    let statements = catalogue::IMAGE_EXPORT
        .iter()
        .map(|action| statement(action.name, needed(action.level)));
    let needs = PolicyDocument::new(statements.collect());
    let documents: Vec<&PolicyDocument> = attached.iter().filter_map(|one| one.document).collect();
    let comparison = compare(&[&needs], &documents, Question::Effective);
    let mut lines = comparison.gained;
    lines.retain(|line| line.realism != Realism::NotMadeToday);
    let unread = attached.iter().filter(|one| one.document.is_none());
    let mut reasons: Vec<String> = unread
        .map(|one| format!("the document of `{}` cannot be interpreted", one.name))
        .collect();
    let is_about_gain = |reason: &&String| !reason.starts_with("differs only");
    reasons.extend(comparison.reasons.iter().filter(is_about_gain).cloned());
    (lines, reasons)
}

/// The caller that ExportImage runs as.
fn ecs() -> Caller {
    Caller {
        member: "Service".to_owned(),
        id: catalogue::ECS_SERVICE.to_owned(),
    }
}
