//! Folders on this machine: made private, and made to last.
//!
//! Floor 1. Imports nothing of ours. A new name, of a file or of a folder, is there after a power failure only if the folder
//! it stands in was synced after it was made.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// Makes a folder, and those above it that are missing, for its owner alone. They last when this returns.
///
/// # Errors
/// What the system says; among it, that something else has this name.
pub fn make_private(folder: &Path) -> io::Result<()> {
    let folder = std::path::absolute(folder)?;
    let Some(above) = folder.parent() else { return Ok(()) };
    if !above.is_dir() {
        make_private(above)?;
    }
    match DirBuilder::new().mode(0o700).create(&folder) {
        Ok(()) => sync(above),
        Err(failure) if failure.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => sync_again(above),
        Err(failure) => Err(failure),
    }
}

/// Makes the names in a folder last.
///
/// # Errors
/// What the system says.
pub fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// The same for a name that was found there: whoever made it may have died before it lasted. A folder that we may not even
/// read was made by somebody else, who has seen to it.
///
/// # Errors
/// What the system says.
pub fn sync_again(folder: &Path) -> io::Result<()> {
    match sync(folder) {
        Err(failure) if failure.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        synced => synced,
    }
}

/// Puts a private file with this content in the place of whatever file has this name: whole or not at all, and lasting.
///
/// # Errors
/// What the system says. What was there is there then.
pub fn replace_file(path: &Path, content: &[u8]) -> io::Result<()> {
    let unfinished = path.with_added_extension("unfinished");
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&unfinished)?;
    file.write_all(content)?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    sync(folder)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn folders_are_private_and_made_once() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("one/two");
        make_private(&folder).unwrap();
        make_private(&folder).unwrap();
        for made in [home.path().join("one"), folder] {
            assert_eq!(made.metadata().unwrap().permissions().mode() & 0o777, 0o700, "{}", made.display());
        }
    }

    #[test]
    fn a_file_is_no_folder() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert_eq!(make_private(&file).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert!(make_private(&file.join("below")).is_err());
    }
}
