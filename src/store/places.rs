//! Where each observation of a report stood, packed into one blob, and back.
//!
//! Streams one after the other, so that equal things lie together: a control byte an observation, the
//! places that do not follow from the one before, the gaps between byte ranges, their lengths, and their
//! parts where any is not 0; numbers as LEB128, signed ones zigzag. Deflated where that is smaller. First
//! byte: bit 0 deflated, bit 1 with parts.

use std::io::Read as _;

use flate2::read::DeflateDecoder;
use libdeflater::{CompressionLvl, Compressor};

use crate::model::{ByteRange, Source};

use super::StoreError;

/// No source: the page lacks the cell.
const NONE: u8 = 0;
/// The next column of the same row and table.
const NEXT: u8 = 1;
/// The next row of the same table; the column follows.
const NEXT_ROW: u8 = 2;
/// Table, row and column follow.
const ELSEWHERE: u8 = 3;

/// In the first byte: the rest is deflated.
const DEFLATED: u8 = 1;
/// In the first byte: the parts follow the lengths.
const WITH_PARTS: u8 = 2;

/// A blob of more is refused: 65,536 cells at 32 bytes.
const MAX_BYTES: u64 = 2 << 20;

/// Packs; keeps the compressor between reports.
pub(super) struct Packer {
    compressor: Compressor,
    plain: Vec<u8>,
    places: Vec<u8>,
    gaps: Vec<u8>,
    lengths: Vec<u8>,
    parts: Vec<u8>,
}

impl Packer {
    pub(super) fn new() -> Self {
        Self {
            // Of places a higher level saves nothing.
            compressor: Compressor::new(CompressionLvl::default()),
            plain: Vec::new(),
            places: Vec::new(),
            gaps: Vec::new(),
            lengths: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// The blob for the sources in the order given; `None` where there is no source at all.
    pub(super) fn pack(
        &mut self,
        sources: impl Iterator<Item = Option<Source>>,
    ) -> Option<Vec<u8>> {
        for stream in [
            &mut self.plain,
            &mut self.places,
            &mut self.gaps,
            &mut self.lengths,
            &mut self.parts,
        ] {
            stream.clear();
        }
        self.plain.push(0);
        let mut last = START;
        let mut any = false;
        let mut flags = 0;
        for source in sources {
            let Some(source) = source else {
                self.plain.push(NONE);
                continue;
            };
            any = true;
            let same_table = source.table == last.table;
            let step = |from: u32| from.checked_add(1);
            if same_table && source.row == last.row && Some(source.column) == step(last.column) {
                self.plain.push(NEXT);
            } else if same_table && Some(source.row) == step(last.row) {
                self.plain.push(NEXT_ROW);
                put(&mut self.places, u64::from(source.column));
            } else {
                self.plain.push(ELSEWHERE);
                put(
                    &mut self.places,
                    source.table.map_or(0, |table| u64::from(table) + 1),
                );
                put(&mut self.places, u64::from(source.row));
                put(&mut self.places, u64::from(source.column));
            }
            let (start, end) = (i64::from(source.bytes.start), i64::from(source.bytes.end));
            put(&mut self.gaps, zigzag(start - i64::from(last.bytes.end)));
            put(&mut self.lengths, zigzag(end - start));
            let (part, before) = (source.bytes.part, last.bytes.part);
            put(&mut self.parts, zigzag(i64::from(part) - i64::from(before)));
            if part > 0 {
                flags = WITH_PARTS;
            }
            last = source;
        }
        if !any {
            return None;
        }
        self.plain.append(&mut self.places);
        self.plain.append(&mut self.gaps);
        self.plain.append(&mut self.lengths);
        if flags == WITH_PARTS {
            self.plain.append(&mut self.parts);
        }
        self.plain[0] = flags;
        // What does not get smaller does not fit.
        let mut packed = vec![0; self.plain.len() - 1];
        packed[0] = flags | DEFLATED;
        let plain = &self.plain[1..];
        let Ok(length) = self.compressor.deflate_compress(plain, &mut packed[1..]) else {
            return Some(self.plain.clone());
        };
        packed.truncate(1 + length);
        packed.shrink_to_fit();
        Some(packed)
    }
}

/// Before the first source.
const START: Source = Source {
    table: None,
    row: 0,
    column: 0,
    bytes: ByteRange::new(0, 0),
};

/// The sources of `count` observations, in the order packed.
///
/// # Errors
///
/// [`StoreError::Unknown`] if the blob is none that [`Packer::pack`] made for so many.
pub(super) fn unpack(blob: &[u8], count: usize) -> Result<Vec<Option<Source>>, StoreError> {
    read(blob, count).ok_or_else(|| StoreError::unknown("places", format!("{} bytes", blob.len())))
}

fn read(blob: &[u8], count: usize) -> Option<Vec<Option<Source>>> {
    let (kind, body) = blob.split_first()?;
    let mut inflated = Vec::new();
    if *kind > DEFLATED | WITH_PARTS {
        return None;
    }
    let body = if kind & DEFLATED == 0 {
        body
    } else {
        let mut decoder = DeflateDecoder::new(body).take(MAX_BYTES);
        decoder.read_to_end(&mut inflated).ok()?;
        &inflated
    };
    let (controls, mut rest) = body.split_at_checked(count)?;
    let mut last = START;
    let mut sources = Vec::with_capacity(count);
    for control in controls {
        let mut next = last;
        match *control {
            NONE => {
                sources.push(None);
                continue;
            }
            NEXT => next.column = last.column.checked_add(1)?,
            NEXT_ROW => {
                next.row = last.row.checked_add(1)?;
                next.column = small(&mut rest)?;
            }
            ELSEWHERE => {
                next.table = match take(&mut rest)? {
                    0 => None,
                    table => Some(u32::try_from(table - 1).ok()?),
                };
                next.row = small(&mut rest)?;
                next.column = small(&mut rest)?;
            }
            _ => return None,
        }
        sources.push(Some(next));
        last = next;
    }
    // Starts count from the end before, and ends come last: keep the gaps until then.
    let mut gaps = Vec::with_capacity(count);
    for _ in sources.iter().flatten() {
        gaps.push(unzigzag(take(&mut rest)?));
    }
    let mut end = 0_i64;
    for (source, gap) in sources.iter_mut().flatten().zip(gaps) {
        let start = end.checked_add(gap)?;
        end = start.checked_add(unzigzag(take(&mut rest)?))?;
        source.bytes = ByteRange::new(u32::try_from(start).ok()?, u32::try_from(end).ok()?);
    }
    if kind & WITH_PARTS != 0 {
        let mut part = 0_i64;
        for source in sources.iter_mut().flatten() {
            part = part.checked_add(unzigzag(take(&mut rest)?))?;
            source.bytes.part = u16::try_from(part).ok()?;
        }
    }
    rest.is_empty().then_some(sources)
}

fn put(stream: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        stream.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    stream.push(value.to_le_bytes()[0]);
}

fn take(stream: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = stream.split_first()?;
        *stream = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn small(stream: &mut &[u8]) -> Option<u32> {
    u32::try_from(take(stream)?).ok()
}

const fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

const fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -((value & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    prop_compose! {
        fn source()(table in proptest::option::of(any::<u32>()), row: u32, column: u32, start: u32, end: u32,
            part in prop_oneof![9 => Just(0), 1 => any::<u16>()]) -> Source {
            Source { table, row, column, bytes: ByteRange::new(start, end).of_part(part) }
        }
    }

    proptest! {
        #[test]
        fn packed_places_come_back(sources in proptest::collection::vec(proptest::option::of(source()), 0..300)) {
            let packed = Packer::new().pack(sources.iter().copied());
            let back = match packed {
                Some(blob) => unpack(&blob, sources.len()).unwrap(),
                None => vec![None; sources.len()],
            };
            prop_assert_eq!(back, sources);
        }

        #[test]
        fn any_bytes_are_read_or_refused(blob: Vec<u8>, count in 0_usize..400) {
            let _ = unpack(&blob, count);
        }
    }

    #[test]
    fn a_regular_table_takes_about_a_byte_a_cell() {
        let mut sources = Vec::new();
        for cell in 0..175_u32 {
            let (row, column) = (cell / 7, cell % 7 + 2);
            let start = 40_000 + cell * 95 + row * 400;
            let bytes = ByteRange::new(start, start + 1 + u32::from(cell % 11 == 0));
            sources.push(Some(Source {
                table: Some(2),
                row,
                column,
                bytes,
            }));
        }
        let blob = Packer::new().pack(sources.iter().copied()).unwrap();
        assert!(blob.len() < 180, "{} bytes", blob.len());
        assert_eq!(unpack(&blob, 175).unwrap(), sources);
        // The first byte says that no part follows; a page break costs next to nothing.
        assert_eq!(blob[0], DEFLATED);
        for source in sources.iter_mut().flatten().filter(|one| one.row > 12) {
            source.bytes.part = 1;
        }
        let parted = Packer::new().pack(sources.iter().copied()).unwrap();
        assert_eq!(parted[0], DEFLATED | WITH_PARTS);
        assert!(parted.len() < blob.len() + 12, "{} bytes", parted.len());
        assert_eq!(unpack(&parted, 175).unwrap(), sources);
    }
}
