//! A server that misbehaves on demand and records what it received.
//!
//! `POST /fault/<name>` answers as `faults` says; `GET /recorded` tells what came in.

#![forbid(unsafe_code)]

mod connection;
mod control;
mod faults;
mod files;
mod http;
mod params;
mod record;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::connection::Site;
use crate::control::Ports;
use crate::files::Folder;
use crate::record::{Origin, Record};

const USAGE: &str = "fault-server [--port N] [--serve folder=/prefix]...\n\
    Prints the port as one line and serves until its standard input ends.";

struct Options {
    port: u16,
    folders: Vec<Folder>,
}

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self { port: 0, folders: Vec::new() };
        while let Some(argument) = arguments.next() {
            let value = arguments.next().ok_or(USAGE)?;
            match argument.as_str() {
                "--port" => options.port = value.parse().map_err(|_| format!("{value}: no port"))?,
                "--serve" => options.folders.push(Folder::parse(&value)?),
                _ => return Err(format!("{argument}: unknown\n{USAGE}")),
            }
        }
        Ok(options)
    }
}

/// Sockets that are there but never serve; dropping them would free their ports.
struct Decoys {
    unaccepting: TcpListener,
    refusing: TcpSocket,
    _backlog: Vec<TcpStream>,
}

impl Decoys {
    async fn open() -> io::Result<Self> {
        let refusing = loopback(0)?;
        let unaccepting = loopback(0)?.listen(0)?;
        let address = unaccepting.local_addr()?;
        let mut backlog = Vec::new();
        // The backlog is full when a connection stays unanswered; on loopback an answer takes microseconds.
        while let Ok(stream) = tokio::time::timeout(Duration::from_millis(200), TcpStream::connect(address)).await {
            backlog.push(stream?);
        }
        Ok(Self { unaccepting, refusing, _backlog: backlog })
    }
}

/// A socket bound to 127.0.0.1.
fn loopback(port: u16) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    Ok(socket)
}

async fn accept(listener: TcpListener, origin: Origin, site: Arc<Site>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(connection::serve(stream, origin, Arc::clone(&site)));
    }
}

async fn serve(options: Options) -> io::Result<()> {
    let decoys = Decoys::open().await?;
    let page = loopback(options.port)?.listen(128)?;
    let other = loopback(0)?.listen(128)?;
    let ports = Ports {
        page: page.local_addr()?.port(),
        other: other.local_addr()?.port(),
        unaccepting: decoys.unaccepting.local_addr()?.port(),
        refusing: decoys.refusing.local_addr()?.port(),
    };
    let site = Arc::new(Site { record: Record::new(), folders: options.folders, ports });
    println!("{}", ports.page);
    let (ended, end) = tokio::sync::oneshot::channel();
    // The runner's end closes the pipe, however it ends: no server is left behind.
    std::thread::spawn(move || {
        let read = io::copy(&mut io::stdin(), &mut io::sink());
        ended.send(read)
    });
    tokio::select! {
        () = accept(page, Origin::Page, Arc::clone(&site)) => {}
        () = accept(other, Origin::Other, site) => {}
        _ = end => {}
    }
    Ok(())
}

fn main() -> ExitCode {
    // A bug here must not pass for a fault.
    std::panic::set_hook(Box::new(|info| {
        eprintln!("fault-server: {info}");
        std::process::exit(101);
    }));
    let result = Options::read(std::env::args().skip(1)).and_then(|options| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.and_then(|runtime| runtime.block_on(serve(options))).map_err(|error| error.to_string())
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("fault-server: {problem}");
            ExitCode::FAILURE
        }
    }
}
