//! `destroy`: remove exactly what the spec names.

use super::apply::risks;
use super::args::{DestroyArgs, Global};
use super::carry_out::{Consent, Limits, carry_out};
use super::console::Console;
use super::environment::Environment;
use super::exit::ExitStatus;
use super::failure::Failure;
use super::fleet::{begin, look_at_all, uninterrupted};
use super::validate::load;
use crate::plan::Aim;
use crate::report::text::Detail;

pub(super) async fn run(
    args: &DestroyArgs,
    global: &Global,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let consent = Consent {
        yes: args.yes,
        allowed: risks(&args.allow),
        detail: Detail::Access,
    };
    let limits = Limits {
        parallel: args.fleet.parallel,
        max_failures: args.max_failures,
    };
    let spec = load(&args.spec, environment, console)?;
    let (hub, members) = begin(&spec, &args.fleet, global, environment, console).await?;
    let seen = look_at_all(
        members,
        &hub,
        &spec,
        Aim::Remove,
        args.fleet.parallel,
        console,
    )
    .await;
    carry_out("destroy", &uninterrupted(seen)?, &consent, limits, console).await
}
