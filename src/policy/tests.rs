use super::*;
use crate::domain::role::Role;

const CLIENT: Subject = Subject::Role(Role::Client);

async fn in_folder(policy: &str) -> (tempfile::TempDir, Result<Policy, Error>) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("model.conf"), BUILT_IN_MODEL).unwrap();
    std::fs::write(folder.path().join("policy.csv"), policy).unwrap();
    let policy = Policy::load(Some(folder.path())).await;
    (folder, policy)
}

/// The expectation that people wrote down, held against what Casbin answers: every subject, permission and relation.
#[tokio::test]
async fn the_shipped_policy_is_what_policy_test_says() {
    let policy = Policy::load(None).await.unwrap();
    let expected: Vec<Vec<&str>> = include_str!("../../policies/policy_test.csv")
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|line| line.split(',').map(str::trim).collect())
        .collect();
    for subject in Subject::ALL {
        for permission in Permission::ALL.iter().copied() {
            for relation in Relation::ALL {
                let question = [subject.as_str(), permission.object(), permission.action(), relation.as_str()];
                let rows: Vec<_> = expected.iter().filter(|row| row[..4] == question).collect();
                assert_eq!(rows.len(), 1, "policy_test.csv has no single row for {question:?}");
                let allowed = match rows[0][4] {
                    "allow" => true,
                    "deny" => false,
                    other => panic!("{other}"),
                };
                assert_eq!(policy.may(subject, permission, relation), allowed, "{question:?}");
            }
        }
    }
    let questions = Subject::ALL.len() * Permission::ALL.len() * Relation::ALL.len();
    assert_eq!(expected.len(), questions, "policy_test.csv has rows about nothing we know");
}

#[tokio::test]
async fn a_bad_policy_is_refused() {
    for (policy, what) in [
        ("", "empty"),
        ("# only a comment\n", "empty"),
        ("p, CLIENT, file, read\n", "too short"),
        ("p, CLIENTS, file, read, owner\n", "unknown role"),
        ("p, CLIENT, file, fly, owner\n", "unknown action"),
        ("p, CLIENT, file, read, cousin\n", "unknown relation"),
    ] {
        assert!(in_folder(policy).await.1.is_err(), "{what}");
    }
    assert!(Policy::load(Some(Path::new("/nowhere"))).await.is_err());
}

#[tokio::test]
async fn a_model_that_allows_everything_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let open = BUILT_IN_MODEL.replace("m = r.role", "m = true || r.role");
    std::fs::write(folder.path().join("model.conf"), open).unwrap();
    std::fs::write(folder.path().join("policy.csv"), BUILT_IN_POLICY).unwrap();
    assert!(Policy::load(Some(folder.path())).await.is_err());
}

#[tokio::test]
async fn a_changed_policy_comes_into_force_and_a_bad_one_does_not() {
    let (folder, policy) = in_folder("p, CLIENT, file, read, recipient\n").await;
    let policy = policy.unwrap();
    assert!(policy.may(CLIENT, Permission::FileRead, Relation::Recipient));
    assert!(!policy.may(CLIENT, Permission::FileUpload, Relation::None));
    assert!(!policy.reload_if_changed().await);

    let path = folder.path().join("policy.csv");
    std::fs::write(&path, "p, CLIENT, file, upload, none\n").unwrap();
    assert!(policy.reload_if_changed().await);
    assert!(!policy.may_ever(CLIENT, Permission::FileRead));
    assert!(policy.may_ever(CLIENT, Permission::FileUpload));

    for bad in ["", "p, CLIENT\n", "p, WHO, file, upload, none\n"] {
        std::fs::write(&path, bad).unwrap();
        assert!(!policy.reload_if_changed().await);
        assert!(policy.may(CLIENT, Permission::FileUpload, Relation::None), "the old one stays");
    }
}
