//! Every document in `tests/fixtures`: the good ones are taken, each bad one is refused for its own reason.

use super::*;

#[test]
fn documents_of_real_writers_are_taken() {
    let mut count = 0;
    for found in std::fs::read_dir(fixtures("good")).unwrap() {
        let path = found.unwrap().path();
        let (kind, bytes) = fixture(&path);
        assert!(check_both(kind, &bytes).is_ok(), "{}: {:?}", path.display(), check_both(kind, &bytes));
        for other in DocumentKind::ALL.into_iter().filter(|other| *other != kind) {
            let refused = check_both(other, &bytes);
            assert!(matches!(refused, Err(Refusal::OtherKind { .. })), "{} as {other:?}", path.display());
        }
        count += 1;
    }
    assert_eq!(count, 14);
}

/// Refused by the first bytes alone, and by the whole container for the same reason.
#[test]
fn what_is_no_archive_is_refused_from_its_beginning() {
    type Expected = fn(&Refusal) -> bool;
    let expected: [(&str, Expected); 9] = [
        ("empty.docx", |refusal| matches!(refusal, Refusal::Empty)),
        ("program-renamed.docx", |refusal| matches!(refusal, Refusal::Program)),
        ("elf-renamed.xlsx", |refusal| matches!(refusal, Refusal::Program)),
        ("pdf-renamed.docx", |refusal| matches!(refusal, Refusal::OtherFormat { name: "a PDF" })),
        ("web-page.docx", |refusal| matches!(refusal, Refusal::WebPage)),
        ("script.docx", |refusal| matches!(refusal, Refusal::Script)),
        ("text.docx", |refusal| matches!(refusal, Refusal::PlainText)),
        ("encrypted.docx", |refusal| matches!(refusal, Refusal::Encrypted)),
        ("word-97.docx", |refusal| matches!(refusal, Refusal::LegacyOffice { .. })),
    ];
    for (name, is_expected) in expected {
        let (kind, bytes) = fixture(&fixtures("bad").join(name));
        let early = check_beginning(kind, &bytes).unwrap_err();
        assert!(is_expected(&early), "{name}: {early:?}");
        let late = check_container(kind, Cursor::new(&bytes), bytes.len() as u64).unwrap_err();
        assert!(is_expected(&late), "{name}: {late:?}");
    }
    for name in ["open-document.docx", "encrypted-entry.docx", "bzip2.docx"] {
        let (kind, bytes) = fixture(&fixtures("bad").join(name));
        assert!(check_beginning(kind, &bytes).is_err(), "{name}");
    }
}

#[test]
fn each_bad_document_is_refused_for_its_own_reason() {
    let mut seen = 0;
    for found in std::fs::read_dir(fixtures("bad")).unwrap() {
        let path = found.unwrap().path();
        let (kind, bytes) = fixture(&path);
        let name = path.file_name().unwrap().to_str().unwrap();
        let refusal = check_container(kind, Cursor::new(&bytes), bytes.len() as u64).unwrap_err();
        let is_expected = match name {
            "empty.docx" => matches!(refusal, Refusal::Empty),
            "program-renamed.docx" | "elf-renamed.xlsx" => matches!(refusal, Refusal::Program),
            "pdf-renamed.docx" => matches!(refusal, Refusal::OtherFormat { .. }),
            "web-page.docx" => matches!(refusal, Refusal::WebPage),
            "script.docx" => matches!(refusal, Refusal::Script),
            "text.docx" => matches!(refusal, Refusal::PlainText),
            "encrypted.docx" => matches!(refusal, Refusal::Encrypted),
            "word-97.docx" => matches!(refusal, Refusal::LegacyOffice { wanted: DocumentKind::Docx }),
            "open-document.docx" => matches!(refusal, Refusal::OpenDocument { wanted: DocumentKind::Docx }),
            "plain-zip.docx" => matches!(refusal, Refusal::PlainZip),
            "truncated.docx" => matches!(refusal, Refusal::Incomplete),
            "trailing-junk.docx" => matches!(refusal, Refusal::TrailingData),
            "prepended-entry.docx" => matches!(refusal, Refusal::PrependedData),
            "local-header-lies.docx" => matches!(refusal, Refusal::LocalHeaderMismatch),
            "encrypted-entry.docx" => matches!(refusal, Refusal::EncryptedEntry),
            "duplicate-part.docx" => matches!(refusal, Refusal::DuplicateEntry),
            "path-traversal.docx" | "backslash.docx" => matches!(refusal, Refusal::UnsafeEntryName),
            "wrong-checksum.docx" => matches!(refusal, Refusal::PartDamaged),
            "bzip2.docx" => matches!(refusal, Refusal::UnsupportedCompression),
            "bomb-ratio.xlsx" => matches!(refusal, Refusal::ExpandsTooMuch),
            "bomb-overlap.xlsx" => matches!(refusal, Refusal::OverlappingEntries),
            "macros.docx" | "macros.xlsx" => matches!(refusal, Refusal::Macros),
            "macro-content-type.docx" | "macro-part.docx" | "macro-relationship.docx" => {
                matches!(refusal, Refusal::Macros)
            }
            "workbook-renamed.docx" => matches!(refusal, Refusal::OtherKind { found: "an Excel workbook", .. }),
            "document-renamed.xlsx" => matches!(refusal, Refusal::OtherKind { found: "a Word document", .. }),
            "template.docx" => matches!(refusal, Refusal::Template { found: "a Word template", .. }),
            "slideshow.pptx" => matches!(refusal, Refusal::Slideshow { .. }),
            "other-package.docx" => matches!(refusal, Refusal::NoMainPart),
            "unknown-main-type.docx" => matches!(refusal, Refusal::UnknownMainPart),
            "external-main.docx" => matches!(refusal, Refusal::ExternalMainPart),
            "missing-main.docx" => matches!(refusal, Refusal::MissingMainPart),
            "two-main-parts.docx" => matches!(refusal, Refusal::AmbiguousMainPart),
            "dtd.docx" => matches!(refusal, Refusal::DocumentTypeDeclaration),
            "not-xml.docx" => matches!(refusal, Refusal::InvalidXml),
            _ => panic!("{name} is not expected here"),
        };
        assert!(is_expected, "{name}: {refusal:?}");
        assert!(refusal.to_string().ends_with('.'), "{name}: {refusal}");
        seen += 1;
    }
    assert_eq!(seen, 39);
}

#[test]
fn every_cut_of_a_good_document_is_refused() {
    for name in ["streamed-data-descriptors.docx", "zip64-local-headers.docx", "archive-comment.docx"] {
        let (kind, bytes) = fixture(&fixtures("good").join(name));
        for length in 0..bytes.len() {
            let refusal = check_both(kind, &bytes[..length]).unwrap_err();
            assert!(!matches!(refusal, Refusal::Unreadable(_)), "{name} cut to {length}: {refusal:?}");
        }
    }
}
