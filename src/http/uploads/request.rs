//! What a request of tus says in its headers.

use data_encoding::{BASE64, BASE64_NOPAD};
use http::Method;
use http::header::{CONTENT_TYPE, HeaderMap};

use super::answer::VERSION;
use crate::services::Error;
use crate::services::transfers::{Algorithm, Checksum};

/// The method that is meant: some programs and proxies can only POST.
pub(super) fn method_of(method: &Method, headers: &HeaderMap) -> Method {
    let meant = text_of(headers, "x-http-method-override").and_then(|name| Method::from_bytes(name.as_bytes()).ok());
    meant.filter(|_| method == Method::POST).unwrap_or_else(|| method.clone())
}

/// Whether the request speaks our version of tus.
pub(super) fn speaks_tus(headers: &HeaderMap) -> bool {
    text_of(headers, "tus-resumable") == Some(VERSION)
}

/// What is said to a request that does not.
pub(super) fn other_version() -> Error {
    Error::input("Tus-Resumable", format!("Send Tus-Resumable: {VERSION}."))
}

/// That the body of this request is a part of an upload.
pub(super) fn require_content(headers: &HeaderMap) -> Result<(), Error> {
    const CONTENT: &str = "application/offset+octet-stream";
    match text_of(headers, CONTENT_TYPE.as_str()) {
        Some(CONTENT) => Ok(()),
        _ => Err(Error::UnsupportedFileType(format!("Send the bytes as {CONTENT}."))),
    }
}

/// How long the whole upload is.
pub(super) fn length(headers: &HeaderMap) -> Result<u64, Error> {
    number_of(headers, "upload-length").ok_or_else(|| Error::input("Upload-Length", "Say how many bytes will come."))
}

/// Where the body of this request begins.
pub(super) fn offset(headers: &HeaderMap) -> Result<u64, Error> {
    number_of(headers, "upload-offset").ok_or_else(|| Error::input("Upload-Offset", "Say where this begins."))
}

/// The name of the file, in the metadata as `filename`, or as `name` as some clients have it.
pub(super) fn file_name(headers: &HeaderMap) -> Result<String, Error> {
    let wrong = || Error::input("filename", "Send the name of the file: Upload-Metadata: filename BASE64.");
    let metadata = text_of(headers, "upload-metadata").ok_or_else(wrong)?;
    let value_of = |wanted: &str| {
        let mut pairs = metadata.split(',').map(|pair| pair.trim().split_once(' ').unwrap_or((pair.trim(), "")));
        pairs.find_map(|(key, value)| (key == wanted).then(|| value.trim()))
    };
    let value = value_of("filename").or_else(|| value_of("name")).ok_or_else(wrong)?;
    let name = base64(value).and_then(|bytes| String::from_utf8(bytes).ok());
    name.ok_or_else(wrong)
}

/// What the body of this request should come to, where the request says so.
pub(super) fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, Error> {
    if !headers.contains_key("upload-checksum") {
        return Ok(None);
    }
    let wrong = || Error::input("Upload-Checksum", "Send sha1 or sha256, and the checksum in base64.");
    let (name, value) = text_of(headers, "upload-checksum").and_then(|text| text.split_once(' ')).ok_or_else(wrong)?;
    let algorithm = Algorithm::ALL.into_iter().find(|algorithm| algorithm.as_str() == name).ok_or_else(wrong)?;
    let expected = base64(value.trim()).ok_or_else(wrong)?;
    Ok(Some(Checksum::new(algorithm, expected)))
}

fn base64(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text.as_bytes()).or_else(|_| BASE64_NOPAD.decode(text.as_bytes())).ok()
}

fn number_of(headers: &HeaderMap, name: &str) -> Option<u64> {
    text_of(headers, name).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
}

/// The value of a header that is there once.
fn text_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::HeaderName;

    use super::*;

    fn with(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn numbers_are_digits() {
        assert_eq!(length(&with("upload-length", "12")).ok(), Some(12));
        for bad in ["", "-1", "+1", "1.5", "0x10", " 1", "18446744073709551616", "x"] {
            assert!(length(&with("upload-length", bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_are_found_in_the_metadata() {
        for (metadata, name) in [
            ("filename cmVwb3J0LmRvY3g=", "report.docx"),
            ("filetype YQ==,filename cmVwb3J0LmRvY3g=", "report.docx"),
            ("name cmVwb3J0LmRvY3g,empty", "report.docx"),
            ("name YQ==, filename cmVwb3J0LmRvY3g=", "report.docx"),
        ] {
            assert_eq!(file_name(&with("upload-metadata", metadata)).ok().as_deref(), Some(name), "{metadata}");
        }
        for bad in ["", "filename", "filename !!!", "filename /w==", "filenam cmVwb3J0LmRvY3g="] {
            let found = file_name(&with("upload-metadata", bad));
            assert!(found.is_err() || found.is_ok_and(|name| name.is_empty()), "{bad}");
        }
    }

    #[test]
    fn only_a_post_means_another_method() {
        let headers = with("x-http-method-override", "PATCH");
        assert_eq!(method_of(&Method::POST, &headers), Method::PATCH);
        assert_eq!(method_of(&Method::HEAD, &headers), Method::HEAD);
    }
}
