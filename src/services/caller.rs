//! Who calls, and the first half of every question: may this caller ever do this?

use super::{Error, Services};
use crate::config::Introspection;
use crate::domain::id::{SessionId, UserId};
use crate::domain::permission::{Permission, Relation, Subject};
use crate::domain::role::Role;
use crate::domain::user::User;

/// Who calls.
#[derive(Clone, Debug)]
pub enum Caller {
    /// Nobody in particular.
    Anonymous,
    /// Somebody with a sign-in that is wrong, expired or over: never treated as anonymous by what is guarded.
    Rejected,
    /// A signed-in user.
    User(SignedIn),
    /// Whoever runs commands on the machine itself.
    Operator,
}

/// A user and the session it signed in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The user, as the database has it now.
    pub user: User,
    /// The session.
    pub session: SessionId,
}

impl Caller {
    fn subject(&self) -> Option<Subject> {
        match self {
            Self::Anonymous | Self::Rejected => None,
            Self::User(signed_in) => Some(Subject::Role(signed_in.user.role)),
            Self::Operator => Some(Subject::Operator),
        }
    }

    /// The signed-in user, if there is one.
    pub fn user(&self) -> Option<&User> {
        match self {
            Self::User(signed_in) => Some(&signed_in.user),
            Self::Anonymous | Self::Rejected | Self::Operator => None,
        }
    }
}

impl Services {
    /// Finds out who calls from an access token. A token alone proves little: session and user are looked up.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the database does not answer. A bad token is no error but [`Caller::Rejected`].
    pub async fn authenticate(&self, access_token: &str) -> Result<Caller, Error> {
        let Ok(claims) = self.access_tokens.verify(access_token, self.now()) else { return Ok(Caller::Rejected) };
        let signed_in = self.find_signed_in(claims.user, claims.session).await?;
        Ok(signed_in.map_or(Caller::Rejected, Caller::User))
    }

    /// The user and session, where both still hold.
    pub(super) async fn find_signed_in(&self, user: UserId, session: SessionId) -> Result<Option<SignedIn>, Error> {
        if self.store.find_session_user(session, self.now()).await? != Some(user) {
            return Ok(None);
        }
        Ok(self.store.find_user(user).await?.map(|user| SignedIn { user, session }))
    }

    /// Whether introspection answers this caller.
    pub fn shows_schema_to(&self, caller: &Caller) -> bool {
        match self.config.graphql.introspection {
            Introspection::Always => true,
            Introspection::SignedIn => matches!(caller, Caller::User(_)),
            Introspection::Never => false,
        }
    }

    /// Lets a caller in who may do this to something, and answers who it is.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] without a valid sign-in; [`Error::Forbidden`] when the role may never do this.
    pub fn admit<'a>(&self, caller: &'a Caller, permission: Permission) -> Result<&'a SignedIn, Error> {
        let Caller::User(signed_in) = caller else { return Err(Error::Unauthenticated) };
        if self.policy.may_ever(Subject::Role(signed_in.user.role), permission) {
            Ok(signed_in)
        } else {
            Err(Error::Forbidden)
        }
    }

    /// Lets anybody in, where the policy opens this to anyone.
    ///
    /// # Errors
    /// [`Error::Forbidden`] where it does not.
    pub fn admit_anyone(&self, permission: Permission) -> Result<(), Error> {
        if self.policy.may(Subject::Anyone, permission, Relation::None) { Ok(()) } else { Err(Error::Forbidden) }
    }

    /// Whether the caller may do this to a thing it stands in these relations to. Whatever is allowed in no
    /// particular relation is allowed in every one.
    pub(super) fn may(&self, caller: &Caller, permission: Permission, relations: &[Relation]) -> bool {
        caller.subject().is_some_and(|subject| {
            self.policy.may(subject, permission, Relation::None)
                || relations.iter().any(|relation| self.policy.may(subject, permission, *relation))
        })
    }

    /// What a person of this role is to whoever looks for someone to share with.
    pub(super) fn relation_to_role(role: Role) -> Relation {
        if role == Role::Client { Relation::Recipient } else { Relation::None }
    }
}
