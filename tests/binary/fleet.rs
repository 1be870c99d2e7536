//! Many accounts at once: discovery, choice, order, and failures that stay where they happen.

use std::time::Duration;

use crate::support::{Program, Run, Server};
use export_iam::sandbox::{FaultPlan, Fleet, Options, Rule, World};
use serde_json::Value;

const FIRST: u64 = 2_000_000_000_000_001;

const SPEC: &str = "version: 1
roles:
  - name: AliyunECSImageExportDefaultRole
    trust: { service: ecs.aliyuncs.com }
    policies: [ { system: AliyunECSImageExportRolePolicy } ]
    extra_policies: detach
";

const DISCOVER: &str = "discover: { resource_directory: true }\n";

/// A directory of `fleet`, faults, and a user who has the management account's key and a spec with `accounts`.
fn world(fleet: Fleet, rules: &[&str], accounts: &str) -> (Server, Program) {
    let rules: Vec<Rule> = rules.iter().map(|rule| rule.parse().unwrap()).collect();
    let server = Server::start(Options {
        seed: Some(World::fleet(fleet).unwrap()),
        faults: FaultPlan::new(rules),
        latency: Duration::from_millis(1),
        ..Options::default()
    });
    let program = Program::new()
        .with_all(&server.environment())
        .file("export-iam.yaml", format!("{SPEC}{accounts}"));
    (server, program)
}

fn members(members: u64) -> Fleet {
    Fleet {
        members,
        ..Fleet::default()
    }
}

/// How many calls could have changed something; a session is no change.
fn writes(server: &Server) -> usize {
    server.writes() - server.calls().count("AssumeRole")
}

fn ids(run: &Run) -> Vec<String> {
    let report = run.json();
    let accounts = report["accounts"].as_array().unwrap();
    accounts
        .iter()
        .map(|account| account["id"].as_str().unwrap().to_owned())
        .collect()
}

fn id(number: u64) -> String {
    (FIRST + number).to_string()
}

fn plan_ids(program: &Program, arguments: &[&str]) -> Vec<String> {
    let run = program
        .run(&[&["plan", "--format", "json"], arguments].concat())
        .ends(0);
    ids(&run)
}

// Discovery.

#[test]
fn everything_is_found_over_many_pages_in_the_order_of_ids() {
    let (server, program) = world(members(230), &[], DISCOVER);
    let expected: Vec<String> = (0..230).map(id).collect();
    assert_eq!(plan_ids(&program, &[]), expected);
    assert_eq!(server.calls().count("ListAccounts"), 3);
}

#[test]
fn discovery_keeps_to_folder_tags_and_exclude() {
    let numbers = |discover: &str| -> Vec<u64> {
        let (_server, program) = world(members(16), &[], discover);
        plan_ids(&program, &[])
            .iter()
            .map(|id| id.parse::<u64>().unwrap() - FIRST)
            .collect()
    };
    let odd: Vec<u64> = (0..16).filter(|n| n % 2 == 1).collect();
    assert_eq!(
        numbers(
            "discover: { resource_directory: true, exclude: [ 'member-*0', 'member-*[24]', 'member-0000?' ] }\n"
        ),
        [11, 12, 13, 14, 15]
    );
    assert_eq!(
        numbers("discover: { resource_directory: true, tags: { env: prod } }\n"),
        [0, 4, 8, 12]
    );
    assert_eq!(
        numbers("discover: { resource_directory: true, folder: r-sandbox }\n").len(),
        odd.len() * 2
    );
    assert_eq!(
        numbers("discover: { resource_directory: true, folder: fd-odd }\n"),
        odd
    );
}

#[test]
fn a_folder_stands_for_everything_below_it() {
    let mut world: Value =
        serde_json::from_str(&World::fleet(members(6)).unwrap().to_json().unwrap()).unwrap();
    let directory = &mut world["directory"];
    let mut deep = directory["folders"][1].clone();
    assert_eq!(deep["id"], "fd-odd");
    deep["id"] = "fd-deep".into();
    deep["name"] = "deep".into();
    deep["parent"] = "fd-odd".into();
    directory["folders"].as_array_mut().unwrap().push(deep);
    directory["members"][3]["folder"] = "fd-deep".into();
    let seed = World::from_json(&world.to_string()).unwrap();
    let server = Server::start(Options {
        seed: Some(seed),
        ..Options::default()
    });
    for (folder, expected) in [
        ("fd-deep", &[3][..]),
        ("fd-odd", &[1, 3, 5]),
        ("fd-even", &[0, 2, 4]),
        ("r-sandbox", &[0, 1, 2, 3, 4, 5]),
    ] {
        let accounts = format!("discover: {{ resource_directory: true, folder: {folder} }}\n");
        let program = Program::new()
            .with_all(&server.environment())
            .file("export-iam.yaml", format!("{SPEC}{accounts}"));
        let expected: Vec<String> = expected.iter().map(|number| id(*number)).collect();
        assert_eq!(plan_ids(&program, &[]), expected, "{folder}");
    }
}

#[test]
fn an_exclude_that_matches_nothing_is_worth_a_word() {
    let (_server, program) = world(
        members(2),
        &[],
        "discover: { resource_directory: true, exclude: [ 'no-such-*' ] }\n",
    );
    program
        .run(&["plan"])
        .ends(0)
        .warns("`no-such-*` matches no account");
}

#[test]
fn an_entry_of_the_spec_comes_first_and_takes_precedence() {
    let entry = format!(
        "accounts:\n  - {{ id: \"{}\", alias: mine, assume_role: ResourceDirectoryAccountAccessRole }}\n",
        id(2)
    );
    let (_server, program) = world(members(4), &[], &format!("{entry}{DISCOVER}"));
    assert_eq!(plan_ids(&program, &[]), [id(2), id(0), id(1), id(3)]);
    assert_eq!(plan_ids(&program, &["--only", "mine"]), [id(2)]);
    assert_eq!(
        plan_ids(&program, &["--only", "member-*1", "--only", "mine"]),
        [id(2), id(1)]
    );
}

#[test]
fn validate_asks_nobody() {
    let (server, program) = world(members(2), &[], DISCOVER);
    program.run(&["validate"]).ends(0);
    assert_eq!(server.calls().records().len(), 0);
}

#[test]
fn what_keeps_discovery_from_working_is_named() {
    let (_server, program) = world(
        members(2),
        &[],
        "discover: { resource_directory: rd-other1 }\n",
    );
    let spec = program.read("export-iam.yaml");
    let run = program.run(&["plan"]).ends(3);
    run.warns("resource directory is `rd-sandbox`, but `discover` is for `rd-other1`");
    let (_server, program) = world(members(2), &["ListAccounts=no-permission"], DISCOVER);
    program
        .run(&["plan"])
        .ends(5)
        .warns("only the management account of the resource directory");
    let (_server, program) = world(
        members(2),
        &[],
        "discover: { resource_directory: true, folder: fd-none }\n",
    );
    program
        .run(&["plan"])
        .ends(5)
        .warns("is no folder of this directory");
    let server = Server::start(Options::default());
    let program = Program::new().with_all(&server.environment());
    let program = program.file("export-iam.yaml", spec.replace("rd-other1", "true"));
    program
        .run(&["plan"])
        .ends(5)
        .warns("has no resource directory");
}

// Choice.

#[test]
fn a_glob_that_matches_nothing_is_an_error() {
    let (server, program) = world(members(3), &[], DISCOVER);
    for option in ["--only", "--exclude"] {
        program
            .run(&["plan", option, "no-such-*"])
            .ends(64)
            .warns("matches no account");
    }
    program
        .run(&["plan", "--exclude", "*"])
        .ends(64)
        .warns("no account of the spec is left");
    assert_eq!(server.calls().count("AssumeRole"), 0);
    assert_eq!(plan_ids(&program, &["--exclude", &id(1)]), [id(0), id(2)]);
}

#[test]
fn parts_joined_are_the_report_of_one_run() {
    let fleet = Fleet {
        members: 24,
        locked_every: Some(7),
        guarded_every: None,
    };
    for command in ["plan", "drift"] {
        let (_server, program) = world(fleet, &[], DISCOVER);
        let whole = program.run(&[command, "--format", "json"]).ends(5);
        let mut files = Vec::new();
        for part in ["1/3", "2/3", "3/3"] {
            let run = program.run(&[command, "--format", "json", "--shard", part]);
            let file = format!("part-{}.json", &part[..1]);
            std::fs::write(program.path().join(&file), &run.out).unwrap();
            files.push(file);
        }
        // In any order.
        let run = program
            .run(&["report", "merge", &files[2], &files[0], &files[1]])
            .ends(0);
        assert!(
            without_request_ids(&run.out) == without_request_ids(&whole.out),
            "{}",
            run.told()
        );
        program
            .run(&["report", "merge", &files[0], &files[0]])
            .ends(1)
            .warns("in an earlier report too");
    }
}

/// Every answer has a number of its own.
fn without_request_ids(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("(request id ") {
        kept.push_str(before);
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    kept + rest
}

// Order.

#[test]
fn output_does_not_depend_on_how_many_run_at_once() {
    let mut seen: Option<(String, String)> = None;
    for parallel in ["1", "3", "64"] {
        let (_server, program) = world(members(20), &["GetCallerIdentity#2=delay:60"], DISCOVER);
        let drift = program.run(&["drift", "--parallel", parallel]).ends(2).out;
        let apply = program.run(&["apply", "--yes", "--parallel", parallel]);
        let both = (drift, apply.out);
        match &seen {
            Some(first) => assert_eq!(*first, both, "--parallel {parallel}"),
            None => seen = Some(both),
        }
    }
}

#[test]
fn accounts_in_sync_are_counted_and_not_shown() {
    let (server, program) = world(members(40), &[], DISCOVER);
    program.run(&["apply", "--yes"]).ends(0).says("40 accounts");
    let before = writes(&server);
    for command in ["plan", "drift", "apply"] {
        let arguments = if command == "apply" {
            vec![command, "--yes"]
        } else {
            vec![command]
        };
        let run = program.run(&arguments).ends(0);
        assert!(run.out.lines().count() <= 3, "{}", run.told());
        assert!(run.err.lines().count() <= 1, "{}", run.told());
    }
    assert_eq!(writes(&server), before);
    let run = program.run(&["drift", "-q"]).ends(0);
    assert_eq!(run.err, "");
}

// Failures stay where they happen.

#[test]
fn locked_accounts_are_named_and_the_others_done() {
    let fleet = Fleet {
        members: 9,
        locked_every: Some(4),
        guarded_every: None,
    };
    let (_server, program) = world(fleet, &[], DISCOVER);
    let run = program
        .run(&["drift"])
        .ends(5)
        .says("9 accounts:")
        .says("2 not read");
    let run = run
        .warns("member-00003: GetCallerIdentity")
        .warns("member-00007: ");
    assert!(
        run.err.contains("trust"),
        "the hint is that of AssumeRole: {}",
        run.told()
    );
    let run = program
        .run(&["apply", "--yes"])
        .ends(4)
        .says("7 done, 2 failed");
    assert_eq!(
        run.err.matches("error: member-00003").count(),
        1,
        "told once: {}",
        run.told()
    );
    program
        .run(&["drift", "--exclude", "*3", "--exclude", "*7"])
        .ends(0);
}

#[test]
fn a_fleet_of_200_bears_throttling_of_every_twentieth_call() {
    let fleet = Fleet {
        members: 200,
        locked_every: Some(200),
        guarded_every: None,
    };
    // Each twentieth call, `AssumeRole` and `CreateRole` among them; what the service asks to wait keeps the test short.
    let rules = ["CreateRole%20=throttle:20", "%20=throttle:20"];
    let (server, program) = world(fleet, &rules, DISCOVER);
    let throttled = |operation: &str| {
        let calls = server.calls();
        let mut own = calls.records().filter(|call| call.operation == operation);
        own.any(|call| call.code.as_deref() == Some("Throttling.User"))
    };
    let drift = program
        .run(&["drift"])
        .ends(5)
        .says("200 accounts:")
        .says("1 not read");
    assert_eq!(drift.err.matches("error: ").count(), 1, "{}", drift.told());
    assert!(throttled("AssumeRole") && throttled("GetRole"));
    let apply = program
        .run(&["apply", "--yes"])
        .ends(4)
        .says("199 done, 1 failed");
    assert_eq!(
        apply.err.matches("error: member-").count(),
        1,
        "{}",
        apply.told()
    );
    assert!(throttled("CreateRole"));
}

#[test]
fn a_control_policy_that_denies_writes_is_named() {
    let fleet = Fleet {
        members: 4,
        locked_every: None,
        guarded_every: Some(2),
    };
    let (_server, program) = world(fleet, &[], DISCOVER);
    let run = program.run(&["apply", "--yes"]).ends(4);
    run.says("failed  CreateRole")
        .warns("a control policy of the resource directory forbids `ram:CreateRole`");
}

#[test]
fn credentials_that_end_on_the_way_stop_nobody_else() {
    let (_server, program) = world(
        members(6),
        &[
            "GetCallerIdentity#4=expired-token",
            "AssumeRole#2=expired-token",
        ],
        DISCOVER,
    );
    let run = program
        .run(&["drift", "--parallel", "1"])
        .ends(5)
        .says("6 accounts:")
        .says("1 not read");
    let named = |member: &str| {
        let error = |line: &&str| line.starts_with(&format!("error: {member}: "));
        run.err
            .lines()
            .filter(error)
            .any(|line| line.contains("Expired"))
    };
    // Another session is got in the place of one that ended; the key that asks for sessions has no other.
    assert!(named("member-00001"), "{}", run.told());
}

#[test]
fn a_session_that_ends_before_a_write_is_renewed_and_the_account_done() {
    let (server, program) = world(members(6), &["CreateRole#1=expired-token"], DISCOVER);
    program
        .run(&["apply", "--yes", "--parallel", "1"])
        .ends(0)
        .says("6 done");
    assert_eq!(server.calls().count("AssumeRole"), 7);
    program.run(&["drift"]).ends(0);
}

#[test]
fn the_wrong_account_is_asked_nothing_else() {
    let accounts = format!("accounts:\n  - {{ id: \"{}\", alias: one }}\n", id(0));
    let (server, program) = world(members(1), &[], &accounts);
    program
        .run(&["plan"])
        .ends(3)
        .warns("belongs to account 1234567890123456");
    let operations: Vec<_> = server
        .calls()
        .records()
        .map(|call| call.operation)
        .collect();
    assert_eq!(operations, ["GetCallerIdentity"]);
}

#[test]
fn no_new_account_is_begun_after_so_many_failures() {
    let (server, program) = world(
        members(16),
        &[
            "CreateRole=no-permission",
            "UpdateRole=no-permission",
            "AttachPolicyToRole=no-permission",
            "DetachPolicyFromRole=no-permission",
        ],
        DISCOVER,
    );
    let run = program
        .run(&["apply", "--yes", "--parallel", "1", "--max-failures", "2"])
        .ends(4);
    let run = run
        .says("2 failed")
        .says("not begun")
        .warns("accounts were not begun: as many had failed as `--max-failures` allows");
    assert_eq!(writes(&server), 2, "{}", run.told());
}

#[test]
fn a_fleet_is_asked_for_once() {
    let (server, program) = world(members(8), &[], DISCOVER);
    let run = program
        .run(&["apply"])
        .ends(3)
        .says("8 accounts: 3 with nothing to do, 5 with changes, 0 not read.");
    run.warns("not confirmed");
    assert_eq!(server.calls().count("CreateRole"), 0);
}

#[cfg(unix)]
#[test]
fn an_interrupt_begins_no_further_account() {
    use std::io::{BufRead, BufReader};
    let (server, program) = world(members(24), &["CreateRole=delay:400"], DISCOVER);
    let started = std::time::Instant::now();
    let mut child = program
        .command(&["apply", "--yes", "--parallel", "1", "-v"])
        .spawn()
        .unwrap();
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("CreateRole") && server.calls().count("UpdateRole") == 0 {
        line.clear();
        // Calls are told of when they are answered; the first account that is changed is the second.
        assert!(errors.read_line(&mut line).unwrap() > 0, "it ended");
    }
    let id = child.id().to_string();
    assert!(
        std::process::Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    let rest = std::thread::spawn(move || {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut errors, &mut text).unwrap();
        text
    });
    let run = crate::support::program::finish(child, started)
        .ends(130)
        .says("not begun");
    let err = rest.join().unwrap();
    assert!(
        err.contains("accounts were not begun: interrupted"),
        "{err}\n{}",
        run.told()
    );
    program.run(&["apply", "--yes"]).ends(0);
}

#[cfg(unix)]
#[test]
fn an_interrupt_while_accounts_are_read_reports_those_that_were() {
    for command in ["plan", "drift"] {
        let (server, program) = world(members(6), &["GetCallerIdentity#4=delay:30000"], DISCOVER);
        let started = std::time::Instant::now();
        let child = program
            .command(&[
                command,
                "--parallel",
                "1",
                "--format",
                "json",
                "--report",
                "json=report.json",
            ])
            .spawn()
            .unwrap();
        while server.calls().count("AssumeRole") < 4 {
            assert!(started.elapsed() < Duration::from_secs(30));
            std::thread::sleep(Duration::from_millis(5));
        }
        let process = child.id().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-INT", &process])
            .status();
        assert!(sent.unwrap().success());
        let run = crate::support::program::finish(child, started)
            .ends(130)
            .warns("error: interrupted; 3 of 6 accounts were not read");
        assert_eq!(run.err.matches("error: ").count(), 1, "{}", run.told());
        assert_eq!(ids(&run), (0..6).map(id).collect::<Vec<_>>());
        let report = run.json();
        let left: Vec<_> = report["accounts"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|account| {
                account["errors"]
                    .to_string()
                    .contains("not read: interrupted")
            })
            .map(|account| account["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(left, [id(3), id(4), id(5)]);
        assert_eq!(program.read("report.json"), run.out);
    }
}

#[test]
fn the_preset_names_accounts_of_every_kind() {
    let (_server, program) = world(members(1), &[], "");
    let run = program
        .run(&["plan", "preset:fleet", "--format", "json", "--only", "p*"])
        .ends(5);
    let report: Value = run.json();
    let aliases: Vec<_> = report["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|account| account["alias"].as_str().unwrap())
        .collect();
    assert_eq!(aliases, ["prod", "partner"]);
}

// Adopting.

/// Adopts, and plans what was printed: nothing may be left to do in the accounts that it names.
fn adopt(program: &Program, arguments: &[&str], status: i32) -> Run {
    let run = program
        .run(&[&["adopt", "export-iam.yaml"], arguments].concat())
        .ends(status);
    let plan = program.run_with(&["plan", "-", "--detailed-exitcode"], run.out.as_bytes());
    plan.ends(0);
    run
}

#[test]
fn accounts_that_hold_the_same_share_a_spec_and_others_are_named() {
    let (_server, program) = world(members(4), &[], DISCOVER);
    // One of them has no role yet, and so no description.
    let described = program
        .read("export-iam.yaml")
        .replace("    trust:", "    description: Exports images.\n    trust:");
    program
        .run_with(&["apply", "--yes", "-"], described.as_bytes())
        .ends(0);
    let run = adopt(&program, &[], 0);
    assert_eq!(run.err, "");
    let run = run.says("# Describes 4 accounts as read.");
    for number in 0..4 {
        run.clone().says(&format!("  - id: \"{}\"", id(number)));
    }
    program
        .run_with(
            &["apply", "--yes", "-", "--only", &id(2)],
            program
                .read("export-iam.yaml")
                .replace(
                    "system: AliyunECSImageExportRolePolicy",
                    "system: AliyunOSSFullAccess",
                )
                .as_bytes(),
        )
        .ends(0);
    let run = adopt(&program, &[], 5);
    let run = run
        .says("# Describes 3 accounts")
        .says("# Not described, because it holds something else: member-00002");
    let run = run.warns("not in the spec, because it holds something else: member-00002");
    let run = run.warns(&format!(
        "hint: `--only {}` describes what they hold",
        id(2)
    ));
    assert!(!run.out.contains(&id(2)), "{}", run.out);
    adopt(&program, &["--only", &id(2)], 0).says("system: AliyunOSSFullAccess");
}

#[test]
fn an_account_that_cannot_be_adopted_stops_no_other() {
    let (_server, program) = world(members(3), &[], DISCOVER);
    program
        .run(&["apply", "--yes", "--exclude", &id(1)])
        .ends(0);
    let run = adopt(&program, &[], 5).says("# Describes 2 accounts");
    run.warns(&format!(
        "member-00001: account {} has no role `AliyunECSImageExportDefaultRole`",
        id(1)
    ));
    let run = program
        .run(&["adopt", "export-iam.yaml", "--only", &id(1)])
        .ends(5);
    assert_eq!(run.out, "");
    program.run(&["adopt", "--only", &id(1)]).ends(64);
}

#[test]
fn what_a_spec_grants_is_adopted_as_the_grant() {
    let spec = "version: 1
exports: [ { region: cn-hangzhou, bucket: exports-hz } ]
policies: [ { name: ImageExportToOss, grant: image-export } ]
roles:
  - name: AliyunECSImageExportDefaultRole
    trust: { service: ecs.aliyuncs.com }
    description: Exports images.
    max_session_duration: 3600
    policies: [ { custom: ImageExportToOss } ]
    extra_policies: detach
";
    let (_server, program) = world(members(3), &[], "");
    let entry = |number, rest: &str| {
        format!(
            "  - {{ id: \"{}\", assume_role: ResourceDirectoryAccountAccessRole{rest} }}\n",
            id(number)
        )
    };
    let own = ", exports: [ { region: cn-beijing, bucket: exports-bj, prefix: Nightly } ]";
    let accounts = format!(
        "accounts:\n{}{}{}",
        entry(0, ""),
        entry(1, own),
        entry(2, "")
    );
    let program = program.file("export-iam.yaml", format!("{spec}{accounts}"));
    program.run(&["apply", "--yes"]).ends(0);
    let run = adopt(&program, &[], 0)
        .says("# Describes 3 accounts")
        .says("    grant: image-export\n");
    run.says("      - region: cn-beijing\n        bucket: exports-bj\n        prefix: Nightly\n");
    // A document that gives something else is written as it is.
    let moved = spec.replace("exports-hz", "exports-sz");
    let moved = format!("{moved}accounts:\n{}", entry(2, ""));
    program
        .run_with(&["apply", "--yes", "-"], moved.as_bytes())
        .ends(0);
    let run = adopt(&program, &[], 5);
    run.says("# Describes 2 accounts").warns(&id(2));
    adopt(&program, &["--only", &id(2)], 0).says("exports-sz");
}
