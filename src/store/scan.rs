//! Lists: one forward scan of one index, whatever the order and the direction.

use surrealdb::types::{SurrealValue, Value, Variables};

use super::connection::Store;
use super::error::Error;
use super::query::variables;

/// A list of rows, fixed by what its rows have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum List {
    /// Every file.
    Files,
    /// The files of one owner, by the key of the user.
    FilesOf(String),
    /// Every file in the trash.
    Trash,
    /// The files in the trash of one owner, by the key of the user.
    TrashOf(String),
    /// The shares with one audience: the key of a user, or `*`.
    SharesWith(String),
    /// The shares of one file, by its key.
    SharesOf(String),
    /// Everyone.
    Users,
    /// Everyone of one role.
    UsersIn(&'static str),
    /// Everyone who is disabled.
    DisabledUsers,
    /// Every invitation.
    Invitations,
    /// The invitations of one issuer.
    InvitationsOf(String),
    /// The sessions of one user, by its key.
    SessionsOf(String),
    /// Every act.
    Events,
    /// The acts of one actor, by its text.
    EventsBy(String),
    /// The acts on one thing, by its id.
    EventsOn(String),
    /// The mails that were given up.
    DeadMails,
}

impl List {
    fn table(&self) -> &'static str {
        match self {
            Self::Files | Self::FilesOf(_) => "file",
            Self::Trash | Self::TrashOf(_) => "trashed_file",
            Self::SharesWith(_) | Self::SharesOf(_) => "share",
            Self::Users | Self::UsersIn(_) | Self::DisabledUsers => "user",
            Self::Invitations | Self::InvitationsOf(_) => "invitation",
            Self::SessionsOf(_) => "session",
            Self::Events | Self::EventsBy(_) | Self::EventsOn(_) => "event",
            Self::DeadMails => "outbox",
        }
    }

    fn common(&self) -> (&'static str, Value) {
        let (field, text) = match self {
            Self::DisabledUsers => return ("disabled", true.into_value()),
            // In an index of one field the database reads a thousand entries, whatever the limit.
            Self::Files | Self::Trash | Self::Users | Self::Invitations | Self::Events => ("everything", String::new()),
            Self::FilesOf(owner) | Self::TrashOf(owner) => ("owner", owner.clone()),
            Self::SharesWith(audience) => ("audience", audience.clone()),
            Self::SharesOf(file) => ("file", file.clone()),
            Self::UsersIn(role) => ("role", (*role).to_owned()),
            Self::SessionsOf(user) => ("user", user.clone()),
            Self::EventsBy(actor) => ("actor", actor.clone()),
            Self::EventsOn(object) => ("object", object.clone()),
            Self::InvitationsOf(issuer) => ("issuer", issuer.clone()),
            Self::DeadMails => ("state", "dead".to_owned()),
        };
        (field, text.into_value())
    }
}

/// Where a scan starts and how far it goes.
#[derive(Clone, Debug)]
pub struct Scan {
    /// The list.
    pub list: List,
    /// The stored key whose ascending order is the order of the scan.
    pub key_field: &'static str,
    /// Rows behind this key; the empty string starts at the beginning.
    pub after: String,
    /// At most so many rows.
    pub limit: usize,
}

/// A thing that stands in a list.
#[derive(Clone, Debug)]
pub struct Listed<T> {
    /// Its key in the order of the scan.
    pub key: String,
    /// The same place in the mirrored order.
    pub mirror_key: String,
    /// The thing.
    pub item: T,
}

impl Scan {
    fn text(&self) -> String {
        self.numbered_text("")
    }

    /// The same with numbered variables, where several scans stand in one statement.
    fn numbered_text(&self, number: &str) -> String {
        let (table, common, key, limit) = (self.list.table(), self.list.common().0, self.key_field, self.limit);
        format!(
            "SELECT * FROM {table} WHERE {common} = $common{number} AND {key} > $after{number} ORDER BY {key} ASC LIMIT {limit}"
        )
    }

    /// A thing at its place in this scan, by its key in the order of `field` and its key in the mirrored one.
    pub(super) fn placed<T>(&self, field: &str, key: String, mirror_key: String, item: T) -> Listed<T> {
        if self.key_field == field {
            Listed { key, mirror_key, item }
        } else {
            Listed { key: mirror_key, mirror_key: key, item }
        }
    }

    fn variables(&self) -> Variables {
        variables! { common: self.list.common().1, after: self.after.clone() }
    }
}

impl Store {
    /// The rows of a scan.
    pub(super) async fn scan<T: SurrealValue>(&self, scan: &Scan) -> Result<Vec<T>, Error> {
        self.rows(scan.list.table(), &scan.text(), scan.variables()).await
    }

    /// The rows of each of several scans, in one round trip. As statements of their own they would take twice as long.
    pub(super) async fn scan_many<T: SurrealValue>(&self, scans: &[Scan]) -> Result<Vec<Vec<T>>, Error> {
        let Some(table) = scans.first().map(|scan| scan.list.table()) else { return Ok(Vec::new()) };
        let (mut texts, mut variables) = (Vec::with_capacity(scans.len()), Variables::new());
        for (number, scan) in scans.iter().enumerate() {
            texts.push(format!("({})", scan.numbered_text(&number.to_string())));
            variables.insert(format!("common{number}"), scan.list.common().1);
            variables.insert(format!("after{number}"), scan.after.clone());
        }
        self.rows(table, &format!("RETURN [{}]", texts.join(",")), variables).await
    }

    /// How the database would run a scan, as JSON: for the test that every list is one forward scan of one index.
    ///
    /// # Errors
    /// As any read.
    pub async fn explain(&self, scan: &Scan) -> Result<String, Error> {
        let mut results = self.read(&format!("{} EXPLAIN", scan.text()), scan.variables()).await?;
        let plan: Value = results.take(0).map_err(|failure| Error::Query(Box::new(failure)))?;
        Ok(plan.into_json_value().to_string())
    }
}
