//! What Admins see of everybody's: how many files, how much in trashes, and who has stored most.

use serde_json::{Value, json};

use super::{DELETE, DELETE_FOR_GOOD};
use crate::administration::{DELETE_USER, id_of};
use crate::harness::TestApp;
use crate::harness::client::Client;
use crate::harness::documents::docx;

const EVERYBODY: &str = "query($first: Int) { storageUsage { everybody {
    usedBytes trashBytes files trashedFiles
    largest(first: $first) { user { email } usedBytes trashBytes files } } } }";

async fn of_everybody(admin: &Client, first: u32) -> Value {
    admin.data(EVERYBODY, json!({"first": first})).await["storageUsage"]["everybody"].clone()
}

fn person(name: &str, used: usize, trash: usize, files: u32) -> Value {
    json!({"user": {"email": format!("{name}@example.com")}, "usedBytes": used, "trashBytes": trash, "files": files})
}

#[tokio::test]
async fn who_has_stored_most_comes_first_with_what_lies_in_the_trash() {
    let app = TestApp::start().await;
    let ada = app.admin("ada").await;
    let nothing = json!({"usedBytes": 0, "trashBytes": 0, "files": 0, "trashedFiles": 0, "largest": []});
    assert_eq!(of_everybody(&ada, 10).await, nothing);

    let (olga, otto, oscar) = (app.ops("olga").await, app.ops("otto").await, app.ops("oscar").await);
    let (small, large) = (docx("small", &[1; 1000]), docx("large", &[1; 9000]));
    let (s, l) = (small.len(), large.len());
    olga.upload("a.docx", &small).await;
    otto.upload("b.docx", &large).await;
    let second = olga.upload("c.docx", &small).await;
    let void = oscar.upload("d.docx", &small).await;
    // Whoever has nothing left is not there at all.
    oscar.data(DELETE_FOR_GOOD, json!({"id": void["id"]})).await;
    olga.data(DELETE, json!({"id": second["id"]})).await;
    let largest = [person("otto", l, 0, 1), person("olga", 2 * s, s, 1)];
    let expected = json!({"usedBytes": l + 2 * s, "trashBytes": s, "files": 2, "trashedFiles": 1, "largest": largest});
    assert_eq!(of_everybody(&ada, 10).await, expected);
    assert_eq!(of_everybody(&ada, 1).await["largest"], json!([largest[0]]));

    ada.data(DELETE_USER, json!({"id": id_of(&otto).await, "files": {"delete": true}})).await;
    let expected = json!({"usedBytes": 2 * s, "trashBytes": s, "files": 1, "trashedFiles": 1, "largest": [largest[1]]});
    assert_eq!(of_everybody(&ada, 10).await, expected);
    for first in [0, 51] {
        assert_eq!(ada.code(EVERYBODY, json!({"first": first})).await, "BAD_USER_INPUT", "{first}");
    }
    // Nobody else is told anything of it.
    let answer = olga.data(EVERYBODY, json!({"first": 10})).await;
    assert_eq!(answer["storageUsage"]["everybody"], Value::Null);
}
