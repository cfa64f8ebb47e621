//! Passkeys (WebAuthn Level 2): what a browser is asked, and whether its answer holds.
//!
//! A ceremony has two halves with nothing but a challenge between them, which the caller keeps. The `passki` crate reads and
//! verifies the answers; section 7.1 and 7.2 of the specification leave some steps to us, and they are here or with whoever
//! calls: that a challenge is used once and in time, that a credential is nobody else's, and whom it belongs to.
//!
//! Attestation is not asked for, so nothing is known of the make of an authenticator. Signature counters are handed on unread:
//! `passki` looks at them before it looks at the signature, and whoever only knows the id of a credential could make it seem
//! to be copied.

use passki::{
    AttestationConveyancePreference, AuthenticationCredential, AuthenticationOptions, Passki, PasskiError,
    RegistrationCredential, RegistrationOptions, ResidentKeyRequirement, StoredPasskey, UserVerificationRequirement,
};
use serde::Deserialize;

use super::error::Error;
use crate::domain::id::UserId;
use crate::domain::random::{Random, random_bytes};

/// How long a challenge is.
pub const CHALLENGE_BYTES: usize = 32;
/// More than a browser answers, attestation and all.
const MAX_ANSWER_BYTES: usize = 16 * 1024;
/// What the specification allows: 100 random bits at least (section 6.1), and what fits an authenticator (section 5.8.3).
const CREDENTIAL_ID_BYTES: std::ops::RangeInclusive<usize> = 16..=1023;
/// What browsers are offered and what is verified: EdDSA, ES256, ES384, RS256, RS384 (RFC 9053, RFC 8812).
const ALGORITHMS: [i32; 5] = [-8, -7, -35, -257, -258];
/// What browsers show beside the address.
const SITE_NAME: &str = "Strongroom";
/// The type of every credential (section 5.8.2).
const PUBLIC_KEY: &str = "public-key";

/// The site that passkeys are made for and used at.
pub struct RelyingParty {
    passki: Passki,
    timeout_millis: u64,
}

/// What a browser is asked.
#[derive(Debug)]
pub struct Challenge {
    /// What the answer has to name.
    pub bytes: [u8; CHALLENGE_BYTES],
    /// The question as JSON, for `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`.
    pub options: String,
}

/// What proves a passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// How the authenticator calls it.
    pub id: Vec<u8>,
    /// Its public key, as COSE has it.
    pub public_key: Vec<u8>,
    /// Its algorithm, as COSE numbers it.
    pub algorithm: i32,
}

/// A passkey that was made.
#[derive(Debug)]
pub struct NewCredential {
    /// The passkey.
    pub credential: Credential,
    /// How often it was used.
    pub counter: u32,
}

/// A browser's answer to the question who signs in.
pub struct Assertion {
    answer: AuthenticationCredential,
    credential_id: Vec<u8>,
}

/// What is wrong with a browser's answer. Nothing of the answer is in it, so it may be logged; nobody who answers is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It cannot be read.
    #[error("not an answer of a browser")]
    Malformed,
    /// It was given to a question of another kind.
    #[error("an answer to another ceremony")]
    OtherCeremony,
    /// It was given to another question.
    #[error("an answer to another challenge")]
    OtherChallenge,
    /// A page of another site asked, or one in a frame of another.
    #[error("an answer to a page of another origin")]
    OtherOrigin,
    /// The credential is of another site.
    #[error("an answer for another relying party")]
    OtherSite,
    /// Nobody touched the authenticator, or it did not find out who.
    #[error("nobody was verified")]
    NotVerified,
    /// A kind of key that was not offered.
    #[error("an algorithm that was not offered")]
    Algorithm,
    /// The signature is not that of the credential.
    #[error("a wrong signature")]
    Signature,
}

#[derive(Deserialize)]
struct Envelope {
    id: String,
    #[serde(rename = "rawId")]
    raw_id: String,
    #[serde(rename = "type")]
    kind: String,
}

impl RelyingParty {
    /// The site with this id, the name of a host, whose pages have this origin. A browser gives its user `timeout_seconds`.
    pub fn new(id: &str, origin: &str, timeout_seconds: u64) -> Self {
        Self { passki: Passki::new(id, &[origin], SITE_NAME), timeout_millis: timeout_seconds * 1000 }
    }

    /// The name of its host.
    pub fn id(&self) -> &str {
        &self.passki.rp_id
    }

    /// Asks a browser to make a passkey: one that the authenticator finds by itself, that verifies its user, and that is none
    /// of the `existing` ones.
    ///
    /// # Errors
    ///
    /// `Malformed` when the question cannot be put, which is our own fault.
    pub fn begin_registration(
        &self,
        user: UserId,
        name: &str,
        display_name: &str,
        existing: &[Credential],
        random: &dyn Random,
    ) -> Result<Challenge, Error> {
        let existing: Vec<StoredPasskey> = existing.iter().map(stored).collect();
        let mut options = self.registration_options();
        options.exclude_credentials = Some(&existing);
        let question = self.passki.start_passkey_registration(user.as_bytes(), name, display_name, options);
        let (mut question, _) = question.map_err(|_| Error::Malformed)?;
        let bytes = random_bytes(random);
        question.challenge = Passki::base64_encode(&bytes);
        Ok(Challenge { bytes, options: serde_json::to_string(&question).map_err(|_| Error::Malformed)? })
    }

    /// The passkey that a browser has made for `user` when it was asked with this challenge.
    ///
    /// # Errors
    ///
    /// What is wrong with the answer.
    pub fn finish_registration(&self, user: UserId, challenge: &[u8], answer: &str) -> Result<NewCredential, Refusal> {
        let id = credential_id_of(answer)?;
        let answer: RegistrationCredential = serde_json::from_str(answer).map_err(|_| Refusal::Malformed)?;
        let asked = self.passki.start_passkey_registration(user.as_bytes(), "", "", self.registration_options());
        let (_, mut state) = asked.map_err(|failure| refusal(&failure))?;
        state.challenge = challenge.to_vec();
        let made = self.passki.finish_passkey_registration(&answer, &state).map_err(|failure| refusal(&failure))?;
        if !ALGORITHMS.contains(&made.algorithm) {
            return Err(Refusal::Algorithm);
        }
        let credential = Credential { id, public_key: made.public_key, algorithm: made.algorithm };
        Ok(NewCredential { credential, counter: made.counter })
    }

    /// Asks a browser to sign somebody in. No credential is named, so that the question tells nothing of anybody.
    ///
    /// # Errors
    ///
    /// `Malformed` when the question cannot be put, which is our own fault.
    pub fn begin_sign_in(&self, random: &dyn Random) -> Result<Challenge, Error> {
        let question = self.passki.start_passkey_authentication(&[], self.sign_in_options());
        let (mut question, _) = question.map_err(|_| Error::Malformed)?;
        let bytes = random_bytes(random);
        question.challenge = Passki::base64_encode(&bytes);
        Ok(Challenge { bytes, options: serde_json::to_string(&question).map_err(|_| Error::Malformed)? })
    }

    /// Whether the answer to this challenge is signed by this credential; and how often that says it was used.
    ///
    /// # Errors
    ///
    /// What is wrong with the answer.
    pub fn verify(&self, challenge: &[u8], assertion: &Assertion, credential: &Credential) -> Result<u32, Refusal> {
        if assertion.credential_id != credential.id {
            return Err(Refusal::Signature);
        }
        let asked = self.passki.start_passkey_authentication(&[], self.sign_in_options());
        let (_, mut state) = asked.map_err(|failure| refusal(&failure))?;
        state.challenge = challenge.to_vec();
        // Above a stored counter of 0 every other is: what was stored is compared where it is written.
        let verified = self.passki.finish_passkey_authentication(&assertion.answer, &state, &stored(credential));
        verified.map(|verified| verified.counter).map_err(|failure| refusal(&failure))
    }

    fn registration_options<'a>(&self) -> RegistrationOptions<'a> {
        let mut options = RegistrationOptions::default();
        options.timeout = self.timeout_millis;
        options.attestation = AttestationConveyancePreference::None;
        options.resident_key = ResidentKeyRequirement::Required;
        options.user_verification = UserVerificationRequirement::Required;
        options
    }

    fn sign_in_options(&self) -> AuthenticationOptions {
        let mut options = AuthenticationOptions::default();
        options.timeout = self.timeout_millis;
        options.user_verification = UserVerificationRequirement::Required;
        options
    }
}

impl Assertion {
    /// Reads a browser's answer, as `toJSON` of a credential writes it. Nothing of it is proved by that.
    ///
    /// # Errors
    ///
    /// `Malformed`.
    pub fn parse(answer: &str) -> Result<Self, Refusal> {
        let credential_id = credential_id_of(answer)?;
        Ok(Self { answer: serde_json::from_str(answer).map_err(|_| Refusal::Malformed)?, credential_id })
    }

    /// Which credential it says to be of.
    pub fn credential_id(&self) -> &[u8] {
        &self.credential_id
    }

    /// Whom the authenticator keeps the credential for: what the authenticator was told when it made it.
    pub fn user(&self) -> Option<UserId> {
        let handle = Passki::base64_decode(self.answer.response.user_handle.as_deref()?).ok()?;
        Some(UserId::from_bytes(handle.try_into().ok()?))
    }
}

/// What both kinds of answer begin with, and `passki` does not look at.
fn credential_id_of(answer: &str) -> Result<Vec<u8>, Refusal> {
    if answer.len() > MAX_ANSWER_BYTES {
        return Err(Refusal::Malformed);
    }
    let envelope: Envelope = serde_json::from_str(answer).map_err(|_| Refusal::Malformed)?;
    let id = Passki::base64_decode(&envelope.raw_id).map_err(|_| Refusal::Malformed)?;
    let is_good = envelope.kind == PUBLIC_KEY && envelope.id == envelope.raw_id;
    if is_good && CREDENTIAL_ID_BYTES.contains(&id.len()) { Ok(id) } else { Err(Refusal::Malformed) }
}

fn stored(credential: &Credential) -> StoredPasskey {
    let mut stored = StoredPasskey::default();
    stored.credential_id.clone_from(&credential.id);
    stored.public_key.clone_from(&credential.public_key);
    stored.algorithm = credential.algorithm;
    stored
}

fn refusal(failure: &PasskiError) -> Refusal {
    match failure {
        PasskiError::InvalidClientDataType(_) | PasskiError::ClientDataTypeMismatch { .. } => Refusal::OtherCeremony,
        PasskiError::ChallengeMismatch => Refusal::OtherChallenge,
        PasskiError::OriginMismatch { .. }
        | PasskiError::CrossOriginNotAllowed
        | PasskiError::TopOriginMismatch { .. } => Refusal::OtherOrigin,
        PasskiError::RpIdHashMismatch => Refusal::OtherSite,
        PasskiError::UserNotPresent | PasskiError::UserVerificationRequired => Refusal::NotVerified,
        PasskiError::UnsupportedAlgorithm(_) => Refusal::Algorithm,
        PasskiError::SignatureVerificationFailed => Refusal::Signature,
        _ => Refusal::Malformed,
    }
}

#[cfg(test)]
mod tests;
