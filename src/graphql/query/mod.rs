//! Reading.

mod account;
mod audit;
mod file;
mod invitation;
mod key;
mod mail;
mod node;
mod passkey;
mod second_factor;

use async_graphql::{Context, MergedObject};

use super::context::ContextExt;
use crate::domain::page::{DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, PageRequest};
use crate::services::Error;

/// Reading.
#[derive(MergedObject, Default)]
pub(super) struct Query(
    account::AccountQuery,
    invitation::InvitationQuery,
    file::FileQuery,
    node::NodeQuery,
    mail::MailQuery,
    key::KeyQuery,
    audit::AuditQuery,
    second_factor::SecondFactorQuery,
    passkey::PasskeyQuery,
);

/// The four arguments of a connection.
pub(super) fn page_request(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<String>,
    last: Option<i32>,
    before: Option<String>,
) -> Result<PageRequest, Error> {
    let max_size = ctx.services()?.config().graphql.max_page_size;
    PageRequest::parse(first, after, last, before, max_size).map_err(|(field, message)| Error::input(field, message))
}

/// What a connection costs: whatever is asked of each item, for as many items as the page may have.
pub(super) fn page_cost(first: Option<i32>, last: Option<i32>, each: usize) -> usize {
    let size = first.or(last).and_then(|size| usize::try_from(size).ok()).unwrap_or(DEFAULT_PAGE_SIZE);
    size.clamp(1, MAX_PAGE_SIZE).saturating_mul(each).saturating_add(1)
}
