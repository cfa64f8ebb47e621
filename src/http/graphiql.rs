//! `/graphiql`: GraphiQL from this server alone, no third-party address, no inline script.

use axum::extract::Path;
use axum::response::{Html, IntoResponse, Response};
use http::{StatusCode, header};

const PAGE: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>GraphiQL – Strongroom</title>\
<link rel=\"stylesheet\" href=\"assets/graphiql/graphiql.css\"><link rel=\"stylesheet\" href=\"assets/graphiql/page.css\"></head>\
<body><div id=\"graphiql\"></div><script src=\"assets/graphiql/react.js\"></script><script src=\"assets/graphiql/react-dom.js\"></script>\
<script src=\"assets/graphiql/graphiql.js\"></script><script src=\"assets/graphiql/init.js\"></script></body></html>";
const NOT_BUILT_IN: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>GraphiQL – Strongroom</title></head>\
<body><p>This build has no GraphiQL: it was made without npm. Run <code>make graphiql</code> and build again.</p></body></html>";
/// The editor styles itself inline and keeps a worker; scripts come from this server only.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

macro_rules! fetched {
    ($name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $name)).as_slice()
    };
}

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const ASSETS: [(&str, &str, &[u8]); 6] = [
    ("graphiql.js", SCRIPT, fetched!("graphiql.js")),
    ("graphiql.css", STYLE, fetched!("graphiql.css")),
    ("react.js", SCRIPT, fetched!("react.js")),
    ("react-dom.js", SCRIPT, fetched!("react-dom.js")),
    ("init.js", SCRIPT, include_bytes!("../../web/graphiql/init.js").as_slice()),
    ("page.css", STYLE, b"body { margin: 0 } #graphiql { height: 100dvh }"),
];

pub(super) async fn page() -> Response {
    let built_in = ASSETS.iter().all(|(_, _, content)| !content.is_empty());
    let html = if built_in { PAGE } else { NOT_BUILT_IN };
    ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(html)).into_response()
}

pub(super) async fn asset(Path(name): Path<String>) -> Response {
    match ASSETS.iter().find(|(known, _, content)| *known == name && !content.is_empty()) {
        Some((_, media_type, content)) => {
            ([(header::CONTENT_TYPE, *media_type), (header::CACHE_CONTROL, "no-cache")], *content).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
