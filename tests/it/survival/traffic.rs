//! Uploads that are under way when something happens.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use reqwest::Method;
use serde_json::{Map, Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::dice::Dice;
use super::ledger::Sent;
use crate::harness::client::{Client, UPLOAD, UPLOAD_MANY, multipart_body};
use crate::harness::documents::{docx, sha256};
use crate::harness::server::Server;

/// One request that uploads a file, or several.
pub struct Upload {
    pub files: Vec<(String, Vec<u8>)>,
    /// Before each piece of 64 KiB.
    pub pause: Duration,
}

/// When the server is killed.
#[derive(Debug)]
pub struct Moment {
    /// After so many answers…
    pub answers: usize,
    /// …and so much time.
    pub delay: Duration,
}

impl Upload {
    /// 1 KiB to 2 MiB, small ones as likely as large ones; one in four has three files; some come slowly.
    pub fn at_random(name: &str, dice: &mut Dice) -> Self {
        let count = if dice.below(4) == 0 { 3 } else { 1 };
        let files = (0..count).map(|index| {
            let len = (1 << (10 + dice.below(11))) + dice.below(1024);
            let padding = dice.bytes(usize::try_from(len).unwrap());
            (format!("{name}-{index}.docx"), docx(name, &padding))
        });
        let files = files.collect();
        Self { files, pause: Duration::from_millis([0, 0, 2, 8][usize::try_from(dice.below(4)).unwrap()]) }
    }

    /// What goes into the ledger once it is known whether it was answered.
    pub fn sent(&self, answered: bool) -> Sent {
        Sent { files: self.files.iter().map(|(name, content)| (name.clone(), sha256(content))).collect(), answered }
    }

    /// Whether the server says that it is stored; `None` when no answer came, or no whole one.
    pub async fn send(&self, client: &Client) -> Option<Value> {
        let request = client
            .request(Method::POST, "/graphql")
            .header("Content-Type", "multipart/form-data; boundary=b")
            .body(paced(self.body(), self.pause));
        let answer = request.send().await.ok()?.text().await.ok()?;
        serde_json::from_str(&answer).ok()
    }

    fn body(&self) -> Vec<u8> {
        let parts: Vec<String> = (0..self.files.len()).map(|index| index.to_string()).collect();
        let files: Vec<(&str, &str, &[u8])> =
            parts.iter().zip(&self.files).map(|(part, (name, content))| (&**part, &**name, &**content)).collect();
        if self.files.len() == 1 {
            let operations = json!({"query": UPLOAD, "variables": {"file": null}});
            return multipart_body("b", &operations, &json!({"0": ["variables.file"]}), &files);
        }
        let operations = json!({"query": UPLOAD_MANY, "variables": {"files": vec![Value::Null; files.len()]}});
        let map: Map<_, _> =
            parts.iter().map(|part| (part.clone(), json!([format!("variables.files.{part}")]))).collect();
        multipart_body("b", &operations, &Value::Object(map), &files)
    }
}

impl Moment {
    pub fn at_random(uploads: usize, dice: &mut Dice) -> Self {
        let answers = usize::try_from(dice.below(uploads as u64)).unwrap();
        Self { answers, delay: Duration::from_micros(dice.below(if answers == 0 { 60_000 } else { 15_000 })) }
    }
}

fn paced(body: Vec<u8>, pause: Duration) -> reqwest::Body {
    let pieces: Vec<Bytes> = body.chunks(64 << 10).map(Bytes::copy_from_slice).collect();
    let slowly = futures_util::stream::iter(pieces).then(move |piece| async move {
        if !pause.is_zero() {
            sleep(pause).await;
        }
        Ok::<_, Infallible>(piece)
    });
    reqwest::Body::wrap_stream(slowly)
}

/// Sends all uploads at once, kills the server at that moment, and tells what was answered until then.
pub async fn upload_until_killed(server: Server, client: &Client, uploads: Vec<Upload>, moment: &Moment) -> Vec<Sent> {
    let mut under_way = JoinSet::new();
    for upload in uploads {
        let client = client.clone();
        under_way.spawn(async move {
            let answer = upload.send(&client).await;
            if let Some(answer) = &answer {
                assert!(answer.get("errors").is_none(), "a good upload is stored or not answered: {answer}");
            }
            upload.sent(answer.is_some())
        });
    }
    let mut sent: Vec<Sent> = Vec::new();
    while sent.len() < moment.answers {
        sent.push(under_way.join_next().await.unwrap().unwrap());
    }
    sleep(moment.delay).await;
    server.kill();
    sent.extend(under_way.join_all().await);
    sent
}
