//! How much one operation may ask for, found out before anything expands it.
//!
//! The library's own limits walk every fragment spread again, so a document of two kilobytes whose fragments spread one
//! another could keep a core busy for ever. Here each fragment is counted once; what the library then counts is bounded.

use std::collections::HashMap;

use async_graphql::Positioned;
use async_graphql::parser::types::{Directive, ExecutableDocument, Selection, SelectionSet};

use super::tokens::count_tokens;
use crate::services::{Error, Services};

/// The deepest nesting that the library looks at, fragments included; its own default.
const MAX_RECURSION: usize = 32;
/// The deepest nesting that is counted; the parser itself stops at 64.
const MAX_DEPTH: u32 = 64;

/// How much one operation may ask for, as `[graphql]` says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    bytes: usize,
    tokens: usize,
    fields: usize,
    roots: usize,
    aliases: usize,
    directives: usize,
    /// Levels of nesting; the library counts them.
    pub(super) depth: usize,
    /// Fields, those of a list's items as often as the page has items; the library counts them.
    pub(super) complexity: usize,
}

impl Limits {
    pub(super) fn of(services: &Services) -> Self {
        let config = &services.config().graphql;
        Self {
            bytes: config.max_query_bytes,
            tokens: config.max_tokens,
            fields: config.max_fields,
            roots: config.max_root_fields,
            aliases: config.max_aliases,
            directives: config.max_directives,
            depth: config.max_depth,
            complexity: config.max_complexity,
        }
    }

    /// Which limit the library says was passed.
    pub(super) fn passed(&self, message: &str) -> Option<usize> {
        match message {
            "Query is too complex." => Some(self.complexity),
            "Query is nested too deep." => Some(self.depth),
            _ => message.starts_with("The recursion depth").then_some(MAX_RECURSION),
        }
    }

    /// Refuses a text that is too long to be parsed.
    pub(super) fn check_text(&self, query: &str) -> Result<(), Error> {
        at_most("bytes", query.len() as u64, self.bytes)?;
        at_most("tokens", count_tokens(query, self.tokens) as u64, self.tokens)
    }

    /// Refuses a document that selects more than it may.
    pub(super) fn check_document(&self, document: &ExecutableDocument) -> Result<(), Error> {
        let counter = Counter::count(document);
        at_most("fields", counter.total.fields, self.fields)?;
        at_most("fields at the root", counter.total.roots, self.roots)?;
        at_most("aliases", counter.total.aliases, self.aliases)?;
        at_most("directives in one place", counter.most_directives, self.directives)
    }
}

fn at_most(of: &'static str, count: u64, limit: usize) -> Result<(), Error> {
    if count > limit as u64 { Err(Error::TooComplex { of, limit }) } else { Ok(()) }
}

/// How much a selection stands for, its fragments expanded; `u64::MAX` for more than can be counted, and for fragments that
/// spread themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    /// Fields, and fragments that are spread.
    fields: u64,
    aliases: u64,
    /// Fields of the outermost level.
    roots: u64,
}

impl Counts {
    const ENDLESS: Self = Self { fields: u64::MAX, aliases: u64::MAX, roots: u64::MAX };

    fn and(self, other: Self) -> Self {
        Self {
            fields: self.fields.saturating_add(other.fields),
            aliases: self.aliases.saturating_add(other.aliases),
            roots: self.roots.saturating_add(other.roots),
        }
    }
}

struct Counter<'a> {
    document: &'a ExecutableDocument,
    fragments: HashMap<&'a str, Counts>,
    total: Counts,
    most_directives: u64,
}

impl<'a> Counter<'a> {
    fn count(document: &'a ExecutableDocument) -> Self {
        let mut counter = Self { document, fragments: HashMap::new(), total: Counts::default(), most_directives: 0 };
        for (_, operation) in document.operations.iter() {
            counter.look_at(&operation.node.directives);
            let counts = counter.counts_of(&operation.node.selection_set.node, 0);
            counter.total = counter.total.and(counts);
        }
        counter
    }

    fn look_at(&mut self, directives: &[Positioned<Directive>]) {
        self.most_directives = self.most_directives.max(directives.len() as u64);
    }

    fn counts_of(&mut self, selection: &'a SelectionSet, depth: u32) -> Counts {
        if depth > MAX_DEPTH {
            return Counts::ENDLESS;
        }
        let spread = Counts { fields: 1, ..Counts::default() };
        let mut total = Counts::default();
        for item in &selection.items {
            self.look_at(item.node.directives());
            let counts = match &item.node {
                Selection::Field(field) => {
                    let inner = self.counts_of(&field.node.selection_set.node, depth + 1);
                    let itself = Counts { fields: 1, aliases: u64::from(field.node.alias.is_some()), roots: 1 };
                    itself.and(Counts { roots: 0, ..inner })
                }
                Selection::InlineFragment(inline) => {
                    spread.and(self.counts_of(&inline.node.selection_set.node, depth + 1))
                }
                Selection::FragmentSpread(it) => {
                    spread.and(self.counts_of_fragment(it.node.fragment_name.node.as_str(), depth + 1))
                }
            };
            total = total.and(counts);
        }
        total
    }

    fn counts_of_fragment(&mut self, name: &'a str, depth: u32) -> Counts {
        if let Some(counts) = self.fragments.get(name) {
            return *counts;
        }
        let Some(fragment) = self.document.fragments.get(name) else { return Counts::default() };
        // Until it is counted, a fragment that spreads itself is too much.
        self.fragments.insert(name, Counts::ENDLESS);
        self.look_at(&fragment.node.directives);
        let counts = self.counts_of(&fragment.node.selection_set.node, depth);
        self.fragments.insert(name, counts);
        counts
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::{Counter, Counts};

    fn counts(document: &str) -> (u64, u64, u64) {
        let Counts { fields, aliases, roots } = Counter::count(&parse_query(document).unwrap()).total;
        (fields, aliases, roots)
    }

    #[test]
    fn fragments_count_wherever_they_are_spread() {
        for (document, wanted) in [
            ("{ a b { c } }", (3, 0, 2)),
            ("{ x: a y: b { z: c } }", (3, 3, 2)),
            ("{ ... on Query { a } }", (2, 0, 1)),
            ("{ ...F ...F } fragment F on Query { x: a b { c } }", (8, 2, 4)),
            ("{ ...Nothing ...Nothing }", (2, 0, 0)),
            ("query A { a } query B { b }", (2, 0, 2)),
        ] {
            assert_eq!(counts(document), wanted, "{document}");
        }
    }

    #[test]
    fn directives_are_found_in_every_place() {
        for (document, most) in [
            ("{ a }", 0),
            ("query @x @y { a }", 2),
            ("{ a @x @y @z }", 3),
            ("{ a { ... @x @y { b } } }", 2),
            ("{ ...F @x } fragment F on Query @x @y @z { a }", 3),
        ] {
            assert_eq!(Counter::count(&parse_query(document).unwrap()).most_directives, most, "{document}");
        }
    }

    #[test]
    fn doubling_fragments_and_circles_end_at_once() {
        let mut document = "{ ...F0 }".to_owned();
        for level in 0..40 {
            document += &format!(" fragment F{level} on Query {{ ...F{0} ...F{0} ...F{0} ...F{0} }}", level + 1);
        }
        document += " fragment F40 on Query { a }";
        assert!(counts(&document).0 > 1 << 60);
        assert_eq!(counts("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }").0, u64::MAX);
    }
}
