//! Alibaba Cloud's own policies as published, from the files in `policies/system`; sources and dates are beside
//! them. The live text may differ, and where it can be read it counts.

/// A policy of Alibaba Cloud's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Documented {
    /// Its name.
    pub name: &'static str,
    /// What the service says it is for.
    pub description: &'static str,
    /// The document, as published.
    pub document: &'static str,
}

/// Every system policy that is built in, by name.
pub const SYSTEM: &[Documented] = &[
    Documented {
        name: "AdministratorAccess",
        description: "Provides full access to Alibaba Cloud services and resources.",
        document: include_str!("../../policies/system/AdministratorAccess.json"),
    },
    Documented {
        name: "AliyunECSDiskEncryptRolePolicy",
        description: "The policy for AliyunECSDiskEncryptDefaultRole.",
        document: include_str!("../../policies/system/AliyunECSDiskEncryptRolePolicy.json"),
    },
    Documented {
        name: "AliyunECSImageExportRolePolicy",
        description: "The policy for AliyunECSImageExportDefaultRole.",
        document: include_str!("../../policies/system/AliyunECSImageExportRolePolicy.json"),
    },
    Documented {
        name: "AliyunECSImageImportRolePolicy",
        description: "The policy for AliyunECSImageImportDefaultRole.",
        document: include_str!("../../policies/system/AliyunECSImageImportRolePolicy.json"),
    },
    Documented {
        name: "AliyunOSSFullAccess",
        description: "Provides full access to OSS.",
        document: include_str!("../../policies/system/AliyunOSSFullAccess.json"),
    },
    Documented {
        name: "AliyunSTSAssumeRoleAccess",
        description: "Provides access to the AssumeRole operation of STS.",
        document: include_str!("../../policies/system/AliyunSTSAssumeRoleAccess.json"),
    },
];

/// The system policy of this name, letter case without meaning.
#[must_use]
pub fn system(name: &str) -> Option<&'static Documented> {
    SYSTEM
        .iter()
        .find(|documented| documented.name.eq_ignore_ascii_case(name))
}
