//! Which documents run here: any, any and those remembered by their hash, or only those that are trusted.
//!
//! Apollo's automatic persisted queries: a client sends the SHA-256 of a document alone, is told `PersistedQueryNotFound`,
//! sends both, and from then on the hash is enough. It saves bytes; it restricts nobody. Trusted documents are a list that
//! the operator gives: nothing else runs.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use data_encoding::HEXLOWER_PERMISSIVE;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

use crate::services::{Error, Services};

/// Bytes of all documents that are remembered.
const MAX_BYTES: u64 = 16 << 20;

type Hash = [u8; 32];

/// Which documents run.
pub(super) enum Documents {
    /// Any, none by its hash.
    Any,
    /// Any, and those remembered by their hash.
    Remembered(Cache<Hash, Arc<str>, Bytes>),
    /// Only these, by their ids or as they stand.
    Trusted { by_id: HashMap<String, String> },
}

#[derive(Clone)]
pub(super) struct Bytes;

impl Weighter<Hash, Arc<str>> for Bytes {
    fn weight(&self, _: &Hash, document: &Arc<str>) -> u64 {
        document.len() as u64 + 100
    }
}

/// A document as a client names it: by its text, its id, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedDocument {
    /// The text.
    pub query: Option<String>,
    /// `documentId`, or `extensions.persistedQuery.sha256Hash`.
    pub id: Option<String>,
}

impl Documents {
    /// What the configuration says.
    ///
    /// # Errors
    /// When the file of trusted documents cannot be read, in words for the operator.
    pub(super) fn of(services: &Services) -> anyhow::Result<Self> {
        let config = &services.config().graphql;
        match (&config.trusted_documents, config.persisted_queries) {
            (Some(path), _) => Self::read_trusted(path),
            (None, 0) => Ok(Self::Any),
            (None, count) => Ok(Self::Remembered(Cache::with_weighter(count, MAX_BYTES, Bytes))),
        }
    }

    fn read_trusted(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read(path)
            .with_context(|| format!("graphql.trusted_documents: {} cannot be read", path.display()))?;
        let by_id: HashMap<String, String> = serde_json::from_slice(&text).with_context(|| {
            format!("graphql.trusted_documents: {} is no JSON object of ids and documents", path.display())
        })?;
        Ok(Self::Trusted { by_id })
    }

    /// The text of a document.
    ///
    /// # Errors
    /// [`Error::PersistedQueryNotFound`] for an id that is not known; [`Error::PersistedQueryNotSupported`] for an id where
    /// nothing is remembered, and for a text that is not trusted where only trusted ones run; [`Error::Input`] for neither
    /// text nor id, and for a hash that is not the text's.
    pub(super) fn find(&self, named: NamedDocument) -> Result<String, Error> {
        match (self, named.query, named.id) {
            (_, None, None) => Err(Error::input("query", "A query is missing.")),
            (Self::Trusted { by_id }, None, Some(id)) => {
                let found = by_id.get(&id).or_else(|| by_id.get(id.strip_prefix("sha256:")?));
                found.cloned().ok_or(Error::PersistedQueryNotFound)
            }
            (Self::Trusted { by_id }, Some(query), _) => {
                let is_trusted = by_id.values().any(|trusted| *trusted == query);
                if is_trusted { Ok(query) } else { Err(Error::PersistedQueryNotSupported) }
            }
            (Self::Any, _, Some(_)) => Err(Error::PersistedQueryNotSupported),
            (_, Some(query), None) => Ok(query),
            (Self::Remembered(cache), None, Some(id)) => {
                let found = cache.get(&read_hash(&id)?);
                found.map(|document| document.to_string()).ok_or(Error::PersistedQueryNotFound)
            }
            (Self::Remembered(_), Some(query), Some(id)) => {
                if read_hash(&id)? == hash_of(&query) {
                    Ok(query)
                } else {
                    Err(Error::input("extensions", "The hash is not that of the query."))
                }
            }
        }
    }

    /// Remembers a document that came with its hash and passed every limit.
    pub(super) fn remember(&self, query: &str) {
        if let Self::Remembered(cache) = self {
            cache.insert(hash_of(query), query.into());
        }
    }
}

fn hash_of(query: &str) -> Hash {
    Sha256::digest(query.as_bytes()).into()
}

fn read_hash(id: &str) -> Result<Hash, Error> {
    let hexadecimal = id.strip_prefix("sha256:").unwrap_or(id);
    let bytes = HEXLOWER_PERMISSIVE.decode(hexadecimal.as_bytes()).ok();
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or(Error::PersistedQueryNotFound)
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::*;

    fn remembered() -> Documents {
        Documents::Remembered(Cache::with_weighter(10, MAX_BYTES, Bytes))
    }

    fn named(query: Option<&str>, id: Option<&str>) -> NamedDocument {
        NamedDocument { query: query.map(str::to_owned), id: id.map(str::to_owned) }
    }

    #[test]
    fn a_document_is_found_by_its_hash_once_it_was_sent_with_it() {
        let documents = remembered();
        let hash = HEXLOWER.encode(&hash_of("{ a }"));
        assert!(matches!(documents.find(named(None, Some(&hash))), Err(Error::PersistedQueryNotFound)));
        assert_eq!(documents.find(named(Some("{ a }"), Some(&hash))).unwrap(), "{ a }");
        documents.remember("{ a }");
        for id in [hash.clone(), hash.to_uppercase(), format!("sha256:{hash}")] {
            assert_eq!(documents.find(named(None, Some(&id))).unwrap(), "{ a }", "{id}");
        }
        assert!(matches!(documents.find(named(Some("{ b }"), Some(&hash))), Err(Error::Input { .. })));
        assert!(matches!(documents.find(named(None, Some("x"))), Err(Error::PersistedQueryNotFound)));
        assert_eq!(documents.find(named(Some("{ b }"), None)).unwrap(), "{ b }");
    }

    #[test]
    fn only_so_much_is_remembered() {
        let documents = remembered();
        let queries: Vec<String> = (0..100).map(|n| format!("{{ a{n} {} }}", "b ".repeat(1 << 20))).collect();
        queries.iter().for_each(|query| documents.remember(query));
        let Documents::Remembered(cache) = &documents else { panic!("it remembers") };
        assert!(cache.weight() <= MAX_BYTES, "{}", cache.weight());
    }

    #[test]
    fn nothing_but_trusted_documents_runs() {
        let documents = Documents::Trusted { by_id: [("one".to_owned(), "{ a }".to_owned())].into() };
        assert_eq!(documents.find(named(None, Some("one"))).unwrap(), "{ a }");
        assert_eq!(documents.find(named(Some("{ a }"), None)).unwrap(), "{ a }");
        assert_eq!(documents.find(named(Some("{ a }"), Some("two"))).unwrap(), "{ a }");
        assert!(matches!(documents.find(named(None, Some("two"))), Err(Error::PersistedQueryNotFound)));
        assert!(matches!(documents.find(named(Some("{ b }"), None)), Err(Error::PersistedQueryNotSupported)));
        assert!(matches!(documents.find(named(Some("{ b }"), Some("one"))), Err(Error::PersistedQueryNotSupported)));
    }

    #[test]
    fn hashes_are_refused_where_nothing_is_remembered() {
        assert!(matches!(Documents::Any.find(named(Some("{ a }"), Some("x"))), Err(Error::PersistedQueryNotSupported)));
        assert_eq!(Documents::Any.find(named(Some("{ a }"), None)).unwrap(), "{ a }");
        assert!(matches!(Documents::Any.find(named(None, None)), Err(Error::Input { field: "query", .. })));
    }
}
