//! `kill -9` in the middle of uploads.

use tempfile::tempdir;

use super::dice::Dice;
use super::ledger::{Ledger, objects_in, wait_until_swept};
use super::traffic::{Moment, Upload, upload_until_killed};
use crate::harness::server::Server;

const KILLS: usize = 10;
const UPLOADS_A_LIFE: usize = 5;

#[tokio::test]
async fn what_was_answered_survives_a_kill_and_the_rest_leaves_nothing() {
    let mut dice = Dice::throw();
    let folder = tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let objects = data_dir.join("objects");
    let (mut ledger, mut left_behind) = (Ledger::default(), 0);
    for life in 0..=KILLS {
        let (sealed, unfinished) = objects_in(&objects);
        let server = Server::start(&data_dir, |_| {});
        if life == 0 {
            server.create_user("olga", "OPS");
        }
        let client = server.sign_in("olga").await;
        let files = ledger.check(&client).await;
        wait_until_swept(&objects, files).await;
        left_behind += sealed + unfinished - files;
        if life < KILLS {
            let name = |index| format!("kill{life}-upload{index}");
            let uploads: Vec<_> = (0..UPLOADS_A_LIFE).map(|i| Upload::at_random(&name(i), &mut dice)).collect();
            let moment = Moment::at_random(UPLOADS_A_LIFE, &mut dice);
            println!("life {life} is killed at {moment:?}");
            ledger.sent.extend(upload_until_killed(server, &client, uploads, &moment).await);
        }
    }
    let (sent, answered) = (ledger.sent.len(), ledger.answered());
    println!("{answered} of {sent} uploads were answered; {left_behind} objects were left behind and swept");
    assert!(answered > 0 && answered < sent, "nothing was shown: {answered} of {sent} were answered");
    assert!(left_behind > 0, "the janitor had nothing to do");
}
