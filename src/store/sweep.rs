//! Removing what time has made worthless.

use super::connection::Store;
use super::error::Error;
use super::query::variables;
use super::share::DROP_SHARE;
use crate::domain::timestamp::Timestamp;

/// Tables whose rows are dropped once `expires_at` has passed.
const EXPIRING_TABLES: [&str; 8] = [
    "registration",
    "account_token",
    "invitation",
    "session",
    "refresh_token",
    "link_use",
    "attempt",
    "used_challenge",
];
/// Those of them that mails are about.
const MAILED_TABLES: [&str; 3] = ["registration", "account_token", "invitation"];

/// A mail whose token is worth nothing any more is not sent, however often it failed.
const DROP_ITS_MAIL: &str = "
    FOR $gone IN $expired {
        LET $subject = record::id($gone);
        DELETE outbox WHERE subject = $subject;
    };";

impl Store {
    /// Drops what has expired, at most 500 rows a table, and answers how many there were.
    ///
    /// # Errors
    /// As any write.
    pub async fn sweep_expired(&self, now: Timestamp) -> Result<usize, Error> {
        let mut swept = self.sweep_shares(now).await?;
        for table in EXPIRING_TABLES {
            let with_it = if MAILED_TABLES.contains(&table) { DROP_ITS_MAIL } else { "" };
            let body = format!(
                "LET $expired = (SELECT VALUE id FROM {table} WHERE expires_at <= $now LIMIT 500);
                 {with_it}
                 DELETE $expired;
                 RETURN array::len($expired)"
            );
            let count: i64 = self.transact(&body, variables! { now: now.as_millis() }).await?;
            swept += usize::try_from(count).unwrap_or(0);
        }
        Ok(swept)
    }

    async fn sweep_shares(&self, now: Timestamp) -> Result<usize, Error> {
        let body = format!(
            "LET $expired = (SELECT id, file FROM share WHERE expires_at <= $now LIMIT 500);
             FOR $row IN $expired {{
                 LET $dropped_id = $row.id;
                 {DROP_SHARE}
                 UPDATE type::record('file', $row.file) SET shares -= 1, revision += 1;
             }};
             RETURN array::len($expired)"
        );
        let count: i64 = self.transact(&body, variables! { now: now.as_millis() }).await?;
        Ok(usize::try_from(count).unwrap_or(0))
    }
}
