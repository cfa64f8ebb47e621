//! Secrets: given as `x` or as `x_file`, shown as neither.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serializer};

use super::problem::Problems;

/// What stands where a secret would.
pub(super) const REDACTED: &str = "[redacted]";

/// The longest secret that is read from a file; guards against a path like `/dev/zero`.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// Fills `secret` from `file` where a file is given; a problem where both are.
pub(super) fn read_from_file(
    problems: &mut Problems,
    key: &str,
    secret: &mut Option<SecretString>,
    file: Option<&Path>,
) {
    let Some(path) = file else { return };
    let file_key = format!("{key}_file");
    if secret.is_some() {
        problems.add(&file_key, format!("`{key}` and `{file_key}` are both given; give one of them"));
        return;
    }
    match read_trimmed(path) {
        Ok(text) if text.is_empty() => problems.add(&file_key, format!("{} is empty", path.display())),
        Ok(text) => *secret = Some(text.into()),
        Err(error) => problems.add(&file_key, format!("cannot read {}: {error}", path.display())),
    }
}

fn read_trimmed(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(MAX_FILE_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_FILE_BYTES {
        return Err(io::Error::other(format!("it is longer than {MAX_FILE_BYTES} bytes")));
    }
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}

/// For `#[serde(serialize_with)]`.
pub(super) fn serialize<S: Serializer>(secret: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(if secret.is_some() { REDACTED } else { "" })
}

/// For `#[serde(deserialize_with)]`.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok((!text.is_empty()).then(|| text.into()))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use crate::config::load::tests::{load_with, problems_of};

    fn file_with(content: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().expect("temp file");
        std::fs::write(file.path(), content).expect("written");
        file
    }

    const USERNAME: (&str, &str) = ("STRONGROOM__DATABASE__USERNAME", "ada");
    const PASSWORD_FILE: &str = "STRONGROOM__DATABASE__PASSWORD_FILE";

    #[test]
    fn is_read_from_its_file_without_the_trailing_newline() {
        for (content, wanted) in
            [("s3cret", "s3cret"), ("s3cret\n", "s3cret"), ("s3cret\r\n", "s3cret"), (" a \n\n", " a \n")]
        {
            let file = file_with(content.as_bytes());
            let path = file.path().to_str().expect("UTF-8");
            let config = load_with(&[USERNAME, (PASSWORD_FILE, path)]).expect("good");
            let password = config.database.password.as_ref().map(ExposeSecret::expose_secret);
            assert_eq!(password, Some(wanted), "{content:?}");
        }
    }

    #[test]
    fn both_ways_at_once_are_refused_by_both_names() {
        for (section, key) in [
            ("DATABASE", "database.password"),
            ("STORAGE__S3", "storage.s3.secret_access_key"),
            ("AUTH__PASSWORD", "auth.password.pepper"),
            ("MAIL__SMTP", "mail.smtp.url"),
        ] {
            let name = key.rsplit('.').next().unwrap_or_default().to_uppercase();
            let variable = format!("STRONGROOM__{section}__{name}");
            let problems = problems_of(&[(&variable, "s3cret"), (&format!("{variable}_FILE"), "/nowhere")]);
            let both = problems.iter().find(|problem| problem.reason.contains("both given")).expect("a problem");
            assert!(both.reason.contains(&format!("`{key}`")), "{both}");
            assert!(both.reason.contains(&format!("`{key}_file`")), "{both}");
            assert!(!both.to_string().contains("s3cret"), "{both}");
        }
    }

    #[test]
    fn files_that_hold_no_secret_are_refused() {
        let (empty, binary, long) = (file_with(b"\n"), file_with(&[0xff, 0xfe]), file_with(&[b'a'; 70_000]));
        for path in [empty.path(), binary.path(), long.path(), std::path::Path::new("/nowhere/password")] {
            let path = path.to_str().expect("UTF-8");
            let problems = problems_of(&[USERNAME, (PASSWORD_FILE, path)]);
            let problem = problems.iter().find(|problem| problem.key == "database.password_file").expect("a problem");
            assert!(problem.reason.contains(path) && problem.to_string().contains(PASSWORD_FILE), "{problem}");
        }
    }
}
