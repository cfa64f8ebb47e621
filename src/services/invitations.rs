//! Permissions to sign up.

use secrecy::{ExposeSecret, SecretString};

use super::accounts::parse_email;
use super::{Caller, Error, Services};
use crate::crypto::secret_token::{self, TokenKind};
use crate::domain::email::EmailAddress;
use crate::domain::event::{Action, Event};
use crate::domain::id::InvitationId;
use crate::domain::permission::Permission;
use crate::domain::role::Role;
use crate::domain::timestamp::Timestamp;
use crate::domain::user::User;
use crate::mail::Template;
use crate::store::invitation::FIRST_START;
use crate::store::{self, Guard};

/// How many people one request invites at most.
const MAX_INVITED: usize = 100;

/// An invitation as its issuer gets it: the only time its token is seen.
#[derive(Debug)]
pub struct IssuedInvitation {
    /// Its id.
    pub id: InvitationId,
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
    /// Issues an invitation; one that is bound to an address is mailed there, too.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Forbidden`] for a role the caller may not invite; [`Error::Input`].
    pub async fn invite(&self, caller: &Caller, role: Role, email: Option<&str>) -> Result<IssuedInvitation, Error> {
        let issuer = self.admit_inviter(caller, role)?;
        let email = email.map(parse_email).transpose()?;
        let issued = self.issue_invitations(caller, issuer, role, vec![email]).await?;
        issued.into_iter().next().ok_or_else(|| Error::internal("an invitation was not made"))
    }

    /// Invites several people, all or none: each gets a mail with an invitation of its own. An address that is named twice
    /// gets one.
    ///
    /// # Errors
    /// As [`invite`](Self::invite), with the field `emails`.
    pub async fn invite_many(
        &self,
        caller: &Caller,
        role: Role,
        emails: &[String],
    ) -> Result<Vec<IssuedInvitation>, Error> {
        let issuer = self.admit_inviter(caller, role)?;
        if emails.is_empty() || emails.len() > MAX_INVITED {
            return Err(Error::input("emails", format!("Name 1 to {MAX_INVITED} addresses.")));
        }
        let mut addresses: Vec<Option<EmailAddress>> = Vec::with_capacity(emails.len());
        for email in emails {
            let parsed = EmailAddress::parse(email);
            let address = parsed.ok_or_else(|| Error::input("emails", "Each has to be an e-mail address."))?;
            if !addresses.contains(&Some(address.clone())) {
                addresses.push(Some(address));
            }
        }
        self.issue_invitations(caller, issuer, role, addresses).await
    }

    /// Who issues, where it is a user.
    fn admit_inviter<'a>(&self, caller: &'a Caller, role: Role) -> Result<Option<&'a User>, Error> {
        let issuer = match caller {
            Caller::Operator => None,
            _ => Some(&self.admit(caller, Permission::InvitationCreate)?.user),
        };
        let relation = Self::relation_to_role(role);
        if self.may(caller, Permission::InvitationCreate, &[relation]) { Ok(issuer) } else { Err(Error::Forbidden) }
    }

    async fn issue_invitations(
        &self,
        caller: &Caller,
        issuer: Option<&User>,
        role: Role,
        addresses: Vec<Option<EmailAddress>>,
    ) -> Result<Vec<IssuedInvitation>, Error> {
        let issuer_key = issuer.map_or_else(|| "operator".to_owned(), |issuer| issuer.id.key());
        let (mut all_issued, mut rows, mut mails, mut events) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for address in addresses {
            let (issued, row) = self.new_invitation(role, address, issuer_key.clone())?;
            if let Some(address) = &row.email
                && self.may_mail_to("invitation", address).await?
            {
                mails.push(self.new_mail(Template::Invitation, address, Some(&issued.token), row.id.key())?);
            }
            let event = self.event_by(caller, Action::InvitationCreated, row.id);
            events.push(Event { detail: role.as_str().to_owned(), ..event });
            all_issued.push(issued);
            rows.push(row);
        }
        match self.store.create_invitations(issuer, &rows, &mails, &events).await {
            Ok(()) => {}
            Err(store::Error::Refused(Guard::AccountChanged)) => return Err(Error::Unauthenticated),
            Err(failure) => return Err(failure.into()),
        }
        self.mail_waits.notify_one();
        Ok(all_issued)
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
            created_at: self.now(),
            expires_at,
        };
        Ok((IssuedInvitation { id: row.id, token, role, email, expires_at }, row))
    }
}
