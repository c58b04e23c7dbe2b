//! Heads over value columns, and which cell of a row stands under which head.
//!
//! Grid positions are believed only where they are consistent: heads side by side, heads of a group inside
//! the group, one cell exactly under each head and no number left over. Published spans are often wrong, and a
//! wrong span shifts every value of a row into its neighbour's column without a sound. Else the cells are
//! counted off against the heads in reading order, if there are just as many; else the row is refused.

use std::borrow::Cow;

use crate::model::Unit;

use super::view::{CellView, TableView};

/// One head of a value column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// First grid column.
    pub column: u32,
    /// Grid columns covered.
    pub width: u32,
    /// Number of the form's column, or of the head; `None` for an unknown head.
    pub meaning: Option<usize>,
    /// Folded words.
    pub core: String,
    /// Unit printed in the head, if any.
    pub unit: Option<Unit>,
}

impl Head {
    /// The head that a cell is.
    pub fn of(cell: &CellView<'_>, meaning: Option<usize>) -> Self {
        Self {
            column: cell.column,
            width: cell.width,
            meaning,
            core: cell.label.core.clone(),
            unit: unit_in(&cell.text),
        }
    }

    const fn end(&self) -> u32 {
        self.column + self.width
    }
}

/// The unit in a head's brackets: `采购总金额（万元）`, `（单位：元）`.
pub fn unit_in(text: &str) -> Option<Unit> {
    let open = text.rfind(['（', '(', '：', ':'])?;
    let inner = text[open..]
        .trim_start_matches(|c: char| !c.is_alphanumeric())
        .trim_end_matches(|c: char| !c.is_alphanumeric());
    inner
        .strip_prefix("单位")
        .unwrap_or(inner)
        .trim()
        .parse()
        .ok()
}

/// Heads in reading order: a group stands for the heads under it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeadSet {
    heads: Vec<Head>,
    group: Option<(usize, u32, u32)>,
    /// Grid columns (first, one past the last) of heads that are over no values: running numbers.
    aside: Vec<(u32, u32)>,
    /// Heads below them divide their columns, and do not say which part is the report year's.
    divided: bool,
}

/// The cells of a row by head number.
pub type Placed<'v, 'd> = Vec<(usize, &'v CellView<'d>)>;

impl HeadSet {
    /// The heads.
    pub fn heads(&self) -> &[Head] {
        &self.heads
    }

    /// The heads but for the first `count`.
    pub fn without_first(&self, count: usize) -> Cow<'_, Self> {
        if count == 0 {
            return Cow::Borrowed(self);
        }
        let mut rest = self.clone();
        rest.heads.drain(..count);
        rest.group = self
            .group
            .map(|(at, start, end)| (at.saturating_sub(count), start, end));
        Cow::Owned(rest)
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// Whether a known column has its head already.
    pub fn has(&self, meaning: usize) -> bool {
        self.heads.iter().any(|head| head.meaning == Some(meaning))
    }

    /// Adds a head right of those before it.
    pub fn push(&mut self, head: Head) {
        self.heads.push(head);
    }

    /// Notes a head of running numbers.
    pub fn push_aside(&mut self, cell: &CellView<'_>) {
        self.aside.push((cell.column, cell.end()));
    }

    /// Notes the group: the heads of later rows stand in its place.
    pub fn open_group(&mut self, cell: &CellView<'_>, end: u32) {
        if self.group.is_none() {
            self.group = Some((self.heads.len(), cell.column, end));
        }
    }

    /// Whether a cell stands within the group's columns.
    pub fn is_grouped(&self, cell: &CellView<'_>) -> bool {
        self.group
            .is_some_and(|(_, start, end)| cell.column >= start && cell.end() <= end)
    }

    /// Adds heads of a row below the group's, in the group's place.
    pub fn push_under_group(&mut self, heads: Vec<Head>) {
        if let Some((place, _, _)) = self.group {
            let place = place.min(self.heads.len());
            self.heads.splice(place..place, heads);
        } else {
            // The total left of the types, and no group between: the rows of heads do not fit each other.
            let total = self.heads.iter().find(|head| head.meaning == Some(6));
            self.divided |= total.is_some_and(|total| {
                heads
                    .iter()
                    .any(|head| head.column >= total.column && head.meaning != Some(0))
            });
            self.heads.extend(heads);
        }
    }

    /// Takes the row below for heads that divide the columns by period: keeps of each column the part of the report
    /// year, if each has one and no other; else nothing under these heads is read any more.
    pub fn divide(&mut self, parts: &[(&CellView<'_>, Option<bool>)]) {
        let mut heads = Vec::with_capacity(self.heads.len());
        for head in &self.heads {
            let under = parts
                .iter()
                .filter(|(cell, _)| cell.column >= head.column && cell.end() <= head.end());
            let mut current = under.filter(|(_, current)| *current == Some(true));
            let (Some((cell, _)), None) = (current.next(), current.next()) else {
                self.divided = true;
                return;
            };
            heads.push(Head {
                column: cell.column,
                width: cell.width,
                ..head.clone()
            });
        }
        for (cell, current) in parts {
            let inside = |head: &Head| cell.column >= head.column && cell.end() <= head.end();
            if *current == Some(false) && self.heads.iter().any(inside) {
                self.aside.push((cell.column, cell.end()));
            } else if *current != Some(true) {
                self.divided = true;
                return;
            }
        }
        self.heads = heads;
    }

    /// Heads stand side by side, those of the group under the group and no others.
    fn is_disjoint(&self) -> bool {
        let mut places: Vec<(u32, u32)> = self.heads.iter().map(|h| (h.column, h.end())).collect();
        places.sort_unstable();
        let disjoint = places.windows(2).all(|pair| pair[0].1 <= pair[1].0);
        let grouped = self.group.is_none_or(|(_, start, end)| {
            self.heads.iter().all(|head| {
                let inside = head.column >= start && head.end() <= end;
                head.meaning.is_none_or(|m| inside == (1..6).contains(&m))
            })
        });
        disjoint && grouped
    }

    /// In reading order from left to right.
    fn is_ordered(&self) -> bool {
        self.heads
            .is_sorted_by_key(|head| (head.column, head.end()))
    }

    /// Gives each head the cell under it.
    ///
    /// # Errors
    ///
    /// The cells right of the label, where it cannot be told which stands under which head.
    pub fn place<'v, 'd>(
        &self,
        view: &'v TableView<'d>,
        row: u32,
        label: &CellView<'_>,
    ) -> Result<Placed<'v, 'd>, Vec<&'v CellView<'d>>> {
        let right: Vec<&CellView<'d>> = view
            .own(row)
            .filter(|cell| cell.column >= label.end())
            .collect();
        if self.divided {
            return Err(right);
        }
        let beside = |cell: &CellView<'_>| {
            self.aside
                .iter()
                .any(|(start, end)| cell.column >= *start && cell.end() <= *end)
        };
        let disjoint = self.is_disjoint();
        let under = |head: &Head| {
            view.at(row, head.column).filter(|cell| {
                cell.row == row && cell.number != label.number && cell.column == head.column
            })
        };
        let covered = |cell: &&CellView<'_>| {
            cell.value.value.is_none()
                || beside(cell)
                || self.heads.iter().any(|head| head.column == cell.column)
        };
        let nothing_over = right.iter().all(covered);
        if disjoint && nothing_over {
            let exactly = |head: &Head| under(head).filter(|cell| cell.width == head.width);
            if let Some(cells) = self.all(exactly) {
                return Ok(cells);
            }
        }
        // Of heads in two rows without a group above the second, reading order is not the order of columns.
        let countable = self.is_ordered() || self.group.is_some();
        let counted = right.iter().filter(|cell| !beside(cell)).count();
        if counted == self.heads.len() && countable {
            let cells = right.iter().copied().filter(|cell| !beside(cell));
            return Ok(cells.enumerate().collect());
        }
        if disjoint && nothing_over && self.is_ordered() {
            let only = |head: &Head| {
                let first = under(head)?;
                let within =
                    |cell: &&&CellView<'_>| cell.column >= head.column && cell.column < head.end();
                let mut filled = right
                    .iter()
                    .filter(within)
                    .filter(|cell| !cell.text.is_empty());
                match (filled.next(), filled.next()) {
                    (None, _) => Some(first),
                    (Some(cell), None) => Some(*cell),
                    _ => None,
                }
            };
            if let Some(cells) = self.all(only) {
                return Ok(cells);
            }
        }
        Err(right)
    }

    fn all<'v, 'd>(
        &self,
        find: impl Fn(&Head) -> Option<&'v CellView<'d>>,
    ) -> Option<Placed<'v, 'd>> {
        self.heads
            .iter()
            .map(find)
            .enumerate()
            .map(|(number, cell)| Some((number, cell?)))
            .collect()
    }
}

/// Whether a head names the report year's part of a column (`本年`, `2021年`) or another (`上年`, `2020年`); `None` where it
/// names no period, or a year while the report's is not known.
pub fn is_current(core: &str, year: Option<i16>) -> Option<bool> {
    const CURRENT: [&str; 6] = ["本年", "本年度", "今年", "本期", "当年", "本年数"];
    const OTHER: [&str; 10] = [
        "上年",
        "上年度",
        "上一年",
        "上一年度",
        "去年",
        "上期",
        "同期",
        "上年同期",
        "去年同期",
        "上年数",
    ];
    if CURRENT.contains(&core) {
        return Some(true);
    }
    if OTHER.contains(&core) {
        return Some(false);
    }
    let digits = core.trim_end_matches(['度', '数']).trim_end_matches('年');
    let named: i16 = digits
        .parse()
        .ok()
        .filter(|year| (2000..2100).contains(year))?;
    Some(named == year?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_stand_in_brackets() {
        let cases = [
            ("本年收费金额（单位：万元）", Some(Unit::WanYuan)),
            ("本年收费金额（单位：元）", Some(Unit::Yuan)),
            ("采购总金额(亿元)", Some(Unit::YiYuan)),
            ("金额：万元", Some(Unit::WanYuan)),
            ("采购总金额", None),
            ("本年(2023)制发件数", None),
        ];
        for (text, unit) in cases {
            assert_eq!(unit_in(text), unit, "{text:?}");
        }
    }
}
