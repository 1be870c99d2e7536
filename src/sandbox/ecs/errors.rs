//! The error codes of ECS, with the documented status and message. Source: ECS, `ExportImage` (April 2025),
//! `ImportImage` (May 2025), `DescribeTasks`, `DescribeTaskAttribute`, `CancelTask`.

use crate::sandbox::rpc::api_error::ApiError;

pub(super) fn no_region(status: u16) -> ApiError {
    let message = "The specified RegionId does not exist.";
    ApiError::new(status, "InvalidRegionId.NotFound", message)
}

pub(super) fn region_without_exports() -> ApiError {
    let message = "The specified region does not support image import or export.";
    ApiError::new(400, "InvalidRegion.NotSupport", message)
}

pub(super) fn prefix_malformed() -> ApiError {
    let message = "The specified OSSPrefix format is wrongly formed.";
    ApiError::new(400, "InvalidOSSPrefix.Malformed", message)
}

pub(super) fn format_malformed() -> ApiError {
    let message = "The specified Image Format is wrongly formed.";
    ApiError::new(400, "InvalidImageFormat.Malformed", message)
}

pub(super) fn format_not_offered() -> ApiError {
    let message = "The specified image format is not supported in this region.";
    ApiError::new(400, "InvalidImageFormat.RegionNotSupported", message)
}

pub(super) fn name_malformed() -> ApiError {
    let message = "The specified Image name is wrongly formed.";
    ApiError::new(400, "InvalidImageName.Malformed", message)
}

pub(super) fn no_image(id: &str) -> ApiError {
    let message = format!("The specified ImageId does not exist. ImageId: {id}");
    ApiError::new(404, "InvalidImageId.NotFound", message)
}

pub(super) fn category() -> ApiError {
    let message = "The specified ImageOwnerAlias does not support this operation.";
    ApiError::new(403, "InvalidImageCategory.NotSupported", message)
}

pub(super) fn from_marketplace() -> ApiError {
    let message = "The specified image from the image market, do not support export image.";
    ApiError::new(403, "ImageNotSupported", message)
}

pub(super) fn license(problem: &str) -> ApiError {
    ApiError::new(403, "InvalidImageLicense.NotSupported", problem)
}

pub(super) fn image_status() -> ApiError {
    let message = "The specified Image is not available.";
    ApiError::new(400, "IncorrectImageStatus", message)
}

pub(super) fn encrypted_snapshots() -> ApiError {
    let message = "The specified Image contains encrypted snapshots, do not support export.";
    ApiError::new(400, "ImageNotSupported", message)
}

/// The row of the table that contradicts "up to four data disks"; where a region has no such exports.
pub(super) fn data_disks() -> ApiError {
    let message = "The specified image contains the snapshot of the data disk,does not support this operation.";
    ApiError::new(400, "OperationDenied", message)
}

pub(super) fn disks(problem: &str) -> ApiError {
    ApiError::new(400, "InvalidImage.DiskAmountOrSize", problem)
}

pub(super) fn is_exporting() -> ApiError {
    ApiError::new(403, "ImageIsExporting", "The specified Image is exporting.")
}

/// `does` is `exporting` or `importing`.
pub(super) fn not_invited(does: &str) -> ApiError {
    let message = format!("The user is not in the white list of {does} image.");
    ApiError::new(403, "UserNotInTheWhiteList", message)
}

pub(super) fn quota(kind: &str, most: usize) -> ApiError {
    let message = format!("The maximum number of export tasks, {most}, is exceeded.");
    ApiError::new(403, format!("{kind}QuotaExceed.ExportImage"), message)
}

pub(super) fn export_failed() -> ApiError {
    let message = "Exporting image is failed, Please contact the administrator.";
    ApiError::new(403, "ExportImageFailed", message)
}

/// The code is spelled so in the table of errors.
pub(super) fn no_role() -> ApiError {
    let message = "ECS service account Have no right to access your OSS.please attach a role of access your oss \
                   to ECS service account.";
    ApiError::new(403, "NoSetRoletoECSServiceAcount", message)
}

pub(super) fn not_authorized(action: &str) -> ApiError {
    let message = format!("ECS is not authorized to perform {action} on the specified OSS bucket.");
    ApiError::new(403, "InvalidOSS.NotAuthorized", message)
}

pub(super) fn no_bucket() -> ApiError {
    let message = "The specified OSS bucket does not exist in this region.";
    ApiError::new(400, "InvalidOSSBucket.NotFound", message)
}

pub(super) fn bucket_name() -> ApiError {
    let message = "The specified OSS bucket is incorrect, the bucket name is malformed.";
    ApiError::new(400, "InvalidOSSBucket.NotMatched", message)
}

pub(super) fn bucket_encrypted() -> ApiError {
    let message = "Accessing objects from encrypted OSS bucket is not supported.";
    ApiError::new(403, "InvalidOSSBucket.EncryptUnsupported", message)
}

pub(super) fn archived(key: &str) -> ApiError {
    let message = format!("The specified OSS object {key} is archived and must be restored first.");
    ApiError::new(400, "InvalidOSSObject.NeedRestore", message)
}

/// `what` is the code without its last part.
pub(super) fn malformed(what: &str) -> ApiError {
    let message = format!("The specified {what} is wrongly formed.");
    let message = message.replace("Invalid", "");
    ApiError::new(400, format!("{what}.Malformed"), message)
}

pub(super) fn suffix() -> ApiError {
    let message = "The specified OSS object suffix is not supported.";
    ApiError::new(400, "UnsupportedSuffix.OSSObject", message)
}

/// The message is not published; that VMDK is for invited accounts is.
pub(super) fn format_not_invited() -> ApiError {
    let message = "The specified image format is offered on invitation only.";
    ApiError::new(403, "InvalidImageFormat.Malformed", message)
}

pub(super) fn no_object() -> ApiError {
    let message = "The specified OSS object does not exist in this region.";
    ApiError::new(400, "InvalidOSSObject.NotFound", message)
}

pub(super) fn object_size() -> ApiError {
    let message = "The specified OSS object size is zero.";
    ApiError::new(400, "InvalidOSSObject.Size", message)
}

/// Of the system disk, which is the first, or of a data disk.
pub(super) fn disk_size(number: usize) -> ApiError {
    let code = match number {
        1 => "InvalidImageSize",
        _ => "InvalidDataDiskSize",
    };
    let message =
        format!("The size of disk {number} must be 1 to 2048 GiB, and not below that of its file.");
    ApiError::new(400, code, message)
}

pub(super) fn no_disk() -> ApiError {
    let message = "The specified parameter DiskDeviceMapping is not supplied.";
    ApiError::new(403, "MissingParameter.DiskDeviceMapping", message)
}

pub(super) fn name_duplicated() -> ApiError {
    let message = "The destination image is exist.";
    ApiError::new(400, "InvalidImageName.Duplicated", message)
}

pub(super) fn client_token() -> ApiError {
    let message = "The specified parameter clientToken is not valid.";
    ApiError::new(400, "InvalidClientToken.Malformed", message)
}

pub(super) fn not_allowed() -> ApiError {
    let message = "The specified OSS bucket or object is not allowed to access.";
    ApiError::new(403, "InvalidOSS.NotAuthorized", message)
}

pub(super) fn too_many_images() -> ApiError {
    ApiError::new(403, "QuotaExceed.Image", "The Image Quota exceeds.")
}

pub(super) fn import_failed() -> ApiError {
    let message = "Importing image is failed, Please contact the administrator.";
    ApiError::new(403, "ImportImageFailed", message)
}

pub(super) fn no_task() -> ApiError {
    let message = "The specified task ID does not exist.";
    ApiError::new(400, "InvalidTaskId.NotFound", message)
}

pub(super) fn task_action() -> ApiError {
    let message = "The specified task action does not support cancel.";
    ApiError::new(403, "InvalidTaskId.TaskActionNotSupport", message)
}

/// The message says what it does not mean; it is kept, so that nobody relies on the text.
pub(super) fn task_status() -> ApiError {
    let message = "The specified task status is not invalid.";
    ApiError::new(403, "InvalidTaskId.IncorrectTaskStatus", message)
}

/// A dry run that was passed is an error too.
pub(super) fn dry_run_passed(code: &str) -> ApiError {
    let message = "Request validation has been passed with DryRun flag set.";
    ApiError::new(400, code, message)
}
