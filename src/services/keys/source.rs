//! Where the ring comes from: a file, the environment, or what a program prints.

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use rustix::process::{Pid, Signal, kill_process_group};
use zeroize::Zeroizing;

use super::Error;
use super::ring_file::{self, MAX_RING_BYTES};
use crate::config::{self, Config};
use crate::crypto;
use crate::crypto::key_ring::KeyRing;

/// The variable that holds the ring where the source is the environment.
pub const RING_VARIABLE: &str = "STRONGROOM_KEY_RING";
/// How long a program may take.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(30);
/// How often it is looked whether a program has ended that says no more.
const LOOK: Duration = Duration::from_millis(5);

/// Where the ring comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// A file.
    File(PathBuf),
    /// [`RING_VARIABLE`].
    Environment,
    /// What a program prints: the program and its arguments.
    Command(Vec<String>),
}

impl KeySource {
    /// What the configuration says.
    pub fn new(config: &Config) -> Self {
        match config.keys.source {
            config::KeySource::File => Self::File(config.keys_file()),
            config::KeySource::Env => Self::Environment,
            config::KeySource::Command => Self::Command(config.keys.command.clone()),
        }
    }

    /// Where that is, in words for a message.
    pub fn place(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Environment => format!("in the environment variable {RING_VARIABLE}"),
            // Its arguments are nobody's business.
            Self::Command(command) => {
                format!("of the command `{}`", command.first().map(String::as_str).unwrap_or_default())
            }
        }
    }

    /// The ring as it is there now, its keys in the order of the text; `None` where there is none. Takes as long as a program
    /// does: not for the reactor.
    ///
    /// # Errors
    /// [`Error::Source`], [`Error::Ring`], [`Error::ReadableByOthers`].
    pub fn read(&self) -> Result<Option<KeyRing>, Error> {
        let text = match self {
            Self::File(path) => return ring_file::read(path),
            Self::Environment => match std::env::var_os(RING_VARIABLE).filter(|text| !text.is_empty()) {
                Some(text) => Zeroizing::new(text.into_encoded_bytes()),
                None => return Ok(None),
            },
            Self::Command(command) => {
                run(command, COMMAND_TIMEOUT).map_err(|source| Error::Source { place: self.place(), source })?
            }
        };
        let unusable = |source| Error::Ring { place: self.place(), source };
        if text.iter().all(u8::is_ascii_whitespace) {
            return Ok(None);
        }
        parse(&text).map(Some).map_err(unusable)
    }

    /// The same off the reactor.
    ///
    /// # Errors
    /// As `read`.
    pub async fn read_aside(&self) -> Result<Option<KeyRing>, Error> {
        let source = self.clone();
        let reading = tokio::task::spawn_blocking(move || source.read());
        reading.await.map_err(|failure| Error::Source { place: self.place(), source: io::Error::other(failure) })?
    }
}

/// The text of a ring, as it is or in base64: many stores of secrets take one line only.
fn parse(text: &[u8]) -> Result<KeyRing, crypto::Error> {
    const NO_TEXT: crypto::Error = crypto::Error::BadRing("it is not text");
    let one_line: Zeroizing<Vec<u8>> = Zeroizing::new(text.trim_ascii().to_vec());
    if let Ok(decoded) = BASE64.decode(&one_line).map(Zeroizing::new) {
        return KeyRing::parse(std::str::from_utf8(&decoded).map_err(|_| NO_TEXT)?);
    }
    KeyRing::parse(std::str::from_utf8(text).map_err(|_| NO_TEXT)?)
}

/// What a program prints. It is run without a shell, with nothing to read; what it complains of is not kept, for it may tell
/// of secrets.
fn run(command: &[String], timeout: Duration) -> io::Result<Zeroizing<Vec<u8>>> {
    let Some((program, arguments)) = command.split_first() else { return Err(io::ErrorKind::InvalidInput.into()) };
    let mut child = Command::new(program)
        .args(arguments)
        .env_remove(RING_VARIABLE)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        // So that whatever it starts ends with it.
        .process_group(0)
        .spawn()?;
    let printed = read_all(&mut child, timeout);
    if printed.is_err() {
        end(&mut child);
    }
    let status = child.wait()?;
    let printed = printed?;
    if status.success() {
        Ok(printed)
    } else {
        Err(io::Error::other(format!("it failed ({status}); run it by hand to see why")))
    }
}

/// All that it prints, once it has ended.
fn read_all(child: &mut Child, timeout: Duration) -> io::Result<Zeroizing<Vec<u8>>> {
    let deadline = Instant::now() + timeout;
    let late = || io::Error::new(io::ErrorKind::TimedOut, format!("it took longer than {} seconds", timeout.as_secs()));
    let stdout = child.stdout.take().ok_or_else(|| io::Error::other("it has no output"))?;
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut printed = Zeroizing::new(Vec::with_capacity(MAX_RING_BYTES as usize + 1));
        let read = stdout.take(MAX_RING_BYTES + 1).read_to_end(&mut printed).map(|_| printed);
        // Nobody minds where it goes once nobody waits for it.
        drop(sender.send(read));
    });
    let printed = receiver.recv_timeout(timeout).map_err(|failure| match failure {
        RecvTimeoutError::Timeout => late(),
        RecvTimeoutError::Disconnected => io::Error::other("its output cannot be read"),
    })??;
    if printed.len() as u64 > MAX_RING_BYTES {
        return Err(io::Error::other("it prints more than any key ring is long"));
    }
    while child.try_wait()?.is_none() {
        if Instant::now() >= deadline {
            return Err(late());
        }
        std::thread::sleep(LOOK);
    }
    Ok(printed)
}

fn end(child: &mut Child) {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(group) = group
        && let Err(failure) = kill_process_group(group, Signal::KILL)
    {
        tracing::debug!(%failure, "a program that was to print the key ring has ended by itself");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::os_random::OsRandom;
    use crate::domain::timestamp::Timestamp;

    fn shell(script: &str) -> Vec<String> {
        ["/bin/sh", "-c", script].map(str::to_owned).to_vec()
    }

    #[test]
    fn what_a_program_prints_is_the_ring_as_text_or_in_base64() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ring");
        let ring = KeyRing::generate(&OsRandom, Timestamp::from_millis(0)).unwrap();
        let text = ring.to_text();
        for form in [text.as_bytes().to_vec(), format!("{}\n", BASE64.encode(text.as_bytes())).into_bytes()] {
            std::fs::write(&path, form).unwrap();
            let source = KeySource::Command(vec!["/bin/cat".to_owned(), path.to_string_lossy().into_owned()]);
            assert_eq!(*source.read().unwrap().unwrap().to_text(), *text);
        }
        assert!(KeySource::Command(shell("true")).read().unwrap().is_none(), "nothing is no ring");
        for (script, said) in [
            ("echo nonsense", "cannot be used"),
            ("exit 3", "failed (exit status: 3)"),
            ("cat /dev/zero", "more than any key ring"),
            ("echo topsecret >&2; exit 1", "run it by hand"),
            ("printf '\\377\\376'", "not text"),
        ] {
            let failure = KeySource::Command(shell(script)).read().unwrap_err().to_string();
            assert!(failure.contains(said) && !failure.contains("topsecret"), "{script}: {failure}");
        }
        let failure = KeySource::Command(vec!["/no/such/program".to_owned()]).read().unwrap_err().to_string();
        assert!(failure.contains("/no/such/program"), "{failure}");
    }

    #[test]
    fn a_program_that_hangs_is_ended_with_all_it_has_started() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("mark");
        for script in
            ["echo $$ > MARK; exec sleep 60", "sleep 60 & echo $! > MARK; wait", "echo $$ > MARK; exec 1>&-; sleep 60"]
        {
            let begun = Instant::now();
            let script = script.replace("MARK", &mark.to_string_lossy());
            let failure = run(&shell(&script), Duration::from_secs(2)).unwrap_err();
            assert_eq!(failure.kind(), io::ErrorKind::TimedOut, "{script}");
            assert!(begun.elapsed() < Duration::from_secs(20));
            let process = std::fs::read_to_string(&mark).unwrap();
            let stat = format!("/proc/{}/stat", process.trim());
            // It is gone, or dead and not gathered yet by whoever has to.
            let lives = || std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z "));
            let waited = Instant::now();
            while lives() {
                assert!(waited.elapsed() < Duration::from_secs(10), "{script}");
                std::thread::sleep(LOOK);
            }
        }
    }
}
