//! `policy check`: would documents do for exporting into a bucket.

use std::path::{Path, PathBuf};

use clap::Args;

use super::documents::{Document, document_of, one_standard_input, shown_name};
use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::console::{Console, Rendered};
use crate::model::EXPORT_ROLE;
use crate::policy::catalogue::ECS_SERVICE;
use crate::policy::{BucketPolicy, PolicyDocument, RoleSession, TrustPolicy};
use crate::readiness::{
    Answer, Attached, AttachedToBucket, ErrorCode, Export, Role, RoleTrust, image_export_into,
};
use crate::report::{json, text};

/// `policy check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Permission policies of the role: files, `-` for standard input, or system:NAME
    ///
    /// system:NAME is a policy of Alibaba Cloud's own, as documented. A trust policy and a bucket policy among them are
    /// checked too; a bucket policy needs --owner, whose account the role is taken to be in.
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
    let Documents {
        permissions,
        trust,
        of_bucket,
    } = Documents::read(&args.documents, here)?;
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
        in_groups: &[],
    };
    let export = Export {
        region: None,
        bucket: args.bucket.as_deref(),
        prefix: args.prefix.as_deref(),
        owner: args.owner.as_deref(),
    };
    let of_bucket = match &of_bucket {
        Some((name, policy)) => Some(AttachedToBucket {
            name,
            policy,
            session: session(args.owner.as_deref())?,
        }),
        None => None,
    };
    let now = Some(jiff::Timestamp::now());
    let readiness = image_export_into(role, of_bucket, &[export], now);
    let mut text = String::new();
    text::check(&readiness, &mut text);
    console.result(&Rendered {
        text,
        json: json::check(&readiness),
    })?;
    console.will_explain(readiness.error().map(ErrorCode::as_str));
    Ok(match readiness.answer() {
        Answer::Ready => ExitStatus::Success,
        Answer::Blocked => ExitStatus::Differs,
        Answer::Depends => ExitStatus::Incomplete,
    })
}

/// The documents of one question, with the names under which they were given.
#[derive(Default)]
struct Documents {
    permissions: Vec<(String, PolicyDocument)>,
    trust: Option<TrustPolicy>,
    of_bucket: Option<(String, BucketPolicy)>,
}

impl Documents {
    /// # Errors
    /// When one cannot be read (1), or there are two of a kind of which there is one (64).
    fn read(files: &[PathBuf], here: &Environment) -> Result<Self, Failure> {
        let arguments: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
        one_standard_input(&arguments)?;
        let mut read = Self::default();
        for file in files {
            let second = match document_of(file, here)? {
                Document::Permission(document) => {
                    read.permissions.push((shown_name(file), document));
                    None
                }
                Document::Trust(document) => {
                    let before = read.trust.replace(document);
                    before.map(|_| "second trust policy; a role has one")
                }
                Document::Bucket(document) => {
                    let before = read.of_bucket.replace((shown_name(file), document));
                    before.map(|_| "second bucket policy; a bucket has one")
                }
            };
            if let Some(second) = second {
                let message = format!("`{}` is a {second}", shown_name(file));
                return Err(Failure::new(ExitStatus::Usage, message));
            }
        }
        Ok(read)
    }
}

/// Whom a bucket policy is asked about: the usual role, in the account that owns the bucket.
fn session(owner: Option<&str>) -> Result<RoleSession<'_>, Failure> {
    let owner = owner.ok_or_else(|| {
        let message = "a bucket policy names the account of the role, which is not known";
        Failure::new(ExitStatus::Usage, message).hint("name the account with `--owner`")
    })?;
    Ok(RoleSession {
        account: owner,
        role: EXPORT_ROLE,
        owner,
    })
}
