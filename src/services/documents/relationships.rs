//! Reads relationship parts (ECMA-376 part 2, 6.5).

use super::{Refusal, xml};

const NAMESPACE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// The type of the relationship that names the main part, in the transitional and in the strict form (ECMA-376 part 4
/// and part 1).
const MAIN_PART_TYPES: [&str; 2] = [
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument",
    "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument",
];

/// What a relationship's type ends with, in lower case, when its target holds macros (MS-OFFMACRO2 2.2).
const MACRO_TYPES: [&str; 5] =
    ["/vbaproject", "/vbaprojectsignature", "/wordvbadata", "/xlmacrosheet", "/xlintlmacrosheet"];

/// The name of the main part, without a slash in front, from the text of `_rels/.rels`.
///
/// # Errors
///
/// [`Refusal::NoMainPart`], [`Refusal::AmbiguousMainPart`], [`Refusal::ExternalMainPart`], [`Refusal::MissingMainPart`]
/// when the target is no path of a part, [`Refusal::Macros`], and those of [`xml::for_each_child`].
pub(super) fn main_part_name(text: &str) -> Result<String, Refusal> {
    let mut main = None;
    for_each(text, |kind, target, is_external| {
        if !MAIN_PART_TYPES.contains(&kind) {
            return Ok(());
        }
        if is_external {
            return Err(Refusal::ExternalMainPart);
        }
        let name = part_name(target).ok_or(Refusal::MissingMainPart)?;
        if main.replace(name).is_some() { Err(Refusal::AmbiguousMainPart) } else { Ok(()) }
    })?;
    main.ok_or(Refusal::NoMainPart)
}

/// Refuses a relationship part that points to macros.
///
/// # Errors
///
/// [`Refusal::Macros`], and those of [`xml::for_each_child`].
pub(super) fn check_no_macros(text: &str) -> Result<(), Refusal> {
    for_each(text, |_, _, _| Ok(()))
}

/// The name of the part with the relationships of this part: `word/_rels/document.xml.rels` for `word/document.xml`.
pub(super) fn relationships_of(part_name: &str) -> String {
    match part_name.rsplit_once('/') {
        Some((folder, name)) => format!("{folder}/_rels/{name}.rels"),
        None => format!("_rels/{part_name}.rels"),
    }
}

/// Calls `visit` with type, target and whether the target is outside of the package.
fn for_each(text: &str, mut visit: impl FnMut(&str, &str, bool) -> Result<(), Refusal>) -> Result<(), Refusal> {
    xml::for_each_child(text, NAMESPACE, "Relationships", |element| {
        let (Some(kind), Some(target)) = (element.attribute("Type"), element.attribute("Target")) else {
            return Err(Refusal::InvalidXml);
        };
        if element.name != "Relationship" {
            return Err(Refusal::InvalidXml);
        }
        let lower = kind.to_ascii_lowercase();
        if MACRO_TYPES.iter().any(|ending| lower.ends_with(ending)) {
            return Err(Refusal::Macros);
        }
        let is_external = element.attribute("TargetMode").is_some_and(|mode| mode != "Internal");
        visit(kind, target, is_external)
    })
}

/// The part that a target in `_rels/.rels` names: a path from the root, with or without its slash.
fn part_name(target: &str) -> Option<String> {
    let path = target.strip_prefix('/').unwrap_or(target);
    let path = path.strip_prefix("./").unwrap_or(path);
    let is_path = !path.contains([':', '?', '#', '\\', '%'])
        && path.split('/').all(|segment| !matches!(segment, "" | "." | ".."));
    is_path.then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIN: &str = MAIN_PART_TYPES[0];

    fn main_part(elements: &str) -> Result<String, Refusal> {
        main_part_name(&format!("<Relationships xmlns='{NAMESPACE}'>{elements}</Relationships>"))
    }

    #[test]
    fn the_main_part_is_named_in_either_form() {
        for kind in MAIN_PART_TYPES {
            for target in ["word/document.xml", "/word/document.xml", "./word/document.xml"] {
                let elements = format!(
                    "<Relationship Id='a' Type='urn:other' Target='x:y' TargetMode='External'/>\
                     <Relationship Id='b' Type='{kind}' Target='{target}' TargetMode='Internal'/>"
                );
                assert_eq!(main_part(&elements).unwrap(), "word/document.xml");
            }
        }
    }

    #[test]
    fn a_target_that_is_no_path_is_no_part() {
        for target in ["", "/", "../document.xml", "word/../../x", "//host/x", "http://host/x", "x?y", "x#y", "%2e/x"] {
            let elements = format!("<Relationship Id='a' Type='{MAIN}' Target='{target}'/>");
            assert!(matches!(main_part(&elements), Err(Refusal::MissingMainPart)), "{target}");
        }
    }

    #[test]
    fn a_main_part_elsewhere_none_or_two_are_refused() {
        let one = format!("<Relationship Id='a' Type='{MAIN}' Target='x'/>");
        let external = one.replace("/>", " TargetMode='External'/>");
        assert!(matches!(main_part(&external), Err(Refusal::ExternalMainPart)));
        assert!(matches!(main_part(""), Err(Refusal::NoMainPart)));
        assert!(matches!(main_part(&one.repeat(2)), Err(Refusal::AmbiguousMainPart)));
        assert!(matches!(main_part("<Relationship Id='a' Target='x'/>"), Err(Refusal::InvalidXml)));
    }

    #[test]
    fn the_part_with_a_parts_relationships_is_beside_it() {
        assert_eq!(relationships_of("word/document.xml"), "word/_rels/document.xml.rels");
        assert_eq!(relationships_of("document.xml"), "_rels/document.xml.rels");
    }
}
