//! Changing.

mod account;
mod file;
mod mail;
mod share;

use async_graphql::MergedObject;

/// Changing.
#[derive(MergedObject, Default)]
pub struct Mutation(account::AccountMutation, file::FileMutation, mail::MailMutation, share::ShareMutation);
