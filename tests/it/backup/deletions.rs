//! What was deleted stays deleted, whichever backup is brought back; and objects are copied once.

use serde_json::Value;

use super::{Place, content_of, delete, name_of};
use crate::harness::app::files_below;
use crate::harness::documents::docx;
use crate::harness::noise::noise;
use crate::harness::server::create_user_in;
use crate::verify::objects_in;

#[tokio::test(flavor = "multi_thread")]
async fn an_older_backup_brings_nothing_back_that_was_deleted_since() {
    let place = Place::new();
    create_user_in(&place.data_dir(), "olga", "OPS");
    let server = place.serve();
    let olga = server.sign_in("olga").await;
    let one = olga.upload("one.docx", &docx("one", &noise(1000))).await;
    let two = olga.upload("two.docx", &docx("two", &noise(2000))).await;
    let three = olga.upload("three.docx", &docx("three", &noise(3000))).await;
    assert!(place.backup(&["--blobs"]).printed().contains("3 objects copied"));
    // A copy of the folder as it was then: it knows of nothing that came later.
    let old = place.folder.path().join("old");
    let copied = std::process::Command::new("cp").arg("-a").arg(place.backup_dir()).arg(&old).status().unwrap();
    assert!(copied.success());
    delete(&olga, &one).await;
    assert!(place.backup(&["--blobs"]).printed().contains("0 objects copied"), "what is there is not copied again");
    olga.upload("four.docx", &docx("four", &noise(4000))).await;
    delete(&olga, &two).await;
    let printed = place.backup(&["--blobs"]).printed();
    assert!(printed.contains("1 objects copied") && printed.contains("2 destroyed files"), "{printed}");
    assert_eq!(place.snapshots().len(), 3);
    assert_eq!(files_below(&place.backup_dir().join("blobs")).len(), 4);
    server.kill();

    let first = place.snapshots()[0].file_name().unwrap().to_str().unwrap().to_owned();
    let newer = place.backup_dir();
    let (old, newer) = (old.to_str().unwrap(), newer.to_str().unwrap());
    for (arguments, expected) in [
        (vec!["restore", newer, "--snapshot", &first], [false, false, true]),
        (vec!["restore", old], [true, true, true]),
        (vec!["restore", old, "--deletions", newer], [false, false, true]),
    ] {
        place.lose_everything_but_the_ring();
        let printed = place.run(&arguments).printed();
        let again = expected.iter().filter(|comes_back| !**comes_back).count();
        assert!(printed.contains(&format!("{again} files were deleted after it")), "{arguments:?}: {printed}");
        assert!(place.run(&["verify"]).printed().contains("all is well"), "{arguments:?}");
        assert_eq!(objects_in(&place.data_dir()).len(), 3 - again, "what is destroyed is not even copied");
        let server = place.serve();
        let olga = server.sign_in("olga").await;
        for (file, comes_back) in [&one, &two, &three].into_iter().zip(expected) {
            assert_eq!(name_of(&olga, file).await != Value::Null, comes_back, "{arguments:?}: {}", file["name"]);
        }
        assert_eq!(content_of(&olga, &three).await, docx("three", &noise(3000)));
        let total = olga.data("{ files { totalCount } }", serde_json::json!({})).await;
        assert_eq!(total["files"]["totalCount"], 3 - again, "counters are right");
        server.kill();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_tells_of_objects_that_are_not_there() {
    let place = Place::new();
    create_user_in(&place.data_dir(), "olga", "OPS");
    let server = place.serve();
    let olga = server.sign_in("olga").await;
    for name in ["one", "two"] {
        olga.upload(&format!("{name}.docx"), &docx(name, &noise(1000))).await;
    }
    let object = objects_in(&place.data_dir()).pop_first().unwrap();
    std::fs::remove_file(&object).unwrap();
    let complaint = place.backup(&["--blobs"]).complaint();
    assert!(complaint.contains("not whole in the storage") && complaint.contains("verify"), "{complaint}");
    server.kill();
    place.lose_everything_but_the_ring();
    let complaint = place.restore(&[]).complaint();
    assert!(complaint.contains("1 objects are missing"), "{complaint}");
    let verified = place.run(&["verify"]);
    assert!(!verified.success && verified.printed.contains("missing file_"), "{}", verified.printed);
}
