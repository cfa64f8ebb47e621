//! What a request asks for, read strictly: a member of the wrong type is an error, not an absence (GraphQL over HTTP,
//! section 5.1).

use axum::extract::Query;
use http::Uri;
use serde_json::{Map, Value};

use crate::graphql::{NamedDocument, Operation};
use crate::services::Error;

/// Reads a JSON body.
///
/// # Errors
/// [`Error::Input`] for whatever is not one operation.
pub(super) fn of_json(body: Value) -> Result<Operation, Error> {
    let mut members = match body {
        Value::Object(members) => members,
        Value::Array(_) => return Err(Error::input("body", "Send one operation; batches are not taken.")),
        _ => return Err(Error::input("body", "The body is not a JSON object.")),
    };
    let extensions = map(&mut members, "extensions")?;
    let id = match text(&mut members, "documentId")? {
        Some(id) => Some(id),
        None => extensions.and_then(|mut extensions| persisted_query(&mut extensions)).transpose()?,
    };
    let document = NamedDocument { query: text(&mut members, "query")?, id };
    if document == NamedDocument::default() {
        return Err(Error::input("query", "A query is missing."));
    }
    Ok(Operation {
        document,
        name: text(&mut members, "operationName")?,
        variables: map(&mut members, "variables")?.unwrap_or_default(),
    })
}

/// Reads the parameters of an address; variables and extensions are JSON in them. `None`: they name no document.
///
/// # Errors
/// [`Error::Input`] for whatever is not one operation.
pub(super) fn of_address(address: &Uri) -> Result<Option<Operation>, Error> {
    let Ok(Query(parameters)) = Query::<Vec<(String, String)>>::try_from_uri(address) else {
        return Err(Error::input("query", "The parameters cannot be read."));
    };
    let mut members = Map::new();
    for (name, value) in parameters {
        let (name, value) = match name.as_str() {
            "query" => ("query", Value::String(value)),
            "operationName" => ("operationName", Value::String(value)),
            "documentId" => ("documentId", Value::String(value)),
            "variables" => ("variables", parsed("variables", &value)?),
            "extensions" => ("extensions", parsed("extensions", &value)?),
            _ => continue,
        };
        if members.insert(name.to_owned(), value).is_some() {
            return Err(Error::input(name, "A parameter is there twice."));
        }
    }
    if ["query", "documentId", "extensions"].iter().all(|name| !members.contains_key(*name)) {
        return Ok(None);
    }
    of_json(Value::Object(members)).map(Some)
}

fn parsed(name: &'static str, text: &str) -> Result<Value, Error> {
    serde_json::from_str(text).map_err(|_| Error::input(name, "This is not JSON."))
}

fn text(members: &mut Map<String, Value>, name: &'static str) -> Result<Option<String>, Error> {
    match members.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Error::input(name, "This is a text or null.")),
    }
}

fn map(members: &mut Map<String, Value>, name: &'static str) -> Result<Option<Map<String, Value>>, Error> {
    match members.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(map)) => Ok(Some(map)),
        Some(_) => Err(Error::input(name, "This is a JSON object or null.")),
    }
}

/// The hash in Apollo's extension for persisted queries, of which there is one version.
fn persisted_query(extensions: &mut Map<String, Value>) -> Option<Result<String, Error>> {
    let persisted = extensions.remove("persistedQuery")?;
    let hash = persisted["sha256Hash"].as_str().filter(|_| persisted["version"] == 1);
    Some(hash.map(str::to_owned).ok_or_else(|| Error::input("extensions", "Send version 1 and sha256Hash.")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_have_their_types_or_are_null() {
        for (body, field) in [
            (json!([]), "body"),
            (json!(1), "body"),
            (json!({}), "query"),
            (json!({"query": null, "documentId": null}), "query"),
            (json!({"query": 1}), "query"),
            (json!({"query": "q", "operationName": []}), "operationName"),
            (json!({"query": "q", "variables": "{}"}), "variables"),
            (json!({"query": "q", "variables": []}), "variables"),
            (json!({"query": "q", "extensions": 0}), "extensions"),
            (json!({"documentId": {}}), "documentId"),
            (json!({"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "x"}}}), "extensions"),
            (json!({"extensions": {"persistedQuery": {"version": 1}}}), "extensions"),
        ] {
            let refused = of_json(body.clone());
            assert!(matches!(refused, Err(Error::Input { field: found, .. }) if found == field), "{body}");
        }
        let nulls = json!({"query": "q", "operationName": null, "variables": null, "extensions": null, "else": 1});
        assert_eq!(of_json(nulls).unwrap().document.query.as_deref(), Some("q"));
        let persisted = json!({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "ab"}}});
        assert_eq!(of_json(persisted).unwrap().document.id.as_deref(), Some("ab"));
    }

    #[test]
    fn addresses_name_each_thing_once() {
        let read = |address: &str| of_address(&address.parse().unwrap());
        let operation =
            read("/graphql?query=%7Ba%7D&operationName=A&variables=%7B%22x%22:1%7D&other=1").unwrap().unwrap();
        assert_eq!((operation.document.query.as_deref(), operation.name.as_deref()), (Some("{a}"), Some("A")));
        assert_eq!(operation.variables.len(), 1);
        assert!(read("/graphql").unwrap().is_none());
        assert!(read("/graphql?other=1").unwrap().is_none());
        for (address, field) in [
            ("/graphql?query=a&query=b", "query"),
            ("/graphql?query=a&variables=%7B", "variables"),
            ("/graphql?query=a&variables=1", "variables"),
            ("/graphql?query=a&extensions=x", "extensions"),
        ] {
            assert!(matches!(read(address), Err(Error::Input { field: found, .. }) if found == field), "{address}");
        }
    }
}
