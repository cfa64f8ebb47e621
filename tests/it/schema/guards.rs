//! The guards as the source of the resolvers states them.

use std::path::PathBuf;

/// Fields that answer `null` to an anonymous caller instead of an error, so that their service asks and no guard does.
const ASKED_BY_THEIR_SERVICE: &[&str] = &["Query.viewer"];

/// A resolver with the permissions that its attribute names.
#[derive(Debug)]
pub struct Guarded {
    /// `Type.field`.
    pub field: String,
    guard: Option<String>,
    directive: Option<String>,
}

impl Guarded {
    /// The permission that guard and directive agree on.
    pub fn permission(&self) -> Result<&str, String> {
        match (&self.guard, &self.directive) {
            (Some(guard), Some(directive)) if guard == directive => Ok(guard),
            (None, Some(directive)) if ASKED_BY_THEIR_SERVICE.contains(&self.field.as_str()) => Ok(directive),
            (guard, directive) => Err(format!("the guard says {guard:?}, the directive {directive:?}")),
        }
    }
}

/// The resolvers of `src/graphql/FOLDER`, as fields of a type.
pub fn of_folder(folder: &str, type_name: &str) -> Vec<Guarded> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/graphql").join(folder);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.flat_map(|file| of_text(&std::fs::read_to_string(file).unwrap(), type_name)).collect()
}

/// The resolvers of one file. What stands between two of them belongs to the second.
fn of_text(text: &str, type_name: &str) -> Vec<Guarded> {
    let mut pieces = text.split("async fn ");
    let mut attributes = pieces.next().unwrap_or_default();
    let mut found = Vec::new();
    for piece in pieces {
        let name: String = piece.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        found.push(Guarded {
            field: format!("{type_name}.{}", camel_case(&name)),
            guard: between(attributes, "guard = \"Requires(Permission::", ")\"")
                .or_else(|| between(attributes, "guard = \"Public(Permission::", ")\"")),
            directive: between(attributes, "requires::apply(Permission::", ".into())"),
        });
        attributes = piece;
    }
    found
}

/// The last occurrence: the one next to the resolver.
fn between(text: &str, begin: &str, end: &str) -> Option<String> {
    let rest = &text[text.rfind(begin)? + begin.len()..];
    Some(rest[..rest.find(end)?].to_owned())
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |camel, word| format!("{camel}{}{}", word[..1].to_uppercase(), &word[1..]))
}

#[test]
fn disagreement_is_seen() {
    let agreed = of_text(
        r#"#[graphql(guard = "Requires(Permission::A)", directive = requires::apply(Permission::A.into()))]
        async fn rename_file(&self) {}
        #[graphql(guard = "Public(Permission::B)", directive = requires::apply(Permission::B.into()))]
        async fn login(&self) {}"#,
        "Mutation",
    );
    let permissions: Vec<_> = agreed.iter().map(|guard| (guard.field.as_str(), guard.permission().unwrap())).collect();
    assert_eq!(permissions, [("Mutation.renameFile", "A"), ("Mutation.login", "B")]);
    for text in [
        "async fn bare(&self) {}",
        r#"#[graphql(guard = "Requires(Permission::A)")] async fn hidden(&self) {}"#,
        r#"#[graphql(directive = requires::apply(Permission::A.into()))] async fn shown_only(&self) {}"#,
        r#"#[graphql(guard = "Requires(Permission::A)", directive = requires::apply(Permission::B.into()))]
        async fn two_minds(&self) {}"#,
    ] {
        assert!(of_text(text, "Query")[0].permission().is_err(), "{text}");
    }
}
