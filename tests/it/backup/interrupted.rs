//! A restore that is killed is run again.

use std::process::Stdio;
use std::time::{Duration, Instant};

use super::{Place, content_of};
use crate::harness::documents::docx;
use crate::harness::noise::noise;
use crate::harness::server::{create_user_in, program};

/// When the first one is killed, and by how much later each one after it.
const PATIENCE: Duration = Duration::from_millis(100);
const GROWTH: f64 = 1.3;

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_was_killed_at_any_moment_is_run_again() {
    let place = Place::new();
    create_user_in(&place.data_dir(), "olga", "OPS");
    let server = place.serve();
    let olga = server.sign_in("olga").await;
    let content = docx("content", &noise(100_000));
    let file = olga.upload("file.docx", &content).await;
    place.backup(&["--blobs"]).printed();
    server.kill();
    place.lose_everything_but_the_ring();

    let restore = || {
        let mut command = program();
        command.arg("restore").arg(place.backup_dir()).arg("--data-dir").arg(place.data_dir());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    // Each goes on from what the one before has left, and comes a little further.
    let (mut killed, mut patience) = (0, PATIENCE);
    let output = loop {
        let (mut running, begun) = (restore(), Instant::now());
        while begun.elapsed() < patience && running.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        if running.try_wait().unwrap().is_some() {
            break running.wait_with_output().unwrap();
        }
        running.kill().unwrap();
        running.wait().unwrap();
        killed += 1;
        patience = patience.mul_f64(GROWTH);
    };
    let complaint = String::from_utf8_lossy(&output.stderr);
    // The last one that was killed may just have come to its end. Whether it has is seen below.
    let is_done = output.status.success() || complaint.contains("The database is not empty");
    assert!(is_done, "after {killed} that were killed: {complaint}");
    assert!(killed > 3, "only {killed} were killed");
    assert!(place.run(&["verify"]).printed().contains("all is well"));
    let server = place.serve();
    assert!(content_of(&server.sign_in("olga").await, &file).await == content);
}
