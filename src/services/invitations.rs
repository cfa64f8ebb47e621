//! Permissions to sign up.

use secrecy::{ExposeSecret, SecretString};

use super::accounts::parse_email;
use super::{Caller, Error, Services};
use crate::crypto::secret_token::{self, TokenKind};
use crate::domain::email::EmailAddress;
use crate::domain::event::Action;
use crate::domain::id::InvitationId;
use crate::domain::permission::Permission;
use crate::domain::role::Role;
use crate::domain::timestamp::Timestamp;
use crate::store;
use crate::store::invitation::FIRST_START;

/// An invitation as its issuer gets it: the only time its token is seen.
#[derive(Debug)]
pub struct IssuedInvitation {
    /// The token.
    pub token: SecretString,
    /// The role it gives.
    pub role: Role,
    /// The only address it works for.
    pub email: Option<EmailAddress>,
    /// When it expires.
    pub expires_at: Timestamp,
}

impl Services {
    /// Issues an invitation.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Forbidden`] for a role the caller may not invite; [`Error::Input`].
    pub async fn invite(&self, caller: &Caller, role: Role, email: Option<&str>) -> Result<IssuedInvitation, Error> {
        let issuer = match caller {
            Caller::Operator => "operator".to_owned(),
            _ => self.admit(caller, Permission::InvitationCreate)?.user.id.key(),
        };
        if !self.may(caller, Permission::InvitationCreate, &[Self::relation_to_role(role)]) {
            return Err(Error::Forbidden);
        }
        let email = email.map(parse_email).transpose()?;
        let (issued, row) = self.new_invitation(role, email, issuer)?;
        let event = self.event_by(caller, Action::InvitationCreated, row.id);
        self.store.create_invitation(&row, &event).await?;
        Ok(issued)
    }

    /// An invitation for the first Admin, where there is no Admin and no Ops user yet. The one before it is void.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn invite_first_admin(&self) -> Result<Option<IssuedInvitation>, Error> {
        let privileged = self.store.count_users(Role::Admin).await? + self.store.count_users(Role::Ops).await?;
        if privileged > 0 {
            self.store.void_invitations(FIRST_START).await?;
            return Ok(None);
        }
        let (issued, row) = self.new_invitation(Role::Admin, None, FIRST_START.to_owned())?;
        let event = self.event_by_system(Action::InvitationCreated, row.id);
        self.store.replace_invitations(&row, &event).await?;
        Ok(Some(issued))
    }

    /// The page where an invitation is used.
    pub fn invitation_link(&self, token: &SecretString) -> String {
        format!("{}/signup?invitation={}", self.config.server.public_url, token.expose_secret())
    }

    pub(super) async fn find_good_invitation(&self, token: &str) -> Result<store::invitation::Invitation, Error> {
        let hash = secret_token::hash(TokenKind::Invitation, token).map_err(|_| Error::InvalidToken)?;
        let invitation = self.store.find_invitation_by_token(&hash).await?;
        invitation.filter(|invitation| self.now() < invitation.expires_at).ok_or(Error::InvalidToken)
    }

    fn new_invitation(
        &self,
        role: Role,
        email: Option<EmailAddress>,
        issuer: String,
    ) -> Result<(IssuedInvitation, store::invitation::Invitation), Error> {
        let token = secret_token::generate(&*self.random);
        let expires_at = self.now().plus_seconds(self.config.auth.invitation_ttl_seconds);
        let row = store::invitation::Invitation {
            id: InvitationId::generate(&*self.random),
            token_hash: secret_token::hash(TokenKind::Invitation, token.expose_secret())?,
            role,
            email: email.clone(),
            issuer,
            expires_at,
        };
        Ok((IssuedInvitation { token, role, email, expires_at }, row))
    }
}
