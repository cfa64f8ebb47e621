//! How far a rotation is, for whoever asks.

use serde::{Deserialize, Serialize};

use crate::store::rotation::{Instance, Phase, Rotation};

/// How far a rotation is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RotationStatus {
    /// `adding`, `rewrapping`, `done` or `abandoned`.
    pub phase: String,
    /// The keys that become current with it.
    pub keys: Vec<String>,
    /// When it began (RFC 3339).
    pub begun_at: String,
    /// How many living instances there are.
    pub instances: u64,
    /// How many of them lack one of the keys.
    pub lacking: u64,
    /// How many file keys were to be wrapped anew.
    pub total: u64,
    /// How many are.
    pub rewrapped: u64,
    /// How many could not be opened.
    pub failed: u64,
}

/// The rotation under way or the last one, and who lacks its keys.
#[derive(Clone, Debug)]
pub struct RotationView {
    /// The rotation.
    pub rotation: Rotation,
    /// How many living instances there are.
    pub instances: u64,
    /// How many of them lack one of the keys.
    pub lacking: u64,
}

impl RotationView {
    pub(super) fn new(rotation: Rotation, instances: &[Instance]) -> Self {
        let lacks = |instance: &&Instance| rotation.keys.iter().any(|key| !instance.keys.contains(key));
        let lacking = if rotation.phase == Phase::Adding { instances.iter().filter(lacks).count() } else { 0 };
        Self { rotation, instances: instances.len() as u64, lacking: lacking as u64 }
    }
}

impl From<RotationView> for RotationStatus {
    fn from(RotationView { rotation, instances, lacking }: RotationView) -> Self {
        Self {
            phase: rotation.phase.as_str().to_owned(),
            keys: rotation.keys,
            begun_at: rotation.begun_at.to_rfc3339(),
            instances,
            lacking,
            total: rotation.total,
            rewrapped: rotation.done,
            failed: rotation.failed,
        }
    }
}

impl RotationStatus {
    /// Whether nothing more happens.
    pub fn is_over(&self) -> bool {
        [Phase::Done, Phase::Abandoned].iter().any(|phase| phase.as_str() == self.phase)
    }

    /// Whether it waits for instances that have not got the keys.
    pub fn is_adding(&self) -> bool {
        self.phase == Phase::Adding.as_str()
    }
}
