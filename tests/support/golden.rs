//! Golden files: what came out last time somebody looked at it.

use std::fs;
use std::path::{Path, PathBuf};

/// Compares texts with files, and says at the end what differs and how to accept it.
#[derive(Default)]
pub(crate) struct Golden {
    wrong: Vec<String>,
}

impl Golden {
    /// Compares `text` with the file at `path`; a text that is empty stands for no file.
    pub(crate) fn check(&mut self, path: &Path, text: &str) {
        let wanted = fs::read_to_string(path).unwrap_or_default();
        if wanted == text {
            return;
        }
        if is_accepting() {
            accept(path, text);
            return;
        }
        let shown = path.strip_prefix(root()).unwrap_or(path).display();
        let diff = similar::TextDiff::from_lines(&wanted, text);
        let diff = diff
            .unified_diff()
            .header("accepted", "came out")
            .to_string();
        self.wrong.push(format!("{shown}\n{diff}"));
    }

    /// Notes something that no golden file can make right.
    pub(crate) fn fail(&mut self, problem: String) {
        self.wrong.push(problem);
    }

    /// Fails with everything that differs. `suite` is how cargo finds the test.
    pub(crate) fn finish(self, suite: &str) {
        assert!(
            self.wrong.is_empty(),
            "{} differ:\n\n{}\nif that is wanted: UPDATE_GOLDEN=1 cargo test --test {suite}",
            self.wrong.len(),
            self.wrong.join("\n")
        );
    }
}

/// Whether the golden files are to be written anew.
pub(crate) fn is_accepting() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some()
}

/// The folder of this package.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn accept(path: &Path, text: &str) {
    if text.is_empty() {
        fs::remove_file(path).unwrap();
    } else {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}
