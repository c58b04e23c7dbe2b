//! Reading ahead: a thread unpacks records while another looks at those before them.
//!
//! In: a reader. Out: what it finds, in the order of the file, behind damage too. Never more than a batch with
//! whoever looks and a batch in the making; a batch is a record, or small ones up to [`BATCH`].

use std::io::{Read, Seek};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use super::damage::ReadError;
use super::reader::Reader;
use super::record::Record;

/// Bytes of blocks that are handed over together.
const BATCH: usize = 256 << 10;

/// A record, or the damage in its place.
pub(super) type Found = Result<Record, ReadError>;

/// Goes through the file that `reader` reads.
///
/// # Errors
///
/// Where the file cannot be read ([`ReadError::is_io`]).
pub(super) fn each<R: Read + Seek + Send>(
    reader: Reader<R>,
    mut each: impl FnMut(Found),
) -> Result<(), ReadError> {
    let mut through = Through {
        reader,
        damaged_at: None,
        ended: false,
    };
    let threaded = thread::scope(|scope| {
        let (give, take) = sync_channel(0);
        let unpack = thread::Builder::new().name("unpack".into());
        let through = &mut through;
        unpack
            .spawn_scoped(scope, move || hand_over(through, &give))
            .ok()?;
        for found in take.into_iter().flatten() {
            match found {
                Ok(found) => each(found),
                Err(error) => return Some(Err(error)),
            }
        }
        Some(Ok(()))
    });
    // Where no thread is to be had, one must do.
    threaded.unwrap_or_else(|| through.try_for_each(|found| found.map(&mut each)))
}

type Batch = Vec<Result<Found, ReadError>>;

fn hand_over<R: Read + Seek>(through: &mut Through<R>, give: &SyncSender<Batch>) {
    let (mut batch, mut held) = (Batch::new(), 0);
    for found in through {
        if let Ok(Ok(record)) = &found {
            held += record.block.len();
        }
        batch.push(found);
        if held >= BATCH || batch.len() >= BATCH / 1024 {
            held = 0;
            // Nobody looks any more.
            if give.send(std::mem::take(&mut batch)).is_err() {
                return;
            }
        }
    }
    let _ = give.send(batch);
}

/// A file from its beginning to its end; an error where it cannot be read, which is the last.
struct Through<R> {
    reader: Reader<R>,
    /// Where the last damage was.
    damaged_at: Option<u64>,
    ended: bool,
}

impl<R: Read + Seek> Iterator for Through<R> {
    type Item = Result<Found, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        if let Some(offset) = self.damaged_at.take()
            && self.reader.is_stopped()
        {
            match self.reader.resync(offset) {
                Ok(Some(_)) => {}
                Ok(None) => {
                    self.ended = true;
                    return None;
                }
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
        }
        match self.reader.next()? {
            Err(error) => match error.offset() {
                Some(offset) if !error.is_io() => {
                    self.damaged_at = Some(offset);
                    Some(Ok(Err(error)))
                }
                _ => {
                    self.ended = true;
                    Some(Err(error))
                }
            },
            record => Some(Ok(record)),
        }
    }
}
