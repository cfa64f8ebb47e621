//! What Admins see of keys over the API: their names and what has become of them, from the first day to the last.

use serde_json::{Value, json};
use strongroom::crypto::key_ring::Purpose;
use strongroom::crypto::os_random::OsRandom;
use strongroom::domain::clock::Clock;
use strongroom::services::Caller;
use strongroom::services::keys::add_keys;

use super::{ids, report, ring_in, rotate};
use crate::harness::TestApp;
use crate::harness::client::Client;
use crate::harness::documents::docx;

const KEY_RING: &str = "{ keyRing {
    source instances
    keys { id purpose state createdAt replacedAt needs { files secondFactors mails tokensUntil } }
    rotation { phase begunAt lacking total rewrapped failed } } }";

async fn seen(admin: &Client) -> Value {
    admin.data(KEY_RING, json!({})).await["keyRing"].clone()
}

/// The keys of a purpose that are in a state.
fn of<'a>(ring: &'a Value, purpose: &str, state: &str) -> Vec<&'a Value> {
    let of_it = |key: &&Value| key["purpose"] == purpose && key["state"] == state;
    ring["keys"].as_array().unwrap().iter().filter(of_it).collect()
}

#[tokio::test]
async fn admins_see_what_keys_are_called_and_nobody_sees_a_key() {
    let app = TestApp::start().await;
    let (ada, olga, carl) = (app.admin("ada").await, app.ops("olga").await, app.client("carl").await);
    assert_eq!(app.anonymous().code(KEY_RING, json!({})).await, "UNAUTHENTICATED");
    for client in [&olga, &carl] {
        assert_eq!(client.code(KEY_RING, json!({})).await, "FORBIDDEN");
    }
    let ring = seen(&ada).await;
    assert_eq!((&ring["source"], &ring["instances"], &ring["rotation"]), (&json!("FILE"), &json!(1), &Value::Null));
    let known = report(&app).await;
    let purposes = ["wrapping", "signing", "link", "cursor", "mail"];
    let expected: Vec<Value> = purposes
        .into_iter()
        .map(|purpose| {
            let id = &ids(&known, purpose, "current")[0];
            json!({"id": id, "purpose": purpose.to_uppercase(), "state": "CURRENT", "createdAt": "2026-11-21T09:30:00Z",
                "replacedAt": null, "needs": null})
        })
        .collect();
    assert_eq!(ring["keys"], json!(expected));
    let file = std::fs::read_to_string(app.data_dir().join("keys")).unwrap();
    let secrets: Vec<&str> = file.lines().filter_map(|line| line.strip_prefix("secret = ")).collect();
    assert_eq!(secrets.len(), 5);
    assert!(secrets.iter().all(|secret| !ring.to_string().contains(secret.trim_matches('"'))));
}

#[tokio::test]
async fn a_rotation_is_seen_from_its_beginning_until_the_old_key_is_gone() {
    let app = TestApp::start().await;
    let (ada, olga) = (app.admin("ada").await, app.ops("olga").await);
    for name in ["one.docx", "two.docx"] {
        olga.upload(name, &docx(name, b"x")).await;
    }

    // To a key that this instance has not got.
    let mut elsewhere = ring_in(&app.data_dir().join("keys"));
    let known = app.services.known_key_ids().await.unwrap();
    let added = add_keys(&mut elsewhere, &[Purpose::Wrapping], &known, &OsRandom, app.clock.now()).unwrap();
    app.services.rotate_to_added_keys(&Caller::Operator, &added).await.unwrap();
    let ring = seen(&ada).await;
    let waits = of(&ring, "WRAPPING", "ADDED");
    assert_eq!((waits.len(), &waits[0]["id"], &waits[0]["needs"]), (1, &json!(added[0].id), &Value::Null));
    assert_eq!((&ring["rotation"]["phase"], &ring["rotation"]["lacking"]), (&json!("ADDING"), &json!(1)), "{ring}");
    app.services.abandon_rotation(&Caller::Operator).await.unwrap();
    let ring = seen(&ada).await;
    assert_eq!(of(&ring, "WRAPPING", "RETIRED")[0]["id"], json!(added[0].id));
    assert_eq!((&ring["rotation"]["phase"], &ring["rotation"]["lacking"]), (&json!("ABANDONED"), &json!(0)));

    rotate(&app).await;
    let ring = seen(&ada).await;
    let expected = json!({"phase": "DONE", "begunAt": "2026-11-21T09:30:00Z", "lacking": 0, "total": 2, "rewrapped": 2, "failed": 0});
    assert_eq!(ring["rotation"], expected);
    let old = of(&ring, "WRAPPING", "OLD")[0].clone();
    assert_eq!(old["replacedAt"], "2026-11-21T09:30:00Z");
    assert_eq!(old["needs"], json!({"files": 0, "secondFactors": 0, "mails": 0, "tokensUntil": null}));
    // A link lives for a day, and an instance may be slow to notice.
    assert_eq!(of(&ring, "LINK", "OLD")[0]["needs"]["tokensUntil"], "2026-11-22T09:31:40Z");
    for purpose in ["WRAPPING", "SIGNING", "LINK", "CURSOR", "MAIL"] {
        let current = of(&ring, purpose, "CURRENT");
        assert_eq!((current.len(), &current[0]["needs"]), (1, &Value::Null), "{purpose}");
    }

    app.clock.advance_seconds(101);
    app.services.retire_key(&Caller::Operator, old["id"].as_str().unwrap(), false).await.unwrap();
    let ring = seen(&ada).await;
    let gone: Vec<&Value> = of(&ring, "WRAPPING", "RETIRED").iter().map(|key| &key["id"]).collect();
    assert!(gone.contains(&&old["id"]) && of(&ring, "WRAPPING", "OLD").is_empty(), "{ring}");
}
