//! What there is to call: read from the schema and from the router.

use std::collections::BTreeMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{FieldDefinition, TypeKind, TypeSystemDefinition};

/// Fields that tell nothing but what whoever sees their object may know. Every other field of a thing that has an id
/// needs a row.
const PLAIN: &[(&str, &[&str])] = &[
    (
        "File",
        &["id", "name", "mediaType", "size", "sha256", "uploadedAt", "uploadedBy", "deletedAt", "restorableUntil"],
    ),
    (
        "Share",
        &[
            "id",
            "recipient",
            "everyClient",
            "sharedBy",
            "sharedAt",
            "expiresAt",
            "downloadsLeft",
            "downloads",
            "lastDownloadedAt",
        ],
    ),
    ("User", &["id", "email", "name", "role", "emailVerified", "createdAt"]),
];
const ROOTS: &[&str] = &["Query", "Mutation", "Subscription"];
/// All rows of the schema go through it.
const CARRIER: &str = "POST /graphql";
const ASSETS: &str = "GET /assets/{name}";

struct Type {
    name: String,
    is_node: bool,
    fields: Vec<FieldDefinition>,
}

fn object_types(sdl: &str) -> Vec<Type> {
    let definitions = parse_schema(sdl).unwrap().definitions.into_iter();
    let object = |definition| {
        let TypeSystemDefinition::Type(definition) = definition else { return None };
        let TypeKind::Object(object) = definition.node.kind else { return None };
        Some(Type {
            name: definition.node.name.node.to_string(),
            is_node: object.implements.iter().any(|name| name.node == "Node"),
            fields: object.fields.into_iter().map(|field| field.node).collect(),
        })
    };
    definitions.filter_map(object).collect()
}

/// `Type.field` of every operation, of every guarded field, and of every field of a node that is not known to be plain.
pub fn fields_to_check(sdl: &str) -> Vec<String> {
    let mut found = Vec::new();
    for Type { name, is_node, fields } in object_types(sdl) {
        let plain = PLAIN.iter().find(|(of, _)| *of == name).map_or(&[][..], |(_, plain)| *plain);
        for field in fields {
            let is_plain = plain.contains(&field.name.node.as_str());
            let is_operation = ROOTS.contains(&name.as_str());
            if is_operation || permission_of(&field).is_some() || (is_node && !is_plain) {
                found.push(format!("{name}.{}", field.name.node));
            }
        }
    }
    found
}

/// What `@requires` says, by `Type.field`.
pub fn shown_permissions(sdl: &str) -> BTreeMap<String, String> {
    let of_type = |of: Type| {
        let name = of.name;
        of.fields
            .into_iter()
            .filter_map(move |field| Some((format!("{name}.{}", field.name.node), permission_of(&field)?)))
    };
    object_types(sdl).into_iter().flat_map(of_type).collect()
}

fn permission_of(field: &FieldDefinition) -> Option<String> {
    let requires = field.directives.iter().find(|directive| directive.node.name.node == "requires")?;
    let permission = requires.node.get_argument("permission")?;
    Some(permission.node.to_string().trim_matches('"').to_owned())
}

/// `METHOD /path` of every route of the router, but for the files that the build of the front end has made.
pub fn routes() -> Vec<String> {
    let mut routes = Vec::new();
    for source in ["mod", "front_end"] {
        let source = format!("{}/src/http/{source}.rs", env!("CARGO_MANIFEST_DIR"));
        routes.extend(routes_of(&std::fs::read_to_string(source).unwrap()));
    }
    for (route, from) in [(CARRIER, "the router"), (ASSETS, "the front end")] {
        assert!(routes.iter().any(|found| found == route), "the walk reads {from}");
        routes.retain(|found| found != route);
    }
    routes
}

fn routes_of(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for piece in text.split(".route(").skip(1) {
        // The pages of the front end alone, which are one file, come from a list.
        let Some((path, _)) = piece.trim_start().strip_prefix('"').and_then(|path| path.split_once('"')) else {
            continue;
        };
        let ends = [piece.find("\n        ."), piece.find("\n    }\n")];
        let end = ends.into_iter().flatten().min().unwrap_or(piece.len());
        for (call, method) in [
            ("get(", "GET"),
            ("post(", "POST"),
            ("head(", "HEAD"),
            ("put(", "PUT"),
            ("patch(", "PATCH"),
            ("delete(", "DELETE"),
            ("options(", "OPTIONS"),
            ("any(", "ANY"),
        ] {
            let calls_it = |(at, _): (usize, &str)| !piece[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            if piece[..end].match_indices(call).any(calls_it) {
                found.push(format!("{method} {path}"));
            }
        }
    }
    found
}

#[test]
fn what_is_new_needs_a_row() {
    let sdl = strongroom::graphql::sdl();
    for (old, new, what) in [
        ("type Query {", "type Query { attic: Int", "Query.attic"),
        ("type Mutation {", "type Mutation { shred: Int", "Mutation.shred"),
        ("type File implements Node {", "type File implements Node { text: String", "File.text"),
        ("type User implements Node {", "type User implements Node { files: Int", "User.files"),
        ("type PageInfo {", "type PageInfo { a: Int @requires(permission: \"file:read\")", "PageInfo.a"),
    ] {
        assert!(sdl.contains(old), "{old}");
        assert!(!fields_to_check(&sdl).iter().any(|field| field == what));
        assert!(fields_to_check(&sdl.replace(old, new)).iter().any(|field| field == what), "{what}");
    }
    let router = "Router::new()\n        .route(\"/a/{b}\", get(forget).delete(a::b))\n        .route(\n            \"/c\",\n            \
                  post(budget),\n        )\n        .layer(get(x))";
    assert_eq!(routes_of(router), ["GET /a/{b}", "DELETE /a/{b}", "POST /c"]);
}
