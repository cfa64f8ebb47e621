//! A moment in time, as the product stores and prints it.

use chrono::{DateTime, SecondsFormat, Utc};

/// A moment in UTC with millisecond precision, held as milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// 9999-12-31T23:59:59.999Z, the last moment RFC 3339 can write.
const LAST_MILLIS: i64 = 253_402_300_799_999;

impl Timestamp {
    /// From milliseconds since the Unix epoch; moments outside 1970 to 9999 are moved to the nearest end.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(0, LAST_MILLIS))
    }

    /// Milliseconds since the Unix epoch.
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down: what a JWT carries (RFC 7519 section 2).
    pub fn as_unix_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The moment `seconds` later, capped at the end of the year 9999.
    #[must_use]
    pub fn plus_seconds(self, seconds: u64) -> Self {
        let millis = i64::try_from(seconds).unwrap_or(LAST_MILLIS).saturating_mul(1000);
        Self::from_millis(self.0.saturating_add(millis))
    }

    /// The moment `seconds` earlier, not before 1970.
    #[must_use]
    pub fn minus_seconds(self, seconds: u64) -> Self {
        let millis = i64::try_from(seconds).unwrap_or(LAST_MILLIS).saturating_mul(1000);
        Self::from_millis(self.0.saturating_sub(millis))
    }

    /// RFC 3339 in UTC, e.g. `2026-11-21T09:30:00Z`; milliseconds are written only where there are any.
    pub fn to_rfc3339(self) -> String {
        DateTime::<Utc>::from_timestamp_millis(self.0).unwrap_or_default().to_rfc3339_opts(SecondsFormat::AutoSi, true)
    }

    /// Reads RFC 3339 with any offset. `None` when the text is not a date-time of the years 1970 to 9999.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let millis = DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis();
        (0..=LAST_MILLIS).contains(&millis).then_some(Self(millis))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_utc_with_a_z() {
        assert_eq!(Timestamp::from_millis(1_795_253_400_000).to_rfc3339(), "2026-11-21T09:30:00Z");
        assert_eq!(Timestamp::from_millis(1_795_253_400_250).to_rfc3339(), "2026-11-21T09:30:00.250Z");
    }

    #[test]
    fn reads_other_offsets_and_refuses_nonsense() {
        let utc = Timestamp::parse_rfc3339("2026-11-21T09:30:00Z");
        assert_eq!(utc, Timestamp::parse_rfc3339("2026-11-21T10:30:00+01:00"));
        assert!(utc.is_some());
        for bad in ["", "2026-11-21", "tomorrow", "2026-13-01T00:00:00Z", "1969-12-31T23:59:59Z"] {
            assert_eq!(Timestamp::parse_rfc3339(bad), None, "{bad}");
        }
    }

    #[test]
    fn adding_never_wraps() {
        let last = Timestamp::from_millis(0).plus_seconds(u64::MAX);
        assert_eq!(last.to_rfc3339(), "9999-12-31T23:59:59.999Z");
    }
}
