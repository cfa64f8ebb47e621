//! Which names an entry may have.
//!
//! A part's name is a path of segments that are neither empty nor dots (ECMA-376 part 2, 6.2.2), and two names that
//! differ in the case of ASCII letters only are the same (6.3.5). An archive may hold entries that are no parts; they
//! are taken as long as their names could not lead out of a folder that somebody unpacks the archive into.

use super::{Refusal, limits};

/// Refuses a name that leads elsewhere or that different readers take for different names.
///
/// # Errors
///
/// [`Refusal::UnsafeEntryName`] for a name that is empty or longer than [`limits::NAME_BYTES`]; that is absolute, by a
/// slash or a drive letter; that holds a backslash or a control character; or with a segment that is empty, `.` or
/// `..`. A single slash at the end, which marks a folder, is allowed.
pub(super) fn check(name: &[u8]) -> Result<(), Refusal> {
    let path = name.strip_suffix(b"/").unwrap_or(name);
    let is_safe = name.len() <= limits::NAME_BYTES
        && !has_drive_letter(path)
        && !has_forbidden_character(path)
        && path.split(|byte| *byte == b'/').all(|segment| !matches!(segment, b"" | b"." | b".."));
    if is_safe { Ok(()) } else { Err(Refusal::UnsafeEntryName) }
}

/// What two names have in common when they name the same part.
pub(super) fn key(name: &[u8]) -> Vec<u8> {
    name.to_ascii_lowercase()
}

/// Whether a part of this name holds macros: `vbaProject.bin`, its signatures, in any folder.
pub(super) fn is_macro_part(name: &[u8]) -> bool {
    let file_name = name.rsplit(|byte| *byte == b'/').next().unwrap_or(name);
    [&b"vbaproject"[..], b"vbadata"]
        .iter()
        .any(|start| file_name.get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start)))
}

fn has_drive_letter(path: &[u8]) -> bool {
    matches!(path, [letter, b':', ..] if letter.is_ascii_alphabetic())
}

fn has_forbidden_character(path: &[u8]) -> bool {
    // Old writers put names in the code page of their machine: where it is not UTF-8, only ASCII can be judged.
    let has_control = match std::str::from_utf8(path) {
        Ok(text) => text.chars().any(char::is_control),
        Err(_) => path.iter().any(u8::is_ascii_control),
    };
    has_control || path.contains(&b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_real_entries_are_taken() {
        for name in [
            "[Content_Types].xml",
            "_rels/.rels",
            "word/document.xml",
            "word/",
            "customXml/item1.xml",
            "word/media/Größe 1.png",
            "ppt/slides/_rels/slide1.xml.rels",
            "xl/worksheets/sheet..1.xml",
            "[trash]/0000.dat",
        ] {
            assert!(check(name.as_bytes()).is_ok(), "{name}");
        }
        assert!(check(b"word/media/Gr\x94\xe1e.png").is_ok());
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in [
            "",
            "/",
            "/etc/passwd",
            "//server/share",
            "C:/windows",
            "c:evil",
            "..",
            "../up",
            "word/../../up",
            "word/..",
            "word/../",
            "./word",
            "word//document.xml",
            "word//",
            "word\\document.xml",
            "word/\0.xml",
            "word/\u{7f}.xml",
            "word/\u{85}.xml",
            "word/line\nbreak.xml",
        ] {
            assert!(matches!(check(name.as_bytes()), Err(Refusal::UnsafeEntryName)), "{name:?}");
        }
        assert!(check(&[b'a'; limits::NAME_BYTES]).is_ok());
        assert!(check(&[b'a'; limits::NAME_BYTES + 1]).is_err());
        assert!(check(b"\xff\x01").is_err());
    }

    #[test]
    fn macro_parts_are_known_in_any_folder_and_any_case() {
        for name in ["word/vbaProject.bin", "vbaproject.bin", "xl/VBAPROJECTSIGNATURE.BIN", "word/vbaData.xml"] {
            assert!(is_macro_part(name.as_bytes()), "{name}");
        }
        for name in ["word/document.xml", "vbaProject.bin/item.xml", "word/my-vbaProject.bin", "vba"] {
            assert!(!is_macro_part(name.as_bytes()), "{name}");
        }
    }
}
