//! Pages of lists, and the cursors between them.

mod walk;

use super::{Error, Services};
use crate::crypto::sealed_token::{self, TokenPurpose};
use crate::domain::id::UserId;
use crate::domain::page::{Direction, Page, PageRequest};
use crate::store::Listed;
use walk::{Walk, walk, walk_all, walk_finds_any};

/// How many rows one request reads at most while it looks for rows that its filter lets through.
const MAX_ROWS_READ: usize = 10_000;
/// How many rows are read at most to count what a filter lets through; beyond that the count is a lower bound.
pub const MAX_ROWS_COUNTED: usize = 50_000;

/// The stored keys of a list by time, the latest first, and of its mirror.
pub(super) const BY_TIME: (&str, &str) = ("newest", "oldest");

/// Where rows come from, and which of them the caller gets to see.
pub(super) trait Rows: Sync {
    /// What is read.
    type Row: Send;
    /// What is handed out.
    type Item: Send;

    /// Up to `limit` rows behind `after` in the ascending order of `key_field`. Fewer means that there are no more.
    fn fetch(
        &self,
        key_field: &'static str,
        after: &str,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Listed<Self::Row>>, Error>> + Send;

    /// The rows that are let through, in their order.
    fn keep(&self, rows: Vec<Listed<Self::Row>>)
    -> impl Future<Output = Result<Vec<Listed<Self::Item>>, Error>> + Send;
}

/// The same for several lists that are read together, each known by its number.
pub(super) trait ManyRows: Sync {
    /// How many lists are read at once at most.
    const LISTS_AT_ONCE: usize;
    /// What is read.
    type Row: Send;
    /// What is handed out.
    type Item: Send;

    /// Of each place up to `limit` rows behind it, in the order of the places. Fewer means that there are no more.
    fn fetch_of(
        &self,
        key_field: &'static str,
        places: &[Place],
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Vec<Listed<Self::Row>>>, Error>> + Send;

    /// Of each list the rows that are let through, in their order.
    fn keep_of(
        &self,
        rows: Vec<(usize, Vec<Listed<Self::Row>>)>,
    ) -> impl Future<Output = Result<Vec<Vec<Listed<Self::Item>>>, Error>> + Send;
}

/// A place in one of several lists.
pub(super) struct Place {
    /// The number of the list.
    pub(super) list: usize,
    /// Behind this key.
    pub(super) after: String,
}

/// One list is several lists of which there is one.
impl<R: Rows> ManyRows for R {
    const LISTS_AT_ONCE: usize = 1;
    type Row = R::Row;
    type Item = R::Item;

    async fn fetch_of(
        &self,
        key_field: &'static str,
        places: &[Place],
        limit: usize,
    ) -> Result<Vec<Vec<Listed<R::Row>>>, Error> {
        let mut fetched = Vec::with_capacity(places.len());
        for place in places {
            fetched.push(self.fetch(key_field, &place.after, limit).await?);
        }
        Ok(fetched)
    }

    async fn keep_of(&self, rows: Vec<(usize, Vec<Listed<R::Row>>)>) -> Result<Vec<Vec<Listed<R::Item>>>, Error> {
        let mut kept = Vec::with_capacity(rows.len());
        for (_, rows) in rows {
            kept.push(self.keep(rows).await?);
        }
        Ok(kept)
    }
}

/// What a cursor is bound to besides its caller: used with another list, order or filter, it is refused.
pub(super) struct ListIdentity {
    /// The field of the API.
    pub(super) field: &'static str,
    /// The stored key of the order, and of its mirror.
    pub(super) key_fields: (&'static str, &'static str),
    /// The filter, written so that two filters are the same exactly when their texts are.
    pub(super) filter: String,
}

impl Services {
    /// One page of a list.
    pub(super) async fn page<R: ManyRows>(
        &self,
        caller: UserId,
        list: &ListIdentity,
        request: &PageRequest,
        rows: &R,
    ) -> Result<Page<R::Item>, Error> {
        let forward = request.direction == Direction::Forward;
        let start =
            request.cursor.as_deref().map(|cursor| self.open_cursor(caller, list, cursor, forward)).transpose()?;
        let (ahead, behind) = if forward { list.key_fields } else { (list.key_fields.1, list.key_fields.0) };
        let after = start.as_ref().map_or("", |(key, mirror)| if forward { key } else { mirror });
        let walk = walk(rows, ahead, after, request.size, MAX_ROWS_READ).await?;
        // Something lies on the other side only where a cursor has passed it by.
        let more_behind = match (&start, walk.items.first()) {
            (None, _) => false,
            (Some(_), Some(first)) => walk_finds_any(rows, behind, &first.mirror_key).await?,
            // Nothing lies ahead, so whatever the list has lies behind, the row of the cursor included.
            (Some(_), None) if !walk.more => walk_finds_any(rows, behind, "").await?,
            (Some((key, mirror)), None) => walk_finds_any(rows, behind, if forward { mirror } else { key }).await?,
        };
        self.page_of(caller, list, forward, walk, more_behind)
    }

    /// The page at the end of each of several lists, all read together. There is no cursor in `request`.
    pub(super) async fn outermost_pages<R: ManyRows>(
        &self,
        caller: UserId,
        lists: &[ListIdentity],
        request: &PageRequest,
        rows: &R,
    ) -> Result<Vec<Page<R::Item>>, Error> {
        let Some(first) = lists.first() else { return Ok(Vec::new()) };
        let forward = request.direction == Direction::Forward;
        let ahead = if forward { first.key_fields.0 } else { first.key_fields.1 };
        let mut walks: Vec<Walk<R::Item>> = lists.iter().map(|_| Walk::behind("")).collect();
        walk_all(rows, ahead, &mut walks, request.size, MAX_ROWS_READ).await?;
        lists.iter().zip(walks).map(|(list, walk)| self.page_of(caller, list, forward, walk, false)).collect()
    }

    fn page_of<T>(
        &self,
        caller: UserId,
        list: &ListIdentity,
        forward: bool,
        walk: Walk<T>,
        more_behind: bool,
    ) -> Result<Page<T>, Error> {
        let seal = |key: &str, mirror: &str| {
            let (key, mirror) = if forward { (key, mirror) } else { (mirror, key) };
            self.seal_cursor(caller, list, key, mirror)
        };
        let mut items = Vec::with_capacity(walk.items.len());
        for listed in walk.items {
            items.push((seal(&listed.key, &listed.mirror_key)?, listed.item));
        }
        let resume_cursor = walk.stopped_at.map(|(key, mirror)| seal(&key, &mirror)).transpose()?;
        if !forward {
            items.reverse();
        }
        let (has_next, has_previous) = if forward { (walk.more, more_behind) } else { (more_behind, walk.more) };
        Ok(Page { items, has_next, has_previous, resume_cursor })
    }

    fn seal_cursor(&self, caller: UserId, list: &ListIdentity, key: &str, mirror: &str) -> Result<String, Error> {
        let payload = format!("{key}\0{mirror}");
        Ok(sealed_token::seal(
            &self.ring(),
            TokenPurpose::Cursor,
            &list.context(caller),
            payload.as_bytes(),
            &*self.random,
        )?)
    }

    fn open_cursor(
        &self,
        caller: UserId,
        list: &ListIdentity,
        cursor: &str,
        forward: bool,
    ) -> Result<(String, String), Error> {
        let refused = || foreign_cursor(forward);
        let payload = sealed_token::open(&self.ring(), TokenPurpose::Cursor, &list.context(caller), cursor)
            .map_err(|_| refused())?;
        let text = std::str::from_utf8(&payload).map_err(|_| refused())?;
        let (key, mirror) = text.split_once('\0').ok_or_else(refused)?;
        Ok((key.to_owned(), mirror.to_owned()))
    }
}

impl ListIdentity {
    fn context(&self, caller: UserId) -> Vec<u8> {
        let (field, key_field) = (self.field.as_bytes(), self.key_fields.0.as_bytes());
        [caller.as_bytes(), field, &[0], key_field, &[0], self.filter.as_bytes()].concat()
    }
}

/// A list that has nothing for the caller. It never gave a cursor away, so any that comes is another list's.
pub(super) fn page_of_nothing<T>(request: &PageRequest) -> Result<Page<T>, Error> {
    match request.cursor {
        None => Ok(Page::empty()),
        Some(_) => Err(foreign_cursor(request.direction == Direction::Forward)),
    }
}

fn foreign_cursor(forward: bool) -> Error {
    Error::input(if forward { "after" } else { "before" }, "This cursor does not belong to this list.")
}

/// How many rows are let through, reading no more than [`MAX_ROWS_COUNTED`].
pub(super) async fn count<R: Rows>(rows: &R, key_field: &'static str) -> Result<u64, Error> {
    let walk = walk(rows, key_field, "", usize::MAX - 1, MAX_ROWS_COUNTED).await?;
    Ok(walk.items.len() as u64)
}
