//! Roles that need a second factor: without it, nothing is open but the way to it.

use serde_json::{Value, json};

use super::{CONFIRM, DISABLE, ENROL, STEP_SECONDS, enrol, login, login_code, status};
use crate::harness::TestApp;
use crate::harness::app::TestAppBuilder;
use crate::harness::client::PASSWORD;
use crate::harness::documents::docx;
use crate::harness::surreal_server::{self, SurrealServer};
use crate::policy_matrix::{Call, Gate, Operation, Outcome, Rules, Who, World, all_operations};

const REQUIRED_FOR: &str = "AUTH__SECOND_FACTOR_REQUIRED_FOR";
const FILES: &str = "{ files { totalCount } }";
/// What leads to a second factor, and out.
const OPEN: [&str; 4] = ["second_factor:manage", "passkey:manage", "account:read", "session:end"];

#[tokio::test]
async fn whoever_needs_one_gets_it_before_anything_else() {
    let app = TestApp::builder().with(REQUIRED_FOR, r#"["OPS"]"#).start().await;
    let (ada, olga) = (app.admin("ada").await, app.ops("olga").await);
    assert_eq!(ada.code(FILES, json!({})).await, "", "another role needs none");
    let refused = olga.send(FILES, json!({})).await;
    assert_eq!(refused.code(), "FORBIDDEN");
    assert!(refused.body["errors"][0]["message"].as_str().unwrap().contains("second factor"), "{}", refused.body);
    assert_eq!(olga.try_upload("report.docx", &docx("report", &[])).await.code(), "FORBIDDEN");
    assert_eq!(status(&olga).await, json!({"enabled": false, "required": true, "recoveryCodesLeft": 0}));
    assert_eq!(olga.data("{ viewer { role } }", json!({})).await["viewer"]["role"], "OPS");
    // One that is begun is none.
    olga.data(ENROL, json!({"p": PASSWORD})).await;
    assert_eq!(olga.code(FILES, json!({})).await, "FORBIDDEN");

    let olga = enrol(&app, &olga).await;
    assert_eq!(olga.client.code(FILES, json!({})).await, "", "at once");
    assert_eq!(status(&olga.client).await["required"], true);
    app.clock.advance_seconds(STEP_SECONDS);
    assert_eq!(login(&app, "olga", PASSWORD, None).await.code(), "TOTP_REQUIRED");
    assert_eq!(login_code(&app, "olga", &olga.authenticator.code(&app)).await, "");

    // Whoever takes it away is where everybody begins.
    olga.client.data(DISABLE, json!({"p": PASSWORD})).await;
    assert_eq!(olga.client.code(FILES, json!({})).await, "FORBIDDEN", "at once");
    assert_eq!(olga.client.data("mutation { logout }", json!({})).await["logout"], true);
    assert_eq!(login(&app, "olga", PASSWORD, None).await.code(), "");
}

/// What the row expects once the role of the caller needs a second factor and the caller has none.
fn fits(operation: &Operation, rules: &Rules, who: Who, outcome: Outcome) -> bool {
    let as_ever = outcome == operation.expected(rules, who);
    let Gate::Guarded { questions, .. } = &operation.gate else { return as_ever };
    if who.role().is_none() || questions.iter().all(|question| OPEN.contains(&question.permission)) {
        return as_ever;
    }
    match operation.call {
        Call::Route { .. } | Call::BeginResumable | Call::Resumable { .. } => outcome == Outcome::Status(403),
        // Behind the guard of another field, which is open.
        _ if OPEN.contains(&questions[0].permission) => [Outcome::Null, Outcome::Code("FORBIDDEN")].contains(&outcome),
        _ => outcome == Outcome::Code("FORBIDDEN"),
    }
}

/// The whole product, with sessions from before the roles needed anything: on a server that asks for a second factor, over the
/// database of one that did not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_else_is_open_to_whoever_has_none() {
    let database = SurrealServer::start("memory").await;
    let on_it = |builder: TestAppBuilder| {
        builder
            .with("DATABASE__URL", &database.url())
            .with("DATABASE__USERNAME", surreal_server::USER)
            .with("DATABASE__PASSWORD", surreal_server::PASSWORD)
    };
    let mut world = World::open_with(on_it).await;
    world.prepare(&Who::ALL).await;
    let strict = on_it(TestApp::builder())
        .with(REQUIRED_FOR, r#"["ADMIN", "OPS", "CLIENT"]"#)
        .with("SERVER__PUBLIC_URL", &world.app.base_url)
        .with("KEYS__FILE", world.app.data_dir().join("keys").to_str().unwrap())
        .with("RATE_LIMITS__ENABLED", "false")
        .start()
        .await;
    strict.clock.advance_seconds(1);
    world.move_to(&strict.base_url);
    let rules = Rules::expected();
    let (mut wrong, mut held_back) = (Vec::new(), 0);
    for operation in all_operations() {
        for who in Who::ALL {
            let outcome = operation.perform(&world, who).await;
            if !fits(operation, &rules, who, outcome) {
                wrong.push(format!("{operation}: {who:?} got {outcome:?}"));
            }
            let would_be_done = operation.expected(&rules, who) == Outcome::Done;
            held_back += usize::from(would_be_done && outcome != Outcome::Done);
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(held_back > 30, "only {held_back} were held back");

    // With one, everything is open again.
    let owner = world.client(Who::Owner, false);
    assert_eq!(owner.code(FILES, json!({})).await, "FORBIDDEN");
    let data: Value = owner.data(ENROL, json!({"p": PASSWORD})).await;
    let phone = super::Authenticator::new(data["enrolSecondFactor"]["secret"].as_str().unwrap());
    owner.data(CONFIRM, json!({"c": phone.code(&strict)})).await;
    assert_eq!(owner.code(FILES, json!({})).await, "");
    assert_eq!(world.client(Who::WrongOps, false).code(FILES, json!({})).await, "FORBIDDEN", "one for each");
}
