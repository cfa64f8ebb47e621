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

    let (declared, directory_end) = declared(reader, &tail, end_at, end_offset).transpose()?.ok_or(DAMAGED)?;
    if declared.entries > limits::ENTRIES {
        return Err(Refusal::TooManyEntries);
    }
    if declared.size_bytes > limits::DIRECTORY_BYTES {
        return Err(Refusal::DirectoryTooLong);
    }
    let real_offset = directory_end.checked_sub(declared.size_bytes).ok_or(DAMAGED)?;
    if real_offset > declared.offset {
        return Err(Refusal::PrependedData);
    }
    if real_offset < declared.offset {
        return Err(DAMAGED);
    }
    if declared.entries == 0 {
        return Err(Refusal::PlainZip);
    }
    Ok(declared)
}

const DAMAGED: Refusal = Refusal::DirectoryDamaged;

/// Where in the tail the end record is.
fn find_end(tail: &[u8]) -> Result<usize, Refusal> {
    let reaches_the_end = |at: &usize| {
        u16_at(tail, at + END_BYTES - 2).is_some_and(|comment| at + END_BYTES + usize::from(comment) == tail.len())
    };
    let is_signature = |at: &usize| tail.get(*at..).is_some_and(|rest| rest.starts_with(END_SIGNATURE));
    let signatures = || (0..tail.len()).rev().filter(is_signature);

    let mut fitting = signatures().filter(reaches_the_end);
    match (fitting.next(), fitting.next()) {
        (Some(at), None) => Ok(at),
        // Two readers could each take another one for the end, and see two different documents.
        (Some(_), Some(_)) => Err(DAMAGED),
        (None, _) if signatures().any(|at| tail.len() - at >= END_BYTES) => Err(trailing_or_cut(tail, signatures())),
        (None, _) => Err(Refusal::Incomplete),
    }
}

/// Tells a comment that was cut off from something that follows the end.
fn trailing_or_cut(tail: &[u8], mut signatures: impl Iterator<Item = usize>) -> Refusal {
    let is_short = signatures.next().is_some_and(|at| {
        u16_at(tail, at + END_BYTES - 2).is_none_or(|comment| at + END_BYTES + usize::from(comment) > tail.len())
    });
    if is_short { Refusal::Incomplete } else { Refusal::TrailingData }
}

/// What the records say, and where the directory has to end; nothing when a field is missing.
fn declared<R: Read + Seek>(
    reader: &mut BudgetedReader<R>,
    tail: &[u8],
    end_at: usize,
    end_offset: u64,
) -> Option<Result<(DirectoryLocation, u64), Refusal>> {
    let end = tail.get(end_at..)?;
    let disks = [u16_at(end, 4)?, u16_at(end, 6)?];
    let (on_this_disk, entries) = (u16_at(end, 8)?, u16_at(end, 10)?);
    let (size_bytes, offset) = (u32_at(end, 12)?, u32_at(end, 16)?);

    let locator = end_at.checked_sub(LOCATOR_BYTES).and_then(|at| tail.get(at..end_at));
    let Some(locator) = locator.filter(|bytes| u32_at(bytes, 0) == Some(LOCATOR_SIGNATURE)) else {
        let is_whole = disks == [0, 0]
            && on_this_disk == entries
            && entries != u16::MAX
            && size_bytes != u32::MAX
            && offset != u32::MAX;
        let here = DirectoryLocation {
            offset: u64::from(offset),
            size_bytes: u64::from(size_bytes),
            entries: u64::from(entries),
        };
        // A saturated number stands for a Zip64 record; there is none.
        return Some(if is_whole { Ok((here, end_offset)) } else { Err(DAMAGED) });
    };

    let zip64_offset = u64_at(locator, 8)?;
    let (disk, disk_count) = (u32_at(locator, 4)?, u32_at(locator, 16)?);
    let locator_offset = end_offset.checked_sub(LOCATOR_BYTES as u64)?;
    let zip64 = match read_zip64_end(reader, zip64_offset, locator_offset) {
        Ok(zip64) => zip64?,
        Err(refusal) => return Some(Err(refusal)),
    };
    let agrees = disk == 0
        && disk_count <= 1
        && disks.iter().all(|number| matches!(*number, 0 | u16::MAX))
        && (entries == u16::MAX || u64::from(entries) == zip64.entries)
        && (on_this_disk == u16::MAX || u64::from(on_this_disk) == zip64.entries)
        && (size_bytes == u32::MAX || u64::from(size_bytes) == zip64.size_bytes)
        && (offset == u32::MAX || u64::from(offset) == zip64.offset);
    Some(if agrees { Ok((zip64, zip64_offset)) } else { Err(DAMAGED) })
}

/// What the Zip64 end record says; nothing when it is not one, or does not end where the locator starts.
fn read_zip64_end<R: Read + Seek>(
    reader: &mut BudgetedReader<R>,
    offset: u64,
    locator_offset: u64,
) -> Result<Option<DirectoryLocation>, Refusal> {
    let Some(length) = locator_offset.checked_sub(offset).filter(|length| *length >= ZIP64_END_BYTES) else {
        return Ok(None);
    };
    let record = reader.read_at(offset, ZIP64_END_BYTES)?;
    let is_sound = u32_at(&record, 0) == Some(ZIP64_END_SIGNATURE)
        && u64_at(&record, 4) == length.checked_sub(ZIP64_END_UNCOUNTED_BYTES)
        && u64_at(&record, 16) == Some(0)
        && u64_at(&record, 24) == u64_at(&record, 32);
    let fields = (u64_at(&record, 32), u64_at(&record, 40), u64_at(&record, 48));
    let (Some(entries), Some(size_bytes), Some(offset)) = fields else { return Ok(None) };
    Ok(is_sound.then_some(DirectoryLocation { offset, size_bytes, entries }))
}
