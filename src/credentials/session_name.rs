//! What the account's audit log calls our sessions.

use super::context::Context;
use crate::cloud::sts::role::is_allowed_in_session_name;

/// The name of our sessions, which the account's audit log shows: from `ALIBABA_CLOUD_ROLE_SESSION_NAME`, else
/// `export-iam-` and the run of CI or the user.
pub(super) fn default_session_name(context: &Context) -> String {
    const WHO: [&str; 7] = [
        "GITHUB_RUN_ID",
        "CI_PIPELINE_ID",
        "BUILD_ID",
        "BUILD_NUMBER",
        "USER",
        "LOGNAME",
        "USERNAME",
    ];
    if let Some(name) = context.variable("ALIBABA_CLOUD_ROLE_SESSION_NAME") {
        return name;
    }
    match WHO.iter().find_map(|name| context.variable(name)) {
        Some(who) => cleaned(&format!("export-iam-{who}")),
        None => "export-iam".to_owned(),
    }
}

/// Brings a text into the form of a session name: 2 to 64 letters, digits and `.@-_`. Source: STS API Reference,
/// `RoleSessionName`.
fn cleaned(text: &str) -> String {
    let allowed = |c: char| {
        if is_allowed_in_session_name(c) {
            c
        } else {
            '-'
        }
    };
    text.chars().map(allowed).take(64).collect()
}
