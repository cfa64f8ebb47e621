//! One file, one share, and everybody who stands in some relation to them or in none.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use strongroom::domain::role::Role;
use strongroom::services::Caller;
use tempfile::TempDir;

use super::rules::{shipped_model, shipped_policy};
use crate::harness::TestApp;
use crate::harness::app::{TestAppBuilder, email_of};
use crate::harness::authenticator::{Ceremony, SoftPasskey};
use crate::harness::client::{Client, PASSWORD};
use crate::harness::documents::docx;
use crate::harness::mail_sink::MailSink;
use crate::harness::socket::{Socket, event_id};
use crate::passkeys;
use crate::second_factor::{Authenticator, ENROL};

/// Who calls, and so what the caller is to the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    Anonymous,
    /// With the access token of a session that is over.
    BadToken,
    WrongClient,
    RightClient,
    WrongOps,
    Admin,
    Owner,
}

impl Who {
    /// The owner last, since only the owner uses things up.
    pub const ALL: [Self; 7] = [
        Self::Anonymous,
        Self::BadToken,
        Self::WrongClient,
        Self::RightClient,
        Self::WrongOps,
        Self::Admin,
        Self::Owner,
    ];

    /// The role in the policy; `None` without a good sign-in.
    pub fn role(self) -> Option<&'static str> {
        match self {
            Self::Anonymous | Self::BadToken => None,
            Self::WrongClient | Self::RightClient => Some("CLIENT"),
            Self::WrongOps | Self::Owner => Some("OPS"),
            Self::Admin => Some("ADMIN"),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::BadToken => "gone",
            Self::WrongClient => "wrong-client",
            Self::RightClient => "right-client",
            Self::WrongOps => "wrong-ops",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }
}

/// A running app with a policy folder of its own.
pub struct World {
    pub app: TestApp,
    /// Uploaded by the owner and shared with the right Client.
    pub file: String,
    pub share: String,
    /// A Client and an Ops user who never call.
    pub some_client: Value,
    pub some_ops: Value,
    pub spent: Spent,
    callers: HashMap<Who, Client>,
    links: HashMap<Who, String>,
    /// Of the Client who never calls.
    passkey: SoftPasskey,
    /// What each was told by a subscription before this round, by its field.
    marks: HashMap<(Who, &'static str), String>,
    policies: TempDir,
    _mail_server: MailSink,
    counter: AtomicU32,
}

/// What can be used only once: made anew for every round.
#[derive(Default)]
pub struct Spent {
    pub file: String,
    pub share: String,
    /// A file in the trash of the owner.
    pub trashed: String,
    /// A mail that was given up.
    pub dead_mail: String,
    pub refresh_tokens: HashMap<Who, String>,
    /// Two for each: one for the schema, one for the page.
    pub verification_tokens: HashMap<(Who, &'static str), String>,
    /// First codes of second factors that were begun.
    pub totp_codes: HashMap<Who, String>,
    /// Of accounts that nobody uses, two for each caller.
    pub reset_tokens: HashMap<(Who, &'static str), String>,
    pub email_tokens: HashMap<(Who, &'static str), String>,
    /// Somebody with the role of each.
    pub spares: HashMap<Who, Client>,
    /// Invitations that the owner has given, one for each to take back.
    pub invitations: HashMap<Who, String>,
    /// Ops users that administrators change and delete, by what they are for.
    pub people: HashMap<&'static str, String>,
    /// Ids of sessions that nobody uses.
    pub other_sessions: HashMap<Who, String>,
    /// Ids of passkeys that nobody uses.
    pub passkeys: HashMap<Who, String>,
    /// What adds another one, and what signs in with one: a state and its answer.
    pub new_passkeys: HashMap<Who, (String, Value)>,
    pub passkey_logins: HashMap<Who, (String, Value)>,
    sessions: HashMap<Who, Client>,
}

const LOGIN: &str =
    "mutation($input: LoginInput!) { login(input: $input) { accessToken refreshToken user { id email } } }";
/// What each role can be told.
const WATCHES: [(&str, &str, &str); 3] = [
    ("CLIENT", "Subscription.fileShared", "subscription { fileShared { id } }"),
    ("OPS", "Subscription.fileDownloaded", "subscription { fileDownloaded { at } }"),
    ("ADMIN", "Subscription.auditEvent", "subscription { auditEvent { id } }"),
];
pub const SIGNUP: &str = "mutation($input: SignupInput!) { signup(input: $input) { email } }";

impl World {
    /// Everybody, under the shipped policy.
    pub async fn open() -> Self {
        Self::open_with(|builder| builder).await
    }

    /// The same, with an app that is set up further.
    pub async fn open_with(set_up: impl Fn(TestAppBuilder) -> TestAppBuilder) -> Self {
        let policies = tempfile::tempdir().unwrap();
        std::fs::write(policies.path().join("model.conf"), shipped_model()).unwrap();
        std::fs::write(policies.path().join("policy.csv"), shipped_policy()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mail_server = MailSink::start(folder.path().join("data/mail")).await;
        let builder = TestApp::builder()
            .below(folder)
            .at_localhost()
            .with("MAIL__TRANSPORT", "smtp")
            .with("MAIL__SMTP__URL", &mail_server.url)
            .with("POLICY__DIR", policies.path().to_str().unwrap())
            .with("RATE_LIMITS__ENABLED", "false");
        let app = set_up(builder).start().await;
        let mut callers = HashMap::from([(Who::Anonymous, app.anonymous())]);
        for who in [Who::WrongOps, Who::Owner] {
            callers.insert(who, app.ops(who.name()).await);
        }
        callers.insert(Who::Admin, app.admin(Who::Admin.name()).await);
        for who in [Who::WrongClient, Who::RightClient] {
            callers.insert(who, app.client(who.name()).await);
        }
        let gone = app.sign_in(Who::Owner.name()).await;
        gone.data("mutation { logout }", json!({})).await;
        callers.insert(Who::BadToken, gone);
        let some_client = app.client("some-client").await;
        let (passkey, _) = passkeys::added(&app, &some_client, "Phone").await;
        app.ops("some-ops").await;

        let (owner, wrong_ops) = (&callers[&Who::Owner], &callers[&Who::WrongOps]);
        let file = owner.upload("report.docx", &docx("report", &[])).await;
        let share = owner.share(&file, &email_of(Who::RightClient.name())).await;
        // Whoever is wrong has something of the same kind: an answer that ignores whose it is would show.
        let other = wrong_ops.upload("other.docx", &docx("other", &[])).await;
        wrong_ops.share(&other, &email_of(Who::WrongClient.name())).await;
        let mut links = HashMap::new();
        for who in [Who::Owner, Who::RightClient] {
            links.insert(who, callers[&who].link(&file).await);
        }
        // From now on, what is made is younger: the file stays on the first page.
        app.clock.advance_seconds(1);
        let mut world = Self {
            app,
            file: file["id"].as_str().unwrap().to_owned(),
            share: share["id"].as_str().unwrap().to_owned(),
            some_client: Value::Null,
            some_ops: Value::Null,
            spent: Spent::default(),
            callers,
            links,
            passkey,
            marks: HashMap::new(),
            policies,
            _mail_server: mail_server,
            counter: AtomicU32::new(0),
        };
        world.some_client = world.log_in("some-client").await["user"].clone();
        world.some_ops = world.log_in("some-ops").await["user"].clone();
        world
    }

    pub fn policy_folder(&self) -> &Path {
        self.policies.path()
    }

    /// Puts a policy into its file, whole at once, as a careful operator does.
    pub fn write_policy(&self, text: &str) {
        let fresh = self.policies.path().join("policy.csv.new");
        std::fs::write(&fresh, text).unwrap();
        std::fs::rename(fresh, self.policies.path().join("policy.csv")).unwrap();
    }

    /// Puts a policy into force without waiting for the next look at the folder.
    pub async fn rule_by(&self, text: &str) {
        self.write_policy(text);
        self.app.services.reload_policy_if_changed().await;
    }

    /// Makes what these callers will use up. Needs the shipped policy.
    pub async fn prepare(&mut self, callers: &[Who]) {
        self.forget_mails();
        // What this round makes stands before what rounds before it have left, in lists that go by time.
        self.app.clock.advance_seconds(1);
        self.marks = marks(&self.callers).await;
        let owner = &self.callers[&Who::Owner];
        let file = owner.upload("spent.docx", &docx("spent", &[])).await;
        let share = owner.share(&file, &email_of(Who::RightClient.name())).await;
        // Somebody is told of it.
        let link = self.callers[&Who::RightClient].link(&file).await;
        assert_eq!(self.callers[&Who::RightClient].get(&link).await.status(), 200);
        let mut spent = Spent {
            file: file["id"].as_str().unwrap().to_owned(),
            share: share["id"].as_str().unwrap().to_owned(),
            trashed: self.trashed_file().await,
            dead_mail: self.dead_mail().await,
            ..Spent::default()
        };
        for what in ["managed", "deleted", "reassigned"] {
            let email = email_of(&format!("{what}-{}", self.counter.fetch_add(1, Ordering::Relaxed)));
            let made = self.app.services.create_user(&Caller::Operator, &email, what, Role::Ops, PASSWORD).await;
            spent.people.insert(what, made.unwrap().id.to_string());
        }
        for &who in callers {
            let invited = owner.data("mutation { invite(role: CLIENT) { id } }", json!({})).await;
            spent.invitations.insert(who, invited["invite"]["id"].as_str().unwrap().to_owned());
            let session = self.log_in(if who.role().is_some() { who.name() } else { "some-client" }).await;
            spent.refresh_tokens.insert(who, session["refreshToken"].as_str().unwrap().to_owned());
            let other = self.log_in(if who.role().is_some() { who.name() } else { "some-client" }).await;
            spent.other_sessions.insert(who, session_of(other["accessToken"].as_str().unwrap()));
            if who.role().is_some() {
                let enrolment = self.callers[&who].data(ENROL, json!({"p": PASSWORD})).await;
                let secret = enrolment["enrolSecondFactor"]["secret"].as_str().unwrap();
                spent.totp_codes.insert(who, Authenticator::new(secret).code(&self.app));
                let (id, new_passkey) = self.passkeys_of(who).await;
                spent.passkeys.insert(who, id);
                spent.new_passkeys.insert(who, new_passkey);
                let token = self.log_in(who.name()).await["accessToken"].as_str().unwrap().to_owned();
                spent.sessions.insert(who, self.callers[&who].with_token(&token));
            }
            for way in ["schema", "page"] {
                let input = self.newcomer();
                self.app.anonymous().data(SIGNUP, json!({"input": input})).await;
                let token = self.app.mailed_token(input["email"].as_str().unwrap()).await;
                spent.verification_tokens.insert((who, way), token);
                spent.reset_tokens.insert((who, way), self.reset_token().await);
                spent.email_tokens.insert((who, way), self.email_token().await);
            }
            let question = passkeys::begin_login(&self.callers[&Who::Anonymous]).await;
            let answer = self.passkey.sign_in(&Ceremony::of_sign_in(&question.options, &self.app.base_url));
            spent.passkey_logins.insert(who, (question.state, answer));
            if let Some(role) = who.role() {
                spent.spares.insert(who, self.spare(Role::parse(role).unwrap()).await.1);
            }
        }
        self.spent = spent;
    }

    /// The one passkey of a caller, and what adds another one.
    async fn passkeys_of(&self, who: Who) -> (String, (String, Value)) {
        let client = &self.callers[&who];
        for former in passkeys::list(client).await {
            client.data(passkeys::REMOVE, json!({"id": former["id"], "p": PASSWORD})).await;
        }
        let origin = &self.app.base_url;
        let (_, view) = passkeys::added_at(origin, client, "Phone").await;
        let question = passkeys::begin(client).await;
        let another = SoftPasskey::make(&question.options);
        let answer = another.register(&Ceremony::of_registration(&question.options, origin));
        (view["id"].as_str().unwrap().to_owned(), (question.state, answer))
    }

    /// Somebody new of this role, by address and signed in.
    async fn spare(&self, role: Role) -> (String, Client) {
        let email = self.newcomer()["email"].as_str().unwrap().to_owned();
        self.app.services.create_user(&Caller::Operator, &email, "Spare", role, PASSWORD).await.unwrap();
        let session = self.log_in(email.strip_suffix("@example.com").unwrap()).await;
        let client = self.callers[&Who::Anonymous].with_token(session["accessToken"].as_str().unwrap());
        (email, client)
    }

    async fn reset_token(&self) -> String {
        let (email, client) = self.spare(Role::Client).await;
        client.data("mutation($e: String!) { requestPasswordReset(email: $e) }", json!({"e": email})).await;
        self.app.services.deliver_due_mails().await.unwrap();
        self.app.mailed_token(&email).await
    }

    async fn email_token(&self) -> String {
        let (_, client) = self.spare(Role::Client).await;
        let new_email = self.newcomer()["email"].as_str().unwrap().to_owned();
        let query = "mutation($e: String!, $p: String!) { requestEmailChange(newEmail: $e, password: $p) }";
        client.data(query, json!({"e": new_email, "p": PASSWORD})).await;
        self.app.services.deliver_due_mails().await.unwrap();
        self.app.mailed_token(&new_email).await
    }

    async fn trashed_file(&self) -> String {
        let owner = &self.callers[&Who::Owner];
        let file = owner.upload("trashed.docx", &docx("trashed", &[])).await;
        owner.data("mutation($id: ID!) { deleteFile(id: $id) }", json!({"id": file["id"]})).await;
        file["id"].as_str().unwrap().to_owned()
    }

    async fn dead_mail(&self) -> String {
        let mut input = self.newcomer();
        input["email"] = format!("refused-{}", input["email"].as_str().unwrap()).into();
        self.app.anonymous().data(SIGNUP, json!({"input": input})).await;
        self.app.services.deliver_due_mails().await.unwrap();
        let query = "{ deadMails(first: 100) { nodes { id recipient } } }";
        let dead = self.callers[&Who::Admin].data(query, json!({})).await;
        let mails = dead["deadMails"]["nodes"].as_array().unwrap();
        let mail = mails.iter().find(|mail| mail["recipient"] == input["email"]).expect("it is refused");
        mail["id"].as_str().unwrap().to_owned()
    }

    /// Looking for a mail reads them all. One that is just being written, under a name with a dot, is left alone.
    fn forget_mails(&self) {
        let mails = std::fs::read_dir(self.app.data_dir().join("mail")).unwrap().flatten();
        for mail in mails.filter(|mail| !mail.file_name().as_encoded_bytes().starts_with(b".")) {
            std::fs::remove_file(mail.path()).unwrap();
        }
    }

    /// The caller; in a session that may end, where it is to end.
    pub fn client(&self, who: Who, ends_session: bool) -> &Client {
        self.spent.sessions.get(&who).filter(|_| ends_session).unwrap_or(&self.callers[&who])
    }

    /// From now on everybody calls another app over the same database.
    pub fn move_to(&mut self, base_url: &str) {
        let of_this_round = self.spent.sessions.values_mut().chain(self.spent.spares.values_mut());
        for client in self.callers.values_mut().chain(of_this_round) {
            base_url.clone_into(&mut client.base_url);
        }
        for link in self.links.values_mut() {
            *link = link.replace(&self.app.base_url, base_url);
        }
    }

    /// The owner has a link of its own; everybody else tries the one that was made for the right Client.
    pub fn link(&self, who: Who) -> &str {
        self.links.get(&who).unwrap_or(&self.links[&Who::RightClient])
    }

    /// The mark of what a subscription told first, where the role of the caller can have one.
    pub fn mark(&self, who: Who, field: &'static str) -> Option<&str> {
        self.marks.get(&(who, field)).map(String::as_str)
    }

    /// What somebody new signs up with.
    pub fn newcomer(&self) -> Value {
        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        json!({"email": email_of(&format!("newcomer-{number}")), "name": "Newcomer", "password": PASSWORD})
    }

    async fn log_in(&self, name: &str) -> Value {
        let input = json!({"email": email_of(name), "password": PASSWORD});
        self.callers[&Who::Anonymous].data(LOGIN, json!({"input": input})).await["login"].clone()
    }
}

/// Has something done that concerns everybody who can be told of anything, and answers what goes on behind that. What it
/// takes is gone afterwards.
async fn marks(callers: &HashMap<Who, Client>) -> HashMap<(Who, &'static str), String> {
    let mut watching = Vec::new();
    for who in Who::ALL {
        let Some((_, field, query)) = WATCHES.iter().find(|(role, ..)| Some(*role) == who.role()) else { continue };
        let mut socket = Socket::of(&callers[&who]).await;
        socket.watch("1", query).await;
        watching.push((who, *field, socket));
    }
    let mut files = Vec::new();
    for (owner, client) in [(Who::Owner, Who::RightClient), (Who::WrongOps, Who::WrongClient)] {
        let (owner, email) = (&callers[&owner], email_of(client.name()));
        let file = owner.upload("mark.docx", &docx("mark", &[])).await;
        owner.share(&file, &email).await;
        let link = callers[&client].link(&file).await;
        assert_eq!(callers[&client].get(&link).await.status(), 200);
        files.push((owner, file["id"].clone()));
    }
    let mut marks = HashMap::new();
    for (who, field, mut socket) in watching {
        marks.insert((who, field), event_id(&socket.event("1").await));
    }
    for (owner, id) in files {
        owner.data("mutation($id: ID!) { deleteFile(id: $id) }", json!({"id": id})).await;
    }
    marks
}

/// The session that an access token names.
fn session_of(access_token: &str) -> String {
    let claims = access_token.split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&BASE64URL_NOPAD.decode(claims.as_bytes()).unwrap()).unwrap();
    claims["sid"].as_str().unwrap().to_owned()
}
