//! An account, modelled a second time and as plainly as possible: what the sandbox and the program are judged by.
//!
//! It shares no code with either. Names are kept in lower case, documents as text.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

/// The role whose session the operator has, where it has one.
const OPERATOR: &str = "operator";

/// The parameters of one call, without those every call has.
pub(crate) type Params = BTreeMap<String, String>;

/// The account's number.
pub(crate) const ACCOUNT: &str = "1234567890123456";

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Plain {
    pub(crate) roles: BTreeMap<String, Role>,
    pub(crate) policies: BTreeMap<String, Policy>,
    /// What users hold.
    pub(crate) users: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Role {
    pub(crate) name: Arc<str>,
    pub(crate) description: Arc<str>,
    pub(crate) trust: Arc<str>,
    pub(crate) session: u32,
    pub(crate) tags: BTreeMap<String, String>,
    /// As `custom:name` and `system:name`.
    pub(crate) attached: BTreeSet<String>,
    pub(crate) service_linked: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Policy {
    pub(crate) name: Arc<str>,
    pub(crate) description: Arc<str>,
    pub(crate) versions: BTreeMap<u32, Arc<str>>,
    pub(crate) default: u32,
    pub(crate) last: u32,
    pub(crate) tags: BTreeMap<String, String>,
}

impl Policy {
    pub(crate) fn document(&self) -> &Arc<str> {
        &self.versions[&self.default]
    }
}

/// System policies that exist, with their documents.
pub(crate) const SYSTEM: [(&str, &str); 3] = [
    (
        "AliyunECSImageExportRolePolicy",
        include_str!("../../policies/system/AliyunECSImageExportRolePolicy.json"),
    ),
    (
        "AliyunOSSFullAccess",
        include_str!("../../policies/system/AliyunOSSFullAccess.json"),
    ),
    (
        "AliyunSTSAssumeRoleAccess",
        include_str!("../../policies/system/AliyunSTSAssumeRoleAccess.json"),
    ),
];

/// What the service answers instead of doing it.
pub(crate) type Refused = &'static str;

impl Plain {
    /// Does what the call asks, by RAM's rules.
    pub(crate) fn apply(&mut self, operation: &str, params: &Params) -> Result<(), Refused> {
        let name = |key: &str| params.get(key).map(|text| text.to_lowercase());
        let text = |key: &str| params.get(key).map(|text| Arc::<str>::from(text.as_str()));
        match operation {
            "CreateRole" => self.create_role(params),
            "UpdateRole" => {
                let role = self.role(&name("RoleName").unwrap())?;
                if role.service_linked {
                    return Err("service linked");
                }
                if let Some(trust) = text("NewAssumeRolePolicyDocument") {
                    role.trust = trust;
                }
                if let Some(description) = text("NewDescription") {
                    role.description = description;
                }
                if let Some(session) = params.get("NewMaxSessionDuration") {
                    role.session = session.parse().unwrap();
                }
                Ok(())
            }
            "DeleteRole" => {
                let key = name("RoleName").unwrap();
                let role = self.role(&key)?;
                if role.service_linked {
                    return Err("service linked");
                }
                if !role.attached.is_empty() {
                    return Err("DeleteConflict.Role.Policy");
                }
                self.roles.remove(&key);
                Ok(())
            }
            "AttachPolicyToRole" | "DetachPolicyFromRole" => {
                let policy = self.reference(params)?;
                let role = self.role(&name("RoleName").unwrap())?;
                if role.service_linked {
                    return Err("service linked");
                }
                let done = match operation {
                    "AttachPolicyToRole" => role.attached.insert(policy),
                    _ => role.attached.remove(&policy),
                };
                done.then_some(())
                    .ok_or("EntityAlreadyExists or EntityNotExist")
            }
            "TagResources" => self.tag(params),
            _ => self.apply_to_policy(operation, params),
        }
    }

    fn create_role(&mut self, params: &Params) -> Result<(), Refused> {
        let spelled = &params["RoleName"];
        if self.roles.contains_key(&spelled.to_lowercase()) {
            return Err("EntityAlreadyExists.Role");
        }
        let text = |key: &str| params.get(key).map_or("", String::as_str);
        let session = params
            .get("MaxSessionDuration")
            .map_or(3600, |text| text.parse().unwrap());
        let role = Role {
            name: spelled.as_str().into(),
            description: text("Description").into(),
            trust: text("AssumeRolePolicyDocument").into(),
            session,
            tags: tags(params),
            attached: BTreeSet::new(),
            service_linked: false,
        };
        self.roles.insert(spelled.to_lowercase(), role);
        Ok(())
    }

    fn apply_to_policy(&mut self, operation: &str, params: &Params) -> Result<(), Refused> {
        let spelled = &params["PolicyName"];
        let key = spelled.to_lowercase();
        let text = |key: &str| Arc::<str>::from(params.get(key).map_or("", String::as_str));
        let version = params
            .get("VersionId")
            .map(|text| text[1..].parse().unwrap());
        if operation == "CreatePolicy" {
            if self.policies.contains_key(&key) {
                return Err("EntityAlreadyExists.Policy");
            }
            let policy = Policy {
                name: spelled.as_str().into(),
                description: text("Description"),
                versions: [(1, text("PolicyDocument"))].into(),
                default: 1,
                last: 1,
                tags: tags(params),
            };
            self.policies.insert(key, policy);
            return Ok(());
        }
        let is_held = self.holders(&key).next().is_some();
        let policy = self.policies.get_mut(&key).ok_or("EntityNotExist.Policy")?;
        match (operation, version) {
            ("UpdatePolicyDescription", _) => policy.description = text("NewDescription"),
            ("CreatePolicyVersion", _) => {
                if policy.versions.len() >= 5 {
                    return Err("LimitExceeded.Policy.Version");
                }
                policy.last += 1;
                policy.versions.insert(policy.last, text("PolicyDocument"));
                if params
                    .get("SetAsDefault")
                    .is_some_and(|word| word == "true")
                {
                    policy.default = policy.last;
                }
            }
            ("SetDefaultPolicyVersion", Some(version)) => {
                if !policy.versions.contains_key(&version) {
                    return Err("EntityNotExist.Policy.Version");
                }
                policy.default = version;
            }
            ("DeletePolicyVersion", Some(version)) => {
                if policy.default == version {
                    return Err("DeleteConflict.Policy.Version.Default");
                }
                let gone = policy.versions.remove(&version);
                gone.ok_or("EntityNotExist.Policy.Version")?;
            }
            ("DeletePolicy", _) => {
                if is_held || policy.versions.len() > 1 {
                    return Err("DeleteConflict.Policy");
                }
                self.policies.remove(&key);
            }
            _ => panic!("the model does not know {operation}"),
        }
        Ok(())
    }

    fn tag(&mut self, params: &Params) -> Result<(), Refused> {
        let names: Vec<String> = serde_json::from_str(&params["ResourceNames"]).unwrap();
        let key = names[0].to_lowercase();
        let held = match params["ResourceType"].as_str() {
            "role" => self.roles.get_mut(&key).map(|role| &mut role.tags),
            _ => self.policies.get_mut(&key).map(|policy| &mut policy.tags),
        };
        held.ok_or("EntityNotExist")?.extend(tags(params));
        Ok(())
    }

    fn role(&mut self, key: &str) -> Result<&mut Role, Refused> {
        self.roles.get_mut(key).ok_or("EntityNotExist.Role")
    }

    /// The policy that the call is about, if it exists.
    fn reference(&self, params: &Params) -> Result<String, Refused> {
        let name = params["PolicyName"].to_lowercase();
        let (kind, exists) = match params["PolicyType"].as_str() {
            "Custom" => ("custom", self.policies.contains_key(&name)),
            _ => (
                "system",
                SYSTEM.iter().any(|(own, _)| own.to_lowercase() == name),
            ),
        };
        exists
            .then(|| format!("{kind}:{name}"))
            .ok_or("EntityNotExist.Policy")
    }

    /// Who holds a custom policy, as `role/NAME` and `user/NAME`.
    pub(crate) fn holders(&self, policy: &str) -> impl Iterator<Item = String> {
        let policy = format!("custom:{policy}");
        let roles = self
            .roles
            .values()
            .filter(|role| role.attached.contains(&policy));
        let users = self.users.iter().filter(|(_, held)| held.contains(&policy));
        let mut all: Vec<String> = roles.map(|role| format!("role/{}", role.name)).collect();
        all.extend(users.map(|(user, _)| format!("user/{user}")));
        all.into_iter()
    }

    /// The document in force of an attached policy, named as in [`Role::attached`].
    pub(crate) fn document(&self, policy: &str) -> Arc<str> {
        match policy.split_once(':').unwrap() {
            ("custom", name) => Arc::clone(self.policies[name].document()),
            (_, name) => {
                let mut known = SYSTEM.iter();
                let found = known.find(|(own, _)| own.to_lowercase() == name).unwrap();
                found.1.trim_end().into()
            }
        }
    }

    /// The state to start a sandbox with, opened by a permanent key and by that of a session.
    pub(crate) fn seed(&self, keys: &Keys) -> Value {
        let attachments = |held: &BTreeSet<String>| -> Vec<Value> {
            held.iter()
                .map(|policy| json!({ "policy": self.spelled(policy) }))
                .collect()
        };
        let mut roles: Vec<Value> = self.roles.values().map(|role| {
            json!({
                "name": &*role.name, "description": &*role.description, "trust": &*role.trust,
                "max_session_duration": role.session, "tags": role.tags,
                "service_linked": role.service_linked, "attachments": attachments(&role.attached),
            })
        }).collect();
        // The operator's own role, which the model leaves out.
        let administrator = json!([{ "policy": "system:AdministratorAccess" }]);
        roles.push(json!({ "name": OPERATOR, "trust": "{}", "attachments": administrator }));
        let policies: Vec<Value> = self.policies.values().map(|policy| {
            let versions: Vec<Value> = policy.versions.iter()
                .map(|(id, document)| json!({ "id": format!("v{id}"), "document": &**document }))
                .collect();
            json!({
                "name": &*policy.name, "description": &*policy.description, "versions": versions,
                "default": format!("v{}", policy.default), "last_version": policy.last, "tags": policy.tags,
            })
        }).collect();
        let users: Vec<Value> = self
            .users
            .iter()
            .map(|(name, held)| json!({ "name": name, "attachments": attachments(held) }))
            .collect();
        json!({
            "accounts": [{ "id": ACCOUNT, "roles": roles, "policies": policies, "users": users }],
            "keys": [
                { "id": keys.permanent.0, "secret": keys.permanent.1, "account": ACCOUNT },
                { "id": keys.rival.0, "secret": keys.rival.1, "account": ACCOUNT },
            ],
            "sessions": [{
                "id": keys.session.0, "secret": keys.session.1, "token": keys.session.2, "account": ACCOUNT,
                "role": OPERATOR, "role_id": "1", "name": "simulation", "expires": "2036-01-01T00:00:00Z",
            }],
        })
    }

    fn spelled(&self, policy: &str) -> String {
        match policy.split_once(':').unwrap() {
            ("custom", name) => format!("custom:{}", self.policies[name].name),
            (_, name) => {
                let mut known = SYSTEM.iter();
                let found = known.find(|(own, _)| own.to_lowercase() == name).unwrap();
                format!("system:{}", found.0)
            }
        }
    }

    /// Reads the state a sandbox holds.
    pub(crate) fn read(state: &Value) -> Self {
        let account = &state["accounts"][0];
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let tags = |value: &Value| -> BTreeMap<String, String> {
            serde_json::from_value(value.clone()).unwrap_or_default()
        };
        let held = |value: &Value| -> BTreeSet<String> {
            list(value)
                .iter()
                .map(|one| text(&one["policy"]).to_lowercase())
                .collect()
        };
        let number = |value: &Value| text(value)[1..].parse::<u32>().unwrap();
        let mut roles = list(&account["roles"]);
        roles.retain(|role| role["name"] != OPERATOR);
        let roles = roles.into_iter().map(|role| {
            let key = text(&role["name"]).to_lowercase();
            let role = Role {
                name: text(&role["name"]).into(),
                description: text(&role["description"]).into(),
                trust: text(&role["trust"]).into(),
                session: u32::try_from(role["max_session_duration"].as_u64().unwrap()).unwrap(),
                tags: tags(&role["tags"]),
                attached: held(&role["attachments"]),
                service_linked: role["service_linked"] == true,
            };
            (key, role)
        });
        let policies = list(&account["policies"]).into_iter().map(|policy| {
            let key = text(&policy["name"]).to_lowercase();
            let versions = list(&policy["versions"])
                .into_iter()
                .map(|version| (number(&version["id"]), text(&version["document"]).into()));
            let policy = Policy {
                name: text(&policy["name"]).into(),
                description: text(&policy["description"]).into(),
                versions: versions.collect(),
                default: number(&policy["default"]),
                last: u32::try_from(policy["last_version"].as_u64().unwrap()).unwrap(),
                tags: tags(&policy["tags"]),
            };
            (key, policy)
        });
        let users = list(&account["users"])
            .into_iter()
            .map(|user| (text(&user["name"]), held(&user["attachments"])));
        Self {
            roles: roles.collect(),
            policies: policies.collect(),
            users: users.collect(),
        }
    }
}

fn tags(params: &Params) -> BTreeMap<String, String> {
    let Some(text) = params.get("Tag") else {
        return BTreeMap::new();
    };
    let list: Vec<BTreeMap<String, String>> = serde_json::from_str(text).unwrap();
    list.into_iter()
        .map(|pair| (pair["Key"].clone(), pair["Value"].clone()))
        .collect()
}

/// Access keys: id, secret and, for a session, the token.
pub(crate) struct Keys {
    pub(crate) permanent: (&'static str, &'static str),
    pub(crate) session: (&'static str, &'static str, &'static str),
    pub(crate) rival: (&'static str, &'static str),
}
