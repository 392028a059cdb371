//! What updates are made with, and what one call takes.

use std::rc::Rc;

use js_sys::Function;

use super::endpoint::Endpoint;
use crate::browser::{Callback, Config, Csrf, Failure, Messages, SessionId, SettledUpdate, Target, Token};
use crate::declaration::{Declaration, OptionsError, Shared};
use crate::intent::Value;

/// An endpoint under its name, whatever its intent is.
struct Declared {
    name: String,
    declared: Declaration,
    identity: Rc<()>,
}

/// The options of [`Updates::new`](crate::Updates::new).
///
/// ```no_run
/// use checkout_updates::{Endpoint, Options, Updates};
///
/// let remove_gift = Endpoint::<()>::new("/remove-gift");
/// let options = Options::new()
///     .session(|| "cs_test_a1".to_owned())
///     .timeout_ms(10_000)
///     .endpoint("removeGift", &remove_gift)
///     .on_failure(|failure| web_sys::console::warn_1(&failure.kind.name().into()));
/// let updates = Updates::new(options);
/// ```
#[derive(Default)]
pub struct Options {
    shared: Shared,
    endpoints: Vec<Declared>,
    session: Option<Box<dyn Fn() -> String>>,
    token: Option<Token>,
    messages: Option<Messages>,
    on_failure: Option<Callback<Failure>>,
    on_settled: Option<Callback<SettledUpdate>>,
    fetch: Option<Function>,
}

impl Options {
    /// Returns options without endpoints.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares an endpoint under the name that metrics and reports use.
    #[must_use]
    pub fn endpoint<I>(mut self, name: &str, endpoint: &Endpoint<I>) -> Self {
        let Endpoint { declared, identity, .. } = endpoint.clone();
        self.endpoints.push(Declared { name: name.to_owned(), declared, identity });
        self
    }

    /// Sets the function that returns the Checkout Session's ID. Each update function and each `run` calls it. `run`
    /// does not need it, because it can read the ID from the actions.
    #[must_use]
    pub fn session(mut self, session: impl Fn() -> String + 'static) -> Self {
        self.session = Some(Box::new(session));
        self
    }

    /// Sets the name of the session ID's field in the body. Default: `checkout_session_id`.
    #[must_use]
    pub fn session_field(mut self, name: &str) -> Self {
        self.shared.session_field = Some(name.to_owned());
        self
    }

    /// Sets the deadline of an update in milliseconds, 1 to 20,000. Default: 19,500.
    #[must_use]
    pub fn timeout_ms(mut self, ms: u32) -> Self {
        self.shared.timeout_ms = Some(ms);
        self
    }

    /// Adds another origin that endpoints can use, such as `https://api.example.com`.
    #[must_use]
    pub fn allowed_origin(mut self, origin: &str) -> Self {
        self.shared.allowed_origins.push(origin.to_owned());
        self
    }

    /// Sets the header and the CSRF token that Rails, Django or Laravel require. `token` is called once for each
    /// update.
    #[must_use]
    pub fn csrf(mut self, header: &str, token: impl Fn() -> String + 'static) -> Self {
        self.shared.csrf_header = Some(header.to_owned());
        self.token = Some(Box::new(move || Ok(token().into())));
        self
    }

    /// Replaces `message`, if the function returns a text. A server's own refusal takes precedence.
    #[must_use]
    pub fn messages(mut self, messages: impl Fn(&Failure) -> Option<String> + 'static) -> Self {
        self.messages = Some(Box::new(messages));
        self
    }

    /// Sets the function to call for every failure except `cancelled`.
    #[must_use]
    pub fn on_failure(mut self, tell: impl Fn(&Failure) + 'static) -> Self {
        self.on_failure = Some(Box::new(tell));
        self
    }

    /// Sets the function to call for every update that settles, including successes.
    #[must_use]
    pub fn on_settled(mut self, tell: impl Fn(&SettledUpdate) + 'static) -> Self {
        self.on_settled = Some(Box::new(tell));
        self
    }

    /// Replaces the global `fetch`, for example with that of a firewall or of instrumentation.
    #[must_use]
    pub fn fetch(mut self, fetch: Function) -> Self {
        self.fetch = Some(fetch);
        self
    }

    /// Checks everything, and returns what the client works by and the endpoints' identities.
    pub(super) fn into_config(self) -> Result<(Box<Config>, Vec<Rc<()>>), OptionsError> {
        self.shared.check()?;
        let (mut endpoints, mut targets) = (Vec::new(), Vec::new());
        let mut identities: Vec<Rc<()>> = Vec::new();
        for Declared { name, declared, identity } in self.endpoints {
            if targets.iter().any(|target: &Rc<Target>| target.name == name) {
                let key = ["endpoints.", &name].concat();
                return Err(OptionsError { key, problem: "is declared twice".to_owned() });
            }
            let endpoint = declared.check(&name, &self.shared)?;
            let credentials = declared.credentials().name().to_owned();
            endpoints.push(endpoint);
            targets.push(Target::new(&name, declared.url, credentials));
            identities.push(identity);
        }
        let session = self.session.map(|session| -> SessionId { Box::new(move || Ok(Value::Text(session()))) });
        let config = Box::new(Config {
            endpoints,
            targets,
            session,
            session_field: self.shared.session_field().to_owned(),
            timeout: self.shared.timeout(),
            csrf: self.shared.csrf_header.zip(self.token).map(|(header, token)| Csrf { header, token }),
            messages: self.messages,
            on_failure: self.on_failure,
            on_settled: self.on_settled,
            fetch: self.fetch,
        });
        Ok((config, identities))
    }
}

/// Options of one call of [`Updates::run_with`](crate::Updates::run_with).
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// Cancels this call: its outcome is `cancelled`. The update goes on if another call waits for it.
    pub signal: Option<web_sys::AbortSignal>,
    /// The session ID, instead of [`Options::session`].
    pub session: Option<String>,
}
