//! A fleet against the sandbox in another process: time over its floor, peak memory, and the same bytes each time.
//!
//! `cargo bench --bench fleet -- [ACCOUNTS] [PARALLEL]`; 1,000 accounts, 50 at a time, 50 ms for each answer when
//! left out. The floor is what the run would take if nothing but the service's answers took time: the sum over the
//! accounts of their waves of calls, times the latency, divided by how many run at a time; but reading takes no less
//! than STS lets one account call `AssumeRole`, which every member needs once. An apply writes once all are read.
//!
//! `cargo bench --bench fleet -- matrix` is a `verify` of 100 accounts with five exports each, every layer asked.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark stops at the first surprise"
)]

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use export_iam::sandbox::{CallRecord, Fleet, Options, Server, World, start};

const LATENCY: Duration = Duration::from_millis(50);

/// Source: STS API Reference, AssumeRole, limit of one account.
const ASSUME_ROLE_A_SECOND: u32 = 100;

const SPEC: &str = "version: 1
roles:
  - name: AliyunECSImageExportDefaultRole
    description: Lets ECS write exported images to OSS.
    max_session_duration: 3600
    trust: { service: ecs.aliyuncs.com }
    policies: [ { system: AliyunECSImageExportRolePolicy } ]
    extra_policies: detach
discover: { resource_directory: true }
";

/// The exports of each account of the matrix, by region.
const REGIONS: [&str; 5] = [
    "cn-hangzhou",
    "cn-beijing",
    "cn-shanghai",
    "ap-southeast-1",
    "eu-central-1",
];

fn main() {
    if std::env::args().any(|word| word == "matrix") {
        return matrix(100, 50);
    }
    let numbers: Vec<u64> = std::env::args()
        .filter_map(|word| word.parse().ok())
        .collect();
    let accounts = numbers.first().copied().unwrap_or(1000);
    let parallel = numbers.get(1).copied().unwrap_or(50);
    let runtime = runtime();
    let fleet = Fleet {
        members: accounts,
        ..Fleet::default()
    };
    let fresh = || {
        let options = Options {
            seed: Some(World::fleet(fleet).unwrap()),
            latency: LATENCY,
            ..Options::default()
        };
        runtime.block_on(start(options)).unwrap()
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("export-iam.yaml"), SPEC).unwrap();
    println!(
        "{accounts} accounts, {parallel} at a time, {} ms an answer",
        LATENCY.as_millis()
    );
    let server = fresh();
    let first = measure("drift", &["drift"], &server, folder.path(), parallel, 2);
    let second = measure(
        "drift again",
        &["drift"],
        &server,
        folder.path(),
        parallel,
        2,
    );
    assert!(first == second, "two audits of the same accounts differ");
    let applied = measure(
        "apply",
        &["apply", "--yes"],
        &server,
        folder.path(),
        parallel,
        0,
    );
    measure(
        "drift after apply",
        &["drift"],
        &server,
        folder.path(),
        parallel,
        0,
    );
    drop(server);
    let server = fresh();
    let again = measure(
        "apply elsewhere",
        &["apply", "--yes"],
        &server,
        folder.path(),
        parallel,
        0,
    );
    assert!(applied == again, "two applies to equal accounts differ");
    println!("output identical from run to run");
    drop(server);
    runtime.shutdown_timeout(Duration::from_secs(1));
}

/// Runs the sandbox.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}

/// A `verify` of accounts with five exports each.
fn matrix(accounts: u64, parallel: u64) {
    let runtime = runtime();
    let fleet = Fleet {
        members: accounts,
        ..Fleet::default()
    };
    let mut world: Value =
        serde_json::from_str(&World::fleet(fleet).unwrap().to_json().unwrap()).unwrap();
    let mut spec = SPEC.replace("discover: { resource_directory: true }\n", "accounts:\n");
    let members = world["accounts"].as_array_mut().unwrap().iter_mut().skip(1);
    for (number, member) in members.enumerate() {
        let id = member["id"].as_str().unwrap().to_owned();
        let exports = REGIONS.map(|region| (region, format!("exports-{number}-{region}")));
        let buckets = exports
            .clone()
            .map(|(region, name)| json!({ "name": name, "region": region }));
        member["buckets"] = json!(buckets);
        let exports =
            exports.map(|(region, bucket)| format!("{{ region: {region}, bucket: {bucket} }}"));
        spec.push_str(&format!(
            "  - {{ id: '{id}', assume_role: ResourceDirectoryAccountAccessRole, exports: [ {} ] }}\n",
            exports.join(", ")
        ));
    }
    let options = Options {
        seed: Some(World::from_json(&world.to_string()).unwrap()),
        latency: LATENCY,
        ..Options::default()
    };
    let server = runtime.block_on(start(options)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("export-iam.yaml"), spec).unwrap();
    println!(
        "{accounts} accounts with {} exports each, {parallel} at a time, {} ms an answer",
        REGIONS.len(),
        LATENCY.as_millis()
    );
    let run = || measure("verify", &["verify"], &server, folder.path(), parallel, 2);
    let outputs = [(); 5].map(|()| run());
    assert!(
        outputs.iter().all(|output| *output == outputs[0]),
        "two looks at the same accounts differ"
    );
    drop(server);
    runtime.shutdown_timeout(Duration::from_secs(1));
}

fn measure(
    name: &str,
    arguments: &[&str],
    server: &Server,
    folder: &std::path::Path,
    parallel: u64,
    status: i32,
) -> Vec<u8> {
    server.sandbox().clear_calls();
    let out = folder.join("out");
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_export-iam"))
        .args(arguments)
        .args(["--parallel", &parallel.to_string()])
        .env_clear()
        .env("HOME", folder)
        .envs(server.environment())
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(std::fs::File::create(&out).unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut peak = 0;
    let ended = loop {
        peak = peak.max(resident(child.id()));
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let wall = started.elapsed();
    assert_eq!(ended.code(), Some(status), "{name}");
    let calls = server.sandbox().calls();
    let floor = floor(calls.records(), parallel);
    println!(
        "{name:<18} {:>6.2} s, floor {:>6.2} s, ratio {:.2}, peak {:>4} MB, {} calls",
        wall.as_secs_f64(),
        floor.as_secs_f64(),
        wall.as_secs_f64() / floor.as_secs_f64(),
        peak / 1024,
        calls.records().len(),
    );
    std::fs::read(out).unwrap()
}

fn floor<'a>(records: impl Iterator<Item = &'a CallRecord>, parallel: u64) -> Duration {
    let all: Vec<&CallRecord> = records.collect();
    let sessions = all.iter().filter(|call| call.operation == "AssumeRole");
    let sessions = u32::try_from(sessions.count()).unwrap();
    let writes = all.iter().filter(|call| is_write(call.operation));
    let first_write = writes.map(|call| call.start).min();
    let (before, after): (Vec<&CallRecord>, Vec<_>) = all
        .into_iter()
        .partition(|call| first_write.is_none_or(|first| call.start < first));
    let at_full_rate = Duration::from_secs(1) * sessions / ASSUME_ROLE_A_SECOND;
    answers(&before, parallel).max(at_full_rate) + answers(&after, parallel)
}

fn is_write(operation: &str) -> bool {
    !["Get", "List", "Describe", "AssumeRole"]
        .iter()
        .any(|read| operation.starts_with(read))
}

/// How long the answers take. Calls of one account that overlap are one wave. The calls of the management account
/// are sessions for members, each a wave of its own, and the pages of the directory; it reads control policies while
/// the members are read.
fn answers(records: &[&CallRecord], parallel: u64) -> Duration {
    let mut of_account: BTreeMap<String, Vec<&CallRecord>> = BTreeMap::new();
    let mut waves = 0_u32;
    let mut pages = 0_u32;
    for &record in records {
        match record.operation {
            "AssumeRole" => waves += 1,
            "ListAccounts" => pages += 1,
            operation
                if operation.contains("ControlPolic") || operation == "GetResourceDirectory" => {}
            _ => {
                let account = record.account.as_ref().map(ToString::to_string);
                of_account
                    .entry(account.unwrap_or_default())
                    .or_default()
                    .push(record);
            }
        }
    }
    for calls in of_account.values_mut() {
        calls.sort_by_key(|call| call.start);
        let mut end = None;
        for call in calls {
            if end.is_none_or(|end| call.start >= end) {
                waves += 1;
                end = Some(call.end);
            }
        }
    }
    LATENCY * pages + LATENCY * waves / u32::try_from(parallel).unwrap()
}

/// The most memory the process has held. Unit: KB. Zero where the system does not tell.
fn resident(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
