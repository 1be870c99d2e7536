//! The command line: clap types and all help text.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Plan and apply the RAM role with which ECS exports images to OSS
///
/// ExportImage works only if the account has the role AliyunECSImageExportDefaultRole, trusted to ECS and allowed
/// eight OSS actions. export-iam compares what a short YAML spec asks for with the live account, shows the
/// difference as access gained and lost, makes it so, and says whether ExportImage would succeed.
///
/// Try it without an account: `export-iam apply --sandbox`.
#[derive(Debug, Parser)]
#[command(
    name = "export-iam",
    version,
    disable_help_subcommand = true,
    max_term_width = 100
)]
#[command(after_help = EXIT_STATUS)]
pub struct Cli {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
    /// Options that go with every command
    #[command(flatten)]
    pub global: Global,
}

/// The table of exit statuses, below every help text and in the README.
pub const EXIT_STATUS: &str = "\
Exit status:
  0    done, in sync, or nothing pending
  1    failed; nothing was changed
  2    changes pending (plan --detailed-exitcode), drift, not ready, or access differs
  3    refused: guard, stale plan, wrong account, or not confirmed
  4    stopped part-way; the report lists what was done
  5    incomplete: something could not be read, so there is no clean answer
  64   bad command line
  130  interrupted";

/// Options that go with every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Use the built-in sandbox instead of the cloud, with its state in STATE_FILE
    ///
    /// Starts a RAM look-alike on a loopback port inside this process and talks to it as it would to the
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

    /// Region whose STS endpoint is used [env: ALIBABA_CLOUD_REGION_ID]
    #[arg(long, global = true, value_name = "REGION")]
    pub region: Option<String>,

    /// Send one service's calls elsewhere; plain http only to this machine
    ///
    /// SERVICE is ram, sts or resourcemanager. Each has an environment variable too, EXPORT_IAM_ENDPOINT_RAM and so
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
    #[arg(long, global = true, value_name = "FORMAT=FILE")]
    pub report: Vec<String>,

    /// When to colour text; NO_COLOR is honoured too
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    pub color: Color,

    /// Show each call on standard error; twice for more
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

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what would change; writes nothing
    Plan(PlanArgs),
    /// Plan, ask, carry out, and check that nothing is left to do
    Apply(ApplyArgs),
    /// Report where the account has moved away from the spec; for CI
    Drift(DriftArgs),
    /// Remove exactly what the spec names, after asking
    Destroy(DestroyArgs),
    /// Check a spec without any network
    Validate(SpecArg),
    /// Print a spec that describes what the account holds now
    Adopt(AdoptArgs),
    /// Show whose access key is in use and where it came from
    Whoami,
    /// Compare, check and lint policy documents, without any network
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Work on reports that were written as JSON
    #[command(subcommand)]
    Report(ReportCommand),
    /// Run or look after the built-in RAM look-alike
    #[command(subcommand)]
    Sandbox(SandboxCommand),
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

fn parse_parallel(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|n| (1..=256).contains(n))
        .ok_or_else(|| "not a number from 1 to 256".to_owned())
}

/// `plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The spec
    #[command(flatten)]
    pub spec: SpecArg,
    /// Which accounts
    #[command(flatten)]
    pub fleet: FleetArgs,
    /// Save the plan, to be carried out later by `apply --plan`
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Exit with 2 when changes are pending
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Show changed documents as text diffs too
    #[arg(long)]
    pub show_documents: bool,
}

/// `apply`.
#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// The spec
    #[command(flatten)]
    pub spec: SpecArg,
    /// Which accounts
    #[command(flatten)]
    pub fleet: FleetArgs,
    /// Begin no new account once this many have failed
    #[arg(long, value_name = "N")]
    pub max_failures: Option<usize>,
    /// Carry out this saved plan; refused if the account has moved since it was made
    #[arg(long, value_name = "FILE", conflicts_with = "spec")]
    pub plan: Option<PathBuf>,
    /// Refuse the saved plan unless its digest is this one
    #[arg(long, value_name = "DIGEST", requires = "plan")]
    pub expect_digest: Option<String>,
    /// Save a plan that restores the state before this apply
    #[arg(long, value_name = "FILE")]
    pub undo_out: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Accept one risk that the guard would refuse; may be given several times
    #[arg(long, value_name = "RISK", value_enum)]
    pub allow: Vec<RiskArg>,
    /// Show changed documents as text diffs too
    #[arg(long)]
    pub show_documents: bool,
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

/// `drift`.
#[derive(Debug, Args)]
pub struct DriftArgs {
    /// The spec
    #[command(flatten)]
    pub spec: SpecArg,
    /// Which accounts
    #[command(flatten)]
    pub fleet: FleetArgs,
    /// Exit with 2 only for findings at least this severe
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = SeverityArg::Low)]
    pub fail_on: SeverityArg,
    /// Show changed documents as text diffs too
    #[arg(long)]
    pub show_documents: bool,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SeverityArg {
    /// Descriptions, tags, session lengths
    Low,
    /// Something is missing or narrower: exports would fail
    Medium,
    /// Something is wider: somebody can do more than the spec says
    High,
}

/// `destroy`.
#[derive(Debug, Args)]
pub struct DestroyArgs {
    /// The spec
    #[command(flatten)]
    pub spec: SpecArg,
    /// Which accounts
    #[command(flatten)]
    pub fleet: FleetArgs,
    /// Begin no new account once this many have failed
    #[arg(long, value_name = "N")]
    pub max_failures: Option<usize>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Accept one risk that the guard would refuse; may be given several times
    #[arg(long, value_name = "RISK", value_enum)]
    pub allow: Vec<RiskArg>,
}

/// `adopt`.
#[derive(Debug, Args)]
pub struct AdoptArgs {
    /// The role to describe; may be given several times
    #[arg(
        long,
        value_name = "NAME",
        default_value = "AliyunECSImageExportDefaultRole"
    )]
    pub role: Vec<String>,
}

/// `policy …`.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Show what access WANTED gives beyond LIVE, and the reverse
    ///
    /// By meaning, not text: documents that give the same access are equal however they are written. Exits with 0
    /// when equal, 2 when not, 5 when that could not be settled.
    Compare(CompareArgs),
    /// Say whether documents together allow ExportImage into a bucket
    Check(CheckArgs),
    /// Show what is wrong with a document, or likely not meant
    Lint(LintArgs),
    /// Show a built-in system policy, and what it gives
    Show(ShowArgs),
}

/// `policy compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// The document in force, a file
    pub live: PathBuf,
    /// The document wanted, a file of the same kind
    pub wanted: PathBuf,
}

/// `policy check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Permission policies of the role, files; a trust policy among them is checked too
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

/// `policy lint`.
#[derive(Debug, Args)]
pub struct LintArgs {
    /// Permission or trust policies, files
    #[arg(value_name = "DOC", required_unless_present = "rules")]
    pub documents: Vec<PathBuf>,
    /// List the rules instead
    #[arg(long)]
    pub rules: bool,
}

/// `policy show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The policy's name, such as AliyunECSImageExportRolePolicy
    pub name: String,
}

/// `report …`.
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// Join the reports of the parts of a fleet into one
    Merge(MergeArgs),
}

/// `report merge`.
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// Reports written by `--format json` or `--report json=FILE`
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
}

/// `sandbox …`.
#[derive(Debug, Subcommand)]
pub enum SandboxCommand {
    /// Serve the sandbox on a loopback port until interrupted
    Serve(ServeArgs),
    /// Print the variables that point other clients at a sandbox served on a port
    Env(EnvArgs),
    /// Forget everything and start again with an empty account
    Reset,
}

/// `sandbox serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// The port to listen on; 0 takes any free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub port: u16,
    /// Answer each call this much later, such as 50ms
    #[arg(long, value_name = "TIME", default_value = "0ms")]
    pub latency: String,
    /// Let calls go wrong as this JSON file says
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,
}

/// `sandbox env`.
#[derive(Debug, Args)]
pub struct EnvArgs {
    /// The port the sandbox is served on
    #[arg(long, value_name = "PORT")]
    pub port: u16,
}
