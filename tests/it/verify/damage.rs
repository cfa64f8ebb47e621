//! Every kind of damage, all at once in one store, and one after the other.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use reqwest::StatusCode;
use strongroom::domain::id::BlobId;
use strongroom::services::verify::{Kind, VerifyOptions};

use super::{Stored, names, objects_in, options, store, store_in_pieces, swap, verify};
use crate::harness::TestApp;
use crate::harness::app::files_below;
use crate::harness::client::Client;
use crate::harness::database::RawDatabase;

const SEALED_CHUNK: usize = 65_552;

/// An app with files of several sizes, the last ones of the same.
async fn stored() -> (TestApp, Client, Vec<Stored>) {
    let app = TestApp::builder().on_disk(None).start().await;
    let olga = app.ops("olga").await;
    let mut files = Vec::new();
    let sizes = [10, 70_000, 300_000, 20_000, 1_000, 200_000, 5_000, 5_000, 5_000, 65_536];
    for (number, size) in sizes.into_iter().enumerate() {
        files.push(store(&olga, &app.data_dir(), &format!("file-{number}"), size).await);
    }
    (app, olga, files)
}

/// Does every kind of damage, and answers what is to be found.
fn damage(app: &TestApp, files: &[Stored]) -> BTreeSet<(Kind, String)> {
    let mut wrong = BTreeSet::new();
    let mut is = |kind, what: &str| wrong.insert((kind, what.to_owned()));
    std::fs::remove_file(&files[0].object).unwrap();
    is(Kind::Missing, files[0].id());
    files[1].change(|bytes| bytes.truncate(bytes.len() - 1));
    is(Kind::Truncated, files[1].id());
    files[2].change(|bytes| bytes[28 + 3 * SEALED_CHUNK + 5] ^= 1);
    is(Kind::Altered, files[2].id());
    files[3].change(|bytes| bytes.push(0));
    is(Kind::Altered, files[3].id());
    // Of another size, and of the same.
    swap(&files[4].object, &files[5].object);
    swap(&files[6].object, &files[7].object);
    for file in &files[4..8] {
        is(Kind::Swapped, file.id());
    }
    let sealed = app.data_dir().join("objects/sealed");
    std::fs::create_dir_all(sealed.join("zz")).unwrap();
    // By its name ours, and not where it would lie.
    for (place, what) in [("notes.txt", "none of ours"), ("zz/00112233445566778899aabbccddeeff", "misplaced")] {
        std::fs::write(sealed.join(place), what).unwrap();
        is(Kind::Foreign, &format!("sealed/{place}"));
    }
    std::fs::write(app.data_dir().join("objects/stray"), "beside it").unwrap();
    is(Kind::Foreign, "stray");
    std::fs::create_dir_all(sealed.join("ab")).unwrap();
    std::fs::copy(&files[8].object, sealed.join("ab/abababababababababababababababab")).unwrap();
    is(Kind::Orphan, "sealed/ab/abababababababababababababababab");
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_damage_is_found_and_named_and_nothing_else_is() {
    let (app, _olga, files) = stored().await;
    let report = verify(&app, &options(&app)).await;
    assert!(report.finished && report.findings.is_empty(), "{:?}", report.findings);
    assert_eq!((report.files, report.objects), (10, 10));
    let plain: usize = files.iter().map(|file| file.content.len()).sum();
    assert_eq!(report.bytes, plain as u64);

    let wrong = damage(&app, &files);
    let report = verify(&app, &options(&app)).await;
    assert_eq!(names(&report.findings), wrong);
    for (one, other) in [(4, 5), (5, 4), (6, 7), (7, 6)] {
        let finding = report.findings.iter().find(|finding| finding.file.as_deref() == Some(files[one].id())).unwrap();
        assert_eq!(finding.belongs_to.as_deref(), Some(files[other].id()), "{finding:?}");
    }
    assert!(report.findings.iter().all(|finding| finding.quarantined.is_none()));
    assert_eq!(names(&verify(&app, &options(&app)).await.findings), wrong, "it changes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn repair_sets_aside_and_deletes_nothing() {
    let (app, olga, files) = stored().await;
    let wrong = damage(&app, &files);
    let root = app.data_dir().join("objects");
    let contents =
        || -> BTreeSet<Vec<u8>> { files_below(&root).iter().map(|file| std::fs::read(file).unwrap()).collect() };
    let before = contents();
    let repairing = VerifyOptions { repair: true, ..options(&app) };
    let report = verify(&app, &repairing).await;
    assert_eq!(names(&report.findings), wrong);
    for finding in &report.findings {
        assert_eq!(finding.quarantined.is_some(), finding.kind != Kind::Missing, "{finding:?}");
        if let Some(aside) = &finding.quarantined {
            assert!(root.join(aside).is_file() && aside.starts_with("quarantine/"), "{finding:?}");
            assert!(!root.join(finding.place.as_ref().unwrap()).exists(), "{finding:?}");
        }
    }
    assert_eq!(contents(), before, "nothing was deleted");

    // The janitor leaves it alone, and what cannot be read answers an error in time.
    app.services.sweep(true).await.unwrap();
    assert_eq!(contents(), before);
    for file in [&files[1], &files[4]] {
        let answer = olga.get(&olga.link(&file.file).await).await;
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(answer.text().await.unwrap().contains("INTERNAL"));
    }
    let still: BTreeSet<_> = files[..8].iter().map(|file| (Kind::Missing, file.id().to_owned())).collect();
    let report = verify(&app, &repairing).await;
    assert_eq!(names(&report.findings), still);
    let set_aside = report.findings.iter().filter(|finding| finding.detail == "it was set aside").count();
    assert_eq!(set_aside, 7, "all but the one that was not there before");

    // What had changed places is put where it belongs by hand.
    let aside = |file: &Stored| root.join("quarantine").join(file.object.strip_prefix(&root).unwrap());
    for (one, other) in [(4, 5), (5, 4), (6, 7), (7, 6)] {
        std::fs::rename(aside(&files[one]), &files[other].object).unwrap();
    }
    let still: BTreeSet<_> = files[..4].iter().map(|file| (Kind::Missing, file.id().to_owned())).collect();
    assert_eq!(names(&verify(&app, &options(&app)).await.findings), still);
    let query = "{ auditEvents(first: 50, filter: {action: \"object.quarantined\"}) { nodes { actor } } }";
    let events = app.admin("ada").await.data(query, serde_json::json!({})).await;
    assert_eq!(events["auditEvents"]["nodes"], serde_json::json!(vec![serde_json::json!({"actor": "operator"}); 11]));
}

/// One thing that has to stay where it is keeps nothing else from being set aside.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_set_aside_is_told_and_the_rest_is() {
    let (app, _olga, files) = stored().await;
    let root = app.data_dir().join("objects");
    files[1].change(|bytes| bytes.truncate(bytes.len() - 1));
    let blocked = root.join("quarantine").join(files[1].object.parent().unwrap().strip_prefix(&root).unwrap());
    std::fs::create_dir_all(blocked.parent().unwrap()).unwrap();
    std::fs::write(&blocked, "a file where a folder should be").unwrap();
    std::fs::write(root.join("stray"), "beside it").unwrap();
    let report = verify(&app, &VerifyOptions { repair: true, ..options(&app) }).await;
    let wrong = [(Kind::Truncated, files[1].id().to_owned()), (Kind::Foreign, "stray".to_owned())];
    assert_eq!(names(&report.findings), wrong.into());
    let stays = report.findings.iter().find(|finding| finding.kind == Kind::Truncated).unwrap();
    assert!(stays.quarantined.is_none() && stays.detail.contains("; it could not be set aside: "), "{stays:?}");
    let moved = report.findings.iter().find(|finding| finding.kind == Kind::Foreign).unwrap();
    assert_eq!(moved.quarantined.as_deref(), Some("quarantine/stray"));
    assert!(files[1].object.exists());
}

/// A volume of its own has a folder at its root that belongs to the file system.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_file_system_keeps_at_its_root_is_no_finding() {
    let (app, _olga, _files) = stored().await;
    let root = app.data_dir().join("objects");
    std::fs::create_dir(root.join("lost+found")).unwrap();
    let report = verify(&app, &VerifyOptions { repair: true, ..options(&app) }).await;
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    assert!(root.join("lost+found").exists());
}

/// A file in the trash can be brought back, so its object has to be there.
#[tokio::test(flavor = "multi_thread")]
async fn damage_to_a_file_in_the_trash_is_found() {
    let (app, olga, files) = stored().await;
    let trash = "mutation($id: ID!) { deleteFile(id: $id) }";
    for file in &files[..3] {
        olga.data(trash, serde_json::json!({"id": file.file["id"]})).await;
    }
    let report = verify(&app, &options(&app)).await;
    assert!(report.findings.is_empty() && report.files == 10, "{report:?}");
    files[1].change(|bytes| bytes[100] ^= 1);
    swap(&files[2].object, &files[5].object);
    let wrong = [(Kind::Altered, 1), (Kind::Swapped, 2), (Kind::Swapped, 5)];
    let wrong: BTreeSet<_> = wrong.into_iter().map(|(kind, number)| (kind, files[number].id().to_owned())).collect();
    assert_eq!(names(&verify(&app, &options(&app)).await.findings), wrong);
    let parts = VerifyOptions { at_most: Some(8), ..options(&app) };
    assert!(!verify(&app, &parts).await.finished);
    let rest = verify(&app, &parts).await;
    assert_eq!((rest.finished, rest.files), (true, 10), "a run goes on within the trash");
}

/// What lies there takes no place of what was set aside before.
#[tokio::test(flavor = "multi_thread")]
async fn two_of_one_name_are_both_kept() {
    let (app, _olga, _files) = stored().await;
    let stray = app.data_dir().join("objects/sealed/notes.txt");
    for text in ["one", "two", "three"] {
        std::fs::write(&stray, text).unwrap();
        let report = verify(&app, &VerifyOptions { repair: true, ..options(&app) }).await;
        assert_eq!(report.findings.len(), 1);
    }
    let kept = files_below(&app.data_dir().join("objects/quarantine"));
    let kept: BTreeSet<String> = kept.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    assert_eq!(kept, ["one", "two", "three"].map(str::to_owned).into());
}

#[tokio::test(flavor = "multi_thread")]
async fn any_single_byte_of_an_object_is_looked_at() {
    let app = TestApp::builder().on_disk(None).start().await;
    let olga = app.ops("olga").await;
    let file = store(&olga, &app.data_dir(), "one", 140_000).await;
    let len = std::fs::metadata(&file.object).unwrap().len() as usize;
    for position in [0, 4, 5, 10, 27, 28, 28 + SEALED_CHUNK - 1, 28 + SEALED_CHUNK, len - 17, len - 1] {
        file.change(|bytes| bytes[position] ^= 0x10);
        let found = names(&verify(&app, &options(&app)).await.findings);
        assert_eq!(found, [(Kind::Altered, file.id().to_owned())].into(), "byte {position}");
        file.change(|bytes| bytes[position] ^= 0x10);
    }
    for len in [0, 10, 28, 29, 28 + SEALED_CHUNK, len - 1] {
        let whole = std::fs::read(&file.object).unwrap();
        file.change(|bytes| bytes.truncate(len));
        let found = names(&verify(&app, &options(&app)).await.findings);
        assert_eq!(found, [(Kind::Truncated, file.id().to_owned())].into(), "cut to {len}");
        std::fs::write(&file.object, whole).unwrap();
    }
    assert!(verify(&app, &options(&app)).await.findings.is_empty());
}

/// A content that came in several requests lies in several objects: each of them is looked at.
#[tokio::test(flavor = "multi_thread")]
async fn damage_to_a_piece_is_damage_to_its_file() {
    let app = TestApp::builder().on_disk(None).start().await;
    let (olga, data_dir) = (app.ops("olga").await, app.data_dir());
    let (file, _, pieces) = store_in_pieces(&olga, &data_dir, "pieces", 400_000, &[70_000, 150_000, 70_000]).await;
    let (other, _, others) = store_in_pieces(&olga, &data_dir, "others", 400_000, &[70_000, 100_000]).await;
    let (id, other_id) = (file["id"].as_str().unwrap().to_owned(), other["id"].as_str().unwrap().to_owned());
    let report = verify(&app, &options(&app)).await;
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    assert_eq!((report.files, report.objects), (2, 7));
    for piece in &pieces {
        let genuine = std::fs::read(piece).unwrap();
        let place = format!("sealed/{}", piece.strip_prefix(data_dir.join("objects/sealed")).unwrap().display());
        let mut altered = genuine.clone();
        altered[40] ^= 1;
        for (kind, bytes) in [
            (Kind::Missing, None),
            (Kind::Truncated, Some(&genuine[..genuine.len() - 20])),
            (Kind::Altered, Some(altered.as_slice())),
        ] {
            std::fs::remove_file(piece).unwrap();
            if let Some(bytes) = bytes {
                std::fs::write(piece, bytes).unwrap();
            } else {
                assert!(!piece.exists());
            }
            let report = verify(&app, &options(&app)).await;
            assert_eq!(names(&report.findings), [(kind, id.clone())].into(), "{place}");
            assert_eq!(report.findings[0].place.as_deref(), Some(place.as_str()));
            std::fs::write(piece, &genuine).unwrap();
        }
    }
    // Pieces of one file, and of two: of the same length, and of others.
    for (one, another, wrong) in [
        (&pieces[0], &pieces[2], vec![&id, &id]),
        (&pieces[0], &pieces[1], vec![&id, &id]),
        (&pieces[0], &others[0], vec![&id, &other_id]),
        (&pieces[1], &others[1], vec![&id, &other_id]),
    ] {
        swap(one, another);
        let report = verify(&app, &options(&app)).await;
        let mut found: Vec<&String> = report.findings.iter().filter_map(|finding| finding.file.as_ref()).collect();
        assert!(report.findings.iter().all(|finding| finding.kind == Kind::Swapped), "{:?}", report.findings);
        found.sort();
        let mut wrong = wrong;
        wrong.sort();
        assert_eq!(found, wrong);
        swap(one, another);
    }
    assert!(verify(&app, &options(&app)).await.findings.is_empty());
}

/// Large objects are shared by several cores, a span each; every span is looked at.
#[tokio::test(flavor = "multi_thread")]
async fn damage_far_into_a_large_object_is_found() {
    let app = TestApp::builder().on_disk(None).start().await;
    let olga = app.ops("olga").await;
    let file = store(&olga, &app.data_dir(), "large", 140 << 20).await;
    assert!(verify(&app, &options(&app)).await.findings.is_empty());
    for chunk in [0, 1023, 1024, 2100, 2239] {
        file.change(|bytes| bytes[28 + chunk * SEALED_CHUNK + 3] ^= 1);
        let report = verify(&app, &options(&app)).await;
        assert_eq!(names(&report.findings), [(Kind::Altered, file.id().to_owned())].into(), "chunk {chunk}");
        assert_eq!(report.findings[0].detail, format!("in chunk {chunk}"));
        file.change(|bytes| bytes[28 + chunk * SEALED_CHUNK + 3] ^= 1);
    }
}

/// The key under which a content's rows stand, by where its object lies.
fn key_of(object: &Path) -> String {
    let bytes = HEXLOWER.decode(object.file_name().unwrap().as_encoded_bytes()).unwrap();
    BlobId::from_bytes(bytes.try_into().unwrap()).key()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_cannot_be_opened_is_a_wrong_wrap() {
    let (app, _olga, files) = stored().await;
    let keys: Vec<String> = files.iter().map(|file| key_of(&file.object)).collect();
    app.services.close().await;
    let (data_dir, folder) = (app.data_dir(), app.folder);
    let raw = RawDatabase::open(&data_dir.join("database")).await;
    let [lost, altered, of_another_key, other, of_another_size] = &keys[..5] else { unreachable!() };
    let tampering = format!(
        "DELETE wrapped_key:{lost};
         UPDATE wrapped_key:{altered} SET sealed = (SELECT VALUE sealed FROM ONLY wrapped_key:{other});
         UPDATE wrapped_key:{of_another_key} SET key_id = '0011223344556677';
         LET $file = (SELECT VALUE id FROM file WHERE blob = '{of_another_size}');
         UPDATE $file SET size_bytes += 1;"
    );
    raw.database.query(tampering).await.unwrap().check().unwrap();
    raw.close().await;
    let app = TestApp::builder().on_disk(Some(folder)).start().await;
    let before = objects_in(&app.data_dir());
    let wrong: BTreeSet<_> =
        [0, 1, 2, 4].into_iter().map(|number| (Kind::WrongWrap, files[number].id().to_owned())).collect();
    for repair in [false, true] {
        let report = verify(&app, &VerifyOptions { repair, ..options(&app) }).await;
        assert_eq!(names(&report.findings), wrong);
    }
    let after: BTreeSet<PathBuf> = objects_in(&app.data_dir());
    assert_eq!(after, before, "objects whose key may come back from a backup are left where they are");
}
