//! `policies/policy.csv` decides, and nothing else: a line less closes exactly its operations, a line more opens one.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use strongroom::domain::role::Role;
use strongroom::services::backup::BackupOptions;
use strongroom::services::progress::Progress;
use strongroom::services::{Caller, Error};

use crate::harness::client::PASSWORD;
use crate::policy_matrix::{Operation, Outcome, Rules, Who, World, all_operations, shipped_policy};

/// One of each role: what a line closes, it closes for its role.
const CALLERS: [Who; 4] = [Who::Anonymous, Who::RightClient, Who::Admin, Who::Owner];
/// Apps that work through the lines side by side.
const WORLDS: usize = 3;
const RENAME_BY_RECIPIENTS: &str = "p, CLIENT, file, rename, recipient\n";

fn operation(name: &str) -> &'static Operation {
    all_operations().find(|operation| operation.name == name).unwrap()
}

/// The shipped policy without these lines.
fn without(lines: &[&str]) -> String {
    shipped_policy().lines().filter(|line| !lines.contains(line)).map(|line| format!("{line}\n")).collect()
}

/// The lines of a policy, in groups of lines that are left out together, since every round costs as much: one of a role at
/// most, so that a caller misses only one, and of other objects or actions, so that what a line closes for another role too is
/// not what a line of that role closes.
fn groups(policy: &str) -> Vec<Vec<&str>> {
    let words = |line: &str| -> Vec<String> { line.split(", ").map(str::to_owned).collect() };
    let may_go_with = |line: &str, other: &str| {
        let (line, other) = (words(line), words(other));
        line[1] != other[1] && line[2..4] != other[2..4]
    };
    let mut groups: Vec<Vec<&str>> = Vec::new();
    for line in policy.lines().filter(|line| line.starts_with("p,")) {
        match groups.iter_mut().find(|group| group.iter().all(|other| may_go_with(line, other))) {
            Some(group) => group.push(line),
            None => groups.push(vec![line]),
        }
    }
    groups
}

/// What is open under the shipped policy and closed under this one, and how it is refused.
fn closed_by(text: &str) -> BTreeMap<String, Outcome> {
    let (shipped, rules) = (Rules::of_policy(&shipped_policy()), Rules::of_policy(text));
    let mut closed = BTreeMap::new();
    for operation in all_operations() {
        for who in CALLERS.into_iter().filter(|who| operation.expected(&shipped, *who) == Outcome::Done) {
            closed.insert(format!("{operation}: {who:?}"), operation.expected(&rules, who));
        }
    }
    closed.retain(|_, outcome| *outcome != Outcome::Done);
    let of_the_operator = OF_THE_OPERATOR.into_iter().filter(|permission| !rules.allow("operator", permission, "none"));
    closed.extend(of_the_operator.map(|permission| (permission.to_owned(), Outcome::Code("FORBIDDEN"))));
    closed
}

/// What the operator may do on the machine itself, as the commands of `strongroom` ask it.
const OF_THE_OPERATOR: [&str; 8] = [
    "user:create",
    "invitation:create",
    "key:list",
    "key:rotate",
    "key:retire",
    "storage:verify",
    "storage:copy",
    "backup:create",
];

/// What of it works.
async fn operator_does(world: &World) -> BTreeSet<&'static str> {
    let newcomer = world.newcomer();
    let email = newcomer["email"].as_str().unwrap();
    let services = &world.app.services;
    let user = services.create_user(&Caller::Operator, email, "Newcomer", Role::Ops, PASSWORD).await;
    let invitation = services.invite(&Caller::Operator, Role::Admin, None).await;
    let keys = services.list_keys(&Caller::Operator).await;
    // What is asked for is nonsense; whether it may be asked for is said before that.
    let rotated = services.rotate_to_added_keys(&Caller::Operator, &[]).await;
    let retired = services.retire_key(&Caller::Operator, "no such key", false).await;
    let verified = services.verify(&Caller::Operator, &crate::verify::options(&world.app), &Progress::default()).await;
    let listed = services.list_objects(&Caller::Operator, None).await;
    let folder = world.app.folder.path().join("backup");
    let backup = BackupOptions { folder, with_objects: false, only_deletions: true };
    let backed_up = services.back_up(&Caller::Operator, &backup, &Progress::default()).await;
    let done = [
        user.is_ok(),
        invitation.is_ok(),
        keys.is_ok(),
        !matches!(rotated, Err(Error::Forbidden)),
        !matches!(retired, Err(Error::Forbidden)),
        verified.is_ok(),
        listed.is_ok(),
        backed_up.is_ok(),
    ];
    OF_THE_OPERATOR.into_iter().zip(done).filter(|(_, done)| *done).map(|(permission, _)| permission).collect()
}

/// What is wrong under this policy, and how much of what worked works no longer.
async fn differences(world: &World, text: &str) -> (Vec<String>, usize) {
    let (shipped, rules) = (Rules::of_policy(&shipped_policy()), Rules::of_policy(text));
    let (mut wrong, mut closed) = (Vec::new(), 0);
    for operation in all_operations() {
        for who in CALLERS.into_iter().filter(|who| operation.expected(&shipped, *who) == Outcome::Done) {
            let expected = operation.expected(&rules, who);
            let outcome = operation.perform_expecting(world, who, expected).await;
            closed += usize::from(expected != Outcome::Done);
            if outcome != expected {
                wrong.push(format!("{operation}: {who:?} got {outcome:?}, not {expected:?}"));
            }
        }
    }
    let done = operator_does(world).await;
    for permission in OF_THE_OPERATOR {
        let expected = rules.allow("operator", permission, "none");
        closed += usize::from(!expected);
        if done.contains(permission) != expected {
            wrong.push(format!("{permission}: the operator may {}", if expected { "not" } else { "all the same" }));
        }
    }
    (wrong, closed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_line_exactly_its_operations_fail() {
    let worlds = (0..WORLDS).map(|number| {
        tokio::spawn(async move {
            let mut world = World::open().await;
            let shipped = shipped_policy();
            for lines in groups(&shipped).iter().skip(number).step_by(WORLDS) {
                let text = without(lines);
                world.rule_by(&shipped).await;
                world.prepare(&CALLERS).await;
                world.rule_by(&text).await;
                let (wrong, closed) = differences(&world, &text).await;
                assert!(wrong.is_empty(), "without {lines:?}: {wrong:#?}");
                assert_eq!(closed, closed_by(&text).len(), "without {lines:?}");
            }
        })
    });
    for world in worlds.collect::<Vec<_>>() {
        world.await.unwrap();
    }
}

/// Lines that are left out together close what each closes when it is left out alone, and none of it twice.
#[test]
fn each_line_is_needed_and_closes_something_of_its_own() {
    let shipped = shipped_policy();
    let groups = groups(&shipped);
    assert!(groups.iter().map(Vec::len).sum::<usize>() > 70, "the lines are found");
    for group in groups {
        let mut of_each = BTreeMap::new();
        for line in &group {
            let closed = closed_by(&without(&[line]));
            assert!(!closed.is_empty(), "nothing needs `{line}`");
            for (what, outcome) in closed {
                assert!(of_each.insert(what.clone(), outcome).is_none(), "{what} is closed by two of {group:?}");
            }
        }
        assert_eq!(closed_by(&without(&group)), of_each);
    }
}

/// The expectation has to be able to miss: under the shipped policy, what a shorter one closes is open.
#[tokio::test]
async fn the_comparison_notices_a_line_that_has_no_effect() {
    let mut world = World::open().await;
    world.prepare(&CALLERS).await;
    let without = shipped_policy().replace("p, OPS, file, rename, owner\n", "");
    let (wrong, closed) = differences(&world, &without).await;
    assert_eq!((wrong.len(), closed), (1, 1), "{wrong:?}");
}

/// Nobody restarts anything: the running server looks at the folder by itself.
#[tokio::test]
async fn an_added_line_opens_its_operation() {
    let world = World::open().await;
    let rename = operation("Mutation.renameFile");
    assert_eq!(rename.perform(&world, Who::RightClient).await, Outcome::Code("FORBIDDEN"));
    world.write_policy(&(shipped_policy() + RENAME_BY_RECIPIENTS));
    let begun = Instant::now();
    while rename.perform(&world, Who::RightClient).await != Outcome::Done {
        assert!(begun.elapsed() < Duration::from_secs(30), "the line is not looked at");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(rename.perform(&world, Who::WrongClient).await, Outcome::Code("NOT_FOUND"), "only for recipients");
    assert_eq!(rename.perform(&world, Who::WrongOps).await, Outcome::Code("NOT_FOUND"));
    assert_eq!(rename.perform(&world, Who::Owner).await, Outcome::Done);
    let delete = operation("Mutation.revokeShare");
    assert_eq!(delete.perform(&world, Who::RightClient).await, Outcome::Code("FORBIDDEN"), "nothing else is open");
}

#[tokio::test]
async fn a_bad_policy_never_comes_into_force() {
    let world = World::open().await;
    let shipped = shipped_policy();
    let (rename, files) = (operation("Mutation.renameFile"), operation("Query.files"));
    for (bad, what) in [
        (String::new(), "empty"),
        ("# all lines are gone\n".to_owned(), "only a comment"),
        (shipped.clone() + "p, CLIENT, file\n", "a line that is too short"),
        (shipped.clone() + "p, CLIENT, file, rename, cousin\n", "an unknown relation"),
        (shipped.clone() + "p, CLIENTS, file, rename, recipient\n", "an unknown role"),
        (shipped.clone() + "p, CLIENT, file, shred, recipient\n", "an unknown action"),
        ("\u{0}\u{1}binary, rubbish".to_owned(), "rubbish"),
    ] {
        world.rule_by(&(bad.clone() + if bad.contains("p,") { RENAME_BY_RECIPIENTS } else { "" })).await;
        assert_eq!(rename.perform(&world, Who::RightClient).await, Outcome::Code("FORBIDDEN"), "{what}");
        assert_eq!(rename.perform(&world, Who::Owner).await, Outcome::Done, "{what}");
        assert_eq!(files.perform(&world, Who::RightClient).await, Outcome::Done, "{what}");
    }
    for name in ["policy.csv", "model.conf"] {
        let (path, aside) = (world.policy_folder().join(name), world.policy_folder().join("aside"));
        std::fs::rename(&path, &aside).unwrap();
        assert!(!world.app.services.reload_policy_if_changed().await);
        assert_eq!(rename.perform(&world, Who::Owner).await, Outcome::Done, "without {name}");
        std::fs::rename(&aside, &path).unwrap();
    }
    world.rule_by(&(shipped + RENAME_BY_RECIPIENTS)).await;
    assert_eq!(rename.perform(&world, Who::RightClient).await, Outcome::Done, "a good one comes into force again");
}
