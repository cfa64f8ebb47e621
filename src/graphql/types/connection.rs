//! Connections in the way of Relay's specification. The library's own could not say where a capped scan stopped.

use async_graphql::SimpleObject;

/// Where a page stands in its list.
#[derive(SimpleObject, Clone)]
pub(in crate::graphql) struct PageInfo {
    /// Whether there are items behind this page.
    pub(in crate::graphql) has_next_page: bool,
    /// Whether there are items before this page.
    pub(in crate::graphql) has_previous_page: bool,
    /// The cursor of the first item.
    pub(in crate::graphql) start_cursor: Option<String>,
    /// The cursor to go on from: that of the last item or, where a search stopped after reading very many rows, of the last
    /// row it read.
    pub(in crate::graphql) end_cursor: Option<String>,
}

impl PageInfo {
    pub(in crate::graphql) fn of<T>(page: &crate::domain::page::Page<T>, forward: bool) -> Self {
        let first = page.items.first().map(|(cursor, _)| cursor.clone());
        let last = page.items.last().map(|(cursor, _)| cursor.clone());
        let (start_cursor, end_cursor) = match (&page.resume_cursor, forward) {
            (None, _) => (first, last),
            (Some(resume), true) => (first, Some(resume.clone())),
            (Some(resume), false) => (Some(resume.clone()), last),
        };
        Self { has_next_page: page.has_next, has_previous_page: page.has_previous, start_cursor, end_cursor }
    }
}

/// The connection and edge types of a node, with the total that is counted only when it is asked for.
macro_rules! connection {
    ($(#[$doc:meta])* $connection:ident, $(#[$edge_doc:meta])* $edge:ident, $node:ident, $total:ident) => {
        /// See the schema.
        pub(in crate::graphql) struct $connection {
            page: $crate::domain::page::Page<$node>,
            forward: bool,
            total: $total,
        }

        impl $connection {
            pub(in crate::graphql) fn new<T>(
                page: $crate::domain::page::Page<T>,
                request: &$crate::domain::page::PageRequest,
                total: $total,
                node: impl Fn(T) -> $node,
            ) -> Self {
                let items = page.items.into_iter().map(|(cursor, item)| (cursor, node(item))).collect();
                let forward = request.direction == $crate::domain::page::Direction::Forward;
                Self { page: $crate::domain::page::Page {
                    items,
                    has_next: page.has_next,
                    has_previous: page.has_previous,
                    resume_cursor: page.resume_cursor,
                }, forward, total }
            }
        }

        $(#[$doc])*
        #[async_graphql::Object]
        impl $connection {
            /// The items with their cursors.
            async fn edges(&self) -> Vec<$edge> {
                self.page.items.iter().map(|(cursor, node)| $edge { cursor: cursor.clone(), node: node.clone() }).collect()
            }

            /// The items.
            async fn nodes(&self) -> Vec<$node> {
                self.page.items.iter().map(|(_, node)| node.clone()).collect()
            }

            /// Where this page stands in the list.
            async fn page_info(&self) -> $crate::graphql::types::connection::PageInfo {
                $crate::graphql::types::connection::PageInfo::of(&self.page, self.forward)
            }

            /// How many items the whole list has. Under a filter that has to look at very many rows, at least so many.
            async fn total_count(&self, ctx: &async_graphql::Context<'_>) -> async_graphql::Result<i32> {
                Ok($crate::graphql::types::scalar::saturated(self.total.count(ctx).await?))
            }
        }

        $(#[$edge_doc])*
        #[derive(async_graphql::SimpleObject)]
        pub(in crate::graphql) struct $edge {
            /// Stands for this place in the list, for this caller, list, order and filter only.
            cursor: String,
            /// The item.
            node: $node,
        }
    };
}
pub(in crate::graphql) use connection;
