//! Reads the two kinds of XML part that describe a package.
//!
//! Both are flat: a root, and under it elements of the same namespace that hold attributes and nothing else (ECMA-376
//! part 2, 7.2 and 6.5.2). Anything more than that is refused, so that nobody else can see in it what is not seen here.

use quick_xml::NsReader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesDecl, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};

use super::Refusal;

/// Real elements have up to four, and a few namespaces.
const ATTRIBUTES_OF_AN_ELEMENT: usize = 32;

/// An element under the root.
pub(super) struct Element {
    /// Its name without a prefix.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    /// The value of the attribute with this name and no prefix, without white space around it.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(found, _)| found == name).map(|(_, value)| value.trim_ascii())
    }
}

/// The text of a part that is UTF-8 or UTF-16 (ECMA-376 part 2, 6.2.5: no other encoding is allowed).
///
/// # Errors
///
/// [`Refusal::InvalidXml`] when it is neither.
pub(super) fn decode(part: Vec<u8>) -> Result<String, Refusal> {
    let from_utf16 = |units: &[u8], number: fn([u8; 2]) -> u16| -> Option<String> {
        let (pairs, []) = units.as_chunks::<2>() else { return None };
        char::decode_utf16(pairs.iter().map(|pair| number(*pair))).collect::<Result<_, _>>().ok()
    };
    let text = match part.as_slice() {
        [0xff, 0xfe, units @ ..] => from_utf16(units, u16::from_le_bytes),
        [0xfe, 0xff, units @ ..] => from_utf16(units, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, text @ ..] => std::str::from_utf8(text).map(str::to_owned).ok(),
        _ => String::from_utf8(part).ok(),
    };
    text.ok_or(Refusal::InvalidXml)
}

/// Calls `visit` for each element under the root, in order.
///
/// No entity but the five that XML has is ever expanded.
///
/// # Errors
///
/// [`Refusal::DocumentTypeDeclaration`], [`Refusal::InvalidXml`] for anything else that is not as described above, and
/// whatever `visit` refuses.
pub(super) fn for_each_child(
    text: &str,
    namespace: &str,
    root: &str,
    mut visit: impl FnMut(&Element) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let mut reader = NsReader::from_str(text);
    let mut depth = 0_u32;
    let mut had_root = false;
    loop {
        let (resolved, event) = reader.read_resolved_event().map_err(|_| Refusal::InvalidXml)?;
        match event {
            Event::Start(ref start) | Event::Empty(ref start) => {
                if resolved != ResolveResult::Bound(Namespace(namespace)) {
                    return Err(Refusal::InvalidXml);
                }
                match depth {
                    0 if !had_root && start.local_name().into_inner() == root => had_root = true,
                    1 => visit(&element(start)?)?,
                    _ => return Err(Refusal::InvalidXml),
                }
                if matches!(event, Event::Start(_)) {
                    depth += 1;
                }
            }
            Event::End(_) => depth = depth.checked_sub(1).ok_or(Refusal::InvalidXml)?,
            Event::DocType(_) => return Err(Refusal::DocumentTypeDeclaration),
            Event::Decl(declaration) => check_encoding(&declaration)?,
            Event::Text(text) if text.trim_ascii().is_empty() => {}
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => return Err(Refusal::InvalidXml),
            Event::Comment(_) | Event::PI(_) => {}
            Event::Eof if had_root && depth == 0 => return Ok(()),
            Event::Eof => return Err(Refusal::InvalidXml),
        }
    }
}

fn check_encoding(declaration: &BytesDecl<'_>) -> Result<(), Refusal> {
    let encoding = declaration.encoding().transpose().map_err(|_| Refusal::InvalidXml)?;
    let is_known = encoding.is_none_or(|name| {
        ["utf-8", "utf8", "utf-16", "us-ascii"].iter().any(|known| name.eq_ignore_ascii_case(known))
    });
    if is_known { Ok(()) } else { Err(Refusal::InvalidXml) }
}

fn element(start: &BytesStart<'_>) -> Result<Element, Refusal> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| Refusal::InvalidXml)?;
        if attributes.len() == ATTRIBUTES_OF_AN_ELEMENT {
            return Err(Refusal::InvalidXml);
        }
        let value = attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|_| Refusal::InvalidXml)?;
        attributes.push((attribute.key.into_inner().to_owned(), value.into_owned()));
    }
    Ok(Element { name: start.local_name().into_inner().to_owned(), attributes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn children(text: &str) -> Result<Vec<(String, Option<String>)>, Refusal> {
        let mut found = Vec::new();
        for_each_child(text, "urn:x", "root", |element| {
            found.push((element.name.clone(), element.attribute("a").map(str::to_owned)));
            Ok(())
        })?;
        Ok(found)
    }

    #[test]
    fn children_are_visited_with_or_without_a_prefix() {
        let text = "<?xml version='1.0' encoding='UTF-8'?>\n<root xmlns='urn:x'><!-- c --><one a=' 1 &amp; &#50; '/>\n\
                    <p:two xmlns:p='urn:x' p:a='no'></p:two></root>\n";
        let expected = vec![("one".into(), Some("1 & 2".into())), ("two".into(), None)];
        assert_eq!(children(text).unwrap(), expected);
        assert!(children("<root xmlns='urn:x'/>").unwrap().is_empty());
    }

    #[test]
    fn anything_more_is_refused() {
        for text in [
            "",
            "<root/>",
            "<other xmlns='urn:x'/>",
            "<root xmlns='urn:x'>",
            "<root xmlns='urn:x'/><root xmlns='urn:x'/>",
            "<root xmlns='urn:x'><one><deep/></one></root>",
            "<root xmlns='urn:x'><one xmlns='urn:y'/></root>",
            "<root xmlns='urn:x'><q:one/></root>",
            "<root xmlns='urn:x'><p:one xmlns:p='urn&#58;x'/></root>",
            "<root xmlns='urn:x'>text</root>",
            "<root xmlns='urn:x'>&amp;</root>",
            "<root xmlns='urn:x'><![CDATA[<one/>]]></root>",
            "<root xmlns='urn:x'><one a='1' a='2'/></root>",
            "<root xmlns='urn:x'><one a='&unknown;'/></root>",
            "<root xmlns='urn:x'><one a=1/></root>",
            "<root xmlns='urn:x'><one></two></root>",
            "</root>",
            "<?xml version='1.0' encoding='UTF-7'?><root xmlns='urn:x'/>",
        ] {
            assert!(matches!(children(text), Err(Refusal::InvalidXml)), "{text}");
        }
        let many: String = (0..=ATTRIBUTES_OF_AN_ELEMENT).map(|number| format!(" a{number}=''")).collect();
        assert!(children(&format!("<root xmlns='urn:x'><one{many}/></root>")).is_err());
    }

    #[test]
    fn a_document_type_is_refused_wherever_it_stands() {
        let laughs = "<!DOCTYPE root [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><root xmlns='urn:x'><one a='&b;'/></root>";
        assert!(matches!(children(laughs), Err(Refusal::DocumentTypeDeclaration)));
        let late = "<root xmlns='urn:x'><!DOCTYPE root></root>";
        assert!(matches!(children(late), Err(Refusal::DocumentTypeDeclaration)));
    }

    #[test]
    fn text_is_utf8_or_utf16() {
        assert_eq!(decode(b"plain".to_vec()).unwrap(), "plain");
        assert_eq!(decode(b"\xef\xbb\xbfmarked".to_vec()).unwrap(), "marked");
        assert_eq!(decode(b"\xff\xfea\0b\0".to_vec()).unwrap(), "ab");
        assert_eq!(decode(b"\xfe\xff\0a\0b".to_vec()).unwrap(), "ab");
        for bytes in [&b"\xff\xfea"[..], b"\xff\xfe\0\xd8", b"caf\xe9"] {
            assert!(decode(bytes.to_vec()).is_err(), "{bytes:?}");
        }
    }
}
