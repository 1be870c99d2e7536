//! What ECS holds of an account: images, their snapshots, tasks, instances that wear a role, and limits of exports and
//! imports.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::serialized::{Keyed, seeded_at, text};
use crate::model::{RoleName, Tags};

/// A custom image, or another one that the account can see.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Image {
    pub(crate) id: String,
    #[serde(default = "usual_region")]
    pub(crate) region: String,
    #[serde(default = "usual_name")]
    pub(crate) name: String,
    /// `self`, `system`, `others` or `marketplace`. Source: ECS, `ImageOwnerAlias`.
    #[serde(default = "own")]
    pub(crate) owner: String,
    /// Set for an image that was made from one of the Marketplace.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) product_code: String,
    #[serde(default = "available")]
    pub(crate) status: String,
    /// Whether it can start instances; as its status says when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) usable: Option<bool>,
    /// `linux` or `windows`.
    #[serde(default = "linux")]
    pub(crate) os: String,
    #[serde(default = "usual_platform")]
    pub(crate) platform: String,
    /// Why it may not leave the cloud for its licence; absent when it may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) license_problem: Option<String>,
    #[serde(default = "one_disk")]
    pub(crate) disks: Vec<Disk>,
    #[serde(default = "seeded_at", with = "text")]
    pub(crate) created: Timestamp,
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub(crate) tags: Tags,
}

/// One disk of an image.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Disk {
    /// `system` or `data`.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) device: String,
    /// Unit: GiB.
    pub(crate) size: u32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) snapshot: String,
    /// Absent as in older answers; then the snapshot tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) encrypted: Option<bool>,
}

/// A snapshot of a disk.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Snapshot {
    pub(crate) id: String,
    #[serde(default = "usual_region")]
    pub(crate) region: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) encrypted: bool,
    /// Unit: GiB.
    #[serde(default = "usual_size")]
    pub(crate) size: u32,
    #[serde(default = "seeded_at", with = "text")]
    pub(crate) created: Timestamp,
}

/// An instance that wears a role.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InstanceRole {
    pub(crate) instance: String,
    #[serde(default = "usual_region")]
    pub(crate) region: String,
    #[serde(with = "text")]
    pub(crate) role: RoleName,
}

/// An export or import under way or ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Task {
    pub(crate) id: String,
    /// The operation that started it.
    #[serde(default = "export_image")]
    pub(crate) action: String,
    pub(crate) region: String,
    pub(crate) image: String,
    pub(crate) bucket: String,
    pub(crate) format: String,
    /// The keys it writes or reads, one for each disk.
    pub(crate) keys: Vec<String>,
    /// What the caller sent, to be answered the same when it sends it again; absent where it sent none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) client_token: Option<String>,
    #[serde(with = "text")]
    pub(crate) created: Timestamp,
    /// When it is due to end. Reached by the clock, unless it is cancelled before.
    #[serde(with = "text")]
    pub(crate) due: Timestamp,
    /// How it ended; absent while it is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) end: Option<TaskEnd>,
}

/// How a task ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TaskEnd {
    /// `Finished`, `Failed` or `Deleted`, which is cancelled.
    pub(crate) status: String,
    #[serde(with = "text")]
    pub(crate) at: Timestamp,
    /// What went wrong with the parts that failed; code and message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<(String, String)>,
}

/// What an account may export, and how the sandbox's exports go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Exports {
    /// Whether the account may export at all (`UserNotInTheWhiteList`).
    pub(crate) allowed: bool,
    /// Exports at one time. The real number is published nowhere.
    pub(crate) concurrent: usize,
    /// Exports in seven days. The real number is published nowhere.
    pub(crate) weekly: usize,
    /// Largest system disk. Unit: GiB. The real number is published nowhere.
    pub(crate) largest_system_disk: u32,
    /// How long an export takes. Unit: seconds.
    pub(crate) seconds: u32,
    pub(crate) ending: Ending,
}

/// What an account may import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Imports {
    /// Whether the account may import at all (`UserNotInTheWhiteList`).
    pub(crate) allowed: bool,
    /// Whether the account is invited to import VMDK files.
    pub(crate) vmdk: bool,
    /// Most custom images of the account.
    pub(crate) most_images: usize,
    /// How long an import takes. Unit: seconds.
    pub(crate) seconds: u32,
    /// Whether ImportImage itself is refused: `ImportImageFailed`.
    pub(crate) refused: bool,
}

impl Default for Imports {
    fn default() -> Self {
        Self {
            allowed: true,
            vmdk: false,
            most_images: 100,
            seconds: 20,
            refused: false,
        }
    }
}

impl Imports {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// How exports end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Ending {
    /// All objects are there.
    Finished,
    /// The task fails.
    Failed,
    /// The task finishes, with the last disk failed.
    Incomplete,
    /// The task finishes, and its objects are not there.
    WithoutObjects,
    /// ExportImage itself is refused: `ExportImageFailed`.
    Refused,
}

impl Default for Exports {
    fn default() -> Self {
        Self {
            allowed: true,
            concurrent: 5,
            weekly: 100,
            largest_system_disk: 2048,
            seconds: 20,
            ending: Ending::Finished,
        }
    }
}

impl Exports {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Image {
    /// The data disks.
    pub(crate) fn data_disks(&self) -> impl Iterator<Item = &Disk> {
        self.disks.iter().filter(|disk| disk.kind == "data")
    }

    /// Whether it can start instances.
    pub(crate) fn is_usable(&self) -> bool {
        self.usable.unwrap_or(self.status == "Available")
    }
}

impl Keyed for Image {
    type Key = String;
    const KIND: &str = "image";

    fn key(&self) -> String {
        self.id.clone()
    }
}

impl Keyed for Snapshot {
    type Key = String;
    const KIND: &str = "snapshot";

    fn key(&self) -> String {
        self.id.clone()
    }
}

impl Keyed for Task {
    type Key = String;
    const KIND: &str = "task";

    fn key(&self) -> String {
        self.id.clone()
    }
}

fn export_image() -> String {
    "ExportImage".to_owned()
}

fn usual_region() -> String {
    "cn-hangzhou".to_owned()
}

fn usual_name() -> String {
    "app".to_owned()
}

fn own() -> String {
    "self".to_owned()
}

fn available() -> String {
    "Available".to_owned()
}

fn linux() -> String {
    "linux".to_owned()
}

fn usual_platform() -> String {
    "Ubuntu".to_owned()
}

fn usual_size() -> u32 {
    40
}

fn one_disk() -> Vec<Disk> {
    vec![Disk {
        kind: "system".to_owned(),
        device: "/dev/xvda".to_owned(),
        size: usual_size(),
        snapshot: String::new(),
        encrypted: Some(false),
    }]
}
