//! Several accounts: becoming a role in another one, tokens from outside, the resource directory, machine keys,
//! permissions, and whole fleets.

use super::client::{Answer, Client, RAM, START, STS, TRUST, of, seeded};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use export_iam::cloud::rpc::credentials::Credentials;
use export_iam::cloud::rpc::transport::HttpRequest;
use export_iam::sandbox::{Fleet, MemberState, World};
use serde_json::{Value, json};

const MEMBER: &str = "2000000000000001";
use super::client::RESOURCE_MANAGER as MANAGER;
const MASTER: &str = "2022-04-19";

fn trusting(principal: &Value) -> Value {
    json!({ "Version": "1", "Statement": [
        { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal }
    ]})
}

fn allowing(action: &str, resource: &str) -> Value {
    json!({ "Version": "1", "Statement": [
        { "Effect": "Allow", "Action": action, "Resource": resource }
    ]})
}

/// The main account, with the usual key, and one member that holds these roles.
fn two_accounts(roles: &Value) -> Client {
    let world = json!({
        "accounts": [{}, {
            "id": MEMBER,
            "roles": roles,
            "policies": [{ "name": "ReadOnly", "versions": [{ "document": allowing("ram:Get*", "*") }] }],
        }],
    });
    of(World::from_json(&world.to_string()).unwrap())
}

fn open_role(name: &str, trust: Value) -> Value {
    let admin = json!([{ "policy": "system:AdministratorAccess" }]);
    json!({ "name": name, "trust": trust, "attachments": admin })
}

async fn sts(client: &Client, operation: &str, parameters: &[(&'static str, &str)]) -> Answer {
    client
        .send(client.request(STS, operation, parameters))
        .await
        .unwrap()
}

async fn assume(client: &Client, role: &str, more: &[(&'static str, &str)]) -> Answer {
    let arn = format!("acs:ram::{MEMBER}:role/{role}");
    let mut parameters = vec![("RoleArn", arn.as_str()), ("RoleSessionName", "me@test")];
    for pair in more {
        parameters.retain(|(name, _)| name != &pair.0);
        parameters.push(*pair);
    }
    sts(client, "AssumeRole", &parameters).await
}

/// A client with the keys in this answer.
fn with_keys(client: &Client, keys: &Value) -> Client {
    let text = |name: &str| keys[name].as_str().unwrap();
    let mut credentials = Credentials::permanent(text("AccessKeyId"), text("AccessKeySecret"));
    credentials.security_token = Some(text("SecurityToken").into());
    client.with(credentials)
}

async fn enter(client: &Client, role: &str) -> Client {
    let answer = assume(client, role, &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    with_keys(client, &answer.body["Credentials"])
}

/// Source: STS, `AssumeRole`.
#[tokio::test]
async fn a_trusted_user_becomes_a_role_in_another_account() {
    let trust = trusting(&json!({ "RAM": "acs:ram::1234567890123456:root" }));
    let client = two_accounts(&json!([open_role("Access", trust)]));
    let answer = assume(&client, "access", &[("DurationSeconds", "900")]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let keys = &answer.body["Credentials"];
    assert!(keys["AccessKeyId"].as_str().unwrap().starts_with("STS."));
    assert_eq!(keys["Expiration"], "2026-01-02T03:19:05Z");
    let user = &answer.body["AssumedRoleUser"];
    assert_eq!(
        user["Arn"],
        "acs:ram::2000000000000001:assumed-role/access/me@test"
    );

    let inside = with_keys(&client, keys);
    let who = sts(&inside, "GetCallerIdentity", &[]).await.body;
    assert_eq!(who["AccountId"], MEMBER);
    assert_eq!(who["IdentityType"], "AssumedRoleUser");
    assert_eq!(who["PrincipalId"], user["AssumedRoleId"]);
    // What is written there is written in that account.
    inside.create_role("New").await;
    client
        .refused(
            "GetRole",
            &[("RoleName", "New")],
            404,
            "EntityNotExist.Role",
        )
        .await;
    inside.pass(900);
    let late = sts(&inside, "GetCallerIdentity", &[]).await;
    assert_eq!(late.code(), "InvalidSecurityToken.Expired");
}

/// Source: STS errors; the shared text for a missing permission and a trust policy that leaves the caller out.
#[tokio::test]
async fn a_role_opens_only_to_those_it_trusts() {
    let client = two_accounts(&json!([
        { "name": "Service", "trust": serde_json::from_str::<Value>(TRUST).unwrap() },
        open_role("Alice", trusting(&json!({ "RAM": "acs:ram::1234567890123456:user/alice" }))),
        open_role("Other", trusting(&json!({ "RAM": "acs:ram::9999999999999999:root" }))),
    ]));
    for role in ["Service", "Alice", "Other"] {
        let answer = assume(&client, role, &[]).await;
        assert_eq!(
            (answer.status, answer.code()),
            (403, "NoPermission"),
            "{role}"
        );
        let detail = &answer.body["AccessDeniedDetail"];
        assert_eq!(detail["PolicyType"], "AssumeRolePolicy");
        assert_eq!(detail["AuthAction"], "sts:AssumeRole");
    }
    let answer = assume(&client, "Nobody", &[]).await;
    assert_eq!((answer.status, answer.code()), (404, "EntityNotExist.Role"));
}

/// Source: STS, "Roles may not be assumed by root accounts".
#[tokio::test]
async fn a_root_key_becomes_no_role() {
    let world = json!({
        "accounts": [{ "roles": [open_role("Access", trusting(&json!({ "RAM": "acs:ram::1234567890123456:root" })))] }],
        "keys": [{ "id": "sandbox-key", "secret": "sandbox-secret" }],
    });
    let client = of(World::from_json(&world.to_string()).unwrap());
    let own = ("RoleArn", "acs:ram::1234567890123456:role/access");
    let answer = assume(&client, "", &[own]).await;
    assert_eq!((answer.status, answer.code()), (403, "NoPermission"));
    assert_eq!(
        answer.body["Message"],
        "Roles may not be assumed by root accounts."
    );
}

/// Source: STS, `AssumeRole` parameters and errors.
#[tokio::test]
async fn what_is_asked_of_a_session_is_checked() {
    let trust = trusting(&json!({ "RAM": "acs:ram::1234567890123456:root" }));
    let client = two_accounts(&json!([open_role("Access", trust)]));
    let long = format!("{{{}}}", " ".repeat(2048));
    for (parameter, value, code) in [
        ("RoleArn", "acs:ram::x:role/a", "InvalidParameter.RoleArn"),
        ("RoleSessionName", "a", "InvalidParameter.RoleSessionName"),
        ("RoleSessionName", "a b", "InvalidParameter.RoleSessionName"),
        ("DurationSeconds", "899", "InvalidParameter.DurationSeconds"),
        (
            "DurationSeconds",
            "3601",
            "InvalidParameter.DurationSeconds",
        ),
        ("Policy", "{}", "InvalidParameter.PolicyGrammar"),
        ("Policy", &long, "InvalidParameter.PolicySize"),
    ] {
        let answer = assume(&client, "Access", &[(parameter, value)]).await;
        assert_eq!((answer.status, answer.code()), (400, code));
    }
}

/// Source: STS, `ExternalId`; RAM, condition key `sts:ExternalId`.
#[tokio::test]
async fn an_external_id_opens_a_role_that_wants_it() {
    let mut trust = trusting(&json!({ "RAM": "acs:ram::1234567890123456:root" }));
    trust["Statement"][0]["Condition"] = json!({ "StringEquals": { "sts:ExternalId": "ours" } });
    let client = two_accounts(&json!([open_role("Access", trust)]));
    assert_eq!(assume(&client, "Access", &[]).await.code(), "NoPermission");
    assert_eq!(
        assume(&client, "Access", &[("ExternalId", "theirs")])
            .await
            .code(),
        "NoPermission"
    );
    assert_eq!(
        assume(&client, "Access", &[("ExternalId", "ours")])
            .await
            .status,
        200
    );
}

/// A session may do what its role's policies allow, less what its session policy leaves out.
#[tokio::test]
async fn a_session_may_do_what_its_role_may() {
    let trust = trusting(&json!({ "RAM": "acs:ram::1234567890123456:root" }));
    let reader = json!({ "name": "Reader", "trust": trust, "attachments": [{ "policy": "custom:ReadOnly" }] });
    let client = two_accounts(
        &json!([reader, { "name": "Empty", "trust": trust }, open_role("Admin", trust)]),
    );
    let role = [("RoleName", "Reader")];

    let inside = enter(&client, "Reader").await;
    inside.ok("GetRole", &role).await;
    let refusal = inside
        .refused("DeleteRole", &role, 403, "NoPermission")
        .await;
    let detail = &refusal["AccessDeniedDetail"];
    assert_eq!(detail["AuthAction"], "ram:DeleteRole");
    assert_eq!(detail["AuthPrincipalType"], "AssumedRoleUser");
    assert_eq!(detail["AuthPrincipalOwnerId"], MEMBER);
    assert_eq!(detail["NoPermissionType"], "ImplicitDeny");
    assert_eq!(detail["PolicyType"], "AccountLevelIdentityBasedPolicy");

    let nothing = enter(&client, "Empty").await;
    nothing.refused("GetRole", &role, 403, "NoPermission").await;
    assert_eq!(sts(&nothing, "GetCallerIdentity", &[]).await.status, 200);

    let narrow = allowing("ram:ListRoles", "*").to_string();
    let answer = assume(&client, "Admin", &[("Policy", &narrow)]).await;
    let narrow = with_keys(&client, &answer.body["Credentials"]);
    narrow.ok("ListRoles", &[]).await;
    let refusal = narrow.refused("GetRole", &role, 403, "NoPermission").await;
    assert_eq!(refusal["AccessDeniedDetail"]["PolicyType"], "SessionPolicy");
}

/// Sessions may chain: a role may trust a role. Its ARN is taken in either spelling.
#[tokio::test]
async fn a_role_may_become_another_role() {
    let client = two_accounts(&json!([
        open_role(
            "First",
            trusting(&json!({ "RAM": "acs:ram::1234567890123456:root" }))
        ),
        open_role(
            "Lower",
            trusting(&json!({ "RAM": format!("acs:ram::{MEMBER}:role/first") }))
        ),
        open_role(
            "Exact",
            trusting(&json!({ "RAM": format!("acs:ram::{MEMBER}:role/First") }))
        ),
    ]));
    let first = enter(&client, "First").await;
    enter(&first, "Lower").await;
    enter(&first, "Exact").await;
    assert_eq!(assume(&client, "Lower", &[]).await.code(), "NoPermission");
}

/// Source: RAM, permission names and resources; the key is limited by the state.
#[tokio::test]
async fn a_limited_key_may_do_what_its_document_says() {
    let own = |entity: &str| format!("acs:ram:*:1234567890123456:{entity}");
    let document = json!({ "Version": "1", "Statement": [
        { "Effect": "Allow", "Action": ["ram:GetRole", "ram:AttachPolicyToRole"], "Resource": own("role/Export") },
        { "Effect": "Allow", "Action": "ram:AttachPolicyToRole", "Resource": "acs:ram:*:system:policy/AdministratorAccess" },
        { "Effect": "Allow", "Action": "ram:CreateRole", "Resource": own("role/*") },
        { "Effect": "Deny", "Action": "ram:DeleteRole", "Resource": "*" },
    ]});
    let world = json!({
        "accounts": [{}],
        "keys": [{ "id": "sandbox-key", "secret": "sandbox-secret", "user": "ci", "allowed": document }],
    });
    let client = of(World::from_json(&world.to_string()).unwrap());
    client.create_role("Export").await;
    client.ok("GetRole", &[("RoleName", "Export")]).await;
    client
        .refused("GetRole", &[("RoleName", "Other")], 403, "NoPermission")
        .await;
    client.refused("ListRoles", &[], 403, "NoPermission").await;
    let denied = client
        .refused("DeleteRole", &[("RoleName", "Export")], 403, "NoPermission")
        .await;
    assert_eq!(
        denied["AccessDeniedDetail"]["NoPermissionType"],
        "ExplicitDeny"
    );
    // Attaching touches both ends.
    let attach = |policy| {
        [
            ("RoleName", "Export"),
            ("PolicyType", "System"),
            ("PolicyName", policy),
        ]
    };
    client
        .ok("AttachPolicyToRole", &attach("AdministratorAccess"))
        .await;
    let other = attach("AliyunOSSFullAccess");
    client
        .refused("AttachPolicyToRole", &other, 403, "NoPermission")
        .await;
}

/// Source: Resource Directory, control policies: `PolicyType` is `ControlPolicy`, `NoPermissionType` `ExplicitDeny`.
#[tokio::test]
async fn a_control_policy_stands_over_administrators() {
    let client = seeded(&json!({ "control_policy": { "Version": "1", "Statement": [
        { "Effect": "Allow", "Action": "*", "Resource": "*" },
        { "Effect": "Deny", "Action": "ram:CreateRole", "Resource": "*" },
    ]}}));
    client.ok("ListRoles", &[]).await;
    let create = [("RoleName", "a"), ("AssumeRolePolicyDocument", TRUST)];
    let refusal = client
        .refused("CreateRole", &create, 403, "NoPermission")
        .await;
    assert_eq!(refusal["AccessDeniedDetail"]["PolicyType"], "ControlPolicy");
    assert_eq!(
        refusal["AccessDeniedDetail"]["NoPermissionType"],
        "ExplicitDeny"
    );
}

// Tokens from outside.

const PROVIDER: &str = "acs:ram::1234567890123456:oidc-provider/ci";

fn token(claims: &Value) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!(
        "{}.{}.{}",
        part(r#"{"alg":"RS256"}"#),
        part(&claims.to_string()),
        part("signature")
    )
}

fn claims() -> Value {
    json!({ "iss": "https://issuer.test", "aud": "sts", "sub": "repo:ours", "exp": START + 600, "iat": START })
}

fn with_provider() -> Client {
    let mut trust = trusting(&json!({ "Federated": [PROVIDER] }));
    trust["Statement"][0]["Condition"] =
        json!({ "StringEquals": { "oidc:sub": ["repo:ours"], "oidc:aud": "sts" } });
    seeded(&json!({
        "roles": [open_role("Ci", trust)],
        "oidc_providers": [{ "name": "ci", "issuer": "https://issuer.test", "client_ids": ["sts"] }],
    }))
}

async fn assume_with(client: &Client, token: &str, provider: &str) -> Answer {
    let body = [
        ("Action", "AssumeRoleWithOIDC"),
        ("Version", STS),
        ("Format", "JSON"),
        ("RoleArn", "acs:ram::1234567890123456:role/ci"),
        ("RoleSessionName", "run-1"),
        ("OIDCProviderArn", provider),
        ("OIDCToken", token),
    ]
    .map(|(name, value)| (name, value.to_owned()));
    client
        .send(client.form(&body.into_iter().collect()))
        .await
        .unwrap()
}

/// Source: STS, `AssumeRoleWithOIDC`: no signature, the token in its place.
#[tokio::test]
async fn a_token_from_outside_opens_a_role_without_a_signature() {
    let client = with_provider();
    let answer = assume_with(&client, &token(&claims()), PROVIDER).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let info = &answer.body["OIDCTokenInfo"];
    assert_eq!(info["Subject"], "repo:ours");
    assert_eq!(info["ClientIds"], "sts");
    assert_eq!(info["ExpirationTime"], "2026-01-02T03:14:05Z");
    with_keys(&client, &answer.body["Credentials"])
        .create_role("a")
        .await;
}

/// Source: STS, errors of `AssumeRoleWithOIDC`.
#[tokio::test]
async fn a_token_that_does_not_fit_is_refused_by_its_fault() {
    let client = with_provider();
    let but = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        token(&claims)
    };
    for (token, code) in [
        (
            "not a token".to_owned(),
            "AuthenticationFail.OIDCToken.Invalid",
        ),
        (
            but("iss", json!("https://other.test")),
            "AuthenticationFail.OIDCToken.Invalid",
        ),
        (
            but("exp", json!(START)),
            "AuthenticationFail.OIDCToken.Expired",
        ),
        (
            but("aud", json!(["other"])),
            "AuthenticationFail.OIDCToken.AudienceNotMatch",
        ),
        (
            but("sub", json!("repo:theirs")),
            "AuthenticationFail.NoPermission",
        ),
    ] {
        let answer = assume_with(&client, &token, PROVIDER).await;
        assert_eq!(
            (answer.status, answer.code()),
            (401, code),
            "{}",
            answer.body
        );
    }
    let nobody = "acs:ram::1234567890123456:oidc-provider/nobody";
    let answer = assume_with(&client, &token(&claims()), nobody).await;
    assert_eq!(answer.status, 404);
}

// The resource directory.

async fn accounts(client: &Client, version: &str, parameters: &[(&'static str, &str)]) -> Value {
    let request = client.request(version, "ListAccounts", parameters);
    let answer = client.send(request).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

fn ids(list: &Value) -> Vec<&str> {
    let accounts = list["Accounts"]["Account"].as_array().unwrap();
    accounts
        .iter()
        .map(|account| account["AccountId"].as_str().unwrap())
        .collect()
}

fn fleet(members: u64) -> Client {
    of(World::fleet(Fleet {
        members,
        ..Fleet::default()
    })
    .unwrap())
}

/// Source: ResourceManager, `ListAccounts`: ten a page, tags only when asked for.
#[tokio::test]
async fn members_are_listed_in_numbered_pages() {
    let client = fleet(25);
    let first = accounts(&client, MANAGER, &[]).await;
    assert_eq!((ids(&first).len(), &first["TotalCount"]), (10, &json!(25)));
    assert!(first["Accounts"]["Account"][0].get("Tags").is_none());
    assert!(first["Accounts"]["Account"][0].get("AccountName").is_none());
    let last = accounts(
        &client,
        MANAGER,
        &[
            ("PageNumber", "2"),
            ("PageSize", "20"),
            ("IncludeTags", "true"),
        ],
    )
    .await;
    assert_eq!(ids(&last).len(), 5);
    let member = &last["Accounts"]["Account"][0];
    assert_eq!(member["AccountId"], "2000000000000021");
    assert_eq!(
        member["ResourceDirectoryPath"],
        "rd-sandbox/r-sandbox/fd-even/2000000000000021"
    );
    assert_eq!(
        member["Tags"]["Tag"],
        json!([{ "Key": "env", "Value": "prod" }])
    );
    let prod = [
        ("Tag.1.Key", "env"),
        ("Tag.1.Value", "prod"),
        ("PageSize", "100"),
    ];
    assert_eq!(ids(&accounts(&client, MANAGER, &prod).await).len(), 7);
}

/// Source: ResourceDirectoryMaster, `ListAccounts` with `MaxResults` and `NextToken`.
#[tokio::test]
async fn members_are_listed_by_token_too() {
    let client = fleet(5);
    let first = accounts(&client, MASTER, &[("MaxResults", "3")]).await;
    assert_eq!(ids(&first).len(), 3);
    let token = first["NextToken"].as_str().unwrap();
    let second = accounts(
        &client,
        MASTER,
        &[("MaxResults", "3"), ("NextToken", token)],
    )
    .await;
    assert_eq!(ids(&second), ["2000000000000004", "2000000000000005"]);
    assert!(second.get("NextToken").is_none());
    assert_eq!(second["Accounts"]["Account"][0]["DeletionStatus"], "");
}

/// Source: ResourceManager, `ListFoldersForParent` and `ListAccountsForParent`.
#[tokio::test]
async fn folders_hold_members() {
    let client = fleet(5);
    let ask = |operation, parameters: &[(&'static str, &str)]| {
        client.request(MANAGER, operation, parameters)
    };
    let folders = client
        .send(ask("ListFoldersForParent", &[]))
        .await
        .unwrap()
        .body;
    assert_eq!(folders["Folders"]["Folder"][1]["FolderId"], "fd-odd");
    let odd = client
        .send(ask(
            "ListAccountsForParent",
            &[("ParentFolderId", "fd-odd")],
        ))
        .await
        .unwrap()
        .body;
    assert_eq!(ids(&odd), ["2000000000000002", "2000000000000004"]);
    let about = client
        .send(ask("GetResourceDirectory", &[]))
        .await
        .unwrap()
        .body;
    assert_eq!(
        about["ResourceDirectory"]["MasterAccountId"],
        "1234567890123456"
    );
}

/// Source: ResourceManager: `EntityNotExists` with an s; only the management account may ask.
#[tokio::test]
async fn only_the_management_account_of_a_directory_sees_its_members() {
    let client = seeded(&json!({}));
    let answer = client
        .send(client.request(MANAGER, "ListAccounts", &[]))
        .await
        .unwrap();
    assert_eq!(
        (answer.status, answer.code()),
        (404, "EntityNotExists.ResourceDirectory")
    );
    let member = enter(&fleet(1), "ResourceDirectoryAccountAccessRole").await;
    let answer = member
        .send(member.request(MANAGER, "ListAccounts", &[]))
        .await
        .unwrap();
    assert_eq!((answer.status, answer.code()), (403, "NoPermission"));
}

// Fleets.

#[tokio::test]
async fn a_fleet_is_in_mixed_drift_and_every_run_makes_the_same() {
    let shape = Fleet {
        members: 16,
        locked_every: Some(11),
        guarded_every: Some(5),
    };
    let client = of(World::fleet(shape).unwrap());
    let again = World::fleet(shape).unwrap().to_json().unwrap();
    assert_eq!(client.sandbox.world().to_json().unwrap(), again);

    let export = [("RoleName", "AliyunECSImageExportDefaultRole")];
    for number in 0..16_u64 {
        let arn = format!(
            "acs:ram::{}:role/ResourceDirectoryAccountAccessRole",
            2_000_000_000_000_001 + number
        );
        let answer = assume(&client, "", &[("RoleArn", &arn)]).await;
        if number == 10 {
            assert_eq!(answer.code(), "NoPermission");
            continue;
        }
        let member = with_keys(&client, &answer.body["Credentials"]);
        let role = member.call("GetRole", &export).await;
        let is_missing = MemberState::of(number) == MemberState::RoleMissing;
        assert_eq!(role.status == 404, is_missing, "{number}");
        let create = [("RoleName", "probe"), ("AssumeRolePolicyDocument", TRUST)];
        let answer = member.call("CreateRole", &create).await;
        assert_eq!(
            answer.status == 403,
            (number + 1) % 5 == 0,
            "{number}: {}",
            answer.body
        );
    }
}

#[tokio::test]
async fn thousands_of_accounts_are_made_at_once() {
    let client = fleet(10_000);
    let last = accounts(
        &client,
        MANAGER,
        &[("PageSize", "1"), ("PageNumber", "10000")],
    )
    .await;
    assert_eq!(ids(&last), ["2000000000010000"]);
}

// Machine keys.

fn get(url: &str, headers: &[(&str, &str)]) -> HttpRequest {
    HttpRequest {
        method: "GET".to_owned(),
        url: format!("http://127.0.0.1{url}"),
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: Vec::new(),
    }
}

async fn fetch(client: &Client, request: HttpRequest) -> (u16, String) {
    let answer = client.send(request).await.unwrap();
    (
        answer.status,
        String::from_utf8(answer.response.body).unwrap(),
    )
}

fn machine(trust: &str, needs_token: bool) -> Client {
    let world = json!({
        "accounts": [{ "roles": [{ "name": "Machine", "trust": trust,
            "attachments": [{ "policy": "system:AdministratorAccess" }] }] }],
        "instance": { "role": "Machine", "needs_token": needs_token },
    });
    of(World::from_json(&world.to_string()).unwrap())
}

const KEYS: &str = "/latest/meta-data/ram/security-credentials/";

/// Source: ECS, "Instance metadata", versions 1 and 2.
#[tokio::test]
async fn a_machine_gets_keys_of_its_role() {
    let client = machine(TRUST, true);
    assert_eq!(fetch(&client, get(KEYS, &[])).await.0, 403);
    let mut ask = get(
        "/latest/api/token",
        &[("X-aliyun-ecs-metadata-token-ttl-seconds", "60")],
    );
    assert_eq!(fetch(&client, ask.clone()).await.0, 405);
    ask.method = "PUT".to_owned();
    let (_, token) = fetch(&client, ask).await;
    let token = [("X-aliyun-ecs-metadata-token", token.as_str())];
    assert_eq!(
        fetch(&client, get(KEYS, &token)).await,
        (200, "Machine".to_owned())
    );
    let (status, keys) = fetch(&client, get(&format!("{KEYS}Machine"), &token)).await;
    let keys: Value = serde_json::from_str(&keys).unwrap();
    assert_eq!((status, &keys["Code"]), (200, &json!("Success")));
    assert_eq!(keys["Expiration"], "2026-01-02T09:04:05Z");
    let inside = with_keys(&client, &keys);
    inside.ok("ListRoles", &[]).await;
    assert_eq!(
        inside
            .send(inside.request_v3(RAM, "ListRoles", &[]))
            .await
            .unwrap()
            .status,
        200
    );
    client.pass(60);
    assert_eq!(fetch(&client, get(KEYS, &token)).await.0, 403);
}

#[tokio::test]
async fn a_machine_without_a_trusted_role_gets_none() {
    let other = trusting(&json!({ "Service": "fc.aliyuncs.com" })).to_string();
    let (status, body) = fetch(&machine(&other, false), get(&format!("{KEYS}Machine"), &[])).await;
    assert!(status == 404 && body.contains("Failed"), "{body}");
    let (status, _) = fetch(&machine(TRUST, false), get(&format!("{KEYS}Other"), &[])).await;
    assert_eq!(status, 404);
    assert_eq!(fetch(&seeded(&json!({})), get(KEYS, &[])).await.0, 404);
}

/// Source: the SDKs' credentials URI: `Code` is `Success`.
#[tokio::test]
async fn a_credentials_uri_gives_the_same_keys() {
    let client = machine(TRUST, false);
    let (_, keys) = fetch(&client, get("/_sandbox/credentials", &[])).await;
    let keys: Value = serde_json::from_str(&keys).unwrap();
    assert_eq!(keys["Code"], "Success");
    with_keys(&client, &keys).ok("ListRoles", &[]).await;
    // Kept with the state, so that they outlive a restart.
    let kept = World::from_json(&client.sandbox.world().to_json().unwrap()).unwrap();
    with_keys(&of(kept), &keys).ok("ListRoles", &[]).await;
}
