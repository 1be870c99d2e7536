//! spec → observe → check: what every layer says about the exports and imports of every account.

use std::collections::BTreeSet;

use futures_util::future::join;

use super::spec::desired_for_any_account;
use crate::account::ReadAccount;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::accounts::Member;
use crate::cli::session::clients::Session;
use crate::cli::session::connection::Connection;
use crate::explain::codes_in;
use crate::model::{
    AccountId, BucketName, Caller, ControlPolicy, DesiredState, EXPORT_ROLE, Export,
    ExportQuestion, IMPORT_ROLE, ImageOperation, ImportQuestion, Layer, ObjectKey, ObjectPrefix,
    ObservedServices, ObservedState, RegionId, RoleName, Scope,
};
use crate::observe::{
    ObserveError, observe, observe_control_policies, observe_exports, observe_import,
};
use crate::plan::{ReadLayers, export_role, import_role};
use crate::readiness::{Answer, CheckAnswer, Checked, CheckedExport, CheckedImport, Question};
use crate::spec::Spec;

/// What the command line says of the export and the import. What it leaves out of an export comes from the spec.
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
    /// The object to import.
    pub(crate) object: Option<ObjectKey>,
    /// Whether imports are looked at, where the spec has the role for them.
    pub(crate) imports: bool,
}

impl Asked {
    /// Which option of an export was named.
    fn option_of_export(&self) -> Option<&'static str> {
        let named = [
            ("--image", self.image.is_some()),
            ("--prefix", self.prefix.is_some()),
            ("--image-format", self.format.is_some()),
        ];
        let mut named = named.into_iter().filter(|(_, is_named)| *is_named);
        named.next().map(|(option, _)| option)
    }

    /// The import to ask about. A bucket that was named with the options of an export alone is the export's.
    fn import(&self, has_exports: bool) -> ImportQuestion {
        let is_exports = has_exports && self.object.is_none() && self.option_of_export().is_some();
        ImportQuestion {
            region: self.region.clone(),
            bucket: self.bucket.clone().filter(|_| !is_exports),
            object: self.object.clone(),
        }
    }

    /// What is left for exports. A bucket that was named with an object alone is the import's.
    fn for_exports(&self) -> Self {
        match self.object.is_some() && self.option_of_export().is_none() {
            true => Self::default(),
            false => self.clone(),
        }
    }

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

/// An account whose exports and imports were checked.
pub(crate) struct VerifiedAccount {
    pub(crate) caller: Caller,
    pub(crate) exports: Vec<CheckedExport>,
    pub(crate) imports: Vec<CheckedImport>,
}

impl VerifiedAccount {
    /// How each export and import ended.
    pub(crate) fn answers(&self) -> impl Iterator<Item = Answer> {
        let exports = self.exports.iter().map(Checked::answer);
        exports.chain(self.imports.iter().map(Checked::answer))
    }
}

/// What is asked about one account.
struct Questions {
    /// With the role that is used.
    exports: Option<(RoleName, Vec<ExportQuestion>)>,
    import: Option<(RoleName, ImportQuestion)>,
}

impl Questions {
    /// # Errors
    /// When the spec has not the role for what is asked about, or the exports cannot be asked about (64).
    fn new(asked: &Asked, desired: &DesiredState, exports: &[Export]) -> Result<Self, Failure> {
        let export_role = export_role(desired);
        let import_role = import_role(desired).filter(|_| asked.imports);
        match (&export_role, &import_role) {
            (None, None) => return Err(no_role(asked)),
            (None, Some(_)) => {
                if let Some(option) = asked.option_of_export() {
                    return Err(without_role(option, ImageOperation::Export));
                }
            }
            (Some(_), None) if asked.object.is_some() => {
                return Err(without_role("--object", ImageOperation::Import));
            }
            (Some(_), _) => {}
        }
        let has_exports = export_role.is_some();
        let exports = export_role
            .map(|role| Ok::<_, Failure>((role, asked.for_exports().questions(exports)?)))
            .transpose()?;
        let import = import_role.map(|role| (role, asked.import(has_exports)));
        Ok(Self { exports, import })
    }
}

/// Checks the exports and imports of one account. `apply` is the command that makes RAM as the spec has it.
///
/// # Errors
/// When the account is another one (3), RAM could not be read (5), or what is asked about cannot be (64).
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
    let desired = desired_for_any_account(spec, exports)?;
    let Questions {
        exports: to_export,
        import: to_import,
    } = Questions::new(asked, &desired, exports.unwrap_or_else(|| spec.exports()))?;
    let connection = session.connect(member.entry.as_ref()).await?;
    let pinned = connection.pinned_caller().await?;
    let of_account = observe_account(&connection, &desired, pinned);
    let services = &connection.services;
    let of_exports = async {
        match &to_export {
            Some((role, questions)) => {
                observe_exports(services, role, questions, with_dry_run).await
            }
            None => Vec::new(),
        }
    };
    let of_import = async {
        match &to_import {
            Some((role, question)) => {
                Some(observe_import(services, role, question, with_dry_run).await)
            }
            None => None,
        }
    };
    let (of_account, (of_exports, of_import)) = join(of_account, join(of_exports, of_import)).await;
    let ObservedAccount {
        caller,
        ram,
        control_policies,
    } = of_account?;
    let known = Known {
        desired: spec.desired(&caller.account, exports)?,
        ram: match &ram {
            Ok(observed) => Layer::Read(observed),
            Err(error) => Layer::NotRead(why(error)),
        },
        account: &caller.account,
        control_policies: &control_policies,
        apply,
    };
    let exports = to_export.map(|(role, questions)| known.check(&role, questions, of_exports));
    let imports = to_import.zip(of_import);
    let imports =
        imports.map(|((role, question), found)| known.check(&role, vec![question], vec![found]));
    Ok(VerifiedAccount {
        exports: exports.unwrap_or_default(),
        imports: imports.unwrap_or_default(),
        caller,
    })
}

/// What was read that is the same for all exports and imports of an account.
struct ObservedAccount {
    caller: Caller,
    ram: Result<ObservedState, ObserveError>,
    control_policies: Layer<Vec<ControlPolicy>>,
}

/// Reads who asks, RAM, and the control policies that bind the account.
///
/// # Errors
/// When the caller is not told (5).
async fn observe_account(
    connection: &Connection,
    desired: &DesiredState,
    known: Option<Caller>,
) -> Result<ObservedAccount, Failure> {
    let caller = match known {
        Some(caller) => caller,
        None => connection.account.caller().await?,
    };
    let (ram, control_policies) = join(
        observe(
            &connection.account,
            &Scope::of(desired),
            Some(caller.clone()),
        ),
        observe_control_policies(&connection.services, &caller.account),
    )
    .await;
    Ok(ObservedAccount {
        caller,
        ram,
        control_policies,
    })
}

/// What is the same for all that is asked about an account.
struct Known<'a> {
    account: &'a AccountId,
    desired: DesiredState,
    ram: Layer<&'a ObservedState>,
    control_policies: &'a Layer<Vec<ControlPolicy>>,
    apply: &'a str,
}

impl Known<'_> {
    /// The checks of everything that is asked about one role.
    fn check<Q>(
        &self,
        role: &RoleName,
        questions: Vec<Q>,
        services: Vec<ObservedServices>,
    ) -> Vec<Checked<Q>>
    where
        Q: Clone,
        for<'q> &'q Q: Into<Question<'q>>,
    {
        let asked = with_control_policies(questions, services, self.control_policies);
        let read = ReadLayers {
            account: self.account,
            role,
            desired: &self.desired,
            ram: self.ram.clone(),
            asked: &asked,
        };
        read.check(self.apply)
    }
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
pub(crate) fn with_control_policies<Q>(
    questions: Vec<Q>,
    services: Vec<ObservedServices>,
    control_policies: &Layer<Vec<ControlPolicy>>,
) -> Vec<(Q, ObservedServices)> {
    let services = services.into_iter().map(|found| ObservedServices {
        control_policies: control_policies.clone(),
        ..found
    });
    questions.into_iter().zip(services).collect()
}

/// The error codes that were met, and those with which ECS refuses. One with which it may refuse is no error yet, nor is
/// that of a dry run that was passed.
pub(crate) fn codes_told<Q>(checked: &[Checked<Q>]) -> impl Iterator<Item = &str> {
    let checks = checked.iter().flat_map(|one| &one.checks);
    let open = checks.filter(|check| check.answer != CheckAnswer::Passed);
    open.flat_map(|check| {
        let fails = check.error.filter(|_| check.answer == CheckAnswer::Failed);
        codes_in(&check.message).into_iter().chain(fails)
    })
}

fn no_role(asked: &Asked) -> Failure {
    let mut message = format!("the spec names no role for exports, such as {EXPORT_ROLE}");
    let mut presets = "`preset:image-export`".to_owned();
    if asked.imports {
        message.push_str(&format!(", and none for imports, such as {IMPORT_ROLE}"));
        presets.push_str(" or `preset:image-import`");
    }
    Failure::new(ExitStatus::Usage, message).hint(format!("add the role, or use {presets}"))
}

/// An option was named that is about what the spec has no role for.
fn without_role(option: &str, operation: ImageOperation) -> Failure {
    let (word, role) = (operation.word(), operation.role());
    let message = format!("`{option}` is about an {word}, and the spec names no role for {word}s");
    Failure::new(ExitStatus::Usage, message)
        .hint(format!("add the role {role}, or use `preset:image-{word}`"))
}
