//! Documents: bringing them in, seeing them, naming them, deleting them.

mod change;
mod list;
mod receive;
mod sealed_reader;
mod upload;
mod view;

pub(in crate::services) use change::absent_is_not_found;
pub use list::FileFilter;
pub use upload::{IncomingFile, TransferEnded, UploadBody};
pub use view::FileView;
