//! Commands that need no server.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::{create, create_user, run, run_in};
use crate::harness::client::PASSWORD;
use crate::harness::server::Server;

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn user_create_works_on_an_empty_installation() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let printed = create(&data_dir, "olga", "OPS").printed();
    assert!(printed.starts_with("user_") && printed.trim().len() == 31, "{printed}");
    assert_eq!(mode(&data_dir), 0o700);
    assert_eq!(mode(&data_dir.join("keys")), 0o600);

    assert!(create(&data_dir, "olga", "OPS").complaint().contains("taken"));
    assert!(create(&data_dir, "otto", "BOSS").complaint().contains("ADMIN, OPS and CLIENT"));
    assert!(create_user(&data_dir, "no address", "OPS", PASSWORD).complaint().contains("e-mail"));
    assert!(create_user(&data_dir, "otto@example.com", "OPS", "password1").complaint().contains("guess"));
    let without_password = run_in(&data_dir, &["user", "create", "--email", "o@x.org", "--name", "O", "--role", "OPS"]);
    assert!(without_password.complaint().contains("--password-stdin"));

    let server = Server::start(&data_dir, |_| {});
    let viewer = server.sign_in("olga").await.data("{ viewer { id role } }", serde_json::json!({})).await;
    assert_eq!(viewer["viewer"], serde_json::json!({"id": printed.trim(), "role": "OPS"}));
}

#[test]
fn invite_prints_a_token_alone_and_remarks_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let invited = run_in(&data_dir, &["invite", "--role", "ADMIN", "--email", "adam@example.com"]);
    let (printed, remarked) = invited.printed_and_remarked();
    assert_eq!(printed.len(), 44, "a token and the end of its line: {printed}");
    let link = format!("http://127.0.0.1:8080/signup?invitation={}", printed.trim());
    assert!(remarked.lines().any(|line| line == link), "{remarked}");
    assert!(remarked.lines().any(|line| line.starts_with("Good until 2")), "{remarked}");
    assert!(run_in(&data_dir, &["invite", "--role", "KING"]).complaint().contains("ADMIN, OPS and CLIENT"));
    assert!(run_in(&data_dir, &["invite", "--role", "OPS", "--email", "x"]).complaint().contains("e-mail"));
}

#[test]
fn schema_prints_what_is_committed() {
    let committed = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schema/schema.graphql");
    let folder = tempfile::tempdir().unwrap();
    let printed = run(&["schema"], |command| {
        command.current_dir(&folder);
    });
    assert!(printed.printed() == std::fs::read_to_string(committed).unwrap(), "export the schema again");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "it makes nothing");
}

#[test]
fn config_show_redacts_every_secret() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = [
        ("STRONGROOM__DATABASE__PASSWORD", "topsecret-1"),
        ("STRONGROOM__STORAGE__S3__SECRET_ACCESS_KEY", "topsecret-2"),
        ("STRONGROOM__MAIL__SMTP__URL", "smtp://ada:topsecret-3@mail.example.com:587"),
    ];
    let printed = run(&["config", "show"], |command| {
        command.current_dir(&folder).envs(secrets);
        command.env("STRONGROOM__DATABASE__USERNAME", "ada").env("STRONGROOM__STORAGE__S3__ACCESS_KEY_ID", "AKIA");
        command.env("STRONGROOM__SERVER__LISTEN", "127.0.0.1:4711");
    })
    .printed();
    assert!(!printed.contains("topsecret"), "{printed}");
    assert_eq!(printed.matches("[redacted]").count(), 3, "{printed}");
    assert!(printed.contains("listen = \"127.0.0.1:4711\""), "{printed}");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "it makes nothing");
}

#[test]
fn a_secret_is_given_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, "topsecret\n").unwrap();
    let done = run(&["config", "check"], |command| {
        command.env("STRONGROOM__DATABASE__USERNAME", "ada").env("STRONGROOM__DATABASE__PASSWORD", "topsecret");
        command.env("STRONGROOM__DATABASE__PASSWORD_FILE", &file);
    });
    let complaint = done.complaint();
    assert!(complaint.contains("password_file") && !complaint.contains("topsecret"), "{complaint}");
}

#[test]
fn an_unknown_key_is_named_wherever_it_comes_from() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    let check = |text: &str, variable: Option<(&str, &str)>| {
        std::fs::write(&file, text).unwrap();
        run(&["config", "check", "--config", file.to_str().unwrap()], |command| {
            command.envs(variable);
        })
    };
    assert!(check("[server]\nlisten = \"127.0.0.1:1\"\n", None).printed().contains("good"));
    let in_file = check("[server]\nlissen = \"127.0.0.1:1\"\n", None).complaint();
    assert!(in_file.contains("lissen") && in_file.contains("mine.toml"), "{in_file}");
    let section = check("[serve]\nlisten = \"127.0.0.1:1\"\n", None).complaint();
    assert!(section.contains("serve"), "{section}");
    let in_environment = check("", Some(("STRONGROOM__SERVER__LISSEN", "127.0.0.1:1"))).complaint();
    assert!(in_environment.contains("STRONGROOM__SERVER__LISSEN"), "{in_environment}");
    let bad_value = check("", Some(("STRONGROOM__SIGNUP__CLIENT", "perhaps"))).complaint();
    assert!(bad_value.contains("STRONGROOM__SIGNUP__CLIENT") || bad_value.contains("signup.client"), "{bad_value}");
    let missing = run(&["config", "check", "--config", "/no/such/file.toml"], |_| {}).complaint();
    assert!(missing.contains("/no/such/file.toml"), "{missing}");
}

#[test]
fn the_stronger_layer_wins() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    std::fs::write(&file, "data_dir = \"from-file\"\n[links]\ndefault_ttl_seconds = 61\n").unwrap();
    let show = |arguments: &[&str], variable: Option<(&str, &str)>| {
        let arguments = [&["config", "show", "--config", file.to_str().unwrap()], arguments].concat();
        run(&arguments, |command| {
            command.envs(variable);
        })
        .printed()
    };
    let of_file = show(&[], None);
    assert!(of_file.contains("data_dir = \"from-file\"") && of_file.contains("default_ttl_seconds = 61"), "{of_file}");
    let variable = Some(("STRONGROOM__DATA_DIR", "from-environment"));
    assert!(show(&[], variable).contains("data_dir = \"from-environment\""));
    assert!(show(&["--data-dir", "from-flag"], variable).contains("data_dir = \"from-flag\""));
}

#[test]
fn a_key_file_that_others_may_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    create(&data_dir, "olga", "OPS").printed();
    let keys = data_dir.join("keys");
    for wrong in [0o644, 0o640, 0o604, 0o660] {
        std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(wrong)).unwrap();
        let complaint = create(&data_dir, "otto", "OPS").complaint();
        assert!(complaint.contains("0600") && complaint.contains("keys"), "{wrong:o}: {complaint}");
    }
    std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o600)).unwrap();
    create(&data_dir, "otto", "OPS").printed();
}

#[test]
fn a_lost_or_foreign_key_ring_is_refused_and_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (data_dir, other_dir) = (folder.path().join("data"), folder.path().join("other"));
    create(&data_dir, "olga", "OPS").printed();
    create(&other_dir, "olga", "OPS").printed();
    let keys = data_dir.join("keys");
    let genuine = std::fs::read(&keys).unwrap();
    std::fs::remove_file(&keys).unwrap();
    let complaint = create(&data_dir, "otto", "OPS").complaint();
    assert!(complaint.contains("missing") && complaint.contains("backup"), "{complaint}");
    assert!(!keys.exists(), "no new ring takes its place");

    std::fs::copy(other_dir.join("keys"), &keys).unwrap();
    let complaint = create(&data_dir, "otto", "OPS").complaint();
    assert!(complaint.contains("not the one this database belongs to"), "{complaint}");
    for damaged in [&b""[..], b"garbage\n", &genuine[..genuine.len() / 2]] {
        std::fs::write(&keys, damaged).unwrap();
        let complaint = create(&data_dir, "otto", "OPS").complaint();
        assert!(complaint.contains("keys"), "{complaint}");
        assert_eq!(std::fs::read(&keys).unwrap(), damaged, "it is left as it is");
    }
    std::fs::write(&keys, &genuine).unwrap();
    create(&data_dir, "otto", "OPS").printed();
}
