//! Reads the central directory: what the archive says it holds (APPNOTE 4.3.12).

use std::collections::HashSet;
use std::io::{Read, Seek};

use super::directory_end::DirectoryLocation;
use super::read_budget::{BudgetedReader, u16_at, u32_at, u64_at};
use super::{Refusal, entry_name};

const SIGNATURE: u32 = 0x0201_4b50;
const HEADER_BYTES: usize = 46;
/// The extra field with 64-bit sizes (APPNOTE 4.5.3).
const ZIP64_EXTRA: u16 = 0x0001;
/// The extra field that gives an entry another name, after a version and a checksum (APPNOTE 4.6.9).
const UNICODE_PATH_EXTRA: u16 = 0x7075;
const UNICODE_PATH_PREFIX_BYTES: usize = 5;

/// How an entry is packed (APPNOTE 4.4.5); ECMA-376 part 2, annex C, allows these two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    /// Not at all.
    Stored,
    /// With deflate (RFC 1951).
    Deflated,
}

impl Method {
    /// The method with this number, if it is one of the two.
    pub(super) fn from_number(number: u16) -> Option<Self> {
        match number {
            0 => Some(Self::Stored),
            8 => Some(Self::Deflated),
            _ => None,
        }
    }

    /// Its number in a header.
    pub(super) fn number(self) -> u16 {
        match self {
            Self::Stored => 0,
            Self::Deflated => 8,
        }
    }
}

/// The general purpose flags of an entry (APPNOTE 4.4.4) that matter here.
pub(super) mod flags {
    /// Encrypted (bit 0), strongly encrypted (bit 6), or with a masked local header (bit 13).
    pub(in super::super) const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
    /// The checksum and the sizes come after the data.
    pub(in super::super) const DATA_DESCRIPTOR: u16 = 1 << 3;
    /// The data is a patch to something else.
    pub(in super::super) const PATCH: u16 = 1 << 5;
    /// The name is UTF-8.
    pub(in super::super) const UTF8: u16 = 1 << 11;
}

/// An entry as the directory lists it.
#[derive(Debug)]
pub(super) struct ListedEntry {
    /// The name, as its bytes are.
    pub(super) name: Box<[u8]>,
    /// See [`flags`].
    pub(super) flags: u16,
    pub(super) method: Method,
    /// The CRC-32 of the inflated data.
    pub(super) checksum: u32,
    /// How many bytes the data takes in the archive, and how many it declares to inflate to.
    pub(super) packed_bytes: u64,
    pub(super) inflated_bytes: u64,
    /// Where the entry's local header is in the file.
    pub(super) header_offset: u64,
}

/// Reads the directory: exactly as many entries as were promised, in exactly as many bytes.
///
/// # Errors
///
/// [`Refusal::DirectoryDamaged`], [`Refusal::EncryptedEntry`], [`Refusal::UnsupportedCompression`],
/// [`Refusal::UnsafeEntryName`], [`Refusal::DuplicateEntry`], and those of [`BudgetedReader::read_at`].
pub(super) fn read<R: Read + Seek>(
    reader: &mut BudgetedReader<R>,
    location: &DirectoryLocation,
) -> Result<Vec<ListedEntry>, Refusal> {
    let directory = reader.read_at(location.offset, location.size_bytes)?;
    let mut rest = directory.as_slice();
    let (mut entries, mut names) = (Vec::new(), HashSet::new());
    for _ in 0..location.entries {
        let (record, after) = split_record(rest).ok_or(Refusal::DirectoryDamaged)?;
        let entry = judge(&record)?;
        // A folder "word/" and a part "word" are one name to whoever unpacks them.
        let key = entry_name::key(entry.name.strip_suffix(b"/").unwrap_or(&entry.name));
        if !names.insert(key) {
            return Err(Refusal::DuplicateEntry);
        }
        entries.push(entry);
        rest = after;
    }
    if rest.is_empty() { Ok(entries) } else { Err(Refusal::DirectoryDamaged) }
}

/// One entry's header, name and extra fields.
struct Record<'a> {
    header: &'a [u8],
    name: &'a [u8],
    extra: &'a [u8],
}

fn split_record(bytes: &[u8]) -> Option<(Record<'_>, &[u8])> {
    let (header, rest) = bytes.split_at_checked(HEADER_BYTES)?;
    if u32_at(header, 0)? != SIGNATURE {
        return None;
    }
    let (name, rest) = rest.split_at_checked(u16_at(header, 28)?.into())?;
    let (extra, rest) = rest.split_at_checked(u16_at(header, 30)?.into())?;
    let (_comment, rest) = rest.split_at_checked(u16_at(header, 32)?.into())?;
    Some((Record { header, name, extra }, rest))
}

fn judge(record: &Record<'_>) -> Result<ListedEntry, Refusal> {
    let flags = u16_at(record.header, 8).ok_or(Refusal::DirectoryDamaged)?;
    if flags & flags::ENCRYPTED != 0 {
        return Err(Refusal::EncryptedEntry);
    }
    let method = u16_at(record.header, 10).and_then(Method::from_number);
    let method = method.filter(|_| flags & flags::PATCH == 0).ok_or(Refusal::UnsupportedCompression)?;
    entry_name::check(record.name)?;
    let other_name = extra_field(record.extra, UNICODE_PATH_EXTRA);
    if other_name.is_some_and(|field| field.get(UNICODE_PATH_PREFIX_BYTES..) != Some(record.name)) {
        return Err(Refusal::UnsafeEntryName);
    }
    let entry = parse(record, flags, method).ok_or(Refusal::DirectoryDamaged)?;
    let is_folder = entry.name.ends_with(b"/");
    if (method == Method::Stored && entry.packed_bytes != entry.inflated_bytes)
        || (is_folder && entry.inflated_bytes > 0)
    {
        return Err(Refusal::DirectoryDamaged);
    }
    Ok(entry)
}

fn parse(record: &Record<'_>, flags: u16, method: Method) -> Option<ListedEntry> {
    let header = record.header;
    let mut wide = extra_field(record.extra, ZIP64_EXTRA).unwrap_or_default();
    // The field holds the saturated numbers only, and in this order.
    let mut widened = |narrow: u32| -> Option<u64> {
        if narrow != u32::MAX {
            return Some(u64::from(narrow));
        }
        let value = u64_at(wide, 0)?;
        wide = wide.get(8..)?;
        Some(value)
    };
    let inflated_bytes = widened(u32_at(header, 24)?)?;
    let packed_bytes = widened(u32_at(header, 20)?)?;
    let header_offset = widened(u32_at(header, 42)?)?;
    let disk = match u16_at(header, 34)? {
        u16::MAX => u32_at(wide, 0)?,
        disk => u32::from(disk),
    };
    (disk == 0).then_some(ListedEntry {
        name: record.name.into(),
        flags,
        method,
        checksum: u32_at(header, 16)?,
        packed_bytes,
        inflated_bytes,
        header_offset,
    })
}

/// What the first extra field with this id holds (APPNOTE 4.5.1). Padding that is no field ends the search.
pub(super) fn extra_field(mut extra: &[u8], wanted: u16) -> Option<&[u8]> {
    loop {
        let (id, length) = (u16_at(extra, 0)?, usize::from(u16_at(extra, 2)?));
        let (field, rest) = extra.get(4..)?.split_at_checked(length)?;
        if id == wanted {
            return Some(field);
        }
        extra = rest;
    }
}

/// The 64-bit inflated and packed size in a local header's extra fields, which always has both (APPNOTE 4.5.3).
pub(super) fn zip64_local_sizes(extra: &[u8]) -> Option<(u64, u64)> {
    let field = extra_field(extra, ZIP64_EXTRA)?;
    Some((u64_at(field, 0)?, u64_at(field, 8)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extra_field_is_found_behind_others_and_a_cut_one_is_not() {
        let extra = [0x34, 0x12, 2, 0, 9, 9, 0x01, 0, 3, 0, 1, 2, 3, 0];
        assert_eq!(extra_field(&extra, ZIP64_EXTRA), Some(&[1, 2, 3][..]));
        assert_eq!(extra_field(&extra, 0x1234), Some(&[9, 9][..]));
        assert_eq!(extra_field(&extra, 0x4321), None);
        assert_eq!(extra_field(&[1, 0, 4, 0, 1, 2, 3], ZIP64_EXTRA), None);
        assert_eq!(zip64_local_sizes(&extra), None);
    }

    fn record(name: &[u8], extra: &[u8], sizes: [u32; 3], disk: u16) -> Vec<u8> {
        let [inflated, packed, offset] = sizes.map(u32::to_le_bytes);
        let mut record = SIGNATURE.to_le_bytes().to_vec();
        record.extend([0; 6]);
        record.extend(Method::Deflated.number().to_le_bytes());
        record.extend([0; 8]);
        record.extend([packed, inflated].concat());
        record.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        record.extend(u16::try_from(extra.len()).unwrap().to_le_bytes());
        record.extend([0; 2]);
        record.extend(disk.to_le_bytes());
        record.extend([0; 6]);
        record.extend(offset);
        [&record, name, extra].concat()
    }

    fn judged(name: &[u8], extra: &[u8], sizes: [u32; 3], disk: u16) -> Result<ListedEntry, Refusal> {
        let bytes = record(name, extra, sizes, disk);
        let (record, rest) = split_record(&bytes).unwrap();
        assert!(rest.is_empty());
        judge(&record)
    }

    fn field(id: u16, content: &[u8]) -> Vec<u8> {
        [&id.to_le_bytes()[..], &u16::try_from(content.len()).unwrap().to_le_bytes(), content].concat()
    }

    #[test]
    fn saturated_numbers_are_taken_from_the_zip64_field_in_order() {
        let wide = field(ZIP64_EXTRA, &[5_u64.to_le_bytes(), 6_u64.to_le_bytes()].concat());
        let entry = judged(b"a", &wide, [u32::MAX, 7, u32::MAX], 0).unwrap();
        assert_eq!((entry.inflated_bytes, entry.packed_bytes, entry.header_offset), (5, 7, 6));
        for (sizes, disk) in [([u32::MAX; 3], 0), ([1, 2, u32::MAX], 3), ([u32::MAX, u32::MAX, 1], u16::MAX)] {
            assert!(matches!(judged(b"a", &wide, sizes, disk), Err(Refusal::DirectoryDamaged)), "{sizes:?}");
        }
        assert!(matches!(judged(b"a", &[], [1, 2, u32::MAX], 0), Err(Refusal::DirectoryDamaged)));
    }

    #[test]
    fn an_entry_has_no_second_name_and_a_folder_no_content() {
        let same = field(UNICODE_PATH_EXTRA, b"\x01crc4a.xml");
        assert!(judged(b"a.xml", &same, [1, 1, 0], 0).is_ok());
        assert!(matches!(judged(b"b.xml", &same, [1, 1, 0], 0), Err(Refusal::UnsafeEntryName)));
        assert!(judged(b"word/", &[], [0, 2, 0], 0).is_ok());
        assert!(matches!(judged(b"word/", &[], [1, 2, 0], 0), Err(Refusal::DirectoryDamaged)));
    }
}
