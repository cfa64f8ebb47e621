//! Documents: bringing them in, seeing them, naming them, deleting them and bringing them back.

mod change;
mod list;
mod receive;
mod sealed_reader;
mod trash;
mod upload;
mod view;

pub(in crate::services) use change::absent_is_not_found;
pub use list::FileFilter;
pub(in crate::services) use trash::DAY_SECONDS;
pub use upload::{IncomingFile, TransferEnded, UploadBody};
pub use view::{FileView, InTrash};
