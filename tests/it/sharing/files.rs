//! Renaming and deleting what is shared.

use serde_json::{Value, json};

use super::{DELETE, RENAME, Scene, UNKNOWN_FILE, files_seen};

#[tokio::test]
async fn a_file_gets_another_name_and_both_sides_see_it() {
    let scene = Scene::start().await;
    scene.share(json!({"recipients": ["carl@example.com"]})).await;
    let renamed = scene.olga.data(RENAME, json!({"id": scene.file["id"], "name": "Übersicht 2026.docx"})).await;
    assert_eq!(renamed["renameFile"]["name"], "Übersicht 2026.docx");
    for client in [&scene.olga, &scene.carl] {
        let files = client.data("{ files(filter: {nameContains: \"ÜBER\"}) { nodes { name } } }", json!({})).await;
        assert_eq!(files["files"]["nodes"], json!([{"name": "Übersicht 2026.docx"}]));
        let files = client.data("{ files(filter: {nameContains: \"report\"}) { nodes { name } } }", json!({})).await;
        assert_eq!(files["files"]["nodes"], json!([]));
    }
    let url = scene.carl.link(&scene.file).await;
    let disposition = scene.carl.get(&url).await.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(disposition.ends_with("filename*=UTF-8''%C3%9Cbersicht%202026.docx"), "{disposition}");
}

#[tokio::test]
async fn names_are_composed_and_else_never_repaired() {
    let scene = Scene::start().await;
    let too_long = format!("{}.docx", "n".repeat(251));
    for bad in [
        "",
        " ",
        "report",
        "report.pptx",
        "report.docx.exe",
        "report.docx ",
        " report.docx",
        "report.docx.",
        "a/b.docx",
        "a\\b.docx",
        "../report.docx",
        "report\0.docx",
        "report\n.docx",
        "xcod\u{202e}.docx",
        "\u{feff}report.docx",
        "CON.docx",
        "com1.docx",
        "nul.docx",
        &too_long,
    ] {
        let reply = scene.olga.send(RENAME, json!({"id": scene.file["id"], "name": bad})).await;
        assert_eq!((reply.code(), reply.field()), ("BAD_USER_INPUT", "name"), "{bad:?}: {}", reply.body);
    }
    let longest = format!("{}.docx", "n".repeat(250));
    for (good, stored) in [
        ("u\u{308}ber.docx", "\u{fc}ber.docx"),
        ("two  spaces.docx", "two  spaces.docx"),
        ("archive.tar.docx", "archive.tar.docx"),
        ("<b>.docx", "<b>.docx"),
        (&longest, &longest),
    ] {
        let data = scene.olga.data(RENAME, json!({"id": scene.file["id"], "name": good})).await;
        assert_eq!(data["renameFile"]["name"], stored, "{good}");
    }
}

#[tokio::test]
async fn only_the_owner_renames_and_deletes() {
    let scene = Scene::start().await;
    scene.share(json!({"recipients": ["carl@example.com"]})).await;
    let (otto, adam) = (scene.app.ops("otto").await, scene.app.admin("adam").await);
    let nobody = scene.app.anonymous();
    for (what, caller, expected) in [
        ("another Ops user", &otto, "NOT_FOUND"),
        ("an Admin", &adam, "FORBIDDEN"),
        ("a recipient", &scene.carl, "FORBIDDEN"),
        ("nobody", &nobody, "UNAUTHENTICATED"),
    ] {
        let rename = json!({"id": scene.file["id"], "name": "mine.docx"});
        assert_eq!(caller.code(RENAME, rename).await, expected, "{what} renames");
        assert_eq!(caller.code(DELETE, json!({"id": scene.file["id"]})).await, expected, "{what} deletes");
    }
    for id in [UNKNOWN_FILE, "", "garbage"] {
        assert_eq!(scene.olga.code(RENAME, json!({"id": id, "name": "x.docx"})).await, "NOT_FOUND", "{id:?}");
        assert_eq!(scene.olga.code(DELETE, json!({"id": id})).await, "NOT_FOUND", "{id:?}");
    }
    let query = "query($id: ID!) { file(id: $id) { name } }";
    let file = scene.olga.data(query, json!({"id": scene.file["id"]})).await["file"].clone();
    assert_eq!(file, json!({"name": "report.docx"}));
}

#[tokio::test]
async fn a_deleted_file_is_gone_for_everybody_and_its_shares_with_it() {
    let scene = Scene::start().await;
    let adam = scene.app.admin("adam").await;
    let named = scene.share(json!({"recipients": ["carl@example.com"]})).await.remove(0);
    let common = scene.share(json!({"everyClient": true})).await.remove(0);
    assert_eq!(scene.olga.data(DELETE, json!({"id": scene.file["id"]})).await["deleteFile"], true);
    for client in [&scene.olga, &scene.carl, &scene.dora, &adam] {
        assert_eq!(files_seen(client).await, 0);
        for id in [&scene.file["id"], &named["id"], &common["id"]] {
            let node = client.data("query($id: ID!) { node(id: $id) { id } }", json!({"id": id})).await;
            assert_eq!(node["node"], Value::Null, "{id}");
        }
    }
    assert_eq!(scene.olga.code(DELETE, json!({"id": scene.file["id"]})).await, "NOT_FOUND");
    let rename = json!({"id": scene.file["id"], "name": "back.docx"});
    assert_eq!(scene.olga.code(RENAME, rename).await, "NOT_FOUND");
    assert_eq!(scene.try_share(json!({"recipients": ["carl@example.com"]})).await.code(), "NOT_FOUND");
}
