//! Our parser against html5ever's tree, on hand-written, made-up, mutated and real pages.
//!
//! Compared: every table with the cell around it, every cell with its place, spans and own text, the text outside
//! of tables, and the containers around each character. White space and invisible characters are left out.
//!
//! Not compared, each detected:
//! * `<svg>` and `<math>`: foreign content has its own tokenizer rules; we read it as inline HTML;
//! * `<frameset>`: it has no text;
//! * pages beyond our cap on depth;
//! * the order of text misplaced in a table: html5ever moves it before the table, we leave it where
//!   it stood (its characters are still compared);
//! * `<body>` and `<form>` as containers: `<body>` may be implied;
//! * containers where `<li>`, `<dd>` or `<dt>` meet `</form>` or `<select>`: whether these end them depends on
//!   the inline elements open in between, which we do not keep (`<form><dd><x></form>`).

mod pages;

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use nianbao::decode::decode;
use nianbao::model::Code;
use nianbao::parse::{BlockKind, CellRef, Document, parse_html};
use scraper::{Html, Node};

use pages::{mutated, odd_page, word_page};

/// What is compared of a page.
#[derive(Debug, Default, PartialEq)]
struct View {
    tables: Vec<TableView>,
    outside: Text,
}

#[derive(Debug, Default, PartialEq)]
struct TableView {
    parent: Option<(usize, usize)>,
    size: (u32, u32),
    cells: Vec<CellView>,
}

#[derive(Debug, Default, PartialEq)]
struct CellView {
    /// Row, column, rowspan, colspan.
    place: (u32, u32, u32, u32),
    header: bool,
    text: Text,
}

/// Characters, each with a number for the containers around it.
#[derive(Debug, Default, PartialEq, Clone)]
struct Text(Vec<(char, u64)>);

impl Text {
    fn push(&mut self, text: &str, path: u64) {
        let visible = |character: &char| {
            !character.is_whitespace()
                && !character.is_control()
                && !matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fffd}')
        };
        self.0.extend(
            text.chars()
                .filter(visible)
                .map(|character| (character, path)),
        );
    }

    fn without_path(&mut self) {
        for (_, path) in &mut self.0 {
            *path = 0;
        }
    }
}

impl View {
    fn texts(&mut self) -> impl Iterator<Item = &mut Text> {
        let cells = self.tables.iter_mut().flat_map(|table| &mut table.cells);
        cells.map(|cell| &mut cell.text).chain([&mut self.outside])
    }

    fn without_paths(&mut self) {
        self.texts().for_each(Text::without_path);
    }
}

const CONTAINERS: &str = " address article aside blockquote center details dialog dir div dl dd dt li fieldset \
    figcaption figure footer header hgroup main menu nav ol pre listing search section select summary ul table \
    caption td th ";

fn is_container(name: &str) -> bool {
    !name.is_empty() && CONTAINERS.contains(&format!(" {name} "))
}

fn deeper(path: u64, name: &str) -> u64 {
    name.bytes()
        .fold(path.wrapping_mul(31).wrapping_add(7), |path, byte| {
            path.wrapping_mul(1_099_511_628_211) ^ u64::from(byte)
        })
}

/// Our view, and whether it has text directly in a table's structure or in a caption.
fn ours(document: &Document<'_>) -> (View, bool) {
    let mut paths: Vec<u64> = Vec::new();
    for container in &document.containers {
        let path = paths
            .get(container.parent as usize)
            .copied()
            .unwrap_or_default();
        paths.push(if is_container(container.tag) {
            deeper(path, container.tag)
        } else {
            path
        });
    }
    let key = |cell: CellRef| (cell.table as usize, cell.cell as usize);
    let mut view = View::default();
    for table in &document.tables {
        let cells = table.cells.iter().map(|cell| CellView {
            place: (cell.row, cell.column, cell.rowspan, cell.colspan),
            header: cell.header,
            text: Text::default(),
        });
        view.tables.push(TableView {
            parent: table.parent.map(key),
            size: (table.rows, table.columns),
            cells: cells.collect(),
        });
    }
    for block in &document.blocks {
        let text = match block.cell.map(key) {
            Some((table, cell)) => &mut view.tables[table].cells[cell].text,
            None => &mut view.outside,
        };
        text.push(document.block_text(block), paths[block.container as usize]);
    }
    let misplaced = document.tables.iter().any(|table| {
        document.blocks[table.blocks.start as usize..table.blocks.end as usize]
            .iter()
            .any(|block| block.cell == table.parent)
    });
    (view, misplaced)
}

/// An element on the way through html5ever's tree.
#[derive(Clone, Copy, Default)]
struct Around {
    table: Option<usize>,
    cell: Option<(usize, usize)>,
    path: u64,
}

struct OracleCell {
    row: u32,
    colspan: Option<String>,
    rowspan: Option<String>,
}

/// Row groups of a table: whether it is a foot, and the cells of its rows.
#[derive(Default)]
struct OracleTable {
    groups: Vec<(bool, u32, Vec<OracleCell>)>,
}

fn theirs(html: &Html) -> View {
    let mut view = View::default();
    let mut grids: Vec<OracleTable> = Vec::new();
    let mut open = vec![(html.tree.root(), Around::default())];
    while let Some((node, mut around)) = open.pop() {
        match node.value() {
            Node::Text(text) => {
                let into = match around.cell {
                    Some((table, cell)) => &mut view.tables[table].cells[cell].text,
                    None => &mut view.outside,
                };
                into.push(text, around.path);
            }
            Node::Element(element) => {
                let name = element.name();
                match name {
                    "script" | "style" | "template" | "noscript" | "iframe" | "noembed"
                    | "noframes" | "title" => {
                        continue;
                    }
                    "table" => {
                        around.table = Some(view.tables.len());
                        view.tables.push(TableView {
                            parent: around.cell,
                            ..TableView::default()
                        });
                        grids.push(OracleTable::default());
                    }
                    "thead" | "tbody" | "tfoot" => {
                        let grid = &mut grids[around.table.expect("a table around the group")];
                        grid.groups.push((name == "tfoot", 0, Vec::new()));
                    }
                    "tr" => {
                        let grid = &mut grids[around.table.expect("a table around the row")];
                        grid.groups.last_mut().expect("a group around the row").1 += 1;
                    }
                    "td" | "th" => {
                        let number = around.table.expect("a table around the cell");
                        let group = grids[number]
                            .groups
                            .last_mut()
                            .expect("a group around the cell");
                        group.2.push(OracleCell {
                            row: group.1 - 1,
                            colspan: element.attr("colspan").map(str::to_owned),
                            rowspan: element.attr("rowspan").map(str::to_owned),
                        });
                        let cells = &mut view.tables[number].cells;
                        around.cell = Some((number, cells.len()));
                        cells.push(CellView {
                            header: name == "th",
                            ..CellView::default()
                        });
                    }
                    _ => {}
                }
                if is_container(name) {
                    around.path = deeper(around.path, name);
                }
                open.extend(node.children().rev().map(|child| (child, around)));
            }
            _ => open.extend(node.children().rev().map(|child| (child, around))),
        }
    }
    for (table, grid) in view.tables.iter_mut().zip(grids) {
        place(table, &grid);
    }
    view
}

/// HTML 4.9.12 by the letter, slot by slot, but for rowspans cut to their row group.
fn place(table: &mut TableView, grid: &OracleTable) {
    let integer = |value: &Option<String>| -> Option<u32> {
        let value = value
            .as_deref()?
            .trim_start_matches([' ', '\t', '\n', '\r', '\x0c']);
        let digits: String = value
            .trim_start_matches('+')
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        if digits.is_empty() || value.starts_with("++") {
            return None;
        }
        Some(digits.parse().unwrap_or(u32::MAX))
    };
    let mut places = vec![Vec::new(); grid.groups.len()];
    let mut top = 0;
    for foot in [false, true] {
        for (number, (_, rows, cells)) in grid
            .groups
            .iter()
            .enumerate()
            .filter(|(_, group)| group.0 == foot)
        {
            let mut taken = HashSet::new();
            let mut next: HashMap<u32, u32> = HashMap::new();
            for cell in cells {
                let colspan = match integer(&cell.colspan) {
                    None | Some(0) => 1,
                    Some(count) => count.min(1000),
                };
                let left = rows - cell.row;
                let rowspan = match integer(&cell.rowspan) {
                    None => 1,
                    Some(0) => left,
                    Some(count) => count.min(left),
                };
                let column = next.entry(cell.row).or_default();
                while taken.contains(&(cell.row, *column)) {
                    *column += 1;
                }
                let start = *column;
                *column += colspan;
                for row in cell.row..cell.row + rowspan {
                    taken.extend((start..start + colspan).map(|column| (row, column)));
                }
                table.size.1 = table.size.1.max(start + colspan);
                places[number].push((top + cell.row, start, rowspan, colspan));
            }
            top += rows;
        }
    }
    table.size.0 = top;
    for (cell, place) in table.cells.iter_mut().zip(places.concat()) {
        cell.place = place;
    }
}

/// What differs, if the page is one to compare.
fn difference(page: &str) -> Option<String> {
    let decoded = decode(page.as_bytes(), None);
    let lower = decoded.text.to_ascii_lowercase();
    if ["<svg", "<math", "<frameset"]
        .iter()
        .any(|tag| lower.contains(tag))
    {
        return None;
    }
    let document = parse_html(&decoded);
    check_ranges(&document, page);
    let beyond = |code| matches!(code, Code::NestingTooDeep | Code::TableTooLarge);
    if document.findings.iter().any(|finding| beyond(finding.code)) {
        return None;
    }
    let (mut ours, misplaced) = ours(&document);
    let mut theirs = theirs(&Html::parse_document(&decoded.text));
    if misplaced {
        for text in ours.texts().chain(theirs.texts()) {
            text.without_path();
            text.0.sort_unstable();
        }
    }
    let has = |tags: &[&str]| tags.iter().any(|tag| lower.contains(tag));
    if has(&["</form", "<select"]) && has(&["<li", "<dd", "<dt"]) && ours != theirs {
        ours.without_paths();
        theirs.without_paths();
    }
    if ours == theirs {
        return None;
    }
    if ours.tables.len() != theirs.tables.len() {
        return Some(format!(
            "{} tables, not {}",
            ours.tables.len(),
            theirs.tables.len()
        ));
    }
    for (number, (our, their)) in ours.tables.iter().zip(&theirs.tables).enumerate() {
        if our != their {
            return Some(format!(
                "table {number}:\n ours  {our:?}\n theirs {their:?}"
            ));
        }
    }
    Some(format!(
        "outside:\n ours  {:?}\n theirs {:?}",
        ours.outside, theirs.outside
    ))
}

/// Ranges lie in the page and in each other, blocks in order.
fn check_ranges(document: &Document<'_>, page: &str) {
    let mut behind = (0, 0);
    for block in &document.blocks {
        assert!(
            block.text.start >= behind.0 && block.text.start < block.text.end,
            "{page}"
        );
        assert!(
            block.bytes.start >= behind.1 && block.bytes.start < block.bytes.end,
            "{page}"
        );
        behind = (block.text.end, block.bytes.end);
        let text = document.block_text(block);
        assert!(
            block.kind == BlockKind::Line || !text.contains('\n'),
            "{page}"
        );
        assert!(block.link_chars as usize <= text.chars().count(), "{page}");
    }
    assert!(behind.1 as usize <= page.len(), "{page}");
    for container in &document.containers {
        let parent = &document.containers[container.parent as usize];
        assert!(parent.blocks.start <= container.blocks.start, "{page}");
        assert!(container.blocks.start <= container.blocks.end, "{page}");
        assert!(container.blocks.end <= parent.blocks.end, "{page}");
    }
    for link in &document.links {
        assert!(
            document
                .text
                .get(link.text.start as usize..link.text.end as usize)
                .is_some(),
            "{page}"
        );
    }
    for table in &document.tables {
        assert!(
            table.bytes.start < table.bytes.end || page.is_empty(),
            "{page}"
        );
        for cell in &table.cells {
            assert!(
                cell.row + cell.rowspan <= table.rows
                    && cell.column + cell.colspan <= table.columns,
                "{page}"
            );
            assert!(cell.rowspan > 0 && cell.colspan > 0, "{page}");
            assert!(
                table.bytes.start <= cell.inner.start && cell.inner.end <= table.bytes.end,
                "{page}"
            );
            assert!(cell.inner.start <= cell.inner.end, "{page}");
            assert!(
                table.blocks.start <= cell.blocks.start && cell.blocks.end <= table.blocks.end,
                "{page}"
            );
        }
    }
}

/// The page without all that can go while it still differs.
fn shrunk(page: &str) -> String {
    let mut page = page.to_owned();
    let mut size = page.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < page.len() {
            let end = (at + size).min(page.len());
            if page.is_char_boundary(at) && page.is_char_boundary(end) {
                let shorter = page[..at].to_owned() + &page[end..];
                if difference(&shorter).is_some() {
                    page = shorter;
                    continue;
                }
            }
            at += size;
        }
        size /= 2;
    }
    page
}

fn check(pages: impl Iterator<Item = String>) {
    let mut failed = 0;
    let mut count = 0;
    for page in pages {
        count += 1;
        if difference(&page).is_some() {
            failed += 1;
            if failed <= 8 {
                let page = shrunk(&page);
                println!("{page:?}\n{}\n", difference(&page).unwrap_or_default());
            }
        }
    }
    println!("{count} pages compared");
    assert_eq!(failed, 0, "pages of {count} differ");
}

#[test]
fn hand_written_pages_agree() {
    let pages = [
        "<table><td>a<td>b<tr>c<td>d</table>e",
        "<table><tr><td>a</table></td>b<td>c",
        "<table><tr><td>a<table><tr><td>b</table>c</td>d</tr>e</table>f",
        "<table><form><tr><td>a</form><td>b</table></form>c",
        "<form><table><tr><td></form><form>a</table>b</form>c",
        "<table><caption>a<table><td>b</table>c<td>d</caption><td>e</table>",
        "<table><colgroup><col>a<col><td>b</colgroup><td>c</table>",
        "<table><thead><td>a<tfoot><td>b<tbody><td>c</thead><td>d</table>",
        "<table><div>a<tr>b<td>c</div>d</table>e",
        "<p>a<table><td><p>b</table>c</p>d",
        "<div><table><td></div>a</table>b</div>c",
        "<table><td><object><td>a</object>b</table>",
        "<button><table><td>a</button>b<td>c</table>d</button>e",
        "<select><option>a<table><td>b</select>c",
        "<table><select><option>a<tr><td>b</table></select>c",
        "<table><textarea><td></textarea><tr><td>a</table>",
        "<table><script><td></script><style><td></style><tr><td>a",
        "<table><template><td>x</template><tr><template></tr></template><td>a",
        "<b><p>a<table><b>b<td>c</b>d</table>e</b>f",
        "<a href=x><table><a href=y>a<td>b</a>c</table>d</a>e",
        "<ul><li>a<table><td><li>b</table><li>c</ul>d",
        "<dl><dt>a<dd>b<div><dd>c</div><dt>d</dl>",
        "<h1>a<h2>b<div></h1>c",
        "<table><tbody><tr><table><td>a</table><td>b",
        "<table><tr><td>a</tbody><td>b</thead><td>c</table>",
        "<table></tr></td><td>a</th>b</caption>c</tfoot>d</table>",
        "<plaintext><table><td>a",
        "a<table><plaintext><td>b",
        "<table><td><plaintext></td>b",
        "<xmp><td></xmp><iframe><td></iframe><noembed><td></noembed>a",
        "<head><title>a<td></title><td>b<body class=x>c</body>d</html>e",
        "<table><tr><td>&notit;&#x80;&ampx;&nbspx&#xfffffff;",
        "<TABLE><TR><TD COLSPAN=' 2 ' ROWSPAN=0>a<TH>b<TR><TD>c</TABLE>",
        "<table><td colspan=2 colspan=3>a<tr><td rowspan='2>'>b<td>c</table>",
        "\0<table>\0<td>a\0b</table>\0c",
        "<table><hr><br>a<p>b</p></p><input type=hidden><input><td>c</table>",
        "<marquee><td><table><td>a</marquee>b</table></marquee>c",
        "<li>a<ul><li>b</li></li>c</ul></li>d",
        "<center><table><td>a</center>b</table>c</center>d",
        "<p>a<button><p>b</button>c</p>d",
    ];
    check(pages.into_iter().map(str::to_owned));
}

#[test]
fn made_up_pages_agree() {
    check((0..3_000).map(odd_page));
    check((0..3).map(|seed| word_page(seed, 100_000)));
}

#[test]
fn mutated_pages_agree() {
    check((0..20_000).map(|seed| mutated(&odd_page(seed / 2), seed)));
}

#[test]
fn real_pages_agree() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let mut pages = Vec::new();
    for folder in [corpus.clone(), corpus.join("lists")] {
        let Ok(entries) = fs::read_dir(folder) else {
            println!("skipped: no corpus beside the repository");
            return;
        };
        for entry in entries.flatten() {
            if entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "html")
            {
                let bytes = fs::read(entry.path()).expect("readable");
                pages.push(decode(&bytes, None).text.into_owned());
            }
        }
    }
    assert!(!pages.is_empty());
    check(pages.iter().cloned());
    check((0..200).map(|seed| mutated(&pages[usize::try_from(seed).unwrap() % pages.len()], seed)));
}
