//! A proxy that can cut connections: it passes on what is sent, until it drops a message.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// Stands between client and server, and cuts connections.
#[derive(Debug)]
pub(crate) struct Proxy {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// One message of this many is the last on its connection.
    one_in: AtomicU64,
    messages: AtomicU64,
    unsent: AtomicU64,
    unheard: AtomicU64,
    /// Connections up to this number are dropped silently: nothing that is sent over them arrives, in either direction.
    forgotten: AtomicU64,
    lines: AtomicU64,
}

impl Proxy {
    pub(crate) fn to(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            one_in: AtomicU64::new(u64::MAX),
            messages: AtomicU64::new(0),
            unsent: AtomicU64::new(0),
            unheard: AtomicU64::new(0),
            forgotten: AtomicU64::new(0),
            lines: AtomicU64::new(0),
        });
        let all = Arc::clone(&shared);
        // Runs until the process ends.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (server, shared) = (TcpStream::connect(("127.0.0.1", server)).unwrap(), Arc::clone(&all));
                let (back, forth) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let line = shared.lines.fetch_add(1, Ordering::Relaxed) + 1;
                let backwards = Arc::clone(&shared);
                thread::spawn(move || pass(back, forth, || backwards.forgets(line), |_| false));
                thread::spawn(move || pass(client, server, || shared.forgets(line), |server| shared.cuts(server)));
            }
        });
        Self { port, shared }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// From now on, one message of this many is the last on its connection.
    pub(crate) fn cut_one_in(&self, messages: u64) {
        self.shared.one_in.store(messages, Ordering::Relaxed);
    }

    /// Drops the current connections silently, as a firewall does.
    pub(crate) fn forget_lines(&self) {
        self.shared.forgotten.store(self.shared.lines.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// Drops later connections silently too.
    pub(crate) fn forget_all(&self) {
        self.shared.forgotten.store(u64::MAX, Ordering::Relaxed);
    }

    /// Number of connections so far.
    pub(crate) fn lines(&self) -> u64 {
        self.shared.lines.load(Ordering::Relaxed)
    }

    /// How often a message was lost, and how often its answer was lost.
    pub(crate) fn cuts(&self) -> [u64; 2] {
        [&self.shared.unsent, &self.shared.unheard].map(|count| count.load(Ordering::Relaxed))
    }
}

impl Shared {
    fn forgets(&self, line: u64) -> bool {
        line <= self.forgotten.load(Ordering::Relaxed)
    }

    /// Whether the connection is to be cut before this message. If its answer is to be lost, the message is sent here.
    fn cuts(&self, (server, message): (&mut TcpStream, &[u8])) -> bool {
        let number = self.messages.fetch_add(1, Ordering::Relaxed) + 1;
        let one_in = self.one_in.load(Ordering::Relaxed);
        if !number.is_multiple_of(one_in) {
            return false;
        }
        if (number / one_in).is_multiple_of(2) {
            self.unsent.fetch_add(1, Ordering::Relaxed);
        } else {
            // The delay is so short that the answer cannot have arrived, or long enough that the server is done; both
            // occur.
            let _ = server.write_all(message);
            thread::sleep(Duration::from_micros(number % 7 * 100));
            self.unheard.fetch_add(1, Ordering::Relaxed);
        }
        true
    }
}

/// Passes on data in one direction, until either end closes.
fn pass(
    mut from: TcpStream,
    mut to: TcpStream,
    forgets: impl Fn() -> bool,
    cuts: impl Fn((&mut TcpStream, &[u8])) -> bool,
) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        let message = &buffer[..length];
        if forgets() {
            continue;
        }
        if cuts((&mut to, message)) || to.write_all(message).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
