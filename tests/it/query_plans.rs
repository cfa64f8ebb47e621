//! No query reads a whole table: lists are one forward scan of one index, and every condition in the store's sources goes
//! through an index.

mod source;

use std::collections::BTreeSet;

use serde_json::Value;
use strongroom::domain::sort_key::FileOrder;
use strongroom::store::{List, Scan, Store};

use crate::harness::database::{RawDatabase, TestDatabase};
use source::Statement;

/// The steps of a plan by which rows are found, with what is said of them.
fn steps<'a>(plan: &'a Value, found: &mut Vec<(&'a str, &'a Value)>) {
    match plan {
        Value::Array(parts) => parts.iter().for_each(|part| steps(part, found)),
        Value::Object(fields) => {
            for name in ["operator", "operation"] {
                // Lower down the same word names a comparison, as `=` or `union`.
                if let Some(Value::String(step)) = fields.get(name)
                    && step.starts_with(char::is_uppercase)
                {
                    found.push((step, plan));
                }
            }
            fields.values().for_each(|field| steps(field, found));
        }
        _ => {}
    }
}

async fn assert_one_forward_scan(store: &Store, list: List, key_field: &'static str, index: &str) {
    let scan = Scan { list, key_field, after: "0a".to_owned(), limit: 21 };
    let text = store.explain(&scan).await.unwrap();
    let plan: Value = serde_json::from_str(&text).unwrap();
    let mut found = Vec::new();
    steps(&plan, &mut found);
    let names: Vec<&str> = found.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["SelectProject", "IndexScan"], "{scan:?}: {text}");
    let attributes = &found[1].1["attributes"];
    assert_eq!(attributes["index"], index, "{scan:?}: {text}");
    assert_eq!(attributes["direction"], "Forward", "{scan:?}: {text}");
    assert_eq!(attributes["limit"], "21", "{scan:?}: {text}");
    assert!(attributes["access"].as_str().unwrap().contains('0'), "the cursor bounds the scan: {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_is_one_forward_scan_of_its_index() {
    let database = TestDatabase::disk().await;
    let store = database.open().await;
    let key = || "aaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned();
    let orders: BTreeSet<&str> =
        FileOrder::ALL.into_iter().flat_map(|order| <[&str; 2]>::from(order.key_fields())).collect();
    assert_eq!(orders.len(), 6);
    for field in orders {
        assert_one_forward_scan(&store, List::Files, field, &format!("file_everything_{field}")).await;
        assert_one_forward_scan(&store, List::FilesOf(key()), field, &format!("file_owner_{field}")).await;
        assert_one_forward_scan(&store, List::SharesWith(key()), field, &format!("share_audience_{field}")).await;
        let every_client = List::SharesWith(strongroom::store::share::EVERY_CLIENT.to_owned());
        assert_one_forward_scan(&store, every_client, field, &format!("share_audience_{field}")).await;
    }
    assert_one_forward_scan(&store, List::Trash, "oldest", "trashed_file_everything_oldest").await;
    for field in ["newest", "oldest"] {
        assert_one_forward_scan(&store, List::TrashOf(key()), field, &format!("trashed_file_owner_{field}")).await;
        assert_one_forward_scan(&store, List::SharesOf(key()), field, &format!("share_file_{field}")).await;
        assert_one_forward_scan(&store, List::SessionsOf(key()), field, &format!("session_user_{field}")).await;
        assert_one_forward_scan(&store, List::Events, field, &format!("event_everything_{field}")).await;
        assert_one_forward_scan(&store, List::EventsBy(key()), field, &format!("event_actor_{field}")).await;
        assert_one_forward_scan(&store, List::EventsOn(key()), field, &format!("event_object_{field}")).await;
    }
    for field in ["email", "email_reversed"] {
        assert_one_forward_scan(&store, List::DisabledUsers, field, &format!("user_disabled_{field}")).await;
        assert_one_forward_scan(&store, List::Users, field, &format!("user_everything_{field}")).await;
        assert_one_forward_scan(&store, List::UsersIn("CLIENT"), field, &format!("user_role_{field}")).await;
    }
    for field in ["newest", "oldest"] {
        assert_one_forward_scan(&store, List::Invitations, field, &format!("invitation_everything_{field}")).await;
        assert_one_forward_scan(&store, List::InvitationsOf(key()), field, &format!("invitation_issuer_{field}")).await;
        assert_one_forward_scan(&store, List::DeadMails, field, &format!("outbox_state_{field}")).await;
    }
    store.close().await;
}

/// What is wrong with the plan of a statement, if something is.
async fn fault(raw: &RawDatabase, statement: &str) -> Option<String> {
    let explained = raw.database.query(format!("{statement} EXPLAIN")).await.unwrap().check();
    let plan: surrealdb::types::Value = match explained {
        Ok(mut results) => results.take(0).unwrap(),
        Err(failure) => return Some(failure.to_string()),
    };
    let plan = plan.into_json_value();
    let mut found = Vec::new();
    steps(&plan, &mut found);
    let through_index =
        |name: &str| ["IndexScan", "BitmapIndexScan", "Iterate Index", "IndexCountScan"].contains(&name);
    let harmless = |name: &str| {
        let others =
            ["SelectProject", "ProjectValue", "Filter", "Aggregate", "Collector", "CountScan", "Project", "Limit"];
        // Sets of rows that indexes gave, before any row is read.
        let sets = ["BitmapAnd", "BitmapOr", "BitmapResolve"];
        others.contains(&name) || sets.contains(&name) || through_index(name)
    };
    let reads_by_index = found.iter().any(|(name, _)| through_index(name));
    (!reads_by_index || !found.iter().all(|(name, _)| harmless(name))).then(|| plan.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_condition_goes_through_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::Disk(folder);
    database.open().await.close().await;
    let TestDatabase::Disk(folder) = database else { unreachable!() };
    let raw = RawDatabase::open(&folder.path().join("db")).await;

    // The test sees what it looks for.
    assert!(fault(&raw, "SELECT * FROM user WHERE name = 'x' LIMIT 1").await.is_some());
    assert!(fault(&raw, "DELETE outbox WHERE recipient = 'x'").await.is_some());
    assert!(fault(&raw, "SELECT * FROM user WHERE email > '' ORDER BY name LIMIT 1").await.is_some());
    assert!(fault(&raw, "SELECT * FROM user WHERE email = 'x' LIMIT 1").await.is_none());

    let statements: Vec<Statement> = source::statements();
    assert!(statements.len() >= 25, "only {} conditions were found in the sources", statements.len());
    let mut faults = Vec::new();
    for Statement { file, text } in &statements {
        if let Some(plan) = fault(&raw, text).await {
            faults.push(format!("{file}: {text}\n    {plan}"));
        }
    }
    raw.close().await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
