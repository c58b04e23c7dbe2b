//! Which sheets a form's tables become in a dialect.
//!
//! Rows and columns are put in order here; `matrix`, `disputes` and `list` build the cells.

use nianbao::model::form::{Shape, TableForm};
use nianbao::model::{Catalog, SectionKind};

use super::case::Case;
use super::dialect::Dialect;
use super::rng::Rng;
use super::sheet::{Cell, Content, Row, Sheet};
use super::{article20, disputes, list, requests};

/// A label with the labels of the groups around it: a row or a column before it is laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Id within the table.
    pub id: String,
    /// As printed.
    pub label: String,
    /// Groups, outermost first.
    pub path: Vec<String>,
}

/// The sheets of a section, in order.
pub fn sheets(case: &Case, section: SectionKind) -> Vec<Sheet> {
    if case.dialect == Dialect::OneTable {
        return one_table(case, section);
    }
    sheets_of(case, section)
}

/// All sheets in one, in the section of the first.
fn one_table(case: &Case, section: SectionKind) -> Vec<Sheet> {
    if section != SectionKind::ActiveDisclosure {
        return Vec::new();
    }
    let mut sheets: Vec<Sheet> = SectionKind::ALL
        .iter()
        .flat_map(|kind| sheets_of(case, *kind))
        .collect();
    let width = sheets.iter().map(Sheet::width).max().unwrap_or(0);
    for sheet in &mut sheets {
        widen(sheet, width);
    }
    let rows = sheets.into_iter().flat_map(|sheet| sheet.rows);
    vec![Sheet::new(rows.collect())]
}

/// Makes the cells at the right edge as wide as it takes.
fn widen(sheet: &mut Sheet, width: usize) {
    let own = sheet.width();
    let mut free: Vec<usize> = vec![0; own];
    for (y, row) in sheet.rows.iter_mut().enumerate() {
        let mut x = 0;
        for cell in &mut row.cells {
            while free[x] > y {
                x += 1;
            }
            let end = x + cell.colspan;
            free[x..end].fill(y + cell.rowspan);
            if end == own {
                cell.colspan += width - own;
            }
            x = end;
        }
    }
}

fn sheets_of(case: &Case, section: SectionKind) -> Vec<Sheet> {
    let form = Catalog::get().form(case.form);
    let tables: Vec<&TableForm> = form
        .tables
        .iter()
        .filter(|table| table.section == section && is_printed(case, table))
        .collect();
    let Some(first) = tables.first() else {
        return Vec::new();
    };
    let mut sheets = match first.shape {
        Shape::Matrix if first.id == "requests" => requests::sheets(case, first),
        Shape::Matrix => article20::sheets(case, &tables),
        Shape::Cells => disputes::sheets(case, first),
        Shape::List => list::sheets(case, first),
    };
    for sheet in &mut sheets {
        match case.dialect {
            Dialect::TitleRow => title_row(sheet, section),
            Dialect::Spacers => spacers(sheet),
            _ => {}
        }
    }
    sheets
}

/// The rows of a table in the case's order, without those it leaves out.
pub fn rows(case: &Case, table: &TableForm) -> Vec<Leaf> {
    let missing = missing_rows(case, table);
    let leaves = table
        .rows
        .iter()
        .filter(|row| !missing.contains(&row.id))
        .map(|row| Leaf {
            id: row.id.clone(),
            label: row.label.clone(),
            path: row.path.clone(),
        })
        .collect();
    let permuted = match table.shape {
        Shape::Cells => case.dialect == Dialect::ColumnsPermuted,
        _ => case.dialect == Dialect::RowsPermuted,
    };
    if permuted {
        return permute(leaves, 0, &mut Rng::new(case.seed, &table.id));
    }
    leaves
}

/// The columns of a matrix in the case's order.
pub fn columns(case: &Case, table: &TableForm) -> Vec<Leaf> {
    let leaves: Vec<Leaf> = table
        .columns
        .iter()
        .map(|column| Leaf {
            id: column.id.clone(),
            label: column.label.clone(),
            path: column.group.iter().cloned().collect(),
        })
        .collect();
    match case.dialect {
        Dialect::ColumnsPermuted => permute(leaves, 0, &mut Rng::new(case.seed, &table.id)),
        Dialect::TotalFirst => {
            let (mut first, rest): (Vec<_>, Vec<_>) =
                leaves.into_iter().partition(|leaf| leaf.id == "total");
            first.extend(rest);
            first
        }
        _ => leaves,
    }
}

/// Reorders siblings at every depth; a group stays in one piece.
fn permute(leaves: Vec<Leaf>, depth: usize, rng: &mut Rng) -> Vec<Leaf> {
    let mut units: Vec<Vec<Leaf>> = Vec::new();
    for leaf in leaves {
        let group = leaf.path.get(depth).cloned();
        match units.last_mut() {
            Some(unit) if group.is_some() && unit[0].path.get(depth) == group.as_ref() => {
                unit.push(leaf);
            }
            _ => units.push(vec![leaf]),
        }
    }
    rng.shuffle(&mut units);
    units
        .into_iter()
        .flat_map(|unit| {
            if unit[0].path.len() > depth {
                permute(unit, depth + 1, rng)
            } else {
                unit
            }
        })
        .collect()
}

/// Whether the page follows this table: the lists of a form are variants of each other.
pub fn is_printed(case: &Case, table: &TableForm) -> bool {
    table.shape != Shape::List || (table.id == "fujian") == (case.dialect == Dialect::ListFujian)
}

/// Whether the page has the rows that only some provinces print.
pub fn has_optional(case: &Case) -> bool {
    case.seed.is_multiple_of(3)
}

/// Ids of the rows this page leaves out of `table`.
pub fn missing_rows(case: &Case, table: &TableForm) -> Vec<String> {
    if case.dialect != Dialect::MissingRows || table.shape == Shape::Cells || table.rows.len() < 5 {
        return Vec::new();
    }
    let mut rng = Rng::new(case.seed, "missing rows");
    let wanted = 1 + rng.below(3);
    let mut ids: Vec<String> = table
        .rows
        .iter()
        .filter(|row| row.id.starts_with("outcome.") || row.unit.is_some())
        .filter(|row| !row.optional)
        // A row with rows under it stays, and so do the ones that everything is checked against.
        .filter(|row| {
            !table
                .rows
                .iter()
                .any(|other| other.parent.as_ref() == Some(&row.id))
        })
        .filter(|row| row.id != "outcome.total")
        .map(|row| row.id.clone())
        .collect();
    rng.shuffle(&mut ids);
    ids.truncate(wanted);
    ids
}

/// For each leaf and depth: how many leaves from here on share the group, or 0 where the group
/// began above.
pub fn runs(leaves: &[Leaf], depth: usize) -> Vec<usize> {
    let same = |a: &Leaf, b: &Leaf| {
        a.path.len() > depth && b.path.len() > depth && a.path[..=depth] == b.path[..=depth]
    };
    let mut runs = vec![0; leaves.len()];
    for at in 0..leaves.len() {
        if at > 0 && same(&leaves[at - 1], &leaves[at]) {
            continue;
        }
        runs[at] = leaves[at..]
            .iter()
            .take_while(|leaf| same(&leaves[at], leaf))
            .count()
            .max(1);
    }
    runs
}

fn title_row(sheet: &mut Sheet, section: SectionKind) {
    let title = match section {
        SectionKind::ActiveDisclosure => "主动公开政府信息统计表",
        SectionKind::Requests => "政府信息公开申请办理情况统计表",
        SectionKind::Disputes => "行政复议和行政诉讼统计表",
        _ => "统计表",
    };
    let width = sheet.width();
    let unit = Row::header(vec![Cell::label("填报单位：本机关").span(1, width)]);
    let title = Row::header(vec![Cell::label(title).span(1, width)]);
    sheet.rows.splice(0..0, [title, unit]);
}

/// An empty column at the right edge and an empty row before the last one.
fn spacers(sheet: &mut Sheet) {
    let width = sheet.width();
    for row in &mut sheet.rows {
        row.cells.push(Cell::empty());
    }
    let at = sheet.rows.len().saturating_sub(1);
    let spanned = sheet.rows[..at]
        .iter()
        .enumerate()
        .any(|(number, row)| row.cells.iter().any(|cell| number + cell.rowspan > at));
    if !spanned {
        let empty = vec![Cell::of(Content::Empty); width + 1];
        sheet.rows.insert(at, Row::body(empty));
    }
}
