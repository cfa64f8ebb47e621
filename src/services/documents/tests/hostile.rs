//! Bytes that nobody meant: no check panics, and what is taken is what another reader sees too.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

/// Small ones, most bytes of which are structure.
const NAMES: [&str; 5] = [
    "streamed-data-descriptors.docx",
    "zip64-local-headers.docx",
    "archive-comment.docx",
    "stored.docx",
    "utf16-content-types.docx",
];

fn good(number: Index) -> (DocumentKind, Vec<u8>) {
    fixture(&fixtures("good").join(NAMES[number.index(NAMES.len())]))
}

/// Checks, and when the document is taken, asks another reader what is in it.
fn check_twice(kind: DocumentKind, bytes: &[u8]) {
    let checked = check_both(kind, bytes);
    assert!(!matches!(checked, Err(Refusal::Unreadable(_))), "{checked:?}");
    if checked.is_err() {
        return;
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: BTreeSet<Vec<u8>> = archive.file_names_raw().map(<[u8]>::to_ascii_lowercase).collect();
    assert_eq!(names.len(), archive.len());
    assert!(names.contains(&b"[content_types].xml"[..]));
    assert!(!archive.has_overlapping_entries().unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn changed_bytes_never_panic(
        number: Index,
        changes in prop::collection::vec((any::<Index>(), prop_oneof![any::<u8>(), Just(0), Just(0xff)]), 1..6),
    ) {
        let (kind, mut bytes) = good(number);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        check_twice(kind, &bytes);
    }

    #[test]
    fn cut_copied_and_moved_pieces_never_panic(number: Index, from: Index, length: Index, to: Index, keep: bool) {
        let (kind, mut bytes) = good(number);
        let from = from.index(bytes.len());
        let length = length.index(bytes.len() - from);
        let piece = bytes[from..from + length].to_vec();
        if !keep {
            bytes.drain(from..from + length);
        }
        let to = to.index(bytes.len() + 1);
        bytes.splice(to..to, piece);
        check_twice(kind, &bytes);
    }

    #[test]
    fn noise_never_panics(start in prop_oneof![Just(&b"PK\x03\x04"[..]), Just(&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..]),
        Just(&b""[..])], noise in prop::collection::vec(any::<u8>(), 0..300)) {
        check_twice(DocumentKind::Xlsx, &[start, &noise].concat());
    }
}

#[test]
fn every_byte_flipped_in_turn_never_panics() {
    for name in NAMES {
        let (kind, bytes) = fixture(&fixtures("good").join(name));
        for at in 0..bytes.len() {
            for mask in [0x01, 0x80, 0xff] {
                let mut changed = bytes.clone();
                changed[at] ^= mask;
                check_twice(kind, &changed);
            }
        }
    }
}
