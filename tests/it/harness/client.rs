//! A client that knows only the public API.

use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};

/// The password of everybody.
pub const PASSWORD: &str = "correct-horse-battery-9";

/// Somebody, signed in or not.
#[derive(Clone)]
pub struct Client {
    pub http: reqwest::Client,
    pub base_url: String,
    pub token: Option<String>,
}

/// What a GraphQL request was answered.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub body: Value,
}

impl Reply {
    /// The code of the first error, or the empty string.
    pub fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
    }

    /// The field that the first error names, or the empty string.
    pub fn field(&self) -> &str {
        self.body["errors"][0]["extensions"]["field"].as_str().unwrap_or_default()
    }

    /// In how many seconds the first error says to come back; 0 where it says nothing.
    pub fn retry_after(&self) -> u64 {
        self.body["errors"][0]["extensions"]["retryAfterSeconds"].as_u64().unwrap_or_default()
    }

    /// The data; fails the test when there are errors.
    #[track_caller]
    pub fn data(self) -> Value {
        assert!(self.body.get("errors").is_none(), "{}", self.body);
        self.body["data"].clone()
    }
}

/// What connections are made with. It trusts nobody's certificate, for no test speaks HTTPS: reading those that the machine
/// trusts takes longer than most requests here.
pub fn http() -> reqwest::ClientBuilder {
    reqwest::Client::builder().tls_certs_only([])
}

impl Client {
    pub fn new(base_url: &str, token: Option<&str>) -> Self {
        Self { http: http().build().unwrap(), base_url: base_url.to_owned(), token: token.map(str::to_owned) }
    }

    /// The same person behind a proxy that says they come from `address`. Only an app that trusts 127.0.0.1 believes it.
    pub fn from(&self, address: &str) -> Self {
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert("x-forwarded-for", address.parse().unwrap());
        let http = http().default_headers(headers).build().unwrap();
        Self { http, ..self.clone() }
    }

    /// The same person with another token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    pub fn request(&self, method: reqwest::Method, url: &str) -> reqwest::RequestBuilder {
        let url = if url.starts_with("http") { url.to_owned() } else { format!("{}{url}", self.base_url) };
        let request = self.http.request(method, url);
        match &self.token {
            Some(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        }
    }

    /// Sends an operation.
    pub async fn send(&self, query: &str, variables: Value) -> Reply {
        let body = json!({"query": query, "variables": variables});
        Self::reply(self.request(reqwest::Method::POST, "/graphql").json(&body)).await
    }

    /// Sends an operation that is expected to succeed.
    pub async fn data(&self, query: &str, variables: Value) -> Value {
        self.send(query, variables).await.data()
    }

    /// Sends an operation that is expected to fail, and answers its code.
    pub async fn code(&self, query: &str, variables: Value) -> String {
        self.send(query, variables).await.code().to_owned()
    }

    pub async fn reply(request: reqwest::RequestBuilder) -> Reply {
        let response = request.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        Reply { status, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    /// Sends a multipart request made by hand.
    pub async fn send_multipart(&self, boundary: &str, body: Vec<u8>) -> Reply {
        let request = self
            .request(reqwest::Method::POST, "/graphql")
            .header(CONTENT_TYPE, format!("multipart/form-data; boundary={boundary}"))
            .body(body);
        Self::reply(request).await
    }

    /// Tries to upload one file.
    pub async fn try_upload(&self, name: &str, content: &[u8]) -> Reply {
        let operations = json!({"query": UPLOAD, "variables": {"file": null}});
        let body = multipart_body("b", &operations, &json!({"0": ["variables.file"]}), &[("0", name, content)]);
        self.send_multipart("b", body).await
    }

    /// Uploads one file and answers it.
    pub async fn upload(&self, name: &str, content: &[u8]) -> Value {
        self.try_upload(name, content).await.data()["upload"]["file"].clone()
    }

    /// Tries to upload several files in one request.
    pub async fn try_upload_many(&self, files: &[(&str, &[u8])]) -> Reply {
        let nulls: Vec<Value> = files.iter().map(|_| Value::Null).collect();
        let operations = json!({"query": UPLOAD_MANY, "variables": {"files": nulls}});
        let names: Vec<String> = (0..files.len()).map(|index| index.to_string()).collect();
        let map: serde_json::Map<String, Value> =
            names.iter().map(|name| (name.clone(), json!([format!("variables.files.{name}")]))).collect();
        let parts: Vec<(&str, &str, &[u8])> =
            names.iter().zip(files).map(|(part, (name, content))| (part.as_str(), *name, *content)).collect();
        self.send_multipart("b", multipart_body("b", &operations, &Value::Object(map), &parts)).await
    }

    /// Shares a file with one Client, and answers the share.
    pub async fn share(&self, file: &Value, email: &str) -> Value {
        let input = json!({"fileId": file["id"], "recipients": [email]});
        self.data(SHARE, json!({"input": input})).await["share"]["shares"][0].clone()
    }

    /// The address of a fresh download link.
    pub async fn link(&self, file: &Value) -> String {
        let data = self.data(CREATE_LINK, json!({"id": file["id"], "ttl": null})).await;
        data["createDownloadLink"]["url"].as_str().unwrap().to_owned()
    }

    pub async fn get(&self, url: &str) -> reqwest::Response {
        self.request(reqwest::Method::GET, url).send().await.unwrap()
    }
}

pub const LOGIN: &str = "mutation($input: LoginInput!) { login(input: $input) { accessToken } }";
pub const UPLOAD: &str =
    "mutation($file: Upload!) { upload(file: $file) { file { id name size sha256 mediaType uploadedAt } } }";
pub const UPLOAD_MANY: &str =
    "mutation($files: [Upload!]!) { uploadMany(files: $files) { files { id name size sha256 } } }";
pub const SHARE: &str = "mutation($input: ShareInput!) { share(input: $input) {
    shares { id everyClient expiresAt downloadsLeft downloads sharedAt recipient { email } } } }";
pub const CREATE_LINK: &str =
    "mutation($id: ID!, $ttl: Int) { createDownloadLink(fileId: $id, ttlSeconds: $ttl) { url expiresAt } }";

/// The body of a multipart request: `(part name, file name, content)`.
pub fn multipart_body(boundary: &str, operations: &Value, map: &Value, files: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in [("operations", operations), ("map", map)] {
        let part = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    for (part, name, content) in files {
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    body
}
