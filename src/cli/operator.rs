//! Commands of whoever runs the machine: asked of the running server by its socket or, where none runs, done here.

use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::control;
use crate::app::{App, Surroundings};
use crate::config::Config;
use crate::domain::role::Role;
use crate::services::{Caller, Error, Services};

/// What can be asked.
#[derive(Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Request {
    CreateUser { email: String, name: String, role: String, password: String },
    Invite { role: String, email: Option<String> },
}

/// What is answered.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answer {
    User { id: String },
    Invitation { token: String, link: String, expires_at: String },
    Refused { message: String },
}

/// Asks the running server, or does it here where none runs.
pub(super) async fn ask(config: Config, request: Request) -> anyhow::Result<Answer> {
    if let Some(answer) = control::ask(&config.control_socket(), &request).await? {
        return Ok(answer);
    }
    let app = App::build(config, Surroundings::default()).await.context("cannot open the installation")?;
    let answer = perform(&app.services, request).await;
    app.services.close().await;
    Ok(answer)
}

/// Does what is asked, as the operator.
pub(super) async fn perform(services: &Services, request: Request) -> Answer {
    let done = match request {
        Request::CreateUser { email, name, role, password } => {
            create_user(services, &email, &name, &role, password.into()).await
        }
        Request::Invite { role, email } => invite(services, &role, email.as_deref()).await,
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

fn parse_role(role: &str) -> Result<Role, Error> {
    Role::parse(role).ok_or_else(|| Error::input("role", "The roles are ADMIN, OPS and CLIENT."))
}
