//! Finds the central directory from the end of the archive.
//!
//! The end record (APPNOTE 4.3.16) has to be the last thing in the file, its comment included. With Zip64 a locator
//! (4.3.15) comes right before it, and a record with 64-bit numbers (4.3.14) right before that. The directory has to
//! end where these records start.

use std::io::{Read, Seek};

use super::read_budget::{BudgetedReader, u16_at, u32_at, u64_at};
use super::{Refusal, limits};

const END_SIGNATURE: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;
const LOCATOR_SIGNATURE: u32 = 0x0706_4b50;
const LOCATOR_BYTES: usize = 20;
const ZIP64_END_SIGNATURE: u32 = 0x0606_4b50;
const ZIP64_END_BYTES: u64 = 56;
/// What "the size of this record" leaves out: the signature and itself.
const ZIP64_END_UNCOUNTED_BYTES: u64 = 12;

/// Where the central directory is, and how many entries it should list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct DirectoryLocation {
    /// Its first byte's position in the file.
    pub(super) offset: u64,
    /// Its length; at most [`limits::DIRECTORY_BYTES`].
    pub(super) size_bytes: u64,
    /// How many entries it lists; at most [`limits::ENTRIES`].
    pub(super) entries: u64,
}

/// The end record, with what Zip64 leaves to its own record saturated.
struct EndRecord {
    disks: [u16; 2],
    entries_on_this_disk: u16,
    entries: u16,
    size_bytes: u32,
    offset: u32,
}

/// Finds the directory, and checks that the records at the end agree with one another and with the file.
///
/// # Errors
///
/// [`Refusal::Incomplete`] without an end record, [`Refusal::TrailingData`], [`Refusal::PrependedData`],
/// [`Refusal::DirectoryDamaged`], [`Refusal::TooManyEntries`], [`Refusal::DirectoryTooLong`], [`Refusal::PlainZip`] for
/// an empty archive, and those of [`BudgetedReader::read_at`].
pub(super) fn locate<R: Read + Seek>(reader: &mut BudgetedReader<R>) -> Result<DirectoryLocation, Refusal> {
    let tail_bytes = reader.size_bytes().min((LOCATOR_BYTES + END_BYTES) as u64 + u64::from(u16::MAX));
    let tail_offset = reader.size_bytes() - tail_bytes;
    let tail = reader.read_at(tail_offset, tail_bytes)?;
    let end_at = find_end(&tail)?;
    let end_offset = tail_offset + end_at as u64;
    let end = tail.get(end_at..).and_then(parse_end).ok_or(Refusal::DirectoryDamaged)?;
    let locator = end_at.checked_sub(LOCATOR_BYTES).and_then(|at| tail.get(at..end_at));

    let (location, directory_end) = match locator.filter(|bytes| u32_at(bytes, 0) == Some(LOCATOR_SIGNATURE)) {
        Some(locator) => locate_by_zip64(reader, &end, locator, end_offset - LOCATOR_BYTES as u64)?,
        None => (locate_by_end(&end)?, end_offset),
    };
    if location.entries > limits::ENTRIES {
        return Err(Refusal::TooManyEntries);
    }
    if location.size_bytes > limits::DIRECTORY_BYTES {
        return Err(Refusal::DirectoryTooLong);
    }
    let real_offset = directory_end.checked_sub(location.size_bytes).ok_or(Refusal::DirectoryDamaged)?;
    if real_offset != location.offset {
        let is_pushed_back = real_offset > location.offset;
        return Err(if is_pushed_back { Refusal::PrependedData } else { Refusal::DirectoryDamaged });
    }
    if location.entries == 0 { Err(Refusal::PlainZip) } else { Ok(location) }
}

/// Where in the tail the end record is.
fn find_end(tail: &[u8]) -> Result<usize, Refusal> {
    let end_of_comment = |at: usize| Some(at + END_BYTES + usize::from(u16_at(tail, at + END_BYTES - 2)?));
    let is_signature = |at: &usize| tail.get(*at..).is_some_and(|rest| rest.starts_with(END_SIGNATURE));
    let signatures = || (0..tail.len()).rev().filter(is_signature);

    let mut fitting = signatures().filter(|at| end_of_comment(*at) == Some(tail.len()));
    match (fitting.next(), fitting.next()) {
        (Some(at), None) => Ok(at),
        // Two readers could each take another one for the end, and see two different documents.
        (Some(_), Some(_)) => Err(Refusal::DirectoryDamaged),
        (None, _) => match signatures().next().and_then(end_of_comment) {
            Some(end) if end < tail.len() => Err(Refusal::TrailingData),
            _ => Err(Refusal::Incomplete),
        },
    }
}

fn parse_end(bytes: &[u8]) -> Option<EndRecord> {
    Some(EndRecord {
        disks: [u16_at(bytes, 4)?, u16_at(bytes, 6)?],
        entries_on_this_disk: u16_at(bytes, 8)?,
        entries: u16_at(bytes, 10)?,
        size_bytes: u32_at(bytes, 12)?,
        offset: u32_at(bytes, 16)?,
    })
}

/// What the end record says by itself. A saturated number would stand for a Zip64 record, and there is none.
fn locate_by_end(end: &EndRecord) -> Result<DirectoryLocation, Refusal> {
    let is_whole = end.disks == [0, 0]
        && end.entries_on_this_disk == end.entries
        && end.entries != u16::MAX
        && end.size_bytes != u32::MAX
        && end.offset != u32::MAX;
    if !is_whole {
        return Err(Refusal::DirectoryDamaged);
    }
    Ok(DirectoryLocation {
        offset: u64::from(end.offset),
        size_bytes: u64::from(end.size_bytes),
        entries: u64::from(end.entries),
    })
}

/// What the Zip64 record says, and where it starts. The end record may say the same, or leave it to this one.
fn locate_by_zip64<R: Read + Seek>(
    reader: &mut BudgetedReader<R>,
    end: &EndRecord,
    locator: &[u8],
    locator_offset: u64,
) -> Result<(DirectoryLocation, u64), Refusal> {
    let (Some(0), Some(record_offset), Some(0 | 1)) = (u32_at(locator, 4), u64_at(locator, 8), u32_at(locator, 16))
    else {
        return Err(Refusal::DirectoryDamaged);
    };
    let record_bytes = locator_offset.checked_sub(record_offset).filter(|length| *length >= ZIP64_END_BYTES);
    let record_bytes = record_bytes.ok_or(Refusal::DirectoryDamaged)?;
    let record = reader.read_at(record_offset, ZIP64_END_BYTES)?;
    let location = parse_zip64_end(&record, record_bytes).ok_or(Refusal::DirectoryDamaged)?;

    let says = |saturated: bool, value: u64, whole: u64| saturated || value == whole;
    let agrees = end.disks.iter().all(|disk| matches!(*disk, 0 | u16::MAX))
        && [end.entries, end.entries_on_this_disk]
            .iter()
            .all(|entries| says(*entries == u16::MAX, u64::from(*entries), location.entries))
        && says(end.size_bytes == u32::MAX, u64::from(end.size_bytes), location.size_bytes)
        && says(end.offset == u32::MAX, u64::from(end.offset), location.offset);
    if agrees { Ok((location, record_offset)) } else { Err(Refusal::DirectoryDamaged) }
}

/// The Zip64 record, or nothing when it is not one, is not `record_bytes` long or is one of several disks.
fn parse_zip64_end(record: &[u8], record_bytes: u64) -> Option<DirectoryLocation> {
    let entries = u64_at(record, 32)?;
    let is_sound = u32_at(record, 0)? == ZIP64_END_SIGNATURE
        && u64_at(record, 4)? == record_bytes.checked_sub(ZIP64_END_UNCOUNTED_BYTES)?
        && u64_at(record, 16)? == 0
        && u64_at(record, 24)? == entries;
    is_sound.then_some(DirectoryLocation { entries, size_bytes: u64_at(record, 40)?, offset: u64_at(record, 48)? })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn end(entries: u16, size_bytes: u32, offset: u32, comment: &[u8]) -> Vec<u8> {
        let mut record = END_SIGNATURE.to_vec();
        record.extend([0; 4]);
        record.extend(entries.to_le_bytes().repeat(2));
        record.extend(size_bytes.to_le_bytes());
        record.extend(offset.to_le_bytes());
        record.extend(u16::try_from(comment.len()).unwrap().to_le_bytes());
        record.extend(comment);
        record
    }

    fn zip64(entries: u64, size_bytes: u64, offset: u64, record_offset: u64) -> Vec<u8> {
        let mut record = ZIP64_END_SIGNATURE.to_le_bytes().to_vec();
        record.extend(44_u64.to_le_bytes());
        record.extend([0; 12]);
        record.extend(entries.to_le_bytes().repeat(2));
        record.extend(size_bytes.to_le_bytes());
        record.extend(offset.to_le_bytes());
        record.extend(LOCATOR_SIGNATURE.to_le_bytes());
        record.extend([0; 4]);
        record.extend(record_offset.to_le_bytes());
        record.extend(1_u32.to_le_bytes());
        record
    }

    /// Ten bytes of entries and twenty of directory, and then what is given.
    fn located(rest: &[Vec<u8>]) -> Result<DirectoryLocation, Refusal> {
        let bytes = [vec![0; 30], rest.concat()].concat();
        let size_bytes = bytes.len() as u64;
        locate(&mut BudgetedReader::new(Cursor::new(bytes), size_bytes, u64::MAX))
    }

    const THERE: DirectoryLocation = DirectoryLocation { offset: 10, size_bytes: 20, entries: 3 };

    #[test]
    fn the_directory_is_found_with_and_without_a_comment() {
        assert_eq!(located(&[end(3, 20, 10, b"")]).unwrap(), THERE);
        assert_eq!(located(&[end(3, 20, 10, b"a comment")]).unwrap(), THERE);
        assert_eq!(located(&[end(3, 20, 10, &[b'c'; 65_535])]).unwrap(), THERE);
    }

    #[test]
    fn zip64_is_followed_whether_or_not_the_end_record_says_the_same() {
        assert_eq!(located(&[zip64(3, 20, 10, 30), end(u16::MAX, u32::MAX, u32::MAX, b"")]).unwrap(), THERE);
        assert_eq!(located(&[zip64(3, 20, 10, 30), end(3, 20, 10, b"c")]).unwrap(), THERE);
    }

    #[test]
    fn what_does_not_agree_is_damaged() {
        let saturated = || end(u16::MAX, u32::MAX, u32::MAX, b"");
        for rest in [
            vec![end(3, 20, 11, b"")],
            vec![end(3, 31, 0, b"")],
            vec![saturated()],
            vec![zip64(3, 20, 10, 30), end(2, 20, 10, b"")],
            vec![zip64(3, 20, 11, 30), saturated()],
            vec![zip64(3, 20, 10, 29), saturated()],
            vec![zip64(3, 20, 10, 31), saturated()],
            vec![zip64(3, 20, 10, u64::MAX), saturated()],
            vec![zip64(3, u64::MAX >> 50, u64::MAX, 30), saturated()],
            vec![end(3, 20, 10, &end(3, 20, 32, b""))],
        ] {
            assert!(matches!(located(&rest), Err(Refusal::DirectoryDamaged)), "{rest:?}");
        }
    }

    #[test]
    fn what_comes_before_and_after_is_told_apart() {
        assert!(matches!(located(&[end(3, 20, 9, b"")]), Err(Refusal::PrependedData)));
        assert!(matches!(located(&[end(3, 20, 10, b""), b"x".to_vec()]), Err(Refusal::TrailingData)));
        assert!(matches!(located(&[b"PK\x05\x06 and no more".to_vec()]), Err(Refusal::Incomplete)));
        let cut = end(3, 20, 10, b"a comment");
        assert!(matches!(located(&[cut[..cut.len() - 1].to_vec()]), Err(Refusal::Incomplete)));
        assert!(matches!(located(&[]), Err(Refusal::Incomplete)));
    }

    #[test]
    fn the_limits_hold_before_anything_is_read() {
        assert!(matches!(located(&[end(10_001, 20, 10, b"")]), Err(Refusal::TooManyEntries)));
        assert!(matches!(located(&[end(3, 1_048_577, 10, b"")]), Err(Refusal::DirectoryTooLong)));
        let saturated = || end(u16::MAX, u32::MAX, u32::MAX, b"");
        assert!(matches!(located(&[zip64(u64::MAX, 20, 10, 30), saturated()]), Err(Refusal::TooManyEntries)));
        assert!(matches!(located(&[end(0, 0, 30, b"")]), Err(Refusal::PlainZip)));
    }
}
