//! `[graphql]`

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::choice::choice;
use super::optional;
use super::problem::Problems;

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
    /// Bytes of one document. Default 64 KiB.
    pub max_query_bytes: usize,
    /// Lexical tokens of one document. Default 5000.
    pub max_tokens: usize,
    /// Levels of nesting. Default 20.
    pub max_depth: usize,
    /// Fields that one document selects, its fragments expanded. Default 1000.
    pub max_fields: usize,
    /// Fields at the root of one document. Default 20.
    pub max_root_fields: usize,
    /// Aliases in one document, its fragments expanded. Default 50.
    pub max_aliases: usize,
    /// Directives in one place. Default 5.
    pub max_directives: usize,
    /// Fields, those of a list's items as often as its page may have items. Default 50,000.
    pub max_complexity: usize,
    /// Items of one page: 1 to 100. Default 100.
    pub max_page_size: usize,
    /// Seconds for one operation, except while files are on their way. Default 60.
    pub operation_timeout_seconds: u64,
    /// Documents that are remembered by their hash (Apollo's automatic persisted queries); 0: none. Default 1000.
    pub persisted_queries: usize,
    /// A file of the only documents that run; `None`: any. Default none.
    #[serde(with = "optional")]
    pub trusted_documents: Option<PathBuf>,
}

impl GraphqlConfig {
    pub(super) fn check(&self, problems: &mut Problems) {
        for (key, value, most) in [
            ("graphql.max_query_bytes", self.max_query_bytes, 1 << 20),
            ("graphql.max_tokens", self.max_tokens, 1 << 20),
            ("graphql.max_depth", self.max_depth, 32),
            ("graphql.max_fields", self.max_fields, 100_000),
            ("graphql.max_root_fields", self.max_root_fields, 100_000),
            ("graphql.max_aliases", self.max_aliases, 100_000),
            ("graphql.max_directives", self.max_directives, 1000),
            ("graphql.max_complexity", self.max_complexity, 100_000_000),
            ("graphql.max_page_size", self.max_page_size, 100),
        ] {
            problems.require_within(key, value as u64, 1..=most);
        }
        problems.require_within("graphql.operation_timeout_seconds", self.operation_timeout_seconds, 1..=3600);
        problems.require_within("graphql.persisted_queries", self.persisted_queries as u64, 0..=100_000);
    }
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

    #[test]
    fn limits_are_limits() {
        assert_refused("STRONGROOM__GRAPHQL__MAX_PAGE_SIZE", "101");
        assert_refused("STRONGROOM__GRAPHQL__MAX_DEPTH", "33");
        assert_refused("STRONGROOM__GRAPHQL__MAX_FIELDS", "0");
        assert_refused("STRONGROOM__GRAPHQL__OPERATION_TIMEOUT_SECONDS", "0");
        assert_accepted("STRONGROOM__GRAPHQL__PERSISTED_QUERIES", "0");
    }
}
