//! Every operation of the product × everybody who could call it, held against what `policies/policy_test.csv` expects.
//!
//! To add an operation: a row in `operations/`. Its outcomes follow from the permissions it needs and from what each
//! caller is to the thing; what the contract says beyond that (null, an empty list, 404) stands in the row.

mod operation;
mod operations;
mod rules;
mod walk;
mod world;

use std::collections::BTreeSet;

pub use operation::{Call, Gate, Operation, Outcome};
pub use operations::all as all_operations;
pub use rules::{Rules, shipped_model, shipped_policy};
pub use world::{Who, World};

/// What the command line asks on the machine itself, and nobody over the API.
const OF_THE_OPERATOR: &[&str] =
    &["user:create", "key:rotate", "key:retire", "storage:verify", "storage:copy", "backup:create"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_answers_every_caller_as_the_policy_expects() {
    let mut world = World::open().await;
    world.prepare(&Who::ALL).await;
    let rules = Rules::expected();
    let mut wrong = Vec::new();
    for operation in all_operations() {
        for who in Who::ALL {
            let expected = operation.expected(&rules, who);
            let outcome = operation.perform_expecting(&world, who, expected).await;
            if outcome != expected {
                wrong.push(format!("{operation}: {who:?} got {outcome:?}, not {expected:?}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Who may do nothing with it would not show that an operation works at all.
#[test]
fn every_operation_is_done_by_somebody_and_guarded_ones_not_by_everybody() {
    let rules = Rules::expected();
    for operation in all_operations() {
        let done = Who::ALL.into_iter().filter(|who| operation.expected(&rules, *who) == Outcome::Done).count();
        let guarded = matches!(operation.gate, operation::Gate::Guarded { .. });
        assert!(if guarded { (1..=5).contains(&done) } else { done == Who::ALL.len() }, "{operation}: {done}");
    }
}

#[test]
fn every_operation_has_a_row() {
    let rows: BTreeSet<&str> = all_operations().map(|operation| operation.name).collect();
    let product: BTreeSet<String> =
        walk::fields_to_check(&strongroom::graphql::sdl()).into_iter().chain(walk::routes()).collect();
    let product: BTreeSet<&str> = product.iter().map(String::as_str).collect();
    assert_eq!(product.difference(&rows).collect::<Vec<_>>(), Vec::<&&str>::new(), "not in the matrix");
    assert_eq!(rows.difference(&product).collect::<Vec<_>>(), Vec::<&&str>::new(), "not in the product");
}

#[test]
fn every_permission_is_needed_by_an_operation() {
    let used: BTreeSet<String> = all_operations().flat_map(Operation::permissions).map(str::to_owned).collect();
    let mut known = rules::all_permissions();
    known.retain(|permission| !OF_THE_OPERATOR.contains(&permission.as_str()));
    assert_eq!(used, known);
}

/// The first question of a row is the one that the schema shows.
#[test]
fn rows_need_what_the_schema_shows() {
    let shown = walk::shown_permissions(&strongroom::graphql::sdl());
    for operation in all_operations() {
        if let Some(permission) = shown.get(operation.name) {
            assert_eq!(operation.permissions().first(), Some(&permission.as_str()), "{operation}");
        }
    }
    assert!(shown.len() >= 15, "the walk sees what the schema shows");
}
