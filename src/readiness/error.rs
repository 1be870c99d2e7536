//! The errors that ExportImage answers with.

use std::fmt;

/// An error code of ExportImage. Source: ECS API, ExportImage, error codes, April 2025.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExportError {
    /// The role is missing, or ECS may not assume it.
    NoSetRoletoECSServiceAcount,
    /// OSS refused the role.
    InvalidOssNotAuthorized,
    /// There is no such bucket in the region.
    InvalidOssBucketNotFound,
    /// The bucket does not fit.
    InvalidOssBucketNotMatched,
    /// The bucket encrypts what is written to it.
    InvalidOssBucketEncryptUnsupported,
    /// The prefix is not one of letters and digits.
    InvalidOssPrefixMalformed,
    /// An object that is to be read is archived.
    InvalidOssObjectNeedRestore,
    /// There is no such region.
    InvalidRegionIdNotFound,
    /// The region exports no images.
    InvalidRegionNotSupport,
    /// There is no such image in the region.
    InvalidImageIdNotFound,
    /// The image has a name that cannot be used.
    InvalidImageNameMalformed,
    /// The image is somebody else's.
    InvalidImageCategoryNotSupported,
    /// The image's licence forbids it.
    InvalidImageLicenseNotSupported,
    /// The image has too many or too large disks.
    InvalidImageDiskAmountOrSize,
    /// The image is from the Marketplace, or has encrypted snapshots.
    ImageNotSupported,
    /// The image is not available.
    IncorrectImageStatus,
    /// The image is being exported.
    ImageIsExporting,
    /// There is no such format.
    InvalidImageFormatMalformed,
    /// The region does not offer the format.
    InvalidImageFormatRegionNotSupported,
    /// The image has data disks and the region does not export those.
    OperationDenied,
    /// The account may not export images.
    UserNotInTheWhiteList,
    /// Too many exports run.
    ConcurrentQuotaExceed,
    /// Too many exports ran this week.
    WeeklyQuotaExceed,
    /// The service failed.
    ExportImageFailed,
    /// A parameter is missing.
    MissingParameter,
}

impl ExportError {
    /// All of them.
    pub const ALL: [Self; 25] = [
        Self::NoSetRoletoECSServiceAcount,
        Self::InvalidOssNotAuthorized,
        Self::InvalidOssBucketNotFound,
        Self::InvalidOssBucketNotMatched,
        Self::InvalidOssBucketEncryptUnsupported,
        Self::InvalidOssPrefixMalformed,
        Self::InvalidOssObjectNeedRestore,
        Self::InvalidRegionIdNotFound,
        Self::InvalidRegionNotSupport,
        Self::InvalidImageIdNotFound,
        Self::InvalidImageNameMalformed,
        Self::InvalidImageCategoryNotSupported,
        Self::InvalidImageLicenseNotSupported,
        Self::InvalidImageDiskAmountOrSize,
        Self::ImageNotSupported,
        Self::IncorrectImageStatus,
        Self::ImageIsExporting,
        Self::InvalidImageFormatMalformed,
        Self::InvalidImageFormatRegionNotSupported,
        Self::OperationDenied,
        Self::UserNotInTheWhiteList,
        Self::ConcurrentQuotaExceed,
        Self::WeeklyQuotaExceed,
        Self::ExportImageFailed,
        Self::MissingParameter,
    ];

    /// The code as ECS spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoSetRoletoECSServiceAcount => "NoSetRoletoECSServiceAcount",
            Self::InvalidOssNotAuthorized => "InvalidOSS.NotAuthorized",
            Self::InvalidOssBucketNotFound => "InvalidOSSBucket.NotFound",
            Self::InvalidOssBucketNotMatched => "InvalidOSSBucket.NotMatched",
            Self::InvalidOssBucketEncryptUnsupported => "InvalidOSSBucket.EncryptUnsupported",
            Self::InvalidOssPrefixMalformed => "InvalidOSSPrefix.Malformed",
            Self::InvalidOssObjectNeedRestore => "InvalidOSSObject.NeedRestore",
            Self::InvalidRegionIdNotFound => "InvalidRegionId.NotFound",
            Self::InvalidRegionNotSupport => "InvalidRegion.NotSupport",
            Self::InvalidImageIdNotFound => "InvalidImageId.NotFound",
            Self::InvalidImageNameMalformed => "InvalidImageName.Malformed",
            Self::InvalidImageCategoryNotSupported => "InvalidImageCategory.NotSupported",
            Self::InvalidImageLicenseNotSupported => "InvalidImageLicense.NotSupported",
            Self::InvalidImageDiskAmountOrSize => "InvalidImage.DiskAmountOrSize",
            Self::ImageNotSupported => "ImageNotSupported",
            Self::IncorrectImageStatus => "IncorrectImageStatus",
            Self::ImageIsExporting => "ImageIsExporting",
            Self::InvalidImageFormatMalformed => "InvalidImageFormat.Malformed",
            Self::InvalidImageFormatRegionNotSupported => "InvalidImageFormat.RegionNotSupported",
            Self::OperationDenied => "OperationDenied",
            Self::UserNotInTheWhiteList => "UserNotInTheWhiteList",
            Self::ConcurrentQuotaExceed => "ConcurrentQuotaExceed.ExportImage",
            Self::WeeklyQuotaExceed => "WeeklyQuotaExceed.ExportImage",
            Self::ExportImageFailed => "ExportImageFailed",
            Self::MissingParameter => "MissingParameter",
        }
    }

    /// The error of a code. The one about the role is spelled in two ways.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        if code.starts_with("NoSetRoletoECSServiceAc") {
            return Some(Self::NoSetRoletoECSServiceAcount);
        }
        Self::ALL.into_iter().find(|error| error.as_str() == code)
    }
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_code_is_known_and_no_other() {
        let table = include_str!("../../tests/explain/export-image-codes.txt");
        let documented: Vec<&str> = table
            .lines()
            .filter_map(|line| line.split_whitespace().nth(1))
            .collect();
        for code in &documented {
            let error = ExportError::of_code(code);
            assert_eq!(error.map(ExportError::as_str), Some(*code));
        }
        for error in ExportError::ALL {
            assert!(documented.contains(&error.as_str()), "{error}");
        }
        let spelled = ExportError::of_code("NoSetRoletoECSServiceAccount");
        assert_eq!(spelled, Some(ExportError::NoSetRoletoECSServiceAcount));
    }
}
