//! PDF → [`Document`].
//!
//! In: a file's bytes. Out: paragraphs and tables as from any other page, each with its bytes in the decoded content
//! of its page, and those contents; or in a line why there are none. Tables are what ruling lines make; text is
//! what the fonts say it is. A scan has neither and is refused: recognising pictures is not reading. The file is
//! hostile: counts and sizes are bounded, and what panics in the libraries is an error here.

mod across;
mod content;
mod flow;
mod font;
mod ink;
mod lines;
mod matrix;
mod names;
mod path;
mod ruled;
mod sheet;
mod stream;
mod turn;

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use super::PartBytes;
use super::assembly::{Assembly, count};
use super::document::{BlockKind, Cell, Document};
use crate::model::{ByteRange, Code};
use flow::Piece;
use ink::Press;
use sheet::PageTable;

/// Most pages that are read; the longest reports have 60.
const MAX_PAGES: usize = 400;
/// A page with fewer characters and a picture is a scan.
const FEW: usize = 12;

/// Why a PDF gives no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PdfError {
    /// No PDF reader could open it.
    #[error("a damaged PDF file")]
    Damaged,
    /// It asks for a password.
    #[error("an encrypted PDF file: save it without a password and import that")]
    Encrypted,
    /// More of something than any report has.
    #[error("a PDF file with too much to be a report: {0}")]
    TooMuch(&'static str),
    /// All pages are pictures.
    #[error(
        "a scanned PDF file ({pages} pages, no text): text recognition is not part of this program"
    )]
    Scanned {
        /// How many.
        pages: usize,
    },
    /// Its fonts do not say what their characters are.
    #[error(
        "a PDF file whose fonts do not tell the text ({unmapped} of {characters} characters unknown)"
    )]
    NoText {
        /// Characters without text.
        unmapped: usize,
        /// All characters shown.
        characters: usize,
    },
}

/// A PDF as a document.
#[derive(Debug)]
pub struct PdfPages {
    /// Its text and tables.
    pub document: Document<'static>,
    /// What byte ranges count in: the decoded content of each page and form, in the order first shown.
    pub parts: Vec<PartBytes>,
    /// Characters whose text nothing tells; U+FFFD in the text.
    pub unmapped: u32,
}

/// Reads a PDF file.
///
/// # Errors
///
/// [`PdfError`] where no text can be read, or more than any report has.
pub fn parse_pdf(bytes: &[u8]) -> Result<PdfPages, PdfError> {
    // A panic in a library on a damaged file is damage, and nothing of ours is left half changed.
    catch_unwind(AssertUnwindSafe(|| read(bytes))).unwrap_or(Err(PdfError::Damaged))
}

fn read(bytes: &[u8]) -> Result<PdfPages, PdfError> {
    if !stream::objects_are_bounded(bytes) {
        return Err(PdfError::TooMuch("objects"));
    }
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| match error {
        LoadPdfError::Decryption(
            DecryptionError::PasswordProtected | DecryptionError::UnsupportedAlgorithm,
        ) => PdfError::Encrypted,
        _ => PdfError::Damaged,
    })?;
    let pages = pdf.pages();
    if pages.is_empty() {
        return Err(PdfError::Damaged);
    }
    if pages.len() > MAX_PAGES {
        return Err(PdfError::TooMuch("pages"));
    }
    let mut press = Press::default();
    let mut sheets = Vec::with_capacity(pages.len());
    let (mut unmapped, mut characters) = (0, 0);
    // Pages without text of their own: scans, and those that could not be decoded.
    let mut scans: Vec<usize> = Vec::new();
    let mut damaged: Vec<usize> = Vec::new();
    let mut drawings: Vec<usize> = Vec::new();
    for (number, page) in pages.iter().enumerate() {
        let ink = press.page(number, page)?;
        let ink = press.finish(ink);
        unmapped += ink.unmapped;
        characters += ink.glyphs.len();
        let shown = ink.glyphs.iter();
        let shown = shown.filter(|glyph| !ink.text_of(glyph).trim().is_empty());
        let is_scan = shown.count() < FEW && !ink.pictures.is_empty();
        let mut sheet = sheet::sheet(&ink);
        if ink.damaged {
            damaged.push(number + 1);
        } else if is_scan {
            scans.push(number + 1);
            sheet.items.clear();
            sheet.items.push(sheet::Item::Picture(ink.pictures[0]));
        } else if sheet.is_drawing {
            drawings.push(number + 1);
        }
        sheets.push(sheet);
    }
    let with_text = sheets.iter().flat_map(|sheet| &sheet.items);
    if !with_text
        .into_iter()
        .any(|item| !matches!(item, sheet::Item::Picture(_)))
    {
        return Err(if damaged.is_empty() {
            PdfError::Scanned { pages: pages.len() }
        } else {
            PdfError::Damaged
        });
    }
    if unmapped * 5 > characters {
        return Err(PdfError::NoText {
            unmapped,
            characters,
        });
    }
    let flow = flow::flow(sheets);
    let mut built = Assembly::new();
    let unread: Vec<usize> = [scans.as_slice(), &damaged, &drawings].concat();
    for (pages, what) in [
        (&scans, "a picture without text"),
        (&damaged, "damaged; its content could not be decoded"),
        (
            &drawings,
            "a drawing with too many lines to look for tables",
        ),
    ] {
        for page in pages {
            built.find(Code::PageUnreadable, format!("page {page}"), what);
        }
    }
    for page in &flow.unruled {
        let message = "columns without ruling lines: read as lines of text";
        built.find(Code::TableUnruled, format!("page {page}"), message);
    }
    if unmapped > 0 {
        let message = format!("{unmapped} characters whose fonts do not tell the text");
        built.find(Code::ReplacementCharacters, "", message);
    }
    for piece in flow.pieces {
        emit(&mut built, piece);
    }
    let mut document = built.finish();
    document.has_unread_pages = !unread.is_empty();
    Ok(PdfPages {
        document,
        parts: press.parts,
        unmapped: count(unmapped),
    })
}

fn emit(built: &mut Assembly, piece: Piece) {
    match piece {
        Piece::Paragraph {
            text,
            bytes,
            is_title,
        } => {
            let kind = if is_title {
                BlockKind::Heading(1)
            } else {
                BlockKind::Paragraph
            };
            built.block(kind, &text, bytes, None);
        }
        Piece::Picture(name) => built.image(name, None),
        Piece::Table(table) => emit_table(built, &table),
    }
}

fn emit_table(built: &mut Assembly, table: &PageTable) {
    let borders = across::borders(table);
    let number = built.open_table(None);
    if table.is_broken {
        let message = "its ruling lines do not close; cells there were cut row by row";
        built.find(Code::RulesOpen, format!("table {number}"), message);
    }
    for row in &table.doubtful {
        let message = "a page break may cut a row: its blank cells are not read";
        built.find(Code::RowCut, format!("table {number}, row {row}"), message);
    }
    let mut bytes: Option<ByteRange> = None;
    for cell in &table.cells {
        let doubtful = cell.paragraphs.is_empty() && table.doubtful.contains(&cell.row);
        if built.is_full() {
            break;
        }
        let first = across::border_at(&borders, cell.x0);
        let last = across::border_at(&borders, cell.x1);
        let reference = built.open_cell(
            number,
            &Cell {
                row: count(cell.row),
                column: count(first),
                rowspan: count(cell.rows.max(1)),
                colspan: count(last.saturating_sub(first).max(1)),
                inner: ByteRange {
                    end: cell.place.start,
                    ..cell.place
                },
                has_image: cell.has_picture || doubtful,
                ..Cell::default()
            },
        );
        for (text, place) in &cell.paragraphs {
            built.block(BlockKind::Paragraph, text, *place, Some(reference));
            bytes = Some(bytes.map_or(*place, |all| all.cover(*place)));
        }
        built.close_cell(reference);
    }
    built.close_table(number, bytes.unwrap_or_default());
}
