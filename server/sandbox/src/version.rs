//! API versions, as the `Stripe-Version` header names them.

/// The versions that were released, as they are written. Stripe's Node client lists them (`WebhookEndpointCreateParams`),
/// and a test in `tests/sandbox` compares.
const RELEASED: &str = "2011-01-01 2011-06-21 2011-06-28 2011-08-01 2011-09-15 2011-11-17 2012-02-23 2012-03-25 2012-06-18 \
    2012-06-28 2012-07-09 2012-09-24 2012-10-26 2012-11-07 2013-02-11 2013-02-13 2013-07-05 2013-08-12 \
    2013-08-13 2013-10-29 2013-12-03 2014-01-31 2014-03-13 2014-03-28 2014-05-19 2014-06-13 2014-06-17 \
    2014-07-22 2014-07-26 2014-08-04 2014-08-20 2014-09-08 2014-10-07 2014-11-05 2014-11-20 2014-12-08 \
    2014-12-17 2014-12-22 2015-01-11 2015-01-26 2015-02-10 2015-02-16 2015-02-18 2015-03-24 2015-04-07 \
    2015-06-15 2015-07-07 2015-07-13 2015-07-28 2015-08-07 2015-08-19 2015-09-03 2015-09-08 2015-09-23 \
    2015-10-01 2015-10-12 2015-10-16 2016-02-03 2016-02-19 2016-02-22 2016-02-23 2016-02-29 2016-03-07 \
    2016-06-15 2016-07-06 2016-10-19 2017-01-27 2017-02-14 2017-04-06 2017-05-25 2017-06-05 2017-08-15 \
    2017-12-14 2018-01-23 2018-02-05 2018-02-06 2018-02-28 2018-05-21 2018-07-27 2018-08-23 2018-09-06 \
    2018-09-24 2018-10-31 2018-11-08 2019-02-11 2019-02-19 2019-03-14 2019-05-16 2019-08-14 2019-09-09 \
    2019-10-08 2019-10-17 2019-11-05 2019-12-03 2020-03-02 2020-08-27 2022-08-01 2022-11-15 2023-08-16 \
    2023-10-16 2024-04-10 2024-06-20 2024-09-30.acacia 2024-10-28.acacia 2024-11-20.acacia \
    2024-12-18.acacia 2025-01-27.acacia 2025-02-24.acacia 2025-03-01.dashboard 2025-03-31.basil \
    2025-04-30.basil 2025-05-28.basil 2025-06-30.basil 2025-07-30.basil 2025-08-27.basil \
    2025-09-30.clover 2025-10-29.clover 2025-11-17.clover 2025-12-15.clover 2026-01-28.clover \
    2026-02-25.clover 2026-03-25.dahlia 2026-04-22.dahlia 2026-05-27.dahlia 2026-06-24.dahlia \
    2026-07-29.dahlia 2026-08-26.dahlia 2026-09-30.endive 2026-10-28.endive";

/// Preview versions are written as `2026-09-30.preview`, on the day of a release since this one.
const FIRST_PREVIEW: Day = Day::SERVER_UPDATES;

/// The day of an API version. Versions are ordered by their day; the release name after it adds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(u32);

impl Day {
    const fn of(year: u32, month: u32, day: u32) -> Self {
        Self(year * 10_000 + month * 100 + day)
    }

    /// A Checkout Session in payment mode can cost nothing.
    pub const FREE_PAYMENTS: Self = Self::of(2023, 8, 16);
    /// `shipping_details` is no longer on the session, but in `collected_information`.
    pub const SHIPPING_DETAILS_MOVED: Self = Self::of(2025, 3, 31);
    /// Servers can update sessions; what Stripe's guides have in preview is there since.
    pub const SERVER_UPDATES: Self = Self::of(2025, 3, 31);
    /// `ui_mode` took today's names: `elements`, `embedded_page`, `hosted_page`.
    pub const UI_MODES_RENAMED: Self = Self::of(2026, 3, 25);
    /// `subscription_data[billing_cycle_anchor_config]` came.
    pub const ANCHOR_CONFIG: Self = Self::of(2026, 6, 24);
    /// `line_items[][dynamic_tax_rates]` went.
    pub const DYNAMIC_TAX_RATES_GONE: Self = Self::of(2026, 7, 29);
    /// `payment_method_types` gave way to `allowed_payment_method_types`; products have `tax_details`; and updates of
    /// `payment_intent_data` are in preview.
    pub const ENDIVE: Self = Self::of(2026, 9, 30);
    /// `payment_intent_data` can be updated; `locale` knows `hi-IN`.
    pub const INTENT_DATA_UPDATES: Self = Self::of(2026, 10, 28);

    /// The release of this day, as it is written.
    pub fn release(self) -> &'static str {
        let of_day = |name: &&str| name.split('.').next().and_then(Self::read) == Some(self);
        RELEASED.split_ascii_whitespace().find(of_day).unwrap_or_default()
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('-').map(str::parse);
        let (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) = (parts.next(), parts.next(), parts.next()) else {
            return None;
        };
        Some(Self::of(year, month, day))
    }
}

/// What a caller's version lets it send and shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// Its day.
    pub day: Day,
    /// How it is written; of a preview, how the release of its day is.
    pub name: &'static str,
    /// Whether it may use what is in preview: it is a preview version, `2026-09-30.preview`, or names a beta.
    pub preview: bool,
    /// Whether the beta `checkout_server_update_beta` is named behind it.
    pub server_updates: bool,
}

impl Version {
    /// How the current version is written.
    pub const CURRENT_NAME: &str = "2026-10-28.endive";
    /// The version of callers that name none.
    pub const CURRENT: Self =
        Self { day: Day::of(2026, 10, 28), name: Self::CURRENT_NAME, preview: false, server_updates: false };

    /// Reads a released version, and the betas behind it: `2025-03-31.basil; checkout_server_update_beta=v1;`.
    pub fn parse(text: &str) -> Option<Self> {
        let (version, betas) = text.split_once(';').unwrap_or((text, ""));
        let mut version = Self::of(version.trim())?;
        for beta in betas.split(';').map(str::trim).filter(|beta| !beta.is_empty()) {
            let (name, number) = beta.split_once('=')?;
            let is_number = number.strip_prefix('v').is_some_and(|n| n.parse::<u32>().is_ok());
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') || !is_number {
                return None;
            }
            version.server_updates |= name == "checkout_server_update_beta";
            version.preview |= version.server_updates;
        }
        Some(version)
    }

    fn of(text: &str) -> Option<Self> {
        let release = |name: &'static str, preview: bool| {
            let day = Day::read(name.split('.').next()?)?;
            Some(Self { day, name, preview, server_updates: false })
        };
        let released = || RELEASED.split_ascii_whitespace();
        if let Some(day) = text.strip_suffix(".preview") {
            let named = released().find(|name| name.split('.').next() == Some(day))?;
            return release(named, true).filter(|version| version.day >= FIRST_PREVIEW);
        }
        release(released().find(|name| *name == text)?, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn released_versions_are_known_and_ordered_by_their_day() {
        let read = |text| Version::parse(text).unwrap();
        assert!(read("2025-12-15.preview").day < Day::UI_MODES_RENAMED);
        assert_eq!(read("2026-03-25.dahlia").day, Day::UI_MODES_RENAMED);
        assert_eq!(read(Version::CURRENT_NAME), Version::CURRENT);
        assert!(read("2020-08-27").day < read("2025-03-31.basil").day);
        for text in RELEASED.split_ascii_whitespace() {
            assert_eq!(read(text).name, text);
        }
    }

    #[test]
    fn what_was_never_released_is_no_version() {
        let never = [
            "",
            "latest",
            "2026-3-25",
            "2026-13-01",
            "2026-03-25",
            "2026-03-25.",
            "2026-03-25.basil",
            "2025-08-27.dahlia",
            "2024-06-21",
            "2027-01-27.fig",
            "2024-06-20.preview",
            "2026-03-26.preview",
            "2019-12-03, 2019-12-03",
        ];
        for text in never {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }

    #[test]
    fn betas_follow_their_version() {
        let read = |text| Version::parse(text).unwrap();
        let beta = read("2025-03-31.basil; checkout_server_update_beta=v1;");
        assert!(beta.server_updates && beta.preview);
        assert!(read("2025-03-31.preview").preview && !read("2025-03-31.basil").preview);
        assert!(read("2025-03-31.basil;other_beta=v2; checkout_server_update_beta=v1").server_updates);
        assert!(!read("2025-03-31.basil; custom_checkout_beta=v1;").server_updates);
        for text in ["2025-03-31.basil; beta", "2025-03-31.basil; beta=1", "2025-03-31.basil; =v1", "; beta=v1"] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }
}
