//! `strongroom serve`.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::control::ControlSocket;
use super::log;
use crate::app::{App, Surroundings};
use crate::config::{Config, MailTransport};
use crate::http::serve::serve;

/// How long mails that are under way are waited for at the end.
const LAST_MAILS: Duration = Duration::from_secs(10);

pub(super) async fn run(config: Config) -> anyhow::Result<()> {
    log::start(&config)?;
    let (address, control_socket) = (config.server.listen, config.control_socket());
    let write_timeout = Duration::from_secs(config.server.write_timeout_seconds);
    if !config.rate_limits.enabled {
        tracing::warn!("EVERY RATE LIMIT IS SWITCHED OFF by rate_limits.enabled = false");
    }
    if config.mail.transport == MailTransport::Log {
        tracing::warn!("NO MAIL REACHES ANYBODY: mail.transport is \"log\"");
    }
    let app = App::build(config, Surroundings::default()).await.context("the server cannot start")?;
    let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    let control = ControlSocket::listen(&control_socket, Arc::clone(&app.services))?;
    let background = app.start_background_work();
    announce(&app, listener.local_addr()?).await?;
    serve(listener, app.router.clone(), write_timeout, stop_signal()?).await;
    drop((control, background));
    app.services.finish_mails(LAST_MAILS).await;
    app.services.close().await;
    tracing::info!("the server has stopped");
    Ok(())
}

/// To the terminal and not to the log: the invitation is a secret.
async fn announce(app: &App, address: std::net::SocketAddr) -> anyhow::Result<()> {
    println!("Strongroom listens on http://{address}");
    if let Some(invitation) = app.services.invite_first_admin().await? {
        println!("There is no Admin yet. This invitation makes the first one:");
        println!("  {}", invitation.token.expose_secret());
        println!("  {}", app.services.invitation_link(&invitation.token));
        println!("It is good until {}, or until the server starts again.", invitation.expires_at.to_rfc3339());
    }
    tracing::info!(%address, "the server is ready");
    Ok(())
}

fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("the server was told to stop and finishes what it has begun");
    })
}
