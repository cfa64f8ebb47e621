//! Tokens that are not ours, or not as we made them.

use super::*;

#[test]
fn each_claim_is_required() {
    assert!(tokens().verify(&sign(&right_header(), &right_claims()), now()).is_ok());
    let names: Vec<String> = right_claims().as_object().unwrap().keys().cloned().collect();
    assert_eq!(names.len(), 9);
    for name in names {
        let mut claims = right_claims();
        claims.as_object_mut().unwrap().remove(&name);
        assert_eq!(tokens().verify(&sign(&right_header(), &claims), now()), Err(Error::Malformed), "without {name}");
        let null = with(right_claims(), &name, Value::Null);
        assert_eq!(tokens().verify(&sign(&right_header(), &null), now()), Err(Error::Malformed), "{name} null");
    }
}

#[test]
fn each_claim_is_strictly_typed() {
    let seconds = now().as_unix_seconds();
    let (user, session) = people();
    for (name, bad) in [
        ("exp", json!((seconds + 900).to_string())),
        ("exp", json!(seconds as f64 + 900.5)),
        ("exp", json!(-1)),
        ("exp", json!([seconds + 900])),
        ("exp", json!(true)),
        ("nbf", json!(seconds.to_string())),
        ("nbf", json!(false)),
        ("iat", json!("now")),
        ("iss", json!("https://elsewhere.example")),
        ("iss", json!([ISSUER])),
        ("iss", json!([ISSUER, "https://elsewhere.example"])),
        ("aud", json!("somebody else")),
        ("aud", json!(["strongroom"])),
        ("sub", json!("")),
        ("sub", json!(session.to_string())),
        ("sub", json!(user.to_string().to_uppercase())),
        ("sub", json!(7)),
        ("sid", json!(user.to_string())),
        ("sid", json!([])),
        ("jti", json!("")),
        ("jti", json!(1)),
        ("use", json!("refresh")),
        ("use", json!(["access"])),
        ("admin", json!(true)),
    ] {
        let token = sign(&right_header(), &with(right_claims(), name, bad.clone()));
        assert_eq!(tokens().verify(&token, now()), Err(Error::Malformed), "{name}: {bad}");
    }
    for (name, late) in [("nbf", seconds + 6), ("iat", seconds + 6)] {
        let token = sign(&right_header(), &with(right_claims(), name, json!(late)));
        assert_eq!(tokens().verify(&token, now()), Err(Error::NotYetValid), "{name}");
    }
}

#[test]
fn claims_that_come_twice_are_refused() {
    let twice = right_claims().to_string().replacen('{', "{\"exp\":9999999999,", 1);
    let message = format!(
        "{}.{}",
        BASE64URL_NOPAD.encode(right_header().to_string().as_bytes()),
        BASE64URL_NOPAD.encode(twice.as_bytes())
    );
    let key = encoding_key(sample_ring().current(Purpose::Signing));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::EdDSA).unwrap();
    assert_eq!(tokens().verify(&format!("{message}.{signature}"), now()), Err(Error::Malformed));
}

#[test]
fn other_headers_are_refused() {
    for (name, bad, error) in [
        ("alg", json!("none"), Error::Malformed),
        ("alg", json!("HS256"), Error::Malformed),
        ("alg", json!("ES256"), Error::Malformed),
        ("alg", json!("eddsa"), Error::Malformed),
        ("alg", Value::Null, Error::Malformed),
        ("typ", json!("JWT"), Error::Malformed),
        ("typ", Value::Null, Error::Malformed),
        ("kid", Value::Null, Error::Malformed),
        ("kid", json!("../../etc/passwd"), Error::Malformed),
        ("kid", json!("0000000000000000"), Error::UnknownKey { key_id: KeyId::from_bytes([0; 8]) }),
        // A key of the ring, but not one that signs.
        ("kid", json!("2a2b2c2d2e2f3031"), Error::UnknownKey { key_id: KeyId::parse("2a2b2c2d2e2f3031").unwrap() }),
    ] {
        let token = sign(&with(right_header(), name, bad.clone()), &right_claims());
        assert_eq!(tokens().verify(&token, now()), Err(error), "{name}: {bad}");
    }
}

#[test]
fn the_public_key_is_no_shared_secret() {
    let public = BASE64URL_NOPAD.decode(b"fWoJMW8NLfgucAZms6JaOrQGt8skK-qMDVvuIOoQias").unwrap();
    let header = with(right_header(), "alg", json!("HS256"));
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let message = format!("{}.{}", part(&header), part(&right_claims()));
    let key = EncodingKey::from_secret(&public);
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    assert_eq!(tokens().verify(&format!("{message}.{signature}"), now()), Err(Error::Malformed));
    let unsigned = format!("{}.{}.", part(&with(right_header(), "alg", json!("none"))), part(&right_claims()));
    assert_eq!(tokens().verify(&unsigned, now()), Err(Error::Malformed));
}

#[test]
fn every_altered_character_is_refused() {
    for position in 0..VECTOR.len() {
        for replacement in ["A", "Q", "g", "w", "_", ".", "=", " "] {
            let mut altered = VECTOR.to_owned();
            altered.replace_range(position..=position, replacement);
            assert!(altered == VECTOR || tokens_once().verify(&altered, now()).is_err(), "{replacement} at {position}");
        }
    }
}

#[test]
fn cut_missing_and_oversized_parts_are_refused() {
    for length in 0..VECTOR.len() {
        assert!(tokens_once().verify(&VECTOR[..length], now()).is_err(), "cut to {length}");
    }
    let signature_start = VECTOR.rfind('.').unwrap() + 1;
    let other = sign(&right_header(), &right_claims());
    let other_signature = other.rsplit('.').next().unwrap();
    for (text, error) in [
        (format!("{}{other_signature}", &VECTOR[..signature_start]), Error::Tampered),
        (VECTOR[..signature_start].to_owned(), Error::Tampered),
        (format!("{VECTOR}.{VECTOR}"), Error::Malformed),
        (format!("Bearer {VECTOR}"), Error::Malformed),
        (String::new(), Error::Malformed),
        ("..".to_owned(), Error::Malformed),
        (format!("{VECTOR}{}", "A".repeat(MAX_TOKEN_BYTES)), Error::TooLarge),
    ] {
        assert_eq!(tokens().verify(&text, now()), Err(error), "{text}");
    }
}
