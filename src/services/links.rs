//! Download links: opaque, unforgeable, for one user, for a time.

use super::files::FileView;
use super::{Caller, Error, Services};
use crate::crypto::sealed_token::{self, TokenPurpose};
use crate::domain::id::{FileId, LinkId, ShareId, UserId};
use crate::domain::permission::Permission;
use crate::domain::timestamp::Timestamp;

/// A link as its user gets it.
#[derive(Clone, Debug)]
pub struct DownloadLink {
    /// Absolute.
    pub url: String,
    /// From this moment on it answers `GONE`.
    pub expires_at: Timestamp,
}

/// What a link says, once its seal is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LinkClaims {
    pub(super) link: LinkId,
    pub(super) file: FileId,
    /// The share it was made under; the owner's own links have none.
    pub(super) share: Option<ShareId>,
    pub(super) user: UserId,
    pub(super) expires_at: Timestamp,
}

/// Four ids and a moment.
const CLAIMS_BYTES: usize = 4 * 16 + 8;
/// Stands where a link has no share. Random ids never are this.
const NO_SHARE: [u8; 16] = [0; 16];

impl LinkClaims {
    fn to_bytes(self) -> Vec<u8> {
        let share = self.share.map_or(NO_SHARE, |share| *share.as_bytes());
        let expires_at = self.expires_at.as_millis().to_be_bytes();
        [self.link.as_bytes(), self.file.as_bytes(), &share, self.user.as_bytes(), expires_at.as_slice()].concat()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; CLAIMS_BYTES] = bytes.try_into().ok()?;
        let (link, rest) = bytes.split_first_chunk()?;
        let (file, rest) = rest.split_first_chunk()?;
        let (share, rest) = rest.split_first_chunk()?;
        let (user, rest) = rest.split_first_chunk()?;
        let (expires_at, _) = rest.split_first_chunk()?;
        Some(Self {
            link: LinkId::from_bytes(*link),
            file: FileId::from_bytes(*file),
            share: (*share != NO_SHARE).then(|| ShareId::from_bytes(*share)),
            user: UserId::from_bytes(*user),
            expires_at: Timestamp::from_millis(i64::from_be_bytes(*expires_at)),
        })
    }
}

impl Services {
    /// A link to a file the caller may download.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Forbidden`]; [`Error::Input`] with `ttlSeconds` below 1; [`Error::Conflict`] when the
    /// share is used up.
    pub async fn create_download_link(
        &self,
        caller: &Caller,
        file: FileId,
        ttl_seconds: Option<i32>,
    ) -> Result<DownloadLink, Error> {
        let view = self.get_file_to(caller, Permission::LinkCreate, file).await?;
        let ttl_seconds = self.link_ttl_seconds(ttl_seconds)?;
        let link = self.links_to(caller, &[&view], ttl_seconds).await?.pop().flatten();
        link.ok_or(Error::Conflict("Nothing is left of this share."))
    }

    /// The same for each of these files, which the caller sees, in their order; `None` where it may not download it. How long
    /// they last, [`link_ttl_seconds`](Self::link_ttl_seconds) has said.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn find_download_links(
        &self,
        caller: &Caller,
        views: &[&FileView],
        ttl_seconds: u64,
    ) -> Result<Vec<Option<DownloadLink>>, Error> {
        let mut links: Vec<Option<DownloadLink>> = views.iter().map(|_| None).collect();
        let may = |view: &FileView| self.may(caller, Permission::LinkCreate, &view.relations());
        let (places, views): (Vec<usize>, Vec<&FileView>) =
            views.iter().copied().enumerate().filter(|(_, view)| may(view)).unzip();
        if views.is_empty() {
            return Ok(links);
        }
        for (place, link) in places.into_iter().zip(self.links_to(caller, &views, ttl_seconds).await?) {
            links[place] = link;
        }
        Ok(links)
    }

    /// A link to each of these files, which the caller may download; `None` where nothing is left of its share.
    async fn links_to(
        &self,
        caller: &Caller,
        views: &[&FileView],
        ttl_seconds: u64,
    ) -> Result<Vec<Option<DownloadLink>>, Error> {
        let user = caller.user().ok_or(Error::Unauthenticated)?.id;
        let shares = views.iter().filter_map(|view| view.share.clone()).collect();
        let mut shares = self.views_of(caller, shares).await?.into_iter();
        let mut links = Vec::with_capacity(views.len());
        for view in views {
            let share = view.share.as_ref().and_then(|_| shares.next());
            let is_used_up = share.is_some_and(|share| share.downloads_left == Some(0));
            links.push(if is_used_up { None } else { Some(self.link_to(user, view, ttl_seconds)?) });
        }
        Ok(links)
    }

    fn link_to(&self, user: UserId, view: &FileView, ttl_seconds: u64) -> Result<DownloadLink, Error> {
        let end = self.now().plus_seconds(ttl_seconds);
        let expires_at = view.share.as_ref().and_then(|share| share.expires_at).map_or(end, |last| last.min(end));
        let claims = LinkClaims {
            link: LinkId::generate(&*self.random),
            file: view.file.id,
            share: view.share.as_ref().map(|share| share.id),
            user,
            expires_at,
        };
        let token = sealed_token::seal(&self.ring(), TokenPurpose::Link, &[], &claims.to_bytes(), &*self.random)?;
        Ok(DownloadLink { url: format!("{}/d/{token}", self.config.server.public_url), expires_at })
    }

    pub(super) fn open_link(&self, token: &str) -> Option<LinkClaims> {
        LinkClaims::from_bytes(&sealed_token::open(&self.ring(), TokenPurpose::Link, &[], token).ok()?)
    }

    /// How long a link lasts for which so much is asked.
    ///
    /// # Errors
    /// [`Error::Input`] with `ttlSeconds` below 1.
    pub fn link_ttl_seconds(&self, asked: Option<i32>) -> Result<u64, Error> {
        let Some(asked) = asked else { return Ok(self.config.links.default_ttl_seconds) };
        u64::try_from(asked)
            .ok()
            .filter(|seconds| *seconds > 0)
            .map(|seconds| seconds.min(self.config.links.max_ttl_seconds))
            .ok_or_else(|| Error::input("ttlSeconds", "A link lasts at least one second."))
    }
}
