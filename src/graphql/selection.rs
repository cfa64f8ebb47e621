//! How much a document selects, found out before anything expands it.
//!
//! The library's own limits walk every fragment spread again, so a document of two kilobytes whose fragments spread one
//! another could keep a core busy for ever. Here each fragment is counted once.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

/// The deepest nesting that is counted; the parser itself stops at 64.
const MAX_DEPTH: u32 = 64;

/// How many fields the operations of a document select, fragments expanded; `u64::MAX` for more than can be counted, and for
/// fragments that spread themselves.
pub(super) fn selected_fields(document: &ExecutableDocument) -> u64 {
    let mut counted = HashMap::new();
    let operations = document.operations.iter();
    operations
        .map(|(_, operation)| fields_of(document, &operation.node.selection_set.node, &mut counted, 0))
        .fold(0, u64::saturating_add)
}

fn fields_of<'a>(
    document: &'a ExecutableDocument,
    selection: &'a SelectionSet,
    counted: &mut HashMap<&'a str, u64>,
    depth: u32,
) -> u64 {
    if depth > MAX_DEPTH {
        return u64::MAX;
    }
    let fields = selection.items.iter().map(|item| match &item.node {
        Selection::Field(field) => {
            fields_of(document, &field.node.selection_set.node, counted, depth + 1).saturating_add(1)
        }
        Selection::InlineFragment(inline) => {
            fields_of(document, &inline.node.selection_set.node, counted, depth + 1).saturating_add(1)
        }
        Selection::FragmentSpread(spread) => {
            let name = spread.node.fragment_name.node.as_str();
            if let Some(fields) = counted.get(name) {
                return *fields;
            }
            // Until it is counted, a fragment that spreads itself is too much.
            counted.insert(name, u64::MAX);
            let fragment = document.fragments.get(name);
            let fields = fragment.map_or(1, |fragment| {
                fields_of(document, &fragment.node.selection_set.node, counted, depth + 1).saturating_add(1)
            });
            counted.insert(name, fields);
            fields
        }
    });
    fields.fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::selected_fields;

    #[test]
    fn fragments_count_wherever_they_are_spread() {
        for (document, fields) in [
            ("{ a b { c } }", 3),
            ("{ ... on Query { a } }", 2),
            ("{ ...F ...F } fragment F on Query { a b }", 6),
            ("query A { a } query B { b }", 2),
        ] {
            assert_eq!(selected_fields(&parse_query(document).unwrap()), fields, "{document}");
        }
    }

    #[test]
    fn doubling_fragments_and_circles_end_at_once() {
        let mut document = "{ ...F0 }".to_owned();
        for level in 0..40 {
            document += &format!(" fragment F{level} on Query {{ ...F{0} ...F{0} ...F{0} ...F{0} }}", level + 1);
        }
        document += " fragment F40 on Query { a }";
        assert!(selected_fields(&parse_query(&document).unwrap()) > 1 << 60);
        let circle = parse_query("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }").unwrap();
        assert_eq!(selected_fields(&circle), u64::MAX);
    }
}
