//! What a schema breaks of a contract: what `graphql-inspector diff` calls breaking, and a little stricter, since types and
//! defaults have to be the very same.

use std::collections::BTreeMap;

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    DirectiveDefinition, FieldDefinition, InputValueDefinition, SchemaDefinition, TypeDefinition, TypeKind,
    TypeSystemDefinition,
};

/// The names that are missing, and sentences about those that are different.
pub fn breaks(contract: &str, exported: &str) -> Vec<String> {
    let (contract, exported) = (Schema::parse(contract), Schema::parse(exported));
    let mut broken = Vec::new();
    for (operation, root) in &contract.roots {
        match exported.roots.get(operation) {
            None => broken.push(format!("schema.{operation}")),
            Some(other) if other != root => broken.push(format!("schema.{operation}: {root} became {other}")),
            Some(_) => {}
        }
    }
    for (name, directive) in &contract.directives {
        match exported.directives.get(name) {
            None => broken.push(format!("@{name}")),
            Some(other) => compare_directives(directive, other, &mut broken),
        }
    }
    for (name, definition) in &contract.types {
        match exported.types.get(name) {
            None => broken.push(name.clone()),
            Some(other) => compare_types(name, &definition.kind, &other.kind, &mut broken),
        }
    }
    broken
}

struct Schema {
    roots: BTreeMap<&'static str, String>,
    directives: BTreeMap<String, DirectiveDefinition>,
    types: BTreeMap<String, TypeDefinition>,
}

impl Schema {
    fn parse(sdl: &str) -> Self {
        let mut schema = Self { roots: BTreeMap::new(), directives: BTreeMap::new(), types: BTreeMap::new() };
        for definition in parse_schema(sdl).unwrap().definitions {
            match definition {
                TypeSystemDefinition::Schema(definition) => {
                    let SchemaDefinition { query, mutation, subscription, .. } = definition.node;
                    let roots = [("query", query), ("mutation", mutation), ("subscription", subscription)];
                    schema
                        .roots
                        .extend(roots.into_iter().filter_map(|(key, root)| Some((key, root?.node.to_string()))));
                }
                TypeSystemDefinition::Type(definition) => {
                    schema.types.insert(definition.node.name.node.to_string(), definition.node);
                }
                TypeSystemDefinition::Directive(definition) => {
                    schema.directives.insert(definition.node.name.node.to_string(), definition.node);
                }
            }
        }
        schema
    }
}

fn compare_types(name: &str, contract: &TypeKind, exported: &TypeKind, broken: &mut Vec<String>) {
    match (contract, exported) {
        (TypeKind::Scalar, TypeKind::Scalar) => {}
        (TypeKind::Object(ours), TypeKind::Object(theirs)) => {
            compare_names(name, &ours.implements, &theirs.implements, broken);
            compare_fields(name, &ours.fields, &theirs.fields, broken);
        }
        (TypeKind::Interface(ours), TypeKind::Interface(theirs)) => {
            compare_names(name, &ours.implements, &theirs.implements, broken);
            compare_fields(name, &ours.fields, &theirs.fields, broken);
        }
        (TypeKind::Union(ours), TypeKind::Union(theirs)) => {
            compare_names(name, &ours.members, &theirs.members, broken);
        }
        (TypeKind::Enum(ours), TypeKind::Enum(theirs)) => {
            for value in &ours.values {
                if !theirs.values.iter().any(|other| other.node.value.node == value.node.value.node) {
                    broken.push(format!("{name}.{}", value.node.value.node));
                }
            }
        }
        (TypeKind::InputObject(ours), TypeKind::InputObject(theirs)) => {
            compare_inputs(name, &ours.fields, &theirs.fields, broken);
        }
        _ => broken.push(format!("{name}: became another kind of type")),
    }
}

fn compare_names<T: PartialEq + std::fmt::Display>(
    name: &str,
    contract: &[Positioned<T>],
    exported: &[Positioned<T>],
    broken: &mut Vec<String>,
) {
    let missing = contract.iter().filter(|ours| !exported.iter().any(|theirs| theirs.node == ours.node));
    broken.extend(missing.map(|missing| format!("{name}: no longer with {}", missing.node)));
}

fn compare_fields(
    name: &str,
    contract: &[Positioned<FieldDefinition>],
    exported: &[Positioned<FieldDefinition>],
    broken: &mut Vec<String>,
) {
    for ours in contract.iter().map(|field| &field.node) {
        let path = format!("{name}.{}", ours.name.node);
        let Some(theirs) = exported.iter().map(|field| &field.node).find(|field| field.name.node == ours.name.node)
        else {
            broken.push(path);
            continue;
        };
        if ours.ty.node != theirs.ty.node {
            broken.push(format!("{path}: {} became {}", ours.ty.node, theirs.ty.node));
        }
        compare_inputs(&path, &ours.arguments, &theirs.arguments, broken);
    }
}

/// Arguments and input fields: what is asked of whoever calls must not grow.
fn compare_inputs(
    name: &str,
    contract: &[Positioned<InputValueDefinition>],
    exported: &[Positioned<InputValueDefinition>],
    broken: &mut Vec<String>,
) {
    let default = |input: &InputValueDefinition| input.default_value.as_ref().map(|value| value.node.to_string());
    for ours in contract.iter().map(|input| &input.node) {
        let path = format!("{name}.{}", ours.name.node);
        let Some(theirs) = exported.iter().map(|input| &input.node).find(|input| input.name.node == ours.name.node)
        else {
            broken.push(path);
            continue;
        };
        if ours.ty.node != theirs.ty.node {
            broken.push(format!("{path}: {} became {}", ours.ty.node, theirs.ty.node));
        }
        if default(ours) != default(theirs) {
            broken.push(format!("{path}: the default {:?} became {:?}", default(ours), default(theirs)));
        }
    }
    for theirs in exported.iter().map(|input| &input.node) {
        let is_new = !contract.iter().any(|input| input.node.name.node == theirs.name.node);
        if is_new && !theirs.ty.node.nullable && theirs.default_value.is_none() {
            broken.push(format!("{name}.{}: is new and required", theirs.name.node));
        }
    }
}

fn compare_directives(contract: &DirectiveDefinition, exported: &DirectiveDefinition, broken: &mut Vec<String>) {
    let name = format!("@{}", contract.name.node);
    compare_inputs(&name, &contract.arguments, &exported.arguments, broken);
    for location in &contract.locations {
        if !exported.locations.iter().any(|other| other.node == location.node) {
            broken.push(format!("{name}: no longer on {:?}", location.node));
        }
    }
}

const EXAMPLE: &str = "schema { query: Query mutation: Query }
directive @requires(permission: String!) on FIELD_DEFINITION | OBJECT
scalar Moment
interface Node { id: ID! }
union Thing = File | Query
enum Order { NEWEST OLDEST }
type File implements Node { id: ID! name: String! tags: [String!] }
input Filter { name: String order: Order = NEWEST }
type Query { files(first: Int, order: Order = NEWEST, filter: Filter!): [File!]! at: Moment }";

#[test]
fn what_only_grows_breaks_nothing() {
    assert_eq!(breaks(EXAMPLE, EXAMPLE), Vec::<String>::new());
    for (old, new) in [
        ("{ NEWEST OLDEST }", "{ LARGEST NEWEST OLDEST }"),
        ("at: Moment", "at: Moment since(ago: Int!): Moment"),
        ("first: Int,", "first: Int, last: Int, wait: Int! = 3,"),
        ("{ name: String ", "{ name: String size: Int must: Int! = 1 "),
        ("scalar Moment", "scalar Moment scalar Size type Subscription { a: Int }"),
        ("FIELD_DEFINITION | OBJECT", "OBJECT | FIELD_DEFINITION | ENUM"),
    ] {
        assert!(EXAMPLE.contains(old), "{old}");
        assert_eq!(breaks(EXAMPLE, &EXAMPLE.replace(old, new)), Vec::<String>::new(), "{new}");
    }
}

#[test]
fn every_kind_of_break_is_seen() {
    for (old, new, what) in [
        ("{ query: Query ", "{ query: File ", "schema.query: Query became File"),
        (" mutation: Query", "", "schema.mutation"),
        ("scalar Moment", "", "Moment"),
        ("scalar Moment", "type Moment { a: Int }", "Moment: became another kind of type"),
        ("name: String! tags", "tags", "File.name"),
        ("name: String!", "name: String", "File.name: String! became String"),
        ("tags: [String!]", "tags: [String]", "File.tags: [String!] became [String]"),
        ("tags: [String!]", "tags(of: Int!): [String!]", "File.tags.of: is new and required"),
        ("File implements Node", "File", "File: no longer with Node"),
        ("interface Node { id: ID! }", "interface Node { key: ID! }", "Node.id"),
        ("= File | Query", "= File", "Thing: no longer with Query"),
        ("NEWEST OLDEST", "NEWEST", "Order.OLDEST"),
        ("first: Int,", "", "Query.files.first"),
        ("first: Int,", "first: Int!,", "Query.files.first: Int became Int!"),
        ("Order = NEWEST,", "Order,", "Query.files.order: the default Some(\"NEWEST\") became None"),
        ("Order = NEWEST }", "Order = OLDEST }", "Filter.order: the default Some(\"NEWEST\") became Some(\"OLDEST\")"),
        ("{ name: String ", "{ ", "Filter.name"),
        ("{ name: String ", "{ must: Int! name: String ", "Filter.must: is new and required"),
        ("FIELD_DEFINITION | OBJECT", "FIELD_DEFINITION", "@requires: no longer on Object"),
        ("(permission: String!)", "(permission: String)", "@requires.permission: String! became String"),
        ("directive @requires", "directive @needs", "@requires"),
    ] {
        assert!(EXAMPLE.contains(old), "{old}");
        assert_eq!(breaks(EXAMPLE, &EXAMPLE.replacen(old, new, 1)), [what], "{new}");
    }
}
