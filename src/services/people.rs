//! Lists of people.

use std::collections::HashMap;

use super::pages::{self, ListIdentity, Rows};
use super::{Caller, Error, Services};
use crate::domain::id::UserId;
use crate::domain::page::{Page, PageRequest};
use crate::domain::permission::{Permission, Relation};
use crate::domain::role::Role;
use crate::domain::user::User;
use crate::store::{List, Listed, Scan, Store};

/// The order of addresses and its mirror.
pub(super) const BY_EMAIL: (&str, &str) = ("email", "email_reversed");

/// No address is longer (RFC 5321 section 4.5.3.1.3).
const MAX_PART_BYTES: usize = 254;

/// Which people.
#[derive(Clone, Debug, Default)]
pub struct PeopleFilter {
    /// A part of the address, any case.
    pub email_contains: Option<String>,
    /// Only this role.
    pub role: Option<Role>,
    /// Only those who are disabled, or only those who are not.
    pub disabled: Option<bool>,
}

/// Somebody who stands beside a thing that the caller sees: a file's uploader, a share's recipient. Only what is seen hands
/// it out, and whoever sees the one sees the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Beside(UserId);

impl Beside {
    pub(super) fn new(user: UserId) -> Self {
        Self(user)
    }
}

struct People<'a> {
    store: &'a Store,
    list: List,
    email_contains: String,
    role: Option<Role>,
    disabled: Option<bool>,
}

impl Services {
    /// People: for Ops, the Clients there are to share with; for Admins, everyone.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Forbidden`]; [`Error::Input`] for a cursor that does not belong here.
    pub async fn list_people(
        &self,
        caller: &Caller,
        filter: &PeopleFilter,
        request: &PageRequest,
    ) -> Result<Page<User>, Error> {
        let signed_in = self.admit(caller, Permission::UserList)?;
        if filter.email_contains.as_ref().is_some_and(|part| part.len() > MAX_PART_BYTES) {
            return Err(Error::input("emailContains", "No address is that long."));
        }
        let Some(people) = self.people(caller, filter) else { return pages::page_of_nothing(request) };
        let identity = ListIdentity {
            field: "users",
            key_fields: BY_EMAIL,
            filter: format!("{:?} {:?} {:?} {}", people.list, people.role, people.disabled, people.email_contains),
        };
        self.page(signed_in.user.id, &identity, request, &people).await
    }

    /// How many people [`list_people`](Self::list_people) finds.
    ///
    /// # Errors
    /// As there.
    pub async fn count_people(&self, caller: &Caller, filter: &PeopleFilter) -> Result<u64, Error> {
        self.admit(caller, Permission::UserList)?;
        let Some(people) = self.people(caller, filter) else { return Ok(0) };
        if !people.email_contains.is_empty() {
            return pages::count(&people, BY_EMAIL.0).await;
        }
        let mut total = 0;
        for role in Role::ALL.into_iter().filter(|role| people.role.is_none_or(|only| only == *role)) {
            let of_the_role = async || self.store.count_users(role).await;
            let disabled = async || self.store.count_disabled_users(role).await;
            total += match people.disabled {
                None => of_the_role().await?,
                Some(true) => disabled().await?,
                Some(false) => of_the_role().await?.saturating_sub(disabled().await?),
            };
        }
        Ok(total)
    }

    /// One person, where the caller may see it: itself, or one of those it may list.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Unavailable`].
    pub async fn find_person(&self, caller: &Caller, id: UserId) -> Result<Option<User>, Error> {
        Ok(self.find_people(caller, &[id]).await?.remove(&id))
    }

    /// Those of these people whom the caller may see.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Unavailable`].
    pub async fn find_people(&self, caller: &Caller, ids: &[UserId]) -> Result<HashMap<UserId, User>, Error> {
        let Caller::User(signed_in) = caller else { return Err(Error::Unauthenticated) };
        let own = signed_in.user.id;
        let others: Vec<UserId> = ids.iter().copied().filter(|id| *id != own).collect();
        let mut people = if others.is_empty() { Vec::new() } else { self.store.find_users(&others).await? };
        people.retain(|person| self.may(caller, Permission::UserList, &[Self::relation_to_person(person)]));
        if ids.contains(&own) {
            people.extend(self.viewer(caller)?);
        }
        Ok(people.into_iter().map(|person| (person.id, person)).collect())
    }

    /// Whether a person is disabled, where the caller may know: whoever may see everyone.
    pub fn standing_of(&self, caller: &Caller, person: &User) -> Option<bool> {
        self.may(caller, Permission::UserList, &[]).then_some(person.disabled)
    }

    /// Nobody can share with a Client who is disabled.
    fn relation_to_person(person: &User) -> Relation {
        if person.disabled { Relation::None } else { Self::relation_to_role(person.role) }
    }

    /// Those of these people who are still there.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn find_people_beside(&self, people: &[Beside]) -> Result<HashMap<Beside, User>, Error> {
        let ids: Vec<UserId> = people.iter().map(|person| person.0).collect();
        let users = self.store.find_users(&ids).await?;
        Ok(users.into_iter().map(|user| (Beside(user.id), user)).collect())
    }

    /// A person whom the row of a thing that is there names, and who is therefore there too.
    ///
    /// # Errors
    /// [`Error::Internal`] where it is not.
    pub fn named_by_a_row(found: Option<User>) -> Result<User, Error> {
        found.ok_or_else(|| Error::internal("a row names a user that does not exist"))
    }

    fn people(&self, caller: &Caller, filter: &PeopleFilter) -> Option<People<'_>> {
        let everyone = self.may(caller, Permission::UserList, &[]);
        let recipients = self.may(caller, Permission::UserList, &[Relation::Recipient]);
        let (role, disabled) = match (filter.role, filter.disabled) {
            filter if everyone => filter,
            // Whom nobody can share with is nobody to look for.
            (None | Some(Role::Client), None | Some(false)) if recipients => (Some(Role::Client), Some(false)),
            _ => return None,
        };
        let list = match (role, disabled) {
            (_, Some(true)) => List::DisabledUsers,
            (Some(role), _) => List::UsersIn(role.as_str()),
            (None, _) => List::Users,
        };
        let email_contains = filter.email_contains.as_deref().unwrap_or_default().trim().to_lowercase();
        Some(People { store: &self.store, list, email_contains, role, disabled })
    }
}

impl Rows for People<'_> {
    type Row = User;
    type Item = User;

    async fn fetch(&self, key_field: &'static str, after: &str, limit: usize) -> Result<Vec<Listed<User>>, Error> {
        let scan = Scan { list: self.list.clone(), key_field, after: after.to_owned(), limit };
        Ok(self.store.scan_users(&scan).await?)
    }

    async fn keep(&self, rows: Vec<Listed<User>>) -> Result<Vec<Listed<User>>, Error> {
        let wanted = |person: &User| {
            person.email.as_str().contains(&self.email_contains)
                && self.role.is_none_or(|role| person.role == role)
                && self.disabled.is_none_or(|disabled| person.disabled == disabled)
        };
        Ok(rows.into_iter().filter(|row| wanted(&row.item)).collect())
    }
}
