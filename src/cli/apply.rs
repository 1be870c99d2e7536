//! `apply`: plan, ask, carry out, look again.

use std::collections::BTreeSet;
use std::path::Path;

use super::args::{ApplyArgs, Global, RiskArg};
use super::carry_out::{Consent, Limits, carry_out};
use super::console::Console;
use super::environment::Environment;
use super::exit::ExitStatus;
use super::failure::Failure;
use super::fleet::{Seen, begin, look_at_all, uninterrupted};
use super::observe::{Subject, unread};
use super::plan::detail;
use super::saved;
use super::validate::load;
use crate::model::{DesiredState, Scope};
use crate::observe::observe;
use crate::plan::file::SavedPlan;
use crate::plan::{Aim, Risk, UndoError, undo};

pub(super) async fn run(
    args: &ApplyArgs,
    global: &Global,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let consent = Consent {
        yes: args.yes,
        allowed: risks(&args.allow),
        detail: detail(args.show_documents),
    };
    let limits = Limits {
        parallel: args.fleet.parallel,
        max_failures: args.max_failures,
    };
    let seen = match &args.plan {
        Some(file) => {
            let expected = args.expect_digest.as_deref();
            let signals = console.signals();
            let load = saved::load(file, expected, global, environment, console);
            vec![signals.stop(load).await?]
        }
        None => {
            let spec = load(&args.spec, environment, console)?;
            let (hub, members) = begin(&spec, &args.fleet, global, environment, console).await?;
            let seen = look_at_all(
                members,
                &hub,
                &spec,
                Aim::Have,
                args.fleet.parallel,
                console,
            )
            .await;
            console.keep(hub);
            uninterrupted(seen)?
        }
    };
    match &args.undo_out {
        None => carry_out("apply", &seen, &consent, limits, console).await,
        Some(file) => with_way_back(file, &seen, &consent, limits, environment, console).await,
    }
}

/// Carries out, and saves the way back from what the account holds then, also when it stopped part-way.
async fn with_way_back(
    file: &Path,
    seen: &[Seen],
    consent: &Consent,
    limits: Limits,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let [
        Seen {
            subject: Ok(subject),
            ..
        },
    ] = seen
    else {
        let message = "`--undo-out` saves the way back of one account that could be read";
        return Err(Failure::new(ExitStatus::Usage, message).hint("choose one with `--only`"));
    };
    let way_back =
        undo(&subject.desired, &subject.observed).map_err(|errors| no_way_back(&errors))?;
    let ended = carry_out("apply", seen, consent, limits, console).await;
    if !matches!(&ended, Err(failure) if failure.status == ExitStatus::Refused) {
        write_undo(way_back, subject, file, environment, console).await?;
    }
    ended
}

fn no_way_back(errors: &[UndoError]) -> Failure {
    Failure::all(
        ExitStatus::Refused,
        errors.iter().map(|error| (error.to_string(), None)),
    )
    .hint("leave `--undo-out` out to go on without a way back")
}

async fn write_undo(
    way_back: DesiredState,
    subject: &Subject,
    file: &Path,
    environment: &Environment,
    console: &mut Console,
) -> Result<(), Failure> {
    let caller = Some(subject.observed.caller.clone());
    let observed = observe(&subject.connection.account, &Scope::of(&way_back), caller).await;
    let observed = observed.map_err(|error| unread(&error))?;
    let saved = SavedPlan {
        desired: way_back,
        observed,
        origin: "undo".to_owned(),
    };
    saved::write(&saved, file, environment, console)
}

/// What `--allow` names.
pub(super) fn risks(allowed: &[RiskArg]) -> BTreeSet<Risk> {
    let risk = |word: &RiskArg| match word {
        RiskArg::Trust => Risk::Trust,
        RiskArg::Admin => Risk::Admin,
        RiskArg::OwnRole => Risk::OwnRole,
        RiskArg::Transient => Risk::Transient,
        RiskArg::Uninterpreted => Risk::Uninterpreted,
    };
    allowed.iter().map(risk).collect()
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn every_risk_can_be_allowed_by_the_word_that_the_guard_names() {
        let words = RiskArg::value_variants();
        let known: BTreeSet<(Risk, String)> = words
            .iter()
            .flat_map(|word| {
                let name = word
                    .to_possible_value()
                    .map(|value| value.get_name().to_owned());
                risks(&[*word]).into_iter().zip(name)
            })
            .collect();
        let all = Risk::ALL.map(|risk| (risk, risk.as_str().to_owned()));
        assert_eq!(known, all.into_iter().collect());
    }
}
