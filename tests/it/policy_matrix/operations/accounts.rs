//! People, sessions and invitations.

use serde_json::{Value, json};

use super::{FORBIDDEN, UNAUTHENTICATED, behind, field, guard, guarded, public, to_a_client, to_anything, to_itself};
use crate::harness::client::PASSWORD;
use crate::policy_matrix::operation::{Answer, Call, Gate, Operation, Outcome, Question};
use crate::policy_matrix::world::{SIGNUP, World};

const NODE: &str = "query($id: ID!) { node(id: $id) { id } }";
const USERS: &str =
    "query($role: Role!, $email: String!) { users(role: $role, emailContains: $email) { nodes { id } totalCount } }";
const INVITE: &str = "mutation($role: Role!) { invite(role: $role) { token } }";

const READ_ITSELF: Question = guard("account:read", to_itself, FORBIDDEN);

const VIEWER: Gate = Gate::Guarded { anonymous: Outcome::Null, bad_token: UNAUTHENTICATED, questions: &[READ_ITSELF] };

fn id(person: &Value) -> &str {
    person["id"].as_str().unwrap()
}

fn some_client(world: &World) -> &str {
    id(&world.some_client)
}

fn some_ops(world: &World) -> &str {
    id(&world.some_ops)
}

pub const ROWS: &[Operation] = &[
    field(
        "Mutation.signup",
        "",
        public("account:signup"),
        SIGNUP,
        |world, _| json!({"input": world.newcomer()}),
        Answer::Something("/signup/email"),
    ),
    field(
        "Mutation.verifyEmail",
        "",
        public("account:verify"),
        "mutation($t: String!, $p: String!) { verifyEmail(token: $t, password: $p) { accessToken } }",
        |world, who| json!({"t": world.spent.verification_tokens[&(who, "schema")], "p": PASSWORD}),
        Answer::Something("/verifyEmail/accessToken"),
    ),
    field(
        "Mutation.login",
        "",
        public("session:create"),
        "mutation($input: LoginInput!) { login(input: $input) { accessToken } }",
        |world, _| json!({"input": {"email": world.some_client["email"], "password": PASSWORD}}),
        Answer::Something("/login/accessToken"),
    ),
    field(
        "Mutation.refresh",
        "",
        public("session:refresh"),
        "mutation($t: String!) { refresh(refreshToken: $t) { accessToken } }",
        |world, who| json!({"t": world.spent.refresh_tokens[&who]}),
        Answer::Something("/refresh/accessToken"),
    ),
    Operation {
        name: "Mutation.logout",
        case: "",
        gate: guarded(&[guard("session:end", to_itself, FORBIDDEN)]),
        call: Call::Post {
            query: "mutation { logout }",
            variables: |_, _| json!({}),
            answer: Answer::Something("/logout"),
        },
        ends_session: true,
    },
    field(
        "Query.activeSessions",
        "",
        guarded(&[guard("session:list", to_itself, FORBIDDEN)]),
        "{ activeSessions { nodes { id } } }",
        |_, _| json!({}),
        Answer::Something("/activeSessions/nodes/0/id"),
    ),
    field(
        "Mutation.revokeSession",
        "",
        guarded(&[guard("session:end", to_itself, FORBIDDEN)]),
        "mutation($id: ID!) { revokeSession(id: $id) }",
        |world, who| json!({"id": world.spent.other_sessions[&who]}),
        Answer::Something("/revokeSession"),
    ),
    field(
        "Query.auditEvents",
        "",
        guarded(&[guard("audit:list", to_anything, FORBIDDEN)]),
        "{ auditEvents { nodes { id } } }",
        |_, _| json!({}),
        Answer::Something("/auditEvents/nodes/0/id"),
    ),
    field(
        "Query.viewer",
        "null for an anonymous caller, never for a bad token",
        VIEWER,
        "{ viewer { id } }",
        |_, _| json!({}),
        Answer::Something("/viewer/id"),
    ),
    field(
        "Query.node",
        "a Client",
        guarded(&[READ_ITSELF, behind("user:list", to_a_client, Outcome::Null)]),
        NODE,
        |world, _| json!({"id": some_client(world)}),
        Answer::Something("/node/id"),
    ),
    field(
        "Query.node",
        "an Ops user",
        guarded(&[READ_ITSELF, behind("user:list", to_anything, Outcome::Null)]),
        NODE,
        |world, _| json!({"id": some_ops(world)}),
        Answer::Something("/node/id"),
    ),
    field(
        "Query.users",
        "Clients",
        guarded(&[guard("user:list", to_a_client, Outcome::Absent)]),
        USERS,
        |world, _| json!({"role": "CLIENT", "email": world.some_client["email"]}),
        Answer::Listed("/users/nodes", some_client),
    ),
    field(
        "Query.users",
        "Ops",
        guarded(&[guard("user:list", to_anything, Outcome::Absent)]),
        USERS,
        |world, _| json!({"role": "OPS", "email": world.some_ops["email"]}),
        Answer::Listed("/users/nodes", some_ops),
    ),
    field(
        "Mutation.invite",
        "a Client",
        guarded(&[guard("invitation:create", to_a_client, FORBIDDEN)]),
        INVITE,
        |_, _| json!({"role": "CLIENT"}),
        Answer::Something("/invite/token"),
    ),
    field(
        "Mutation.invite",
        "an Admin",
        guarded(&[guard("invitation:create", to_anything, FORBIDDEN)]),
        INVITE,
        |_, _| json!({"role": "ADMIN"}),
        Answer::Something("/invite/token"),
    ),
];
