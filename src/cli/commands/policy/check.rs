//! `policy check`: would documents do for exporting into a bucket.

use std::path::{Path, PathBuf};

use clap::Args;

use super::documents::{Document, document_of, one_standard_input, shown_name};
use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::console::{Console, Rendered};
use crate::policy::catalogue::ECS_SERVICE;
use crate::policy::{PolicyDocument, TrustPolicy};
use crate::readiness::{Answer, Attached, Export, Role, RoleTrust, image_export};
use crate::report::{json, text};

/// `policy check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Permission policies of the role: files, `-` for standard input, or system:NAME
    ///
    /// system:NAME is a policy of Alibaba Cloud's own, as documented. A trust policy among them is checked too.
    #[arg(value_name = "DOC", required = true)]
    pub documents: Vec<PathBuf>,
    /// The bucket to export to; left out, any bucket
    #[arg(long, value_name = "BUCKET")]
    pub bucket: Option<String>,
    /// The OSSPrefix that exports are started with
    #[arg(long, value_name = "PREFIX", requires = "bucket")]
    pub prefix: Option<String>,
    /// The account that owns the bucket; left out, any
    #[arg(long, value_name = "ID")]
    pub owner: Option<String>,
}

pub(super) fn run(
    args: &CheckArgs,
    here: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let arguments: Vec<&Path> = args.documents.iter().map(PathBuf::as_path).collect();
    one_standard_input(&arguments)?;
    let mut permissions: Vec<(String, PolicyDocument)> = Vec::new();
    let mut trust: Option<TrustPolicy> = None;
    for file in &args.documents {
        match document_of(file, here)? {
            Document::Permission(document) => permissions.push((shown_name(file), document)),
            Document::Trust(document) if trust.is_none() => trust = Some(document),
            Document::Trust(_) => {
                let message = format!(
                    "`{}` is a second trust policy; a role has one",
                    shown_name(file)
                );
                return Err(Failure::new(ExitStatus::Usage, message));
            }
        }
    }
    if trust.is_none() {
        console.note("no trust policy given; taking the role to be trusted to ECS");
    }
    let trust = trust.unwrap_or_else(|| TrustPolicy::for_service(ECS_SERVICE));
    let attached: Vec<Attached<'_>> = permissions
        .iter()
        .map(|(name, document)| Attached {
            name,
            document: Some(document),
        })
        .collect();
    let role = Role {
        trust: RoleTrust::Policy(&trust),
        attached: &attached,
    };
    let export = Export {
        region: None,
        bucket: args.bucket.as_deref(),
        prefix: args.prefix.as_deref(),
        owner: args.owner.as_deref(),
    };
    let readiness = image_export(role, &[export], Some(jiff::Timestamp::now()));
    let mut text = String::new();
    text::check(&readiness, &mut text);
    console.result(&Rendered {
        text,
        json: json::check(&readiness),
    })?;
    Ok(match readiness.answer() {
        Answer::Ready => ExitStatus::Success,
        Answer::Blocked => ExitStatus::Differs,
        Answer::Depends => ExitStatus::Incomplete,
    })
}
