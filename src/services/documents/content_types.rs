//! Reads `[Content_Types].xml` (ECMA-376 part 2, 7.2).

use super::{Refusal, xml};

const NAMESPACE: &str = "http://schemas.openxmlformats.org/package/2006/content-types";

/// What a content type holds, in lower case, when its part holds macros: VBA, its signatures and data, and the macro
/// sheets of Excel 4.0 (MS-OFFMACRO2 2.2).
const MACRO_TYPES: [&str; 4] = ["macroenabled", "ms-office.vbaproject", "ms-word.vbadata", "macrosheet+xml"];

/// The content type of the part with this name, in lower case and without parameters: its own, or else that of its
/// extension. The name has no slash in front. Nothing when the part has none.
///
/// # Errors
///
/// [`Refusal::Macros`] when any content type is one of a part with macros, [`Refusal::AmbiguousMainPart`] when the part
/// has two, and those of [`xml::for_each_child`].
pub(super) fn type_of(text: &str, part_name: &str) -> Result<Option<String>, Refusal> {
    let extension = part_name.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, extension)| extension);
    let (mut own, mut by_extension) = (None, None);
    xml::for_each_child(text, NAMESPACE, "Types", |element| {
        let (key, wanted, slot) = match element.name.as_str() {
            "Override" => ("PartName", Some(part_name), &mut own),
            "Default" => ("Extension", extension, &mut by_extension),
            _ => return Err(Refusal::InvalidXml),
        };
        let (Some(key), Some(content_type)) = (element.attribute(key), element.attribute("ContentType")) else {
            return Err(Refusal::InvalidXml);
        };
        let content_type = essence(content_type);
        if MACRO_TYPES.iter().any(|macros| content_type.contains(macros)) {
            return Err(Refusal::Macros);
        }
        let key = key.strip_prefix('/').unwrap_or(key);
        if wanted.is_some_and(|wanted| wanted.eq_ignore_ascii_case(key)) && slot.replace(content_type).is_some() {
            return Err(Refusal::AmbiguousMainPart);
        }
        Ok(())
    })?;
    Ok(own.or(by_extension))
}

/// A media type without its parameters, in lower case (RFC 9110, 8.3.1).
fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim_ascii().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(elements: &str) -> Result<Option<String>, Refusal> {
        type_of(&format!("<Types xmlns='{NAMESPACE}'>{elements}</Types>"), "word/document.xml")
    }

    #[test]
    fn an_override_goes_before_a_default_in_any_order_and_case() {
        let default = "<Default Extension='XML' ContentType='application/xml'/>";
        let own = "<Override PartName='/Word/Document.xml' ContentType='Text/X; charset=utf-8'/>";
        assert_eq!(found(default).unwrap().as_deref(), Some("application/xml"));
        assert_eq!(found(&format!("{default}{own}")).unwrap().as_deref(), Some("text/x"));
        assert_eq!(found(&format!("{own}{default}")).unwrap().as_deref(), Some("text/x"));
        assert_eq!(found("<Default Extension='rels' ContentType='a/b'/>").unwrap(), None);
    }

    #[test]
    fn two_types_for_one_part_are_ambiguous() {
        let twice = "<Override PartName='/word/document.xml' ContentType='a/b'/>".repeat(2);
        assert!(matches!(found(&twice), Err(Refusal::AmbiguousMainPart)));
    }

    #[test]
    fn a_macro_type_is_found_wherever_it_stands() {
        for content_type in [
            "application/vnd.ms-office.vbaProject",
            "application/vnd.ms-office.vbaProjectSignature",
            "application/vnd.ms-word.vbaData+xml",
            "application/vnd.ms-word.document.macroEnabled.main+xml",
            "application/vnd.ms-excel.sheet.binary.macroEnabled.main",
            "application/vnd.ms-excel.intlmacrosheet+xml",
            "APPLICATION/VND.MS-OFFICE.VBAPROJECT",
        ] {
            let elements = format!("<Override PartName='/any.bin' ContentType='{content_type}'/>");
            assert!(matches!(found(&elements), Err(Refusal::Macros)), "{content_type}");
        }
    }

    #[test]
    fn an_element_without_its_attributes_is_refused() {
        for elements in ["<Override PartName='/a'/>", "<Default ContentType='a/b'/>", "<Other/>"] {
            assert!(matches!(found(elements), Err(Refusal::InvalidXml)), "{elements}");
        }
    }
}
