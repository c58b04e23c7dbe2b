//! Looking for the next record behind damage.
//!
//! In: a source and a place. Out: the next place where a gzip member holds the beginning of
//! a WARC record, or a record begins uncompressed after an end of record. Memory is one
//! window; time is linear in the file, whatever it holds.

use std::io::{self, Read, Seek};

use flate2::bufread::GzDecoder;
use memchr::memmem;

use super::source::Source;

/// Bytes looked at at once.
const WINDOW: usize = 256 * 1024;
/// Bytes of a member that must suffice to decode the first five of its record.
const TRIAL: usize = 1024;

/// The first record start at or behind `from`.
pub(super) fn next_start<R: Read + Seek>(
    source: &mut Source<R>,
    from: u64,
) -> io::Result<Option<u64>> {
    source.seek_to(from)?;
    let mut window = Vec::with_capacity(WINDOW + TRIAL);
    let mut start = from;
    loop {
        let wanted = (WINDOW + TRIAL - window.len()) as u64;
        let read = source.by_ref().take(wanted).read_to_end(&mut window)?;
        // Starts within the last TRIAL bytes are tried with the next window.
        let at_end = (read as u64) < wanted;
        let limit = if at_end { window.len() } else { WINDOW };
        if let Some(found) = find(&window, limit) {
            return Ok(Some(start + found as u64));
        }
        if at_end {
            return Ok(None);
        }
        window.drain(..limit);
        start += limit as u64;
    }
}

fn find(window: &[u8], limit: usize) -> Option<usize> {
    let member = memmem::find_iter(window, b"\x1f\x8b\x08")
        .take_while(|start| *start < limit)
        .find(|start| holds_record(&window[*start..]));
    let plain = memmem::find_iter(window, b"\r\n\r\nWARC/")
        .take_while(|start| *start < limit)
        .map(|start| start + 4)
        .find(|start| {
            let version = &window[start + 5..];
            let read: [&[u8]; 3] = [b"1.", b"0.17\r", b"0.18\r"];
            read.iter().any(|start| version.starts_with(start))
        });
    match (member, plain) {
        (Some(member), Some(plain)) => Some(member.min(plain)),
        (member, plain) => member.or(plain),
    }
}

fn holds_record(member: &[u8]) -> bool {
    let trial = &member[..member.len().min(TRIAL)];
    let mut head = [0; 5];
    GzDecoder::new(trial).read_exact(&mut head).is_ok() && head == *b"WARC/"
}
