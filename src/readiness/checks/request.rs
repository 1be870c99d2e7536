//! The request to ECS: format, prefix, who else wears the role, and the dry run.

use super::super::check::{Check, CheckAnswer, CheckKind};
use super::super::error::ErrorCode;
use super::super::input::Facts;
use super::super::party::Party;
use crate::model::{DryRun, DryRunAnswer, ExportQuestion, ImageOperation, Layer, RegionId};
use crate::policy::catalogue::regions::{FORMAT_REGIONS, IMAGE_FORMATS};
use crate::shell::{quote, quote_list};

pub(super) fn checks(facts: &Facts<'_>) -> Vec<Check> {
    vec![instances(facts), dry_run(facts)]
}

pub(super) fn of_export(question: &ExportQuestion) -> Vec<Check> {
    vec![format(question), prefix(question)]
}

fn format(question: &ExportQuestion) -> Check {
    let kind = CheckKind::Format;
    let region = question.region.as_ref().map_or("", RegionId::as_str);
    match question.format.as_deref() {
        None | Some("raw") => Check::passed(kind, "every region offers raw"),
        Some(format) if !IMAGE_FORMATS.contains(&format) => {
            let message = format!("there is no image format {format}");
            Check::failed(kind, ErrorCode::InvalidImageFormatMalformed, message)
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
                ErrorCode::InvalidImageFormatRegionNotSupported,
                message,
            )
            .settled_by("export as raw, which every region offers, and convert the file")
        }
    }
}

/// A prefix is checked when it is made.
fn prefix(question: &ExportQuestion) -> Check {
    let kind = CheckKind::Prefix;
    match &question.prefix {
        Some(prefix) => Check::passed(kind, format!("{prefix} is a prefix that ExportImage takes")),
        None => Check::passed(kind, "no prefix is asked for"),
    }
}

/// Whoever is on such an instance has the role's access.
fn instances(facts: &Facts<'_>) -> Check {
    let kind = CheckKind::Instances;
    let role = facts.role_name;
    match &facts.observed.instances {
        Layer::NotAsked => Check::skipped(kind, "the instances were not asked about"),
        Layer::NotRead(why) => {
            let message = format!("whether an instance wears {role} could not be read: {why}");
            let region = facts.region();
            let settle = format!(
                "let the caller read that, or look yourself: aliyun ecs DescribeInstanceRamRole --RegionId {region} \
                 --RamRoleName {role}"
            );
            let check = Check::new(kind, CheckAnswer::Depends, message).settled_by(settle);
            check.by(Party::RamAdministrator)
        }
        Layer::Read(ids) if ids.is_empty() => {
            Check::passed(kind, format!("no instance in the region wears {role}"))
        }
        Layer::Read(ids) => {
            let message = format!(
                "whoever is on these instances can use {role}: {}; {}s work all the same",
                ids.join(", "),
                facts.operation().word()
            );
            let region = facts.region();
            Check::new(kind, CheckAnswer::Failed, message).settled_by(format!(
                "aliyun ecs DetachInstanceRamRole --RegionId {region} --RamRoleName {role} --InstanceIds {}",
                quote_list(ids)
            ))
        }
    }
}

/// How deep ECS looks before it answers to `DryRun` is documented nowhere. Source: ECS, ExportImage and
/// ImportImage, 2026.
fn dry_run(facts: &Facts<'_>) -> Check {
    let kind = CheckKind::DryRun;
    let operation = facts.operation().name();
    let (word, what) = match facts.operation() {
        ImageOperation::Export => ("export", "image"),
        ImageOperation::Import => ("import", "object"),
    };
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
                "{operation} answers {code}: the caller may {word} and the parameters are good; whether it looked at \
                 role, bucket and {what} is not documented"
            ),
        ),
        Layer::Read(DryRunAnswer::Taken(DryRun::Started { task })) => {
            let region = facts.region();
            Check::passed(
                kind,
                format!("a real {word} runs: ECS took no notice of DryRun and started task {task}"),
            )
            .settled_by(format!(
                "aliyun ecs CancelTask --RegionId {region} --TaskId {}",
                quote(task)
            ))
        }
        Layer::Read(DryRunAnswer::Refused { code, message }) => {
            let message = format!("{operation} refuses the dry run with {code}: {message}");
            let settle = format!("export-iam explain {}", quote(code));
            match ErrorCode::of_code(code) {
                Some(error) => Check::failed(kind, error, message).by(error.party()),
                None => Check::new(kind, CheckAnswer::Failed, message),
            }
            .settled_by(settle)
        }
    }
}
