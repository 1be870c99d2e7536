//! What an account holds, what is wanted of it, and the writes that lead from one to the other.
//!
//! Everything here is plain data with checked names. Nothing here decides or reads anything.

mod address;
mod attachment;
mod desired;
mod identity;
pub mod limit;
mod name;
mod observed;
mod scope;
mod step;

pub use address::Address;
pub use attachment::{GroupAttachment, GroupAttachments, PolicyRef, PolicyType};
pub use desired::{
    BucketName, DesiredPolicy, DesiredRole, DesiredState, Export, ExportError, ExtraPolicies,
    ObjectPrefix, RegionId, Removals,
};
pub use identity::{Caller, IdentityType};
pub use name::{AccountId, NameError, PolicyName, RoleName, VersionId};
pub use observed::{ObservedPolicy, ObservedRole, ObservedState, PolicyVersion, Tags};
pub use scope::{Scope, TagReading};
pub use step::Step;
