//! A row as a line of text: JSON in which every value keeps its type, so that it can be written again as it was.
//!
//! Text, whole numbers, truth, `null` and lists stand as JSON has them. What JSON has not is an object with one field that
//! names the type: `{"bytes": "base64"}`, `{"object": {…}}`, `{"record": ["table", "key"]}`, `{"none": true}`. Nothing else is in our tables; whatever else there
//! might be one day is refused, so that no backup leaves it out unseen.

use data_encoding::BASE64;
use serde_json::{Map, Value as Json, json};
use surrealdb::types::{Array, Bytes, Number, Object, RecordId, Value};

use super::error::Error;
use super::row::key_of;

/// A row of any table, as text.
#[derive(Clone, Debug, PartialEq)]
pub struct DumpedRow {
    /// Its key.
    pub key: String,
    /// Its fields.
    pub fields: Map<String, Json>,
}

impl DumpedRow {
    /// The row as one line, without its end.
    pub fn to_line(&self) -> String {
        json!([self.key, self.fields]).to_string()
    }

    /// Reads what `to_line` writes.
    pub fn from_line(line: &str) -> Option<Self> {
        let (key, fields) = serde_json::from_str(line).ok()?;
        Some(Self { key, fields })
    }

    /// A field that holds text.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field)?.as_str()
    }

    /// A field that holds a whole number.
    pub fn number(&self, field: &str) -> Option<i64> {
        self.fields.get(field)?.as_i64()
    }

    /// A row that was put away whole in a field of this one.
    pub fn put_away(&self, field: &str) -> Option<Self> {
        let fields = self.fields.get(field)?.get("object")?.as_object()?.clone();
        Some(Self { key: self.key.clone(), fields })
    }

    pub(super) fn read(table: &str, row: Value) -> Result<Self, Error> {
        let strange = || Error::Unusable(format!("a row of `{table}` holds what a backup has no words for"));
        let Value::Object(mut row) = row else { return Err(strange()) };
        let Some(Value::RecordId(id)) = row.remove("id") else { return Err(strange()) };
        let key = key_of(&id).ok_or_else(strange)?.to_owned();
        let fields = row.into_inner().into_iter().map(|(name, value)| Some((name, to_json(value)?)));
        Ok(Self { key, fields: fields.collect::<Option<_>>().ok_or_else(strange)? })
    }

    pub(super) fn into_value(self, table: &str) -> Result<Value, Error> {
        let strange = || Error::Unusable(format!("a row of `{table}` holds what this program does not know"));
        let mut row = Object::new();
        for (name, value) in self.fields {
            row.insert(name, from_json(value).ok_or_else(strange)?);
        }
        row.insert("id", RecordId::new(table, self.key));
        Ok(Value::Object(row))
    }
}

fn to_json(value: Value) -> Option<Json> {
    Some(match value {
        Value::None => json!({"none": true}),
        Value::Null => Json::Null,
        Value::Bool(value) => value.into(),
        Value::Number(Number::Int(value)) => value.into(),
        Value::String(value) => value.into(),
        Value::Bytes(value) => json!({"bytes": BASE64.encode(&value)}),
        Value::RecordId(id) => json!({"record": [id.table.as_str(), key_of(&id)?]}),
        Value::Array(values) => values.into_vec().into_iter().map(to_json).collect::<Option<Vec<_>>>()?.into(),
        Value::Object(fields) => {
            let fields = fields.into_inner().into_iter().map(|(name, value)| Some((name, to_json(value)?)));
            json!({"object": fields.collect::<Option<Map<String, Json>>>()?})
        }
        _ => return None,
    })
}

fn from_json(value: Json) -> Option<Value> {
    Some(match value {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(value),
        Json::Number(value) => Value::Number(Number::Int(value.as_i64()?)),
        Json::String(value) => Value::String(value),
        Json::Array(values) => {
            Value::Array(Array::from(values.into_iter().map(from_json).collect::<Option<Vec<_>>>()?))
        }
        Json::Object(mut tagged) => match (tagged.len(), tagged.keys().next()?.as_str()) {
            (1, "none") => Value::None,
            (1, "bytes") => {
                let text = tagged.remove("bytes")?;
                Value::Bytes(Bytes::from(BASE64.decode(text.as_str()?.as_bytes()).ok()?))
            }
            (1, "record") => {
                let (table, key): (String, String) = serde_json::from_value(tagged.remove("record")?).ok()?;
                Value::RecordId(RecordId::new(table, key))
            }
            (1, "object") => {
                let Json::Object(fields) = tagged.remove("object")? else { return None };
                let mut object = Object::new();
                for (name, value) in fields {
                    object.insert(name, from_json(value)?);
                }
                Value::Object(object)
            }
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_comes_back_as_it_was() {
        let mut inner = Object::new();
        inner.insert("bytes", Value::String("a word that names a type".to_owned()));
        let values = [
            Value::None,
            Value::Null,
            Value::Bool(true),
            Value::Number(Number::Int(i64::MIN)),
            Value::Number(Number::Int(i64::MAX)),
            Value::String("line\nend \u{0} \u{2028} \"quoted\" Ω".to_owned()),
            Value::Bytes(Bytes::from((0..=255).collect::<Vec<u8>>())),
            Value::Bytes(Bytes::from(Vec::new())),
            Value::Array(Array::from(vec![Value::None, Value::String(String::new())])),
            Value::Object(inner),
            Value::RecordId(RecordId::new("share", "a key")),
            Value::Object(Object::new()),
        ];
        let mut row = Object::new();
        for (number, value) in values.into_iter().enumerate() {
            row.insert(format!("field_{number}"), value);
        }
        row.insert("id", RecordId::new("file", "key:⟨⟩`'\""));
        let dumped = DumpedRow::read("file", Value::Object(row.clone())).unwrap();
        let line = dumped.to_line();
        assert!(!line.contains('\n'), "{line}");
        let again = DumpedRow::from_line(&line).unwrap();
        assert_eq!(again, dumped);
        assert_eq!(again.into_value("file").unwrap(), Value::Object(row));
    }

    #[test]
    fn what_there_are_no_words_for_is_refused() {
        for value in [Value::Number(Number::Float(1.5)), Value::RecordId(RecordId::new("file", 5))] {
            let mut row = Object::new();
            row.insert("id", RecordId::new("file", "x"));
            row.insert("strange", value);
            assert!(DumpedRow::read("file", Value::Object(row)).is_err());
        }
        for line in ["", "{}", "[1, {}]", "[\"x\"]"] {
            assert_eq!(DumpedRow::from_line(line), None, "{line}");
        }
        for line in [r#"["x",{"a":1.5}]"#, r#"["x",{"a":{"bytes":"!"}}]"#, r#"["x",{"a":{"date":"now"}}]"#] {
            assert!(DumpedRow::from_line(line).unwrap().into_value("file").is_err(), "{line}");
        }
    }
}
