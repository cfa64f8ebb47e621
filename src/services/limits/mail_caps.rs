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
    pub(in crate::services) async fn may_mail(&self, to: &EmailAddress, visitor: &Visitor) -> Result<bool, Error> {
        let from = Scope::MailsFromNetwork.counter("", Some(visitor.network()));
        self.count_mail(&[Scope::MailsTo.counter(to.as_str(), None), from]).await
    }

    /// The same for a mail that a user causes whose role it is to have mails sent: only the address has to be spared.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when nobody can count.
    pub(in crate::services) async fn may_mail_to(&self, to: &EmailAddress) -> Result<bool, Error> {
        self.count_mail(&[Scope::MailsTo.counter(to.as_str(), None)]).await
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
