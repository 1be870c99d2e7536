//! What each shape of answer means.

use export_iam::account::{AccountError, AccountErrorKind, ReadAccount};
use export_iam::cloud::hint::hint;
use export_iam::cloud::rpc::encoding::encode;
use export_iam::cloud::rpc::signature::v1;
use export_iam::cloud::rpc::transport::{HttpRequest, HttpResponse, Transport, TransportError};
use export_iam::model::{IdentityType, PolicyName, PolicyRef, RoleName};
use serde_json::json;

use super::fake::*;

fn name() -> RoleName {
    RoleName::new("R").unwrap()
}

fn policy_name() -> PolicyName {
    PolicyName::new("P").unwrap()
}

async fn get_role(reply: Reply) -> Result<bool, AccountError> {
    let fake = Fake::default().on("GetRole", [reply]);
    Ok(client(&fake).role(&name()).await?.is_some())
}

#[tokio::test(start_paused = true)]
async fn only_the_very_code_means_absent() {
    assert!(!get_role(error(404, "EntityNotExist.Role")).await.unwrap());
    let xml = "<Error><RequestId>r</RequestId><Code>EntityNotExist.Role</Code><Message>gone</Message></Error>";
    assert!(!get_role(body(404, "text/xml", xml)).await.unwrap());
    for other in [
        error(404, "EntityNotExist.Policy"),
        error(404, "EntityNotExist.User"),
        error(404, "EntityNotExist"),
        error(404, "EntityNotExist.Role.Policy"),
        error(404, "InvalidAction.NotFound"),
        body(404, "text/html", "<html>EntityNotExist.Role</html>"),
        body(404, "application/json", ""),
        body(404, "application/json", r#"{"Code":"EntityNotExist.Role""#),
        body(200, "application/json", "{}"),
        body(200, "application/json", "null"),
        body(204, "", ""),
        ok(json!({})),
        ok(json!({"Role": null})),
        ok(json!({"Role": {"RoleName": "Other", "Arn": "a", "AssumeRolePolicyDocument": "{}"}})),
    ] {
        get_role(other).await.unwrap_err();
    }
}

#[tokio::test(start_paused = true)]
async fn every_read_keeps_to_its_own_code() {
    let fake = |code: &str| {
        let mut fake = Fake::default();
        for operation in [
            "ListPoliciesForRole",
            "GetPolicy",
            "ListPolicyVersions",
            "ListEntitiesForPolicy",
            "ListTagResources",
        ] {
            fake = fake.on(operation, [error(404, code)]);
        }
        fake
    };
    let custom = PolicyRef::custom(policy_name());
    let no_role = client(&fake("EntityNotExist.Role"));
    assert_eq!(no_role.attachments(&name()).await.unwrap(), None);
    assert!(no_role.role_tags(&name()).await.unwrap().is_empty());
    no_role.policy(&custom).await.unwrap_err();
    no_role.policy_versions(&policy_name()).await.unwrap_err();
    no_role.policy_holders(&custom).await.unwrap_err();
    no_role.policy_tags(&policy_name()).await.unwrap_err();
    let no_policy = client(&fake("EntityNotExist.Policy"));
    assert_eq!(no_policy.policy(&custom).await.unwrap(), None);
    assert_eq!(
        no_policy.policy_versions(&policy_name()).await.unwrap(),
        None
    );
    assert_eq!(no_policy.policy_holders(&custom).await.unwrap(), None);
    assert!(
        no_policy
            .policy_tags(&policy_name())
            .await
            .unwrap()
            .is_empty()
    );
    no_policy.attachments(&name()).await.unwrap_err();
    no_policy.role_tags(&name()).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn the_caller_is_asked_of_sts() {
    let fake = Fake::default().on(
        "GetCallerIdentity",
        [ok(
            json!({"AccountId": "1234567890123456", "Arn": "acs:ram::1234567890123456:user/alice",
                   "IdentityType": "RAMUser", "PrincipalId": "2100", "UserId": "2100"}),
        )],
    );
    let caller = client(&fake).caller().await.unwrap();
    assert_eq!(caller.account.as_str(), "1234567890123456");
    assert_eq!(caller.identity_type, IdentityType::RamUser);
    let received = &fake.received()[0];
    assert_eq!(received.request.url, "https://sts.aliyuncs.com/");
    assert_eq!(received.params["Version"], "2015-04-01");
}

#[tokio::test(start_paused = true)]
async fn lists_are_read_to_their_end() {
    let page = |names: &[&str], marker: Option<&str>| {
        let list: Vec<_> = names
            .iter()
            .map(|name| json!({"PolicyName": name, "PolicyType": "System"}))
            .collect();
        ok(match marker {
            Some(marker) => {
                json!({"Policies": {"Policy": list}, "IsTruncated": true, "Marker": marker})
            }
            None => json!({"Policies": {"Policy": list}, "IsTruncated": false}),
        })
    };
    let fake = Fake::default().on(
        "ListPoliciesForRole",
        [
            page(&["C"], Some("m+1")),
            page(&["A", "C"], Some("m2")),
            page(&["B"], None),
        ],
    );
    let found = client(&fake).attachments(&name()).await.unwrap().unwrap();
    let names: Vec<_> = found.iter().map(|policy| policy.name.as_str()).collect();
    assert_eq!(names, ["A", "B", "C"]);
    let received = fake.received();
    assert_eq!(received[1].params["Marker"], "m+1");
    assert_eq!(received[2].params["Marker"], "m2");

    for endless in [
        vec![page(&["A"], Some("same"))],
        vec![
            page(&["A"], Some("x")),
            page(&["A"], Some("y")),
            page(&["A"], Some("x")),
        ],
        vec![ok(json!({"Policies": {"Policy": []}, "IsTruncated": true}))],
    ] {
        let fake = Fake::default().on("ListPoliciesForRole", endless);
        let failed = client(&fake).attachments(&name()).await.unwrap_err();
        assert_eq!(failed.kind, AccountErrorKind::BadAnswer);
        assert!(fake.received().len() <= 4);
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_breaks_on_its_second_page_is_an_error() {
    let first = ok(json!({"Policies": {"Policy": []}, "IsTruncated": true, "Marker": "m"}));
    let fake = Fake::default().on("ListPoliciesForRole", [first, error(403, "NoPermission")]);
    let failed = client(&fake).attachments(&name()).await.unwrap_err();
    assert_eq!(failed.kind, AccountErrorKind::Denied);
}

#[tokio::test(start_paused = true)]
async fn holders_tags_and_versions_come_sorted() {
    let fake = Fake::default()
        .on(
            "ListEntitiesForPolicy",
            [ok(json!({
                "Roles": {"Role": [{"RoleName": "r"}]}, "Groups": {"Group": [{"GroupName": "g"}]},
                "Users": {"User": [{"UserName": "u2"}, {"UserName": "u1"}]},
            }))],
        )
        .on(
            "ListTagResources",
            [tags("role", "r", &[("b", "2"), ("a", "")])],
        )
        .on("ListPolicyVersions", [versions(&["v10", "v9"])]);
    let client = client(&fake);
    let holders = client
        .policy_holders(&PolicyRef::custom(policy_name()))
        .await;
    assert_eq!(
        holders.unwrap().unwrap(),
        ["group/g", "role/r", "user/u1", "user/u2"]
    );
    let tags = client.role_tags(&name()).await.unwrap();
    assert_eq!(tags.into_iter().collect::<Vec<_>>().len(), 2);
    let versions = client
        .policy_versions(&policy_name())
        .await
        .unwrap()
        .unwrap();
    let ids: Vec<_> = versions.iter().map(|v| v.id.to_string()).collect();
    assert_eq!(ids, ["v9", "v10"]);
}

#[tokio::test(start_paused = true)]
async fn an_error_keeps_what_the_service_said() {
    let denied = json!({"Code": "NoPermission", "Message": "You are not authorized.\nSorry.", "RequestId": "0DEB",
        "Recommend": "https://next.api.example", "AccessDeniedDetail": {
            "AuthAction": "ram:GetRole", "AuthPrincipalType": "SubUser", "AuthPrincipalDisplayName": "2100",
            "NoPermissionType": "ExplicitDeny", "PolicyType": "ControlPolicy"}});
    let failed = get_role(body(403, "application/json", denied.to_string()))
        .await
        .unwrap_err();
    assert_eq!(
        failed.to_string(),
        "GetRole `role/R`: NoPermission: You are not authorized. Sorry. (request id 0DEB)"
    );
    assert_eq!(failed.http_status, Some(403));
    assert_eq!(
        failed.recommend.as_deref(),
        Some("https://next.api.example")
    );
    assert!(hint(&failed).unwrap().contains("control policy"));
}

#[tokio::test(start_paused = true)]
async fn foreign_answers_are_described_and_never_quoted() {
    let page = "<html><body>canary</body></html>";
    for (status, kind) in [
        (200, AccountErrorKind::BadAnswer),
        (302, AccountErrorKind::BadAnswer),
        (407, AccountErrorKind::BadAnswer),
        (502, AccountErrorKind::Unavailable),
    ] {
        let failed = get_role(body(status, "text/html; charset=utf-8", page))
            .await
            .unwrap_err();
        assert_eq!(failed.kind, kind);
        assert_eq!(
            failed.to_string(),
            format!(
                "GetRole `role/R`: the answer is not the service's: status {status}, text/html; charset=utf-8"
            )
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_off_is_corrected_from_the_services_time() {
    let too_early =
        error(400, "InvalidTimeStamp.Expired").header("date", "Fri, 02 Jan 2026 04:04:05 GMT");
    let fake = Fake::default().on("GetRole", [too_early, role("{}")]);
    let client = client(&fake);
    client.role(&name()).await.unwrap();
    let signed = |at: usize| fake.received()[at].params["Timestamp"].clone();
    assert_eq!(signed(0), WALL);
    assert_eq!(signed(1), "2026-01-02T04:04:05Z");
    // The time is kept, so no further call is refused.
    client.role(&name()).await.unwrap();
    assert_eq!(signed(2), "2026-01-02T04:04:05Z");
    assert_eq!(client.counts().retries, 1);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_off_by_more_than_a_day_is_shown_with_both_times() {
    let reply =
        error(400, "InvalidTimeStamp.Expired").header("date", "Sat, 03 Jan 2026 04:04:05 GMT");
    let failed = get_role(reply).await.unwrap_err();
    assert_eq!(failed.kind, AccountErrorKind::Clock);
    assert!(
        failed.message.starts_with(
            "the clock here shows 2026-01-02T03:04:05Z, the service's 2026-01-03T04:04:05Z: "
        ),
        "{failed}"
    );
    let without = get_role(error(400, "InvalidTimeStamp.Expired"))
        .await
        .unwrap_err();
    assert!(
        without.message.contains("the service's unknown"),
        "{without}"
    );
}

/// Quotes what it was sent, as RAM does, changed by `edit`.
struct Quoting(fn(String) -> String);

impl Transport for Quoting {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let text = export_iam::cloud::rpc::signature::sent_string_to_sign(&request);
        let quote = (self.0)(text);
        let message = format!(
            "Specified signature is not matched with our calculation. server string to sign is:{quote}"
        );
        let json = json!({"Code": "SignatureDoesNotMatch", "Message": message, "RequestId": "r"});
        Ok(HttpResponse {
            status: 400,
            headers: vec![],
            body: json.to_string().into_bytes(),
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_secret_is_told_from_a_bug_of_ours() {
    use export_iam::cloud::ram::RamClient;
    use export_iam::cloud::rpc::client::{RpcClient, Settings};
    use export_iam::cloud::rpc::clock::{Clock, Random};
    use export_iam::cloud::rpc::signature::SignatureVersion;

    for version in [SignatureVersion::V1, SignatureVersion::V3] {
        let ask = async |edit: fn(String) -> String| {
            let settings = Settings {
                signature: version,
                ..settings()
            };
            let clock = Clock::starting_at(WALL.parse().unwrap());
            let random = Random::seeded(1);
            let client = RamClient::new(RpcClient::new(
                Quoting(edit),
                credentials(),
                clock,
                random,
                settings,
            ));
            client.role(&name()).await.unwrap_err()
        };
        let wrong_secret = ask(|text| text).await;
        assert_eq!(wrong_secret.kind, AccountErrorKind::Credential);
        assert!(hint(&wrong_secret).unwrap().contains("secret"));
        let bug = ask(|text| text.replace('2', "3")).await;
        assert_eq!(bug.kind, AccountErrorKind::Rejected);
        assert!(
            bug.message.ends_with("this is a bug in export-iam"),
            "{bug}"
        );
    }
}

/// The string to sign that is worked out from a finished request is the one that was signed.
#[tokio::test(start_paused = true)]
async fn what_was_sent_can_be_verified() {
    let fake = Fake::default().on("GetRole", [role("{}")]);
    client(&fake).role(&name()).await.unwrap();
    let received = &fake.received()[0];
    let text = export_iam::cloud::rpc::signature::sent_string_to_sign(&received.request);
    assert_eq!(
        v1::signature("testsecret", &text),
        received.params["Signature"]
    );
    assert!(text.contains(&*encode("RoleName=R")));
}
