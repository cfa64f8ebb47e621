//! A page costs the same number of queries whatever stands on it, and says of each item what is said of it alone.

mod answers;
mod costs;

use serde_json::{Value, json};
use strongroom::domain::role::Role;
use strongroom::services::Caller;

use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::client::{Client, PASSWORD, SHARE};
use crate::harness::documents::docx;

/// One more than the largest page.
const FILES: usize = 101;
/// Recipients of a file beside Carl, each of this file alone.
const OTHERS: usize = 4;
/// Of ten files in a row this one is shared with every Client instead.
const COMMON: usize = 8;

/// Olga with her files, Carl who receives them all, and Ada, an Admin.
pub struct Library {
    pub app: TestApp,
    pub olga: Client,
    pub carl: Client,
    pub ada: Client,
}

pub async fn add_client(app: &TestApp, name: &str) {
    app.services.create_user(&Caller::Operator, &email_of(name), name, Role::Client, PASSWORD).await.unwrap();
}

impl Library {
    pub async fn open() -> Self {
        let app = TestApp::builder()
            .with("SHARING__EVERY_CLIENT_ALLOWED", "true")
            .with("RATE_LIMITS__ENABLED", "false")
            .start()
            .await;
        let (olga, ada) = (app.ops("olga").await, app.admin("ada").await);
        add_client(&app, "carl").await;
        let carl = app.sign_in("carl").await;
        for number in 0..FILES {
            app.clock.advance_seconds(1);
            let file = olga.upload(&format!("{number:03}.docx"), &docx("x", &[])).await;
            let mut recipients = Vec::new();
            if number % 10 != COMMON {
                recipients.push(email_of("carl"));
                for other in 0..OTHERS {
                    let name = format!("c{number}x{other}");
                    add_client(&app, &name).await;
                    recipients.push(email_of(&name));
                }
            }
            let input = json!({"fileId": file["id"], "everyClient": recipients.is_empty(), "recipients": recipients,
                "maxDownloads": if number % 7 == 0 { Value::Null } else { json!(1) }});
            olga.data(SHARE, json!({"input": input})).await;
            if number % 5 == 0 {
                let link = carl.link(&file).await;
                assert_eq!(carl.get(&link).await.status(), 200);
            }
        }
        Self { app, olga, carl, ada }
    }
}
