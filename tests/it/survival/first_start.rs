//! The power fails while an installation is being made for the first time, and again.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::dice::Dice;
use super::forgetful_disk::ForgetfulDisk;
use crate::harness::server::{Server, free_port, program};

const INSTALLATIONS: usize = 2;
const FAILURES: usize = 2;

/// A database that belongs to a key ring which is lost can never be used again; a start that died must not leave one.
#[tokio::test]
async fn a_start_that_the_power_ended_can_be_made_again() {
    let mut dice = Dice::throw();
    let mut usual = Duration::ZERO;
    for installation in 0..INSTALLATIONS {
        let mut disk = ForgetfulDisk::new();
        for failure in 0..FAILURES {
            if usual.is_zero() {
                let begun = Instant::now();
                Server::start(&disk.root().join("data"), |program| disk.carry(program)).kill();
                usual = begun.elapsed();
                disk = ForgetfulDisk::new();
            }
            let delay = usual * u32::try_from(dice.below(110)).unwrap() / 100;
            println!("installation {installation}: the power fails {delay:?} after start {failure} of {usual:?}");
            start_and_kill(&disk.root().join("data"), delay, |program| disk.carry(program));
            disk.fail("data/database");
        }
        let server = Server::start(&disk.root().join("data"), |program| disk.carry(program));
        server.create_user("olga", "OPS");
        server.sign_in("olga").await;
    }
}

fn start_and_kill(data_dir: &Path, delay: Duration, configure: impl FnOnce(&mut Command)) {
    let mut program = program();
    program.args(["serve", "--listen", &format!("127.0.0.1:{}", free_port())]).arg("--data-dir").arg(data_dir);
    configure(&mut program);
    let mut child = program.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(delay);
    let ended_by_itself = child.try_wait().unwrap().is_some();
    child.kill().unwrap();
    let said = child.wait_with_output().unwrap().stderr;
    assert!(!ended_by_itself, "the server ended by itself: {}", String::from_utf8_lossy(&said));
}
