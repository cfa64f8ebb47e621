//! Time-based one-time codes (RFC 6238): HMAC-SHA-1, 6 digits, 30 seconds, which is what every authenticator knows.
//!
//! SHA-1 is no weakness here: what RFC 4226 asks of it is a keyed function that cannot be foreseen, not that nobody finds
//! collisions.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::domain::random::Random;
use crate::domain::timestamp::Timestamp;

use super::error::Error;

/// How long a code is shown.
pub const STEP_SECONDS: i64 = 30;
/// How many digits it has.
pub const DIGITS: usize = 6;
/// How many steps a clock may be off, either way (RFC 6238 section 5.2).
const STEPS_OFF: i64 = 1;
/// As long as the hash, as RFC 4226 section 4 (R6) recommends.
const SECRET_BYTES: usize = 20;

/// What server and authenticator share. Wiped when dropped.
pub struct TotpSecret(Zeroizing<Vec<u8>>);

impl TotpSecret {
    /// A new one of 160 bits.
    pub fn generate(random: &dyn Random) -> Self {
        let mut bytes = Zeroizing::new(vec![0; SECRET_BYTES]);
        random.fill(&mut bytes);
        Self(bytes)
    }

    /// The one with these bytes.
    ///
    /// # Errors
    ///
    /// `WrongLength` unless there are 20.
    pub fn from_bytes(bytes: Zeroizing<Vec<u8>>) -> Result<Self, Error> {
        if bytes.len() == SECRET_BYTES { Ok(Self(bytes)) } else { Err(Error::WrongLength) }
    }

    /// The bytes, to be sealed.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As people type it and as authenticators read it: 32 characters of Base32 (RFC 4648 section 6).
    pub fn to_base32(&self) -> SecretString {
        BASE32_NOPAD.encode(&self.0).into()
    }

    /// The time step that `code` is of: the present one or one beside it, and later than `taken`, the step of the last code
    /// that was taken. `None` for a code that is wrong, over, or used.
    pub fn find_step(&self, code: &str, now: Timestamp, taken: i64) -> Option<i64> {
        let current = now.as_unix_seconds().div_euclid(STEP_SECONDS);
        let steps = (current - STEPS_OFF..=current + STEPS_OFF).filter(|step| *step > taken);
        steps.into_iter().find(|step| verify_slices_are_equal(self.code_of(*step).as_bytes(), code.as_bytes()).is_ok())
    }

    fn code_of(&self, step: i64) -> Zeroizing<String> {
        Zeroizing::new(format!("{:0DIGITS$}", self.truncated(step) % 10_u32.pow(DIGITS as u32)))
    }

    /// The 31 bits of which the digits are made (RFC 4226 section 5.3).
    fn truncated(&self, step: i64) -> u32 {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let digest = tag.as_ref();
        let offset = usize::from(digest.last().copied().unwrap_or_default() & 0x0f);
        let four = digest.iter().skip(offset).take(4);
        four.fold(0, |bits, byte| bits << 8 | u32::from(*byte)) & 0x7fff_ffff
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::super::test_random::RepeatableRandom;
    use super::*;

    fn secret_of_the_rfc() -> TotpSecret {
        TotpSecret::from_bytes(Zeroizing::new(b"12345678901234567890".to_vec())).unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    /// RFC 6238 appendix B, the rows of SHA-1.
    #[test]
    fn matches_the_vectors_of_rfc_6238() {
        for (seconds, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            let secret = secret_of_the_rfc();
            assert_eq!(format!("{:08}", secret.truncated(seconds / STEP_SECONDS) % 100_000_000), code, "{seconds}");
            // Six digits are the last six of eight.
            assert_eq!(secret.find_step(&code[2..], at(seconds), -1), Some(seconds / STEP_SECONDS), "{seconds}");
        }
    }

    /// RFC 4226 appendix D.
    #[test]
    fn matches_the_vectors_of_rfc_4226() {
        let codes =
            ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
        for (step, code) in (0..).zip(codes) {
            assert_eq!(*secret_of_the_rfc().code_of(step), code);
        }
    }

    #[test]
    fn one_step_beside_the_present_one_is_taken_and_no_more() {
        let secret = secret_of_the_rfc();
        let code = secret.code_of(1000).to_string();
        for (seconds, found) in
            [(29_969, None), (29_970, Some(1000)), (30_000, Some(1000)), (30_059, Some(1000)), (30_060, None)]
        {
            assert_eq!(secret.find_step(&code, at(seconds), -1), found, "{seconds}");
        }
    }

    #[test]
    fn a_step_that_was_taken_is_over_and_so_is_what_was_before_it() {
        let secret = secret_of_the_rfc();
        let codes = [999, 1000, 1001].map(|step| secret.code_of(step).to_string());
        let found = |taken| codes.each_ref().map(|code| secret.find_step(code, at(30_000), taken));
        assert_eq!(found(998), [Some(999), Some(1000), Some(1001)]);
        assert_eq!(found(1000), [None, None, Some(1001)]);
        assert_eq!(found(1001), [None, None, None]);
    }

    #[test]
    fn what_is_no_code_is_not_taken() {
        let secret = secret_of_the_rfc();
        let code = secret.code_of(1000).to_string();
        for bad in ["", "0", &code[1..], &format!("{code}0"), &format!(" {code}"), "é00000", &"0".repeat(4096)] {
            assert_eq!(secret.find_step(bad, at(30_000), -1), None, "{bad}");
        }
        assert!(TotpSecret::from_bytes(Zeroizing::new(vec![1; 19])).is_err());
    }

    #[test]
    fn secrets_are_random_and_readable() {
        let random = RepeatableRandom::default();
        let [one, other] = [TotpSecret::generate(&random), TotpSecret::generate(&random)];
        assert_ne!(one.as_bytes(), other.as_bytes());
        let text = one.to_base32();
        assert_eq!(text.expose_secret().len(), 32);
        assert_eq!(BASE32_NOPAD.decode(text.expose_secret().as_bytes()).unwrap(), one.as_bytes());
    }
}
