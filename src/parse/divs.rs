//! Grids made of other elements than `<table>`: rows and cells are `<div>`, `<li>`, `<dt>` and the like.
//!
//! In: a parsed page. Out: candidates, as tables without spans, told by structure alone: neighbours that each hold
//! several small elements and no text of their own. Menus and lists of links look just so; which candidate is a
//! table of data is for `extract` to say. Looked for only where a page is asked for them; one pass over the
//! containers, no recursion.

use super::builder::count;
use super::document::{Cell, Document, Table};

/// Most columns of a candidate; the widest statutory table has 15.
const COLUMNS: usize = 40;
/// Most rows of a candidate; the longest statutory table has 60.
const ROWS: usize = 400;
/// Most candidates of a page.
const CANDIDATES: usize = 200;
/// Most blocks and bytes of text of a cell.
const CELL_BLOCKS: u32 = 6;
const CELL_BYTES: u32 = 400;

const NONE: u32 = u32::MAX;

/// A row: so many neighbouring containers from the first on.
#[derive(Debug, Clone, Copy)]
struct Row {
    first: u32,
    cells: u32,
}

/// The page's containers as a tree.
struct Tree<'t> {
    document: &'t Document<'t>,
    first: Vec<u32>,
    next: Vec<u32>,
    children: Vec<u32>,
    /// Blocks right inside, not in an inner container.
    own: Vec<u32>,
    /// A `<table>` or control is or stands in it.
    barred: Vec<bool>,
    /// A picture stands in it.
    image: Vec<bool>,
}

impl<'t> Tree<'t> {
    fn of(document: &'t Document<'t>) -> Self {
        let total = document.containers.len();
        let mut tree = Self {
            document,
            first: vec![NONE; total],
            next: vec![NONE; total],
            children: vec![0; total],
            own: vec![0; total],
            barred: vec![false; total],
            image: vec![false; total],
        };
        for image in &document.images {
            tree.image[image.container as usize] = true;
        }
        for block in &document.blocks {
            tree.own[block.container as usize] += 1;
        }
        // A parent stands before its children: backwards, each is whole before its parent is looked at.
        for number in (1..total).rev() {
            let container = &document.containers[number];
            let parent = container.parent as usize;
            tree.next[number] = tree.first[parent];
            tree.first[parent] = count(number);
            tree.children[parent] += 1;
            let bar = matches!(container.tag, "table" | "select" | "form");
            tree.barred[number] |= bar;
            tree.barred[parent] |= tree.barred[number];
            tree.image[parent] |= tree.image[number];
        }
        tree
    }

    /// Past wrappers around a single element.
    fn unwrapped(&self, mut number: u32) -> u32 {
        while self.own[number as usize] == 0 && self.children[number as usize] == 1 {
            number = self.first[number as usize];
        }
        number
    }

    fn siblings(&self, first: u32) -> impl Iterator<Item = u32> {
        std::iter::successors((first != NONE).then_some(first), |number| {
            let next = self.next[*number as usize];
            (next != NONE).then_some(next)
        })
    }

    fn is_cell(&self, number: u32) -> bool {
        let blocks = &self.document.containers[number as usize].blocks;
        let text = self.document.blocks[blocks.start as usize..blocks.end as usize]
            .first()
            .map_or(0, |first| {
                let last = &self.document.blocks[blocks.end as usize - 1];
                last.text.end - first.text.start
            });
        !self.barred[number as usize] && blocks.len() <= CELL_BLOCKS as usize && text <= CELL_BYTES
    }

    /// The container as one row of cells.
    fn row(&self, number: u32) -> Option<Row> {
        let at = self.unwrapped(number);
        let (own, children) = (self.own[at as usize], self.children[at as usize]);
        let tag = self.document.containers[at as usize].tag;
        let many = (2..=COLUMNS).contains(&(children as usize));
        let first = self.first[at as usize];
        (own == 0
            && many
            && !matches!(tag, "table" | "td" | "th" | "caption")
            && self.siblings(first).all(|cell| self.is_cell(cell)))
        .then_some(Row {
            first,
            cells: children,
        })
    }

    /// A heading between rows: one small element with text.
    fn single(&self, number: u32) -> Option<Row> {
        let blocks = &self.document.containers[number as usize].blocks;
        let at = self.unwrapped(number);
        let plain = self.children[at as usize] == 0 && !blocks.is_empty();
        (plain && self.is_cell(number)).then_some(Row {
            first: number,
            cells: 1,
        })
    }

    /// A `<dl>` as rows: a term and the descriptions behind it.
    fn list_rows(&self, number: u32) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        let mut behind = true;
        for cell in self
            .siblings(self.first[number as usize])
            .take(ROWS * COLUMNS)
        {
            let term = self.document.containers[cell as usize].tag == "dt";
            if !self.is_cell(cell) {
                return Vec::new();
            }
            match rows.last_mut() {
                Some(row) if !(term && behind) => row.cells += 1,
                _ => rows.push(Row {
                    first: cell,
                    cells: 1,
                }),
            }
            behind = !term;
        }
        let fits = rows.iter().all(|row| row.cells as usize <= COLUMNS);
        if fits { rows } else { Vec::new() }
    }
}

/// Candidates in source order. [`Table::parent`] is the cell of a `<table>` that they stand in; their blocks still
/// name that cell as theirs.
pub fn find_grids(document: &Document<'_>) -> Vec<Table> {
    let tree = Tree::of(document);
    let total = document.containers.len();
    // Rows of containers that hold nothing else: their parent may make them part of a larger grid.
    let mut whole: Vec<Vec<Row>> = vec![Vec::new(); total];
    let mut found: Vec<(u32, Vec<Row>)> = Vec::new();
    for number in (0..count(total)).rev() {
        let at = number as usize;
        if tree.children[at] == 0 {
            continue;
        }
        if document.containers[at].tag == "dl" {
            whole[at] = tree.list_rows(number);
            continue;
        }
        if tree.own[at] == 0 && tree.children[at] == 1 {
            whole[at] = std::mem::take(&mut whole[tree.first[at] as usize]);
            continue;
        }
        let mut run: Vec<Row> = Vec::new();
        let mut until = document.containers[at].blocks.start;
        let mut broken = tree.own[at] > 0;
        let emit = |run: &mut Vec<Row>, found: &mut Vec<(u32, Vec<Row>)>| {
            if is_table(run) && found.len() < CANDIDATES {
                found.push((number, std::mem::take(run)));
            }
            run.clear();
        };
        for child in tree.siblings(tree.first[at]) {
            let blocks = &document.containers[child as usize].blocks;
            let mut rows = std::mem::take(&mut whole[child as usize]);
            if rows.len() < 2 {
                rows.clear();
                rows.extend(tree.row(child).or_else(|| tree.single(child)));
            }
            if blocks.start != until || rows.is_empty() {
                emit(&mut run, &mut found);
                // An empty element between rows is none of theirs and breaks nothing.
                broken |= !blocks.is_empty();
            }
            until = blocks.end;
            if run.len() > ROWS {
                broken = true;
            } else if run.is_empty() {
                run = rows;
            } else {
                run.append(&mut rows);
            }
        }
        if broken {
            emit(&mut run, &mut found);
        } else if is_table(&run) {
            whole[at] = run;
        }
    }
    let root = std::mem::take(&mut whole[0]);
    if is_table(&root) {
        found.push((0, root));
    }
    found.reverse();
    found
        .iter()
        .filter_map(|(container, rows)| table(&tree, *container, rows))
        .collect()
}

/// Several rows of several cells; rows of one cell are headings between them.
fn is_table(rows: &[Row]) -> bool {
    let single = rows.iter().filter(|row| row.cells == 1).count();
    rows.len() >= single + 2 && single * 2 <= rows.len() && rows.len() <= ROWS
}

fn table(tree: &Tree<'_>, container: u32, rows: &[Row]) -> Option<Table> {
    let document = tree.document;
    let mut cells: Vec<Cell> = Vec::new();
    let mut columns = 0;
    for (number, row) in (0_u32..).zip(rows) {
        let siblings = tree.siblings(row.first).take(row.cells as usize);
        for (column, cell) in (0_u32..).zip(siblings) {
            let container = &document.containers[cell as usize];
            cells.push(Cell {
                row: number,
                column,
                rowspan: 1,
                colspan: 1,
                header: false,
                blocks: container.blocks.clone(),
                inner: container.inner,
                has_image: tree.image[cell as usize],
                is_apart: false,
                has_table: false,
            });
            columns = columns.max(column + 1);
        }
    }
    let (first, last) = (cells.first()?, cells.last()?);
    let blocks = first.blocks.start..last.blocks.end;
    let parent = document.blocks.get(blocks.start as usize)?.cell;
    Some(Table {
        parent,
        container,
        bytes: first.inner.cover(last.inner),
        blocks,
        rows: count(rows.len()),
        columns,
        cells,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;

    /// The candidates of a page, rows of cell texts; every blank cell's place is checked to be its inside.
    fn grids(html: &str) -> Vec<Vec<Vec<String>>> {
        let decoded = decode(html.as_bytes(), Some("text/html; charset=utf-8"));
        let document = crate::parse::parse_html(&decoded);
        let text = |cell: &Cell| {
            let blocks = &document.blocks[cell.blocks.start as usize..cell.blocks.end as usize];
            if blocks.is_empty() {
                let inside = cell.inner.slice(html.as_bytes()).unwrap();
                assert!(inside.is_empty() || inside == b"&nbsp;", "{inside:?}");
            }
            let lines: Vec<&str> = blocks.iter().map(|b| document.block_text(b)).collect();
            lines.join("/")
        };
        let grid = |table: &Table| {
            (0..table.rows)
                .map(|row| {
                    let cells = table.cells.iter().filter(|cell| cell.row == row);
                    cells.map(text).collect()
                })
                .collect()
        };
        find_grids(&document).iter().map(grid).collect()
    }

    #[test]
    fn rows_of_small_elements_are_grids() {
        let want = [["甲", "", "2"], ["乙", "3", "4"]];
        for html in [
            "<div><div><div>甲</div><div></div><div>2</div></div><div><div>乙</div><div>3</div><div>4</div></div></div>",
            "<div><div><div><div>甲</div><div>&nbsp;</div><div>2</div></div></div><div><div>乙</div><div><div>3</div></div><div>4</div></div></div>",
            "<ul><li><div>甲</div><div></div><div>2</div></li><li><div>乙</div><div>3</div><div>4</div></li></ul>",
            "<dl><dt>甲<dd></dd><dd>2</dd><dt>乙<dd>3</dd><dd>4</dd></dl>",
            "<p>x</p><div><div>甲</div><div></div><div>2</div></div><div><div>乙</div><div>3</div><div>4</div></div><p>x</p>",
            "<table><tr><td><div><div><div>甲</div><div></div><div>2</div></div><div><div>乙</div><div>3</div><div>4</div></div></div></td></tr></table>",
        ] {
            assert_eq!(grids(html), [want], "{html}");
        }
    }

    #[test]
    fn headings_between_rows_are_rows_of_one_cell() {
        let row = "<div><div>甲</div><div>1</div></div>";
        let html = format!("<div><div>一、</div>{row}{row}<div><div>二、</div></div>{row}</div>");
        let lengths: Vec<usize> = grids(&html)[0].iter().map(Vec::len).collect();
        assert_eq!(lengths, [1, 2, 2, 1, 2]);
    }

    #[test]
    fn lines_and_tables_are_none() {
        for html in [
            "<div><div>甲</div><div>乙</div><div>丙</div><div>丁</div></div>",
            "<table><tr><td>甲</td><td>1</td></tr><tr><td>乙</td><td>2</td></tr></table>",
            "<div>甲<br>1</div><div>乙<br>2</div>",
        ] {
            assert_eq!(grids(html), Vec::<Vec<Vec<String>>>::new(), "{html}");
        }
    }
}
