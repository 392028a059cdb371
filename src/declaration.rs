//! What a front end in Rust declares, and the check of it. JavaScript's is `browser/options.js`, which a page needs before the
//! module is there; `tests/unit/options.table.json` is run against both.

use std::fmt;

use crate::endpoint::Endpoint;
use crate::failure::words;
use crate::intent::{Field, MOST_FIELDS, Rule};

/// The longest deadline in milliseconds: Stripe's own.
const LONGEST_TIMEOUT: u32 = 20_000;
/// The deadline where none is set: half a second inside Stripe's, so that the precise failure is there first.
const TIMEOUT: u32 = 19_500;
/// How often a request may be repeated.
const MOST_RETRIES: u32 = 5;
/// `Number.MAX_SAFE_INTEGER`.
const MAX_SAFE_INTEGER: i64 = 9_007_199_254_740_991;

/// What is wrong with the options of an `Updates`. It never holds a customer's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionsError {
    /// The option, such as `timeoutMs` or `endpoints.changeInterval`.
    pub key: String,
    /// What is wrong with it, and what is allowed.
    pub problem: String,
}

impl fmt::Display for OptionsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "createUpdates: {}: {}", self.key, self.problem)
    }
}

impl std::error::Error for OptionsError {}

fn wrong<T>(key: &str, problem: impl Into<String>) -> Result<T, OptionsError> {
    Err(OptionsError { key: key.to_owned(), problem: problem.into() })
}

words! {
    /// Whether cookies go along with a request, as `fetch` calls it.
    Credentials {
        /// Never.
        Omit = "omit",
        /// To the page's own origin.
        SameOrigin = "same-origin",
        /// To any origin.
        Include = "include",
    }
}

/// A server URL for one customer interaction, as it is declared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Declaration {
    /// A path, or the URL of an allowed origin.
    pub url: String,
    /// The fields of its intent.
    pub fields: Vec<Field>,
    /// The fields that must be the same for a waiting update to give way to a later one; none for all of one field.
    pub latest: Option<Vec<String>>,
    /// Whether an update equal to the last in the queue shares its outcome.
    pub dedupe: Option<bool>,
    /// Whether an `Idempotency-Key` is sent.
    pub idempotency_key: Option<bool>,
    /// How often a request that may be repeated is repeated.
    pub retries: u32,
    /// Gives one silent attempt up after so many milliseconds.
    pub attempt_timeout_ms: Option<u32>,
    /// The deadline in milliseconds.
    pub timeout_ms: Option<u32>,
    /// Whether cookies go along.
    pub credentials: Option<Credentials>,
    /// Whether the CSRF header goes along.
    pub csrf: Option<bool>,
}

/// What all endpoints of an `Updates` share.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shared {
    /// The name of the session id's field.
    pub session_field: Option<String>,
    /// The deadline in milliseconds.
    pub timeout_ms: Option<u32>,
    /// Other origins that endpoints may name.
    pub allowed_origins: Vec<String>,
    /// The header of the CSRF token.
    pub csrf_header: Option<String>,
}

impl Shared {
    /// Checks what all endpoints share.
    ///
    /// # Errors
    ///
    /// The option that is wrong.
    pub fn check(&self) -> Result<(), OptionsError> {
        if self.session_field().is_empty() {
            return wrong("sessionField", "is a string that is not empty");
        }
        milliseconds("timeoutMs", "timeoutMs", self.timeout_ms)?;
        if !self.allowed_origins.iter().all(|origin| is_origin(origin)) {
            return wrong("allowedOrigins", "are origins such as https://api.example.com");
        }
        if self.csrf_header.as_deref().is_some_and(|header| !is_settable(header)) {
            return wrong("csrf", "\"header\" is a header that a page may set");
        }
        Ok(())
    }

    /// The name of the session id's field.
    #[must_use]
    pub fn session_field(&self) -> &str {
        self.session_field.as_deref().unwrap_or("checkout_session_id")
    }

    /// The deadline in milliseconds.
    #[must_use]
    pub fn timeout(&self) -> f64 {
        self.timeout_ms.unwrap_or(TIMEOUT).into()
    }
}

impl Declaration {
    /// Checks an endpoint, and returns what the machine decides by.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn check(&self, name: &str, shared: &Shared) -> Result<Endpoint, OptionsError> {
        let key = ["endpoints.", name].concat();
        let wrong = |problem: &str| wrong(&key, problem);
        if name.is_empty() || name == "__proto__" {
            return wrong("is no name");
        }
        if !is_url(&self.url) {
            return wrong("\"url\" has no spaces, backslashes or \"#\"");
        }
        let of_origin = |origin: &String| {
            self.url.strip_prefix(origin.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
        };
        if !self.is_path() && !shared.allowed_origins.iter().any(of_origin) {
            return wrong("\"url\" starts with one \"/\" or one of \"allowedOrigins\"");
        }
        if self.fields.len() > MOST_FIELDS {
            return wrong("has at most 16 fields");
        }
        for (position, field) in self.fields.iter().enumerate() {
            if let Some(problem) = lint(field) {
                return wrong(&["field \"", &field.name, "\" ", problem].concat());
            }
            if field.name == shared.session_field()
                || self.fields.iter().take(position).any(|other| other.name == field.name)
            {
                return wrong(&["field \"", &field.name, "\" is there twice"].concat());
            }
        }
        if self.retries > MOST_RETRIES {
            return wrong("\"retries\" is a whole number from 0 to 5");
        }
        if self.idempotency_key == Some(false) && self.retries > 0 {
            return wrong("\"retries\" need \"idempotencyKey\"");
        }
        milliseconds(&key, "timeoutMs", self.timeout_ms)?;
        milliseconds(&key, "attemptTimeoutMs", self.attempt_timeout_ms)?;
        Ok(Endpoint {
            latest: self.mask(&key)?,
            fields: self.fields.as_slice().into(),
            dedupe: self.dedupe.unwrap_or(true),
            idempotency_key: self.idempotency_key.unwrap_or(true),
            csrf: shared.csrf_header.is_some() && self.csrf.unwrap_or(self.is_path()),
            retries: self.retries,
            attempt_timeout: self.attempt_timeout_ms.map(f64::from),
            timeout: self.timeout_ms.map_or(shared.timeout(), f64::from),
            ..Endpoint::default()
        })
    }

    /// Whether it is of the page's own origin.
    #[must_use]
    pub fn is_path(&self) -> bool {
        self.url.starts_with('/') && !self.url.starts_with("//")
    }

    /// Whether cookies go along.
    #[must_use]
    pub fn credentials(&self) -> Credentials {
        self.credentials.unwrap_or(if self.is_path() { Credentials::SameOrigin } else { Credentials::Omit })
    }

    /// A bit for each field that must be the same.
    fn mask(&self, key: &str) -> Result<Option<u32>, OptionsError> {
        let Some(latest) = &self.latest else { return Ok(None) };
        let is_single = matches!(self.fields.as_slice(), [field] if field.rule.is_single());
        if latest.is_empty() && !is_single {
            return wrong(key, "\"latest\" names fields, unless there is one, and it is no address");
        }
        let mut mask = 0;
        for name in latest {
            match self.fields.iter().position(|field| field.name == *name && field.rule.is_single()) {
                Some(position) => mask |= 1 << position,
                None => return wrong(key, ["\"latest\" names no field: \"", name, "\""].concat()),
            }
        }
        Ok(Some(mask))
    }
}

fn milliseconds(key: &str, name: &str, ms: Option<u32>) -> Result<(), OptionsError> {
    if ms.is_some_and(|ms| !(1..=LONGEST_TIMEOUT).contains(&ms)) {
        return wrong(key, ["\"", name, "\" is a whole number from 1 to 20000"].concat());
    }
    Ok(())
}

/// Whether it has nothing that URL parsers strip or turn into a slash, and no fragment, which is never sent.
fn is_url(url: &str) -> bool {
    !url.chars().any(|character| character.is_whitespace() || character.is_control() || matches!(character, '\\' | '#'))
}

/// Whether it is an origin as browsers write it; plain http for this machine only.
fn is_origin(origin: &str) -> bool {
    let (host, secure) = match (origin.strip_prefix("https://"), origin.strip_prefix("http://")) {
        (Some(host), _) => (host, true),
        (None, Some(host)) => (host, false),
        _ => return false,
    };
    let is_port = |port: &str| (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    let (host, port) = match host.rsplit_once(':') {
        Some((host, port)) if is_port(port) => (host, true),
        _ => (host, false),
    };
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
    let hex = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f' | b':' | b'.');
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_host = match inner {
        Some(inner) => !inner.is_empty() && inner.bytes().all(hex),
        None => !host.is_empty() && host.bytes().all(allowed) && (!port || !host.contains(':')),
    };
    is_host && (secure || matches!(host, "localhost" | "127.0.0.1" | "[::1]"))
}

/// Whether it is a header that a page may set, and none of the package's own.
fn is_settable(header: &str) -> bool {
    let lower = header.to_ascii_lowercase();
    let forbidden = ["accept", "connection", "content-", "cookie", "proxy-", "sec-"];
    let taken = ["host", "idempotency-key", "origin", "referer"];
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+.^_`|~-".contains(&byte);
    !header.is_empty()
        && header.bytes().all(token)
        && !forbidden.iter().any(|start| lower.starts_with(start))
        && !taken.contains(&lower.as_str())
}

/// What is wrong with a field.
fn lint(field: &Field) -> Option<&'static str> {
    if field.name.is_empty() {
        return Some("needs a name");
    }
    let problem = match &field.rule {
        Rule::OneOf(choices) => {
            let distinct =
                (1..choices.len()).all(|end| choices.iter().take(end).all(|choice| choices.get(end) != Some(choice)));
            (choices.is_empty() || !distinct).then_some("takes different strings")
        }
        Rule::Identifier(prefix) => {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
            let secret =
                ["sk_", "rk_", "whsec_"].iter().any(|kind| prefix.starts_with(kind)) || prefix.contains("_secret_");
            let fits = !secret && prefix.len() < 255 && prefix.bytes().all(allowed);
            (!fits).then_some("takes a prefix of A-Z a-z 0-9 _ - that starts no secret")
        }
        Rule::Integer(least, most) => {
            let safe = -MAX_SAFE_INTEGER..=MAX_SAFE_INTEGER;
            let fits = least <= most && safe.contains(least) && safe.contains(most);
            (!fits).then_some("takes two safe integers, the smaller first")
        }
        Rule::Text(max) => (!(1..=255).contains(max)).then_some("takes at most 255 characters"),
        Rule::Flag | Rule::Address => None,
    };
    let is_open = matches!(field.rule, Rule::Identifier(_) | Rule::Integer(..));
    problem
        .or_else(|| (is_open && is_servers_own(&field.name)).then_some("is the server's to decide; use one_of or flag"))
}

/// Whether a name is that of money, or of what only the server may set (the parameters of Stripe's Checkout Sessions). A lint
/// for honest mistakes: the server looks up every amount, whatever a field is called.
fn is_servers_own(name: &str) -> bool {
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    let plain = plain.as_str();
    let of = |word: &str, ends: &[&str]| {
        let rest = plain.strip_prefix(word);
        rest.is_some_and(|rest| ends.contains(&rest) || rest.strip_prefix('s').is_some_and(|rest| ends.contains(&rest)))
    };
    let amounts = ["", "customunit", "unit", "discount", "shipping", "tax"];
    let fixed = [
        "currency",
        "lineitems",
        "optionalitems",
        "discount",
        "discounts",
        "total",
        "totals",
        "subtotal",
        "subtotals",
        "tax",
        "taxrate",
        "taxrates",
        "automatictax",
        "automatictaxrate",
        "automatictaxrates",
        "shippingcost",
        "shippingoptions",
        "shippingratedata",
        "clientsecret",
        "metadata",
        "paymentintent",
        "paymentstatus",
        "intent",
        "status",
        "customer",
        "customerid",
        "mode",
        "expiresat",
        "trialend",
        "trialperioddays",
    ];
    of("price", &["", "id", "data"])
        || amounts.iter().any(|kind| of(&[kind, "amount"].concat(), &["", "decimal", "due", "subtotal", "total"]))
        || fixed.contains(&plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_as_browsers_write_them() {
        for origin in
            ["https://a.example", "https://a.example:8443", "http://localhost:3000", "http://[::1]:1", "https://[::1]"]
        {
            assert!(is_origin(origin), "{origin}");
        }
        for other in
            ["http://a.example", "https://", "https://a.example/", "https://A.example", "a.example", "https://a:b"]
        {
            assert!(!is_origin(other), "{other}");
        }
    }

    #[test]
    fn money_is_the_servers() {
        for name in
            ["price", "prices_data", "unit_amount", "amountDue", "Tax-Rates", "customer_id", "trial_end", "lineItems"]
        {
            assert!(is_servers_own(name), "{name}");
        }
        for name in ["line_item", "quantity", "priceless", "plan", "product_id", "interval"] {
            assert!(!is_servers_own(name), "{name}");
        }
    }
}
