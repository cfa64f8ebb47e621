use super::super::test_random::{BytesFrom, RepeatableRandom};
use super::*;

const PASSWORD: &str = "pa\u{df}w\u{f6}rd correct horse";
/// The same text with the umlaut in two code points.
const DECOMPOSED: &str = "pa\u{df}wo\u{308}rd correct horse";

/// Made with argon2-cffi from the NFC form, salt 20 21 .. 2f.
const OF_TODAY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$ICEiIyQlJicoKSorLC0uLw$trp+LNOtL1yl9jO/G128CuZ6cwQcJSZw8LMClW4mAIU";
const WEAK: &str = "$argon2id$v=19$m=64,t=1,p=1$ICEiIyQlJicoKSorLC0uLw$WqhNsCqEuEeC7Ns7iVt/SdY+F+rlj6msT9HJxXWi4kE";
const ARGON2I: &str = "$argon2i$v=19$m=64,t=1,p=1$ICEiIyQlJicoKSorLC0uLw$AtggFC3Lh7VZLdbnMSDMIkNRaU1OHi9kBDBzilmcYUM";

fn weak() -> PasswordHashing {
    PasswordHashing::weak_for_tests()
}

fn of_cost(memory_kib: u32, iterations: u32) -> PasswordHashing {
    PasswordHashing { cost: Cost { memory_kib, iterations, parallelism: 1 }, pepper: None }
}

#[test]
fn a_hash_is_outdated_only_where_todays_is_stronger() {
    let stored = of_cost(128, 2).hash(PASSWORD, &RepeatableRandom::default()).unwrap();
    for (today, verification) in [
        (of_cost(128, 2), Verification::Matches),
        (of_cost(256, 2), Verification::MatchesOutdated),
        (of_cost(128, 3), Verification::MatchesOutdated),
        (of_cost(64, 2), Verification::Matches),
        (of_cost(128, 1), Verification::Matches),
        (of_cost(256, 1), Verification::Matches),
        (of_cost(64, 3), Verification::Matches),
    ] {
        assert_eq!(today.verify(PASSWORD, &stored), Ok(verification), "{today:?}");
        assert_eq!(today.verify("another password", &stored), Ok(Verification::Differs), "{today:?}");
    }
}

#[test]
fn a_pepper_is_needed_wherever_it_went_in() {
    let random = RepeatableRandom::default();
    let peppered = weak().with_pepper("sixteen bytes or more").unwrap();
    let hash = peppered.hash(PASSWORD, &random).unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1,keyid="), "{hash}");
    assert_eq!(peppered.verify(DECOMPOSED, &hash), Ok(Verification::Matches));
    assert_eq!(peppered.verify("another password", &hash), Ok(Verification::Differs));
    assert!(!peppered.lacks_the_pepper_of(&hash));
    for without in [weak(), weak().with_pepper("another pepper of mine").unwrap()] {
        assert_eq!(without.verify(PASSWORD, &hash), Ok(Verification::Differs), "{without:?}");
        assert!(without.lacks_the_pepper_of(&hash));
    }
    // The name alone opens nothing.
    let name = hash.split("keyid=").nth(1).unwrap().split('$').next().unwrap();
    let unpeppered = weak().hash(PASSWORD, &random).unwrap();
    assert_eq!(
        peppered.verify(PASSWORD, &unpeppered.replace("p=1", &format!("p=1,keyid={name}"))),
        Ok(Verification::Differs)
    );
    assert_eq!(weak().verify(PASSWORD, &hash.replace(&format!(",keyid={name}"), "")), Ok(Verification::Differs));

    assert_eq!(peppered.verify(PASSWORD, &unpeppered), Ok(Verification::MatchesOutdated), "the way to a pepper");
    assert_eq!(peppered.verify("another password", &unpeppered), Ok(Verification::Differs));
    assert!(matches!(weak().with_pepper("fifteen bytes.."), Err(Error::BadParameters(_))));
    assert!(!format!("{peppered:?}").contains("sixteen"));
    let nobody = peppered.unknown_user_hash().unwrap();
    assert_eq!(peppered.verify(PASSWORD, &nobody), Ok(Verification::Differs));
    assert!(!peppered.lacks_the_pepper_of(&nobody), "the time of a hash with a pepper");
}

#[test]
fn hashes_beside_each_other_are_compared_by_the_work_of_one() {
    let random = RepeatableRandom::default();
    let peppered = weak().with_pepper("sixteen bytes or more").unwrap();
    for hashing in [weak(), peppered] {
        let first = hashing.hash_beside("first", None, &random).unwrap();
        let second = hashing.hash_beside("second", Some(&first), &random).unwrap();
        let elsewhere =
            hashing.hash_beside("elsewhere", Some(&of_cost(64, 2).hash("x", &random).unwrap()), &random).unwrap();
        let salt = |phc: &str| phc.split('$').nth(4).unwrap().to_owned();
        assert_eq!(salt(&first), salt(&second));
        assert_ne!(salt(&elsewhere), salt(&first), "the salt of another kind of hash is not taken over");
        assert_eq!(hashing.verify("second", &second), Ok(Verification::Matches));
        let all = [first, second, elsewhere];
        for (password, place) in
            [("first", Some(0)), ("second", Some(1)), ("elsewhere", None), ("", None), ("third", None)]
        {
            assert_eq!(hashing.find_match(password, &all), Ok(place), "{password}");
        }
        assert_eq!(hashing.find_match("first", &[]), Ok(None));
    }
}

#[test]
fn matches_the_vectors_made_in_python() {
    assert_eq!(PasswordHashing::default().hash(PASSWORD, &BytesFrom(0x20)).unwrap(), OF_TODAY);
    assert_eq!(PasswordHashing::default().verify(PASSWORD, OF_TODAY), Ok(Verification::Matches));
    assert_eq!(weak().hash(PASSWORD, &BytesFrom(0x20)).unwrap(), WEAK);
    assert_eq!(weak().hash(DECOMPOSED, &BytesFrom(0x20)).unwrap(), WEAK);
}

#[test]
fn tells_right_outdated_and_wrong_apart() {
    let random = RepeatableRandom::default();
    let hash = weak().hash(PASSWORD, &random).unwrap();
    assert_ne!(hash, weak().hash(PASSWORD, &random).unwrap(), "each hash has a salt of its own");
    assert_eq!(weak().verify(DECOMPOSED, &hash), Ok(Verification::Matches));
    let stronger = of_cost(64, 2);
    assert_eq!(stronger.verify(PASSWORD, &hash), Ok(Verification::MatchesOutdated));
    for wrong in ["", "pa\u{df}w\u{f6}rd correct horsf", "Pa\u{df}w\u{f6}rd correct horse", " "] {
        assert_eq!(weak().verify(wrong, &hash), Ok(Verification::Differs), "{wrong}");
        assert_eq!(stronger.verify(wrong, &hash), Ok(Verification::Differs), "{wrong}");
    }
}

#[test]
fn every_character_counts_and_too_many_are_refused() {
    let random = RepeatableRandom::default();
    let longest = "x".repeat(MAX_PASSWORD_CHARS - 1) + "a";
    let hash = weak().hash(&longest, &random).unwrap();
    assert_eq!(weak().verify(&longest, &hash), Ok(Verification::Matches));
    let differs_at_the_end = "x".repeat(MAX_PASSWORD_CHARS - 1) + "b";
    assert_eq!(weak().verify(&differs_at_the_end, &hash), Ok(Verification::Differs));
    for too_long in [longest.clone() + "x", "x".repeat(100_000)] {
        assert_eq!(weak().hash(&too_long, &random), Err(Error::TooLarge));
        assert_eq!(weak().verify(&too_long, &hash), Ok(Verification::Differs));
    }
}

#[test]
fn nobody_matches_the_hash_of_an_unknown_user() {
    for hashing in [weak(), PasswordHashing::default(), PasswordHashing::new(65_536, 3, 4).unwrap()] {
        let hash = hashing.unknown_user_hash().unwrap();
        assert_eq!(StoredHash::parse(&hash).map(|stored| stored.cost), Ok(hashing.cost));
    }
    let hash = weak().unknown_user_hash().unwrap();
    for password in [PASSWORD, ""] {
        assert_eq!(weak().verify(password, &hash), Ok(Verification::Differs));
    }
}

#[test]
fn weak_and_absurd_parameters_are_refused() {
    assert_eq!(PasswordHashing::new(19_456, 2, 1), Ok(PasswordHashing::default()));
    assert!(PasswordHashing::new(1_048_576, 16, 16).is_ok());
    for (memory, iterations, parallelism) in
        [(19_455, 2, 1), (1_048_577, 2, 1), (19_456, 1, 1), (19_456, 17, 1), (19_456, 2, 0), (19_456, 2, 17), (0, 0, 0)]
    {
        let refused = PasswordHashing::new(memory, iterations, parallelism);
        assert!(matches!(refused, Err(Error::BadParameters(_))), "{memory} {iterations} {parallelism}");
    }
}

#[test]
fn stored_hashes_of_other_kinds_are_refused() {
    assert_eq!(weak().verify(PASSWORD, WEAK), Ok(Verification::Matches));
    let hash = WEAK.rsplit('$').next().unwrap();
    for (stored, error) in [
        (String::new(), Error::Malformed),
        ("password".to_owned(), Error::Malformed),
        (ARGON2I.to_owned(), Error::Malformed),
        (WEAK.replace("v=19", "v=16"), Error::Malformed),
        (WEAK.replace("$v=19", ""), Error::Malformed),
        (WEAK.replace(",p=1", ""), Error::Malformed),
        (WEAK.replace("p=1", "p=1,data=AAAA"), Error::Malformed),
        (WEAK.replace("p=1", "p=1,keyid=AAAA,data=AAAA"), Error::Malformed),
        (WEAK.replace(hash, &hash[..20]), Error::Malformed),
        (WEAK.replace(&format!("${hash}"), ""), Error::Malformed),
        (WEAK.replace("ICEiIyQlJicoKSorLC0uLw", "ICEiIyQlJicoKSo"), Error::Malformed),
        (format!("{WEAK}$x"), Error::Malformed),
        (format!("{WEAK}{}", "A".repeat(300)), Error::Malformed),
        (WEAK.replace("m=64", "m=1048577"), Error::BadParameters("a stored hash asks for too much")),
        (WEAK.replace("m=64", "m=4294967295"), Error::BadParameters("a stored hash asks for too much")),
        (WEAK.replace("t=1", "t=17"), Error::BadParameters("a stored hash asks for too much")),
        (WEAK.replace("p=1", "p=17"), Error::BadParameters("a stored hash asks for too much")),
        (WEAK.replace("p=1", "p=16"), Error::BadParameters("not parameters of Argon2")),
        (WEAK.replace("t=1", "t=0"), Error::BadParameters("not parameters of Argon2")),
        (WEAK.replace("m=64", "m=99999999999"), Error::Malformed),
    ] {
        assert_eq!(weak().verify(PASSWORD, &stored), Err(error), "{stored}");
    }
}

#[test]
fn lengths_are_counted_in_characters_of_the_nfc_form() {
    assert_eq!(check_strength("Xk9#qLz", &[]), Err("must have at least 8 characters"));
    assert_eq!(check_strength("Xk9#qLz!", &[]), Ok(()));
    // Seven characters, eight code points until they are composed.
    assert_eq!(check_strength("Xk9#qLu\u{308}", &[]), Err("must have at least 8 characters"));
    let varied: String = (0..MAX_PASSWORD_CHARS).map(|index| char::from(b'!' + (index * index % 90) as u8)).collect();
    assert_eq!(check_strength(&varied, &[]), Ok(()));
    assert_eq!(check_strength(&(varied + "x"), &[]), Err("must have at most 1024 characters"));
    // 1024 characters of three code points each.
    assert_eq!(check_strength(&"\u{1112}\u{1161}\u{11ab}".repeat(1025), &[]), Err("must have at most 1024 characters"));
    assert!(normalise(&"\u{1112}\u{1161}\u{11ab}".repeat(1024)).is_some());
}

#[test]
fn easy_passwords_are_refused() {
    for easy in ["password", "12345678", "aaaaaaaaaaaaaaaa", "qwertyuiop", "iloveyou1", "        "] {
        assert_eq!(check_strength(easy, &[]), Err("is too easy to guess"), "{easy}");
    }
    for good in ["correct horse battery staple", "tP7!xw2Qz", "Жгучий-перец-42"] {
        assert_eq!(check_strength(good, &[]), Ok(()), "{good}");
    }
    // What is a fair password for others is a poor one for its namesake, by whichever part of the address.
    assert_eq!(check_strength("Wolkenstein7", &[]), Ok(()));
    assert_eq!(check_strength("Wolkenstein7", &["o.wolkenstein@firma.example"]), Err("is too easy to guess"));
}

#[test]
fn normalising_makes_one_spelling_and_never_moves() {
    assert_eq!(normalise(DECOMPOSED), normalise(PASSWORD));
    // The longest expansion under NFC: three bytes of UTF-8 for one.
    let grows = "\u{1d160}\u{fb2c}".repeat(50);
    let normalised = normalise(&grows).unwrap();
    assert_eq!(normalised.capacity(), 3 * grows.len());
}
