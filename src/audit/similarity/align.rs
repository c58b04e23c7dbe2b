//! Two texts side by side: the passages they have in common.

use std::collections::HashMap;
use std::ops::Range;

use super::candidates::Matches;
use super::han::{BREAK, Han};
use super::sketch::{SHINGLE, key, shingles};

/// Characters that a passage begins with, exactly the same in both.
const SEED: usize = 8;

/// Most characters that were put in, left out or replaced between two parts of a passage, on either side: a name, a few words.
const GAP: usize = 16;

/// Characters behind a gap that must be the same again.
const BEHIND: usize = 6;

/// Places of a seed in the other text that are tried.
const PLACES: usize = 8;

/// Fewest characters of a passage, common wording not counted.
const FEWEST: usize = 20;

/// A passage that two texts have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Where it stands in the one, in its characters.
    pub this: Range<usize>,
    /// And in the other.
    pub other: Range<usize>,
    /// Characters that are the same, without common wording.
    pub characters: usize,
}

/// What two texts have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    /// Characters that are the same, without common wording.
    pub characters: usize,
    /// Characters of the one text without common wording.
    pub own: usize,
    /// The passages, largest first.
    pub passages: Vec<Passage>,
}

/// How much two texts must have in common to be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// Characters.
    pub characters: usize,
    /// Per cent of the one text without common wording.
    pub percent: usize,
}

impl Bar {
    /// With fewer agencies there is no telling what is common wording.
    const FEW: usize = 20;

    /// For texts of so many agencies.
    pub fn of(agencies: usize) -> Self {
        if agencies < Self::FEW {
            Self {
                characters: 300,
                percent: 50,
            }
        } else {
            Self {
                characters: 120,
                percent: 20,
            }
        }
    }

    /// Whether it is that much.
    pub fn is_reached(self, overlap: &Overlap) -> bool {
        overlap.characters >= self.characters
            && overlap.characters * 100 >= overlap.own * self.percent
    }
}

impl Overlap {
    /// How much of the one text stands in the other, in whole per cent, common wording left out.
    pub fn percent(&self) -> usize {
        self.characters * 100 / self.own.max(1)
    }
}

/// What `this` text has in common with the `other`. Each character of `this` counts once; the passages may stand in any order in the other.
pub fn compare(this: &Han, other: &Han, matches: &Matches) -> Overlap {
    let (signs, others) = (this.signs(), other.signs());
    let mut seeds: HashMap<&[char], Vec<usize>> = HashMap::new();
    for (at, seed) in others.windows(SEED).enumerate() {
        let places = seeds.entry(seed).or_default();
        if places.len() < PLACES {
            places.push(at);
        }
    }
    let common = common(this, matches);
    let counts = |range: Range<usize>| common[range].iter().filter(|common| !**common).count();
    let breaks = signs.iter().filter(|sign| **sign == BREAK).count();
    let mut overlap = Overlap {
        characters: 0,
        own: counts(0..signs.len()).saturating_sub(breaks),
        passages: Vec::new(),
    };
    let mut at = 0;
    while at + SEED <= signs.len() {
        let places = seeds.get(&signs[at..at + SEED]);
        let runs = places
            .into_iter()
            .flatten()
            .map(|place| Run::from(signs, others, at, *place));
        let best = runs.max_by_key(|run| run.same);
        let Some(run) = best.filter(|run| run.same >= FEWEST) else {
            at += 1;
            continue;
        };
        let characters = run.blocks.iter().cloned().map(counts).sum();
        if characters >= FEWEST {
            overlap.characters += characters;
            overlap.passages.push(Passage {
                this: at..run.end.0,
                other: run.start..run.end.1,
                characters,
            });
        }
        at = run.end.0;
    }
    overlap
        .passages
        .sort_by_key(|passage| std::cmp::Reverse(passage.characters));
    overlap
}

/// Whether each character is of common wording: within a sampled run that is, or between two of them.
fn common(this: &Han, matches: &Matches) -> Vec<bool> {
    let mut common = vec![false; this.signs().len()];
    let mut last: Option<usize> = None;
    shingles(this.signs(), |at, hash| {
        let Some(key) = key(hash, matches.rate()) else {
            return;
        };
        if !matches.is_common(key) {
            last = None;
            return;
        }
        let start = last.filter(|last| at <= last + 2 * SHINGLE).unwrap_or(at);
        common[start..at + SHINGLE].fill(true);
        last = Some(at);
    });
    common
}

/// From a seed as far as the texts go together.
struct Run {
    start: usize,
    end: (usize, usize),
    /// In the one text.
    blocks: Vec<Range<usize>>,
    same: usize,
}

impl Run {
    fn from(signs: &[char], others: &[char], at: usize, place: usize) -> Self {
        let mut run = Self {
            start: place,
            end: (at, place),
            blocks: Vec::new(),
            same: 0,
        };
        let (mut one, mut other) = (at, place);
        loop {
            let both = signs[one..].iter().zip(&others[other..]);
            let same = both
                .take_while(|(sign, theirs)| sign == theirs && **sign != BREAK)
                .count();
            run.blocks.push(one..one + same);
            run.same += same;
            (one, other) = (one + same, other + same);
            run.end = (one, other);
            let Some((left, right)) = behind_gap(&signs[one..], &others[other..]) else {
                return run;
            };
            (one, other) = (one + left, other + right);
        }
    }
}

/// The smallest gap behind which both go on alike: its characters in the one and the other.
fn behind_gap(signs: &[char], others: &[char]) -> Option<(usize, usize)> {
    let room = |signs: &[char]| {
        let section = signs
            .iter()
            .take(GAP + BEHIND)
            .take_while(|sign| **sign != BREAK);
        section.count().checked_sub(BEHIND)
    };
    let (left, right) = (room(signs)?, room(others)?);
    (1..=left + right).find_map(|gap| {
        (gap.saturating_sub(right)..=gap.min(left))
            .map(|one| (one, gap - one))
            .find(|(one, other)| signs[*one..*one + BEHIND] == others[*other..*other + BEHIND])
    })
}

#[cfg(test)]
mod tests {
    use super::super::candidates::Known;
    use super::super::han::names_in;
    use super::super::sketch::Sketches;
    use super::*;

    const OWN: &str = "春耕时节窗口人员把农机补贴事项逐条核对，在集市宣传点摆出十二张挂图，老人也看得懂。杨家庄村反映水价调整难懂，\
        驻村干部上门讲解，误解随之消除。办公室整理旧件三百卷，更正错字六处，附件均可检索。";
    const SOURCE: &str = "云溪县教育局围绕校车运行走访东塘村、南桥社区等32户，逐户告知路线与时刻。汛期到来前，网格员把学校食堂的抽检结果\
        贴到村务公开栏，家长当场认可。把义务教育招生办法绘成图示，印400册发往各乡镇，来电明显减少。";

    fn nothing_common() -> Matches {
        Matches::of(Sketches::new(1), Vec::new())
    }

    fn han(text: &str, agency: &str) -> Han {
        Han::of(&[text], &names_in(agency))
    }

    #[test]
    fn a_copy_with_other_names_and_numbers_is_the_same() {
        let copied = SOURCE
            .replace("云溪县教育局", "南屏区卫生健康局")
            .replace("32", "45")
            .replace("400", "380");
        let (this, other) = (
            han(&copied, "南屏区卫生健康局"),
            han(SOURCE, "云溪县教育局"),
        );
        let overlap = compare(&this, &other, &nothing_common());
        assert_eq!(overlap.percent(), 100, "{overlap:?}");
        assert_eq!(overlap.passages.len(), 1);
        // Names that are not known are small changes; the names before the passage are not of it.
        let overlap = compare(&han(&copied, ""), &han(SOURCE, ""), &nothing_common());
        assert_eq!((overlap.own, overlap.characters), (91, 84), "{overlap:?}");
    }

    #[test]
    fn small_changes_break_nothing() {
        let edited = SOURCE
            .replace("把学校", "将各所学校")
            .replace("，家长", "，并由家长")
            .replace("当场", "");
        let overlap = compare(&han(&edited, ""), &han(SOURCE, ""), &nothing_common());
        assert_eq!(overlap.passages.len(), 1, "{overlap:?}");
        assert!(overlap.percent() >= 90, "{overlap:?}");
    }

    #[test]
    fn sentences_in_another_order_are_passages_of_their_own() {
        let mut sentences: Vec<&str> = SOURCE.split_inclusive('。').collect();
        sentences.reverse();
        let overlap = compare(
            &han(&sentences.concat(), ""),
            &han(SOURCE, ""),
            &nothing_common(),
        );
        assert_eq!(overlap.passages.len(), 3, "{overlap:?}");
        assert_eq!(overlap.percent(), 100);
    }

    #[test]
    fn texts_of_the_same_words_have_nothing_in_common() {
        let other = "窗口人员把农机补贴公示张贴，驻村干部逐条核对水价调整，办公室在集市宣传点摆出附件，杨家庄村老人当场认可。";
        let overlap = compare(&han(OWN, ""), &han(other, ""), &nothing_common());
        assert_eq!((overlap.characters, overlap.passages), (0, vec![]));
    }

    #[test]
    fn common_wording_is_taken_out() {
        const COMMON: &str =
            "坚持以公开为常态、不公开为例外，依法保障人民群众的知情权、参与权和监督权。";
        let mut sketches = Sketches::new(1);
        let mut known = Vec::new();
        for number in 0..9 {
            sketches.add(number, &han(COMMON, ""));
            known.push(Known {
                agency: number,
                rank: number,
            });
        }
        let matches = Matches::of(sketches, known);
        let (one, other) = (format!("{OWN}{COMMON}"), format!("{COMMON}{SOURCE}"));
        let overlap = compare(&han(&one, ""), &han(&other, ""), &matches);
        assert_eq!(overlap.characters, 0);
        let own = compare(&han(OWN, ""), &han(OWN, ""), &matches).own;
        assert_eq!(overlap.own, own);
        let copied = format!("{COMMON}{SOURCE}");
        let overlap = compare(&han(&copied, ""), &han(&other, ""), &matches);
        assert_eq!((overlap.percent(), overlap.passages.len()), (100, 1));
        assert_eq!(
            overlap.characters,
            compare(&han(SOURCE, ""), &han(SOURCE, ""), &matches).own
        );
    }

    #[test]
    fn passages_end_with_their_section() {
        let one = Han::of(&[OWN, SOURCE], &[]);
        let overlap = compare(&one, &one, &nothing_common());
        assert_eq!(overlap.passages.len(), 2);
        assert_eq!(overlap.percent(), 100);
        let one = Han::of::<&str>(&[], &[]);
        assert_eq!(compare(&one, &one, &nothing_common()).percent(), 0);
    }

    #[test]
    fn a_text_that_repeats_itself_ends() {
        let long = "长短".repeat(30_000);
        let han = han(&long, "");
        assert_eq!(compare(&han, &han, &nothing_common()).percent(), 100);
    }

    #[test]
    fn short_texts_reach_no_bar() {
        let overlap = |characters, own| Overlap {
            characters,
            own,
            passages: Vec::new(),
        };
        let (many, few) = (Bar::of(100), Bar::of(5));
        assert!(many.is_reached(&overlap(120, 600)) && !few.is_reached(&overlap(120, 130)));
        assert!(!many.is_reached(&overlap(119, 119)) && !many.is_reached(&overlap(120, 601)));
        assert!(few.is_reached(&overlap(300, 600)) && !few.is_reached(&overlap(300, 601)));
    }
}
