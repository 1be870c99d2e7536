//! Facts about RAM, one a test, with their source. The sandbox must obey them.
//!
//! Sources, all of the RAM API Reference (version 2015-05-01) unless said otherwise:
//! "Error messages" is document 28754; "SDK" is the official Python SDK's models and notes, RAM 1.3.0; "provider" is
//! the Terraform provider. A fact found wrong is corrected here first, then in the sandbox.

use super::client::{Client, POLICY, RESOURCE_MANAGER, SYSTEM, TRUST, attachment, empty, seeded};
use serde_json::{Value, json};

const ROLE: (&str, &str) = ("RoleName", "Export");

async fn with_role() -> Client {
    let client = empty();
    client.create_role("Export").await;
    client
}

// Roles.

/// Source: SDK, `CreateRoleResponseBody`; the default of `MaxSessionDuration` is one hour.
#[tokio::test]
async fn a_new_role_is_answered_with_its_documented_members() {
    let answer = empty().create_role("Export").await;
    let role = &answer["Role"];
    assert_eq!(role["RoleName"], "Export");
    assert_eq!(role["MaxSessionDuration"], 3600);
    assert_eq!(role["CreateDate"], "2026-01-02T03:04:05Z");
    assert!(
        role["RoleId"]
            .as_str()
            .unwrap()
            .chars()
            .all(|c| c.is_ascii_digit())
    );
    assert!(role.get("UpdateDate").is_none());
    assert!(role.get("Tags").is_none());
}

/// Source: samples of `GetRole` and of trust policies, which show submitted blanks.
#[tokio::test]
async fn a_trust_policy_comes_back_byte_for_byte() {
    let role = with_role().await.ok("GetRole", &[ROLE]).await;
    assert_eq!(role["Role"]["AssumeRolePolicyDocument"], TRUST);
}

/// Source: SDK, `GetRoleResponseBodyRole`.
#[tokio::test]
async fn getting_a_role_shows_its_principal_name_and_whether_it_is_linked() {
    let role = with_role().await.ok("GetRole", &[ROLE]).await;
    let role = &role["Role"];
    assert_eq!(
        role["RolePrincipalName"],
        "Export@role.1234567890123456.onaliyunservice.com"
    );
    assert_eq!(role["IsServiceLinkedRole"], false);
    assert!(role["UpdateDate"].is_string());
}

/// Source: real ARNs in system policies and provider tests.
#[tokio::test]
async fn an_arn_shows_the_name_in_lower_case() {
    let role = with_role().await.ok("GetRole", &[ROLE]).await;
    assert_eq!(role["Role"]["Arn"], "acs:ram::1234567890123456:role/export");
}

/// Source: provider commit of 2021 for policies; assumed for roles.
#[tokio::test]
async fn names_match_without_case_and_are_answered_in_rams_spelling() {
    let client = with_role().await;
    let role = client.ok("GetRole", &[("RoleName", "EXPORT")]).await;
    assert_eq!(role["Role"]["RoleName"], "Export");
    let same = [("RoleName", "export"), ("AssumeRolePolicyDocument", TRUST)];
    client
        .refused("CreateRole", &same, 409, "EntityAlreadyExists.Role")
        .await;

    let lower = attachment("eXport", "System", "aliyunecsimageexportrolepolicy");
    client.ok("AttachPolicyToRole", &lower).await;
    let list = client.ok("ListPoliciesForRole", &[ROLE]).await;
    assert_eq!(list["Policies"]["Policy"][0]["PolicyName"], SYSTEM);
}

/// Source: "Error messages".
#[tokio::test]
async fn role_names_are_checked() {
    let client = empty();
    let long = "a".repeat(65);
    for (name, code) in [
        ("my role", "InvalidParameter.RoleName.InvalidChars"),
        ("role_a", "InvalidParameter.RoleName.InvalidChars"),
        (long.as_str(), "InvalidParameter.RoleName.Length"),
        ("", "MissingRoleName"),
    ] {
        let parameters = [("RoleName", name), ("AssumeRolePolicyDocument", TRUST)];
        client.refused("CreateRole", &parameters, 400, code).await;
    }
    client.create_role(&"a".repeat(64)).await;
    client.create_role("a.b-C").await;
}

/// Source: "Error messages", `EntityNotExist.Role`.
#[tokio::test]
async fn a_role_that_is_not_there_is_404() {
    let client = empty();
    for operation in ["GetRole", "UpdateRole", "DeleteRole", "ListPoliciesForRole"] {
        client
            .refused(operation, &[ROLE], 404, "EntityNotExist.Role")
            .await;
    }
}

/// Source: SDK, `UpdateRoleRequest`: what is left out keeps its value.
#[tokio::test]
async fn updating_a_role_changes_only_what_is_given() {
    let client = with_role().await;
    let first = [
        ROLE,
        ("NewDescription", "one"),
        ("NewMaxSessionDuration", "7200"),
    ];
    client.ok("UpdateRole", &first).await;
    client.pass(60);
    let answer = client
        .ok("UpdateRole", &[ROLE, ("NewDescription", "two")])
        .await;
    let role = &answer["Role"];
    assert_eq!(role["Description"], "two");
    assert_eq!(role["MaxSessionDuration"], 7200);
    assert_eq!(role["AssumeRolePolicyDocument"], TRUST);
    assert_eq!(role["UpdateDate"], "2026-01-02T03:05:05Z");
}

/// Source: SDK, descriptions of 1 to 1024 characters; so a description cannot be cleared (inferred).
#[tokio::test]
async fn descriptions_have_a_length() {
    let client = with_role().await;
    let long = "é".repeat(1025);
    let most = "é".repeat(1024);
    let refused = "InvalidParameter.NewDescription.Length";
    for text in ["", long.as_str()] {
        let parameters = [ROLE, ("NewDescription", text)];
        client
            .refused("UpdateRole", &parameters, 400, refused)
            .await;
    }
    client
        .ok("UpdateRole", &[ROLE, ("NewDescription", &most)])
        .await;
    let other = [
        ("RoleName", "other"),
        ("AssumeRolePolicyDocument", TRUST),
        ("Description", &long),
    ];
    client
        .refused(
            "CreateRole",
            &other,
            400,
            "InvalidParameter.Description.Length",
        )
        .await;
}

/// Source: SDK, `MaxSessionDuration` 3600 to 43200 seconds. The code is modelled on `MinimumPasswordLength.Range`.
#[tokio::test]
async fn sessions_last_one_to_twelve_hours() {
    let client = with_role().await;
    for seconds in ["3599", "43201"] {
        let parameters = [ROLE, ("NewMaxSessionDuration", seconds)];
        let code = "InvalidParameter.NewMaxSessionDuration.Range";
        client.refused("UpdateRole", &parameters, 400, code).await;
    }
    for seconds in ["3600", "43200"] {
        client
            .ok("UpdateRole", &[ROLE, ("NewMaxSessionDuration", seconds)])
            .await;
    }
}

/// Source: "Error messages", `DeleteConflict.Role.Policy`.
#[tokio::test]
async fn a_role_with_a_policy_on_it_cannot_be_deleted() {
    let client = with_role().await;
    let on = attachment("Export", "System", SYSTEM);
    client.ok("AttachPolicyToRole", &on).await;
    client
        .refused("DeleteRole", &[ROLE], 409, "DeleteConflict.Role.Policy")
        .await;
    client.ok("DetachPolicyFromRole", &on).await;
    client.ok("DeleteRole", &[ROLE]).await;
    client
        .refused("GetRole", &[ROLE], 404, "EntityNotExist.Role")
        .await;
}

/// Source: `DeleteRole` and "service-linked roles"; the code is not documented.
#[tokio::test]
async fn a_service_linked_role_cannot_be_changed() {
    let client =
        seeded(&json!({ "roles": [{ "name": "Export", "trust": {}, "service_linked": true }] }));
    let on = attachment("Export", "System", SYSTEM);
    client
        .refused(
            "UpdateRole",
            &[ROLE, ("NewDescription", "x")],
            403,
            "NoPermission",
        )
        .await;
    client
        .refused("DeleteRole", &[ROLE], 403, "NoPermission")
        .await;
    client
        .refused("AttachPolicyToRole", &on, 403, "NoPermission")
        .await;
    let role = client.ok("GetRole", &[ROLE]).await;
    assert_eq!(role["Role"]["IsServiceLinkedRole"], true);
}

/// Source: SDK, `ListRolesResponseBody`: no trust documents, `Marker` only when truncated.
#[tokio::test]
async fn roles_are_listed_in_pages_without_trust_policies() {
    let client = empty();
    for name in ["b", "A", "c"] {
        client.create_role(name).await;
    }
    let first = client.ok("ListRoles", &[("MaxItems", "2")]).await;
    assert_eq!(first["IsTruncated"], true);
    assert_eq!(names(&first["Roles"]["Role"], "RoleName"), ["A", "b"]);
    assert!(
        first["Roles"]["Role"][0]
            .get("AssumeRolePolicyDocument")
            .is_none()
    );
    let marker = first["Marker"].as_str().unwrap();
    let second = client
        .ok("ListRoles", &[("MaxItems", "2"), ("Marker", marker)])
        .await;
    assert_eq!(second["IsTruncated"], false);
    assert!(second.get("Marker").is_none());
    assert_eq!(names(&second["Roles"]["Role"], "RoleName"), ["c"]);
}

/// Source: SDK, `MaxItems` 1 to 1000, default 100.
#[tokio::test]
async fn a_page_holds_a_hundred_unless_asked_and_a_thousand_at_most() {
    let roles: Vec<_> = (0..101)
        .map(|n| json!({ "name": format!("r{n:03}"), "trust": {} }))
        .collect();
    let client = seeded(&json!({ "roles": roles }));
    let page = client.ok("ListRoles", &[]).await;
    assert_eq!(page["Roles"]["Role"].as_array().unwrap().len(), 100);
    let all = client.ok("ListRoles", &[("MaxItems", "1000")]).await;
    assert_eq!(all["Roles"]["Role"].as_array().unwrap().len(), 101);
    let code = "InvalidParameter.MaxItems.Range";
    client
        .refused("ListRoles", &[("MaxItems", "1001")], 400, code)
        .await;
}

/// Source: "Limits"; `LimitExceeded.Role`.
#[tokio::test]
async fn an_account_has_a_quota_of_roles_and_policies() {
    let client = seeded(&json!({ "quota": { "roles": 1, "policies": 1 } }));
    client.create_role("one").await;
    let role = [("RoleName", "two"), ("AssumeRolePolicyDocument", TRUST)];
    client
        .refused("CreateRole", &role, 409, "LimitExceeded.Role")
        .await;
    client.create_policy("one").await;
    let policy = [("PolicyName", "two"), ("PolicyDocument", POLICY)];
    client
        .refused("CreatePolicy", &policy, 409, "LimitExceeded.Policy")
        .await;
}

// Documents.

/// Source: "Error messages" and the documented grammar of policies.
#[tokio::test]
async fn malformed_documents_are_refused() {
    let client = with_role().await;
    let statement = r#""Statement":[{"Effect":"Allow","Action":"a:B","Resource":"*"}]"#;
    for document in [
        "not json".to_owned(),
        format!("{{{statement}}}"),
        format!(r#"{{"Version":"2012-10-17",{statement}}}"#),
        r#"{"Version":"1","Statement":[{"Effect":"Allow","Resource":"*"}]}"#.to_owned(),
        r#"{"Version":"1","Statement":[{"Effect":"allow","Action":"a:B","Resource":"*"}]}"#.to_owned(),
        r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"a:B","Resource":"*","Condition":{"Null":{"a:b":"c"}}}]}"#
            .to_owned(),
    ] {
        let create = [("PolicyName", "p"), ("PolicyDocument", document.as_str())];
        client.refused("CreatePolicy", &create, 400, "MalformedPolicyDocument").await;
        let update = [ROLE, ("NewAssumeRolePolicyDocument", document.as_str())];
        client.refused("UpdateRole", &update, 400, "MalformedPolicyDocument").await;
    }
}

/// Source: "Limits", 6,144; the manual says characters in one place and bytes in another.
#[tokio::test]
async fn documents_have_a_length() {
    let client = with_role().await;
    let of_length = |length: usize| {
        let blanks = " ".repeat(length - POLICY.len());
        format!("{POLICY}{blanks}")
    };
    let (most, long) = (of_length(6144), of_length(6145));
    let create = [("PolicyName", "p"), ("PolicyDocument", long.as_str())];
    client
        .refused(
            "CreatePolicy",
            &create,
            400,
            "InvalidParameter.PolicyDocument.Length",
        )
        .await;
    client
        .ok(
            "CreatePolicy",
            &[("PolicyName", "p"), ("PolicyDocument", &most)],
        )
        .await;
    let code = "InvalidParameter.PolicyDocument.Length";
    client
        .refused("CreatePolicyVersion", &create, 400, code)
        .await;
    let update = [ROLE, ("NewAssumeRolePolicyDocument", long.as_str())];
    let code = "InvalidParameter.NewAssumeRolePolicyDocument.Length";
    client.refused("UpdateRole", &update, 400, code).await;
    let role = [
        ("RoleName", "x"),
        ("AssumeRolePolicyDocument", long.as_str()),
    ];
    let code = "InvalidParameter.AssumeRolePolicyDocument.Length";
    client.refused("CreateRole", &role, 400, code).await;
}

// Policies.

/// Source: SDK, `CreatePolicyResponseBody` and `GetPolicyResponseBody`.
#[tokio::test]
async fn a_new_policy_is_custom_and_has_version_one_in_force() {
    let client = empty();
    let created = client.create_policy("Grant").await;
    assert_eq!(created["Policy"]["PolicyType"], "Custom");
    assert_eq!(created["Policy"]["DefaultVersion"], "v1");
    let got = client
        .ok(
            "GetPolicy",
            &[("PolicyName", "GRANT"), ("PolicyType", "Custom")],
        )
        .await;
    assert_eq!(got["Policy"]["PolicyName"], "Grant");
    assert_eq!(got["Policy"]["AttachmentCount"], 0);
    assert_eq!(got["DefaultPolicyVersion"]["VersionId"], "v1");
    assert_eq!(got["DefaultPolicyVersion"]["IsDefaultVersion"], true);
    assert_eq!(got["DefaultPolicyVersion"]["PolicyDocument"], POLICY);
}

/// Source: "Error messages".
#[tokio::test]
async fn policy_names_and_types_are_checked() {
    let client = empty();
    let long = "p".repeat(129);
    for (name, code) in [
        ("with.dot", "InvalidParameter.PolicyName.InvalidChars"),
        (long.as_str(), "InvalidParameter.PolicyName.Length"),
    ] {
        let parameters = [("PolicyName", name), ("PolicyDocument", POLICY)];
        client.refused("CreatePolicy", &parameters, 400, code).await;
    }
    let parameters = [("PolicyName", "p"), ("PolicyType", "system")];
    client
        .refused("GetPolicy", &parameters, 400, "InvalidParameter.PolicyType")
        .await;
    client
        .refused(
            "GetPolicy",
            &[("PolicyName", "p")],
            400,
            "MissingPolicyType",
        )
        .await;
}

/// Source: "Error messages", `EntityAlreadyExists.Policy`; its message says "group".
#[tokio::test]
async fn a_policy_name_is_taken_once() {
    let client = empty();
    client.create_policy("Grant").await;
    let again = [("PolicyName", "grant"), ("PolicyDocument", POLICY)];
    let refusal = client
        .refused("CreatePolicy", &again, 409, "EntityAlreadyExists.Policy")
        .await;
    assert_eq!(refusal["Message"], "The group does already EXIST.");
}

/// Source: `GetPolicy` with `PolicyType=System`; `ListPolicies` shows both types.
#[tokio::test]
async fn system_policies_can_be_read_and_listed_but_not_changed() {
    let client = empty();
    client.create_policy("Grant").await;
    let system = [("PolicyName", SYSTEM), ("PolicyType", "System")];
    let got = client.ok("GetPolicy", &system).await;
    let document = got["DefaultPolicyVersion"]["PolicyDocument"]
        .as_str()
        .unwrap();
    assert!(document.contains("oss:GetBucketUserQos"));
    let versions = client.ok("ListPolicyVersions", &system).await;
    assert_eq!(
        versions["PolicyVersions"]["PolicyVersion"]
            .as_array()
            .unwrap()
            .len(),
        1
    );

    let change = [("PolicyName", SYSTEM), ("PolicyDocument", POLICY)];
    client
        .refused("CreatePolicyVersion", &change, 404, "EntityNotExist.Policy")
        .await;
    client
        .refused("DeletePolicy", &system[..1], 404, "EntityNotExist.Policy")
        .await;

    let all = client.ok("ListPolicies", &[]).await;
    let all = names(&all["Policies"]["Policy"], "PolicyName");
    assert!(all.contains(&"Grant") && all.contains(&SYSTEM));
    let custom = client.ok("ListPolicies", &[("PolicyType", "Custom")]).await;
    assert_eq!(
        names(&custom["Policies"]["Policy"], "PolicyName"),
        ["Grant"]
    );
    assert!(
        custom["Policies"]["Policy"][0]
            .get("PolicyDocument")
            .is_none()
    );
}

/// Source: `UpdatePolicyDescription`, added in 2022.
#[tokio::test]
async fn a_policy_can_be_described_anew() {
    let client = empty();
    client.create_policy("Grant").await;
    let parameters = [("PolicyName", "Grant"), ("NewDescription", "new")];
    let answer = client.ok("UpdatePolicyDescription", &parameters).await;
    assert_eq!(answer["Policy"]["Description"], "new");
}

// Versions.

/// Source: `CreatePolicyVersion`: `SetAsDefault` is false unless given.
#[tokio::test]
async fn a_new_version_is_in_force_only_when_asked() {
    let client = empty();
    client.create_policy("Grant").await;
    let second = client.create_version("Grant", false).await;
    assert_eq!(second["PolicyVersion"]["VersionId"], "v2");
    assert_eq!(second["PolicyVersion"]["IsDefaultVersion"], false);
    let third = client.create_version("Grant", true).await;
    assert_eq!(third["PolicyVersion"]["IsDefaultVersion"], true);
    let got = client
        .ok(
            "GetPolicy",
            &[("PolicyName", "Grant"), ("PolicyType", "Custom")],
        )
        .await;
    assert_eq!(got["Policy"]["DefaultVersion"], "v3");
}

/// Source: "Limits", five versions; `LimitExceeded.Policy.Version`; `RotateStrategy` of `CreatePolicyVersion`.
#[tokio::test]
async fn five_versions_are_kept_and_the_oldest_other_one_makes_room_when_asked() {
    let client = empty();
    client.create_policy("Grant").await;
    for _ in 2..=5 {
        client.create_version("Grant", false).await;
    }
    let sixth = [("PolicyName", "Grant"), ("PolicyDocument", POLICY)];
    client
        .refused(
            "CreatePolicyVersion",
            &sixth,
            409,
            "LimitExceeded.Policy.Version",
        )
        .await;
    let rotate = (
        "RotateStrategy",
        "DeleteOldestNonDefaultVersionWhenLimitExceeded",
    );
    let rotated = [sixth[0], sixth[1], rotate];
    client.ok("CreatePolicyVersion", &rotated).await;
    // v1 is in force, so v2 went.
    assert_eq!(version_ids(&client).await, ["v6", "v5", "v4", "v3", "v1"]);
}

/// Source: provider and SDK treat numbers as growing; that they are never used again is inferred.
#[tokio::test]
async fn version_numbers_are_never_used_again() {
    let client = empty();
    client.create_policy("Grant").await;
    client.create_version("Grant", false).await;
    client
        .ok(
            "DeletePolicyVersion",
            &[("PolicyName", "Grant"), ("VersionId", "v2")],
        )
        .await;
    let next = client.create_version("Grant", false).await;
    assert_eq!(next["PolicyVersion"]["VersionId"], "v3");
}

/// Source: "Error messages", `DeleteConflict.Policy.Version.Default`, `EntityNotExist.Policy.Version`.
#[tokio::test]
async fn the_version_in_force_cannot_be_deleted_and_another_can_come_into_force() {
    let client = empty();
    client.create_policy("Grant").await;
    client.create_version("Grant", false).await;
    let of = |id| [("PolicyName", "Grant"), ("VersionId", id)];
    let code = "DeleteConflict.Policy.Version.Default";
    client
        .refused("DeletePolicyVersion", &of("v1"), 409, code)
        .await;
    let code = "EntityNotExist.Policy.Version";
    client
        .refused("SetDefaultPolicyVersion", &of("v9"), 404, code)
        .await;
    let code = "InvalidParameter.VersionId.Format";
    client
        .refused("SetDefaultPolicyVersion", &of("2"), 400, code)
        .await;
    client.ok("SetDefaultPolicyVersion", &of("v2")).await;
    client.ok("DeletePolicyVersion", &of("v1")).await;
    assert_eq!(version_ids(&client).await, ["v2"]);
}

/// Source: "Error messages", `DeleteConflict.Policy.Version`; `CascadingDelete` of `DeletePolicy`, January 2025.
#[tokio::test]
async fn a_policy_with_other_versions_goes_only_with_all_of_them() {
    let client = empty();
    client.create_policy("Grant").await;
    client.create_version("Grant", true).await;
    let policy = ("PolicyName", "Grant");
    client
        .refused(
            "DeletePolicy",
            &[policy],
            409,
            "DeleteConflict.Policy.Version",
        )
        .await;
    client
        .ok("DeletePolicy", &[policy, ("CascadingDelete", "true")])
        .await;
    let gone = [policy, ("PolicyType", "Custom")];
    client
        .refused("GetPolicy", &gone, 404, "EntityNotExist.Policy")
        .await;
}

/// Source: "Error messages", `DeleteConflict.Policy.User`; for roles ResourceManager's list. `CascadingDelete` takes
/// versions, never attachments.
#[tokio::test]
async fn a_policy_on_someone_cannot_be_deleted() {
    let client = with_role().await;
    client.create_policy("Grant").await;
    client
        .ok(
            "AttachPolicyToRole",
            &attachment("Export", "Custom", "Grant"),
        )
        .await;
    let delete = [("PolicyName", "Grant"), ("CascadingDelete", "true")];
    client
        .refused("DeletePolicy", &delete, 409, "DeleteConflict.Policy.Role")
        .await;
    client.ok("CreateUser", &[("UserName", "alice")]).await;
    let to_user = [
        ("UserName", "alice"),
        ("PolicyType", "Custom"),
        ("PolicyName", "Grant"),
    ];
    client.ok("AttachPolicyToUser", &to_user).await;
    client
        .refused("DeletePolicy", &delete, 409, "DeleteConflict.Policy.User")
        .await;
    client
        .refused(
            "DeleteUser",
            &to_user[..1],
            409,
            "DeleteConflict.User.Policy",
        )
        .await;

    client.ok("DetachPolicyFromUser", &to_user).await;
    client
        .ok(
            "DetachPolicyFromRole",
            &attachment("Export", "Custom", "Grant"),
        )
        .await;
    client.ok("DeletePolicy", &delete[..1]).await;
    client.ok("DeleteUser", &to_user[..1]).await;
}

// Attachments.

/// Source: "Error messages", `EntityAlreadyExists.Role.Policy`, `EntityNotExist.Role.Policy`.
#[tokio::test]
async fn a_policy_is_on_a_role_once_or_not_at_all() {
    let client = with_role().await;
    let on = attachment("Export", "System", SYSTEM);
    client
        .refused(
            "DetachPolicyFromRole",
            &on,
            404,
            "EntityNotExist.Role.Policy",
        )
        .await;
    client.ok("AttachPolicyToRole", &on).await;
    client
        .refused(
            "AttachPolicyToRole",
            &on,
            409,
            "EntityAlreadyExists.Role.Policy",
        )
        .await;
    client.ok("DetachPolicyFromRole", &on).await;
    let list = client.ok("ListPoliciesForRole", &[ROLE]).await;
    assert_eq!(list["Policies"]["Policy"], json!([]));
}

/// Source: "Error messages": role and policy must exist.
#[tokio::test]
async fn attaching_needs_both_ends() {
    let client = with_role().await;
    let no_policy = attachment("Export", "Custom", "Nothing");
    client
        .refused(
            "AttachPolicyToRole",
            &no_policy,
            404,
            "EntityNotExist.Policy",
        )
        .await;
    let no_role = attachment("Nobody", "System", SYSTEM);
    client
        .refused("AttachPolicyToRole", &no_role, 404, "EntityNotExist.Role")
        .await;
}

/// Source: SDK, `GetPolicyResponseBody`, `ListPoliciesForRole` and `ListEntitiesForPolicy`.
#[tokio::test]
async fn an_attachment_shows_from_both_ends() {
    let client = with_role().await;
    client
        .ok(
            "AttachPolicyToRole",
            &attachment("Export", "System", SYSTEM),
        )
        .await;
    let policy = [("PolicyName", SYSTEM), ("PolicyType", "System")];
    let got = client.ok("GetPolicy", &policy).await;
    assert_eq!(got["Policy"]["AttachmentCount"], 1);
    let list = client.ok("ListPoliciesForRole", &[ROLE]).await;
    let held = &list["Policies"]["Policy"][0];
    assert_eq!(held["PolicyType"], "System");
    assert_eq!(held["DefaultVersion"], "v1");
    assert_eq!(held["AttachDate"], "2026-01-02T03:04:05Z");
    let entities = client.ok("ListEntitiesForPolicy", &policy).await;
    assert_eq!(names(&entities["Roles"]["Role"], "RoleName"), ["Export"]);
    assert_eq!(entities["Users"]["User"], json!([]));
    assert_eq!(entities["Groups"]["Group"], json!([]));
}

/// Source: "Limits": system and custom policies are counted apart; `LimitExceeded.Role.Policy`.
#[tokio::test]
async fn a_role_holds_a_limited_number_of_policies_of_each_type() {
    let client = seeded(&json!({
        "roles": [{ "name": "Export", "trust": {} }],
        "quota": { "custom_policies_per_role": 1, "system_policies_per_role": 1 },
    }));
    for name in ["one", "two"] {
        client.create_policy(name).await;
    }
    client
        .ok("AttachPolicyToRole", &attachment("Export", "Custom", "one"))
        .await;
    let second = attachment("Export", "Custom", "two");
    client
        .refused(
            "AttachPolicyToRole",
            &second,
            409,
            "LimitExceeded.Role.Policy",
        )
        .await;
    client
        .ok(
            "AttachPolicyToRole",
            &attachment("Export", "System", SYSTEM),
        )
        .await;
}

/// Source: `AttachPolicyToRole`, `ResourceGroupId`: a scoped attachment is another one. The list shows account scope
/// only: review of the Terraform provider's pull request 10546.
#[tokio::test]
async fn an_attachment_in_a_resource_group_is_another_one() {
    let client = with_role().await;
    let [role, kind, policy] = attachment("Export", "System", SYSTEM);
    let scoped = [role, kind, policy, ("ResourceGroupId", "rg-1")];
    client.ok("AttachPolicyToRole", &scoped).await;
    client.ok("AttachPolicyToRole", &[role, kind, policy]).await;
    let list = client.ok("ListPoliciesForRole", &[ROLE]).await;
    assert_eq!(list["Policies"]["Policy"].as_array().unwrap().len(), 1);
    client
        .ok("DetachPolicyFromRole", &[role, kind, policy])
        .await;
    client
        .refused("DeleteRole", &[ROLE], 409, "DeleteConflict.Role.Policy")
        .await;
}

async fn attachments(client: &Client, filters: &[(&'static str, &str)]) -> Value {
    let request = client.request(RESOURCE_MANAGER, "ListPolicyAttachments", filters);
    let answer = client.send(request).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

/// What each entry of an answer is for: policy, who holds it, and the scope.
fn scopes(answer: &Value) -> Vec<String> {
    let entries = answer["PolicyAttachments"]["PolicyAttachment"].as_array();
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
    let entries = entries.unwrap().iter();
    entries
        .map(|entry| {
            let members = ["PolicyName", "PrincipalName", "ResourceGroupId"];
            members.map(|name| text(entry, name)).join(" ")
        })
        .collect()
}

const EXPORT_PRINCIPAL: &str = "Export@role.1234567890123456.onaliyunservice.com";

/// Source: Resource Management, `ListPolicyAttachments`, `AttachPolicy`, `DetachPolicy`: every scope, the account's
/// own id standing for the whole account.
#[tokio::test]
async fn attachments_of_every_scope_are_listed_by_resource_manager() {
    let client = with_role().await;
    let [role, kind, policy] = attachment("Export", "System", SYSTEM);
    client.ok("AttachPolicyToRole", &[role, kind, policy]).await;
    let group = ("ResourceGroupId", "rg-1");
    client
        .ok("AttachPolicyToRole", &[role, kind, policy, group])
        .await;
    let holder = [
        ("PrincipalType", "ServiceRole"),
        ("PrincipalName", EXPORT_PRINCIPAL),
    ];
    let admin = [
        ("PolicyType", "System"),
        ("PolicyName", "AdministratorAccess"),
    ];
    let five = [
        holder[0],
        holder[1],
        admin[0],
        admin[1],
        ("ResourceGroupId", "rg-2"),
    ];
    let attach = client.request(RESOURCE_MANAGER, "AttachPolicy", &five);
    assert_eq!(client.send(attach).await.unwrap().status, 200);

    let all = attachments(&client, &holder).await;
    let expected = [
        format!("{SYSTEM} {EXPORT_PRINCIPAL} 1234567890123456"),
        format!("{SYSTEM} {EXPORT_PRINCIPAL} rg-1"),
        format!("AdministratorAccess {EXPORT_PRINCIPAL} rg-2"),
    ];
    assert_eq!(scopes(&all), expected);
    assert_eq!(all["TotalCount"], 3);
    let entry = &all["PolicyAttachments"]["PolicyAttachment"][1];
    assert_eq!(entry["PrincipalType"], "ServiceRole");
    assert_eq!(entry["PolicyType"], "System");
    assert!(entry["AttachDate"].is_string() && entry["Description"].is_string());

    let second = [holder[0], ("PageSize", "1"), ("PageNumber", "2")];
    assert_eq!(scopes(&attachments(&client, &second).await), expected[1..2]);
    let of_group = attachments(&client, &[group]).await;
    assert_eq!(scopes(&of_group), expected[1..2]);
    let of_account = attachments(&client, &[("ResourceGroupId", "1234567890123456")]).await;
    assert_eq!(scopes(&of_account), expected[..1]);
    assert!(scopes(&attachments(&client, &[("PrincipalType", "IMSUser")]).await).is_empty());

    let detach = client.request(RESOURCE_MANAGER, "DetachPolicy", &five);
    assert_eq!(client.send(detach).await.unwrap().status, 200);
    let again = client.request(RESOURCE_MANAGER, "DetachPolicy", &five);
    let again = client.send(again).await.unwrap();
    assert_eq!(
        (again.status, again.code()),
        (404, "EntityNotExist.Role.Policy")
    );
    client
        .ok("DetachPolicyFromRole", &[role, kind, policy, group])
        .await;
    assert_eq!(scopes(&attachments(&client, &holder).await), expected[..1]);
}

/// Source: the error tables of the same calls.
#[tokio::test]
async fn attachments_by_resource_manager_are_checked() {
    let client = with_role().await;
    let good = [
        ("PrincipalType", "ServiceRole"),
        ("PrincipalName", EXPORT_PRINCIPAL),
        ("PolicyType", "System"),
        ("PolicyName", SYSTEM),
        ("ResourceGroupId", "rg-1"),
    ];
    for (place, value, status, code) in [
        (0, "Robot", 400, "InvalidParameter.PrincipalType"),
        (
            1,
            "Nobody@role.1234567890123456.onaliyunservice.com",
            404,
            "EntityNotExist.Role",
        ),
        (
            1,
            "Export@role.9.onaliyunservice.com",
            404,
            "EntityNotExist.Role",
        ),
        (2, "Own", 400, "InvalidParameter.PolicyType"),
        (3, "Nothing", 404, "EntityNotExist.Policy"),
        (4, "group", 404, "EntityNotExists.ResourceGroup"),
        (4, "", 400, "MissingResourceGroupId"),
    ] {
        let mut asked = good;
        asked[place].1 = value;
        let request = client.request(RESOURCE_MANAGER, "AttachPolicy", &asked);
        let answer = client.send(request).await.unwrap();
        assert_eq!((answer.status, answer.code()), (status, code), "{value}");
    }
    for wrong in [("PageSize", "101"), ("PageNumber", "0")] {
        let request = client.request(RESOURCE_MANAGER, "ListPolicyAttachments", &[wrong]);
        assert_eq!(client.send(request).await.unwrap().status, 400, "{wrong:?}");
    }
}

/// With an alias of the account, names end in it instead of the id.
#[tokio::test]
async fn principals_are_named_after_the_alias_of_the_account() {
    let client = seeded(&json!({
        "alias": "acme",
        "roles": [{ "name": "Export", "trust": {}, "attachments": [{ "policy": "system:AdministratorAccess" }] }],
        "users": [{ "name": "alice", "attachments": [{ "policy": "system:AdministratorAccess" }] }],
    }));
    let by_id = attachments(&client, &[("PrincipalName", EXPORT_PRINCIPAL)]).await;
    assert!(scopes(&by_id).is_empty());
    let all = attachments(&client, &[]).await;
    assert_eq!(
        scopes(&all),
        [
            "AdministratorAccess Export@role.acme.onaliyunservice.com 1234567890123456",
            "AdministratorAccess alice@acme.onaliyun.com 1234567890123456",
        ]
    );
}

// Tags.

/// Source: SDK, `TagResources`, `ListTagResources`: written as `Key`, read as `TagKey`, in a bare list.
#[tokio::test]
async fn tags_are_written_and_read_under_different_names() {
    let client = with_role().await;
    let role = [("ResourceType", "role"), ("ResourceNames", r#"["export"]"#)];
    let tags = (
        "Tag",
        r#"[{"Key":"team","Value":"images"},{"Key":"env","Value":"ci"}]"#,
    );
    client.ok("TagResources", &[role[0], role[1], tags]).await;
    let list = client.ok("ListTagResources", &role).await;
    assert_eq!(
        list["TagResources"],
        json!([
            { "ResourceType": "role", "ResourceName": "Export", "TagKey": "env", "TagValue": "ci" },
            { "ResourceType": "role", "ResourceName": "Export", "TagKey": "team", "TagValue": "images" },
        ])
    );
    client
        .ok(
            "UntagResources",
            &[role[0], role[1], ("TagKeys", r#"["env"]"#)],
        )
        .await;
    let roles = client
        .ok("ListRoles", &[("Tag", r#"[{"Key":"team"}]"#)])
        .await;
    let shown = &roles["Roles"]["Role"][0]["Tags"]["Tag"];
    assert_eq!(shown, &json!([{ "TagKey": "team", "TagValue": "images" }]));
    client
        .ok("UntagResources", &[role[0], role[1], ("All", "true")])
        .await;
    let list = client.ok("ListTagResources", &role).await;
    assert_eq!(list["TagResources"], json!([]));
}

/// Source: SDK, `TagResources`: 20 tags a call, keys to 128 and values to 256 characters, `role` and `policy`.
#[tokio::test]
async fn tags_have_limits_and_need_their_resource() {
    let client = with_role().await;
    let many: Vec<_> = (0..21)
        .map(|n| json!({ "Key": format!("k{n}"), "Value": "" }))
        .collect();
    let many = Value::from(many).to_string();
    let long_key = json!([{ "Key": "k".repeat(129), "Value": "" }]).to_string();
    let long_value = json!([{ "Key": "k", "Value": "v".repeat(257) }]).to_string();
    let on_role = [("ResourceType", "role"), ("ResourceNames", r#"["Export"]"#)];
    for tags in [&many, &long_key, &long_value] {
        let answer = client
            .call("TagResources", &[on_role[0], on_role[1], ("Tag", tags)])
            .await;
        assert_eq!(answer.status, 400, "{}", answer.body);
    }
    let one = ("Tag", r#"[{"Key":"k","Value":"v"}]"#);
    let nobody = [on_role[0], ("ResourceNames", r#"["Nobody"]"#), one];
    client
        .refused("TagResources", &nobody, 404, "EntityNotExist.Role")
        .await;
    let kind = [("ResourceType", "bucket"), on_role[1], one];
    client
        .refused("TagResources", &kind, 400, "InvalidParameter.ResourceType")
        .await;
}

fn names<'a>(list: &'a Value, member: &str) -> Vec<&'a str> {
    let items = list.as_array().unwrap();
    items
        .iter()
        .map(|item| item[member].as_str().unwrap())
        .collect()
}

async fn version_ids(client: &Client) -> Vec<String> {
    let policy = [("PolicyName", "Grant"), ("PolicyType", "Custom")];
    let list = client.ok("ListPolicyVersions", &policy).await;
    let list = &list["PolicyVersions"]["PolicyVersion"];
    names(list, "VersionId")
        .into_iter()
        .map(str::to_owned)
        .collect()
}
