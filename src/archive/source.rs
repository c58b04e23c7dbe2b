//! A buffered source that knows where it is and whether it, and not its content, failed.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

pub(super) struct Source<R> {
    inner: BufReader<R>,
    position: u64,
    failed: bool,
}

impl<R: Read + Seek> Source<R> {
    /// `inner` from byte `start` on.
    pub(super) fn new(inner: R, start: u64) -> io::Result<Self> {
        let mut source = Self {
            inner: BufReader::with_capacity(64 * 1024, inner),
            position: 0,
            failed: false,
        };
        source.seek_to(start)?;
        Ok(source)
    }

    /// Bytes of the file before the next one read.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Whether the source itself ever failed: then a decoder's error is not about the content.
    pub(super) fn failed(&self) -> bool {
        self.failed
    }

    pub(super) fn seek_to(&mut self, position: u64) -> io::Result<()> {
        self.inner.seek(SeekFrom::Start(position))?;
        self.position = position;
        Ok(())
    }

    /// Up to `N` next bytes without consuming them; fewer only at the end of the file.
    pub(super) fn peek<const N: usize>(&mut self) -> io::Result<([u8; N], usize)> {
        let start = self.position;
        let mut head = [0; N];
        let mut length = 0;
        while length < N {
            match self.read(&mut head[length..])? {
                0 => break,
                count => length += count,
            }
        }
        let back = i64::try_from(length).map_err(io::Error::other)?;
        self.inner.seek_relative(-back)?;
        self.position = start;
        Ok((head, length))
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(buffer.len());
        buffer[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Source<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        loop {
            // Asked twice because a returned borrow would last over the retry.
            match self.inner.fill_buf() {
                Ok(_) => return Ok(self.inner.buffer()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failed = true;
                    return Err(error);
                }
            }
        }
    }

    fn consume(&mut self, count: usize) {
        self.inner.consume(count);
        self.position += count as u64;
    }
}
