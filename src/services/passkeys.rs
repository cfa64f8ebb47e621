//! Passkeys: signing in with what a browser or a security key keeps, once that has found out who holds it.
//!
//! Such a sign-in stands for both factors. Between its two halves the server keeps nothing: the challenge travels sealed, as the
//! `state` of whoever asked, and is used up by the sign-in or the addition that it leads to. So strangers who only ask write
//! nothing, and no address is asked for: the authenticator says whose passkey it is, and the signature proves it.

use secrecy::{ExposeSecret, SecretString};

use super::limits::Credential as Tried;
use super::sessions::Session;
use super::{Caller, Error, Services, SignedIn, Visitor};
use crate::config::Config;
use crate::crypto::passkey::{Assertion, CHALLENGE_BYTES, Challenge, Credential, Refusal, RelyingParty};
use crate::crypto::sealed_token::{self, TokenPurpose};
use crate::domain::event::{Action, Actor};
use crate::domain::id::PasskeyId;
use crate::domain::name::PasskeyName;
use crate::domain::permission::Permission;
use crate::domain::timestamp::Timestamp;
use crate::mail::SecondFactorChange;
use crate::store;
use crate::store::Guard;
use crate::store::passkey::{AnsweredChallenge, Passkey, PasskeyAddition, PasskeySignIn};

/// How long a challenge is good: what the specification recommends (WebAuthn Level 2 section 15.1).
const CHALLENGE_SECONDS: u64 = 300;
/// How many passkeys a user may have.
pub const MAX_PASSKEYS: usize = 20;
const TOO_MANY: Error = Error::Conflict("There are 20 passkeys already. Remove one first.");
const NO_SITE: Error = Error::Conflict(
    "There are no passkeys here: they need a server that is reached by name, over https or as http://localhost.",
);

/// A passkey as its user looks at it.
#[derive(Clone, Debug)]
pub struct PasskeyView {
    /// Its id.
    pub id: PasskeyId,
    /// What its user calls it.
    pub name: PasskeyName,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last signed in.
    pub last_used_at: Option<Timestamp>,
}

/// What a browser is asked, and what has to come back with its answer.
#[derive(Debug)]
pub struct PasskeyChallenge {
    /// The question as JSON.
    pub options: String,
    /// The challenge, sealed.
    pub state: SecretString,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// A browser's answer, with the state of the question.
#[derive(Debug)]
pub struct PasskeyAnswer {
    /// The state.
    pub state: SecretString,
    /// The credential as JSON.
    pub credential: SecretString,
}

/// A challenge that was opened: it was made here, for this, and not too long ago.
struct OpenedChallenge {
    bytes: [u8; CHALLENGE_BYTES],
    expires_at: Timestamp,
}

/// The site, where browsers keep passkeys for it.
pub(super) fn relying_party(config: &Config) -> Option<RelyingParty> {
    let (id, origin) = config.server.passkey_site()?;
    Some(RelyingParty::new(&id, &origin, CHALLENGE_SECONDS))
}

impl Services {
    /// The caller's passkeys, oldest first.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`].
    pub async fn list_passkeys(&self, caller: &Caller) -> Result<Vec<PasskeyView>, Error> {
        let signed_in = self.admit_own(caller, Permission::PasskeyManage)?;
        let passkeys = self.store.find_passkeys(signed_in.user.id).await?;
        Ok(passkeys.into_iter().map(PasskeyView::from).collect())
    }

    /// Begins to add a passkey.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::InvalidCredentials`] for a wrong password; [`Error::RateLimited`]; [`Error::Conflict`]
    /// where there are [`MAX_PASSKEYS`], or browsers keep none for this server.
    pub async fn begin_passkey_registration(&self, caller: &Caller, password: &str) -> Result<PasskeyChallenge, Error> {
        let signed_in = self.admit_own(caller, Permission::PasskeyManage)?;
        let relying_party = self.relying_party.as_ref().ok_or(NO_SITE)?;
        let (user, _) = self.check_own_password(signed_in, password).await?;
        let passkeys = self.store.find_passkeys(user.id).await?;
        if passkeys.len() >= MAX_PASSKEYS {
            return Err(TOO_MANY);
        }
        let existing: Vec<Credential> = passkeys.into_iter().map(credential_of).collect();
        let (email, name) = (user.email.as_str(), user.name.as_str());
        let challenge = relying_party.begin_registration(user.id, email, name, &existing, &*self.random)?;
        self.seal_challenge(TokenPurpose::PasskeyRegistration, &registration_context(signed_in), challenge)
    }

    /// Adds the passkey that a browser has made.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Input`] for a bad name; [`Error::InvalidToken`] for a state that is not of this
    /// session, expired or used; [`Error::PasskeyRefused`] for an answer that does not hold; [`Error::Conflict`] where the passkey
    /// is somebody's already, or there are [`MAX_PASSKEYS`].
    pub async fn add_passkey(&self, caller: &Caller, answer: &PasskeyAnswer, name: &str) -> Result<PasskeyView, Error> {
        let signed_in = self.admit_own(caller, Permission::PasskeyManage)?;
        let name = PasskeyName::parse(name).map_err(|problem| Error::input("name", problem))?;
        let attempt = self.begin_attempt(Tried::Token, &signed_in.visitor()).await?;
        attempt.conclude(self.try_add_passkey(caller, signed_in, answer, name).await).await
    }

    async fn try_add_passkey(
        &self,
        caller: &Caller,
        signed_in: &SignedIn,
        answer: &PasskeyAnswer,
        name: PasskeyName,
    ) -> Result<PasskeyView, Error> {
        let relying_party = self.relying_party.as_ref().ok_or(NO_SITE)?;
        let context = registration_context(signed_in);
        let challenge = self.open_challenge(TokenPurpose::PasskeyRegistration, &context, &answer.state)?;
        let owner = &signed_in.user;
        let made = relying_party.finish_registration(owner.id, &challenge.bytes, answer.credential.expose_secret());
        let made = made.map_err(refuse)?;
        let passkey = Passkey {
            id: PasskeyId::generate(&*self.random),
            user: owner.id,
            site: relying_party.id().to_owned(),
            credential_id: made.credential.id,
            public_key: made.credential.public_key,
            algorithm: made.credential.algorithm,
            counter: made.counter,
            name,
            created_at: self.now(),
            last_used_at: None,
        };
        let mail = self.new_factor_notice(owner, SecondFactorChange::PasskeyAdded)?;
        let event = self.event_by(caller, Action::PasskeyAdded, passkey.id);
        let addition = PasskeyAddition {
            owner,
            session: signed_in.session,
            challenge: challenge.answered(),
            passkey: &passkey,
            most: MAX_PASSKEYS,
        };
        let added = self.store.add_passkey(addition, &mail, &event).await;
        self.sign_ins.forget_all();
        added.map_err(|failure| match failure {
            store::Error::Refused(Guard::ChallengeUsed) => Error::InvalidToken,
            store::Error::Refused(Guard::PasskeysFull) => TOO_MANY,
            store::Error::Refused(Guard::AccountChanged) => Error::Unauthenticated,
            store::Error::Conflict => Error::Conflict("This passkey belongs to an account already."),
            other => other.into(),
        })?;
        self.mail_waits.notify_one();
        Ok(passkey.into())
    }

    /// Removes a passkey of the caller's. The sessions that it began end, but for the one that asks.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::InvalidCredentials`] for a wrong password; [`Error::RateLimited`]; [`Error::NotFound`]
    /// for what is no passkey of the caller's.
    pub async fn remove_passkey(&self, caller: &Caller, passkey: PasskeyId, password: &str) -> Result<(), Error> {
        let signed_in = self.admit_own(caller, Permission::PasskeyManage)?;
        let (user, _) = self.check_own_password(signed_in, password).await?;
        let mail = self.new_factor_notice(&user, SecondFactorChange::PasskeyRemoved)?;
        let event = self.event_by(caller, Action::PasskeyRemoved, passkey);
        let removed = self.store.remove_passkey(&user, signed_in.session, passkey, &mail, &event).await;
        self.sign_ins.forget_all();
        removed.map_err(|failure| match failure {
            store::Error::Refused(Guard::PasskeyGone) => Error::NotFound,
            store::Error::Refused(Guard::AccountChanged) => Error::Unauthenticated,
            other => other.into(),
        })?;
        self.mail_waits.notify_one();
        Ok(())
    }

    /// Begins a sign-in with a passkey, for whoever asks.
    ///
    /// # Errors
    /// [`Error::Conflict`] where browsers keep no passkeys for this server.
    pub fn begin_passkey_login(&self) -> Result<PasskeyChallenge, Error> {
        self.admit_anyone(Permission::SessionCreate)?;
        let relying_party = self.relying_party.as_ref().ok_or(NO_SITE)?;
        let challenge = relying_party.begin_sign_in(&*self.random)?;
        self.seal_challenge(TokenPurpose::PasskeySignIn, &[], challenge)
    }

    /// Signs in with a passkey.
    ///
    /// # Errors
    /// [`Error::InvalidToken`] for a state that is none, expired or used; [`Error::PasskeyRefused`] whatever is wrong with the
    /// answer or the account; [`Error::RateLimited`].
    pub async fn login_with_passkey(&self, answer: &PasskeyAnswer, visitor: &Visitor) -> Result<Session, Error> {
        self.admit_anyone(Permission::SessionCreate)?;
        let attempt = self.begin_attempt(Tried::Token, visitor).await?;
        attempt.conclude(self.try_passkey(answer, visitor).await).await
    }

    async fn try_passkey(&self, answer: &PasskeyAnswer, visitor: &Visitor) -> Result<Session, Error> {
        let relying_party = self.relying_party.as_ref().ok_or(NO_SITE)?;
        let challenge = self.open_challenge(TokenPurpose::PasskeySignIn, &[], &answer.state)?;
        let assertion = Assertion::parse(answer.credential.expose_secret()).map_err(refuse)?;
        let passkey = self.store.find_passkey_by_credential(assertion.credential_id()).await?;
        let passkey = passkey.ok_or(Error::PasskeyRefused)?;
        let counter = relying_party.verify(&challenge.bytes, &assertion, &credential_of(passkey.clone()));
        let counter = counter.map_err(refuse)?;
        if assertion.user() != Some(passkey.user) {
            return Err(Error::PasskeyRefused);
        }
        let user = self.store.find_user(passkey.user).await?.filter(|user| !user.disabled);
        let user = user.ok_or(Error::PasskeyRefused)?;
        let mut fresh = self.fresh_session(&user, visitor)?;
        fresh.row.passkey = Some(passkey.id);
        let by_user = |action, object: String| self.event_from(visitor, Actor::User(user.id), action, object);
        let mut begun = by_user(Action::SessionBegun, fresh.row.id.to_string());
        begun.detail = passkey.id.to_string();
        let sign_in = PasskeySignIn {
            challenge: challenge.answered(),
            passkey: &passkey,
            counter,
            session: &fresh.row,
            begun: &begun,
            refused: &by_user(Action::PasskeyCounterWentBack, passkey.id.to_string()),
        };
        let has_begun = self.store.create_passkey_session(sign_in).await.map_err(|failure| match failure {
            store::Error::Refused(Guard::ChallengeUsed) => Error::InvalidToken,
            store::Error::Refused(Guard::PasskeyGone) => Error::PasskeyRefused,
            other => other.into(),
        })?;
        if passkey.last_used_at.is_none() {
            // From its first use on it counts, and what its user's other sessions lack may be another thing.
            self.sign_ins.forget_all();
        }
        if !has_begun {
            tracing::warn!(passkey = %passkey.id, "the counter of a passkey went back: there may be two of it");
            return Err(Error::PasskeyRefused);
        }
        self.begun_session(user, fresh)
    }

    fn seal_challenge(
        &self,
        purpose: TokenPurpose,
        context: &[u8],
        challenge: Challenge,
    ) -> Result<PasskeyChallenge, Error> {
        let expires_at = self.now().plus_seconds(CHALLENGE_SECONDS);
        let payload = [&expires_at.as_millis().to_be_bytes()[..], &challenge.bytes].concat();
        let state = sealed_token::seal(&self.ring(), purpose, context, &payload, &*self.random)?;
        Ok(PasskeyChallenge { options: challenge.options, state: state.into(), expires_at })
    }

    fn open_challenge(
        &self,
        purpose: TokenPurpose,
        context: &[u8],
        state: &SecretString,
    ) -> Result<OpenedChallenge, Error> {
        let payload = sealed_token::open(&self.ring(), purpose, context, state.expose_secret());
        let payload = payload.map_err(|_| Error::InvalidToken)?;
        let challenge = OpenedChallenge::read(&payload).ok_or_else(|| Error::internal("a sealed challenge is none"))?;
        if self.now() < challenge.expires_at { Ok(challenge) } else { Err(Error::InvalidToken) }
    }
}

impl From<Passkey> for PasskeyView {
    fn from(passkey: Passkey) -> Self {
        let Passkey { id, name, created_at, last_used_at, .. } = passkey;
        Self { id, name, created_at, last_used_at }
    }
}

impl OpenedChallenge {
    fn read(payload: &[u8]) -> Option<Self> {
        let (expires_at, bytes) = payload.split_first_chunk()?;
        let expires_at = Timestamp::from_millis(i64::from_be_bytes(*expires_at));
        Some(Self { bytes: bytes.try_into().ok()?, expires_at })
    }

    fn answered(&self) -> AnsweredChallenge<'_> {
        AnsweredChallenge { bytes: &self.bytes, expires_at: self.expires_at }
    }
}

/// A passkey is added by the session that showed the password for it.
fn registration_context(signed_in: &SignedIn) -> Vec<u8> {
    [*signed_in.user.id.as_bytes(), *signed_in.session.as_bytes()].concat()
}

fn credential_of(passkey: Passkey) -> Credential {
    Credential { id: passkey.credential_id, public_key: passkey.public_key, algorithm: passkey.algorithm }
}

/// What is wrong with an answer is said to the log and to nobody else.
fn refuse(refusal: Refusal) -> Error {
    tracing::debug!(%refusal, "a passkey was refused");
    Error::PasskeyRefused
}
