//! Who is calling, for people.

use std::fmt::Write;

use crate::model::{Caller, IdentityType};
use crate::plan::Plan;

use super::style::{DIM, STRONG, Styled, safe};

/// Appends the line that opens every report.
pub(super) fn account_line(caller: &Caller, label: Option<&str>, out: &mut String) {
    let label = label.filter(|label| *label != caller.account.as_str());
    let name = label
        .map(|label| format!(" ({})", safe(label)))
        .unwrap_or_default();
    let account = Styled(STRONG, format!("Account {}{name}", caller.account));
    let _ = writeln!(out, "{account} as {}", safe(&caller.arn));
}

/// Appends the line about what could not be looked at, where there is such a thing.
pub(super) fn not_read(plan: &Plan, out: &mut String) {
    if let Some(what) = &plan.not_read {
        let line = format!("note: {}", safe(what));
        let _ = writeln!(out, "{}\n", Styled(DIM, line));
    }
}

/// Appends the answer of `whoami`. `source` says where the access key came from.
pub fn whoami(caller: &Caller, source: &str, access_key_id: &str, out: &mut String) {
    let Caller {
        account,
        arn,
        identity_type,
        principal_id,
    } = caller;
    let kind = match identity_type {
        IdentityType::Account => "the account itself (root key)",
        IdentityType::RamUser => "RAM user",
        IdentityType::AssumedRole => "session of a role",
        IdentityType::Other(word) => word.as_str(),
    };
    let rows = [
        ("account", account.as_str()),
        ("arn", arn.as_str()),
        ("identity", kind),
        ("principal id", principal_id.as_str()),
        ("access key", access_key_id),
        ("source", source),
    ];
    for (name, value) in rows {
        let _ = writeln!(out, "{name:<14}{}", safe(value));
    }
    if *identity_type == IdentityType::Account {
        let _ = writeln!(
            out,
            "warning: this is the account's root key; a RAM user with `permissions apply` is safer"
        );
    }
}
