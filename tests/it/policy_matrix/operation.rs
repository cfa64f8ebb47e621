//! One way to ask the product for something: what it needs, and how it is called.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::rules::Rules;
use super::world::{Who, World};
use crate::harness::client::{Client, Reply, UPLOAD, UPLOAD_MANY, multipart_body};
use crate::harness::documents::docx;
use crate::harness::socket::{Heard, Socket};
use crate::harness::tus;

/// How many items a page has unless it is told otherwise.
const PAGE: usize = 20;
/// What a subscription has not told of the past within this time it does not tell.
const SILENCE: Duration = Duration::from_millis(500);

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// A list, without the thing that was looked for.
    Absent,
    Null,
    Code(&'static str),
    /// More than an answer of its kind may tell: the whole of it.
    Leak(&'static str),
    Status(u16),
    /// A socket that is closed.
    Closed(u16),
}

/// One question to the policy, and the answers where it says no.
pub struct Question {
    pub permission: &'static str,
    /// What the caller is to the thing.
    pub relation: fn(Who) -> &'static str,
    /// To a role that may never do this.
    pub never: Outcome,
    /// To a role that may, but not to this thing.
    pub not_this: Outcome,
}

/// What stands before an operation.
pub enum Gate {
    Open,
    /// Runs for whoever calls, a bad token included.
    Public {
        permission: &'static str,
        refused: Outcome,
    },
    /// Asked one after the other; the first no decides.
    Guarded {
        anonymous: Outcome,
        bad_token: Outcome,
        questions: &'static [Question],
    },
}

/// What is looked at in the answer of a GraphQL operation.
pub enum Answer {
    /// Whether there is something at this JSON pointer.
    Something(&'static str),
    /// Whether the list at this JSON pointer has the node with this id. Beside it stands a total that tells no more.
    Listed(&'static str, fn(&World) -> &str),
}

/// How an operation is called.
pub enum Call {
    Post {
        query: &'static str,
        variables: fn(&World, Who) -> Value,
        answer: Answer,
    },
    /// The same by somebody with the same role, whose account may be changed.
    BySpare {
        query: &'static str,
        variables: fn(&World, Who) -> Value,
        answer: Answer,
    },
    /// The same by `GET /graphql`; its one variable is `id`.
    GetById {
        query: &'static str,
        id: fn(&World) -> &str,
        answer: Answer,
    },
    /// A subscription that goes on behind what was told when the world was made. Whether it tells of a thing that happened
    /// since: at this JSON pointer, with this id.
    Watch {
        query: &'static str,
        pointer: &'static str,
        id: fn(&World) -> &str,
    },
    Upload,
    UploadMany,
    /// Begins an upload that can be resumed.
    BeginResumable,
    /// A request to an upload that the caller has begun, where it may, and to one that does not exist otherwise.
    Resumable {
        method: Method,
    },
    Route {
        method: Method,
        path: fn(&World, Who) -> String,
        form: Option<fn(&World, Who) -> String>,
    },
}

/// A row of the matrix.
pub struct Operation {
    /// `Type.field`, or a route with its method.
    pub name: &'static str,
    /// What is asked of it, where there is more than one thing.
    pub case: &'static str,
    pub gate: Gate,
    pub call: Call,
    pub ends_session: bool,
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.case.is_empty() { f.write_str(self.name) } else { write!(f, "{} ({})", self.name, self.case) }
    }
}

impl Operation {
    /// What these rules say that shall come of it.
    pub fn expected(&self, rules: &Rules, who: Who) -> Outcome {
        match &self.gate {
            Gate::Open => Outcome::Done,
            Gate::Public { permission, refused } => {
                if rules.allow("anyone", permission, "none") {
                    Outcome::Done
                } else {
                    *refused
                }
            }
            Gate::Guarded { anonymous, bad_token, questions } => {
                let Some(role) = who.role() else {
                    return if who == Who::Anonymous { *anonymous } else { *bad_token };
                };
                let refused = questions.iter().find(|it| !rules.allow(role, it.permission, (it.relation)(who)));
                match refused {
                    None => Outcome::Done,
                    Some(question) if rules.allow_ever(role, question.permission) => question.not_this,
                    Some(question) => question.never,
                }
            }
        }
    }

    /// Every permission it needs.
    pub fn permissions(&self) -> Vec<&'static str> {
        match &self.gate {
            Gate::Open => Vec::new(),
            Gate::Public { permission, .. } => vec![permission],
            Gate::Guarded { questions, .. } => questions.iter().map(|question| question.permission).collect(),
        }
    }

    /// As [`perform`](Self::perform), but what is only not told yet is waited for longer, where it is expected to be told.
    pub async fn perform_expecting(&self, world: &World, who: Who, expected: Outcome) -> Outcome {
        let mut outcome = self.perform(world, who).await;
        for _ in 0..20 {
            let may_be_late = matches!(self.call, Call::Watch { .. }) && outcome == Outcome::Absent;
            if !may_be_late || expected != Outcome::Done {
                break;
            }
            outcome = self.perform(world, who).await;
        }
        outcome
    }

    /// Calls it.
    pub async fn perform(&self, world: &World, who: Who) -> Outcome {
        let client = world.client(who, self.ends_session);
        match &self.call {
            Call::Post { query, variables, answer } => {
                outcome_of(&client.send(query, variables(world, who)).await, answer, world)
            }
            Call::BySpare { query, variables, answer } => {
                let spare = world.spent.spares.get(&who).unwrap_or(client);
                outcome_of(&spare.send(query, variables(world, who)).await, answer, world)
            }
            Call::GetById { query, id, answer } => {
                let variables = json!({"id": id(world)}).to_string();
                let url = reqwest::Url::parse_with_params(
                    &format!("{}/graphql", client.base_url),
                    [("query", *query), ("variables", variables.as_str())],
                );
                let request = client.request(Method::GET, url.unwrap().as_str());
                outcome_of(&Client::reply(request).await, answer, world)
            }
            Call::Watch { query, pointer, id } => {
                watched(client, query, world.mark(who, self.name), pointer, id(world)).await
            }
            Call::Upload => {
                let reply = send_files(client, UPLOAD, &json!({"file": null}), "variables.file").await;
                outcome_of(&reply, &Answer::Something("/upload/file/id"), world)
            }
            Call::UploadMany => {
                let reply = send_files(client, UPLOAD_MANY, &json!({"files": [null]}), "variables.files.0").await;
                outcome_of(&reply, &Answer::Something("/uploadMany/files/0/id"), world)
            }
            Call::BeginResumable => {
                let created = tus::creation(client, "matrix.docx", 1000).send().await.unwrap();
                end_upload(client, &tus::header(created.headers(), "location")).await;
                let status = created.status();
                if status.is_success() { Outcome::Done } else { Outcome::Status(status.as_u16()) }
            }
            Call::Resumable { method } => {
                let document = docx("resumable", b"");
                let created = tus::creation(client, "matrix.docx", document.len()).send().await.unwrap();
                let own = tus::header(created.headers(), "location");
                let path = if own.is_empty() { "/uploads/aaaaaaaaaaaaaaaaaaaaaaaaaa" } else { &own };
                let mut request = tus::addition(client, path, 0, &document[..10]).build().unwrap();
                *request.method_mut() = method.clone();
                if method == Method::POST {
                    request.headers_mut().insert("x-http-method-override", "PATCH".parse().unwrap());
                }
                let status = client.http.execute(request).await.unwrap().status();
                end_upload(client, &own).await;
                if status.is_success() { Outcome::Done } else { Outcome::Status(status.as_u16()) }
            }
            Call::Route { method, path, form } => {
                let mut request = client.request(method.clone(), &path(world, who));
                if let Some(form) = form {
                    request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form(world, who));
                }
                let status = request.send().await.unwrap().status();
                if status.is_success() { Outcome::Done } else { Outcome::Status(status.as_u16()) }
            }
        }
    }
}

/// Nobody may have very many open ones.
async fn end_upload(client: &Client, path: &str) {
    if !path.is_empty() {
        tus::request(client, Method::DELETE, path).send().await.unwrap();
    }
}

async fn watched(client: &Client, query: &str, after: Option<&str>, pointer: &str, id: &str) -> Outcome {
    let mut socket = Socket::open(&client.base_url).await;
    if let Heard::Closed(code) = socket.sign_in(client).await {
        return Outcome::Closed(code);
    }
    socket.subscribe("1", query, json!({"after": after})).await;
    while let Ok(heard) = tokio::time::timeout(SILENCE, socket.hear()).await {
        let message = match heard {
            Heard::Closed(code) => return Outcome::Closed(code),
            Heard::Message(message) => message,
        };
        if message["type"] == "error" {
            let code = message["payload"][0]["extensions"]["code"].as_str().unwrap_or_default();
            return Outcome::Code(code.to_owned().leak());
        }
        if message["payload"]["data"].pointer(pointer).is_some_and(|found| found == id) {
            return Outcome::Done;
        }
    }
    Outcome::Absent
}

/// With a header that no form can send, so that the guard answers and not the protection against other sites.
async fn send_files(client: &Client, query: &str, variables: &Value, place: &str) -> Reply {
    let operations = json!({"query": query, "variables": variables});
    let content = docx("upload", &[]);
    let body = multipart_body("b", &operations, &json!({"0": [place]}), &[("0", "upload.docx", &content)]);
    let request = client
        .request(Method::POST, "/graphql")
        .header(CONTENT_TYPE, "multipart/form-data; boundary=b")
        .header("GraphQL-Require-Preflight", "1")
        .body(body);
    Client::reply(request).await
}

fn outcome_of(reply: &Reply, answer: &Answer, world: &World) -> Outcome {
    let data = &reply.body["data"];
    let (Answer::Something(pointer) | Answer::Listed(pointer, _)) = answer;
    let found = data.pointer(pointer).filter(|value| !value.is_null());
    if reply.body.get("errors").is_some() {
        let answers_all_the_same = found.is_some();
        return if answers_all_the_same { leak(reply) } else { Outcome::Code(reply.code().to_owned().leak()) };
    }
    match (answer, found) {
        (_, None) => Outcome::Null,
        (Answer::Something(_), Some(_)) => Outcome::Done,
        (Answer::Listed(_, id), Some(nodes)) => {
            let nodes = nodes.as_array().expect("a list");
            let total = data.pointer(&pointer.replace("/nodes", "/totalCount")).and_then(Value::as_u64);
            let total = usize::try_from(total.expect("a total")).unwrap();
            let tells_of_more = total != nodes.len() && nodes.len() < PAGE;
            if tells_of_more {
                return leak(reply);
            }
            if nodes.iter().any(|node| node["id"] == id(world)) { Outcome::Done } else { Outcome::Absent }
        }
    }
}

fn leak(reply: &Reply) -> Outcome {
    Outcome::Leak(reply.body.to_string().leak())
}
