//! Where the report stands on the page, and its text in order.
//!
//! The body is the innermost container that holds every recognised part of the report (statutory tables
//! and section headings), taken up to the nearest container known to the profile. Chrome around it is left
//! out by place and by tell-tale lines, never by guessing at the text.

use crate::model::ByteRange;
use crate::parse::{CellRef, Document};
use crate::profile::Profile;

use super::headings::Heading;
use super::reading::Readings;

/// A tell-tale line is short.
const LINE_CHARACTERS: usize = 40;

/// A run of the body's text: a paragraph, or one row of a table that is no statutory one.
#[derive(Debug, Clone)]
pub struct Item {
    /// As published; cells of a row are separated by tabs.
    pub text: String,
    /// Where it stands.
    pub bytes: ByteRange,
    /// Number of its first block.
    pub block: u32,
    /// Read as a section heading.
    pub heading: Option<Heading>,
    /// The page marks it up as a heading.
    pub marked: bool,
    /// Characters inside links.
    pub link_chars: u32,
}

/// The container that holds the report. `headings` are the numbers of blocks that read as section headings.
pub fn find(
    document: &Document<'_>,
    profile: &Profile,
    readings: &Readings,
    headings: &[u32],
) -> u32 {
    let tables = readings
        .tables
        .iter()
        .map(|table| document.tables[*table as usize].container);
    let flattened = readings.blocks.iter().step_by(8);
    let blocks = headings
        .iter()
        .chain(flattened)
        .map(|block| document.blocks[*block as usize].container);
    let evidence: Vec<u32> = tables.chain(blocks).collect();
    let common = evidence
        .into_iter()
        .reduce(|left, right| common_container(document, left, right));
    match common {
        Some(container) => known_around(document, profile, container).unwrap_or(container),
        None => largest_text(document, profile),
    }
}

/// The innermost container around both.
fn common_container(document: &Document<'_>, mut left: u32, mut right: u32) -> u32 {
    // A parent's number is always smaller than its child's.
    while left != right {
        if left > right {
            left = document.containers[left as usize].parent;
        } else {
            right = document.containers[right as usize].parent;
        }
    }
    left
}

fn known_around(document: &Document<'_>, profile: &Profile, container: u32) -> Option<u32> {
    let mut at = container;
    loop {
        let here = &document.containers[at as usize];
        if profile
            .body
            .containers
            .matches(here.tag, here.id, here.class)
        {
            return Some(at);
        }
        if at == 0 {
            return None;
        }
        at = here.parent;
    }
}

/// Without evidence: the innermost container with four fifths of all text outside links and dropped parts.
fn largest_text(document: &Document<'_>, profile: &Profile) -> u32 {
    let dropped = dropped_blocks(document, profile);
    let weight_of = |container: u32| -> usize {
        let range = &document.containers[container as usize].blocks;
        (range.start..range.end)
            .filter(|block| !dropped[*block as usize])
            .map(|block| {
                let block = &document.blocks[block as usize];
                let characters = document.block_text(block).chars().count();
                characters.saturating_sub(block.link_chars as usize)
            })
            .sum()
    };
    let containers = u32::try_from(document.containers.len()).unwrap_or(u32::MAX);
    let total = weight_of(0);
    let mut best = 0;
    // Children stand behind their parents and inside them: descend as long as one child holds enough. One
    // pass in order visits each container once.
    for container in 1..containers {
        if document.containers[container as usize].parent == best
            && weight_of(container) * 5 >= total * 4
        {
            best = container;
        }
    }
    best
}

/// For every block whether it stands in a container that is never part of a report.
fn dropped_blocks(document: &Document<'_>, profile: &Profile) -> Vec<bool> {
    let mut dropped = vec![false; document.blocks.len()];
    let mut end = 0;
    for container in &document.containers {
        // Containers inside an already dropped one add nothing.
        if container.blocks.end <= end {
            continue;
        }
        if profile
            .body
            .drop
            .matches(container.tag, container.id, container.class)
        {
            let range = container.blocks.start as usize..container.blocks.end as usize;
            dropped[range].fill(true);
            end = container.blocks.end;
        }
    }
    dropped
}

/// Every item of the body in order, statutory tables and flattened cells left out (but for headings printed
/// inside such a table).
pub fn items(
    document: &Document<'_>,
    profile: &Profile,
    container: u32,
    readings: &Readings,
    headings: &[Option<Heading>],
) -> Vec<Item> {
    let dropped = dropped_blocks(document, profile);
    let known = known_around(document, profile, container) == Some(container);
    let range = document.containers[container as usize].blocks.clone();
    let mut read = vec![false; document.blocks.len()];
    for block in &readings.blocks {
        read[*block as usize] = true;
    }
    let mut items = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let block = &document.blocks[at as usize];
        if read[at as usize] || (dropped[at as usize] && !known) {
            at += 1;
            continue;
        }
        if let Some(cell) = block.cell {
            if is_inside(document, cell, &readings.tables) {
                let heading = headings[at as usize]
                    .filter(|heading| heading.exact && heading.number.is_some());
                if heading.is_some() {
                    items.push(item(document, at, heading));
                }
                at += 1;
                continue;
            }
            if let Some((row, end)) = row_of_plain_table(document, cell, at, &range) {
                items.push(row);
                at = end;
                continue;
            }
        }
        items.push(item(document, at, headings[at as usize]));
        at += 1;
    }
    items
}

fn item(document: &Document<'_>, number: u32, heading: Option<Heading>) -> Item {
    let block = &document.blocks[number as usize];
    Item {
        text: document.block_text(block).to_owned(),
        bytes: block.bytes,
        block: number,
        heading,
        marked: matches!(block.kind, crate::parse::BlockKind::Heading(_)),
        link_chars: block.link_chars,
    }
}

/// Whether a cell belongs to one of these tables or to a table nested in one.
fn is_inside(document: &Document<'_>, cell: CellRef, tables: &[u32]) -> bool {
    let mut at = Some(cell);
    while let Some(cell) = at {
        if tables.contains(&cell.table) {
            return true;
        }
        at = document.tables[cell.table as usize].parent;
    }
    false
}

/// A row of a table of data as one line: short cells, several to a row, nothing nested. Layout tables are
/// read as running text instead. The line and the number of the block after it.
fn row_of_plain_table(
    document: &Document<'_>,
    cell: CellRef,
    at: u32,
    range: &std::ops::Range<u32>,
) -> Option<(Item, u32)> {
    let table = &document.tables[cell.table as usize];
    if table.columns < 2 || table.rows < 2 || table.cells.iter().any(|cell| cell.has_table) {
        return None;
    }
    let wide = table.cells.iter().any(|cell| {
        let blocks = &document.blocks[cell.blocks.start as usize..cell.blocks.end as usize];
        blocks.len() > 4 || blocks.iter().any(|block| block.text.len() > 600)
    });
    if wide {
        return None;
    }
    let row = table.cells.get(cell.cell as usize)?.row;
    let mut texts: Vec<String> = Vec::new();
    let mut bytes: Option<ByteRange> = None;
    let mut end = at;
    for (number, other) in (0_u32..).zip(&table.cells).skip(cell.cell as usize) {
        if other.row != row {
            break;
        }
        let reference = CellRef {
            table: cell.table,
            cell: number,
        };
        texts.push(document.cell_text(reference).replace('\n', " "));
        for block in document.cell_blocks(reference) {
            bytes = Some(bytes.map_or(block.bytes, |all| all.cover(block.bytes)));
        }
        end = end.max(other.blocks.end);
    }
    let item = Item {
        text: texts.join("\t").trim_end_matches('\t').to_owned(),
        bytes: bytes?,
        block: at,
        heading: None,
        marked: false,
        link_chars: 0,
    };
    (end > at && end <= range.end).then_some((item, end))
}

/// Whether a line holds one of the byline's words.
pub fn is_byline(profile: &Profile, text: &str) -> bool {
    text.chars().count() <= LINE_CHARACTERS * 3
        && profile.lines.byline.occur_in(text)
        && !text.contains('。')
}

/// Whether a line belongs to what stands under an article.
pub fn is_end(profile: &Profile, text: &str) -> bool {
    let text = text.trim_start();
    text.chars().count() <= LINE_CHARACTERS && !text.contains('。') && profile.lines.end.begin(text)
}
