//! `/graphiql` and `/playground`: GraphiQL and GraphQL Playground from this server alone, with no third-party address and no
//! inline script. The bar above them, through which a person signs in and attaches files, is in `web/tools`.

use axum::extract::Path;
use axum::response::{Html, IntoResponse, Response};
use http::{StatusCode, header};

const GRAPHIQL: &str = include_str!("../../web/tools/graphiql.html");
const PLAYGROUND: &str = include_str!("../../web/tools/playground.html");
const NOT_BUILT_IN: &str = include_str!("../../web/tools/not-built-in.html");
/// Both style themselves inline, and GraphiQL keeps a worker; scripts come from this server only, and nothing is sent
/// elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

macro_rules! fetched {
    ($name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $name)).as_slice()
    };
}

macro_rules! own {
    ($name:literal) => {
        include_bytes!(concat!("../../web/tools/", $name)).as_slice()
    };
}

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
/// What npm has brought; all of it is empty in a build without npm.
const FETCHED: [(&str, &str, &[u8]); 7] = [
    ("graphiql.js", SCRIPT, fetched!("graphiql.js")),
    ("graphiql.css", STYLE, fetched!("graphiql.css")),
    ("react.js", SCRIPT, fetched!("react.js")),
    ("react-dom.js", SCRIPT, fetched!("react-dom.js")),
    ("graphql-ws.js", SCRIPT, fetched!("graphql-ws.js")),
    ("playground.js", SCRIPT, fetched!("playground.js")),
    ("playground.css", STYLE, fetched!("playground.css")),
];
const OWN: [(&str, &str, &[u8]); 10] = [
    ("attachments.js", SCRIPT, own!("attachments.js")),
    ("bar.css", STYLE, own!("bar.css")),
    ("bar.js", SCRIPT, own!("bar.js")),
    ("graphiql-page.js", SCRIPT, own!("graphiql-page.js")),
    ("http.js", SCRIPT, own!("http.js")),
    ("memory-storage.js", SCRIPT, own!("memory-storage.js")),
    ("operation.js", SCRIPT, own!("operation.js")),
    ("playground-page.js", SCRIPT, own!("playground-page.js")),
    ("session.js", SCRIPT, own!("session.js")),
    ("transport.js", SCRIPT, own!("transport.js")),
];

/// GraphiQL.
pub(super) async fn page() -> Response {
    show(GRAPHIQL)
}

/// GraphQL Playground.
pub(super) async fn playground() -> Response {
    show(PLAYGROUND)
}

fn show(html: &'static str) -> Response {
    let built_in = FETCHED.iter().all(|(_, _, content)| !content.is_empty());
    let html = if built_in { html } else { NOT_BUILT_IN };
    ([(header::CONTENT_SECURITY_POLICY, POLICY), (header::REFERRER_POLICY, "no-referrer")], Html(html)).into_response()
}

/// What the pages are made of.
pub(super) async fn asset(Path(name): Path<String>) -> Response {
    match FETCHED.iter().chain(&OWN).find(|(known, _, content)| *known == name && !content.is_empty()) {
        Some((_, media_type, content)) => {
            ([(header::CONTENT_TYPE, *media_type), (header::CACHE_CONTROL, "no-cache")], *content).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
