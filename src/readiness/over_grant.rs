//! What a role can do beyond the requirements.

use crate::policy::catalogue::{self, Level};
use crate::policy::{
    AccessLine, ActionMatch, Condition, Effect, PolicyDocument, Question, ResourceMatch, Statement,
    compare, grant,
};

use super::input::{Attached, Export};

/// What the attached documents grant beyond the requirements, leaving out requests that OSS does not make; and what is
/// to be said of it.
pub(super) fn over_grant(
    attached: &[Attached<'_>],
    exports: &[Export<'_>],
) -> (Vec<AccessLine>, Vec<String>) {
    let statements = catalogue::IMAGE_EXPORT.iter().map(|action| Statement {
        sid: None,
        effect: Effect::Allow,
        action: ActionMatch::Action(vec![action.name.to_owned()]),
        resource: ResourceMatch::Resource(
            exports
                .iter()
                .map(|export| resource(export, action.level))
                .collect(),
        ),
        condition: Condition::default(),
    });
    let required = PolicyDocument::new(statements.collect());
    let documents: Vec<&PolicyDocument> = attached.iter().filter_map(|one| one.document).collect();
    let comparison = compare(&[&required], &documents, Question::Effective);
    let depends = comparison.gain_depends_on_reading();
    let mut lines = comparison.gained;
    lines.retain(AccessLine::may_be_requested);
    let unread = attached.iter().filter(|one| one.document.is_none());
    let mut reasons: Vec<String> = unread
        .map(|one| format!("the document of `{}` cannot be interpreted", one.name))
        .collect();
    let is_about_gain = |reason: &&String| {
        !reason.starts_with("differs only") && (depends || !reason.starts_with("depends on"))
    };
    reasons.extend(comparison.reasons.iter().filter(is_about_gain).cloned());
    (lines, reasons)
}

/// The resources of an export, in any region and of any owner: names of buckets are unique among all owners, so a
/// pattern that leaves the owner open reaches no further.
fn resource(export: &Export<'_>, level: Level) -> String {
    match (export.bucket, level) {
        (None, _) => "*".to_owned(),
        (Some(bucket), Level::Object) => {
            grant::objects_arn("*", bucket, export.prefix.unwrap_or_default())
        }
        (Some(bucket), _) => grant::bucket_arn("*", bucket),
    }
}
