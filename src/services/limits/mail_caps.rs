//! Mails that anybody can cause are counted by where they go and by where whoever causes them is.

use super::rules::Scope;
use crate::domain::email::EmailAddress;
use crate::services::{Error, Services, Visitor};
use crate::store::attempt::Counter;

impl Services {
    /// Whether one more mail may go to this address because of this visitor; it counts from then on. Where it may not, do
    /// the same work without it and answer the same: nobody shall see the difference. See `Store::create_registration`.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when nobody can count.
    pub(in crate::services) async fn may_mail(
        &self,
        why: &str,
        to: &EmailAddress,
        visitor: &Visitor,
    ) -> Result<bool, Error> {
        let (name, network) = (name_of(why, to), Some(visitor.network()));
        let counters = [
            Scope::MailsToFromNetwork.counter(&name, network),
            Scope::MailsTo.counter(&name, None),
            Scope::MailsFromNetwork.counter("", network),
        ];
        self.count_mail(&counters).await
    }

    /// The same for a mail that a user causes whose role it is to have mails sent: only the address has to be spared.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when nobody can count.
    pub(in crate::services) async fn may_mail_to(&self, why: &str, to: &EmailAddress) -> Result<bool, Error> {
        self.count_mail(&[Scope::MailsTo.counter(&name_of(why, to), None)]).await
    }

    async fn count_mail(&self, counters: &[Counter]) -> Result<bool, Error> {
        if !self.config.rate_limits.enabled {
            return Ok(true);
        }
        let _one_at_a_time = self.limits.ledger().await;
        let blocked = self.store.reserve_attempt(counters, None, self.now()).await?;
        Ok(blocked.is_none())
    }
}

/// Each kind of mail is counted by itself: whoever asks for one in somebody else's name does not keep the others from coming.
fn name_of(why: &str, to: &EmailAddress) -> String {
    format!("{why} {}", to.as_str())
}
