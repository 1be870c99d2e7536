//! The SDKs' own file.

use export_iam::credentials::SourceChoice;

use super::world::{ARN, INI, World, metadata, parameters};

fn world(text: &str) -> World {
    let world = World::new()
        .file(INI, text)
        .file("/run/token", "canary.oidc.token");
    let direct = world.clone();
    world.direct(move |request| Ok(metadata(request, direct.now())))
}

const ALL: &str = include_str!("credentials.ini");

#[tokio::test]
async fn every_type_gives_its_key() {
    for (section, kind, id) in [
        ("default", "access_key", "id-in-ini"),
        ("role", "ram_role_arn", "STS.operator"),
        ("node", "ecs_ram_role", "STS.node"),
        ("pod", "oidc_role_arn", "STS.operator"),
    ] {
        let world = world(ALL).variable("ALIBABA_CLOUD_PROFILE", section);
        let (found, key) = world.key().await.unwrap();
        assert_eq!(found.source.path(), format!("ini/{section}/{kind}"));
        assert_eq!(key.access_key_id, id);
    }
    let world = world(ALL).profile("role");
    world.key().await.unwrap();
    let params = parameters(&world.requests()[0].1);
    assert_eq!(params["RoleArn"], ARN);
    assert_eq!(params["RoleSessionName"], "from-ini");
}

#[tokio::test]
async fn both_names_of_the_file_are_read_and_a_variable_moves_it() {
    let second = "/home/ci/.alibabacloud/credentials.ini";
    let key = "[default]\ntype=access_key\naccess_key_id=id2\naccess_key_secret=canary";
    let (_, found) = World::new().file(second, key).key().await.unwrap();
    assert_eq!(found.access_key_id, "id2");
    let (_, found) = world("[other]").file(second, key).key().await.unwrap();
    assert_eq!(found.access_key_id, "id2");
    let (_, found) = world(ALL).file(second, key).key().await.unwrap();
    assert_eq!(found.access_key_id, "id-in-ini");
    let moved = world(ALL)
        .file("/etc/keys", key)
        .variable("ALIBABA_CLOUD_CREDENTIALS_FILE", "/etc/keys");
    assert_eq!(moved.key().await.unwrap().1.access_key_id, "id2");
}

#[tokio::test]
async fn a_section_that_is_not_there_or_switched_off_is_absent_unless_it_is_named() {
    for text in [
        "",
        "# nothing",
        "[other]\ntype = access_key",
        "[default]\nenable = FALSE\ntype = x",
    ] {
        let error = world(text)
            .direct(|_| super::world::unreachable_host())
            .error()
            .await;
        assert!(error.problem.starts_with("none found"), "{error}");
    }
    let error = world("[default]\nenable = false")
        .profile("default")
        .error()
        .await;
    assert_eq!(
        error.to_string(),
        format!("section `default` in `{INI}`: it says `enable = false`")
    );
    let choose = |world: World| world.options(|options| options.source = SourceChoice::Ini);
    let error = choose(world("[other]")).error().await;
    assert_eq!(error.origin, "ini");
    let error = choose(world("[other]")).profile("dev").error().await;
    assert_eq!(
        error.problem,
        "`--profile` asks for `dev`, but there is no such profile in `/home/ci/.alibabacloud/credentials` \
         and `/home/ci/.alibabacloud/credentials.ini`"
    );
    assert_eq!(error.hint, "it has `other`");
}

#[tokio::test]
async fn every_mistake_is_named_by_section_or_line() {
    for (text, problem) in [
        (
            "[default]\n",
            "section `default` in `FILE`: `type` is not set",
        ),
        (
            "[default]\ntype = ak",
            "section `default` in `FILE`: `type` is `ak`, which is unknown",
        ),
        (
            "[default]\ntype = access_key",
            "section `default` in `FILE`: `access_key_id` is not set",
        ),
        (
            "[default]\ntype = access_key\naccess_key_id = i\naccess_key_secret =",
            "section `default` in `FILE`: `access_key_secret` is not set",
        ),
        (
            "[default]\ntype = access_key\naccess_key_id = STS.i\naccess_key_secret = canary",
            "section `default` in `FILE`: `access_key_id` is the key of a session, for which this file has no place",
        ),
        (
            "[default]\ntype = ram_role_arn\naccess_key_id = i\naccess_key_secret = canary",
            "section `default` in `FILE`: `role_arn` is not set",
        ),
        (
            "[default]\ntype = oidc_role_arn\nrole_arn = x",
            "section `default` in `FILE`: `oidc_token_file_path` is not set",
        ),
        (
            "[default]\ntype = rsa_key_pair\nprivate_key_file = canary",
            "section `default` in `FILE`: type `rsa_key_pair` cannot be used: key pairs are retired",
        ),
        (
            "[default\naccess_key_secret = canary",
            "ini: `FILE` has a section without `]` in line 1",
        ),
        ("\n[default]\ncanary", "ini: `FILE` has no `=` in line 3"),
        (
            "access_key_secret = canary",
            "ini: `FILE` has a key above the first section in line 1",
        ),
        (
            "[a]\n[b]\n[a]",
            "ini: `FILE` has a second section of the same name in line 3",
        ),
        ("{\"current\": \"canary\"}", "ini: `FILE` is JSON, not ini"),
    ] {
        let error = world(text).error().await;
        assert_eq!(error.to_string(), problem.replace("FILE", INI));
    }
    let error = World::new()
        .variable("ALIBABA_CLOUD_CREDENTIALS_FILE", "/none")
        .error()
        .await;
    assert_eq!(
        error.to_string(),
        "ini: `ALIBABA_CLOUD_CREDENTIALS_FILE` names `/none`, which does not exist"
    );
    let world = world(ALL);
    world.state.lock().unwrap().unreadable.push(INI.into());
    assert!(world.error().await.problem.contains("cannot be read"));
}

#[tokio::test]
async fn a_comment_ends_a_value_only_behind_a_blank() {
    use secrecy::ExposeSecret;
    let text = "[default]\n; note\nTYPE = access_key # note\naccess_key_id=i\naccess_key_secret = canary#1=2\n";
    let (_, key) = world(text).key().await.unwrap();
    assert_eq!(key.secret.expose_secret(), "canary#1=2");
}
