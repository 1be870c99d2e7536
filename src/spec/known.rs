//! Names that Alibaba Cloud gave, for spelling only: what is not here may well exist.

/// The role that ExportImage looks for. Source: ECS, `ExportImage`.
pub(super) const EXPORT_ROLE: &str = "AliyunECSImageExportDefaultRole";

/// The system policy made for it. Source: ECS, `ExportImage`.
pub(super) const EXPORT_POLICY: &str = "AliyunECSImageExportRolePolicy";

/// Service roles of ECS and the system policy of each. Source: ECS, "RAM roles of ECS", 2026.
pub(super) const SERVICE_ROLES: [(&str, &str); 14] = [
    (EXPORT_ROLE, EXPORT_POLICY),
    (
        "AliyunECSImageImportDefaultRole",
        "AliyunECSImageImportRolePolicy",
    ),
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

/// Regions of Alibaba Cloud, closed ones included. Source: ECS, "Regions and zones", 2026.
pub(super) const REGIONS: [&str; 37] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "cn-beijing",
    "cn-beijing-finance-1",
    "cn-chengdu",
    "cn-fuzhou",
    "cn-guangzhou",
    "cn-hangzhou",
    "cn-hangzhou-finance",
    "cn-heyuan",
    "cn-hongkong",
    "cn-huhehaote",
    "cn-nanjing",
    "cn-north-2-gov-1",
    "cn-qingdao",
    "cn-shanghai",
    "cn-shanghai-finance-1",
    "cn-shenzhen",
    "cn-shenzhen-finance-1",
    "cn-wuhan-lr",
    "cn-wulanchabu",
    "cn-zhangjiakou",
    "eu-central-1",
    "eu-west-1",
    "me-central-1",
    "me-east-1",
    "na-south-1",
    "rus-west-1",
    "us-east-1",
    "us-west-1",
];
