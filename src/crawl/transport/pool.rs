//! Connections kept open for the next request to the same host.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::TlsFacts;
use super::wire::Wire;

/// How many are kept for one host: as many as may be asked at once, and politeness asks one at a time.
const PER_HOST: usize = 8;

/// How many are kept in all.
const IN_ALL: usize = 256;

/// An open connection and what is known of it.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) wire: Wire,
    pub(super) address: SocketAddr,
    pub(super) tls: Option<TlsFacts>,
}

/// Scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Origin {
    pub(super) encrypted: bool,
    pub(super) host: String,
    pub(super) port: u16,
}

/// Open connections that nobody uses.
#[derive(Debug)]
pub(super) struct Pool {
    idle: Mutex<HashMap<Origin, Vec<(Instant, Connection)>>>,
    keep: Duration,
}

impl Pool {
    /// One that keeps connections for a time; none at all where that is zero.
    pub(super) fn new(keep: Duration) -> Self {
        Self {
            idle: Mutex::new(HashMap::new()),
            keep,
        }
    }

    /// Whether connections are kept.
    pub(super) fn keeps(&self) -> bool {
        !self.keep.is_zero()
    }

    /// The connection last used, if it is still open and quiet.
    pub(super) async fn take(&self, origin: &Origin) -> Option<Connection> {
        while let Some(mut connection) = self.pop(origin) {
            if connection.wire.is_quiet().await {
                return Some(connection);
            }
        }
        None
    }

    fn pop(&self, origin: &Origin) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let open = idle.get_mut(origin)?;
        open.retain(|(since, _)| since.elapsed() < self.keep);
        let last = open.pop();
        if open.is_empty() {
            idle.remove(origin);
        }
        last.map(|(_, connection)| connection)
    }

    /// Keeps a connection whose answer has ended.
    pub(super) fn put(&self, origin: Origin, connection: Connection) {
        if !self.keeps() {
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() >= IN_ALL {
            idle.retain(|_, list| {
                list.retain(|(since, _)| since.elapsed() < self.keep);
                !list.is_empty()
            });
        }
        if idle.len() >= IN_ALL && !idle.contains_key(&origin) {
            return;
        }
        let list = idle.entry(origin).or_default();
        if list.len() < PER_HOST {
            list.push((Instant::now(), connection));
        }
    }
}
