//! Keys and OIDC roles in the environment.

use secrecy::ExposeSecret;

use super::world::{ARN, World, parameters};

const ID: &str = "ALIBABA_CLOUD_ACCESS_KEY_ID";
const SECRET: &str = "ALIBABA_CLOUD_ACCESS_KEY_SECRET";
const TOKEN: &str = "ALIBABA_CLOUD_SECURITY_TOKEN";

#[tokio::test]
async fn a_key_is_used_as_it_is_without_asking_anyone() {
    let world = World::new().key_in_environment();
    let (found, key) = world.key().await.unwrap();
    assert_eq!(found.source.path(), "env");
    assert_eq!(key.access_key_id, "id-in-env");
    assert_eq!(key.secret.expose_secret(), "canary+secret/in=env");
    assert!(key.security_token.is_none() && key.expires_at.is_none());
    assert!(world.requests().is_empty() && found.notes.is_empty());
}

#[tokio::test]
async fn empty_and_blank_variables_count_as_unset() {
    for blank in ["", " ", "\n"] {
        // What the GitHub action exports when it cleans up.
        let world = World::new().variables(&[
            (ID, blank),
            (SECRET, blank),
            (TOKEN, blank),
            ("ALICLOUD_ACCESS_KEY", blank),
            ("ALICLOUD_SECRET_KEY", blank),
            ("ALICLOUD_SECURITY_TOKEN", blank),
            ("ALIBABA_CLOUD_ROLE_ARN", blank),
            ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", blank),
            ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", blank),
            ("ALIBABA_CLOUD_OIDC_TOKEN", blank),
            ("ALIBABA_CLOUD_PROFILE", blank),
            ("ALIBABA_CLOUD_CONFIG_FILE", blank),
            ("ALIBABA_CLOUD_CREDENTIALS_FILE", blank),
            ("ALIBABA_CLOUD_ECS_METADATA", blank),
            ("ALIBABA_CLOUD_CREDENTIALS_URI", blank),
        ]);
        let error = world.error().await;
        assert!(error.to_string() == "credentials: none found", "{error}");
    }
}

#[tokio::test]
async fn half_a_key_stops_even_with_another_place_at_hand() {
    for (pairs, problem) in [
        (
            &[(ID, "id")][..],
            format!("`{ID}` is set but `{SECRET}` is not"),
        ),
        (
            &[(SECRET, "canary")],
            format!("`{SECRET}` is set but `{ID}` is not"),
        ),
        (
            &[(TOKEN, "canary")],
            format!("`{TOKEN}` is set but `{ID}` is not"),
        ),
        (
            &[(ID, ""), (SECRET, "canary")],
            format!("`{SECRET}` is set but `{ID}` is not"),
        ),
        (
            &[(ID, "STS.id"), (SECRET, "canary")],
            format!("`{ID}` is the key of a session but `{TOKEN}` is not set"),
        ),
    ] {
        let config = include_str!("profiles/AK.json");
        let error = World::new().variables(pairs).config(config).error().await;
        assert_eq!(error.to_string(), format!("environment: {problem}"));
    }
}

#[tokio::test]
async fn an_oidc_token_is_exchanged_unsigned_and_in_the_body() {
    let world = World::new().oidc();
    let (found, key) = world.key().await.unwrap();
    assert_eq!(found.source.path(), "oidc");
    assert_eq!(key.access_key_id, "STS.operator");
    assert_eq!(key.expires_at.unwrap().to_string(), "2026-01-02T04:00:00Z");
    let [("api", request)] = &world.requests()[..] else {
        panic!("one request was expected");
    };
    assert_eq!(request.method, "POST");
    assert!(
        request.url.starts_with("https://sts.aliyuncs.com/?"),
        "{}",
        request.url
    );
    assert!(!request.url.contains("canary") && !request.url.contains("Token"));
    let params = parameters(request);
    for (name, value) in [
        ("Action", "AssumeRoleWithOIDC"),
        ("Version", "2015-04-01"),
        ("Format", "JSON"),
        ("Timestamp", "2026-01-02T03:00:00Z"),
        ("RoleArn", ARN),
        (
            "OIDCProviderArn",
            "acs:ram::1234567890123456:oidc-provider/ack",
        ),
        ("OIDCToken", "canary.oidc.token"),
        ("RoleSessionName", "export-iam-ann-lee"),
        ("DurationSeconds", "3600"),
    ] {
        assert_eq!(params[name], value, "{name}");
    }
    assert!(!params.contains_key("Signature") && !params.contains_key("AccessKeyId"));
}

#[tokio::test]
async fn a_token_in_a_variable_will_do_and_a_file_comes_first() {
    let world = World::new()
        .oidc()
        .variable("ALIBABA_CLOUD_OIDC_TOKEN", "canary-in-variable");
    world.key().await.unwrap();
    assert_eq!(
        parameters(&world.requests()[0].1)["OIDCToken"],
        "canary.oidc.token"
    );
    let world = world.variable("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "");
    world.key().await.unwrap();
    assert_eq!(
        parameters(&world.requests()[1].1)["OIDCToken"],
        "canary-in-variable"
    );
}

#[tokio::test]
async fn half_an_oidc_setup_stops_before_the_machines_own_role() {
    let world = World::new()
        .oidc()
        .variable("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "")
        .direct(|_| panic!("the metadata service must not be asked"));
    let error = world.error().await;
    assert_eq!(
        error.to_string(),
        "oidc: `ALIBABA_CLOUD_ROLE_ARN` and `ALIBABA_CLOUD_OIDC_TOKEN_FILE` are set \
         but `ALIBABA_CLOUD_OIDC_PROVIDER_ARN` is not"
    );
    // A key or profile elsewhere makes it a leftover.
    assert_eq!(world.clone().key_in_environment().path().await, "env");
    let world = world.config(include_str!("profiles/AK.json"));
    assert_eq!(world.path().await, "profile/default/AK");
}

#[tokio::test]
async fn a_broken_oidc_role_never_ends_as_another_identity() {
    let base = || World::new().oidc().config(include_str!("profiles/AK.json"));
    for (world, problem) in [
        (
            base().variable("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/run/none"),
            "the token file `/run/none` does not exist",
        ),
        (
            base().file("/run/token", " \n"),
            "the token file `/run/token` is empty",
        ),
        (
            base().file("/run/token", "canary one\ncanary two"),
            "the OIDC token is not one line of 4 to 20000 characters",
        ),
        (
            base().file("/run/token", &"canary".repeat(4000)),
            "the OIDC token is not one line of 4 to 20000 characters",
        ),
        (
            base().variable("ALIBABA_CLOUD_ROLE_ARN", "operator"),
            "`ALIBABA_CLOUD_ROLE_ARN` is not like `acs:ram::<account id>:role/<name>`",
        ),
        (
            base().variable("ALIBABA_CLOUD_ROLE_SESSION_NAME", "a b"),
            "`ALIBABA_CLOUD_ROLE_SESSION_NAME` is not 2 to 64 letters, digits and `.@-_`",
        ),
    ] {
        let error = world.error().await;
        assert_eq!(error.to_string(), format!("oidc: {problem}"));
        assert!(world.requests().is_empty());
    }
    let world = base();
    world
        .state
        .lock()
        .unwrap()
        .unreadable
        .push("/run/token".into());
    assert!(
        world
            .error()
            .await
            .problem
            .starts_with("`/run/token` cannot be read: ")
    );
}

#[tokio::test]
async fn the_sessions_name_tells_the_run() {
    for (pairs, name) in [
        (&[("USER", "")][..], "export-iam"),
        (
            &[("GITHUB_RUN_ID", "77"), ("CI_PIPELINE_ID", "88")],
            "export-iam-77",
        ),
        (&[("CI_PIPELINE_ID", "88")], "export-iam-88"),
        (&[("USER", "WORK\\ännä")], "export-iam-WORK--nn-"),
        (&[("ALIBABA_CLOUD_ROLE_SESSION_NAME", "night@1")], "night@1"),
        (
            &[(
                "USER",
                "0123456789012345678901234567890123456789012345678901234567890123",
            )],
            "export-iam-01234567890123456789012345678901234567890123456789012",
        ),
    ] {
        let world = World::new().oidc().variables(pairs);
        world.key().await.unwrap();
        assert_eq!(parameters(&world.requests()[0].1)["RoleSessionName"], name);
    }
}
