//! `verify`: would ExportImage work, by everything that can be asked.

use clap::{Args, ValueEnum};

use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::{FleetArgs, Global, SpecArg};
use crate::cli::session::accounts::{Member, open};
use crate::cli::session::console::Console;
use crate::cli::stages::members::for_each_member;
use crate::cli::stages::report::RunReport;
use crate::cli::stages::spec::{command_line, load, shown_name};
use crate::cli::stages::verify::{Asked, VerifiedAccount, codes_told, verify_account};
use crate::model::{BucketName, ObjectPrefix, PlaceError, RegionId};
use crate::readiness::{Answer, CheckedExport};
use crate::report::json::AccountReport;
use crate::report::text;

/// `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The spec
    #[command(flatten)]
    pub spec: SpecArg,
    /// Which export
    #[command(flatten)]
    pub export: ExportArgs,
    /// Send ExportImage with its flag DryRun too; needs an image
    #[arg(long, requires = "image")]
    pub dry_run: bool,
    /// Which accounts
    #[command(flatten)]
    pub fleet: FleetArgs,
}

/// Which export is meant. What is left out comes from the spec's `exports`.
#[derive(Debug, Default, Args)]
pub struct ExportArgs {
    /// The image to export; `verify` without it looks at no image
    #[arg(long, value_name = "ID")]
    pub image: Option<String>,
    /// The bucket to export to, in the region that `--region` names
    #[arg(long, value_name = "BUCKET", requires = "region")]
    pub bucket: Option<String>,
    /// What the names of the exported objects start with (OSSPrefix)
    #[arg(long, value_name = "PREFIX")]
    pub prefix: Option<String>,
    /// The format of the exported image (ImageFormat)
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub image_format: Option<ImageFormat>,
}

/// The formats that ExportImage knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImageFormat {
    /// RAW, packed
    Raw,
    /// VHD
    Vhd,
    /// QCOW2
    Qcow2,
    /// VMDK
    Vmdk,
    /// VDI
    Vdi,
}

impl ImageFormat {
    fn as_str(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Vhd => "vhd",
            Self::Qcow2 => "qcow2",
            Self::Vmdk => "vmdk",
            Self::Vdi => "vdi",
        }
    }
}

impl ExportArgs {
    /// What the command line says of the export.
    ///
    /// # Errors
    /// When a name is not one that the service takes (64).
    pub(super) fn asked(&self, global: &Global) -> Result<Asked, Failure> {
        let region = global.region.as_deref();
        Ok(Asked {
            region: part("--region", region, RegionId::new)?,
            bucket: part("--bucket", self.bucket.as_deref(), BucketName::new)?,
            prefix: part("--prefix", self.prefix.as_deref(), ObjectPrefix::new)?,
            image: self.image.clone(),
            format: self.image_format.map(|format| format.as_str().to_owned()),
        })
    }
}

fn part<T>(
    option: &str,
    text: Option<&str>,
    make: fn(&str) -> Result<T, PlaceError>,
) -> Result<Option<T>, Failure> {
    text.map(make).transpose().map_err(|error| {
        let failure = Failure::new(ExitStatus::Usage, format!("`{option}`: {error}"));
        match error.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    })
}

pub(super) async fn run(
    args: &VerifyArgs,
    global: &Global,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let asked = args.export.asked(global)?;
    let spec = load(&args.spec, environment, console)?;
    let (session, members) = open(&spec, &args.fleet, global, environment, console).await?;
    let parallel = args.fleet.parallel;
    let apply = command_line("apply", &args.spec);
    let accounts = for_each_member(members, parallel, console, async |member| {
        verify_account(&session, member, &spec, &asked, args.dry_run, &apply).await
    })
    .await;
    let mut report = RunReport::new("verify", Some(shown_name(&args.spec, environment)));
    let is_fleet = accounts.len() > 1;
    if is_fleet {
        report.begin(fleet_text(&accounts));
    }
    for (member, account) in &accounts {
        match account {
            Ok(VerifiedAccount { caller, exports }) => {
                let mut text = String::new();
                if !is_fleet {
                    text::verify(caller, member.label().as_deref(), exports, &mut text);
                }
                let part = AccountReport::verified(caller, exports);
                report.add(member, status(exports), text, part);
            }
            Err(failure) => report.add_failure(member, failure),
        }
    }
    console.result(&report.rendered())?;
    let read = accounts
        .iter()
        .filter_map(|(_, account)| account.as_ref().ok());
    read.for_each(|account| console.will_explain(codes_told(&account.exports)));
    let failures = accounts
        .iter()
        .map(|(member, account)| (member, account.as_ref().err()));
    let status = report.status(failures, console)?;
    let mut exports = accounts
        .iter()
        .filter_map(|(_, account)| account.as_ref().ok())
        .flat_map(|account| &account.exports);
    // What is blocked is known, whatever else could not be read.
    match exports.any(|export| export.answer() == Answer::Blocked) {
        true => Ok(ExitStatus::Differs),
        false => Ok(status),
    }
}

fn fleet_text(accounts: &[(Member, Result<VerifiedAccount, Failure>)]) -> String {
    let named = accounts.iter().filter_map(|(member, account)| {
        let exports = account.as_ref().ok()?.exports.as_slice();
        Some((member.label().unwrap_or_default(), exports))
    });
    let named: Vec<(String, &[CheckedExport])> = named.collect();
    let mut text = String::new();
    text::verify_fleet(&named, &mut text);
    text
}

/// Blocked beats depends: it is known.
fn status(exports: &[CheckedExport]) -> ExitStatus {
    let answers = exports.iter().map(CheckedExport::answer);
    match answers.max().unwrap_or(Answer::Ready) {
        Answer::Ready => ExitStatus::Success,
        Answer::Depends => ExitStatus::Incomplete,
        Answer::Blocked => ExitStatus::Differs,
    }
}
