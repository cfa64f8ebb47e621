//! The kinds of document the product takes. There is a content check for each, and for nothing else.

/// An Office Open XML document (ECMA-376).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// A text document.
    Docx,
    /// A presentation.
    Pptx,
    /// A workbook.
    Xlsx,
}

impl DocumentKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Docx, Self::Pptx, Self::Xlsx];

    /// The extension, in lower case and without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Docx => "docx",
            Self::Pptx => "pptx",
            Self::Xlsx => "xlsx",
        }
    }

    /// The kind with this lower-case extension.
    pub fn from_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.extension() == extension)
    }

    /// The media type of the whole document.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The content type of the document's main part, without parameters.
    pub fn main_part_type(self) -> &'static str {
        match self {
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        }
    }
}
