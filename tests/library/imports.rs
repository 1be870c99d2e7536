//! The checks of one import: a world in which all pass, and one thing changed at a time.

use export_iam::model::{
    AccountId, Bucket, BucketName, BucketObject, DryRun, DryRunAnswer, IMPORT_ROLE, ImageOperation,
    ImportQuestion, Layer, ObjectKey, ObservedServices, RegionId, Restore, RoleName,
};
use export_iam::policy::{PolicyDocument, TrustPolicy};
use export_iam::readiness::{
    Attached, Check, CheckAnswer, CheckKind, Facts, Question, Role, RoleTrust, checks,
};

use super::checks::commands;

const ACCOUNT: &str = "1234567890123456";

/// Everything that is known of one import, to be changed.
struct World {
    policy: String,
    question: ImportQuestion,
    observed: ObservedServices,
}

impl World {
    /// A world in which an import works, with no more than it needs.
    fn at_rest() -> Self {
        let bucket = Bucket {
            name: "imports-hz".to_owned(),
            region: "cn-hangzhou".to_owned(),
            owner: ACCOUNT.to_owned(),
            storage_class: "Standard".to_owned(),
            ..Bucket::default()
        };
        let mut world = Self {
            policy: allow("acs:oss:*:*:imports-hz/images/app.raw"),
            question: ImportQuestion {
                region: Some(RegionId::new("cn-hangzhou").unwrap()),
                bucket: Some(BucketName::new("imports-hz").unwrap()),
                object: None,
            },
            observed: ObservedServices {
                image: Layer::NotAsked,
                object: Layer::NotAsked,
                bucket: Layer::Read(Some(bucket)),
                is_locked: Layer::NotAsked,
                bucket_policy: Layer::Read(None),
                control_policies: Layer::Read(Vec::new()),
                instances: Layer::Read(Vec::new()),
                dry_run: Layer::NotAsked,
            },
        };
        world.ask("images/app.raw");
        world
    }

    /// Asks about an object, which is there.
    fn ask(&mut self, key: &str) {
        self.question.object = Some(ObjectKey::new(key).unwrap());
        self.observed.object = Layer::Read(Some(BucketObject {
            key: key.to_owned(),
            size: 5 << 30,
            storage_class: Some("Standard".to_owned()),
            restore: None,
            modified: None,
        }));
    }

    fn bucket(&mut self) -> &mut Bucket {
        match &mut self.observed.bucket {
            Layer::Read(Some(bucket)) => bucket,
            other => panic!("no bucket: {other:?}"),
        }
    }

    fn object(&mut self) -> &mut BucketObject {
        match &mut self.observed.object {
            Layer::Read(Some(object)) => object,
            other => panic!("{other:?}"),
        }
    }

    fn checks(&self) -> Vec<Check> {
        let document = PolicyDocument::parse(&self.policy).unwrap();
        let attached = [Attached {
            name: "custom:Import",
            document: Some(&document),
        }];
        let trust = TrustPolicy::for_service("ecs.aliyuncs.com");
        let made = checks(&Facts {
            account: &AccountId::new(ACCOUNT).unwrap(),
            role_name: &RoleName::new(IMPORT_ROLE).unwrap(),
            role: Layer::Read(Role {
                trust: RoleTrust::Policy(&trust),
                attached: &attached,
                in_groups: &[],
            }),
            groups_not_read: None,
            extra: &[],
            question: Question::Import(&self.question),
            observed: &self.observed,
            now: Some("2026-11-28T12:00:00Z".parse().unwrap()),
        });
        let kinds: Vec<CheckKind> = made.iter().map(|check| check.kind).collect();
        let wanted: Vec<CheckKind> = CheckKind::of(ImageOperation::Import).collect();
        assert_eq!(kinds, wanted);
        for check in &made {
            let is_open = matches!(check.answer, CheckAnswer::Failed | CheckAnswer::Depends);
            assert!(!check.message.contains('\n'), "{check:?}");
            assert!(!is_open || check.settle.is_some(), "{check:?}");
        }
        made
    }

    /// What is not passed or skipped.
    fn troubles(&self) -> Vec<String> {
        let checks = self.checks();
        let open = checks
            .iter()
            .filter(|check| matches!(check.answer, CheckAnswer::Failed | CheckAnswer::Depends));
        open.map(|check| {
            let error = check.error.unwrap_or_default();
            format!(
                "{} {} {error}: {}",
                check.kind.as_str(),
                check.answer.as_str(),
                check.message
            )
        })
        .collect()
    }
}

/// What the role needs of the bucket, and these objects.
fn allow(objects: &str) -> String {
    format!(
        r#"{{"Version":"1","Statement":[
            {{"Effect":"Allow","Action":["oss:GetBucketInfo","oss:GetBucketLocation"],"Resource":"acs:oss:*:*:imports-hz"}},
            {{"Effect":"Allow","Action":"oss:GetObject","Resource":"{objects}"}}]}}"#
    )
}

fn after(change: impl FnOnce(&mut World)) -> Vec<String> {
    let mut world = World::at_rest();
    change(&mut world);
    world.troubles()
}

#[test]
fn three_actions_on_the_very_object_suffice() {
    assert_eq!(after(|_| {}), Vec::<String>::new());
}

#[test]
fn nothing_is_read_from_a_bucket_that_encrypts() {
    let told = after(|world| world.bucket().encryption = Some("KMS".to_owned()));
    assert_eq!(
        told,
        [
            "bucket-encryption failed InvalidOSSBucket.EncryptUnsupported: bucket imports-hz encrypts with KMS, which \
             ImportImage refuses; the compliance rule oss-bucket-server-side-encryption-enabled demands it all the same"
        ]
    );
}

#[test]
fn get_object_is_asked_about_on_the_very_object() {
    let told = after(|world| world.policy = allow("acs:oss:*:*:imports-hz/other/*"));
    assert_eq!(
        told,
        [
            "permissions failed InvalidOSS.NotAuthorized: oss:GetObject on bucket imports-hz (object images/app.raw): not granted"
        ]
    );
    assert_eq!(
        after(|world| world.policy = allow("acs:oss:*:*:imports-hz/images/*")),
        Vec::<String>::new()
    );
    // A key may have any sign in it.
    let told = after(|world| {
        world.policy = allow("acs:oss:*:*:imports-hz/a b/ü?.raw");
        world.ask("a b/üx.raw");
    });
    assert_eq!(told, Vec::<String>::new());
}

#[test]
fn without_an_object_what_covers_some_objects_depends_on_it() {
    let unnamed = |objects: &str| {
        after(|world| {
            world.policy = allow(objects);
            world.question.object = None;
            world.observed.object = Layer::NotAsked;
        })
    };
    assert_eq!(unnamed("acs:oss:*:*:imports-hz/*"), Vec::<String>::new());
    assert_eq!(
        unnamed("acs:oss:*:*:imports-hz/images/*"),
        [
            "permissions depends InvalidOSS.NotAuthorized: oss:GetObject on bucket imports-hz: granted for some objects and not for others"
        ]
    );
    let told = unnamed("acs:oss:*:*:elsewhere/*");
    assert_eq!(
        told,
        [
            "permissions failed InvalidOSS.NotAuthorized: oss:GetObject on bucket imports-hz: not granted"
        ]
    );
    // One key is excepted; another that begins so is not.
    let mut world = World::at_rest();
    world.question.object = None;
    world.observed.object = Layer::NotAsked;
    world.policy = r#"{"Version":"1","Statement":[
        {"Effect":"Allow","Action":"oss:Get*","Resource":["acs:oss:*:*:imports-hz","acs:oss:*:*:imports-hz/a*"]},
        {"Effect":"Deny","Action":"oss:GetObject","Resource":"acs:oss:*:*:imports-hz/a"}]}"#.to_owned();
    let told = world.troubles();
    assert!(
        told[0].starts_with("permissions depends") && told.len() == 1,
        "{told:?}"
    );
    let skipped: Vec<String> = world
        .checks()
        .into_iter()
        .filter(|check| check.answer == CheckAnswer::Skipped)
        .map(|check| format!("{}: {}", check.kind.as_str(), check.message))
        .collect();
    assert_eq!(
        skipped,
        [
            "object: no object was asked about",
            "format: no object was asked about",
            "dry-run: no dry run was asked for",
        ]
    );
}

#[test]
fn each_state_of_the_object_is_told() {
    let told = |change: fn(&mut BucketObject)| after(|world| change(world.object()));
    assert_eq!(
        told(|object| object.size = 0),
        ["object failed InvalidOSSObject.Size: object images/app.raw is empty"]
    );
    assert_eq!(told(|object| object.size = 2 << 40), Vec::<String>::new());
    assert_eq!(
        told(|object| object.size = (2 << 40) + 1),
        [
            "object failed InvalidImageSize: object images/app.raw has 2199023255553 bytes, and a disk of an image 2048 GiB at most"
        ]
    );
    for class in ["Archive", "ColdArchive", "DeepColdArchive"] {
        let with = |restore| {
            after(|world| {
                world.object().storage_class = Some(class.to_owned());
                world.object().restore = restore;
            })
        };
        assert_eq!(
            with(None),
            [format!(
                "object failed InvalidOSSObject.NeedRestore: object images/app.raw is of storage class {class} and must be restored first"
            )]
        );
        assert_eq!(
            with(Some(Restore::Underway)),
            [format!(
                "object failed InvalidOSSObject.NeedRestore: object images/app.raw is of storage class {class} and is still being restored"
            )]
        );
        assert_eq!(with(Some(Restore::Done)), Vec::<String>::new());
    }
    assert_eq!(
        after(|world| world.observed.object = Layer::Read(None)),
        [
            "object failed InvalidOSSObject.NotFound: there is no object images/app.raw in bucket imports-hz"
        ]
    );
    assert_eq!(
        after(|world| world.observed.object = Layer::NotRead("denied".to_owned())),
        [
            "object depends InvalidOSSObject.NotFound: object images/app.raw could not be read: denied"
        ]
    );
    // What is in a bucket that is not there is not told again.
    assert_eq!(
        after(|world| {
            world.observed.bucket = Layer::Read(None);
            world.observed.object = Layer::NotRead("no bucket".to_owned());
        }),
        ["bucket failed InvalidOSSBucket.NotFound: there is no bucket imports-hz"]
    );
}

#[test]
fn names_are_told_apart_by_their_ends() {
    let told = |key: &str| {
        let all = after(|world| {
            world.policy = allow("*");
            world.ask(key);
        });
        assert!(all.len() <= 1, "{all:?}");
        let words = all
            .first()
            .map(|line| line.split(": ").next().unwrap().to_owned());
        words.unwrap_or_default()
    };
    for good in ["a.raw", "b/a.vhd", "a.tar.qcow2", "a.gz/b.raw"] {
        assert_eq!(told(good), "", "{good}");
    }
    for packed in ["m-1_system.raw.tar.gz", "a.zip", "a.RAW.GZ", "a.tar"] {
        assert_eq!(
            told(packed),
            "format failed UnsupportedSuffix.OSSObject",
            "{packed}"
        );
    }
    for open in ["a.RAW", "a", "a.vdi", "a.iso", "raw"] {
        assert_eq!(
            told(open),
            "format depends UnsupportedSuffix.OSSObject",
            "{open}"
        );
    }
    assert_eq!(
        told("a.vmdk"),
        "format depends InvalidImageFormat.Malformed"
    );
    let exported = after(|world| {
        world.policy = allow("*");
        world.ask("m-1_system.raw.tar.gz");
    });
    assert!(
        exported[0].contains("what ExportImage wrote is packed"),
        "{exported:?}"
    );
}

#[test]
fn a_dry_run_that_imports_after_all_is_said_loudly() {
    let mut world = World::at_rest();
    world.observed.dry_run = Layer::Read(DryRunAnswer::Taken(DryRun::Started {
        task: "t-1".to_owned(),
    }));
    let checks = world.checks();
    let check = checks.last().unwrap();
    assert_eq!(
        check.message,
        "a real import runs: ECS took no notice of DryRun and started task t-1"
    );
    assert_eq!(
        check.settle.as_deref(),
        Some("aliyun ecs CancelTask --RegionId cn-hangzhou --TaskId t-1")
    );
    world.observed.dry_run = Layer::Read(DryRunAnswer::Refused {
        code: "ImageIsImporting".to_owned(),
        message: "importing".to_owned(),
    });
    assert_eq!(
        world.troubles(),
        [
            "dry-run failed ImageIsImporting: ImportImage refuses the dry run with ImageIsImporting: importing"
        ]
    );
}

#[test]
fn where_it_depends_importing_one_image_settles_it() {
    let mut world = World::at_rest();
    world.policy = world.policy.replace(
        r#""Action":"oss:GetObject""#,
        r#""Condition":{"Bool":{"acs:SecureTransport":"true"}},"Action":"oss:GetObject""#,
    );
    let checks = world.checks();
    let settle = checks[2].settle.as_deref().unwrap();
    assert!(
        settle.starts_with("import one image, or take the condition out of"),
        "{settle}"
    );
}

#[test]
fn a_key_in_a_command_is_one_word_whatever_it_holds() {
    const KEY: &str = "images/my app's $(reboot).qcow2";
    let not_read: fn(&mut World) = |world| world.observed.object = Layer::NotRead("no".to_owned());
    let archived: fn(&mut World) =
        |world| world.object().storage_class = Some("Archive".to_owned());
    for change in [not_read, archived] {
        let mut world = World::at_rest();
        world.question.object = Some(ObjectKey::new(KEY).unwrap());
        change(&mut world);
        let commands = commands(&world.checks());
        let address = format!("oss://imports-hz/{KEY}");
        let is_there = |words: &Vec<String>| words.last() == Some(&address);
        assert!(commands.iter().any(is_there), "{commands:?}");
    }
}
