//! The resource directory, which two services of different ages show, ResourceManager 2020-03-31 and
//! ResourceDirectoryMaster 2022-04-19; and attachments of every scope, which the older one keeps. Shapes follow the official SDK's models (2.6.2).

mod attachments;
mod control_policies;
mod directory;

use super::caller::Caller;
use super::rpc::answer::Answer;
use super::rpc::operation::{Operation, Run, Service, any_resource};
use super::rpc::parameters::Parameters;
use super::state::World;

pub(super) static OPERATIONS: &[Operation] = &[
    of_ram("ListPolicyAttachments", Run::Read(attachments::list)),
    of_ram("AttachPolicy", Run::Write(attachments::attach)),
    of_ram("DetachPolicy", Run::Write(attachments::detach)),
    of_manager("ListAccounts", directory::list_accounts),
    of_manager("ListAccountsForParent", directory::list_accounts_for_parent),
    of_manager("ListFoldersForParent", directory::list_folders_for_parent),
    of_manager("GetResourceDirectory", directory::get_resource_directory),
    of_manager(TARGET_POLICIES, control_policies::list_for_target),
    of_manager("GetControlPolicy", control_policies::get),
    of_master("ListAccounts", directory::list_all_accounts),
    of_master(
        "ListAccountsForParent",
        directory::list_all_accounts_for_parent,
    ),
    of_master("ListFoldersForParent", directory::list_folders_for_parent),
    of_master("GetResourceDirectory", directory::get_resource_directory),
    of_master(TARGET_POLICIES, control_policies::list_for_target),
    of_master("GetControlPolicy", control_policies::get),
];

/// What is attached to an account or folder.
const TARGET_POLICIES: &str = "ListControlPolicyAttachmentsForTarget";

type Call = fn(&World, &Caller, &Parameters) -> Answer;

const fn of_manager(name: &'static str, call: Call) -> Operation {
    row(Service::ResourceManager, name, Run::Call(call))
}

const fn of_master(name: &'static str, call: Call) -> Operation {
    row(Service::ResourceDirectoryMaster, name, Run::Call(call))
}

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
        ..row(Service::ResourceManager, name, run)
    }
}
