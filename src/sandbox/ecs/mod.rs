//! ECS 2014-05-26: images, their exports and imports, and the tasks that carry them out. Shapes follow the official SDK's models
//! (7.11.8).

mod access;
mod dry_run;
mod errors;
mod export;
mod images;
mod import;
mod instances;
mod names;
mod regions;
mod snapshots;
pub(super) mod tasks;

use super::rpc::operation::{Operation, Run, Service};
use super::rpc::parameters::Parameters;
use crate::model::AccountId;

pub(super) static OPERATIONS: &[Operation] = &[
    row("DescribeRegions", Run::Call(regions::describe)),
    row("DescribeImages", Run::Call(images::describe)),
    row("DescribeSnapshots", Run::Call(snapshots::describe)),
    row(
        "DescribeInstanceRamRole",
        Run::Call(instances::describe_roles),
    ),
    row("ExportImage", Run::Change(export::export)),
    row("ImportImage", Run::Change(import::import)),
    row("DescribeTasks", Run::CallAt(tasks::describe)),
    row("DescribeTaskAttribute", Run::CallAt(tasks::describe_one)),
    row("CancelTask", Run::Change(tasks::cancel)),
];

const fn row(name: &'static str, run: Run) -> Operation {
    Operation {
        service: Service::Ecs,
        name,
        action_prefix: "ecs",
        resources,
        run,
    }
}

/// Source: ECS, "Authorization rules": images by id, snapshots by id; tasks and regions only as a whole.
fn resources(operation: &'static str, account: &AccountId, parameters: &Parameters) -> Vec<String> {
    let region = parameters.optional("RegionId").unwrap_or("*");
    let of_account = |entity: &str| format!("acs:ecs:{region}:{account}:{entity}");
    match operation {
        "ExportImage" => {
            let image = parameters.optional("ImageId").unwrap_or("*");
            vec![of_account(&format!("image/{image}"))]
        }
        "DescribeImages" | "ImportImage" => vec![of_account("image/*")],
        "DescribeSnapshots" => vec![of_account("snapshot/*")],
        "DescribeInstanceRamRole" => vec![of_account("instance/*")],
        _ => vec!["*".to_owned()],
    }
}
