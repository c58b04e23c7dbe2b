//! Where the report stands on the page, and its text in order.
//!
//! The body is the innermost container that holds every recognised part of the report (statutory tables
//! and section headings), taken up to the nearest container known to the profile. Chrome around it is left
//! out by place and by tell-tale lines, never by guessing at the text.

use std::borrow::Cow;

use crate::model::ByteRange;
use crate::normalize::Label;
use crate::parse::{Block, Cell, CellRef, Document, Table};
use crate::profile::Profile;

use super::headings::Heading;
use super::lexicon::Lexicon;
use super::reading::Readings;

/// A tell-tale line is short.
const LINE_CHARACTERS: usize = 40;

/// A run of the body's text: a paragraph, or one row of a table that is no statutory one.
#[derive(Debug, Clone)]
pub struct Item<'d> {
    /// As published; cells of a row are separated by tabs.
    pub text: Cow<'d, str>,
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
    readings: &Readings<'_>,
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
    let dropped = dropped_blocks(document, profile, 0, &[]);
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

/// For every block whether it stands in a container that is never part of a report. A container around the
/// body or around a part of the report (`evidence`, block numbers in order) is not dropped, whatever its
/// name.
fn dropped_blocks(
    document: &Document<'_>,
    profile: &Profile,
    body: u32,
    evidence: &[u32],
) -> Vec<bool> {
    let mut dropped = vec![false; document.blocks.len()];
    let body = &document.containers[body as usize].blocks;
    let mut end = 0;
    for container in &document.containers {
        let blocks = &container.blocks;
        // Containers inside an already dropped one add nothing.
        if blocks.end <= end || (blocks.start <= body.start && blocks.end >= body.end) {
            continue;
        }
        if !profile
            .body
            .drop
            .matches(container.tag, container.id, container.class)
        {
            continue;
        }
        let next = evidence.partition_point(|block| *block < blocks.start);
        if evidence.get(next).is_some_and(|block| *block < blocks.end) {
            continue;
        }
        dropped[blocks.start as usize..blocks.end as usize].fill(true);
        end = blocks.end;
    }
    dropped
}

/// Prose over the whole width of a table: where all of a report stands in one, its text does too.
fn is_prose_row(document: &Document<'_>, cell: CellRef, block: &Block) -> bool {
    let table = &document.tables[cell.table as usize];
    let whole = table.cells[cell.cell as usize].colspan >= table.columns;
    let text = document.block_text(block);
    whole && table.columns > 2 && text.contains('。') && text.chars().count() >= PROSE_CHARACTERS
}

/// Shorter lines in a table's full width are its title, unit or remark.
const PROSE_CHARACTERS: usize = 20;

/// Every item of the body in order, statutory tables and flattened cells left out (but for headings printed
/// inside such a table).
pub fn items<'d>(
    document: &'d Document<'_>,
    profile: &Profile,
    container: u32,
    readings: &Readings<'_>,
    headings: &[Option<Heading>],
    heading_blocks: &[u32],
) -> Vec<Item<'d>> {
    let mut evidence: Vec<u32> = readings.blocks.clone();
    evidence.extend(heading_blocks);
    let starts = readings
        .tables
        .iter()
        .map(|table| document.tables[*table as usize].blocks.start);
    evidence.extend(starts);
    evidence.sort_unstable();
    let dropped = dropped_blocks(document, profile, container, &evidence);
    let mut statutory = vec![false; document.tables.len()];
    for table in &readings.tables {
        statutory[*table as usize] = true;
    }
    let plain = plain_tables(document);
    let range = document.containers[container as usize].blocks.clone();
    let mut read = vec![false; document.blocks.len()];
    for block in &readings.blocks {
        read[*block as usize] = true;
    }
    let mut items = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let block = &document.blocks[at as usize];
        if read[at as usize] || dropped[at as usize] {
            at += 1;
            continue;
        }
        if let Some(cell) = block.cell {
            if is_inside(document, cell, &statutory) {
                let heading = headings[at as usize]
                    .filter(|heading| heading.exact && heading.number.is_some())
                    .filter(|_| !is_list_row(document.block_text(block)));
                if heading.is_some() || is_prose_row(document, cell, block) {
                    items.push(item(document, at, heading));
                }
                at += 1;
                continue;
            }
            if plain[cell.table as usize]
                && let Some((row, end)) = row_of_plain_table(document, cell, at, &range)
            {
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

fn item<'d>(document: &'d Document<'_>, number: u32, heading: Option<Heading>) -> Item<'d> {
    let block = &document.blocks[number as usize];
    Item {
        text: Cow::Borrowed(document.block_text(block)),
        bytes: block.bytes,
        block: number,
        heading,
        marked: matches!(block.kind, crate::parse::BlockKind::Heading(_)),
        link_chars: block.link_chars,
    }
}

/// Rows of the lists are numbered like sections (`一、主动公开情况`).
fn is_list_row(text: &str) -> bool {
    let core = Label::new(text).core;
    let lists = &Lexicon::get().lists;
    lists.iter().any(|list| list.rows.contains_key(&core))
}

/// Whether a cell belongs to one of these tables or to a table nested in one.
fn is_inside(document: &Document<'_>, cell: CellRef, tables: &[bool]) -> bool {
    let mut at = Some(cell);
    while let Some(cell) = at {
        if tables[cell.table as usize] {
            return true;
        }
        at = document.tables[cell.table as usize].parent;
    }
    false
}

/// For every table whether it holds data: short cells, several to a row, nothing nested.
fn plain_tables(document: &Document<'_>) -> Vec<bool> {
    let wide = |cell: &Cell| {
        let blocks = &document.blocks[cell.blocks.start as usize..cell.blocks.end as usize];
        blocks.len() > 4 || blocks.iter().any(|block| block.text.len() > 600)
    };
    let plain = |table: &Table| {
        table.columns >= 2
            && table.rows >= 2
            && !table.cells.iter().any(|cell| cell.has_table || wide(cell))
    };
    document.tables.iter().map(plain).collect()
}

/// A row of a table of data as one line. The line and the number of the block after it.
fn row_of_plain_table<'d>(
    document: &'d Document<'_>,
    cell: CellRef,
    at: u32,
    range: &std::ops::Range<u32>,
) -> Option<(Item<'d>, u32)> {
    let table = &document.tables[cell.table as usize];
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
        text: Cow::Owned(texts.join("\t").trim_end_matches('\t').to_owned()),
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
