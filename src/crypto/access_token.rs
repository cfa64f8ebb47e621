//! Access tokens: JSON Web Tokens signed with Ed25519 (RFC 7519, RFC 8037, RFC 9068).
//!
//! The algorithm is fixed, every claim is required and strictly typed, and the token says what it is for. Time is
//! compared with the moment that is handed in, never with the machine's clock. What the user may do, and whether the
//! session still lives, is not in the token.

use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::domain::id::{SessionId, UserId};
use crate::domain::random::{Random, random_bytes};
use crate::domain::timestamp::Timestamp;

use super::error::Error;
use super::key_id::KeyId;
use super::key_ring::{KeyRing, Purpose, RingKey};

/// The longest token that is looked at, in bytes.
pub const MAX_TOKEN_BYTES: usize = 2048;

/// The media type of RFC 9068 section 2.1.
const TOKEN_TYPE: &str = "at+jwt";
const AUDIENCE: &str = "strongroom";
const TOKEN_USE: &str = "access";
/// By how much another machine's clock may be ahead.
const NOT_BEFORE_LEEWAY_SECONDS: i64 = 5;
/// What comes before the seed in PKCS #8 (RFC 8410 section 7).
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// Whose token it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessClaims {
    /// Who signed in.
    pub user: UserId,
    /// By which sign-in.
    pub session: SessionId,
    /// From this moment on the token is worth nothing.
    pub expires_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    iat: u64,
    nbf: u64,
    exp: u64,
    jti: String,
    #[serde(rename = "use")]
    token_use: String,
}

struct PublicKey {
    id: KeyId,
    /// The `x` of RFC 8037 section 2.
    x: String,
    verifying: DecodingKey,
}

/// Issues and verifies access tokens with the signing keys of one state of the ring; after a rotation make a new one.
pub struct AccessTokens {
    issuer: String,
    header: Header,
    // The library does not wipe it. It lives as long as the ring, which holds the same secret.
    signing: EncodingKey,
    public_keys: Vec<PublicKey>,
    validation: Validation,
}

impl AccessTokens {
    /// With the signing keys of `ring`; `issuer` is the address of this installation.
    ///
    /// # Errors
    ///
    /// `BadRing` when a signing key is none.
    pub fn new(ring: &KeyRing, issuer: &str) -> Result<Self, Error> {
        let current = ring.current(Purpose::Signing);
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TOKEN_TYPE.to_owned());
        header.kid = Some(current.id().to_string());
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
        // The library would ask the machine's clock.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let public_keys = ring.keys(Purpose::Signing).map(public_key).collect::<Result<_, _>>()?;
        Ok(Self { issuer: issuer.to_owned(), header, signing: encoding_key(current), public_keys, validation })
    }

    /// A token for `user`, signed in by `session`, good for `ttl_seconds` from `now`.
    ///
    /// # Errors
    ///
    /// `TooLarge` when the issuer makes it longer than `MAX_TOKEN_BYTES`, `Malformed` when it cannot be signed.
    pub fn issue(
        &self,
        user: UserId,
        session: SessionId,
        now: Timestamp,
        ttl_seconds: u64,
        random: &dyn Random,
    ) -> Result<String, Error> {
        let issued_at = now.as_unix_seconds().unsigned_abs();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: user.to_string(),
            sid: session.to_string(),
            iat: issued_at,
            nbf: issued_at,
            exp: now.plus_seconds(ttl_seconds).as_unix_seconds().unsigned_abs(),
            jti: BASE64URL_NOPAD.encode(&random_bytes::<16>(random)),
            token_use: TOKEN_USE.to_owned(),
        };
        let token = encode(&self.header, &claims, &self.signing).map_err(|_| Error::Malformed)?;
        if token.len() > MAX_TOKEN_BYTES { Err(Error::TooLarge) } else { Ok(token) }
    }

    /// Whose token it is, if it is one of ours and good at `now`.
    ///
    /// # Errors
    ///
    /// `TooLarge` beyond `MAX_TOKEN_BYTES`; `UnknownKey` and `Tampered` for a key or a signature that is not ours;
    /// `Expired` from `exp` on, `NotYetValid` more than 5 seconds before `nbf`; `Malformed` for everything else.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, Error> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(Error::TooLarge);
        }
        let header = decode_header(token).map_err(|_| Error::Malformed)?;
        if header.alg != Algorithm::EdDSA || header.typ.as_deref() != Some(TOKEN_TYPE) {
            return Err(Error::Malformed);
        }
        let key_id = header.kid.as_deref().and_then(KeyId::parse).ok_or(Error::Malformed)?;
        let key = self.public_keys.iter().find(|key| key.id == key_id).ok_or(Error::UnknownKey { key_id })?;
        let claims = decode::<Claims>(token, &key.verifying, &self.validation).map_err(|error| match error.kind() {
            ErrorKind::InvalidSignature => Error::Tampered,
            _ => Error::Malformed,
        })?;
        accept(claims.claims, now)
    }

    /// The public keys as a JSON Web Key Set (RFC 7517 section 5, RFC 8037 section 2), oldest first.
    pub fn jwks(&self) -> serde_json::Value {
        let keys: Vec<_> = self
            .public_keys
            .iter()
            .map(|key| {
                serde_json::json!({
                    "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key.id.to_string(), "x": key.x,
                })
            })
            .collect();
        serde_json::json!({ "keys": keys })
    }
}

impl std::fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessTokens").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// What signature, issuer and audience leave to check.
fn accept(claims: Claims, now: Timestamp) -> Result<AccessClaims, Error> {
    if claims.token_use != TOKEN_USE || claims.jti.is_empty() {
        return Err(Error::Malformed);
    }
    let moment = |seconds| Timestamp::from_millis(0).plus_seconds(seconds);
    let expires_at = moment(claims.exp);
    if now >= expires_at {
        return Err(Error::Expired);
    }
    let not_before = moment(claims.nbf.max(claims.iat));
    if not_before.as_millis() > now.as_millis() + NOT_BEFORE_LEEWAY_SECONDS * 1000 {
        return Err(Error::NotYetValid);
    }
    let user = UserId::parse(&claims.sub).ok_or(Error::Malformed)?;
    let session = SessionId::parse(&claims.sid).ok_or(Error::Malformed)?;
    Ok(AccessClaims { user, session, expires_at })
}

fn encoding_key(key: &RingKey) -> EncodingKey {
    let mut pkcs8 = Zeroizing::new([0; 48]);
    let (prefix, seed) = pkcs8.split_at_mut(PKCS8_PREFIX.len());
    prefix.copy_from_slice(&PKCS8_PREFIX);
    seed.copy_from_slice(key.secret().as_bytes());
    EncodingKey::from_ed_der(&*pkcs8)
}

fn public_key(key: &RingKey) -> Result<PublicKey, Error> {
    const PROBLEM: Error = Error::BadRing("a signing key is no seed of an Ed25519 key");
    let jwk = Jwk::from_encoding_key(&encoding_key(key), Algorithm::EdDSA).map_err(|_| PROBLEM)?;
    let verifying = DecodingKey::from_jwk(&jwk).map_err(|_| PROBLEM)?;
    match jwk.algorithm {
        AlgorithmParameters::OctetKeyPair(pair) => Ok(PublicKey { id: key.id(), x: pair.x, verifying }),
        _ => Err(PROBLEM),
    }
}

#[cfg(test)]
mod tests;
