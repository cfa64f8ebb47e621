//! Shares that expire: gone at their moment, before anything is swept and after.

use serde_json::{Value, json};
use strongroom::domain::role::Role;
use strongroom::services::Caller;

use super::{List, files, id_of, nodes, open_handed_app, quick_client, share_with};
use crate::harness::TestApp;
use crate::harness::client::Client;
use crate::harness::documents::docx;

const MY_SHARE: &str = "query($id: ID!) { file(id: $id) { myShare { everyClient } } }";

/// Whether the file is there for a Client, and if so, whether by the share with every Client.
async fn seen_by(client: &Client, file: &Value) -> Option<bool> {
    let data = client.data(MY_SHARE, json!({"id": file["id"]})).await;
    data["file"]["myShare"]["everyClient"].as_bool()
}

struct Stage {
    app: TestApp,
    carl: Client,
    dora: Client,
    /// Shared with Carl for 100 seconds, with every Client for ever.
    named_ends: Value,
    /// Shared with Carl for ever, with every Client for 100 seconds.
    common_ends: Value,
    /// Shared with both for 100 seconds.
    both_end: Value,
    /// Shared with Carl alone for 100 seconds.
    ends: Value,
    /// Shared with Carl alone for ever.
    stays: Value,
}

async fn stage() -> Stage {
    let app = open_handed_app().await;
    let ops = app.ops("olga").await;
    let (carl, dora) = (quick_client(&app, "carl").await, quick_client(&app, "dora").await);
    let mut uploaded = Vec::new();
    for name in ["a.docx", "b.docx", "c.docx", "d.docx", "e.docx"] {
        uploaded.push(ops.upload(name, &docx("x", &[])).await);
    }
    let [named_ends, common_ends, both_end, ends, stays] = <[Value; 5]>::try_from(uploaded).unwrap();
    for (file, name, seconds) in [
        (&named_ends, Some("carl"), Some(100)),
        (&named_ends, None, None),
        (&common_ends, Some("carl"), None),
        (&common_ends, None, Some(100)),
        (&both_end, Some("carl"), Some(100)),
        (&both_end, None, Some(100)),
        (&ends, Some("carl"), Some(100)),
        (&stays, Some("carl"), None),
    ] {
        share_with(&app, &ops, file, name, seconds).await;
    }
    Stage { app, carl, dora, named_ends, common_ends, both_end, ends, stays }
}

impl Stage {
    async fn assert_lists(&self, carls: &[&Value], doras: &[&Value]) {
        for (client, expected) in [(&self.carl, carls), (&self.dora, doras)] {
            let expected: Vec<String> = expected.iter().map(|file| id_of(file)).collect();
            let list: List<'_> = files(client, "NAME");
            list.assert_is(&expected).await;
            // With a filter nothing is taken from kept totals.
            super::found(client, json!({"nameContains": "docx"})).assert_is(&expected).await;
        }
    }

    async fn assert_expired(&self) {
        self.assert_lists(&[&self.named_ends, &self.common_ends, &self.stays], &[&self.named_ends]).await;
        assert_eq!(seen_by(&self.carl, &self.named_ends).await, Some(true), "the one with every Client takes over");
        assert_eq!(seen_by(&self.carl, &self.common_ends).await, Some(false));
        for gone in [&self.both_end, &self.ends] {
            assert_eq!(seen_by(&self.carl, gone).await, None);
        }
        assert_eq!(seen_by(&self.dora, &self.common_ends).await, None);
        let page = files(&self.carl, "NAME").page(json!({})).await;
        let kinds: Vec<Value> = nodes(&page).iter().map(|file| file["myShare"]["everyClient"].clone()).collect();
        assert_eq!(kinds, [json!(true), json!(false), json!(false)]);
    }
}

#[tokio::test]
async fn an_expired_share_is_gone_before_and_after_it_is_swept() {
    let stage = stage().await;
    let [a, b, c, d, e] = [&stage.named_ends, &stage.common_ends, &stage.both_end, &stage.ends, &stage.stays];
    stage.app.clock.advance_seconds(99);
    stage.assert_lists(&[a, b, c, d, e], &[a, b, c]).await;
    assert_eq!(seen_by(&stage.carl, a).await, Some(false));
    stage.app.clock.advance_seconds(1);
    stage.assert_expired().await;
    let swept = stage.app.services.sweep(true).await.unwrap();
    assert!(swept.expired_rows >= 5, "the shares, and counts of mails: {swept:?}");
    stage.assert_expired().await;
    assert_eq!(stage.app.services.sweep(true).await.unwrap().expired_rows, 0);
}

#[tokio::test]
async fn an_expired_share_is_made_anew() {
    let stage = stage().await;
    let ops = stage.app.sign_in("olga").await;
    stage.app.clock.advance_seconds(100);
    // Before the sweep has seen it, and after.
    for (file, swept) in [(&stage.both_end, false), (&stage.ends, true)] {
        if swept {
            stage.app.services.sweep(true).await.unwrap();
        }
        let share = share_with(&stage.app, &ops, file, Some("carl"), None).await;
        assert_eq!(share["downloads"], json!(0));
        assert_eq!(seen_by(&stage.carl, file).await, Some(false));
    }
    let all = [&stage.named_ends, &stage.common_ends, &stage.both_end, &stage.ends, &stage.stays];
    stage.assert_lists(&all, &[&stage.named_ends]).await;
}

#[tokio::test]
async fn a_sweep_takes_whatever_has_expired_however_much() {
    let app = TestApp::start().await;
    // More than one transaction of the sweep takes.
    for _ in 0..510 {
        app.services.invite(&Caller::Operator, Role::Client, None).await.unwrap();
    }
    app.clock.advance_seconds(app.services.config().auth.invitation_ttl_seconds);
    assert_eq!(app.services.sweep(false).await.unwrap().expired_rows, 510);
}
