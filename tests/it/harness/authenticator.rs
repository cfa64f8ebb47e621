//! A browser with an authenticator, made by hand: P-256, attestation "none", and everything that goes into an answer can be
//! set to something else.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const USER_PRESENT: u8 = 0x01;
pub const USER_VERIFIED: u8 = 0x04;
const HAS_CREDENTIAL: u8 = 0x40;

/// A passkey as the authenticator keeps it.
pub struct SoftPasskey {
    key: EcdsaKeyPair,
    pub id: Vec<u8>,
    pub user_handle: Vec<u8>,
    /// How often it was used. One that stays 0 does not count.
    pub counter: u32,
    pub counts: bool,
}

/// What goes into an answer.
#[derive(Clone)]
pub struct Ceremony {
    pub kind: &'static str,
    pub challenge: String,
    pub origin: String,
    pub rp_id: String,
    pub cross_origin: bool,
    pub flags: u8,
    pub credential_type: &'static str,
}

pub fn base64(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

fn bytes_of(text: &Value) -> Vec<u8> {
    BASE64URL_NOPAD.decode(text.as_str().unwrap().as_bytes()).unwrap()
}

impl Ceremony {
    /// As a browser does it whose page of `origin` was given these options to make a passkey.
    pub fn of_registration(options: &Value, origin: &str) -> Self {
        Self::new("webauthn.create", options, &options["rp"]["id"], origin)
    }

    /// The same for a sign-in.
    pub fn of_sign_in(options: &Value, origin: &str) -> Self {
        Self::new("webauthn.get", options, &options["rpId"], origin)
    }

    fn new(kind: &'static str, options: &Value, rp_id: &Value, origin: &str) -> Self {
        Self {
            kind,
            challenge: options["challenge"].as_str().unwrap().to_owned(),
            origin: origin.to_owned(),
            rp_id: rp_id.as_str().unwrap().to_owned(),
            cross_origin: false,
            flags: USER_PRESENT | USER_VERIFIED,
            credential_type: "public-key",
        }
    }

    fn client_data(&self) -> Vec<u8> {
        let data = json!({"type": self.kind, "challenge": self.challenge, "origin": self.origin,
            "crossOrigin": self.cross_origin});
        data.to_string().into_bytes()
    }

    fn authenticator_data(&self, counter: u32, more_flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(self.rp_id.as_bytes()).to_vec();
        data.push(self.flags | more_flags);
        data.extend_from_slice(&counter.to_be_bytes());
        data
    }
}

impl SoftPasskey {
    /// What an authenticator keeps when it is given these options.
    pub fn make(options: &Value) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let id = Sha256::digest(key.public_key().as_ref()).to_vec();
        Self { key, id, user_handle: bytes_of(&options["user"]["id"]), counter: 0, counts: false }
    }

    /// The answer that hands the public key over.
    pub fn register(&self, ceremony: &Ceremony) -> Value {
        let mut data = ceremony.authenticator_data(self.counter, HAS_CREDENTIAL);
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend_from_slice(&self.id);
        data.extend_from_slice(&self.cose_key());
        // {"fmt": "none", "attStmt": {}, "authData": bytes}, in CBOR (RFC 8949).
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        attestation.extend_from_slice(&u16::try_from(data.len()).unwrap().to_be_bytes());
        attestation.extend_from_slice(&data);
        let response = json!({"clientDataJSON": base64(&ceremony.client_data()), "transports": ["internal"],
            "attestationObject": base64(&attestation)});
        self.credential(ceremony, &response)
    }

    /// The answer that signs its user in.
    pub fn sign_in(&mut self, ceremony: &Ceremony) -> Value {
        self.counter += u32::from(self.counts);
        let (client_data, data) = (ceremony.client_data(), ceremony.authenticator_data(self.counter, 0));
        let signed = [&data[..], &Sha256::digest(&client_data)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        let response = json!({"clientDataJSON": base64(&client_data), "authenticatorData": base64(&data),
            "signature": base64(signature.as_ref()), "userHandle": base64(&self.user_handle)});
        self.credential(ceremony, &response)
    }

    fn credential(&self, ceremony: &Ceremony, response: &Value) -> Value {
        let id = base64(&self.id);
        json!({"id": id, "rawId": id, "type": ceremony.credential_type, "response": response,
            "clientExtensionResults": {}, "authenticatorAttachment": "platform"})
    }

    /// {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y} (RFC 9053 section 7.1.1).
    fn cose_key(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let (x, y) = point[1..].split_at(32);
        [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", x, b"\x22\x58\x20", y].concat()
    }
}
