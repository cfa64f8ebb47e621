//! Pages of lists, in the way of the Relay cursor connections specification.

/// The page size where none is asked for.
pub const DEFAULT_PAGE_SIZE: usize = 20;
/// The largest page.
pub const MAX_PAGE_SIZE: usize = 100;

/// Which way a page grows from its cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// `first` items behind `after`.
    Forward,
    /// `last` items before `before`.
    Backward,
}

/// A page that a caller asks for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageRequest {
    /// Which way.
    pub direction: Direction,
    /// 1 to 100.
    pub size: usize,
    /// The sealed cursor to go on from.
    pub cursor: Option<String>,
}

impl PageRequest {
    /// Reads the four arguments of a connection whose pages have `max_size` items at most.
    ///
    /// # Errors
    /// The name of the argument that is out of place, and a sentence about it.
    pub fn parse(
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        max_size: usize,
    ) -> Result<Self, (&'static str, String)> {
        let misplaced = |field, message: &str| Err((field, message.to_owned()));
        if last.is_none() && before.is_some() {
            return misplaced("before", "`before` goes with `last`.");
        }
        let (direction, asked, field, cursor) = match (first, last) {
            (Some(_), Some(_)) => return misplaced("last", "Ask for the first or for the last items, not for both."),
            (None, Some(size)) if after.is_none() => (Direction::Backward, Some(size), "last", before),
            (None, Some(_)) => return misplaced("after", "`after` goes with `first`."),
            (size, None) => (Direction::Forward, size, "first", after),
        };
        let size = match asked {
            None => DEFAULT_PAGE_SIZE.min(max_size),
            Some(size) => usize::try_from(size)
                .ok()
                .filter(|size| (1..=max_size).contains(size))
                .ok_or_else(|| (field, format!("A page has 1 to {max_size} items.")))?,
        };
        Ok(Self { direction, size, cursor })
    }
}

/// A page of items, each with the cursor that stands for it.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The items in the order of the list, whichever way the page was asked for.
    pub items: Vec<(String, T)>,
    /// Whether there are items behind the last one.
    pub has_next: bool,
    /// Whether there are items before the first one.
    pub has_previous: bool,
    /// Where a capped scan stopped, when that is not the last item.
    pub resume_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A page of nothing.
    pub fn empty() -> Self {
        Self { items: Vec::new(), has_next: false, has_previous: false, resume_cursor: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read() {
        let page = PageRequest::parse(None, None, None, None, MAX_PAGE_SIZE);
        assert_eq!(page, Ok(PageRequest { direction: Direction::Forward, size: 20, cursor: None }));
        let page = PageRequest::parse(None, None, Some(3), Some("c".into()), MAX_PAGE_SIZE);
        assert_eq!(page, Ok(PageRequest { direction: Direction::Backward, size: 3, cursor: Some("c".into()) }));
    }

    #[test]
    fn what_is_out_of_place_is_named() {
        assert_eq!(PageRequest::parse(None, None, None, None, 5).map(|page| page.size), Ok(5));
        let cursor = || Some("c".to_owned());
        for (result, field) in [
            (PageRequest::parse(Some(0), None, None, None, MAX_PAGE_SIZE), "first"),
            (PageRequest::parse(Some(-1), None, None, None, MAX_PAGE_SIZE), "first"),
            (PageRequest::parse(Some(101), None, None, None, MAX_PAGE_SIZE), "first"),
            (PageRequest::parse(None, None, Some(i32::MAX), None, MAX_PAGE_SIZE), "last"),
            (PageRequest::parse(Some(1), None, Some(1), None, MAX_PAGE_SIZE), "last"),
            (PageRequest::parse(None, None, None, cursor(), MAX_PAGE_SIZE), "before"),
            (PageRequest::parse(Some(1), None, None, cursor(), MAX_PAGE_SIZE), "before"),
            (PageRequest::parse(None, cursor(), Some(1), None, MAX_PAGE_SIZE), "after"),
        ] {
            assert_eq!(result.map_err(|(field, _)| field), Err(field));
        }
    }
}
