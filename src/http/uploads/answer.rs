//! What tus answers in headers.

use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use http::StatusCode;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::domain::timestamp::Timestamp;
use crate::services::transfers::{Algorithm, TransferView};

/// The only version of the protocol that there is.
pub(super) const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,creation-with-upload,checksum,expiration,termination";

/// What the server can.
pub(super) fn abilities(max_file_bytes: u64) -> Response {
    let algorithms = Algorithm::ALL.map(Algorithm::as_str).join(",");
    let headers = headers([
        ("tus-version", VERSION.to_owned()),
        ("tus-extension", EXTENSIONS.to_owned()),
        ("tus-max-size", max_file_bytes.to_string()),
        ("tus-checksum-algorithm", algorithms),
    ]);
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// The refusal of a request that speaks another version or none, with the status and the header that tus has for it.
pub(super) fn other_version(mut refusal: Response) -> Response {
    *refusal.status_mut() = StatusCode::PRECONDITION_FAILED;
    refusal.headers_mut().extend(headers([("tus-version", VERSION.to_owned())]));
    refusal
}

/// A new upload, and where it is.
pub(super) fn created(public_url: &str, transfer: &TransferView) -> Response {
    let mut response = standing(StatusCode::CREATED, transfer);
    // Without scheme and host: whoever found the way here finds it again, through whatever stands in between.
    let path = public_url.splitn(4, '/').nth(3).map(|path| format!("/{path}")).unwrap_or_default();
    response.headers_mut().extend(headers([("location", format!("{path}/uploads/{}", transfer.id.key()))]));
    response
}

/// How it stands with an upload.
pub(super) fn standing(status: StatusCode, transfer: &TransferView) -> Response {
    let mut headers =
        headers([("upload-offset", transfer.offset.to_string()), ("upload-length", transfer.size_bytes.to_string())]);
    match transfer.file {
        Some(file) => headers.extend(self::headers([("strongroom-file", file.to_string())])),
        None => headers.extend(self::headers([("upload-expires", http_date(transfer.expires_at))])),
    }
    (status, headers).into_response()
}

/// 460, which tus has made up for checksums.
pub(super) fn checksum_mismatch() -> StatusCode {
    StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST)
}

/// What stands in every answer.
pub(super) fn finish(mut response: Response) -> Response {
    response.headers_mut().insert("tus-resumable", HeaderValue::from_static(VERSION));
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// As RFC 9110 section 5.6.7 has it.
fn http_date(moment: Timestamp) -> String {
    let moment = DateTime::<Utc>::from_timestamp_millis(moment.as_millis()).unwrap_or_default();
    moment.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn headers<const N: usize>(pairs: [(&'static str, String); N]) -> HeaderMap {
    let value = |(name, value): (&'static str, String)| {
        Some((HeaderName::from_static(name), HeaderValue::from_str(&value).ok()?))
    };
    pairs.into_iter().filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::BlobId;

    #[test]
    fn dates_are_those_of_http() {
        assert_eq!(http_date(Timestamp::from_millis(784_111_777_000)), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn the_address_keeps_the_path_of_the_server() {
        let transfer = TransferView {
            id: BlobId::from_bytes([0; 16]),
            size_bytes: 1,
            offset: 0,
            expires_at: Timestamp::from_millis(0),
            file: None,
        };
        for (public_url, location) in [
            ("https://example.com", "/uploads/aaaaaaaaaaaaaaaaaaaaaaaaaa"),
            ("https://example.com/files", "/files/uploads/aaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ] {
            assert_eq!(created(public_url, &transfer).headers()["location"], location);
        }
    }
}
