//! Commands of whoever runs the machine: asked of the running server by its socket or, where none runs, done here.

use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio_util::task::AbortOnDropHandle;

use super::control;
use crate::app::{App, Surroundings};
use crate::config::Config;
use crate::crypto::key_ring::Purpose;
use crate::domain::role::Role;
use crate::services::backup::{BackupOptions, BackupReport};
use crate::services::keys::{AddedKey, Retired, RingReport, RotationStatus};
use crate::services::progress::{Progress, Reached};
use crate::services::storage_copy::ObjectPage;
use crate::services::verify::{VerifyOptions, VerifyReport};
use crate::services::{Caller, Error, Services};

/// How often whoever waits is told how far a long work is.
pub(super) const TELL_EVERY: Duration = Duration::from_millis(500);

/// What can be asked.
#[derive(Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Request {
    CreateUser { email: String, name: String, role: String, password: String },
    Invite { role: String, email: Option<String> },
    ListKeys,
    RotateKeys { purposes: Vec<String> },
    RotateToAddedKeys { added: Vec<AddedKey> },
    AbandonRotation,
    RotationStatus,
    RetireKey { id: String, void_tokens: bool },
    Verify(VerifyOptions),
    Backup(BackupOptions),
    ListObjects { after: Option<String> },
}

/// What is answered.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answer {
    User {
        id: String,
    },
    Invitation {
        token: String,
        link: String,
        expires_at: String,
    },
    Keys {
        report: RingReport,
    },
    Rotation {
        status: Option<RotationStatus>,
    },
    Retired {
        before: bool,
    },
    Verified(VerifyReport),
    BackedUp(BackupReport),
    Objects(ObjectPage),
    Refused {
        message: String,
    },
    /// Not the answer yet: how far the work is.
    Reached(Reached),
}

/// Whoever does what is asked: the running server or, where none runs, this process.
pub(super) enum Link {
    Server(PathBuf),
    Here { app: Box<App>, keeping: Option<AbortOnDropHandle<()>> },
}

impl Link {
    pub(super) async fn open(config: Config) -> anyhow::Result<Self> {
        let socket = config.control_socket();
        if control::is_listened_on(&socket).await {
            return Ok(Self::Server(socket));
        }
        let app = App::build(config, Surroundings::default()).await.context("cannot open the installation")?;
        Ok(Self::Here { app: Box::new(app), keeping: None })
    }

    pub(super) fn is_server(&self) -> bool {
        matches!(self, Self::Server(_))
    }

    pub(super) async fn ask(&self, request: Request) -> anyhow::Result<Answer> {
        self.ask_and_watch(request, &mut |_| {}).await
    }

    /// The same for what takes long: `show` is told every now and then how far it is.
    pub(super) async fn ask_and_watch(
        &self,
        request: Request,
        show: &mut (dyn FnMut(Reached) + Send),
    ) -> anyhow::Result<Answer> {
        match self {
            Self::Server(socket) => control::ask(socket, &request, show).await?.context("the server has stopped"),
            Self::Here { app, .. } => {
                let progress = Progress::default();
                Ok(watch(perform(&app.services, request, &progress), &progress, show).await)
            }
        }
    }

    /// Goes on with a rotation, as a server does by itself.
    pub(super) fn keep_keys(&mut self) {
        if let Self::Here { app, keeping } = self {
            let services = Arc::clone(&app.services);
            *keeping = Some(AbortOnDropHandle::new(tokio::spawn(async move { services.keep_keys().await })));
        }
    }

    pub(super) async fn close(self) {
        if let Self::Here { app, keeping } = self {
            drop(keeping);
            app.services.close().await;
        }
    }
}

/// Asks the running server, or does it here where none runs.
pub(super) async fn ask(config: Config, request: Request) -> anyhow::Result<Answer> {
    ask_and_watch(config, request, &mut |_| {}).await
}

/// The same for what takes long: `show` is told every now and then how far it is.
pub(super) async fn ask_and_watch(
    config: Config,
    request: Request,
    show: &mut (dyn FnMut(Reached) + Send),
) -> anyhow::Result<Answer> {
    let link = Link::open(config).await?;
    let answer = link.ask_and_watch(request, show).await;
    link.close().await;
    answer
}

/// Waits for a work, and tells how far it is meanwhile.
pub(super) async fn watch<T>(
    work: impl Future<Output = T>,
    progress: &Progress,
    show: &mut (dyn FnMut(Reached) + Send),
) -> T {
    let mut work = pin!(work);
    loop {
        match tokio::time::timeout(TELL_EVERY, &mut work).await {
            Ok(done) => return done,
            Err(_) => show(progress.reached()),
        }
    }
}

/// Does what is asked, as the operator.
pub(super) async fn perform(services: &Services, request: Request, progress: &Progress) -> Answer {
    let done = match request {
        Request::CreateUser { email, name, role, password } => {
            create_user(services, &email, &name, &role, password.into()).await
        }
        Request::Invite { role, email } => invite(services, &role, email.as_deref()).await,
        Request::ListKeys => services.list_keys(&Caller::Operator).await.map(|report| Answer::Keys { report }),
        Request::RotateKeys { purposes } => rotate_keys(services, &purposes).await,
        Request::RotateToAddedKeys { added } => services
            .rotate_to_added_keys(&Caller::Operator, &added)
            .await
            .map(|status| Answer::Rotation { status: Some(status) }),
        Request::AbandonRotation => {
            services.abandon_rotation(&Caller::Operator).await.map(|()| Answer::Rotation { status: None })
        }
        Request::RotationStatus => {
            services.rotation_status(&Caller::Operator).await.map(|status| Answer::Rotation { status })
        }
        Request::RetireKey { id, void_tokens } => services
            .retire_key(&Caller::Operator, &id, void_tokens)
            .await
            .map(|retired| Answer::Retired { before: retired == Retired::Before }),
        Request::Verify(options) => services.verify(&Caller::Operator, &options, progress).await.map(Answer::Verified),
        Request::Backup(options) => services.back_up(&Caller::Operator, &options, progress).await.map(Answer::BackedUp),
        Request::ListObjects { after } => {
            services.list_objects(&Caller::Operator, after.as_deref()).await.map(Answer::Objects)
        }
    };
    done.unwrap_or_else(|failure| {
        let cause = std::error::Error::source(&failure).map(|cause| format!(" ({cause})")).unwrap_or_default();
        Answer::Refused { message: format!("{failure}{cause}") }
    })
}

async fn create_user(
    services: &Services,
    email: &str,
    name: &str,
    role: &str,
    password: SecretString,
) -> Result<Answer, Error> {
    let role = parse_role(role)?;
    let user = services.create_user(&Caller::Operator, email, name, role, password.expose_secret()).await?;
    Ok(Answer::User { id: user.id.to_string() })
}

async fn invite(services: &Services, role: &str, email: Option<&str>) -> Result<Answer, Error> {
    let invitation = services.invite(&Caller::Operator, parse_role(role)?, email).await?;
    Ok(Answer::Invitation {
        token: invitation.token.expose_secret().to_owned(),
        link: services.invitation_link(&invitation.token),
        expires_at: invitation.expires_at.to_rfc3339(),
    })
}

async fn rotate_keys(services: &Services, purposes: &[String]) -> Result<Answer, Error> {
    let parse =
        |name: &String| Purpose::parse(name).ok_or_else(|| Error::input("purpose", "There is no such purpose."));
    let purposes: Vec<Purpose> = purposes.iter().map(parse).collect::<Result<_, _>>()?;
    let status = services.rotate_keys(&Caller::Operator, &purposes).await?;
    Ok(Answer::Rotation { status: Some(status) })
}

fn parse_role(role: &str) -> Result<Role, Error> {
    Role::parse(role).ok_or_else(|| Error::input("role", "The roles are ADMIN, OPS and CLIENT."))
}
