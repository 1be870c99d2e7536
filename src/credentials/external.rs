//! A program of the user's own that prints a key as JSON: a credential helper.
//!
//! Source: the aliyun CLI, mode `External`, and the official SDKs. Of its output nothing is ever shown.

use std::time::Duration;

use secrecy::SecretString;

use super::context::Context;
use super::process::ProcessError;
use crate::cloud::rpc::credentials::{CredentialError, Credentials};
use crate::cloud::sts::session_keys::{Keys, Shape};

/// Forbids helpers and credentials URIs of profiles, as in the aliyun CLI.
pub(super) const DISABLED: &str = "ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS";

/// How long a helper may take. Source: the official SDKs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A command line, which may hold secrets and so does not print.
pub(super) struct Helper {
    words: Vec<SecretString>,
}

/// Whether the user forbade what only the profile asks for. Here `1` counts too. Source: aliyun CLI.
pub(super) fn is_disabled(context: &Context) -> bool {
    context.is_true(DISABLED) || context.variable(DISABLED).as_deref() == Some("1")
}

impl Helper {
    /// Splits `line` by the rules of a POSIX shell, without one: nothing is expanded, joined or redirected. On
    /// Windows a backslash is an ordinary character, as in the SDKs.
    ///
    /// # Errors
    /// With what is wrong, to be put behind the field's name.
    pub(super) fn new(line: &str, is_windows: bool) -> Result<Self, &'static str> {
        let doubled = is_windows.then(|| line.replace('\\', r"\\"));
        let line = doubled.as_deref().unwrap_or(line);
        let words = shlex::split(line).ok_or("has a quote that is not closed")?;
        if words.first().is_none_or(String::is_empty) {
            return Err("names no program");
        }
        Ok(Self {
            words: words.into_iter().map(SecretString::from).collect(),
        })
    }

    /// Runs the helper once.
    pub(super) async fn fetch(
        &self,
        context: &Context,
        origin: &str,
    ) -> Result<Credentials, CredentialError> {
        const BY_HAND: &str = "run the command of `process_command` by hand to see what it says";
        const CONTRACT: &str = "the command must print one JSON object with `mode` `AK` or `StsToken`, `access_key_id`, \
                                `access_key_secret`, and for `StsToken` `sts_token`";
        let fail = |problem: &str, hint: &str| {
            let problem = format!("the command of `process_command` {problem}");
            Err(CredentialError::new(origin, problem, hint))
        };
        if is_disabled(context) {
            let hint = format!("unset `{DISABLED}`, or choose another profile");
            return fail(&format!("may not be run: `{DISABLED}` is set"), &hint);
        }
        let output = match context.processes.run(&self.words, PATIENCE).await {
            Ok(output) => output,
            Err(ProcessError::NotStarted(kind)) => {
                let hint =
                    "check that the program is there, may be run, and is found through `PATH`";
                return fail(&format!("cannot be started: {kind}"), hint);
            }
            Err(ProcessError::Failed(None)) => return fail("was ended by a signal", BY_HAND),
            Err(ProcessError::Failed(Some(status))) => {
                return fail(&format!("failed with exit status {status}"), BY_HAND);
            }
            Err(ProcessError::TimedOut) => {
                let seconds = PATIENCE.as_secs();
                return fail(&format!("did not end within {seconds} seconds"), BY_HAND);
            }
            Err(ProcessError::TooLong) => return fail("printed more than 64 KiB", CONTRACT),
            Err(ProcessError::Unreadable) => return fail("closed its output halfway", BY_HAND),
        };
        let keys = match Keys::parse(&output) {
            Ok(keys) => keys,
            Err(problem) => return fail(&format!("printed an answer that {problem}"), CONTRACT),
        };
        let shape = match keys.mode.as_deref() {
            Some("AK") => Shape::Permanent,
            Some("StsToken") => Shape::SessionMaybeTimed,
            Some(_) => {
                return fail(
                    "printed a `mode` that is neither `AK` nor `StsToken`",
                    CONTRACT,
                );
            }
            None => return fail("printed no `mode`", CONTRACT),
        };
        match keys.into_credentials(shape) {
            Ok(credentials) => Ok(credentials),
            Err(problem) => fail(&format!("printed an answer that {problem}"), CONTRACT),
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn split(line: &str, is_windows: bool) -> Result<Vec<String>, &'static str> {
        let helper = Helper::new(line, is_windows)?;
        let words = helper.words.iter();
        Ok(words.map(|word| word.expose_secret().to_owned()).collect())
    }

    #[test]
    fn words_are_split_as_a_shell_would_and_nothing_is_expanded() {
        for (line, words) in [
            ("get-keys", vec!["get-keys"]),
            (
                "  get  --as 'a b' \"c \\\" d\" e\\ f ",
                vec!["get", "--as", "a b", "c \" d", "e f"],
            ),
            (
                "get $HOME `id` $(id) *",
                vec!["get", "$HOME", "`id`", "$(id)", "*"],
            ),
            (
                "get; id | cat && x > y",
                vec!["get;", "id", "|", "cat", "&&", "x", ">", "y"],
            ),
            ("get ''", vec!["get", ""]),
        ] {
            assert_eq!(split(line, false).unwrap(), words, "{line}");
        }
        assert_eq!(
            split(r#"C:\tools\get.exe "a b\c" d"#, true).unwrap(),
            [r"C:\tools\get.exe", r"a b\c", "d"]
        );
    }

    #[test]
    fn half_a_quote_and_nothing_are_no_command() {
        assert_eq!(
            split("get 'canary", false).unwrap_err(),
            "has a quote that is not closed"
        );
        for nothing in ["", "  ", "''", "'' x"] {
            assert_eq!(split(nothing, false).unwrap_err(), "names no program");
        }
    }
}
