//! Which place wins, what is said about it, and what a choice on the command line does.

use export_iam::cloud::rpc::credentials::CredentialSource;
use export_iam::credentials::{Found, NoteKind, SourceChoice, find};

use super::world::{ARN, CONFIG, INI, World, answer, metadata};

const AK: &str = include_str!("profiles/AK.json");

/// Everything is set up at once.
fn all() -> World {
    let world = World::new()
        .key_in_environment()
        .oidc()
        .config(AK)
        .file(INI, include_str!("credentials.ini"))
        .variable("ALIBABA_CLOUD_CREDENTIALS_URI", "https://keys.example.com/");
    let direct = world.clone();
    world.direct(move |request| Ok(metadata(request, direct.now())))
}

/// Everything but the first `taken` places.
fn without(taken: usize) -> World {
    let world = all();
    let mut state = world.state.lock().unwrap();
    if taken > 0 {
        state.variables.remove("ALIBABA_CLOUD_ACCESS_KEY_ID");
        state.variables.remove("ALIBABA_CLOUD_ACCESS_KEY_SECRET");
    }
    if taken > 1 {
        for name in ["ROLE_ARN", "OIDC_PROVIDER_ARN", "OIDC_TOKEN_FILE"] {
            state.variables.remove(&format!("ALIBABA_CLOUD_{name}"));
        }
    }
    if taken > 2 {
        state.files.remove(std::path::Path::new(CONFIG));
    }
    if taken > 3 {
        state.files.remove(std::path::Path::new(INI));
    }
    drop(state);
    match taken {
        0..=4 => world,
        _ => world.variable("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true"),
    }
}

#[tokio::test]
async fn the_order_is_that_of_the_sdks() {
    let paths = [
        "env",
        "oidc",
        "profile/default/AK",
        "ini/default/access_key",
        "ecs",
        "uri",
    ];
    for (taken, path) in paths.into_iter().enumerate() {
        assert_eq!(without(taken).path().await, path);
    }
}

#[tokio::test]
async fn a_choice_turns_guessing_off() {
    for (choice, path) in [
        (SourceChoice::Auto, "env"),
        (SourceChoice::Env, "env"),
        (SourceChoice::Oidc, "oidc"),
        (SourceChoice::Profile, "profile/default/AK"),
        (SourceChoice::Ini, "ini/default/access_key"),
        (SourceChoice::Ecs, "ecs"),
        (SourceChoice::Uri, "uri"),
    ] {
        let world = all().options(|options| options.source = choice);
        assert_eq!(world.path().await, path);
        assert_eq!(choice.to_string().parse(), Ok(choice));
    }
    for (choice, problem) in [
        (
            SourceChoice::Env,
            "environment: not set up: no access key is set",
        ),
        (
            SourceChoice::Oidc,
            "oidc: not set up: no role and token are set",
        ),
        (
            SourceChoice::Profile,
            "profile: not set up: there is no `/home/ci/.aliyun/config.json`",
        ),
        (
            SourceChoice::Ini,
            "ini: not set up: there is no `/home/ci/.alibabacloud/credentials` and \
             `/home/ci/.alibabacloud/credentials.ini`",
        ),
        (
            SourceChoice::Ecs,
            "ecs metadata: no metadata service answers here",
        ),
        (
            SourceChoice::Uri,
            "credentials uri: not set up: `ALIBABA_CLOUD_CREDENTIALS_URI` is not set",
        ),
    ] {
        let error = World::new()
            .options(|options| options.source = choice)
            .error()
            .await;
        assert_eq!(error.to_string(), problem);
    }
    let world = World::new()
        .oidc()
        .variable("ALIBABA_CLOUD_ROLE_ARN", "")
        .key_in_environment();
    let error = world
        .options(|options| options.source = SourceChoice::Oidc)
        .error()
        .await;
    assert!(
        error
            .problem
            .ends_with("but `ALIBABA_CLOUD_ROLE_ARN` is not"),
        "{error}"
    );
    assert!("ECS".parse::<SourceChoice>().is_err());
}

#[tokio::test]
async fn a_choice_and_a_profile_that_contradict_are_refused() {
    for choice in [
        SourceChoice::Env,
        SourceChoice::Oidc,
        SourceChoice::Ecs,
        SourceChoice::Uri,
    ] {
        let error = all()
            .profile("x")
            .options(|options| options.source = choice)
            .error()
            .await;
        assert_eq!(
            error.to_string(),
            format!(
                "command line: `--profile` and `--credential-source {choice}` exclude each other"
            )
        );
    }
}

#[tokio::test]
async fn a_profile_on_the_command_line_beats_the_environment_and_says_so() {
    let found = all().profile("default").find().await.unwrap();
    assert_eq!(found.source.path(), "profile/default/AK");
    assert_eq!(found.sts.url(), "https://sts.cn-hangzhou.aliyuncs.com/");
    let [note] = &found.notes[..] else {
        panic!("one note was expected")
    };
    assert_eq!(note.kind, NoteKind::Notice);
    assert_eq!(
        note.message,
        "profile `default` is used, not the access key in the environment"
    );
    // No key, nothing to say; and a variable that disables the file does not disable a wish.
    let quiet = without(1)
        .profile("default")
        .variable("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "true");
    assert!(quiet.find().await.unwrap().notes.is_empty());
    // Half a key is nobody's business then.
    let half = without(1)
        .profile("default")
        .variable("ALIBABA_CLOUD_ACCESS_KEY_ID", "i");
    assert!(half.find().await.unwrap().notes.is_empty());
}

#[tokio::test]
async fn a_profile_in_the_environment_does_not_beat_keys_and_that_is_said() {
    let world = all().variable("ALIBABA_CLOUD_PROFILE", "dev");
    let found = world.find().await.unwrap();
    assert_eq!(found.source.path(), "env");
    assert_eq!(
        found.notes[0].message,
        "the access key in the environment is used, not profile `dev`"
    );
    assert_eq!(
        found.notes[0].hint,
        "pass `--profile dev` to use the profile"
    );
    let found = all().find().await.unwrap();
    assert_eq!(
        found.notes[0].message,
        "the access key in the environment is used, not profile `default`"
    );
    // With the choice made, or no profile in use, there is nothing to say.
    let chosen = all().options(|options| options.source = SourceChoice::Env);
    assert!(chosen.find().await.unwrap().notes.is_empty());
    let of_profiles = |found: Found| {
        let mut notes = found.notes.into_iter();
        notes.any(|note| note.message.contains("profile"))
    };
    let broken = all().config("canary");
    assert!(!of_profiles(broken.find().await.unwrap()));
    let disabled = all().variable("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "true");
    assert!(!of_profiles(disabled.find().await.unwrap()));
}

#[tokio::test]
async fn a_profile_is_chosen_by_flag_then_variable_then_file() {
    let text = r#"{"current":"c","profiles":[
        {"name":"a","mode":"AK","access_key_id":"i","access_key_secret":"canary"},
        {"name":"b","mode":"AK","access_key_id":"i","access_key_secret":"canary"},
        {"name":"c","mode":"AK","access_key_id":"i","access_key_secret":"canary"},
        {"name":"a","mode":"ignored twin"}]}"#;
    let world = World::new().config(text);
    assert_eq!(world.path().await, "profile/c/AK");
    let world = world.variable("ALICLOUD_PROFILE", "a");
    assert_eq!(world.path().await, "profile/a/AK");
    let world = world.variable("ALIBABA_CLOUD_PROFILE", "b");
    assert_eq!(world.path().await, "profile/b/AK");
    let world = world.profile("a");
    assert_eq!(world.path().await, "profile/a/AK");
    let moved = world
        .file("/etc/config.json", text)
        .variable("ALIBABA_CLOUD_CONFIG_FILE", "/etc/config.json");
    assert_eq!(moved.path().await, "profile/a/AK");
    let lost = moved.variable("ALIBABA_CLOUD_CONFIG_FILE", "/none");
    assert_eq!(
        lost.error().await.problem,
        "`ALIBABA_CLOUD_CONFIG_FILE` names `/none`, which does not exist"
    );
}

#[tokio::test]
async fn a_profile_that_is_nowhere_stops_with_the_names_there_are() {
    let world = without(2).direct(|_| panic!("the metadata service must not be asked"));
    let error = world.clone().profile("prod").error().await;
    assert_eq!(
        error.to_string(),
        "profile: `--profile` asks for `prod`, but there is no such profile in `/home/ci/.aliyun/config.json` and \
         `/home/ci/.alibabacloud/credentials` and `/home/ci/.alibabacloud/credentials.ini`"
    );
    assert_eq!(error.hint, "it has `default`, `node`, `pod`, `role`");
    let error = world
        .variable("ALIBABA_CLOUD_PROFILE", "prod")
        .error()
        .await;
    assert!(
        error
            .problem
            .starts_with("`ALIBABA_CLOUD_PROFILE` asks for `prod`"),
        "{error}"
    );
    let error = World::new().profile("prod").error().await;
    assert_eq!(
        error.problem,
        "`--profile` asks for `prod`, but there is no file with profiles"
    );
    // The other file may have it.
    assert_eq!(
        without(2).profile("role").path().await,
        "ini/role/ram_role_arn"
    );
    let current =
        World::new().config(&AK.replace("\"current\": \"default\"", "\"current\": \"gone\""));
    assert_eq!(
        current.error().await.problem,
        "`/home/ci/.aliyun/config.json` has no profile `gone`, which is its current one"
    );
}

#[tokio::test]
async fn a_file_nobody_filled_in_is_absent() {
    for text in [
        "{}",
        r#"{"current":"","profiles":null}"#,
        r#"{"current":"default","profiles":[]}"#,
        r#"{"current":"default","profiles":[{"name":"default","mode":"","access_key_id":"","language":"en"}]}"#,
        r#"{"current":"default","profiles":[{"name":"default","mode":"AK","access_key_id":"","access_key_secret":""}]}"#,
    ] {
        let error = World::new().config(text).error().await;
        assert_eq!(error.problem, "none found");
    }
    let error = World::new()
        .config(AK)
        .variable("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "true");
    let error = error.error().await;
    assert!(
        error
            .searched
            .contains(&"profile: `ALIBABA_CLOUD_CLI_PROFILE_DISABLED` is `true`".to_owned())
    );
    let homeless = World::new().variable("HOME", "");
    assert!(
        homeless
            .error()
            .await
            .searched
            .iter()
            .any(|place| place.starts_with("profile: there is no home folder"))
    );
}

#[tokio::test]
async fn where_nothing_is_set_up_every_place_is_named() {
    let error = World::new().error().await;
    assert_eq!(
        error.searched,
        [
            "environment: no access key is set",
            "oidc: no role and token are set",
            "profile: there is no `/home/ci/.aliyun/config.json`",
            "ini: there is no `/home/ci/.alibabacloud/credentials` and `/home/ci/.alibabacloud/credentials.ini`",
            "ecs metadata: no metadata service answers here",
            "credentials uri: not set up",
        ]
    );
}

#[tokio::test]
async fn a_file_that_others_can_read_is_warned_of_when_a_secret_of_it_is_used() {
    for (mode, message) in [
        (0o600, None),
        (0o400, None),
        (0o711, None),
        (0o640, Some("can be read by others (mode 640)")),
        (0o644, Some("can be read by others (mode 644)")),
        (0o620, Some("can be changed by others (mode 620)")),
        (0o666, Some("can be changed by others (mode 666)")),
    ] {
        for (path, text) in [(CONFIG, AK), (INI, include_str!("credentials.ini"))] {
            let world = World::new();
            world.write(path, text, mode);
            let notes = world.find().await.unwrap().notes;
            let expected = message.map(|message| format!("`{path}` holds a secret and {message}"));
            assert_eq!(notes.first().map(|note| note.message.clone()), expected);
            assert!(notes.iter().all(|note| note.kind == NoteKind::Warning));
        }
    }
    // No secret of this one is in the file.
    let world = World::new();
    world.write(CONFIG, include_str!("profiles/EcsRamRole.json"), 0o644);
    assert!(world.find().await.unwrap().notes.is_empty());
    // The key at the end of a chain counts.
    world.write(
        CONFIG,
        include_str!("profiles/ChainableRamRoleArn.json"),
        0o644,
    );
    assert_eq!(world.find().await.unwrap().notes.len(), 1);
}

#[tokio::test]
async fn a_source_that_was_found_is_not_left_for_another() {
    let world = without(1).api(|_| Ok(answer(403, r#"{"Code":"NoPermission","Message":"no"}"#)));
    let error = world.error().await;
    assert_eq!(error.origin, "oidc");
}

#[tokio::test]
async fn searches_and_sources_can_move_between_threads() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let world = World::new().key_in_environment();
    let context = world.context();
    let found = is_send(find(&world.options, &context)).await.unwrap();
    is_send(found.source.credentials()).await.unwrap();
}

#[tokio::test]
async fn a_role_beside_a_key_in_the_environment_is_noted_as_unused() {
    let world = World::new()
        .key_in_environment()
        .variable("ALIBABA_CLOUD_ROLE_ARN", ARN);
    let found = world.find().await.unwrap();
    assert_eq!(found.source.path(), "env");
    let notes: Vec<_> = found
        .notes
        .iter()
        .map(|note| note.message.as_str())
        .collect();
    assert_eq!(
        notes,
        [
            "`ALIBABA_CLOUD_ROLE_ARN` is not used: the access key in the environment is used as it is"
        ]
    );
}
