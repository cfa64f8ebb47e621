//! How many queries a page costs.

use serde_json::{Value, json};

use super::{FILES, Library};
use crate::harness::TestApp;
use crate::harness::client::Client;

/// Workers ask the database now and then as well, so an operation is run several times.
const RUNS: usize = 5;

const OF_OPS: &str = "uploadedBy { email }
    shares(first: 5) { totalCount nodes { recipient { email } sharedBy { email } } }";
const OF_A_CLIENT: &str = "uploadedBy { email } myShare { downloads sharedBy { email } } downloadLink { url }";
/// All that a file leads to. Far more than anybody asks at once, and still a number of queries that can be told beforehand.
const EVERYTHING: &str = "uploadedBy { email disabled } downloadLink { url } myShare { id downloads recipient { email } }
    shares(first: 5) { totalCount nodes { id recipient { email } sharedBy { email } file { id uploadedBy { email } myShare { id } }
        receipts(first: 3) { totalCount nodes { recipient { email } downloads } } } }
    oldest: shares(last: 1) { nodes { id recipient { email } } }";

/// How many queries a page of so many items costs, and what it says.
async fn cost(app: &TestApp, client: &Client, query: &str, count: usize) -> (u64, Value) {
    let (mut least, mut data) = (u64::MAX, Value::Null);
    for _ in 0..RUNS {
        let before = app.services.queries_sent();
        data = client.data(query, json!({"count": count})).await;
        least = least.min(app.services.queries_sent() - before);
    }
    (least, data)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_100_files_costs_as_many_queries_as_one_of_5() {
    let Library { app, olga, carl, ada } = Library::open().await;
    for (who, client, fields, most) in [
        ("Ops", &olga, OF_OPS, 5),
        ("a Client", &carl, OF_A_CLIENT, 10),
        ("an Admin", &ada, OF_OPS, 2),
        ("an Admin", &ada, OF_A_CLIENT, 2),
        ("Ops, everything", &olga, EVERYTHING, 20),
        ("a Client, everything", &carl, EVERYTHING, 20),
        ("an Admin, everything", &ada, EVERYTHING, 2),
    ] {
        let mut costs = Vec::new();
        for count in [5, 20, FILES - 1] {
            let query = format!("query($count: Int!) {{ files(first: $count) {{ nodes {{ id {fields} }} }} }}");
            let (cost, data) = cost(&app, client, &query, count).await;
            assert_eq!(data["files"]["nodes"].as_array().unwrap().len(), count);
            costs.push(cost);
        }
        let fields = fields.split_whitespace().collect::<Vec<_>>().join(" ");
        println!("{who}: pages of 5, 20 and 100 files cost {costs:?} queries: {fields}");
        assert!(
            costs.iter().all(|cost| *cost == costs[0] && *cost <= most),
            "{who}: {costs:?}, at most {most}: {fields}"
        );
    }
}

/// The people behind the other lists come at once too.
#[tokio::test(flavor = "multi_thread")]
async fn lists_of_acts_and_invitations_find_their_people_at_once() {
    let app = TestApp::unlimited().await;
    let ada = app.admin("ada").await;
    for number in 0..30 {
        let name = format!("ops{number}");
        let ops = app.ops(&name).await;
        ops.data("mutation { invite(role: CLIENT) { token } }", json!({})).await;
    }
    for (list, most) in [
        // The newest events are not invitations, so the first scan does not suffice.
        ("auditEvents(first: $count, filter: {action: \"invitation.created\"}) { nodes { actorUser { email } } }", 3),
        ("invitations(first: $count) { nodes { issuer { email } } }", 2),
    ] {
        let mut costs = Vec::new();
        for count in [5, 30] {
            let query = format!("query($count: Int!) {{ list: {list} }}");
            let (cost, data) = cost(&app, &ada, &query, count).await;
            let nodes = data["list"]["nodes"].as_array().unwrap();
            assert!(nodes.len() == count && nodes.iter().all(|node| !node.to_string().contains("null")), "{data}");
            costs.push(cost);
        }
        println!("pages of 5 and 30 cost {costs:?} queries: {list}");
        assert!(costs[0] == costs[1] && costs[0] <= most, "{list}: {costs:?}, at most {most}");
    }
}
