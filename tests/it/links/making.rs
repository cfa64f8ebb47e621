//! Making links: for whom, and for how long.

use serde_json::{Value, json};

use super::{Shared, my_share, refuse, share_on};
use crate::harness::client::{CREATE_LINK, Client};
use crate::harness::find::holds;

const FIELD: &str = "query($id: ID!, $ttl: Int) { file(id: $id) { downloadLink(ttlSeconds: $ttl) { url expiresAt } } }";

async fn expiry(client: &Client, file: &Value, ttl: Value) -> [Value; 2] {
    let variables = json!({"id": file["id"], "ttl": ttl});
    let made = client.data(CREATE_LINK, variables.clone()).await;
    let read = client.data(FIELD, variables).await;
    [made["createDownloadLink"]["expiresAt"].clone(), read["file"]["downloadLink"]["expiresAt"].clone()]
}

#[tokio::test]
async fn a_link_lasts_as_long_as_asked_within_bounds() {
    let shared = Shared::start().await;
    for (asked, expected) in [
        (Value::Null, "2026-11-21T09:40:00Z"),
        (1.into(), "2026-11-21T09:30:01Z"),
        (86_400.into(), "2026-11-22T09:30:00Z"),
        (86_401.into(), "2026-11-22T09:30:00Z"),
        (i32::MAX.into(), "2026-11-22T09:30:00Z"),
    ] {
        assert_eq!(expiry(&shared.carl, &shared.file, asked.clone()).await, [expected, expected], "{asked}");
    }
    for too_short in [0, -1, i32::MIN] {
        let variables = json!({"id": shared.file["id"], "ttl": too_short});
        for operation in [CREATE_LINK, FIELD] {
            let reply = shared.carl.send(operation, variables.clone()).await;
            assert_eq!((reply.code(), reply.field()), ("BAD_USER_INPUT", "ttlSeconds"), "{too_short}");
        }
    }
}

#[tokio::test]
async fn a_link_never_outlives_its_share() {
    let shared = Shared::with(json!({"expiresAt": "2026-11-21T09:31:40Z"})).await;
    for asked in [Value::Null, 3600.into()] {
        let end = "2026-11-21T09:31:40Z";
        assert_eq!(expiry(&shared.carl, &shared.file, asked).await, [end, end]);
    }
    let short = "2026-11-21T09:30:30Z";
    assert_eq!(expiry(&shared.carl, &shared.file, 30.into()).await, [short, short]);
}

#[tokio::test]
async fn a_share_that_is_cut_short_later_ends_its_links_too() {
    let shared = Shared::start().await;
    let url = shared.carl.link(&shared.file).await;
    share_on(&shared.olga, &shared.file, "carl", json!({"expiresAt": "2026-11-21T09:31:00Z"})).await;
    assert_eq!(shared.carl.get(&url).await.status(), 200);
    shared.app.clock.advance_seconds(60);
    refuse("the share ended before the link", &shared.carl, &url, "NOT_FOUND").await;
}

#[tokio::test]
async fn links_are_absolute_opaque_and_each_another() {
    let shared = Shared::start().await;
    let (one, other) = (shared.carl.link(&shared.file).await, shared.carl.link(&shared.file).await);
    assert_ne!(one, other);
    let token = one.strip_prefix(&format!("{}/d/", shared.app.base_url)).unwrap();
    assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'), "{token}");
    let bytes = data_encoding::BASE64URL_NOPAD.decode(token.as_bytes()).unwrap();
    let key = shared.file["id"].as_str().unwrap().strip_prefix("file_").unwrap().to_uppercase();
    let file_id = data_encoding::BASE32_NOPAD.decode(key.as_bytes()).unwrap();
    assert!(!holds(&bytes, &file_id), "what is in it cannot be read");
}

#[tokio::test]
async fn the_owners_links_have_no_share_and_count_nothing() {
    let shared = Shared::with(json!({"maxDownloads": 1})).await;
    for _ in 0..3 {
        let url = shared.olga.link(&shared.file).await;
        assert_eq!(shared.olga.get(&url).await.bytes().await.unwrap(), shared.content);
    }
    let share = my_share(&shared.carl, &shared.file).await;
    assert_eq!((&share["downloads"], &share["downloadsLeft"]), (&json!(0), &json!(1)));
    let query = "query($id: ID!) { file(id: $id) { shares { nodes { downloads } } myShare { id } } }";
    let seen = shared.olga.data(query, json!({"id": shared.file["id"]})).await["file"].clone();
    assert_eq!(seen, json!({"shares": {"nodes": [{"downloads": 0}]}, "myShare": null}));

    let url = shared.olga.link(&shared.file).await;
    shared.revoke().await;
    assert_eq!(shared.olga.get(&url).await.status(), 200, "it hangs on no share");
}

#[tokio::test]
async fn an_admin_sees_the_file_and_gets_no_link() {
    let shared = Shared::start().await;
    let adam = shared.app.admin("adam").await;
    let query = "query($id: ID!) { file(id: $id) { name downloadLink { url } shares { totalCount } } }";
    let seen = adam.data(query, json!({"id": shared.file["id"]})).await["file"].clone();
    assert_eq!(seen, json!({"name": "for carl.docx", "downloadLink": null, "shares": {"totalCount": 0}}));
    for id in [shared.file["id"].clone(), "file_aaaaaaaaaaaaaaaaaaaaaaaaaa".into()] {
        assert_eq!(adam.code(CREATE_LINK, json!({"id": id})).await, "FORBIDDEN");
    }
}

#[tokio::test]
async fn who_cannot_see_the_file_gets_no_link() {
    let shared = Shared::start().await;
    let (dora, otto) = (shared.app.client("dora").await, shared.app.ops("otto").await);
    let id = &shared.file["id"];
    for (what, caller, id, expected) in [
        ("another Client", &dora, id, "NOT_FOUND"),
        ("another Ops user", &otto, id, "NOT_FOUND"),
        ("an unknown file", &shared.carl, &json!("file_aaaaaaaaaaaaaaaaaaaaaaaaaa"), "NOT_FOUND"),
        ("an id of another type", &shared.carl, &shared.share["id"], "NOT_FOUND"),
        ("no id at all", &shared.carl, &json!(""), "NOT_FOUND"),
        ("nobody", &shared.app.anonymous(), id, "UNAUTHENTICATED"),
    ] {
        assert_eq!(caller.code(CREATE_LINK, json!({"id": id})).await, expected, "{what}");
    }
}
