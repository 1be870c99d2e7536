//! The errors that ExportImage and ImportImage answer with.

use std::fmt;

/// Defines the codes once: what each means, what it is called here, how ECS spells it.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// An error code of ExportImage or ImportImage. Source: ECS API, error codes of the two, April and May 2025.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ErrorCode {
            $($(#[$doc])* $name,)*
        }

        impl ErrorCode {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code as ECS spells it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }
        }
    };
}

codes! {
    /// The role is missing, or ECS may not assume it.
    NoSetRoletoECSServiceAcount = "NoSetRoletoECSServiceAcount",
    /// OSS refused the role.
    InvalidOssNotAuthorized = "InvalidOSS.NotAuthorized",
    /// There is no such bucket in the region.
    InvalidOssBucketNotFound = "InvalidOSSBucket.NotFound",
    /// The bucket does not fit.
    InvalidOssBucketNotMatched = "InvalidOSSBucket.NotMatched",
    /// No bucket can have this name.
    InvalidOssBucketMalformed = "InvalidOSSBucket.Malformed",
    /// The bucket encrypts its objects.
    InvalidOssBucketEncryptUnsupported = "InvalidOSSBucket.EncryptUnsupported",
    /// The bucket takes no more traffic.
    InvalidOssBucketFlowLimit = "InvalidOSSBucket.FlowLimit",
    /// The prefix is not one of letters and digits.
    InvalidOssPrefixMalformed = "InvalidOSSPrefix.Malformed",
    /// There is no such object in the bucket.
    InvalidOssObjectNotFound = "InvalidOSSObject.NotFound",
    /// No object can have this name.
    InvalidOssObjectMalformed = "InvalidOSSObject.Malformed",
    /// The object is empty.
    InvalidOssObjectSize = "InvalidOSSObject.Size",
    /// An object that is to be read is archived.
    InvalidOssObjectNeedRestore = "InvalidOSSObject.NeedRestore",
    /// The object's name does not end as that of a disk image.
    UnsupportedSuffix = "UnsupportedSuffix.OSSObject",
    /// There is no such region.
    InvalidRegionIdNotFound = "InvalidRegionId.NotFound",
    /// The region neither exports nor imports images.
    InvalidRegionNotSupport = "InvalidRegion.NotSupport",
    /// There is no such image in the region.
    InvalidImageIdNotFound = "InvalidImageId.NotFound",
    /// The image has a name that cannot be used.
    InvalidImageNameMalformed = "InvalidImageName.Malformed",
    /// An image of this name exists.
    InvalidImageNameDuplicated = "InvalidImageName.Duplicated",
    /// The image is somebody else's.
    InvalidImageCategoryNotSupported = "InvalidImageCategory.NotSupported",
    /// The image's licence forbids it.
    InvalidImageLicenseNotSupported = "InvalidImageLicense.NotSupported",
    /// The image has too many or too large disks.
    InvalidImageDiskAmountOrSize = "InvalidImage.DiskAmountOrSize",
    /// The system disk is too small for the file, or too large.
    InvalidImageSize = "InvalidImageSize",
    /// A data disk is too small for the file, or too large.
    InvalidDataDiskSize = "InvalidDataDiskSize",
    /// The image is from the Marketplace, or has encrypted snapshots.
    ImageNotSupported = "ImageNotSupported",
    /// The image is not available.
    IncorrectImageStatus = "IncorrectImageStatus",
    /// The image is being exported.
    ImageIsExporting = "ImageIsExporting",
    /// The image is being imported.
    ImageIsImporting = "ImageIsImporting",
    /// There is no such format.
    InvalidImageFormatMalformed = "InvalidImageFormat.Malformed",
    /// The region does not offer the format.
    InvalidImageFormatRegionNotSupported = "InvalidImageFormat.RegionNotSupported",
    /// The VHD file has a block size that cannot be read.
    InvalidBlockSizeNotSupport = "InvalidBlockSize.NotSupport",
    /// The VHD file has not the size that its head says.
    InvalidVhdImageIncorrectSize = "InvalidVHDImage.IncorrectSize",
    /// The image has data disks and the region does not export those.
    OperationDenied = "OperationDenied",
    /// The account may not export or import images.
    UserNotInTheWhiteList = "UserNotInTheWhiteList",
    /// Too many exports run.
    ConcurrentQuotaExceed = "ConcurrentQuotaExceed.ExportImage",
    /// Too many exports ran this week.
    WeeklyQuotaExceed = "WeeklyQuotaExceed.ExportImage",
    /// The account has as many images as it may.
    QuotaExceedImage = "QuotaExceed.Image",
    /// The account has not paid.
    AccountArrearage = "Account.Arrearage",
    /// The account's OSS is switched off.
    InvalidAccountStatusOssDisabled = "InvalidAccountStatus.OSSDisabled",
    /// The service failed to export.
    ExportImageFailed = "ExportImageFailed",
    /// The service failed to import.
    ImportImageFailed = "ImportImageFailed",
    /// A parameter is missing.
    MissingParameter = "MissingParameter",
    /// No disk is named.
    MissingParameterDiskDeviceMapping = "MissingParameter.DiskDeviceMapping",
    /// The device of a disk is not one.
    InvalidParameterMalformed = "InvalidParameter.Malformed",
    /// The description is not one.
    InvalidDescriptionMalformed = "InvalidDescription.Malformed",
    /// There is no such architecture.
    InvalidArchitectureMalformed = "InvalidArchitecture.Malformed",
    /// The platform does not run on the architecture.
    InvalidArchitecturePlatformUnsupported = "InvalidArchitecture.PlatformUnsupported",
    /// There is no such platform.
    InvalidPlatformMalformed = "InvalidPlatform.Malformed",
    /// There is no such operating system.
    InvalidOsTypeMalformed = "InvalidOSType.Malformed",
    /// The licence does not fit the platform.
    InvalidLicenseTypeNotSupported = "InvalidLicenseType.NotSupported",
    /// The platform wants a licence of one's own.
    InvalidLicenseTypeByolOnly = "InvalidLicenseType.BYOLOnly",
    /// There is no such boot mode.
    InvalidBootModeMalformed = "InvalidBootMode.Malformed",
    /// The architecture does not boot so.
    InvalidBootModeNotSupport = "InvalidBootMode.NotSupport",
    /// There is no such check of images.
    InvalidParameterDetectionStrategy = "InvalidParameter.DetectionStrategy",
    /// Images of Windows are not checked.
    ImageCheckUnsupportedWindowsImage = "ImageCheckUnsupported.WindowsImage",
    /// There is no such mode of metadata access.
    InvalidParameterFeaturesImdsSupport = "InvalidParameter.FeaturesImdsSupport",
    /// The client token is not one.
    InvalidClientTokenMalformed = "InvalidClientToken.Malformed",
    /// A key of a tag is there twice.
    TagKeyDuplication = "TagKey.Duplication",
    /// There is no such resource group.
    InvalidResourceGroupNotFound = "InvalidResourceGroup.NotFound",
    /// There is no such cloud box.
    InvalidStorageLocationNotFound = "InvalidStorageLocation.NotFound",
    /// The role for imports from cloud boxes is missing.
    CloudBoxImageImportRoleRequired = "InvalidOperation.CloudBoxImageImportRoleRequired",
    /// The cloud box imports no images.
    CloudBoxImageImportUnsupported = "InvalidOperation.CloudBoxImageImportUnsupported",
}

impl ErrorCode {
    /// The error of a code. The one about the role is spelled in two ways.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        if code.starts_with("NoSetRoletoECSServiceAc") {
            return Some(Self::NoSetRoletoECSServiceAcount);
        }
        let mut all = Self::ALL.iter();
        all.find(|error| error.as_str() == code).copied()
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_code_is_known_and_no_other() {
        let tables = [
            include_str!("../../tests/explain/export-image-codes.txt"),
            include_str!("../../tests/explain/import-image-codes.txt"),
        ];
        let lines = tables.iter().flat_map(|table| table.lines());
        let documented: Vec<&str> = lines
            .filter_map(|line| line.split_whitespace().nth(1))
            .collect();
        for code in &documented {
            let error = ErrorCode::of_code(code);
            assert_eq!(error.map(ErrorCode::as_str), Some(*code));
        }
        for error in ErrorCode::ALL {
            assert!(documented.contains(&error.as_str()), "{error}");
        }
        let spelled = ErrorCode::of_code("NoSetRoletoECSServiceAccount");
        assert_eq!(spelled, Some(ErrorCode::NoSetRoletoECSServiceAcount));
    }
}
