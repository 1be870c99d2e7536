//! YAML values to the accounts of a spec.

use super::super::account::{AccountEntry, AssumeRole, Discover, ResourceDirectory};
use super::super::fields::{self, At, Fields};
use super::super::node::{Node, Value};
use super::super::notes::Notes;
use super::super::shape::AccountShape;
use super::exports::exports;
use crate::model::{AccountId, RoleName};
use crate::policy::quote;

/// The role that every member account of a resource directory has. Source: Resource Directory, "Access a member".
const MEMBER_ROLE: &str = "ResourceDirectoryAccountAccessRole";

/// Length of every account id seen in documents of the last years. Unit: digits.
const USUAL_ID_LENGTH: usize = 16;

/// Longest alias. Unit: characters. Our own choice: an alias heads lines of output.
const ALIAS_LENGTH: usize = 64;

/// Reads an entry of `accounts`.
pub(super) fn account(notes: &mut Notes, node: &Node) -> Option<AccountShape> {
    let keys = [
        "id",
        "alias",
        "assume_role",
        "external_id",
        "profile",
        "exports",
    ];
    let fields = Fields::read(notes, node, &keys)?;
    let id = fields.needed(
        notes,
        "id",
        "write the account's number in quotes, as `id: \"1234567890123456\"`",
        account_id,
    );
    let alias = fields.optional(notes, "alias", |notes, node| {
        fields::name(notes, node, alias)
    });
    let role = fields.optional(notes, "assume_role", |notes, node| {
        fields::name(notes, node, AssumeRole::parse)
    });
    let external_id = external_id(notes, &fields, fields.has("assume_role"));
    let profile = fields.optional(notes, "profile", |notes, node| {
        fields::name(notes, node, profile)
    });
    let exports = exports(notes, &fields);
    let At {
        value: id,
        spot: id_spot,
    } = id?;
    Some(AccountShape {
        spot: node.spot.clone(),
        id_spot,
        alias_spot: alias.as_ref().map(|alias| alias.spot.clone()),
        role_spot: role.as_ref().map(|role| role.spot.clone()),
        entry: AccountEntry {
            id,
            alias: alias.map(|alias| alias.value),
            assume_role: role.map(|role| role.value),
            external_id,
            profile: profile.map(|profile| profile.value),
            exports: exports.as_ref().map(|exports| {
                exports
                    .items
                    .iter()
                    .map(|export| export.value.clone())
                    .collect()
            }),
            line: node.spot.place.map(|place| place.line),
        },
        exports,
    })
}

fn account_id(notes: &mut Notes, node: &Node) -> Option<At<AccountId>> {
    let id = fields::name(notes, node, AccountId::new)?;
    let length = id.value.as_str().len();
    if length != USUAL_ID_LENGTH {
        let message = format!(
            "account id `{}` has {length} digits, most have {USUAL_ID_LENGTH}",
            id.value
        );
        notes.warn(
            &id.spot,
            message,
            Some("check it for a lost or doubled digit".to_owned()),
        );
    }
    Some(id)
}

/// An alias stands in for the id on the command line, so it must not look like one.
fn alias(text: &str) -> Result<String, String> {
    let is_allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    let length = text.chars().count();
    let shown = quote(text);
    if !(1..=ALIAS_LENGTH).contains(&length) {
        return Err(format!(
            "the alias has {length} characters, 1 to {ALIAS_LENGTH} are wanted"
        ));
    }
    if let Some(bad) = text.chars().find(|&c| !is_allowed(c)) {
        let bad = bad.escape_debug();
        return Err(format!(
            "alias {shown} contains `{bad}`, only letters, digits, `.`, `_` and `-` are allowed"
        ));
    }
    if text.chars().all(|c| c.is_ascii_digit()) {
        return Err(format!("alias {shown} looks like an account id"));
    }
    Ok(text.to_owned())
}

fn profile(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("the profile's name is empty".to_owned());
    }
    match text.chars().find(|c| c.is_control()) {
        Some(_) => Err(format!(
            "profile {} contains a control character",
            quote(text)
        )),
        None => Ok(text.to_owned()),
    }
}

fn external_id(notes: &mut Notes, fields: &Fields<'_>, has_role: bool) -> Option<String> {
    let node = fields.get("external_id")?;
    if !has_role {
        notes.error_hint(
            &node.spot,
            "`external_id` without `assume_role`",
            "it is part of assuming a role; write `assume_role` too, or leave both out",
        );
    }
    fields::name(notes, node, check_external_id).map(|id| id.value)
}

/// Source: STS `AssumeRole`, parameter `ExternalId`: 2 to 1,224 of `[\w+=,.@:\/-]`. The word is half a secret,
/// so no message repeats it.
fn check_external_id(text: &str) -> Result<String, String> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@:\\/-".contains(c);
    let length = text.chars().count();
    if !(2..=1224).contains(&length) {
        return Err(format!(
            "the external id has {length} characters, STS wants 2 to 1224"
        ));
    }
    match text.chars().find(|&c| !is_allowed(c)) {
        Some(_) => Err("the external id holds a character that STS refuses".to_owned()),
        None => Ok(text.to_owned()),
    }
}

/// Reads `discover`.
pub(super) fn discover(notes: &mut Notes, node: &Node) -> Option<At<Discover>> {
    let keys = [
        "resource_directory",
        "folder",
        "tags",
        "exclude",
        "assume_role",
        "external_id",
    ];
    let fields = Fields::read(notes, node, &keys)?;
    let directory = fields.needed(
        notes,
        "resource_directory",
        "write `resource_directory: true` for the caller's own",
        directory,
    );
    let folder = fields.optional(notes, "folder", |notes, node| {
        fields::name(notes, node, folder)
    });
    let tags = fields.optional(notes, "tags", fields::tags);
    let role = match fields.get("assume_role") {
        Some(node) => fields::name(notes, node, RoleName::new).map(|role| role.value),
        None => RoleName::new(MEMBER_ROLE).ok(),
    };
    let external_id = external_id(notes, &fields, true);
    let exclude = match fields.get("exclude") {
        Some(node) => exclude(notes, node)?,
        None => Vec::new(),
    };
    Some(At {
        value: Discover {
            resource_directory: directory?,
            folder: folder.map(|folder| folder.value),
            tags: tags.unwrap_or_default(),
            exclude,
            assume_role: role?,
            external_id,
        },
        spot: node.spot.clone(),
    })
}

fn directory(notes: &mut Notes, node: &Node) -> Option<ResourceDirectory> {
    match &node.value {
        Value::Bool(true) => Some(ResourceDirectory::Own),
        Value::Text(id) if is_id(id, "rd-") => Some(ResourceDirectory::Id(id.clone())),
        Value::Bool(false) => {
            notes.error_hint(
                &node.spot,
                "`false` finds no accounts",
                "leave `discover` out",
            );
            None
        }
        _ => {
            let message = format!(
                "expected `true` or the id of a directory, found {}",
                node.describe()
            );
            notes.error_hint(&node.spot, message, "an id looks like `rd-Ab12Cd`");
            None
        }
    }
}

fn is_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// Source: ResourceManager, `FolderId`: `fd-…`, or `r-…` for the root folder.
fn folder(text: &str) -> Result<String, String> {
    if is_id(text, "fd-") || is_id(text, "r-") {
        return Ok(text.to_owned());
    }
    Err(format!(
        "{} is not a folder id, as `fd-Ab12Cd34Ef`",
        quote(text)
    ))
}

fn exclude(notes: &mut Notes, node: &Node) -> Option<Vec<String>> {
    let items = fields::list(notes, node)?;
    let patterns = items
        .iter()
        .filter_map(|item| fields::name(notes, item, pattern));
    Some(patterns.map(|pattern| pattern.value).collect())
}

fn pattern(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("an empty pattern excludes nothing".to_owned());
    }
    Ok(text.to_owned())
}
