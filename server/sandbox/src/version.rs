//! API versions, as the `Stripe-Version` header names them.

/// The day of an API version. Versions are ordered by their day; the release name after it adds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(u32);

impl Version {
    /// The version of callers that name none.
    pub const CURRENT: Self = Self::day(2026, 10, 28);
    /// `ui_mode` took today's names: `elements`, `embedded_page`, `hosted_page`.
    pub const UI_MODES_RENAMED: Self = Self::day(2026, 3, 25);
    /// `payment_intent_data` can be updated.
    pub const INTENT_DATA_UPDATES: Self = Self::day(2026, 9, 30);
    /// How the current version is written.
    pub const CURRENT_NAME: &str = "2026-10-28.endive";

    const fn day(year: u32, month: u32, day: u32) -> Self {
        Self(year * 10_000 + month * 100 + day)
    }

    /// Reads `2026-03-25.dahlia`, or the day alone.
    pub fn parse(text: &str) -> Option<Self> {
        let (day, name) = text.split_once('.').unwrap_or((text, "none"));
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        let mut parts = day.split('-');
        let mut part = |length: usize| {
            let part = parts.next().filter(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))?;
            part.parse::<u32>().ok()
        };
        let (year, month, day) = (part(4)?, part(2)?, part(2)?);
        let is_day = (2011..=2099).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
        (is_day && parts.next().is_none()).then_some(Self::day(year, month, day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_by_their_day() {
        let read = |text| Version::parse(text).unwrap();
        assert!(read("2025-12-15.preview") < Version::UI_MODES_RENAMED);
        assert_eq!(read("2026-03-25.dahlia"), Version::UI_MODES_RENAMED);
        assert_eq!(read(Version::CURRENT_NAME), Version::CURRENT);
        assert!(read("2020-08-27") < read("2025-03-31.basil"));
        for text in ["", "latest", "2026-3-25", "2026-13-01", "2026-01-01-01", "2026-03-25.", "2026-03-25.dah lia"] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }
}
