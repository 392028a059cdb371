//! HTTP/1.1, by hand where a fault decides over single bytes.

/// A head longer than this, or a body longer than [`LONGEST_BODY`], is not worth reading on.
const LONGEST_HEAD: usize = 64 * 1024;
const LONGEST_BODY: usize = 1024 * 1024;
const MOST_HEADERS: usize = 100;

/// A request as it was received.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    /// Without the query.
    pub path: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// The first header of this name, given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The decoded parameters of the query.
    pub fn params(&self) -> impl Iterator<Item = (String, String)> {
        form_urlencoded::parse(self.query.as_bytes()).into_owned()
    }
}

/// What the bytes received so far amount to.
pub enum Parsed {
    /// More is needed.
    Partial,
    /// A request and how many bytes it took.
    Whole(Request, usize),
    /// Nothing that a browser sends.
    Bad(String),
}

/// Looks for one request at the start of `bytes`.
pub fn parse(bytes: &[u8]) -> Parsed {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    let length = match head.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) if bytes.len() > LONGEST_HEAD => return Parsed::Bad("head too long".into()),
        Ok(httparse::Status::Partial) => return Parsed::Partial,
        Err(error) => return Parsed::Bad(error.to_string()),
    };
    let target = head.path.unwrap_or("/");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request = Request {
        method: head.method.unwrap_or("").to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: head
            .headers
            .iter()
            .map(|header| (header.name.to_owned(), String::from_utf8_lossy(header.value).into_owned()))
            .collect(),
        body: Vec::new(),
    };
    if request.header("transfer-encoding").is_some() {
        return Parsed::Bad("browsers send a content length".into());
    }
    let wanted = match request.header("content-length").map(str::parse::<usize>) {
        None => 0,
        Some(Ok(wanted)) if wanted <= LONGEST_BODY => wanted,
        Some(_) => return Parsed::Bad("content length".into()),
    };
    let end = length + wanted;
    match bytes.get(length..end) {
        Some(body) => {
            request.body = body.to_vec();
            Parsed::Whole(request, end)
        }
        None => Parsed::Partial,
    }
}

/// An answer, not yet bytes.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn new(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("content-type".into(), kind.into())], body: body.into() }
    }

    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, "application/json", body)
    }

    /// Without a body and without a content type.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The whole answer, on a connection that stays open.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.head(Some(self.body.len()));
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// Status line and headers, with the length of the body or as a body in chunks.
    pub fn head(&self, length: Option<usize>) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        match length {
            // RFC 9110, section 8.6: a 204 has no content length.
            Some(_) if self.status == 204 => {}
            Some(length) => head.push_str(&format!("content-length: {length}\r\n")),
            None => head.push_str("transfer-encoding: chunked\r\n"),
        }
        if !self.headers.iter().any(|(name, _)| name == "cache-control") {
            head.push_str("cache-control: no-store\r\n");
        }
        head.push_str("\r\n");
        head.into_bytes()
    }
}

/// The reason phrase: for the reader of a trace only, no client looks at it.
fn reason(status: u16) -> &'static str {
    match status {
        200..=299 => "Fine",
        300..=399 => "Elsewhere",
        400..=499 => "Your Fault",
        _ => "My Fault",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_for_the_whole_body() {
        let bytes = b"POST /fault/success?id=a%20b HTTP/1.1\r\nContent-Length: 4\r\n\r\nbodyNEXT";
        assert!(matches!(parse(&bytes[..20]), Parsed::Partial));
        assert!(matches!(parse(&bytes[..bytes.len() - 5]), Parsed::Partial));
        let Parsed::Whole(request, used) = parse(bytes) else { panic!("not whole") };
        assert_eq!((request.path.as_str(), request.body.as_slice()), ("/fault/success", &b"body"[..]));
        assert_eq!(request.params().collect::<Vec<_>>(), [("id".to_owned(), "a b".to_owned())]);
        assert_eq!(&bytes[used..], b"NEXT");
    }

    #[test]
    fn refuses_what_no_browser_sends() {
        assert!(matches!(parse(b"\x16\x03\x01 hello\r\n\r\n"), Parsed::Bad(_)));
        assert!(matches!(parse(b"POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n"), Parsed::Bad(_)));
        assert!(matches!(parse(b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"), Parsed::Bad(_)));
    }

    #[test]
    fn an_answer_says_how_long_it_is_unless_it_is_a_204() {
        assert!(Answer::json(200, "{}").bytes().ends_with(b"content-length: 2\r\ncache-control: no-store\r\n\r\n{}"));
        assert!(!String::from_utf8(Answer::empty(204).bytes()).unwrap().contains("content-length"));
    }

    #[test]
    fn nothing_is_stored_unless_the_answer_says_so() {
        let answer = Answer::new(200, "text/plain", "x").with("cache-control", "no-cache");
        let head = String::from_utf8(answer.bytes()).unwrap();
        assert!(head.contains("no-cache") && !head.contains("no-store"), "{head}");
    }
}
