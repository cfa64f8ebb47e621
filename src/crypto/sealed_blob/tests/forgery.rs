//! Blobs that were tampered with.

use super::*;

#[test]
fn truncation_at_every_boundary_is_refused() {
    let size = 2 * CHUNK_BYTES + 10;
    let object = seal(&pattern(size));
    let end = object.len();
    let second = HEADER_BYTES + SEALED_CHUNK_BYTES;
    let third = second + SEALED_CHUNK_BYTES;
    for length in [
        0,
        1,
        HEADER_BYTES - 1,
        HEADER_BYTES,
        HEADER_BYTES + 1,
        second - 17,
        second - 1,
        second,
        second + 15,
        second + 16,
        third - 1,
        third,
        third + 1,
        third + 16,
        end - 17,
        end - 16,
        end - 1,
    ] {
        assert_eq!(open(&object[..length], size as u64), Err(Error::Truncated), "cut to {length}");
    }
    let empty = seal(b"");
    for length in 0..empty.len() {
        assert_eq!(open(&empty[..length], 0), Err(Error::Truncated), "cut to {length}");
    }
}

#[test]
fn trailing_bytes_are_refused() {
    for length in [0, 5, CHUNK_BYTES, CHUNK_BYTES + 1] {
        let object = seal(&pattern(length));
        for extra in [&[0][..], &[0; 16], &[7; SEALED_CHUNK_BYTES], &object] {
            assert_eq!(open(&[&object, extra].concat(), length as u64), Err(Error::WrongLength), "{length}");
        }
    }
}

#[test]
fn reordering_repetition_and_splicing_are_refused() {
    let random = RepeatableRandom::default();
    let size = 3 * CHUNK_BYTES;
    let object = seal_with(&key(), blob(), &pattern(size), &random);
    let [a, b, c] = chunks_of(&object)[..] else { panic!("three chunks") };
    // The same key and the same blob id, but another prefix: the chunks are of the right length and position.
    let same_key = seal_with(&key(), blob(), &pattern(size), &random);
    // The same prefix, but another blob or another key.
    let draw = || BytesFrom(0x40);
    let mine = seal_with(&key(), blob(), &pattern(size), &draw());
    let other_blob = seal_with(&key(), BlobId::from_bytes([1; 16]), &pattern(size), &draw());
    let other_key = seal_with(&FileKey::from_bytes([1; 32]), blob(), &pattern(size), &draw());
    let splice = |from: &[u8]| with_chunks(&mine, &[chunks_of(&mine)[0], chunks_of(from)[1], chunks_of(&mine)[2]]);
    assert!(open(&mine, size as u64).is_ok());
    for (what, altered) in [
        ("swapped", with_chunks(&object, &[b, a, c])),
        ("rotated", with_chunks(&object, &[b, c, a])),
        ("last before its time", with_chunks(&object, &[a, c, b])),
        ("repeated", with_chunks(&object, &[a, a, c])),
        ("last repeated", with_chunks(&object, &[a, c, c])),
        ("not ended", with_chunks(&object, &[a, b, b])),
        ("of another prefix", with_chunks(&object, &[a, chunks_of(&same_key)[1], c])),
        ("under another header", with_chunks(&same_key, &[a, b, c])),
        ("of another blob", splice(&other_blob)),
        ("of another key", splice(&other_key)),
    ] {
        assert_eq!(open(&altered, size as u64), Err(Error::Tampered), "{what}");
    }
    assert_eq!(open(&with_chunks(&object, &[a, c]), size as u64), Err(Error::Tampered), "one left out");
}

#[test]
fn the_last_flag_is_authenticated() {
    let (_, header) = Sealer::new(&key(), &Place::of_whole(blob()), &BytesFrom(0x40));
    let cipher = ChunkCipher::new(key().secret(), &Place::of_whole(blob()), &header);
    let sealed = |position, behind, length| {
        let mut chunk = pattern(length);
        cipher.seal(position, behind, &mut chunk).unwrap();
        chunk
    };
    let missing = with_chunks(&header, &[&sealed(0, Behind::Chunk, 9)]);
    assert_eq!(open(&missing, 9), Err(Error::Tampered));
    let in_the_middle =
        with_chunks(&header, &[&sealed(0, Behind::Nothing, CHUNK_BYTES), &sealed(1, Behind::Nothing, 9)]);
    assert_eq!(open(&in_the_middle, CHUNK_BYTES as u64 + 9), Err(Error::Tampered));
    // A file that ends after its first chunk does not pass for the beginning of a longer one, nor the reverse.
    let one = with_chunks(&header, &[&sealed(0, Behind::Nothing, CHUNK_BYTES)]);
    assert!(open(&one, CHUNK_BYTES as u64).is_ok());
    let first_of_two = with_chunks(&header, &[&sealed(0, Behind::Chunk, CHUNK_BYTES)]);
    assert_eq!(open(&first_of_two, CHUNK_BYTES as u64), Err(Error::Tampered));
}

#[test]
fn every_altered_bit_of_a_short_blob_is_refused() {
    let object = seal(b"Attack at dawn.");
    for position in 0..object.len() {
        for bit in 0..8 {
            let mut altered = object.clone();
            altered[position] ^= 1 << bit;
            let expected = if position < HEADER_BYTES - PREFIX_BYTES { Error::Malformed } else { Error::Tampered };
            assert_eq!(open(&altered, 15), Err(expected), "bit {bit} of byte {position}");
        }
    }
}

#[test]
fn altered_tags_and_headers_show_in_every_chunk() {
    let size = CHUNK_BYTES + 100;
    let object = seal(&pattern(size));
    let opener = Opener::new(&key(), &Place::of_whole(blob()), &object[..HEADER_BYTES], size as u64, true).unwrap();
    for (index, chunk) in chunks_of(&object).into_iter().enumerate() {
        for back in [1, TAG_BYTES, TAG_BYTES + 1] {
            let mut altered = chunk.to_vec();
            altered[chunk.len() - back] ^= 0x10;
            assert_eq!(opener.open_chunk(index as u64, &mut altered), Err(Error::Tampered));
            assert!(altered.iter().all(|byte| *byte == 0));
        }
        let mut header = object[..HEADER_BYTES].to_vec();
        header[HEADER_BYTES - 1] ^= 1;
        let other = Opener::new(&key(), &Place::of_whole(blob()), &header, size as u64, true).unwrap();
        assert_eq!(other.open_chunk(index as u64, &mut chunk.to_vec()), Err(Error::Tampered));
    }
}

#[test]
fn another_key_blob_or_size_is_refused() {
    let size = CHUNK_BYTES as u64 + 100;
    let object = seal(&pattern(size as usize));
    assert_eq!(open_with(&FileKey::from_bytes([1; 32]), blob(), &object, size), Err(Error::Tampered));
    assert_eq!(open_with(&key(), BlobId::from_bytes([0; 16]), &object, size), Err(Error::Tampered));
    let chunk = CHUNK_BYTES as u64;
    for (wrong, error) in [
        (0, Error::WrongLength),
        (1, Error::WrongLength),
        (size - 1, Error::WrongLength),
        (size + 1, Error::Truncated),
        // As if the file ended with its first chunk, or went on after its last.
        (chunk, Error::WrongLength),
        (2 * chunk, Error::Truncated),
        (2 * chunk + 1, Error::Truncated),
        (u64::MAX, Error::TooLarge),
    ] {
        assert_eq!(open(&object, wrong), Err(error), "{wrong}");
    }
}

#[test]
fn headers_of_other_lengths_are_refused() {
    let object = seal(b"");
    for (length, error) in [(0, Error::Truncated), (27, Error::Truncated), (29, Error::WrongLength)] {
        assert_eq!(Opener::new(&key(), &Place::of_whole(blob()), &object[..length], 0, true).unwrap_err(), error);
    }
}
