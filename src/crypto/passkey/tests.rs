use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::test_random::RepeatableRandom;
use super::*;

const VECTORS: &str = include_str!("w3c_vectors.txt");

fn user() -> UserId {
    UserId::from_bytes([7; 16])
}

fn site() -> RelyingParty {
    RelyingParty::new("example.org", "https://example.org", 300)
}

/// A value of a vector.
fn value(vector: &str, ceremony: &str, name: &str) -> Vec<u8> {
    let prefix = format!("{vector} {ceremony} {name} ");
    let line = VECTORS.lines().find_map(|line| line.strip_prefix(&prefix)).expect("the vector is there");
    HEXLOWER.decode(line.as_bytes()).unwrap()
}

fn text(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

/// The answer of a vector, as a browser's `toJSON` writes it.
fn answer(vector: &str, ceremony: &str) -> Value {
    let id = text(&value(vector, "registration", "credential_id"));
    let part = |name: &str| text(&value(vector, ceremony, name));
    let mut response = json!({"clientDataJSON": part("clientDataJSON")});
    if ceremony == "registration" {
        response["attestationObject"] = part("attestationObject").into();
        response["transports"] = json!(["internal", "of the future"]);
    } else {
        response["authenticatorData"] = part("authenticatorData").into();
        response["signature"] = part("signature").into();
        response["userHandle"] = text(user().as_bytes()).into();
    }
    json!({"id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {},
        "authenticatorAttachment": "platform"})
}

fn register(vector: &str) -> Result<NewCredential, Refusal> {
    let challenge = value(vector, "registration", "challenge");
    site().finish_registration(user(), &challenge, &answer(vector, "registration").to_string())
}

fn sign_in(vector: &str, credential: &Credential) -> Result<u32, Refusal> {
    let assertion = Assertion::parse(&answer(vector, "sign-in").to_string())?;
    site().verify(&value(vector, "sign-in", "challenge"), &assertion, credential)
}

/// A change of an answer.
type Change = fn(&mut Value);

#[test]
fn the_vectors_of_the_specification_are_taken() {
    let made = register("es256").unwrap();
    assert_eq!(made.credential.id, value("es256", "registration", "credential_id"));
    assert_eq!((made.credential.algorithm, made.counter), (-7, 0));
    assert_eq!(sign_in("es256", &made.credential), Ok(0));
    assert_eq!(register("rs256").unwrap().credential.algorithm, -257);
}

#[test]
fn those_that_we_shall_not_take_are_not() {
    // No user verification; in a frame of another page; ES512, which nobody offered.
    assert_eq!(register("unverified").unwrap_err(), Refusal::NotVerified);
    assert_eq!(register("framed").unwrap_err(), Refusal::OtherOrigin);
    assert_eq!(register("es512").unwrap_err(), Refusal::Algorithm);
    let credential = register("es256").unwrap().credential;
    for (vector, refusal) in [("unverified", Refusal::NotVerified), ("framed", Refusal::OtherOrigin)] {
        let mut as_its_own = credential.clone();
        as_its_own.id = value(vector, "registration", "credential_id");
        assert_eq!(sign_in(vector, &as_its_own), Err(refusal), "{vector}");
    }
}

#[test]
fn another_challenge_site_key_or_ceremony_is_refused() {
    let credential = register("es256").unwrap().credential;
    let challenge = value("es256", "sign-in", "challenge");
    let assertion = Assertion::parse(&answer("es256", "sign-in").to_string()).unwrap();
    let other = |id, origin| RelyingParty::new(id, origin, 300).verify(&challenge, &assertion, &credential);
    assert_eq!(other("example.org", "https://example.org"), Ok(0));
    assert_eq!(other("example.org", "https://example.org:8443"), Err(Refusal::OtherOrigin));
    assert_eq!(other("example.com", "https://example.org"), Err(Refusal::OtherSite));
    assert_eq!(site().verify(&[0; 32], &assertion, &credential), Err(Refusal::OtherChallenge));
    assert_eq!(site().verify(&[], &assertion, &credential), Err(Refusal::OtherChallenge));
    let another = Credential { id: vec![1; 32], ..credential.clone() };
    assert_eq!(site().verify(&challenge, &assertion, &another), Err(Refusal::Signature));
    for public_key in [register("rs256").unwrap().credential.public_key, Vec::new(), vec![0xa0]] {
        let another = Credential { public_key, ..credential.clone() };
        assert_eq!(site().verify(&challenge, &assertion, &another), Err(Refusal::Malformed));
    }
    // What was answered to the one ceremony is no answer to the other.
    let mut crossed = answer("es256", "sign-in");
    crossed["response"]["clientDataJSON"] = answer("es256", "registration")["response"]["clientDataJSON"].clone();
    let crossed = Assertion::parse(&crossed.to_string()).unwrap();
    assert_eq!(site().verify(&challenge, &crossed, &credential), Err(Refusal::OtherCeremony));
}

#[test]
fn what_passki_does_not_look_at_is_looked_at() {
    let changes: [(&str, Change); 8] = [
        ("another type", |answer| answer["type"] = "password".into()),
        ("no type", |answer| answer["type"] = Value::Null),
        ("two ids", |answer| answer["id"] = "AAAAAAAAAAAAAAAAAAAAAAAA".into()),
        ("no id", |answer| answer["id"] = Value::Null),
        ("a short id", |answer| (answer["id"], answer["rawId"]) = ("AAAA".into(), "AAAA".into())),
        ("a long id", |answer| {
            let long = text(&[7; 1024]);
            (answer["id"], answer["rawId"]) = (long.clone().into(), long.into());
        }),
        ("an id with padding", |answer| {
            let padded = format!("{}=", answer["id"].as_str().unwrap());
            (answer["id"], answer["rawId"]) = (padded.clone().into(), padded.into());
        }),
        ("too much", |answer| answer["more"] = "x".repeat(MAX_ANSWER_BYTES).into()),
    ];
    for (what, change) in changes {
        for ceremony in ["registration", "sign-in"] {
            let mut answer = answer("es256", ceremony);
            change(&mut answer);
            let challenge = value("es256", ceremony, "challenge");
            let refusal = match ceremony {
                "registration" => site().finish_registration(user(), &challenge, &answer.to_string()).err(),
                _ => Assertion::parse(&answer.to_string()).err(),
            };
            assert_eq!(refusal, Some(Refusal::Malformed), "{what}, {ceremony}");
        }
    }
    for no_json in ["", "null", "[]", "{", "\"\""] {
        assert!(Assertion::parse(no_json).is_err(), "{no_json}");
    }
}

#[test]
fn whose_it_is_says_the_authenticator() {
    let read = |handle: Value| {
        let mut answer = answer("es256", "sign-in");
        answer["response"]["userHandle"] = handle;
        Assertion::parse(&answer.to_string()).unwrap().user()
    };
    assert_eq!(read(text(user().as_bytes()).into()), Some(user()));
    for none in [Value::Null, "".into(), "!".into(), text(&[7; 15]).into(), text(&[7; 17]).into()] {
        assert_eq!(read(none.clone()), None, "{none}");
    }
}

#[test]
fn the_questions_ask_for_what_a_passkey_is() {
    let random = RepeatableRandom::default();
    let existing = register("es256").unwrap().credential;
    let made =
        site().begin_registration(user(), "ada@example.org", "Ada", std::slice::from_ref(&existing), &random).unwrap();
    let question: Value = serde_json::from_str(&made.options).unwrap();
    assert_eq!(question["rp"], json!({"id": "example.org", "name": "Strongroom"}));
    let asked_for = json!({"id": text(user().as_bytes()), "name": "ada@example.org", "displayName": "Ada"});
    assert_eq!(question["user"], asked_for);
    assert_eq!(question["challenge"], text(&made.bytes));
    assert_eq!((question["attestation"].as_str(), question["timeout"].as_u64()), (Some("none"), Some(300_000)));
    assert_eq!(question["authenticatorSelection"], json!({"residentKey": "required", "userVerification": "required"}));
    assert_eq!(question["excludeCredentials"], json!([{"id": text(&existing.id), "type": "public-key"}]));
    let offered: Vec<i64> =
        question["pubKeyCredParams"].as_array().unwrap().iter().map(|it| it["alg"].as_i64().unwrap()).collect();
    assert_eq!(offered, ALGORITHMS.map(i64::from));

    let asked = site().begin_sign_in(&random).unwrap();
    let question: Value = serde_json::from_str(&asked.options).unwrap();
    let expected = json!({"challenge": text(&asked.bytes), "timeout": 300_000, "rpId": "example.org",
        "allowCredentials": [], "userVerification": "required"});
    assert_eq!(question, expected);
    assert_ne!(asked.bytes, made.bytes);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is changed in an answer that was good, the signature or a check before it says so, and nothing panics.
    #[test]
    fn an_altered_answer_is_refused(part in 0..3_usize, place in any::<prop::sample::Index>(), flip in 1..=255_u8) {
        let name = ["clientDataJSON", "authenticatorData", "signature"][part];
        let credential = register("es256").unwrap().credential;
        let mut bytes = value("es256", "sign-in", name);
        let place = place.index(bytes.len());
        bytes[place] ^= flip;
        let mut answer = answer("es256", "sign-in");
        answer["response"][name] = text(&bytes).into();
        let assertion = Assertion::parse(&answer.to_string()).unwrap();
        prop_assert!(site().verify(&value("es256", "sign-in", "challenge"), &assertion, &credential).is_err());
    }

    /// What a browser says it has made is read with care.
    #[test]
    fn a_strange_attestation_does_no_harm(
        vector in prop::sample::select(vec!["es256", "rs256", "es512"]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        length in any::<prop::sample::Index>(),
    ) {
        let mut bytes = value(vector, "registration", "attestationObject");
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        bytes.truncate(length.index(2 * bytes.len()));
        let mut answer = answer(vector, "registration");
        answer["response"]["attestationObject"] = text(&bytes).into();
        let _either = site().finish_registration(user(), &value(vector, "registration", "challenge"), &answer.to_string());
    }
}
