use super::super::key_ring::tests::sample_ring;
use super::super::test_random::{BytesFrom, RepeatableRandom};
use super::*;
use crate::domain::timestamp::Timestamp;

const PURPOSES: [TokenPurpose; 6] = [
    TokenPurpose::Link,
    TokenPurpose::Cursor,
    TokenPurpose::Mail,
    TokenPurpose::SecondFactor,
    TokenPurpose::PasskeyRegistration,
    TokenPurpose::PasskeySignIn,
];

fn sealed(payload: &[u8]) -> String {
    seal(&sample_ring(), TokenPurpose::Link, b"user 7", payload, &RepeatableRandom::default()).unwrap()
}

fn opened(token: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
    open(&sample_ring(), TokenPurpose::Link, b"user 7", token)
}

#[test]
fn matches_the_vector_made_in_python() {
    let token = seal(&sample_ring(), TokenPurpose::Link, b"user 7", b"payload", &BytesFrom(0x60)).unwrap();
    assert_eq!(token, "ASorLC0uLzAxYGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3inzFI88UQENSeDvnvblm4XZRed7dbMI");
}

#[test]
fn opens_what_was_sealed() {
    for length in [0, 1, 2, 3, 100, MAX_PAYLOAD_BYTES] {
        let payload = vec![b'x'; length];
        let token = sealed(&payload);
        assert!(token.len() <= MAX_TOKEN_CHARS);
        assert_eq!(*opened(&token).unwrap(), payload);
    }
    let random = RepeatableRandom::default();
    let too_long = vec![0; MAX_PAYLOAD_BYTES + 1];
    assert_eq!(seal(&sample_ring(), TokenPurpose::Mail, b"", &too_long, &random), Err(Error::TooLarge));
}

#[test]
fn the_same_payload_never_gives_the_same_token() {
    let (ring, random) = (sample_ring(), RepeatableRandom::default());
    let make = || seal(&ring, TokenPurpose::Link, b"", b"payload", &random).unwrap();
    assert_ne!(make(), make());
}

#[test]
fn every_altered_character_is_refused() {
    // Payloads of three lengths, so that the last character carries 6, 4 and 2 bits.
    for payload in [&b"12345"[..], b"123456", b"1234567"] {
        let token = sealed(payload);
        assert!(opened(&token).is_ok());
        for position in 0..token.len() {
            for replacement in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ .".chars() {
                let mut altered = token.clone();
                altered.replace_range(position..=position, replacement.encode_utf8(&mut [0; 4]));
                assert!(altered == token || opened(&altered).is_err(), "{replacement} at {position} of {token}");
            }
        }
    }
}

#[test]
fn every_altered_byte_is_refused() {
    let bytes = BASE64URL_NOPAD.decode(sealed(b"payload").as_bytes()).unwrap();
    for position in 0..bytes.len() {
        for bit in 0..8 {
            let mut altered = bytes.clone();
            altered[position] ^= 1 << bit;
            let error = opened(&BASE64URL_NOPAD.encode(&altered)).unwrap_err();
            let fits = match position {
                0 => error == Error::Malformed,
                1..HEAD_BYTES => matches!(error, Error::UnknownKey { .. }),
                _ => error == Error::Tampered,
            };
            assert!(fits, "bit {bit} of byte {position}: {error}");
        }
    }
}

#[test]
fn cut_extended_and_foreign_text_is_refused() {
    // Five bytes make a token of whole groups of four characters, so that more can follow.
    let token = sealed(b"12345");
    for length in 0..token.len() {
        assert!(opened(&token[..length]).is_err(), "cut to {length}");
    }
    for (text, error) in [
        (String::new(), Error::Truncated),
        (format!("{token}AA"), Error::Tampered),
        (format!("{token}="), Error::Malformed),
        (format!("{token}\n"), Error::Malformed),
        ("AQ".to_owned(), Error::Truncated),
        ("é".repeat(30), Error::Malformed),
        ("A".repeat(MAX_TOKEN_CHARS + 4), Error::TooLarge),
    ] {
        assert_eq!(opened(&text).unwrap_err(), error, "{text}");
    }
}

#[test]
fn another_purpose_or_context_is_refused() {
    let (ring, random) = (sample_ring(), RepeatableRandom::default());
    for made_for in PURPOSES {
        let token = seal(&ring, made_for, b"list 1", b"payload", &random).unwrap();
        for opened_as in PURPOSES {
            let result = open(&ring, opened_as, b"list 1", &token);
            assert_eq!(result.is_ok(), made_for == opened_as, "{made_for:?} as {opened_as:?}");
        }
        for context in [&b""[..], b"list 2", b"list 11", b"list ", b"\0list 1"] {
            assert_eq!(open(&ring, made_for, context, &token).unwrap_err(), Error::Tampered);
        }
    }
}

/// Even if two purposes had the same key under the same id, which the ring refuses, the label would tell them apart.
#[test]
fn the_purpose_is_authenticated() {
    let (ring, random) = (sample_ring(), RepeatableRandom::default());
    let key = ring.current(Purpose::Link);
    let mut token = [&[VERSION], key.id().as_bytes().as_slice()].concat();
    let of_cursor = associated_data(TokenPurpose::Cursor, key.id(), b"user 7");
    key.secret().seal_onto(&mut token, b"payload", &of_cursor, &random).unwrap();
    assert_eq!(opened(&BASE64URL_NOPAD.encode(&token)).unwrap_err(), Error::Tampered);
}

#[test]
fn older_keys_open_until_they_are_retired() {
    let (mut ring, random) = (sample_ring(), RepeatableRandom::default());
    let token = seal(&ring, TokenPurpose::Link, b"", b"payload", &random).unwrap();
    let key_id = ring.current(Purpose::Link).id();
    ring.rotate(Purpose::Link, &random, Timestamp::from_millis(0)).unwrap();
    assert!(open(&ring, TokenPurpose::Link, b"", &token).is_ok());
    assert_ne!(seal(&ring, TokenPurpose::Link, b"", b"", &random).unwrap()[..12], token[..12]);
    ring.retire(Purpose::Link, key_id).unwrap();
    assert_eq!(open(&ring, TokenPurpose::Link, b"", &token).unwrap_err(), Error::UnknownKey { key_id });
}

#[test]
fn what_a_key_has_sealed_begins_with_it_and_is_sealed_anew_by_the_next() {
    let random = RepeatableRandom::default();
    let mut ring = sample_ring();
    let old = ring.current(Purpose::Wrapping).id();
    let token = seal(&ring, TokenPurpose::SecondFactor, b"user", b"secret", &random).unwrap();
    assert!(token.starts_with(&beginning_of(old)));
    assert_eq!(
        reseal(&ring, TokenPurpose::SecondFactor, b"user", &token, &random),
        Ok(None),
        "it is by the current key"
    );
    let new = ring.rotate(Purpose::Wrapping, &random, Timestamp::from_millis(0)).unwrap();
    let resealed = reseal(&ring, TokenPurpose::SecondFactor, b"user", &token, &random).unwrap().unwrap();
    assert!(resealed.starts_with(&beginning_of(new)) && !resealed.starts_with(&beginning_of(old)));
    assert_eq!(open(&ring, TokenPurpose::SecondFactor, b"user", &resealed).unwrap().as_slice(), b"secret");
    assert_eq!(reseal(&ring, TokenPurpose::SecondFactor, b"another", &token, &random), Err(Error::Tampered));
    // Twelve characters say it all, and none more.
    assert_eq!(beginning_of(old).len(), 12);
}
