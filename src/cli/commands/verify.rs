//! `verify`: would ExportImage and ImportImage work, by everything that can be asked.

use clap::{ArgGroup, Args, ValueEnum};

use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::{FleetArgs, Global, SpecArg};
use crate::cli::session::accounts::{Member, open};
use crate::cli::session::console::Console;
use crate::cli::stages::codes::Codes;
use crate::cli::stages::members::for_each_member;
use crate::cli::stages::report::RunReport;
use crate::cli::stages::spec::{command_line, load, shown_name};
use crate::cli::stages::verify::{Asked, VerifiedAccount, codes_told, verify_account};
use crate::model::{BucketName, ObjectKey, ObjectPrefix, PlaceError, RegionId};
use crate::readiness::Answer;
use crate::report::json::AccountReport;
use crate::report::text::{self, FleetChecks, Verified};

/// `verify`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("moved").args(["image", "object"]).multiple(true)))]
pub struct VerifyArgs {
    /// The spec
    #[command(flatten)]
    pub spec: SpecArg,
    /// Which export
    #[command(flatten)]
    pub export: ExportArgs,
    /// The object to import from that bucket; left out, no object is looked at
    #[arg(long, value_name = "KEY", requires = "bucket")]
    pub object: Option<String>,
    /// Send ExportImage or ImportImage with the flag DryRun too; needs an image or an object
    #[arg(long, requires = "moved")]
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
    /// The bucket, in the region that `--region` names
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
            ..Asked::default()
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
    let asked = Asked {
        object: part("--object", args.object.as_deref(), ObjectKey::new)?,
        imports: true,
        ..args.export.asked(global)?
    };
    let spec = load(&args.spec, environment, console)?;
    let (session, members) = open(&spec, &args.fleet, global, environment, console).await?;
    let mut report = RunReport::new("verify", Some(shown_name(&args.spec, environment)), console);
    let is_fleet = members.len() > 1;
    let mut fleet = FleetChecks::default();
    let mut codes = Codes::default();
    let mut is_blocked = false;
    let apply = command_line("apply", &args.spec);
    let work = async |member: &Member| {
        verify_account(&session, member, &spec, &asked, args.dry_run, &apply).await
    };
    let verified = |place, member: &Member, account| match account {
        Ok(account) => {
            let VerifiedAccount {
                caller,
                exports,
                imports,
            } = &account;
            let label = member.label();
            let found = Verified { exports, imports };
            let say = |text: &mut String| match is_fleet {
                true => fleet.add(place, label.as_deref().unwrap_or_default(), found),
                false => text::verify(caller, label.as_deref(), found, text),
            };
            let part = || AccountReport::verified(caller, exports, imports);
            report.add((place, member), status(&account), say, part);
            codes.add(place, codes_told(exports).chain(codes_told(imports)));
            is_blocked |= account.answers().any(|answer| answer == Answer::Blocked);
        }
        Err(failure) => report.add_failure((place, member), failure),
    };
    for_each_member(&members, args.fleet.parallel, console, work, verified).await;
    let mut text = String::new();
    if is_fleet {
        fleet.say(&mut text);
    }
    let ended = report.end_with(text, console)?;
    console.will_explain(codes.in_order());
    let status = ended.status(console)?;
    // What is blocked is known, whatever else could not be read.
    match is_blocked {
        true => Ok(ExitStatus::Differs),
        false => Ok(status),
    }
}

/// Blocked beats depends: it is known.
fn status(account: &VerifiedAccount) -> ExitStatus {
    match account.answers().max().unwrap_or(Answer::Ready) {
        Answer::Ready => ExitStatus::Success,
        Answer::Depends => ExitStatus::Incomplete,
        Answer::Blocked => ExitStatus::Differs,
    }
}
