//! Being told what happens.

mod audit;
mod share;

use std::sync::Arc;

use async_graphql::{Context, MergedSubscription, Result};
use futures_util::stream::{BoxStream, StreamExt};

use super::subscribe::Progress;
use crate::services::feed::Telling;

/// Being told what happens.
#[derive(MergedSubscription, Default)]
pub(super) struct Subscription(share::ShareSubscription, audit::AuditSubscription);

/// What happens as the type that the schema has for it. From now on it is running; the mark of each event is left where
/// whoever sends the answer finds it.
fn told_as<T: Send + 'static, O: 'static>(
    ctx: &Context<'_>,
    telling: Telling<T>,
    object: fn(T) -> O,
) -> BoxStream<'static, Result<O>> {
    let progress = ctx.data_opt::<Arc<Progress>>().cloned().unwrap_or_default();
    progress.begin();
    let told = telling.map(move |told| {
        let told = told?;
        progress.leave_mark(told.mark);
        Ok(object(told.item))
    });
    told.boxed()
}
