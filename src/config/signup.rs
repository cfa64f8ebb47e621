//! `[signup]`

use serde::{Deserialize, Serialize};

use super::choice::choice;

choice! {
    /// Who may sign up for a role.
    SignupMode {
        /// Anyone.
        Open = "open",
        /// Whoever has an invitation.
        Invite = "invite",
        /// Nobody.
        Closed = "closed",
    }
}

/// Who may sign up.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SignupConfig {
    /// For Clients. Default `open`.
    pub client: SignupMode,
    /// For Ops. Default `invite`.
    pub ops: SignupMode,
}

#[cfg(test)]
mod tests {
    use crate::config::load::tests::{assert_accepted, assert_refused};

    #[test]
    fn modes_are_one_of_three() {
        for variable in ["STRONGROOM__SIGNUP__CLIENT", "STRONGROOM__SIGNUP__OPS"] {
            for good in ["open", "invite", "closed"] {
                assert_accepted(variable, good);
            }
            assert_refused(variable, "Open");
        }
    }
}
