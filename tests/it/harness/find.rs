//! Bytes among bytes: what lies on a disk is much for a loop of ours, which is not optimised here.

use memchr::memmem;

pub fn holds(content: &[u8], needle: &[u8]) -> bool {
    memmem::find(content, needle).is_some()
}

/// Whichever case the letters of either have.
pub fn holds_in_any_case(content: &[u8], needle: &[u8]) -> bool {
    holds(&content.to_ascii_lowercase(), &needle.to_ascii_lowercase())
}
