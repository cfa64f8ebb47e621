//! What is counted where.

use serde_json::{Value, json};

use super::{DELETE, DELETE_FOR_GOOD, USAGE, assert_exceeded, limited, used_by};
use crate::administration::{DELETE_USER, REASSIGN, id_of};
use crate::harness::client::Client;
use crate::harness::documents::docx;

async fn used_and_in_trash(client: &Client) -> (u64, u64) {
    let usage = client.data(USAGE, json!({})).await["storageUsage"].clone();
    (usage["usedBytes"].as_u64().unwrap(), usage["trashBytes"].as_u64().unwrap())
}

async fn of_everybody(admin: &Client) -> Value {
    admin.data(USAGE, json!({})).await["storageUsage"]["everybody"]["usedBytes"].clone()
}

#[tokio::test]
async fn the_trash_counts_until_it_is_emptied() {
    let content = docx("report", &[1; 10_000]);
    let limit = content.len() + 100;
    let app = limited("QUOTAS__PER_USER_BYTES", limit).signed_in_for_long().start().await;
    let (ada, olga) = (app.admin("ada").await, app.ops("olga").await);
    let size = content.len() as u64;
    for ending in ["for good", "from the trash", "by the janitor"] {
        let file = olga.upload("report.docx", &content).await;
        let id = json!({"id": file["id"]});
        assert_eq!(used_and_in_trash(&olga).await, (size, 0));
        if ending != "for good" {
            olga.data(DELETE, id.clone()).await;
            assert_eq!(used_and_in_trash(&olga).await, (size, size));
            assert_exceeded(&olga.try_upload("second.docx", &content).await, limit);
            olga.data("mutation($id: ID!) { restoreFile(id: $id) { id } }", id.clone()).await;
            assert_eq!(used_and_in_trash(&olga).await, (size, 0));
            olga.data(DELETE, id.clone()).await;
        }
        assert_eq!(of_everybody(&ada).await, size);
        if ending == "by the janitor" {
            app.clock.advance_seconds(7 * 86_400);
            app.services.sweep(false).await.unwrap();
        } else {
            olga.data(DELETE_FOR_GOOD, id).await;
        }
        assert_eq!(used_and_in_trash(&olga).await, (0, 0), "{ending}");
        assert_eq!(of_everybody(&ada).await, 0);
    }
}

/// Giving files away is an administrator's decision: whoever gets them may have more than the limit then, and no more uploads.
#[tokio::test]
async fn bytes_go_along_with_files_that_are_given_away() {
    let content = docx("report", &[1; 10_000]);
    let limit = content.len() * 2;
    let app = limited("QUOTAS__PER_USER_BYTES", limit).start().await;
    let (ada, olga, otto) = (app.admin("ada").await, app.ops("olga").await, app.ops("otto").await);
    let size = content.len() as u64;
    let trashed = olga.upload("trashed.docx", &content).await;
    olga.upload("kept.docx", &content).await;
    olga.data(DELETE, json!({"id": trashed["id"]})).await;
    otto.upload("own.docx", &content).await;
    let (olgas, ottos) = (id_of(&olga).await, id_of(&otto).await);
    ada.data(REASSIGN, json!({"from": olgas, "to": ottos})).await;
    assert_eq!((used_and_in_trash(&olga).await, used_and_in_trash(&otto).await), ((0, 0), (3 * size, size)));
    assert_exceeded(&otto.try_upload("more.docx", &content).await, limit);
    olga.upload("anew.docx", &content).await;
    assert_eq!(of_everybody(&ada).await, 4 * size);
    let files = json!({"id": ottos, "files": {"delete": true}});
    ada.data(DELETE_USER, files).await;
    assert_eq!(of_everybody(&ada).await, size);
    assert_eq!(used_by(&olga).await, size);
}
