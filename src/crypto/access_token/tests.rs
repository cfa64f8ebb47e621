use serde_json::{Value, json};

use super::super::key_ring::tests::sample_ring;
use super::super::test_random::{BytesFrom, RepeatableRandom};
use super::*;

mod forgery;

const ISSUER: &str = "https://files.example";
/// Made in Python with `cryptography`, from the signing key of the sample ring.
const VECTOR: &str = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSIsImtpZCI6IjFhMWIxYzFkMWUxZjIwMjEifQ.\
                      eyJpc3MiOiJodHRwczovL2ZpbGVzLmV4YW1wbGUiLCJhdWQiOiJzdHJvbmdyb29tIiwic3ViIjoidXNlcl9hZWFxY2FpYmFlYXFjYWliYWVhcWNhaWJhZSIsInNpZCI6InNlc3Npb25fYWliYWVhcWNhaWJhZWFxY2FpYmFlYXFjYWkiLCJpYXQiOjE3OTUyNTM0MDAsIm5iZiI6MTc5NTI1MzQwMCwiZXhwIjoxNzk1MjU0MzAwLCJqdGkiOiJZR0ZpWTJSbFptZG9hV3ByYkcxdWJ3IiwidXNlIjoiYWNjZXNzIn0.\
                      d8ogtVB6rAgrAk6ojsVARViX16DJwwU36bUgBxYidXGv75yDr9nY59iMC6KBbRf-tVGP6VKBSNXGLrozezkxAw";

fn now() -> Timestamp {
    Timestamp::parse_rfc3339("2026-11-21T09:30:00Z").unwrap()
}

fn tokens() -> AccessTokens {
    AccessTokens::new(&sample_ring(), ISSUER).unwrap()
}

fn people() -> (UserId, SessionId) {
    (UserId::from_bytes([1; 16]), SessionId::from_bytes([2; 16]))
}

fn right_claims() -> Value {
    let (user, session) = people();
    let seconds = now().as_unix_seconds();
    json!({
        "iss": ISSUER, "aud": "strongroom", "sub": user.to_string(), "sid": session.to_string(),
        "iat": seconds, "nbf": seconds, "exp": seconds + 900, "jti": "x", "use": "access",
    })
}

/// Signs whatever it is given with the current key of the sample ring.
fn sign(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let message = format!("{}.{}", part(header), part(claims));
    let key = encoding_key(sample_ring().current(Purpose::Signing));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::EdDSA).unwrap();
    format!("{message}.{signature}")
}

fn right_header() -> Value {
    json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": "1a1b1c1d1e1f2021" })
}

fn with(mut value: Value, name: &str, replacement: Value) -> Value {
    value[name] = replacement;
    value
}

#[test]
fn matches_the_vector_made_in_python() {
    let (user, session) = people();
    assert_eq!(tokens().issue(user, session, now(), 900, &BytesFrom(0x60)).unwrap(), VECTOR);
    let expires_at = now().plus_seconds(900);
    assert_eq!(tokens().verify(VECTOR, now()), Ok(AccessClaims { user, session, expires_at }));
}

/// The key of RFC 8037 appendix A.1, its public key of A.2 and its signature of A.4.
#[test]
fn matches_the_vectors_of_rfc_8037() {
    let seed = BASE64URL_NOPAD.decode(b"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
    let secret = super::super::secret_key::SecretKey::from_slice(&seed).unwrap();
    let key = RingKey::new(KeyId::from_bytes([0; 8]), now(), secret);
    let public = public_key(&key).unwrap();
    assert_eq!(public.x, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let verify = |message: &[u8]| jsonwebtoken::crypto::verify(signature, message, &public.verifying, Algorithm::EdDSA);
    assert!(verify(message).unwrap());
    assert!(!verify(b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmd").unwrap());
    assert_eq!(jsonwebtoken::crypto::sign(message, &encoding_key(&key), Algorithm::EdDSA).unwrap(), signature);
}

#[test]
fn time_is_the_moment_handed_in() {
    let token = sign(&right_header(), &right_claims());
    let at = |millis: i64| tokens().verify(&token, Timestamp::from_millis(now().as_millis() + millis)).map(|_| ());
    assert_eq!(at(0), Ok(()));
    assert_eq!(at(899_999), Ok(()));
    assert_eq!(at(900_000), Err(Error::Expired));
    assert_eq!(at(900_000_000), Err(Error::Expired));
    assert_eq!(at(-5_000), Ok(()));
    assert_eq!(at(-5_001), Err(Error::NotYetValid));
    assert_eq!(tokens().verify(&token, Timestamp::from_millis(0)), Err(Error::NotYetValid));
    // Far from the year in which this test runs, either way.
    let (user, session) = people();
    for year in ["1971-01-01T00:00:00Z", "9000-01-01T00:00:00Z"] {
        let then = Timestamp::parse_rfc3339(year).unwrap();
        let token = tokens().issue(user, session, then, 60, &RepeatableRandom::default()).unwrap();
        assert!(tokens().verify(&token, then).is_ok(), "{year}");
        assert_eq!(tokens().verify(&token, then.plus_seconds(60)), Err(Error::Expired), "{year}");
    }
}

#[test]
fn a_token_that_never_lived_or_never_ends_is_handled() {
    let (user, session) = people();
    let random = RepeatableRandom::default();
    let at_once = tokens().issue(user, session, now(), 0, &random).unwrap();
    assert_eq!(tokens().verify(&at_once, now()), Err(Error::Expired));
    for exp in [json!(u64::MAX), json!(i64::MAX)] {
        let token = sign(&right_header(), &with(right_claims(), "exp", exp));
        assert_eq!(tokens().verify(&token, now()).unwrap().expires_at, now().plus_seconds(u64::MAX));
    }
}

/// Made once, for the tests that verify thousands of times.
fn tokens_once() -> &'static AccessTokens {
    static TOKENS: std::sync::OnceLock<AccessTokens> = std::sync::OnceLock::new();
    TOKENS.get_or_init(tokens)
}

#[test]
fn another_issuer_or_ring_is_refused() {
    let elsewhere = AccessTokens::new(&sample_ring(), "https://elsewhere.example").unwrap();
    assert_eq!(elsewhere.verify(VECTOR, now()), Err(Error::Malformed));
    let other = AccessTokens::new(&KeyRing::generate(&RepeatableRandom::default(), now()).unwrap(), ISSUER).unwrap();
    assert!(matches!(other.verify(VECTOR, now()), Err(Error::UnknownKey { .. })));
    let (user, session) = people();
    let endless = AccessTokens::new(&sample_ring(), &"x".repeat(MAX_TOKEN_BYTES)).unwrap();
    assert_eq!(endless.issue(user, session, now(), 1, &RepeatableRandom::default()), Err(Error::TooLarge));
}

#[test]
fn older_signing_keys_verify_until_they_are_retired() {
    let mut ring = sample_ring();
    let old = ring.current(Purpose::Signing).id();
    let new = ring.rotate(Purpose::Signing, &RepeatableRandom::default(), now()).unwrap();
    let both = AccessTokens::new(&ring, ISSUER).unwrap();
    assert!(both.verify(VECTOR, now()).is_ok());
    let (user, session) = people();
    let token = both.issue(user, session, now(), 900, &RepeatableRandom::default()).unwrap();
    assert_eq!(decode_header(&token).unwrap().kid, Some(new.to_string()));
    let kids: Vec<Value> = both.jwks()["keys"].as_array().unwrap().iter().map(|key| key["kid"].clone()).collect();
    assert_eq!(kids, [json!(old.to_string()), json!(new.to_string())]);
    // The new key's name does not make the old key's signature good.
    let relabelled = sign(&with(right_header(), "kid", json!(new.to_string())), &right_claims());
    assert_eq!(both.verify(&relabelled, now()), Err(Error::Tampered));
    ring.retire(Purpose::Signing, old).unwrap();
    let one = AccessTokens::new(&ring, ISSUER).unwrap();
    assert_eq!(one.verify(VECTOR, now()), Err(Error::UnknownKey { key_id: old }));
    assert!(one.verify(&token, now()).is_ok());
}

#[test]
fn the_key_set_shows_public_keys_alone() {
    assert_eq!(
        tokens().jwks(),
        json!({ "keys": [{
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
            "kid": "1a1b1c1d1e1f2021", "x": "fWoJMW8NLfgucAZms6JaOrQGt8skK-qMDVvuIOoQias",
        }] })
    );
    assert_eq!(format!("{:?}", tokens()), "AccessTokens { issuer: \"https://files.example\", .. }");
}
