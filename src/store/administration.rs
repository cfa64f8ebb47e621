//! What an administrator does to an account.
//!
//! Every such act writes the row of whoever acts and that of the account. Counters: `users:ROLE` and `disabled:ROLE`, and
//! the guard row `active_admins`, which never falls below one.

use std::slice;

use surrealdb::types::Variables;

use super::account_token::{VOID_TOKENS, all_keys};
use super::connection::Store;
use super::error::Error;
use super::file::{owner_total, trash_total};
use super::outbox::{OutboxRecord, PendingMail};
use super::query::variables;
use super::row::record;
use super::user::{STILL_ACTING, acting};
use super::winding_up::{WindingUp, WindingUpRecord};
use crate::domain::event::Event;
use crate::domain::id::UserId;
use crate::domain::role::Role;
use crate::domain::user::User;

/// An act of an administrator on an account.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    /// Who acts, as it was when it was let in.
    pub by: &'a User,
    /// On whose account.
    pub on: UserId,
    /// What is written down.
    pub event: &'a Event,
    /// Who is told.
    pub mails: &'a [PendingMail],
}

/// The beginning of every act: `$found` is the account.
const BEGIN: &str = "
    LET $found = (SELECT role, disabled FROM ONLY $id);
    IF $found == NONE { THROW 'user_gone' };
    FOR $mail IN $mails { CREATE outbox CONTENT $mail };";

/// Nothing else is under way: the account is not being wound up, and nobody's files are on their way to it.
const NOT_BUSY: &str = "
    IF (SELECT VALUE id FROM ONLY $work_id) != NONE { THROW 'account_busy' };
    IF array::len((SELECT VALUE id FROM winding_up WHERE new_owner = $key LIMIT 1)) > 0 { THROW 'account_busy' };";

/// Takes the active Admin `$found` off the count.
const ONE_ADMIN_LESS: &str = "
    IF $found.role == 'ADMIN' AND !$found.disabled {
        LET $left = (UPDATE counter:active_admins SET total -= 1 RETURN AFTER);
        IF ($left[0].total ?? 0) < 1 { THROW 'last_admin' };
    };";

/// What ends with the rights of an account: its sessions and the invitations it gave.
const END_GRANTS: &str = "
    DELETE session WHERE user = $key;
    LET $voided = (SELECT VALUE record::id(id) FROM invitation WHERE issuer = $key);
    DELETE outbox WHERE subject IN $voided;
    DELETE invitation WHERE issuer = $key;";

/// Disables the account `$found`, if it is not yet.
const DISABLE: &str = "
    IF !$found.disabled {
        UPSERT type::record('counter', 'disabled:' + $found.role) SET total = (total ?? 0) + 1;
    };
    UPDATE $id SET disabled = true, revision += 1, sign_in_epoch += 1;";

impl Store {
    /// Gives a user another role. Its sessions and invitations end, and `end_grants`, which ends the shares with it, begins
    /// where there are any.
    ///
    /// # Errors
    /// [`Guard::AccountChanged`](super::Guard::AccountChanged) of whoever acts; [`Guard::UserGone`](super::Guard::UserGone);
    /// [`Guard::AccountBusy`](super::Guard::AccountBusy), also where it has the role already;
    /// [`Guard::LastAdmin`](super::Guard::LastAdmin); [`Guard::OwnsFiles`](super::Guard::OwnsFiles).
    pub async fn set_role(&self, act: Act<'_>, role: Role, end_grants: &WindingUp) -> Result<(), Error> {
        let body = format!(
            "{STILL_ACTING} {BEGIN} {NOT_BUSY}
             IF $found.role == $role {{ THROW 'account_busy' }};
             IF ((SELECT VALUE total FROM ONLY $files_total) ?? 0) > 0 {{ THROW 'owns_files' }};
             IF ((SELECT VALUE total FROM ONLY $trash_total) ?? 0) > 0 {{ THROW 'owns_files' }};
             {ONE_ADMIN_LESS} {END_GRANTS}
             IF array::len((SELECT VALUE id FROM share WHERE audience = $key LIMIT 1)) > 0
                 OR array::len((SELECT VALUE id FROM trashed_share WHERE audience = $key LIMIT 1)) > 0 {{
                 CREATE winding_up CONTENT $work;
             }};
             UPSERT type::record('counter', 'users:' + $found.role) SET total = (total ?? 0) - 1;
             UPSERT type::record('counter', 'users:' + $role) SET total = (total ?? 0) + 1;
             IF $found.disabled {{
                 UPSERT type::record('counter', 'disabled:' + $found.role) SET total = (total ?? 0) - 1;
                 UPSERT type::record('counter', 'disabled:' + $role) SET total = (total ?? 0) + 1;
             }} ELSE IF $role == 'ADMIN' {{
                 UPSERT counter:active_admins SET total = (total ?? 0) + 1;
             }};
             UPDATE $id SET role = $role, was_admin = (was_admin OR $role == 'ADMIN'), revision += 1,
                 sign_in_epoch += 1;
             RETURN true"
        );
        let mut variables = act.variables();
        variables.insert("role", role.as_str().to_owned());
        variables.insert("files_total", owner_total(act.on));
        variables.insert("trash_total", trash_total(act.on));
        variables.insert("work", WindingUpRecord::new(end_grants));
        self.act::<bool>(&body, variables, slice::from_ref(act.event)).await.map(|_| ())
    }

    /// Disables a user: its sessions end, and what it was mailed and what it invited with is void.
    ///
    /// # Errors
    /// [`Guard::AccountChanged`](super::Guard::AccountChanged) of whoever acts; [`Guard::UserGone`](super::Guard::UserGone);
    /// [`Guard::AccountBusy`](super::Guard::AccountBusy) where it is disabled already;
    /// [`Guard::LastAdmin`](super::Guard::LastAdmin).
    pub async fn disable_user(&self, act: Act<'_>) -> Result<(), Error> {
        let body = format!(
            "{STILL_ACTING} {BEGIN}
             IF $found.disabled {{ THROW 'account_busy' }};
             {ONE_ADMIN_LESS} {DISABLE} {END_GRANTS} {VOID_TOKENS} RETURN true"
        );
        self.act::<bool>(&body, act.variables(), slice::from_ref(act.event)).await.map(|_| ())
    }

    /// Enables a user again.
    ///
    /// # Errors
    /// [`Guard::AccountChanged`](super::Guard::AccountChanged) of whoever acts; [`Guard::UserGone`](super::Guard::UserGone);
    /// [`Guard::AccountBusy`](super::Guard::AccountBusy) where it is being deleted or is enabled already.
    pub async fn enable_user(&self, act: Act<'_>) -> Result<(), Error> {
        let body = format!(
            "{STILL_ACTING} {BEGIN}
             IF (SELECT VALUE kind FROM ONLY $work_id) == 'account' {{ THROW 'account_busy' }};
             IF !$found.disabled {{ THROW 'account_busy' }};
             UPSERT type::record('counter', 'disabled:' + $found.role) SET total = (total ?? 0) - 1;
             IF $found.role == 'ADMIN' {{ UPSERT counter:active_admins SET total = (total ?? 0) + 1 }};
             UPDATE $id SET disabled = false, revision += 1;
             RETURN true"
        );
        self.act::<bool>(&body, act.variables(), slice::from_ref(act.event)).await.map(|_| ())
    }

    /// Begins to wind an account up, or to give its files away. Whoever is to be deleted is disabled from now on.
    ///
    /// # Errors
    /// [`Guard::AccountChanged`](super::Guard::AccountChanged); [`Guard::UserGone`](super::Guard::UserGone);
    /// [`Guard::AccountBusy`](super::Guard::AccountBusy); [`Guard::LastAdmin`](super::Guard::LastAdmin);
    /// [`Guard::HeirUnfit`](super::Guard::HeirUnfit) where the new owner is no other active Ops user, or was an Admin once.
    pub async fn begin_winding_up(&self, act: Act<'_>, work: &WindingUp) -> Result<(), Error> {
        let disable = if work.deletes_account() {
            format!("{ONE_ADMIN_LESS} {DISABLE} {END_GRANTS} {VOID_TOKENS}")
        } else {
            "UPDATE $id SET revision += 1;".to_owned()
        };
        let body = format!(
            "{STILL_ACTING} {BEGIN} {NOT_BUSY}
             IF $work.new_owner != '' {{
                 IF $work.new_owner == $key {{ THROW 'heir_unfit' }};
                 LET $heir = type::record('user', $work.new_owner);
                 LET $fit = (UPDATE $heir SET revision += 1 WHERE role = 'OPS' AND disabled = false AND was_admin = false);
                 IF array::len($fit) != 1 {{ THROW 'heir_unfit' }};
                 IF (SELECT VALUE id FROM ONLY type::record('winding_up', $work.new_owner)) != NONE {{
                     THROW 'account_busy'
                 }};
             }};
             {disable}
             CREATE winding_up CONTENT $work;
             RETURN true"
        );
        let mut variables = act.variables();
        variables.insert("work", WindingUpRecord::new(work));
        self.act::<bool>(&body, variables, slice::from_ref(act.event)).await.map(|_| ())
    }
}

impl Act<'_> {
    fn variables(&self) -> Variables {
        let mails: Vec<OutboxRecord> = self.mails.iter().map(OutboxRecord::new).collect();
        let mut variables = variables! {
            id: record("user", self.on.key()),
            key: self.on.key(),
            work_id: record("winding_up", self.on.key()),
            mails: mails,
            void_keys: all_keys(self.on),
        };
        variables.extend(acting(self.by));
        variables
    }
}
