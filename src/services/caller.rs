//! Who calls, and the first half of every question: may this caller ever do this?

use std::net::IpAddr;

use super::{Error, Services, Visitor, sessions};
use crate::config::Introspection;
use crate::domain::event::Actor;
use crate::domain::id::SessionId;
use crate::domain::permission::{Permission, Relation, Subject};
use crate::domain::role::Role;
use crate::domain::timestamp::Timestamp;
use crate::domain::user::User;
use crate::store::session::SignIn;

/// How long a transfer goes on before its right to do so is looked at again. The contract says every 30 seconds; whoever is
/// disabled shall be stopped at once, and two reads every few seconds cost nothing beside a transfer.
pub(super) const LOOK_AGAIN_SECONDS: u64 = 5;
/// How old the last use of a session may look before it is written down again.
const TOUCH_SECONDS: u64 = 60;

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
    /// The user, as the database had it at most four seconds ago.
    pub user: User,
    /// The session.
    pub session: SessionId,
    /// From where the request comes.
    pub address: IpAddr,
    /// What the role needs and this sign-in lacks: then nothing is open but the way to it.
    pub lacks: Option<Lack>,
}

/// What a sign-in lacks whose role needs a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// The user has none yet.
    SecondFactor,
    /// The user has a passkey, and this session began without it. Whoever only knows the password shall not get another factor
    /// by that.
    Passkey,
}

impl SignedIn {
    /// From where it calls, for what counts tries.
    pub(super) fn visitor(&self) -> Visitor {
        Visitor::new(self.address, "", false)
    }
}

/// How it stands with a sign-in that was good once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is good.
    Good,
    /// Its session has ended.
    Over,
    /// Its user was disabled.
    Disabled,
}

/// What a request brings to say who calls.
#[derive(Clone, Copy)]
pub enum Presented<'a> {
    /// An access token.
    Bearer(&'a str),
    /// The value of the session cookie.
    Cookie(&'a str),
}

impl SignedIn {
    /// Refuses whoever has to enrol a second factor before this, or to sign in with the one there is. Both halves of every
    /// question ask it.
    ///
    /// # Errors
    /// [`Error::SecondFactorNeeded`]; [`Error::PasskeyNeeded`].
    pub(super) fn require_enrolled(&self, permission: Permission) -> Result<(), Error> {
        match self.lacks {
            Some(Lack::SecondFactor) if !permission.leads_to_second_factor() => Err(Error::SecondFactorNeeded),
            Some(Lack::Passkey) if !permission.leads_out() => Err(Error::PasskeyNeeded),
            _ => Ok(()),
        }
    }
}

impl Caller {
    fn subject(&self) -> Option<Subject> {
        match self {
            Self::Anonymous | Self::Rejected => None,
            Self::User(signed_in) => Some(Subject::Role(signed_in.user.role)),
            Self::Operator => Some(Subject::Operator),
        }
    }

    /// Who acts and from where, as it is written down.
    pub(super) fn origin(&self) -> (Actor, Option<IpAddr>) {
        match self {
            Self::User(signed_in) => (Actor::User(signed_in.user.id), Some(signed_in.address)),
            Self::Operator => (Actor::Operator, None),
            Self::Anonymous | Self::Rejected => (Actor::Anyone, None),
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
    /// Finds out who calls. A credential alone proves little: session and user are looked up, in the database or in what it
    /// said a few seconds ago.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the database does not answer. A bad credential is no error but [`Caller::Rejected`].
    pub async fn authenticate(&self, credential: Presented<'_>, visitor: &Visitor) -> Result<Caller, Error> {
        let now = self.now();
        let (session, user, cookie_hash) = match credential {
            Presented::Bearer(token) => {
                let Ok(claims) = self.access_tokens().verify(token, now) else { return Ok(Caller::Rejected) };
                (claims.session, Some(claims.user), None)
            }
            Presented::Cookie(text) => {
                let Some((session, hash)) = sessions::read_cookie(text) else { return Ok(Caller::Rejected) };
                (session, None, Some(hash))
            }
        };
        let is_its_own = |sign_in: &SignIn| {
            user.is_none_or(|user| user == sign_in.user.id)
                && cookie_hash.as_ref().is_none_or(|hash| *hash == sign_in.cookie_hash)
        };
        let Some(sign_in) = self.find_sign_in(session, now, is_its_own).await? else { return Ok(Caller::Rejected) };
        Ok(Caller::User(self.signed_in(sign_in, visitor.address).await?))
    }

    /// The sign-in of a session, where the credential is its own; nothing is kept or noted of any other.
    async fn find_sign_in(
        &self,
        session: SessionId,
        now: Timestamp,
        is_its_own: impl Fn(&SignIn) -> bool,
    ) -> Result<Option<SignIn>, Error> {
        if let Some(known) = self.sign_ins.find(session, now) {
            return Ok(Some(known).filter(is_its_own));
        }
        let asked = self.sign_ins.generation();
        let found = self.store.find_sign_in(session, now).await?.filter(is_its_own);
        let Some(sign_in) = found else { return Ok(None) };
        self.sign_ins.keep(asked, now, &sign_in);
        if now >= sign_in.session.last_used_at.plus_seconds(TOUCH_SECONDS) {
            // Worth a line in a list, not worth a refused request.
            if let Err(failure) = self.store.touch_session(session, now).await {
                tracing::debug!(error = Error::from(failure).with_causes(), "the use of a session was not noted");
            }
        }
        Ok(Some(sign_in))
    }

    /// The same caller as the database has it at this moment; `None` where it is signed in no more.
    pub(super) async fn look_again(&self, signed_in: &SignedIn) -> Result<Option<SignedIn>, Error> {
        let found = self.store.find_sign_in(signed_in.session, self.now()).await?;
        let same = found.filter(|found| found.user.id == signed_in.user.id);
        let Some(sign_in) = same else { return Ok(None) };
        Ok(Some(self.signed_in(sign_in, signed_in.address).await?))
    }

    /// The same caller as the database had it a few seconds ago at most; `None` where it is signed in no more.
    pub(super) async fn still_signed_in(&self, signed_in: &SignedIn) -> Result<Option<SignedIn>, Error> {
        let is_the_same = |found: &SignIn| found.user.id == signed_in.user.id;
        let found = self.find_sign_in(signed_in.session, self.now(), is_the_same).await?;
        let Some(found) = found else { return Ok(None) };
        Ok(Some(self.signed_in(found, signed_in.address).await?))
    }

    /// How it stands with a sign-in that was good once.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn standing_of_sign_in(&self, signed_in: &SignedIn) -> Result<Standing, Error> {
        if self.still_signed_in(signed_in).await?.is_some() {
            return Ok(Standing::Good);
        }
        let user = self.store.find_user(signed_in.user.id).await?;
        Ok(if user.is_some_and(|user| user.disabled) { Standing::Disabled } else { Standing::Over })
    }

    /// From when on a credential is worth nothing by itself; `None` where it is worth nothing now, and where that is left to
    /// its session.
    pub fn expiry_of(&self, credential: Presented<'_>) -> Option<Timestamp> {
        match credential {
            Presented::Bearer(token) => {
                self.access_tokens().verify(token, self.now()).ok().map(|claims| claims.expires_at)
            }
            Presented::Cookie(_) => None,
        }
    }

    async fn signed_in(&self, sign_in: SignIn, address: IpAddr) -> Result<SignedIn, Error> {
        let lacks = self.find_lack(&sign_in).await?;
        Ok(SignedIn { user: sign_in.user, session: sign_in.session.id, address, lacks })
    }

    /// A session with an authenticator in force has proved it, and a passkey is two factors by itself. One that was never used
    /// does not count, nor one of a site that this was once: nobody knows whether the one works, and the other cannot.
    async fn find_lack(&self, sign_in: &SignIn) -> Result<Option<Lack>, Error> {
        let needs_factor = self.config.auth.requires_second_factor(sign_in.user.role);
        if !needs_factor || sign_in.has_second_factor || sign_in.session.passkey.is_some() {
            return Ok(None);
        }
        let has_passkey = match &self.relying_party {
            Some(site) => self.store.has_used_passkey(sign_in.user.id, site.id()).await?,
            None => false,
        };
        Ok(Some(if has_passkey { Lack::Passkey } else { Lack::SecondFactor }))
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
    /// [`Error::Unauthenticated`] without a valid sign-in; [`Error::Forbidden`] when the role may never do this;
    /// [`Error::SecondFactorNeeded`] and [`Error::PasskeyNeeded`] where the role needs a second factor first.
    pub fn admit<'a>(&self, caller: &'a Caller, permission: Permission) -> Result<&'a SignedIn, Error> {
        let Caller::User(signed_in) = caller else { return Err(Error::Unauthenticated) };
        if !self.policy.may_ever(Subject::Role(signed_in.user.role), permission) {
            return Err(Error::Forbidden);
        }
        signed_in.require_enrolled(permission)?;
        Ok(signed_in)
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
        if matches!(caller, Caller::User(signed_in) if signed_in.require_enrolled(permission).is_err()) {
            return false;
        }
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
