//! A reader that cannot be made to read more than was set aside for it, and fields that cannot be read out of bounds.

use std::io::{Read, Seek, SeekFrom};

use super::Refusal;

/// Reads pieces of a file by position, within its size and within a budget.
///
/// Whatever a record in the file lies about, the sum of what is read stays within the budget.
pub(super) struct BudgetedReader<R> {
    reader: R,
    size_bytes: u64,
    budget_bytes: u64,
    /// Where the reader stands, so that reading on needs no seek; unknown before the first read and after a failure.
    position: Option<u64>,
}

impl<R: Read + Seek> BudgetedReader<R> {
    /// A reader of a file of `size_bytes`, of which at most `budget_bytes` are read, counting each as often as read.
    pub(super) fn new(reader: R, size_bytes: u64, budget_bytes: u64) -> Self {
        Self { reader, size_bytes, budget_bytes, position: None }
    }

    /// The size of the file.
    pub(super) fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// The `length` bytes at `offset`.
    ///
    /// # Errors
    ///
    /// [`Refusal::Incomplete`] when they are not all within the file, [`Refusal::TooCostly`] when the budget does not
    /// hold them, [`Refusal::Unreadable`] when the reader fails.
    pub(super) fn read_at(&mut self, offset: u64, length: u64) -> Result<Vec<u8>, Refusal> {
        let end = offset.checked_add(length).filter(|end| *end <= self.size_bytes).ok_or(Refusal::Incomplete)?;
        self.budget_bytes = self.budget_bytes.checked_sub(length).ok_or(Refusal::TooCostly)?;
        let mut bytes = vec![0; usize::try_from(length).map_err(|_| Refusal::TooCostly)?];

        let stands_at = self.position.take();
        if stands_at != Some(offset) {
            self.reader.seek(SeekFrom::Start(offset)).map_err(Refusal::Unreadable)?;
        }
        self.reader.read_exact(&mut bytes).map_err(Refusal::Unreadable)?;
        self.position = Some(end);
        Ok(bytes)
    }
}

/// The `N` bytes at `at`, or nothing when they are not all there.
fn array_at<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

/// The 16-bit number at `at`, low byte first, as all numbers of a ZIP archive are (APPNOTE 4.4.1.1).
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    array_at(bytes, at).map(u16::from_le_bytes)
}

/// The 32-bit number at `at`, low byte first.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    array_at(bytes, at).map(u32::from_le_bytes)
}

/// The 64-bit number at `at`, low byte first.
pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    array_at(bytes, at).map(u64::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn pieces_are_read_in_any_order_and_the_budget_counts_each() {
        let mut reader = BudgetedReader::new(Cursor::new(b"0123456789".to_vec()), 10, 8);
        assert_eq!(reader.read_at(4, 3).unwrap(), b"456");
        assert_eq!(reader.read_at(7, 2).unwrap(), b"78");
        assert_eq!(reader.read_at(0, 2).unwrap(), b"01");
        assert!(matches!(reader.read_at(0, 2), Err(Refusal::TooCostly)));
        assert_eq!(reader.read_at(9, 1).unwrap(), b"9");
    }

    #[test]
    fn what_is_beyond_the_file_is_a_fault_of_the_document() {
        let mut reader = BudgetedReader::new(Cursor::new(b"0123456789".to_vec()), 10, u64::MAX);
        assert!(matches!(reader.read_at(8, 3), Err(Refusal::Incomplete)));
        assert!(matches!(reader.read_at(u64::MAX, 2), Err(Refusal::Incomplete)));
        assert_eq!(reader.read_at(10, 0).unwrap(), b"");
    }

    #[test]
    fn a_file_shorter_than_was_said_is_a_fault_of_the_storage() {
        let mut reader = BudgetedReader::new(Cursor::new(b"0123".to_vec()), 10, 100);
        assert!(matches!(reader.read_at(2, 4), Err(Refusal::Unreadable(_))));
        assert_eq!(reader.read_at(0, 1).unwrap(), b"0");
    }

    #[test]
    fn numbers_are_little_endian_and_out_of_bounds_is_nothing() {
        let bytes = [1, 2, 3, 4, 5, 6, 7, 8];
        assert_eq!(u16_at(&bytes, 6), Some(0x0807));
        assert_eq!(u32_at(&bytes, 0), Some(0x0403_0201));
        assert_eq!(u64_at(&bytes, 0), Some(0x0807_0605_0403_0201));
        assert_eq!(u16_at(&bytes, 7), None);
        assert_eq!(u32_at(&bytes, usize::MAX), None);
        assert_eq!(u64_at(&bytes, 1), None);
    }
}
