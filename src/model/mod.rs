//! What an account holds, what is wanted of it, and the writes that lead from one to the other.
//!
//! Everything here is plain data with checked names. Nothing here decides or reads anything.

mod acceptance;
mod address;
mod attachment;
mod bucket;
mod control_policy;
mod desired;
mod identity;
mod image;
mod image_operation;
mod layer;
pub mod limit;
mod name;
mod never;
mod observed;
mod place;
mod scope;
mod step;
mod task;

pub use acceptance::{Acceptance, Day, NotADay};
pub use address::Address;
pub use attachment::{GroupAttachment, GroupAttachments, PolicyRef, PolicyType};
pub use bucket::{Bucket, BucketObject, Restore};
pub use control_policy::{ControlPolicy, ControlTarget};
pub use desired::{DesiredPolicy, DesiredRole, DesiredState, Export, ExtraPolicies, Removals};
pub use identity::{Caller, IdentityType};
pub use image::{Image, ImageDisk};
pub use image_operation::{EXPORT_ROLE, IMPORT_ROLE, ImageOperation};
pub use layer::{DryRunAnswer, ExportQuestion, ImportQuestion, Layer, ObservedServices};
pub use name::{AccountId, NameError, PolicyName, RoleName, VersionId};
pub use never::Never;
pub use observed::{ObservedPolicy, ObservedRole, ObservedState, PolicyVersion, Tags};
pub use place::{BucketName, ObjectKey, ObjectPrefix, PlaceError, RegionId};
pub use scope::{Scope, TagReading};
pub use step::Step;
pub use task::{DryRun, ExportRequest, ExportTask, ImportRequest, TaskPart};
