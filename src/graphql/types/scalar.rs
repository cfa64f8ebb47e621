//! Scalars of our own.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::domain::timestamp::Timestamp;

/// A moment.
#[derive(Clone, Copy)]
pub(in crate::graphql) struct DateTime(pub(in crate::graphql) Timestamp);

/// RFC 3339, always UTC, e.g. 2026-11-21T09:30:00Z.
#[Scalar(name = "DateTime", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        Timestamp::parse_rfc3339(text).map(Self).ok_or_else(|| InputValueError::custom("not an RFC 3339 date-time"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339())
    }
}

/// A number of bytes.
#[derive(Clone, Copy)]
pub(in crate::graphql) struct ByteSize(pub(in crate::graphql) u64);

/// A count of bytes. A JSON integer, exact up to 2^53 - 1.
#[Scalar(name = "ByteSize")]
impl ScalarType for ByteSize {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => number.as_u64().map(Self).ok_or_else(|| InputValueError::expected_type(value)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Number(self.0.into())
    }
}

/// Stands for a file of a multipart request. The library's own scalar would have spooled the plaintext to a disk before
/// any resolver ran.
#[derive(Clone)]
pub(in crate::graphql) struct Upload(pub(in crate::graphql) String);

/// A file sent with the GraphQL multipart request specification.
#[Scalar(name = "Upload", specified_by_url = "https://github.com/jaydenseric/graphql-multipart-request-spec")]
impl ScalarType for Upload {
    fn parse(value: Value) -> InputValueResult<Self> {
        // Only the multipart endpoint knows which tokens stand for files; any other text is refused there.
        match value {
            Value::String(token) => Ok(Self(token)),
            _ => Err(InputValueError::custom("a file of a multipart request is expected")),
        }
    }

    fn to_value(&self) -> Value {
        Value::Null
    }
}

/// A count as GraphQL's `Int`, which ends at 2^31 - 1: more than that is as many.
pub(in crate::graphql) fn saturated(count: impl TryInto<i32>) -> i32 {
    count.try_into().unwrap_or(i32::MAX)
}
