//! The power fails. A kill leaves what the kernel has in memory, so it proves no fsync; this does.
//!
//! Everything is strict, names included, but the inside of `database`: it is SurrealKV's own, which fsyncs its files and
//! never its folders. Its contents are strict there too.

use std::path::Path;

use super::dice::Dice;
use super::forgetful_disk::ForgetfulDisk;
use super::ledger::{Ledger, wait_until_swept};
use super::traffic::{Moment, Upload, upload_until_killed};
use crate::harness::server::Server;
use crate::survival::answered::{sign_up, wait_for_mail};

const FAILURES: usize = 3;
const UPLOADS_A_LIFE: usize = 8;

#[tokio::test]
async fn what_was_answered_survives_a_power_failure() {
    let mut dice = Dice::throw();
    let mut disk = ForgetfulDisk::new();
    let mut ledger = Ledger::default();
    for life in 0..=FAILURES {
        let data_dir = disk.root().join("data");
        let server = Server::start(&data_dir, |program| disk.carry(program));
        if life == 0 {
            server.create_user("olga", "OPS");
        }
        let client = server.sign_in("olga").await;
        let files = ledger.check(&client).await;
        wait_until_swept(&data_dir.join("objects"), files).await;
        for earlier in 0..life {
            wait_for_mail(&data_dir, &format!("carl{earlier}")).await;
        }
        if life < FAILURES {
            sign_up(&server, &format!("carl{life}")).await.expect("an answer");
            let name = |index| format!("failure{life}-upload{index}");
            let uploads: Vec<_> = (0..UPLOADS_A_LIFE).map(|i| Upload::at_random(&name(i), &mut dice)).collect();
            let moment = Moment::at_random(UPLOADS_A_LIFE, &mut dice);
            println!("in life {life} the power fails at {moment:?}");
            ledger.sent.extend(upload_until_killed(server, &client, uploads, &moment).await);
            assert_same_keys(&data_dir.join("keys"), &disk.certain().join("data/keys"));
            disk.fail("data/database");
        }
    }
    let (sent, answered) = (ledger.sent.len(), ledger.answered());
    println!("{answered} of {sent} uploads were answered");
    assert!(answered > 0 && answered < sent, "nothing was shown: {answered} of {sent} were answered");
}

/// Where each thing has a place of its own, no fsync of one covers for another's.
#[tokio::test]
async fn new_folders_survive_a_power_failure_wherever_they_are() {
    let mut dice = Dice::throw();
    let mut disk = ForgetfulDisk::new();
    let start = |disk: &ForgetfulDisk| {
        let root = disk.root();
        Server::start(&root.join("data"), |program| {
            disk.carry(program);
            program
                .env("STRONGROOM__DATABASE__URL", format!("surrealkv://{}", root.join("new/tables").display()))
                .env("STRONGROOM__KEYS__FILE", root.join("secrets/of/this/house"))
                .env("STRONGROOM__STORAGE__FS__ROOT", root.join("volume/objects"));
        })
    };
    let server = start(&disk);
    server.create_user("olga", "OPS");
    let upload = Upload::at_random("first", &mut dice);
    upload.send(&server.sign_in("olga").await).await.expect("an answer");
    server.kill();

    let certain = disk.certain();
    assert_same_keys(&disk.root().join("secrets/of/this/house"), &certain.join("secrets/of/this/house"));
    for folder in ["data", "new/tables", "volume/objects/sealed", "volume/objects/unfinished"] {
        assert!(certain.join(folder).is_dir(), "{folder} is lost");
    }
    disk.fail("new/tables");
    let server = start(&disk);
    let ledger = Ledger { sent: vec![upload.sent(true)] };
    ledger.check(&server.sign_in("olga").await).await;
}

fn assert_same_keys(written: &Path, left: &Path) {
    let left = std::fs::read(left).unwrap_or_else(|failure| panic!("the keys are lost: {failure}"));
    assert_eq!(left, std::fs::read(written).unwrap());
}
