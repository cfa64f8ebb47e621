//! Where a request comes from is believed of trusted proxies, and of nobody else.

use serde_json::json;

use super::WRONG;
use crate::accounts::LOGIN;
use crate::harness::TestApp;
use crate::harness::client::Client;

type Headers = Vec<(&'static str, String)>;

/// Wrong passwords for one account, each with the headers that `headers_of` its number says, and how many of twenty were
/// not refused.
async fn let_through(app: &TestApp, headers_of: impl Fn(usize) -> Headers) -> usize {
    let mut count = 0;
    for number in 0..20 {
        let body = json!({"query": LOGIN, "variables": {"input": {"email": "carl@example.com", "password": WRONG}}});
        let mut request = app.anonymous().request(reqwest::Method::POST, "/graphql").json(&body);
        for (name, value) in headers_of(number) {
            request = request.header(name, value);
        }
        count += usize::from(Client::reply(request).await.code() == "INVALID_CREDENTIALS");
    }
    count
}

/// As a browser behind a proxy is seen: a new address each time, and what is written before it by itself.
fn x_forwarded_for(number: usize) -> Headers {
    vec![("X-Forwarded-For", format!("6.6.6.6, 198.51.100.{number}"))]
}

#[tokio::test]
async fn a_strangers_header_is_not_believed() {
    for trusted in ["[]", "[\"10.0.0.0/8\", \"::1\"]"] {
        let app = TestApp::builder().with("SERVER__TRUSTED_PROXIES", trusted).start().await;
        assert_eq!(let_through(&app, x_forwarded_for).await, 6, "{trusted}");
        let app = TestApp::builder().with("SERVER__TRUSTED_PROXIES", trusted).start().await;
        let forwarded = |number| vec![("Forwarded", format!("for=198.51.100.{number}"))];
        assert_eq!(let_through(&app, forwarded).await, 6, "{trusted}");
    }
}

#[tokio::test]
async fn a_trusted_proxys_header_is_believed_as_far_as_it_wrote_it() {
    let app = TestApp::builder().with("SERVER__TRUSTED_PROXIES", "[\"127.0.0.0/8\", \"10.0.0.0/8\"]").start().await;
    assert_eq!(let_through(&app, x_forwarded_for).await, 20);
    let app = TestApp::builder().with("SERVER__TRUSTED_PROXIES", "[\"127.0.0.0/8\", \"10.0.0.0/8\"]").start().await;
    let through_two = |number| {
        vec![("Forwarded", "for=6.6.6.6".to_owned()), ("Forwarded", format!("for=198.51.100.{number}, for=10.0.0.2"))]
    };
    assert_eq!(let_through(&app, through_two).await, 20);

    let forged: [fn(usize) -> Headers; 4] = [
        // What the client itself wrote stands first.
        |number| vec![("X-Forwarded-For", format!("198.51.100.{number}, 203.0.113.1"))],
        |number| vec![("X-Forwarded-For", format!("198.51.100.{number}, unknown"))],
        // The proxy writes one header and passes the other one on.
        |number| vec![("X-Forwarded-For", "203.0.113.1".to_owned()), ("Forwarded", format!("for=198.51.100.{number}"))],
        |number| vec![("Forwarded", "for=203.0.113.1".to_owned()), ("X-Forwarded-For", format!("198.51.100.{number}"))],
    ];
    for (which, headers_of) in forged.into_iter().enumerate() {
        let app = TestApp::builder().behind_proxy().start().await;
        assert_eq!(let_through(&app, headers_of).await, 6, "forgery {which}");
    }
}
