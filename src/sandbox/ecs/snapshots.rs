//! DescribeSnapshots: whether a snapshot is encrypted.

use serde_json::json;

use super::regions;
use crate::cloud::rpc::signature::timestamp;
use crate::sandbox::caller::Caller;
use crate::sandbox::rpc::answer::{Answer, insert};
use crate::sandbox::rpc::paging;
use crate::sandbox::rpc::parameters::Parameters;
use crate::sandbox::state::World;

pub(super) fn describe(world: &World, caller: &Caller, parameters: &Parameters) -> Answer {
    let region = regions::required(world, parameters, 404)?;
    let ids = parameters.texts("SnapshotIds")?;
    let snapshots = world
        .account(&caller.account)
        .map(|account| &account.snapshots);
    let snapshots = snapshots
        .into_iter()
        .flat_map(|snapshots| snapshots.values());
    let items = snapshots
        .filter(|snapshot| snapshot.region == region)
        .filter(|snapshot| ids.is_empty() || ids.contains(&snapshot.id))
        .map(|snapshot| {
            json!({
                "SnapshotId": snapshot.id,
                "SnapshotName": snapshot.id,
                "Encrypted": snapshot.encrypted,
                "SourceDiskSize": snapshot.size.to_string(),
                "Status": "accomplished",
                "Progress": "100%",
                "Usage": "image",
                "CreationTime": timestamp(snapshot.created),
                "Tags": { "Tag": [] },
            })
        });
    let (items, mut answer) = paging::numbered(parameters, items.collect())?;
    insert(&mut answer, "Snapshots", Some(json!({ "Snapshot": items })));
    Ok(answer)
}
