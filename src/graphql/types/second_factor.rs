//! The second factor.

use async_graphql::{Object, Result, SimpleObject};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use secrecy::ExposeSecret;

use super::scalar::saturated;
use crate::services::{Error, second_factor};

/// The sides of the picture, in its own units.
const QR_SIDE: u32 = 256;

/// How it stands with the second factor of the viewer.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SecondFactorStatus {
    /// Whether signing in takes a code.
    pub(in crate::graphql) enabled: bool,
    /// Whether the role needs it: without it, nothing is open but the way to it.
    pub(in crate::graphql) required: bool,
    /// How many recovery codes are left.
    pub(in crate::graphql) recovery_codes_left: i32,
}

impl From<second_factor::SecondFactorStatus> for SecondFactorStatus {
    fn from(status: second_factor::SecondFactorStatus) -> Self {
        Self {
            enabled: status.is_enabled,
            required: status.is_required,
            recovery_codes_left: saturated(status.recovery_codes_left),
        }
    }
}

/// A second factor that is not in force yet.
pub(in crate::graphql) struct SecondFactorEnrolment(pub(in crate::graphql) second_factor::Enrolment);

/// A second factor that is not in force before confirmSecondFactor. Shown once.
#[Object]
impl SecondFactorEnrolment {
    /// To be typed into an authenticator: Base32. Codes are TOTP (RFC 6238) with SHA-1, 6 digits, 30 seconds.
    async fn secret(&self) -> &str {
        self.0.secret.expose_secret()
    }

    /// The same as an otpauth address, for authenticators on this very device.
    async fn uri(&self) -> &str {
        self.0.uri.expose_secret()
    }

    /// The same as a QR code: an SVG document, which can stand in a page as it is.
    async fn qr_svg(&self) -> Result<String> {
        Ok(qr_svg(self.0.uri.expose_secret())?)
    }
}

/// Each can be used once, in the place of a code. Shown once.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RecoveryCodes {
    /// The codes. Case, spaces and hyphens do not matter.
    pub(in crate::graphql) codes: Vec<String>,
}

fn qr_svg(text: &str) -> Result<String, Error> {
    let code =
        QrCode::with_error_correction_level(text, EcLevel::M).map_err(|failure| Error::Internal(failure.into()))?;
    let document = code.render::<svg::Color<'_>>().min_dimensions(QR_SIDE, QR_SIDE).build();
    // In a page, what stands before the element would be an error.
    Ok(document.find("<svg").map_or(document.as_str(), |start| &document[start..]).to_owned())
}
