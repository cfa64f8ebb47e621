//! What administrators do to accounts, and what they cannot do.

mod deleting;
mod disabled;
mod invitations;
mod last_admin;
mod people;
mod reassigning;
mod roles;
mod told;

use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::harness::app::{TestAppBuilder, email_of};
use crate::harness::client::{Client, Reply};
use crate::harness::documents::docx;
use crate::harness::surreal_server::{PASSWORD, SurrealServer, USER};

pub const SET_ROLE: &str =
    "mutation($id: ID!, $role: Role!) { setUserRole(id: $id, role: $role) { id role disabled } }";
pub const DISABLE: &str = "mutation($id: ID!) { disableUser(id: $id) { id disabled } }";
pub const ENABLE: &str = "mutation($id: ID!) { enableUser(id: $id) { id disabled } }";
pub const DELETE_USER: &str = "mutation($id: ID!, $files: DeleteUserFiles!) { deleteUser(id: $id, files: $files) }";
pub const REASSIGN: &str = "mutation($from: ID!, $to: ID!) { reassignFiles(from: $from, to: $to) }";
pub const USERS: &str = "query($role: Role, $disabled: Boolean, $email: String) {
    users(first: 100, role: $role, disabled: $disabled, emailContains: $email) {
        nodes { email role disabled } totalCount } }";

/// Ada administers; Olga shares a file with Carl.
pub struct Scene {
    pub app: TestApp,
    pub ada: Client,
    pub olga: Client,
    pub carl: Client,
    pub file: Value,
    pub share: Value,
}

impl Scene {
    pub async fn start() -> Self {
        let app = TestApp::builder().with("SHARING__EVERY_CLIENT_ALLOWED", "true").start().await;
        let (ada, olga, carl) = (app.admin("ada").await, app.ops("olga").await, app.client("carl").await);
        let file = olga.upload("report.docx", &docx("report", &[1; 1000])).await;
        let share = olga.share(&file, &email_of("carl")).await;
        Self { app, ada, olga, carl, file, share }
    }

    pub async fn set_role(&self, id: &str, role: &str) -> Reply {
        self.ada.send(SET_ROLE, json!({"id": id, "role": role})).await
    }

    pub async fn disable(&self, id: &str) {
        assert_eq!(self.ada.data(DISABLE, json!({"id": id})).await["disableUser"]["disabled"], true);
    }

    pub async fn enable(&self, id: &str) {
        assert_eq!(self.ada.data(ENABLE, json!({"id": id})).await["enableUser"]["disabled"], false);
    }

    pub async fn delete(&self, id: &str, files: Value) -> Reply {
        self.ada.send(DELETE_USER, json!({"id": id, "files": files})).await
    }

    /// The words of the acts on a thing, earliest first.
    pub async fn acts_on(&self, object: &Value) -> Vec<String> {
        self.events_on(object).await.iter().map(|event| event["action"].as_str().unwrap().to_owned()).collect()
    }

    pub async fn events_on(&self, object: &Value) -> Vec<Value> {
        let query = "query($of: String) { auditEvents(first: 100, filter: {object: $of}) {
            nodes { action actor detail address } } }";
        let data = self.ada.data(query, json!({"of": object})).await;
        data["auditEvents"]["nodes"].as_array().unwrap().iter().rev().cloned().collect()
    }
}

pub async fn id_of(client: &Client) -> String {
    client.data("{ viewer { id } }", json!({})).await["viewer"]["id"].as_str().unwrap().to_owned()
}

/// The names somebody sees; the total must agree.
pub async fn names_seen_by(person: &Client) -> Vec<String> {
    let query = "{ files(first: 100, orderBy: NAME) { totalCount nodes { name } } }";
    let files = person.data(query, json!({})).await["files"].clone();
    let nodes = files["nodes"].as_array().unwrap();
    assert_eq!(files["totalCount"], nodes.len(), "{files}");
    nodes.iter().map(|file| file["name"].as_str().unwrap().to_owned()).collect()
}

/// The people an answer lists by address; the total must agree.
pub async fn people_seen_by(person: &Client, filter: Value) -> Vec<String> {
    let users = person.data(USERS, filter).await["users"].clone();
    let nodes = users["nodes"].as_array().unwrap();
    assert_eq!(users["totalCount"], nodes.len(), "{users}");
    nodes.iter().map(|user| user["email"].as_str().unwrap().split('@').next().unwrap().to_owned()).collect()
}

/// How many Admins there are who are not disabled.
pub async fn active_admins(admin: &Client) -> usize {
    people_seen_by(admin, json!({"role": "ADMIN", "disabled": false})).await.len()
}

/// Two instances of one installation.
pub async fn two_instances(database: &SurrealServer, ring: &std::path::Path) -> (TestApp, TestApp) {
    let on_the_database = |builder: TestAppBuilder| {
        builder
            .with("DATABASE__URL", &database.url())
            .with("DATABASE__USERNAME", USER)
            .with("DATABASE__PASSWORD", PASSWORD)
            .with("KEYS__FILE", ring.to_str().unwrap())
            .with("SERVER__PUBLIC_URL", "http://127.0.0.1:8080")
    };
    let one = on_the_database(TestApp::builder()).start().await;
    let other = on_the_database(TestApp::builder()).start().await;
    (one, other)
}
