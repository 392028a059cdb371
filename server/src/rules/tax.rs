//! Tax rates by shipping address, for shops without Stripe Tax.

use std::collections::BTreeMap;

use crate::stripe::types::Address;

/// Tax rates at Stripe, by place: `US-CA` or `GB`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaxTable(BTreeMap<String, String>);

impl TaxTable {
    /// Reads `US-CA=txr_1,GB=txr_2`.
    ///
    /// # Errors
    ///
    /// The number of the entry that cannot be read, counted from one.
    pub fn parse(text: &str) -> Result<Self, usize> {
        let mut table = BTreeMap::new();
        for (position, entry) in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).enumerate() {
            match entry.split_once('=') {
                Some((place, rate)) if is_place(place.trim()) && rate.trim().starts_with("txr_") => {
                    table.insert(place.trim().to_owned(), rate.trim().to_owned());
                }
                _ => return Err(position + 1),
            }
        }
        Ok(Self(table))
    }

    /// Whether there are no rates, so that taxes are none of this server's business.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rates for an address: those of the state, else those of the country, else none.
    #[must_use]
    pub fn rates(&self, address: Option<&Address>) -> Vec<String> {
        let Some(country) = address.and_then(|address| address.country.as_deref()) else { return Vec::new() };
        let state = address.and_then(|address| address.state.as_deref()).unwrap_or("");
        self.0.get(&format!("{country}-{state}")).or_else(|| self.0.get(country)).cloned().into_iter().collect()
    }
}

fn is_place(text: &str) -> bool {
    let (country, state) = text.split_once('-').unwrap_or((text, "X"));
    country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
        && (1..=3).contains(&state.len())
        && state.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(country: &str, state: Option<&str>) -> Address {
        Address { country: Some(country.to_owned()), state: state.map(str::to_owned) }
    }

    #[test]
    fn looks_up_the_state_and_then_the_country() {
        let table = TaxTable::parse("US-CA=txr_ca, US-NY=txr_ny,GB=txr_gb").unwrap();
        for (place, rates) in [
            (Some(address("US", Some("CA"))), vec!["txr_ca"]),
            (Some(address("US", Some("TX"))), vec![]),
            (Some(address("US", None)), vec![]),
            (Some(address("GB", Some("London"))), vec!["txr_gb"]),
            (Some(Address::default()), vec![]),
            (None, vec![]),
        ] {
            assert_eq!(table.rates(place.as_ref()), rates, "{place:?}");
        }
    }

    #[test]
    fn says_which_entry_is_wrong() {
        for (text, entry) in
            [("GB", 1), ("GB=rate", 1), ("GB=txr_1,us=txr_2", 2), ("GB=txr_1,US-=txr_2", 2), ("GBR=txr_1", 1)]
        {
            assert_eq!(TaxTable::parse(text), Err(entry), "{text}");
        }
        assert!(TaxTable::parse("").unwrap().is_empty());
    }
}
