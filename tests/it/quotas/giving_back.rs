//! What comes to nothing gives its room back.

use std::time::Duration;

use super::{assert_exceeded, document, limited, refused, upload_at_once, used_by};
use crate::harness::documents::docx;
use crate::harness::line::SlowUpload;

#[tokio::test]
async fn what_is_refused_or_cut_leaves_all_the_room() {
    let content = document();
    for key in ["QUOTAS__PER_USER_BYTES", "QUOTAS__TOTAL_BYTES"] {
        // One that is being cut, one that is being given up, and the next: none of them waits, and so none hides that it is dead.
        let app = limited(key, 3 * content.len()).start().await;
        let olga = app.ops("olga").await;
        for round in 0..5 {
            // Whole, but no document at its end.
            let mut broken = content.clone();
            let end = broken.len();
            broken[end - 2000..].fill(0);
            assert_eq!(olga.try_upload("broken.docx", &broken).await.code(), "UNSUPPORTED_FILE_TYPE");
            let mut upload = SlowUpload::begin(&olga, "cut.docx", content.len() as u64).await;
            upload.send(&content[..end - 100_000]).await;
            tokio::time::sleep(Duration::from_millis(20 * round)).await;
            drop(upload);
        }
        assert_eq!(used_by(&olga).await, 0);
        // Also while the last of them is still being given up.
        let replies = upload_at_once(&[&olga], 3, &content).await;
        assert!(refused(&replies).is_empty(), "{:?}", refused(&replies));
        assert_eq!(used_by(&olga).await, 3 * content.len() as u64);
    }
}

/// Whoever finds no room while somebody is on the way waits for what comes of that.
#[tokio::test]
async fn who_finds_others_on_their_way_waits_for_them() {
    let content = document();
    let app = limited("QUOTAS__PER_USER_BYTES", content.len() + 1000).start().await;
    let olga = app.ops("olga").await;
    for comes_through in [false, true] {
        let mut first = SlowUpload::begin(&olga, "first.docx", content.len() as u64).await;
        first.send(&content[..content.len() - 1000]).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        let second = tokio::spawn({
            let (olga, content) = (olga.clone(), docx("second", &content[..400_000]));
            async move { olga.try_upload("second.docx", &content).await }
        });
        tokio::time::sleep(Duration::from_millis(400)).await;
        assert!(!second.is_finished(), "it is not refused while the first may still come to nothing");
        if comes_through {
            first.send(&content[content.len() - 1000..]).await;
            first.finish().await.data();
            assert_exceeded(&second.await.unwrap(), content.len() + 1000);
        } else {
            drop(first);
            second.await.unwrap().data();
            super::clear(&olga).await;
        }
    }
}
