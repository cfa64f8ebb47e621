//! Arguments that break a rule: ids, texts, pages and cursors.

use serde_json::{Value, json};

use super::Besieged;
use crate::harness::client::{CREATE_LINK, Client, SHARE};
use crate::harness::documents::docx;

const FILES: &str =
    "query($first: Int, $after: String, $last: Int, $before: String, $filter: FileFilter, $order: FileOrder) {
    files(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $order) {
        nodes { name } edges { cursor } pageInfo { startCursor endCursor } } }";
const USERS: &str = "query($first: Int, $after: String) { users(first: $first, after: $after) { edges { cursor } } }";
const DELETE: &str = "mutation($id: ID!) { deleteFile(id: $id) }";
const RENAME: &str = "mutation($id: ID!, $name: String!) { renameFile(id: $id, name: $name) { id } }";

#[tokio::test]
async fn ids_that_are_none_answer_as_what_does_not_exist() {
    let besieged = Besieged::start().await;
    let ops = &besieged.ops;
    let carl = besieged.app.client("carl").await;
    let share = ops.share(&besieged.file, "carl@example.com").await;
    let id = besieged.file["id"].as_str().unwrap();
    let user = carl.data("{ viewer { id } }", json!({})).await["viewer"]["id"].clone();
    let unknown = format!("file_{}", "a".repeat(26));
    let long = "x".repeat(100_000);
    let mut bad: Vec<String> =
        ["", "1", "file_", "file_\0", "../../etc/passwd", "file:1", "file_' OR true", &unknown, &long]
            .map(str::to_owned)
            .into();
    bad.extend([id.to_uppercase(), format!("{id} "), format!("{id}\0"), id.replace("file_", "share_")]);
    for id in bad.iter().map(String::as_str).chain([share["id"].as_str().unwrap(), user.as_str().unwrap()]) {
        assert_eq!(ops.data("query($id: ID!) { file(id: $id) { id } }", json!({"id": id})).await["file"], Value::Null);
        for (mutation, variables) in [
            (DELETE, json!({"id": id})),
            (RENAME, json!({"id": id, "name": "b.docx"})),
            (CREATE_LINK, json!({"id": id, "ttl": null})),
            (SHARE, json!({"input": {"fileId": id, "recipients": ["carl@example.com"]}})),
        ] {
            Besieged::assert_refused(
                &ops.send(mutation, variables).await,
                200,
                "NOT_FOUND",
                "",
                &format!("{id:.60} {mutation}"),
            );
        }
    }
    for id in bad.iter().map(String::as_str).chain([id]) {
        let reply = ops.send("mutation($id: ID!) { revokeShare(id: $id) }", json!({"id": id})).await;
        Besieged::assert_refused(&reply, 200, "NOT_FOUND", "", &format!("revokeShare {id:.60}"));
    }
    for id in &bad {
        assert_eq!(ops.data("query($id: ID!) { node(id: $id) { id } }", json!({"id": id})).await["node"], Value::Null);
    }
    besieged.assert_unmoved("bad ids").await;
}

#[tokio::test]
async fn texts_with_null_bytes_are_refused_or_found_nowhere() {
    let besieged = Besieged::start().await;
    let (ops, anonymous) = (&besieged.ops, besieged.app.anonymous());
    let rename = ops.send(RENAME, json!({"id": besieged.file["id"], "name": "a\0.docx"})).await;
    Besieged::assert_refused(&rename, 200, "BAD_USER_INPUT", "name", "a new name");
    let signup = "mutation($input: SignupInput!) { signup(input: $input) { email } }";
    for (field, email, name) in
        [("email", "a\0@example.com", "a"), ("email", "a@exam\0ple.com", "a"), ("name", "a@example.com", "a\0b")]
    {
        let input = json!({"email": email, "name": name, "password": "correct-horse-battery-9"});
        Besieged::assert_refused(
            &anonymous.send(signup, json!({"input": input})).await,
            200,
            "BAD_USER_INPUT",
            field,
            email,
        );
    }
    let login = "mutation($input: LoginInput!) { login(input: $input) { accessToken } }";
    for (email, password) in
        [("olga\0@example.com", "correct-horse-battery-9"), ("olga@example.com", "correct-horse-battery-9\0")]
    {
        let reply = anonymous.send(login, json!({"input": {"email": email, "password": password}})).await;
        Besieged::assert_refused(&reply, 200, "INVALID_CREDENTIALS", "", email);
    }
    let share = json!({"fileId": besieged.file["id"], "recipients": ["carl\0@example.com"]});
    Besieged::assert_refused(
        &ops.send(SHARE, json!({"input": share})).await,
        200,
        "BAD_USER_INPUT",
        "recipients",
        "share",
    );
    for token in ["a\0b", "\0", ""] {
        let refresh = anonymous
            .send("mutation($t: String!) { refresh(refreshToken: $t) { accessToken } }", json!({"t": token}))
            .await;
        Besieged::assert_refused(&refresh, 200, "INVALID_TOKEN", "", "refresh");
    }
    let found = ops.data(FILES, json!({"filter": {"nameContains": "kept\0"}})).await;
    assert_eq!(found["files"]["nodes"], json!([]));
    besieged.assert_unmoved("null bytes").await;
}

#[tokio::test]
async fn pages_have_one_to_a_hundred_items() {
    let besieged = Besieged::start().await;
    for (variables, field) in [
        (json!({"first": 0}), "first"),
        (json!({"first": -1}), "first"),
        (json!({"first": i32::MIN}), "first"),
        (json!({"first": 101}), "first"),
        (json!({"last": 0}), "last"),
        (json!({"last": i32::MAX}), "last"),
        (json!({"first": 1, "last": 1}), "last"),
        (json!({"before": "x"}), "before"),
        (json!({"last": 1, "after": "x"}), "after"),
    ] {
        let reply = besieged.ops.send(FILES, variables.clone()).await;
        Besieged::assert_refused(&reply, 200, "BAD_USER_INPUT", field, &variables.to_string());
    }
    for first in [json!(1_i64 << 31), json!(1e300), json!(1.5), json!("1"), json!([1, 2]), json!({})] {
        let reply = besieged.ops.send(FILES, json!({"first": first})).await;
        assert!(["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"].contains(&reply.code()), "{first}: {}", reply.body);
    }
    besieged.assert_unmoved("pages").await;
}

#[tokio::test]
async fn cursors_work_only_where_they_were_given_out() {
    let besieged = Besieged::start().await;
    let ops = &besieged.ops;
    besieged.app.clock.advance_seconds(1);
    ops.upload("later.docx", &docx("later", b"")).await;
    let olivia = besieged.app.ops("olivia").await;
    olivia.upload("other.docx", &docx("other", b"")).await;
    besieged.app.client("carl").await;

    let cursor = cursor_of(ops, FILES, "files").await;
    let next = ops.data(FILES, json!({"first": 1, "after": cursor})).await;
    assert_eq!(next["files"]["nodes"], json!([{"name": "kept.docx"}]));
    let foreign = cursor_of(&olivia, FILES, "files").await;
    let users = cursor_of(ops, USERS, "users").await;

    let refused = async |variables: Value, field: &str, what: &str| {
        Besieged::assert_refused(&ops.send(FILES, variables).await, 200, "BAD_USER_INPUT", field, what);
    };
    refused(json!({"after": cursor, "order": "NAME"}), "after", "another order").await;
    refused(json!({"after": cursor, "filter": {"nameContains": "k"}}), "after", "another filter").await;
    refused(json!({"after": foreign}), "after", "the cursor of somebody else").await;
    refused(json!({"after": users}), "after", "the cursor of another list").await;
    for end in [0, 1, cursor.len() / 2, cursor.len() - 1] {
        refused(json!({"after": &cursor[..end]}), "after", "truncated").await;
        refused(json!({"last": 1, "before": &cursor[..end]}), "before", "truncated").await;
    }
    for index in [0, 10, cursor.len() / 2, cursor.len() - 2] {
        let mut forged = cursor.clone().into_bytes();
        forged[index] = if forged[index] == b'A' { b'B' } else { b'A' };
        refused(json!({"after": String::from_utf8(forged).unwrap()}), "after", "forged").await;
    }
    for made_up in [
        "eyJpZCI6MX0=",
        "YXJyYXljb25uZWN0aW9uOjA=",
        "0",
        "\0",
        "ü",
        &"A".repeat(100_000),
        &format!("{cursor} "),
        &format!("{cursor}A"),
    ] {
        refused(json!({"after": made_up}), "after", "made up").await;
    }
    let reply = ops.send(USERS, json!({"first": 1, "after": cursor})).await;
    Besieged::assert_refused(&reply, 200, "BAD_USER_INPUT", "after", "a cursor of files among users");
}

async fn cursor_of(client: &Client, query: &str, field: &str) -> String {
    client.data(query, json!({"first": 1})).await[field]["edges"][0]["cursor"].as_str().unwrap().to_owned()
}
