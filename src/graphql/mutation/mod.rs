//! Changing.

mod account;
mod file;
mod share;

use async_graphql::MergedObject;

/// Changing.
#[derive(MergedObject, Default)]
pub struct Mutation(account::AccountMutation, file::FileMutation, share::ShareMutation);
