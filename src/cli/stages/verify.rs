//! spec → observe → check: what every layer says about the exports of every account.

use std::collections::BTreeSet;

use futures_util::future::join;

use super::spec::desired_for_any_account;
use crate::account::ReadAccount;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::accounts::Member;
use crate::cli::session::clients::Session;
use crate::explain::codes_in;
use crate::model::{
    BucketName, Caller, ControlPolicy, EXPORT_ROLE, Export, ExportQuestion, Layer, ObjectPrefix,
    ObservedServices, RegionId, Scope,
};
use crate::observe::{ObserveError, observe, observe_control_policies, observe_exports};
use crate::plan::{ReadLayers, export_role};
use crate::readiness::{CheckAnswer, Checked, CheckedExport};
use crate::spec::Spec;

/// What the command line says of the export. What it leaves out comes from the spec.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    /// The region.
    pub(crate) region: Option<RegionId>,
    /// The bucket.
    pub(crate) bucket: Option<BucketName>,
    /// The prefix.
    pub(crate) prefix: Option<ObjectPrefix>,
    /// The image.
    pub(crate) image: Option<String>,
    /// The format.
    pub(crate) format: Option<String>,
}

impl Asked {
    /// The exports to ask about: the one that the command line names, else those of the spec in the region that it
    /// names, else any bucket.
    ///
    /// # Errors
    /// When an image is named and its region is not, or no export of the spec is in the region (64).
    pub(crate) fn questions(&self, exports: &[Export]) -> Result<Vec<ExportQuestion>, Failure> {
        let mut questions: Vec<ExportQuestion> = match (&self.bucket, exports) {
            (Some(_), _) | (None, []) => vec![ExportQuestion {
                region: self.region.clone(),
                bucket: self.bucket.clone(),
                ..ExportQuestion::default()
            }],
            (None, exports) => exports
                .iter()
                .filter(|export| {
                    self.region
                        .as_ref()
                        .is_none_or(|region| *region == export.region)
                })
                .map(ExportQuestion::from)
                .collect(),
        };
        if let (true, Some(region)) = (questions.is_empty(), &self.region) {
            let message = format!("the spec has no export in region {region}");
            return Err(Failure::new(ExitStatus::Usage, message)
                .hint("name the bucket with `--bucket`, or add the export to the spec"));
        }
        let regions: BTreeSet<_> = questions.iter().map(|it| it.region.as_ref()).collect();
        let is_known = regions.len() == 1 && !regions.contains(&None);
        if self.image.is_some() && !is_known {
            let message = match regions.len() {
                1 => "`--image` is in one region, and none is named",
                _ => "`--image` is in one region, and the spec has exports in several",
            };
            return Err(Failure::new(ExitStatus::Usage, message)
                .hint("name the image's region with `--region`"));
        }
        for question in &mut questions {
            question.image.clone_from(&self.image);
            question.format.clone_from(&self.format);
            if self.prefix.is_some() {
                question.prefix.clone_from(&self.prefix);
            }
        }
        Ok(questions)
    }
}

/// An account whose exports were checked.
pub(crate) struct VerifiedAccount {
    pub(crate) caller: Caller,
    pub(crate) exports: Vec<CheckedExport>,
}

/// Checks the exports of one account. `apply` is the command that makes RAM as the spec has it.
///
/// # Errors
/// When the account is another one (3), RAM could not be read (5), or the exports cannot be asked about (64).
pub(crate) async fn verify_account(
    session: &Session,
    member: &Member,
    spec: &Spec,
    asked: &Asked,
    with_dry_run: bool,
    apply: &str,
) -> Result<VerifiedAccount, Failure> {
    let exports = member
        .entry
        .as_ref()
        .and_then(|entry| entry.exports.as_deref());
    let questions = asked.questions(exports.unwrap_or_else(|| spec.exports()))?;
    let desired = desired_for_any_account(spec, exports)?;
    let role = export_role(&desired).ok_or_else(no_export_role)?;
    let connection = session.connect(member.entry.as_ref()).await?;
    let pinned = connection.pinned_caller().await?;
    let ram = async {
        let caller = match pinned {
            Some(caller) => caller,
            None => connection.account.caller().await?,
        };
        let scope = Scope::of(&desired);
        let (observed, control_policies) = join(
            observe(&connection.account, &scope, Some(caller.clone())),
            observe_control_policies(&connection.services, &caller.account),
        )
        .await;
        Ok::<_, Failure>((caller, observed, control_policies))
    };
    let services = observe_exports(&connection.services, &role, &questions, with_dry_run);
    let (ram, services) = join(ram, services).await;
    let (caller, observed, control_policies) = ram?;
    let desired = spec.desired(&caller.account, exports)?;
    let exports = with_control_policies(questions, services, &control_policies);
    let read = ReadLayers {
        account: &caller.account,
        role: &role,
        desired: &desired,
        ram: match &observed {
            Ok(observed) => Layer::Read(observed),
            Err(error) => Layer::NotRead(why(error)),
        },
        asked: &exports,
    };
    let exports = read.check(apply);
    Ok(VerifiedAccount { caller, exports })
}

/// Why RAM could not be read, on one line: the first error, and how many there are besides.
fn why(ObserveError(errors): &ObserveError) -> String {
    let first = errors.first().map(ToString::to_string).unwrap_or_default();
    match errors.len() {
        0 | 1 => first,
        2 => format!("{first}; one more read failed"),
        all => format!("{first}; {} more reads failed", all - 1),
    }
}

/// What was asked, each with all that was read for it.
pub(crate) fn with_control_policies(
    questions: Vec<ExportQuestion>,
    services: Vec<ObservedServices>,
    control_policies: &Layer<Vec<ControlPolicy>>,
) -> Vec<(ExportQuestion, ObservedServices)> {
    let services = services.into_iter().map(|found| ObservedServices {
        control_policies: control_policies.clone(),
        ..found
    });
    questions.into_iter().zip(services).collect()
}

/// The error codes that were met, and those with which ECS refuses. One with which it may refuse is no error yet.
pub(crate) fn codes_told<Q>(checked: &[Checked<Q>]) -> impl Iterator<Item = &str> {
    let checks = checked.iter().flat_map(|one| &one.checks);
    checks.flat_map(|check| {
        let fails = check.error.filter(|_| check.answer == CheckAnswer::Failed);
        codes_in(&check.message).into_iter().chain(fails)
    })
}

fn no_export_role() -> Failure {
    let message = format!("the spec names no role for exports, such as {EXPORT_ROLE}");
    Failure::new(ExitStatus::Usage, message).hint("add the role, or use `preset:image-export`")
}
