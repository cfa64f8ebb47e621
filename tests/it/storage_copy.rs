//! `strongroom storage copy`: to another folder, while the server runs and takes uploads.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use strongroom::services::Caller;

use crate::backup::{Place, content_of, delete};
use crate::cli::Done;
use crate::harness::TestApp;
use crate::harness::documents::docx;
use crate::harness::noise::noise;
use crate::harness::server::create_user_in;
use crate::harness::tus;
use crate::verify::{objects_in, store_in_pieces};

/// It came to its end, and all that it found is objects that nobody knows of.
#[track_caller]
fn assert_nothing_but_orphans(verified: &Done) {
    let Done { printed, complaint, .. } = verified;
    let (summary, findings): (Vec<&str>, Vec<_>) = printed.lines().partition(|line| !line.contains("sealed/"));
    assert!(summary.iter().any(|line| line.contains(" authenticated")), "{printed}{complaint}");
    assert!(findings.iter().all(|line| line.starts_with("orphan ")), "{printed}{complaint}");
    assert!(!printed.contains("file_"), "{printed}{complaint}");
}

fn target_config(place: &Place) -> String {
    let file = place.folder.path().join("target.toml");
    let text = format!("[storage]\nbackend = \"fs\"\n[storage.fs]\nroot = {:?}\n", place.folder.path().join("other"));
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_storage_is_copied_under_load_and_nothing_is_lost_by_the_switch() {
    let mut place = Place::new();
    create_user_in(&place.data_dir(), "olga", "OPS");
    let server = place.serve();
    let olga = server.sign_in("olga").await;
    let mut kept: Vec<(Value, Vec<u8>)> = Vec::new();
    for size in [0, 1000, 70_000, 9 << 20] {
        let content = docx(&format!("kept {size}"), &noise(size));
        kept.push((olga.upload(&format!("kept-{size}.docx"), &content).await, content));
    }
    let (file, content, _) = store_in_pieces(&olga, &place.data_dir(), "in-pieces", 200_000, &[100_000]).await;
    kept.push((file, content));
    // One that goes on after the switch.
    let going_on = docx("going on", &noise(200_000));
    let path = tus::create(&olga, "going-on.docx", going_on.len()).await;
    tus::add_well(&olga, &path, 0, &going_on[..100_000]).await;
    let config = target_config(&place);
    let copy = ["storage", "copy", "--to-config", config.as_str()];
    let ends = Arc::new(AtomicBool::new(false));
    let busy = {
        let (olga, ends) = (olga.clone(), Arc::clone(&ends));
        tokio::spawn(async move {
            let mut last = Vec::new();
            for number in 0.. {
                let content = docx(&format!("passing {number}"), &noise(20_000));
                let file = olga.upload(&format!("passing-{number}.docx"), &content).await;
                if ends.load(Ordering::Relaxed) {
                    return last;
                }
                match number % 2 {
                    0 => delete(&olga, &file).await,
                    _ => last.push((file, content)),
                }
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
            last
        })
    };
    // Either it has caught up, or it says that it cannot: what it copied, it copied.
    let first = place.run(&copy);
    assert!(first.printed.contains("Round 1:"), "{}{}", first.printed, first.complaint);
    ends.store(true, Ordering::Relaxed);
    kept.extend(busy.await.unwrap());
    let while_serving = place.run(&copy).printed();
    assert!(while_serving.contains("A server runs") && while_serving.contains("stop it"), "{while_serving}");
    let content = docx("last", &noise(30_000));
    kept.push((olga.upload("last.docx", &content).await, content));
    server.kill();

    let after = place.run(&copy).printed();
    assert!(after.contains("1 objects copied") && after.contains("set `storage.backend`"), "{after}");
    assert!(place.run(&copy).printed().contains("Round 1: 0 objects copied"), "all is there");
    let other = place.folder.path().join("other");
    std::fs::rename(place.data_dir().join("objects"), place.folder.path().join("aside")).unwrap();
    place.environment = vec![("STRONGROOM__STORAGE__FS__ROOT".to_owned(), other.to_str().unwrap().to_owned())];
    assert!(!place.run(&copy).success, "that is the storage in use now");
    // Files that were deleted after they were copied are orphans there.
    assert_nothing_but_orphans(&place.run(&["verify"]));
    let server = place.serve();
    let olga = server.sign_in("olga").await;
    tus::add_well(&olga, &path, 100_000, &going_on[100_000..]).await;
    assert_nothing_but_orphans(&place.run(&["verify"]));
    for (file, content) in &kept {
        assert!(&content_of(&olga, file).await == content, "{}", file["name"]);
    }
    let listed = olga.data("{ files { totalCount } }", json!({})).await;
    assert!(listed["files"]["totalCount"].as_u64().unwrap() >= kept.len() as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_copy_is_made_again_and_damage_is_told() {
    let place = Place::new();
    create_user_in(&place.data_dir(), "olga", "OPS");
    let server = place.serve();
    let olga = server.sign_in("olga").await;
    for name in ["one", "two"] {
        olga.upload(&format!("{name}.docx"), &docx(name, &noise(100_000))).await;
    }
    server.kill();
    let config = target_config(&place);
    let copy = ["storage", "copy", "--to-config", config.as_str()];
    assert!(place.run(&copy).printed().contains("2 objects copied"));
    let torn = crate::harness::app::files_below(&place.folder.path().join("other/sealed")).remove(0);
    std::fs::write(&torn, "torn").unwrap();
    assert!(place.run(&copy).printed().contains("1 objects copied"));
    assert!(torn.metadata().unwrap().len() > 100_000);

    let other = place.folder.path().join("other");
    let aside = other.join("quarantine").join(torn.strip_prefix(&other).unwrap());
    assert_eq!(std::fs::read_to_string(aside).unwrap(), "torn", "nothing is deleted");

    std::fs::write(&torn, "torn again").unwrap();
    let lost = objects_in(&place.data_dir()).into_iter().find(|object| object.file_name() == torn.file_name()).unwrap();
    std::fs::remove_file(&lost).unwrap();
    let complaint = place.run(&copy).complaint();
    assert!(complaint.contains("not whole in the storage") && complaint.contains("verify"), "{complaint}");
    assert_eq!(std::fs::read_to_string(&torn).unwrap(), "torn again", "there is nothing to put in its place");
    for wrong in [&["storage", "copy"][..], &["storage", "copy", "--to", "fs"], &["storage", "copy", "--to", "memory"]]
    {
        assert!(!place.run(wrong).success, "{wrong:?}");
    }
    let no_bucket = place.run(&["storage", "copy", "--to", "s3"]).complaint();
    assert!(no_bucket.contains("storage.s3.bucket"), "{no_bucket}");
}

/// However many uploads go on, nobody is asked for all of their pieces at once.
#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_objects_comes_in_pages() {
    let app = TestApp::unlimited().await;
    let olga = app.ops("olga").await;
    let whole = docx("whole", &noise(1000));
    olga.upload("whole.docx", &whole).await;
    let (mut names, mut uploads) = (BTreeSet::new(), 0);
    for name in ["otto", "oscar", "odile", "olaf", "omar", "oona"] {
        let ops = app.ops(name).await;
        for number in 0..20 {
            let path = tus::create(&ops, &format!("{number}.docx"), whole.len()).await;
            tus::add_well(&ops, &path, 0, &whole[..100]).await;
            tus::add_well(&ops, &path, 100, &whole[100..300]).await;
            uploads += 1;
        }
    }
    let (mut after, mut sizes) = (None, Vec::new());
    loop {
        let page = app.services.list_objects(&Caller::Operator, after.as_deref()).await.unwrap();
        sizes.push(page.objects.len());
        for object in page.objects {
            assert!(names.insert(object.object.clone()), "{} is there twice", object.object);
        }
        after = page.after;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(names.len(), 1 + 2 * uploads);
    assert!(sizes.iter().all(|size| *size <= 200), "{sizes:?}");
}
