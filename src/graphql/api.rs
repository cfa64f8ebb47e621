//! The schema behind the limits that every operation passes before it runs. There is no other way to it.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType};
use async_graphql::{Request, Response, ServerError, Value, Variables};
use futures_util::stream::BoxStream;

use super::context::RequestContext;
use super::documents::{Documents, NamedDocument};
use super::error::{Codes, coded, coded_response};
use super::limits::Limits;
use super::loaders::furnish;
use super::subscribe::{self, Told};
use super::{Schema, builder};
use crate::domain::code::Code;
use crate::services::error::Outcome;
use crate::services::{Error, Services};

/// The schema and what stands before it.
pub struct Api {
    schema: Schema,
    services: Arc<Services>,
    limits: Limits,
    documents: Documents,
    timeout: Duration,
}

/// An operation as it was sent.
#[derive(Debug, Default)]
pub struct Operation {
    /// What is asked.
    pub document: NamedDocument,
    /// Which of the document's operations is meant.
    pub name: Option<String>,
    /// The values of its variables.
    pub variables: serde_json::Map<String, serde_json::Value>,
}

/// An operation that has passed the limits.
pub struct Prepared {
    request: Request,
    kind: OperationType,
}

impl Prepared {
    /// Whether it does anything but read once.
    pub fn is_query(&self) -> bool {
        self.kind == OperationType::Query
    }
}

impl Api {
    /// The schema over these services.
    ///
    /// # Errors
    /// When the trusted documents cannot be read, in words for the operator.
    pub fn new(services: Arc<Services>) -> anyhow::Result<Self> {
        let limits = Limits::of(&services);
        let schema = builder()
            .limit_depth(limits.depth)
            .limit_complexity(limits.complexity)
            .extension(Codes { limits })
            .data(Arc::clone(&services))
            .finish();
        Ok(Self {
            schema,
            limits,
            documents: Documents::of(&services)?,
            timeout: Duration::from_secs(services.config().graphql.operation_timeout_seconds),
            services,
        })
    }

    /// Finds the document, and refuses what is too long, no GraphQL, too much, or lacks a variable.
    ///
    /// # Errors
    /// The answer to such a request.
    pub fn prepare(&self, operation: Operation, request_id: &str) -> Result<Prepared, Box<Response>> {
        let refused = |failure: Error| Box::new(coded_response(&failure, request_id));
        let came_with_its_hash = operation.document.query.is_some() && operation.document.id.is_some();
        let query = self.documents.find(operation.document).map_err(refused)?;
        self.limits.check_text(&query).map_err(refused)?;
        let document = parse_query(&query)
            .map_err(|error| Box::new(Response::from_errors(vec![coded(error.into(), Code::GraphqlParseFailed)])))?;
        self.limits.check_document(&document).map_err(refused)?;
        let variables = Variables::from_json(serde_json::Value::Object(operation.variables));
        let meant = operation_meant(&document, operation.name.as_deref());
        if let Some(meant) = meant {
            check_variables(meant, &variables)?;
        }
        // Where it is not clear which one is meant, the library says so.
        let kind = meant.map_or(OperationType::Query, |operation| operation.ty);
        if came_with_its_hash {
            self.documents.remember(&query);
        }
        let mut request = Request::new(query).variables(variables);
        request.operation_name = operation.name;
        request.set_parsed_query(document);
        Ok(Prepared { request, kind })
    }

    /// Runs a query or a mutation. One that takes too long is given up, unless it waits for files.
    pub async fn execute(&self, prepared: Prepared, context: RequestContext) -> Response {
        let Prepared { request, kind } = prepared;
        let request = self.hide_schema(request, &context);
        let (takes_files, request_id) = (context.uploads.is_some(), context.request_id.clone());
        let (request, batches) = furnish(request, &self.services, context);
        let running = batches.answer(self.schema.execute(request));
        if takes_files {
            return running.await;
        }
        tokio::time::timeout(self.timeout, running).await.unwrap_or_else(|elapsed| {
            let outcome = if kind == OperationType::Query { Outcome::None } else { Outcome::Unknown };
            coded_response(&Error::Unavailable { outcome, cause: elapsed.into() }, &request_id)
        })
    }

    /// Runs a subscription, and answers what its client is told. One that is refused is over at once.
    pub fn subscribe(&self, operation: Operation, context: RequestContext) -> BoxStream<'static, Told> {
        let prepared = self.prepare(operation, &context.request_id).and_then(|mut prepared| {
            let name = prepared.request.operation_name.clone();
            // It was parsed before, and what names no operation gets its error where everything does.
            let document = prepared.request.parsed_query().ok();
            if let Some(meant) = document.and_then(|document| operation_meant(document, name.as_deref())) {
                subscribe::check(meant, &context.request_id)?;
            }
            Ok(prepared.request)
        });
        match prepared {
            Ok(request) => {
                let (request, request_id) = (self.hide_schema(request, &context), context.request_id.clone());
                let (request, batches) = furnish(request, &self.services, context);
                subscribe::run(&self.schema, request, batches, request_id)
            }
            Err(response) => subscribe::over(&response),
        }
    }

    fn hide_schema(&self, request: Request, context: &RequestContext) -> Request {
        let is_shown = self.services.shows_schema_to(&context.caller);
        if is_shown { request } else { request.disable_introspection() }
    }
}

/// The operation that is meant; `None` where there is none or it is not clear which.
fn operation_meant<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Option<&'a OperationDefinition> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Some(&operation.node),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name).map(|it| &it.node),
        (DocumentOperations::Multiple(operations), None) => {
            let mut operations = operations.values();
            let only = operations.next()?;
            operations.next().is_none().then_some(&only.node)
        }
    }
}

/// GraphQL, section 6.1.2: a variable without a value, whose type has no null, is an error of the request.
fn check_variables(operation: &OperationDefinition, variables: &Variables) -> Result<(), Box<Response>> {
    for definition in &operation.variable_definitions {
        let definition = &definition.node;
        let name = &definition.name.node;
        let is_missing = match variables.get(name) {
            None => definition.default_value.is_none(),
            Some(value) => *value == Value::Null,
        };
        if is_missing && !definition.var_type.node.nullable {
            let message = format!("Variable \"${name}\" of type \"{}\" needs a value.", definition.var_type.node);
            let mut error = coded(ServerError::new(message, Some(definition.name.pos)), Code::BadUserInput);
            error.extensions.get_or_insert_default().set("field", Value::from(name.as_str()));
            return Err(Box::new(Response::from_errors(vec![error])));
        }
    }
    Ok(())
}
