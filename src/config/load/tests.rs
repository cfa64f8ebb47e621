//! Layers and unknown keys; the rules of a section are tested beside the section.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{ENVIRONMENT_PREFIX, Overrides, process_environment};
use crate::config::{Config, Error, Problem, Source};

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Loads the defaults with these environment variables over them.
pub(in crate::config) fn load_with(environment: &[(&str, &str)]) -> Result<Config, Error> {
    Config::load(None, owned(environment), Overrides::default())
}

/// What is wrong with these environment variables.
pub(in crate::config) fn problems_of(environment: &[(&str, &str)]) -> Vec<Problem> {
    invalid(load_with(environment))
}

/// Refused, and a problem is blamed on the variable.
#[track_caller]
pub(in crate::config) fn assert_refused(variable: &str, value: &str) {
    let problems = problems_of(&[(variable, value)]);
    let named = problems.iter().any(|problem| problem.source == Source::Environment(variable.to_owned()));
    assert!(named, "{variable}={value:?}: {problems:?}");
}

#[track_caller]
pub(in crate::config) fn assert_accepted(variable: &str, value: &str) {
    if let Err(error) = load_with(&[(variable, value)]) {
        panic!("{variable}={value:?}: {error}");
    }
}

#[track_caller]
fn invalid(result: Result<Config, Error>) -> Vec<Problem> {
    match result {
        Err(Error::Invalid { problems }) if !problems.is_empty() => problems,
        other => panic!("expected problems: {other:?}"),
    }
}

/// A file in a folder that goes with it.
pub(in crate::config) struct TempFile(tempfile::TempDir);

impl TempFile {
    pub(in crate::config) fn holding(text: &str) -> Self {
        let dir = tempfile::tempdir().expect("temp dir");
        fs::write(dir.path().join("strongroom.toml"), text).expect("written");
        Self(dir)
    }

    pub(in crate::config) fn path(&self) -> PathBuf {
        self.0.path().join("strongroom.toml")
    }

    pub(in crate::config) fn load(&self) -> Result<Config, Error> {
        Config::load(Some(&self.path()), [], Overrides::default())
    }
}

#[test]
fn stronger_layers_win() {
    let file =
        TempFile::holding("data_dir = \"a\"\n[links]\nmax_ttl_seconds = 1000\n[server]\nlisten = \"127.0.0.1:1\"\n");
    let path = file.path();
    let environment = [("STRONGROOM__DATA_DIR", "b"), ("STRONGROOM__SERVER__LISTEN", "127.0.0.1:2")];
    let flags = Overrides {
        data_dir: None,
        listen: Some("127.0.0.1:3".to_owned()),
        set: owned(&[("retention.trash_days", "8"), ("retention.trash_days", "9")]),
    };

    let config = Config::load(Some(&path), owned(&environment), flags).expect("good");
    assert_eq!(config.links.default_ttl_seconds, 600, "default");
    assert_eq!(config.links.max_ttl_seconds, 1000, "file");
    assert_eq!(config.data_dir, Path::new("b"), "environment over file");
    assert_eq!(config.server.listen.port(), 3, "flag over environment");
    assert_eq!(config.retention.trash_days, 9, "the last of two flags");

    let flags = Overrides { data_dir: Some("c".to_owned()), ..Overrides::default() };
    assert_eq!(Config::load(Some(&path), owned(&environment), flags).expect("good").data_dir, Path::new("c"));
}

#[test]
fn unknown_keys_in_the_file_are_named() {
    for (text, key) in [
        ("lisen = 1", "lisen"),
        ("[server]\nlisen = 1", "server.lisen"),
        ("[storage.s3]\nbukcet = \"a\"", "storage.s3.bukcet"),
        ("[servers]\nlisten = \"127.0.0.1:1\"", "servers"),
        ("[server.listen]\naddress = 1", "server.listen"),
        ("server = 1", "server"),
    ] {
        let file = TempFile::holding(text);
        let error = file.load().expect_err(text);
        assert!(error.to_string().contains(&format!("`{key}`")), "{error}");
        assert!(error.to_string().contains(&file.path().display().to_string()), "{error}");
    }
}

#[test]
fn unknown_keys_in_the_environment_are_named() {
    for (variable, key) in [
        ("STRONGROOM__LISTEN", "listen"),
        ("STRONGROOM__SERVER__LISEN", "server.lisen"),
        ("STRONGROOM__STORAGE__S3__BUKCET", "storage.s3.bukcet"),
        ("STRONGROOM__SERVER__LISTEN__PORT", "server.listen.port"),
        ("STRONGROOM__SERVER", "server"),
        ("STRONGROOM__server__listen", "STRONGROOM__server__listen"),
        ("STRONGROOM__data_dir", "STRONGROOM__data_dir"),
        ("STRONGROOM__Server__Listen", "STRONGROOM__Server__Listen"),
        ("STRONGROOM__SERVER.LISTEN", "STRONGROOM__SERVER.LISTEN"),
        ("STRONGROOM__", ""),
    ] {
        let problems = problems_of(&[(variable, "127.0.0.1:1")]);
        assert_eq!(problems[0].key, key);
        assert_eq!(problems[0].source, Source::Environment(variable.to_owned()));
    }
    load_with(&[
        ("STRONGROOM_CONFIG", "x"),
        ("PATH", "/bin"),
        ("strongroom__server__listen", "x"),
        ("SERVER__LISEN", "x"),
    ])
    .expect("not ours");
}

#[test]
fn unknown_keys_in_flags_are_named() {
    let flags = Overrides { set: owned(&[("server.lisen", "1")]), ..Overrides::default() };
    let error = Config::load(None, [], flags).expect_err("unknown");
    assert!(error.to_string().contains("`server.lisen` (flag --set server.lisen)"), "{error}");
}

#[test]
fn values_in_the_environment_become_what_the_key_holds() {
    let config = load_with(&[
        ("STRONGROOM__UPLOADS__ALLOWED_EXTENSIONS", r#"["docx"]"#),
        ("STRONGROOM__RATE_LIMITS__ENABLED", "false"),
        ("STRONGROOM__LINKS__MAX_TTL_SECONDS", "90_000"),
        ("STRONGROOM__DATABASE__USERNAME", "true"),
        ("STRONGROOM__DATABASE__PASSWORD", "12345"),
        ("STRONGROOM__DATABASE__NAMESPACE", "[\"a\"]"),
        ("STRONGROOM__DATABASE__DATABASE", "\"quoted\""),
    ])
    .expect("good");
    assert_eq!(config.uploads.allowed_extensions, ["docx"]);
    assert!(!config.rate_limits.enabled);
    assert_eq!(config.links.max_ttl_seconds, 90_000);
    assert_eq!(config.database.username.as_deref(), Some("true"));
    assert_eq!(config.database.password.as_ref().map(secrecy::ExposeSecret::expose_secret), Some("12345"));
    assert_eq!(config.database.namespace, "[\"a\"]");
    assert_eq!(config.database.database, "\"quoted\"", "text is taken as it stands");

    for (variable, bad) in [
        ("STRONGROOM__RATE_LIMITS__ENABLED", "1"),
        ("STRONGROOM__RATE_LIMITS__ENABLED", "yes"),
        ("STRONGROOM__RATE_LIMITS__ENABLED", ""),
        ("STRONGROOM__LINKS__MAX_TTL_SECONDS", "an hour"),
        ("STRONGROOM__LINKS__MAX_TTL_SECONDS", "1.0"),
        ("STRONGROOM__LINKS__MAX_TTL_SECONDS", "99999999999999999999"),
        ("STRONGROOM__LINKS__MAX_TTL_SECONDS", "1000\ndata_dir = 1"),
        ("STRONGROOM__UPLOADS__ALLOWED_EXTENSIONS", "docx,pptx"),
        ("STRONGROOM__UPLOADS__ALLOWED_EXTENSIONS", "[\"docx\"]\nx = 1"),
    ] {
        assert_refused(variable, bad);
    }
}

#[test]
fn wrong_types_in_the_file_name_the_key_and_not_the_value() {
    for (text, key) in [
        ("[links]\nmax_ttl_seconds = \"1000\"", "links.max_ttl_seconds"),
        ("[links]\nmax_ttl_seconds = -5", "links.max_ttl_seconds"),
        ("[rate_limits]\nenabled = 1", "rate_limits.enabled"),
        ("[uploads]\nallowed_extensions = \"docx\"", "uploads.allowed_extensions"),
        ("[database]\npassword = 987654", "database.password"),
        ("[server]\nlisten = 8080", "server.listen"),
        ("[keys]\nsource = \"vault\"", "keys.source"),
    ] {
        let file = TempFile::holding(text);
        let problems = invalid(file.load());
        assert_eq!((problems[0].key.as_str(), &problems[0].source), (key, &Source::File(file.path())));
        assert!(!format!("{problems:?}").contains("987654"), "{problems:?}");
    }
}

#[test]
fn all_problems_come_together() {
    let file = TempFile::holding("[server]\nlisten = \"here\"\nlisen = 1\n[links]\nmax_ttl_seconds = 0\n");
    let environment = owned(&[("STRONGROOM__KEYS__SOURCE", "vault"), ("STRONGROOM__RETENTION__TRASH_DAYS", "-1")]);
    let flags = Overrides { listen: Some("there".to_owned()), ..Overrides::default() };
    let error = Config::load(Some(&file.path()), environment, flags).expect_err("bad");
    let path = file.path().display().to_string();
    let wanted = format!(
        "the configuration is not valid:
  `server.lisen` ({path}): there is no such key
  `server.listen` ({path}): invalid socket address syntax
  `keys.source` (environment variable STRONGROOM__KEYS__SOURCE): \"vault\" is not one of \"file\", \"env\", \"command\"
  `retention.trash_days` (environment variable STRONGROOM__RETENTION__TRASH_DAYS): invalid value: integer `-1`, expected u64
  `server.listen` (flag --listen): invalid socket address syntax
  `links.max_ttl_seconds` ({path}): 0 is not between 1 and 315360000
  `links.default_ttl_seconds` (the built-in default): it must not be more than `links.max_ttl_seconds`"
    );
    let sorted = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(sorted(&error.to_string()), sorted(&wanted));
}

#[test]
fn a_file_that_cannot_be_used_is_named() {
    let error =
        Config::load(Some(Path::new("/nowhere/strongroom.toml")), [], Overrides::default()).expect_err("absent");
    assert_eq!(error.to_string(), "cannot read the configuration file /nowhere/strongroom.toml");

    let file = TempFile::holding("[database]\nusername = \"ada\"\npassword = \"s3cret\n");
    let error = file.load().expect_err("no TOML");
    assert!(error.to_string().starts_with(&format!("{}, line 3: ", file.path().display())), "{error}");
    assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
}

#[test]
fn the_data_dir_can_hold_a_database() {
    assert_refused("STRONGROOM__DATA_DIR", "");
    assert_refused("STRONGROOM__DATA_DIR", "data?sync=never");
    load_with(&[("STRONGROOM__DATA_DIR", "what?"), ("STRONGROOM__DATABASE__URL", "mem://")]).expect("no path in a URL");
}

#[test]
fn only_our_variables_are_taken_from_the_process() {
    let ours = process_environment().expect("UTF-8");
    assert!(ours.iter().all(|(name, _)| name.starts_with(ENVIRONMENT_PREFIX)));
}
