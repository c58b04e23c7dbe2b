//! Bodies about whole pages: tables, reports, pages written anew.

use nianbao::decode::{Media, decode, decode_in, media};
use nianbao::facsimile::{Banner, FRAGMENT, Highlight, facsimile as show};
use nianbao::model::{ByteRange, CellStatus, Observation, Report};
use nianbao::normalize::read_cell;
use nianbao::parse::{Document, Table, is_invisible, parse_html, parse_text};
use nianbao::pipeline::{Origin, read};
use nianbao::profile::Profile;

use super::{Input, check_value};

/// Most slots of a table's grid.
const MAX_SLOTS: u64 = 4_000_000;

/// What the parser makes of a page: numbers that lead somewhere, ranges that nest, cells within their grid.
pub fn grid(data: &[u8]) {
    let Some(input) = Input::new(data) else {
        return;
    };
    let decoded = decode(input.bytes, input.content_type);
    let document = if input.pick % 2 == 0 {
        parse_html(&decoded)
    } else {
        parse_text(&decoded)
    };
    let size = u32::try_from(input.bytes.len()).expect("a short input");
    let whole = ByteRange::new(0, size);
    for (number, container) in (0_u32..).zip(&document.containers) {
        assert!(container.parent < number.max(1), "parents come first");
        assert!(container.blocks.end as usize <= document.blocks.len());
        let _ = document.blocks_of(number);
    }
    let mut text_end = 0;
    for block in &document.blocks {
        assert!(within(block.bytes, whole), "{block:?}");
        assert!(block.text.start >= text_end && block.text.end > block.text.start);
        text_end = block.text.end;
        let text = document.block_text(block);
        assert!(!text.trim().is_empty(), "a block of nothing");
        assert!((block.container as usize) < document.containers.len());
        if let Some(cell) = block.cell {
            let cell = &document.tables[cell.table as usize].cells[cell.cell as usize];
            assert!(within(block.bytes, cell.inner), "{block:?} in {cell:?}");
        }
    }
    for (number, table) in document.tables.iter().enumerate() {
        check_table(&document, table, number, whole);
    }
}

fn within(inner: ByteRange, outer: ByteRange) -> bool {
    inner.start <= inner.end && outer.start <= inner.start && inner.end <= outer.end
}

fn check_table(document: &Document<'_>, table: &Table, number: usize, whole: ByteRange) {
    assert!(within(table.bytes, whole), "{:?}", table.bytes);
    if let Some(parent) = table.parent {
        assert!((parent.table as usize) < number, "nested tables follow");
        let cells = &document.tables[parent.table as usize].cells;
        let around = &cells[parent.cell as usize];
        assert!(around.has_table);
        assert!(within(table.bytes, around.inner));
    }
    assert!(u64::from(table.rows) * u64::from(table.columns) <= MAX_SLOTS);
    let grid = table.grid();
    let mut before = (0, 0);
    for (cell_number, cell) in (0_u32..).zip(&table.cells) {
        assert!(cell.rowspan >= 1 && cell.colspan >= 1, "{cell:?}");
        assert!(
            cell.row + cell.rowspan <= table.rows,
            "{cell:?} of {} rows",
            table.rows
        );
        assert!(cell.column + cell.colspan <= table.columns, "{cell:?}");
        assert!(
            within(cell.inner, table.bytes),
            "{cell:?} in {:?}",
            table.bytes
        );
        assert!(cell.blocks.start <= cell.blocks.end);
        assert!(cell.blocks.end as usize <= document.blocks.len());
        // A cell starts where no earlier one reaches (WHATWG, forming a table): only spans overlap.
        let origin = grid[cell.row as usize][cell.column as usize];
        assert_eq!(origin, Some(cell_number), "{cell:?} starts within another");
        assert!((cell.row, cell.column) >= before, "cells out of order");
        before = (cell.row, cell.column);
        let reference = nianbao::parse::CellRef {
            table: u32::try_from(number).expect("few tables"),
            cell: cell_number,
        };
        let bytes = document.cell_bytes(reference);
        assert!(within(bytes, cell.inner));
    }
}

/// A report says what the page says: each number stands in the bytes it is proved by.
pub fn extract(data: &[u8]) {
    let Some(input) = Input::new(data) else {
        return;
    };
    let origin = Origin {
        url: None,
        content_type: input.content_type,
    };
    let Ok(report) = read(input.bytes, origin, Profile::generic()) else {
        return;
    };
    let mut seen = std::collections::HashSet::new();
    for observation in &report.observations {
        assert!(
            seen.insert(observation.indicator),
            "one cell twice: {observation:?}"
        );
        check_observation(&report, observation, input);
    }
    let mut before = 0;
    for section in &report.sections {
        assert!(
            section.bytes.slice(input.bytes).is_some(),
            "{:?}",
            section.bytes
        );
        assert!(before <= section.bytes.start, "sections out of order");
        before = section.bytes.start;
    }
    if let Some(year) = report.year {
        assert!((1949..2999).contains(&year), "{year}");
    }
    let chosen = report
        .published
        .map(|day| report.dates.iter().any(|date| date.value == day));
    assert_ne!(chosen, Some(false), "a date from nowhere");
}

fn check_observation(report: &Report, observation: &Observation, input: Input<'_>) {
    let Observation {
        status,
        value,
        raw,
        source,
        ..
    } = observation;
    assert_eq!(
        value.is_some(),
        *status == CellStatus::Number,
        "{observation:?}"
    );
    if status.is_absent() {
        assert!(source.is_none() && raw.is_empty(), "{observation:?}");
        return;
    }
    let Some(source) = source else {
        // The picture of a table: where in it a cell stands is not known.
        assert_eq!(*status, CellStatus::Unreadable, "{observation:?}");
        return;
    };
    let bytes = source.bytes;
    let slice = bytes.slice(input.bytes).expect("inside the page");
    match status {
        CellStatus::Number => {
            let read = read_cell(raw);
            assert_eq!(read.value, *value, "{observation:?}");
            check_value(raw, read);
            let charset = report.provenance.charset;
            assert!(
                stands_in(raw, slice, charset),
                "{observation:?} in {slice:x?}"
            );
        }
        CellStatus::Blank => assert!(raw.chars().all(is_invisible), "{observation:?}"),
        CellStatus::Mark => assert_eq!(read_cell(raw).value, None, "{observation:?}"),
        _ => {}
    }
}

/// Whether a text is to be read in a slice of the page: as markup, or as it stands (`<xmp>`, text files).
fn stands_in(raw: &str, slice: &[u8], charset: &str) -> bool {
    let squeeze = |text: &str| {
        text.chars()
            .filter(|c| !is_invisible(*c))
            .collect::<String>()
    };
    let raw = squeeze(raw);
    let decoded = decode_in(slice, charset).expect("a charset of ours");
    squeeze(&parse_html(&decoded).text).contains(&raw) || squeeze(&decoded.text).contains(&raw)
}

/// A page written anew is made of harmless markup, whatever page and place; a number's place is marked.
pub fn facsimile(data: &[u8]) {
    let Some(input) = Input::new(data) else {
        return;
    };
    let decoded = decode(input.bytes, input.content_type);
    let size = u32::try_from(input.bytes.len()).expect("a short input");
    let start = u32::try_from(input.pick * 97).unwrap_or(0).min(size);
    let place = ByteRange::new(start, (start + 9).min(size));
    let kind = media(input.bytes, input.content_type);
    let kind = if kind == Media::Text {
        kind
    } else {
        Media::Html
    };
    let shown = show(
        input.bytes,
        kind,
        decoded.charset,
        Some(place),
        &Banner::default(),
    );
    let shown = shown.expect("a page and a place in it");
    check_markup(&shown.html);
    let marks = shown.html.matches(&format!("id=\"{FRAGMENT}\"")).count();
    assert_eq!(marks, usize::from(shown.highlight != Highlight::Nothing));
}

/// Words of the tags below the banner. Written down again, so that adding one to the program needs a second thought.
const ELEMENTS: &str = " address article aside b big blockquote br caption center cite code col colgroup dd del div dl dt em \
    fieldset figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i ins kbd legend li main mark menu nav ol p pre q s \
    samp section small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr ";
const ATTRIBUTES: &str = " align border cellpadding cellspacing class colspan id nowrap rowspan span start style tabindex title \
    valign value width ";

/// Every `<` begins a tag of the list, with quoted attributes of the list, and that is all there is.
fn check_markup(html: &str) {
    let (_, page) = html
        .split_once("<div class=\"nb-page\">")
        .expect("our frame");
    let page = page.strip_suffix("</body>\n</html>\n").expect("our frame");
    let has = |list: &str, word: &str| !word.contains(' ') && list.contains(&format!(" {word} "));
    assert!(!page.contains('\0'));
    for piece in page.split('<').skip(1) {
        let tag = piece.strip_prefix('/').unwrap_or(piece);
        let name_end = tag.find([' ', '>']).expect("a tag ends");
        let (name, mut rest) = tag.split_at(name_end);
        assert!(has(ELEMENTS, name), "<{piece}");
        while !rest.starts_with('>') {
            rest = rest.strip_prefix(' ').unwrap_or_else(|| panic!("<{piece}"));
            if let Some(behind) = rest.strip_prefix("autofocus") {
                rest = behind;
                continue;
            }
            let (attribute, value) = rest.split_once("=\"").unwrap_or_else(|| panic!("<{piece}"));
            assert!(has(ATTRIBUTES, attribute), "<{piece}");
            let (value, behind) = value.split_once('"').unwrap_or_else(|| panic!("<{piece}"));
            assert!(!value.contains(['>', '\'']), "<{piece}");
            let ours = ["nb-left-out", "nb-link", "nb-blank", FRAGMENT];
            // What was a style is words of our own.
            let is_look = |word: &str| {
                let word = word.strip_prefix("nb-");
                word.is_some_and(|word| {
                    !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
                })
            };
            let is_ours = match attribute {
                "class" => ours.contains(&value) || value.split(' ').all(is_look),
                "id" => ours.contains(&value),
                attribute => attribute != "style",
            };
            assert!(is_ours, "<{piece}");
            rest = behind;
        }
        assert_eq!(rest.matches('>').count(), 1, "<{piece}");
    }
}
