//! RAM 2015-05-01: roles, policies, attachments, tags and users. Shapes follow the official SDK's models (1.3.0).

pub(super) mod attachments;
mod policies;
mod resources;
mod roles;
mod tags;
mod users;
pub(super) mod validation;
mod versions;

use super::rpc::operation::{Operation, Run, Service};

pub(super) static OPERATIONS: &[Operation] = &[
    row("GetRole", Run::Read(roles::get)),
    row("ListPoliciesForRole", Run::Read(attachments::list_for_role)),
    row("GetPolicy", Run::Read(policies::get)),
    row("ListPolicyVersions", Run::Read(versions::list)),
    row("GetPolicyVersion", Run::Read(versions::get)),
    row("ListRoles", Run::Read(roles::list)),
    row("ListPolicies", Run::Read(policies::list)),
    row(
        "ListEntitiesForPolicy",
        Run::Read(attachments::list_entities),
    ),
    row("ListTagResources", Run::Read(tags::list)),
    row("GetUser", Run::Read(users::get)),
    row("ListPoliciesForUser", Run::Read(attachments::list_for_user)),
    row("CreateRole", Run::Write(roles::create)),
    row("UpdateRole", Run::Write(roles::update)),
    row("DeleteRole", Run::Write(roles::delete)),
    row("CreatePolicy", Run::Write(policies::create)),
    row(
        "UpdatePolicyDescription",
        Run::Write(policies::update_description),
    ),
    row("DeletePolicy", Run::Write(policies::delete)),
    row("CreatePolicyVersion", Run::Write(versions::create)),
    row("SetDefaultPolicyVersion", Run::Write(versions::set_default)),
    row("DeletePolicyVersion", Run::Write(versions::delete)),
    row(
        "AttachPolicyToRole",
        Run::Write(attachments::attach_to_role),
    ),
    row(
        "DetachPolicyFromRole",
        Run::Write(attachments::detach_from_role),
    ),
    row(
        "AttachPolicyToUser",
        Run::Write(attachments::attach_to_user),
    ),
    row(
        "DetachPolicyFromUser",
        Run::Write(attachments::detach_from_user),
    ),
    row("TagResources", Run::Write(tags::tag)),
    row("UntagResources", Run::Write(tags::untag)),
    row("CreateUser", Run::Write(users::create)),
    row("DeleteUser", Run::Write(users::delete)),
];

const fn row(name: &'static str, run: Run) -> Operation {
    Operation {
        service: Service::Ram,
        name,
        action_prefix: "ram",
        resources: resources::of,
        run,
    }
}
