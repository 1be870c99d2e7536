//! Steps as commands of the aliyun CLI, for people whose writes somebody else makes.

use super::operations;
use crate::model::Step;
use crate::shell::quote;

/// Why a step cannot be written as a command that is safe to copy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{operation}: parameter {parameter} holds a control character, which no command line should"
)]
pub struct CommandError {
    operation: &'static str,
    parameter: &'static str,
}

/// The steps as one chain of commands for a POSIX shell, each run only if those before it succeeded.
///
/// Source: aliyun-cli, `cli/parser.go`: a flag may carry its value behind `=`, which lets a value begin with `-`.
///
/// # Errors
/// When a value holds a control character other than a line break.
pub fn aliyun_commands<'a>(steps: impl Iterator<Item = &'a Step>) -> Result<String, CommandError> {
    let commands = steps.map(aliyun_command).collect::<Result<Vec<_>, _>>()?;
    Ok(commands.join(" &&\n"))
}

fn aliyun_command(step: &Step) -> Result<String, CommandError> {
    let call = operations::write(step);
    let mut words = format!("aliyun {} {}", call.service.name, call.operation);
    for (parameter, value) in &call.params {
        if value.chars().any(|c| c.is_control() && c != '\n') {
            return Err(CommandError {
                operation: call.operation,
                parameter,
            });
        }
        words.push_str(&format!(" --{parameter}={}", quote(value)));
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PolicyName;

    fn described(description: &str) -> Step {
        Step::UpdatePolicyDescription {
            policy: PolicyName::new("P").unwrap(),
            description: description.to_owned(),
        }
    }

    #[test]
    fn values_are_quoted_where_a_shell_would_read_more_into_them() {
        let steps = [
            described("plain"),
            described("it's $(date) `x` \"y\" -z & é\n!"),
        ];
        assert_eq!(
            aliyun_commands(steps.iter()).unwrap(),
            "aliyun ram UpdatePolicyDescription --NewDescription=plain --PolicyName=P &&\n\
             aliyun ram UpdatePolicyDescription --NewDescription=\"it's \"'$(date) `x` \"y\" -z & é\n!' --PolicyName=P"
        );
    }

    #[test]
    fn control_characters_are_refused() {
        for odd in ["\u{0}", "a\u{1b}[2J", "\r", "\u{9b}"] {
            let error = aliyun_commands([described(odd)].iter()).unwrap_err();
            assert_eq!(
                error.to_string(),
                "UpdatePolicyDescription: parameter NewDescription holds a control character, which no command line \
                 should"
            );
        }
    }
}
