//! Where things are: what was left open lies under `data_dir`. Relative paths are relative to the working directory.

use std::path::{Path, PathBuf};

use super::Config;

/// Where a policy is looked for when `policy.dir` is left open.
const POLICY_DIR_IN_WORKING_DIR: &str = "policies";

impl Config {
    /// The address of the database, e.g. `surrealkv://data/database`.
    pub fn database_url(&self) -> String {
        match &self.database.url {
            Some(url) => url.clone(),
            None => format!("surrealkv://{}", self.data_dir.join("database").display()),
        }
    }

    /// The folder of the `fs` storage backend.
    pub fn objects_dir(&self) -> PathBuf {
        self.storage.fs.root.clone().unwrap_or_else(|| self.data_dir.join("objects"))
    }

    /// The file that holds the key ring.
    pub fn keys_file(&self) -> PathBuf {
        self.keys.file.clone().unwrap_or_else(|| self.data_dir.join("keys"))
    }

    /// The folder that the `file` mail transport writes to.
    pub fn mail_dir(&self) -> PathBuf {
        self.data_dir.join("mail")
    }

    /// The Unix socket through which commands reach a running server.
    pub fn control_socket(&self) -> PathBuf {
        self.data_dir.join("control.sock")
    }

    /// Where a verification writes down how far it is.
    pub fn verify_state_file(&self) -> PathBuf {
        self.data_dir.join("verify.state")
    }

    /// The folder of the policy, `None` for the built-in one. Looks whether the default folder exists.
    pub fn policy_dir(&self) -> Option<PathBuf> {
        let default = Path::new(POLICY_DIR_IN_WORKING_DIR);
        self.policy.dir.clone().or_else(|| default.is_dir().then(|| default.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::load::tests::load_with;

    #[test]
    fn what_is_left_open_lies_under_the_data_dir() {
        let config = load_with(&[("STRONGROOM__DATA_DIR", "/srv/strongroom")]).expect("good");
        assert_eq!(config.database_url(), "surrealkv:///srv/strongroom/database");
        assert_eq!(config.objects_dir(), Path::new("/srv/strongroom/objects"));
        assert_eq!(config.keys_file(), Path::new("/srv/strongroom/keys"));
        assert_eq!(config.mail_dir(), Path::new("/srv/strongroom/mail"));
        assert_eq!(config.control_socket(), Path::new("/srv/strongroom/control.sock"));
    }

    #[test]
    fn what_is_given_is_taken() {
        let config = load_with(&[
            ("STRONGROOM__DATABASE__URL", "mem://"),
            ("STRONGROOM__STORAGE__FS__ROOT", "objects-here"),
            ("STRONGROOM__KEYS__FILE", "/etc/strongroom/keys"),
            ("STRONGROOM__POLICY__DIR", "/etc/strongroom/policies"),
        ])
        .expect("good");
        assert_eq!(config.database_url(), "mem://");
        assert_eq!(config.objects_dir(), Path::new("objects-here"));
        assert_eq!(config.keys_file(), Path::new("/etc/strongroom/keys"));
        assert_eq!(config.policy_dir(), Some(PathBuf::from("/etc/strongroom/policies")));
    }
}
