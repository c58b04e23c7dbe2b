//! Which row of the form a label means, by the rows above it.

use crate::extract::lexicon::ListForm;
use crate::normalize::Label;
use crate::normalize::label::Enumeration;

/// The rows above the current one, for labels that stand in several places.
#[derive(Debug, Default)]
pub struct Parents {
    last: Option<usize>,
    /// How deep the last row's enumeration mark is.
    depth: u8,
    seen: Vec<usize>,
    /// Since the last known row not seen before an unknown one stood there.
    after_stranger: bool,
}

impl Parents {
    /// The row a label means here: the only one, else the one with the printed row code, else the one whose
    /// nearest common ancestor with the row above is nearest; `None` where that is not unique, or stands above already.
    pub fn resolve(&mut self, list: &ListForm, label: &Label, code: Option<&str>) -> Option<usize> {
        let candidates = list.rows.get(&label.core)?;
        let coded = |row: &&usize| code.is_some() && list.table.rows[**row].code.as_deref() == code;
        let row = match candidates.as_slice() {
            [only] => {
                if self.seen.contains(only) {
                    // A part of the unknown row, called like one of the form's.
                    if self.after_stranger {
                        return None;
                    }
                    // The list begins anew: a second table of it.
                    self.seen.clear();
                }
                *only
            }
            several => match several.iter().find(coded) {
                Some(row) => *row,
                None => self
                    .nearest(list, several)
                    .filter(|row| !self.seen.contains(row))?,
            },
        };
        self.take(row, label);
        Some(row)
    }

    /// A table begins.
    pub const fn begin(&mut self) {
        self.after_stranger = false;
    }

    fn take(&mut self, row: usize, label: &Label) {
        self.last = Some(row);
        self.depth = depth(label);
        if !self.seen.contains(&row) {
            self.seen.push(row);
            self.after_stranger = false;
        }
    }

    /// A row the form does not know. Where it opens a group of its own, the rows under it are not those of the
    /// known row above.
    pub fn stranger(&mut self, form: &ListForm, label: &Label) {
        let Some(above) = self.last else { return };
        self.after_stranger = true;
        let depth = depth(label);
        let id = &form.table.rows[above].id;
        let is_parent = form
            .table
            .rows
            .iter()
            .any(|row| row.parent.as_ref() == Some(id));
        if depth < self.depth || (depth == self.depth && is_parent) {
            self.last = None;
        }
    }

    fn nearest(&self, list: &ListForm, candidates: &[usize]) -> Option<usize> {
        let above: Vec<usize> = ancestors(list, self.last?).collect();
        let distance = |row: usize| {
            ancestors(list, row)
                .skip(1)
                .find_map(|ancestor| above.iter().position(|other| *other == ancestor))
        };
        let mut near: Vec<(usize, usize)> = candidates
            .iter()
            .filter_map(|row| Some((distance(*row)?, *row)))
            .collect();
        near.sort_unstable();
        match near.as_slice() {
            [(_, row)] => Some(*row),
            [(first, row), (second, _), ..] if first < second => Some(*row),
            _ => None,
        }
    }
}

/// 0 for `一、`, then `（一）`, `1.`, `（1）`; deepest without a mark.
fn depth(label: &Label) -> u8 {
    match label.marks.first() {
        Some(Enumeration::Chinese(_)) => 0,
        Some(Enumeration::Bracketed(_)) => 1,
        Some(Enumeration::Arabic(_)) => 2,
        Some(Enumeration::BracketedArabic(_)) => 3,
        Some(Enumeration::Including) | None => 4,
    }
}

fn ancestors(list: &ListForm, row: usize) -> impl Iterator<Item = usize> + Clone + '_ {
    std::iter::successors(Some(row), |row| {
        let parent = list.table.rows[*row].parent.as_ref()?;
        list.table.rows.iter().position(|other| other.id == *parent)
    })
}
