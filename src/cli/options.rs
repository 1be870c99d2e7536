//! Options and arguments that several commands share.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::plan::Risk;
use crate::report::text::Detail;

/// Options that go with every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Use the built-in sandbox instead of the cloud, with its state in STATE_FILE
    ///
    /// Starts a look-alike of the services on a loopback port inside this process and talks to it as it would to the
    /// cloud: same client, same signatures. [default file: .export-iam/sandbox.json]
    #[arg(long, global = true, value_name = "STATE_FILE", num_args = 0..=1, require_equals = true,
          default_missing_value = ".export-iam/sandbox.json")]
    pub sandbox: Option<PathBuf>,

    /// Use the credentials of this profile
    ///
    /// A profile of the aliyun CLI's config.json, else a section of ~/.alibabacloud/credentials. Beats an access
    /// key in the environment.
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,

    /// Take credentials from this source and no other
    ///
    /// One of auto, env, oidc, profile, ini, ecs and uri. auto asks them in this order, as Alibaba Cloud's SDKs do.
    #[arg(long, global = true, value_name = "SOURCE")]
    pub credential_source: Option<String>,

    /// Refuse to work in any account but this one
    #[arg(long, global = true, value_name = "ID")]
    pub account: Option<String>,

    /// Region of image and bucket in `verify` and `export`; STS is asked there too
    ///
    /// STS alone has a variable for it [env: ALIBABA_CLOUD_REGION_ID].
    #[arg(long, global = true, value_name = "REGION")]
    pub region: Option<String>,

    /// Send one service's calls elsewhere; plain http only to this machine
    ///
    /// SERVICE is ram, sts, ecs, oss or resourcemanager. Each has an environment variable too, EXPORT_IAM_ENDPOINT_RAM and so
    /// on; the option wins.
    #[arg(long, global = true, value_name = "SERVICE=URL")]
    pub endpoint: Vec<String>,

    /// How requests are signed
    #[arg(long, global = true, value_name = "VERSION", value_enum, default_value_t = SignatureVersion::V1)]
    pub signature: SignatureVersion,

    /// Trust the certificates in this PEM file too [env: ALIBABA_CLOUD_CA_BUNDLE]
    #[arg(long, global = true, value_name = "FILE")]
    pub ca_bundle: Option<PathBuf>,

    /// Give up after this many seconds
    #[arg(long, global = true, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub deadline: Option<u64>,

    /// What standard output holds
    #[arg(long, global = true, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    pub format: Format,

    /// Write a report to a file as well; may be given several times
    ///
    /// FORMAT is json, or for runs over accounts one of sarif, junit, markdown, github, gitlab and html. The folder of FILE
    /// is made; `-` is standard output. github gives annotations, and adds to the job summary.
    #[arg(long, global = true, value_name = "FORMAT=FILE")]
    pub report: Vec<String>,

    /// Leave times out of reports: the same state gives the same bytes
    #[arg(long, global = true)]
    pub deterministic: bool,

    /// When to colour text; NO_COLOR is honoured too
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    pub color: Color,

    /// Show each call on standard error; twice for each attempt and wait too
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,

    /// Show nothing on standard error but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
}

/// How requests are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SignatureVersion {
    /// RPC signature 1.0, HMAC-SHA1
    V1,
    /// ACS3-HMAC-SHA256
    V3,
}

/// What standard output holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For programs
    Json,
    /// The steps as commands of the aliyun CLI; for `plan` alone
    Aliyun,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The spec argument, the same for every command.
#[derive(Debug, Args)]
pub struct SpecArg {
    /// A spec file, `-` for standard input, or preset:NAME
    ///
    /// Left out: export-iam.yaml in this folder if there is one, else preset:image-export.
    #[arg(value_name = "SPEC")]
    pub spec: Option<String>,
}

/// Which accounts of a spec, and how many at a time.
#[derive(Debug, Args)]
#[command(next_help_heading = "Many accounts")]
pub struct FleetArgs {
    /// Work only on accounts whose alias or id matches this glob; may be given several times
    #[arg(long, value_name = "GLOB")]
    pub only: Vec<String>,
    /// Leave out accounts whose alias or id matches this glob; may be given several times
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Work on this many accounts at a time
    #[arg(long, value_name = "N", default_value = "10", value_parser = parse_parallel)]
    pub parallel: usize,
    /// Work on the K-th of N parts of the accounts, to split a fleet over machines
    #[arg(long, value_name = "K/N")]
    pub shard: Option<String>,
}

impl FleetArgs {
    /// Whether every account of the spec is worked on.
    pub(crate) fn is_whole(&self) -> bool {
        self.only.is_empty() && self.exclude.is_empty() && self.shard.is_none()
    }
}

fn parse_parallel(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|n| (1..=256).contains(n))
        .ok_or_else(|| "not a number from 1 to 256".to_owned())
}

/// What the guard refuses unless it is allowed by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RiskArg {
    /// A role is opened to another account or to everyone
    Trust,
    /// A role newly gets everything, all of RAM, or every role there is
    Admin,
    /// The role one runs as is changed or deleted
    OwnRole,
    /// Access is wrong for a moment between two steps, or that cannot be ruled out
    Transient,
    /// A live document that cannot be interpreted is replaced
    Uninterpreted,
}

/// The risks that `--allow` names.
pub(crate) fn allowed_risks(allowed: &[RiskArg]) -> BTreeSet<Risk> {
    let risk = |word: &RiskArg| match word {
        RiskArg::Trust => Risk::Trust,
        RiskArg::Admin => Risk::Admin,
        RiskArg::OwnRole => Risk::OwnRole,
        RiskArg::Transient => Risk::Transient,
        RiskArg::Uninterpreted => Risk::Uninterpreted,
    };
    allowed.iter().map(risk).collect()
}

/// How much to show of a document that changes.
pub(crate) fn detail(show_documents: bool) -> Detail {
    if show_documents {
        Detail::Documents
    } else {
        Detail::Access
    }
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
                allowed_risks(&[*word]).into_iter().zip(name)
            })
            .collect();
        let all = Risk::ALL.map(|risk| (risk, risk.as_str().to_owned()));
        assert_eq!(known, all.into_iter().collect());
    }
}
