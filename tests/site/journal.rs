//! What was asked and served, and when.

use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime};

/// How an exchange ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// It goes on.
    Open,
    /// All was sent.
    Sent,
    /// The client went away first.
    Left,
    /// The server reset the connection, as it was told to.
    Reset,
}

/// One request.
#[derive(Debug, Clone)]
pub struct Served {
    /// From 0, in the order in which requests came.
    pub number: usize,
    /// The `Host` header without port, lowercase; empty where it is missing.
    pub host: String,
    /// The address that was connected to.
    pub local: SocketAddr,
    /// The client's.
    pub peer: SocketAddr,
    /// Method.
    pub method: String,
    /// Path and query, as asked.
    pub path: String,
    /// Header names in lowercase, and values.
    pub headers: Vec<(String, String)>,
    /// The last byte of the request's header was there.
    pub start: Instant,
    /// Just before the last byte was sent, so never later than the client knew; `None` while it goes on.
    pub end: Option<Instant>,
    /// `start` by the wall clock.
    pub started_at: SystemTime,
    /// `end` by the wall clock.
    pub ended_at: Option<SystemTime>,
    /// `None` where what was sent has no status.
    pub status: Option<u16>,
    /// Bytes sent, header and body.
    pub bytes: u64,
    /// How it ended.
    pub finish: Finish,
}

impl Served {
    /// A header of the request.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }
}

/// What is impolite among requests, a line each: two at once, or a gap under `least`.
///
/// A gap runs from the end of a request (any of those before) to the start of the next. Where the client went away the
/// server learns of it a little later than the client knew, so those ends have a grace of 20 ms.
pub fn impolite<'a>(served: impl Iterator<Item = &'a Served>, least: Duration) -> Vec<String> {
    let mut served: Vec<&Served> = served.collect();
    served.sort_by_key(|one| one.start);
    let mut lines = Vec::new();
    let mut latest: Option<&Served> = None;
    for one in served {
        if let Some(before) = latest {
            let grace = match before.finish {
                Finish::Left => Duration::from_millis(20),
                _ => Duration::ZERO,
            };
            let pair = format!(
                "{}{} and {}{}",
                before.host, before.path, one.host, one.path
            );
            match before.end {
                None => lines.push(format!("{pair}: the second began while the first goes on")),
                Some(end) if one.start + grace < end => lines.push(format!(
                    "{pair}: two at once for {:?}",
                    end.duration_since(one.start)
                )),
                Some(end) => {
                    let gap = one.start.saturating_duration_since(end);
                    if gap + grace < least {
                        lines.push(format!("{pair}: {gap:?} apart, {least:?} is the least"));
                    }
                }
            }
        }
        let later = latest.is_none_or(|before| match (before.end, one.end) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(before), Some(end)) => end >= before,
        });
        if later {
            latest = Some(one);
        }
    }
    lines
}
