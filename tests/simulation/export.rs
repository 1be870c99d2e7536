//! Exports while everything goes wrong: never two of them, never "exported" without objects, never a task without its
//! name.

use std::collections::BTreeSet;
use std::time::Duration;

use export_iam::account::AccountError;
use export_iam::apply::Shutdown;
use export_iam::cloud::rpc::clock::Clock;
use export_iam::export::{
    Cancelled, Ending, Event, ExportReport, Limits, Place, cancel, export, follow,
};
use export_iam::model::{AccountId, ExportRequest, RoleName};
use export_iam::services::{ExportImages, ReadServices};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::export_network::Network;
use super::fault::{Fault, Kind};

const KEYS: [&str; 2] = ["N_m-1_data_xvdb.raw.tar.gz", "N_m-1_system.raw.tar.gz"];

fn seed(exports: Value) -> Value {
    json!({
        "accounts": [{
            "id": "1234567890123456",
            "roles": [{
                "name": "AliyunECSImageExportDefaultRole",
                "trust": { "Version": "1", "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole",
                    "Principal": { "Service": ["ecs.aliyuncs.com"] } }] },
                "attachments": [{ "policy": "system:AliyunECSImageExportRolePolicy" }],
            }],
            "images": [{ "id": "m-1", "disks": [
                { "type": "system", "device": "/dev/xvda", "size": 40, "encrypted": false },
                { "type": "data", "device": "/dev/xvdb", "size": 40, "encrypted": false },
            ]}],
            // Objects of an earlier export, under the same keys.
            "buckets": [{ "name": "exports", "objects": KEYS.map(|key| json!({
                "key": key, "content": "old", "modified": "2026-01-01T00:00:00Z",
            })) }],
            "exports": exports,
        }],
    })
}

fn request() -> ExportRequest {
    ExportRequest {
        region: "cn-hangzhou".to_owned(),
        image: "m-1".to_owned(),
        bucket: "exports".to_owned(),
        prefix: Some("N".to_owned()),
        format: None,
        role: None,
    }
}

fn clock() -> Clock {
    Clock::starting_at("2026-01-02T03:04:05Z".parse().unwrap())
}

async fn run(network: &Network, limits: Limits) -> ExportReport {
    let (_keep, shutdown) = watch::channel(Shutdown::None);
    let client = network.client();
    let report = export(&client, &request(), limits, shutdown, |_| {}).await;
    judge(network, &report).await;
    report
}

/// What must hold however an export ended.
async fn judge(network: &Network, report: &ExportReport) {
    let exports = network.state().exports;
    assert!(exports <= 1, "{exports} exports: {report:?}");
    let at_the_end = tasks(network);
    let place = format!("{report:?}\n{at_the_end:?}\n{:?}", network.state().calls);
    match &report.ending {
        Ending::Exported { objects } => {
            let keys: Vec<&str> = objects.iter().map(|object| object.key.as_str()).collect();
            assert_eq!(keys, KEYS, "{place}");
            let held = network.account()["buckets"][0]["objects"].clone();
            let is_new = |object: &Value| object["content"].as_str() != Some("old");
            assert!(
                held.as_array().unwrap().iter().all(is_new),
                "{held} {place}"
            );
        }
        Ending::Refused { .. } => assert_eq!(at_the_end, BTreeSet::new(), "{place}"),
        _ => {}
    }
    let named: BTreeSet<String> = match &report.ending {
        // It says that an export may be running, whatever comes late.
        Ending::Unknown { candidates, .. } if candidates.is_empty() => at_the_end.clone(),
        Ending::Unknown { candidates, .. } => candidates.iter().cloned().collect(),
        _ => report.task.iter().cloned().collect(),
    };
    assert_eq!(named, at_the_end, "{place}");
    network.settle().await;
    assert!(tasks(network).len() <= 1, "{place}");
}

fn tasks(network: &Network) -> BTreeSet<String> {
    let account = network.account();
    let tasks = account["tasks"].as_array().cloned().unwrap_or_default();
    let ids = tasks
        .iter()
        .map(|task| task["id"].as_str().unwrap().to_owned());
    ids.collect()
}

/// What may go wrong with a call and pass: an export gets over one of each.
fn passing() -> Vec<Fault> {
    let of = |kind, numbers: std::ops::Range<u8>| numbers.map(move |number| Fault { kind, number });
    let mut all: Vec<Fault> = of(Kind::LostBefore, 0..3).collect();
    all.extend(of(Kind::LostAfter, 0..4));
    all.extend(of(Kind::Garbled, 0..4));
    all.extend(
        [Kind::ErrorBefore, Kind::ErrorAfter, Kind::Throttled]
            .map(|kind| Fault { kind, number: 0 }),
    );
    all.extend([Kind::Expired, Kind::Twice].map(|kind| Fault { kind, number: 0 }));
    all.extend([0, 20, 59, 200].map(|number| Fault {
        kind: Kind::Late,
        number,
    }));
    all
}

/// Whether ExportImage gets nowhere by this, or only after it was looked for.
fn never_starts(fault: Fault) -> bool {
    match fault.kind {
        Kind::LostBefore => fault.number > 0,
        Kind::ErrorBefore => true,
        Kind::Late => fault.number >= 59,
        _ => false,
    }
}

#[tokio::test(start_paused = true)]
async fn one_call_gone_wrong_ends_no_export() {
    let calm = Network::of(&seed(json!({})), clock());
    let report = run(&calm, Limits::default()).await;
    assert!(
        matches!(report.ending, Ending::Exported { .. }),
        "{report:?}"
    );
    let calls = calm.state().calls.clone();
    assert!(calls.contains(&"HeadObject".to_owned()), "{calls:?}");
    let mut cases = 0;
    for (place, operation) in calls.iter().enumerate() {
        for fault in passing() {
            let network = Network::of(&seed(json!({})), clock());
            network.state().faults.insert(place, fault);
            let report = run(&network, Limits::default()).await;
            assert_eq!(network.state().happened, 1);
            let is_exported = matches!(report.ending, Ending::Exported { .. });
            // The same request twice is told from a new one by its nonce, so the second answer is a refusal.
            let may_stay_unknown = operation == "ExportImage" && never_starts(fault);
            let is_unknown = matches!(report.ending, Ending::Unknown { .. });
            assert!(
                is_exported || (may_stay_unknown && is_unknown),
                "{operation} {fault:?}: {report:?}"
            );
            assert!(
                report.took < Duration::from_secs(300),
                "{fault:?}: {report:?}"
            );
            cases += 1;
        }
    }
    println!("{cases} cases");
}

/// Every call with which `verify` reads.
async fn read_all(network: &Network) -> Vec<Result<String, String>> {
    let client = network.client();
    let role = RoleName::new("AliyunECSImageExportDefaultRole").unwrap();
    let member = AccountId::new("2000000000000001").unwrap();
    let told = |answer: Result<String, AccountError>| answer.map_err(|error| error.to_string());
    let region = "cn-hangzhou";
    let image = client.image(region, "m-1").await;
    let bucket = client.bucket(region, "exports").await;
    let is_locked = client.is_locked(region, "exports").await;
    let policy = client.bucket_policy(region, "exports").await;
    let instances = client.instances_with_role(region, &role).await;
    let controls = client.control_policies(&member).await;
    let dry_run = client.dry_run(&request()).await;
    let answers = [
        image.map(|image| format!("{image:?}")),
        bucket.map(|bucket| format!("{bucket:?}")),
        is_locked.map(|is_locked| format!("{is_locked:?}")),
        policy.map(|policy| format!("{policy:?}")),
        instances.map(|instances| format!("{instances:?}")),
        controls.map(|controls| format!("{controls:?}")),
        dry_run.map(|passed| format!("{passed:?}")),
    ];
    answers.into_iter().map(told).collect()
}

/// A read that goes wrong is made again or is an error; it is never another answer. What only adds to one, whether a
/// snapshot is encrypted, may be left open.
#[tokio::test(start_paused = true)]
async fn one_call_gone_wrong_changes_no_answer_of_a_read() {
    let mut state = seed(json!({}));
    let account = &mut state["accounts"][0];
    account["images"][0]["disks"][1] =
        json!({ "type": "data", "device": "/dev/xvdb", "size": 40, "snapshot": "s-1" });
    account["snapshots"] = json!([{ "id": "s-1" }]);
    account["instance_roles"] =
        json!([{ "instance": "i-1", "role": "AliyunECSImageExportDefaultRole" }]);
    account["buckets"][0]["policy"] = json!({ "Version": "1", "Statement": [] });
    account["buckets"][0]["worm_days"] = json!(3);
    state["directory"] = json!({
        "id": "rd-1",
        "members": [{ "account": "2000000000000001" }],
        "control_policies": [{ "id": "cp-1", "name": "guard", "targets": ["r-sandbox"],
            "document": { "Version": "1", "Statement": [] } }],
    });
    let calm = Network::of(&state, clock());
    let expected = read_all(&calm).await;
    assert!(expected.iter().all(Result::is_ok), "{expected:?}");
    let calls = calm.state().calls.clone();
    let open = |answer: &str| answer.replace("is_encrypted: Some(false)", "is_encrypted: None");
    let (mut cases, mut failed) = (0, 0);
    for (place, operation) in calls.iter().enumerate() {
        for fault in passing() {
            let network = Network::of(&state, clock());
            network.state().faults.insert(place, fault);
            for (told, expected) in read_all(&network).await.iter().zip(&expected) {
                let expected = expected.as_ref().unwrap();
                match told {
                    Ok(told) => assert!(
                        told == expected || open(told) == open(expected),
                        "{operation} {fault:?}: {told} instead of {expected}"
                    ),
                    Err(_) => failed += 1,
                }
                cases += 1;
            }
            let exports = network.state().exports;
            assert!(exports <= 1, "{operation} {fault:?}");
            network.settle().await;
        }
    }
    println!("{cases} answers, {failed} of them errors");
}

/// Two faults, the first of them where the export starts.
#[tokio::test(start_paused = true)]
async fn a_lost_start_and_another_fault_leave_no_task_unnamed() {
    let mut cases = 0;
    for first in passing() {
        for second in passing() {
            for gap in 1..4 {
                let network = Network::of(&seed(json!({})), clock());
                network
                    .state()
                    .faults
                    .extend([(1, first), (1 + gap, second)]);
                run(&network, Limits::default()).await;
                cases += 1;
            }
        }
    }
    println!("{cases} cases");
}

/// A permission that is missing in the middle ends the following, and the task is named.
#[tokio::test(start_paused = true)]
async fn a_refusal_at_any_call_leaves_the_task_named() {
    let calm = Network::of(&seed(json!({})), clock());
    run(&calm, Limits::default()).await;
    let calls = calm.state().calls.clone();
    for (place, operation) in calls.iter().enumerate() {
        let network = Network::of(&seed(json!({})), clock());
        let denied = Fault {
            kind: Kind::Denied,
            number: 0,
        };
        network
            .state()
            .faults
            .extend((place..place + 40).map(|at| (at, denied)));
        let report = run(&network, Limits::default()).await;
        match (operation.as_str(), &report.ending) {
            ("DescribeTasks" | "ExportImage", Ending::Refused { .. })
            | ("DescribeTaskAttribute", Ending::OutOfSight { .. })
            | ("HeadObject", Ending::Unseen { .. }) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// Where objects may be listed and not read, the list tells.
#[tokio::test(start_paused = true)]
async fn objects_that_may_only_be_listed_are_seen_all_the_same() {
    let calm = Network::of(&seed(json!({})), clock());
    run(&calm, Limits::default()).await;
    let calls = calm.state().calls.clone();
    let network = Network::of(&seed(json!({})), clock());
    let heads = calls
        .iter()
        .enumerate()
        .filter(|(_, name)| *name == "HeadObject");
    let denied = Fault {
        kind: Kind::Denied,
        number: 0,
    };
    network
        .state()
        .faults
        .extend(heads.map(|(place, _)| (place, denied)));
    let report = run(&network, Limits::default()).await;
    assert!(
        matches!(report.ending, Ending::Exported { .. }),
        "{report:?}"
    );
    assert!(network.state().calls.contains(&"ListObjectsV2".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn every_bad_ending_is_told() {
    let ending = |word: &str| json!({ "ending": word, "seconds": 600 });
    let network = Network::of(&seed(ending("failed")), clock());
    let Ending::Failed { parts } = run(&network, Limits::default()).await.ending else {
        panic!("not failed");
    };
    assert_eq!(parts[0].error_code, "InternalError");
    let network = Network::of(&seed(ending("incomplete")), clock());
    let Ending::Failed { parts } = run(&network, Limits::default()).await.ending else {
        panic!("not failed");
    };
    assert_eq!(
        (parts.len(), parts[0].error_code.as_str()),
        (1, "DiskExportFailed")
    );
    // The objects of the earlier export are still there, and are not taken for these.
    let network = Network::of(&seed(ending("without-objects")), clock());
    let Ending::Missing { keys, objects } = run(&network, Limits::default()).await.ending else {
        panic!("not missing");
    };
    assert_eq!(
        (keys.as_slice(), objects.len()),
        (KEYS.map(str::to_owned).as_slice(), 0)
    );
    let network = Network::of(&seed(ending("refused")), clock());
    let Ending::Refused { error, .. } = run(&network, Limits::default()).await.ending else {
        panic!("not refused");
    };
    assert_eq!(error.code.as_deref(), Some("ExportImageFailed"));
}

/// Runs an export of ten minutes, and does something in the middle of it.
async fn disturbed(change: impl AsyncFnOnce(&Network)) -> ExportReport {
    let network = Network::of(&seed(json!({ "seconds": 600 })), clock());
    let meanwhile = async {
        sleep(Duration::from_secs(300)).await;
        change(&network).await;
    };
    let (report, ()) = tokio::join!(run(&network, Limits::default()), meanwhile);
    report
}

#[tokio::test(start_paused = true)]
async fn what_others_do_meanwhile_is_told() {
    let report = disturbed(async |network| {
        let task = tasks(network).pop_first().unwrap();
        network.client().cancel("cn-hangzhou", &task).await.unwrap();
    });
    assert_eq!(report.await.ending, Ending::Cancelled);
    let report = disturbed(async |network| {
        network.change(|account| account["buckets"] = json!([]));
    });
    let Ending::Failed { parts } = report.await.ending else {
        panic!("not failed");
    };
    assert_eq!(parts[0].error_code, "NoSuchBucket");
    // After the task has ended, before its objects were looked at.
    let network = Network::of(&seed(json!({})), clock());
    let id = network.client().start(&request()).await.unwrap();
    sleep(Duration::from_secs(60)).await;
    network.client().task("cn-hangzhou", &id).await.unwrap();
    network.change(|account| account["buckets"] = json!([]));
    let (_keep, shutdown) = watch::channel(Shutdown::None);
    let place = Place::from(&request());
    let report = follow(
        &network.client(),
        &place,
        &id,
        Limits::default(),
        shutdown,
        |_| {},
    )
    .await;
    assert!(
        matches!(report.ending, Ending::Missing { .. }),
        "{report:?}"
    );
}

/// Ten minutes without a network, at the start, in the middle and at the end of an export.
#[tokio::test(start_paused = true)]
async fn a_network_that_is_gone_for_ten_minutes_ends_nothing() {
    for (from, seconds) in [(1, 600), (100, 900), (590, 600)] {
        let network = Network::of(&seed(json!({ "seconds": seconds })), clock());
        let gone = (Duration::from_secs(from), Duration::from_secs(from + 600));
        network.state().gone = Some(gone);
        let (_keep, shutdown) = watch::channel(Shutdown::None);
        let (mut lost, mut found) = (0, 0);
        let client = network.client();
        let began = Instant::now();
        let report = export(
            &client,
            &request(),
            Limits::default(),
            shutdown,
            |event| match event {
                Event::OutOfReach(_) => lost += 1,
                Event::BackInReach => found += 1,
                _ => {}
            },
        )
        .await;
        judge(&network, &report).await;
        assert!(
            matches!(report.ending, Ending::Exported { .. }),
            "{report:?}"
        );
        assert_eq!((lost, found), (1, 1));
        assert!(began.elapsed() >= Duration::from_secs(600));
        assert!(began.elapsed() < Duration::from_secs(1400));
    }
}

/// Two hours, with a session that ends every so often: the source renews it, and nobody notices.
#[tokio::test(start_paused = true)]
async fn a_session_that_ends_in_a_long_task_is_renewed() {
    let network = Network::of(&seed(json!({ "seconds": 7200 })), clock());
    let expired = Fault {
        kind: Kind::Expired,
        number: 0,
    };
    network
        .state()
        .faults
        .extend((3..240).step_by(40).map(|at| (at, expired)));
    let report = run(&network, Limits::default()).await;
    assert!(
        matches!(report.ending, Ending::Exported { .. }),
        "{report:?}"
    );
    let renewed = network.state().renewed;
    let calls = network.state().calls.len();
    assert!(renewed >= 5, "{renewed}");
    // One look in half a minute, and little more.
    assert!(calls < 270, "{calls}");
}

#[tokio::test(start_paused = true)]
async fn the_second_export_of_an_image_is_told_which_task_runs() {
    let network = Network::of(&seed(json!({})), clock());
    let first = network.client().start(&request()).await.unwrap();
    let (_keep, shutdown) = watch::channel(Shutdown::None);
    let client = network.client();
    let report = export(&client, &request(), Limits::default(), shutdown, |_| {}).await;
    let Ending::Refused { error, running } = report.ending else {
        panic!("not refused");
    };
    assert_eq!(error.code.as_deref(), Some("ImageIsExporting"));
    assert_eq!(running, [first]);
}

#[tokio::test(start_paused = true)]
async fn a_detached_export_is_taken_up_again_by_its_task() {
    let network = Network::of(&seed(json!({})), clock());
    let limits = Limits {
        detach: true,
        ..Limits::default()
    };
    let (_keep, shutdown) = watch::channel(Shutdown::None);
    let client = network.client();
    let report = export(&client, &request(), limits, shutdown.clone(), |_| {}).await;
    assert_eq!(
        (report.ending, report.took),
        (Ending::Detached, Duration::ZERO)
    );
    let task = report.task.unwrap();
    // What it wrote, and where, is read from the task.
    let place = Place {
        region: "cn-hangzhou".to_owned(),
        bucket: None,
        key_start: None,
    };
    let limits = Limits::default();
    let report = follow(&client, &place, &task, limits, shutdown.clone(), |_| {}).await;
    judge(&network, &report).await;
    assert!(
        matches!(report.ending, Ending::Exported { .. }),
        "{report:?}"
    );
    let none = follow(&client, &place, "t-none", limits, shutdown, |_| {}).await;
    assert_eq!(none.ending, Ending::NoTask);
}

#[tokio::test(start_paused = true)]
async fn time_that_is_over_leaves_the_task_named() {
    let network = Network::of(&seed(json!({ "seconds": 7200 })), clock());
    let limits = Limits {
        until: Some(Instant::now() + Duration::from_secs(60)),
        ..Limits::default()
    };
    let report = run(&network, limits).await;
    assert!(
        matches!(report.ending, Ending::OutOfSight { .. }),
        "{report:?}"
    );
    assert_eq!(report.took, Duration::from_secs(60));
}

/// A signal at every call: the answer to ExportImage is waited for, everything else is left at once.
#[tokio::test(start_paused = true)]
async fn a_signal_at_any_call_leaves_the_task_named() {
    let calm = Network::of(&seed(json!({})), clock());
    run(&calm, Limits::default()).await;
    let calls = calm.state().calls.len();
    for after in 0..calls {
        for is_slow in [false, true] {
            let network = Network::of(&seed(json!({})), clock());
            if is_slow {
                let lost = Fault {
                    kind: Kind::LostAfter,
                    number: 3,
                };
                network.state().faults.insert(after, lost);
            }
            let (sender, shutdown) = watch::channel(Shutdown::None);
            let client = network.client();
            let wanted = request();
            let running = export(&client, &wanted, Limits::default(), shutdown, |_| {});
            let signal = async {
                while network.state().calls.len() <= after {
                    sleep(Duration::from_millis(1)).await;
                }
                sender.send_replace(Shutdown::Graceful);
                std::future::pending::<()>().await;
            };
            let report = tokio::select! {
                report = running => report,
                () = signal => unreachable!("it never ends"),
            };
            judge(&network, &report).await;
            let is_of_signal = match report.ending {
                Ending::Unknown { is_interrupted, .. } => is_interrupted,
                Ending::Refused { .. } => false,
                _ => true,
            };
            assert!(is_of_signal, "{after} {report:?}");
        }
    }
}

/// The answer to ExportImage is lost, and so is every answer about tasks.
#[tokio::test(start_paused = true)]
async fn a_search_for_the_task_that_a_signal_ends_is_interrupted_and_one_that_takes_too_long_is_not()
 {
    for is_signal in [true, false] {
        let network = Network::of(&seed(json!({})), clock());
        let lost = |kind, number| Fault { kind, number };
        network.state().faults.insert(1, lost(Kind::LostAfter, 3));
        let later = (2..400).map(|call| (call, lost(Kind::LostBefore, 1)));
        network.state().faults.extend(later);
        let (sender, shutdown) = watch::channel(Shutdown::None);
        let limits = Limits {
            until: Some(Instant::now() + Duration::from_secs(600)),
            ..Limits::default()
        };
        let client = network.client();
        let report = export(&client, &request(), limits, shutdown, |event| {
            if is_signal && matches!(event, Event::LookingForTask(_)) {
                sender.send_replace(Shutdown::Graceful);
            }
        })
        .await;
        judge(&network, &report).await;
        let Ending::Unknown { is_interrupted, .. } = report.ending else {
            panic!("{report:?}");
        };
        assert_eq!(is_interrupted, is_signal, "{:?}", report.took);
        assert_eq!(report.took < Duration::from_secs(600), is_signal);
    }
}

/// Nothing is started, so there is nothing to settle.
#[tokio::test(start_paused = true)]
async fn a_signal_while_the_tasks_are_out_of_reach_is_an_interruption() {
    let network = Network::of(&seed(json!({})), clock());
    let lost = Fault {
        kind: Kind::LostBefore,
        number: 1,
    };
    network
        .state()
        .faults
        .extend((0..40).map(|call| (call, lost)));
    let (sender, shutdown) = watch::channel(Shutdown::None);
    let client = network.client();
    let report = export(&client, &request(), Limits::default(), shutdown, |event| {
        if matches!(event, Event::OutOfReach(_)) {
            sender.send_replace(Shutdown::Graceful);
        }
    })
    .await;
    assert_eq!(report.ending, Ending::Stopped);
    assert_eq!(network.state().exports, 0);
}

#[tokio::test(start_paused = true)]
async fn a_task_is_cancelled_whatever_becomes_of_the_answer() {
    for fault in passing() {
        let network = Network::of(&seed(json!({ "seconds": 600 })), clock());
        let task = network.client().start(&request()).await.unwrap();
        network.state().faults.insert(1, fault);
        let ended = cancel(&network.client(), "cn-hangzhou", &task).await;
        let now = network
            .client()
            .task("cn-hangzhou", &task)
            .await
            .unwrap()
            .unwrap();
        match ended {
            Cancelled::Yes => assert_eq!(now.status, "Deleted", "{fault:?}"),
            Cancelled::TooLate => panic!("{fault:?}: {now:?}"),
            Cancelled::No(_) => {
                assert!(never_starts(fault) || fault.kind == Kind::Late, "{fault:?}")
            }
        }
    }
    let network = Network::of(&seed(json!({ "seconds": 20 })), clock());
    let task = network.client().start(&request()).await.unwrap();
    sleep(Duration::from_secs(60)).await;
    let ended = cancel(&network.client(), "cn-hangzhou", &task).await;
    assert_eq!(ended, Cancelled::TooLate);
}
