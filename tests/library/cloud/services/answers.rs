//! What a service, or something in its place, may answer, and what must not come of it.

use export_iam::account::AccountErrorKind as Kind;
use export_iam::cloud::hint::hint;
use export_iam::cloud::rpc::transport::TransportErrorKind as Broken;
use export_iam::model::{AccountId, ControlPolicy, ControlTarget, DryRun, ExportRequest, RoleName};
use export_iam::services::{ExportImages, ReadServices};
use serde_json::json;

use super::script::{Answer, SECRET, Script, TOKEN, broken, oss, rpc};

const INFO: &str = "<BucketInfo><Bucket><Name>my-bucket</Name><Location>oss-cn-beijing</Location>\
    <StorageClass>Standard</StorageClass><Owner><ID>42</ID><DisplayName>x</DisplayName></Owner>\
    <ServerSideEncryptionRule><SSEAlgorithm>None</SSEAlgorithm></ServerSideEncryptionRule>\
    <BucketPolicy><LogBucket/><LogPrefix/></BucketPolicy><New><Deep/></New></Bucket></BucketInfo>";

fn elsewhere(endpoint: &str) -> Answer {
    oss(
        403,
        &format!(
            "<Error><Code>AccessDenied</Code><Message>The bucket you are attempting to access must be addressed using \
             the specified endpoint.</Message><Endpoint>{endpoint}</Endpoint></Error>"
        ),
    )
}

fn request() -> ExportRequest {
    ExportRequest {
        region: "cn-hangzhou".to_owned(),
        image: "m-1".to_owned(),
        bucket: "my-bucket".to_owned(),
        prefix: None,
        format: None,
        role: None,
    }
}

#[tokio::test]
async fn a_redirect_is_followed_once_and_only_to_a_region_of_oss() {
    let script = Script::of([elsewhere("oss-cn-beijing.aliyuncs.com"), oss(200, "{}")]);
    let policy = script
        .client()
        .bucket_policy("cn-hangzhou", "my-bucket")
        .await;
    assert_eq!(policy.unwrap().as_deref(), Some("{}"));
    assert_eq!(
        script.hosts(),
        [
            "my-bucket.oss-cn-hangzhou.aliyuncs.com",
            "my-bucket.oss-cn-beijing.aliyuncs.com"
        ]
    );
    for host in [
        "evil.test",
        "oss-cn-beijing.aliyuncs.com.evil.test",
        "oss-cn-beijing@evil.test",
        "oss-evil.test/.aliyuncs.com",
        "127.0.0.1",
    ] {
        let script = Script::of([elsewhere(host)]);
        let error = script
            .client()
            .bucket_policy("cn-hangzhou", "my-bucket")
            .await;
        let error = error.unwrap_err();
        assert_eq!(
            script.hosts(),
            ["my-bucket.oss-cn-hangzhou.aliyuncs.com"],
            "{host}"
        );
        assert!(
            hint(&error).unwrap().contains("nothing was sent there"),
            "{host}"
        );
    }
    // Two that point at each other, and one that points at itself.
    let script = Script::of([
        elsewhere("oss-cn-beijing.aliyuncs.com"),
        elsewhere("oss-cn-hangzhou.aliyuncs.com"),
    ]);
    script
        .client()
        .bucket_policy("cn-hangzhou", "my-bucket")
        .await
        .unwrap_err();
    assert_eq!(script.sent().len(), 2);
    let script = Script::of([elsewhere("oss-cn-hangzhou.aliyuncs.com")]);
    script
        .client()
        .bucket_policy("cn-hangzhou", "my-bucket")
        .await
        .unwrap_err();
    assert_eq!(script.sent().len(), 1);
}

/// A redirect of HTTP itself is an answer like any other.
#[tokio::test]
async fn a_location_header_is_not_followed() {
    let mut answer = oss(301, "").unwrap();
    answer
        .headers
        .push(("location".to_owned(), "https://evil.test/".to_owned()));
    let script = Script::of([Ok(answer)]);
    let error = script
        .client()
        .bucket_policy("cn-hangzhou", "my-bucket")
        .await;
    assert_eq!(error.unwrap_err().kind, Kind::BadAnswer);
    assert_eq!(script.sent().len(), 1);
}

#[tokio::test]
async fn names_that_would_lead_elsewhere_are_not_sent() {
    let script = Script::of([oss(200, "{}")]);
    let client = script.client();
    for bucket in [
        "evil.test/",
        "a@b",
        "",
        "A-Bucket",
        "ab",
        "my bucket",
        "x.evil",
        "-ab",
        "a#b",
    ] {
        let error = client
            .bucket_policy("cn-hangzhou", bucket)
            .await
            .unwrap_err();
        assert_eq!(error.kind, Kind::Rejected, "{bucket}");
    }
    for region in ["evil.test/", "", "cn-hangzhou.evil", "a@b", "CN"] {
        let error = client.bucket(region, "my-bucket").await.unwrap_err();
        assert_eq!(error.kind, Kind::Rejected, "{region}");
    }
    for key in ["../x", "a/..", "a/./b", "."] {
        let error = client
            .object("cn-hangzhou", "my-bucket", key)
            .await
            .unwrap_err();
        assert_eq!(error.kind, Kind::Rejected, "{key}");
        let life = std::time::Duration::from_secs(60);
        let link = client
            .presigned_url("cn-hangzhou", "my-bucket", key, life)
            .await;
        assert!(link.is_err(), "{key}");
    }
    assert_eq!(script.sent().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_a_bucket_is_not_taken_for_one() {
    for (body, says) in [
        ("", "not the service's"),
        (
            "<BucketInfo><Bucket><Name>my-bucket</Name>",
            "not the service's",
        ),
        ("not XML", "not the service's"),
        ("<html><body>login</body></html>", "cannot be read"),
        (
            "<BucketInfo><Bucket><Name>my-bucket</Name></Bucket></BucketInfo>",
            "cannot be read",
        ),
        (&INFO.replace("my-bucket", "another"), "another bucket"),
        (
            &INFO.replace("oss-cn-beijing", "evil.test"),
            "`Location` is no region",
        ),
    ] {
        let script = Script::of([oss(200, body)]);
        let error = script
            .client()
            .bucket("cn-hangzhou", "my-bucket")
            .await
            .unwrap_err();
        assert_eq!(error.kind, Kind::BadAnswer, "{body}");
        assert!(error.message.contains(says), "{body}: {error}");
    }
    // The same without the header that every answer of OSS has.
    let script = Script::of([rpc(200, INFO)]);
    let error = script
        .client()
        .bucket("cn-hangzhou", "my-bucket")
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::BadAnswer);
    let script = Script::of([oss(200, INFO)]);
    let bucket = script
        .client()
        .bucket("cn-hangzhou", "my-bucket")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (bucket.region.as_str(), bucket.owner.as_str()),
        ("cn-beijing", "42")
    );
    assert_eq!(bucket.encryption, None);
}

/// An entity that grows stays unread, and nesting without end is refused.
#[tokio::test(start_paused = true)]
async fn documents_made_to_hurt_are_refused() {
    let bomb = format!(
        "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>{}",
        INFO.replace("<StorageClass>Standard", "<StorageClass>&b;")
    );
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let unknown = INFO.replace(
        "<New><Deep/></New>",
        &format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000)),
    );
    for body in [bomb, deep] {
        let script = Script::of([oss(200, &body)]);
        script
            .client()
            .bucket("cn-hangzhou", "my-bucket")
            .await
            .unwrap_err();
    }
    let script = Script::of([oss(200, &unknown)]);
    assert!(
        script
            .client()
            .bucket("cn-hangzhou", "my-bucket")
            .await
            .unwrap()
            .is_some()
    );
    let script = Script::of([broken(Broken::TooLarge)]);
    let error = script
        .client()
        .objects("cn-hangzhou", "my-bucket", "x")
        .await
        .unwrap_err();
    assert_eq!((error.kind, script.sent().len()), (Kind::BadAnswer, 1));
}

#[tokio::test]
async fn a_list_that_lies_is_no_list() {
    let list = |more: &str| {
        oss(
            200,
            &format!("<ListBucketResult><Name>my-bucket</Name>{more}</ListBucketResult>"),
        )
    };
    for more in [
        // Cut, without saying where it goes on.
        "<IsTruncated>true</IsTruncated>",
        // Never ends.
        "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>",
        // A key that was not asked for.
        "<IsTruncated>false</IsTruncated><Contents><Key>other</Key><Size>1</Size></Contents>",
        "<IsTruncated>false</IsTruncated><Contents><Key>pre_a</Key><Size>-1</Size></Contents>",
        "<IsTruncated>false</IsTruncated><EncodingType>url</EncodingType><Contents><Key>pre_%ff</Key>\
         <Size>1</Size></Contents>",
        "",
    ] {
        let script = Script::of([list(more)]);
        let error = script
            .client()
            .objects("cn-hangzhou", "my-bucket", "pre_")
            .await;
        assert_eq!(error.unwrap_err().kind, Kind::BadAnswer, "{more}");
        assert!(script.sent().len() <= 2, "{more}");
    }
    let empty = Script::of([list("<IsTruncated>false</IsTruncated>")]);
    let found = empty
        .client()
        .objects("cn-hangzhou", "my-bucket", "pre_")
        .await;
    assert_eq!(found.unwrap(), []);
}

/// `HEAD` has no body. Without the header that says why, a 404 is not "absent".
#[tokio::test]
async fn a_head_without_a_reason_is_not_absence() {
    let script = Script::of([oss(404, "")]);
    let error = script
        .client()
        .object("cn-hangzhou", "my-bucket", "k")
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::BadAnswer);
    let with = |text: &str| {
        use base64::Engine;
        let mut answer = oss(404, "").unwrap();
        let text = base64::engine::general_purpose::STANDARD.encode(text);
        answer.headers.push(("x-oss-err".to_owned(), text));
        Script::of([Ok(answer)])
    };
    let absent = with("<Error><Code>NoSuchKey</Code><Message>m</Message></Error>");
    let found = absent
        .client()
        .object("cn-hangzhou", "my-bucket", "k")
        .await;
    assert_eq!(found.unwrap(), None);
    let odd = with("no XML");
    let error = odd.client().object("cn-hangzhou", "my-bucket", "k").await;
    assert_eq!(error.unwrap_err().kind, Kind::BadAnswer);
    // No length, no size.
    let script = Script::of([oss(200, "")]);
    let error = script
        .client()
        .object("cn-hangzhou", "my-bucket", "k")
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::BadAnswer);
}

/// The service quotes what it was sent; the token in it must not be shown.
#[tokio::test]
async fn nothing_secret_of_a_refusal_is_shown() {
    let encoded = "CanaryTokenK3v8W5%2B%2F%3D";
    let body = format!(
        "<Error><Code>SignatureDoesNotMatch</Code><Message>{TOKEN} {encoded} {SECRET}\u{1b}[31m</Message>\
         <StringToSign>{TOKEN}</StringToSign><RequestId>r</RequestId></Error>"
    );
    let script = Script::of([oss(403, &body)]);
    let error = script
        .client()
        .bucket_policy("cn-hangzhou", "my-bucket")
        .await
        .unwrap_err();
    let body = format!(
        "<Error><Code>AccessDenied</Code><Message>{TOKEN} {encoded} {SECRET}</Message></Error>"
    );
    let script = Script::of([oss(403, &body)]);
    let denied = script
        .client()
        .bucket_policy("cn-hangzhou", "my-bucket")
        .await
        .unwrap_err();
    assert_eq!(
        hint(&denied).unwrap(),
        "allow the caller `oss:GetBucketPolicy`"
    );
    for shown in [format!("{error:?} {error}"), format!("{denied:?} {denied}")] {
        assert!(!shown.contains("Canary"), "{shown}");
        assert!(!shown.contains('\u{1b}'), "{shown}");
    }
}

#[tokio::test]
async fn an_unknown_region_is_looked_up_and_led_nowhere_else() {
    let regions = rpc(
        200,
        r#"{"RequestId":"r","Regions":{"Region":[
            {"RegionId":"xx-new-1","RegionEndpoint":"ecs.xx-new-1.aliyuncs.com"},
            {"RegionId":"xx-evil-1","RegionEndpoint":"ecs.evil.test"},
            {"RegionId":"xx-evil-2","RegionEndpoint":"evil.test/x.aliyuncs.com"}]}}"#,
    );
    let images = rpc(200, r#"{"RequestId":"r","Images":{"Image":[]}}"#);
    let script = Script::of([regions, images]);
    let client = script.client();
    assert_eq!(client.image("xx-new-1", "m-1").await.unwrap(), None);
    for region in ["xx-evil-1", "xx-evil-2", "xx-none-1"] {
        let error = client.image(region, "m-1").await.unwrap_err();
        assert!(error.message.contains("ECS has no region"), "{error}");
    }
    assert_eq!(
        script.hosts(),
        [
            "ecs-cn-hangzhou.aliyuncs.com",
            "ecs.xx-new-1.aliyuncs.com",
            "ecs.xx-new-1.aliyuncs.com"
        ]
    );
}

/// The one call that must not be made twice.
#[tokio::test(start_paused = true)]
async fn an_export_whose_fate_is_unknown_is_never_sent_again() {
    for answer in [
        broken(Broken::Interrupted),
        broken(Broken::TimedOut),
        broken(Broken::Truncated),
        broken(Broken::TooLarge),
        rpc(200, "<html>"),
        rpc(200, r#"{"RequestId":"r"}"#),
        rpc(200, r#"{"RequestId":"r","TaskId":""}"#),
        rpc(
            500,
            r#"{"RequestId":"r","Code":"InternalError","Message":"m"}"#,
        ),
        rpc(503, "<html>"),
        rpc(
            400,
            r#"{"RequestId":"r","Code":"SignatureNonceUsed","Message":"m"}"#,
        ),
    ] {
        let script = Script::of([answer.clone()]);
        let error = script.client().start(&request()).await.unwrap_err();
        assert_eq!(error.kind, Kind::OutcomeUnknown, "{answer:?}");
        assert_eq!(script.sent().len(), 1, "{answer:?}");
        // Nor is a dry run, whose flag an old endpoint may not know.
        let script = Script::of([answer]);
        let _ = script.client().dry_run(&request()).await;
        assert_eq!(script.sent().len(), 1);
    }
    for (answer, tries) in [
        (
            rpc(
                403,
                r#"{"RequestId":"r","Code":"ImageIsExporting","Message":"m"}"#,
            ),
            1,
        ),
        (
            rpc(
                400,
                r#"{"RequestId":"r","Code":"Throttling.User","Message":"m"}"#,
            ),
            8,
        ),
    ] {
        let script = Script::of([answer]);
        let error = script.client().start(&request()).await.unwrap_err();
        assert_ne!(error.kind, Kind::OutcomeUnknown);
        assert_eq!(script.sent().len(), tries);
    }
    let old = Script::of([rpc(200, r#"{"RequestId":"r","ExportTaskId":"tsk-1"}"#)]);
    assert_eq!(old.client().start(&request()).await.unwrap(), "tsk-1");
    let empty = Script::of([rpc(200, r#"{"RequestId":"r"}"#)]);
    let passed = empty.client().dry_run(&request()).await.unwrap();
    assert_eq!(
        passed,
        DryRun::Passed {
            code: String::new()
        }
    );
}

#[tokio::test]
async fn tasks_are_read_in_every_shape_that_was_seen() {
    let list = rpc(
        200,
        r#"{"RequestId":"r","TotalCount":2,"TaskSet":[{"Task":[
            {"TaskId":"t-1","TaskAction":"EXPORT_IMAGE","TaskStatus":"Finished","SupportCancel":false,
             "CreationTime":"2026-01-01T00:00Z","FinishedTime":"2026-01-01T00:10Z"},
            {"TaskId":"t-2","TaskAction":"ExportImage","TaskStatus":"Odd","SupportCancel":"true","ResourceId":"m-1",
             "CreationTime":"2026-01-02T00:00Z"}]}]}"#,
    );
    let tasks = Script::of([list])
        .client()
        .tasks("cn-hangzhou")
        .await
        .unwrap();
    let ids: Vec<_> = tasks.iter().map(|task| task.id.as_str()).collect();
    assert_eq!(ids, ["t-2", "t-1"]);
    assert_eq!(tasks[0].resource.as_deref(), Some("m-1"));
    assert_eq!(
        (tasks[0].can_be_cancelled, tasks[1].can_be_cancelled),
        (Some(true), Some(false))
    );
    let one = rpc(
        200,
        r#"{"RequestId":"r","TaskId":"t-1","TaskStatus":"Waiting","FailedCount":"2","TaskProcess":"250%",
            "OperationProgressSet":{"OperationProgress":[{"OperationStatus":"Failed","ErrorCode":"E",
            "RelatedItemSet":{"RelatedItem":[{"Name":"OSSObject","Value":"k"},{"Name":"New","Value":"v"}]}},{}]}}"#,
    );
    let task = Script::of([one.clone()])
        .client()
        .task("cn-hangzhou", "t-1")
        .await;
    let task = task.unwrap().unwrap();
    assert_eq!(
        (task.failed_parts, task.percent, task.parts.len()),
        (2, Some(100), 2)
    );
    assert_eq!(task.parts[0].object.as_deref(), Some("k"));
    let other = Script::of([one])
        .client()
        .task("cn-hangzhou", "t-9")
        .await
        .unwrap_err();
    assert_eq!(other.kind, Kind::BadAnswer);
}

#[tokio::test]
async fn an_answer_about_another_image_or_role_is_not_taken() {
    let image = rpc(
        200,
        r#"{"RequestId":"r","Images":{"Image":[{"ImageId":"m-2","Status":"Available"}]}}"#,
    );
    let error = Script::of([image])
        .client()
        .image("cn-hangzhou", "m-1")
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::BadAnswer);
    let worn = rpc(
        200,
        r#"{"RequestId":"r","TotalCount":2,"InstanceRamRoleSets":{"InstanceRamRoleSet":[
            {"InstanceId":"i-1","RamRoleName":"other"},{"InstanceId":"i-2","RamRoleName":"Role"}]}}"#,
    );
    let role = RoleName::new("role").unwrap();
    let found = Script::of([worn])
        .client()
        .instances_with_role("cn-hangzhou", &role)
        .await;
    assert_eq!(found.unwrap(), ["i-2"]);
}

/// A page of instances of the role, numbered from `from`.
fn page(from: usize, count: usize, total: usize) -> Answer {
    let instances = (from..from + count)
        .map(|n| json!({ "InstanceId": format!("i-{n:04}"), "RamRoleName": "role" }));
    let instances: Vec<_> = instances.collect();
    let body = json!({ "RequestId": "r", "TotalCount": total,
        "InstanceRamRoleSets": { "InstanceRamRoleSet": instances } });
    rpc(200, &body.to_string())
}

#[tokio::test]
async fn a_list_in_numbered_pages_is_whole_or_an_error() {
    let role = RoleName::new("role").unwrap();
    let read = async |answers: Vec<Answer>| {
        let script = Script::of(answers);
        let found = script
            .client()
            .instances_with_role("cn-hangzhou", &role)
            .await;
        (found, script.sent().len())
    };
    let size = 50;
    // It grows by more than a page while it is read.
    let mut answers: Vec<Answer> = (0..20).map(|n| page(n * size, size, 20 * size)).collect();
    answers[19] = page(19 * size, size, 21 * size + 1);
    answers.extend([
        page(20 * size, size, 21 * size + 1),
        page(21 * size, 1, 21 * size + 1),
    ]);
    let (found, calls) = read(answers).await;
    let wanted: Vec<String> = (0..=21 * size).map(|n| format!("i-{n:04}")).collect();
    assert_eq!((found.unwrap(), calls), (wanted, 22));
    // It shrinks to less than was said.
    let (found, calls) = read(vec![
        page(0, size, 3 * size),
        page(size, 7, size + 7),
        page(0, 0, size + 7),
    ])
    .await;
    assert_eq!((found.unwrap().len(), calls), (size + 7, 3));
    // A page that has to be there is empty.
    let (found, calls) = read(vec![page(0, size, 100 * size), page(0, 0, 100 * size)]).await;
    let error = found.unwrap_err();
    assert_eq!(error.kind, Kind::BadAnswer);
    assert!(
        error.message.contains("ends before its last page"),
        "{error}"
    );
    assert!(calls < 12, "{calls}");
    // It has no end.
    let (found, calls) = read(vec![page(0, size, usize::MAX)]).await;
    assert!(found.unwrap_err().message.contains("the list does not end"));
    assert_eq!(calls, 1);
}

/// Source of the type: ResourceDirectoryMaster API 2022-04-19, `ListControlPolicyAttachmentsForTarget`.
#[tokio::test]
async fn control_policies_come_with_their_type_where_it_is_sent() {
    let account = AccountId::new("2000000000000001").unwrap();
    for (kind, is_of_resources) in [
        (json!({}), false),
        (
            json!({ "ControlPolicyType": "SERVICE_CONTROL_POLICY" }),
            false,
        ),
        (
            json!({ "ControlPolicyType": "RESOURCE_CONTROL_POLICY" }),
            true,
        ),
    ] {
        let mut attached = json!({ "PolicyId": "cp-1", "PolicyName": "guard" });
        let kind = kind.as_object().unwrap().clone();
        attached.as_object_mut().unwrap().extend(kind);
        let list = |attached: &[serde_json::Value]| json!({ "ControlPolicyAttachments": { "ControlPolicyAttachment": attached } });
        let member = json!({
            "AccountId": account.as_str(), "FolderId": "r-1", "ResourceDirectoryPath": "rd-1/r-1",
        });
        let answers = [
            json!({ "ResourceDirectory": { "RootFolderId": "r-1" } }),
            json!({ "TotalCount": 1, "Accounts": { "Account": [member] } }),
            list(&[attached]),
            json!({ "ControlPolicy": { "PolicyDocument": "{}" } }),
            list(&[]),
        ];
        let script = Script::of(answers.map(|mut answer| {
            answer["RequestId"] = json!("1");
            rpc(200, &answer.to_string())
        }));
        let found = script.client().control_policies(&account).await.unwrap();
        let wanted = ControlPolicy {
            name: "guard".to_owned(),
            is_of_resources,
            target: ControlTarget::Account,
            document: "{}".to_owned(),
        };
        assert_eq!(found, [wanted]);
    }
}
