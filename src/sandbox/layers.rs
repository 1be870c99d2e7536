//! Control policies: the layer of policies above an account.

use super::state::World;
use crate::model::AccountId;

/// Allows everything; attached wherever a directory has no control policies of its own, and beside them.
/// Source: Resource Directory, control policy `FullAliyunAccess`.
pub(crate) const FULL_ACCESS: &str =
    r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// The documents of each level above the account that has any, each of which must allow a request: those attached to
/// the account itself, to the folders that hold it, and to the root.
pub(crate) fn control_policies(world: &World, account: &AccountId) -> Vec<Vec<String>> {
    let of_account = world
        .account(account)
        .and_then(|account| account.control_policy.clone());
    let mut levels: Vec<Vec<String>> = of_account.into_iter().map(|own| vec![own]).collect();
    let Some(directory) = &world.directory else {
        return levels;
    };
    // Control policies bind members only, not the management account.
    let Some(member) = directory.members.get(account) else {
        return levels;
    };
    let mut targets = directory.folders_above(member);
    targets.push(account.as_str());
    for target in targets {
        let attached = directory.control_policies.values();
        let attached = attached.filter(|policy| policy.targets.iter().any(|own| own == target));
        let mut documents: Vec<_> = attached.map(|policy| policy.document.clone()).collect();
        if !documents.is_empty() {
            documents.push(FULL_ACCESS.to_owned());
            levels.push(documents);
        }
    }
    levels
}
