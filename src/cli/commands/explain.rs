//! `explain`: what an error of the services means, its causes, and what settles each.

use std::io::{self, IsTerminal, Read};

use clap::Args;

use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::console::{Console, Rendered};
use crate::explain::{Explanation, Pasted, find, read_pasted, similar};
use crate::report::{json, text};

/// Longest error text that is read. Unit: bytes. An SDK's exception with its stack is a few KiB.
const MAX_PASTED: u64 = 1 << 20;

/// `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The error code, such as NoSetRoletoECSServiceAcount
    ///
    /// Left out: an error as any client printed it is read from standard input (JSON, XML or text). Without that,
    /// all known codes are listed.
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
}

pub(super) fn run(args: &ExplainArgs, console: &mut Console) -> Result<ExitStatus, Failure> {
    let pasted = match &args.code {
        Some(code) => Pasted {
            code: Some(code.clone()),
            ..Pasted::default()
        },
        None => match standard_input()? {
            text if text.trim().is_empty() => return list(console),
            text => read_pasted(&text),
        },
    };
    let Some(code) = &pasted.code else {
        let message = "no error code was found in the text";
        return Err(Failure::new(ExitStatus::Failed, message)
            .hint("give the code itself: export-iam explain CODE"));
    };
    let known = match find(code) {
        Some(known) => known,
        None => nearest(code, console)?,
    };
    let mut text = String::new();
    text::pasted(&pasted, &mut text);
    text::explanation(known, &mut text);
    console.result(&Rendered {
        text,
        json: json::explanation(known, &pasted),
    })?;
    Ok(ExitStatus::Success)
}

fn list(console: &mut Console) -> Result<ExitStatus, Failure> {
    let mut text = String::new();
    text::explained_codes(&mut text);
    console.result(&Rendered {
        text,
        json: json::explained_codes(),
    })?;
    Ok(ExitStatus::Success)
}

/// The one code that a misspelt one can mean.
///
/// # Errors
/// When there is none, or there are several (1).
fn nearest(code: &str, console: &mut Console) -> Result<&'static Explanation, Failure> {
    let near = similar(code);
    if let [one] = near.as_slice()
        && let Some(known) = find(one)
    {
        console.note(&format!(
            "`{code}` is not a known error code; taken as `{one}`"
        ));
        return Ok(known);
    }
    let failure = Failure::new(
        ExitStatus::Failed,
        format!("`{code}` is not a known error code"),
    );
    Err(match near.as_slice() {
        [] => failure.hint("`export-iam explain` lists the known codes"),
        several => failure.hint(format!("did you mean one of `{}`?", several.join("`, `"))),
    })
}

/// What was piped in; empty where a person sits at the terminal.
fn standard_input() -> Result<String, Failure> {
    let input = io::stdin();
    if input.is_terminal() {
        return Ok(String::new());
    }
    let mut bytes = Vec::new();
    input
        .lock()
        .take(MAX_PASTED)
        .read_to_end(&mut bytes)
        .map_err(|error| {
            Failure::new(
                ExitStatus::Failed,
                format!("standard input cannot be read: {error}"),
            )
        })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
