//! Reading.

mod account;
mod audit;
mod file;
mod invitation;
mod mail;
mod node;
mod passkey;
mod second_factor;

use async_graphql::MergedObject;

use crate::domain::page::PageRequest;
use crate::services::Error;

/// Reading.
#[derive(MergedObject, Default)]
pub struct Query(
    account::AccountQuery,
    invitation::InvitationQuery,
    file::FileQuery,
    node::NodeQuery,
    mail::MailQuery,
    audit::AuditQuery,
    second_factor::SecondFactorQuery,
    passkey::PasskeyQuery,
);

/// The four arguments of a connection.
pub(super) fn page_request(
    first: Option<i32>,
    after: Option<String>,
    last: Option<i32>,
    before: Option<String>,
) -> Result<PageRequest, Error> {
    PageRequest::parse(first, after, last, before).map_err(|(field, message)| Error::input(field, message))
}
