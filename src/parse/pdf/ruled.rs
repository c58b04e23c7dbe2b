//! Ruling lines → grids.
//!
//! In: the rules of a page, in any order, in pieces, doubled, a little off. Out: for each group of rules that
//! cross one another the rows, the columns and the cells between them; a cell is merged where a piece of rule is
//! missing. Never looks at text.

use super::ink::Rule;

/// Rules that are closer than this are one: no line of text fits between them.
const NEAR: f32 = 4.0;
/// A rule in pieces has no wider gaps.
const GAP: f32 = 3.0;
/// How far a rule may end from the one it meets.
const TOUCH: f32 = 3.5;
/// Shorter ones are dots or dashes.
const SHORT: f32 = 6.0;
/// Rules that reach out further than this have open ends.
const OPEN: f32 = 8.0;
/// Most pairs of rules of a page that are compared.
const MAX_PAIRS: usize = 4_000_000;
/// Most slots of a grid.
const MAX_SLOTS: usize = 40_000;

/// A grid on a page.
#[derive(Debug, Clone, Default)]
pub(super) struct Grid {
    /// Column borders from left to right, one more than columns.
    pub(super) xs: Vec<f32>,
    /// Row borders from top to bottom, one more than rows.
    pub(super) ys: Vec<f32>,
    /// Cells by row, then column; they cover the grid.
    pub(super) cells: Vec<Slot>,
    /// Which cell covers each slot, row by row.
    owners: Vec<u32>,
    /// Some rules do not close a rectangle: cells there were cut row by row.
    pub(super) is_broken: bool,
    /// No rule is drawn at the top, at the bottom: the page cuts a row there.
    pub(super) is_open: (bool, bool),
}

/// A cell of a grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) row: usize,
    pub(super) column: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
}

impl Grid {
    /// The cell at a place on the page.
    pub(super) fn at(&self, x: f32, y: f32) -> Option<usize> {
        let column = between(&self.xs, x)?;
        let row = between(&self.ys, y)?;
        let owner = *self.owners.get(row * (self.xs.len() - 1) + column)?;
        usize::try_from(owner).ok()
    }

    /// Left, top, right and bottom.
    pub(super) fn bounds(&self) -> (f32, f32, f32, f32) {
        let ends = |places: &[f32]| {
            let first = places.first().copied().unwrap_or_default();
            (first, places.last().copied().unwrap_or_default())
        };
        let ((x0, x1), (y0, y1)) = (ends(&self.xs), ends(&self.ys));
        (x0, y0, x1, y1)
    }
}

/// Between which two borders a place lies.
fn between(borders: &[f32], place: f32) -> Option<usize> {
    let after = borders.partition_point(|border| *border <= place);
    (after > 0 && after < borders.len()).then(|| after - 1)
}

/// One rule, its pieces put together.
#[derive(Debug, Clone, Copy)]
struct Segment {
    at: f32,
    from: f32,
    to: f32,
}

/// The grids of a page; `None` where its rules are too many to be tables.
pub(super) fn grids(rules: &[Rule]) -> Option<Vec<Grid>> {
    let horizontal = segments(rules, true);
    let vertical = segments(rules, false);
    if horizontal.len().saturating_mul(vertical.len()) > MAX_PAIRS {
        return None;
    }
    // Rules that touch belong together.
    let mut groups = Groups::new(horizontal.len() + vertical.len());
    for (number, across) in horizontal.iter().enumerate() {
        for (other, down) in vertical.iter().enumerate() {
            let touches =
                |one: &Segment, at: f32| (one.from - TOUCH..=one.to + TOUCH).contains(&at);
            if touches(across, down.at) && touches(down, across.at) {
                groups.join(number, horizontal.len() + other);
            }
        }
    }
    let mut members: Vec<(Vec<Segment>, Vec<Segment>)> = Vec::new();
    let mut names: Vec<Option<usize>> = vec![None; horizontal.len() + vertical.len()];
    for number in 0..names.len() {
        let root = groups.root(number);
        let group = *names[root].get_or_insert_with(|| {
            members.push((Vec::new(), Vec::new()));
            members.len() - 1
        });
        if number < horizontal.len() {
            members[group].0.push(horizontal[number]);
        } else {
            members[group].1.push(vertical[number - horizontal.len()]);
        }
    }
    let grids = members
        .iter()
        .filter_map(|(across, down)| grid(across, down))
        .collect();
    Some(grids)
}

/// Rules of one direction: near ones brought to one place, pieces put together.
fn segments(rules: &[Rule], horizontal: bool) -> Vec<Segment> {
    let mut chosen: Vec<Segment> = rules
        .iter()
        .filter(|rule| rule.horizontal == horizontal)
        .map(|rule| Segment {
            at: rule.at,
            from: rule.from,
            to: rule.to,
        })
        .collect();
    chosen.sort_by(|one, other| one.at.total_cmp(&other.at));
    let mut merged: Vec<Segment> = Vec::new();
    let mut start = 0;
    while start < chosen.len() {
        let mut end = start + 1;
        while end < chosen.len()
            && chosen[end].at - chosen[end - 1].at <= NEAR
            && chosen[end].at - chosen[start].at <= 1.5 * NEAR
        {
            end += 1;
        }
        let near = &mut chosen[start..end];
        // Long rules say more of the place than dots.
        let length = |one: &Segment| (one.to - one.from).max(0.01);
        let total: f32 = near.iter().map(length).sum();
        let at = near.iter().map(|one| one.at * length(one)).sum::<f32>() / total;
        near.sort_by(|one, other| one.from.total_cmp(&other.from));
        let mut open: Option<Segment> = None;
        for piece in near {
            match &mut open {
                Some(known) if piece.from <= known.to + GAP => known.to = known.to.max(piece.to),
                _ => {
                    merged.extend(open.take());
                    open = Some(Segment { at, ..*piece });
                }
            }
        }
        merged.extend(open);
        start = end;
    }
    merged.retain(|one| one.to - one.from >= SHORT);
    merged
}

fn grid(across: &[Segment], down: &[Segment]) -> Option<Grid> {
    if across.len() < 2 || down.is_empty() {
        return None;
    }
    let mut xs = places(down);
    let mut ys = places(across);
    close(&mut xs, across);
    let is_open = close(&mut ys, down);
    let (columns, rows) = (xs.len().checked_sub(1)?, ys.len().checked_sub(1)?);
    if rows == 0 || columns == 0 || rows * columns < 2 || rows * columns > MAX_SLOTS {
        return None;
    }
    let mut groups = Groups::new(rows * columns);
    // Whether a rule stands at a border along one row or column.
    let ruled = |segments: &[Segment], at: f32, from: f32, to: f32| {
        let covered: f32 = segments
            .iter()
            .filter(|one| (one.at - at).abs() < 0.5)
            .map(|one| (one.to.min(to) - one.from.max(from)).max(0.0))
            .sum();
        covered >= 0.5 * (to - from)
    };
    for row in 0..rows {
        for column in 0..columns {
            let slot = row * columns + column;
            if column + 1 < columns && !ruled(down, xs[column + 1], ys[row], ys[row + 1]) {
                groups.join(slot, slot + 1);
            }
            if row + 1 < rows && !ruled(across, ys[row + 1], xs[column], xs[column + 1]) {
                groups.join(slot, slot + columns);
            }
        }
    }
    let mut grid = Grid {
        xs,
        ys,
        owners: vec![u32::MAX; rows * columns],
        is_open,
        ..Grid::default()
    };
    cut(&mut grid, &mut groups, rows, columns);
    (grid.cells.len() >= 2).then_some(grid)
}

/// First and last row, first and last column of a group, and how many slots it has.
type Extent = (usize, usize, usize, usize, usize);

/// Makes a cell of each group of slots.
fn cut(grid: &mut Grid, groups: &mut Groups, rows: usize, columns: usize) {
    // Of each group its first and last row and column, and how many slots it has.
    let mut extents: Vec<Option<Extent>> = vec![None; rows * columns];
    for row in 0..rows {
        for column in 0..columns {
            let root = groups.root(row * columns + column);
            let extent = extents[root].get_or_insert((row, row, column, column, 0));
            extent.1 = extent.1.max(row);
            extent.2 = extent.2.min(column);
            extent.3 = extent.3.max(column);
            extent.4 += 1;
        }
    }
    for row in 0..rows {
        for column in 0..columns {
            let slot = row * columns + column;
            if grid.owners[slot] != u32::MAX {
                continue;
            }
            let root = groups.root(slot);
            let Some((top, bottom, left, right, count)) = extents[root] else {
                continue;
            };
            let whole = (bottom - top + 1) * (right - left + 1) == count;
            let cell = if whole {
                Slot {
                    row: top,
                    column: left,
                    rows: bottom - top + 1,
                    columns: right - left + 1,
                }
            } else {
                grid.is_broken = true;
                let same = |next: &usize| groups.peek(row * columns + next) == root;
                Slot {
                    row,
                    column,
                    rows: 1,
                    columns: (column..columns).take_while(same).count().max(1),
                }
            };
            let number = u32::try_from(grid.cells.len()).unwrap_or(u32::MAX);
            for row in cell.row..cell.row + cell.rows {
                let start = row * columns + cell.column;
                grid.owners[start..start + cell.columns].fill(number);
            }
            grid.cells.push(cell);
        }
    }
}

/// The places of rules, each once, in order.
fn places(segments: &[Segment]) -> Vec<f32> {
    let mut places: Vec<f32> = segments.iter().map(|one| one.at).collect();
    places.sort_by(f32::total_cmp);
    places.dedup_by(|next, last| (*next - *last).abs() < 0.5);
    places
}

/// Adds the borders that are not drawn: where the rules that cross reach beyond the outermost one. At which ends it did.
fn close(borders: &mut Vec<f32>, crossing: &[Segment]) -> (bool, bool) {
    let (Some(&first), Some(&last)) = (borders.first(), borders.last()) else {
        return (false, false);
    };
    // One that sticks out is an underline, not the side of a table.
    let before: Vec<f32> = crossing
        .iter()
        .map(|one| one.from)
        .filter(|from| *from < first - OPEN)
        .collect();
    let behind: Vec<f32> = crossing
        .iter()
        .map(|one| one.to)
        .filter(|to| *to > last + OPEN)
        .collect();
    let open = (before.len() >= 2, behind.len() >= 2);
    if open.0 {
        borders.insert(0, before.into_iter().fold(f32::MAX, f32::min));
    }
    if open.1 {
        borders.push(behind.into_iter().fold(f32::MIN, f32::max));
    }
    open
}

/// Disjoint sets.
#[derive(Debug)]
struct Groups(Vec<usize>);

impl Groups {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, mut of: usize) -> usize {
        while self.0[of] != of {
            self.0[of] = self.0[self.0[of]];
            of = self.0[of];
        }
        of
    }

    fn peek(&self, mut of: usize) -> usize {
        while self.0[of] != of {
            of = self.0[of];
        }
        of
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other)] = one.min(other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(horizontal: bool, at: f32, from: f32, to: f32) -> Rule {
        Rule {
            horizontal,
            at,
            from,
            to,
        }
    }

    fn across(at: f32, from: f32, to: f32) -> Rule {
        rule(true, at, from, to)
    }

    fn down(at: f32, from: f32, to: f32) -> Rule {
        rule(false, at, from, to)
    }

    fn cells(rules: &[Rule]) -> Vec<(usize, usize, usize, usize)> {
        let grids = grids(rules).unwrap();
        assert_eq!(grids.len(), 1, "{grids:?}");
        let cells = grids[0].cells.iter();
        cells
            .map(|cell| (cell.row, cell.column, cell.rows, cell.columns))
            .collect()
    }

    #[test]
    fn missing_pieces_merge_cells() {
        // A head over two columns, a label beside two rows.
        let rules = [
            across(0.0, 0.0, 90.0),
            across(20.0, 30.0, 90.0),
            across(40.0, 0.0, 90.0),
            down(0.0, 0.0, 40.0),
            down(30.0, 0.0, 40.0),
            down(60.0, 20.0, 40.0),
            down(90.0, 0.0, 40.0),
        ];
        let want = [(0, 0, 2, 1), (0, 1, 1, 2), (1, 1, 1, 1), (1, 2, 1, 1)];
        assert_eq!(cells(&rules), want);
        // The same in pieces, doubled, a little off.
        let mut rough = Vec::new();
        for rule in &rules {
            let middle = f32::midpoint(rule.from, rule.to);
            for (from, to, off) in [
                (rule.from, middle, 0.4),
                (middle + 1.0, rule.to + 1.0, -0.3),
            ] {
                for double in [0.0, 1.8] {
                    let at = rule.at + off + double;
                    rough.push(Rule {
                        at,
                        from,
                        to,
                        ..*rule
                    });
                }
            }
        }
        assert_eq!(cells(&rough), want);
    }

    #[test]
    fn sides_that_are_not_drawn_are_closed() {
        let rules = [
            across(0.0, 0.0, 90.0),
            across(20.0, 0.0, 90.0),
            across(40.0, 0.0, 90.0),
            down(30.0, 0.0, 55.0),
            down(60.0, 0.0, 55.0),
        ];
        assert_eq!(cells(&rules).len(), 9);
    }

    #[test]
    fn underlines_and_frames_are_no_tables() {
        let frame = [
            across(0.0, 0.0, 90.0),
            across(40.0, 0.0, 90.0),
            down(0.0, 0.0, 40.0),
            down(90.0, 0.0, 40.0),
            across(20.0, 10.0, 60.0),
        ];
        assert!(grids(&frame).unwrap().is_empty());
    }

    #[test]
    fn rules_that_do_not_close_are_told() {
        // The corner is open towards both neighbours.
        let rules = [
            across(0.0, 0.0, 60.0),
            across(20.0, 30.0, 60.0),
            across(40.0, 0.0, 60.0),
            down(0.0, 0.0, 40.0),
            down(30.0, 20.0, 40.0),
            down(60.0, 0.0, 40.0),
        ];
        let grid = &grids(&rules).unwrap()[0];
        assert!(grid.is_broken);
        assert_eq!(grid.cells.len(), 3);
        assert!(grid.cells.iter().all(|cell| cell.rows == 1));
    }
}
