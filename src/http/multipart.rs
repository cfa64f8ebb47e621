//! GraphQL multipart requests, pulled: `operations` and `map` are read, the files only when a resolver asks for them.
//!
//! The parts must come in the order of the specification: `operations`, `map`, then the files
//! (<https://github.com/jaydenseric/graphql-multipart-request-spec>), and these in the order in which the operation takes
//! them. The order of the map says nothing: several clients sort its keys, and then "10" stands before "2".

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use multer::{Constraints, Field, Multipart, SizeLimit};
use serde_json::{Map, Value};

use super::drain::SharedBody;
use super::meter::{Meter, Metered, TooMuch};
use crate::services::Error;
use crate::services::files::{IncomingFile, TransferEnded, UploadBody};

/// Bytes of the `operations` part.
const MAX_OPERATIONS_BYTES: u64 = 1 << 20;
/// Bytes of the `map` part.
const MAX_MAP_BYTES: u64 = 64 << 10;
/// Bytes of the headers of one part, its name included. The parser would collect them without end.
const MAX_HEADER_BYTES: u64 = 64 << 10;

/// What a request may have and how long it may rest.
pub(super) struct Limits {
    pub(super) max_files: usize,
    pub(super) progress_timeout: Duration,
}

/// The files of a request, in the order in which they come.
pub(super) struct FilesOfRequest {
    multipart: Multipart<'static>,
    meter: Meter,
    /// The files that the map names.
    parts: Vec<Part>,
    /// Whether a file is being read, or was left before its end.
    reading: Arc<AtomicBool>,
    token_prefix: String,
    progress_timeout: Duration,
}

/// A file that the map names.
struct Part {
    name: String,
    /// It has come, whether or not anybody wanted it.
    has_come: bool,
}

/// Reads `operations` and `map`, and answers the operation with a token in the place of each file.
///
/// # Errors
/// [`Error::Input`] for whatever is not as the specification says; [`Error::UploadIncomplete`] for a request that breaks off.
pub(super) async fn read_head(
    body: SharedBody,
    boundary: &str,
    limits: &Limits,
    request_id: &str,
) -> Result<(Value, FilesOfRequest), Error> {
    let meter = Meter::default();
    let sizes = SizeLimit::new().for_field("operations", MAX_OPERATIONS_BYTES).for_field("map", MAX_MAP_BYTES);
    let constraints = Constraints::new().size_limit(sizes);
    let multipart = Multipart::with_constraints(Metered::new(body, meter.clone()), boundary, constraints);
    let mut files = FilesOfRequest {
        multipart,
        meter,
        parts: Vec::new(),
        reading: Arc::default(),
        token_prefix: format!("upload:{request_id}:"),
        progress_timeout: limits.progress_timeout,
    };
    let mut operations = files.read_json("operations", MAX_OPERATIONS_BYTES).await?;
    let map = files.read_json("map", MAX_MAP_BYTES).await?;
    let Value::Object(map) = map else { return Err(Error::input("map", "The map is not a JSON object.")) };
    if !operations.is_object() {
        return Err(Error::input("operations", "Send one operation; batches are not taken."));
    }
    let names = put_tokens(&mut operations, &map, limits.max_files, &files.token_prefix)?;
    files.parts = names.into_iter().map(|name| Part { name, has_come: false }).collect();
    Ok((operations, files))
}

/// Puts a token in each place that the map names, and answers the names of the parts, each at the index of its token.
fn put_tokens(
    operations: &mut Value,
    map: &Map<String, Value>,
    max_files: usize,
    token_prefix: &str,
) -> Result<Vec<String>, Error> {
    if map.is_empty() || map.len() > max_files {
        return Err(Error::input("map", format!("Send 1 to {max_files} files in one request.")));
    }
    for (index, paths) in map.values().enumerate() {
        let path = match paths.as_array().map(Vec::as_slice) {
            Some([Value::String(path)]) => path,
            Some([_, _, ..]) => return Err(Error::input("map", "One file stands for one variable only.")),
            _ => return Err(Error::input("map", "Each entry of the map is a list of one path.")),
        };
        let place = path
            .strip_prefix("variables.")
            .and_then(|rest| rest.split('.').try_fold(operations.get_mut("variables")?, step_into))
            .ok_or_else(|| Error::input("map", "A path of the map leads nowhere."))?;
        if !place.is_null() {
            return Err(Error::input("map", "Where the map puts a file, the operations say null."));
        }
        *place = Value::String(format!("{token_prefix}{index}"));
    }
    Ok(map.keys().cloned().collect())
}

fn step_into<'a>(value: &'a mut Value, step: &str) -> Option<&'a mut Value> {
    match value {
        Value::Object(fields) => fields.get_mut(step),
        Value::Array(items) => items.get_mut(step.parse::<usize>().ok()?),
        _ => None,
    }
}

impl FilesOfRequest {
    async fn read_json(&mut self, name: &'static str, max_bytes: u64) -> Result<Value, Error> {
        let field = self.next_part(max_bytes).await?.filter(|field| field.name() == Some(name));
        let field = field.ok_or_else(|| {
            Error::input(
                name,
                format!("The parts of a multipart request are operations, map, and the files: {name} is missing."),
            )
        })?;
        let text = tokio::time::timeout(self.progress_timeout, field.bytes()).await;
        let text = text.map_err(|_| Error::UploadIncomplete)?.map_err(|failure| malformed(name, &failure))?;
        serde_json::from_slice(&text).map_err(|_| Error::input(name, format!("{name} is not JSON.")))
    }

    /// The next part, whose headers end within their limit. `more_bytes` may be read beyond them.
    async fn next_part(&mut self, more_bytes: u64) -> Result<Option<Field<'static>>, Error> {
        self.meter.allow(MAX_HEADER_BYTES + more_bytes);
        let next = tokio::time::timeout(self.progress_timeout, self.multipart.next_field()).await;
        next.map_err(|_| Error::UploadIncomplete)?.map_err(|failure| malformed("file", &failure))
    }

    /// The next file and the index of its token.
    async fn next_file(&mut self) -> Result<(usize, Field<'static>), Error> {
        let field = self.next_part(0).await?.ok_or_else(|| Error::input("file", "A file of the map is missing."))?;
        let mut parts = self.parts.iter_mut().enumerate();
        let (index, part) = parts
            .find(|(_, part)| !part.has_come && field.name() == Some(&part.name))
            .ok_or_else(|| Error::input("map", "The request has a part that the map does not name."))?;
        part.has_come = true;
        self.meter.allow(u64::MAX);
        Ok((index, field))
    }

    /// The file of a token. Files in front of it that nobody has asked for are thrown away: a resolver that never ran would
    /// have taken them.
    async fn find_file(&mut self, wanted: usize) -> Result<Field<'static>, Error> {
        loop {
            let (index, mut field) = self.next_file().await?;
            if index == wanted {
                return Ok(field);
            }
            if index > wanted {
                return Err(Error::input("file", "The files do not come in the order in which they are used."));
            }
            while let Some(_thrown_away) = next_piece(&mut field, self.progress_timeout).await? {}
        }
    }

    async fn open_file(&mut self, token: &str) -> Result<IncomingFile<'static>, Error> {
        let index = token.strip_prefix(&self.token_prefix).and_then(|index| index.parse::<usize>().ok());
        let wanted = index.and_then(|index| Some((index, self.parts.get(index)?)));
        let (index, part) = wanted.ok_or_else(|| Error::input("file", "Send files as a GraphQL multipart request."))?;
        if part.has_come || self.reading.load(Ordering::Acquire) {
            return Err(Error::input("file", "A file is read once, and none behind one that was refused."));
        }
        let field = self.find_file(index).await?;
        let name = file_name(&field).unwrap_or_default();
        self.reading.store(true, Ordering::Release);
        let (reading, progress_timeout) = (Arc::clone(&self.reading), self.progress_timeout);
        let content = futures_util::stream::try_unfold(field, move |mut field| {
            let reading = Arc::clone(&reading);
            async move {
                let piece = next_piece(&mut field, progress_timeout).await.map_err(|_| TransferEnded)?;
                if piece.is_none() {
                    reading.store(false, Ordering::Release);
                }
                Ok(piece.map(|piece| (piece, field)))
            }
        });
        Ok(IncomingFile { name, content: content.boxed() })
    }
}

impl UploadBody for FilesOfRequest {
    fn open<'a>(&'a mut self, token: &'a str) -> BoxFuture<'a, Result<IncomingFile<'a>, Error>> {
        async move {
            let opened: IncomingFile<'a> = self.open_file(token).await?;
            Ok(opened)
        }
        .boxed()
    }

    fn end(&mut self) -> BoxFuture<'_, Result<(), Error>> {
        async {
            if self.parts.iter().any(|part| !part.has_come) {
                return Ok(());
            }
            match self.next_part(0).await? {
                None => Ok(()),
                Some(_) => Err(Error::input("map", "The request has a part that the map does not name.")),
            }
        }
        .boxed()
    }
}

/// The name of a file. RFC 7578 section 4.2 forbids `filename*`, but several clients send it for names beyond ASCII.
fn file_name(field: &Field<'_>) -> Option<String> {
    if let Some(name) = field.file_name() {
        return Some(name.to_owned());
    }
    let disposition = field.headers().get(http::header::CONTENT_DISPOSITION)?.to_str().ok()?;
    let value = disposition.split(';').find_map(|parameter| parameter.trim().strip_prefix("filename*="))?;
    let (charset, rest) = value.trim_matches('"').split_once('\'')?;
    let (_language, encoded) = rest.split_once('\'')?;
    let name = percent_encoding::percent_decode_str(encoded).decode_utf8().ok()?;
    charset.eq_ignore_ascii_case("utf-8").then(|| name.into_owned())
}

async fn next_piece(field: &mut Field<'static>, progress_timeout: Duration) -> Result<Option<Bytes>, Error> {
    let piece = tokio::time::timeout(progress_timeout, field.chunk()).await;
    piece.map_err(|_| Error::UploadIncomplete)?.map_err(|_| Error::UploadIncomplete)
}

fn malformed(field: &'static str, failure: &multer::Error) -> Error {
    match failure {
        multer::Error::IncompleteFieldData { .. }
        | multer::Error::IncompleteHeaders
        | multer::Error::IncompleteStream => Error::UploadIncomplete,
        multer::Error::StreamReadFailed(cause) if !cause.is::<TooMuch>() => Error::UploadIncomplete,
        _ => Error::input(field, "The multipart request is malformed, or a part of it is too long."),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn put(mut operations: Value, map: Value) -> Result<(Value, Vec<String>), Error> {
        let Value::Object(map) = map else { panic!("a map") };
        let parts = put_tokens(&mut operations, &map, 3, "t:")?;
        Ok((operations, parts))
    }

    #[test]
    fn tokens_stand_where_the_map_says() {
        let operations = json!({"query": "q", "variables": {"file": null, "files": [null, null]}});
        let map = json!({"a": ["variables.files.1"], "b": ["variables.file"], "c": ["variables.files.0"]});
        let (operations, parts) = put(operations, map).unwrap();
        assert_eq!(operations["variables"], json!({"file": "t:1", "files": ["t:2", "t:0"]}));
        assert_eq!(parts, ["a", "b", "c"]);
    }

    #[test]
    fn maps_that_lead_nowhere_are_refused() {
        for map in [
            json!({}),
            json!({"a": []}),
            json!({"a": "variables.file"}),
            json!({"a": [1]}),
            json!({"a": ["variables.file", "variables.other"]}),
            json!({"a": ["variables.nothing"]}),
            json!({"a": ["variables.files.2"]}),
            json!({"a": ["variables.files.-1"]}),
            json!({"a": ["variables.text"]}),
            json!({"a": ["query"]}),
            json!({"a": ["0.variables.file"]}),
            json!({"a": ["variables"]}),
            json!({"a": ["variables.file"], "b": ["variables.file"]}),
            json!({"a": ["variables.file"], "b": ["variables.other"], "c": ["variables.files.0"], "d": ["variables.files.1"]}),
        ] {
            let variables = json!({"file": null, "other": null, "files": [null, null], "text": "x"});
            let refused = put(json!({"query": "q", "variables": variables}), map.clone());
            assert!(matches!(refused, Err(Error::Input { field: "map", .. })), "{map}");
        }
        assert!(put(json!({"query": "q"}), json!({"a": ["variables.file"]})).is_err());
    }
}
