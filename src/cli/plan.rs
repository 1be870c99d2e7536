//! `plan`: what would change.

use super::args::{Global, PlanArgs};
use super::console::Console;
use super::environment::Environment;
use super::exit::ExitStatus;
use super::failure::Failure;
use super::fleet::{Seen, begin, look_at_all};
use super::outcome::{Outcomes, failed};
use super::saved;
use super::validate::load;
use crate::plan::Aim;
use crate::report::json::AccountReport;
use crate::report::text::{self, Detail};

pub(super) async fn run(
    args: &PlanArgs,
    global: &Global,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let spec = load(&args.spec, environment, console)?;
    let (hub, members) = begin(&spec, &args.fleet, global, environment, console).await?;
    if args.out.is_some() && members.len() > 1 {
        let message = "`--out` saves the plan of one account";
        return Err(Failure::new(ExitStatus::Usage, message).hint("choose one with `--only`"));
    }
    let seen = look_at_all(
        members,
        &hub,
        &spec,
        Aim::Have,
        args.fleet.parallel,
        console,
    )
    .await;
    let mut outcomes = Outcomes::new("plan");
    for Seen { member, subject } in &seen {
        match subject {
            Ok(subject) => {
                let mut text = String::new();
                // Of thousands in sync there is nothing to say.
                let says = !subject.plan.is_empty() || subject.plan.summary().unmanaged > 0;
                if says || seen.len() == 1 {
                    text::plan(
                        &subject.plan,
                        member.label().as_deref(),
                        detail(args.show_documents),
                        &mut text,
                    );
                }
                let status = match subject.plan.is_empty() {
                    true => ExitStatus::Success,
                    false => ExitStatus::Differs,
                };
                outcomes.add(member, status, text, AccountReport::planned(&subject.plan));
            }
            Err(failure) => failed(member, failure, &mut outcomes),
        }
    }
    console.result(&outcomes.rendered())?;
    if let (
        Some(file),
        [
            Seen {
                subject: Ok(subject),
                ..
            },
        ],
    ) = (&args.out, seen.as_slice())
    {
        saved::write(&subject.saved(), file, environment, console)?;
    }
    match outcomes.status(&seen, console)? {
        ExitStatus::Differs if !args.detailed_exitcode => Ok(ExitStatus::Success),
        status => Ok(status),
    }
}

/// How much to show of a document that changes.
pub(super) fn detail(show_documents: bool) -> Detail {
    if show_documents {
        Detail::Documents
    } else {
        Detail::Access
    }
}
