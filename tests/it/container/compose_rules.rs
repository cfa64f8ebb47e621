//! What docker-compose.yml must keep to. Each rule is shown a file that breaks it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::compose_file::{ComposeFile, filled, strings, variables, words};
use super::dockerfile::Dockerfile;
use super::pins::is_pinned;
use super::{assignments, project};
use crate::harness::server::program;

const SERVICES: [&str; 4] = ["garage", "mail", "strongroom", "surrealdb"];

/// What the rules have against the file.
fn complaints(compose: &ComposeFile) -> Vec<String> {
    let mut complaints = Vec::new();
    let names: Vec<&str> = compose.services().map(|(name, _)| name).collect();
    if names != SERVICES {
        complaints.push(format!("the services are {names:?}"));
    }
    for (name, service) in compose.services() {
        let broken = service_complaints(service, &compose.0["volumes"]);
        complaints.extend(broken.into_iter().map(|complaint| format!("{name}: {complaint}")));
    }
    // They are spoken to in the clear, and a database server is for nobody else.
    for name in ["surrealdb", "garage"] {
        let service = &compose.0["services"][name];
        if !service["ports"].is_null() || words(&service["networks"]) != ["stores"] {
            complaints.push(format!("{name}: others than Strongroom can reach it"));
        }
    }
    if compose.0["networks"]["stores"]["internal"] != true {
        complaints.push("the network of the stores leads outside".to_owned());
    }
    complaints.extend(variable_complaints(compose));
    complaints.extend(configuration_complaints(compose));
    complaints
}

fn service_complaints(service: &Value, declared: &Value) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut require = |holds: bool, complaint: &str| {
        if !holds {
            complaints.push(complaint.to_owned());
        }
    };
    let built_here = service["build"] == "." && service["image"].is_null();
    require(built_here || service["image"].as_str().is_some_and(is_pinned), "the image is not pinned");

    // A shell or curl is in none of these images.
    let check = words(&service["healthcheck"]["test"]);
    require(check.first().is_some_and(|kind| kind == "CMD") && check.len() > 1, "no health check without a shell");
    let timed = ["interval", "timeout", "start_period", "retries"];
    require(timed.iter().all(|key| !service["healthcheck"][key].is_null()), "the health check is not timed");

    let volumes = words(&service["volumes"]);
    let named = volumes.iter().filter(|volume| {
        let source = volume.split(':').next().unwrap_or_default();
        declared.get(source).is_some()
    });
    require(named.count() == 1, "no volume of its own");
    let bound = volumes.iter().filter(|volume| volume.starts_with(['.', '/']));
    for bind in bound {
        let (source, mode) = (bind.split(':').next().unwrap_or_default(), bind.rsplit(':').next());
        require(source.starts_with("./") && project().join(source).is_file(), "a file that is not there is mounted");
        require(mode == Some("ro"), "a file of the project can be written to");
    }

    let ports = service["ports"].as_array().cloned().unwrap_or_default();
    let on_loopback = |port: &Value| port.as_str().is_some_and(|port| port.starts_with("127.0.0.1:"));
    require(ports.iter().all(on_loopback), "a port is open to other machines");
    let waits = service["depends_on"].as_object().into_iter().flatten();
    require(waits.clone().all(|(_, on)| on["condition"] == "service_healthy"), "it does not wait for health");

    require(service["restart"] == "unless-stopped", "it does not come back");
    require(service["read_only"] == true, "its root can be written to");
    require(words(&service["tmpfs"]) == ["/tmp"], "it has no /tmp");
    require(words(&service["cap_drop"]) == ["ALL"] && service["cap_add"].is_null(), "it has capabilities");
    require(words(&service["security_opt"]) == ["no-new-privileges:true"], "it can get privileges");
    require(service["privileged"].is_null(), "it is privileged");
    complaints
}

/// Every secret comes from .env, and .env.example says what has to be in there.
fn variable_complaints(compose: &ComposeFile) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut used = Vec::new();
    for text in strings(&compose.0) {
        match variables(text) {
            Ok(found) => used.extend(found.into_iter().map(|(name, _)| name).filter(|name| !name.is_empty())),
            Err(refused) => complaints.push(refused),
        }
    }
    let pattern = assignments(&std::fs::read_to_string(project().join(".env.example")).unwrap());
    complaints.extend(
        used.iter().filter(|name| !pattern.contains_key(**name)).map(|name| format!("{name} is not in .env.example")),
    );
    complaints.extend(
        pattern.keys().filter(|name| !used.contains(&name.as_str())).map(|name| format!("{name} is used by nothing")),
    );

    for (service, settings) in compose.services() {
        for (name, value) in settings["environment"].as_object().into_iter().flatten() {
            let secret = ["PASS", "SECRET", "KEY", "TOKEN", "PEPPER"].iter().any(|word| name.contains(word));
            if secret && !value.as_str().is_some_and(|value| value.starts_with("${")) {
                complaints.push(format!("{service}: {name} would be the same for everybody"));
            }
        }
    }
    complaints
}

/// The program is asked: it refuses keys that it does not know and values that make no sense.
fn configuration_complaints(compose: &ComposeFile) -> Vec<String> {
    let values: BTreeMap<String, String> =
        assignments(&std::fs::read_to_string(project().join(".env.example")).unwrap())
            .into_keys()
            .map(|name| (name, "GK0123456789abcdef01234567".to_owned()))
            .collect();
    let given = match compose.environment("strongroom", &values) {
        Ok(given) => given,
        Err(refused) => return vec![refused],
    };
    let mut complaints: Vec<String> = given
        .iter()
        .filter(|(name, _)| !name.starts_with("STRONGROOM__"))
        .map(|(name, _)| format!("the program takes no notice of {name}"))
        .collect();
    let checked = program()
        .args(["config", "check"])
        .envs(Dockerfile::read().last().environment())
        .envs(given)
        .current_dir(std::env::temp_dir())
        .output()
        .unwrap();
    if !checked.status.success() {
        complaints.push(String::from_utf8_lossy(&checked.stderr).into_owned());
    }
    complaints
}

#[test]
fn the_compose_file_keeps_the_specification_and_the_rules() {
    let compose = ComposeFile::read();
    assert_eq!(compose.against_the_schema(), "");
    assert_eq!(complaints(&compose), Vec::<String>::new());
}

/// Its protocol and its files are those of the client that is built in.
#[test]
fn the_database_server_is_of_the_version_that_is_built_in() {
    let lock = std::fs::read_to_string(project().join("Cargo.lock")).unwrap();
    let version = lock.split("name = \"surrealdb\"\nversion = \"").nth(1).unwrap().split('"').next().unwrap();
    let compose = ComposeFile::read();
    assert_eq!(compose.0["services"]["surrealdb"]["image"], format!("surrealdb/surrealdb:v{version}"));
}

#[test]
fn what_the_specification_does_not_know_is_seen() {
    for (at, value) in [
        ("/services/garage/healthchek", json!({"test": ["CMD", "/garage", "health"]})),
        ("/services/garage/healthcheck/test", json!(5)),
        ("/services/strongroom/depends_on", json!({"garage": {"condition": "service_well"}})),
        ("/services/strongroom/ports", json!("8080:8080")),
        ("/service", json!({})),
    ] {
        let complaint = changed(at, value).against_the_schema();
        assert!(complaint.contains("Schema validation errors"), "{at}: {complaint}");
    }
}

#[test]
fn what_breaks_a_rule_is_seen() {
    let fixed = "${SURREALDB_PASSWORD:-root}";
    for (at, value, expected) in [
        ("/services/mail/image", json!("axllent/mailpit:latest"), "mail: the image is not pinned"),
        ("/services/mail/image", json!("axllent/mailpit"), "mail: the image is not pinned"),
        ("/services/strongroom/image", json!("strongroom:latest"), "strongroom: the image is not pinned"),
        ("/services/garage/healthcheck", json!(null), "garage: no health check"),
        ("/services/garage/healthcheck/test", json!(["CMD-SHELL", "curl -f localhost"]), "garage: no health check"),
        ("/services/garage/healthcheck/timeout", json!(null), "garage: the health check is not timed"),
        ("/services/surrealdb/volumes", json!([]), "surrealdb: no volume"),
        ("/services/surrealdb/volumes", json!(["/srv/data:/data"]), "surrealdb: no volume"),
        ("/services/garage/volumes/1", json!("./garage.toml:/etc/garage.toml:ro"), "garage: a file that is not there"),
        (
            "/services/garage/volumes/1",
            json!("./containers/garage.toml:/etc/garage.toml"),
            "garage: a file of the project",
        ),
        ("/volumes", json!({}), "mail: no volume"),
        ("/services/strongroom/ports", json!(["8080:8080"]), "strongroom: a port is open"),
        ("/services/strongroom/ports", json!([8080]), "strongroom: a port is open"),
        ("/services/strongroom/depends_on/mail", json!({"condition": "service_started"}), "does not wait for health"),
        ("/services/mail/restart", json!(null), "mail: it does not come back"),
        ("/services/strongroom/read_only", json!(false), "strongroom: its root"),
        ("/services/strongroom/cap_drop", json!(null), "strongroom: it has capabilities"),
        ("/services/strongroom/cap_add", json!(["NET_ADMIN"]), "strongroom: it has capabilities"),
        ("/services/strongroom/security_opt", json!([]), "strongroom: it can get privileges"),
        ("/services/surrealdb/ports", json!(["127.0.0.1:8000:8000"]), "surrealdb: others than Strongroom"),
        ("/services/garage/networks", json!(["stores", "front"]), "garage: others than Strongroom"),
        ("/networks/stores", json!(null), "the network of the stores"),
        ("/services/worker", json!({"image": "worker:1.2.3"}), "the services are"),
        ("/services/surrealdb/environment/SURREAL_PASS", json!("root"), "would be the same for everybody"),
        ("/services/surrealdb/environment/SURREAL_PASS", json!(fixed), "only ${NAME:?what to do} is wanted"),
        ("/services/surrealdb/environment/SURREAL_PASS", json!("$SURREALDB_PASSWORD"), "only ${NAME"),
        (
            "/services/surrealdb/environment/SURREAL_PASS",
            json!("${DB_PASSWORD:?say it}"),
            "DB_PASSWORD is not in .env.example",
        ),
        ("/services/garage/environment/GARAGE_RPC_SECRET", json!(null), "GARAGE_RPC_SECRET is used by nothing"),
        ("/services/strongroom/environment/STRONGROOM__STORAGE__S3__BUKET", json!("x"), "storage.s3.buket"),
        ("/services/strongroom/environment/STRONGROOM__mail__FROM", json!("a@b.c"), "there is no such key"),
        (
            "/services/strongroom/environment/STRONGROOM_MAIL__FROM",
            json!("a@b.c"),
            "takes no notice of STRONGROOM_MAIL__FROM",
        ),
        ("/services/strongroom/environment/STRONGROOM__STORAGE__BACKEND", json!("s4"), "storage.backend"),
        ("/services/strongroom/environment/STRONGROOM__DATABASE__ALLOW_PLAINTEXT", json!("false"), "database.url"),
        ("/services/strongroom/environment/STRONGROOM__DATABASE__ALLOW_PLAINTEXT", json!(true), "is not text"),
    ] {
        let complaints = complaints(&changed(at, value));
        assert!(complaints.iter().any(|complaint| complaint.contains(expected)), "{at}: {complaints:?}");
    }
}

/// The file with one value put in, or taken out where it is null.
fn changed(at: &str, value: Value) -> ComposeFile {
    static READ: std::sync::LazyLock<Value> = std::sync::LazyLock::new(|| ComposeFile::read().0);
    let mut file = READ.clone();
    let (parent, key) = at.rsplit_once('/').unwrap();
    match file.pointer_mut(parent).unwrap() {
        Value::Array(items) => items[key.parse::<usize>().unwrap()] = value,
        Value::Object(fields) if value.is_null() => drop(fields.remove(key)),
        Value::Object(fields) => drop(fields.insert(key.to_owned(), value)),
        _ => panic!("{parent} holds nothing"),
    }
    ComposeFile(file)
}

#[test]
fn variables_are_filled_in() {
    let values = BTreeMap::from([("A".to_owned(), "1".to_owned())]);
    assert_eq!(filled("http://${A:?say}:${A:?say}/", &values), Ok("http://1:1/".to_owned()));
    assert_eq!(filled("plain", &values), Ok("plain".to_owned()));
    for refused in ["${B:?say}", "${A}", "${A:-2}", "${A:?}", "${:?say}", "$A", "a$", "${A:?say"] {
        assert!(filled(refused, &values).is_err(), "{refused}");
    }
}
