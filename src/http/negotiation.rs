//! What an answer of `/graphql` is written as (RFC 9110 section 12.5.1; GraphQL over HTTP section 6.2).

use http::header::{ACCEPT, HeaderMap, HeaderValue};
use mediatype::{MediaType, MediaTypeList, Name, ReadParams};

/// What an answer can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AnswerType {
    /// `application/json`, for clients of the old days: whatever is well-formed is answered 200.
    Json,
    /// `application/graphql-response+json`: a request that was not run is an error of HTTP too.
    GraphqlResponse,
    /// `text/html`: a person with a browser.
    Html,
}

impl AnswerType {
    /// What a program is answered with. `None`: it takes nothing that we could write.
    pub(super) fn for_program(headers: &HeaderMap) -> Option<Self> {
        Self::best_of(&[Self::GraphqlResponse, Self::Json], headers)
    }

    /// The same for an address without a query, where a browser gets a page.
    pub(super) fn for_visitor(headers: &HeaderMap) -> Option<Self> {
        Self::best_of(&[Self::GraphqlResponse, Self::Json, Self::Html], headers)
    }

    /// The value of `Content-Type`.
    pub(super) fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
        })
    }

    fn names(self) -> (&'static str, &'static str, Option<&'static str>) {
        match self {
            Self::Json => ("application", "json", None),
            Self::GraphqlResponse => ("application", "graphql-response", Some("json")),
            Self::Html => ("text", "html", None),
        }
    }

    fn best_of(offers: &[Self], headers: &HeaderMap) -> Option<Self> {
        let fields: Vec<&str> = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
        let ranges: Vec<MediaType<'_>> =
            fields.iter().flat_map(|field| MediaTypeList::new(field).filter_map(Result::ok)).collect();
        if ranges.is_empty() {
            return Some(Self::Json);
        }
        let wanted = offers.iter().filter_map(|offer| {
            // The most specific range that fits decides.
            let fitting = ranges.iter().filter_map(|range| Some((specificity(range, *offer)?, quality(range))));
            let (specificity, quality) = fitting.max()?;
            (quality > 0).then_some(((quality, specificity, offer.rank(specificity)), *offer))
        });
        wanted.max_by_key(|(wish, _)| *wish).map(|(_, offer)| offer)
    }

    /// Which of two that are equally welcome is given. Under a pattern, whose sender may never have heard of the others, the
    /// one that every client can read.
    fn rank(self, specificity: u8) -> u8 {
        match (self, specificity) {
            (Self::Html, NAMED) | (Self::Json, _) => 2,
            (Self::GraphqlResponse, NAMED) => 3,
            (Self::GraphqlResponse, _) => 1,
            (Self::Html, _) => 0,
        }
    }
}

/// A range that names the type itself.
const NAMED: u8 = 2;

/// How closely a range fits: 2 by name, 1 as `type/*`, 0 as `*/*`; `None` if it does not.
fn specificity(range: &MediaType<'_>, offer: AnswerType) -> Option<u8> {
    let (kind, subtype, suffix) = offer.names();
    let is_ours = |(name, value): (Name<'_>, mediatype::Value<'_>)| {
        name == "q" || (name == "charset" && value.unquoted_str().eq_ignore_ascii_case("utf-8"))
    };
    if !range.params().all(is_ours) {
        return None;
    }
    let same_suffix = match (&range.suffix, suffix) {
        (Some(found), Some(wanted)) => found == wanted,
        (found, wanted) => found.is_none() && wanted.is_none(),
    };
    match (range.ty.as_str(), range.subty.as_str()) {
        ("*", "*") => Some(0),
        (_, "*") if range.ty == kind => Some(1),
        _ if range.ty == kind && range.subty == subtype && same_suffix => Some(NAMED),
        _ => None,
    }
}

/// The `q` of a range in thousandths: 1000 where there is none, 0 where it is none.
fn quality(range: &MediaType<'_>) -> u32 {
    let Some(text) = range.get_param(Name::new_unchecked("q")) else { return 1000 };
    let quality: f32 = text.as_str().parse().unwrap_or(0.0);
    // Saturating, and 0 for what is not a number.
    (quality.clamp(0.0, 1.0) * 1000.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(accept: &str) -> Option<AnswerType> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().unwrap());
        AnswerType::for_program(&headers)
    }

    #[test]
    fn the_best_type_wins() {
        use AnswerType::{GraphqlResponse, Json};
        for (accept, wanted) in [
            ("", Some(Json)),
            (",,", Some(Json)),
            ("*/*", Some(Json)),
            ("application/*", Some(Json)),
            ("application/json", Some(Json)),
            ("APPLICATION/JSON; Charset=\"UTF-8\"", Some(Json)),
            ("application/json; charset=latin1", None),
            ("application/graphql-response+json", Some(GraphqlResponse)),
            (
                "application/graphql-response+json; charset=utf-8, application/json; charset=utf-8",
                Some(GraphqlResponse),
            ),
            ("application/json, application/graphql-response+json", Some(GraphqlResponse)),
            ("application/json, application/graphql-response+json;q=0.9", Some(Json)),
            ("application/graphql-response+json;q=0.5, */*;q=0.4", Some(GraphqlResponse)),
            ("application/graphql-response+json;q=0.5, */*", Some(Json)),
            ("application/graphql-response+json, */*", Some(GraphqlResponse)),
            ("application/json;q=0, */*", Some(GraphqlResponse)),
            ("application/json;q=0, application/graphql-response+json;q=0", None),
            ("application/json;q=nan", None),
            ("application/json;q=2", Some(Json)),
            ("text/event-stream", None),
            ("text/html", None),
            ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", Some(Json)),
            ("no media type, application/graphql-response+json", Some(GraphqlResponse)),
            ("application/graphql-response+xml", None),
            ("application/json+json", None),
        ] {
            assert_eq!(answered(accept), wanted, "{accept}");
        }
    }

    #[test]
    fn browsers_get_a_page() {
        for (accept, wanted) in [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", AnswerType::Html),
            ("text/html;q=0.5, application/json", AnswerType::Json),
            ("*/*", AnswerType::Json),
            ("text/*", AnswerType::Html),
            ("text/html, application/graphql-response+json", AnswerType::GraphqlResponse),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, accept.parse().unwrap());
            assert_eq!(AnswerType::for_visitor(&headers), Some(wanted), "{accept}");
        }
    }
}
