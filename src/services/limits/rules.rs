//! What is counted, and how fast it slows down.

use std::net::IpAddr;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::store::attempt::{Counter, Rule};

const MINUTE: u32 = 60;

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Passwords of one address, from one network.
    PasswordFromNetwork,
    /// Passwords of one address, from everywhere.
    Password,
    /// Passwords of all addresses, from one network.
    PasswordsFromNetwork,
    /// Codes of one address, from one network.
    SecondFactorFromNetwork,
    /// Codes of one address, from everywhere.
    SecondFactor,
    /// Passwords for one mailed token, from one network.
    ConfirmationFromNetwork,
    /// Passwords for one mailed token, from everywhere.
    Confirmation,
    /// Tokens, from one network.
    TokensFromNetwork,
    /// That an address has signed in from a network.
    KnownNetwork,
    /// Mails of one kind to one address that visitors of one network have caused.
    MailsToFromNetwork,
    /// Mails of one kind to one address.
    MailsTo,
    /// Mails that visitors of one network have caused.
    MailsFromNetwork,
    /// Sign-ups of one network.
    SignupsFromNetwork,
}

impl Scope {
    /// Sets the keys of one scope apart, ended by a zero byte.
    fn label(self) -> &'static [u8] {
        match self {
            Self::PasswordFromNetwork => b"password of an account from a network\0",
            Self::Password => b"password of an account\0",
            Self::PasswordsFromNetwork => b"passwords from a network\0",
            Self::SecondFactorFromNetwork => b"second factor of an account from a network\0",
            Self::SecondFactor => b"second factor of an account\0",
            Self::ConfirmationFromNetwork => b"confirmation from a network\0",
            Self::Confirmation => b"confirmation\0",
            Self::TokensFromNetwork => b"tokens from a network\0",
            Self::KnownNetwork => b"known network of an account\0",
            Self::MailsToFromNetwork => b"mails to an address from a network\0",
            Self::MailsTo => b"mails to an address\0",
            Self::SignupsFromNetwork => b"sign-ups from a network\0",
            Self::MailsFromNetwork => b"mails from a network\0",
        }
    }

    fn rule(self) -> Rule {
        match self {
            // A person mistypes a few times; a program gets four tries an hour in the end, a hundred a day.
            Self::PasswordFromNetwork | Self::SecondFactorFromNetwork | Self::ConfirmationFromNetwork => Rule {
                free: 5,
                first_delay_seconds: 1,
                longest_delay_seconds: 15 * MINUTE,
                forget_one_seconds: 15 * MINUTE,
            },
            // Strangers can drive it up, so nobody waits for it long.
            Self::Password | Self::Confirmation | Self::KnownNetwork => {
                Rule { free: 20, first_delay_seconds: 1, longest_delay_seconds: 30, forget_one_seconds: MINUTE }
            }
            // Only who has the password gets here, and a code has six digits.
            Self::SecondFactor => Rule {
                free: 10,
                first_delay_seconds: 1,
                longest_delay_seconds: 15 * MINUTE,
                forget_one_seconds: 15 * MINUTE,
            },
            // A hundred failures at once, and a hundred more every 15 minutes: a large office on a bad day.
            Self::PasswordsFromNetwork | Self::TokensFromNetwork => {
                Rule { free: 100, first_delay_seconds: 1, longest_delay_seconds: 5 * MINUTE, forget_one_seconds: 9 }
            }
            // Ten at once, and ten an hour.
            Self::MailsToFromNetwork => Rule {
                free: 9,
                first_delay_seconds: 6 * MINUTE,
                longest_delay_seconds: 6 * MINUTE,
                forget_one_seconds: 6 * MINUTE,
            },
            // Fifty at once, and fifty an hour: what strangers of many networks can do to one address.
            Self::MailsTo => {
                Rule { free: 49, first_delay_seconds: 72, longest_delay_seconds: 72, forget_one_seconds: 72 }
            }
            // A thousand at once, and 900 an hour: more than mails are sent for.
            Self::SignupsFromNetwork => {
                Rule { free: 999, first_delay_seconds: 4, longest_delay_seconds: 4, forget_one_seconds: 4 }
            }
            // 300 at once, and 300 an hour.
            Self::MailsFromNetwork => {
                Rule { free: 299, first_delay_seconds: 12, longest_delay_seconds: 12, forget_one_seconds: 12 }
            }
        }
    }

    /// The counter of a name, of a network, or of both.
    pub(super) fn counter(self, name: &str, network: Option<IpAddr>) -> Counter {
        let network = network.map(|network| network.to_string()).unwrap_or_default();
        // The label and the network hold no zero byte, so no two counters have the same text.
        let digest = Sha256::new_with_prefix(b"strongroom attempt v1\0")
            .chain_update(self.label())
            .chain_update(network)
            .chain_update([0])
            .chain_update(name)
            .finalize();
        Counter { key: HEXLOWER.encode(&digest), rule: self.rule() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const ALL: [Scope; 13] = [
        Scope::PasswordFromNetwork,
        Scope::Password,
        Scope::PasswordsFromNetwork,
        Scope::SecondFactorFromNetwork,
        Scope::SecondFactor,
        Scope::ConfirmationFromNetwork,
        Scope::Confirmation,
        Scope::TokensFromNetwork,
        Scope::KnownNetwork,
        Scope::MailsToFromNetwork,
        Scope::MailsTo,
        Scope::MailsFromNetwork,
        Scope::SignupsFromNetwork,
    ];

    #[test]
    fn nothing_is_counted_together_that_is_not_the_same() {
        let networks = [None, Some("192.0.2.1".parse().unwrap()), Some("2001:db8::".parse().unwrap())];
        let keys: HashSet<String> = ALL
            .iter()
            .flat_map(|scope| ["", "a@example.com", "b@example.com"].map(|name| (scope, name)))
            .flat_map(|(scope, name)| networks.map(|network| scope.counter(name, network).key))
            .collect();
        assert_eq!(keys.len(), ALL.len() * 9);
    }

    #[test]
    fn an_accounts_own_delay_is_short_where_strangers_can_drive_it_up() {
        assert!(Scope::Password.rule().longest_delay_seconds <= 30);
        assert!(Scope::PasswordsFromNetwork.rule().free >= 100);
    }
}
