//! Contents that lie in several blobs.

use super::*;

fn content() -> BlobId {
    BlobId::from_bytes([0xc0; 16])
}

fn place(number: u32, offset: u64) -> Place {
    Place { blob: BlobId::from_bytes([number as u8; 16]), content: content(), number, offset }
}

fn seal_piece(place: &Place, plaintext: &[u8], ends_content: bool) -> Vec<u8> {
    let (sealer, header) = Sealer::new(&key(), place, &BytesFrom(0x40));
    let mut chunk = plaintext.to_vec();
    sealer.seal_last(&mut chunk, ends_content).unwrap();
    [header.as_slice(), &chunk].concat()
}

fn open_piece(place: &Place, object: &[u8], size_bytes: u64, ends_content: bool) -> Result<Vec<u8>, Error> {
    let opener = Opener::new(&key(), place, &object[..HEADER_BYTES], size_bytes, ends_content)?;
    Ok(opener.open_chunk(0, &mut object[HEADER_BYTES..].to_vec())?.to_vec())
}

#[test]
fn a_piece_opens_at_its_place_alone() {
    let here = place(1, 100);
    let object = seal_piece(&here, b"a piece", false);
    assert_eq!(open_piece(&here, &object, 7, false).unwrap(), b"a piece");
    for elsewhere in [
        Place { blob: BlobId::from_bytes([9; 16]), ..here },
        Place { content: BlobId::from_bytes([9; 16]), ..here },
        Place { number: 2, ..here },
        Place { offset: 101, ..here },
    ] {
        assert_eq!(open_piece(&elsewhere, &object, 7, false), Err(Error::Tampered), "{elsewhere:?}");
    }
}

#[test]
fn where_the_content_ends_is_authenticated() {
    for ends in [false, true] {
        let object = seal_piece(&place(0, 0), b"a piece", ends);
        assert!(open_piece(&place(0, 0), &object, 7, ends).is_ok());
        assert_eq!(open_piece(&place(0, 0), &object, 7, !ends), Err(Error::Tampered));
    }
}

#[test]
fn a_piece_is_no_whole_and_a_whole_is_no_piece() {
    let piece = place(0, 0);
    let whole = Place::of_whole(piece.blob);
    let object = seal_piece(&piece, b"a piece", true);
    assert_eq!(open_piece(&whole, &object, 7, true), Err(Error::Malformed));
    assert_eq!(open_piece(&piece, &seal_piece(&whole, b"a piece", true), 7, true), Err(Error::Malformed));
    // Nor where the header is made to say so.
    let mut relabelled = object;
    relabelled[4] = 1;
    assert_eq!(open_piece(&whole, &relabelled, 7, true), Err(Error::Tampered));
}
