//! Changing.

mod account;
mod administration;
mod file;
mod invitation;
mod mail;
mod passkey;
mod recovery;
mod second_factor;
mod session;
mod share;

use async_graphql::MergedObject;

/// Changing.
#[derive(MergedObject, Default)]
pub(super) struct Mutation(
    account::AccountMutation,
    recovery::RecoveryMutation,
    administration::AdministrationMutation,
    invitation::InvitationMutation,
    session::SessionMutation,
    file::FileMutation,
    share::ShareMutation,
    mail::MailMutation,
    second_factor::SecondFactorMutation,
    passkey::PasskeyMutation,
);
