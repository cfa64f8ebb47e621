//! Who is signed in, as this instance saw it a moment ago.
//!
//! An answer of the database is believed for a few seconds, so that not every request asks again. What this instance does
//! to accounts and sessions itself is seen at once: every such act forgets all answers. What another instance does is
//! seen when the answer is too old, which bounds the delay without any messages between instances.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::id::SessionId;
use crate::domain::timestamp::Timestamp;
use crate::store::session::SignIn;

/// How long an answer is believed: a session that has ended works at most so long, and the contract says 5.
const BELIEVED_SECONDS: u64 = 4;
/// How many answers are kept at most.
const MAX_KEPT: usize = 50_000;

#[derive(Default)]
pub(super) struct SignIns {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    answers: HashMap<SessionId, (Timestamp, SignIn)>,
    /// How often everything was forgotten.
    generation: u64,
}

/// What was in force when the database was asked.
#[derive(Clone, Copy)]
pub(super) struct Generation(u64);

impl SignIns {
    /// What is known of a session at `now`.
    pub(super) fn find(&self, session: SessionId, now: Timestamp) -> Option<SignIn> {
        let kept = self.lock();
        let (asked_at, sign_in) = kept.answers.get(&session)?;
        let is_fresh = *asked_at <= now && now < asked_at.plus_seconds(BELIEVED_SECONDS);
        (is_fresh && now < sign_in.session.expires_at).then(|| sign_in.clone())
    }

    /// To be asked before the database is.
    pub(super) fn generation(&self) -> Generation {
        Generation(self.lock().generation)
    }

    /// Keeps an answer, unless something was forgotten since the question: then it may be older than that.
    pub(super) fn keep(&self, asked: Generation, asked_at: Timestamp, sign_in: &SignIn) {
        let mut kept = self.lock();
        if kept.generation != asked.0 {
            return;
        }
        if kept.answers.len() >= MAX_KEPT {
            kept.answers.clear();
        }
        kept.answers.insert(sign_in.session.id, (asked_at, sign_in.clone()));
    }

    /// To be called after every act on an account or a session.
    pub(super) fn forget_all(&self) {
        let mut kept = self.lock();
        kept.answers.clear();
        kept.generation += 1;
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        // Nothing in here is left half done by a panic.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
