//! Flattened tables: one cell a paragraph or line, in source order, no grid left.
//!
//! Order is then the only evidence of columns, so it must be complete: the heads fix the order
//! (`总计` stands before the organisation types in source order, but after them in a row of values),
//! and a row is read only if it has exactly as many values as heads, blanks counted where the page
//! leaves a visible gap. A row that falls short is refused whole, never guessed.

mod doubt;
mod lists;
mod tokens;

use std::borrow::Cow;
use std::ops::Deref;

use crate::model::form::TableForm;
use crate::model::{ByteRange, Catalog, Code, FormId, Source};
use crate::normalize::{CellText, read_cell};
use crate::parse::Document;

use super::lexicon::{DISPUTE_GROUPS, DISPUTE_LEAVES, Lexicon, Sense};
use super::reading::{Found, Key, Readings};
use doubt::{PageNumbers, begins_blank, fits_shifted, is_numbered, is_off, is_padded, stand_twice};
use tokens::{Token, tokenize};

/// Reads the flattened tables among `blocks` (numbers of blocks outside recognised grids).
pub fn read(
    document: &Document<'_>,
    blocks: &[u32],
    year: &impl Deref<Target = Option<i16>>,
    out: &mut Readings<'_>,
) {
    let tokens = tokenize(document, blocks);
    let mut used = vec![false; tokens.len()];
    if read_requests(&tokens, &mut used, out) {
        read_article20(&tokens, &mut used, out);
        read_disputes(&tokens, &mut used, out);
    }
    if out.found.is_empty() {
        lists::read(document, &tokens, year, &mut used, out);
    }
    let read = tokens.iter().zip(&used).filter(|(_, used)| **used);
    out.blocks
        .extend(read.flat_map(|(token, _)| token.blocks.clone()));
}

/// A row's values with the gaps around them.
struct Run<'t> {
    /// The value tokens.
    values: &'t [Token],
    /// The token that ends the row.
    next: Option<&'t Token>,
    /// End of the label before it, in bytes.
    label: ByteRange,
}

/// The empty lines that separate two cells of one row on this page: the fewest seen.
#[derive(Debug, Clone, Copy)]
struct Spacing {
    inner: u16,
    after_label: u16,
    trailing: u16,
}

impl Spacing {
    fn of<'t>(runs: impl Iterator<Item = &'t Run<'t>>) -> Self {
        let mut spacing = Self {
            inner: u16::MAX,
            after_label: u16::MAX,
            trailing: u16::MAX,
        };
        for run in runs {
            if let [first, rest @ ..] = run.values {
                spacing.after_label = spacing.after_label.min(first.gap);
                for value in rest {
                    spacing.inner = spacing.inner.min(value.gap);
                }
                if let Some(next) = run.next {
                    spacing.trailing = spacing.trailing.min(next.gap);
                }
            }
        }
        spacing
    }

    /// How many blank cells a gap stands for beyond the usual one.
    fn blanks(usual: u16, inner: u16, gap: u16) -> Option<usize> {
        let extra = gap.checked_sub(usual)?;
        let step = inner.checked_add(1)?;
        (extra % step == 0).then_some(usize::from(extra / step))
    }
}

/// One cell of a flattened row: a token, or a blank between two byte positions.
enum Slot<'t> {
    Value(&'t Token),
    Blank(ByteRange),
}

/// Deals a run's values and gaps out to `width` cells; `None` where that is not unique.
fn deal<'t>(run: &Run<'t>, spacing: Spacing, width: usize) -> Option<Vec<Slot<'t>>> {
    if run.values.len() == width {
        return Some(run.values.iter().map(Slot::Value).collect());
    }
    if run.values.len() > width {
        return None;
    }
    let gaps_of = |number: usize| {
        let usual = if number == 0 {
            spacing.after_label
        } else {
            spacing.inner
        };
        Spacing::blanks(usual, spacing.inner, run.values[number].gap)
    };
    let mut slots: Vec<Slot<'t>> = Vec::new();
    let mut before = run.label;
    for (number, value) in run.values.iter().enumerate() {
        for _ in 0..gaps_of(number)? {
            slots.push(Slot::Blank(before.until(value.bytes)));
        }
        slots.push(Slot::Value(value));
        before = value.bytes;
    }
    if slots.len() < width {
        let next = run.next?;
        let trailing = Spacing::blanks(spacing.trailing, spacing.inner, next.gap)?;
        for _ in 0..trailing {
            slots.push(Slot::Blank(before.until(next.bytes)));
        }
    }
    (slots.len() == width).then_some(slots)
}

fn found<'d>(key: Key, slot: &Slot<'_>) -> Found<'d> {
    match slot {
        Slot::Value(token) => Found {
            key,
            raw: Cow::Owned(token.text.clone()),
            value: token.value,
            source: Source {
                table: None,
                row: token.line,
                column: 0,
                bytes: token.bytes,
            },
        },
        Slot::Blank(bytes) => Found {
            key,
            raw: Cow::Borrowed(""),
            value: blank(),
            source: Source {
                table: None,
                row: 0,
                column: 0,
                bytes: *bytes,
            },
        },
    }
}

fn blank() -> CellText {
    read_cell("")
}

/// How many of the tokens belong to the row before them: all up to the next known words if they are just as many
/// as the row has cells (some may be words, `3790余`), else only the values.
fn run_length(tokens: &[Token], width: usize) -> usize {
    let cells = tokens
        .iter()
        .take_while(|token| token.may_be_cell())
        .count();
    if cells == width {
        return cells;
    }
    tokens.iter().take_while(|token| token.is_value()).count()
}

/// Reads labelled rows of `width` values, from `start` until `end` says so.
fn read_rows(
    tokens: &[Token],
    rows: &[(usize, usize)],
    used: &mut [bool],
    mut width_of: impl FnMut(usize) -> Option<Vec<Key>>,
    out: &mut Readings<'_>,
) {
    let mut runs: Vec<(usize, Vec<Key>, Run<'_>)> = Vec::new();
    for (at, meaning) in rows {
        let Some(keys) = width_of(*meaning) else {
            continue;
        };
        let start = at + 1;
        // Values on the label's own line do not go on on the next.
        let line = tokens[*at].line;
        let one_line = tokens.get(start).is_some_and(|first| first.line == line);
        let end = if one_line {
            let same = |token: &&Token| token.line == line;
            start + tokens[start..].iter().take_while(same).count()
        } else {
            tokens.len()
        };
        let length = run_length(&tokens[start..end], keys.len());
        used[*at] = true;
        for flag in &mut used[start..start + length] {
            *flag = true;
        }
        let run = Run {
            values: &tokens[start..start + length],
            next: tokens.get(start + length),
            label: tokens[*at].bytes,
        };
        runs.push((*at, keys, run));
    }
    let spacing = Spacing::of(runs.iter().map(|(_, _, run)| run));
    let dealt: Vec<Option<Vec<Slot<'_>>>> = runs
        .iter()
        .map(|(_, keys, run)| deal(run, spacing, keys.len()))
        .collect();
    // Gaps are believed only if they come out even in every row of the table.
    let gaps_hold =
        dealt.iter().all(Option::is_some) && dealt.iter().flatten().all(|row| adds_up(row));
    let pages = PageNumbers::of(tokens);
    let short = runs
        .iter()
        .any(|(_, keys, run)| run.values.len() < keys.len());
    let numbered = is_numbered(&runs);
    let padded = is_padded(&runs);
    for ((at, keys, run), slots) in runs.iter().zip(dealt) {
        let label = &tokens[*at];
        let complete = run.values.len() == keys.len();
        let believed = (complete || gaps_hold)
            && !numbered
            && !(padded && begins_blank(run))
            && !pages.may_fill(run.values)
            && !(complete && short && is_off(run.values))
            && !((short || pages.any() || keys.len() > 7) && fits_shifted(run.values));
        if let Some(slots) = slots.filter(|_| believed) {
            out.found
                .extend(keys.iter().zip(&slots).map(|(key, slot)| found(*key, slot)));
            continue;
        }
        let texts: Vec<_> = run.values.iter().map(|value| value.text.as_str()).collect();
        let raw = texts.join(" ");
        let message = format!(
            "row {:?}: {} values for {} cells, and the gaps do not tell which are blank: {raw}",
            label.text,
            run.values.len(),
            keys.len()
        );
        out.find(
            Code::AmbiguousCells,
            format!("line {}", label.line),
            message,
        );
        let bytes = run
            .values
            .iter()
            .fold(label.bytes, |all, value| all.cover(value.bytes));
        for key in keys {
            let source = Source {
                table: None,
                row: label.line,
                column: 0,
                bytes,
            };
            out.found.push(Found::unreadable(*key, raw.clone(), source));
        }
    }
}

/// A row of seven with blanks: the first six make the last, blanks counted as nothing. Rows of other widths,
/// without a total or without blanks tell nothing.
fn adds_up(row: &[Slot<'_>]) -> bool {
    let number = |slot: &Slot<'_>| match slot {
        Slot::Value(token) => token
            .value
            .value
            .and_then(crate::model::Decimal::as_integer),
        Slot::Blank(_) => Some(0),
    };
    let blanks = row.iter().any(|slot| matches!(slot, Slot::Blank(_)));
    let [parts @ .., total] = row else {
        return true;
    };
    if !blanks || row.len() != 7 || matches!(total, Slot::Blank(_)) {
        return true;
    }
    let sum: Option<i64> = parts.iter().map(number).sum();
    sum == number(total)
}

fn sense<T>(token: &Token, pick: impl Fn(&Sense) -> Option<T>) -> Option<T> {
    token.senses.iter().find_map(pick)
}

fn applicant(token: &Token) -> Option<usize> {
    sense(token, |sense| match sense {
        Sense::Applicant(column) if token.label.marks.is_empty() => Some(usize::from(*column)),
        _ => None,
    })
}

/// The first run of applicant heads; the order of the values under them, and where the heads end.
///
/// `自然人, 法人或其他组织, 总计` and then the five organisation types: the values follow the first
/// line with the group replaced by the second.
fn find_applicant_heads(tokens: &[Token]) -> Option<(Vec<usize>, std::ops::Range<usize>)> {
    let is_group = |token: &Token| token.senses.contains(&Sense::ApplicantGroup);
    let is_head = |token: &Token| {
        applicant(token).is_some() || is_group(token) || token.senses.contains(&Sense::RequestsHead)
    };
    let mut start = 0;
    while start < tokens.len() {
        if !is_head(&tokens[start]) {
            start += 1;
            continue;
        }
        let length = tokens[start..].iter().take_while(|t| is_head(t)).count();
        let heads = &tokens[start..start + length];
        let columns: Vec<usize> = heads.iter().filter_map(applicant).collect();
        if columns.len() == 7 && (0..7).all(|column| columns.contains(&column)) {
            let group = heads
                .iter()
                .filter(|token| !token.senses.contains(&Sense::RequestsHead));
            let sequence: Vec<Option<usize>> = group.map(applicant).collect();
            let order = value_order(&sequence);
            // Without the group's word, `总计` before the types may be the order of two rows of heads.
            let sure = sequence.contains(&None)
                || order == [0, 1, 2, 3, 4, 5, 6]
                || order == [6, 0, 1, 2, 3, 4, 5];
            return sure.then_some((order, start..start + length));
        }
        start += length;
    }
    None
}

/// Replaces the group (`None`) by the types, which are those printed after the last head outside it.
fn value_order(sequence: &[Option<usize>]) -> Vec<usize> {
    let types = |column: &usize| (1..6).contains(column);
    let Some(group) = sequence.iter().position(Option::is_none) else {
        return sequence.iter().flatten().copied().collect();
    };
    let outer = |part: &[Option<usize>]| -> Vec<usize> {
        part.iter()
            .flatten()
            .copied()
            .filter(|c| !types(c))
            .collect()
    };
    let mut order = outer(&sequence[..group]);
    order.extend(sequence.iter().flatten().copied().filter(types));
    order.extend(outer(&sequence[group..]));
    order
}

/// Reads the requests table; whether the page has every table once.
fn read_requests(tokens: &[Token], used: &mut [bool], out: &mut Readings<'_>) -> bool {
    let Some((order, heads)) = find_applicant_heads(tokens) else {
        return true;
    };
    let lexicon = Lexicon::get();
    if stand_twice(&tokens[heads.end..]) {
        out.find(
            Code::DuplicateTable,
            format!("line {}", tokens[heads.start].line),
            "the rows of the requests table stand twice in flattened text; which are the report's is not told",
        );
        let row = |row: usize| (0..7).map(move |column| Key::Request { row, column });
        let group = |group: u8| (0..5).map(move |leaf| Key::Dispute { group, leaf });
        let bytes = tokens[heads.start].bytes;
        let requests = (0..lexicon.requests.len()).flat_map(row);
        for key in requests.chain((0..3).flat_map(group)) {
            let source = Source {
                table: None,
                row: tokens[heads.start].line,
                column: 0,
                bytes,
            };
            out.found
                .push(Found::unreadable(key, String::new(), source));
        }
        return false;
    }
    let mut rows = Vec::new();
    let mut strangers = 0;
    for (at, token) in tokens.iter().enumerate().skip(heads.end) {
        if token.is_value() || (token.senses.is_empty() && token.may_be_cell()) {
            continue;
        }
        let exact = sense(token, |sense| match sense {
            Sense::RequestRow(row) => Some(usize::from(*row)),
            _ => None,
        });
        let followed = tokens.get(at + 1).is_some_and(Token::may_be_cell);
        let row = exact.or_else(|| {
            let group = token.senses.contains(&Sense::RequestGroup);
            (followed && !group)
                .then(|| Lexicon::guess_row(&lexicon.requests, &token.label))
                .flatten()
                .map(|(row, _)| row)
        });
        match row {
            // `（六）其他处理` without values of its own is a group.
            Some(_) if !followed && token.senses.contains(&Sense::RequestGroup) => used[at] = true,
            Some(row) if rows.iter().all(|(_, known)| *known != row) => {
                strangers = 0;
                rows.push((at, row));
                if lexicon.requests[row].id == "requests.carried_out" {
                    break;
                }
            }
            _ if token.senses.contains(&Sense::RequestGroup) => used[at] = true,
            _ => {
                strangers += 1;
                if strangers > 3 {
                    break;
                }
            }
        }
    }
    if rows.len() < 3 {
        return true;
    }
    used[heads].fill(true);
    let keys = |row: usize| {
        let keys = order.iter().map(|column| Key::Request {
            row,
            column: *column,
        });
        Some(keys.collect())
    };
    read_rows(tokens, &rows, used, keys, out);
    true
}

fn read_article20(tokens: &[Token], used: &mut [bool], out: &mut Readings<'_>) {
    let lexicon = Lexicon::get();
    let mut heads: Vec<usize> = Vec::new();
    let mut rows: Vec<(usize, usize)> = Vec::new();
    let mut keys_of: Vec<(usize, Vec<Key>)> = Vec::new();
    let mut sound = true;
    for (at, token) in tokens.iter().enumerate() {
        if used[at] || token.is_value() {
            continue;
        }
        if token.senses.contains(&Sense::Article20Column) {
            let before = at.checked_sub(1).map(|before| &tokens[before]);
            let is_column = |token: &Token| token.senses.contains(&Sense::Article20Column);
            if !before.is_some_and(is_column) {
                // An unknown word beside the heads is a column as well: more values than known heads.
                let stranger = |token: &Token| {
                    !token.is_value() && token.senses.is_empty() && token.may_be_cell()
                };
                if before.is_some_and(stranger) {
                    sound = false;
                } else {
                    heads.clear();
                    sound = true;
                }
            }
            heads.push(at);
            used[at] = true;
            continue;
        }
        if token.senses.contains(&Sense::Article20Head) {
            let follows = tokens.get(at + 1);
            used[at] = follows.is_some_and(|next| {
                next.senses
                    .iter()
                    .any(|sense| matches!(sense, Sense::Article20Head | Sense::Article20Column))
            });
            continue;
        }
        let row = sense(token, |sense| match sense {
            Sense::Article20Row(row) => Some(usize::from(*row)),
            _ => None,
        });
        let Some(row) = row else { continue };
        if heads.is_empty() || !sound || rows.iter().any(|(_, known)| *known == row) {
            continue;
        }
        let cores: Vec<&str> = heads
            .iter()
            .map(|at| tokens[*at].label.core.as_str())
            .collect();
        let places = &lexicon.article20[row].places;
        let keys = places.iter().find_map(|(form, table, _)| {
            let table = &Catalog::get().form(*form).tables[*table];
            keys_under(table, *form, row, &cores)
        });
        if let Some(keys) = keys {
            rows.push((at, row));
            keys_of.push((row, keys));
        }
    }
    let keys = |row: usize| {
        keys_of
            .iter()
            .find(|(known, _)| *known == row)
            .map(|(_, keys)| keys.clone())
    };
    read_rows(tokens, &rows, used, keys, out);
}

/// The cells of a row under these heads, if they are the heads of this form's table, all of them.
fn keys_under(table: &TableForm, form: FormId, row: usize, cores: &[&str]) -> Option<Vec<Key>> {
    if cores.len() != table.columns.len() {
        return None;
    }
    let column_of = |core: &&str| {
        table.columns.iter().position(|column| {
            std::iter::once(&column.label)
                .chain(&column.aliases)
                .any(|label| crate::normalize::Label::new(label).core == **core)
        })
    };
    let columns: Option<Vec<usize>> = cores.iter().map(column_of).collect();
    let keys = columns?
        .into_iter()
        .map(|column| Key::Article20 { row, form, column });
    Some(keys.collect())
}

/// Heads in source order: `行政复议, 行政诉讼`, five results, `未经复议直接起诉, 复议后起诉`, five
/// results twice; then 15 values. Also each group followed by its own five results.
fn read_disputes(tokens: &[Token], used: &mut [bool], out: &mut Readings<'_>) {
    let leaf = |token: &Token| {
        sense(token, |sense| match sense {
            Sense::DisputeLeaf(leaf) => Some(*leaf),
            _ => None,
        })
    };
    let is_head = |token: &Token| {
        leaf(token).is_some()
            || token
                .senses
                .iter()
                .any(|sense| matches!(sense, Sense::DisputeGroup(_) | Sense::Litigation))
    };
    let mut start = 0;
    while start < tokens.len() {
        let length = tokens[start..].iter().take_while(|t| is_head(t)).count();
        let heads = &tokens[start..start + length];
        let leaves: Vec<u8> = heads.iter().filter_map(leaf).collect();
        let groups: Vec<u8> = heads
            .iter()
            .filter_map(|token| {
                sense(token, |sense| match sense {
                    Sense::DisputeGroup(group) => Some(*group),
                    _ => None,
                })
            })
            .collect();
        let per_group = DISPUTE_LEAVES.len();
        let at = |wanted: Sense| {
            heads
                .iter()
                .position(|token| token.senses.contains(&wanted))
        };
        // `行政诉讼` before `行政复议`: its groups, printed later, come first in a row of values.
        let exchanged = at(Sense::Litigation)
            .zip(at(Sense::DisputeGroup(0)))
            .is_some_and(|(litigation, review)| litigation < review);
        let complete = !exchanged
            && leaves.len() == per_group * DISPUTE_GROUPS.len()
            && groups.len() == DISPUTE_GROUPS.len()
            && leaves.chunks(per_group).all(|run| {
                let mut run = run.to_vec();
                run.sort_unstable();
                run.iter().copied().eq(0..5)
            });
        if !complete {
            start += length.max(1);
            continue;
        }
        let keys: Vec<Key> = groups
            .iter()
            .zip(leaves.chunks(per_group))
            .flat_map(|(group, run)| {
                run.iter().map(|leaf| Key::Dispute {
                    group: *group,
                    leaf: *leaf,
                })
            })
            .collect();
        used[start..start + length].fill(true);
        let row = [(start + length - 1, 0)];
        read_rows(tokens, &row, used, |_| Some(keys.clone()), out);
        return;
    }
}
