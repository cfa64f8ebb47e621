//! A disk that forgets at a power failure what nobody has fsynced: see `tests/forgetful`.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// Every run of the program has a new root, made from what the last one has made durable.
pub struct ForgetfulDisk {
    library: PathBuf,
    /// The roots lie on a real disk…
    home: TempDir,
    /// …and the records of what was fsynced in memory, where they slow the real fsyncs least.
    shadows: TempDir,
    lives: usize,
}

pub fn tool(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/forgetful").join(name)
}

pub fn memory_folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

impl ForgetfulDisk {
    pub fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let library = home.path().join("forgetful.so");
        let compiled = Command::new("cc")
            .args(["-O2", "-shared", "-fPIC", "-o"])
            .args([&library, &tool("forgetful.c")])
            .args(["-ldl", "-lpthread"])
            .status();
        assert!(compiled.expect("a C compiler is needed").success());
        let disk = Self { library, home, shadows: memory_folder(), lives: 0 };
        std::fs::create_dir(disk.root()).unwrap();
        disk.begin_life();
        disk
    }

    /// What the program may write to.
    pub fn root(&self) -> PathBuf {
        self.home.path().join(format!("root{}", self.lives))
    }

    /// Puts a program on this disk.
    pub fn carry(&self, program: &mut Command) {
        program
            .env("LD_PRELOAD", &self.library)
            .env("FORGETFUL_ROOT", self.root())
            .env("FORGETFUL_SHADOW", self.shadow());
    }

    /// What is left for certain if the power fails now. The program must be dead.
    pub fn certain(&self) -> PathBuf {
        let left = self.home.path().join(format!("certain{}", self.lives));
        self.remember(&[], &left);
        left
    }

    /// The power fails, and what is left is the new root. The program must be dead.
    ///
    /// Below `lenient`, names last without an fsync of their folder, as on ext4, xfs and btrfs; contents do not.
    pub fn fail(&mut self, lenient: &str) {
        let left = self.home.path().join(format!("root{}", self.lives + 1));
        self.remember(&["--lenient", lenient], &left);
        self.lives += 1;
        self.begin_life();
    }

    fn begin_life(&self) {
        run(Command::new("python3").arg(tool("remember.py")).arg("--snapshot").args([self.root(), self.shadow()]));
    }

    fn remember(&self, options: &[&str], left: &Path) {
        let paths = [&self.root(), &self.shadow(), left].map(PathBuf::from);
        run(Command::new("python3").arg(tool("remember.py")).args(options).args(paths));
    }

    fn shadow(&self) -> PathBuf {
        self.shadows.path().join(format!("shadow{}", self.lives))
    }
}

/// Runs a tool; what it complains of is what the test fails with.
pub fn run(command: &mut Command) {
    let output = command.output().expect("python3 is needed");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
