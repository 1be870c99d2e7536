//! Names that Alibaba Cloud gave, for spelling only: what is not here may well exist.

pub(super) use crate::model::{EXPORT_ROLE, IMPORT_ROLE};

/// The system policy made for it. Source: ECS, `ExportImage`.
pub(super) const EXPORT_POLICY: &str = "AliyunECSImageExportRolePolicy";

/// Service roles of ECS and the system policy of each. Source: ECS, "RAM roles of ECS", 2026.
pub(super) const SERVICE_ROLES: [(&str, &str); 14] = [
    (EXPORT_ROLE, EXPORT_POLICY),
    (IMPORT_ROLE, "AliyunECSImageImportRolePolicy"),
    (
        "AliyunECSDiskEncryptDefaultRole",
        "AliyunECSDiskEncryptRolePolicy",
    ),
    (
        "AliyunECSEncryptDefaultRole",
        "AliyunECSEncryptDefaultRolePolicy",
    ),
    (
        "AliyunECSInstanceForYundunSysTrustRole",
        "AliyunECSInstanceForYundunSysTrustRolePolicy",
    ),
    (
        "AliyunECSAccessingHBRRole",
        "AliyunECSAccessingHBRRolePolicy",
    ),
    (
        "AliyunECSAutoProvisioningGroupRole",
        "AliyunECSAutoProvisioningGroupRolePolicy",
    ),
    (
        "AliyunEcsLicenseManagerRole",
        "AliyunEcsLicenseManagerRolePolicy",
    ),
    ("AliyunECSOxmDeployRole", "AliyunECSOxmDeployRolePolicy"),
    ("AliyunMSEForECIRole", "AliyunMSEForECIRolePolicy"),
    (
        "AliyunECSInstanceForEMRRole",
        "AliyunECSInstanceForEMRRolePolicy",
    ),
    (
        "AliyunECSInstanceForEHPCRole",
        "AliyunECSInstanceForEHPCRolePolicy",
    ),
    (
        "AliyunECSInstanceForCSManagedRole",
        "AliyunECSInstanceForCSManagedRolePolicy",
    ),
    (
        "AliyunECSInstanceForWebPlusRole",
        "AliyunECSInstanceForWebPlusRolePolicy",
    ),
];

/// Other system policies that people attach.
const SYSTEM_POLICIES: [&str; 9] = [
    "AdministratorAccess",
    "ReadOnlyAccess",
    "AliyunOSSFullAccess",
    "AliyunOSSReadOnlyAccess",
    "AliyunECSFullAccess",
    "AliyunECSReadOnlyAccess",
    "AliyunRAMFullAccess",
    "AliyunRAMReadOnlyAccess",
    "AliyunSTSAssumeRoleAccess",
];

/// Every service role known.
pub(super) fn service_roles() -> impl Iterator<Item = &'static str> {
    SERVICE_ROLES.iter().map(|(role, _)| *role)
}

/// Every system policy known.
pub(super) fn system_policies() -> impl Iterator<Item = &'static str> {
    SERVICE_ROLES
        .iter()
        .map(|(_, policy)| *policy)
        .chain(SYSTEM_POLICIES)
}
