//! Files that are older than files are kept.

use serde_json::json;

use super::{DAY_SECONDS, RESTORE, assert_done_by_system, delete, in_days, restore, trash_of};
use crate::harness::TestApp;
use crate::harness::app::TestAppBuilder;
use crate::harness::documents::docx;
use crate::sharing::files_seen;

fn keeping_for(days: &str) -> TestAppBuilder {
    TestApp::builder().signed_in_for_long().with("RETENTION__MAX_AGE_DAYS", days)
}

#[tokio::test]
async fn an_old_file_goes_to_the_trash_and_can_be_kept_on() {
    let app = keeping_for("30").start().await;
    let (ada, olga, carl) = (app.admin("ada").await, app.ops("olga").await, app.client("carl").await);
    let old = olga.upload("old.docx", &docx("old", b"")).await;
    let aside = olga.upload("aside.docx", &docx("aside", b"")).await;
    olga.share(&old, "carl@example.com").await;
    in_days(&app, 10);
    let young = olga.upload("young.docx", &docx("young", b"")).await;
    app.clock.advance_seconds(20 * DAY_SECONDS - 1);
    assert_eq!(app.services.sweep(false).await.unwrap().old_files, 0);
    delete(&olga, &aside).await;
    app.clock.advance_seconds(1);
    assert_eq!(app.services.sweep(false).await.unwrap().old_files, 1);
    assert_eq!((files_seen(&olga).await, files_seen(&carl).await), (1, 0));
    assert_eq!(trash_of(&olga).await[0]["id"], old["id"]);
    assert_done_by_system(&ada, &old, "file.trashed", "max_age_days").await;

    // What its owner brings back is kept for as long again, and does not keep others from going.
    restore(&olga, &old).await;
    assert_eq!(app.services.sweep(false).await.unwrap().old_files, 0);
    assert_eq!((files_seen(&olga).await, files_seen(&carl).await), (2, 1));
    in_days(&app, 10);
    let swept = app.services.sweep(false).await.unwrap();
    assert_eq!((swept.old_files, swept.trashed_files), (1, 1), "the young one is old, the one set aside is over");
    assert_eq!(trash_of(&olga).await[0]["id"], young["id"]);
    in_days(&app, 20);
    assert_eq!(app.services.sweep(false).await.unwrap().old_files, 1);
    assert_eq!(trash_of(&olga).await[0]["id"], old["id"]);
}

#[tokio::test]
async fn without_a_trash_an_old_file_is_gone_for_good() {
    let app = keeping_for("1").with("RETENTION__TRASH_DAYS", "0").start().await;
    let (ada, olga) = (app.admin("ada").await, app.ops("olga").await);
    let old = olga.upload("old.docx", &docx("old", b"")).await;
    in_days(&app, 1);
    let swept = app.services.sweep(true).await.unwrap();
    assert_eq!((swept.old_files, swept.doomed_objects), (1, 1));
    assert_eq!(files_seen(&olga).await, 0);
    assert_eq!(olga.code(RESTORE, json!({"id": old["id"]})).await, "NOT_FOUND");
    assert_done_by_system(&ada, &old, "file.deleted", "max_age_days").await;
}

/// More files that were brought back than one look takes stand before the one that is to go.
#[tokio::test]
async fn what_was_brought_back_is_no_wall_before_what_is_old() {
    let app = keeping_for("30").start().await;
    let olga = app.ops("olga").await;
    let mut kept = Vec::new();
    for number in 0..60 {
        kept.push(olga.upload(&format!("{number}.docx"), &docx("kept", b"")).await);
    }
    app.clock.advance_seconds(1);
    let old = olga.upload("old.docx", &docx("old", b"")).await;
    in_days(&app, 20);
    for file in &kept {
        delete(&olga, file).await;
        restore(&olga, file).await;
    }
    in_days(&app, 20);
    assert_eq!(app.services.sweep(false).await.unwrap().old_files, 1);
    assert_eq!(trash_of(&olga).await[0]["id"], old["id"]);
}

#[tokio::test]
async fn unless_it_is_asked_for_nothing_is_too_old() {
    let app = TestApp::start().await;
    let olga = app.ops("olga").await;
    olga.upload("old.docx", &docx("old", b"")).await;
    in_days(&app, 10_000);
    assert_eq!(app.services.sweep(true).await.unwrap().old_files, 0);
    assert_eq!(files_seen(&app.sign_in("olga").await).await, 1);
}
