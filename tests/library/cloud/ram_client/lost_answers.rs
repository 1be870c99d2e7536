//! What becomes of a write whose answer is lost, or whose answer depends on what was there.

use std::time::Duration;

use export_iam::account::{AccountError, AccountErrorKind, ReadAccount, WriteAccount, Written};
use export_iam::model::{PolicyName, PolicyRef, RoleName, Step, Tags, VersionId};
use tokio::time::Instant;

use super::fake::*;

const TRUST: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["ecs.aliyuncs.com"]}}]}"#;
const TRUST_AGAIN: &str = r#"{ "Statement": [{"Action":["sts:AssumeRole"], "Effect":"Allow", "Principal":{"Service":"ecs.aliyuncs.com"}}], "Version":"1" }"#;
const OTHER_TRUST: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["fc.aliyuncs.com"]}}]}"#;
const DOCUMENT: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:GetObject"],"Resource":["*"]}]}"#;
const OTHER_DOCUMENT: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:PutObject"],"Resource":["*"]}]}"#;

fn r() -> RoleName {
    RoleName::new("R").unwrap()
}

fn p() -> PolicyName {
    PolicyName::new("P").unwrap()
}

fn v(number: u32) -> VersionId {
    VersionId::from_number(number)
}

fn create_role() -> Step {
    Step::CreateRole {
        role: r(),
        trust: TRUST.to_owned(),
        description: Some("d".to_owned()),
        max_session_duration: Some(3600),
        tags: Tags::new(),
    }
}

fn create_policy() -> Step {
    Step::CreatePolicy {
        policy: p(),
        document: DOCUMENT.to_owned(),
        description: None,
        tags: Tags::new(),
    }
}

fn create_version() -> Step {
    Step::CreatePolicyVersion {
        policy: p(),
        document: DOCUMENT.to_owned(),
    }
}

fn attach() -> Step {
    Step::AttachPolicy {
        role: r(),
        policy: PolicyRef::custom(p()),
    }
}

fn detach() -> Step {
    Step::DetachPolicy {
        role: r(),
        policy: PolicyRef::custom(p()),
    }
}

/// A step, the read that settles it, that read's answer when it took effect, and when not.
fn every_step() -> Vec<(Step, &'static str, Reply, Reply)> {
    let no_role = || error(404, "EntityNotExist.Role");
    let no_policy = || error(404, "EntityNotExist.Policy");
    let tag: Tags = [("k".to_owned(), "v".to_owned())].into();
    vec![
        (create_role(), "GetRole", role(TRUST_AGAIN), no_role()),
        (
            Step::UpdateRole {
                role: r(),
                trust: Some(TRUST.to_owned()),
                description: None,
                max_session_duration: None,
            },
            "GetRole",
            role(TRUST),
            role(OTHER_TRUST),
        ),
        (
            Step::DeleteRole { role: r() },
            "GetRole",
            no_role(),
            role(TRUST),
        ),
        (
            create_policy(),
            "GetPolicy",
            policy(DOCUMENT, "v1"),
            no_policy(),
        ),
        (
            Step::UpdatePolicyDescription {
                policy: p(),
                description: "d".to_owned(),
            },
            "GetPolicy",
            policy(DOCUMENT, "v1"),
            no_policy(),
        ),
        (
            create_version(),
            "GetPolicy",
            policy(DOCUMENT, "v2"),
            policy(OTHER_DOCUMENT, "v1"),
        ),
        (
            Step::SetDefaultPolicyVersion {
                policy: p(),
                version: v(2),
            },
            "GetPolicy",
            policy(DOCUMENT, "v2"),
            policy(DOCUMENT, "v1"),
        ),
        (
            Step::DeletePolicyVersion {
                policy: p(),
                version: v(1),
            },
            "ListPolicyVersions",
            versions(&["v2"]),
            versions(&["v2", "v1"]),
        ),
        (
            Step::DeletePolicy { policy: p() },
            "GetPolicy",
            no_policy(),
            policy(DOCUMENT, "v1"),
        ),
        (
            attach(),
            "ListPoliciesForRole",
            attached(&["P"]),
            attached(&["Q"]),
        ),
        (
            detach(),
            "ListPoliciesForRole",
            attached(&["Q"]),
            attached(&["P"]),
        ),
        (
            Step::TagRole {
                role: r(),
                tags: tag.clone(),
            },
            "ListTagResources",
            tags("role", "R", &[("k", "v"), ("z", "z")]),
            tags("role", "R", &[("k", "old")]),
        ),
        (
            Step::TagPolicy {
                policy: p(),
                tags: tag,
            },
            "ListTagResources",
            tags("policy", "P", &[("k", "v")]),
            tags("policy", "P", &[]),
        ),
    ]
}

fn losses() -> Vec<Reply> {
    vec![
        lost(),
        timed_out(),
        truncated(),
        error(500, "InternalError"),
        body(502, "text/html", "<html>"),
        body(200, "text/html", "<html>"),
        body(200, "application/json", "{"),
        error(400, "SignatureNonceUsed"),
    ]
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_a_write_that_landed_is_settled_by_one_read() {
    for (step, read, landed, _) in every_step() {
        for loss in losses() {
            let fake = Fake::default()
                .on(step.operation(), [loss])
                .on(read, [landed.clone()]);
            let written = client(&fake).write(&step).await.unwrap();
            let version = matches!(step, Step::CreatePolicyVersion { .. }).then(|| v(2));
            assert_eq!(written, Written::ByUs(version), "{step:?}");
            assert_eq!(fake.operations(), [step.operation(), read]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_did_not_land_is_sent_again_after_looking() {
    for (step, read, _, before) in every_step() {
        for loss in [lost(), error(500, "InternalError")] {
            let fake = Fake::default()
                .on(step.operation(), [loss, done()])
                .on(read, [before.clone()]);
            assert!(
                matches!(client(&fake).write(&step).await, Ok(Written::ByUs(_))),
                "{step:?}"
            );
            let operations = fake.operations();
            assert_eq!(fake.count(step.operation()), 2);
            assert_eq!(operations[1], read, "{step:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_version_is_sent_again_after_five_seconds_of_reading_back_and_never_after_a_time_out() {
    let before = policy(OTHER_DOCUMENT, "v1");
    let fake = Fake::default()
        .on("CreatePolicyVersion", [lost(), done()])
        .on("GetPolicy", [before.clone()]);
    let start = Instant::now();
    client(&fake).write(&create_version()).await.unwrap();
    let took = start.elapsed().as_secs_f64();
    assert!((2.0..6.0).contains(&took), "{took}");

    let fake = Fake::default()
        .on("CreatePolicyVersion", [timed_out()])
        .on("GetPolicy", [before.clone()]);
    let start = Instant::now();
    let failed = client(&fake).write(&create_version()).await.unwrap_err();
    assert_eq!(failed.kind, AccountErrorKind::OutcomeUnknown);
    assert_eq!(fake.count("CreatePolicyVersion"), 1);
    // The last word comes after half a minute of reading back.
    assert!(start.elapsed() > Duration::from_secs(30 + 26));

    // It lands while we look.
    let fake = Fake::default().on("CreatePolicyVersion", [timed_out()]).on(
        "GetPolicy",
        [before.clone(), before, policy(DOCUMENT, "v2")],
    );
    let written = client(&fake).write(&create_version()).await.unwrap();
    assert_eq!(written, Written::ByUs(Some(v(2))));
    assert_eq!(fake.count("CreatePolicyVersion"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_version_that_finds_no_room_after_a_loss_is_read_back_until_it_shows() {
    let full = error(409, "LimitExceeded.Policy.Version");
    let before = policy(OTHER_DOCUMENT, "v1");
    let mut reads = vec![before.clone(); 20];
    reads.push(policy(DOCUMENT, "v5"));
    let fake = Fake::default()
        .on("CreatePolicyVersion", [lost(), full.clone()])
        .on("GetPolicy", reads);
    let written = client(&fake).write(&create_version()).await.unwrap();
    assert_eq!(written, Written::ByUs(Some(v(5))));
    assert_eq!(fake.count("CreatePolicyVersion"), 2);

    let fake = Fake::default()
        .on("CreatePolicyVersion", [lost(), full])
        .on("GetPolicy", [before]);
    let failed = client(&fake).write(&create_version()).await.unwrap_err();
    assert_eq!(failed.kind, AccountErrorKind::OutcomeUnknown);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_claimed_when_reading_back_fails() {
    for (step, read, ..) in every_step() {
        let fake = Fake::default()
            .on(step.operation(), [lost()])
            .on(read, [error(403, "NoPermission")]);
        let failed = client(&fake).write(&step).await.unwrap_err();
        assert_eq!(failed.kind, AccountErrorKind::OutcomeUnknown, "{step:?}");
        assert!(failed.message.contains("NoPermission"), "{failed}");
        assert_eq!(fake.count(step.operation()), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_never_gets_an_answer_ends_as_unknown() {
    for (step, read, _, before) in every_step() {
        let fake = Fake::default()
            .on(step.operation(), [lost()])
            .on(read, [before]);
        let failed = client(&fake).write(&step).await.unwrap_err();
        assert_eq!(failed.kind, AccountErrorKind::OutcomeUnknown, "{step:?}");
        assert!(fake.count(step.operation()) <= 6);
        assert_eq!(failed.attempts as usize, fake.count(step.operation()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_after_a_lost_try_is_no_proof_of_failure() {
    for (step, read, landed, before) in every_step() {
        let script = |after: Reply| {
            Fake::default()
                .on(step.operation(), [lost(), error(403, "NoPermission")])
                .on(read, [before.clone(), after])
        };
        // A version takes a while of looking before it is sent again, so its look is longer.
        if matches!(step, Step::CreatePolicyVersion { .. }) {
            continue;
        }
        let fake = script(landed);
        assert!(
            matches!(client(&fake).write(&step).await, Ok(Written::ByUs(_))),
            "{step:?}"
        );
        let fake = script(before.clone());
        let failed = client(&fake).write(&step).await.unwrap_err();
        assert_eq!(failed.kind, AccountErrorKind::OutcomeUnknown);
        assert_eq!(failed.code.as_deref(), Some("NoPermission"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_plain_refusal_is_an_error_at_once() {
    for (step, ..) in every_step() {
        for (refusal, kind) in [
            (error(403, "NoPermission"), AccountErrorKind::Denied),
            (
                error(400, "MalformedPolicyDocument"),
                AccountErrorKind::Rejected,
            ),
            (
                error(409, "LimitExceeded.Role"),
                AccountErrorKind::LimitExceeded,
            ),
            (body(302, "text/html", ""), AccountErrorKind::BadAnswer),
        ] {
            let fake = Fake::default().on(step.operation(), [refusal]);
            let failed = client(&fake).write(&step).await.unwrap_err();
            assert_eq!(failed.kind, kind);
            assert_eq!(fake.operations().len(), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn throttled_and_unsent_writes_are_repeated_without_looking() {
    for (step, ..) in every_step() {
        let replies = [error(400, "Throttling.User"), refused(), done()];
        let fake = Fake::default().on(step.operation(), replies);
        client(&fake).write(&step).await.unwrap();
        assert_eq!(fake.operations().len(), 3);
    }
}

async fn write_all(fake: &Fake, steps: &[Step]) -> Vec<Result<Written, AccountError>> {
    let client = client(fake);
    let mut results = Vec::new();
    for step in steps {
        results.push(client.write(step).await);
    }
    results
}

#[tokio::test(start_paused = true)]
async fn what_exists_and_means_the_same_is_adopted() {
    for (step, code, read, same, other) in [
        (
            create_role(),
            "EntityAlreadyExists.Role",
            "GetRole",
            role(TRUST_AGAIN),
            role(OTHER_TRUST),
        ),
        (
            create_policy(),
            "EntityAlreadyExists.Policy",
            "GetPolicy",
            policy(DOCUMENT, "v3"),
            policy(OTHER_DOCUMENT, "v1"),
        ),
    ] {
        let fake = Fake::default()
            .on(step.operation(), [error(409, code)])
            .on(read, [same]);
        assert_eq!(client(&fake).write(&step).await.unwrap(), Written::Already);
        let fake = Fake::default()
            .on(step.operation(), [error(409, code)])
            .on(read, [other]);
        let failed = client(&fake).write(&step).await.unwrap_err();
        assert_eq!(failed.kind, AccountErrorKind::AlreadyExists);
        assert!(
            failed.message.starts_with("it exists with another "),
            "{failed}"
        );
        assert_eq!(fake.count(step.operation()), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn what_exists_but_does_not_show_yet_is_waited_for() {
    let absent = || error(404, "EntityNotExist.Role");
    let fake = Fake::default()
        .on(
            "CreateRole",
            [lost(), error(409, "EntityAlreadyExists.Role")],
        )
        .on("GetRole", [absent(), absent(), role(TRUST)]);
    let written = client(&fake).write(&create_role()).await.unwrap();
    assert_eq!(written, Written::ByUs(None));

    let fake = Fake::default()
        .on("CreateRole", [error(409, "EntityAlreadyExists.Role")])
        .on("GetRole", [absent()]);
    let start = Instant::now();
    let failed = client(&fake).write(&create_role()).await.unwrap_err();
    assert_eq!(failed.kind, AccountErrorKind::AlreadyExists);
    assert!(start.elapsed() <= Duration::from_secs(30));
    assert!(fake.count("GetRole") > 10);
}

#[tokio::test(start_paused = true)]
async fn already_attached_counts_after_a_look() {
    let exists = error(409, "EntityAlreadyExists.Role.Policy");
    let fake = Fake::default()
        .on("AttachPolicyToRole", [exists])
        .on("ListPoliciesForRole", [attached(&[]), attached(&["p"])]);
    assert_eq!(
        client(&fake).write(&attach()).await.unwrap(),
        Written::Already
    );
    assert_eq!(fake.count("AttachPolicyToRole"), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_already_counts_after_a_look() {
    for (step, code, read, gone) in [
        (
            detach(),
            "EntityNotExist.Role.Policy",
            "ListPoliciesForRole",
            attached(&["Q"]),
        ),
        (
            detach(),
            "EntityNotExist.Role",
            "ListPoliciesForRole",
            error(404, "EntityNotExist.Role"),
        ),
        (
            Step::DeleteRole { role: r() },
            "EntityNotExist.Role",
            "GetRole",
            error(404, "EntityNotExist.Role"),
        ),
        (
            Step::DeletePolicy { policy: p() },
            "EntityNotExist.Policy",
            "GetPolicy",
            error(404, "EntityNotExist.Policy"),
        ),
        (
            Step::DeletePolicyVersion {
                policy: p(),
                version: v(1),
            },
            "EntityNotExist.Policy.Version",
            "ListPolicyVersions",
            versions(&["v2"]),
        ),
    ] {
        let fake = Fake::default()
            .on(step.operation(), [error(404, code)])
            .on(read, [gone]);
        assert_eq!(
            client(&fake).write(&step).await.unwrap(),
            Written::Already,
            "{step:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn attaching_waits_for_what_this_run_made_and_for_nothing_else() {
    let missing = || error(404, "EntityNotExist.Role");
    let script = || {
        Fake::default().on("CreateRole", [done()]).on(
            "AttachPolicyToRole",
            [missing(), missing(), missing(), done()],
        )
    };
    let fake = script();
    let results = write_all(&fake, &[create_role(), attach()]).await;
    assert_eq!(results, [Ok(Written::ByUs(None)), Ok(Written::ByUs(None))]);

    let fake = script();
    let failed = client(&fake).write(&attach()).await.unwrap_err();
    assert_eq!(failed.kind, AccountErrorKind::NotFound);
    assert_eq!(fake.operations().len(), 1);

    let fake = Fake::default()
        .on("CreatePolicy", [done()])
        .on("AttachPolicyToRole", [error(404, "EntityNotExist.Policy")]);
    let start = Instant::now();
    let results = write_all(&fake, &[create_policy(), attach()]).await;
    assert_eq!(
        results[1].as_ref().unwrap_err().kind,
        AccountErrorKind::NotFound
    );
    let took = start.elapsed();
    assert!(
        took > Duration::from_secs(26) && took <= Duration::from_secs(30),
        "{took:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn deleting_a_role_waits_for_our_own_detaching_but_not_for_others() {
    let conflict = || error(409, "DeleteConflict.Role.Policy");
    let delete = Step::DeleteRole { role: r() };
    let fake = Fake::default()
        .on("DetachPolicyFromRole", [done()])
        .on("DeleteRole", [conflict(), conflict(), done()])
        .on("ListPoliciesForRole", [attached(&["P"]), attached(&[])]);
    let results = write_all(&fake, &[detach(), delete.clone()]).await;
    assert_eq!(results[1], Ok(Written::ByUs(None)));
    assert_eq!(fake.count("DeleteRole"), 3);

    let fake = Fake::default()
        .on("DetachPolicyFromRole", [done()])
        .on("DeleteRole", [conflict()])
        .on("ListPoliciesForRole", [attached(&["P", "Rival"])]);
    let results = write_all(&fake, &[detach(), delete]).await;
    let failed = results[1].as_ref().unwrap_err();
    assert_eq!(failed.kind, AccountErrorKind::Conflict);
    assert!(
        failed.message.ends_with("(still there: custom:Rival)"),
        "{failed}"
    );
    assert_eq!(fake.count("DeleteRole"), 1);
}

#[tokio::test(start_paused = true)]
async fn deleting_a_policy_names_who_still_holds_it() {
    let delete = Step::DeletePolicy { policy: p() };
    let drop_version = Step::DeletePolicyVersion {
        policy: p(),
        version: v(1),
    };
    let fake = Fake::default()
        .on("DeletePolicyVersion", [done()])
        .on("DetachPolicyFromRole", [done()])
        .on(
            "DeletePolicy",
            [error(409, "DeleteConflict.Policy.Version"), done()],
        )
        .on("ListEntitiesForPolicy", [held_by_roles(&["r"])])
        .on("ListPolicyVersions", [versions(&["v2", "v1"])]);
    let results = write_all(&fake, &[detach(), drop_version, delete.clone()]).await;
    assert_eq!(results[2], Ok(Written::ByUs(None)));

    let fake = Fake::default()
        .on("DeletePolicy", [error(409, "DeleteConflict.Role.Policy")])
        .on("ListEntitiesForPolicy", [held_by_roles(&["r"])])
        .on("ListPolicyVersions", [versions(&["v2", "v1"])]);
    let failed = client(&fake).write(&delete).await.unwrap_err();
    assert!(
        failed
            .message
            .ends_with("(still there: role/r, version v1)"),
        "{failed}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_version_just_dropped_or_made_is_given_time_to_show() {
    let drop_version = Step::DeletePolicyVersion {
        policy: p(),
        version: v(1),
    };
    let full = error(409, "LimitExceeded.Policy.Version");
    let fake = Fake::default()
        .on("DeletePolicyVersion", [done()])
        .on("CreatePolicyVersion", [full.clone(), done()]);
    let results = write_all(&fake, &[drop_version.clone(), create_version()]).await;
    assert!(results[1].is_ok());

    let fake = Fake::default().on("CreatePolicyVersion", [full]);
    let failed = client(&fake).write(&create_version()).await.unwrap_err();
    assert_eq!(failed.kind, AccountErrorKind::LimitExceeded);

    let in_force = error(409, "DeleteConflict.Policy.Version.Default");
    let fake = Fake::default()
        .on("CreatePolicyVersion", [done()])
        .on("DeletePolicyVersion", [in_force.clone(), done()]);
    let results = write_all(&fake, &[create_version(), drop_version.clone()]).await;
    assert!(results[1].is_ok());

    let fake = Fake::default().on("DeletePolicyVersion", [in_force]);
    let failed = client(&fake).write(&drop_version).await.unwrap_err();
    assert_eq!(failed.kind, AccountErrorKind::Conflict);
}

#[tokio::test(start_paused = true)]
async fn a_new_versions_number_is_reported() {
    let made =
        ok(serde_json::json!({"PolicyVersion": {"VersionId": "v4", "IsDefaultVersion": true}}));
    let fake = Fake::default().on("CreatePolicyVersion", [made]);
    let written = client(&fake).write(&create_version()).await.unwrap();
    assert_eq!(written, Written::ByUs(Some(v(4))));
}

/// The client can be shared by tasks.
#[tokio::test(start_paused = true)]
async fn reads_go_out_together() {
    let fake = Fake::default()
        .on("GetRole", [role(TRUST).after(50)])
        .on("ListPoliciesForRole", [attached(&[]).after(50)])
        .on("GetPolicy", [policy(DOCUMENT, "v1").after(50)]);
    let client = std::sync::Arc::new(client(&fake));
    let start = Instant::now();
    let shared = client.clone();
    let task = tokio::spawn(async move { shared.role(&r()).await.map(|_| ()) });
    let custom = PolicyRef::custom(p());
    let name = r();
    let (one, two) = tokio::join!(client.attachments(&name), client.policy(&custom));
    one.unwrap();
    two.unwrap();
    task.await.unwrap().unwrap();
    assert_eq!(start.elapsed(), Duration::from_millis(50));
}
