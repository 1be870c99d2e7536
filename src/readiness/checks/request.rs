//! The request to ExportImage: format, prefix, who else wears the role, and the dry run.

use super::super::check::{Check, CheckAnswer, CheckKind};
use super::super::error::ExportError;
use super::super::input::ExportFacts;
use crate::model::{DryRun, DryRunAnswer, Layer, RegionId};
use crate::policy::catalogue::regions::{FORMAT_REGIONS, IMAGE_FORMATS};

pub(super) fn checks(facts: &ExportFacts<'_>) -> Vec<Check> {
    vec![
        format(facts),
        prefix(facts),
        instances(facts),
        dry_run(facts),
    ]
}

fn format(facts: &ExportFacts<'_>) -> Check {
    let kind = CheckKind::Format;
    let region = facts.question.region.as_ref().map_or("", RegionId::as_str);
    match facts.question.format.as_deref() {
        None | Some("raw") => Check::passed(kind, "every region offers raw"),
        Some(format) if !IMAGE_FORMATS.contains(&format) => {
            let message = format!("there is no image format {format}");
            Check::failed(kind, ExportError::InvalidImageFormatMalformed, message)
                .settled_by(format!("name one of {}", IMAGE_FORMATS.join(", ")))
        }
        Some(format) if FORMAT_REGIONS.contains(&region) => {
            Check::passed(kind, format!("{region} offers {format}"))
        }
        Some(format) => {
            let message =
                format!("{region} was not among the regions that offer {format} in April 2026");
            Check::depends(
                kind,
                ExportError::InvalidImageFormatRegionNotSupported,
                message,
            )
            .settled_by("export as raw, which every region offers, and convert the file")
        }
    }
}

/// A prefix is checked when it is made.
fn prefix(facts: &ExportFacts<'_>) -> Check {
    let kind = CheckKind::Prefix;
    match &facts.question.prefix {
        Some(prefix) => Check::passed(kind, format!("{prefix} is a prefix that ExportImage takes")),
        None => Check::passed(kind, "no prefix is asked for"),
    }
}

/// Whoever is on such an instance has the role's access.
fn instances(facts: &ExportFacts<'_>) -> Check {
    let kind = CheckKind::Instances;
    let role = facts.role_name;
    match &facts.observed.instances {
        Layer::NotAsked => Check::skipped(kind, "the instances were not asked about"),
        Layer::NotRead(why) => {
            let message = format!("whether an instance wears {role} could not be read: {why}");
            let region = facts.question.region.as_ref().map_or("", RegionId::as_str);
            Check::new(kind, CheckAnswer::Depends, message).settled_by(format!(
                "aliyun ecs DescribeInstanceRamRole --RegionId {region} --RamRoleName {role}"
            ))
        }
        Layer::Read(ids) if ids.is_empty() => {
            Check::passed(kind, format!("no instance in the region wears {role}"))
        }
        Layer::Read(ids) => {
            let message = format!(
                "whoever is on these instances can use {role}: {}; exports work all the same",
                ids.join(", ")
            );
            let region = facts.question.region.as_ref().map_or("", RegionId::as_str);
            Check::new(kind, CheckAnswer::Failed, message).settled_by(format!(
                "aliyun ecs DetachInstanceRamRole --RegionId {region} --RamRoleName {role} --InstanceIds '[\"{}\"]'",
                ids.join("\",\"")
            ))
        }
    }
}

/// How deep ExportImage looks before it answers to `DryRun` is documented nowhere. Source: ECS, ExportImage and
/// ImportImage, 2026.
fn dry_run(facts: &ExportFacts<'_>) -> Check {
    let kind = CheckKind::DryRun;
    match &facts.observed.dry_run {
        Layer::NotAsked => Check::skipped(kind, "no dry run was asked for"),
        Layer::NotRead(why) => Check::new(
            kind,
            CheckAnswer::Depends,
            format!("the dry run has no answer: {why}"),
        )
        .settled_by("export-iam whoami"),
        Layer::Read(DryRunAnswer::Taken(DryRun::Passed { code })) => Check::passed(
            kind,
            format!(
                "ExportImage answers {code}: the caller may export and the parameters are good; whether it looked at \
                 role, bucket and image is not documented"
            ),
        ),
        Layer::Read(DryRunAnswer::Taken(DryRun::Started { task })) => {
            let region = facts.question.region.as_ref().map_or("", RegionId::as_str);
            Check::passed(
                kind,
                format!("a real export runs: ECS took no notice of DryRun and started task {task}"),
            )
            .settled_by(format!(
                "aliyun ecs CancelTask --RegionId {region} --TaskId {task}"
            ))
        }
        Layer::Read(DryRunAnswer::Refused { code, message }) => {
            let message = format!("ExportImage refuses the dry run with {code}: {message}");
            let settle = format!("export-iam explain {code}");
            match ExportError::of_code(code) {
                Some(error) => Check::failed(kind, error, message),
                None => Check::new(kind, CheckAnswer::Failed, message),
            }
            .settled_by(settle)
        }
    }
}
