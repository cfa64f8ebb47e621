//! Changing.

mod account;
mod administration;
mod file;
mod invitation;
mod mail;
mod session;
mod share;

use async_graphql::MergedObject;

/// Changing.
#[derive(MergedObject, Default)]
pub struct Mutation(
    account::AccountMutation,
    administration::AdministrationMutation,
    invitation::InvitationMutation,
    session::SessionMutation,
    file::FileMutation,
    share::ShareMutation,
    mail::MailMutation,
);
