//! Places in the archived bytes.

use std::cmp::Ordering;

use serde::ser::SerializeTuple;
use serde::{Serialize, Serializer};

/// A half-open range `start..end` of the archived payload, in bytes of its own encoding, or of one of its
/// parts where it has parts ([`Provenance::parts`](super::Provenance::parts)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct ByteRange {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Number of the part the bytes count in, from 0; always 0 where the payload has no parts.
    pub part: u16,
}

impl ByteRange {
    /// `start..end` of the payload itself, or of its first part.
    pub const fn new(start: u32, end: u32) -> Self {
        Self {
            start,
            end,
            part: 0,
        }
    }

    /// The same range of a part.
    #[must_use]
    pub const fn of_part(self, part: u16) -> Self {
        Self { part, ..self }
    }

    /// The smallest range that covers both. No range spans two parts: of two parts the earlier one's stands.
    #[must_use]
    pub fn cover(self, other: Self) -> Self {
        match self.part.cmp(&other.part) {
            Ordering::Less => self,
            Ordering::Greater => other,
            Ordering::Equal => Self {
                start: self.start.min(other.start),
                end: self.end.max(other.end),
                part: self.part,
            },
        }
    }

    /// What stands between this range and a later one; nothing where they lie in two parts.
    #[must_use]
    pub const fn until(self, next: Self) -> Self {
        let end = if next.part == self.part {
            next.start
        } else {
            self.end
        };
        Self {
            start: self.end,
            end,
            part: self.part,
        }
    }

    /// The bytes of the range, taken from the payload or part it counts in; `None` where it lies outside.
    pub fn slice(self, bytes: &[u8]) -> Option<&[u8]> {
        bytes.get(self.start as usize..self.end as usize)
    }
}

impl Serialize for ByteRange {
    /// `[start, end]`; the part is a key of its own beside it.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut pair = serializer.serialize_tuple(2)?;
        pair.serialize_element(&self.start)?;
        pair.serialize_element(&self.end)?;
        pair.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cover_stays_within_a_part() {
        let (early, late) = (ByteRange::new(5, 9), ByteRange::new(1, 2).of_part(3));
        assert_eq!(early.cover(ByteRange::new(20, 30)), ByteRange::new(5, 30));
        assert_eq!(early.cover(late), early);
        assert_eq!(late.cover(early), early);
        let more = ByteRange::new(0, 7).of_part(3);
        assert_eq!(late.cover(more), more);
        assert_eq!(early.until(ByteRange::new(11, 12)), ByteRange::new(9, 11));
        assert_eq!(early.until(late), ByteRange::new(9, 9));
    }
}
