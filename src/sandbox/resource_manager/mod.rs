//! The resource directory, which two services of different ages show, ResourceManager 2020-03-31 and
//! ResourceDirectoryMaster 2022-04-19; and attachments of every scope, which the older one keeps. Shapes follow the official SDK's models (2.6.2).

mod attachments;
mod control_policies;
mod directory;

use super::rpc::operation::{Operation, Run, Service, any_resource};

const MANAGER: Service = Service::ResourceManager;
const MASTER: Service = Service::ResourceDirectoryMaster;

pub(super) static OPERATIONS: &[Operation] = &[
    of_ram("ListPolicyAttachments", Run::Read(attachments::list)),
    of_ram("AttachPolicy", Run::Write(attachments::attach)),
    of_ram("DetachPolicy", Run::Write(attachments::detach)),
    row(MANAGER, "ListAccounts", Run::Call(directory::list_accounts)),
    row(
        MANAGER,
        "ListAccountsForParent",
        Run::Call(directory::list_accounts_for_parent),
    ),
    row(
        MANAGER,
        "ListFoldersForParent",
        Run::Call(directory::list_folders_for_parent),
    ),
    row(
        MANAGER,
        "GetResourceDirectory",
        Run::Call(directory::get_resource_directory),
    ),
    row(
        MASTER,
        "ListAccounts",
        Run::Call(directory::list_all_accounts),
    ),
    row(
        MASTER,
        "ListAccountsForParent",
        Run::Call(directory::list_accounts_for_parent),
    ),
    row(
        MASTER,
        "ListFoldersForParent",
        Run::Call(directory::list_folders_for_parent),
    ),
    row(
        MASTER,
        "GetResourceDirectory",
        Run::Call(directory::get_resource_directory),
    ),
    row(
        MANAGER,
        "ListControlPolicyAttachmentsForTarget",
        Run::Call(control_policies::list_for_target),
    ),
    row(
        MANAGER,
        "GetControlPolicy",
        Run::Call(control_policies::get),
    ),
    row(
        MASTER,
        "ListControlPolicyAttachmentsForTarget",
        Run::Call(control_policies::list_for_target),
    ),
    row(MASTER, "GetControlPolicy", Run::Call(control_policies::get)),
];

const fn row(service: Service, name: &'static str, run: Run) -> Operation {
    Operation {
        service,
        name,
        action_prefix: "resourcemanager",
        resources: any_resource,
        run,
    }
}

/// Source: Resource Management, "Authorization information": these calls are allowed by actions of RAM.
const fn of_ram(name: &'static str, run: Run) -> Operation {
    Operation {
        action_prefix: "ram",
        ..row(MANAGER, name, run)
    }
}
