//! Says which version this is: the package's, and the commit it is built from where that is known.

use std::path::Path;
use std::process::Command;

fn main() {
    let folder = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let folder = Path::new(&folder);
    println!("cargo::rerun-if-changed=build.rs");
    if let Some(log) = git(folder, &["rev-parse", "--git-path", "logs/HEAD"]) {
        // Every commit and checkout adds a line to this file.
        println!("cargo::rerun-if-changed={}", folder.join(log).display());
    }
    let shown = match commit(folder) {
        Some(commit) => format!("{version} ({commit})"),
        None => version,
    };
    println!("cargo::rustc-env=EXPORT_IAM_VERSION={shown}");
}

/// The commit that the folder's files are of: of a package that cargo made, else of the repository whose root the
/// folder is. `None` without either, as in an archive, which may lie inside another repository.
pub(crate) fn commit(folder: &Path) -> Option<String> {
    packaged(folder).or_else(|| {
        let prefix = git(folder, &["rev-parse", "--show-prefix"])?;
        match prefix.is_empty() {
            true => git(folder, &["rev-parse", "--short=12", "HEAD"]),
            false => None,
        }
    })
}

/// From the file that `cargo package` writes.
fn packaged(folder: &Path) -> Option<String> {
    let text = std::fs::read_to_string(folder.join(".cargo_vcs_info.json")).ok()?;
    let (_, rest) = text.split_once("\"sha1\"")?;
    let digits = rest.split('"').nth(1)?;
    digits.get(..12).map(str::to_owned)
}

/// What git answers, without the line's end.
fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .current_dir(folder)
        .args(arguments)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
