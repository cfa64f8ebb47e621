//! What was done is written down, in the order in which it was done, and Admins can read it.

use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::harness::client::Client;
use crate::harness::documents::docx;

const EVENTS: &str = "query($first: Int, $after: String, $last: Int, $filter: AuditFilter) {
    auditEvents(first: $first, after: $after, last: $last, filter: $filter) {
        nodes { at action actor actorUser { email } object address detail }
        totalCount pageInfo { hasNextPage endCursor } } }";

/// The actions that fit a filter, earliest first.
async fn actions(admin: &Client, filter: Value) -> Vec<String> {
    let nodes = events(admin, filter).await;
    nodes.iter().rev().map(|event| event["action"].as_str().unwrap().to_owned()).collect()
}

async fn events(admin: &Client, filter: Value) -> Vec<Value> {
    let data = admin.data(EVENTS, json!({"first": 100, "filter": filter})).await;
    data["auditEvents"]["nodes"].as_array().unwrap().clone()
}

async fn id_of(client: &Client) -> String {
    client.data("{ viewer { id } }", json!({})).await["viewer"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_act_on_a_file_stands_with_it() {
    let app = TestApp::start().await;
    let (ada, olga) = (app.admin("ada").await, app.ops("olga").await);
    let carl = app.client("carl").await;
    let tick = || app.clock.advance_seconds(1);
    let file = olga.upload("report.docx", &docx("report", &[])).await;
    tick();
    let share = olga.share(&file, "carl@example.com").await;
    tick();
    olga.share(&file, "carl@example.com").await;
    tick();
    assert_eq!(carl.get(&carl.link(&file).await).await.status(), 200);
    tick();
    let own = olga.link(&file).await;
    for _ in 0..2 {
        assert_eq!(olga.get(&own).await.status(), 200);
    }
    tick();
    let rename = json!({"id": file["id"], "name": "Q3.docx"});
    olga.data("mutation($id: ID!, $name: String!) { renameFile(id: $id, name: $name) { id } }", rename).await;
    tick();
    olga.data("mutation($id: ID!) { revokeShare(id: $id) }", json!({"id": share["id"]})).await;
    tick();
    olga.data("mutation($id: ID!) { deleteFile(id: $id) }", json!({"id": file["id"]})).await;
    tick();
    olga.data("mutation($id: ID!) { restoreFile(id: $id) { id } }", json!({"id": file["id"]})).await;
    tick();
    olga.data("mutation($id: ID!) { deleteFile(id: $id, permanently: true) }", json!({"id": file["id"]})).await;

    let of_the_file = json!({"object": file["id"]});
    let expected = [
        "file.uploaded",
        "share.created",
        "share.updated",
        "file.downloaded",
        "file.downloaded",
        "file.renamed",
        "share.revoked",
        "file.trashed",
        "file.restored",
        "file.deleted",
    ];
    assert_eq!(actions(&ada, of_the_file.clone()).await, expected);
    let all = events(&ada, of_the_file.clone()).await;
    let (olgas, carls) = (id_of(&olga).await, id_of(&carl).await);
    for event in &all {
        let by_carl = event["action"] == "file.downloaded" && event["detail"] == share["id"];
        assert_eq!(event["actor"], if by_carl { carls.as_str() } else { olgas.as_str() }, "{event}");
        assert_eq!(event["actorUser"]["email"], if by_carl { "carl@example.com" } else { "olga@example.com" });
        assert_eq!(event["address"], "127.0.0.1");
        assert!(!event.to_string().contains(".docx"), "no names of files: {event}");
    }
    assert_eq!(all[8]["detail"], carls.as_str(), "with whom it was shared");
    let by_olga = json!({"actor": olgas, "object": file["id"], "action": "file.downloaded"});
    assert_eq!(events(&ada, by_olga).await.len(), 1, "a link of the owner is written down once");
    let when = json!({"object": file["id"], "since": "2026-11-21T09:30:01Z", "until": "2026-11-21T09:30:03Z"});
    assert_eq!(actions(&ada, when).await, ["share.created", "share.updated"]);
}

#[tokio::test]
async fn every_act_on_an_account_stands_with_its_actor() {
    let app = TestApp::start().await;
    let ada = app.admin("ada").await;
    app.clock.advance_seconds(1);
    let carl = app.client("carl").await;
    let carls = id_of(&carl).await;
    app.clock.advance_seconds(1);
    let second = app.sign_in("carl").await;
    app.clock.advance_seconds(1);
    second.data("mutation { logout }", json!({})).await;
    app.clock.advance_seconds(1);
    carl.data("mutation { logout(everywhere: true) }", json!({})).await;
    let mut seen = actions(&ada, json!({"actor": carls})).await;
    seen[..2].sort();
    let expected = ["account.verified", "session.begun", "session.begun", "session.ended", "session.all_ended"];
    assert_eq!(seen, expected);
    ada.data("mutation { invite(role: OPS) { token } }", json!({})).await;
    assert_eq!(actions(&ada, json!({"action": "invitation.created", "actor": id_of(&ada).await})).await.len(), 1);
    assert_eq!(actions(&ada, json!({"actor": "anyone"})).await, ["account.requested"]);
    assert_eq!(actions(&ada, json!({"actor": "operator"})).await, ["account.created"]);
    assert_eq!(actions(&ada, json!({"action": "keys.bound"})).await, ["keys.bound"]);
}

#[tokio::test]
async fn a_stolen_refresh_token_is_written_down() {
    let app = TestApp::start().await;
    let (ada, carl) = (app.admin("ada").await, app.client("carl").await);
    let session = crate::accounts::session_of(&app, "carl").await;
    crate::accounts::refresh(&app, &session["refreshToken"]).await.data();
    app.clock.advance_seconds(60);
    assert_eq!(crate::accounts::refresh(&app, &session["refreshToken"]).await.code(), "INVALID_TOKEN");
    let found = events(&ada, json!({"action": "session.token_reused"})).await;
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0]["actor"].as_str(), found[0]["address"].as_str()),
        (Some(&*id_of(&carl).await), Some("127.0.0.1"))
    );
    assert!(found[0]["object"].as_str().unwrap().starts_with("session_"));
}

#[tokio::test]
async fn what_did_not_happen_is_not_written_down() {
    let app = TestApp::start().await;
    let (ada, olga) = (app.admin("ada").await, app.ops("olga").await);
    let file = olga.upload("report.docx", &docx("report", &[])).await;
    let before = actions(&ada, json!({})).await;
    let nobody = json!({"input": {"fileId": file["id"], "recipients": ["nobody@example.com"]}});
    assert_eq!(olga.code(crate::harness::client::SHARE, nobody).await, "BAD_USER_INPUT");
    let gone = json!({"id": "file_aaaaaaaaaaaaaaaaaaaaaaaaaa"});
    assert_eq!(olga.code("mutation($id: ID!) { deleteFile(id: $id) }", gone).await, "NOT_FOUND");
    olga.try_upload("bad.docx", b"not a document").await;
    let wrong = crate::accounts::login(&app, "olga@example.com", "wrong-horse-battery-9").await;
    assert_eq!(wrong.code(), "INVALID_CREDENTIALS");
    assert_eq!(actions(&ada, json!({})).await, before);
}

#[tokio::test]
async fn events_come_in_pages_and_bad_filters_are_refused() {
    let app = TestApp::start().await;
    let (ada, olga) = (app.admin("ada").await, app.ops("olga").await);
    for number in 0..5 {
        app.clock.advance_seconds(1);
        olga.upload(&format!("{number}.docx"), &docx("report", &[])).await;
    }
    let uploads = json!({"action": "file.uploaded"});
    let (mut cursor, mut seen) = (Value::Null, Vec::new());
    loop {
        let variables = json!({"first": 2, "after": cursor, "filter": uploads});
        let page = ada.data(EVENTS, variables).await["auditEvents"].clone();
        assert_eq!(page["totalCount"], 5);
        seen.extend(page["nodes"].as_array().unwrap().iter().map(|event| event["at"].clone()));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        cursor = page["pageInfo"]["endCursor"].clone();
    }
    let latest_first: Vec<Value> = (1..=5).rev().map(|second| json!(format!("2026-11-21T09:30:0{second}Z"))).collect();
    assert_eq!(seen, latest_first);
    let oldest = ada.data(EVENTS, json!({"last": 1})).await["auditEvents"].clone();
    assert_eq!(oldest["nodes"][0]["at"], "2026-11-21T09:30:00Z", "{oldest}");
    let total = oldest["totalCount"].as_u64().unwrap();
    assert_eq!(total, u64::try_from(actions(&ada, json!({})).await.len()).unwrap());
    for (filter, field) in [
        (json!({"action": "file.eaten"}), "action"),
        (json!({"actor": "somebody"}), "actor"),
        (json!({"object": "x".repeat(100)}), "object"),
    ] {
        let reply = ada.send(EVENTS, json!({"filter": filter})).await;
        assert_eq!((reply.code(), reply.field()), ("BAD_USER_INPUT", field));
    }
    let foreign = json!({"first": 2, "after": cursor});
    assert_eq!(ada.code(EVENTS, foreign).await, "BAD_USER_INPUT", "a cursor of another filter");
}
