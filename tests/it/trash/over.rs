//! Gone for good: in its time, at once, or without a trash at all.

use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use super::{DELETE, DELETE_FOR_GOOD, RESTORE, acts_on, assert_done_by_system, delete, in_days, restore, trash_of};
use crate::harness::TestApp;
use crate::harness::documents::docx;
use crate::sharing::files_seen;

async fn stop(app: TestApp) -> TempDir {
    app.services.close().await;
    app.folder
}

#[tokio::test]
async fn after_its_days_it_is_gone_for_good() {
    let app = TestApp::builder().on_disk(None).signed_in_for_long().start().await;
    let (ada, olga, carl) = (app.admin("ada").await, app.ops("olga").await, app.client("carl").await);
    let file = olga.upload("report.docx", &docx("report", b"")).await;
    let kept = olga.upload("kept.docx", &docx("kept", b"")).await;
    olga.share(&file, "carl@example.com").await;
    for file in [&file, &kept] {
        delete(&olga, file).await;
    }
    restore(&olga, &kept).await;
    app.clock.advance_seconds(7 * super::DAY_SECONDS - 1);
    assert_eq!(app.services.sweep(true).await.unwrap().trashed_files, 0);
    assert_eq!((trash_of(&olga).await.len(), app.objects().len()), (1, 2));
    app.clock.advance_seconds(1);
    // Over is over, whether or not the janitor was round.
    assert!(trash_of(&olga).await.is_empty());
    for mutation in [RESTORE, DELETE_FOR_GOOD, DELETE] {
        assert_eq!(olga.code(mutation, json!({"id": file["id"]})).await, "NOT_FOUND", "{mutation}");
    }
    let swept = app.services.sweep(true).await.unwrap();
    assert_eq!((swept.trashed_files, swept.doomed_objects, swept.orphaned_objects), (1, 1, 0));
    assert_eq!((app.objects().len(), files_seen(&olga).await, files_seen(&carl).await), (1, 1, 0));
    assert_done_by_system(&ada, &file, "file.deleted", "trash_days").await;
    assert_eq!(app.services.sweep(true).await.unwrap().trashed_files, 0);
}

#[tokio::test]
async fn permanently_is_at_once_from_wherever_it_is() {
    let app = TestApp::builder().on_disk(None).signed_in_for_long().start().await;
    let (ada, olga) = (app.admin("ada").await, app.ops("olga").await);
    for from_trash in [false, true] {
        let file = olga.upload("report.docx", &docx("report", b"")).await;
        if from_trash {
            app.clock.advance_seconds(1);
            delete(&olga, &file).await;
        }
        app.clock.advance_seconds(1);
        assert_eq!(olga.data(DELETE_FOR_GOOD, json!({"id": file["id"]})).await["deleteFile"], true);
        assert!(trash_of(&olga).await.is_empty());
        assert_eq!(files_seen(&olga).await, 0);
        for mutation in [RESTORE, DELETE_FOR_GOOD] {
            assert_eq!(olga.code(mutation, json!({"id": file["id"]})).await, "NOT_FOUND");
        }
        assert_eq!(app.services.sweep(true).await.unwrap().doomed_objects, 1);
        assert_eq!(app.objects().len(), 0);
        let acts: Vec<String> = acts_on(&ada, &file).await.into_iter().map(|(action, ..)| action).collect();
        let expected: &[&str] = if from_trash { &["file.trashed", "file.deleted"] } else { &["file.deleted"] };
        assert_eq!(acts[1..], *expected);
    }
}

#[tokio::test]
async fn without_a_trash_every_deletion_is_for_good() {
    let app = TestApp::builder().with("RETENTION__TRASH_DAYS", "0").start().await;
    let olga = app.ops("olga").await;
    let file = olga.upload("report.docx", &docx("report", b"")).await;
    delete(&olga, &file).await;
    assert!(trash_of(&olga).await.is_empty());
    assert_eq!(olga.code(RESTORE, json!({"id": file["id"]})).await, "NOT_FOUND");
    assert_eq!(app.services.sweep(true).await.unwrap().doomed_objects, 1);
}

/// What lies there when the trash is made smaller is held to the new number of days.
#[tokio::test]
async fn a_trash_that_is_done_away_with_is_emptied() {
    let app = TestApp::builder().on_disk(None).signed_in_for_long().start().await;
    let olga = app.ops("olga").await;
    let file = olga.upload("report.docx", &docx("report", b"")).await;
    delete(&olga, &file).await;
    let folder = stop(app).await;
    let app = TestApp::builder().on_disk(Some(folder)).with("RETENTION__TRASH_DAYS", "0").start().await;
    let olga = app.sign_in("olga").await;
    assert!(trash_of(&olga).await.is_empty());
    assert_eq!(olga.code(RESTORE, json!({"id": file["id"]})).await, "NOT_FOUND");
    // The janitor of the new start may have been faster.
    app.services.sweep(true).await.unwrap();
    let begun = Instant::now();
    while !app.objects().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn more_than_one_transaction_takes_are_gone_in_one_round() {
    let app = TestApp::start().await;
    let olga = app.ops("olga").await;
    let content = docx("many", b"");
    for batch in 0..6 {
        let names: Vec<String> = (0..20).map(|number| format!("{batch}-{number}.docx")).collect();
        let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), content.as_slice())).collect();
        let uploaded = olga.try_upload_many(&many).await.data()["uploadMany"]["files"].clone();
        for file in uploaded.as_array().unwrap() {
            delete(&olga, file).await;
        }
    }
    in_days(&app, 7);
    let swept = app.services.sweep(true).await.unwrap();
    assert_eq!((swept.trashed_files, swept.doomed_objects), (120, 120));
    assert_eq!(app.services.sweep(true).await.unwrap().trashed_files, 0);
}
