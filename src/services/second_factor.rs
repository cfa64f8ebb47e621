//! The second factor: a secret that an authenticator makes codes of, and recovery codes for whoever has lost it.
//!
//! There is no session, token or other state between password and code: a login brings both, or it is none. So an account
//! with a second factor has no session that has not proved it.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};

use super::limits::Credential;
use super::{Caller, Error, Services, Visitor};
use crate::crypto::recovery_code;
use crate::crypto::sealed_token::{self, TokenPurpose};
use crate::crypto::totp::{self, TotpSecret};
use crate::domain::event::{Action, Actor, Event};
use crate::domain::id::UserId;
use crate::domain::permission::Permission;
use crate::domain::user::User;
use crate::mail::{SecondFactorChange, Template};
use crate::store;
use crate::store::Guard;
use crate::store::outbox::PendingMail;
use crate::store::second_factor::{Confirmation, Proof, SecondFactor};
use crate::store::session::NewSession;

/// How many recovery codes there are.
const RECOVERY_CODES: usize = 10;
/// What an authenticator shows beside the address.
const ISSUER: &str = "Strongroom";
/// What is said where the second factor is not as the request takes it to be.
const NOT_SO: Error = Error::Conflict("There is no second factor that this could be done to.");

/// A second factor that is not in force yet. Shown once.
#[derive(Debug)]
pub struct Enrolment {
    /// What server and authenticator share, in Base32.
    pub secret: SecretString,
    /// The same as an `otpauth:` address, which authenticators read from a QR code.
    pub uri: SecretString,
}

/// How it stands with somebody's second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecondFactorStatus {
    /// Whether one is in force.
    pub is_enabled: bool,
    /// Whether the role needs one.
    pub is_required: bool,
    /// How many recovery codes are left.
    pub recovery_codes_left: usize,
}

impl Services {
    /// How it stands with the caller's second factor.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`].
    pub async fn second_factor_status(&self, caller: &Caller) -> Result<SecondFactorStatus, Error> {
        let user = &self.admit_own(caller, Permission::SecondFactorManage)?.user;
        let factor = self.store.find_second_factor(user.id).await?.filter(|factor| factor.confirmed);
        Ok(SecondFactorStatus {
            is_enabled: factor.is_some(),
            is_required: self.config.auth.requires_second_factor(user.role),
            recovery_codes_left: factor.map_or(0, |factor| factor.recovery_codes_left),
        })
    }

    /// Begins a second factor. It is not in force before it is confirmed, and takes the place of one that was begun before.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::InvalidCredentials`] for a wrong password; [`Error::Conflict`] where there is one in
    /// force.
    pub async fn enrol_second_factor(&self, caller: &Caller, password: &str) -> Result<Enrolment, Error> {
        let signed_in = self.admit_own(caller, Permission::SecondFactorManage)?;
        let (user, _) = self.check_own_password(signed_in, password).await?;
        let user = &user;
        let secret = TotpSecret::generate(&*self.random);
        let sealed = sealed_token::seal(
            &self.ring(),
            TokenPurpose::SecondFactor,
            user.id.as_bytes(),
            secret.as_bytes(),
            &*self.random,
        )?;
        let event = self.event_by(caller, Action::SecondFactorEnrolled, user.id);
        self.store.enrol_second_factor(user, &sealed, &event).await.map_err(|failure| match failure {
            store::Error::Refused(Guard::SecondFactorChanged) => {
                Error::Conflict("There is a second factor in force. Disable it first.")
            }
            other => not_so(other),
        })?;
        let secret = secret.to_base32();
        let uri = otpauth_uri(user, &secret);
        Ok(Enrolment { secret, uri })
    }

    /// Puts the second factor in force, which a first code proves to work, and answers the recovery codes, this once. All other
    /// sessions of the user end: they began without it.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::InvalidCredentials`] for a wrong code; [`Error::Conflict`] where none was begun.
    pub async fn confirm_second_factor(&self, caller: &Caller, code: &str) -> Result<Vec<SecretString>, Error> {
        let signed_in = self.admit_own(caller, Permission::SecondFactorManage)?;
        let user = &signed_in.user;
        let factor = self.store.find_second_factor(user.id).await?.filter(|factor| !factor.confirmed).ok_or(NOT_SO)?;
        let attempt = self.begin_attempt(Credential::SecondFactor(user.email.as_str()), &signed_in.visitor()).await?;
        let step = self.find_step(user.id, &factor, code).and_then(|step| step.ok_or(Error::InvalidCredentials));
        let step = attempt.conclude(step).await?;
        let (codes, recovery_hashes) = self.new_recovery_codes()?;
        let session = signed_in.session;
        let confirmation = Confirmation { sealed_secret: factor.sealed_secret, step, recovery_hashes, session };
        let mail = self.new_factor_notice(user, SecondFactorChange::Confirmed)?;
        let event = self.event_by(caller, Action::SecondFactorConfirmed, user.id);
        let confirmed = self.store.confirm_second_factor(user, &confirmation, &mail, &event).await;
        self.sign_ins.forget_all();
        confirmed.map_err(not_so)?;
        self.mail_waits.notify_one();
        Ok(codes)
    }

    /// Takes the second factor away.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::InvalidCredentials`] for a wrong password; [`Error::Conflict`] where none is in force.
    pub async fn disable_second_factor(&self, caller: &Caller, password: &str) -> Result<(), Error> {
        let signed_in = self.admit_own(caller, Permission::SecondFactorManage)?;
        let (user, _) = self.check_own_password(signed_in, password).await?;
        let user = &user;
        let mail = self.new_factor_notice(user, SecondFactorChange::Disabled)?;
        let event = self.event_by(caller, Action::SecondFactorDisabled, user.id);
        let disabled = self.store.disable_second_factor(user, &mail, &event).await;
        self.sign_ins.forget_all();
        disabled.map_err(not_so)?;
        self.mail_waits.notify_one();
        Ok(())
    }

    /// Ten other recovery codes, shown this once; those from before are void.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::InvalidCredentials`] for a wrong password; [`Error::Conflict`] where no second factor is
    /// in force.
    pub async fn renew_recovery_codes(&self, caller: &Caller, password: &str) -> Result<Vec<SecretString>, Error> {
        let signed_in = self.admit_own(caller, Permission::SecondFactorManage)?;
        let (user, _) = self.check_own_password(signed_in, password).await?;
        let user = &user;
        let (codes, hashes) = self.new_recovery_codes()?;
        let mail = self.new_factor_notice(user, SecondFactorChange::RecoveryCodesRenewed)?;
        let event = self.event_by(caller, Action::RecoveryCodesRenewed, user.id);
        self.store.replace_recovery_codes(user, &hashes, &mail, &event).await.map_err(not_so)?;
        self.mail_waits.notify_one();
        Ok(codes)
    }

    /// Stores the session of somebody whose password was right, where the second factor is proved too, or there is none.
    ///
    /// # Errors
    /// [`Error::TotpRequired`] without a code; [`Error::InvalidCredentials`] for one that is wrong or used.
    pub(super) async fn store_login(
        &self,
        user: &User,
        session: &NewSession,
        code: Option<&SecretString>,
        visitor: &Visitor,
    ) -> Result<(), Error> {
        let by_user = |action, object: String| self.event_from(visitor, Actor::User(user.id), action, object);
        let begun = by_user(Action::SessionBegun, session.id.to_string());
        let factor = self.store.find_second_factor(user.id).await?.filter(|factor| factor.confirmed);
        let Some(factor) = factor else {
            return self.store.create_session(session, &begun).await.map_err(|failure| match failure {
                // It was confirmed in this very moment.
                store::Error::Refused(Guard::SecondFactorChanged) => Error::TotpRequired,
                other => other.into(),
            });
        };
        let code = code.map(|code| code.expose_secret().trim()).filter(|code| !code.is_empty());
        let code = code.ok_or(Error::TotpRequired)?;
        let used = by_user(Action::RecoveryCodeUsed, user.id.to_string());
        let attempt = self.begin_attempt(Credential::SecondFactor(user.email.as_str()), visitor).await?;
        attempt.conclude(self.store_proven_login(user, session, &factor, code, [begun, used]).await).await
    }

    async fn store_proven_login(
        &self,
        user: &User,
        session: &NewSession,
        factor: &SecondFactor,
        code: &str,
        [begun, used]: [Event; 2],
    ) -> Result<(), Error> {
        let proof = self.prove(user, factor, code)?;
        let mut events = vec![begun];
        let uses_recovery_code = matches!(proof, Proof::RecoveryCode { .. });
        if uses_recovery_code {
            events.push(used);
        }
        let stored = self.store.create_proven_session(session, &factor.sealed_secret, &proof, &events).await;
        stored.map_err(|failure| match failure {
            store::Error::Refused(Guard::SecondFactorChanged) => Error::InvalidCredentials,
            other => other.into(),
        })?;
        if uses_recovery_code {
            self.mail_waits.notify_one();
        }
        Ok(())
    }

    /// What a code proves. Whether a recovery code is one of the user's, and whether anything is used, the transaction sees.
    fn prove(&self, user: &User, factor: &SecondFactor, code: &str) -> Result<Proof, Error> {
        if let Some(hash) = recovery_code::hash(code) {
            let mail = Box::new(self.new_factor_notice(user, SecondFactorChange::RecoveryCodeUsed)?);
            return Ok(Proof::RecoveryCode { hash, mail });
        }
        self.find_step(user.id, factor, code)?.map(Proof::Step).ok_or(Error::InvalidCredentials)
    }

    /// The time step of a code, with or without spaces in it.
    fn find_step(&self, user: UserId, factor: &SecondFactor, code: &str) -> Result<Option<i64>, Error> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).take(totp::DIGITS + 1).collect();
        let bytes =
            sealed_token::open(&self.ring(), TokenPurpose::SecondFactor, user.as_bytes(), &factor.sealed_secret)?;
        Ok(TotpSecret::from_bytes(bytes)?.find_step(&digits, self.now(), factor.last_step))
    }

    /// Recovery codes, and what is stored of them.
    fn new_recovery_codes(&self) -> Result<(Vec<SecretString>, Vec<String>), Error> {
        let codes: Vec<_> = (0..RECOVERY_CODES).map(|_| recovery_code::generate(&*self.random)).collect();
        let hashes: Option<Vec<_>> = codes.iter().map(|code| recovery_code::hash(code.expose_secret())).collect();
        Ok((codes, hashes.ok_or_else(|| Error::internal("a recovery code that is none was made"))?))
    }

    pub(super) fn new_factor_notice(&self, user: &User, change: SecondFactorChange) -> Result<PendingMail, Error> {
        self.new_notice(Template::SecondFactorChanged, &user.email, change.as_str())
    }
}

/// What was there when the request came is there no more, or never was.
fn not_so(failure: store::Error) -> Error {
    match failure {
        store::Error::Refused(Guard::SecondFactorChanged) => NOT_SO,
        store::Error::Refused(Guard::AccountChanged) => Error::Unauthenticated,
        other => other.into(),
    }
}

/// As authenticators read it (the Key Uri Format of Google Authenticator). What it leaves open is said all the same.
fn otpauth_uri(user: &User, secret: &SecretString) -> SecretString {
    let address = utf8_percent_encode(user.email.as_str(), NON_ALPHANUMERIC);
    let (secret, digits, period) = (secret.expose_secret(), totp::DIGITS, totp::STEP_SECONDS);
    format!(
        "otpauth://totp/{ISSUER}:{address}?secret={secret}&issuer={ISSUER}&algorithm=SHA1&digits={digits}&period={period}"
    )
    .into()
}
