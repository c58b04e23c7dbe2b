//! A buffered source that knows where it is and whether it, and not its content, failed.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

/// Bytes read at once, and kept ahead unless more are asked for.
const AT_ONCE: usize = 64 << 10;

pub(super) struct Source<R> {
    inner: R,
    buffer: Vec<u8>,
    /// What of it is read and not consumed.
    left: std::ops::Range<usize>,
    position: u64,
    failed: bool,
}

impl<R: Read + Seek> Source<R> {
    /// `inner` from byte `start` on.
    pub(super) fn new(inner: R, start: u64) -> io::Result<Self> {
        let mut source = Self {
            inner,
            buffer: vec![0; AT_ONCE],
            left: 0..0,
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
        self.left = 0..0;
        self.inner.seek(SeekFrom::Start(position))?;
        self.position = position;
        Ok(())
    }
}

impl<R: Read> Source<R> {
    /// The next bytes without consuming them: at least `wanted`, fewer only at the end of the file.
    pub(super) fn ahead(&mut self, wanted: usize) -> io::Result<&[u8]> {
        while self.left.len() < wanted {
            if self.left.start + wanted > self.buffer.len() {
                self.buffer.copy_within(self.left.clone(), 0);
                self.left = 0..self.left.len();
                if self.buffer.len() < wanted {
                    self.buffer.resize(wanted, 0);
                }
            }
            match self.inner.read(&mut self.buffer[self.left.end..]) {
                Ok(0) => break,
                Ok(count) => self.left.end += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failed = true;
                    return Err(error);
                }
            }
        }
        Ok(&self.buffer[self.left.clone()])
    }

    /// Up to `N` next bytes without consuming them; fewer only at the end of the file.
    pub(super) fn peek<const N: usize>(&mut self) -> io::Result<([u8; N], usize)> {
        let ahead = self.ahead(N)?;
        let length = ahead.len().min(N);
        let mut head = [0; N];
        head[..length].copy_from_slice(&ahead[..length]);
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
        self.ahead(1)
    }

    fn consume(&mut self, count: usize) {
        let count = count.min(self.left.len());
        self.left.start += count;
        self.position += count as u64;
        if self.left.is_empty() {
            self.left = 0..0;
        }
    }
}
