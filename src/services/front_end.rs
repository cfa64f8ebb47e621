//! What a front end has to know of the installation before anybody has signed in.

use std::path::{Path, PathBuf};

use super::Services;
use crate::config::{Config, MailTransport};

/// What is no secret, and what a form needs to explain itself.
#[derive(Clone, Debug)]
pub struct FrontEndSettings {
    /// Who may become a Client: `open`, `invite` or `closed`.
    pub client_signup: &'static str,
    /// Who may become Ops, in the same words.
    pub ops_signup: &'static str,
    /// Where mail goes to files, and only people at this machine can ask: the folder.
    pub mail_folder: Option<PathBuf>,
    /// Where browsers keep passkeys for this server, if they do.
    pub passkey_origin: Option<String>,
    /// What may be uploaded, in lower case and without a dot.
    pub allowed_extensions: Vec<String>,
    /// The largest file.
    pub max_file_bytes: u64,
    /// Whether a file may be shared with every Client.
    pub every_client_allowed: bool,
    /// How long a deleted file can be brought back; 0 where there is no trash.
    pub trash_days: u64,
}

impl Services {
    /// What a front end has to know, by the configuration.
    pub fn front_end_settings(&self) -> FrontEndSettings {
        let config = self.config();
        FrontEndSettings {
            client_signup: config.signup.client.as_str(),
            ops_signup: config.signup.ops.as_str(),
            mail_folder: mail_folder(config),
            passkey_origin: config.server.passkey_site().map(|(_, origin)| origin),
            allowed_extensions: config.uploads.allowed_extensions.clone(),
            max_file_bytes: config.uploads.max_file_bytes,
            every_client_allowed: config.sharing.every_client_allowed,
            trash_days: config.retention.trash_days,
        }
    }
}

/// The folder of the mails, for a first try: a server that listens for its own machine alone and is known by a name of it. To
/// anybody else the folder would be of no use, and tell how the machine is laid out.
fn mail_folder(config: &Config) -> Option<PathBuf> {
    let host = config.server.public_host();
    let is_loopback =
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    let is_private = is_loopback && config.server.listen.ip().is_loopback();
    let folder = config.mail_dir();
    let folder = std::path::absolute(Path::new(&folder)).unwrap_or(folder);
    (is_private && config.mail.transport == MailTransport::File).then_some(folder)
}
