//! Keys: Admins see what they are called and what has become of them.

use serde_json::json;

use super::{FORBIDDEN, field, guard, guarded, to_anything};
use crate::policy_matrix::operation::{Answer, Operation};

pub const ROWS: &[Operation] = &[field(
    "Query.keyRing",
    "",
    guarded(&[guard("key:list", to_anything, FORBIDDEN)]),
    "{ keyRing { keys { id needs { files } } } }",
    |_, _| json!({}),
    Answer::Something("/keyRing/keys/0/id"),
)];
