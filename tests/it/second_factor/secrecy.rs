//! Where the secret and the recovery codes must not stand.

use std::path::Path;

use data_encoding::{BASE32_NOPAD, BASE64, BASE64URL_NOPAD, HEXLOWER};
use serde_json::json;
use strongroom::domain::clock::{Clock, SystemClock};

use super::{Authenticator, CONFIRM, ENROL, LOGIN, texts};
use crate::harness::app::files_below;
use crate::harness::client::{Client, PASSWORD};
use crate::harness::find::holds_in_any_case;
use crate::harness::server::Server;

/// The files below a folder that hold one of the needles, in any case.
fn holders(folder: &Path, needles: &[Vec<u8>]) -> Vec<String> {
    let holds = |path: &std::path::PathBuf| {
        let content = std::fs::read(path).unwrap();
        needles.iter().any(|needle| holds_in_any_case(&content, needle))
    };
    files_below(folder)
        .iter()
        .filter(|path| path.is_file() && holds(path))
        .map(|path| path.display().to_string())
        .collect()
}

/// In no log, however talkative, and in no file: not of the database, and not of the mail.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_log_nor_disk_holds_them() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let server = Server::start(&data_dir, |command| {
        command.env("STRONGROOM__LOG__FILTER", "info,strongroom=trace,async_graphql=trace");
    });
    server.create_user("olga", "OPS");
    let olga = server.sign_in("olga").await;
    let enrolment = olga.data(ENROL, json!({"p": PASSWORD})).await["enrolSecondFactor"].clone();
    let secret = enrolment["secret"].as_str().unwrap().to_owned();
    let phone = Authenticator::new(&secret);
    let data = olga.data(CONFIRM, json!({"c": phone.code_at(SystemClock.now().as_unix_seconds())})).await;
    let codes = texts(&data["confirmSecondFactor"]["codes"]);
    let input = json!({"email": "olga@example.com", "password": PASSWORD, "totpCode": codes[0]});
    Client::new(&server.base_url, None).data(LOGIN, json!({"input": input})).await;
    let wrong = json!({"email": "olga@example.com", "password": PASSWORD, "totpCode": "no-such-code"});
    assert_eq!(Client::new(&server.base_url, None).code(LOGIN, json!({"input": wrong})).await, "INVALID_CREDENTIALS");
    assert!(!server.log().is_empty());
    server.kill();

    let bytes = BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
    let spelled = [BASE64.encode(&bytes), BASE64URL_NOPAD.encode(&bytes), HEXLOWER.encode(&bytes), secret];
    let mut needles: Vec<Vec<u8>> = spelled.into_iter().map(String::into_bytes).collect();
    needles.push(bytes);
    for code in &codes {
        needles.push(code.clone().into_bytes());
        needles.push(code.replace('-', "").into_bytes());
    }
    needles.push(b"no-such-code".to_vec());
    assert_eq!(holders(folder.path(), &needles), Vec::<String>::new());
    // What is looked for is found where it stands.
    assert!(!holders(&data_dir, &[b"olga@example.com".to_vec()]).is_empty());
}
