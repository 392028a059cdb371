//! Ways of shipping, for the session's own address and total.

use checkout_updates::intent::Value;

use crate::catalogue::{CURRENCY, FREE_SHIPPING_FROM};
use crate::stripe::Form;
use crate::stripe::types::{Address, ShippingOption};

/// Where the shop is. Without an address, this is what shipping is worked out for.
const HOME: &str = "US";

/// How fast the customer wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speed {
    /// Within the week, in the country.
    Standard,
    /// In a day or two.
    Express,
}

impl Speed {
    /// The words of the intent.
    pub const WORDS: [&str; 2] = ["standard", "express"];

    /// From the word in an intent, or in a note on the session.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "standard" => Some(Self::Standard),
            "express" => Some(Self::Express),
            _ => None,
        }
    }

    /// The word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Express => "express",
        }
    }
}

/// Whom to send it to, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// By Stripe's names, without the country.
    lines: Vec<(&'static str, String)>,
}

impl Recipient {
    /// From what fits the rule of an address.
    #[must_use]
    pub fn of(details: &Value) -> Option<Self> {
        let address = details.get("address");
        let line = |name| Some((name, address.get(name).as_str()?.to_owned()));
        Some(Self {
            name: details.get("name").as_str()?.to_owned(),
            country: address.get("country").as_str()?.to_ascii_uppercase(),
            lines: ["line1", "line2", "city", "state", "postal_code"].into_iter().filter_map(line).collect(),
        })
    }

    /// As much of the address as taxes and shipping depend on.
    #[must_use]
    pub fn address(&self) -> Address {
        let state = self.lines.iter().find(|(name, _)| *name == "state").map(|(_, state)| state.clone());
        Address { country: Some(self.country.clone()), state }
    }

    /// Writes it as `collected_information`.
    pub fn transmit(&self, form: &mut Form) {
        const DETAILS: &str = "collected_information[shipping_details]";
        form.add(format!("{DETAILS}[name]"), &self.name);
        form.add(format!("{DETAILS}[address][country]"), &self.country);
        for (name, line) in &self.lines {
            form.add(format!("{DETAILS}[address][{name}]"), line);
        }
    }
}

/// One way of shipping, at its price of today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What the customer reads.
    pub name: &'static str,
    /// In minor units.
    pub amount: i64,
    /// Business days, at least and at most.
    pub days: (u32, u32),
}

/// What can be offered, the chosen speed first: Stripe selects the first.
#[must_use]
pub fn offers(address: Option<&Address>, subtotal: i64, chosen: Speed) -> Vec<Offer> {
    let abroad = address.and_then(|address| address.country.as_deref()).is_some_and(|country| country != HOME);
    let free = subtotal >= FREE_SHIPPING_FROM;
    let (standard, express) = if abroad {
        let standard = if free { 900 } else { 1_900 };
        (
            Offer { name: "International standard", amount: standard, days: (7, 14) },
            Offer { name: "International express", amount: 3_900, days: (2, 4) },
        )
    } else {
        let standard = if free { 0 } else { 500 };
        (
            Offer { name: "Standard", amount: standard, days: (3, 5) },
            Offer { name: "Express", amount: 1_200, days: (1, 2) },
        )
    };
    match chosen {
        Speed::Standard => vec![standard, express],
        Speed::Express => vec![express, standard],
    }
}

/// Whether the session has these offers already.
#[must_use]
pub fn are_current(offers: &[Offer], options: &[ShippingOption]) -> bool {
    offers.iter().map(|offer| offer.amount).eq(options.iter().map(|option| option.shipping_amount))
}

/// Writes the offers as `shipping_options`.
pub fn transmit(offers: &[Offer], form: &mut Form) {
    for (position, offer) in offers.iter().enumerate() {
        let data = format!("shipping_options[{position}][shipping_rate_data]");
        form.add(format!("{data}[display_name]"), offer.name);
        form.add(format!("{data}[type]"), "fixed_amount");
        form.add(format!("{data}[fixed_amount][amount]"), offer.amount);
        form.add(format!("{data}[fixed_amount][currency]"), CURRENCY);
        for (bound, days) in [("minimum", offer.days.0), ("maximum", offer.days.1)] {
            form.add(format!("{data}[delivery_estimate][{bound}][unit]"), "business_day");
            form.add(format!("{data}[delivery_estimate][{bound}][value]"), days);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depends_on_address_total_and_speed() {
        let abroad = Address { country: Some("GB".to_owned()), state: None };
        let amounts = |address, subtotal, speed| {
            offers(address, subtotal, speed).iter().map(|offer| offer.amount).collect::<Vec<_>>()
        };
        assert_eq!(amounts(None, 9_999, Speed::Standard), [500, 1_200]);
        assert_eq!(amounts(None, 10_000, Speed::Express), [1_200, 0]);
        assert_eq!(amounts(Some(&abroad), 9_999, Speed::Standard), [1_900, 3_900]);
        assert_eq!(amounts(Some(&abroad), 10_000, Speed::Standard), [900, 3_900]);
    }

    #[test]
    fn knows_what_the_session_has() {
        let options = [ShippingOption { shipping_amount: 500 }, ShippingOption { shipping_amount: 1_200 }];
        assert!(are_current(&offers(None, 0, Speed::Standard), &options));
        assert!(!are_current(&offers(None, 0, Speed::Express), &options));
        assert!(!are_current(&offers(None, 0, Speed::Standard), &[]));
    }
}
