//! What is asked about one export or import, and what was read for it besides the role.

use super::{
    Bucket, BucketName, BucketObject, ControlPolicy, DryRun, Export, ExportRequest, Image,
    ImportRequest, ObjectKey, ObjectPrefix, RegionId,
};

/// One export that is asked about. What is `None` is left open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExportQuestion {
    /// The region of image and bucket.
    pub region: Option<RegionId>,
    /// The bucket.
    pub bucket: Option<BucketName>,
    /// `OSSPrefix`; `None` for none.
    pub prefix: Option<ObjectPrefix>,
    /// The image.
    pub image: Option<String>,
    /// `ImageFormat`; `None` for the service's default, `raw`.
    pub format: Option<String>,
}

impl ExportQuestion {
    /// The request to ExportImage, where everything that it needs is named.
    #[must_use]
    pub fn request(&self) -> Option<ExportRequest> {
        Some(ExportRequest {
            region: self.region.as_ref()?.as_str().to_owned(),
            image: self.image.clone()?,
            bucket: self.bucket.as_ref()?.as_str().to_owned(),
            prefix: self
                .prefix
                .as_ref()
                .map(|prefix| prefix.as_str().to_owned()),
            format: self.format.clone(),
            role: None,
        })
    }
}

impl From<&Export> for ExportQuestion {
    fn from(export: &Export) -> Self {
        Self {
            region: Some(export.region.clone()),
            bucket: Some(export.bucket.clone()),
            prefix: export.prefix.clone(),
            ..Self::default()
        }
    }
}

/// One import that is asked about. What is `None` is left open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportQuestion {
    /// The region of the bucket, where the image will be.
    pub region: Option<RegionId>,
    /// The bucket.
    pub bucket: Option<BucketName>,
    /// The object that holds the system disk.
    pub object: Option<ObjectKey>,
}

impl ImportQuestion {
    /// The request to ImportImage, where everything that it needs is named.
    #[must_use]
    pub fn request(&self) -> Option<ImportRequest> {
        Some(ImportRequest {
            region: self.region.as_ref()?.as_str().to_owned(),
            bucket: self.bucket.as_ref()?.as_str().to_owned(),
            object: self.object.as_ref()?.as_str().to_owned(),
        })
    }
}

/// Something that was read, or why it was not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layer<T> {
    /// It was read.
    Read(T),
    /// It was not asked for.
    NotAsked,
    /// It could not be read; why, on one line.
    NotRead(String),
}

/// What ECS, OSS and the resource directory say about one export or import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedServices {
    /// The image of an export; `None` inside where there is none of this id in the region.
    pub image: Layer<Option<Image>>,
    /// The object of an import; `None` inside where there is none of this key in the bucket.
    pub object: Layer<Option<BucketObject>>,
    /// The bucket; `None` inside where there is none of this name.
    pub bucket: Layer<Option<Bucket>>,
    /// Whether a retention policy forbids to overwrite and delete objects in the bucket; asked for exports.
    pub is_locked: Layer<bool>,
    /// The bucket policy, as sent; `None` inside where the bucket has none.
    pub bucket_policy: Layer<Option<String>>,
    /// The control policies that bind the account.
    pub control_policies: Layer<Vec<ControlPolicy>>,
    /// The ids of the instances in the region that wear the role.
    pub instances: Layer<Vec<String>>,
    /// How ECS answered with the flag `DryRun`.
    pub dry_run: Layer<DryRunAnswer>,
}

/// How ExportImage or ImportImage answered with the flag `DryRun`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DryRunAnswer {
    /// It was not refused.
    Taken(DryRun),
    /// It was refused.
    Refused {
        /// The error's code.
        code: String,
        /// The error's message.
        message: String,
    },
}
