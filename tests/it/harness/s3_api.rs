//! What an S3 server itself says of a bucket: asked by signed requests, past the product.

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use reqsign_aws_v4::{Credential, RequestSigner, StaticCredentialProvider};
use reqsign_core::{Context, Signer};

/// A bucket, and the key to it.
pub struct S3Api {
    pub endpoint: String,
    pub bucket: String,
    signer: Signer<Credential>,
    http: reqwest::Client,
}

impl S3Api {
    pub fn new(endpoint: &str, bucket: &str, region: &str, id: &str, secret: &str) -> Self {
        let credentials = StaticCredentialProvider::new(id, secret);
        Self {
            endpoint: endpoint.to_owned(),
            bucket: bucket.to_owned(),
            signer: Signer::new(Context::new(), credentials, RequestSigner::new("s3", region)),
            http: super::client::http().build().unwrap(),
        }
    }

    /// Sends a request about `path` (of the bucket, with a query).
    pub async fn send(&self, method: Method, path: &str, body: impl Into<Bytes>) -> (StatusCode, String) {
        let address = format!("{}/{}{path}", self.endpoint, self.bucket);
        let (mut parts, ()) = Request::builder().method(method).uri(address).body(()).unwrap().into_parts();
        self.signer.sign(&mut parts, None).await.unwrap();
        let request = Request::from_parts(parts, body.into());
        let response = self.http.execute(request.try_into().unwrap()).await.unwrap();
        (response.status(), response.text().await.unwrap())
    }

    pub async fn make_bucket(&self) {
        let (status, body) = self.send(Method::PUT, "", "").await;
        assert!(status.is_success(), "{status} {body}");
    }

    pub async fn put(&self, key: &str, content: Vec<u8>) {
        let (status, body) = self.send(Method::PUT, &format!("/{key}"), content).await;
        assert!(status.is_success(), "{status} {body}");
    }

    /// The keys of all objects.
    pub async fn objects(&self) -> Vec<String> {
        self.keys("?list-type=2").await
    }

    /// The keys of all multipart uploads that were begun and are not at their end.
    pub async fn uploads(&self) -> Vec<String> {
        self.keys("?uploads").await
    }

    /// Begins a multipart upload and leaves it at that.
    pub async fn begin_upload(&self, key: &str) {
        let (status, body) = self.send(Method::POST, &format!("/{key}?uploads"), "").await;
        assert!(status.is_success(), "{status} {body}");
    }

    async fn keys(&self, query: &str) -> Vec<String> {
        let (status, body) = self.send(Method::GET, query, "").await;
        assert!(status.is_success(), "{status} {body}");
        let keys = body.split("<Key>").skip(1).map(|rest| rest.split("</Key>").next().unwrap().to_owned());
        keys.collect()
    }
}
