//! The main document: paragraphs, tables, text boxes.
//!
//! In: `word/document.xml`. Out: the [`Document`]. What Word does not show is not read: deleted and hidden text,
//! field codes, tables of contents, the older of two ways to draw one thing. One pass, no recursion.

use super::numbering::Numbering;
use super::styles::{InList, Styles};
use super::xml::{Element, Event, Events};
use super::{DocxError, xml};
use crate::model::ByteRange;
use crate::model::Code;
use crate::parse::assembly::{Assembly, count};
use crate::parse::document::{BlockKind, Cell, CellRef, Document};

/// Most elements within elements; Word's own files have 60.
const MAX_DEPTH: usize = 2_000;
/// Most columns of a row.
const MAX_COLUMNS: u32 = 1_000;
/// English Metric Units in a point.
const EMU: u64 = 12_700;

/// What is not shown, with all that is in it.
fn is_skipped(name: &str) -> bool {
    matches!(
        name,
        "del"
            | "moveFrom"
            | "delText"
            | "instrText"
            | "delInstrText"
            | "rt"
            | "mc:Fallback"
            | "sectPr"
            | "tblPrChange"
            | "pPrChange"
            | "rPrChange"
            | "tcPrChange"
            | "trPrChange"
    )
}

/// A paragraph being read.
#[derive(Debug, Default)]
struct Paragraph {
    text: String,
    bytes: Option<ByteRange>,
    in_list: InList,
    outline: Option<u8>,
    /// Something of it stands in the document already (before a line break).
    is_begun: bool,
}

/// A run of text with one look.
#[derive(Debug, Default, Clone, Copy)]
struct Run {
    is_hidden: bool,
}

/// A table being read.
#[derive(Debug)]
struct Open {
    number: u32,
    start: u32,
    rows: u32,
    column: u32,
    /// The row is deleted.
    is_deleted: bool,
    cell: Option<OpenCell>,
    /// By column: the cell that a merge from above would go on.
    above: Vec<Option<u32>>,
}

#[derive(Debug, Clone)]
struct OpenCell {
    start: u32,
    span: u32,
    merge: Merge,
    /// Set once the properties are read.
    reference: Option<CellRef>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Merge {
    None,
    Begins,
    GoesOn,
}

/// A field: its code as far as read, and whether its result has begun.
#[derive(Debug, Default)]
struct Field {
    code: String,
    is_result: bool,
}

struct Body<'s> {
    built: Assembly,
    styles: &'s Styles,
    numbering: Numbering,
    /// Names of the open elements.
    open: Vec<String>,
    /// How many of them hide what is in them.
    skipped: usize,
    paragraphs: Vec<Paragraph>,
    runs: Vec<Run>,
    tables: Vec<Open>,
    fields: Vec<Field>,
    /// Width and height of the drawing around, in points.
    extent: (u64, u64),
}

/// Reads the main document.
pub(super) fn read(
    content: &[u8],
    styles: &Styles,
    numbering: Numbering,
) -> Result<Document<'static>, DocxError> {
    let mut body = Body {
        built: Assembly::new(),
        styles,
        numbering,
        open: Vec::new(),
        skipped: 0,
        paragraphs: Vec::new(),
        runs: Vec::new(),
        tables: Vec::new(),
        fields: Vec::new(),
        extent: (0, 0),
    };
    let mut events = xml::Events::new(content);
    body.run(&mut events)?;
    Ok(body.built.finish())
}

impl Body<'_> {
    fn run(&mut self, events: &mut Events<'_>) -> Result<(), DocxError> {
        while let Some(event) = events.next().map_err(DocxError::Damaged)? {
            if self.built.is_full() {
                break;
            }
            match event {
                Event::Open(element) => {
                    if self.open.len() >= MAX_DEPTH {
                        return Err(DocxError::TooMuch("nesting"));
                    }
                    if is_skipped(&element.name) {
                        // In the properties of a row it deletes the row.
                        let in_row = self.open.last().is_some_and(|name| name == "trPr");
                        if let Some(table) = self.tables.last_mut()
                            && element.name == "del"
                            && in_row
                        {
                            table.is_deleted = true;
                        }
                        self.skipped += 1;
                    }
                    if self.skipped == 0 {
                        self.start(&element);
                    }
                    self.open.push(element.name);
                }
                Event::Close(name, at) => {
                    self.open.pop();
                    if self.skipped == 0 {
                        self.end(&name, at);
                    }
                    if is_skipped(&name) {
                        self.skipped = self.skipped.saturating_sub(1);
                    }
                }
                Event::Text { text, start, end } => self.text(&text, start, end),
            }
        }
        Ok(())
    }

    fn is_in(&self, name: &str) -> bool {
        self.open.last().is_some_and(|open| open == name)
    }

    /// Whether what stands here belongs to a deleted row, or to a cell merged into the one above.
    fn is_covered(&self) -> bool {
        self.tables.iter().any(|table| {
            let merged = |cell: &OpenCell| cell.merge == Merge::GoesOn;
            table.is_deleted || table.cell.as_ref().is_some_and(merged)
        })
    }

    fn in_contents(&self) -> bool {
        self.fields.iter().any(|field| {
            field.is_result
                && field
                    .code
                    .trim_start()
                    .to_ascii_uppercase()
                    .starts_with("TOC")
        })
    }

    fn cell(&self) -> Option<CellRef> {
        self.tables.last()?.cell.as_ref()?.reference
    }

    fn start(&mut self, element: &Element<'_>) {
        match element.name.as_str() {
            "p" => {
                self.settle_cell();
                self.paragraphs.push(Paragraph::default());
            }
            "r" => self.runs.push(Run::default()),
            "vanish" | "webHidden" if self.is_in("rPr") => {
                // The look of a paragraph's mark hides no text: that stands outside any run.
                if let Some(run) = self.runs.last_mut() {
                    run.is_hidden = element.is_on();
                }
            }
            "pStyle" | "numId" | "ilvl" | "outlineLvl" => self.property(element),
            "tab" if self.is_in("r") => self.put("\t", element.end, element.end),
            "br" | "cr" => self.break_line(),
            "noBreakHyphen" => self.put("-", element.end, element.end),
            "fldChar" => match element.attribute("fldCharType").as_deref() {
                Some("begin") => self.fields.push(Field::default()),
                Some("separate") => {
                    if let Some(field) = self.fields.last_mut() {
                        field.is_result = true;
                    }
                }
                Some("end") => {
                    self.fields.pop();
                }
                _ => {}
            },
            "wp:extent" => {
                let side = |name: &str| {
                    let emu = element
                        .attribute(name)
                        .and_then(|text| text.parse::<u64>().ok());
                    emu.unwrap_or(0) / EMU
                };
                self.extent = (side("cx"), side("cy"));
            }
            "a:blip" | "v:imagedata" => self.image(element),
            "tbl" => self.open_table(element.end),
            "tr" => self.open_row(),
            "gridBefore" => {
                if let Some(table) = self.tables.last_mut() {
                    table.column = small(element).min(MAX_COLUMNS);
                }
            }
            "tc" => self.open_cell(element.end),
            "gridSpan" | "vMerge" => self.cell_property(element),
            "altChunk" => {
                let message = "a document within the document was not read";
                self.built.find(Code::PageUnreadable, "", message);
                self.built.document.has_unread_pages = true;
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str, at: u32) {
        match name {
            "p" => self.end_paragraph(),
            "r" => {
                self.runs.pop();
            }
            "tc" => self.close_cell(at),
            "tr" => {
                if let Some(table) = self.tables.last_mut()
                    && !table.is_deleted
                {
                    table.rows += 1;
                }
            }
            "tbl" => {
                if let Some(table) = self.tables.pop() {
                    let bytes = ByteRange::new(table.start, at);
                    self.built.close_table(table.number, bytes);
                }
            }
            _ => {}
        }
    }

    /// What of a paragraph tells a heading.
    fn property(&mut self, element: &Element<'_>) {
        let styles = self.styles;
        let Some(paragraph) = self.paragraphs.last_mut() else {
            return;
        };
        let Some(value) = element.value() else { return };
        match element.name.as_str() {
            "pStyle" => {
                let (outline, in_list) = styles.of(&value);
                paragraph.outline = paragraph.outline.or(outline);
                paragraph.in_list.list = paragraph.in_list.list.or(in_list.list);
                paragraph.in_list.level = paragraph.in_list.level.or(in_list.level);
            }
            "numId" => paragraph.in_list.list = value.parse().ok(),
            "ilvl" => paragraph.in_list.level = value.parse().ok(),
            _ => paragraph.outline = value.parse().ok(),
        }
    }

    fn text(&mut self, text: &str, start: u32, end: u32) {
        if self.is_in("instrText") {
            if let Some(field) = self.fields.last_mut()
                && !field.is_result
                && field.code.len() < 1024
            {
                field.code.push_str(text);
            }
            return;
        }
        if self.skipped == 0 && self.is_in("t") {
            self.put(text, start, end);
        }
    }

    fn put(&mut self, text: &str, start: u32, end: u32) {
        let hidden = self.runs.last().is_some_and(|run| run.is_hidden);
        let code = self.fields.last().is_some_and(|field| !field.is_result);
        if hidden || code || self.is_covered() || self.in_contents() {
            return;
        }
        let Some(paragraph) = self.paragraphs.last_mut() else {
            return;
        };
        // Spaces around the text are not part of its place.
        let visible = text.trim();
        paragraph.text.push_str(text);
        if !visible.is_empty() {
            let plain = (end - start) as usize == text.len();
            let before = if plain {
                text.len() - text.trim_start().len()
            } else {
                0
            };
            let behind = if plain {
                text.len() - text.trim_end().len()
            } else {
                0
            };
            let range = ByteRange::new(start + count(before), end - count(behind));
            let all = paragraph.bytes.map_or(range, |all| all.cover(range));
            paragraph.bytes = Some(all);
        }
    }

    fn image(&mut self, _element: &Element<'_>) {
        let (width, height) = std::mem::take(&mut self.extent);
        // Bullets, rules and seals' edges; where nothing tells the size, it counts.
        let small = width > 0 && (width < 40 || height < 20);
        if small || self.is_covered() {
            return;
        }
        let cell = self.cell();
        self.built.image("picture".into(), cell);
    }

    fn break_line(&mut self) {
        if self.skipped == 0 {
            self.flush(false);
        }
    }

    fn end_paragraph(&mut self) {
        self.flush(true);
        self.paragraphs.pop();
    }

    /// What of the paragraph has been read becomes a block.
    fn flush(&mut self, is_end: bool) {
        let cell = self.cell();
        let covered = self.is_covered();
        let Some(paragraph) = self.paragraphs.last_mut() else {
            return;
        };
        let text = std::mem::take(&mut paragraph.text);
        let bytes = paragraph.bytes.take();
        let first = !std::mem::replace(&mut paragraph.is_begun, true);
        let (in_list, outline) = (paragraph.in_list, paragraph.outline);
        if covered {
            return;
        }
        let Some(bytes) = bytes else {
            if !is_end || first {
                self.built.empty();
            }
            return;
        };
        let mut text = text;
        if first
            && let Some(list) = in_list.list.filter(|list| *list > 0)
            && let Some(numeral) = self.numbering.next(list, in_list.level.unwrap_or(0))
            // A numeral before a number would make another number of it.
            && text.chars().any(char::is_alphabetic)
        {
            text.insert_str(0, numeral.trim_end());
        }
        let kind = match outline {
            Some(level @ 0..=5) if cell.is_none() => BlockKind::Heading(level + 1),
            _ if text.contains('\t') => BlockKind::Line,
            _ => BlockKind::Paragraph,
        };
        self.built.block(kind, &text, bytes, cell);
    }

    fn open_table(&mut self, start: u32) {
        self.settle_cell();
        let number = self.built.open_table(self.cell());
        self.tables.push(Open {
            number,
            start,
            rows: 0,
            column: 0,
            is_deleted: false,
            cell: None,
            above: Vec::new(),
        });
    }

    fn open_row(&mut self) {
        if let Some(table) = self.tables.last_mut() {
            table.column = 0;
            table.is_deleted = false;
        }
    }

    fn open_cell(&mut self, start: u32) {
        if let Some(table) = self.tables.last_mut() {
            table.cell = Some(OpenCell {
                start,
                span: 1,
                merge: Merge::None,
                reference: None,
            });
        }
    }

    fn cell_property(&mut self, element: &Element<'_>) {
        if !self.is_in("tcPr") {
            return;
        }
        let Some(cell) = self.tables.last_mut().and_then(|table| table.cell.as_mut()) else {
            return;
        };
        if element.name == "gridSpan" {
            cell.span = small(element).clamp(1, MAX_COLUMNS);
        } else {
            cell.merge = match element.value().as_deref() {
                Some("restart") => Merge::Begins,
                _ => Merge::GoesOn,
            };
        }
    }

    /// Places the open cell, its properties being read.
    fn settle_cell(&mut self) {
        let Some(table) = self.tables.last_mut() else {
            return;
        };
        let (row, column, number) = (table.rows, table.column, table.number);
        let Some(cell) = table.cell.as_mut() else {
            return;
        };
        if cell.reference.is_some() || table.is_deleted || column >= MAX_COLUMNS {
            return;
        }
        let span = cell.span;
        let slots = column as usize..(column + span).min(MAX_COLUMNS) as usize;
        if table.above.len() < slots.end {
            table.above.resize(slots.end, None);
        }
        if cell.merge == Merge::GoesOn {
            if let Some(above) = table.above[column as usize] {
                let reference = CellRef {
                    table: number,
                    cell: above,
                };
                cell.reference = Some(reference);
                if let Some(upper) = self.built.cell_mut(reference) {
                    upper.rowspan = (row + 1).saturating_sub(upper.row);
                }
                let rows = self.built.document.tables[number as usize].rows;
                self.built.document.tables[number as usize].rows = rows.max(row + 1);
                return;
            }
            // Nothing above to go on with: an ordinary cell.
            cell.merge = Merge::Begins;
        }
        let reference = self.built.open_cell(
            number,
            &Cell {
                row,
                column,
                rowspan: 1,
                colspan: span,
                inner: ByteRange::new(cell.start, cell.start),
                ..Cell::default()
            },
        );
        cell.reference = Some(reference);
        let begins = (cell.merge == Merge::Begins).then_some(reference.cell);
        table.above[slots].fill(begins);
    }

    fn close_cell(&mut self, at: u32) {
        self.settle_cell();
        let Some(table) = self.tables.last_mut() else {
            return;
        };
        let Some(cell) = table.cell.take() else {
            return;
        };
        table.column = table.column.saturating_add(cell.span);
        if let Some(reference) = cell.reference
            && cell.merge != Merge::GoesOn
        {
            self.built.close_cell(reference);
            if let Some(known) = self.built.cell_mut(reference) {
                known.inner.end = at.max(known.inner.start);
            }
        }
    }
}

fn small(element: &Element<'_>) -> u32 {
    let value = element.value().and_then(|text| text.parse().ok());
    value.unwrap_or(1)
}
