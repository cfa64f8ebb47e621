//! `[graphql]`

use serde::{Deserialize, Serialize};

use super::choice::choice;

choice! {
    /// Who may ask the server for its schema.
    Introspection {
        /// Anyone.
        Always = "always",
        /// Whoever is signed in; on loopback too.
        SignedIn = "signed_in",
        /// Nobody.
        Never = "never",
    }
}

/// The GraphQL endpoint.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GraphqlConfig {
    /// Who may ask the server for its schema. Default `signed_in`.
    pub introspection: Introspection,
}

#[cfg(test)]
mod tests {
    use crate::config::load::tests::{assert_accepted, assert_refused};

    #[test]
    fn introspection_is_one_of_three() {
        for good in ["always", "signed_in", "never"] {
            assert_accepted("STRONGROOM__GRAPHQL__INTROSPECTION", good);
        }
        assert_refused("STRONGROOM__GRAPHQL__INTROSPECTION", "true");
    }
}
