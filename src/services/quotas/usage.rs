//! How much is stored, in numbers.

use std::collections::BTreeMap;

use crate::domain::id::UserId;
use crate::domain::permission::{Permission, Relation};
use crate::domain::user::User;
use crate::services::{Caller, Error, Services};
use crate::store::quota::Scope;
use crate::store::usage::{OwnerUsage, TotalCounts};

/// How many people with much can be asked for at once.
const MAX_LARGEST: i32 = 50;

/// How much is stored, and how much may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StorageUsage {
    /// What the caller has stored, the trash included.
    pub used_bytes: u64,
    /// What of that lies in the trash.
    pub trash_bytes: u64,
    /// How much it may store.
    pub limit_bytes: Option<u64>,
    /// The same of everybody together, for whoever may know.
    pub everybody: Option<TotalUsage>,
}

/// How much is stored by everybody together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TotalUsage {
    /// What is stored, trashes included.
    pub used_bytes: u64,
    /// How much may be.
    pub limit_bytes: Option<u64>,
}

/// What one person has stored.
#[derive(Clone, Debug)]
pub struct PersonUsage {
    /// Who.
    pub user: User,
    /// How much, in numbers.
    pub usage: OwnerUsage,
}

impl Services {
    /// How much the caller has stored, and how much it may.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Forbidden`]; [`Error::Unavailable`].
    pub async fn storage_usage(&self, caller: &Caller) -> Result<StorageUsage, Error> {
        let user = self.admit(caller, Permission::StorageRead)?.user.id;
        if !self.may(caller, Permission::StorageRead, &[Relation::Myself]) {
            return Err(Error::Forbidden);
        }
        let limits = &self.config.quotas;
        let everybody = if self.may(caller, Permission::StorageRead, &[]) {
            let used_bytes = self.store.count_bytes(Scope::Everybody).await?;
            Some(TotalUsage { used_bytes, limit_bytes: limits.total() })
        } else {
            None
        };
        Ok(StorageUsage {
            used_bytes: self.store.count_bytes(Scope::User(user)).await?,
            trash_bytes: self.store.count_bytes_in_trash(user).await?,
            limit_bytes: limits.per_user(),
            everybody,
        })
    }

    /// How many files everybody has stored together, and what lies in trashes.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Forbidden`]; [`Error::Unavailable`].
    pub async fn count_everything(&self, caller: &Caller) -> Result<TotalCounts, Error> {
        self.admit_to_everybodys(caller)?;
        Ok(self.store.count_everything().await?)
    }

    /// Who has stored most, the largest first, at most `count`.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Forbidden`]; [`Error::Input`] for more than 50; [`Error::Unavailable`].
    pub async fn list_largest(&self, caller: &Caller, count: i32) -> Result<Vec<PersonUsage>, Error> {
        self.admit_to_everybodys(caller)?;
        let is_sane = (1..=MAX_LARGEST).contains(&count);
        let limit = usize::try_from(count).ok().filter(|_| is_sane);
        let limit = limit.ok_or_else(|| Error::input("first", "Ask for 1 to 50."))?;
        let largest = self.store.find_largest_owners(limit).await?;
        let owners: Vec<UserId> = largest.iter().map(|usage| usage.owner).collect();
        let users = self.store.find_users(&owners).await?;
        let mut users: BTreeMap<UserId, User> = users.into_iter().map(|user| (user.id, user)).collect();
        // Whoever was deleted in this moment is left out.
        let person = |usage: OwnerUsage| Some(PersonUsage { user: users.remove(&usage.owner)?, usage });
        Ok(largest.into_iter().filter_map(person).collect())
    }

    fn admit_to_everybodys(&self, caller: &Caller) -> Result<(), Error> {
        self.admit(caller, Permission::StorageRead)?;
        if self.may(caller, Permission::StorageRead, &[]) { Ok(()) } else { Err(Error::Forbidden) }
    }
}
