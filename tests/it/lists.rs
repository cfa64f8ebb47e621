//! Lists as callers see them: whole, in order, in both directions, whatever happens between two pages.

mod expiry;
mod filters;
mod own;
mod people;
mod received;
mod shares;
mod trash;

use serde_json::{Value, json};
use strongroom::domain::id::FileId;
use strongroom::domain::role::Role;
use strongroom::services::Caller;

use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::client::{Client, PASSWORD};

const ORDERS: [&str; 4] = ["NEWEST_FIRST", "OLDEST_FIRST", "NAME", "LARGEST_FIRST"];
const FILES: &str = "query($first: Int, $after: String, $last: Int, $before: String, $order: FileOrder, $filter: FileFilter) {
    files(first: $first, after: $after, last: $last, before: $before, orderBy: $order, filter: $filter) {
        totalCount
        nodes { id }
        edges { cursor node { id name size uploadedAt uploadedBy { email } myShare { id everyClient downloads sharedAt } } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
}";
const SHARE_ANY: &str = "mutation($input: ShareInput!) { share(input: $input) { shares { id downloads } } }";
const REVOKE: &str = "mutation($id: ID!) { revokeShare(id: $id) }";
const DELETE: &str = "mutation($id: ID!) { deleteFile(id: $id, permanently: true) }";
const RENAME: &str = "mutation($id: ID!, $name: String!) { renameFile(id: $id, name: $name) { id } }";

/// One list of one caller.
struct List<'a> {
    client: &'a Client,
    query: &'static str,
    /// Where the connection stands in the answer.
    place: &'static str,
    arguments: Value,
}

fn files<'a>(client: &'a Client, order: &str) -> List<'a> {
    List { client, query: FILES, place: "/files", arguments: json!({"order": order}) }
}

fn found<'a>(client: &'a Client, filter: Value) -> List<'a> {
    List { client, query: FILES, place: "/files", arguments: json!({"order": "NAME", "filter": filter}) }
}

impl List<'_> {
    /// The connection for these paging arguments.
    async fn page(&self, paging: Value) -> Value {
        let mut variables = self.arguments.clone();
        variables.as_object_mut().unwrap().extend(paging.as_object().unwrap().clone());
        let data = self.client.data(self.query, variables).await;
        data.pointer(self.place).unwrap().clone()
    }

    /// The whole list in pages of one size from one end to the other, in its own order; what each page says of itself is
    /// checked on the way.
    async fn walk(&self, size: usize, forward: bool) -> Vec<Value> {
        let (size_argument, cursor_argument) = if forward { ("first", "after") } else { ("last", "before") };
        let (ahead, behind, end) = if forward {
            ("hasNextPage", "hasPreviousPage", "endCursor")
        } else {
            ("hasPreviousPage", "hasNextPage", "startCursor")
        };
        let (mut whole, mut cursor) = (Vec::<Value>::new(), Value::Null);
        loop {
            let page = self.page(json!({size_argument: size, cursor_argument: cursor})).await;
            let (edges, info) = (page["edges"].as_array().unwrap(), &page["pageInfo"]);
            let first = edges.first().map_or(&Value::Null, |edge| &edge["cursor"]);
            let last = edges.last().map_or(&Value::Null, |edge| &edge["cursor"]);
            assert_eq!((&info["startCursor"], &info["endCursor"]), (first, last));
            assert_eq!(info[behind], json!(!cursor.is_null()), "{behind} of {page}");
            assert_eq!(ids_of(page["nodes"].as_array().unwrap()), ids_of(&nodes(&page)));
            assert!(edges.len() == size || info[ahead] == json!(false), "a page in the middle is full");
            let nodes = nodes(&page);
            whole = if forward { [whole, nodes].concat() } else { [nodes, whole].concat() };
            if info[ahead] == json!(false) {
                return whole;
            }
            cursor = info[end].clone();
            assert!(whole.len() < 1000, "the walk does not end");
        }
    }

    /// That the list is exactly this, counted and walked in every way.
    async fn assert_is(&self, expected: &[String]) {
        for size in [1, 3, 100] {
            for forward in [true, false] {
                let walked = ids_of(&self.walk(size, forward).await);
                assert_eq!(walked, expected, "pages of {size}, forward: {forward}, {}", self.arguments);
            }
        }
        assert_eq!(self.page(json!({})).await["totalCount"], json!(expected.len()), "{}", self.arguments);
    }
}

fn nodes(page: &Value) -> Vec<Value> {
    page["edges"].as_array().unwrap().iter().map(|edge| edge["node"].clone()).collect()
}

fn id_of(thing: &Value) -> String {
    thing["id"].as_str().unwrap().to_owned()
}

fn ids_of(things: &[Value]) -> Vec<String> {
    things.iter().map(id_of).collect()
}

/// What decides between files that are otherwise equal.
fn tie(file: &Value) -> [u8; 16] {
    *FileId::parse(file["id"].as_str().unwrap()).unwrap().as_bytes()
}

/// The ids in an order by a key, ascending.
fn sorted_by<K: Ord>(files: &[Value], key: impl Fn(&Value) -> K) -> Vec<String> {
    let mut files = files.to_vec();
    files.sort_by_key(key);
    ids_of(&files)
}

/// A signed-in Client without the way by mail.
async fn quick_client(app: &TestApp, name: &str) -> Client {
    app.services.create_user(&Caller::Operator, &email_of(name), name, Role::Client, PASSWORD).await.unwrap();
    app.sign_in(name).await
}

/// An app where files may be shared with every Client.
async fn open_handed_app() -> TestApp {
    TestApp::builder().with("SHARING__EVERY_CLIENT_ALLOWED", "true").start().await
}

/// Shares a file with somebody, or with every Client, for some seconds or for ever. Answers the share.
async fn share_with(app: &TestApp, ops: &Client, file: &Value, name: Option<&str>, seconds: Option<u64>) -> Value {
    use strongroom::domain::clock::Clock;
    let expires_at = seconds.map(|seconds| app.clock.now().plus_seconds(seconds).to_rfc3339());
    let recipients: Vec<String> = name.into_iter().map(email_of).collect();
    let input = json!({
        "fileId": file["id"], "recipients": recipients, "everyClient": name.is_none(), "expiresAt": expires_at,
    });
    ops.data(SHARE_ANY, json!({"input": input})).await["share"]["shares"][0].clone()
}
