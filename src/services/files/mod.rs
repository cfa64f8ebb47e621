//! Documents: bringing them in, seeing them, naming them, deleting them and bringing them back.

mod change;
mod incoming;
mod list;
mod receive;
mod sealed_content;
mod sealed_reader;
mod sealing;
mod staged;
mod trash;
mod upload;
mod view;

pub(in crate::services) use change::absent_is_not_found;
pub(in crate::services) use incoming::Incoming;
pub use list::FileFilter;
pub(in crate::services) use sealed_content::{SealedContent, Stretch};
pub(in crate::services) use sealing::Digests;
pub(in crate::services) use staged::StagedBlob;
pub(in crate::services) use trash::DAY_SECONDS;
pub use upload::{IncomingFile, TransferEnded, UploadBody};
pub use view::{FileView, InTrash};
