//! Every mode of a profile, each by its own file.

use std::time::Duration;

use export_iam::cloud::rpc::signature::v1;
use export_iam::credentials::{ProcessError, Renewal};
use jiff::SignedDuration;
use secrecy::ExposeSecret;
use tokio::time::sleep;

use super::world::{ARN, World, answer, ask, keys, metadata, parameters, sts};

/// A world in which each mode can work.
fn world(config: &str) -> World {
    let world = World::new().config(config).file("/run/token", "canary.oidc.token").helper(Ok(
        r#"{"mode":"AK","access_key_id":"id-of-helper","access_key_secret":"canary-of-helper"}"#,
    ));
    let (api, direct) = (world.clone(), world.clone());
    world
        .api(move |request| {
            let now = api.now();
            Ok(match request.url.as_str() {
                url if url.starts_with("https://sts") => sts(request, now),
                url if url.ends_with("/cloud-credentials") => {
                    let keys = keys("STS.sso", now, SignedDuration::from_hours(1));
                    answer(200, format!(r#"{{"CloudCredential":{{{keys}}}}}"#))
                }
                "https://oauth.alibabacloud.com/v1/exchange" => {
                    let keys = keys("STS.oauth", now, SignedDuration::from_hours(1));
                    let keys = keys.replace(r#""Access"#, r#""access"#);
                    let keys = keys.replace(r#""SecurityT"#, r#""securityT"#);
                    answer(
                        200,
                        format!("{{{}}}", keys.replace(r#""Expir"#, r#""expir"#)),
                    )
                }
                other => panic!("unexpected request to {other}"),
            })
        })
        .direct(move |request| {
            let now = direct.now();
            Ok(match request.url.as_str() {
                "http://127.0.0.1:8080/keys?password=canary-in-uri" => {
                    let keys = keys("STS.uri", now, SignedDuration::from_hours(1));
                    answer(200, format!(r#"{{"Code":"Success",{keys}}}"#))
                }
                _ => metadata(request, now),
            })
        })
}

#[tokio::test]
async fn every_mode_gives_its_key() {
    for (config, path, id, renewal) in [
        (
            include_str!("profiles/AK.json"),
            "AK",
            "id-in-file",
            Renewal::Permanent,
        ),
        (
            include_str!("profiles/StsToken.json"),
            "StsToken",
            "STS.id-in-file",
            Renewal::Impossible,
        ),
        (
            include_str!("profiles/RamRoleArn.json"),
            "RamRoleArn",
            "STS.operator",
            Renewal::Automatic,
        ),
        (
            include_str!("profiles/EcsRamRole.json"),
            "EcsRamRole",
            "STS.node",
            Renewal::Automatic,
        ),
        (
            include_str!("profiles/ChainableRamRoleArn.json"),
            "ChainableRamRoleArn → profile/middle/ChainableRamRoleArn → profile/base/AK",
            "STS.operator",
            Renewal::Automatic,
        ),
        (
            include_str!("profiles/RamRoleArnWithRoleName.json"),
            "RamRoleArnWithRoleName → ecs",
            "STS.operator",
            Renewal::Automatic,
        ),
        (
            include_str!("profiles/OIDC.json"),
            "OIDC",
            "STS.operator",
            Renewal::Automatic,
        ),
        (
            include_str!("profiles/External.json"),
            "External",
            "id-of-helper",
            Renewal::Automatic,
        ),
        (
            include_str!("profiles/CredentialsURI.json"),
            "CredentialsURI",
            "STS.uri",
            Renewal::Automatic,
        ),
        (
            include_str!("profiles/CloudSSO.json"),
            "CloudSSO",
            "STS.cached",
            Renewal::Automatic,
        ),
        (
            include_str!("profiles/OAuth.json"),
            "OAuth",
            "STS.cached",
            Renewal::Automatic,
        ),
    ] {
        let (found, key) = world(config).key().await.unwrap();
        assert_eq!(found.source.path(), format!("profile/default/{path}"));
        assert_eq!(key.access_key_id, id);
        assert_eq!(found.source.renewal(), renewal, "{path}");
        assert_eq!(
            found.source.ended().is_some(),
            renewal == Renewal::Impossible
        );
        assert!(found.notes.is_empty());
        let has_token = key.security_token.is_some();
        assert_eq!(has_token, id.starts_with("STS."), "{path}");
    }
}

#[tokio::test]
async fn modes_without_a_signature_are_refused_with_the_way_out() {
    for (config, mode) in [
        (include_str!("profiles/RsaKeyPair.json"), "RsaKeyPair"),
        (include_str!("profiles/BearerToken.json"), "BearerToken"),
        (include_str!("profiles/Anonymous.json"), "Anonymous"),
    ] {
        let error = world(config).error().await;
        assert_eq!(
            error.origin,
            "profile `default` in `/home/ci/.aliyun/config.json`"
        );
        let start = format!("mode `{mode}` cannot be used: ");
        assert!(error.problem.starts_with(&start), "{error}");
    }
}

#[tokio::test]
async fn a_role_is_asked_for_as_the_profile_says_and_signed() {
    let world = world(include_str!("profiles/RamRoleArn.json"));
    let (_, key) = world.key().await.unwrap();
    assert_eq!(key.expires_at.unwrap().to_string(), "2026-01-02T03:15:00Z");
    let (_, request) = &world.requests()[0];
    assert_eq!(request.url, "https://sts-vpc.cn-beijing.aliyuncs.com/");
    let params = parameters(request);
    for (name, value) in [
        ("Action", "AssumeRole"),
        ("Version", "2015-04-01"),
        ("AccessKeyId", "id-in-file"),
        ("RoleArn", ARN),
        ("RoleSessionName", "session-in-file"),
        ("DurationSeconds", "900"),
        ("ExternalId", "id-of-ours"),
        ("Policy", r#"{"Version":"1","Statement":[]}"#),
    ] {
        assert_eq!(params[name], value, "{name}");
    }
    let all = params
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()));
    let text = v1::string_to_sign("POST", &v1::canonical_query(all));
    assert_eq!(
        params["Signature"],
        v1::signature("canary+secret/in=file", &text)
    );
}

#[tokio::test]
async fn a_chain_is_walked_from_its_end() {
    let world = world(include_str!("profiles/ChainableRamRoleArn.json"));
    world.key().await.unwrap();
    let requests = world.requests();
    let asked: Vec<_> = requests
        .iter()
        .map(|(_, request)| parameters(request))
        .collect();
    let told: Vec<_> = asked
        .iter()
        .map(|params| {
            (
                params["AccessKeyId"].as_str(),
                params["RoleSessionName"].as_str(),
            )
        })
        .collect();
    assert_eq!(told, [("id-in-file", "inner"), ("STS.middle", "outer")]);
    assert_eq!(asked[1]["SecurityToken"], "canary+token/of=STS.middle");
}

#[tokio::test]
async fn a_profile_of_a_role_uses_its_token_and_the_environments_role() {
    let world = world(
        r#"{"current":"x","profiles":[{"name":"x","mode":"RamRoleArn","access_key_id":"STS.i","access_key_secret":"canary",
            "sts_token":"canary-token"}]}"#,
    );
    let error = world.error().await;
    assert_eq!(error.problem, "`ram_role_arn` is not set");
    let world = world.variable("ALIBABA_CLOUD_ROLE_ARN", ARN);
    world.key().await.unwrap();
    let params = parameters(&world.requests()[0].1);
    assert_eq!(params["SecurityToken"], "canary-token");
    assert_eq!(params["RoleArn"], ARN);
}

#[tokio::test(start_paused = true)]
async fn logins_are_used_exchanged_and_at_last_asked_for_but_never_refreshed() {
    for (config, id, mode) in [
        (
            include_str!("profiles/CloudSSO.json"),
            "STS.sso",
            "CloudSSO",
        ),
        (include_str!("profiles/OAuth.json"), "STS.oauth", "OAuth"),
    ] {
        let world = world(config);
        let source = world.find().await.unwrap().source;
        assert_eq!(ask(&source).await.unwrap().access_key_id, "STS.cached");
        assert!(world.requests().is_empty());
        sleep(Duration::from_secs(46 * 60)).await;
        assert_eq!(ask(&source).await.unwrap().access_key_id, id);
        let (_, request) = &world.requests()[0];
        let bearer = "Bearer canary+access/token=".to_owned();
        assert!(
            request
                .headers
                .contains(&("authorization".to_owned(), bearer))
        );
        assert!(!String::from_utf8_lossy(&request.body).contains("canary"));
        // At 05:06 the session got with it has ended, and the access token, at 05:00, too.
        sleep(Duration::from_secs(80 * 60)).await;
        let error = ask(&source).await.unwrap_err();
        assert_eq!(error.problem, "the login has ended");
        let command = format!("log in again: aliyun configure --mode {mode} --profile default");
        assert_eq!(error.hint, command);
        assert_eq!(world.requests().len(), 1);
    }
}

#[tokio::test]
async fn an_exchange_that_is_refused_says_so_without_the_answer() {
    let refused = answer(
        401,
        r#"{"Code":"TokenInvalid","Message":"canary+access/token="}"#,
    );
    let odd = answer(200, "canary");
    for (reply, problem) in [
        (refused, "status 401, TokenInvalid"),
        (odd, "the answer is not the JSON that was expected"),
        (answer(200, "{}"), "the answer has no access key id"),
    ] {
        let config = include_str!("profiles/OAuth.json").replace("1767326400", "0");
        let world = world(&config).api(move |_| Ok(reply.clone()));
        let error = world.error().await;
        assert_eq!(
            error.problem,
            format!("`oauth.alibabacloud.com` does not exchange the login's token: {problem}")
        );
    }
}

#[tokio::test]
async fn a_helper_is_run_without_a_shell_and_once() {
    let world = world(include_str!("profiles/External.json"));
    let source = world.find().await.unwrap().source;
    let key = ask(&source).await.unwrap();
    assert_eq!(key.secret.expose_secret(), "canary-of-helper");
    ask(&source).await.unwrap();
    let runs = world.state.lock().unwrap().runs.clone();
    assert_eq!(
        runs,
        [["get-keys", "--password", "canary of helper", "--as", "a b"]]
    );
}

#[tokio::test]
async fn a_broken_helper_stops_and_its_output_stays_hidden() {
    let start = "the command of `process_command` ";
    for (result, problem) in [
        (
            Err(ProcessError::NotStarted(std::io::ErrorKind::NotFound)),
            "cannot be started: entity not found",
        ),
        (
            Err(ProcessError::Failed(Some(3))),
            "failed with exit status 3",
        ),
        (Err(ProcessError::Failed(None)), "was ended by a signal"),
        (Err(ProcessError::TimedOut), "did not end within 60 seconds"),
        (Err(ProcessError::TooLong), "printed more than 64 KiB"),
        (Err(ProcessError::Unreadable), "closed its output halfway"),
        (
            Ok("canary"),
            "printed an answer that is not the JSON that was expected",
        ),
        (Ok(r#"{"access_key_secret":"canary"}"#), "printed no `mode`"),
        (
            Ok(r#"{"mode":"RamRoleArn","access_key_secret":"canary"}"#),
            "printed a `mode` that is neither `AK` nor `StsToken`",
        ),
        (
            Ok(r#"{"mode":"canary"}"#),
            "printed a `mode` that is neither `AK` nor `StsToken`",
        ),
        (
            Ok(r#"{"mode":"StsToken","access_key_id":"i","access_key_secret":"canary"}"#),
            "printed an answer that has no security token",
        ),
        (
            Ok(r#"{"mode":"AK","access_key_id":"i"}"#),
            "printed an answer that has no access key secret",
        ),
    ] {
        let world = world(include_str!("profiles/External.json")).helper(result);
        assert_eq!(world.error().await.problem, format!("{start}{problem}"));
    }
    for switch in ["1", "true", "TRUE"] {
        for (config, problem) in [
            (
                include_str!("profiles/External.json"),
                "the command of `process_command` may not be run: \
                 `ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS` is set",
            ),
            (
                include_str!("profiles/CredentialsURI.json"),
                "`credentials_uri` may not be asked: `ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS` is set",
            ),
        ] {
            let world = world(config).variable("ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS", switch);
            assert_eq!(world.error().await.problem, problem);
            let state = world.state.lock().unwrap();
            assert!(state.runs.is_empty() && state.requests.is_empty());
        }
    }
}

/// One profile `x` with these members.
fn one(members: &str) -> String {
    format!(r#"{{"current":"x","profiles":[{{"name":"x",{members}}}]}}"#)
}

#[tokio::test]
async fn the_mode_is_told_from_the_fields_where_it_is_left_out() {
    for (members, mode) in [
        (r#""access_key_id":"i","access_key_secret":"canary""#, "AK"),
        (
            r#""access_key_id":"i","access_key_secret":"canary","sts_token":"canary""#,
            "StsToken",
        ),
        (
            r#""mode":"","access_key_id":"i","access_key_secret":"canary","ram_role_arn":"acs:ram::1:role/r""#,
            "RamRoleArn",
        ),
        (r#""ram_role_name":"node""#, "EcsRamRole"),
        (r#""process_command":"x""#, "External"),
        (r#""credentials_uri":"https://x.test/""#, "CredentialsURI"),
        (
            r#""oidc_provider_arn":"p","oidc_token_file":"/t","ram_role_arn":"acs:ram::1:role/r""#,
            "OIDC",
        ),
    ] {
        let path = world(&one(members)).path().await;
        assert_eq!(path, format!("profile/x/{mode}"));
    }
}

#[tokio::test]
async fn every_field_that_is_missing_or_wrong_is_named() {
    let keys = r#""access_key_id":"i","access_key_secret":"canary""#;
    for (members, problem) in [
        (
            r#""mode":"AK","access_key_secret":"canary""#,
            "`access_key_id` is not set",
        ),
        (
            r#""mode":"AK","access_key_id":"i""#,
            "`access_key_secret` is not set",
        ),
        (
            r#""mode":"AK","access_key_id":"i","access_key_secret":"  ""#,
            "`access_key_secret` is not set",
        ),
        (
            r#""mode":"AK","access_key_id":"i","access_key_secret":["canary"]"#,
            "`access_key_secret` is of another type than it should be",
        ),
        (
            r#""mode":"AK","access_key_id":7,"access_key_secret":"canary""#,
            "`access_key_id` is of another type than it should be",
        ),
        (
            r#""mode":"AK","access_key_id":"STS.i","access_key_secret":"canary""#,
            "`access_key_id` is the key of a session, but the profile gives no token with it",
        ),
        (
            &format!(r#""mode":"StsToken",{keys}"#),
            "`sts_token` is not set",
        ),
        (
            &format!(r#""mode":"RamRoleArn",{keys}"#),
            "`ram_role_arn` is not set",
        ),
        (
            &format!(r#""mode":"RamRoleArn",{keys},"ram_role_arn":"operator""#),
            "`ram_role_arn` is not like `acs:ram::<account id>:role/<name>`",
        ),
        (
            &format!(r#""mode":"RamRoleArn",{keys},"ram_role_arn":"{ARN}","expired_seconds":60"#),
            "`expired_seconds` is not 900 to 43200 seconds",
        ),
        (
            &format!(
                r#""mode":"RamRoleArn",{keys},"ram_role_arn":"{ARN}","expired_seconds":"canary""#
            ),
            "`expired_seconds` is of another type than it should be",
        ),
        (
            &format!(
                r#""mode":"RamRoleArn",{keys},"ram_role_arn":"{ARN}","ram_session_name":"a b""#
            ),
            "`ram_session_name` is not 2 to 64 letters, digits and `.@-_`",
        ),
        (
            &format!(r#""mode":"RamRoleArn",{keys},"ram_role_arn":"{ARN}","external_id":"a""#),
            "`external_id` is not 2 to 1224 letters, digits and `=,.@:/-_+`",
        ),
        (
            &format!(r#""mode":"RamRoleArn",{keys},"ram_role_arn":"{ARN}","sts_region":"x.test/""#),
            "`sts_region` is `x.test/`, which is no region",
        ),
        (
            &format!(
                r#""mode":"RamRoleArn",{keys},"ram_role_arn":"{ARN}","sts_endpoint":"http://sts.test""#
            ),
            "the endpoint `sts_endpoint` uses plain http, which is only for this machine",
        ),
        (
            r#""mode":"ChainableRamRoleArn""#,
            "`source_profile` is not set",
        ),
        (
            r#""mode":"ChainableRamRoleArn","source_profile":"y""#,
            "`source_profile` names `y`, which is no profile",
        ),
        (r#""mode":"OIDC""#, "`oidc_provider_arn` is not set"),
        (
            r#""mode":"OIDC","oidc_provider_arn":"p""#,
            "`oidc_token_file` is not set",
        ),
        (r#""mode":"External""#, "`process_command` is not set"),
        (
            r#""mode":"External","process_command":"x 'canary""#,
            "`process_command` has a quote that is not closed",
        ),
        (r#""mode":"CredentialsURI""#, "`credentials_uri` is not set"),
        (
            r#""mode":"CredentialsURI","credentials_uri":"http://x.test/?canary""#,
            "`credentials_uri` uses plain http, which is only for this machine",
        ),
        (r#""mode":"CloudSSO""#, "`cloud_sso_sign_in_url` is not set"),
        (
            r#""mode":"CloudSSO","cloud_sso_sign_in_url":"http://x.test","cloud_sso_account_id":"1","cloud_sso_access_config":"a""#,
            "`cloud_sso_sign_in_url` uses plain http, which is only for this machine",
        ),
        (r#""mode":"OAuth""#, "`oauth_site_type` is not set"),
        (
            r#""mode":"OAuth","oauth_site_type":"cn""#,
            "`oauth_site_type` is `cn`, which is no site",
        ),
        (r#""mode":"ak""#, "`mode` is `ak`, which is unknown"),
        (r#""mode":7"#, "`mode` is not a text"),
        (
            r#""region_id":"cn-hangzhou","ram_role_arn":"acs:ram::1:role/r""#,
            "`mode` is not set, and no field tells it",
        ),
    ] {
        // Named, so that a blank profile is not taken for one that was never filled in.
        let error = world(&one(members)).profile("x").error().await;
        assert_eq!(
            error.to_string(),
            format!("profile `x` in `/home/ci/.aliyun/config.json`: {problem}")
        );
    }
}

#[tokio::test]
async fn circles_and_long_chains_end_with_the_way_they_took() {
    let link = |name: &str, next: &str| {
        format!(
            r#"{{"name":"{name}","mode":"ChainableRamRoleArn","source_profile":"{next}","ram_role_arn":"{ARN}"}}"#
        )
    };
    let file = |links: &[String]| format!(r#"{{"current":"a","profiles":[{}]}}"#, links.join(","));
    let error = world(&file(&[link("a", "b"), link("b", "c"), link("c", "b")]))
        .error()
        .await;
    assert_eq!(
        error.to_string(),
        "profile `c` in `/home/ci/.aliyun/config.json`: `source_profile` goes in a circle: a → b → c → b"
    );
    let error = world(&file(&[link("a", "a")])).error().await;
    assert_eq!(error.problem, "`source_profile` goes in a circle: a → a");

    let end = r#"{"name":"z","mode":"AK","access_key_id":"i","access_key_secret":"canary"}"#;
    let chain = |names: &[&str]| {
        let mut links: Vec<_> = names
            .windows(2)
            .map(|pair| link(pair[0], pair[1]))
            .collect();
        links.push(end.to_owned());
        file(&links)
    };
    let five = chain(&["a", "b", "c", "d", "e", "z"]);
    let path = world(&five).path().await;
    assert!(
        path.ends_with("profile/e/ChainableRamRoleArn → profile/z/AK"),
        "{path}"
    );
    world(&five).key().await.unwrap();
    let error = world(&chain(&["a", "b", "c", "d", "e", "f", "z"]))
        .error()
        .await;
    assert_eq!(
        error.problem,
        "`source_profile` goes over more than 5 profiles: a → b → c → d → e → f → z"
    );
}

#[tokio::test]
async fn the_whole_file_can_be_broken() {
    for (text, problem) in [
        ("", "is not valid JSON, line 1 column 0"),
        (
            r#"{"profiles":[{"name":"x","access_key_secret":"canary"#,
            "is not valid JSON, line 1 column 52",
        ),
        (
            r#"{"profiles":{"canary":1}}"#,
            "is not of the aliyun CLI's form, line 1 column 12",
        ),
        (
            r#"{"profiles":["canary"]}"#,
            "is not of the aliyun CLI's form, line 1 column 21",
        ),
        ("[\"canary\"]", "is a list, not of the aliyun CLI's form"),
    ] {
        let error = world(text).error().await;
        let start = "profile: `/home/ci/.aliyun/config.json` ";
        assert_eq!(error.to_string(), format!("{start}{problem}"));
    }
    let world = world("{}");
    world
        .state
        .lock()
        .unwrap()
        .unreadable
        .push("/home/ci/.aliyun/config.json".into());
    let error = world.error().await;
    assert_eq!(
        error.to_string(),
        "profile: `/home/ci/.aliyun/config.json` cannot be read: permission denied"
    );
}
