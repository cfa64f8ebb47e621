//! Bringing the schema up to date: forward only, each step once, in order.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use surrealdb::types::{SurrealValue, Variables};

use super::connection::Store;
use super::error::Error;
use super::query::variables;
use super::refill::UNDER_WAY;
use super::row::record;

/// Every step, in order. A step that has been released is never edited.
const STEPS: &[(&str, &str)] = &[
    ("0001_main_job", include_str!("../../schema/migrations/0001_main_job.surql")),
    ("0002_accounts", include_str!("../../schema/migrations/0002_accounts.surql")),
    ("0003_outbox", include_str!("../../schema/migrations/0003_outbox.surql")),
    ("0005_administration", include_str!("../../schema/migrations/0005_administration.surql")),
    ("0006_feed", include_str!("../../schema/migrations/0006_feed.surql")),
    ("0007_passkeys", include_str!("../../schema/migrations/0007_passkeys.surql")),
    ("0008_trash", include_str!("../../schema/migrations/0008_trash.surql")),
    ("0009_pieces", include_str!("../../schema/migrations/0009_pieces.surql")),
    ("0010_keys", include_str!("../../schema/migrations/0010_keys.surql")),
    ("0011_quotas", include_str!("../../schema/migrations/0011_quotas.surql")),
    ("0012_tombstones", include_str!("../../schema/migrations/0012_tombstones.surql")),
];

#[derive(SurrealValue)]
pub(super) struct AppliedStep {
    pub(super) name: String,
    pub(super) checksum: String,
}

impl Store {
    /// Applies the steps that the database does not have yet. Two instances may do so at once: the loser finds the step
    /// applied.
    pub(super) async fn migrate(&self) -> Result<(), Error> {
        self.apply_those(|_| true).await?;
        self.refuse_unknown_steps().await
    }

    /// Applies these steps, name and checksum, and no others.
    pub(super) async fn migrate_to(&self, steps: &[(String, String)]) -> Result<(), Error> {
        let knows = |name: &str, checksum: &str| {
            STEPS.iter().any(|(known, text)| *known == name && checksum_of(text) == checksum)
        };
        if let Some((name, _)) = steps.iter().find(|(name, checksum)| !knows(name, checksum)) {
            return Err(Error::Unusable(format!(
                "it was written by another program, or a newer one (migration {name})"
            )));
        }
        self.apply_those(|name| steps.iter().any(|(wanted, _)| wanted == name)).await
    }

    async fn apply_those(&self, is_wanted: impl Fn(&str) -> bool) -> Result<(), Error> {
        let journal = "DEFINE TABLE IF NOT EXISTS migration SCHEMALESS; RETURN true";
        self.transact::<bool>(journal, Variables::new()).await?;
        for (name, text) in STEPS {
            let checksum = checksum_of(text);
            if is_wanted(name) && !self.is_applied(name, &checksum).await? {
                self.apply(name, text, &checksum).await?;
            }
        }
        Ok(())
    }

    async fn is_applied(&self, name: &str, checksum: &str) -> Result<bool, Error> {
        let step: Option<AppliedStep> = self
            .row("migration", "SELECT name, checksum FROM ONLY $id", variables! { id: record("migration", name) })
            .await?;
        match step {
            None => Ok(false),
            Some(step) if step.checksum == checksum => Ok(true),
            Some(_) => Err(Error::Unusable(format!("its migration {name} is not the one this program has"))),
        }
    }

    async fn apply(&self, name: &str, text: &str, checksum: &str) -> Result<(), Error> {
        let body = format!("CREATE $id SET name = $name, checksum = $checksum;\n{text}\nRETURN true");
        let id = record("migration", name);
        let variables = variables! { id: id, name: name.to_owned(), checksum: checksum.to_owned() };
        match self.transact::<bool>(&body, variables).await {
            // Another instance was faster, by one try or by all of them.
            Err(Error::Conflict | Error::Unavailable { .. }) if self.is_applied(name, checksum).await? => Ok(()),
            applied => applied.map(|_| ()),
        }
    }

    async fn refuse_unknown_steps(&self) -> Result<(), Error> {
        let applied: Vec<AppliedStep> =
            self.rows("migration", "SELECT name, checksum FROM migration", Variables::new()).await?;
        let is_known = |name: &str| name == UNDER_WAY || STEPS.iter().any(|(known, _)| *known == name);
        match applied.iter().find(|step| !is_known(&step.name)) {
            Some(step) => Err(Error::Unusable(format!("it was written by a newer program (migration {})", step.name))),
            None => Ok(()),
        }
    }
}

fn checksum_of(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}
