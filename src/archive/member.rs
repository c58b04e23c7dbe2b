//! One gzip member, unpacked.
//!
//! In: a source that stands at a member's first byte. Out: its content, straight into the reader's
//! buffer where that is large; `UnexpectedEof` where the source ends inside it, any other error where
//! it does not decode or fails its checksum. Takes nothing from the source behind the member.

use std::io::{self, BufRead, Read, Seek};

use flate2::{Decompress, FlushDecompress, Status};

use super::source::Source;

/// Bytes unpacked at once for whoever asks for few: a record's header and a little more.
const AT_ONCE: usize = 4 << 10;

pub(super) struct Member<'s, R> {
    source: &'s mut Source<R>,
    inflate: Decompress,
    unpacked: Vec<u8>,
    /// How much of it is not read yet.
    left: std::ops::Range<usize>,
    ended: bool,
}

impl<'s, R: Read + Seek> Member<'s, R> {
    pub(super) fn new(source: &'s mut Source<R>) -> Self {
        Self {
            source,
            inflate: Decompress::new_gzip(15),
            unpacked: vec![0; AT_ONCE],
            left: 0..0,
            ended: false,
        }
    }
}

/// Unpacks into `target`, which is not empty; 0 at the end of the member, whose checksum then holds.
fn decode<R: Read + Seek>(
    source: &mut Source<R>,
    inflate: &mut Decompress,
    ended: &mut bool,
    target: &mut [u8],
) -> io::Result<usize> {
    while !*ended {
        let packed = source.fill_buf()?;
        let at_end = packed.is_empty();
        let (taken, given) = (inflate.total_in(), inflate.total_out());
        let status = inflate.decompress(packed, target, FlushDecompress::None);
        let taken = usize::try_from(inflate.total_in() - taken).map_err(io::Error::other)?;
        let given = usize::try_from(inflate.total_out() - given).map_err(io::Error::other)?;
        source.consume(taken);
        if status? == Status::StreamEnd {
            *ended = true;
        } else if given == 0 && at_end {
            return Err(io::ErrorKind::UnexpectedEof.into());
        } else if given == 0 && taken == 0 {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if given > 0 {
            return Ok(given);
        }
    }
    Ok(0)
}

impl<R: Read + Seek> BufRead for Member<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left.is_empty() {
            let unpacked = &mut self.unpacked[..];
            let count = decode(self.source, &mut self.inflate, &mut self.ended, unpacked)?;
            self.left = 0..count;
        }
        Ok(&self.unpacked[self.left.clone()])
    }

    fn consume(&mut self, count: usize) {
        self.left.start = (self.left.start + count).min(self.left.end);
    }
}

impl<R: Read + Seek> Read for Member<'_, R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        if self.left.is_empty() && target.len() >= AT_ONCE {
            return decode(self.source, &mut self.inflate, &mut self.ended, target);
        }
        let count = self.fill_buf()?.read(target)?;
        self.consume(count);
        Ok(count)
    }
}
