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
mod layer;
pub mod limit;
mod name;
mod never;
mod observed;
mod scope;
mod step;
mod task;

pub use acceptance::{Acceptance, Day, NotADay};
pub use address::Address;
pub use attachment::{GroupAttachment, GroupAttachments, PolicyRef, PolicyType};
pub use bucket::{Bucket, BucketObject};
pub use control_policy::{ControlPolicy, ControlTarget};
pub use desired::{
    BucketName, DesiredPolicy, DesiredRole, DesiredState, Export, ExportError, ExtraPolicies,
    ObjectPrefix, RegionId, Removals,
};
pub use identity::{Caller, IdentityType};
pub use image::{Image, ImageDisk};
pub use layer::{DryRunAnswer, ExportQuestion, Layer, ObservedExport};
pub use name::{AccountId, NameError, PolicyName, RoleName, VersionId};
pub use never::Never;
pub use observed::{ObservedPolicy, ObservedRole, ObservedState, PolicyVersion, Tags};
pub use scope::{Scope, TagReading};
pub use step::Step;
pub use task::{DryRun, ExportRequest, ExportTask, TaskPart};
