//! A small file system, for what happens when it is full.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// Gone when it is dropped.
pub struct SmallDisk(TempDir);

impl SmallDisk {
    /// `None` where this process may not mount.
    pub fn mount(kib: usize) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        mount(&format!("size={kib}k"), folder.path()).then(|| Self(folder))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Makes it larger, with what lies on it.
    pub fn grow(&self, kib: usize) {
        assert!(mount(&format!("remount,size={kib}k"), self.path()));
    }

    /// From now on nobody writes to it, or everybody does again.
    pub fn let_write(&self, writable: bool) {
        assert!(mount(if writable { "remount,rw" } else { "remount,ro" }, self.path()));
    }
}

fn mount(options: &str, folder: &Path) -> bool {
    let mount = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(folder).output();
    mount.is_ok_and(|output| output.status.success())
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _left_to_the_machine = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}
