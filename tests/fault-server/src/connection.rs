//! The life of one connection: requests in, faults out.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::control::{self, Ports};
use crate::faults::{self, Cut, Plan, Reply};
use crate::files::{self, Folder};
use crate::http::{self, Answer, Parsed, Request};
use crate::params::{Apply, Params};
use crate::record::{End, Origin, Record};

/// What all connections share.
pub struct Site {
    pub record: Record,
    pub folders: Vec<Folder>,
    pub ports: Ports,
}

/// Whether another request can follow on the connection.
enum Next {
    Open,
    Over(Cut),
}

/// Serves one accepted connection until it ends.
pub async fn serve(stream: TcpStream, origin: Origin, site: Arc<Site>) {
    // A dripped byte leaves at once.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let number = site.record.connection();
    let (read_half, writer) = stream.into_split();
    let (chunks, inbox) = mpsc::unbounded_channel();
    let reader = tokio::spawn(read(read_half, chunks, Arc::clone(&site), number));
    Connection { number, origin, site, inbox, reader, writer, bytes: Vec::new() }.run().await;
}

/// Reads on while an answer is under way, so that a peer that leaves is seen leaving.
async fn read(mut half: OwnedReadHalf, chunks: mpsc::UnboundedSender<Vec<u8>>, site: Arc<Site>, number: u64) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = half.read(&mut buffer).await {
        let Some(chunk) = buffer.get(..length) else { break };
        if chunks.send(chunk.to_vec()).is_err() {
            return;
        }
    }
    site.record.left(number);
}

struct Connection {
    number: u64,
    origin: Origin,
    site: Arc<Site>,
    inbox: mpsc::UnboundedReceiver<Vec<u8>>,
    reader: JoinHandle<()>,
    writer: OwnedWriteHalf,
    bytes: Vec<u8>,
}

impl Connection {
    async fn run(mut self) {
        loop {
            let next = match http::parse(&self.bytes) {
                Parsed::Partial => match self.inbox.recv().await {
                    Some(chunk) => {
                        self.bytes.extend_from_slice(&chunk);
                        Next::Open
                    }
                    None => Next::Over(Cut::Close),
                },
                Parsed::Whole(request, length) => {
                    self.bytes.drain(..length);
                    self.handle(&request).await
                }
                Parsed::Bad(problem) => {
                    self.send(&control::misuse(&problem).bytes()).await;
                    Next::Over(Cut::Close)
                }
            };
            if let Next::Over(how) = next {
                self.close(how).await;
                return;
            }
        }
    }

    async fn handle(&mut self, request: &Request) -> Next {
        let site = Arc::clone(&self.site);
        if let Some(name) = request.path.strip_prefix("/fault/") {
            return match Params::read(request) {
                Ok(params) => self.fault(request, name, &params).await,
                Err(problem) => self.answer(request, &control::misuse(&problem)).await,
            };
        }
        if let Some(answer) = control::answer(request, &site.record, site.ports).await {
            return self.send(&answer.bytes()).await;
        }
        match files::answer(request, &site.folders, site.ports) {
            Some(answer) => self.send(&answer.bytes()).await,
            None => self.answer(request, &Answer::new(404, "text/plain", "Not here.")).await,
        }
    }

    /// Takes the request down and answers it, faultlessly.
    async fn answer(&mut self, request: &Request, answer: &Answer) -> Next {
        let (id, _) = self.site.record.request(self.origin, self.number, request, &request.path);
        let next = self.send(&answer.bytes()).await;
        self.site.record.end(id, End::Answered);
        next
    }

    async fn fault(&mut self, request: &Request, name: &str, params: &Params) -> Next {
        let site = Arc::clone(&self.site);
        let target = || format!("{}?{}", request.path, request.query);
        let key = params.id.clone().or_else(|| request.header("idempotency-key").map(str::to_owned));
        let key = key.unwrap_or_else(target);
        let (id, attempt) = site.record.request(self.origin, self.number, request, &key);
        let other = format!("http://127.0.0.1:{}", site.ports.other);
        let Some(Plan { apply, delay, reply }) = faults::plan(name, params, request, attempt, &other) else {
            let next = self.send(&control::misuse(name).bytes()).await;
            site.record.end(id, End::Answered);
            return next;
        };
        if apply == Apply::Before {
            site.record.apply(&key, !params.ignores_key);
        }
        if !delay.is_zero() {
            // A server works on when its client has left.
            tokio::time::sleep(delay).await;
        }
        if apply == Apply::After {
            site.record.apply(&key, !params.ignores_key);
        }
        self.reply(id, reply).await
    }

    async fn reply(&mut self, id: u64, reply: Reply) -> Next {
        let site = Arc::clone(&self.site);
        match reply {
            Reply::Whole(answer) => {
                // Before the bytes leave: a test that has the answer finds the request answered.
                let whole = answer.bytes();
                let short = whole.len() <= 64 * 1024;
                if short {
                    site.record.end(id, End::Answered);
                }
                let next = self.send(&whole).await;
                site.record.end(id, if matches!(next, Next::Open) { End::Answered } else { End::Left });
                next
            }
            Reply::Silence => {
                self.gone().await;
                Next::Over(Cut::Close)
            }
            Reply::Drip { bytes, at_once, every } => {
                let (start, rest) = bytes.split_at_checked(at_once).unwrap_or((&bytes, &[]));
                self.send(start).await;
                for byte in rest {
                    if self.gone_within(every).await {
                        return Next::Over(Cut::Close);
                    }
                    self.send(&[*byte]).await;
                }
                site.record.end(id, End::Answered);
                Next::Open
            }
            Reply::Cut { bytes, how } => {
                site.record.end(id, if how == Cut::Reset { End::Reset } else { End::Closed });
                self.send(&bytes).await;
                Next::Over(how)
            }
            Reply::Endless(answer) => {
                let mut bytes = answer.head(None);
                while matches!(self.send(&bytes).await, Next::Open) {
                    bytes = [b"4000\r\n", [b'a'; 0x4000].as_slice(), b"\r\n"].concat();
                }
                site.record.left(self.number);
                Next::Over(Cut::Close)
            }
        }
    }

    async fn send(&mut self, bytes: &[u8]) -> Next {
        if self.writer.write_all(bytes).await.is_ok() { Next::Open } else { Next::Over(Cut::Close) }
    }

    /// Ends when the peer does.
    async fn gone(&mut self) {
        if !self.reader.is_finished() {
            // An error says that `close` has aborted it.
            let _ = (&mut self.reader).await;
        }
    }

    async fn gone_within(&mut self, time: Duration) -> bool {
        tokio::time::timeout(time, self.gone()).await.is_ok()
    }

    async fn close(mut self, how: Cut) {
        if how == Cut::Reset {
            // No lingering: what is closed is reset. It cannot fail on an open socket.
            let _ = self.writer.as_ref().set_zero_linger();
        }
        self.reader.abort();
        self.gone().await;
        // Dropping it would send a FIN ahead of the reset.
        self.writer.forget();
    }
}
