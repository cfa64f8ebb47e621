//! The tool that plays the power failure is tested with everything else.

use std::process::Command;

use super::forgetful_disk::{memory_folder, run, tool};

#[test]
fn the_forgetful_disk_forgets_what_it_should() {
    let folder = memory_folder();
    run(Command::new("python3").arg(tool("selftest.py")).env("TMPDIR", folder.path()));
}

/// Memory file systems reuse no inode numbers; the usual place for temporary files may.
#[test]
fn the_forgetful_disk_is_not_fooled_by_reused_inode_numbers() {
    let test = "Forgetful.test_a_reused_inode_number_has_no_past";
    run(Command::new("python3").arg(tool("selftest.py")).arg(test));
}
