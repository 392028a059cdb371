//! The parameters of a fault, from the query of its URL.

use std::time::Duration;

use crate::http::Request;

/// When the change is made, as seen from the delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apply {
    No,
    Before,
    After,
}

/// What another origin is told by `Access-Control-…` headers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cors {
    #[default]
    Nothing,
    /// All that an update needs.
    Everything,
    /// All but the `Idempotency-Key`.
    NoKey,
}

/// Everything that can be asked of a fault. What is not given is for the fault to choose.
#[derive(Clone, Debug, Default)]
pub struct Params {
    /// Counts attempts and changes, in place of the `Idempotency-Key`.
    pub id: Option<String>,
    /// The fault strikes this many attempts of a key; later ones succeed.
    pub times: Option<u32>,
    /// The fault that strikes later ones instead.
    pub then: Option<String>,
    pub apply: Option<Apply>,
    /// Makes the change for each request, as a server does that ignores the key.
    pub ignores_key: bool,
    /// Passes before the first byte of the answer.
    pub delay: Duration,
    /// Lies between the bytes of a dripping answer.
    pub every: Option<Duration>,
    pub code: Option<u16>,
    /// The value of `Content-Type`.
    pub kind: Option<String>,
    pub body: Option<String>,
    pub bytes: Option<usize>,
    /// The value of `Retry-After`: seconds, or any text.
    pub retry_after: Option<String>,
    /// The same as a date, so many seconds from now.
    pub retry_after_date: Option<u64>,
    pub request_id: Option<String>,
    /// Redirects to the other origin.
    pub to_other: bool,
    pub cors: Cors,
}

impl Params {
    /// Reads the query of a request.
    ///
    /// # Errors
    ///
    /// Names the parameter: a misspelt one must not turn into a test of something else.
    pub fn read(request: &Request) -> Result<Self, String> {
        let mut params = Self::default();
        for (name, value) in request.params() {
            let wrong = || format!("{name}={value}");
            match name.as_str() {
                "id" => params.id = Some(value),
                "times" => params.times = Some(value.parse().map_err(|_| wrong())?),
                "then" => params.then = Some(value),
                "apply" => {
                    params.apply = Some(match value.as_str() {
                        "no" => Apply::No,
                        "before" => Apply::Before,
                        "after" => Apply::After,
                        _ => return Err(wrong()),
                    });
                }
                "ignores_key" => params.ignores_key = value == "yes",
                "delay_ms" => params.delay = Duration::from_millis(value.parse().map_err(|_| wrong())?),
                "every_ms" => params.every = Some(Duration::from_millis(value.parse().map_err(|_| wrong())?)),
                "code" => match value.parse() {
                    Ok(code @ 200..=599) => params.code = Some(code),
                    _ => return Err(wrong()),
                },
                "type" => params.kind = Some(value),
                "body" => params.body = Some(value),
                "bytes" => params.bytes = Some(value.parse().map_err(|_| wrong())?),
                "retry_after" => params.retry_after = Some(value),
                "retry_after_date" => params.retry_after_date = Some(value.parse().map_err(|_| wrong())?),
                "request_id" => params.request_id = Some(value),
                "to" => match value.as_str() {
                    "same" => params.to_other = false,
                    "other" => params.to_other = true,
                    _ => return Err(wrong()),
                },
                "cors" => match value.as_str() {
                    "yes" => params.cors = Cors::Everything,
                    "no-key" => params.cors = Cors::NoKey,
                    _ => return Err(wrong()),
                },
                _ => return Err(wrong()),
            }
        }
        Ok(params)
    }
}
