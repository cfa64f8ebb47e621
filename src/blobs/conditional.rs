//! Whether objects can be created on the condition that they are not there. Keys are random and never used twice, so nothing
//! relies on it; where a server knows the condition, it is one more thing that would have to fail.

use std::sync::Arc;

use opendal::{Error, ErrorKind, Operator};
use tokio::sync::OnceCell;

/// An object that is no blob. It stays, so that later processes need one request to find out.
pub(super) const PROBE: &str = "conditional-create-probe";

/// Whether the condition goes with every new object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conditions {
    /// Where the server turns out to keep it.
    WhereKept,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The same, with what was found out.
#[derive(Clone)]
pub(super) struct ConditionalCreate {
    wanted: Conditions,
    is_kept: Arc<OnceCell<bool>>,
}

impl ConditionalCreate {
    pub(super) fn new(wanted: Conditions) -> Self {
        Self { wanted, is_kept: Arc::default() }
    }

    /// Whether the condition is to go with a new object. The first to ask finds it out for all.
    pub(super) async fn is_wanted(&self, operator: &Operator) -> Result<bool, Error> {
        match self.wanted {
            Conditions::Always => Ok(true),
            Conditions::Never => Ok(false),
            Conditions::WhereKept => self.is_kept.get_or_try_init(|| find_out(operator)).await.copied(),
        }
    }
}

/// Three kinds of server: those that keep the condition, those that know no such thing and overwrite, and those that refuse
/// the request because they know no such thing.
async fn find_out(operator: &Operator) -> Result<bool, Error> {
    for _ in 0..2 {
        match operator.write_with(PROBE, PROBE).if_not_exists(true).await {
            Err(failure) if failure.kind() == ErrorKind::ConditionNotMatch => return Ok(true),
            Err(failure) if is_refusal(&failure) => {
                operator.write(PROBE, PROBE).await?;
                break;
            }
            Err(failure) => return Err(failure),
            // It was made just now, or overwritten: the second round tells.
            Ok(_) => {}
        }
    }
    tracing::info!("the storage does not know conditional creation; objects are created without a condition");
    Ok(false)
}

fn is_refusal(failure: &Error) -> bool {
    !failure.is_temporary() && matches!(failure.kind(), ErrorKind::Unexpected | ErrorKind::Unsupported)
}
