//! Images, with their disks. Source: ECS, `DescribeImages` and `DescribeSnapshots`, and the official SDK's models
//! (7.11.8).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::client::EcsClient;
use crate::account::AccountError;
use crate::cloud::rpc::call::CallKind;
use crate::cloud::rpc::credentials::CredentialSource;
use crate::cloud::rpc::lenient;
use crate::cloud::rpc::pages::bad_answer;
use crate::cloud::rpc::reply::Reply;
use crate::cloud::rpc::transport::Transport;
use crate::model::{Image, ImageDisk};

/// Every status: without them, an image that is not ready looks absent. Old endpoints do not know the word `ALL`.
const STATUSES: &str = "Creating,Waiting,Available,UnAvailable,CreateFailed,Deprecated";

impl<T: Transport, C: CredentialSource> EcsClient<T, C> {
    /// The image of this id, whatever its status. Where it does not say whether a disk is encrypted, the disk's
    /// snapshot is asked.
    ///
    /// # Errors
    /// When an answer did not come or cannot be read. Snapshots that could not be read leave open whether they are
    /// encrypted.
    pub async fn image(&self, region: &str, id: &str) -> Result<Option<Image>, AccountError> {
        // Unless they are asked for, images of the Marketplace are left out.
        let found = match self.find_image(region, id, None).await? {
            None => self.find_image(region, id, Some("marketplace")).await?,
            found => found,
        };
        let Some(mut image) = found else {
            return Ok(None);
        };
        let open = image
            .disks
            .iter()
            .filter(|disk| disk.is_encrypted.is_none());
        let open: Vec<&str> = open.filter_map(|disk| disk.snapshot.as_deref()).collect();
        if open.is_empty() {
            return Ok(Some(image));
        }
        let encrypted = self.snapshots(region, id, &open).await.unwrap_or_default();
        for disk in &mut image.disks {
            let said = disk.snapshot.as_ref().and_then(|id| encrypted.get(id));
            disk.is_encrypted = disk.is_encrypted.or(said.copied());
        }
        Ok(Some(image))
    }

    async fn find_image(
        &self,
        region: &str,
        id: &str,
        owner: Option<&str>,
    ) -> Result<Option<Image>, AccountError> {
        let subject = format!("image {id}");
        let call = self
            .in_region(CallKind::Read, "DescribeImages", subject, region)
            .await?
            .with("ImageId", id)
            .with("Status", STATUSES)
            .with_some("ImageOwnerAlias", owner.as_ref());
        let into = |reply: &Reply| Ok(reply.read::<ImagesReply>()?.images.list);
        let mut found = self.rpc.one(&call, into).await?.into_iter();
        match found.next() {
            None => Ok(None),
            Some(image) if image.image_id == id => Ok(Some(image.into_model(region))),
            Some(_) => Err(bad_answer(&call, "the answer is about another image")),
        }
    }

    /// Which of the snapshots are encrypted, by id.
    async fn snapshots(
        &self,
        region: &str,
        image: &str,
        ids: &[&str],
    ) -> Result<BTreeMap<String, bool>, AccountError> {
        let subject = format!("image {image}");
        let call = self
            .in_region(CallKind::Read, "DescribeSnapshots", subject, region)
            .await?
            .with("SnapshotIds", json!(ids))
            .with("PageSize", 100);
        let into = |reply: &Reply| {
            let found = reply.read::<SnapshotsReply>()?.snapshots.list.into_iter();
            let said = found.filter_map(|found| Some((found.snapshot_id, found.encrypted?)));
            Ok(said.collect())
        };
        self.rpc.one(&call, into).await
    }
}

#[derive(Deserialize)]
struct ImagesReply {
    #[serde(rename = "Images")]
    images: ImageList,
}

#[derive(Deserialize)]
struct ImageList {
    #[serde(rename = "Image")]
    list: Vec<ImageShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ImageShape {
    image_id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    image_name: String,
    #[serde(default, deserialize_with = "lenient::text")]
    image_owner_alias: String,
    /// A number, unlike other ids.
    #[serde(default, deserialize_with = "lenient::text")]
    image_owner_id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    product_code: String,
    status: String,
    #[serde(default, deserialize_with = "lenient::flag")]
    usable: Option<bool>,
    #[serde(default, rename = "OSType", deserialize_with = "lenient::text")]
    os_type: String,
    #[serde(default, deserialize_with = "lenient::text")]
    platform: String,
    #[serde(default)]
    disk_device_mappings: Option<DiskList>,
}

#[derive(Deserialize)]
struct DiskList {
    #[serde(rename = "DiskDeviceMapping", default)]
    list: Vec<DiskShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DiskShape {
    #[serde(default, deserialize_with = "lenient::text")]
    r#type: String,
    #[serde(default, deserialize_with = "lenient::text")]
    device: String,
    /// A text here.
    #[serde(default, deserialize_with = "lenient::count")]
    size: Option<u64>,
    #[serde(default, deserialize_with = "lenient::text")]
    snapshot_id: String,
    /// Missing in older answers.
    #[serde(default, deserialize_with = "lenient::flag")]
    encrypted: Option<bool>,
}

impl ImageShape {
    fn into_model(self, region: &str) -> Image {
        let disks = self.disk_device_mappings.map(|disks| disks.list);
        let mut disks: Vec<ImageDisk> = disks
            .unwrap_or_default()
            .into_iter()
            .map(DiskShape::into_model)
            .collect();
        disks.sort_by_key(|disk| !disk.is_system);
        Image {
            id: self.image_id,
            region: region.to_owned(),
            name: self.image_name,
            owner_alias: self.image_owner_alias,
            owner_id: filled(self.image_owner_id),
            product_code: self.product_code,
            status: self.status,
            usable: self.usable,
            os_type: self.os_type,
            platform: self.platform,
            disks,
        }
    }
}

impl DiskShape {
    fn into_model(self) -> ImageDisk {
        ImageDisk {
            is_system: self.r#type == "system",
            device: self.device,
            size: self.size,
            snapshot: filled(self.snapshot_id),
            is_encrypted: self.encrypted,
        }
    }
}

fn filled(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

#[derive(Deserialize)]
struct SnapshotsReply {
    #[serde(rename = "Snapshots")]
    snapshots: SnapshotList,
}

#[derive(Deserialize)]
struct SnapshotList {
    #[serde(rename = "Snapshot")]
    list: Vec<SnapshotShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SnapshotShape {
    snapshot_id: String,
    #[serde(default, deserialize_with = "lenient::flag")]
    encrypted: Option<bool>,
}
