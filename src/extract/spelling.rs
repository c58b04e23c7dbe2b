//! Misprinted labels (`其他法律行政止公开`, `行政法复议`): told by the table around them.
//!
//! A word that no form prints is taken for one that the table lacks where it is a slip of the pen away from it,
//! from no other as near, and no other cell lays claim to it. What a table is, its exact labels say. A slip
//! that could change the meaning (`上年` for `本年`, `小计` for `总计`) is none.

use super::lexicon::{Lexicon, Sense, letters};
use super::view::{CellView, TableView};

/// More unknown words than this are another table's.
const CANDIDATES: usize = 64;
/// Longer than any label that is not prose.
const CHARACTERS: usize = 40;
/// Characters that tell labels apart: a label with one more, less or other of them says something else.
const TELLING: &str = "工国民农私村外不非未无否失撤止废拒销损毁上下去前后新旧历累月季率占比同其内增减免除支收小大公示解页审批办结一二三四五六七八九十";
/// Without one of these a label says the opposite.
const NEGATIONS: &str = "不非未无否";
/// Characters that say nothing more about what is counted.
const EMPTY: &str =
    "数量件项个的之情况总合计年度本申请政府信息类及其和与或者等事宜关相共截至底止单位元万";

/// A label read as another than printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// Grid row of the cell.
    pub row: u32,
    /// As printed.
    pub printed: String,
    /// The folded label it is taken for.
    pub meant: &'static str,
}

/// What a table's exact labels say that it holds.
#[derive(Debug, Default)]
struct Evidence {
    /// How often each meaning stands in it.
    counts: Vec<(Sense, usize)>,
    requests: bool,
    article20: bool,
    disputes: bool,
    /// Heads of applicants by grid row.
    heads: Vec<(u32, u8)>,
    /// How often the most frequent dispute result stands.
    leaves: usize,
}

impl Evidence {
    fn of(view: &TableView<'_>) -> Self {
        let mut evidence = Self::default();
        for cell in &view.cells {
            let is_head = |sense: &Sense| matches!(sense, Sense::Applicant(_));
            let ambiguous = cell.senses().iter().any(is_head) && cell.label.marks.is_empty();
            for sense in cell.senses() {
                let counted = match sense {
                    Sense::RequestRow(_) => !ambiguous,
                    Sense::Applicant(_) => cell.label.marks.is_empty(),
                    _ => true,
                };
                if counted {
                    match evidence.counts.iter_mut().find(|(known, _)| known == sense) {
                        Some((_, count)) => *count += 1,
                        None => evidence.counts.push((*sense, 1)),
                    }
                }
                if let (true, Sense::Applicant(column)) = (counted, sense) {
                    evidence.heads.push((cell.row, *column));
                }
            }
        }
        let kinds = |wanted: fn(&Sense) -> bool| {
            evidence
                .counts
                .iter()
                .filter(|(sense, _)| wanted(sense))
                .count()
        };
        let rows = kinds(|sense| matches!(sense, Sense::RequestRow(_)));
        let heads = kinds(|sense| matches!(sense, Sense::Applicant(0..=4)));
        let columns = kinds(|sense| matches!(sense, Sense::Article20Column));
        let items = kinds(|sense| matches!(sense, Sense::Article20Row(_) | Sense::Article20Head));
        let results =
            kinds(|sense| matches!(sense, Sense::DisputeLeaf(0..=3) | Sense::DisputeGroup(_)));
        evidence.requests = rows >= 3 || (rows >= 1 && heads >= 3);
        evidence.article20 = columns + items >= 2;
        evidence.disputes = results >= 3;
        evidence.leaves = (0..5)
            .map(|leaf| evidence.count(Sense::DisputeLeaf(leaf)))
            .max()
            .unwrap_or(0);
        evidence
    }

    fn count(&self, sense: Sense) -> usize {
        let known = self.counts.iter().find(|(known, _)| *known == sense);
        known.map_or(0, |(_, count)| *count)
    }

    /// The heads of applicants in a row and its neighbours, as a set of bits: heads stand in two rows.
    fn heads_about(&self, row: u32) -> u8 {
        let about = self.heads.iter().filter(|(at, _)| at.abs_diff(row) <= 1);
        about.fold(0, |all, (_, column)| all | 1 << (column & 7))
    }

    /// Whether the table has all labels of the kind but this one.
    fn lacks_only(&self, sense: Sense, row: u32) -> bool {
        let of_kind =
            |others: &[Sense]| others.iter().map(|other| self.count(*other)).sum::<usize>();
        match sense {
            Sense::Applicant(_) => self.heads_about(row).count_ones() == 6,
            Sense::DisputeLeaf(_) => {
                let all = [0, 1, 2, 3, 4].map(Sense::DisputeLeaf);
                of_kind(&all) + 1 == self.leaves * all.len()
            }
            Sense::DisputeGroup(_) => of_kind(&[0, 1, 2].map(Sense::DisputeGroup)) == 2,
            _ => false,
        }
    }

    /// Whether a cell of this row may be a label that the table lacks there.
    fn lacks(&self, sense: Sense, row: u32) -> bool {
        let none = self.count(sense) == 0;
        let heads = || self.heads_about(row);
        match sense {
            Sense::Applicant(column) => {
                self.requests && heads().count_ones() >= 3 && heads() & 1 << (column & 7) == 0
            }
            Sense::ApplicantGroup => self.requests && heads().count_ones() >= 3,
            Sense::RequestsHead | Sense::RequestGroup => false,
            Sense::RequestRow(_) => self.requests && none,
            Sense::Article20Row(_) => self.article20 && none,
            // Each item of the article has heads of its own.
            Sense::Article20Column | Sense::Article20Head => self.article20,
            Sense::DisputeLeaf(_) => self.disputes && self.count(sense) < self.leaves,
            Sense::DisputeGroup(_) | Sense::Litigation => self.disputes && none,
        }
    }
}

/// Reads misprinted labels of a table as those they are meant to be. What was read so is for a finding.
pub fn correct(view: &mut TableView<'_>) -> Vec<Slip> {
    let unknown = |cell: &&CellView<'_>| {
        cell.is_wordy()
            && cell.senses().is_empty()
            && (1..=CHARACTERS * 3).contains(&cell.label.core.len())
    };
    let candidates: Vec<usize> = (0..view.cells.len())
        .filter(|number| unknown(&&view.cells[*number]))
        .take(CANDIDATES + 1)
        .collect();
    if candidates.is_empty() || candidates.len() > CANDIDATES {
        return Vec::new();
    }
    let evidence = Evidence::of(view);
    if !(evidence.requests || evidence.article20 || evidence.disputes) {
        return Vec::new();
    }
    let lexicon = Lexicon::get();
    let mut claims: Vec<(usize, Sense, &'static str, usize)> = Vec::new();
    for number in &candidates {
        let cell = &view.cells[*number];
        let printed: Vec<char> = cell.label.core.chars().collect();
        let wanted = |sense: Sense| evidence.lacks(sense, cell.row);
        // The one strange head among all the others may differ in any character.
        let near = |other: &&usize| view.cells[**other].row.abs_diff(cell.row) <= 1;
        let alone = candidates.iter().filter(near).count() == 1;
        let last = |sense: Sense| alone && evidence.lacks_only(sense, cell.row);
        if let Some((sense, core, slips)) = nearest(lexicon, &printed, last, wanted) {
            claims.push((*number, sense, core, slips));
        }
    }
    let mut slips = Vec::new();
    for (number, sense, core, distance) in &claims {
        let repeated = matches!(
            sense,
            Sense::Article20Column
                | Sense::Article20Head
                | Sense::DisputeLeaf(_)
                | Sense::Applicant(_)
                | Sense::ApplicantGroup
        );
        let contested = claims.iter().any(|(other, claimed, _, near)| {
            other != number && claimed == sense && near <= distance
        });
        if contested && !repeated {
            continue;
        }
        let cell = &mut view.cells[*number];
        slips.push(Slip {
            row: cell.row,
            printed: cell.text.to_string(),
            meant: core,
        });
        cell.reread(core);
    }
    slips
}

/// The one label wanted that is nearest, if it is near enough and no label of another meaning is as near.
fn nearest(
    lexicon: &'static Lexicon,
    printed: &[char],
    last: impl Fn(Sense) -> bool,
    wanted: impl Fn(Sense) -> bool,
) -> Option<(Sense, &'static str, usize)> {
    if is_part(printed) {
        return None;
    }
    let own = letters(printed.iter().copied());
    let mut best: Option<(Sense, &'static str, usize)> = None;
    let mut tied = false;
    for word in &lexicon.words {
        let length = word.characters.len();
        let limit = match length {
            0..=6 => 1,
            7..=11 => 2,
            _ => 3,
        };
        // Every character that the other lacks is a slip.
        let lacking = (word.letters & !own).count_ones();
        let more = (own & !word.letters).count_ones();
        if printed.len().abs_diff(length) > limit
            || lacking.max(more) as usize > limit
            || !wanted(word.sense)
        {
            continue;
        }
        let distance = slips_between(printed, &word.characters, limit);
        if distance > limit || !is_slip(printed, &word.characters, !word.alias && last(word.sense))
        {
            continue;
        }
        match best {
            Some((_, _, near)) if near < distance => {}
            Some((sense, core, near)) if near == distance => {
                tied |= core != word.core && sense != word.sense;
            }
            _ => {
                best = Some((word.sense, word.core.as_str(), distance));
                tied = false;
            }
        }
    }
    best.filter(|_| !tied)
}

/// Whether a label that is like a known one may be it: what it has beyond the other's characters says nothing, and
/// it lacks none that tells labels apart.
pub fn is_likeness(printed: &str, label: &str) -> bool {
    let mut rest: Vec<char> = printed.chars().collect();
    let mut lacks = false;
    for character in label.chars() {
        match rest.iter().position(|other| *other == character) {
            Some(at) => {
                rest.swap_remove(at);
            }
            None => lacks |= TELLING.contains(character),
        }
    }
    let swapped = rest.iter().filter(|c| !is_empty_word(**c)).count();
    !lacks && swapped == 0
}

/// Whether a label has no character that none of a row's spellings has, but for those that say nothing, and no
/// negation less than all of them.
pub fn says_no_more(printed: &str, spellings: &[String]) -> bool {
    let negations = |text: &str| text.chars().filter(|c| NEGATIONS.contains(*c)).count();
    let least = spellings.iter().map(|spelling| negations(spelling)).min();
    if negations(printed) < least.unwrap_or(0) {
        return false;
    }
    printed.chars().all(|character| {
        is_empty_word(character)
            || spellings
                .iter()
                .any(|spelling| spelling.contains(character))
    })
}

/// Whether a remark has a character that tells labels apart.
pub fn tells(remark: &str) -> bool {
    remark
        .chars()
        .any(|c| TELLING.contains(c) || c.is_ascii_digit())
}

fn is_empty_word(character: char) -> bool {
    EMPTY.contains(character) || character.is_ascii_digit()
}

/// `小计`, `累计`: a sum, but not the total.
fn is_part(printed: &[char]) -> bool {
    printed == ['其', '中']
        || printed
            .first()
            .is_some_and(|first| "小累月季分".contains(*first))
}

/// Whether what two labels differ in tells nothing: a character doubled, or none of the telling ones. A character is
/// exchanged for another only in a long label, or in the `last` that the table lacks.
fn is_slip(printed: &[char], label: &[char], last: bool) -> bool {
    let once = |characters: &[char]| {
        let mut characters = characters.to_vec();
        characters.dedup();
        characters
    };
    if once(printed) == once(label) {
        return true;
    }
    let mut more: Vec<char> = printed.to_vec();
    let mut less = Vec::new();
    for character in label {
        match more.iter().position(|other| other == character) {
            Some(at) => {
                more.swap_remove(at);
            }
            None => less.push(*character),
        }
    }
    let telling = |character: &char| {
        TELLING.contains(*character) || character.is_ascii_digit() || character.is_ascii_lowercase()
    };
    let may_miss = |character: &char| {
        if last {
            !NEGATIONS.contains(*character)
        } else {
            !telling(character)
        }
    };
    let exchanged = !more.is_empty() && !less.is_empty();
    // Two new characters are a word.
    if more.len() > 1 {
        return false;
    }
    let may_exchange = last || label.len() >= 6;
    !more.iter().any(telling) && less.iter().all(may_miss) && (may_exchange || !exchanged)
}

/// Characters added, lost, changed or exchanged with their neighbour (restricted Damerau–Levenshtein
/// distance); anything above `limit` where it is more.
fn slips_between(left: &[char], right: &[char], limit: usize) -> usize {
    let width = right.len() + 1;
    let mut two_above = vec![0; width];
    let mut above: Vec<usize> = (0..width).collect();
    let mut row = vec![0; width];
    for (i, a) in left.iter().enumerate() {
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let changed = above[j] + usize::from(a != b);
            let mut least = changed.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == right[j - 1] && left[i - 1] == *b {
                least = least.min(two_above[j - 1] + 1);
            }
            row[j + 1] = least;
        }
        if row.iter().all(|distance| *distance > limit) {
            return limit + 1;
        }
        std::mem::swap(&mut two_above, &mut above);
        std::mem::swap(&mut above, &mut row);
    }
    above[width - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(left: &str, right: &str) -> usize {
        let (left, right): (Vec<char>, Vec<char>) =
            (left.chars().collect(), right.chars().collect());
        slips_between(&left, &right, 3)
    }

    fn slip(left: &str, right: &str) -> bool {
        let (left, right): (Vec<char>, Vec<char>) =
            (left.chars().collect(), right.chars().collect());
        is_slip(&left, &right, false)
    }

    #[test]
    fn slips_are_counted() {
        assert_eq!(distance("行政法复议", "行政复议"), 1);
        assert_eq!(distance("行复政议", "行政复议"), 1);
        assert_eq!(distance("结果维", "结果维持"), 1);
        assert_eq!(distance("结果维特", "结果维持"), 1);
        assert_eq!(distance("结果维持", "结果纠正"), 2);
        assert_eq!(distance("自然人", "自然人"), 0);
        assert_eq!(distance("", "其他"), 2);
    }

    #[test]
    fn what_changes_the_meaning_is_no_slip() {
        assert!(slip("总总计", "总计"));
        assert!(slip("尚未未审结", "尚未审结"));
        assert!(slip("计总", "总计"));
        assert!(!slip("小计", "总计"));
        assert!(is_part(&['其', '中']) && is_part(&['累', '计']) && !is_part(&['总']));
        assert!(!slip("合计", "总计"));
        assert!(!slip(
            "上年新收政府信息公开申请数量",
            "本年新收政府信息公开申请数量"
        ));
        assert!(!slip("予公开", "不予公开"));
        assert!(slip("行政法复议", "行政复议"));
    }
}
