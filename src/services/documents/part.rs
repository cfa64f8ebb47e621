//! Inflates one part, under a cap.

use std::io::{Read, Seek};

use super::Refusal;
use super::local_headers::{self, Entry};
use super::read_budget::BudgetedReader;

/// Deflate makes nothing longer by more than five bytes in each block, which may be as short as its writer likes;
/// this is beyond what any real one does.
const PACKING_OVERHEAD_BYTES: u64 = 4096;

/// The version that a reader needs for deflate (APPNOTE 4.4.3.2): 2.0.
const VERSION_NEEDED: u16 = 20;

/// The part's data, which is as long as the directory says and has the CRC-32 that the directory says.
///
/// # Errors
///
/// [`Refusal::PartTooLong`] when it is longer than `cap_bytes`, [`Refusal::PartDamaged`], and those of
/// [`BudgetedReader::read_at`].
pub(super) fn inflate<R: Read + Seek>(
    reader: &mut BudgetedReader<R>,
    entry: &Entry,
    cap_bytes: u64,
) -> Result<Vec<u8>, Refusal> {
    let listed = &entry.listed;
    if listed.inflated_bytes > cap_bytes || listed.packed_bytes > cap_bytes + PACKING_OVERHEAD_BYTES {
        return Err(Refusal::PartTooLong);
    }
    // Read before it is inflated: what fails from here on is the document and not the storage.
    let packed = reader.read_at(entry.data_offset, listed.packed_bytes)?;
    let header = local_header(entry).ok_or(Refusal::PartTooLong)?;
    let mut archive = header.as_slice().chain(packed.as_slice());
    let part = zip::read::read_zipfile_from_stream(&mut archive).map_err(|_| Refusal::PartDamaged)?;
    let part = part.ok_or(Refusal::PartDamaged)?;

    let expected_bytes = usize::try_from(listed.inflated_bytes).map_err(|_| Refusal::PartTooLong)?;
    // One byte more than needed, so that finding the end does not make it grow to twice its size.
    let mut inflated = Vec::with_capacity(expected_bytes + 1);
    part.take(cap_bytes + 1).read_to_end(&mut inflated).map_err(|_| Refusal::PartDamaged)?;
    if inflated.len() == expected_bytes { Ok(inflated) } else { Err(Refusal::PartDamaged) }
}

/// A local header that says what the directory does. The entry's own may leave the sizes and the checksum to a data
/// descriptor, or have them in extra fields.
fn local_header(entry: &Entry) -> Option<Vec<u8>> {
    let listed = &entry.listed;
    let mut header = Vec::with_capacity(local_headers::HEADER_BYTES);
    header.extend(local_headers::SIGNATURE.to_le_bytes());
    header.extend(VERSION_NEEDED.to_le_bytes());
    header.extend([0; 2]); // flags
    header.extend(listed.method.number().to_le_bytes());
    header.extend([0; 4]); // time and date
    header.extend(listed.checksum.to_le_bytes());
    header.extend(u32::try_from(listed.packed_bytes).ok()?.to_le_bytes());
    header.extend(u32::try_from(listed.inflated_bytes).ok()?.to_le_bytes());
    header.extend([0; 4]); // no name, no extra fields
    Some(header)
}
