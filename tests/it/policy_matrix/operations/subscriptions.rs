//! What is told as it happens.

use super::{behind, guard, owner_only, recipient_only, to_anything};
use crate::policy_matrix::operation::{Call, Gate, Operation, Outcome, Question};
use crate::policy_matrix::world::World;

/// Nobody else gets as far as to subscribe.
const NOT_LET_IN: Outcome = Outcome::Closed(4403);

const fn subscription(
    name: &'static str,
    questions: &'static [Question],
    query: &'static str,
    pointer: &'static str,
    id: fn(&World) -> &str,
) -> Operation {
    let gate = Gate::Guarded { anonymous: NOT_LET_IN, bad_token: NOT_LET_IN, questions };
    Operation { name, case: "", gate, call: Call::Watch { query, pointer, id }, ends_session: false }
}

fn share(world: &World) -> &str {
    &world.spent.share
}

fn file(world: &World) -> &str {
    &world.spent.file
}

pub const ROWS: &[Operation] = &[
    subscription(
        "Subscription.fileShared",
        &[guard("share:watch", recipient_only, Outcome::Absent), behind("share:read", recipient_only, Outcome::Absent)],
        "subscription($after: String) { fileShared(after: $after) { id } }",
        "/fileShared/id",
        share,
    ),
    subscription(
        "Subscription.fileDownloaded",
        &[guard("download:watch", owner_only, Outcome::Absent), behind("share:read", owner_only, Outcome::Absent)],
        "subscription($after: String) { fileDownloaded(after: $after) { share { id } } }",
        "/fileDownloaded/share/id",
        share,
    ),
    subscription(
        "Subscription.auditEvent",
        &[guard("audit:watch", to_anything, Outcome::Absent)],
        "subscription($after: String) { auditEvent(after: $after) { object } }",
        "/auditEvent/object",
        file,
    ),
];
