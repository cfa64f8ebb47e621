//! Multipart uploads that an S3 server still holds because whoever began them died: invisible as objects, and paid for.
//!
//! OpenDAL can neither list nor abort what another process began, so these two requests are signed here, with the signer and over
//! the transport that it uses itself.

use std::time::Duration;

use http::{Method, Request, StatusCode};
use opendal::{Buffer, ErrorKind, HttpTransporter, Operator};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::Event;
use reqsign_aws_v4::{Credential, DefaultCredentialProvider, RequestSigner, StaticCredentialProvider};
use reqsign_core::{Context, OsEnv, ProvideCredentialChain, Signer};
use reqsign_file_read_tokio::TokioFileRead;
use secrecy::ExposeSecret;

use super::survey::ASIDE;
use super::{Error, S3Options, blob_at};
use crate::domain::id::BlobId;
use crate::domain::timestamp::Timestamp;

/// Any path will do: only what stands in front of it is wanted.
const SOME_PATH: &str = "x";

/// A multipart upload that was begun and neither finished nor aborted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterruptedUpload {
    /// The object it would have become, or the one that was being set aside by it.
    pub blob: BlobId,
    /// When it was begun, by the clock of the server.
    pub begun_at: Timestamp,
    key: String,
    upload_id: String,
}

/// How an S3 server is asked about them.
pub(super) struct S3Uploads {
    bare: Operator,
    signer: Signer<Credential>,
    transport: HttpTransporter,
    timeout: Duration,
}

/// Where the next page begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marker {
    key: String,
    upload_id: String,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Page {
    uploads: Vec<InterruptedUpload>,
    next: Option<Marker>,
}

impl S3Uploads {
    pub(super) fn new(options: &S3Options, bare: Operator) -> Self {
        // As OpenDAL looks for them: those that are named, else those of the machine.
        let mut credentials = ProvideCredentialChain::new();
        credentials = match options.access_key_id.as_str() {
            "" => credentials.push(DefaultCredentialProvider::new()),
            id => credentials.push(StaticCredentialProvider::new(id, options.secret_access_key.expose_secret())),
        };
        let region = match options.region.as_str() {
            "" => std::env::var("AWS_REGION").or_else(|_| std::env::var("AWS_DEFAULT_REGION")).unwrap_or_default(),
            region => region.to_owned(),
        };
        let transport = HttpTransporter::default();
        let context = Context::new().with_file_read(TokioFileRead).with_http_send(transport.clone()).with_env(OsEnv);
        let signer = Signer::new(context, credentials, RequestSigner::new("s3", &region));
        Self { bare, signer, transport, timeout: options.calls.timeout }
    }

    /// A page of them, and where the next one begins. Uploads of keys that are none of ours are passed over.
    pub(super) async fn list(&self, from: &Marker) -> Result<(Vec<InterruptedUpload>, Option<Marker>), Error> {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let mut address = format!("{}?uploads", self.bucket_address().await?);
        for (name, value) in [("key-marker", &from.key), ("upload-id-marker", &from.upload_id)] {
            if !value.is_empty() {
                address = format!("{address}&{name}={}", encoded(value));
            }
        }
        let (status, body) = self.send(Method::GET, &address).await?;
        if status != StatusCode::OK {
            return Err(unexpected(format!("listing multipart uploads was answered with {status}")));
        }
        let page = parse(&String::from_utf8_lossy(&body))
            .ok_or_else(|| unexpected("the list of multipart uploads cannot be read".to_owned()))?;
        Ok((page.uploads, page.next))
    }

    /// Gives one up. What is gone already is given up.
    pub(super) async fn abort(&self, upload: &InterruptedUpload) -> Result<(), Error> {
        let id = utf8_percent_encode(&upload.upload_id, NON_ALPHANUMERIC);
        let address = format!("{}/{}?uploadId={id}", self.bucket_address().await?, upload.key);
        match self.send(Method::DELETE, &address).await?.0 {
            status if status.is_success() || status == StatusCode::NOT_FOUND => Ok(()),
            status => Err(unexpected(format!("aborting a multipart upload was answered with {status}"))),
        }
    }

    /// OpenDAL knows where the bucket is, by a dozen rules, and tells it only in addresses that it has signed.
    async fn bucket_address(&self) -> Result<String, Error> {
        let signed = self.bare.presign_stat(SOME_PATH, self.timeout).await?.uri().to_string();
        let whole = signed.split('?').next().unwrap_or_default();
        Ok(whole.strip_suffix(SOME_PATH).unwrap_or(whole).trim_end_matches('/').to_owned())
    }

    async fn send(&self, method: Method, address: &str) -> Result<(StatusCode, Vec<u8>), Error> {
        let request = Request::builder().method(method).uri(address).body(Buffer::new());
        let (mut parts, body) = request.map_err(|failure| unexpected(failure.to_string()))?.into_parts();
        let answer = async {
            self.signer.sign(&mut parts, None).await.map_err(|failure| unexpected(failure.to_string()))?;
            // The transport sets it, for the version of HTTP that it speaks.
            parts.headers.remove(http::header::HOST);
            Ok::<_, Error>(self.transport.send(Request::from_parts(parts, body)).await?)
        };
        let answer = tokio::time::timeout(self.timeout, answer)
            .await
            .map_err(|_| unexpected("the storage did not answer in time".to_owned()))??;
        Ok((answer.status(), answer.into_body().to_vec()))
    }
}

fn unexpected(text: String) -> Error {
    opendal::Error::new(ErrorKind::Unexpected, text).into()
}

/// Reads a `ListMultipartUploadsResult`; `None` when it is none.
fn parse(text: &str) -> Option<Page> {
    let mut reader = Reader::from_str(text);
    let (mut path, mut value) = (Vec::<String>::new(), String::new());
    let (mut page, mut next, mut truncated) = (Page::default(), Marker::default(), false);
    let (mut key, mut upload_id, mut begun_at) = (String::new(), String::new(), None);
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                path.push(start.local_name().into_inner().to_owned());
                value.clear();
            }
            Event::Text(text) => value.push_str(&text),
            Event::CData(text) => value.push_str(&text),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().ok()? {
                Some(letter) => value.push(letter),
                None => value.push_str(resolve_xml_entity(&reference)?),
            },
            Event::End(_) => {
                let names: Vec<&str> = path.iter().map(String::as_str).collect();
                match names.as_slice() {
                    [ROOT, "IsTruncated"] => truncated = value == "true",
                    [ROOT, "NextKeyMarker"] => next.key = std::mem::take(&mut value),
                    [ROOT, "NextUploadIdMarker"] => next.upload_id = std::mem::take(&mut value),
                    [ROOT, "Upload", "Key"] => key = std::mem::take(&mut value),
                    [ROOT, "Upload", "UploadId"] => upload_id = std::mem::take(&mut value),
                    [ROOT, "Upload", "Initiated"] => begun_at = Timestamp::parse_rfc3339(&value),
                    [ROOT, "Upload"] => {
                        let (key, upload_id) = (std::mem::take(&mut key), std::mem::take(&mut upload_id));
                        if let (Some(blob), Some(begun_at)) = (blob_of(&key), begun_at.take()) {
                            page.uploads.push(InterruptedUpload { blob, begun_at, key, upload_id });
                        }
                    }
                    [ROOT] => {
                        page.next = (truncated && next != Marker::default()).then_some(next);
                        return Some(page);
                    }
                    _ => {}
                }
                path.pop();
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

const ROOT: &str = "ListMultipartUploadsResult";

/// The object that an upload of ours to this key is of: to its place, or to one aside, where a number may follow.
fn blob_of(key: &str) -> Option<BlobId> {
    let Some(aside) = key.strip_prefix(ASIDE).and_then(|rest| rest.strip_prefix('/')) else { return blob_at(key) };
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let numbered = aside.rsplit_once('.').filter(|(_, number)| is_number(number));
    blob_at(numbered.map_or(aside, |(place, _)| place))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0a/0a000000000000000000000000000000";

    #[test]
    fn a_page_is_read() {
        let text = format!(
            "<?xml version=\"1.0\"?><{ROOT} xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Bucket>b</Bucket>\
             <KeyMarker/><NextKeyMarker>{KEY}</NextKeyMarker><NextUploadIdMarker>&lt;2&#62;</NextUploadIdMarker>\
             <IsTruncated>true</IsTruncated>\
             <Upload><Key>{KEY}</Key><UploadId>a&amp;b</UploadId><Initiator><ID>x</ID></Initiator>\
             <Initiated>2026-11-21T09:30:00.000Z</Initiated></Upload>\
             <Upload><Key>somebody/elses</Key><UploadId>c</UploadId><Initiated>2026-11-21T09:30:00Z</Initiated></Upload>\
             </{ROOT}>"
        );
        let page = parse(&text).unwrap();
        let upload = InterruptedUpload {
            blob: blob_at(KEY).unwrap(),
            begun_at: Timestamp::parse_rfc3339("2026-11-21T09:30:00Z").unwrap(),
            key: KEY.to_owned(),
            upload_id: "a&b".to_owned(),
        };
        assert_eq!(page.uploads, [upload]);
        assert_eq!(page.next, Some(Marker { key: KEY.to_owned(), upload_id: "<2>".to_owned() }));
    }

    #[test]
    fn an_object_is_known_by_its_place_and_by_the_one_aside() {
        for key in [KEY.to_owned(), format!("quarantine/{KEY}"), format!("quarantine/{KEY}.12")] {
            assert_eq!(blob_of(&key), blob_at(KEY), "{key}");
        }
        for key in [
            "quarantine/",
            "quarantine/notes.txt",
            "quarantine/notes.2",
            &format!("quarantines/{KEY}"),
            &format!("{KEY}.2"),
        ] {
            assert_eq!(blob_of(key), None, "{key}");
        }
    }

    #[test]
    fn the_last_page_and_what_is_no_page_end_it() {
        let last = format!("<{ROOT}><NextKeyMarker>k</NextKeyMarker><IsTruncated>false</IsTruncated></{ROOT}>");
        assert_eq!(parse(&last), Some(Page::default()));
        let endless = format!("<{ROOT}><IsTruncated>true</IsTruncated></{ROOT}>");
        assert_eq!(parse(&endless).unwrap().next, None, "a page that does not say where to go on is the last");
        for bad in ["", "<Error><Code>AccessDenied</Code></Error>", &format!("<{ROOT}>"), "{}"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
