//! Currencies, decimal amounts and the way amounts are written for a customer.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The currencies the API takes, in lower case.
const CURRENCIES: &str = "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn \
    bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg \
    huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur \
    mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd \
    shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw";

const ZERO_DECIMAL: &str = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf";
const THREE_DECIMAL: &str = "bhd jod kwd omr tnd";

/// The least that can be charged, in minor units, where it is not zero and the documentation knows it
/// (docs.stripe.com/currencies, "Minimum and maximum charge amounts").
const LEAST: &[(&str, i64)] = &[
    ("aed", 200),
    ("aud", 50),
    ("bgn", 100),
    ("brl", 50),
    ("cad", 50),
    ("chf", 50),
    ("czk", 1_500),
    ("dkk", 250),
    ("eur", 50),
    ("gbp", 30),
    ("hkd", 400),
    ("huf", 17_500),
    ("inr", 50),
    ("jpy", 50),
    ("mxn", 1_000),
    ("myr", 200),
    ("nok", 300),
    ("nzd", 50),
    ("pln", 200),
    ("ron", 200),
    ("sek", 300),
    ("sgd", 50),
    ("thb", 1_000),
    ("usd", 50),
];

/// Symbols as an American browser writes them; the others are written by their code.
const SYMBOLS: &[(&str, &str)] = &[
    ("aud", "A$"),
    ("brl", "R$"),
    ("cad", "CA$"),
    ("cny", "CN¥"),
    ("eur", "€"),
    ("gbp", "£"),
    ("hkd", "HK$"),
    ("ils", "₪"),
    ("inr", "₹"),
    ("jpy", "¥"),
    ("krw", "₩"),
    ("mxn", "MX$"),
    ("nzd", "NZ$"),
    ("php", "₱"),
    ("twd", "NT$"),
    ("usd", "$"),
    ("vnd", "₫"),
    ("xaf", "FCFA"),
    ("xcd", "EC$"),
    ("xof", "F CFA"),
    ("xpf", "CFPF"),
];

/// Whether the API takes `code`, which is lower case.
pub fn is_currency(code: &str) -> bool {
    listed(CURRENCIES, code)
}

fn listed(list: &str, code: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == code)
}

/// Digits after the point of an amount in `currency`.
pub fn digits(currency: &str) -> u32 {
    if listed(ZERO_DECIMAL, currency) {
        0
    } else if listed(THREE_DECIMAL, currency) {
        3
    } else {
        2
    }
}

/// The least that can be charged in `currency`, in minor units. Stripe converts where its table has no entry; there is
/// no rate here, so one unit will do.
pub fn least(currency: &str) -> i64 {
    LEAST.iter().find(|(code, _)| *code == currency).map_or(1, |(_, least)| *least)
}

/// The largest amount of so many digits.
const fn most_of(digits: u32) -> i64 {
    10_i64.pow(digits) - 1
}

/// The largest amount in any currency, in minor units.
pub const MOST_ANYWHERE: i64 = most_of(12);

/// The largest amount in `currency`, in minor units: eight digits, but for currencies of small units
/// (docs.stripe.com/currencies, "Minimum and maximum charge amounts").
pub fn most(currency: &str) -> i64 {
    match currency {
        "idr" => most_of(12),
        "lbp" => most_of(11),
        "cop" | "huf" | "jpy" => most_of(10),
        "inr" => most_of(9),
        _ => most_of(8),
    }
}

/// What an amount in `currency` must be a multiple of, in minor units. Three decimals are written and two are charged;
/// ISK and UGX have no decimals and are written with two.
pub fn step(currency: &str) -> i64 {
    match currency {
        "isk" | "ugx" => 100,
        _ if listed(THREE_DECIMAL, currency) => 10,
        _ => 1,
    }
}

/// An amount in minor units as a customer reads it: `$1,234.50`, `¥500`, `CHF 10.00`.
pub fn display(minor_units: i64, currency: &str) -> String {
    let digits = digits(currency);
    let divisor = 10_u64.pow(digits);
    let amount = minor_units.unsigned_abs();
    let mut text = if minor_units < 0 { "-".to_owned() } else { String::new() };
    match SYMBOLS.iter().find(|(code, _)| *code == currency) {
        Some((_, symbol)) => text.push_str(symbol),
        None => text.push_str(&format!("{}\u{a0}", currency.to_uppercase())),
    }
    text.push_str(&grouped(amount / divisor));
    if digits > 0 {
        text.push_str(&format!(".{:0width$}", amount % divisor, width = digits as usize));
    }
    text
}

fn grouped(number: u64) -> String {
    let plain = number.to_string();
    let mut text = String::new();
    for (index, digit) in plain.chars().enumerate() {
        if index > 0 && (plain.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `numerator / denominator`, both positive, to the nearest integer, halves up.
pub fn round_half_up(numerator: i128, denominator: i128) -> i128 {
    (numerator * 2 + denominator).div_euclid(denominator * 2)
}

/// A price in minor units with up to 12 decimal places, exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decimal(i128);

const PLACES: usize = 12;
const SCALE: i128 = 10_i128.pow(12);

impl Decimal {
    /// A whole number of minor units.
    pub fn whole(minor_units: i64) -> Self {
        Self(i128::from(minor_units) * SCALE)
    }

    /// Reads `12`, `0.5`, `12.345678901234`; `None` for a sign, an exponent, or more than 12 places.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || !is_number(fraction) || whole.len() > PLACES || fraction.len() > PLACES {
            return None;
        }
        let whole: i128 = whole.parse().ok()?;
        let fraction: i128 = format!("{fraction:0<PLACES$}").parse().ok()?;
        Some(Self(whole * SCALE + fraction))
    }

    /// The number of minor units, where it is whole.
    pub fn as_whole(self) -> Option<i64> {
        if self.0 % SCALE == 0 { i64::try_from(self.0 / SCALE).ok() } else { None }
    }

    /// Whether it is a whole number of so many minor units.
    pub fn is_multiple_of(self, minor_units: i64) -> bool {
        self.0 % (i128::from(minor_units) * SCALE) == 0
    }

    /// The nearest number of minor units, halves up.
    pub fn rounded(self) -> i64 {
        self.times(1)
    }

    /// `quantity` times the price, rounded once, at the end.
    pub fn times(self, quantity: u64) -> i64 {
        i64::try_from(round_half_up(self.0.saturating_mul(i128::from(quantity)), SCALE)).unwrap_or(i64::MAX)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// From a whole number, or from a string in the form of [`Decimal::parse`].
impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Whole(u32),
            Decimal(String),
        }
        match Written::deserialize(deserializer)? {
            Written::Whole(amount) => Ok(Self::whole(i64::from(amount))),
            Written::Decimal(text) => {
                Self::parse(&text).ok_or_else(|| D::Error::custom("not an amount with at most 12 decimal places"))
            }
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0 / SCALE)?;
        let fraction = format!("{:0PLACES$}", self.0 % SCALE);
        let fraction = fraction.trim_end_matches('0');
        if fraction.is_empty() { Ok(()) } else { write!(formatter, ".{fraction}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_a_customer_reads_them() {
        for (minor, currency, expected) in [
            (0, "usd", "$0.00"),
            (1000, "usd", "$10.00"),
            (123_456_789, "usd", "$1,234,567.89"),
            (-250, "eur", "-€2.50"),
            (500, "jpy", "¥500"),
            (1500, "kwd", "KWD\u{a0}1.500"),
            (1005, "chf", "CHF\u{a0}10.05"),
            (500, "ugx", "UGX\u{a0}5.00"),
        ] {
            assert_eq!(display(minor, currency), expected);
        }
    }

    #[test]
    fn decimals_are_exact_and_rounded_once() {
        assert_eq!(Decimal::parse("0.333333333333").unwrap().times(3), 1);
        assert_eq!(Decimal::parse("0.5").unwrap().times(1), 1);
        assert_eq!(Decimal::parse("0.4").unwrap().times(5), 2);
        assert_eq!(Decimal::parse("12.50").unwrap().to_string(), "12.5");
        assert_eq!(Decimal::parse("500").unwrap().as_whole(), Some(500));
        assert_eq!(Decimal::parse("500.1").unwrap().as_whole(), None);
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "0.1234567890123", "1 ", "1,5", "1234567890123"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn currencies_are_known_by_their_lower_case_code() {
        assert!(is_currency("usd") && is_currency("jpy"));
        assert!(!is_currency("USD") && !is_currency("xxx") && !is_currency("") && !is_currency("usd eur"));
    }
}
