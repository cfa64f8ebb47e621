//! Permissions to sign up.

use std::slice;

use surrealdb::types::{RecordId, SurrealValue};

use super::connection::Store;
use super::error::Error;
use super::outbox::{OutboxRecord, PendingMail};
use super::query::variables;
use super::row::{intact, key_of, record};
use super::scan::{Listed, Scan};
use super::user::{STILL_ACTING, acting};
use crate::domain::email::EmailAddress;
use crate::domain::event::Event;
use crate::domain::id::InvitationId;
use crate::domain::role::Role;
use crate::domain::sort_key::TimeKeys;
use crate::domain::timestamp::Timestamp;
use crate::domain::user::User;

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
    /// When it was issued.
    pub created_at: Timestamp,
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
    created_at: i64,
    expires_at: i64,
    newest: String,
    oldest: String,
}

impl InvitationRecord {
    fn new(invitation: &Invitation) -> Self {
        let keys = TimeKeys::new(invitation.created_at, invitation.id.as_bytes());
        Self {
            id: record(TABLE, invitation.id.key()),
            token_hash: invitation.token_hash.clone(),
            role: invitation.role.as_str().to_owned(),
            email: invitation.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
            issuer: invitation.issuer.clone(),
            created_at: invitation.created_at.as_millis(),
            expires_at: invitation.expires_at.as_millis(),
            newest: keys.newest,
            oldest: keys.oldest,
        }
    }

    fn read(self) -> Option<Invitation> {
        Some(Invitation {
            id: InvitationId::from_key(key_of(&self.id)?)?,
            token_hash: self.token_hash,
            role: Role::parse(&self.role)?,
            email: EmailAddress::parse(&self.email),
            issuer: self.issuer,
            created_at: Timestamp::from_millis(self.created_at),
            expires_at: Timestamp::from_millis(self.expires_at),
        })
    }
}

/// The statements that use an invitation up: `$invitation` is its record id, `$now` the moment.
pub(super) const CONSUME_INVITATION: &str = "
    LET $consumed = (DELETE $invitation RETURN BEFORE);
    IF array::len($consumed) != 1 OR $consumed[0].expires_at <= $now { THROW 'token_gone' };
    IF $consumed[0].issuer == 'first start' AND ((SELECT VALUE total FROM ONLY counter:active_admins) ?? 0) > 0 {
        THROW 'token_gone'
    };
    LET $consumed_key = record::id($invitation);
    DELETE outbox WHERE subject = $consumed_key;";

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

    /// Stores invitations, all or none, with the mails that carry their tokens. `issuer` is the user who issues them, where
    /// it is one.
    ///
    /// # Errors
    /// [`Guard::AccountChanged`](super::Guard::AccountChanged) when the issuer's account was.
    pub async fn create_invitations(
        &self,
        issuer: Option<&User>,
        invitations: &[Invitation],
        mails: &[PendingMail],
        events: &[Event],
    ) -> Result<(), Error> {
        let body = format!(
            "{}
             FOR $each IN $invitations {{ CREATE invitation CONTENT $each }};
             FOR $each IN $mails {{ CREATE outbox CONTENT $each }};
             RETURN true",
            if issuer.is_some() { STILL_ACTING } else { "" }
        );
        let invitations: Vec<InvitationRecord> = invitations.iter().map(InvitationRecord::new).collect();
        let mails: Vec<OutboxRecord> = mails.iter().map(OutboxRecord::new).collect();
        let mut variables = variables! { invitations: invitations, mails: mails };
        variables.extend(issuer.map(acting).unwrap_or_default());
        self.act::<bool>(&body, variables, events).await.map(|_| ())
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

    /// The invitation with this id, expired or not.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_invitation(&self, id: InvitationId) -> Result<Option<Invitation>, Error> {
        let variables = variables! { id: record(TABLE, id.key()) };
        let row: Option<InvitationRecord> = self.row(TABLE, "SELECT * FROM ONLY $id", variables).await?;
        row.map(|row| intact(TABLE, row.read())).transpose()
    }

    /// A piece of a list of invitations, those included that have expired and are not swept yet.
    ///
    /// # Errors
    /// As any read.
    pub async fn scan_invitations(&self, scan: &Scan) -> Result<Vec<Listed<Invitation>>, Error> {
        let rows: Vec<InvitationRecord> = self.scan(scan).await?;
        let list = rows.into_iter().map(|row| {
            let (newest, oldest) = (row.newest.clone(), row.oldest.clone());
            Ok(scan.placed("newest", newest, oldest, intact(TABLE, row.read())?))
        });
        list.collect()
    }

    /// Takes an invitation back, and its mail with it, where that has not gone out.
    ///
    /// # Errors
    /// [`Guard::InvitationGone`](super::Guard::InvitationGone) when it is not there any more.
    pub async fn revoke_invitation(&self, id: InvitationId, event: &Event) -> Result<(), Error> {
        let body = "
            IF array::len((DELETE $id RETURN BEFORE)) != 1 { THROW 'invitation_gone' };
            DELETE outbox WHERE subject = $key;
            RETURN true";
        let variables = variables! { id: record(TABLE, id.key()), key: id.key() };
        self.act::<bool>(body, variables, slice::from_ref(event)).await.map(|_| ())
    }
}
