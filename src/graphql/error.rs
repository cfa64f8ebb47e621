//! The one door through which errors leave: each gets a code, and nothing unforeseen gets out in its own words.

use std::sync::Arc;

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextParseQuery, NextRequest, NextValidation,
};
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{
    ErrorExtensionValues, PathSegment, Response, ServerError, ServerResult, ValidationResult, Variables,
};

use super::context::RequestContext;
use super::limits::Limits;
use crate::domain::code::Code;
use crate::services::Error;
use crate::services::error::Outcome;

/// Gives every error its code.
#[derive(Clone, Copy)]
pub(super) struct Codes {
    /// What the library refuses beyond these.
    pub(super) limits: Limits,
}

impl ExtensionFactory for Codes {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(*self)
    }
}

#[async_trait::async_trait]
impl Extension for Codes {
    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        next.run(ctx, query, variables).await.map_err(|error| self.refusal(error, Code::GraphqlParseFailed))
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let with_code = |error| self.refusal(error, Code::GraphqlValidationFailed);
        next.run(ctx).await.map_err(|errors| errors.into_iter().map(with_code).collect())
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let mut response = next.run(ctx, operation_name).await;
        let request_id =
            ctx.data_opt::<RequestContext>().map(|request| request.request_id.as_str()).unwrap_or_default();
        response.errors.iter_mut().for_each(|error| explain(error, request_id));
        response
    }

    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        let mut response = next.run(ctx).await;
        // What went wrong before there was anything to execute; it has no request data yet.
        response.errors.iter_mut().for_each(|error| explain(error, ""));
        response
    }
}

impl Codes {
    /// What the library refuses without running it. That a limit is passed it says in words only.
    fn refusal(&self, error: ServerError, otherwise: Code) -> ServerError {
        let Some(limit) = self.limits.passed(&error.message) else { return coded(error, otherwise) };
        let mut error = coded(error, Code::QueryTooComplex);
        error.extensions.get_or_insert_default().set("limit", limit as u64);
        error
    }
}

/// A response of one coded error, for what goes wrong before there is an operation to run.
pub fn coded_response(failure: &Error, request_id: &str) -> Response {
    let mut error = ServerError::new(failure.to_string(), None);
    error.extensions = Some(extensions(failure, request_id));
    log_if_unforeseen(failure, request_id);
    Response::from_errors(vec![error])
}

/// Characters of what the library says of a document: it quotes the document, which can be long.
const MAX_MESSAGE_CHARS: usize = 500;

pub(super) fn coded(mut error: ServerError, code: Code) -> ServerError {
    if error.message.chars().count() > MAX_MESSAGE_CHARS {
        error.message = error.message.chars().take(MAX_MESSAGE_CHARS).chain(['…']).collect();
    }
    error.extensions.get_or_insert_default().set("code", code.as_str());
    error
}

/// Gives an error its code, where it has none yet.
pub(super) fn explain(error: &mut ServerError, request_id: &str) {
    if error.extensions.as_ref().is_some_and(|extensions| extensions.get("code").is_some()) {
        return;
    }
    if let Some(failure) = error.source::<Error>() {
        log_if_unforeseen(failure, request_id);
        error.extensions = Some(extensions(failure, request_id));
        return;
    }
    // What the library says without a source is about the request, unless we know nothing of it.
    let code = match error.message.as_str() {
        message if message.starts_with("Failed to parse") || message.starts_with("Invalid value for argument") => {
            Code::BadUserInput
        }
        message if message.starts_with("Variable ") => Code::BadUserInput,
        _ if error.path.is_empty() => Code::GraphqlValidationFailed,
        _ => Code::Internal,
    };
    let mut values = ErrorExtensionValues::default();
    values.set("code", code.as_str());
    if code == Code::BadUserInput
        && let Some(PathSegment::Field(field)) = error.path.last()
    {
        // The library does not say which argument it could not read; the field it belongs to is the nearest there is.
        values.set("field", field.as_str());
    }
    if code == Code::Internal {
        tracing::error!(request_id, message = error.message, "a resolver failed without a code");
        error.message = "Something went wrong.".to_owned();
        values.set("requestId", request_id);
    }
    error.extensions = Some(values);
}

fn extensions(failure: &Error, request_id: &str) -> ErrorExtensionValues {
    let mut values = ErrorExtensionValues::default();
    values.set("code", failure.code().as_str());
    match failure {
        Error::Input { field, .. } => values.set("field", *field),
        Error::FileTooLarge { limit_bytes } | Error::QuotaExceeded { limit_bytes } => values.set("limit", *limit_bytes),
        Error::TooComplex { limit, .. } => values.set("limit", *limit as u64),
        Error::TooManyAtOnce { limit } => values.set("limit", *limit),
        Error::RateLimited { retry_after_seconds } => values.set("retryAfterSeconds", *retry_after_seconds),
        Error::Unavailable { outcome, .. } => {
            values.set("outcome", if *outcome == Outcome::None { "none" } else { "unknown" });
        }
        Error::Internal(_) => values.set("requestId", request_id),
        _ => {}
    }
    values
}

fn log_if_unforeseen(failure: &Error, request_id: &str) {
    if matches!(failure, Error::Internal(_) | Error::Unavailable { .. }) {
        tracing::error!(request_id, error = failure.with_causes(), "a request failed");
    }
}
