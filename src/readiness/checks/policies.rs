//! What the policies of every layer allow the role in OSS.
//!
//! A request passes if the role's own policies or the bucket's allow it, neither denies it, and every control policy
//! lets it through. So three questions are asked, one a check, and all three must be answered yes: what the role's and
//! the bucket's policies allow together and the role's do not deny; what the bucket's policy denies; what control
//! policies deny or leave out. The role's own policies open no bucket of another account; there the bucket's policy is
//! asked what it allows, too.

use super::super::answer::{ActionAnswer, Answer, Outcome, Refusal};
use super::super::check::{Check, CheckAnswer, CheckKind};
use super::super::error::ErrorCode;
use super::super::factor::Factor;
use super::super::grants::{self, Source, with_unread};
use super::super::input::{Facts, Question, RoleTrust};
use super::super::made::Made;
use super::super::remedy::{self, Remedy};
use super::super::requirement::{Objects, Place};
use super::layers::{self, OfBucket, OfDirectory};
use crate::model::{BucketName, Layer, ObjectKey, ObjectPrefix, RegionId};
use crate::policy::Effect;

const ERROR: ErrorCode = ErrorCode::InvalidOssNotAuthorized;

pub(super) fn checks(facts: &Facts<'_>) -> Vec<Check> {
    let everything = Made::everything();
    let owner = owner(facts);
    let is_foreign = owner != facts.account.as_str();
    let of_bucket = layers::of_bucket(facts, owner);
    let of_directory = layers::of_directory(facts);
    let in_groups = match &facts.role {
        Layer::Read(role) => role.in_groups,
        Layer::NotAsked | Layer::NotRead(_) => &[],
    };
    let in_groups: Vec<Made> = in_groups.iter().filter_map(Made::in_group).collect();
    let own = layers::own_sources(facts, &in_groups);
    let denied_by_own: Vec<Made> = own
        .iter()
        .map(|source| Made::of_source(source, Effect::Deny))
        .collect();
    let granted = of_bucket.only(Effect::Allow);
    let denied = of_bucket.only(Effect::Deny);

    let mut asked_of_own = own;
    let mut asked_of_bucket = vec![everything.source()];
    match is_foreign {
        false => {
            asked_of_own.extend(granted.as_ref().map(Made::source));
            asked_of_bucket.extend(denied.as_ref().map(Made::source));
        }
        true => {
            asked_of_own = denied_by_own.iter().map(Made::source).collect();
            asked_of_own.push(everything.source());
            asked_of_bucket = match &of_bucket {
                OfBucket::Read(made) => vec![made.source()],
                OfBucket::None | OfBucket::NotRead(_) | OfBucket::NotInterpreted(_) => Vec::new(),
            };
        }
    }
    let levels = of_directory.sources();
    let asked = Asked {
        facts,
        place: place(facts, owner),
    };
    let mut found = vec![
        Found {
            check: asked.own(&asked_of_own, &of_bucket, is_foreign),
            layers: vec![asked_of_own],
        },
        Found {
            check: asked.bucket(&asked_of_bucket, &of_bucket, is_foreign),
            layers: vec![asked_of_bucket],
        },
        Found {
            check: asked.directory(&levels, &of_directory),
            layers: levels,
        },
    ];
    if is_all_read(facts, &of_bucket, &of_directory) {
        asked.together(&mut found);
    }
    found.into_iter().map(|found| found.check).collect()
}

/// A check, and the layers that were asked for it.
struct Found<'a> {
    check: Check,
    layers: Vec<Vec<Source<'a>>>,
}

fn owner<'a>(facts: &Facts<'a>) -> &'a str {
    match &facts.observed.bucket {
        Layer::Read(Some(bucket)) => &bucket.owner,
        _ => facts.account.as_str(),
    }
}

fn place<'a>(facts: &Facts<'a>, owner: &'a str) -> Place<'a> {
    let question = facts.question;
    Place {
        operation: question.operation(),
        region: question.region().map(RegionId::as_str),
        bucket: question.bucket().map(BucketName::as_str),
        owner: Some(owner),
        objects: match question {
            Question::Export(export) => Objects::Made {
                prefix: export.prefix.as_ref().map_or("", ObjectPrefix::as_str),
            },
            Question::Import(import) => Objects::Existing {
                key: import.object.as_ref().map(ObjectKey::as_str),
            },
        },
    }
}

fn is_all_read(facts: &Facts<'_>, bucket: &OfBucket, directory: &OfDirectory) -> bool {
    matches!(&facts.role, Layer::Read(role) if role.trust != RoleTrust::Missing)
        && layers::unread_of_role(facts).is_empty()
        && facts.groups_not_read.is_none()
        && matches!(bucket, OfBucket::Read(_) | OfBucket::None)
        && matches!(directory, OfDirectory::Read { unread, .. } if unread.is_empty())
}

struct Asked<'a> {
    facts: &'a Facts<'a>,
    place: Place<'a>,
}

impl Asked<'_> {
    fn outcomes(&self, layers: &[Vec<Source<'_>>], unread: &[Factor]) -> Vec<ActionAnswer> {
        let outcomes = grants::outcomes(layers, &[self.place], self.facts.now).into_iter();
        let outcomes = outcomes.map(|outcome| with_unread(outcome, unread));
        let actions = self.place.operation.actions().iter().copied();
        let answers = actions.zip(outcomes);
        answers
            .map(|(action, outcome)| ActionAnswer { action, outcome })
            .collect()
    }

    fn words(&self) -> String {
        match (self.place.bucket, self.place.objects) {
            (Some(bucket), Objects::Existing { key: Some(key) }) => {
                format!("bucket {bucket} (object {key})")
            }
            (Some(bucket), _) => format!("bucket {bucket}"),
            (None, _) => "any bucket".to_owned(),
        }
    }

    fn own(&self, sources: &[Source<'_>], of_bucket: &OfBucket, is_foreign: bool) -> Check {
        let kind = CheckKind::Permissions;
        let name = self.facts.role_name;
        match &self.facts.role {
            Layer::Read(role) if role.trust == RoleTrust::Missing => {
                return Check::skipped(kind, "there is no role to grant anything to");
            }
            Layer::Read(_) => {}
            Layer::NotAsked => return Check::skipped(kind, "the role was not read"),
            Layer::NotRead(_) => return Check::skipped(kind, "the role could not be read"),
        }
        let mut actions = self.outcomes(&[sources.to_vec()], &layers::unread_of_role(self.facts));
        let unread = of_bucket.unread(self.place.bucket).filter(|_| !is_foreign);
        if let Some(unread) = unread {
            // What the role's own policies leave out, the bucket's might grant.
            let unread = std::slice::from_ref(&unread);
            for action in &mut actions {
                if action.outcome.answer() != Answer::Ready {
                    action.outcome = with_unread(action.outcome.clone(), unread);
                }
            }
        }
        let word = self.place.operation.word();
        let passed = match is_foreign {
            true => format!("no policy of {name} denies what an {word} needs"),
            false => format!("{name} may do on {} what an {word} needs", self.words()),
        };
        let check = self.summary(kind, &actions, passed, "export-iam plan");
        self.with_groups(self.with_remedy(check, &actions), &actions)
    }

    /// What the first refusal by the role's own policies is settled by.
    fn with_remedy(&self, check: Check, actions: &[ActionAnswer]) -> Check {
        let mut refused = actions.iter().map(|action| &action.outcome);
        match refused.find_map(|outcome| {
            remedy::of_action(outcome, self.facts.extra, self.facts.operation())
        }) {
            Some(Remedy { who, settle }) if check.answer == CheckAnswer::Failed => {
                check.settled_by(settle).by(who)
            }
            _ => check,
        }
    }

    /// What is attached for one resource group may grant what is missing, or deny what is granted; a Deny holds.
    fn with_groups(&self, check: Check, actions: &[ActionAnswer]) -> Check {
        let is_denied = |action: &ActionAnswer| {
            let why = match &action.outcome {
                Outcome::Refused { why, .. } => Some(why),
                Outcome::Granted { .. } | Outcome::Depends { .. } => None,
            };
            matches!(why, Some(Refusal::Denied { .. }))
        };
        match self.facts.groups_not_read {
            Some(why) if !actions.iter().any(is_denied) => {
                let message = format!(
                    "{}; what it holds for single resource groups could not be read: {why}",
                    check.message
                );
                let settle = "give the caller ram:ListPolicyAttachments, as `export-iam permissions verify` prints it";
                Check::depends(check.kind, ERROR, message).settled_by(settle)
            }
            _ => check,
        }
    }

    fn bucket(&self, sources: &[Source<'_>], of_bucket: &OfBucket, is_foreign: bool) -> Check {
        let kind = CheckKind::BucketPolicy;
        let Some(name) = self.place.bucket else {
            return Check::skipped(kind, "no bucket was asked about");
        };
        if self.facts.observed.bucket == Layer::Read(None) {
            return Check::skipped(kind, format!("there is no bucket {name}"));
        }
        let show = format!("aliyun oss bucket-policy --method get oss://{name}");
        let passed = match (of_bucket, &self.facts.observed.bucket_policy) {
            (_, Layer::NotAsked) => return Check::skipped(kind, "no bucket was asked about"),
            (OfBucket::NotRead(why), _) => {
                let message = format!("the policy of bucket {name} could not be read: {why}");
                return Check::depends(kind, ERROR, message).settled_by(format!(
                    "let the caller read it, or look as the owner: {show}"
                ));
            }
            (OfBucket::NotInterpreted(why), _) => {
                let message = format!("the policy of bucket {name} cannot be interpreted: {why}");
                return Check::depends(kind, ERROR, message).settled_by(format!(
                    "correct the bucket policy, which this shows: {show}"
                ));
            }
            (OfBucket::None, _) if is_foreign => {
                let message = format!(
                    "bucket {name} belongs to another account and has no policy that lets {} in",
                    self.facts.role_name
                );
                return Check::failed(kind, ERROR, message)
                    .settled_by("have its owner allow the role in the bucket policy");
            }
            (OfBucket::None, _) => format!("bucket {name} has no policy"),
            (OfBucket::Read(_), _) => {
                let word = self.place.operation.word();
                format!("the policy of bucket {name} lets the {word} through")
            }
        };
        let actions = self.outcomes(&[sources.to_vec()], &[]);
        let settle = format!("let the role through in the bucket policy, which this shows: {show}");
        self.summary(kind, &actions, passed, &settle)
    }

    fn directory(&self, levels: &[Vec<Source<'_>>], of_directory: &OfDirectory) -> Check {
        let kind = CheckKind::ControlPolicy;
        let unread = match of_directory {
            OfDirectory::Read { unread, .. } => unread,
            OfDirectory::NotRead(why) => {
                let message = format!("the control policies could not be read: {why}");
                return Check::depends(kind, ERROR, message).settled_by(
                    "run `verify` with a key of the directory's management account or of a delegated administrator",
                );
            }
        };
        let settle = "except the role from the control policy";
        if self.facts.observed.control_policies == Layer::NotAsked {
            return Check::skipped(kind, "the control policies were not asked about");
        }
        if levels.is_empty() && unread.is_empty() {
            return Check::passed(kind, "no control policy binds the account");
        }
        let actions = self.outcomes(levels, unread);
        let word = self.place.operation.word();
        let passed = format!("the control policies let the {word} through");
        self.summary(kind, &actions, passed, settle)
    }

    /// The check that the worst of some outcomes makes; actions with one reason are told together.
    fn summary(
        &self,
        kind: CheckKind,
        actions: &[ActionAnswer],
        passed: String,
        settle: &str,
    ) -> Check {
        let worst = actions.iter().map(|action| action.outcome.answer()).max();
        let worst = worst.unwrap_or(Answer::Ready);
        if worst == Answer::Ready {
            return Check::passed(kind, format!("{passed}{}", self.by_bucket(kind, actions)));
        }
        let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
        let open = actions.iter().filter(|one| one.outcome.answer() == worst);
        for ActionAnswer { action, outcome } in open.clone() {
            let reason = outcome.why();
            match reasons.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, actions)) => actions.push(action.name),
                None => reasons.push((reason, vec![action.name])),
            }
        }
        let place = self.words();
        let reasons: Vec<String> = reasons
            .into_iter()
            .map(|(reason, names)| {
                // A reader knows all of them by what they are for.
                let what = match names.len() == actions.len() {
                    true => format!(
                        "the {} actions of an {}",
                        names.len(),
                        self.place.operation.word()
                    ),
                    false => names.join(", "),
                };
                format!("{what} on {place}: {reason}")
            })
            .collect();
        let message = reasons.join("; ");
        match worst {
            Answer::Blocked => Check::failed(kind, ERROR, message).settled_by(settle),
            _ => {
                let mut factors = open.flat_map(|action| action.outcome.factors());
                let settle = factors.next().map_or(settle.to_owned(), |factor| {
                    factor.settle(self.place.operation)
                });
                Check::depends(kind, ERROR, message).settled_by(settle)
            }
        }
    }

    /// Which statements of the bucket's policy have a part in what the role may do.
    fn by_bucket(&self, kind: CheckKind, actions: &[ActionAnswer]) -> String {
        let Some(bucket) = self.place.bucket.filter(|_| kind == CheckKind::Permissions) else {
            return String::new();
        };
        let name = layers::bucket_policy_name(bucket);
        let mut by: Vec<String> = actions
            .iter()
            .filter_map(|action| match &action.outcome {
                Outcome::Granted { by } => Some(by),
                _ => None,
            })
            .flatten()
            .filter(|by| by.policy == name)
            .map(ToString::to_string)
            .collect();
        by.sort_unstable();
        by.dedup();
        match by.is_empty() {
            true => String::new(),
            false => format!(", also by {}", by.join(", ")),
        }
    }

    /// Fails the checks that could each be met, but never in one request: those of the smallest such set.
    fn together(&self, found: &mut [Found<'_>]) {
        let is_open = |found: &Found<'_>| found.check.answer == CheckAnswer::Depends;
        let is_failed = |found: &Found<'_>| found.check.answer == CheckAnswer::Failed;
        if found.iter().any(is_failed) || self.place.bucket.is_none() {
            return;
        }
        let open: Vec<usize> = (0..found.len())
            .filter(|at| found.get(*at).is_some_and(is_open))
            .collect();
        let mut sets: Vec<Vec<usize>> = (1_usize..1 << open.len())
            .map(|set| {
                let members = open.iter().enumerate();
                let members = members.filter(|(bit, _)| set >> bit & 1 == 1);
                members.map(|(_, at)| *at).collect()
            })
            .collect();
        sets.sort_by_key(Vec::len);
        let never = sets.into_iter().find(|set| {
            let found = set.iter().filter_map(|at| found.get(*at));
            let layers: Vec<Vec<Source<'_>>> =
                found.flat_map(|found| found.layers.clone()).collect();
            grants::can_all_hold(&layers, &self.place, self.facts.now) == Some(false)
        });
        for at in never.unwrap_or_default() {
            if let Some(found) = found.get_mut(at) {
                found.check.answer = CheckAnswer::Failed;
                let word = self.place.operation.word();
                let message = &mut found.check.message;
                message.push_str(&format!("; no {word} meets all of this at once"));
            }
        }
    }
}
