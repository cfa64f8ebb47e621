//! The clients that people use, each through the whole main job by its own transport: no body here is built by hand. They lie
//! in `tests/clients`; what they need is installed by `make clients python`.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::harness::installed::python;
use crate::harness::say;
use crate::harness::server::{Server, program};

/// Whether the server has subscriptions: then the clients here, and GraphiQL and Playground, subscribe too.
pub const WITH_SUBSCRIPTIONS: bool = true;

/// A client: its name, how it is started, and whether it subscribes.
struct Client {
    name: &'static str,
    command: fn() -> Command,
    subscribes: bool,
}

const CLIENTS: [Client; 6] = [
    Client { name: "apollo", command: || node("apollo.js"), subscribes: true },
    Client { name: "urql", command: || node("urql.js"), subscribes: true },
    Client { name: "graphql-request", command: || node("graphql-request.js"), subscribes: false },
    Client { name: "graphql-ws", command: || node("graphql-ws.js"), subscribes: true },
    Client { name: "gql", command: gql, subscribes: true },
    Client { name: "curl", command: || Command::new(folder().join("curl/client.sh")), subscribes: false },
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

fn node(script: &str) -> Command {
    let folder = folder().join("js");
    assert!(folder.join("node_modules").exists(), "the clients are not installed: `make clients` does it");
    let mut node = Command::new("node");
    node.arg(folder.join(script));
    node
}

fn gql() -> Command {
    let mut command = Command::new(python());
    command.arg(folder().join("python/client.py"));
    command
}

/// An invitation to be Ops, as an operator has it from the command line.
fn invitation(data_dir: &Path) -> String {
    let output = program().args(["invite", "--role", "OPS", "--data-dir"]).arg(data_dir).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().next().unwrap().to_owned()
}

/// Runs a client, and answers the last line it printed.
fn run(client: &Client, server: &Server) -> Result<String, String> {
    let output = (client.command)()
        .env("STRONGROOM_URL", &server.base_url)
        .env("STRONGROOM_MAIL", server.data_dir.join("mail"))
        .env("STRONGROOM_INVITATION", invitation(&server.data_dir))
        .env("STRONGROOM_DOCUMENT", folder().with_file_name("fixtures/good/report-libreoffice.docx"))
        .env("STRONGROOM_SUBSCRIPTIONS", if WITH_SUBSCRIPTIONS { "1" } else { "0" })
        .output()
        .map_err(|failure| failure.to_string())?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let last = printed.lines().last().unwrap_or_default();
    if !output.status.success() {
        return Err(format!("{printed}{}", String::from_utf8_lossy(&output.stderr)));
    }
    let heard = last.contains("2 events heard");
    let steps = ["2 signed up and logged in", "3 uploaded", "3 listed in 2 pages", "1 downloaded"];
    let did_all = steps.iter().all(|step| last.contains(step)) && heard == (WITH_SUBSCRIPTIONS && client.subscribes);
    if did_all { Ok(last.to_owned()) } else { Err(format!("it has not done everything: {printed}")) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn real_clients_do_the_whole_main_job() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("data"), |_| {});
    let mut passed = 0;
    for client in &CLIENTS {
        match run(client, &server) {
            Ok(line) => {
                passed += 1;
                println!("{line}");
            }
            Err(complaint) => println!("{} FAILED: {complaint}\n{}", client.name, server.log()),
        }
    }
    say(&format!("clients: {passed} of {}", CLIENTS.len()));
    assert_eq!(passed, CLIENTS.len());

    // What they say they did is there.
    server.create_user("adam", "ADMIN");
    let files = server.sign_in("adam").await.data("{ files { totalCount } }", json!({})).await;
    assert_eq!(files["files"]["totalCount"], CLIENTS.len() * 3);
}
