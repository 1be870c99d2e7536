//! The calls that the commands make, made to a recorder that notes which permission each needs.

use crate::account::WriteAccount;
use crate::cli::failure::Failure;
use crate::cloud::ram::PermissionRecorder;
use crate::cloud::services::ServicesPermissions;
use crate::model::{
    AccountId, DesiredState, ExportRequest, ExtraPolicies, ImportRequest, RoleName, Scope,
};
use crate::observe::observe;
use crate::plan::{export_role, import_role, possible_steps};
use crate::services::{ExportImages, ReadServices};

/// Stands for every region, image, bucket and object.
const ANY: &str = "*";

/// What every command reads of RAM.
///
/// # Errors
/// Never, unless the recorder refuses a read, which is a bug.
pub(crate) async fn call_plan(
    recorder: &PermissionRecorder,
    desired: &DesiredState,
) -> Result<(), Failure> {
    let scope = Scope::of(desired);
    observe(recorder, &scope, None)
        .await
        .map_err(|error| Failure::bug(&error))?;
    if !scope.roles.is_empty() {
        recorder.read_any_policy();
    }
    Ok(())
}

/// Every step that `apply` or `destroy` may have to take.
///
/// # Errors
/// Never, unless the recorder refuses a write, which is a bug.
pub(crate) async fn call_steps(
    recorder: &PermissionRecorder,
    desired: &DesiredState,
) -> Result<(), Failure> {
    for step in possible_steps(desired) {
        recorder
            .write(&step)
            .await
            .map_err(|error| Failure::bug(&error))?;
    }
    for role in desired.roles.values() {
        if role.extra_policies == ExtraPolicies::Detach {
            recorder.detach_any_policy(&role.name);
        }
    }
    Ok(())
}

/// `drift` asks where the exports are which instances wear the role.
pub(crate) async fn call_drift(services: &ServicesPermissions, desired: &DesiredState) {
    if let Some(role) = export_role(desired) {
        for export in &desired.exports {
            let _ = services
                .instances_with_role(export.region.as_str(), &role)
                .await;
        }
    }
}

/// `verify` asks about exports and imports.
pub(crate) async fn call_verify(
    services: &ServicesPermissions,
    desired: &DesiredState,
    with_dry_run: bool,
) {
    call_verify_exports(services, desired, with_dry_run).await;
    call_verify_imports(services, desired, with_dry_run).await;
}

/// `export` verifies. Then any image may be exported, to the buckets of the spec, or to any.
pub(crate) async fn call_export(services: &ServicesPermissions, desired: &DesiredState) {
    call_verify_exports(services, desired, false).await;
    let _ = services.start(&any_export()).await;
    let _ = services.tasks(ANY).await;
    let _ = services.task(ANY, ANY).await;
    let _ = services.cancel(ANY, ANY).await;
    for (_, bucket) in places(desired) {
        let _ = services.object(ANY, bucket, ANY).await;
        let _ = services.objects(ANY, bucket, ANY).await;
    }
}

/// Any image may be asked about, and the buckets of the spec, or any.
async fn call_verify_exports(
    services: &ServicesPermissions,
    desired: &DesiredState,
    with_dry_run: bool,
) {
    let Some(role) = export_role(desired) else {
        return;
    };
    for (region, bucket) in places(desired) {
        let _ = services.bucket(region, bucket).await;
        let _ = services.is_locked(region, bucket).await;
        let _ = services.bucket_policy(region, bucket).await;
    }
    let _ = services.image(ANY, ANY).await;
    call_about_role(services, &role).await;
    if with_dry_run {
        let _ = services.dry_run(&any_export()).await;
    }
}

/// Any object of any bucket may be asked about.
async fn call_verify_imports(
    services: &ServicesPermissions,
    desired: &DesiredState,
    with_dry_run: bool,
) {
    let Some(role) = import_role(desired) else {
        return;
    };
    let _ = services.bucket(ANY, ANY).await;
    let _ = services.bucket_policy(ANY, ANY).await;
    let _ = services.object(ANY, ANY, ANY).await;
    call_about_role(services, &role).await;
    if with_dry_run {
        let request = ImportRequest {
            region: ANY.to_owned(),
            bucket: ANY.to_owned(),
            object: ANY.to_owned(),
        };
        let _ = services.dry_run_import(&request).await;
    }
}

/// Who wears the role, and what binds its account.
async fn call_about_role(services: &ServicesPermissions, role: &RoleName) {
    let _ = services.instances_with_role(ANY, role).await;
    if let Ok(account) = AccountId::new("0000000000000000") {
        let _ = services.control_policies(&account).await;
    }
}

/// The regions and buckets of the spec's exports; any where it has none.
fn places(desired: &DesiredState) -> Vec<(&str, &str)> {
    let exports = desired.exports.iter();
    let named: Vec<_> = exports
        .map(|export| (export.region.as_str(), export.bucket.as_str()))
        .collect();
    match named.is_empty() {
        true => vec![(ANY, ANY)],
        false => named,
    }
}

fn any_export() -> ExportRequest {
    ExportRequest {
        region: ANY.to_owned(),
        image: ANY.to_owned(),
        bucket: ANY.to_owned(),
        prefix: None,
        format: None,
        role: None,
    }
}
