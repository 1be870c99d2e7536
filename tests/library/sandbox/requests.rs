//! How requests are checked: signatures, time, nonces, keys and tokens, methods, formats, and the error of each.
//!
//! Source, unless a test says otherwise: the gateway's common error codes, and the two signature manuals.

use std::collections::BTreeMap;

use super::client::{Answer, Client, RAM, STS, TRUST, empty, of};
use export_iam::cloud::rpc::credentials::Credentials;
use export_iam::cloud::rpc::encoding::form;
use export_iam::cloud::rpc::signature::v1;
use export_iam::cloud::rpc::transport::HttpRequest;
use export_iam::sandbox::{ACCESS_KEY_ID, World};
use serde_json::json;

async fn expect(client: &Client, request: HttpRequest, status: u16, code: &str) -> Answer {
    let answer = client.send(request).await.unwrap();
    assert_eq!(
        (answer.status, answer.code()),
        (status, code),
        "{}",
        answer.body
    );
    answer
}

async fn who(client: &Client, request: HttpRequest) -> Answer {
    let answer = client.send(request).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer
}

/// Parameters of a signed call, to spoil.
fn signed(client: &Client) -> BTreeMap<&'static str, String> {
    let call = BTreeMap::from([
        ("Action", "GetCallerIdentity".to_owned()),
        ("Version", STS.to_owned()),
    ]);
    v1::sign(
        "POST",
        &call,
        &client.credentials,
        client.now(),
        &client.next_nonce(),
    )
}

#[tokio::test]
async fn both_signatures_are_taken() {
    let client = empty();
    for request in [
        client.request(STS, "GetCallerIdentity", &[]),
        client.request_v3(STS, "GetCallerIdentity", &[]),
    ] {
        let answer = who(&client, request).await;
        assert_eq!(answer.body["AccountId"], "1234567890123456");
        assert_eq!(answer.body["IdentityType"], "RAMUser");
        assert_eq!(answer.body["Arn"], "acs:ram::1234567890123456:user/sandbox");
    }
}

/// The official SDKs send POST with everything in the query; the provider sends everything in the body.
#[tokio::test]
async fn parameters_may_be_in_the_query_or_split() {
    let client = empty();
    let params = signed(&client);
    let mut request = client.form(&params);
    request.url = format!(
        "http://127.0.0.1/?{}",
        String::from_utf8(request.body).unwrap()
    );
    request.body = Vec::new();
    who(&client, request).await;

    let params = signed(&client);
    let (query, body): (Vec<_>, Vec<_>) = params.iter().partition(|(name, _)| name.len() % 2 == 0);
    let text = |part: Vec<(&&'static str, &String)>| {
        form(
            part.into_iter()
                .map(|(name, value)| (*name, value.as_str())),
        )
    };
    let mut request = client.form(&params);
    request.url = format!("http://127.0.0.1?{}", text(query));
    request.body = text(body).into_bytes();
    who(&client, request).await;
}

#[tokio::test]
async fn get_works_too_and_other_methods_do_not() {
    let client = empty();
    let call = BTreeMap::from([
        ("Action", "GetCallerIdentity".to_owned()),
        ("Version", STS.to_owned()),
    ]);
    for (method, status) in [("GET", 200), ("PUT", 400)] {
        let nonce = client.next_nonce();
        let params = v1::sign(method, &call, &client.credentials, client.now(), &nonce);
        let mut request = client.form(&params);
        request.method = method.to_owned();
        request.url = format!(
            "http://127.0.0.1/?{}",
            String::from_utf8(request.body).unwrap()
        );
        request.body = Vec::new();
        let answer = client.send(request).await.unwrap();
        assert_eq!(answer.status, status, "{method}: {}", answer.body);
        if status == 400 {
            assert_eq!(answer.code(), "UnsupportedHTTPMethod");
        }
    }
}

/// The classic SDK tells a wrong secret from an encoding mistake by this quotation.
#[tokio::test]
async fn a_wrong_v1_signature_is_answered_with_the_servers_string_to_sign() {
    let client = empty();
    let wrong = client.with(Credentials::permanent(ACCESS_KEY_ID, "other"));
    let params = signed(&wrong);
    let pairs = params.iter().map(|(name, value)| (*name, value.as_str()));
    let text = v1::string_to_sign("POST", &v1::canonical_query(pairs));
    let answer = expect(&client, wrong.form(&params), 400, "SignatureDoesNotMatch").await;
    assert_eq!(
        answer.body["Message"],
        format!(
            "Specified signature is not matched with our calculation. server string to sign is:{text}"
        )
    );
}

#[tokio::test]
async fn any_change_of_a_signed_request_is_noticed() {
    let client = empty();
    let mut params = signed(&client);
    params.insert("Extra", "1".to_owned());
    expect(&client, client.form(&params), 400, "SignatureDoesNotMatch").await;

    let mut request = client.request_v3(RAM, "GetRole", &[("RoleName", "a")]);
    request.body = b"RoleName=b".to_vec();
    expect(&client, request, 400, "SignatureDoesNotMatch").await;

    let mut request = client.request_v3(RAM, "GetRole", &[("RoleName", "a")]);
    for (name, value) in &mut request.headers {
        if name == "x-acs-action" {
            *value = "DeleteRole".to_owned();
        }
    }
    expect(&client, request, 400, "SignatureDoesNotMatch").await;

    let mut request = client.request_v3(RAM, "GetRole", &[("RoleName", "a")]);
    request
        .headers
        .push(("x-acs-more".to_owned(), "unsigned".to_owned()));
    expect(&client, request, 400, "IncompleteSignature").await;
}

#[tokio::test]
async fn clocks_may_differ_by_fifteen_minutes() {
    let client = empty();
    for (seconds, is_good) in [(900, true), (-900, true), (901, false), (-901, false)] {
        for make in [Client::request_of_caller, Client::request_v3_of_caller] {
            let request = make(&client);
            client.pass(seconds);
            let answer = client.send(request).await.unwrap();
            assert_eq!(answer.status == 200, is_good, "{seconds}: {}", answer.body);
            if !is_good {
                assert_eq!(answer.code(), "InvalidTimeStamp.Expired");
            }
            client.pass(-seconds);
        }
    }
}

#[tokio::test]
async fn times_have_one_form() {
    let client = empty();
    for bad in [
        "2026-01-02 03:04:05",
        "2026-01-02T03:04:05.000Z",
        "1767323045",
        "2026-13-02T03:04:05Z",
    ] {
        let mut params = signed(&client);
        params.insert("Timestamp", bad.to_owned());
        expect(
            &client,
            client.form(&params),
            400,
            "InvalidTimeStamp.Format",
        )
        .await;
    }
}

#[tokio::test]
async fn a_request_is_good_once() {
    let client = empty();
    for request in [client.request_of_caller(), client.request_v3_of_caller()] {
        who(&client, request.clone()).await;
        expect(&client, request, 400, "SignatureNonceUsed").await;
    }
}

/// Otherwise anyone could use up nonces that are not theirs.
#[tokio::test]
async fn a_request_with_a_wrong_signature_uses_up_no_nonce() {
    let client = empty();
    let params = signed(&client);
    let mut spoilt = params.clone();
    spoilt.insert("Signature", "AAAA".to_owned());
    expect(&client, client.form(&spoilt), 400, "SignatureDoesNotMatch").await;
    who(&client, client.form(&params)).await;
}

#[tokio::test]
async fn every_common_parameter_is_needed() {
    let client = empty();
    for name in [
        "Action",
        "Version",
        "AccessKeyId",
        "Signature",
        "SignatureMethod",
        "SignatureVersion",
        "SignatureNonce",
        "Timestamp",
    ] {
        let mut params = signed(&client);
        params.remove(name);
        let answer = expect(&client, client.form(&params), 400, "MissingParameter").await;
        let message = answer.body["Message"].as_str().unwrap();
        assert!(message.contains(&format!("\"{name}\"")), "{message}");
    }
    for name in [
        "authorization",
        "x-acs-date",
        "x-acs-signature-nonce",
        "x-acs-content-sha256",
    ] {
        let mut request = client.request_v3_of_caller();
        request.headers.retain(|(header, _)| header != name);
        let answer = client.send(request).await.unwrap();
        assert_eq!(answer.code(), "MissingParameter", "{name}: {}", answer.body);
    }
}

#[tokio::test]
async fn operations_and_versions_that_are_not_there_are_refused() {
    let client = empty();
    expect(
        &client,
        client.request(RAM, "GetRoles", &[]),
        404,
        "InvalidAction.NotFound",
    )
    .await;
    expect(
        &client,
        client.request(STS, "GetRole", &[]),
        404,
        "InvalidAction.NotFound",
    )
    .await;
    expect(
        &client,
        client.request("2015-05-02", "GetRole", &[]),
        400,
        "InvalidVersion",
    )
    .await;
    let mut request = client.request_of_caller();
    request.url = "http://127.0.0.1/ram".to_owned();
    expect(&client, request, 404, "InvalidAction.NotFound").await;
}

#[tokio::test]
async fn keys_must_be_known_active_and_without_a_token() {
    let world = World::from_json(
        &json!({
            "accounts": [{}],
            "keys": [
                { "id": "root", "secret": "s" },
                { "id": "off", "secret": "s", "user": "u", "inactive": true },
            ],
            "sessions": [{
                "id": "STS.one", "secret": "s", "token": "t1", "account": "1234567890123456",
                "role": "Admin", "role_id": "3001", "name": "me", "expires": "2026-01-02T04:04:05Z",
            }, {
                "id": "STS.two", "secret": "s", "token": "t2", "account": "1234567890123456",
                "role": "Admin", "role_id": "3001", "name": "you", "expires": "2026-01-02T04:04:05Z",
            }],
        })
        .to_string(),
    )
    .unwrap();
    let client = of(world);
    let key = |id: &str, token: Option<&str>| {
        let mut credentials = Credentials::permanent(id, "s");
        credentials.security_token = token.map(Into::into);
        client.with(credentials)
    };
    for (id, token, status, code) in [
        ("nobody", None, 404, "InvalidAccessKeyId.NotFound"),
        ("off", None, 400, "InvalidAccessKeyId.Inactive"),
        (
            "root",
            Some("t1"),
            400,
            "InvalidSecurityToken.MismatchWithAccessKey",
        ),
        ("STS.one", None, 400, "MissingSecurityToken"),
        (
            "STS.one",
            Some("t2"),
            400,
            "InvalidSecurityToken.MismatchWithAccessKey",
        ),
        ("STS.one", Some("t3"), 400, "InvalidSecurityToken.Malformed"),
    ] {
        let client = key(id, token);
        expect(&client, client.request_of_caller(), status, code).await;
        expect(&client, client.request_v3_of_caller(), status, code).await;
    }
    let root = key("root", None);
    let answer = who(&root, root.request_of_caller()).await;
    assert_eq!(answer.body["IdentityType"], "Account");
    assert_eq!(answer.body["Arn"], "acs:ram::1234567890123456:root");

    let session = key("STS.one", Some("t1"));
    for request in [session.request_of_caller(), session.request_v3_of_caller()] {
        let answer = who(&session, request).await;
        assert_eq!(answer.body["IdentityType"], "AssumedRoleUser");
        assert_eq!(answer.body["PrincipalId"], "3001:me");
        assert_eq!(
            answer.body["Arn"],
            "acs:ram::1234567890123456:assumed-role/admin/me"
        );
    }
    session.pass(3600);
    expect(
        &session,
        session.request_of_caller(),
        400,
        "InvalidSecurityToken.Expired",
    )
    .await;
}

#[tokio::test]
async fn answers_come_in_the_form_asked_for() {
    let client = empty();
    let mut call = BTreeMap::from([
        ("Action", "GetRole".to_owned()),
        ("Version", RAM.to_owned()),
    ]);
    call.insert("RoleName", "a".to_owned());
    let mut params = v1::sign(
        "POST",
        &call,
        &client.credentials,
        client.now(),
        &client.next_nonce(),
    );
    params.insert("Format", "XML".to_owned());
    let pairs = params.iter().map(|(name, value)| (*name, value.as_str()));
    let text = v1::string_to_sign("POST", &v1::canonical_query(pairs));
    params.insert("Signature", v1::signature("sandbox-secret", &text));
    let answer = client.send(client.form(&params)).await.unwrap();
    let body = String::from_utf8(answer.response.body.clone()).unwrap();
    assert_eq!(answer.status, 404);
    assert_eq!(
        answer.response.header("content-type"),
        Some("text/xml;charset=utf-8")
    );
    assert!(
        body.contains("<Error><Code>EntityNotExist.Role</Code>"),
        "{body}"
    );
    assert!(body.contains("<HostId>ram.aliyuncs.com</HostId>"), "{body}");
    assert!(body.contains("<RequestId>"), "{body}");
}

/// Source: size notes of RPC requests; texts of every script survive both signatures.
#[tokio::test]
async fn awkward_texts_survive_the_way_in_and_out() {
    let text = "a +*~/'()!&=%\t\n镜é🚀\"\\<>";
    let client = empty();
    let role = [
        ("RoleName", "a"),
        ("AssumeRolePolicyDocument", TRUST),
        ("Description", text),
    ];
    let answer = client.ok("CreateRole", &role).await;
    assert_eq!(answer["Role"]["Description"], text);
    let update = [("RoleName", "a"), ("NewDescription", text)];
    let answer = who(&client, client.request_v3(RAM, "UpdateRole", &update)).await;
    assert_eq!(answer.body["Role"]["Description"], text);
}

impl Client {
    fn request_of_caller(&self) -> HttpRequest {
        self.request(STS, "GetCallerIdentity", &[])
    }

    fn request_v3_of_caller(&self) -> HttpRequest {
        self.request_v3(STS, "GetCallerIdentity", &[])
    }
}
