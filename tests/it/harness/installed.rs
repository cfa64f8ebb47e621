//! What the Makefile installs for tests, beside the folder of the profile.

use std::path::PathBuf;

/// A program, by its path there.
pub fn installed(path: &str) -> PathBuf {
    let profile = PathBuf::from(env!("CARGO_BIN_EXE_strongroom"));
    let program = profile.ancestors().nth(2).unwrap().join(path);
    assert!(program.exists(), "{} is missing: `make beside` installs what tests need", program.display());
    program
}

/// The Python that has what tests need of PyPI.
pub fn python() -> PathBuf {
    installed("python/bin/python")
}
