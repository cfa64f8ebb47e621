//! Files, shares and links.

use serde_json::{Value, json};

use super::{
    FORBIDDEN, NOT_FOUND, behind, field, guard, guarded, owner_only, recipient_only, to_anything, to_itself,
    to_the_file,
};
use crate::policy_matrix::operation::{Answer, Call, Operation, Outcome, Question};
use crate::policy_matrix::world::{Who, World};

const NODE: &str = "query($id: ID!) { node(id: $id) { id } }";
const FILE: &str = "query($id: ID!) { file(id: $id) { id } }";

const READ_FILE: Question = guard("file:read", to_the_file, Outcome::Null);
const READ_ITSELF: Question = guard("account:read", to_itself, FORBIDDEN);

fn file(world: &World) -> &str {
    &world.file
}

fn share(world: &World) -> &str {
    &world.share
}

fn id_of_file(world: &World, _: Who) -> Value {
    json!({"id": world.file})
}

fn id_of_share(world: &World, _: Who) -> Value {
    json!({"id": world.share})
}

pub const LOOKING: &[Operation] = &[
    field("Query.file", "", guarded(&[READ_FILE]), FILE, id_of_file, Answer::Something("/file/id")),
    Operation {
        name: "GET /graphql",
        case: "the same guards as POST",
        gate: guarded(&[READ_FILE]),
        call: Call::GetById { query: FILE, id: file, answer: Answer::Something("/file/id") },
        ends_session: false,
    },
    field(
        "File.shares",
        "",
        guarded(&[READ_FILE, behind("share:read", owner_only, Outcome::Absent)]),
        "query($id: ID!) { file(id: $id) { shares { nodes { id } totalCount } } }",
        id_of_file,
        Answer::Listed("/file/shares/nodes", share),
    ),
    field(
        "File.myShare",
        "",
        guarded(&[READ_FILE, behind("share:read", recipient_only, Outcome::Null)]),
        "query($id: ID!) { file(id: $id) { myShare { id } } }",
        id_of_file,
        Answer::Something("/file/myShare/id"),
    ),
    // To an Admin, who never reads content, null like to everybody who may not download.
    field(
        "File.downloadLink",
        "",
        guarded(&[READ_FILE, behind("link:create", to_the_file, Outcome::Null)]),
        "query($id: ID!) { file(id: $id) { downloadLink { url } } }",
        id_of_file,
        Answer::Something("/file/downloadLink/url"),
    ),
    field(
        "Query.files",
        "",
        guarded(&[guard("file:list", to_the_file, Outcome::Absent)]),
        "{ files(orderBy: OLDEST_FIRST) { nodes { id } totalCount } }",
        |_, _| json!({}),
        Answer::Listed("/files/nodes", file),
    ),
    // Everybody who can have one sees their own, and nobody another's: `tests/it/trash` looks into them.
    field(
        "Query.trash",
        "",
        guarded(&[guard("trash:list", to_itself, FORBIDDEN)]),
        "{ trash { pageInfo { hasNextPage } totalCount } }",
        |_, _| json!({}),
        Answer::Something("/trash/pageInfo"),
    ),
    field(
        "Query.storageUsage",
        "",
        guarded(&[guard("storage:read", to_itself, FORBIDDEN)]),
        "{ storageUsage { usedBytes } }",
        |_, _| json!({}),
        Answer::Something("/storageUsage/usedBytes"),
    ),
    field(
        "Query.storageUsage",
        "of everybody",
        guarded(&[guard("storage:read", to_itself, FORBIDDEN), behind("storage:read", to_anything, Outcome::Null)]),
        "{ storageUsage { everybody { usedBytes files largest { files } } } }",
        |_, _| json!({}),
        Answer::Something("/storageUsage/everybody/usedBytes"),
    ),
    field(
        "Query.node",
        "a file",
        guarded(&[READ_ITSELF, behind("file:read", to_the_file, Outcome::Null)]),
        NODE,
        id_of_file,
        Answer::Something("/node/id"),
    ),
    field(
        "Query.node",
        "a share",
        guarded(&[READ_ITSELF, behind("share:read", to_the_file, Outcome::Null)]),
        NODE,
        id_of_share,
        Answer::Something("/node/id"),
    ),
    field(
        "Share.receipts",
        "",
        guarded(&[
            READ_ITSELF,
            behind("share:read", to_the_file, Outcome::Null),
            behind("share:read", owner_only, Outcome::Null),
        ]),
        "query($id: ID!) { node(id: $id) { ... on Share { receipts { nodes { recipient { id } } } } } }",
        id_of_share,
        Answer::Something("/node/receipts/nodes/0/recipient/id"),
    ),
    field(
        "Share.file",
        "",
        guarded(&[
            READ_ITSELF,
            behind("share:read", to_the_file, Outcome::Null),
            guard("file:read", to_the_file, NOT_FOUND),
        ]),
        "query($id: ID!) { node(id: $id) { ... on Share { file { id } } } }",
        id_of_share,
        Answer::Something("/node/file/id"),
    ),
];

/// What there is to do with a file. An Admin may never do any of it.
pub const CHANGING: &[Operation] = &[
    Operation {
        name: "Mutation.upload",
        case: "",
        gate: guarded(&[guard("file:upload", to_anything, FORBIDDEN)]),
        call: Call::Upload,
        ends_session: false,
    },
    Operation {
        name: "Mutation.uploadMany",
        case: "",
        gate: guarded(&[guard("file:upload", to_anything, FORBIDDEN)]),
        call: Call::UploadMany,
        ends_session: false,
    },
    field(
        "Mutation.renameFile",
        "",
        guarded(&[guard("file:rename", to_the_file, NOT_FOUND)]),
        "mutation($id: ID!) { renameFile(id: $id, name: \"renamed.docx\") { id } }",
        id_of_file,
        Answer::Something("/renameFile/id"),
    ),
    field(
        "Mutation.share",
        "",
        guarded(&[guard("share:create", to_the_file, NOT_FOUND)]),
        "mutation($input: ShareInput!) { share(input: $input) { shares { id } } }",
        |world, _| json!({"input": {"fileId": world.file, "recipients": [world.some_client["email"]]}}),
        Answer::Something("/share/shares/0/id"),
    ),
    field(
        "Mutation.createDownloadLink",
        "",
        guarded(&[guard("link:create", to_the_file, NOT_FOUND)]),
        "mutation($id: ID!) { createDownloadLink(fileId: $id) { url } }",
        id_of_file,
        Answer::Something("/createDownloadLink/url"),
    ),
    field(
        "Mutation.revokeShare",
        "",
        guarded(&[guard("share:revoke", to_the_file, NOT_FOUND)]),
        "mutation($id: ID!) { revokeShare(id: $id) }",
        |world, _| json!({"id": world.spent.share}),
        Answer::Something("/revokeShare"),
    ),
    field(
        "Mutation.deleteFile",
        "",
        guarded(&[guard("file:delete", to_the_file, NOT_FOUND)]),
        "mutation($id: ID!) { deleteFile(id: $id, permanently: true) }",
        |world, _| json!({"id": world.spent.file}),
        Answer::Something("/deleteFile"),
    ),
    field(
        "Mutation.restoreFile",
        "",
        guarded(&[guard("file:restore", to_the_file, NOT_FOUND)]),
        "mutation($id: ID!) { restoreFile(id: $id) { id } }",
        |world, _| json!({"id": world.spent.trashed}),
        Answer::Something("/restoreFile/id"),
    ),
];
