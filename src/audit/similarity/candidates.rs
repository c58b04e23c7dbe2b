//! Which texts have unusual runs in common, and which runs are common wording.

use super::sketch::{Sketches, TEXT_BITS};

/// A run that more agencies have is no sign of a copy from one of them.
const RARE: usize = 6;

/// Most texts of a rare run, those of the same agencies over the years included. A run in more is left aside.
const MOST_TEXTS_OF_RUN: usize = 128;

/// Most candidates of a text that are looked at: those with most in common.
const MOST_CANDIDATES: usize = 4;

/// What is known of a text. Texts of one agency have numbers next to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Its agency.
    pub agency: u32,
    /// Its place in the order of publication: the earlier of two has the lower.
    pub rank: u32,
}

/// Two texts of different agencies that may have large passages in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// The text published later.
    pub later: u32,
    /// The one published earlier.
    pub earlier: u32,
    /// How many rare runs of the sample they share.
    pub shared: u16,
}

/// All texts by the runs they share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matches {
    rate: u64,
    agencies: usize,
    /// Hashes of common wording, ascending.
    common: Vec<u64>,
    texts: Vec<Known>,
    /// The texts of each rare run, and where each run's begin.
    sharers: Vec<u32>,
    runs: Vec<u32>,
    /// The rare runs of each text, and where each text's begin.
    rare: Vec<u32>,
    starts: Vec<u32>,
}

fn index(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

impl Matches {
    /// Of sketches that were added under the numbers of `texts`.
    pub fn of(sketches: Sketches, texts: Vec<Known>) -> Self {
        let rate = sketches.rate();
        let mut postings = sketches.postings;
        let text_of = |posting: u64| (posting & ((1 << TEXT_BITS) - 1)) as usize;
        postings.retain(|posting| text_of(*posting) < texts.len());
        postings.sort_unstable();
        let agency_of = |posting: &u64| texts.get(text_of(*posting)).map(|text| text.agency);
        let mut all: Vec<u32> = texts.iter().map(|text| text.agency).collect();
        all.dedup();
        let agencies = all.len();
        // In a corpus of a few agencies what a third of them says is common.
        let most = RARE.min((agencies / 3).max(2));
        let least_common = most.max(agencies / 100) + 1;
        let mut matches = Self {
            rate,
            agencies,
            common: Vec::new(),
            sharers: Vec::new(),
            runs: vec![0],
            rare: Vec::new(),
            starts: Vec::new(),
            texts: Vec::new(),
        };
        let mut counts = vec![0_u32; texts.len() + 1];
        for run in postings.chunk_by(|one, other| one >> TEXT_BITS == other >> TEXT_BITS) {
            let of = run
                .chunk_by(|one, other| agency_of(one) == agency_of(other))
                .count();
            if of >= least_common {
                matches.common.push(run[0] >> TEXT_BITS);
            } else if (2..=most).contains(&of) && run.len() <= MOST_TEXTS_OF_RUN {
                for posting in run {
                    counts[text_of(*posting)] += 1;
                    matches.sharers.push(index(text_of(*posting)));
                }
                matches.runs.push(index(matches.sharers.len()));
            }
        }
        drop(postings);
        let mut total = 0;
        matches.starts = counts
            .iter()
            .map(|count| {
                let start = total;
                total += count;
                start
            })
            .collect();
        let mut next = matches.starts.clone();
        matches.rare = vec![0; matches.sharers.len()];
        for (run, ends) in (0_u32..).zip(matches.runs.windows(2)) {
            for text in &matches.sharers[ends[0] as usize..ends[1] as usize] {
                let place = &mut next[*text as usize];
                matches.rare[*place as usize] = run;
                *place += 1;
            }
        }
        matches.texts = texts;
        matches
    }

    /// Of how many agencies texts were added.
    pub fn agencies(&self) -> usize {
        self.agencies
    }

    /// One run of so many is in the sample.
    pub fn rate(&self) -> u64 {
        self.rate
    }

    /// Whether a hash of the sample is common wording.
    pub(super) fn is_common(&self, key: u64) -> bool {
        self.common.binary_search(&key).is_ok()
    }

    /// Pairs of agencies that are not `related` of which one's text has at least `characters` in common with an earlier one of the
    /// other, as far as the sample tells; half of that is enough, since changes break runs. What an agency said before the other did
    /// is its own.
    pub fn candidates(
        &self,
        characters: usize,
        related: impl Fn(u32, u32) -> bool,
    ) -> Vec<Candidate> {
        let least = u64::try_from(characters).unwrap_or(u64::MAX) * 2 / 5 / self.rate;
        let least = u16::try_from(least.max(3)).unwrap_or(u16::MAX);
        let mut found = Vec::new();
        let mut shared = vec![0_u16; self.texts.len()];
        let mut touched: Vec<u32> = Vec::new();
        for (later, text) in self.texts.iter().enumerate() {
            let runs = &self.rare[self.starts[later] as usize..self.starts[later + 1] as usize];
            for run in runs {
                let run = *run as usize;
                let sharers = self.runs[run] as usize..self.runs[run + 1] as usize;
                for other in &self.sharers[sharers] {
                    let known = self.texts[*other as usize];
                    if known.rank < text.rank {
                        let count = &mut shared[*other as usize];
                        if *count == 0 {
                            touched.push(*other);
                        }
                        *count = count.saturating_add(1);
                    }
                }
            }
            let of = |other: &u32| (self.texts[*other as usize], shared[*other as usize]);
            let mut own: Vec<(u32, u16)> = Vec::new();
            let mut others: Vec<Candidate> = Vec::new();
            for other in &touched {
                let (known, count) = of(other);
                if known.agency == text.agency {
                    own.push((known.rank, count));
                } else if count >= least && !related(text.agency, known.agency) {
                    others.push(Candidate {
                        later: index(later),
                        earlier: *other,
                        shared: count,
                    });
                }
            }
            others.retain(|one| {
                let rank = self.texts[one.earlier as usize].rank;
                !own.iter()
                    .any(|(before, count)| *before < rank && *count >= one.shared / 2)
            });
            others.sort_unstable_by_key(|one| {
                let rank = self.texts[one.earlier as usize].rank;
                (std::cmp::Reverse(one.shared), std::cmp::Reverse(rank))
            });
            found.extend(others.into_iter().take(MOST_CANDIDATES));
            for other in touched.drain(..) {
                shared[other as usize] = 0;
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::han::Han;
    use super::*;

    /// Text of characters that no other number has.
    fn words(number: u32, count: u32) -> String {
        let sign =
            |at: u32| char::from_u32(0x4e00 + (number * 7919 + at * 31 * (number + 1)) % 20_000);
        (0..count).filter_map(sign).collect()
    }

    fn matches(texts: &[(u32, u32, &str)]) -> Matches {
        let mut sketches = Sketches::new(1);
        let mut known = Vec::new();
        for (number, (agency, rank, text)) in (0_u32..).zip(texts) {
            sketches.add(number, &Han::of(&[text], &[]));
            known.push(Known {
                agency: *agency,
                rank: *rank,
            });
        }
        Matches::of(sketches, known)
    }

    fn pairs(matches: &Matches) -> Vec<(u32, u32)> {
        let all = matches.candidates(100, |_, _| false);
        all.iter().map(|one| (one.later, one.earlier)).collect()
    }

    #[test]
    fn the_later_of_two_agencies_is_paired_with_the_earlier() {
        let text = words(1, 200);
        let own = words(2, 200);
        let found = matches(&[(0, 5, &text), (1, 2, &own), (2, 1, &text)]);
        assert_eq!(found.agencies(), 3);
        assert_eq!(pairs(&found), [(0, 2)]);
        assert_eq!(found.candidates(100, |_, _| true), []);
        // A longer text around it hides nothing; too little in common is none.
        let long = format!("{own}{text}{own}");
        assert_eq!(pairs(&matches(&[(0, 1, &text), (1, 2, &long)])), [(1, 0)]);
        let little = words(1, 45);
        assert_eq!(pairs(&matches(&[(0, 1, &text), (1, 2, &little)])), []);
    }

    #[test]
    fn an_agency_s_own_text_of_before_is_no_copy() {
        let text = words(1, 200);
        // Agency 0 said it first and says it again after agency 1 took it: only agency 1 is paired.
        let found = matches(&[(0, 1, &text), (0, 3, &text), (1, 2, &text)]);
        assert_eq!(pairs(&found), [(2, 0)]);
    }

    #[test]
    fn what_many_agencies_say_is_common() {
        let text = words(1, 200);
        let texts: Vec<(u32, u32, &str)> = (0..9).map(|agency| (agency, agency, &*text)).collect();
        let found = matches(&texts);
        assert_eq!(pairs(&found), []);
        assert!(!found.common.is_empty() && found.common.iter().all(|key| found.is_common(*key)));
        // The same agency nine times makes nothing common.
        let again: Vec<(u32, u32, &str)> = (0..9).map(|rank| (0, rank, &*text)).collect();
        let found = matches(&again);
        assert_eq!((pairs(&found), found.common), (vec![], vec![]));
    }
}
