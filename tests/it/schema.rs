//! The schema: exported as it is, nothing of the contract broken, and every guard shown.

mod guards;
mod superset;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use strongroom::domain::permission::Permission;

fn read(path: &str) -> String {
    std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn the_committed_schema_is_the_one_that_runs() {
    assert!(
        read("schema/schema.graphql") == strongroom::graphql::sdl(),
        "schema/schema.graphql is out of date: strongroom schema > schema/schema.graphql"
    );
}

#[test]
fn nothing_of_the_contract_is_broken() {
    let broken = superset::breaks(&read("tests/contract.graphql"), &strongroom::graphql::sdl());
    assert_eq!(broken, Vec::<String>::new());
}

/// `(Type.field, permission)` of each field of these types; the permission is what `@requires` says.
fn shown_permissions(sdl: &str, types: &[&str]) -> Vec<(String, Option<String>)> {
    let mut shown = Vec::new();
    for definition in parse_schema(sdl).unwrap().definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let name = definition.node.name.node.to_string();
        let TypeKind::Object(object) = definition.node.kind else { continue };
        for field in object.fields.into_iter().filter(|_| types.contains(&name.as_str())).map(|field| field.node) {
            let requires = field.directives.iter().find(|directive| directive.node.name.node == "requires");
            let permission = requires.and_then(|requires| requires.node.get_argument("permission"));
            let permission = permission.map(|value| value.node.to_string().trim_matches('"').to_owned());
            shown.push((format!("{name}.{}", field.name.node), permission));
        }
    }
    shown
}

/// The line of code that guards a field is the line that the schema shows.
#[test]
fn every_operation_shows_the_permission_it_is_guarded_by() {
    let shown = shown_permissions(&strongroom::graphql::sdl(), &["Query", "Mutation", "Subscription"]);
    let mut guarded = guards::of_folder("query", "Query");
    guarded.extend(guards::of_folder("mutation", "Mutation"));
    guarded.extend(guards::of_folder("subscription", "Subscription"));
    assert!(guarded.len() > 10, "the walk finds the resolvers");
    assert_eq!(shown.len(), guarded.len(), "a field that no resolver was found for, or the other way round");
    for (field, permission) in shown {
        let permission = permission.unwrap_or_else(|| panic!("{field} has no @requires"));
        let guard = guarded.iter().find(|guard| guard.field == field).unwrap_or_else(|| panic!("{field}: no resolver"));
        let name = guard.permission().unwrap_or_else(|complaint| panic!("{field}: {complaint}"));
        let known = Permission::ALL.iter().find(|permission| format!("{permission:?}") == name);
        assert_eq!(known.unwrap().as_str(), permission, "{field}");
    }
}
