//! `destroy`: remove exactly what the spec names.

use super::apply::{Consent, carry_out, risks};
use super::args::{DestroyArgs, Global};
use super::console::Console;
use super::environment::Environment;
use super::exit::ExitStatus;
use super::failure::Failure;
use super::observe::{Aim, look};
use crate::render::human::Detail;

pub(super) async fn run(
    args: &DestroyArgs,
    global: &Global,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let subject = look(&args.spec, global, environment, console, Aim::Remove).await?;
    let consent = Consent {
        yes: args.yes,
        allowed: risks(&args.allow)?,
        detail: Detail::Access,
    };
    carry_out("destroy", &subject, &consent, console).await
}
