//! Shares beside files: each function answers for many files at once, for a page of files asks for all of them.

use super::files::FileView;
use super::pages::{self, BY_TIME, ListIdentity, ManyRows, Place};
use super::shares::ShareView;
use super::{Caller, Error, Services};
use crate::domain::id::{FileId, UserId};
use crate::domain::page::{Page, PageRequest};
use crate::domain::permission::{Permission, Relation};
use crate::domain::share::Share;
use crate::domain::timestamp::Timestamp;
use crate::store::share::ShareListing;
use crate::store::{List, Listed, Scan, Store};

struct SharesOfFiles<'a> {
    store: &'a Store,
    files: Vec<FileId>,
    now: Timestamp,
}

impl Services {
    /// The share through which the caller sees each of these files, where the policy shows it. The answers stand in the
    /// order of the files, as they do everywhere below.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn my_shares(&self, caller: &Caller, views: &[&FileView]) -> Result<Vec<Option<ShareView>>, Error> {
        let mut mine: Vec<Option<ShareView>> = views.iter().map(|_| None).collect();
        if self.may(caller, Permission::ShareRead, &[Relation::Recipient]) {
            let shares = views.iter().enumerate().filter_map(|(place, view)| Some((place, view.share.clone()?)));
            let (places, shares): (Vec<usize>, Vec<Share>) = shares.unzip();
            for (place, share) in places.into_iter().zip(self.views_of(caller, shares).await?) {
                mine[place] = Some(share);
            }
        }
        Ok(mine)
    }

    /// Whom a file is shared with. For its owner; for anyone else a page of nothing.
    ///
    /// # Errors
    /// [`Error::Input`] for a cursor that does not belong here.
    pub async fn list_shares(
        &self,
        caller: &Caller,
        view: &FileView,
        request: &PageRequest,
    ) -> Result<Page<ShareView>, Error> {
        let Some(owner) = self.owner_who_sees_shares(caller, view) else { return pages::page_of_nothing(request) };
        let rows = self.shares_of(vec![view.file.id]);
        let page = self.page(owner, &list_of(view.file.id), request, &rows).await?;
        Ok(self.with_views(caller, vec![page]).await?.pop().unwrap_or_else(Page::empty))
    }

    /// The same of each of these files, where `request` has no cursor.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn list_shares_of_each(
        &self,
        caller: &Caller,
        views: &[&FileView],
        request: &PageRequest,
    ) -> Result<Vec<Page<ShareView>>, Error> {
        let mut pages: Vec<Page<ShareView>> = views.iter().map(|_| Page::empty()).collect();
        let owned = views.iter().enumerate().filter(|(_, view)| self.owner_who_sees_shares(caller, view).is_some());
        let (places, files): (Vec<usize>, Vec<FileId>) = owned.map(|(place, view)| (place, view.file.id)).unzip();
        let Some(owner) = caller.user().filter(|_| !files.is_empty()) else { return Ok(pages) };
        let lists: Vec<ListIdentity> = files.iter().copied().map(list_of).collect();
        let found = self.outermost_pages(owner.id, &lists, request, &self.shares_of(files)).await?;
        for (place, page) in places.into_iter().zip(self.with_views(caller, found).await?) {
            pages[place] = page;
        }
        Ok(pages)
    }

    /// How many shares [`list_shares`](Self::list_shares) finds of each of these files.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn count_shares(&self, caller: &Caller, views: &[&FileView]) -> Result<Vec<u64>, Error> {
        let mut totals = vec![0; views.len()];
        let owned = views.iter().enumerate().filter(|(_, view)| self.owner_who_sees_shares(caller, view).is_some());
        let (places, files): (Vec<usize>, Vec<FileId>) = owned.map(|(place, view)| (place, view.file.id)).unzip();
        if files.is_empty() {
            return Ok(totals);
        }
        for (place, total) in places.into_iter().zip(self.store.count_shares_of(&files, self.now()).await?) {
            totals[place] = total;
        }
        Ok(totals)
    }

    fn owner_who_sees_shares(&self, caller: &Caller, view: &FileView) -> Option<UserId> {
        let user = caller.user().filter(|_| view.owned)?;
        self.may(caller, Permission::ShareRead, &[Relation::Owner]).then_some(user.id)
    }

    fn shares_of(&self, files: Vec<FileId>) -> SharesOfFiles<'_> {
        SharesOfFiles { store: &self.store, files, now: self.now() }
    }

    /// Pages of shares as the caller sees them.
    async fn with_views(&self, caller: &Caller, pages: Vec<Page<Share>>) -> Result<Vec<Page<ShareView>>, Error> {
        let shares = pages.iter().flat_map(|page| page.items.iter().map(|(_, share)| share.clone()));
        let mut views = self.views_of(caller, shares.collect()).await?.into_iter();
        let with_views = |Page { items, has_next, has_previous, resume_cursor }| Page {
            items: items.into_iter().map(|(cursor, _)| cursor).zip(views.by_ref()).collect(),
            has_next,
            has_previous,
            resume_cursor,
        };
        Ok(pages.into_iter().map(with_views).collect())
    }
}

fn list_of(file: FileId) -> ListIdentity {
    ListIdentity { field: "shares", key_fields: BY_TIME, filter: file.to_string() }
}

impl ManyRows for SharesOfFiles<'_> {
    const LISTS_AT_ONCE: usize = 100;
    type Row = ShareListing;
    type Item = Share;

    async fn fetch_of(
        &self,
        key_field: &'static str,
        places: &[Place],
        limit: usize,
    ) -> Result<Vec<Vec<Listed<ShareListing>>>, Error> {
        let scan = |place: &Place| {
            let list = List::SharesOf(self.files[place.list].key());
            Scan { list, key_field, after: place.after.clone(), limit }
        };
        Ok(self.store.scan_shares_of(&places.iter().map(scan).collect::<Vec<_>>()).await?)
    }

    async fn keep_of(&self, rows: Vec<(usize, Vec<Listed<ShareListing>>)>) -> Result<Vec<Vec<Listed<Share>>>, Error> {
        let live = |(_, rows): (usize, Vec<Listed<ShareListing>>)| {
            let live = rows.into_iter().filter(|row| row.item.share.is_live(self.now));
            live.map(|row| Listed { key: row.key, mirror_key: row.mirror_key, item: row.item.share }).collect()
        };
        Ok(rows.into_iter().map(live).collect())
    }
}
