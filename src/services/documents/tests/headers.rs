//! One field changed in one header, and why the document is refused then.

use super::super::central_directory::flags;
use super::*;

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";

/// Where the header with this signature is that belongs to the main part, in a document of [`Document::new`].
fn header_of_main_part(bytes: &[u8], signature: &[u8]) -> usize {
    let name = b"word/document.xml";
    let name_at = if signature == LOCAL { 30 } else { 46 };
    (0..bytes.len()).find(|at| bytes[*at..].starts_with(signature) && bytes[*at + name_at..].starts_with(name)).unwrap()
}

fn with_field(signature: &[u8], field: usize, value: &[u8]) -> Result<(), Refusal> {
    let mut bytes = Document::new().into_bytes();
    let at = header_of_main_part(&bytes, signature) + field;
    bytes[at..at + value.len()].copy_from_slice(value);
    check_both(DocumentKind::Docx, &bytes)
}

#[test]
fn the_document_is_taken_as_it_is() {
    assert!(check_both(DocumentKind::Docx, &Document::new().into_bytes()).is_ok());
}

#[test]
fn a_local_header_that_differs_is_refused() {
    for (field, value) in [
        (0, &b"PK\x05\x05"[..]),
        (6, &flags::PATCH.to_le_bytes()),
        (8, &8_u16.to_le_bytes()),
        (8, &99_u16.to_le_bytes()),
        (14, &1_u32.to_le_bytes()),
        (18, &1_u32.to_le_bytes()),
        (18, &0_u32.to_le_bytes()),
        (22, &1_u32.to_le_bytes()),
        (22, &u32::MAX.to_le_bytes()),
        (26, &16_u16.to_le_bytes()),
        (30, b"W"),
    ] {
        let refused = with_field(LOCAL, field, value);
        assert!(matches!(refused, Err(Refusal::LocalHeaderMismatch)), "{field} {value:?}: {refused:?}");
    }
    let encrypted = with_field(LOCAL, 6, &1_u16.to_le_bytes());
    assert!(matches!(encrypted, Err(Refusal::EncryptedEntry)));
}

#[test]
fn a_data_descriptor_leaves_out_numbers_but_does_not_change_them() {
    let mut bytes = Document::new().into_bytes();
    let at = header_of_main_part(&bytes, LOCAL);
    bytes[at + 6..at + 8].copy_from_slice(&flags::DATA_DESCRIPTOR.to_le_bytes());
    assert!(check_both(DocumentKind::Docx, &bytes).is_ok());
    bytes[at + 14..at + 26].fill(0);
    assert!(check_both(DocumentKind::Docx, &bytes).is_ok());
    bytes[at + 18] = 1;
    assert!(matches!(check_both(DocumentKind::Docx, &bytes), Err(Refusal::LocalHeaderMismatch)));
}

#[test]
fn an_entry_that_is_not_all_in_front_of_the_directory_overlaps() {
    // More local extra fields than there are push the data back, into what follows.
    let pushed = with_field(LOCAL, 28, &200_u16.to_le_bytes());
    assert!(matches!(pushed, Err(Refusal::OverlappingEntries)), "{pushed:?}");
    for offset in [u32::MAX - 1, 10_000, 1] {
        let moved = with_field(CENTRAL, 42, &offset.to_le_bytes());
        assert!(matches!(moved, Err(Refusal::OverlappingEntries)), "{offset}: {moved:?}");
    }
}

#[test]
fn a_directory_that_makes_no_sense_is_refused() {
    for (field, value) in [
        (0, &b"PK\x05\x05"[..]),
        (20, &99_u32.to_le_bytes()),
        (28, &16_u16.to_le_bytes()),
        (30, &u16::MAX.to_le_bytes()),
        (32, &1_u16.to_le_bytes()),
        (34, &1_u16.to_le_bytes()),
    ] {
        let refused = with_field(CENTRAL, field, value);
        assert!(matches!(refused, Err(Refusal::DirectoryDamaged)), "{field} {value:?}: {refused:?}");
    }
}

#[test]
fn flags_and_methods_that_office_does_not_use_are_refused() {
    for flag in [1_u16, 1 << 6, 1 << 13] {
        assert!(matches!(with_field(CENTRAL, 8, &flag.to_le_bytes()), Err(Refusal::EncryptedEntry)), "{flag}");
    }
    let patched = with_field(CENTRAL, 8, &flags::PATCH.to_le_bytes());
    assert!(matches!(patched, Err(Refusal::UnsupportedCompression)));
    for method in [1_u16, 9, 12, 14, 93, 95, 99] {
        let refused = with_field(CENTRAL, 10, &method.to_le_bytes());
        assert!(matches!(refused, Err(Refusal::UnsupportedCompression)), "{method}");
    }
}
