//! An image of ECS, as far as an export asks about it.

/// One custom image.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Image {
    /// Its id, such as `m-bp1g7004ksh000000001`.
    pub id: String,
    /// The region it was asked for in.
    pub region: String,
    /// Its name; empty when it has none.
    pub name: String,
    /// Whose it is: `self`, `others`, `system` or `marketplace`.
    pub owner_alias: String,
    /// The owner's uid, where it was sent.
    pub owner_id: Option<String>,
    /// The product's code of the Marketplace; empty for an image from elsewhere.
    pub product_code: String,
    /// `Available`, `Creating`, `Waiting`, `UnAvailable`, `CreateFailed` or `Deprecated`.
    pub status: String,
    /// Whether instances can be started from it, possibly while `status` is still `Creating`; absent in old answers.
    pub usable: Option<bool>,
    /// `linux` or `windows`.
    pub os_type: String,
    /// The distribution or edition, such as `Windows Server 2022`.
    pub platform: String,
    /// Its disks, the system disk first.
    pub disks: Vec<ImageDisk>,
}

/// One disk of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageDisk {
    /// Whether it is the system disk.
    pub is_system: bool,
    /// Its device, such as `/dev/xvda`.
    pub device: String,
    /// Its size in GiB, where it was sent.
    pub size: Option<u64>,
    /// Its snapshot, where it was sent.
    pub snapshot: Option<String>,
    /// Whether the snapshot is encrypted; `None` where neither the image nor the snapshot says so.
    pub is_encrypted: Option<bool>,
}
