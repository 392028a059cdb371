//! A typed endpoint: its declaration, and the handle of its updates.

use std::marker::PhantomData;
use std::ops::RangeInclusive;
use std::rc::Rc;

use crate::declaration::{Credentials, Declaration};
use crate::intent::{Field, Rule};

/// A server URL for one customer interaction, with the rules of its intent `I`. Pass it to [`run`](crate::Updates::run)
/// instead of a name, so you cannot misspell the name.
///
/// ```
/// # #[derive(serde::Serialize, serde::Deserialize)]
/// # struct Quantity { line_item: String, quantity: u32 }
/// use checkout_updates::Endpoint;
///
/// let set_quantity = Endpoint::<Quantity>::new("/update-line-item-quantity")
///     .identifier("line_item", "li_")
///     .integer("quantity", 0..=10)
///     .latest_of(["line_item"])
///     .retries(2);
/// ```
#[derive(Debug)]
pub struct Endpoint<I> {
    pub(super) declared: Declaration,
    /// What tells it from others, whatever they declare.
    pub(super) identity: Rc<()>,
    intent: PhantomData<fn(I)>,
}

impl<I> Clone for Endpoint<I> {
    fn clone(&self) -> Self {
        Self { declared: self.declared.clone(), identity: Rc::clone(&self.identity), intent: PhantomData }
    }
}

impl<I> Endpoint<I> {
    /// Declares an endpoint: a path that starts with one `/`, or a URL of an
    /// [allowed origin](crate::Options::allowed_origin).
    #[must_use]
    pub fn new(url: &str) -> Self {
        let declared = Declaration { url: url.to_owned(), ..Declaration::default() };
        Self { declared, identity: Rc::default(), intent: PhantomData }
    }

    /// Adds a field. An endpoint can have 16.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        self.declared.fields.push(field);
        self
    }

    /// Adds a field with one of these texts.
    #[must_use]
    pub fn one_of<const N: usize>(self, name: &str, choices: [&str; N]) -> Self {
        self.field(Field::new(name, Rule::OneOf(choices.map(str::to_owned).to_vec())))
    }

    /// Adds a field with an ID: 1 to 255 of `A-Z a-z 0-9 _ -`, starting with the prefix. Secrets are refused.
    #[must_use]
    pub fn identifier(self, name: &str, prefix: &str) -> Self {
        self.field(Field::new(name, Rule::Identifier(prefix.to_owned())))
    }

    /// Adds a field with a whole number.
    #[must_use]
    pub fn integer(self, name: &str, range: RangeInclusive<i64>) -> Self {
        self.field(Field::new(name, Rule::Integer(*range.start(), *range.end())))
    }

    /// Adds a field with a customer's text: 1 to `max` (at most 255) characters.
    #[must_use]
    pub fn text(self, name: &str, max: usize) -> Self {
        self.field(Field::new(name, Rule::Text(max)))
    }

    /// Adds a field with `true` or `false`.
    #[must_use]
    pub fn flag(self, name: &str) -> Self {
        self.field(Field::new(name, Rule::Flag))
    }

    /// Adds a field with a shipping address, as the customer enters it.
    #[must_use]
    pub fn address(self, name: &str) -> Self {
        self.field(Field::new(name, Rule::Address))
    }

    /// Makes a new update replace a waiting one. For an endpoint with one field.
    #[must_use]
    pub fn latest(mut self) -> Self {
        self.declared.latest = Some(Vec::new());
        self
    }

    /// Makes a new update replace a waiting one with equal values of these fields.
    #[must_use]
    pub fn latest_of<const N: usize>(mut self, fields: [&str; N]) -> Self {
        self.declared.latest = Some(fields.map(str::to_owned).to_vec());
        self
    }

    /// Sets whether an update that equals the last one in the queue shares its outcome. Default: `true`.
    #[must_use]
    pub fn dedupe(mut self, dedupe: bool) -> Self {
        self.declared.dedupe = Some(dedupe);
        self
    }

    /// Sends no `Idempotency-Key`, for another origin that does not allow the header.
    #[must_use]
    pub fn without_idempotency_key(mut self) -> Self {
        self.declared.idempotency_key = Some(false);
        self
    }

    /// Sets how often to repeat a request that is safe to repeat: 0 to 5. Default: 0.
    #[must_use]
    pub fn retries(mut self, retries: u32) -> Self {
        self.declared.retries = retries;
        self
    }

    /// Sets the time limit of one attempt without an answer, in milliseconds, 1 to 20,000.
    #[must_use]
    pub fn attempt_timeout_ms(mut self, ms: u32) -> Self {
        self.declared.attempt_timeout_ms = Some(ms);
        self
    }

    /// Sets the deadline of this endpoint's updates in milliseconds, 1 to 20,000.
    #[must_use]
    pub fn timeout_ms(mut self, ms: u32) -> Self {
        self.declared.timeout_ms = Some(ms);
        self
    }

    /// Sets whether to send cookies. By default, they are sent only to the page's own origin.
    #[must_use]
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.declared.credentials = Some(credentials);
        self
    }

    /// Sets whether to send the CSRF header. By default, it is sent only to the page's own origin.
    #[must_use]
    pub fn csrf(mut self, csrf: bool) -> Self {
        self.declared.csrf = Some(csrf);
        self
    }
}
