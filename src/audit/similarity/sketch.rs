//! Hashes of runs of characters, and a sample of them for every text.

use super::han::{BREAK, Han};

/// Characters of a run that is hashed: about a clause. Runs of eight are reached by chance where two common words meet, in
/// 100,000 texts dozens of times; of twelve hardly, and a change every twenty characters still leaves a third of them whole.
pub const SHINGLE: usize = 12;

/// Bits of a posting for the text's number; those above are of the hash.
pub(super) const TEXT_BITS: u32 = 24;

/// Calls `each` with the start and the hash of every run of [`SHINGLE`] characters within a section.
pub(super) fn shingles(signs: &[char], mut each: impl FnMut(usize, u64)) {
    const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
    let far = (0..SHINGLE).fold(1_u64, |far, _| far.wrapping_mul(BASE));
    let (mut rolling, mut long) = (0_u64, 0);
    for (at, sign) in signs.iter().enumerate() {
        if *sign == BREAK {
            (rolling, long) = (0, 0);
            continue;
        }
        rolling = rolling
            .wrapping_mul(BASE)
            .wrapping_add(u64::from(u32::from(*sign)));
        if long == SHINGLE {
            let gone = u64::from(u32::from(signs[at - SHINGLE]));
            rolling = rolling.wrapping_sub(gone.wrapping_mul(far));
        } else {
            long += 1;
        }
        if long == SHINGLE {
            each(at + 1 - SHINGLE, mixed(rolling));
        }
    }
}

/// The finalizer of `SplitMix64` (Steele, Lea, Flood 2014).
fn mixed(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// The part of a hash that is kept, if it is: one of `rate`.
pub(super) fn key(hash: u64, rate: u64) -> Option<u64> {
    (hash & (rate - 1) == 0).then_some(hash >> TEXT_BITS)
}

/// The sketches of many texts: a hash and a text in eight bytes.
#[derive(Debug, Clone)]
pub struct Sketches {
    rate: u64,
    pub(super) postings: Vec<u64>,
    keys: Vec<u64>,
}

impl Sketches {
    /// Most texts that can be told apart.
    pub const MOST_TEXTS: usize = 1 << TEXT_BITS;

    /// Most hashes of a text.
    const MOST_KEYS: usize = 8192;

    /// None yet. One hash of `rate`, a power of two, is kept.
    pub fn new(rate: u64) -> Self {
        Self {
            rate: rate.next_power_of_two(),
            postings: Vec::new(),
            keys: Vec::new(),
        }
    }

    /// The rate for texts of so many characters in all: 4, or what keeps the sketches below half a gigabyte.
    pub fn rate_for(characters: u64) -> u64 {
        const MOST: u64 = 64 << 20;
        (characters / MOST).next_power_of_two().clamp(4, 1 << 10)
    }

    /// One hash of so many is kept.
    pub fn rate(&self) -> u64 {
        self.rate
    }

    /// Adds a text under its number, which is below [`Self::MOST_TEXTS`].
    pub fn add(&mut self, text: u32, han: &Han) {
        let mut keys = std::mem::take(&mut self.keys);
        keys.clear();
        shingles(han.signs(), |_, hash| keys.extend(key(hash, self.rate)));
        keys.sort_unstable();
        keys.dedup();
        keys.truncate(Self::MOST_KEYS);
        let text = u64::from(text) & ((1 << TEXT_BITS) - 1);
        self.postings
            .extend(keys.iter().map(|key| key << TEXT_BITS | text));
        self.keys = keys;
    }

    /// Adds those of others.
    pub fn append(&mut self, mut others: Self) {
        self.postings.append(&mut others.postings);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(text: &str) -> Vec<(usize, u64)> {
        let mut found = Vec::new();
        let han = Han::of(&[text], &[]);
        shingles(han.signs(), |at, hash| found.push((at, hash)));
        found
    }

    #[test]
    fn the_same_run_has_the_same_hash_wherever_it_stands() {
        let run = "天地玄黄宇宙洪荒日月盈昃";
        assert_eq!(run.chars().count(), SHINGLE);
        let alone = hashes(run);
        assert_eq!(alone.len(), 1);
        let behind = hashes(&format!("寒来暑往秋收冬藏闰余成岁律吕调阳，{run}"));
        assert_eq!(behind.last().map(|one| one.1), Some(alone[0].1));
        assert!(behind.iter().rev().skip(1).all(|one| one.1 != alone[0].1));
        assert_eq!(hashes("天地玄黄宇宙洪荒日月盈"), []);
    }

    #[test]
    fn no_run_goes_over_a_section_s_end() {
        let han = Han::of(&["天地玄黄宇宙洪荒", "日月盈昃辰宿列张"], &[]);
        shingles(han.signs(), |_, _| panic!("eight characters are too few"));
    }

    #[test]
    fn one_of_the_rate_is_kept_once_a_text() {
        // Invented characters, all different.
        let signs: String = ('\u{4e00}'..'\u{9e00}').collect();
        let han = Han::of(&[&signs, &signs], &[]);
        let mut sketches = Sketches::new(4);
        sketches.add(7, &han);
        let count = sketches.postings.len();
        assert!((4_700..5_600).contains(&count), "{count}");
        assert!(sketches.postings.iter().all(|one| one & 0xff_ffff == 7));
    }

    #[test]
    fn more_text_is_sampled_less() {
        assert_eq!(Sketches::rate_for(0), 4);
        assert_eq!(Sketches::rate_for(100_000_000), 4);
        assert_eq!(Sketches::rate_for(1_000_000_000), 16);
        assert_eq!(Sketches::rate_for(u64::MAX), 1024);
    }
}
