//! Asking for an account.

use serde_json::json;

use super::{INVITE, login, mails, signed_up, signup, signup_of, tokens, verify};
use crate::harness::TestApp;
use crate::harness::client::PASSWORD;

#[tokio::test]
async fn every_field_is_checked_and_named() {
    let app = TestApp::start().await;
    let long_local_part = format!("{}@example.com", "x".repeat(65));
    let long_name = "n".repeat(201);
    for (field, value) in [
        ("email", ""),
        ("email", "ann"),
        ("email", "ann@"),
        ("email", "@example.com"),
        ("email", "ann@two@example.com"),
        ("email", "an n@example.com"),
        ("email", "ann@-example.com"),
        ("email", "ann@example.com\r\nBcc: all@example.com"),
        ("email", &long_local_part),
        ("name", ""),
        ("name", "   "),
        ("name", "Ann\nTo: all@example.com"),
        ("name", "nnA\u{202e}"),
        ("name", &long_name),
        ("password", ""),
        ("password", "k9$Vw2!"),
        ("password", "password1"),
    ] {
        let mut input = signup_of("ann");
        input[field] = value.into();
        let reply = signup(&app, input).await;
        assert_eq!((reply.code(), reply.field()), ("BAD_USER_INPUT", field), "{value:?}: {}", reply.body);
    }
    assert!(mails(&app, "ann@example.com").await.is_empty(), "nobody is mailed about a sign-up that was refused");
    signup(&app, signup_of("ann")).await.data();
    assert_eq!(mails(&app, "ann@example.com").await.len(), 1, "what the others were made from is good");
}

#[tokio::test]
async fn addresses_are_trimmed_and_lower_cased() {
    let app = TestApp::start().await;
    let input = json!({"email": "  Eve@Example.COM\t", "name": " Eve ", "password": PASSWORD});
    let data = signup(&app, input).await.data();
    assert_eq!(data["signup"], json!({"email": "eve@example.com", "verificationRequired": true}));
    let token = app.mailed_token("eve@example.com").await;
    let user = verify(&app, &token, PASSWORD).await.data()["verifyEmail"]["user"].clone();
    assert_eq!(user, json!({"email": "eve@example.com", "name": "Eve", "role": "CLIENT"}));
    for spelling in ["eve@example.com", "EVE@EXAMPLE.COM", " Eve@example.com "] {
        assert_eq!(login(&app, spelling, PASSWORD).await.code(), "", "{spelling:?}");
    }
}

#[tokio::test]
async fn known_and_unknown_addresses_are_answered_alike() {
    let app = TestApp::start().await;
    app.client("carl").await;
    let tokens_before = tokens(&app, "carl@example.com").await.len();
    let mut again = signup_of("carl");
    again["password"] = "another-Password-of-mine".into();
    let known = signup(&app, again).await;
    let unknown = signup(&app, signup_of("dora")).await;
    assert_eq!(known.status, unknown.status);
    assert_eq!(known.body.to_string().replace("carl", "dora"), unknown.body.to_string());

    let to_the_known = mails(&app, "carl@example.com").await;
    let notices = to_the_known.iter().filter(|mail| mail.contains("You have a Strongroom account already")).count();
    assert_eq!(notices, 1, "the owner of the address hears of it");
    assert_eq!(tokens(&app, "carl@example.com").await.len(), tokens_before, "and is given nothing to confirm");
    // What whoever signed up with an unknown address hears: the one who asks shall not learn which it was.
    assert_eq!(login(&app, "carl@example.com", "another-Password-of-mine").await.code(), "EMAIL_NOT_VERIFIED");
    assert_eq!(login(&app, "carl@example.com", PASSWORD).await.code(), "", "nothing was changed");
}

#[tokio::test]
async fn a_known_address_hides_behind_the_same_refusals() {
    let app = TestApp::start().await;
    app.client("carl").await;
    for name in ["carl", "dora"] {
        let mut weak = signup_of(name);
        weak["password"] = "password1".into();
        assert_eq!(signup(&app, weak).await.field(), "password", "{name}");
        let mut uninvited = signup_of(name);
        uninvited["role"] = "OPS".into();
        assert_eq!(signup(&app, uninvited).await.code(), "INVALID_TOKEN", "{name}");
    }
}

#[tokio::test]
async fn the_configuration_decides_who_may_sign_up() {
    for (key, role, name) in [("SIGNUP__CLIENT", "CLIENT", "carl"), ("SIGNUP__OPS", "OPS", "olga")] {
        for (mode, uninvited, invited) in
            [("open", "", ""), ("invite", "INVALID_TOKEN", ""), ("closed", "FORBIDDEN", "FORBIDDEN")]
        {
            let app = TestApp::builder().with(key, mode).start().await;
            let admin = app.admin("adam").await;
            let invitation = admin.data(INVITE, json!({"role": role})).await["invite"]["token"].clone();
            let mut input = signup_of(name);
            input["role"] = role.into();
            assert_eq!(signup(&app, input.clone()).await.code(), uninvited, "{role} {mode}");
            input["invitation"] = invitation;
            assert_eq!(signup(&app, input).await.code(), invited, "{role} {mode}, invited");
        }
    }
}

#[tokio::test]
async fn unless_configured_clients_are_free_and_ops_invited() {
    let app = TestApp::start().await;
    let ask = async |name: &str, role: &str| {
        let mut input = signup_of(name);
        input["role"] = role.into();
        signup(&app, input).await.code().to_owned()
    };
    assert_eq!(ask("carl", "CLIENT").await, "");
    assert_eq!(ask("olga", "OPS").await, "INVALID_TOKEN");
    assert_eq!(ask("adam", "ADMIN").await, "INVALID_TOKEN");
}

#[tokio::test]
async fn no_mode_makes_an_admin_without_an_invitation() {
    let app = TestApp::builder().with("SIGNUP__CLIENT", "open").with("SIGNUP__OPS", "open").start().await;
    let mut input = signup_of("mallory");
    input["role"] = "ADMIN".into();
    assert_eq!(signup(&app, input.clone()).await.code(), "INVALID_TOKEN");
    let admin = app.admin("adam").await;
    for (role, expected) in [("CLIENT", "INVALID_TOKEN"), ("OPS", "INVALID_TOKEN"), ("ADMIN", "")] {
        input["invitation"] = admin.data(INVITE, json!({"role": role})).await["invite"]["token"].clone();
        assert_eq!(signup(&app, input.clone()).await.code(), expected, "an invitation for {role}");
    }
}

#[tokio::test]
async fn an_open_role_takes_no_bad_invitation_either() {
    let app = TestApp::start().await;
    let mut input = signup_of("carl");
    input["invitation"] = "no-invitation".into();
    assert_eq!(signup(&app, input).await.code(), "INVALID_TOKEN");
    assert!(!signed_up(&app, signup_of("carl")).await.is_empty());
}
