//! What a request brings along.

use std::sync::Arc;

use async_graphql::Context;
use tokio::sync::Mutex;

use super::loaders::Loaders;
use crate::services::files::UploadBody;
use crate::services::{Caller, Error, Services, Visitor};

/// The files of a request, which a resolver pulls from the line.
pub type SharedUploadBody = Arc<Mutex<Box<dyn UploadBody>>>;

/// What a request brings along.
pub struct RequestContext {
    /// Who calls.
    pub caller: Caller,
    /// From where.
    pub visitor: Visitor,
    /// Its files, where it is a multipart request.
    pub uploads: Option<SharedUploadBody>,
    /// Under which its errors are found in the log.
    pub request_id: String,
}

/// What every resolver needs.
pub(super) trait ContextExt {
    fn services(&self) -> Result<&Services, Error> {
        self.shared_services().map(Arc::as_ref)
    }
    fn shared_services(&self) -> Result<&Arc<Services>, Error>;
    fn caller(&self) -> Result<&Caller, Error>;
    fn visitor(&self) -> Result<&Visitor, Error>;
    fn uploads(&self) -> Result<&SharedUploadBody, Error>;
    fn loaders(&self) -> Result<&Loaders, Error>;
}

impl ContextExt for Context<'_> {
    fn shared_services(&self) -> Result<&Arc<Services>, Error> {
        self.data::<Arc<Services>>().map_err(|_| missing())
    }

    fn caller(&self) -> Result<&Caller, Error> {
        self.data::<RequestContext>().map(|request| &request.caller).map_err(|_| missing())
    }

    fn visitor(&self) -> Result<&Visitor, Error> {
        self.data::<RequestContext>().map(|request| &request.visitor).map_err(|_| missing())
    }

    fn uploads(&self) -> Result<&SharedUploadBody, Error> {
        let request = self.data::<RequestContext>().map_err(|_| missing())?;
        request.uploads.as_ref().ok_or_else(|| Error::input("file", "Send files as a GraphQL multipart request."))
    }

    fn loaders(&self) -> Result<&Loaders, Error> {
        self.data::<Loaders>().map_err(|_| missing())
    }
}

fn missing() -> Error {
    Error::Internal("the schema was built without its services".into())
}
