//! Resource Directory: which accounts there are. Two services answer, of different ages and members.

use serde_json::{Value, json};

use crate::sandbox::caller::Caller;
use crate::sandbox::rpc::answer::{Answer, insert};
use crate::sandbox::rpc::api_error::ApiError;
use crate::sandbox::rpc::paging::{self, Names};
use crate::sandbox::rpc::parameters::{Parameters, has_tags};
use crate::sandbox::state::{Directory, Member, ROOT_FOLDER, World};

/// Made up; every member joined at the same time.
const JOINED: &str = "2026-01-02T03:04:05Z";

/// `NextToken` and `MaxResults`, of the newer service.
const TOKEN: Names = Names {
    marker: "NextToken",
    size: "MaxResults",
    most: 100,
    usual: 10,
};

/// ResourceManager 2020-03-31.
pub(super) fn list_accounts(world: &World, caller: &Caller, parameters: &Parameters) -> Answer {
    let directory = of(world, caller)?;
    let members = members(directory, parameters, |_| true, Shape::OLDER)?;
    by_number(parameters, members)
}

/// ResourceDirectoryMaster 2022-04-19, which also pages by token.
pub(super) fn list_all_accounts(world: &World, caller: &Caller, parameters: &Parameters) -> Answer {
    let directory = of(world, caller)?;
    let members = members(directory, parameters, |_| true, Shape::NEWER)?;
    let by_token =
        parameters.optional("MaxResults").is_some() || parameters.optional("NextToken").is_some();
    if !by_token {
        return by_number(parameters, members);
    }
    let page = paging::page(parameters, &TOKEN, members.into_iter())?;
    let mut answer = json!({ "Accounts": { "Account": page.items } });
    insert(&mut answer, "NextToken", page.marker);
    Ok(answer)
}

/// ResourceManager 2020-03-31.
pub(super) fn list_accounts_for_parent(
    world: &World,
    caller: &Caller,
    parameters: &Parameters,
) -> Answer {
    list_in_folder(of(world, caller)?, parameters, Shape::OLDER)
}

/// ResourceDirectoryMaster 2022-04-19.
pub(super) fn list_all_accounts_for_parent(
    world: &World,
    caller: &Caller,
    parameters: &Parameters,
) -> Answer {
    list_in_folder(of(world, caller)?, parameters, Shape::NEWER)
}

/// Of one folder, not of those in it, and without their paths.
fn list_in_folder(directory: &Directory, parameters: &Parameters, shape: Shape) -> Answer {
    let parent = parent(directory, parameters)?;
    let is_in = |member: &Member| member.folder == parent;
    let shape = Shape {
        has_path: false,
        ..shape
    };
    by_number(parameters, members(directory, parameters, is_in, shape)?)
}

pub(super) fn list_folders_for_parent(
    world: &World,
    caller: &Caller,
    parameters: &Parameters,
) -> Answer {
    let directory = of(world, caller)?;
    let parent = parent(directory, parameters)?;
    let folders = directory
        .folders
        .iter()
        .filter(|(_, folder)| folder.parent == parent)
        .map(|(id, folder)| {
            let item = json!({
                "FolderId": id,
                "FolderName": folder.name,
                "CreateTime": JOINED,
            });
            item
        });
    let (items, mut answer) = paging::numbered(parameters, folders.collect())?;
    insert(&mut answer, "Folders", Some(json!({ "Folder": items })));
    Ok(answer)
}

pub(super) fn get_resource_directory(
    world: &World,
    caller: &Caller,
    _parameters: &Parameters,
) -> Answer {
    let directory = of(world, caller)?;
    Ok(json!({ "ResourceDirectory": {
        "ResourceDirectoryId": directory.id,
        "MasterAccountId": world.main.as_str(),
        "RootFolderId": ROOT_FOLDER,
        "ControlPolicyStatus": "Enabled",
        "CreateTime": JOINED,
    }}))
}

/// Source: Resource Directory: only the management account may ask. The spelling `EntityNotExists`, with an s, is
/// this service's own.
pub(super) fn of<'a>(world: &'a World, caller: &Caller) -> Result<&'a Directory, ApiError> {
    let Some(directory) = &world.directory else {
        let message = "The resource directory for the account is not enabled.";
        return Err(ApiError::new(
            404,
            "EntityNotExists.ResourceDirectory",
            message,
        ));
    };
    if caller.account != world.main {
        return Err(ApiError::no_permission());
    }
    Ok(directory)
}

/// The folder in `ParentFolderId`; the root when left out.
fn parent<'a>(directory: &Directory, parameters: &'a Parameters) -> Result<&'a str, ApiError> {
    let parent = parameters.optional("ParentFolderId").unwrap_or(ROOT_FOLDER);
    if parent == ROOT_FOLDER || directory.folders.contains_key(parent) {
        return Ok(parent);
    }
    let message = "The folder does not exist.";
    Err(ApiError::new(
        404,
        "EntityNotExists.ResourceDirectory.Folder",
        message,
    ))
}

/// Which members an account has differs from call to call. Source: SDK models.
#[derive(Clone, Copy)]
struct Shape {
    has_path: bool,
    /// With the name and the state of deletion, as the newer service has them.
    is_newer: bool,
}

impl Shape {
    const OLDER: Self = Self {
        has_path: true,
        is_newer: false,
    };
    const NEWER: Self = Self {
        has_path: true,
        is_newer: true,
    };
}

fn members(
    directory: &Directory,
    parameters: &Parameters,
    is_wanted: impl Fn(&Member) -> bool,
    wanted_shape: Shape,
) -> Result<Vec<(String, Value)>, ApiError> {
    let wanted = parameters.tag_pairs()?;
    let with_tags = parameters.boolean("IncludeTags")?.unwrap_or(false);
    Ok(directory
        .members
        .values()
        .filter(|member| is_wanted(member) && has_tags(&member.tags, &wanted))
        .map(|member| {
            let mut item = shape(directory, member);
            if wanted_shape.has_path {
                let path = directory.path(member);
                insert(&mut item, "ResourceDirectoryPath", Some(path));
            }
            if wanted_shape.is_newer {
                let name = format!("{}@{}.aliyunid.com", member.display_name, directory.id);
                insert(&mut item, "AccountName", Some(name));
                let status = member.deletion_status.clone();
                insert(&mut item, "DeletionStatus", Some(status));
            }
            if with_tags {
                let pairs = member.tags.iter();
                let tags: Vec<_> = pairs
                    .map(|(key, value)| json!({ "Key": key, "Value": value }))
                    .collect();
                insert(&mut item, "Tags", Some(json!({ "Tag": tags })));
            }
            (member.account.as_str().to_owned(), item)
        })
        .collect())
}

fn shape(directory: &Directory, member: &Member) -> Value {
    json!({
        "AccountId": member.account.as_str(),
        "DisplayName": member.display_name,
        "FolderId": member.folder,
        "ResourceDirectoryId": directory.id,
        "Status": member.status,
        "Type": "ResourceAccount",
        "JoinMethod": "created",
        "JoinTime": JOINED,
        "ModifyTime": JOINED,
    })
}

fn by_number(parameters: &Parameters, members: Vec<(String, Value)>) -> Answer {
    let members = members.into_iter().map(|(_, member)| member);
    let (items, mut answer) = paging::numbered(parameters, members.collect())?;
    insert(&mut answer, "Accounts", Some(json!({ "Account": items })));
    Ok(answer)
}
