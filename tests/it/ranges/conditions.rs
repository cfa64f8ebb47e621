//! Conditional requests (RFC 9110 section 13), in their order: If-Match, If-None-Match, then Range with If-Range.

use reqwest::Method;

use super::Linked;

#[tokio::test]
async fn if_range_decides_between_the_part_and_the_whole() {
    let linked = Linked::start().await;
    let etag = linked.etag();
    let part = linked.get(&[("range", "bytes=5-9"), ("if-range", &etag)]).await;
    assert_eq!(part.status(), 206);
    assert!(part.bytes().await.unwrap() == linked.content[5..10]);
    for other in ["\"another\"", &format!("W/{etag}"), "Sat, 21 Nov 2026 09:30:00 GMT", "garbage", &etag[1..]] {
        linked.assert_whole(other, &[("range", "bytes=5-9"), ("if-range", other)]).await;
    }
    linked.assert_whole("without a range it means nothing", &[("if-range", &etag)]).await;
    // RFC 9110 section 14.2: a Range whose If-Range is false is ignored, even one that could not be satisfied.
    linked.assert_whole("behind the end", &[("range", "bytes=99999999-"), ("if-range", "\"another\"")]).await;
}

#[tokio::test]
async fn if_none_match_spares_what_the_client_has() {
    let linked = Linked::start().await;
    let etag = linked.etag();
    for (method, matching) in [
        (Method::GET, etag.clone()),
        (Method::GET, format!("W/{etag}")),
        (Method::GET, format!("\"another\", {etag}")),
        (Method::GET, "*".to_owned()),
        (Method::HEAD, etag.clone()),
    ] {
        let response = linked.ask(method.clone(), &[("if-none-match", &matching)]).await;
        assert_eq!(response.status(), 304, "{method} {matching}");
        assert_eq!(response.headers()["etag"], etag, "{matching}");
        let len = response.headers().get("content-length").map(|len| len.to_str().unwrap().to_owned());
        assert!(len.is_none_or(|len| len == linked.content.len().to_string()), "RFC 9110 section 8.6: {matching}");
        assert!(response.bytes().await.unwrap().is_empty(), "{matching}");
    }
    linked.assert_whole("another", &[("if-none-match", "\"another\"")]).await;
    let with_range = linked.get(&[("if-none-match", &etag), ("range", "bytes=0-0")]).await;
    assert_eq!(with_range.status(), 304, "it goes before the range");
}

#[tokio::test]
async fn if_match_fails_when_the_content_is_another() {
    let linked = Linked::start().await;
    let etag = linked.etag();
    for good in [etag.clone(), format!("\"another\", {etag}"), "*".to_owned()] {
        linked.assert_whole(&good, &[("if-match", &good)]).await;
    }
    for (method, bad) in [
        (Method::GET, "\"another\"".to_owned()),
        (Method::GET, format!("W/{etag}")),
        (Method::HEAD, "\"another\"".to_owned()),
    ] {
        let response = linked.ask(method.clone(), &[("if-match", &bad), ("if-none-match", &etag)]).await;
        assert_eq!(response.status(), 412, "{method} {bad}, which goes before If-None-Match");
        assert!(response.bytes().await.unwrap().is_empty(), "{method} {bad}");
    }
    let ranged = linked.get(&[("if-match", &etag), ("range", "bytes=0-0")]).await;
    assert_eq!(ranged.status(), 206);
}
