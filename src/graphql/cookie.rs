//! The cookie that keeps a browser signed in.

use async_graphql::Context;
use secrecy::ExposeSecret;

use crate::services::Services;
use crate::services::sessions::Session;

/// How the session cookie is called and how it is set (RFC 6265).
pub struct SessionCookie {
    is_secure: bool,
    max_age_seconds: u64,
}

impl SessionCookie {
    /// As this installation sets it: only over TLS, and bound to the host, where it is reached by https.
    pub fn of(services: &Services) -> Self {
        let config = services.config();
        Self {
            is_secure: config.server.public_url.starts_with("https://"),
            max_age_seconds: config.auth.refresh_token_ttl_seconds,
        }
    }

    /// Its name. A browser takes a `__Host-` cookie only from this very host, by https (RFC 6265bis section 4.1.3.2).
    pub fn name(&self) -> &'static str {
        if self.is_secure { "__Host-strongroom" } else { "strongroom" }
    }

    fn set(&self, value: &str, max_age_seconds: u64) -> String {
        let secure = if self.is_secure { "; Secure" } else { "" };
        format!("{}={value}; Path=/; Max-Age={max_age_seconds}; HttpOnly; SameSite=Strict{secure}", self.name())
    }
}

/// Gives the browser the cookie of a session that has begun, where it wants one.
pub(super) fn keep(ctx: &Context<'_>, services: &Services, session: &Session) {
    if let Some(value) = &session.cookie {
        let cookie = SessionCookie::of(services);
        ctx.append_http_header("set-cookie", cookie.set(value.expose_secret(), cookie.max_age_seconds));
    }
}

/// Takes the cookie away.
pub(super) fn clear(ctx: &Context<'_>, services: &Services) {
    ctx.append_http_header("set-cookie", SessionCookie::of(services).set("", 0));
}
