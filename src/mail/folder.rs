//! Mail as files: one `.eml` (RFC 5322) a mail.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::folders;

/// How many unfinished files of one mail are tolerated: those of workers that died.
const MAX_UNFINISHED: usize = 1000;

/// Under its final name only when it is whole; readable by its owner alone, for it holds a token.
pub(super) fn write_durably(folder: &Path, name: &str, message: &[u8]) -> io::Result<()> {
    folders::make_private(folder)?;
    let (mut file, unfinished) = begin(folder, name)?;
    file.write_all(message)?;
    file.sync_all()?;
    std::fs::rename(&unfinished, folder.join(name))?;
    folders::sync(folder)
}

/// A file of our own: another worker on the same folder may be writing the same mail.
fn begin(folder: &Path, name: &str) -> io::Result<(File, PathBuf)> {
    for number in 0..MAX_UNFINISHED {
        let unfinished = folder.join(format!(".{name}.{number}"));
        match OpenOptions::new().create_new(true).write(true).mode(0o600).open(&unfinished) {
            Ok(file) => return Ok((file, unfinished)),
            Err(failure) if failure.kind() == io::ErrorKind::AlreadyExists => {}
            Err(failure) => return Err(failure),
        }
    }
    Err(io::Error::other("too many unfinished files of one mail"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_workers_never_write_into_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let (mut slow, of_the_slow_one) = begin(folder.path(), "a.eml").unwrap();
        slow.write_all(b"half a ma").unwrap();
        write_durably(folder.path(), "a.eml", b"a whole mail").unwrap();
        assert_eq!(std::fs::read(folder.path().join("a.eml")).unwrap(), b"a whole mail");
        assert_eq!(std::fs::read(of_the_slow_one).unwrap(), b"half a ma");
    }
}
