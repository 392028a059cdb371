//! Names and texts that cross to the facade as numbers: decoding a text takes a microsecond each time, and the glue of a
//! typed binding costs more bytes than its name.

macro_rules! words {
    ($($name:ident $text:literal)*) => {
        /// A name or a text, by its place among [`TEXTS`].
        #[derive(Clone, Copy)]
        #[repr(u8)]
        pub enum Word {
            $(#[doc = $text] $name,)*
            /// The header of the page's CSRF token: the facade puts it behind the others.
            CsrfHeader,
        }

        /// The texts in the same order, a space behind each.
        pub const TEXTS: &str = concat!($($text, " "),*);
    };
}

words! {
    // Of a request (RFC 9110; the Fetch standard's RequestInit).
    Object "Object"
    Method "method"
    Post "POST"
    Body "body"
    Signal "signal"
    Redirect "redirect"
    Manual "manual"
    Cache "cache"
    NoStore "no-store"
    Headers "headers"
    ContentType "content-type"
    Json "application/json"
    Accept "accept"
    IdempotencyKey "idempotency-key"
    AbortController "AbortController"
    Abort "abort"
    // Of an answer.
    Ok "ok"
    Status "status"
    Get "get"
    RequestId "request-id"
    XRequestId "x-request-id"
    RetryAfter "retry-after"
    Clone "clone"
    Text "text"
    GetReader "getReader"
    Read "read"
    Done "done"
    Value "value"
    Error "error"
    Type "type"
    Message "message"
    // What is kept for an update.
    Token "token"
    Answer "answer"
    Reader "reader"
    Result "result"
    Cause "cause"
    Field "field"
    KeptRequestId "requestId"
    // Of Stripe.js.
    RunServerUpdate "runServerUpdate"
    GetSession "getSession"
    Session "session"
    Success "success"
    Id "id"
}
