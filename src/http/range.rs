//! Conditions and ranges of a download (RFC 9110 sections 13 and 14).

use std::ops::Range;

use http::HeaderMap;
use http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH, IF_RANGE, RANGE};

/// What part of the content is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// `If-Match` names another content: 412.
    PreconditionFailed,
    /// `If-None-Match` names this content: 304.
    NotModified,
    /// The range lies behind the end: 416.
    Unsatisfiable,
    /// One range: 206.
    Part(Range<u64>),
    /// Everything: 200.
    Whole,
}

/// Reads what a GET asks for of content with this strong entity tag and this length, which is not 0. A `Range` that is not
/// understood, or that names several ranges, is ignored, as section 14.2 allows.
pub(super) fn wanted(headers: &HeaderMap, etag: &str, len: u64) -> Wanted {
    if headers.contains_key(IF_MATCH) && !names_tag(headers, &IF_MATCH, etag, false) {
        return Wanted::PreconditionFailed;
    }
    if names_tag(headers, &IF_NONE_MATCH, etag, true) {
        return Wanted::NotModified;
    }
    let Some(range) = headers.get(RANGE) else { return Wanted::Whole };
    // A date in If-Range cannot be compared, since there is no Last-Modified to compare it with.
    if headers.get(IF_RANGE).is_some_and(|tag| tag.as_bytes() != etag.as_bytes()) {
        return Wanted::Whole;
    }
    match range.to_str().ok().and_then(|range| parse(range, len)) {
        None => Wanted::Whole,
        Some(range) if range.is_empty() => Wanted::Unsatisfiable,
        Some(range) => Wanted::Part(range),
    }
}

/// One `bytes=` range, cut to the content; empty where it lies behind the end. `None` for anything else.
fn parse(range: &str, len: u64) -> Option<Range<u64>> {
    let (unit, set) = range.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") || set.contains(',') {
        return None;
    }
    let (first, last) = set.trim().split_once('-')?;
    if first.is_empty() {
        let suffix = number(last)?;
        return Some(len.saturating_sub(suffix)..len).filter(|_| suffix > 0).or(Some(0..0));
    }
    let first = number(first)?;
    let last = if last.is_empty() { u64::MAX } else { number(last)? };
    if last < first {
        return None;
    }
    if first >= len {
        return Some(0..0);
    }
    Some(first..last.saturating_add(1).min(len))
}

/// Digits only; more than fit are as good as infinity.
fn number(digits: &str) -> Option<u64> {
    let good = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    good.then(|| digits.parse().unwrap_or(u64::MAX))
}

fn names_tag(headers: &HeaderMap, name: &HeaderName, etag: &str, weakly: bool) -> bool {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(|tag| {
        let tag = tag.trim();
        let tag = if weakly { tag.strip_prefix("W/").unwrap_or(tag) } else { tag };
        tag == "*" || tag == etag
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ETAG: &str = "\"abc\"";

    fn asked(pairs: &[(HeaderName, &str)]) -> Wanted {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, value.parse().unwrap());
        }
        wanted(&headers, ETAG, 1000)
    }

    #[test]
    fn ranges_are_read() {
        for (range, expected) in [
            ("bytes=0-0", Wanted::Part(0..1)),
            ("bytes=0-", Wanted::Part(0..1000)),
            ("bytes=500-599", Wanted::Part(500..600)),
            ("bytes=990-2000", Wanted::Part(990..1000)),
            ("bytes=-1", Wanted::Part(999..1000)),
            ("bytes=-5000", Wanted::Part(0..1000)),
            ("Bytes=0-9", Wanted::Part(0..10)),
            ("bytes=0-99999999999999999999999", Wanted::Part(0..1000)),
            ("bytes=1000-", Wanted::Unsatisfiable),
            ("bytes=1000-1001", Wanted::Unsatisfiable),
            ("bytes=-0", Wanted::Unsatisfiable),
            ("bytes=99999999999999999999999-", Wanted::Unsatisfiable),
            ("bytes=0-1,5-6", Wanted::Whole),
            ("bytes=5-4", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("bytes=", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
            ("bytes=+1-2", Wanted::Whole),
            ("lines=0-1", Wanted::Whole),
        ] {
            assert_eq!(asked(&[(RANGE, range)]), expected, "{range}");
        }
    }

    #[test]
    fn conditions_come_first() {
        assert_eq!(asked(&[(IF_MATCH, "\"x\""), (IF_NONE_MATCH, ETAG)]), Wanted::PreconditionFailed);
        assert_eq!(asked(&[(IF_MATCH, "W/\"abc\"")]), Wanted::PreconditionFailed);
        assert_eq!(asked(&[(IF_MATCH, "*"), (RANGE, "bytes=0-0")]), Wanted::Part(0..1));
        assert_eq!(asked(&[(IF_NONE_MATCH, "\"x\", W/\"abc\""), (RANGE, "bytes=5000-")]), Wanted::NotModified);
        assert_eq!(asked(&[(IF_RANGE, ETAG), (RANGE, "bytes=0-0")]), Wanted::Part(0..1));
        assert_eq!(asked(&[(IF_RANGE, "W/\"abc\""), (RANGE, "bytes=0-0")]), Wanted::Whole);
        assert_eq!(asked(&[(IF_RANGE, "Sat, 21 Nov 2026 09:30:00 GMT"), (RANGE, "bytes=0-0")]), Wanted::Whole);
    }
}
