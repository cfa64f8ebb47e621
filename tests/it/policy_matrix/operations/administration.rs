//! What administrators do to accounts, and invitations that wait.

use serde_json::json;

use super::{
    FORBIDDEN, NOT_FOUND, UNAUTHENTICATED, behind, field, guard, guarded, owner_only, to_a_client, to_anything,
    to_itself,
};
use crate::policy_matrix::operation::{Answer, Gate, Operation, Outcome, Question};
use crate::policy_matrix::world::{Who, World};

const INVITE_MANY: &str =
    "mutation($role: Role!, $emails: [String!]!) { inviteMany(role: $role, emails: $emails) { token } }";
const DELETE: &str = "mutation($id: ID!, $files: DeleteUserFiles!) { deleteUser(id: $id, files: $files) }";
const REVOKE: &str = "mutation($id: ID!) { revokeInvitation(id: $id) }";

const DELETES: Question = guard("user:delete", to_anything, NOT_FOUND);

const OF_ONESELF: Gate = Gate::Guarded {
    anonymous: Outcome::Null,
    bad_token: UNAUTHENTICATED,
    questions: &[guard("account:read", to_itself, FORBIDDEN), behind("user:list", to_anything, Outcome::Null)],
};

/// The one that the owner takes back.
fn invitation(world: &World) -> &str {
    &world.spent.invitations[&Who::Owner]
}

pub const ROWS: &[Operation] = &[
    field(
        "Query.invitations",
        "of the owner",
        guarded(&[guard("invitation:list", owner_only, Outcome::Absent)]),
        "{ invitations(first: 100) { nodes { id } totalCount } }",
        |_, _| json!({}),
        Answer::Listed("/invitations/nodes", invitation),
    ),
    field(
        "Mutation.revokeInvitation",
        "of the owner",
        guarded(&[guard("invitation:revoke", owner_only, NOT_FOUND)]),
        REVOKE,
        |world, who| json!({"id": world.spent.invitations[&who]}),
        Answer::Something("/revokeInvitation"),
    ),
    field(
        "Mutation.inviteMany",
        "Clients",
        guarded(&[guard("invitation:create", to_a_client, FORBIDDEN)]),
        INVITE_MANY,
        |_, _| json!({"role": "CLIENT", "emails": ["one@example.com", "two@example.com"]}),
        Answer::Something("/inviteMany/1/token"),
    ),
    field(
        "Mutation.inviteMany",
        "Admins",
        guarded(&[guard("invitation:create", to_anything, FORBIDDEN)]),
        INVITE_MANY,
        |_, _| json!({"role": "ADMIN", "emails": ["one@example.com", "two@example.com"]}),
        Answer::Something("/inviteMany/1/token"),
    ),
    field(
        "User.disabled",
        "of oneself",
        OF_ONESELF,
        "{ viewer { disabled } }",
        |_, _| json!({}),
        Answer::Something("/viewer/disabled"),
    ),
    field(
        "Mutation.setUserRole",
        "",
        guarded(&[guard("user:set_role", to_anything, NOT_FOUND)]),
        "mutation($id: ID!) { setUserRole(id: $id, role: CLIENT) { id } }",
        |world, _| json!({"id": world.spent.people["managed"]}),
        Answer::Something("/setUserRole/id"),
    ),
    field(
        "Mutation.disableUser",
        "",
        guarded(&[guard("user:disable", to_anything, NOT_FOUND)]),
        "mutation($id: ID!) { disableUser(id: $id) { id } }",
        |world, _| json!({"id": world.spent.people["managed"]}),
        Answer::Something("/disableUser/id"),
    ),
    field(
        "Mutation.enableUser",
        "",
        guarded(&[guard("user:enable", to_anything, NOT_FOUND)]),
        "mutation($id: ID!) { enableUser(id: $id) { id } }",
        |world, _| json!({"id": world.spent.people["managed"]}),
        Answer::Something("/enableUser/id"),
    ),
    field(
        "Mutation.reassignFiles",
        "",
        guarded(&[guard("file:reassign", to_anything, NOT_FOUND)]),
        "mutation($from: ID!, $to: ID!) { reassignFiles(from: $from, to: $to) }",
        |world, _| json!({"from": world.spent.people["reassigned"], "to": world.some_ops["id"]}),
        Answer::Something("/reassignFiles"),
    ),
    field(
        "Mutation.deleteUser",
        "with its files",
        guarded(&[DELETES]),
        DELETE,
        |world, _| json!({"id": world.spent.people["deleted"], "files": {"delete": true}}),
        Answer::Something("/deleteUser"),
    ),
    field(
        "Mutation.deleteUser",
        "and give its files away",
        guarded(&[DELETES, guard("file:reassign", to_anything, FORBIDDEN)]),
        DELETE,
        |world, _| json!({"id": world.spent.people["reassigned"], "files": {"reassignTo": world.some_ops["id"]}}),
        Answer::Something("/deleteUser"),
    ),
];
