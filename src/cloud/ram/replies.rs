//! The replies of RAM, and their way into the model.
//!
//! Only what is certain to be sent is required; a list that is missing is a bad answer and never an empty list.
//! Unknown members are ignored: the service adds some every year.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::cloud::rpc::reply::Unreadable;
use crate::model::{
    ObservedPolicy, ObservedRole, PolicyName, PolicyRef, PolicyType, PolicyVersion, RoleName,
    VersionId,
};

/// Reads a member that has to be an object: serde takes an empty list for one whose members may all be left out.
fn object<'de, D: Deserializer<'de>, T: serde::de::DeserializeOwned>(
    input: D,
) -> Result<T, D::Error> {
    let members = serde_json::Map::deserialize(input)?;
    T::deserialize(Value::Object(members)).map_err(serde::de::Error::custom)
}

fn number_or_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let number = match Value::deserialize(deserializer)? {
        Value::Null => return Ok(None),
        Value::Number(number) => number.as_u64().and_then(|n| u32::try_from(n).ok()),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    match number {
        Some(number) => Ok(Some(number)),
        None => Err(serde::de::Error::custom("not a number")),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RoleReply {
    role: RoleShape,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RoleShape {
    role_name: String,
    arn: String,
    assume_role_policy_document: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default, deserialize_with = "number_or_text")]
    max_session_duration: Option<u32>,
    #[serde(default)]
    is_service_linked_role: Option<bool>,
}

impl RoleReply {
    pub(super) fn into_model(self) -> Result<ObservedRole, Unreadable> {
        let role = self.role;
        Ok(ObservedRole {
            name: RoleName::new(&role.role_name)?,
            arn: role.arn,
            description: role.description.unwrap_or_default(),
            trust: role.assume_role_policy_document,
            max_session_duration: role.max_session_duration,
            is_service_linked: role.is_service_linked_role.unwrap_or(false),
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PolicyReply {
    policy: PolicyShape,
    #[serde(default)]
    default_policy_version: Option<VersionShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyShape {
    policy_name: String,
    policy_type: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    default_version: Option<String>,
    // Deprecated place of the document; some answers have no other.
    #[serde(default)]
    policy_document: Option<String>,
    #[serde(default, deserialize_with = "number_or_text")]
    attachment_count: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct VersionShape {
    #[serde(default)]
    version_id: Option<String>,
    #[serde(default)]
    is_default_version: Option<bool>,
    #[serde(default)]
    policy_document: Option<String>,
}

impl PolicyReply {
    pub(super) fn into_model(self) -> Result<ObservedPolicy, Unreadable> {
        let missing = |name: &str| Unreadable(format!("missing field `{name}`"));
        let (version, document) = match self.default_policy_version {
            Some(version) => (version.version_id, version.policy_document),
            None => (None, None),
        };
        let version = version.or(self.policy.default_version);
        let document = document.or(self.policy.policy_document);
        Ok(ObservedPolicy {
            policy: policy_ref(&self.policy.policy_type, &self.policy.policy_name)?,
            description: self.policy.description.unwrap_or_default(),
            default_version: VersionId::new(&version.ok_or_else(|| missing("DefaultVersion"))?)?,
            document: document.ok_or_else(|| missing("PolicyDocument"))?,
            attachment_count: self.policy.attachment_count,
        })
    }
}

fn policy_ref(policy_type: &str, name: &str) -> Result<PolicyRef, Unreadable> {
    let policy_type = match policy_type {
        "Custom" => PolicyType::Custom,
        "System" => PolicyType::System,
        other => {
            let other = other.escape_debug();
            return Err(Unreadable(format!("unknown policy type `{other}`")));
        }
    };
    Ok(PolicyRef {
        policy_type,
        name: PolicyName::new(name)?,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AttachmentsReply {
    #[serde(deserialize_with = "object")]
    policies: AttachmentList,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AttachmentList {
    #[serde(default)]
    policy: Vec<AttachmentShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AttachmentShape {
    policy_name: String,
    policy_type: String,
}

impl AttachmentsReply {
    pub(super) fn into_model(self) -> Result<Vec<PolicyRef>, Unreadable> {
        let policies = self.policies.policy.iter();
        policies
            .map(|policy| policy_ref(&policy.policy_type, &policy.policy_name))
            .collect()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VersionsReply {
    #[serde(deserialize_with = "object")]
    policy_versions: VersionList,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct VersionList {
    #[serde(default)]
    policy_version: Vec<VersionShape>,
}

impl VersionsReply {
    pub(super) fn into_model(self) -> Result<Vec<PolicyVersion>, Unreadable> {
        let missing = |name: &str| Unreadable(format!("missing field `{name}`"));
        let versions = self.policy_versions.policy_version.into_iter();
        versions
            .map(|version| {
                let id = version.version_id.ok_or_else(|| missing("VersionId"))?;
                let is_default = version.is_default_version;
                let document = version.policy_document;
                Ok(PolicyVersion {
                    id: VersionId::new(&id)?,
                    is_default: is_default.ok_or_else(|| missing("IsDefaultVersion"))?,
                    document: document.ok_or_else(|| missing("PolicyDocument"))?,
                })
            })
            .collect()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct NewVersionReply {
    policy_version: VersionShape,
}

impl NewVersionReply {
    /// The version that `CreatePolicyVersion` made.
    pub(super) fn into_model(self) -> Option<VersionId> {
        VersionId::new(&self.policy_version.version_id?).ok()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct HoldersReply {
    #[serde(deserialize_with = "object")]
    users: HolderList,
    #[serde(deserialize_with = "object")]
    groups: HolderList,
    #[serde(deserialize_with = "object")]
    roles: HolderList,
}

#[derive(Deserialize)]
struct HolderList {
    #[serde(default, rename = "User", alias = "Group", alias = "Role")]
    list: Vec<Holder>,
}

#[derive(Deserialize)]
struct Holder {
    #[serde(rename = "UserName", alias = "GroupName", alias = "RoleName")]
    name: String,
}

impl HoldersReply {
    pub(super) fn into_model(self) -> Vec<String> {
        let kinds = [
            ("user", self.users),
            ("group", self.groups),
            ("role", self.roles),
        ];
        kinds
            .into_iter()
            .flat_map(|(kind, holders)| {
                let holders = holders.list.into_iter();
                holders.map(move |holder| format!("{kind}/{}", holder.name))
            })
            .collect()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TagsReply {
    tag_resources: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TagShape {
    resource_name: String,
    tag_key: String,
    #[serde(default)]
    tag_value: String,
}

impl TagsReply {
    /// The tags of the resource `name`. This one list is documented as bare; the wrapped form of all other lists
    /// is taken too.
    pub(super) fn into_model(self, name: &str) -> Result<Vec<(String, String)>, Unreadable> {
        let list = match self.tag_resources {
            Value::Object(mut wrapper) => wrapper
                .remove("TagResource")
                .unwrap_or_else(|| Value::Array(Vec::new())),
            list => list,
        };
        let tags: Vec<TagShape> = serde_json::from_value(list)?;
        Ok(tags
            .into_iter()
            .filter(|tag| tag.resource_name.eq_ignore_ascii_case(name))
            .map(|tag| (tag.tag_key, tag.tag_value))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::rpc::reply::Reply;

    fn reply(json: &str) -> Reply {
        Reply::parse(json.into()).unwrap()
    }

    #[test]
    fn a_role_needs_only_what_is_certain() {
        let role = reply(
            r#"{"RequestId":"r","Role":{"RoleName":"A","Arn":"acs:ram::1:role/a","AssumeRolePolicyDocument":"{}","New":1}}"#,
        );
        let role = role.read::<RoleReply>().unwrap().into_model().unwrap();
        assert_eq!(role.name.as_str(), "A");
        assert_eq!(role.description, "");
        assert_eq!(role.max_session_duration, None);
        let without_trust = reply(r#"{"RequestId":"r","Role":{"RoleName":"A","Arn":"a"}}"#);
        let Err(Unreadable(why)) = without_trust.read::<RoleReply>() else {
            panic!()
        };
        assert_eq!(why, "missing field `AssumeRolePolicyDocument`");
    }

    #[test]
    fn a_missing_list_is_not_an_empty_list() {
        assert!(
            reply(r#"{"RequestId":"r"}"#)
                .read::<AttachmentsReply>()
                .is_err()
        );
        assert!(
            reply(r#"{"RequestId":"r","Policies":null}"#)
                .read::<AttachmentsReply>()
                .is_err()
        );
        let empty = reply(r#"{"RequestId":"r","Policies":{"Policy":[]}}"#);
        let empty = empty
            .read::<AttachmentsReply>()
            .unwrap()
            .into_model()
            .unwrap();
        assert!(empty.is_empty());
    }

    #[test]
    fn numbers_may_come_as_text() {
        let policy = reply(
            r#"{"RequestId":"r","Policy":{"PolicyName":"P","PolicyType":"System","DefaultVersion":"v4","AttachmentCount":"2","PolicyDocument":"old"}}"#,
        );
        let policy = policy.read::<PolicyReply>().unwrap().into_model().unwrap();
        assert_eq!(policy.attachment_count, Some(2));
        assert_eq!(policy.document, "old");
    }

    #[test]
    fn the_document_in_force_comes_before_the_deprecated_one() {
        let policy = reply(
            r#"{"RequestId":"r","Policy":{"PolicyName":"P","PolicyType":"Custom","DefaultVersion":"v1","PolicyDocument":"old"},
                "DefaultPolicyVersion":{"VersionId":"v2","IsDefaultVersion":true,"PolicyDocument":"new"}}"#,
        );
        let policy = policy.read::<PolicyReply>().unwrap().into_model().unwrap();
        assert_eq!(
            (policy.document.as_str(), policy.default_version.number()),
            ("new", 2)
        );
    }

    #[test]
    fn tags_are_read_bare_or_wrapped() {
        let list = r#"[{"ResourceType":"role","ResourceName":"a","TagKey":"k","TagValue":"v"},
                       {"ResourceType":"role","ResourceName":"other","TagKey":"k2","TagValue":"v2"}]"#;
        for json in [
            format!(r#"{{"RequestId":"r","TagResources":{list}}}"#),
            format!(r#"{{"RequestId":"r","TagResources":{{"TagResource":{list}}}}}"#),
        ] {
            let reply = reply(&json);
            let tags = reply.read::<TagsReply>().unwrap().into_model("A").unwrap();
            assert_eq!(tags, vec![("k".to_owned(), "v".to_owned())]);
        }
    }
}
