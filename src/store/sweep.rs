//! Removing what time has made worthless.

use super::connection::Store;
use super::error::Error;
use super::query::variables;
use super::share::DROP_SHARE;
use crate::domain::timestamp::Timestamp;

/// Tables whose rows are dropped once `expires_at` has passed.
const EXPIRING_TABLES: [&str; 5] = ["registration", "invitation", "session", "refresh_token", "link_use"];

impl Store {
    /// Drops what has expired, at most 500 rows a table, and answers how many there were.
    ///
    /// # Errors
    /// As any write.
    pub async fn sweep_expired(&self, now: Timestamp) -> Result<usize, Error> {
        let mut swept = self.sweep_shares(now).await?;
        for table in EXPIRING_TABLES {
            let body = format!(
                "LET $expired = (SELECT VALUE id FROM {table} WHERE expires_at <= $now LIMIT 500);
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
