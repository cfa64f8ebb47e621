//! The order of refusals: no sign-in, then nobody's business, then over.

use serde_json::json;

use super::{Shared, answer, assert_refused, get_with, refuse, share_on};

const LINK_TTL_SECONDS: u64 = 600;
const ACCESS_TTL_SECONDS: u64 = 900;

#[tokio::test]
async fn without_a_valid_sign_in_nothing_else_is_looked_at() {
    let shared = Shared::start().await;
    let url = shared.carl.link(&shared.file).await;
    let garbage = format!("{}/d/garbage", shared.app.base_url);
    let no_text = format!("{}/d/%FF%00", shared.app.base_url);
    refuse("what is not even text", &shared.carl, &no_text, "NOT_FOUND").await;
    refuse("what is not even text", &shared.app.anonymous(), &no_text, "UNAUTHENTICATED").await;
    let callers = [shared.app.anonymous(), shared.app.anonymous().with_token("garbage")];
    for caller in &callers {
        refuse("a good link", caller, &url, "UNAUTHENTICATED").await;
        refuse("a garbage link", caller, &garbage, "UNAUTHENTICATED").await;
    }
    let response = callers[0].get(&url).await;
    assert_eq!(response.headers()["www-authenticate"], "Bearer");

    shared.revoke().await;
    refuse("revoked", &callers[0], &url, "UNAUTHENTICATED").await;
    shared.app.clock.advance_seconds(ACCESS_TTL_SECONDS);
    refuse("a link and an access token that have both expired", &shared.carl, &url, "UNAUTHENTICATED").await;
    refuse("and garbage", &shared.carl, &garbage, "UNAUTHENTICATED").await;
}

#[tokio::test]
async fn a_link_is_for_a_signed_in_user_and_not_for_a_session() {
    let shared = Shared::start().await;
    let url = shared.carl.link(&shared.file).await;
    let elsewhere = shared.carl_again().await;
    assert_eq!(shared.carl.data("mutation { logout }", json!({})).await["logout"], true);
    refuse("signed out", &shared.carl, &url, "UNAUTHENTICATED").await;
    let response = elsewhere.get(&url).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.bytes().await.unwrap(), shared.content);
}

#[tokio::test]
async fn a_link_that_is_altered_anywhere_does_not_exist() {
    let shared = Shared::start().await;
    let url = shared.carl.link(&shared.file).await;
    let (base, token) = url.rsplit_once('/').unwrap();
    for position in 0..token.len() {
        let original = &token[position..=position];
        for other in ["A", "B", "-"] {
            if other != original {
                let altered = format!("{base}/{}{other}{}", &token[..position], &token[position + 1..]);
                refuse(&format!("byte {position}"), &shared.carl, &altered, "NOT_FOUND").await;
                break;
            }
        }
    }
    for altered in [
        "x".to_owned(),
        token[1..].to_owned(),
        token[..token.len() - 1].to_owned(),
        format!("{token}A"),
        format!("{token}="),
        format!("{token}%00"),
        format!("%20{token}"),
        "A".repeat(token.len()),
        "A".repeat(10_000),
    ] {
        refuse(&altered, &shared.carl, &format!("{base}/{altered}"), "NOT_FOUND").await;
    }
    let share = super::my_share(&shared.carl, &shared.file).await;
    assert_eq!(share["downloads"], 0);
    assert_eq!(shared.carl.get(&url).await.status(), 200);
}

#[tokio::test]
async fn a_link_for_somebody_else_does_not_exist() {
    let shared = Shared::start().await;
    let url = shared.carl.link(&shared.file).await;
    let (dora, adam) = (shared.app.client("dora").await, shared.app.admin("adam").await);
    share_on(&shared.olga, &shared.file, "dora", json!({})).await;
    let own = dora.link(&shared.file).await;
    refuse("a Client with a share of its own", &dora, &url, "NOT_FOUND").await;
    refuse("the owner", &shared.olga, &url, "NOT_FOUND").await;
    refuse("an Admin", &adam, &url, "NOT_FOUND").await;
    let of_the_owner = shared.olga.link(&shared.file).await;
    refuse("the owner's link", &shared.carl, &of_the_owner, "NOT_FOUND").await;
    refuse("the owner's link", &adam, &of_the_owner, "NOT_FOUND").await;
    for (client, url) in [(&shared.carl, &url), (&dora, &own), (&shared.olga, &of_the_owner)] {
        assert_eq!(client.get(url).await.status(), 200);
    }
    shared.app.clock.advance_seconds(LINK_TTL_SECONDS);
    refuse("expired as well", &dora, &url, "NOT_FOUND").await;
}

#[tokio::test]
async fn a_link_ends_with_its_share_and_its_file() {
    let shared = Shared::start().await;
    let url = shared.carl.link(&shared.file).await;
    assert_eq!(shared.carl.get(&url).await.status(), 200);
    shared.revoke().await;
    refuse("revoked, though used before", &shared.carl, &url, "NOT_FOUND").await;
    share_on(&shared.olga, &shared.file, "carl", json!({})).await;
    refuse("a new share is another share", &shared.carl, &url, "NOT_FOUND").await;

    let url = shared.carl.link(&shared.file).await;
    let of_the_owner = shared.olga.link(&shared.file).await;
    assert_eq!(shared.carl.get(&url).await.status(), 200);
    shared.olga.data("mutation($id: ID!) { deleteFile(id: $id) }", json!({"id": shared.file["id"]})).await;
    refuse("deleted", &shared.carl, &url, "NOT_FOUND").await;
    refuse("deleted", &shared.olga, &of_the_owner, "NOT_FOUND").await;
}

#[tokio::test]
async fn a_link_under_a_share_that_has_expired_does_not_exist() {
    let shared = Shared::with(json!({"expiresAt": "2026-11-21T09:35:00Z"})).await;
    let url = shared.carl.link(&shared.file).await;
    shared.app.clock.advance_seconds(299);
    assert_eq!(shared.carl.get(&url).await.status(), 200);
    shared.app.clock.advance_seconds(1);
    // The link ends at the same moment; what the caller may not know goes first.
    refuse("share and link expired", &shared.carl, &url, "NOT_FOUND").await;
}

#[tokio::test]
async fn an_expired_link_is_gone() {
    let shared = Shared::start().await;
    let url = shared.carl.link(&shared.file).await;
    shared.app.clock.advance_seconds(LINK_TTL_SECONDS - 1);
    assert_eq!(shared.carl.get(&url).await.status(), 200);
    shared.app.clock.advance_seconds(1);
    refuse("expired, though used before", &shared.carl, &url, "GONE").await;
    let conditional = get_with(&shared.carl, &url, &[("if-none-match", "*"), ("range", "bytes=0-0")]).await;
    assert_eq!(conditional.status(), 410, "conditions and ranges come behind");
    let head = shared.carl.request(reqwest::Method::HEAD, &url).send().await.unwrap();
    assert_eq!(head.status(), 410);

    shared.revoke().await;
    refuse("expired and revoked", &shared.carl, &url, "NOT_FOUND").await;
    refuse("expired and revoked, signed out", &shared.app.anonymous(), &url, "UNAUTHENTICATED").await;
}

#[tokio::test]
async fn a_link_whose_share_was_used_up_before_is_gone() {
    let shared = Shared::with(json!({"maxDownloads": 1})).await;
    let (first, second) = (shared.carl.link(&shared.file).await, shared.carl.link(&shared.file).await);
    assert_eq!(shared.carl.get(&first).await.status(), 200);
    refuse("used up", &shared.carl, &second, "GONE").await;
    for headers in [[("if-none-match", "*")], [("if-match", "\"x\"")], [("range", "bytes=99999999-")]] {
        assert_eq!(get_with(&shared.carl, &second, &headers).await.status(), 410, "{headers:?}");
    }
    assert_eq!(shared.carl.get(&first).await.status(), 200, "what was begun goes on");
    shared.revoke().await;
    refuse("used up and revoked", &shared.carl, &second, "NOT_FOUND").await;
    refuse("and signed out", &shared.app.anonymous(), &second, "UNAUTHENTICATED").await;
}

#[tokio::test]
async fn a_used_up_share_that_is_widened_makes_its_links_good_again() {
    let shared = Shared::with(json!({"maxDownloads": 1})).await;
    let (first, second) = (shared.carl.link(&shared.file).await, shared.carl.link(&shared.file).await);
    assert_eq!(shared.carl.get(&first).await.status(), 200);
    refuse("used up", &shared.carl, &second, "GONE").await;
    share_on(&shared.olga, &shared.file, "carl", json!({"maxDownloads": 2})).await;
    assert_eq!(shared.carl.get(&second).await.status(), 200);
}

#[tokio::test]
async fn refusals_say_nothing_about_what_is_behind_the_link() {
    let shared = Shared::start().await;
    let url = shared.carl.link(&shared.file).await;
    let dora = shared.app.client("dora").await;
    let (_, _, mut foreign) = answer(&dora, &url).await;
    let (_, _, mut garbage) = answer(&dora, &format!("{}/d/garbage", shared.app.base_url)).await;
    foreign["requestId"].take();
    garbage["requestId"].take();
    assert_eq!(foreign, garbage);
    let with_id = answer(&dora, &url).await;
    assert_refused("each with its own request id", with_id, "NOT_FOUND");
    let response = dora.get(&url).await;
    for header in ["etag", "content-disposition", "content-range"] {
        assert!(!response.headers().contains_key(header), "{header}");
    }
}
