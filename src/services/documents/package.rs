//! Decides what an archive is, once it is known to be a sound archive (ECMA-376 part 2, clause 6).

use std::io::{Read, Seek};

use crate::domain::media::DocumentKind;

use super::local_headers::Entry;
use super::read_budget::BudgetedReader;
use super::refusal::called;
use super::{Refusal, content_types, entry_name, limits, part, relationships, xml};

const CONTENT_TYPES_NAME: &str = "[Content_Types].xml";
const PACKAGE_RELATIONSHIPS_NAME: &str = "_rels/.rels";

/// Main parts of what is no plain document, by content type in lower case.
const TEMPLATES: [(&str, &str); 3] = [
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml", "a Word template"),
    ("application/vnd.openxmlformats-officedocument.presentationml.template.main+xml", "a PowerPoint template"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml", "an Excel template"),
];
const SLIDESHOW: &str = "application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml";

/// Refuses an archive that is not a document of this kind without macros.
///
/// # Errors
///
/// [`Refusal::PlainZip`], [`Refusal::OpenDocument`], [`Refusal::Macros`], [`Refusal::Template`],
/// [`Refusal::Slideshow`], [`Refusal::OtherKind`], and all that can be wrong with the three parts that are read: the
/// content types, the package's relationships and the main part's.
pub(super) fn check<R: Read + Seek>(
    kind: DocumentKind,
    reader: &mut BudgetedReader<R>,
    entries: &[Entry],
) -> Result<(), Refusal> {
    let Some(content_types) = find(entries, CONTENT_TYPES_NAME) else {
        let is_open_document = find(entries, "mimetype").is_some() && find(entries, "META-INF/manifest.xml").is_some();
        return Err(if is_open_document { Refusal::OpenDocument { wanted: kind } } else { Refusal::PlainZip });
    };
    if entries.iter().any(|entry| entry_name::is_macro_part(&entry.listed.name)) {
        return Err(Refusal::Macros);
    }
    let main_name = {
        let entry = find(entries, PACKAGE_RELATIONSHIPS_NAME).ok_or(Refusal::NoMainPart)?;
        relationships::main_part_name(&read(reader, entry, limits::PACKAGE_RELATIONSHIPS_BYTES)?)?
    };
    let main_type = {
        let text = read(reader, content_types, limits::CONTENT_TYPES_BYTES)?;
        content_types::type_of(&text, &main_name)?
    };
    if find(entries, &main_name).is_none() {
        return Err(Refusal::MissingMainPart);
    }
    judge_main_type(kind, main_type.as_deref().unwrap_or_default())?;
    match find(entries, &relationships::relationships_of(&main_name)) {
        Some(entry) => relationships::check_no_macros(&read(reader, entry, limits::MAIN_RELATIONSHIPS_BYTES)?),
        None => Ok(()),
    }
}

fn find<'a>(entries: &'a [Entry], name: &str) -> Option<&'a Entry> {
    entries.iter().find(|entry| entry.listed.name.eq_ignore_ascii_case(name.as_bytes()))
}

fn read<R: Read + Seek>(reader: &mut BudgetedReader<R>, entry: &Entry, cap_bytes: u64) -> Result<String, Refusal> {
    xml::decode(part::inflate(reader, entry, cap_bytes)?)
}

/// `main_type` is in lower case, and empty when the main part has none.
fn judge_main_type(kind: DocumentKind, main_type: &str) -> Result<(), Refusal> {
    let wanted = called(kind);
    let document = DocumentKind::ALL.into_iter().find(|kind| kind.main_part_type().eq_ignore_ascii_case(main_type));
    if document == Some(kind) {
        return Ok(());
    }
    Err(if let Some(other) = document {
        Refusal::OtherKind { found: called(other), wanted }
    } else if let Some((_, found)) = TEMPLATES.iter().find(|(template, _)| *template == main_type) {
        Refusal::Template { found, wanted }
    } else if main_type == SLIDESHOW {
        Refusal::Slideshow { found: "a PowerPoint slideshow", wanted }
    } else {
        Refusal::UnknownMainPart
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_takes_its_own_main_type_only() {
        for kind in DocumentKind::ALL {
            for other in DocumentKind::ALL {
                let judged = judge_main_type(kind, &other.main_part_type().to_ascii_lowercase());
                assert_eq!(judged.is_ok(), kind == other, "{kind:?} {other:?}");
            }
        }
    }

    #[test]
    fn a_refusal_says_what_the_file_is() {
        let sentence = |kind, main_type: &str| judge_main_type(kind, main_type).unwrap_err().to_string();
        let workbook = DocumentKind::Xlsx.main_part_type().to_ascii_lowercase();
        assert_eq!(sentence(DocumentKind::Docx, &workbook), "The document is an Excel workbook, not a Word document.");
        for (template, name) in TEMPLATES {
            assert!(sentence(DocumentKind::Docx, template).contains(name));
        }
        assert_eq!(
            sentence(DocumentKind::Pptx, SLIDESHOW),
            "The file is a PowerPoint slideshow, not a PowerPoint presentation."
        );
        assert!(matches!(judge_main_type(DocumentKind::Docx, ""), Err(Refusal::UnknownMainPart)));
    }
}
