//! Accounts that are found in a resource directory when a spec is run.

use std::collections::BTreeSet;

use super::console::Console;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cloud::resource_manager::directory::{DirectoryAccount, Search, accounts, directory_id};
use crate::cloud::rpc::client::RpcClient;
use crate::cloud::rpc::http::HttpTransport;
use crate::credentials::Source;
use crate::spec::{AccountEntry, AssumeRole, Discover, ResourceDirectory};

/// Finds what `discover` describes, by id, without the accounts that `own`, the entries of the spec, name.
///
/// # Errors
/// When the directory is another one (3), or it could not be read (5).
pub(super) async fn discover(
    discovery: &Discover,
    own: &[AccountEntry],
    client: &RpcClient<HttpTransport, Source>,
    console: &mut Console,
) -> Result<Vec<AccountEntry>, Failure> {
    let Discover {
        resource_directory,
        folder,
        tags,
        exclude,
        assume_role,
        external_id,
    } = discovery;
    if let ResourceDirectory::Id(wanted) = resource_directory {
        let id = directory_id(client).await?;
        if id != *wanted {
            let message = format!(
                "the caller's resource directory is `{id}`, but `discover` is for `{wanted}`"
            );
            return Err(Failure::new(ExitStatus::Refused, message)
                .hint("use credentials of that directory's management account"));
        }
    }
    let search = Search {
        folder: folder.clone(),
        tags: tags.clone(),
    };
    let found = accounts(client, &search).await?;
    let found = without(found, exclude, console)?;
    let named: BTreeSet<_> = own.iter().map(|entry| &entry.id).collect();
    let mut taken: BTreeSet<String> = own.iter().filter_map(alias_of).collect();
    let entries = found
        .into_iter()
        .filter(|found| !named.contains(&found.id))
        .map(|DirectoryAccount { id, display_name }| AccountEntry {
            id,
            alias: alias(display_name, &mut taken),
            assume_role: Some(AssumeRole::Name(assume_role.clone())),
            external_id: external_id.clone(),
            profile: None,
            exports: None,
            line: None,
        });
    Ok(entries.collect())
}

fn alias_of(entry: &AccountEntry) -> Option<String> {
    entry.alias.as_ref().map(|alias| alias.to_lowercase())
}

/// The directory's name for the account, unless another account has it or it could not stand on a line.
fn alias(name: String, taken: &mut BTreeSet<String>) -> Option<String> {
    let is_usable = !name.trim().is_empty() && !name.chars().any(char::is_control);
    (is_usable && taken.insert(name.to_lowercase())).then_some(name)
}

/// Leaves out what `exclude` names; a pattern that names nothing is worth a word, because it may be misspelt.
fn without(
    mut found: Vec<DirectoryAccount>,
    exclude: &[String],
    console: &mut Console,
) -> Result<Vec<DirectoryAccount>, Failure> {
    let mut gone = BTreeSet::new();
    for text in exclude {
        let pattern = pattern(text).map_err(|error| {
            Failure::new(
                ExitStatus::Failed,
                format!("`discover.exclude`: `{text}`: {}", error.msg),
            )
        })?;
        let fits = |account: &&DirectoryAccount| {
            pattern.matches(account.id.as_str()) || pattern.matches(&account.display_name)
        };
        let mut named = found.iter().filter(fits).peekable();
        if named.peek().is_none() {
            console.note(&format!("`discover.exclude`: `{text}` matches no account"));
        }
        gone.extend(named.map(|account| account.id.clone()));
    }
    found.retain(|account| !gone.contains(&account.id));
    Ok(found)
}

/// Only `*` and `?` have a meaning here.
fn pattern(text: &str) -> Result<glob::Pattern, glob::PatternError> {
    let mut plain = String::new();
    for letter in text.chars() {
        match letter {
            '*' if plain.ends_with('*') => {}
            '[' => plain.push_str("[[]"),
            letter => plain.push(letter),
        }
    }
    glob::Pattern::new(&plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_stars_and_question_marks_are_special() {
        for (text, name, fits) in [
            ("prod-*", "prod-1", true),
            ("prod**", "prod-1", true),
            ("p?od", "prod", true),
            ("[ab]", "a", false),
            ("[ab]", "[ab]", true),
        ] {
            assert_eq!(pattern(text).unwrap().matches(name), fits, "{text} {name}");
        }
    }
}
