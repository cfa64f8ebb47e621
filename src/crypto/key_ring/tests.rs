use std::collections::HashSet;

use super::super::test_random::{BytesFrom, RepeatableRandom};
use super::*;

/// Secrets: SHA-256 of "sample wrapping", "sample signing" and so on.
const SAMPLE: &str = r#"
version = 1
ring_id = "303132333435363738393a3b3c3d3e3f"

[[wrapping]]
id = "0a0b0c0d0e0f1011"
created_at = "2026-11-21T09:30:00Z"
secret = "3535932a53601168e94ef6467763eac64549e7843db533cdeda6c0573d446c42"

[[signing]]
id = "1a1b1c1d1e1f2021"
created_at = "2026-11-21T09:30:00Z"
secret = "f8c47196752a2bdd79cdbd8140680c766ce46f71388a208fb086c844b09867b5"

[[link]]
id = "2a2b2c2d2e2f3031"
created_at = "2026-11-21T09:30:00Z"
secret = "13166d2ad4a6ff11ad7fbf2a493fdac87968f7f3a0cfd40430226c5081595dab"

[[cursor]]
id = "3a3b3c3d3e3f4041"
created_at = "2026-11-21T09:30:00Z"
secret = "6f5ebdc19fb12716bf390709d242310fcfa74a316ef0d217cd247470e4f68ef9"

[[mail]]
id = "4a4b4c4d4e4f5051"
created_at = "2026-11-21T09:30:00Z"
secret = "4f886cd9bf75bb91a9b3eb85e8d9976e3d362cd7be838622c369903db1caebd2"
"#;

/// A ring whose keys the vectors made in Python use.
pub(in super::super) fn sample_ring() -> KeyRing {
    KeyRing::parse(SAMPLE).unwrap()
}

fn noon() -> Timestamp {
    Timestamp::parse_rfc3339("2026-11-21T12:00:00Z").unwrap()
}

fn secret_line(purpose: &str) -> &'static str {
    let section = SAMPLE.split("[[").find(|section| section.starts_with(purpose)).unwrap();
    section.lines().find(|line| line.starts_with("secret")).unwrap()
}

#[test]
fn text_round_trips_with_all_keys_in_order() {
    let random = RepeatableRandom::default();
    let mut ring = KeyRing::generate(&random, noon()).unwrap();
    ring.rotate(Purpose::Link, &random, noon().plus_seconds(1)).unwrap();
    ring.rotate(Purpose::Link, &random, noon().plus_seconds(2)).unwrap();
    let text = ring.to_text();
    assert!(text.starts_with("# The key ring of a Strongroom installation"));
    let again = KeyRing::parse(&text).unwrap();
    assert_eq!(*again.to_text(), *text);
    for purpose in Purpose::ALL {
        let shown = |ring: &KeyRing| -> Vec<_> {
            ring.keys(purpose).map(|key| (key.id(), key.created_at(), *key.secret().as_bytes())).collect()
        };
        assert_eq!(shown(&again), shown(&ring), "{purpose:?}");
        assert_eq!(ring.keys(purpose).last().map(RingKey::id), Some(ring.current(purpose).id()));
    }
    assert_eq!(again.keys(Purpose::Link).count(), 3);
    assert_eq!(again.current(Purpose::Link).created_at(), noon().plus_seconds(2));
}

#[test]
fn writing_never_moves_the_text() {
    let random = RepeatableRandom::default();
    let mut ring = KeyRing::generate(&random, noon().plus_seconds(u64::MAX)).unwrap();
    for _ in 0..20 {
        ring.rotate(Purpose::Wrapping, &random, noon().plus_seconds(u64::MAX)).unwrap();
    }
    // 25 keys and the head at 256 bytes each, and the warning: a text that had to grow would have twice the room.
    assert!((26 * 256..27 * 256 + 256).contains(&ring.to_text().capacity()));
}

#[test]
fn the_fingerprint_names_the_ring_and_survives_rotation() {
    let random = RepeatableRandom::default();
    let mut ring = sample_ring();
    let before = ring.fingerprint();
    assert_eq!(before, "f86f9e9bc61d56598534affd2ac1ccffeb0d91aba79682192e64272f77b9b76f");
    for purpose in Purpose::ALL {
        let old = ring.current(purpose).id();
        let new = ring.rotate(purpose, &random, noon()).unwrap();
        assert_eq!(ring.current(purpose).id(), new);
        assert_ne!(old, new);
        ring.retire(purpose, old).unwrap();
    }
    assert_eq!(ring.fingerprint(), before);
    assert_ne!(KeyRing::generate(&random, noon()).unwrap().fingerprint(), before);
}

#[test]
fn older_keys_are_found_until_they_are_retired() {
    let mut ring = sample_ring();
    let old = ring.current(Purpose::Cursor).id();
    assert_eq!(ring.retire(Purpose::Cursor, old).unwrap_err(), Error::BadRing("the current key cannot be retired"));
    let new = ring.rotate(Purpose::Cursor, &RepeatableRandom::default(), noon()).unwrap();
    assert_eq!(ring.find(Purpose::Cursor, old).unwrap().id(), old);
    assert_eq!(ring.find(Purpose::Cursor, new).unwrap().id(), new);
    // A key serves its own purpose alone.
    assert_eq!(ring.find(Purpose::Link, old).unwrap_err(), Error::UnknownKey { key_id: old });
    ring.retire(Purpose::Cursor, old).unwrap();
    assert_eq!(ring.find(Purpose::Cursor, old).unwrap_err(), Error::UnknownKey { key_id: old });
    assert_eq!(ring.retire(Purpose::Cursor, old).unwrap_err(), Error::UnknownKey { key_id: old });
}

#[test]
fn keys_take_the_places_they_are_given() {
    let random = RepeatableRandom::default();
    let mut ring = sample_ring();
    let first = ring.current(Purpose::Link).id();
    let second = ring.add(Purpose::Link, &random, noon()).unwrap();
    let third = ring.add(Purpose::Link, &random, noon()).unwrap();
    assert_eq!(ring.current(Purpose::Link).id(), first, "a key that is added is not current");
    assert_eq!(
        KeyRing::parse(&ring.to_text()).unwrap().current(Purpose::Link).id(),
        third,
        "in the text, the last one is"
    );
    let places = |of_first, of_second, of_third| {
        ring.arrange(|purpose, id| match id {
            id if id == first => of_first,
            id if id == second => of_second,
            id if id == third => of_third,
            _ => Some(Place::Current).filter(|_| purpose != Purpose::Link),
        })
    };
    let arranged = places(Some(Place::Older), Some(Place::Current), None).unwrap();
    let ids: Vec<KeyId> = arranged.keys(Purpose::Link).map(RingKey::id).collect();
    assert_eq!((ids, arranged.current(Purpose::Link).id()), (vec![first, second], second));
    assert!(!arranged.holds(Purpose::Link, third) && ring.holds(Purpose::Link, third));
    let none = places(Some(Place::Older), None, Some(Place::Added)).unwrap_err();
    assert_eq!(none, Error::BadRing("a purpose has no current key"));
    let two = places(Some(Place::Current), Some(Place::Current), None).unwrap_err();
    assert_eq!(two, Error::BadRing("a purpose has two current keys"));
}

#[test]
fn a_ring_contains_what_it_was_before_and_nothing_that_was_altered() {
    let before = sample_ring();
    let mut after = before.clone();
    let added = after.add(Purpose::Mail, &RepeatableRandom::default(), noon()).unwrap();
    assert!(after.contains(&before) && !before.contains(&after) && before.contains(&before));
    assert!(before.contains(&after.without(Purpose::Mail, added).unwrap()));
    let only = before.current(Purpose::Mail).id();
    assert_eq!(before.without(Purpose::Mail, only).unwrap_err(), Error::BadRing("a purpose has no key"));
    for (from, to) in [("3535932a", "3535932b"), ("303132", "303133")] {
        let other = KeyRing::parse(&SAMPLE.replace(from, to)).unwrap();
        assert!(!other.contains(&before) && !before.contains(&other), "{from}");
    }
    let mail = before.current(Purpose::Mail);
    assert_ne!(before.fingerprint_of(Purpose::Mail, mail), before.fingerprint_of(Purpose::Link, mail));
    assert_ne!(before.fingerprint_of(Purpose::Mail, mail), before.fingerprint());
}

#[test]
fn new_keys_are_all_different() {
    let random = RepeatableRandom::default();
    let rings = [KeyRing::generate(&random, noon()).unwrap(), KeyRing::generate(&random, noon()).unwrap()];
    let secrets: HashSet<[u8; 32]> =
        rings.iter().flat_map(|ring| Purpose::ALL.map(|purpose| *ring.current(purpose).secret().as_bytes())).collect();
    assert_eq!(secrets.len(), 10);
}

#[test]
fn a_broken_source_of_randomness_makes_no_ring_and_no_key() {
    struct Zeros;
    impl Random for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }
    assert_eq!(KeyRing::generate(&Zeros, noon()).unwrap_err(), Error::BadRing("its id is not random"));
    let mut ring = sample_ring();
    let text = ring.to_text();
    assert!(matches!(ring.rotate(Purpose::Link, &Zeros, noon()), Err(Error::WeakKey { .. })));
    assert!(matches!(ring.rotate(Purpose::Link, &BytesFrom(9), noon()), Err(Error::WeakKey { .. })));
    assert_eq!(*ring.to_text(), *text);
}

#[test]
fn guessable_keys_are_refused() {
    let right = secret_line("link");
    let key_id = sample_ring().current(Purpose::Link).id();
    for weak in [
        "00".repeat(32),
        "ff".repeat(32),
        "deadbeef".repeat(8),
        "0123456789abcdef".repeat(4),
        "f0e1d2c3b4a5968778695a4b3c2d1e".repeat(3)[..64].to_owned(),
        // Counting up, counting down, in steps of seven, and through zero.
        HEXLOWER.encode(&(0..32).collect::<Vec<u8>>()),
        HEXLOWER.encode(&(0..32).rev().collect::<Vec<u8>>()),
        HEXLOWER.encode(&(0..32).map(|step: u8| step.wrapping_mul(7)).collect::<Vec<u8>>()),
        HEXLOWER.encode(&(0..32).map(|step: u8| step.wrapping_add(240)).collect::<Vec<u8>>()),
        HEXLOWER.encode(b"please-change-this-32-byte-key!!"),
        HEXLOWER.encode(b"abcdefghijklmnopqrstuvwxyz012345"),
    ] {
        let text = SAMPLE.replace(right, &format!("secret = \"{weak}\""));
        assert_eq!(KeyRing::parse(&text).unwrap_err(), Error::WeakKey { key_id }, "{weak}");
    }
}

#[test]
fn a_ring_that_is_not_whole_is_refused() {
    let link = SAMPLE.find("[[link]]").unwrap();
    let cursor = SAMPLE.find("[[cursor]]").unwrap();
    let (secret, other) = (secret_line("link"), secret_line("mail"));
    let altered = |from: &str, to: &str| {
        assert!(SAMPLE.contains(from));
        SAMPLE.replacen(from, to, 1)
    };
    for (text, problem) in [
        (String::new(), "it is empty"),
        (" \n".to_owned(), "it is empty"),
        ("#".repeat(300_000), "it is too long"),
        ("not toml".to_owned(), "not TOML with a version number"),
        (altered("version = 1", ""), "not TOML with a version number"),
        (altered("version = 1", "version = \"1\""), "not TOML with a version number"),
        (altered("version = 1", "version = 2"), "a version that this program does not know"),
        (altered(&SAMPLE[link..cursor], ""), "a purpose or a field is missing, wrong or not known"),
        (altered("ring_id", "colour = 1\nring_id"), "a purpose or a field is missing, wrong or not known"),
        (altered("[[link]]", "[[link]]\nnote = 1"), "a purpose or a field is missing, wrong or not known"),
        (altered("[[link]]", "[[lynx]]"), "a purpose or a field is missing, wrong or not known"),
        (altered("[[link]]", "[link]"), "a purpose or a field is missing, wrong or not known"),
        (altered(secret, ""), "a purpose or a field is missing, wrong or not known"),
        (altered(&SAMPLE[link..cursor], "").replace("ring_id", "link = []\nring_id"), "a purpose has no key"),
        (altered(secret, "secret = \"\""), "a secret is not 64 lower-case hexadecimal digits"),
        (
            altered(secret, &(secret[..secret.len() - 3].to_owned() + "\"")),
            "a secret is not 64 lower-case hexadecimal digits",
        ),
        (altered(secret, &secret.replace("\"1", "\"Z")), "a secret is not 64 lower-case hexadecimal digits"),
        (altered(secret, &secret.replace('a', "A")), "a secret is not 64 lower-case hexadecimal digits"),
        (altered(secret, other), "two keys are the same"),
        (altered("2a2b2c2d2e2f3031", "3a3b3c3d3e3f4041"), "two keys have the same id"),
        (altered("2a2b2c2d2e2f3031", "2a2b"), "a key's id is not 16 lower-case hexadecimal digits"),
        (altered("2026-11-21T09:30:00Z", "yesterday"), "a key's created_at is not a date-time of RFC 3339"),
        (altered("303132333435363738393a3b3c3d3e3f", "3031"), "ring_id is not 32 lower-case hexadecimal digits"),
        (altered("303132333435363738393a3b3c3d3e3f", &"00".repeat(16)), "its id is not random"),
    ] {
        assert_eq!(KeyRing::parse(&text).unwrap_err(), Error::BadRing(problem), "{text}");
    }
}

#[test]
fn debug_and_errors_show_no_secret() {
    let shown = format!("{:?}", sample_ring());
    assert!(shown.contains("SecretKey(..)"));
    // SHA-256 of "sample link" begins with 13 16 6d 2a: 19, 22, 109, 42.
    assert!(!shown.contains("13166d") && !shown.contains("19, 22"));
    let text = SAMPLE.replace("[[cursor]]", "[[cursor");
    assert!(!format!("{:?}", KeyRing::parse(&text)).contains("13166d"));
}
