//! `/d/{token}`: the content of a file through a download link.

use axum::Extension;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use futures_util::StreamExt;
use http::StatusCode;
use http::header::{self, HeaderMap, HeaderValue};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::HttpState;
use super::error::Failure;
use super::identity;
use super::range::{Wanted, wanted};
use super::request_id::RequestId;
use crate::domain::file::File;
use crate::services::downloads::Download;
use crate::services::{Error, Visitor};

/// What `attr-char` of RFC 8187 section 3.2.1 leaves out.
const NOT_ATTR_CHAR: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'%')
    .add(b'\'')
    .add(b'(')
    .add(b')')
    .add(b'*')
    .add(b',')
    .add(b'/')
    .add(b':')
    .add(b';')
    .add(b'<')
    .add(b'=')
    .add(b'>')
    .add(b'?')
    .add(b'@')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'{')
    .add(b'}');

pub(super) async fn get(
    State(state): State<HttpState>,
    token: Result<Path<String>, PathRejection>,
    Extension(request_id): Extension<RequestId>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
) -> Response {
    let answer = async {
        let download = open(&state, &headers, &visitor, token).await?;
        let (etag, len) = (etag(&download.file), download.file.size_bytes);
        let file_headers = headers_of(&download.file, &etag);
        let (status, range) = match wanted(&headers, &etag, len) {
            Wanted::PreconditionFailed => return Ok((StatusCode::PRECONDITION_FAILED, file_headers).into_response()),
            Wanted::NotModified => return Ok(not_modified(file_headers, len)),
            Wanted::Unsatisfiable => {
                let range = [(header::CONTENT_RANGE, format!("bytes */{len}"))];
                return Ok((StatusCode::RANGE_NOT_SATISFIABLE, range).into_response());
            }
            Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
            Wanted::Whole => (StatusCode::OK, 0..len),
        };
        let (first, last) = (range.start, range.end.saturating_sub(1));
        let content = state.services.read(download, range).await?;
        let request_id = request_id.0.clone();
        let pieces = content.pieces.inspect(move |piece| {
            if let Err(failure) = piece {
                tracing::warn!(request_id, error = failure.with_causes(), "a download was cut off");
            }
        });
        let mut response = (status, file_headers, Body::from_stream(pieces)).into_response();
        response.headers_mut().insert(header::CONTENT_LENGTH, content.len.into());
        if status == StatusCode::PARTIAL_CONTENT
            && let Ok(range) = HeaderValue::from_str(&format!("bytes {first}-{last}/{len}"))
        {
            response.headers_mut().insert(header::CONTENT_RANGE, range);
        }
        Ok(response)
    };
    answer.await.unwrap_or_else(|failure: Error| Failure::new(failure, &request_id).into_response())
}

/// What a GET would answer, but for the content. A `Range` means nothing to HEAD (RFC 9110 section 14.2), and nothing is
/// counted.
pub(super) async fn head(
    State(state): State<HttpState>,
    token: Result<Path<String>, PathRejection>,
    Extension(request_id): Extension<RequestId>,
    Extension(visitor): Extension<Visitor>,
    mut headers: HeaderMap,
) -> Response {
    headers.remove(header::RANGE);
    match open(&state, &headers, &visitor, token).await {
        Err(failure) => Failure::new(failure, &request_id).into_response(),
        Ok(download) => {
            let (etag, len) = (etag(&download.file), download.file.size_bytes);
            let status = match wanted(&headers, &etag, len) {
                Wanted::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
                Wanted::NotModified => return not_modified(headers_of(&download.file, &etag), len),
                Wanted::Unsatisfiable | Wanted::Part(_) | Wanted::Whole => StatusCode::OK,
            };
            let mut response = (status, headers_of(&download.file, &etag)).into_response();
            if status == StatusCode::OK {
                response.headers_mut().insert(header::CONTENT_LENGTH, len.into());
            }
            response
        }
    }
}

/// A 304 speaks of the content a 200 would have sent; left alone, the length would be said to be 0 (RFC 9110 section 8.6).
fn not_modified(mut headers: HeaderMap, len: u64) -> Response {
    headers.insert(header::CONTENT_LENGTH, len.into());
    (StatusCode::NOT_MODIFIED, headers).into_response()
}

async fn open(
    state: &HttpState,
    headers: &HeaderMap,
    visitor: &Visitor,
    token: Result<Path<String>, PathRejection>,
) -> Result<Download, Error> {
    let caller = identity::reader(&state.services, headers, visitor).await?;
    // What is not even text is no token.
    let token = token.map(|Path(token)| token).unwrap_or_default();
    state.services.open_download(&caller, &token).await
}

/// Strong: the content of a file never changes, and its digest names it.
fn etag(file: &File) -> String {
    format!("\"{}\"", HEXLOWER.encode(&file.sha256))
}

/// Always an attachment of the type the server decided, never anything a browser would run.
fn headers_of(file: &File, etag: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, file.kind.media_type());
    set(header::CONTENT_DISPOSITION, &content_disposition(file.name.as_str()));
    set(header::ETAG, etag);
    set(header::ACCEPT_RANGES, "bytes");
    set(header::CACHE_CONTROL, "private, no-store");
    set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox");
    headers
}

/// RFC 6266 section 4: a plain name for old programs, and the whole one in UTF-8 (RFC 8187).
fn content_disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, NOT_ATTR_CHAR))
}

#[cfg(test)]
mod tests {
    use super::content_disposition;

    #[test]
    fn names_survive_the_header() {
        assert_eq!(
            content_disposition("Q3 \"final\" 100%; Übersicht.docx"),
            "attachment; filename=\"Q3 _final_ 100_; _bersicht.docx\"; \
             filename*=UTF-8''Q3%20%22final%22%20100%25%3B%20%C3%9Cbersicht.docx"
        );
    }
}
