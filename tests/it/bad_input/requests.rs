//! Requests that are no GraphQL, or too much of it.

use reqwest::Method;
use reqwest::header::{ALLOW, AUTHORIZATION, CONTENT_TYPE};
use serde_json::json;

use super::Besieged;
use crate::harness::client::Client;

async fn post(client: &Client, content_type: &str, body: impl Into<reqwest::Body>) -> crate::harness::client::Reply {
    let request = client.request(Method::POST, "/graphql").header(CONTENT_TYPE, content_type).body(body);
    Client::reply(request).await
}

#[tokio::test]
async fn bodies_that_are_no_request_are_refused() {
    let besieged = Besieged::start().await;
    let spaces = format!("{{\"query\":\"{{ viewer {{ id }} }}{}\"}}", " ".repeat(2 << 20));
    for (body, status, code, field) in [
        ("", 400, "BAD_USER_INPUT", "body"),
        ("{", 400, "BAD_USER_INPUT", "body"),
        ("{\"query\":\"{ viewer { id } }\"} x", 400, "BAD_USER_INPUT", "body"),
        ("\u{feff}\0", 400, "BAD_USER_INPUT", "body"),
        ("null", 400, "BAD_USER_INPUT", "body"),
        ("{}", 400, "BAD_USER_INPUT", "query"),
        ("{\"query\":null}", 400, "BAD_USER_INPUT", "query"),
        ("{\"query\":[\"{ viewer { id } }\"]}", 400, "BAD_USER_INPUT", "query"),
        ("[]", 400, "BAD_USER_INPUT", "body"),
        ("[{\"query\":\"{ viewer { id } }\"}]", 400, "BAD_USER_INPUT", "body"),
        ("{\"query\":\"{ viewer { id } }\",\"variables\":[]}", 400, "BAD_USER_INPUT", "variables"),
        ("{\"query\":\"{ viewer { id } }\",\"variables\":\"x\"}", 400, "BAD_USER_INPUT", "variables"),
        ("{\"query\":\"{ viewer { id } }\",\"operationName\":1}", 400, "BAD_USER_INPUT", "operationName"),
        ("{\"query\":\"\"}", 200, "GRAPHQL_PARSE_FAILED", ""),
        ("{\"query\":\"{ viewer { id }\"}", 200, "GRAPHQL_PARSE_FAILED", ""),
        ("{\"query\":\"{ \\u0000 }\"}", 200, "GRAPHQL_PARSE_FAILED", ""),
        ("{\"query\":\"{ nothing }\"}", 200, "GRAPHQL_VALIDATION_FAILED", ""),
        ("{\"query\":\"subscription { x }\"}", 200, "GRAPHQL_VALIDATION_FAILED", ""),
        ("{\"query\":\"query A { viewer { id } } query B { viewer { id } }\"}", 200, "GRAPHQL_VALIDATION_FAILED", ""),
        ("{\"query\":\"{ viewer { id } }\",\"operationName\":\"B\"}", 200, "GRAPHQL_VALIDATION_FAILED", ""),
        ("{\"query\":\"query($id: ID!) { file(id: $id) { id } }\"}", 200, "BAD_USER_INPUT", "id"),
        (
            "{\"query\":\"query($id: ID!) { file(id: $id) { id } }\",\"variables\":{\"id\":{}}}",
            200,
            "GRAPHQL_VALIDATION_FAILED",
            "",
        ),
        (&spaces, 413, "FILE_TOO_LARGE", ""),
    ] {
        let reply = post(&besieged.ops, "application/json", body.to_owned()).await;
        Besieged::assert_refused(&reply, status, code, field, &format!("{body:.90}"));
    }
    let reply = post(&besieged.ops, "application/json", b"{\"query\":\"\xff\"}".to_vec()).await;
    Besieged::assert_refused(&reply, 400, "BAD_USER_INPUT", "body", "no UTF-8");
    besieged.assert_unmoved("bodies").await;
}

#[tokio::test]
async fn only_json_and_multipart_are_taken() {
    let besieged = Besieged::start().await;
    let body = json!({"query": "{ viewer { email } }"}).to_string();
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
        "application/jsonx",
        "multipart/mixed; boundary=b",
        "",
    ] {
        let reply = post(&besieged.ops, content_type, body.clone()).await;
        Besieged::assert_refused(&reply, 415, "BAD_USER_INPUT", "Content-Type", content_type);
    }
    let without = besieged.ops.request(Method::POST, "/graphql").body(body);
    Besieged::assert_refused(&Client::reply(without).await, 415, "BAD_USER_INPUT", "Content-Type", "none");
}

#[tokio::test]
async fn get_changes_nothing() {
    let besieged = Besieged::start().await;
    let ops = &besieged.ops;
    for (query, more) in
        [("mutation { logout }", ""), ("query A { viewer { id } } mutation B { logout }", "&operationName=B")]
    {
        let url = format!("/graphql?query={}{more}", query.replace(' ', "%20"));
        let response = ops.get(&url).await;
        assert_eq!(
            (response.status().as_u16(), &response.headers()[ALLOW]),
            (405, &"POST".parse().unwrap()),
            "{query}"
        );
        let body: serde_json::Value = response.json().await.unwrap();
        assert_eq!(body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    }
    for url in ["/graphql", "/graphql?query=%7Bviewer%7Bid%7D%7D&variables=%7B"] {
        let reply = Client::reply(ops.request(Method::GET, url)).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (400, "BAD_USER_INPUT"), "{url}");
    }
    assert_eq!(ops.get("/graphql?query=%7Bviewer%7Bemail%7D%7D").await.status(), 200);
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let response = ops.request(method, "/graphql").send().await.unwrap();
        assert_eq!(response.status(), 405);
        assert!(response.headers().contains_key(ALLOW));
    }
    besieged.assert_unmoved("GET").await;
}

#[tokio::test]
async fn too_much_is_too_complex() {
    let besieged = Besieged::start().await;
    let level = "shares { nodes { file { ";
    let deep = format!("{{ files {{ nodes {{ {}id{} }} }} }}", level.repeat(10), " } } }".repeat(10));
    let aliases: String = (0..5000).map(|n| format!("a{n}: viewer {{ id }} ")).collect();
    let logins: String = (0..2000).map(|n| format!("a{n}: logout ")).collect();
    let spread = "query { ...A } fragment A on Query { viewer { id } ...A }".to_owned();
    // Two kilobytes that stand for 4^25 selections: expanded, they would keep a core busy for years.
    let level = |n: u32| format!(" fragment F{n} on Query {{ ...F{0} ...F{0} ...F{0} ...F{0} }}", n + 1);
    let doubling: String = (0..25).map(level).collect();
    let doubling = format!("{{ ...F0 }}{doubling} fragment F25 on Query {{ viewer {{ id }} }}");
    let directives = format!("{{ viewer {} {{ id }} }}", "@skip(if: false) ".repeat(5000));
    let brackets = format!("{{ {}id{} }}", "viewer { ".repeat(20_000), " }".repeat(20_000));
    let lists = format!("{{ file(id: {}) {{ id }} }}", "[".repeat(100_000));
    for (what, query, codes) in [
        ("deep", deep, &["QUERY_TOO_COMPLEX"][..]),
        ("aliases", format!("{{ {aliases} }}"), &["QUERY_TOO_COMPLEX"]),
        ("mutations", format!("mutation {{ {logins} }}"), &["QUERY_TOO_COMPLEX"]),
        ("a fragment in itself", spread, &["GRAPHQL_VALIDATION_FAILED", "QUERY_TOO_COMPLEX"]),
        ("doubling fragments", doubling, &["QUERY_TOO_COMPLEX"]),
        ("directives", directives, &["QUERY_TOO_COMPLEX"]),
        ("brackets", brackets, &["GRAPHQL_PARSE_FAILED", "QUERY_TOO_COMPLEX"]),
        ("lists", lists, &["GRAPHQL_PARSE_FAILED", "QUERY_TOO_COMPLEX"]),
    ] {
        let reply = besieged.ops.send(&query, json!({})).await;
        assert!(
            codes.contains(&reply.code()) && reply.status == 200,
            "{what}: {} {:.600}",
            reply.status,
            reply.body.to_string()
        );
        besieged.assert_unmoved(what).await;
    }
    let body = format!("{{\"query\":\"{{ viewer {{ id }} }}\",\"variables\":{{\"a\":{}", "[".repeat(500_000));
    let reply = post(&besieged.ops, "application/json", body).await;
    Besieged::assert_refused(&reply, 400, "BAD_USER_INPUT", "body", "deep JSON");
    besieged.assert_unmoved("deep JSON").await;
}

#[tokio::test]
async fn sign_ins_that_are_none_are_not_anonymous() {
    let besieged = Besieged::start().await;
    let anonymous = besieged.app.anonymous();
    let good = format!("Bearer {}", besieged.ops.token.as_deref().unwrap());
    let body = json!({"query": "{ viewer { email } }"});
    for sent in [
        vec![&*good, &good],
        vec![&good, "Bearer x"],
        vec!["Bearer"],
        vec!["Bearer "],
        vec!["Basic b2xnYTp4"],
        vec![""],
        vec!["Bearer a.b.c"],
        vec![&*good.replace(' ', "\t")],
    ] {
        let mut request = anonymous.request(Method::POST, "/graphql").json(&body);
        for authorization in &sent {
            request = request.header(AUTHORIZATION, *authorization);
        }
        Besieged::assert_refused(&Client::reply(request).await, 200, "UNAUTHENTICATED", "", &format!("{sent:?}"));
    }
    besieged.assert_unmoved("sign-ins").await;
}
