//! How far a long work is, for whoever waits for it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// How far a work is. Written by whoever does it, read by whoever waits.
#[derive(Debug, Default)]
pub struct Progress {
    stage: Mutex<&'static str>,
    done: AtomicU64,
    total: AtomicU64,
    bytes: AtomicU64,
}

/// How far it was at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// What is being done.
    pub stage: String,
    /// How many things are done.
    pub done: u64,
    /// How many there are to do; 0 where nobody knows.
    pub total: u64,
    /// How many bytes went by.
    pub bytes: u64,
}

impl Progress {
    /// Begins another part of the work.
    pub fn begin(&self, stage: &'static str, done: u64, total: u64) {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = stage;
        self.done.store(done, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// Some more things are done.
    pub fn add_done(&self, things: u64) {
        self.done.fetch_add(things, Ordering::Relaxed);
    }

    /// Some more bytes went by.
    pub fn add_bytes(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// How far it is now.
    pub fn reached(&self) -> Reached {
        Reached {
            stage: (*self.stage.lock().unwrap_or_else(PoisonError::into_inner)).to_owned(),
            done: self.done.load(Ordering::Relaxed),
            total: self.total.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}
