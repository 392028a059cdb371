//! The binary, seen from raw sockets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_fault-server"))
            .args(["--serve", concat!(env!("CARGO_MANIFEST_DIR"), "/src=/files")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, port: line.trim().parse().unwrap() }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// The answer to one request, once the server has sent all or the connection ended.
    fn ask(&self, method: &str, target: &str) -> Answer {
        let mut stream = self.connect();
        send(&mut stream, method, target, "");
        answer(&mut stream)
    }

    fn fault(&self, target: &str) -> Answer {
        self.ask("POST", &format!("/fault/{target}"))
    }

    fn json(&self, target: &str) -> Value {
        let answer = self.ask("GET", target);
        assert_eq!(answer.status, 200, "{answer:?}");
        serde_json::from_slice(&answer.body).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its input ends, so it does.
        drop(self.child.stdin.take());
        let status = self.child.wait().unwrap();
        assert!(status.success() || std::thread::panicking(), "{status}");
    }
}

#[derive(Debug, PartialEq)]
enum Ending {
    /// As long as it said.
    Whole,
    Cut,
    Reset,
}

#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
    ending: Ending,
}

impl Answer {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let line = self.head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")))?;
        Some(line.split_once(": ").unwrap().1)
    }
}

fn send(stream: &mut TcpStream, method: &str, target: &str, headers: &str) {
    let request = format!("{method} {target} HTTP/1.1\r\nHost: test\r\n{headers}Content-Length: 4\r\n\r\nbody");
    stream.write_all(request.as_bytes()).unwrap();
}

fn answer(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    let ending = loop {
        if let Some(answer) = split(&bytes)
            && answer.ending == Ending::Whole
        {
            return answer;
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk) {
            Ok(0) => break Ending::Cut,
            Ok(length) => bytes.extend_from_slice(&chunk[..length]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break Ending::Reset,
            Err(error) => panic!("{error}"),
        }
    };
    let found = split(&bytes).unwrap_or(Answer { status: 0, head: String::new(), body: bytes, ending: Ending::Cut });
    Answer { ending, ..found }
}

fn split(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|part| part == b"\r\n\r\n")?;
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let body = bytes[end + 4..].to_vec();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let answer = Answer { status, head, body, ending: Ending::Cut };
    let length = answer.header("content-length").map(|length| length.parse::<usize>().unwrap());
    let whole = answer.status == 204 || length == Some(answer.body.len());
    Some(if whole { Answer { ending: Ending::Whole, ..answer } } else { answer })
}

#[test]
fn answers_whole() {
    let server = Server::start();
    for (target, status, body) in [
        ("success", 200, r#"{"type":"success"}"#),
        ("no-content", 204, ""),
        ("empty", 200, ""),
        ("ok-text", 200, "OK"),
        ("json-as-html", 200, r#"{"type":"success"}"#),
        ("json-bom", 200, "\u{feff}{\"type\":\"success\"}"),
        ("type-error", 200, r#"{"type":"error","message":"Sold out."}"#),
        ("error-text", 200, r#"{"error":"Sold out."}"#),
        ("broken-json", 200, r#"{"type":"success""#),
        ("status?code=400", 400, r#"{"type":"error","message":"Sold out."}"#),
        ("answer?code=409&body=%7B%7D", 409, "{}"),
        ("none-such", 418, "unknown: none-such"),
        ("success?delay=1", 418, "unknown: delay=1"),
        ("success?code=1", 418, "unknown: code=1"),
    ] {
        let answer = server.fault(target);
        assert_eq!((answer.status, answer.text(), &answer.ending), (status, body, &Ending::Whole), "{target}");
    }
    assert_eq!(server.fault("html?code=500").header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(server.fault("big?bytes=100000").body.len(), 100_000);
    assert_eq!(server.fault("status?code=500&request_id=req_1").header("request-id"), Some("req_1"));
}

#[test]
fn says_when_to_come_back() {
    let server = Server::start();
    assert_eq!(server.fault("status?code=429&retry_after=2").header("retry-after"), Some("2"));
    let answer = server.fault("status?code=429&retry_after_date=0");
    let date = answer.header("retry-after").unwrap();
    assert!(date.ends_with(" GMT") && date.len() == 29, "{date}");
}

#[test]
fn redirects_here_and_there() {
    let server = Server::start();
    let other = server.json("/ports")["other"].as_u64().unwrap();
    let here = server.fault("redirect?to=same");
    assert_eq!((here.status, here.header("location")), (302, Some("/fault/success?id=redirected&cors=yes")));
    let there = server.fault("redirect?to=other&code=307");
    let target = format!("http://127.0.0.1:{other}/fault/success?id=redirected&cors=yes");
    assert_eq!((there.status, there.header("location")), (307, Some(target.as_str())));
}

#[test]
fn breaks_off() {
    let server = Server::start();
    for (target, status, ending) in [
        ("cut", 200, Ending::Cut),
        ("cut?code=400", 400, Ending::Cut),
        ("cut-reset", 200, Ending::Reset),
        ("cut-head", 0, Ending::Cut),
        ("cut-head?bytes=7", 0, Ending::Cut),
        ("close", 0, Ending::Cut),
        ("reset", 0, Ending::Reset),
        ("not-http", 0, Ending::Cut),
    ] {
        let answer = server.fault(target);
        assert_eq!((answer.status, &answer.ending), (status, &ending), "{target}");
    }
    let ends: Vec<_> =
        server.json("/recorded")["requests"].as_array().unwrap().iter().map(|entry| entry["end"].clone()).collect();
    assert_eq!(ends, ["closed", "closed", "reset", "closed", "closed", "closed", "reset", "closed"]);
}

#[test]
fn strikes_so_many_attempts_of_a_key() {
    let server = Server::start();
    for (attempt, status) in [(1, 503), (2, 503), (3, 200)] {
        let mut stream = server.connect();
        send(&mut stream, "POST", "/fault/status?code=503&times=2", "Idempotency-Key: a\r\n");
        assert_eq!(answer(&mut stream).status, status, "attempt {attempt}");
    }
    assert_eq!(server.fault("reset?times=1&id=b").ending, Ending::Reset);
    assert_eq!(server.fault("reset?times=1&id=b").status, 200);
    assert_eq!(server.fault("close?times=1&then=type-error&id=c").status, 0);
    assert!(server.fault("close?times=1&then=type-error&id=c").text().contains("Sold out."));
    let recorded = server.json("/recorded?key=a");
    assert_eq!(recorded["requests"].as_array().unwrap().len(), 3);
    assert_eq!(recorded["applied"]["a"], 1);
    assert_eq!(server.json("/recorded")["applied"]["b"], 1);
}

#[test]
fn counts_changes_as_it_is_told() {
    let server = Server::start();
    for (target, key) in [
        ("success?id=once", "once"),
        ("success?id=once", "once"),
        ("success?id=each&ignores_key=yes", "each"),
        ("success?id=each&ignores_key=yes", "each"),
        ("status?code=500&id=hidden&apply=before", "hidden"),
        ("status?code=400&id=refused", "refused"),
        ("type-error?id=refused", "refused"),
        ("error-text?id=refused", "refused"),
    ] {
        assert_ne!(server.fault(target).status, 418, "{key}");
    }
    assert_eq!(server.json("/recorded")["applied"], serde_json::json!({ "once": 1, "each": 2, "hidden": 1 }));
    assert_eq!(server.ask("POST", "/reset").status, 204);
    assert_eq!(server.json("/recorded"), serde_json::json!({ "requests": [], "applied": {} }));
}

#[test]
fn works_on_when_the_client_has_left() {
    let server = Server::start();
    let mut stream = server.connect();
    send(&mut stream, "POST", "/fault/success?id=late&delay_ms=300&apply=after", "");
    assert_eq!(server.json("/recorded/wait?key=late&count=1")["applied"], serde_json::json!({}));
    drop(stream);
    let left = server.json("/recorded/wait?key=late&left=1");
    assert_eq!((&left["requests"][0]["end"], &left["applied"]), (&"left".into(), &serde_json::json!({})));
    // The next one comes after it, on a delay at least as long.
    assert_eq!(server.fault("success?id=later&delay_ms=300").status, 200);
    assert_eq!(server.json("/recorded?key=late")["applied"]["late"], 1);
}

#[test]
fn is_silent_and_sees_the_peer_leave() {
    let server = Server::start();
    let mut stream = server.connect();
    send(&mut stream, "POST", "/fault/silent?apply=before", "Idempotency-Key: a\r\nX-Test: One\r\n");
    let recorded = server.json("/recorded/wait?path=/fault/silent&method=POST&count=1");
    let entry = &recorded["requests"][0];
    assert_eq!((&entry["body"], &entry["key"], &entry["end"]), (&"body".into(), &"a".into(), &Value::Null));
    assert!(entry["headers"].as_array().unwrap().contains(&serde_json::json!(["X-Test", "One"])));
    assert_eq!(recorded["applied"]["a"], 1);
    assert_eq!(server.ask("GET", "/recorded/wait?left=1&timeout_ms=50").status, 504);
    drop(stream);
    assert_eq!(server.json("/recorded/wait?left=1")["requests"][0]["end"], "left");
}

#[test]
fn drips() {
    let server = Server::start();
    for (target, head_at_once) in [("drip?every_ms=20", true), ("drip-head?every_ms=20", false)] {
        let mut stream = server.connect();
        send(&mut stream, "POST", &format!("/fault/{target}"), "");
        let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
        if head_at_once {
            while !bytes.windows(4).any(|part| part == b"\r\n\r\n") {
                let length = stream.read(&mut chunk).unwrap();
                bytes.extend_from_slice(&chunk[..length]);
            }
        }
        let started = Instant::now();
        let mut dripped = [0; 10];
        stream.read_exact(&mut dripped).unwrap();
        assert!(started.elapsed() >= Duration::from_millis(150), "{target}: {:?}", started.elapsed());
        drop(stream);
    }
    server.json("/recorded/wait?left=2");
}

#[test]
fn never_ends() {
    let server = Server::start();
    let mut stream = server.connect();
    send(&mut stream, "POST", "/fault/endless", "");
    let mut megabyte = vec![0; 1024 * 1024];
    stream.read_exact(&mut megabyte).unwrap();
    assert!(String::from_utf8_lossy(&megabyte[..200]).contains("transfer-encoding: chunked\r\n"));
    drop(stream);
    server.json("/recorded/wait?left=1");
}

#[test]
fn neither_accepts_nor_listens() {
    let server = Server::start();
    let ports = server.json("/ports");
    let connect = |name: &str| {
        let port = u16::try_from(ports[name].as_u64().unwrap()).unwrap();
        TcpStream::connect_timeout(&SocketAddr::from(([127, 0, 0, 1], port)), Duration::from_millis(300))
    };
    assert_eq!(connect("unaccepting").unwrap_err().kind(), ErrorKind::TimedOut);
    assert_eq!(connect("refusing").unwrap_err().kind(), ErrorKind::ConnectionRefused);
    assert!(connect("other").is_ok());
}

#[test]
fn tells_other_origins_what_they_may_ask() {
    let server = Server::start();
    for (query, origin, headers) in [
        ("", None, None),
        ("?cors=yes", Some("http://shop.test"), Some("content-type, idempotency-key")),
        ("?cors=no-key", Some("http://shop.test"), Some("content-type")),
    ] {
        for method in ["OPTIONS", "POST"] {
            let mut stream = server.connect();
            send(&mut stream, method, &format!("/fault/success{query}"), "Origin: http://shop.test\r\n");
            let answer = answer(&mut stream);
            assert_eq!(answer.header("access-control-allow-origin"), origin, "{method} {query}");
            if method == "OPTIONS" {
                assert_eq!(answer.header("access-control-allow-headers"), headers, "{query}");
            }
        }
    }
    assert_eq!(server.json("/recorded?method=OPTIONS")["requests"].as_array().unwrap().len(), 3);
}

#[test]
fn keeps_connections_alive_and_serves_files() {
    let server = Server::start();
    let mut stream = server.connect();
    for _ in 0..3 {
        send(&mut stream, "POST", "/fault/success", "");
        assert_eq!(answer(&mut stream).status, 200);
    }
    send(&mut stream, "GET", "/files/main.rs", "");
    let file = answer(&mut stream);
    assert_eq!(file.status, 200);
    assert!(file.header("content-security-policy").unwrap().starts_with("default-src 'self'; script-src 'self' 'wasm"));
    send(&mut stream, "GET", "/files/../Cargo.toml", "");
    assert_eq!(answer(&mut stream).status, 404);
    let recorded = server.json("/recorded?path=/fault/");
    let connections: Vec<_> =
        recorded["requests"].as_array().unwrap().iter().map(|entry| entry["connection"].clone()).collect();
    assert_eq!(connections.len(), 3);
    assert!(connections.iter().all(|connection| *connection == connections[0]), "{connections:?}");
}

#[test]
fn says_what_is_wrong_with_its_arguments() {
    for arguments in [&["--port"][..], &["--port", "x"], &["--serve", "none-such=/"], &["--loud", "yes"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_fault-server")).args(arguments).output().unwrap();
        assert!(!output.status.success());
        assert!(String::from_utf8(output.stderr).unwrap().starts_with("fault-server: "), "{arguments:?}");
    }
}
