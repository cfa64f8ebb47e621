//! The web front end: what its build has made, byte for byte, and one page for all of its routes. `build.rs` takes it along;
//! compressed it was by the build as well, so here is only chosen.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use axum::{Extension, Json, Router, extract::State};
use http::{HeaderMap, HeaderName, StatusCode, header};
use serde_json::{Value, json};

use super::form_page::{FormPage, escape};
use super::negotiation::AnswerType;
use super::range::{Wanted, wanted};
use super::request_id::RequestId;
use super::{HttpState, error, signup_page, token_page};

/// The addresses of the front end, one a line; `web/app/src/routes.ts` has a page for each.
const ROUTES: &str = include_str!("../../web/app/routes.txt");
/// What all of its files end up as: from here, and nothing else. It makes no script of text, no inline style and no frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// The name of an asset is made of its content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const NOT_BUILT_IN: FormPage = FormPage("Strongroom");

include!(concat!(env!("OUT_DIR"), "/front_end.rs"));

/// A file that the build has made.
struct Asset {
    name: &'static str,
    /// Of its content, as it is.
    tag: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

/// What is shown to browsers.
#[derive(Clone, Copy)]
pub struct FrontEnd {
    assets: &'static [Asset],
}

impl FrontEnd {
    /// The one that was built into this program: all of it or, where there was no Node, nothing.
    pub fn built_in() -> Self {
        Self { assets: BUILT }
    }

    /// None, so that plain pages do its job.
    pub fn none() -> Self {
        Self { assets: &[] }
    }

    /// Whether there is one.
    pub fn is_there(self) -> bool {
        self.page().is_some()
    }

    fn page(self) -> Option<&'static Asset> {
        self.find("index.html")
    }

    fn find(self, name: &str) -> Option<&'static Asset> {
        self.assets.iter().find(|asset| asset.name == name)
    }

    /// Its routes. Where a plain page has the same address, that one goes on taking forms, and is what is shown without a front end.
    pub(super) fn routes(self) -> Router<HttpState> {
        let shown = |plain: MethodRouter<HttpState>| match self.page() {
            Some(page) => get(move |headers: HeaderMap| async move { show_page(page, &headers) }),
            None => plain,
        };
        let own = ["/", "/verify-email", "/confirm-email", "/reset-password", "/signup"];
        let more = ROUTES.lines().filter(|route| !own.contains(route) && self.is_there());
        let routes = more.fold(Router::new(), |routes, route| routes.route(route, shown(MethodRouter::new())));
        routes
            .route("/", shown(get(not_built_in)))
            .route("/verify-email", shown(get(token_page::get_verify)).post(token_page::post_verify))
            .route("/confirm-email", shown(get(token_page::get_confirm)).post(token_page::post_confirm))
            .route("/reset-password", shown(get(token_page::get_reset)).post(token_page::post_reset))
            .route("/signup", shown(get(signup_page::get)).post(signup_page::post))
            .route("/config.json", get(settings))
            .route(
                "/assets/{name}",
                get(async move |Path(name): Path<String>, headers: HeaderMap, id| {
                    self.asset(&name, &headers, id).await
                }),
            )
    }

    async fn asset(self, name: &str, headers: &HeaderMap, id: Extension<RequestId>) -> Response {
        match self.find(name).filter(|asset| asset.name != "index.html") {
            Some(asset) => ([(header::CACHE_CONTROL, FOR_EVER)], asset.answer(headers)).into_response(),
            None => error::no_such_route(id).await,
        }
    }
}

impl Asset {
    /// Its content as the browser takes it; 304 where it has that already.
    fn answer(&self, headers: &HeaderMap) -> Response {
        let coded = [("br", self.brotli), ("gzip", self.gzip)].into_iter();
        let chosen =
            coded.filter(|(coding, _)| takes(headers, coding)).find_map(|(coding, bytes)| Some((coding, bytes?)));
        let tag = chosen.map_or(format!("\"{}\"", self.tag), |(coding, _)| format!("\"{}-{coding}\"", self.tag));
        let described = [(header::ETAG, tag.clone()), (header::VARY, "Accept-Encoding".to_owned())];
        if wanted(headers, &tag, self.plain.len() as u64) == Wanted::NotModified {
            return (StatusCode::NOT_MODIFIED, described).into_response();
        }
        let media_type = [(header::CONTENT_TYPE, self.media_type())];
        match chosen {
            Some((coding, bytes)) => {
                (described, media_type, [(header::CONTENT_ENCODING, coding)], bytes).into_response()
            }
            None => (described, media_type, self.plain).into_response(),
        }
    }

    fn media_type(&self) -> &'static str {
        match self.name.rsplit('.').next().unwrap_or_default() {
            "html" => "text/html; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "svg" => "image/svg+xml",
            "txt" => "text/plain; charset=utf-8",
            _ => "application/octet-stream",
        }
    }
}

fn show_page(page: &Asset, headers: &HeaderMap) -> Response {
    let guarded = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-cache"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    (guarded, page.answer(headers)).into_response()
}

/// Whether `Accept-Encoding` (RFC 9110 section 12.5.3) names this coding, and not with a weight of 0.
fn takes(headers: &HeaderMap, coding: &str) -> bool {
    let named = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    named.flat_map(|value| value.split(',')).any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case(coding) && weight.is_some_and(|weight| weight > 0.0)
    })
}

/// `/` without a front end.
async fn not_built_in() -> Response {
    let words = "<p>The server works, but the web front end is not built in. Install Node.js 20.19 or later and type \
        <code>make run</code> again.</p><p>Until then there are <a href=\"graphiql\">GraphiQL</a> and plain pages to \
        <a href=\"signup\">sign up</a>.</p>";
    NOT_BUILT_IN.show(StatusCode::OK, words)
}

/// Where no route is: a page for whoever has mistyped an address, an error for a program.
pub(super) async fn no_such_page(
    State(state): State<HttpState>,
    headers: HeaderMap,
    id: Extension<RequestId>,
) -> Response {
    if AnswerType::for_visitor(&headers) != Some(AnswerType::Html) {
        return error::no_such_route(id).await;
    }
    let start = escape(&state.services.config().server.public_url);
    let words = format!("<p>The address may be old, or misspelt.</p><p><a href=\"{start}/\">Go to the start</a></p>");
    FormPage("There is no such page").show(StatusCode::NOT_FOUND, &words)
}

/// `/config.json`: what the front end has to know before anybody has signed in.
async fn settings(State(state): State<HttpState>) -> Json<Value> {
    let settings = state.services.front_end_settings();
    Json(json!({
        "signup": { "client": settings.client_signup, "ops": settings.ops_signup },
        "mailFolder": settings.mail_folder,
        "passkeyOrigin": settings.passkey_origin,
        "uploads": { "allowedExtensions": settings.allowed_extensions, "maxFileBytes": settings.max_file_bytes },
        "sharing": { "everyClientAllowed": settings.every_client_allowed },
        "trashDays": settings.trash_days,
    }))
}
