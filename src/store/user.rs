//! People with an account.

use std::slice;

use surrealdb::types::{RecordId, SurrealValue, Variables};

use super::connection::Store;
use super::error::Error;
use super::query::variables;
use super::row::{intact, key_of, record};
use super::scan::{Listed, Scan};
use crate::domain::email::EmailAddress;
use crate::domain::event::Event;
use crate::domain::id::UserId;
use crate::domain::name::PersonName;
use crate::domain::role::Role;
use crate::domain::sort_key::reversed;
use crate::domain::timestamp::Timestamp;
use crate::domain::user::User;

pub(super) const TABLE: &str = "user";

#[derive(Clone, SurrealValue)]
pub(super) struct UserRecord {
    id: RecordId,
    email: String,
    email_reversed: String,
    name: String,
    role: String,
    password_hash: String,
    created_at: i64,
    disabled: bool,
    was_admin: bool,
    sign_in_epoch: i64,
}

impl UserRecord {
    pub(super) fn new(user: &User, password_hash: &str) -> Self {
        Self {
            id: record(TABLE, user.id.key()),
            email: user.email.as_str().to_owned(),
            email_reversed: reversed(user.email.as_str()),
            name: user.name.as_str().to_owned(),
            role: user.role.as_str().to_owned(),
            password_hash: password_hash.to_owned(),
            created_at: user.created_at.as_millis(),
            disabled: user.disabled,
            was_admin: user.role == Role::Admin,
            sign_in_epoch: user.sign_in_epoch,
        }
    }

    pub(super) fn is_disabled(&self) -> bool {
        self.disabled
    }

    pub(super) fn into_user(self) -> Result<User, Error> {
        intact(TABLE, self.read())
    }

    fn into_user_and_hash(self) -> Result<(User, String), Error> {
        let password_hash = self.password_hash.clone();
        Ok((self.into_user()?, password_hash))
    }

    fn read(self) -> Option<User> {
        Some(User {
            id: UserId::from_key(key_of(&self.id)?)?,
            email: EmailAddress::parse(&self.email)?,
            name: PersonName::parse(&self.name).ok()?,
            role: Role::parse(&self.role)?,
            created_at: Timestamp::from_millis(self.created_at),
            disabled: self.disabled,
            sign_in_epoch: self.sign_in_epoch,
        })
    }
}

macro_rules! void_registrations {
    () => {
        "
    FOR $voided IN (SELECT VALUE id FROM registration WHERE email = $user.email LIMIT 500) {
        LET $voided_key = record::id($voided);
        DELETE outbox WHERE subject = $voided_key;
        DELETE $voided;
    };"
    };
}

/// The statements that void whatever sign-ups wait for the address of a user: `$user` is its row. Of very many,
/// some are left till they expire, whom the address that is taken voids too.
pub(super) const VOID_REGISTRATIONS: &str = void_registrations!();

/// The statements that add one user, for the transactions that do: `$user` is its row, `$role_total` its role's counter.
pub(super) const ADD_USER: &str = concat!(
    "
    CREATE user CONTENT $user;
    IF $user.role == 'ADMIN' {
        UPSERT counter:active_admins SET total = (total ?? 0) + 1;
    };
    IF $user.role != 'CLIENT' {
        DELETE invitation WHERE issuer = 'first start';
    };
    UPSERT $role_total SET total = (total ?? 0) + 1;",
    void_registrations!()
);

/// The statements that make sure that whoever acts may still do so: `$acting` is its record and `$acting_role` the role it acts
/// in. They write its row, as whatever changes an account does: the two cannot both win.
pub(super) const STILL_ACTING: &str = "
    IF array::len((UPDATE $acting SET revision += 1 WHERE disabled = false AND role = $acting_role)) != 1 {
        THROW 'account_changed'
    };";

/// The variables of `STILL_ACTING`.
pub(super) fn acting(user: &User) -> Variables {
    variables! { acting: record(TABLE, user.id.key()), acting_role: user.role.as_str().to_owned() }
}

pub(super) fn role_total(role: Role) -> RecordId {
    record("counter", format!("users:{}", role.as_str()))
}

impl Store {
    /// Adds a verified user, and voids the registrations that wait for its address.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the address is taken.
    pub async fn create_user(&self, user: &User, password_hash: &str, event: &Event) -> Result<(), Error> {
        let variables = variables! { user: UserRecord::new(user, password_hash), role_total: role_total(user.role) };
        self.act::<bool>(&format!("{ADD_USER} RETURN true"), variables, slice::from_ref(event)).await.map(|_| ())
    }

    /// The user with this id.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_user(&self, id: UserId) -> Result<Option<User>, Error> {
        let id = record(TABLE, id.key());
        let row: Option<UserRecord> = self.row(TABLE, "SELECT * FROM ONLY $id", variables! { id: id }).await?;
        row.map(UserRecord::into_user).transpose()
    }

    /// The users with these ids, in any order; those that do not exist are left out.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_users(&self, ids: &[UserId]) -> Result<Vec<User>, Error> {
        let ids: Vec<RecordId> = ids.iter().map(|id| record(TABLE, id.key())).collect();
        let rows: Vec<UserRecord> = self.rows(TABLE, "SELECT * FROM $ids", variables! { ids: ids }).await?;
        rows.into_iter().map(UserRecord::into_user).collect()
    }

    /// The user with this id, and the hash of its password.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_user_and_hash(&self, id: UserId) -> Result<Option<(User, String)>, Error> {
        let id = record(TABLE, id.key());
        let row: Option<UserRecord> = self.row(TABLE, "SELECT * FROM ONLY $id", variables! { id: id }).await?;
        row.map(UserRecord::into_user_and_hash).transpose()
    }

    /// The user with this address, and the hash of its password. Reads the next one in the order of addresses where there
    /// is none, because to find a row takes longer than to find that there is none, and nobody shall see which it was.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_user_by_email(&self, email: &EmailAddress) -> Result<Option<(User, String)>, Error> {
        let text = "SELECT * FROM user WHERE everything = '' AND email >= $email ORDER BY email ASC LIMIT 1";
        let rows: Vec<UserRecord> = self.rows(TABLE, text, variables! { email: email.as_str().to_owned() }).await?;
        let found = rows.into_iter().next().map(UserRecord::into_user_and_hash).transpose()?;
        Ok(found.filter(|(user, _)| user.email == *email))
    }

    /// Replaces the hash of a user's password, where it still is `old_hash`.
    ///
    /// # Errors
    /// As any write.
    pub async fn replace_password_hash(&self, user: UserId, old_hash: &str, new_hash: &str) -> Result<(), Error> {
        let body = "UPDATE $id SET password_hash = $new WHERE password_hash = $old; RETURN true";
        let variables =
            variables! { id: record(TABLE, user.key()), old: old_hash.to_owned(), new: new_hash.to_owned() };
        self.transact::<bool>(body, variables).await.map(|_| ())
    }

    /// A piece of a list of users, in the order of e-mail addresses.
    ///
    /// # Errors
    /// As any read.
    pub async fn scan_users(&self, scan: &Scan) -> Result<Vec<Listed<User>>, Error> {
        let rows: Vec<UserRecord> = self.scan(scan).await?;
        let list = rows.into_iter().map(|row| {
            let (email, email_reversed) = (row.email.clone(), row.email_reversed.clone());
            Ok(scan.placed("email", email, email_reversed, row.into_user()?))
        });
        list.collect()
    }

    /// How many users have this role, disabled ones included.
    ///
    /// # Errors
    /// As any read.
    pub async fn count_users(&self, role: Role) -> Result<u64, Error> {
        self.total(format!("users:{}", role.as_str())).await
    }

    /// How many users of this role are disabled.
    ///
    /// # Errors
    /// As any read.
    pub async fn count_disabled_users(&self, role: Role) -> Result<u64, Error> {
        self.total(format!("disabled:{}", role.as_str())).await
    }

    /// Those of these users who are there and not disabled, in any order.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_active_among(&self, users: &[UserId]) -> Result<Vec<UserId>, Error> {
        let ids: Vec<RecordId> = users.iter().map(|user| record(TABLE, user.key())).collect();
        let text = "SELECT VALUE id FROM $ids WHERE disabled = false";
        let active: Vec<RecordId> = self.rows(TABLE, text, variables! { ids: ids }).await?;
        active.iter().map(|id| intact(TABLE, key_of(id).and_then(UserId::from_key))).collect()
    }
}
