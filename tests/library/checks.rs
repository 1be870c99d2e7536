//! The checks of one export: a world in which all pass, and one thing changed at a time.

use export_iam::model::{
    AccountId, Bucket, BucketName, ControlPolicy, ControlTarget, DryRun, DryRunAnswer, EXPORT_ROLE,
    ExportQuestion, Image, ImageDisk, ImageOperation, Layer, ObjectPrefix, ObservedServices,
    RegionId, RoleName,
};
use export_iam::policy::{PolicyDocument, TrustPolicy};
use export_iam::readiness::{
    Answer, Attached, Check, CheckAnswer, CheckKind, Facts, Question, Role, RoleTrust, answer_of,
    checks,
};

const ACCOUNT: &str = "1234567890123456";

/// Everything that is known of one export, to be changed.
pub(super) struct World {
    pub(super) role_name: RoleName,
    pub(super) trust: Option<TrustPolicy>,
    pub(super) policies: Vec<PolicyDocument>,
    pub(super) question: ExportQuestion,
    pub(super) observed: ObservedServices,
}

impl World {
    /// A world in which an export works.
    pub(super) fn at_rest() -> Self {
        let disk = |is_system: bool, device: &str| ImageDisk {
            is_system,
            device: device.to_owned(),
            size: Some(40),
            snapshot: Some("s-1".to_owned()),
            is_encrypted: Some(false),
        };
        let image = Image {
            id: "m-1".to_owned(),
            region: "cn-hangzhou".to_owned(),
            name: "app".to_owned(),
            owner_alias: "self".to_owned(),
            status: "Available".to_owned(),
            os_type: "linux".to_owned(),
            platform: "Ubuntu".to_owned(),
            disks: vec![disk(true, "/dev/xvda"), disk(false, "/dev/xvdb")],
            ..Image::default()
        };
        let bucket = Bucket {
            name: "exports-hz".to_owned(),
            region: "cn-hangzhou".to_owned(),
            owner: ACCOUNT.to_owned(),
            storage_class: "Standard".to_owned(),
            ..Bucket::default()
        };
        let everything =
            r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:*","Resource":"*"}]}"#;
        Self {
            role_name: RoleName::new(EXPORT_ROLE).unwrap(),
            trust: Some(TrustPolicy::for_service("ecs.aliyuncs.com")),
            policies: vec![PolicyDocument::parse(everything).unwrap()],
            question: ExportQuestion {
                region: Some(RegionId::new("cn-hangzhou").unwrap()),
                bucket: Some(BucketName::new("exports-hz").unwrap()),
                prefix: Some(ObjectPrefix::new("Nightly").unwrap()),
                image: Some("m-1".to_owned()),
                format: None,
            },
            observed: ObservedServices {
                image: Layer::Read(Some(image)),
                object: Layer::NotAsked,
                bucket: Layer::Read(Some(bucket)),
                is_locked: Layer::Read(false),
                bucket_policy: Layer::Read(None),
                control_policies: Layer::Read(Vec::new()),
                instances: Layer::Read(Vec::new()),
                dry_run: Layer::NotAsked,
            },
        }
    }

    pub(super) fn checks(&self) -> Vec<Check> {
        let attached: Vec<Attached<'_>> = self
            .policies
            .iter()
            .map(|document| Attached {
                name: "custom",
                document: Some(document),
            })
            .collect();
        let trust = self
            .trust
            .as_ref()
            .map_or(RoleTrust::Missing, RoleTrust::Policy);
        let made = checks(&Facts {
            account: &AccountId::new(ACCOUNT).unwrap(),
            role_name: &self.role_name,
            role: Layer::Read(Role {
                trust,
                attached: &attached,
                in_groups: &[],
            }),
            groups_not_read: None,
            extra: &[],
            question: Question::Export(&self.question),
            observed: &self.observed,
            now: Some("2026-11-28T12:00:00Z".parse().unwrap()),
        });
        let kinds: Vec<CheckKind> = made.iter().map(|check| check.kind).collect();
        let wanted: Vec<CheckKind> = CheckKind::of(ImageOperation::Export).collect();
        assert_eq!(kinds, wanted);
        for check in &made {
            let is_open = matches!(check.answer, CheckAnswer::Failed | CheckAnswer::Depends);
            assert!(!check.message.contains('\n'), "{check:?}");
            assert!(!is_open || check.settle.is_some(), "{check:?}");
            let has_error = is_open && check.kind != CheckKind::Instances;
            assert_eq!(check.error.is_some(), has_error, "{check:?}");
        }
        made
    }

    fn image(&mut self) -> &mut Image {
        match &mut self.observed.image {
            Layer::Read(Some(image)) => image,
            other => panic!("{other:?}"),
        }
    }

    fn bucket(&mut self) -> &mut Bucket {
        match &mut self.observed.bucket {
            Layer::Read(Some(bucket)) => bucket,
            other => panic!("{other:?}"),
        }
    }
}

/// What speaks against the export: each check, its answer, the error, and the message.
pub(super) fn trouble(checks: &[Check]) -> Vec<String> {
    let open = checks
        .iter()
        .filter(|check| matches!(check.answer, CheckAnswer::Failed | CheckAnswer::Depends));
    open.map(|check| {
        format!(
            "{} {} {}: {}",
            check.kind.as_str(),
            check.answer.as_str(),
            check.error.unwrap_or("-"),
            check.message
        )
    })
    .collect()
}

type Change = fn(&mut World);

/// What speaks against the export after one change.
fn after(change: impl FnOnce(&mut World)) -> Vec<String> {
    let mut world = World::at_rest();
    change(&mut world);
    trouble(&world.checks())
}

#[test]
fn at_rest_everything_passes() {
    let checks = World::at_rest().checks();
    assert_eq!(trouble(&checks), Vec::<String>::new());
    assert_eq!(answer_of(&checks), Answer::Ready);
}

#[test]
fn one_change_of_the_bucket_is_one_trouble() {
    assert_eq!(
        after(|world| world.observed.bucket = Layer::Read(None)),
        ["bucket failed InvalidOSSBucket.NotFound: there is no bucket exports-hz"]
    );
    assert_eq!(
        after(|world| world.bucket().region = "cn-beijing".to_owned()),
        [
            "bucket-region failed InvalidOSSBucket.NotFound: bucket exports-hz is in cn-beijing, not in cn-hangzhou, and ECS exports within one region only"
        ]
    );
    for (encryption, answer) in [("AES256", "depends"), ("KMS", "failed"), ("SM4", "failed")] {
        let told = after(|world| world.bucket().encryption = Some(encryption.to_owned()));
        let start =
            format!("bucket-encryption {answer} InvalidOSSBucket.EncryptUnsupported: bucket");
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with(&start), "{told:?}");
        assert!(
            told[0].contains("oss-bucket-server-side-encryption-enabled"),
            "{told:?}"
        );
    }
    let mut world = World::at_rest();
    world.bucket().storage_class = "ColdArchive".to_owned();
    world.observed.is_locked = Layer::Read(true);
    let checks = world.checks();
    assert_eq!(trouble(&checks), Vec::<String>::new());
    let told = &checks[3].message;
    assert!(
        told.contains("ColdArchive") && told.contains("retention policy"),
        "{told}"
    );
}

#[test]
fn one_change_of_the_image_is_one_trouble() {
    let cases: &[(Change, &str)] = &[
        (
            |world| world.observed.image = Layer::Read(None),
            "image failed InvalidImageId.NotFound: there is no image m-1 in cn-hangzhou",
        ),
        (
            |world| world.image().owner_alias = "others".to_owned(),
            "image failed InvalidImageCategory.NotSupported: image m-1 is not a custom image of this account: its ImageOwnerAlias is others",
        ),
        (
            |world| world.image().owner_alias = "marketplace".to_owned(),
            "image-origin failed ImageNotSupported: image m-1 comes from the Marketplace, which ExportImage refuses",
        ),
        (
            |world| world.image().product_code = "cmjj000001".to_owned(),
            "image-origin failed ImageNotSupported: image m-1 comes from the Marketplace, which ExportImage refuses",
        ),
        (
            |world| world.image().status = "Creating".to_owned(),
            "image-status failed IncorrectImageStatus: image m-1 is not available, its status is Creating",
        ),
        (
            |world| {
                world.image().status = "Creating".to_owned();
                world.image().usable = Some(true);
            },
            "image-status failed IncorrectImageStatus: image m-1 is not available, its status is Creating; instances can be started from it already, but only an available image can be exported",
        ),
        (
            |world| world.image().disks[1].size = Some(501),
            "image-disks failed InvalidImage.DiskAmountOrSize: data disk /dev/xvdb of image m-1 has 501 GiB, ExportImage takes 500 GiB",
        ),
        (
            |world| {
                let disk = world.image().disks[1].clone();
                world.image().disks.extend(std::iter::repeat_n(disk, 4));
            },
            "image-disks failed InvalidImage.DiskAmountOrSize: image m-1 has 5 data disks, ExportImage takes 4",
        ),
        (
            |world| world.image().disks[0].is_encrypted = Some(true),
            "image-encryption failed ImageNotSupported: the snapshot of disk /dev/xvda (s-1) of image m-1 is encrypted, which ExportImage refuses",
        ),
        (
            |world| world.image().disks[0].is_encrypted = None,
            "image-encryption depends ImageNotSupported: whether the snapshot of disk /dev/xvda (s-1) of image m-1 is encrypted was not sent",
        ),
        (
            |world| {
                world.image().os_type = "windows".to_owned();
                world.image().platform = "Windows Server 2022".to_owned();
            },
            "image-origin failed InvalidImageLicense.NotSupported: image m-1 is of Windows Server 2022, and images of Windows Server cannot be exported",
        ),
    ];
    for (change, told) in cases {
        assert_eq!(after(change), [*told]);
    }
    assert!(after(|world| world.image().disks[1].size = Some(500)).is_empty());
    assert!(after(|world| world.image().disks[0].size = Some(1000)).is_empty());
}

#[test]
fn a_format_is_offered_in_some_regions() {
    let format = |format: &str, region: &str| {
        after(|world| {
            world.question.format = Some(format.to_owned());
            world.question.region = Some(RegionId::new(region).unwrap());
            world.bucket().region = region.to_owned();
        })
    };
    assert!(format("raw", "cn-hangzhou").is_empty());
    assert!(format("qcow2", "ap-southeast-1").is_empty());
    assert_eq!(
        format("qcow2", "cn-hangzhou"),
        [
            "format depends InvalidImageFormat.RegionNotSupported: cn-hangzhou was not among the regions that offer qcow2 in April 2026"
        ]
    );
    assert_eq!(
        format("iso", "cn-hangzhou"),
        ["format failed InvalidImageFormat.Malformed: there is no image format iso"]
    );
}

#[test]
fn what_was_not_read_depends_and_what_was_not_asked_is_skipped() {
    let unread = |world: &mut World| {
        let why = || "denied".to_owned();
        world.observed.image = Layer::NotRead(why());
        world.observed.bucket = Layer::NotRead(why());
        world.observed.bucket_policy = Layer::NotRead(why());
        world.observed.control_policies = Layer::NotRead(why());
    };
    let told = after(unread);
    let kinds: Vec<&str> = told
        .iter()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(
        kinds,
        ["bucket", "bucket-policy", "control-policy", "image"]
    );
    assert!(
        told.iter()
            .all(|line| line.contains(" depends ") && line.ends_with("denied")),
        "{told:#?}"
    );
    let mut world = World::at_rest();
    world.observed = ObservedServices {
        image: Layer::NotAsked,
        object: Layer::NotAsked,
        bucket: Layer::NotAsked,
        is_locked: Layer::NotAsked,
        bucket_policy: Layer::NotAsked,
        control_policies: Layer::NotAsked,
        instances: Layer::NotAsked,
        dry_run: Layer::NotAsked,
    };
    let checks = world.checks();
    let skipped = checks
        .iter()
        .filter(|check| check.answer == CheckAnswer::Skipped)
        .count();
    assert_eq!(skipped, 12);
    assert_eq!(answer_of(&checks), Answer::Ready);
}

#[test]
fn a_dry_run_proves_what_it_proves() {
    let with = |answer: DryRunAnswer| {
        let mut world = World::at_rest();
        world.observed.dry_run = Layer::Read(answer);
        world.checks()
    };
    let passed = with(DryRunAnswer::Taken(DryRun::Passed {
        code: "DRYRUN.SUCCESS".to_owned(),
    }));
    assert!(trouble(&passed).is_empty());
    assert!(
        passed[16]
            .message
            .contains("whether it looked at role, bucket and image is not documented")
    );
    let refused = with(DryRunAnswer::Refused {
        code: "NoSetRoletoECSServiceAccount".to_owned(),
        message: "attach a role".to_owned(),
    });
    assert_eq!(
        trouble(&refused),
        [
            "dry-run failed NoSetRoletoECSServiceAcount: ExportImage refuses the dry run with NoSetRoletoECSServiceAccount: attach a role"
        ]
    );
    assert_eq!(answer_of(&refused), Answer::Blocked);
    let started = with(DryRunAnswer::Taken(DryRun::Started {
        task: "t-1".to_owned(),
    }));
    let settle = started[16].settle.as_deref();
    assert_eq!(
        settle,
        Some("aliyun ecs CancelTask --RegionId cn-hangzhou --TaskId t-1")
    );
}

#[test]
fn an_instance_that_wears_the_role_stops_no_export() {
    let mut world = World::at_rest();
    world.observed.instances = Layer::Read(vec!["i-1".to_owned(), "i-2".to_owned()]);
    let checks = world.checks();
    assert_eq!(checks[15].answer, CheckAnswer::Failed);
    assert!(checks[15].message.contains("i-1, i-2"));
    assert_eq!(answer_of(&checks), Answer::Ready);
}

#[test]
fn the_role_is_there_and_trusts_ecs() {
    assert_eq!(
        after(|world| world.trust = None),
        [format!(
            "role failed NoSetRoletoECSServiceAcount: role {EXPORT_ROLE} does not exist"
        )]
    );
    assert_eq!(
        after(|world| world.trust = Some(TrustPolicy::for_service("fc.aliyuncs.com"))),
        [format!(
            "trust failed NoSetRoletoECSServiceAcount: ecs.aliyuncs.com may not assume {EXPORT_ROLE}: not granted"
        )]
    );
    assert_eq!(
        after(|world| world.role_name = RoleName::new("other").unwrap()),
        [format!(
            "role depends NoSetRoletoECSServiceAcount: ExportImage must be told to use role other, and may take no role but {EXPORT_ROLE}"
        )]
    );
    assert_eq!(
        after(|world| world.policies.clear()).len(),
        1,
        "what is not granted is told once"
    );
}

/// A bucket policy of one statement, and a role with these policies.
fn with_bucket_policy(own: &[&str], statement: serde_json::Value) -> World {
    let mut world = World::at_rest();
    world.policies = own
        .iter()
        .map(|text| PolicyDocument::parse(text).unwrap())
        .collect();
    let policy = serde_json::json!({ "Version": "1", "Statement": [statement] });
    world.observed.bucket_policy = Layer::Read(Some(policy.to_string()));
    world
}

const EVERYTHING: &str =
    r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:*","Resource":"*"}]}"#;

#[test]
fn a_bucket_policy_grants_and_denies() {
    let session = format!("arn:sts::{ACCOUNT}:assumed-role/{EXPORT_ROLE}/*");
    let cases = [
        ("Allow", session.as_str(), &[][..], Answer::Ready),
        ("Deny", session.as_str(), &[EVERYTHING], Answer::Blocked),
        ("Deny", "2345678901234567", &[EVERYTHING], Answer::Ready),
        ("Allow", "2345678901234567", &[], Answer::Blocked),
        ("Deny", "*", &[EVERYTHING], Answer::Depends),
        ("Allow", "*", &[], Answer::Depends),
        ("Allow", "*", &[EVERYTHING], Answer::Ready),
        ("Deny", ACCOUNT, &[EVERYTHING], Answer::Depends),
    ];
    for (effect, principal, own, answer) in cases {
        let world = with_bucket_policy(
            own,
            serde_json::json!({ "Effect": effect, "Principal": [principal], "Action": "oss:*", "Resource": "acs:oss:*:*:exports-hz*" }),
        );
        let checks = world.checks();
        assert_eq!(
            answer_of(&checks),
            answer,
            "{effect} {principal}: {checks:#?}"
        );
    }
    let denied = with_bucket_policy(
        &[EVERYTHING],
        serde_json::json!({ "Effect": "Deny", "Principal": [session], "Action": "oss:Put*", "Resource": "acs:oss:*:*:exports-hz/*" }),
    );
    assert_eq!(
        trouble(&denied.checks()),
        [
            "bucket-policy failed InvalidOSS.NotAuthorized: oss:PutObject on bucket exports-hz: denied by statement 1 of the policy of bucket exports-hz"
        ]
    );
    let doubted = with_bucket_policy(
        &[EVERYTHING],
        serde_json::json!({ "Effect": "Deny", "Principal": ["*"], "Action": "oss:Put*", "Resource": "acs:oss:*:*:exports-hz/*" }),
    );
    assert_eq!(
        trouble(&doubted.checks()),
        [
            "bucket-policy depends InvalidOSS.NotAuthorized: oss:PutObject on bucket exports-hz: denied by statement 1 of the policy of bucket exports-hz if `*` without a condition means roles of the bucket's owner, which is not documented"
        ]
    );
}

#[test]
fn conditions_of_two_layers_are_met_in_one_request_or_not_at_all() {
    let secure = |value: &str| serde_json::json!({ "Bool": { "acs:SecureTransport": value } });
    let own = serde_json::json!({ "Version": "1", "Statement": [
        { "Effect": "Allow", "Action": "oss:*", "Resource": "*", "Condition": secure("false") }
    ] });
    let deny = |value: &str| serde_json::json!({ "Effect": "Deny", "Principal": ["*"], "Action": "oss:*", "Resource": "*", "Condition": secure(value) });
    let blocked = with_bucket_policy(&[&own.to_string()], deny("false"));
    let told = trouble(&blocked.checks());
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(
        told.iter()
            .all(|line| line.contains(" failed ") && line.contains("at once")),
        "{told:#?}"
    );
    let open = with_bucket_policy(&[&own.to_string()], deny("true"));
    assert_eq!(answer_of(&open.checks()), Answer::Depends);
}

#[test]
fn a_control_policy_denies_or_leaves_out() {
    let with = |documents: &[(&str, ControlTarget)]| {
        let mut world = World::at_rest();
        let policies = documents.iter().map(|(document, target)| ControlPolicy {
            name: "guard".to_owned(),
            is_of_resources: false,
            target: target.clone(),
            document: (*document).to_owned(),
        });
        world.observed.control_policies = Layer::Read(policies.collect());
        trouble(&world.checks())
    };
    let deny = r#"{"Version":"1","Statement":[{"Effect":"Deny","Action":"oss:DeleteObject","Resource":"*"}]}"#;
    let narrow =
        r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"ecs:*","Resource":"*"}]}"#;
    let folder = || ControlTarget::Folder("fd-1".to_owned());
    assert_eq!(
        with(&[(deny, folder())]),
        [
            "control-policy failed InvalidOSS.NotAuthorized: oss:DeleteObject on bucket exports-hz: denied by statement 1 of control policy guard on folder fd-1"
        ]
    );
    assert_eq!(with(&[(narrow, folder())]).len(), 1);
    assert!(with(&[(narrow, folder()), (EVERYTHING, folder())]).is_empty());
    assert_eq!(
        with(&[(narrow, folder()), (EVERYTHING, ControlTarget::Root)]).len(),
        1
    );
}

#[test]
fn a_resource_control_policy_allows_nothing_that_another_control_policy_leaves_out() {
    let policy = |is_of_resources, document: &str| ControlPolicy {
        name: "guard".to_owned(),
        is_of_resources,
        target: ControlTarget::Account,
        document: document.to_owned(),
    };
    let narrow =
        r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"ecs:*","Resource":"*"}]}"#;
    for of_everything in [false, true] {
        let mut world = World::at_rest();
        world.observed.control_policies = Layer::Read(vec![
            policy(of_everything, EVERYTHING),
            policy(!of_everything, narrow),
        ]);
        assert_eq!(answer_of(&world.checks()), Answer::Blocked);
        world.observed.control_policies = Layer::Read(vec![
            policy(of_everything, EVERYTHING),
            policy(of_everything, narrow),
        ]);
        assert_eq!(answer_of(&world.checks()), Answer::Ready);
    }
}

#[test]
fn a_policy_that_cannot_be_interpreted_leaves_the_answer_open_unless_another_denies() {
    let with_principal = r#"{"Version":"1","Statement":[{"Effect":"Deny","Principal":"*","Action":"oss:*","Resource":"*"}]}"#;
    let deny = r#"{"Version":"1","Statement":[{"Effect":"Deny","Action":"oss:PutObject","Resource":"*"}]}"#;
    let policy = |document: &str, target| ControlPolicy {
        name: "guard".to_owned(),
        is_of_resources: true,
        target,
        document: document.to_owned(),
    };
    let mut world = World::at_rest();
    let unclear = policy(with_principal, ControlTarget::Account);
    world.observed.control_policies = Layer::Read(vec![unclear.clone()]);
    let checks = world.checks();
    let told = trouble(&checks);
    let [told] = told.as_slice() else {
        panic!("{told:#?}");
    };
    assert!(
        told.starts_with("control-policy depends InvalidOSS.NotAuthorized: the 8 actions of an export on bucket exports-hz: depends on the document of resource control policy guard on the account, which cannot be interpreted: "),
        "{told}"
    );
    let settle = checks.iter().find_map(|check| check.settle.as_deref());
    assert_eq!(
        settle,
        Some("correct the document of resource control policy guard on the account")
    );
    let denied = policy(deny, ControlTarget::Root);
    world.observed.control_policies = Layer::Read(vec![unclear, denied]);
    let told = trouble(&world.checks());
    assert_eq!(
        told,
        [
            "control-policy failed InvalidOSS.NotAuthorized: oss:PutObject on bucket exports-hz: denied by statement 1 of resource control policy guard on the root folder"
        ]
    );
    let mut world = World::at_rest();
    world.observed.bucket_policy = Layer::Read(Some("{".to_owned()));
    let checks = world.checks();
    let told = trouble(&checks);
    assert!(
        told.len() == 1
            && told[0].contains("the policy of bucket exports-hz cannot be interpreted: "),
        "{told:#?}"
    );
    let settle = checks.iter().find_map(|check| check.settle.as_deref());
    assert_eq!(
        settle,
        Some(
            "correct the bucket policy, which this shows: aliyun oss bucket-policy --method get oss://exports-hz"
        )
    );
}

#[test]
fn a_bucket_of_another_account_is_opened_by_its_policy_alone() {
    let session = format!("arn:sts::{ACCOUNT}:assumed-role/{EXPORT_ROLE}/*");
    let mut world = with_bucket_policy(
        &[EVERYTHING],
        serde_json::json!({ "Effect": "Allow", "Principal": [session], "Action": "oss:*", "Resource": "*" }),
    );
    world.bucket().owner = "2345678901234567".to_owned();
    let told = trouble(&world.checks());
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(
        told[0].starts_with("bucket depends InvalidOSS.NotAuthorized"),
        "{told:#?}"
    );
    world.observed.bucket_policy = Layer::Read(None);
    let told = trouble(&world.checks());
    assert_eq!(
        told[1],
        format!(
            "bucket-policy failed InvalidOSS.NotAuthorized: bucket exports-hz belongs to another account and has no policy that lets {EXPORT_ROLE} in"
        )
    );
}

/// The commands among what settles the checks, as a shell reads them: from `aliyun` or `export-iam` on.
pub(super) fn commands(checks: &[Check]) -> Vec<Vec<String>> {
    let settles = checks.iter().filter_map(|check| check.settle.as_deref());
    let commands = settles.filter_map(|settle| {
        let start = settle
            .find("aliyun ")
            .or_else(|| settle.find("export-iam "))?;
        Some(shlex::split(&settle[start..]).unwrap())
    });
    commands.collect()
}

#[test]
fn an_id_in_a_command_is_one_word_whatever_it_holds() {
    const ID: &str = "x'y\" $(reboot) `reboot` ; reboot # & | > *";
    let list = serde_json::json!([ID]).to_string();
    let commands_after = |change: Change| {
        let mut world = World::at_rest();
        world.question.image = Some(ID.to_owned());
        world.image().id = ID.to_owned();
        change(&mut world);
        commands(&world.checks())
    };
    let changes: [(&str, Change); 7] = [
        (ID, |world| {
            world.observed.image = Layer::NotRead("denied".to_owned())
        }),
        (ID, |world| world.image().status = "Creating".to_owned()),
        (ID, |world| world.image().owner_alias = String::new()),
        (ID, |world| world.image().name = "1".to_owned()),
        (&list, |world| {
            world.image().disks[0].is_encrypted = None;
            world.image().disks[0].snapshot = Some(ID.to_owned());
        }),
        (&list, |world| {
            world.observed.instances = Layer::Read(vec![ID.to_owned()])
        }),
        (ID, |world| {
            let task = ID.to_owned();
            world.observed.dry_run = Layer::Read(DryRunAnswer::Taken(DryRun::Started { task }));
        }),
    ];
    for (number, (wanted, change)) in changes.into_iter().enumerate() {
        let commands = commands_after(change);
        let is_there = commands
            .iter()
            .any(|words| words.iter().any(|word| word == wanted));
        assert!(is_there, "{number}: {commands:?}");
        let unquoted = commands.iter().flatten().any(|word| word == "reboot");
        assert!(!unquoted, "{number}: {commands:?}");
    }
}
