//! The product in process.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use strongroom::app::{App, Surroundings};
use strongroom::config::{Config, Overrides};
use strongroom::crypto::os_random::OsRandom;
use strongroom::crypto::password::PasswordHashing;
use strongroom::domain::clock::ManualClock;
use strongroom::domain::role::Role;
use strongroom::domain::timestamp::Timestamp;
use strongroom::http::FrontEnd;
use strongroom::http::serve::serve;
use strongroom::services::{Caller, Services};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

use super::client::{Client, LOGIN, PASSWORD};

/// A running app. Everything of it goes when it is dropped.
pub struct TestApp {
    pub base_url: String,
    pub clock: Arc<ManualClock>,
    pub services: Arc<Services>,
    pub folder: TempDir,
    _serving: AbortOnDropHandle<()>,
    _background: Vec<AbortOnDropHandle<()>>,
}

/// Settings of an app, as environment variables would give them.
pub struct TestAppBuilder {
    settings: Vec<(String, String)>,
    folder: Option<TempDir>,
    hashing: Option<PasswordHashing>,
    host: &'static str,
    front_end: FrontEnd,
}

impl TestApp {
    /// In memory, with the defaults.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// The same without limits on tries and mails, for tests that try very often.
    pub async fn unlimited() -> Self {
        Self::builder().with("RATE_LIMITS__ENABLED", "false").start().await
    }

    pub fn builder() -> TestAppBuilder {
        let mut builder = TestAppBuilder {
            settings: Vec::new(),
            folder: None,
            hashing: Some(PasswordHashing::weak_for_tests()),
            host: "127.0.0.1",
            front_end: FrontEnd::none(),
        };
        builder.set("DATABASE__URL", "mem://");
        builder.set("STORAGE__BACKEND", "memory");
        builder
    }

    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The files of the local storage, finished or not.
    pub fn objects(&self) -> Vec<PathBuf> {
        files_below(&self.data_dir().join("objects"))
    }

    pub fn anonymous(&self) -> Client {
        Client::new(&self.base_url, None)
    }

    /// A signed-in Ops user, `NAME@example.com`.
    pub async fn ops(&self, name: &str) -> Client {
        self.made_by_operator(name, Role::Ops).await
    }

    /// A signed-in Admin, `NAME@example.com`.
    pub async fn admin(&self, name: &str) -> Client {
        self.made_by_operator(name, Role::Admin).await
    }

    async fn made_by_operator(&self, name: &str, role: Role) -> Client {
        let email = email_of(name);
        self.services.create_user(&Caller::Operator, &email, name, role, PASSWORD).await.unwrap();
        self.sign_in(name).await
    }

    /// A signed-in Client, `NAME@example.com`, who has gone the whole way: sign-up, mail, confirmation.
    pub async fn client(&self, name: &str) -> Client {
        let email = email_of(name);
        let input = json!({"email": email, "name": name, "password": PASSWORD});
        self.anonymous()
            .data("mutation($input: SignupInput!) { signup(input: $input) { email } }", json!({"input": input}))
            .await;
        let token = self.mailed_token(&email).await;
        let data = self
            .anonymous()
            .data(
                "mutation($t: String!, $p: String!) { verifyEmail(token: $t, password: $p) { accessToken } }",
                json!({"t": token, "p": PASSWORD}),
            )
            .await;
        Client::new(&self.base_url, data["verifyEmail"]["accessToken"].as_str())
    }

    /// Signs `NAME@example.com` in once more.
    pub async fn sign_in(&self, name: &str) -> Client {
        let input = json!({"email": email_of(name), "password": PASSWORD});
        let data = self.anonymous().data(LOGIN, json!({"input": input})).await;
        Client::new(&self.base_url, data["login"]["accessToken"].as_str())
    }

    /// The mails to an address, latest first, once there is one at least.
    pub async fn mails_to(&self, email: &str) -> Vec<String> {
        for _ in 0..1000 {
            let mut mails: Vec<(std::time::SystemTime, String)> = Vec::new();
            for entry in std::fs::read_dir(self.data_dir().join("mail")).into_iter().flatten().flatten() {
                // A mail that is being written has another name a moment later.
                let Ok(written) = entry.metadata().and_then(|metadata| metadata.modified()) else { continue };
                let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
                // A mail that is still being written begins with a dot.
                let is_whole = !entry.file_name().as_encoded_bytes().starts_with(b".");
                if is_whole && text.lines().any(|line| line == format!("To: {email}")) {
                    mails.push((written, text));
                }
            }
            if !mails.is_empty() {
                mails.sort();
                return mails.into_iter().rev().map(|(_, text)| text).collect();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no mail came");
    }

    /// The token of the latest mail to an address that carries one.
    pub async fn mailed_token(&self, email: &str) -> String {
        let mails = self.mails_to(email).await;
        let line = mails.iter().flat_map(|mail| mail.lines()).find(|line| line.contains("?token="));
        line.and_then(|line| line.split("?token=").nth(1)).expect("a mail with a token").to_owned()
    }
}

impl TestAppBuilder {
    /// Sets `SECTION__KEY` as `STRONGROOM__SECTION__KEY` would.
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.set(key, value);
        self
    }

    /// Database and objects on disk, below `folder` if it is given: an app that is started again.
    pub fn on_disk(mut self, folder: Option<TempDir>) -> Self {
        self.settings.retain(|(key, _)| !key.ends_with("DATABASE__URL") && !key.ends_with("STORAGE__BACKEND"));
        self.folder = folder;
        self
    }

    /// Below this folder, with the database in memory.
    pub fn below(mut self, folder: TempDir) -> Self {
        self.folder = Some(folder);
        self
    }

    /// Passwords cost what they cost in production, by the settings.
    pub fn hashing_as_configured(mut self) -> Self {
        self.hashing = None;
        self
    }

    /// Whoever signs in stays so for months, whatever the clock does.
    pub fn signed_in_for_long(self) -> Self {
        self.with("AUTH__ACCESS_TOKEN_TTL_SECONDS", "31536000").with("AUTH__REFRESH_TOKEN_TTL_SECONDS", "31536000")
    }

    /// Behind a proxy: [`Client::from`] is believed.
    pub fn behind_proxy(self) -> Self {
        self.with("SERVER__TRUSTED_PROXIES", "[\"127.0.0.1\"]")
    }

    /// Reached as `localhost`, where browsers keep passkeys.
    pub fn at_localhost(mut self) -> Self {
        self.host = "localhost";
        self
    }

    /// With the web front end that was built in; else plain pages do its job.
    pub fn with_front_end(mut self) -> Self {
        self.front_end = FrontEnd::built_in();
        self
    }

    fn set(&mut self, key: &str, value: &str) {
        let key = format!("STRONGROOM__{key}");
        self.settings.retain(|(old, _)| *old != key);
        self.settings.push((key, value.to_owned()));
    }

    /// What is set, as environment variables: for the program in a process of its own.
    pub fn settings(&self) -> &[(String, String)] {
        &self.settings
    }

    pub async fn start(self) -> TestApp {
        self.try_start().await.unwrap()
    }

    /// Starts it, or answers why it does not.
    pub async fn try_start(mut self) -> anyhow::Result<TestApp> {
        super::silence_traces();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}:{}", self.host, listener.local_addr().unwrap().port());
        let folder = self.folder.take().unwrap_or_else(|| tempfile::tempdir().unwrap());
        if !self.settings.iter().any(|(key, _)| key.ends_with("SERVER__PUBLIC_URL")) {
            self.set("SERVER__PUBLIC_URL", &base_url);
        }
        self.set("DATA_DIR", &folder.path().join("data").to_string_lossy());
        let config = Config::load(None, self.settings, Overrides::default()).unwrap();
        let clock = Arc::new(ManualClock::starting_at(Timestamp::parse_rfc3339("2026-11-21T09:30:00Z").unwrap()));
        let write_timeout = Duration::from_secs(config.server.write_timeout_seconds);
        let (random, hashing) = (Arc::new(OsRandom), self.hashing);
        let surroundings = Surroundings { clock: clock.clone(), random, hashing, front_end: self.front_end };
        let app = App::build(config, surroundings).await?;
        let background = app.start_background_work();
        let serving = tokio::spawn(serve(listener, app.router.clone(), write_timeout, std::future::pending()));
        Ok(TestApp {
            base_url,
            clock,
            services: app.services,
            folder,
            _serving: AbortOnDropHandle::new(serving),
            _background: background,
        })
    }
}

pub fn email_of(name: &str) -> String {
    format!("{name}@example.com")
}

/// All files in a folder and in the folders in it.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}
