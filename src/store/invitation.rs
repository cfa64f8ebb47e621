//! Permissions to sign up.

use std::slice;

use surrealdb::types::{RecordId, SurrealValue};

use super::connection::Store;
use super::error::Error;
use super::query::variables;
use super::row::{intact, key_of, record};
use crate::domain::email::EmailAddress;
use crate::domain::event::Event;
use crate::domain::id::InvitationId;
use crate::domain::role::Role;
use crate::domain::timestamp::Timestamp;

const TABLE: &str = "invitation";

/// A permission to sign up with a role.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// The hash of its token.
    pub token_hash: String,
    /// The role it gives.
    pub role: Role,
    /// The only address it works for, where it is bound to one.
    pub email: Option<EmailAddress>,
    /// Who issued it: the key of a user, `operator`, or `first start`.
    pub issuer: String,
    /// From this moment on it is good for nothing.
    pub expires_at: Timestamp,
}

#[derive(SurrealValue)]
struct InvitationRecord {
    id: RecordId,
    token_hash: String,
    role: String,
    email: String,
    issuer: String,
    expires_at: i64,
}

impl InvitationRecord {
    fn new(invitation: &Invitation) -> Self {
        Self {
            id: record(TABLE, invitation.id.key()),
            token_hash: invitation.token_hash.clone(),
            role: invitation.role.as_str().to_owned(),
            email: invitation.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
            issuer: invitation.issuer.clone(),
            expires_at: invitation.expires_at.as_millis(),
        }
    }

    fn read(self) -> Option<Invitation> {
        Some(Invitation {
            id: InvitationId::from_key(key_of(&self.id)?)?,
            token_hash: self.token_hash,
            role: Role::parse(&self.role)?,
            email: EmailAddress::parse(&self.email),
            issuer: self.issuer,
            expires_at: Timestamp::from_millis(self.expires_at),
        })
    }
}

/// The statements that use an invitation up: `$invitation` is its record id, `$now` the moment.
pub(super) const CONSUME_INVITATION: &str = "
    LET $consumed = (DELETE $invitation RETURN BEFORE);
    IF array::len($consumed) != 1 OR $consumed[0].expires_at <= $now { THROW 'token_gone' };";

pub(super) fn invitation_record(id: Option<InvitationId>) -> RecordId {
    record(TABLE, id.map(|id| id.key()).unwrap_or_default())
}

/// Who issues the invitation that is printed while there is nobody who could. It is void as soon as there is somebody.
pub const FIRST_START: &str = "first start";

impl Store {
    /// Voids all invitations of an issuer.
    ///
    /// # Errors
    /// As any write.
    pub async fn void_invitations(&self, issuer: &str) -> Result<(), Error> {
        let body = "DELETE invitation WHERE issuer = $issuer; RETURN true";
        self.transact::<bool>(body, variables! { issuer: issuer.to_owned() }).await.map(|_| ())
    }

    /// Stores an invitation.
    ///
    /// # Errors
    /// As any write.
    pub async fn create_invitation(&self, invitation: &Invitation, event: &Event) -> Result<(), Error> {
        let body = "CREATE invitation CONTENT $invitation; RETURN true";
        let variables = variables! { invitation: InvitationRecord::new(invitation) };
        self.act::<bool>(body, variables, slice::from_ref(event)).await.map(|_| ())
    }

    /// Stores an invitation and voids all that the same issuer gave before.
    ///
    /// # Errors
    /// As any write.
    pub async fn replace_invitations(&self, invitation: &Invitation, event: &Event) -> Result<(), Error> {
        let body = "DELETE invitation WHERE issuer = $invitation.issuer;
            CREATE invitation CONTENT $invitation; RETURN true";
        let variables = variables! { invitation: InvitationRecord::new(invitation) };
        self.act::<bool>(body, variables, slice::from_ref(event)).await.map(|_| ())
    }

    /// The invitation whose token has this hash.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_invitation_by_token(&self, token_hash: &str) -> Result<Option<Invitation>, Error> {
        let text = "SELECT * FROM invitation WHERE token_hash = $hash LIMIT 1";
        let rows: Vec<InvitationRecord> = self.rows(TABLE, text, variables! { hash: token_hash.to_owned() }).await?;
        rows.into_iter().next().map(|row| intact(TABLE, row.read())).transpose()
    }
}
