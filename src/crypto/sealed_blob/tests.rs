use data_encoding::HEXLOWER;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::super::chunk_span::ChunkSpan;
use super::super::test_random::{BytesFrom, RepeatableRandom};
use super::*;

mod forgery;
mod pieces;

fn key() -> FileKey {
    FileKey::from_bytes(std::array::from_fn(|index| index as u8))
}

fn blob() -> BlobId {
    BlobId::from_bytes(std::array::from_fn(|index| 0xa0 + index as u8))
}

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index % 251) as u8).collect()
}

fn seal_with(key: &FileKey, blob: BlobId, plaintext: &[u8], random: &dyn Random) -> Vec<u8> {
    let (mut sealer, header) = Sealer::new(key, &Place::of_whole(blob), random);
    let mut object = header.to_vec();
    let mut rest = plaintext;
    let mut chunk = Vec::with_capacity(SEALED_CHUNK_BYTES);
    while rest.len() > CHUNK_BYTES {
        chunk.clear();
        chunk.extend_from_slice(&rest[..CHUNK_BYTES]);
        let place = chunk.as_ptr();
        sealer.seal_next(&mut chunk).unwrap();
        assert_eq!(chunk.as_ptr(), place, "a buffer with room for the tag is not reallocated");
        object.extend_from_slice(&chunk);
        rest = &rest[CHUNK_BYTES..];
    }
    let mut chunk = rest.to_vec();
    sealer.seal_last(&mut chunk, true).unwrap();
    object.extend_from_slice(&chunk);
    object
}

fn seal(plaintext: &[u8]) -> Vec<u8> {
    seal_with(&key(), blob(), plaintext, &BytesFrom(0x40))
}

/// Reads a whole object as a client of these functions would; whatever is behind the last chunk comes with it.
fn open_with(key: &FileKey, blob: BlobId, object: &[u8], size_bytes: u64) -> Result<Vec<u8>, Error> {
    let (header, mut rest) = object.split_at(object.len().min(HEADER_BYTES));
    let opener = Opener::new(key, &Place::of_whole(blob), header, size_bytes, true)?;
    let mut plaintext = Vec::new();
    for index in 0..chunk_count(size_bytes) {
        let is_last = index + 1 == chunk_count(size_bytes);
        let length = if is_last { rest.len() } else { rest.len().min(SEALED_CHUNK_BYTES) };
        let mut chunk = rest[..length].to_vec();
        match opener.open_chunk(index, &mut chunk) {
            Ok(opened) => plaintext.extend_from_slice(opened),
            Err(refusal) => {
                assert!(
                    chunk.iter().all(|byte| *byte == 0),
                    "nothing is left in the buffer of a chunk that was refused"
                );
                return Err(refusal);
            }
        }
        rest = &rest[length..];
    }
    Ok(plaintext)
}

fn open(object: &[u8], size_bytes: u64) -> Result<Vec<u8>, Error> {
    open_with(&key(), blob(), object, size_bytes)
}

/// The sealed chunks without the header.
fn chunks_of(object: &[u8]) -> Vec<&[u8]> {
    object[HEADER_BYTES..].chunks(SEALED_CHUNK_BYTES).collect()
}

fn with_chunks(header: &[u8], chunks: &[&[u8]]) -> Vec<u8> {
    [&[&header[..HEADER_BYTES]], chunks].concat().concat()
}

#[test]
fn matches_the_vectors_made_in_python() {
    assert_eq!(
        HEXLOWER.encode(&seal(b"Attack at dawn.")),
        "535452470100010000404142434445464748494a4b4c4d4e4f505152\
         25d7f41cb719d3f792c3066b75e1f11924590c20c7ec32dac47b6ec674644a"
    );
    assert_eq!(
        HEXLOWER.encode(&seal(b"")),
        "535452470100010000404142434445464748494a4b4c4d4e4f50515263e459eafd6a66fa0faff765fa3a4df4"
    );
    let long = seal(&pattern(2 * CHUNK_BYTES + 1));
    assert_eq!(
        HEXLOWER.encode(&Sha256::digest(&long)),
        "7abbbae5ee6ec900adde824a5f41dac6a2a8fd308c75195d9818774833cbaef6"
    );
}

#[test]
fn opens_what_was_sealed_at_every_boundary() {
    for length in [0, 1, 65_535, 65_536, 65_537, 131_072, 131_073] {
        let plaintext = pattern(length);
        let object = seal(&plaintext);
        assert_eq!(object.len() as u64, sealed_len(length as u64), "{length}");
        assert_eq!(open(&object, length as u64).unwrap(), plaintext, "{length}");
    }
    assert_eq!([0, 1, 65_536, 65_537, 131_072].map(chunk_count), [1, 1, 1, 2, 2]);
    assert_eq!([0, 1, 65_536, 65_537].map(sealed_len), [44, 45, 65_580, 65_597]);
    assert_eq!(sealed_len(u64::MAX), u64::MAX);
}

#[test]
fn two_blobs_of_the_same_content_share_nothing() {
    let random = RepeatableRandom::default();
    let first = seal_with(&key(), blob(), &pattern(1000), &random);
    let second = seal_with(&key(), blob(), &pattern(1000), &random);
    assert_ne!(first[9..HEADER_BYTES], second[9..HEADER_BYTES]);
    assert_ne!(first[HEADER_BYTES..], second[HEADER_BYTES..]);
}

#[test]
fn chunks_of_wrong_lengths_are_not_sealed() {
    let (mut sealer, _) = Sealer::new(&key(), &Place::of_whole(blob()), &BytesFrom(0));
    for length in [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES + 1] {
        let mut chunk = pattern(length);
        assert_eq!(sealer.seal_next(&mut chunk), Err(Error::WrongLength));
        assert_eq!(chunk, pattern(length));
    }
    let (fresh, _) = Sealer::new(&key(), &Place::of_whole(blob()), &BytesFrom(0));
    assert_eq!(fresh.seal_last(&mut pattern(CHUNK_BYTES + 1), true), Err(Error::WrongLength));
    sealer.seal_next(&mut pattern(CHUNK_BYTES)).unwrap();
    assert_eq!(
        sealer.seal_last(&mut Vec::new(), true),
        Err(Error::WrongLength),
        "the last chunk of many is never empty"
    );
}

#[test]
fn the_counter_never_wraps() {
    let (mut sealer, header) = Sealer::new(&key(), &Place::of_whole(blob()), &BytesFrom(0));
    sealer.position = u32::MAX - 1;
    sealer.seal_next(&mut pattern(CHUNK_BYTES)).unwrap();
    assert_eq!(sealer.seal_next(&mut pattern(CHUNK_BYTES)), Err(Error::TooLarge));
    let mut last = b"the end".to_vec();
    sealer.seal_last(&mut last, true).unwrap();
    let size = MAX_PLAIN_BYTES - CHUNK_BYTES as u64 + 7;
    let opener = Opener::new(&key(), &Place::of_whole(blob()), &header, size, true).unwrap();
    let mut chunk = last.clone();
    assert_eq!(opener.open_chunk(u64::from(u32::MAX), &mut chunk).unwrap(), b"the end");
    for behind in [1 << 32, u64::MAX] {
        assert_eq!(opener.open_chunk(behind, &mut last.clone()), Err(Error::OutOfRange));
    }
    assert_eq!(
        Opener::new(&key(), &Place::of_whole(blob()), &header, MAX_PLAIN_BYTES + 1, true).unwrap_err(),
        Error::TooLarge
    );
}

#[test]
fn debug_shows_no_key() {
    let (sealer, header) = Sealer::new(&key(), &Place::of_whole(blob()), &BytesFrom(0));
    assert_eq!(format!("{sealer:?}"), "Sealer { position: 0, .. }");
    let opener = Opener::new(&key(), &Place::of_whole(blob()), &header, 5, true).unwrap();
    assert_eq!(format!("{opener:?}"), "Opener { size_bytes: 5, .. }");
}

/// Reads a range as a download does: the chunks of the span out of the object, and of each what is wanted.
fn open_range(object: &[u8], opener: &Opener, range: std::ops::Range<u64>, size: u64) -> Vec<u8> {
    let span = ChunkSpan::covering(range, size).unwrap();
    let place = span.object_range();
    let mut rest = &object[place.start as usize..place.end as usize];
    let mut plaintext = Vec::new();
    for index in span.chunks() {
        let (sealed, behind) = rest.split_at(span.sealed_chunk_len(index));
        let mut chunk = sealed.to_vec();
        let opened = opener.open_chunk(index, &mut chunk).unwrap();
        plaintext.extend_from_slice(&opened[span.wanted(index)]);
        rest = behind;
    }
    assert!(rest.is_empty());
    plaintext
}

#[test]
fn any_range_is_the_slice() {
    let plaintext = pattern(2 * CHUNK_BYTES + 777);
    let size = plaintext.len() as u64;
    let object = seal(&plaintext);
    let opener = Opener::new(&key(), &Place::of_whole(blob()), &object[..HEADER_BYTES], size, true).unwrap();
    let near_a_boundary = (0..4_u64, -2..3_i64)
        .prop_map(move |(chunk, step)| (chunk * CHUNK_BYTES as u64).saturating_add_signed(step).min(size));
    let position = prop_oneof![0..=size, near_a_boundary];
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(48));
    let checked = runner.run(&(position.clone(), position), |(a, b)| {
        prop_assume!(a != b);
        let range = a.min(b)..a.max(b);
        let expected = &plaintext[range.start as usize..range.end as usize];
        prop_assert!(open_range(&object, &opener, range, size) == expected);
        Ok(())
    });
    assert_eq!(checked, Ok(()));
}
