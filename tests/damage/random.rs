//! Random damage to a sound archive: named, or nothing of the archive is another than before.
//!
//! `NIANBAO_DAMAGES` cases [200], from `NIANBAO_SEED` [1]. What a record's header says is under no digest, so of a header
//! that was altered inside valid gzip only this is asked: no block counts as another kind, or with other bytes, unnamed,
//! and against the ledger none has another id.

use std::collections::BTreeMap;

use nianbao::archive::{Kind, Known, Limits, Reader, Record};

use super::{Records, gzip, known, told, verify, write};

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % bound.max(1) as u64).unwrap()
    }

    /// A range of up to `longest` bytes, not empty.
    fn range(&mut self, length: usize, longest: usize) -> std::ops::Range<usize> {
        let start = self.below(length);
        let end = (start + 1 + self.below(longest)).min(length);
        start..end
    }
}

const WAYS: [&str; 13] = [
    "a bit flipped",
    "bytes deleted",
    "bytes doubled",
    "bytes zeroed",
    "bytes overwritten",
    "members swapped",
    "a member doubled",
    "a member dropped",
    "a field removed",
    "a field doubled",
    "a byte of a header changed",
    "a byte put into a header",
    "a byte taken from a header",
];
/// From here on headers are altered inside valid gzip.
const HEADERS: usize = 8;

struct Sound {
    /// Unpacked, each a whole record.
    texts: Vec<Vec<u8>>,
    members: Vec<Vec<u8>>,
    ledger: Vec<Known>,
    end: u64,
    records: Vec<Record>,
}

/// All that can be read, behind damage too.
fn read(path: &std::path::Path) -> Vec<Record> {
    let mut reader = Reader::open(path, Limits::default()).unwrap();
    let mut records = Vec::new();
    loop {
        match reader.next() {
            None => return records,
            Some(Ok(record)) => records.push(record),
            Some(Err(error)) => {
                let offset = error.offset().unwrap();
                if reader.is_stopped() && reader.resync(offset).unwrap().is_none() {
                    return records;
                }
            }
        }
    }
}

impl Sound {
    fn write(folder: &std::path::Path) -> (Self, std::path::PathBuf) {
        let places = write(folder);
        let path = folder.join(&places[0].file);
        let texts = Records::read(&path).0;
        let members: Vec<_> = texts.iter().map(|text| gzip(text)).collect();
        std::fs::write(&path, members.concat()).unwrap();
        let records = read(&path);
        // The same records, each at its place in this file. The first, the warcinfo, is in no ledger.
        let ledger = records[1..]
            .iter()
            .zip(&places)
            .map(|(record, place)| Known {
                offset: record.offset,
                length: record.length,
                // What a revisit has is another record's.
                sha256: known(place)
                    .sha256
                    .filter(|_| record.kind() != Kind::Revisit),
                ..known(place)
            });
        let last = records.last().unwrap();
        let sound = Self {
            ledger: ledger.collect(),
            end: last.offset + last.length,
            texts,
            members,
            records,
        };
        (sound, path)
    }

    fn damaged(&self, way: usize, random: &mut Random) -> Vec<u8> {
        let mut file = self.members.concat();
        let mut members = self.members.clone();
        let (one, other) = (random.below(members.len()), random.below(members.len()));
        match way {
            0 => {
                let at = random.below(file.len());
                file[at] ^= 1 << random.below(8);
            }
            1 => drop(file.drain(random.range(file.len(), 300))),
            2 => {
                let range = random.range(file.len(), 300);
                let bytes = file[range.clone()].to_vec();
                file.splice(range.end..range.end, bytes);
            }
            3 => file[random.range(self.members.concat().len(), 300)].fill(0),
            4 => {
                for at in random.range(file.len(), 300) {
                    file[at] = random.below(256).to_le_bytes()[0];
                }
            }
            5..HEADERS => {
                match way {
                    5 => members.swap(one, other),
                    6 => members.insert(other, members[one].clone()),
                    _ => drop(members.remove(one)),
                }
                file = members.concat();
            }
            _ => {
                members[one] = gzip(&altered(&self.texts[one], way, random));
                file = members.concat();
            }
        }
        file
    }
}

/// A record with another header.
fn altered(text: &[u8], way: usize, random: &mut Random) -> Vec<u8> {
    let end = text
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap()
        + 2;
    let starts: Vec<usize> = (0..end)
        .filter(|at| *at > 0 && text[..*at].ends_with(b"\r\n"))
        .chain([end])
        .collect();
    let field = random.below(starts.len().max(2) - 1);
    let line = starts[field]..starts[field + 1];
    let mut text = text.to_vec();
    let at = random.below(end);
    let byte = [random.below(256), 0x20 + random.below(95)][random.below(2)].to_le_bytes()[0];
    match way {
        8 => drop(text.drain(line)),
        9 => {
            let again = text[line.clone()].to_vec();
            text.splice(line.end..line.end, again);
        }
        10 => text[at] = byte,
        11 => text.insert(at, byte),
        _ => drop(text.remove(at)),
    }
    text
}

/// What was done to it and came of it, or `None` where nothing was done.
fn check(sound: &Sound, path: &std::path::Path, way: usize, random: &mut Random) -> Option<bool> {
    let file = sound.damaged(way, random);
    if file == sound.members.concat() {
        return None;
    }
    std::fs::write(path, &file).unwrap();
    let why = |what: &str| {
        let kept = std::env::temp_dir().join("nianbao-damaged.warc.gz");
        std::fs::write(&kept, &file).unwrap();
        format!("{}: {what}; the file is {}", WAYS[way], kept.display())
    };
    let found = read(path);
    let alone = verify(path, vec![], None);
    assert_eq!(told(&alone), told(&verify(path, vec![], None)));
    let against = verify(path, sound.ledger.clone(), Some(sound.end));
    let is_header = way >= HEADERS;

    // Each record that counts as sound is one of the sound ones.
    for record in &found {
        let is_named = alone.problems.iter().any(|one| one.offset == record.offset);
        let is_one = sound.records.iter().any(|one| {
            let same = one.block == record.block && one.kind() == record.kind();
            same && (is_header || one.headers == record.headers)
        });
        assert!(
            is_named || is_one,
            "{}",
            why("an altered record is not named")
        );
    }
    // What is not there any more is missed; whole records only by the ledger.
    let lost = sound.records.iter().any(|one| {
        let same = |record: &&Record| one.block == record.block && one.kind() == record.kind();
        !found.iter().any(|record| same(&record))
    });
    let is_dropped = WAYS[way] == "a member dropped";
    assert!(
        !lost || is_dropped || !alone.problems.is_empty(),
        "{}",
        why("a lost record is not named")
    );
    // Against the ledger everything is named that is not as it was.
    let as_before = found.len() == sound.records.len()
        && found.iter().zip(&sound.records).all(|(record, one)| {
            let same = record.block == one.block && record.kind() == one.kind();
            let id = record.id() == one.id() || one.kind() == Kind::Warcinfo;
            let placed = record.offset == one.offset && record.length == one.length;
            same && id && placed && (is_header || record.headers == one.headers)
        });
    let named = !against.problems.is_empty();
    assert!(
        named || as_before,
        "{}",
        why("not named against the ledger")
    );
    Some(named)
}

#[test]
fn random_damage_is_named_or_harmless() {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .map(|text| text.parse::<u64>().unwrap())
    };
    let cases = number("NIANBAO_DAMAGES").unwrap_or(200);
    let mut random = Random(
        number("NIANBAO_SEED")
            .unwrap_or(1)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            | 1,
    );
    let folder = tempfile::tempdir().unwrap();
    let (sound, path) = Sound::write(folder.path());
    let untouched = verify(&path, sound.ledger.clone(), Some(sound.end));
    assert_eq!(told(&untouched), []);
    let mut counts: BTreeMap<&str, [u64; 2]> = BTreeMap::new();
    for _ in 0..cases {
        let way = random.below(WAYS.len());
        if let Some(named) = check(&sound, &path, way, &mut random) {
            counts.entry(WAYS[way]).or_default()[usize::from(!named)] += 1;
        }
    }
    for (way, [named, harmless]) in &counts {
        println!("{way:<30} {named:>5} named {harmless:>5} harmless");
    }
    let named: u64 = counts.values().map(|[named, _]| named).sum();
    assert!(named * 10 > cases * 7, "most damage is none: {counts:?}");
}
