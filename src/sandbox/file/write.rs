//! From the state to the file's shape. Every field is named, so that a new one cannot be forgotten.

use std::collections::BTreeMap;

use super::{
    AccountFile, AttachmentFile, DirectoryFile, Document, FORMAT, FolderFile, InstanceFile,
    KeyFile, MemberFile, OidcProviderFile, PolicyFile, RoleFile, SessionFile, SystemPolicyFile,
    UserFile, VersionFile, WorldFile,
};
use crate::model::{PolicyName, PolicyRef, RoleName};
use crate::ram::signature::timestamp;
use crate::sandbox::directory::{Directory, Folder, Member};
use crate::sandbox::state::{
    AccessKey, Account, Attachment, CustomPolicy, Instance, KeyOwner, OidcProvider, Quota, Role,
    Session, SystemPolicy, User, World,
};

impl WorldFile {
    pub(in crate::sandbox) fn of(world: &World) -> Self {
        let World {
            main,
            accounts,
            keys,
            sessions,
            directory,
            instance,
            nonces: _,
            requests: _,
        } = world;
        Self {
            format: FORMAT,
            main_account: Some(main.as_str().to_owned()),
            accounts: accounts.values().map(account).collect(),
            keys: keys.iter().map(|(id, key)| key_file(id, key)).collect(),
            sessions: sessions
                .iter()
                .map(|(id, session)| session_file(id, session))
                .collect(),
            directory: directory.as_ref().map(directory_file),
            instance: instance.as_ref().map(instance_file),
        }
    }
}

fn account(account: &Account) -> AccountFile {
    let Account {
        id,
        roles,
        policies,
        system_policies,
        users,
        quota,
        control_policy,
        oidc_providers,
        last_id,
    } = account;
    AccountFile {
        id: Some(id.as_str().to_owned()),
        roles: roles
            .iter()
            .map(|(name, role)| role_file(name, role))
            .collect(),
        policies: policies
            .iter()
            .map(|(name, policy)| policy_file(name, policy))
            .collect(),
        system_policies: system_policies
            .iter()
            .map(|(name, policy)| system_policy_file(name, policy))
            .collect(),
        users: users.values().map(user_file).collect(),
        quota: quota_file(quota),
        control_policy: control_policy.clone().map(Document),
        oidc_providers: oidc_providers.values().map(oidc_provider_file).collect(),
        last_id: Some(*last_id),
    }
}

fn quota_file(quota: &Quota) -> BTreeMap<String, usize> {
    if *quota == Quota::default() {
        return BTreeMap::new();
    }
    let Quota {
        roles,
        policies,
        custom_policies_per_role,
        system_policies_per_role,
    } = quota;
    BTreeMap::from([
        ("roles".to_owned(), *roles),
        ("policies".to_owned(), *policies),
        (
            "custom_policies_per_role".to_owned(),
            *custom_policies_per_role,
        ),
        (
            "system_policies_per_role".to_owned(),
            *system_policies_per_role,
        ),
    ])
}

fn role_file(name: &RoleName, role: &Role) -> RoleFile {
    let Role {
        id,
        description,
        trust,
        max_session_duration,
        allow_console_login,
        is_service_linked,
        created,
        updated,
        tags,
        attachments,
    } = role;
    RoleFile {
        name: name.as_str().to_owned(),
        id: Some(id.clone()),
        description: description.clone(),
        trust: Document(trust.clone()),
        max_session_duration: Some(*max_session_duration),
        allow_console_login: Some(*allow_console_login),
        service_linked: *is_service_linked,
        created: Some(timestamp(*created)),
        updated: Some(timestamp(*updated)),
        tags: tags.clone(),
        attachments: attachments.iter().map(attachment_file).collect(),
    }
}

fn attachment_file(attachment: &Attachment) -> AttachmentFile {
    let Attachment {
        policy_type,
        policy,
        attached,
        resource_group,
    } = attachment;
    let policy = PolicyRef {
        policy_type: *policy_type,
        name: policy.clone(),
    };
    AttachmentFile {
        policy: policy.to_string(),
        attached: Some(timestamp(*attached)),
        resource_group: resource_group.clone(),
    }
}

fn policy_file(name: &PolicyName, policy: &CustomPolicy) -> PolicyFile {
    let CustomPolicy {
        description,
        created,
        updated,
        versions,
        default,
        last_version,
        tags,
    } = policy;
    PolicyFile {
        name: name.as_str().to_owned(),
        description: description.clone(),
        versions: versions
            .iter()
            .map(|(id, version)| VersionFile {
                id: Some(id.to_string()),
                document: Document(version.document.clone()),
                created: Some(timestamp(version.created)),
            })
            .collect(),
        default: Some(default.to_string()),
        last_version: Some(*last_version),
        created: Some(timestamp(*created)),
        updated: Some(timestamp(*updated)),
        tags: tags.clone(),
    }
}

fn system_policy_file(name: &PolicyName, policy: &SystemPolicy) -> SystemPolicyFile {
    let SystemPolicy {
        document,
        description,
        version,
        created,
    } = policy;
    SystemPolicyFile {
        name: name.as_str().to_owned(),
        document: Document(document.clone()),
        description: description.clone(),
        version: Some(version.to_string()),
        created: Some(timestamp(*created)),
    }
}

fn user_file(user: &User) -> UserFile {
    let User {
        name,
        id,
        display_name,
        comments,
        created,
        attachments,
    } = user;
    UserFile {
        name: name.clone(),
        id: Some(id.clone()),
        display_name: display_name.clone(),
        comments: comments.clone(),
        created: Some(timestamp(*created)),
        attachments: attachments.iter().map(attachment_file).collect(),
    }
}

fn key_file(id: &str, key: &AccessKey) -> KeyFile {
    let AccessKey {
        secret,
        account,
        owner,
        is_active,
        allowed,
    } = key;
    KeyFile {
        id: id.to_owned(),
        secret: secret.clone(),
        account: Some(account.as_str().to_owned()),
        user: match owner {
            KeyOwner::Root => None,
            KeyOwner::User(name) => Some(name.clone()),
        },
        inactive: !is_active,
        allowed: allowed.clone().map(Document),
    }
}

fn session_file(id: &str, session: &Session) -> SessionFile {
    let Session {
        secret,
        token,
        account,
        role,
        role_id,
        name,
        expires,
        policy,
    } = session;
    SessionFile {
        id: id.to_owned(),
        secret: secret.clone(),
        token: token.clone(),
        account: account.as_str().to_owned(),
        role: role.as_str().to_owned(),
        role_id: role_id.clone(),
        name: name.clone(),
        expires: timestamp(*expires),
        policy: policy.clone().map(Document),
    }
}

fn oidc_provider_file(provider: &OidcProvider) -> OidcProviderFile {
    let OidcProvider {
        name,
        issuer,
        client_ids,
    } = provider;
    OidcProviderFile {
        name: name.clone(),
        issuer: issuer.clone(),
        client_ids: client_ids.clone(),
    }
}

fn instance_file(instance: &Instance) -> InstanceFile {
    let Instance {
        account,
        role,
        needs_token,
    } = instance;
    InstanceFile {
        account: Some(account.as_str().to_owned()),
        role: role.as_str().to_owned(),
        needs_token: *needs_token,
    }
}

fn directory_file(directory: &Directory) -> DirectoryFile {
    let Directory {
        id,
        folders,
        members,
    } = directory;
    DirectoryFile {
        id: id.clone(),
        folders: folders
            .iter()
            .map(|(id, Folder { name, parent })| FolderFile {
                id: id.clone(),
                name: name.clone(),
                parent: parent.clone(),
            })
            .collect(),
        members: members
            .iter()
            .map(|(account, member)| {
                let Member {
                    display_name,
                    folder,
                    status,
                    deletion_status,
                    tags,
                } = member;
                MemberFile {
                    account: account.as_str().to_owned(),
                    display_name: display_name.clone(),
                    folder: folder.clone(),
                    status: status.clone(),
                    deletion_status: deletion_status.clone(),
                    tags: tags.clone(),
                }
            })
            .collect(),
    }
}
