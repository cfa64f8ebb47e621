//! The command: its exit codes and its report, with a server and without one.

use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use super::{Stored, objects_in, store};
use crate::harness::server::{Server, create_user_in, program};

struct Ran {
    code: i32,
    printed: String,
    remarked: String,
}

fn verify(data_dir: &Path, arguments: &[&str]) -> Ran {
    let output =
        program().arg("verify").args(arguments).arg("--data-dir").arg(data_dir).stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), printed: text(output.stdout), remarked: text(output.stderr) }
}

async fn filled(data_dir: &Path) -> (Server, Vec<Stored>) {
    create_user_in(data_dir, "olga", "OPS");
    let server = Server::start(data_dir, |_| {});
    let olga = server.sign_in("olga").await;
    let mut files = Vec::new();
    for number in 0..3 {
        files.push(store(&olga, data_dir, &format!("file-{number}"), 100_000).await);
    }
    (server, files)
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_codes_tell_with_a_server_and_without_one() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let (server, files) = filled(&data_dir).await;
    let report_file = folder.path().join("report.json");
    let json = report_file.to_str().unwrap();
    let mut server = Some(server);
    for with_server in [true, false] {
        if !with_server {
            server.take().unwrap().kill();
        }
        let good = verify(&data_dir, &["--json", json]);
        assert_eq!(good.code, 0, "{}{}", good.printed, good.remarked);
        assert!(
            good.printed.contains("3 files, 3 objects") && good.printed.contains("all is well"),
            "{}",
            good.printed
        );
        let report: Value = serde_json::from_slice(&std::fs::read(&report_file).unwrap()).unwrap();
        assert_eq!((&report["finished"], &report["files"]), (&Value::Bool(true), &Value::from(3)));
        assert_eq!(report["findings"], Value::Array(Vec::new()));

        files[1].change(|bytes| bytes[500] ^= 1);
        let bad = verify(&data_dir, &["--json", "-"]);
        assert_eq!(bad.code, 1, "{}{}", bad.printed, bad.remarked);
        let report: Value = serde_json::from_str(&bad.printed).expect("nothing but the report on standard output");
        assert_eq!(report["findings"][0]["kind"], "altered");
        assert_eq!(report["findings"][0]["file"], files[1].id());
        let line = format!("altered {}", files[1].id());
        assert!(bad.remarked.contains(&line), "{}", bad.remarked);
        assert!(verify(&data_dir, &[]).printed.contains(&line));
        files[1].change(|bytes| bytes[500] ^= 1);
        assert_eq!(verify(&data_dir, &["--sample", "0"]).code, 2);
        assert_eq!(verify(&data_dir, &["--sample", "101"]).code, 2);
    }
    let missing = verify(&data_dir, &["--config", "/no/such/file.toml"]);
    assert_eq!(missing.code, 2);
    assert!(missing.remarked.contains("/no/such/file.toml"), "{}", missing.remarked);
    std::fs::rename(data_dir.join("keys"), data_dir.join("aside")).unwrap();
    assert_eq!(verify(&data_dir, &[]).code, 2, "without the ring nothing can be said");
}

#[tokio::test(flavor = "multi_thread")]
async fn repair_and_parts_go_through_the_running_server() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let (_server, files) = filled(&data_dir).await;
    let state = folder.path().join("how-far");
    let part = ["--at-most", "2", "--state", state.to_str().unwrap()];
    let begun = verify(&data_dir, &part);
    assert!(begun.code == 0 && begun.printed.contains("run it again to go on"), "{}{}", begun.printed, begun.remarked);
    assert!(state.exists());
    files[0].change(|bytes| bytes.truncate(1000));
    let ended = verify(&data_dir, &part);
    assert!(ended.printed.contains("3 files"), "{}{}", ended.printed, ended.remarked);
    let before = objects_in(&data_dir).len();
    let repaired = verify(&data_dir, &["--repair", "--jobs", "1"]);
    assert_eq!(repaired.code, 1);
    assert!(repaired.printed.contains("-> quarantine/sealed/"), "{}", repaired.printed);
    assert_eq!(objects_in(&data_dir).len(), before - 1);
}
