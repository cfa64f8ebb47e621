//! Checks that every entry is where the directory says, is what the directory says, and is alone there.
//!
//! A reader that streams goes by the local headers (APPNOTE 4.3.7), one that seeks by the directory. Where the two
//! differ, a document is two documents: one that was checked and one that is opened.

use std::io::{Read, Seek};

use super::central_directory::{ListedEntry, Method, flags, zip64_local_sizes};
use super::read_budget::{BudgetedReader, u16_at, u32_at};
use super::{Refusal, limits};

/// How a local header starts.
pub(super) const SIGNATURE: u32 = 0x0403_4b50;

/// How long a local header is without name and extra fields, in bytes.
pub(super) const HEADER_BYTES: usize = 30;

/// An entry whose local header agrees with the directory.
#[derive(Debug)]
pub(super) struct Entry {
    /// What the directory says.
    pub(super) listed: ListedEntry,
    /// Where the data is in the file; all of it is.
    pub(super) data_offset: u64,
}

/// A local header's fixed fields.
pub(super) struct LocalHeader {
    /// See [`flags`].
    pub(super) flags: u16,
    /// The number of the method, which may be unknown.
    pub(super) method: u16,
    checksum: u32,
    packed_bytes: u32,
    inflated_bytes: u32,
    /// The length of the name that follows, in bytes.
    pub(super) name_bytes: u16,
    /// The length of the extra fields that follow the name, in bytes.
    pub(super) extra_bytes: u16,
}

impl LocalHeader {
    /// Reads the fields; nothing when this is no local header.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        if u32_at(bytes, 0)? != SIGNATURE {
            return None;
        }
        Some(Self {
            flags: u16_at(bytes, 6)?,
            method: u16_at(bytes, 8)?,
            checksum: u32_at(bytes, 14)?,
            packed_bytes: u32_at(bytes, 18)?,
            inflated_bytes: u32_at(bytes, 22)?,
            name_bytes: u16_at(bytes, 26)?,
            extra_bytes: u16_at(bytes, 28)?,
        })
    }
}

/// Checks every entry, from the first in the file to the last, and gives them in that order.
///
/// # Errors
///
/// [`Refusal::PrependedData`] when the first one is not at the start of the file, [`Refusal::OverlappingEntries`],
/// [`Refusal::LocalHeaderMismatch`], [`Refusal::EncryptedEntry`], and those of [`BudgetedReader::read_at`].
pub(super) fn verify<R: Read + Seek>(
    reader: &mut BudgetedReader<R>,
    mut listed: Vec<ListedEntry>,
    directory_offset: u64,
) -> Result<Vec<Entry>, Refusal> {
    listed.sort_by_key(|entry| entry.header_offset);
    if listed.first().is_some_and(|first| first.header_offset != 0) {
        return Err(Refusal::PrependedData);
    }
    let mut free_from = 0;
    let mut entries = Vec::with_capacity(listed.len());
    for listed in listed {
        if listed.header_offset < free_from {
            return Err(Refusal::OverlappingEntries);
        }
        let data_offset = verify_one(reader, &listed, directory_offset)?;
        free_from = data_offset.checked_add(listed.packed_bytes).ok_or(Refusal::OverlappingEntries)?;
        if free_from > directory_offset {
            return Err(Refusal::OverlappingEntries);
        }
        entries.push(Entry { listed, data_offset });
    }
    Ok(entries)
}

/// Where the entry's data is.
fn verify_one<R: Read + Seek>(
    reader: &mut BudgetedReader<R>,
    listed: &ListedEntry,
    directory_offset: u64,
) -> Result<u64, Refusal> {
    let name_offset = listed.header_offset.checked_add(HEADER_BYTES as u64).ok_or(Refusal::OverlappingEntries)?;
    if name_offset > directory_offset {
        return Err(Refusal::OverlappingEntries);
    }
    let header = LocalHeader::parse(&reader.read_at(listed.header_offset, HEADER_BYTES as u64)?);
    let header = header.ok_or(Refusal::LocalHeaderMismatch)?;
    if header.flags & flags::ENCRYPTED != 0 {
        return Err(Refusal::EncryptedEntry);
    }
    if !is_same_identity(&header, listed) {
        return Err(Refusal::LocalHeaderMismatch);
    }
    let name = reader.read_at(name_offset, u64::from(header.name_bytes))?;
    if *name != *listed.name {
        return Err(Refusal::LocalHeaderMismatch);
    }
    let extra_offset = name_offset + u64::from(header.name_bytes);
    let extra_bytes = u64::from(header.extra_bytes);
    // Office pads this field by hundreds of bytes: it is read only where it counts.
    let extra = if header.packed_bytes == u32::MAX || header.inflated_bytes == u32::MAX {
        reader.read_at(extra_offset, extra_bytes.min(limits::LOCAL_EXTRA_BYTES))?
    } else {
        Vec::new()
    };
    if !is_same_size(&header, &extra, listed) {
        return Err(Refusal::LocalHeaderMismatch);
    }
    Ok(extra_offset + extra_bytes)
}

fn is_same_identity(header: &LocalHeader, listed: &ListedEntry) -> bool {
    let flags_differ = header.flags ^ listed.flags;
    Method::from_number(header.method) == Some(listed.method)
        && usize::from(header.name_bytes) == listed.name.len()
        && flags_differ & flags::PATCH == 0
        && (flags_differ & flags::UTF8 == 0 || listed.name.is_ascii())
}

fn is_same_size(header: &LocalHeader, extra: &[u8], listed: &ListedEntry) -> bool {
    let follows_the_data = header.flags & flags::DATA_DESCRIPTOR != 0;
    let wide = zip64_local_sizes(extra);
    let agrees = |narrow: u32, wide: Option<u64>, listed: u64| {
        let local = if narrow == u32::MAX { wide } else { Some(u64::from(narrow)) };
        match local {
            Some(0) if follows_the_data => true,
            Some(local) => local == listed,
            // Without the wide number, "saturated" says no more than "see after the data".
            None => follows_the_data,
        }
    };
    agrees(header.inflated_bytes, wide.map(|sizes| sizes.0), listed.inflated_bytes)
        && agrees(header.packed_bytes, wide.map(|sizes| sizes.1), listed.packed_bytes)
        && (header.checksum == listed.checksum || (follows_the_data && header.checksum == 0))
}
