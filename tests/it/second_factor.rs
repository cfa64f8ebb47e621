//! A second factor, from enrolment to the last recovery code.

mod codes;
mod life;
mod picture;
mod recovery;
mod required;
mod secrecy;

use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;
use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::client::{Client, PASSWORD, Reply};

pub const ENROL: &str = "mutation($p: String!) { enrolSecondFactor(password: $p) { secret uri qrSvg } }";
pub const CONFIRM: &str = "mutation($c: String!) { confirmSecondFactor(code: $c) { codes } }";
pub const DISABLE: &str = "mutation($p: String!) { disableSecondFactor(password: $p) }";
pub const RENEW: &str = "mutation($p: String!) { renewRecoveryCodes(password: $p) { codes } }";
pub const STATUS: &str = "{ secondFactor { enabled required recoveryCodesLeft } }";
pub const LOGIN: &str = "mutation($input: LoginInput!) { login(input: $input) { accessToken refreshToken } }";
/// For how long a code is shown.
pub const STEP_SECONDS: u64 = 30;

/// What shows the codes: six lines of RFC 4226 section 5.3, which know nothing of the product.
pub struct Authenticator(Vec<u8>);

impl Authenticator {
    pub fn new(secret: &str) -> Self {
        Self(BASE32_NOPAD.decode(secret.as_bytes()).unwrap())
    }

    pub fn code_at(&self, unix_seconds: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &(unix_seconds / 30).to_be_bytes());
        let offset = usize::from(tag.as_ref()[19] & 15);
        let number = u32::from_be_bytes(tag.as_ref()[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }

    /// What it shows now, by the clock of the app.
    pub fn code(&self, app: &TestApp) -> String {
        self.code_at(app.services.now().as_unix_seconds())
    }

    /// A code that is wrong now and for an hour around.
    pub fn wrong_code(&self, app: &TestApp) -> String {
        let now = app.services.now().as_unix_seconds();
        let near: Vec<_> = (-120..120).map(|step| self.code_at(now + 30 * step)).collect();
        (0..).map(|number| format!("{number:06}")).find(|code| !near.contains(code)).unwrap()
    }
}

/// Somebody whose second factor is in force.
pub struct Enrolled {
    pub client: Client,
    pub authenticator: Authenticator,
    pub recovery_codes: Vec<String>,
}

/// Enrols, and confirms with the present code.
pub async fn enrol(app: &TestApp, client: &Client) -> Enrolled {
    let data = client.data(ENROL, json!({"p": PASSWORD})).await;
    let authenticator = Authenticator::new(data["enrolSecondFactor"]["secret"].as_str().unwrap());
    let data = client.data(CONFIRM, json!({"c": authenticator.code(app)})).await;
    let recovery_codes = texts(&data["confirmSecondFactor"]["codes"]);
    Enrolled { client: client.clone(), authenticator, recovery_codes }
}

pub fn texts(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// Tries to sign `NAME@example.com` in.
pub async fn login(app: &TestApp, name: &str, password: &str, code: Option<&str>) -> Reply {
    let input = json!({"email": email_of(name), "password": password, "totpCode": code});
    app.anonymous().send(LOGIN, json!({"input": input})).await
}

/// The code of the answer; the empty string when somebody is signed in.
pub async fn login_code(app: &TestApp, name: &str, code: &str) -> String {
    login(app, name, PASSWORD, Some(code)).await.code().to_owned()
}

pub async fn status(client: &Client) -> Value {
    client.data(STATUS, json!({})).await["secondFactor"].clone()
}

/// The words of every mail about a second factor to `NAME@example.com`.
pub async fn notices(app: &TestApp, name: &str) -> Vec<String> {
    let mails = crate::accounts::mails(app, &email_of(name)).await;
    mails.into_iter().filter(|mail| mail.contains("The second factor of your Strongroom account")).collect()
}
