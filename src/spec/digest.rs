//! One short text for everything a spec means.

use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Spec;
use super::account::{AccountEntry, Discover, ResourceDirectory};
use super::checked::{Content, PolicySpec};
use crate::model::DesiredRole;

impl Spec {
    /// `sha256:` and 64 hexadecimal digits, of what the spec means: comments, the order of keys and entries,
    /// and whether a document stands in a file or in the spec make no difference.
    #[must_use]
    pub fn digest(&self) -> String {
        // INVARIANT (sorted): serde_json's maps are sorted by key, so equal meanings give equal bytes.
        let Self {
            policies,
            roles,
            exports,
            accounts,
            discover,
            // What is accepted changes what counts as drift, and no plan.
            acceptances: _,
            acceptance_spots: _,
            never,
            never_spots: _,
            warnings: _,
        } = self;
        let mut meaning = json!({
            "format": 1,
            "policies": policies.values().map(policy).collect::<Vec<_>>(),
            "roles": roles.values().map(role).collect::<Vec<_>>(),
            "exports": sorted(exports),
            "accounts": sorted(accounts.iter().map(account)),
            "discover": discover.as_ref().map(discovery),
        });
        // A spec without sentences keeps the digest that it has always had.
        if let (false, Some(members)) = (never.is_empty(), meaning.as_object_mut()) {
            members.insert("never".to_owned(), json!(sorted(never)));
        }
        let hash = Sha256::digest(meaning.to_string().as_bytes());
        let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256:{digits}")
    }
}

fn sorted<T: Serialize>(values: impl IntoIterator<Item = T>) -> Vec<Value> {
    let mut values: Vec<Value> = values.into_iter().map(|value| json!(value)).collect();
    values.sort_by_cached_key(Value::to_string);
    values
}

fn policy(policy: &PolicySpec) -> Value {
    let PolicySpec {
        name,
        content,
        description,
        tags,
    } = policy;
    let content = match content {
        Content::Document(document) => json!({ "document": document.pretty() }),
        Content::ImageExport(_) => json!({ "grant": "image-export" }),
    };
    json!({ "name": name.as_str(), "content": content, "description": description, "tags": tags })
}

/// A role as it is saved, with its trust policy in canonical order and its policies by their printed names.
fn role(role: &DesiredRole) -> Value {
    let mut value = json!(role);
    if let Some(members) = value.as_object_mut() {
        let policies: Vec<String> = role.policies.iter().map(ToString::to_string).collect();
        members.insert("trust".to_owned(), json!(role.trust.pretty()));
        members.insert("policies".to_owned(), json!(policies));
    }
    value
}

fn account(account: &AccountEntry) -> Value {
    let AccountEntry {
        id,
        alias,
        assume_role,
        external_id,
        profile,
        exports,
        line: _,
    } = account;
    json!({
        "id": id.as_str(),
        "alias": alias,
        "assume_role": assume_role.as_ref().map(ToString::to_string),
        "external_id": external_id,
        "profile": profile,
        "exports": exports.as_ref().map(sorted),
    })
}

fn discovery(discover: &Discover) -> Value {
    let Discover {
        resource_directory,
        folder,
        tags,
        exclude,
        assume_role,
        external_id,
    } = discover;
    let directory = match resource_directory {
        ResourceDirectory::Own => json!(true),
        ResourceDirectory::Id(id) => json!(id),
    };
    json!({
        "resource_directory": directory,
        "folder": folder,
        "tags": tags,
        "exclude": sorted(exclude),
        "assume_role": assume_role.as_str(),
        "external_id": external_id,
    })
}
