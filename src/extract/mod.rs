//! Document → the report in it, or why it is none.
//!
//! Takes a parsed page and a profile; yields the statutory cells, the sections and what the page says of
//! itself (title, agency, year, scope, dates). Pure. Reads what is printed: it adds nothing up, fills nothing
//! in, and what it does not know is a finding.

mod agency;
mod article20;
mod assemble;
pub(crate) mod attached;
mod body;
mod dates;
mod disputes;
mod divs;
mod flat;
mod headings;
mod heads;
mod kind;
pub mod lexicon;
mod list;
mod matrix;
pub mod mentions;
pub(crate) mod name;
mod notes;
pub mod paging;
mod pictures;
mod reading;
mod requests;
mod sections;
mod several;
mod spelling;
mod split;
mod strays;
pub(crate) mod title;
mod titles;
mod view;
pub(crate) mod year;

use std::cell::LazyCell;
use std::ops::{Deref, Range};

use jiff::civil::Date;

use crate::model::{
    Agency, Code, DateEvidence, DateSource, Finding, FormId, Mention, Observation, Scope, Section,
    StatisticRow,
};
use crate::normalize::numeral;
use crate::parse::{Block, BlockKind, CellRef, Document};
use crate::profile::Profile;

use body::Item;
use divs::Kept;
use headings::Heading;
use paging::Paging;
use reading::{Key, Readings, place_of};
use title::{Title, TitleKind};
use titles::Lines;
use view::TableView;

pub use kind::NoReport;

/// What the page says, without where its bytes came from.
#[derive(Debug)]
pub struct Extraction {
    /// See [`crate::model::Report`], as all below.
    pub title: Option<String>,
    /// Who published it.
    pub agency: Agency,
    /// Report year.
    pub year: Option<i16>,
    /// Whose work it covers.
    pub scope: Scope,
    /// The form most tables follow.
    pub form: Option<FormId>,
    /// The date to go by.
    pub published: Option<Date>,
    /// Every date, that one first.
    pub dates: Vec<DateEvidence>,
    /// The narrative.
    pub sections: Vec<Section>,
    /// The statutory cells.
    pub observations: Vec<Observation>,
    /// The rows of statistics lists as printed.
    pub statistics: Vec<StatisticRow>,
    /// Numbers in the narrative.
    pub mentions: Vec<Mention>,
    /// What is odd.
    pub findings: Vec<Finding>,
}

/// Reads a page: the report on it, or those that stand on it one after the other. `url` is evidence for the
/// publication date only; `paging` says where the report goes on.
///
/// # Errors
///
/// [`NoReport`] where the page holds no report, with what it is instead.
pub fn extract(
    document: &Document<'_>,
    url: Option<&str>,
    paging: Option<&Paging>,
    profile: &Profile,
) -> Result<Vec<Extraction>, NoReport> {
    if document.blocks.is_empty() {
        return Err(NoReport::Empty);
    }
    if let Some(first) = paging.and_then(Paging::first) {
        let first = first.to_owned();
        return Err(NoReport::Continuation { first });
    }
    let titles = Lines::default();
    // Neither blocks nor meta tags change below, so neither does the year.
    let year = LazyCell::new(|| title_year(document, &titles));
    let mut readings = read_grids(document, &year);
    let (trial, divided);
    let mut document = document;
    if !is_complete(&readings)
        && let Some(found) = divs::find(document)
    {
        trial = found;
        let read = read_grids(&trial.document, &year);
        match trial.kept(document, &read.tables) {
            Kept::All => {
                readings = read;
                document = &trial.document;
            }
            Kept::Some(fewer) => {
                divided = fewer;
                document = &divided;
                readings = read_grids(document, &year);
            }
            Kept::None => {}
        }
    }
    read_flat(document, &year, &mut readings);
    let page = Page {
        titles: &titles,
        profile,
        url,
        paging,
        lines: &[],
        dates: Dates::All,
    };
    let headed = Headed::of(document, &readings);
    if let Some(reports) = several::read(document, &page, &readings, &headed) {
        return Ok(reports);
    }
    read_one(document, &page, readings, &headed).map(|report| vec![report])
}

/// What a report's page is beside the report.
struct Page<'p> {
    /// What its lines say.
    titles: &'p Lines,
    profile: &'p Profile,
    url: Option<&'p str>,
    /// Where the report goes on.
    paging: Option<&'p Paging>,
    /// Lines from the page's start, where they are not the report's own.
    lines: &'p [&'p str],
    dates: Dates,
}

/// Which dates on the page are the report's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dates {
    All,
    /// Those in its own text: it is older than another report on the page.
    Own,
}

/// The lines of a page that read as headings.
struct Headed {
    /// For every block.
    read: Vec<Option<Heading>>,
    /// Blocks that are headings of known sections.
    sure: Vec<u32>,
}

impl Headed {
    fn of(document: &Document<'_>, readings: &Readings<'_>) -> Self {
        let read = read_headings(document, readings);
        let sure = find_headings(document, readings, &read);
        Self { read, sure }
    }
}

/// Reads the one report of a page or piece.
fn read_one(
    document: &Document<'_>,
    page: &Page<'_>,
    readings: Readings<'_>,
    headed: &Headed,
) -> Result<Extraction, NoReport> {
    let profile = page.profile;
    let container = body::find(document, profile, &readings, &headed.sure);
    let all = body::items(
        document,
        profile,
        container,
        &readings,
        &headed.read,
        &headed.sure,
    );
    let first_heading = all
        .iter()
        .find(|item| item.heading.is_some_and(|heading| heading.kind.is_some()))
        .map(|item| item.block);
    let titles = titles::find(document, profile, first_heading, page.titles);
    let title = titles::main(&titles);
    // Where no line reads as a report's title, the most telling one is still what the page is called.
    let printed = (!title.text.is_empty())
        .then(|| title.text.clone())
        .or_else(|| titles.first().map(|candidate| candidate.text.clone()));
    let items = trim(profile, &all, page.titles);
    let mut findings = Vec::new();
    let mut paragraphs = Vec::new();
    let sections = sections::cut_with(items, &mut findings, &mut paragraphs);
    let year = find_year(&title, items, &mut findings);
    let body = &document.containers[container as usize].blocks;
    let linked = kind::linked_titles(&all);
    let decided = kind::decide(&kind::Evidence {
        titles: &titles,
        found: &readings.found,
        sections: sections
            .iter()
            .filter(|section| section.heading.is_some() && !section.text.is_empty())
            .count(),
        characters: sentences(items),
        year,
        linked,
    });
    if let Err(why) = decided {
        return Err(why.with_attachment(&title, linked, || attached::documents(document, body)));
    }
    let year = year.or_else(|| notes::prose_year(items, &mut findings));
    notes::note_title(titles.first(), &mut findings);
    findings.extend(readings.findings);
    let assembled = assemble::assemble(readings.found, &readings.captions, year, &mut findings);
    let mut assembled = assembled;
    pictures::mark_pictures(document, body, &all, &mut assembled, &mut findings);
    notes::note_missing_sections(assembled.form, &sections, &mut findings);
    notes::note_attached(document, body, &assembled, &mut findings);
    if let Some(paging) = page.paging {
        notes::mark_continued(paging, &mut assembled.observations, &mut findings);
    }
    let mut lines = lines_before(document, first_heading);
    let tail: Vec<&str> = items
        .iter()
        .rev()
        .take(4)
        .map(|item| item.text.as_ref())
        .collect();
    let foot = lines_behind(document, items);
    let agency = agency::find(document, profile, &title, &lines, items);
    if agency.name.is_none() {
        findings.push(Finding::new(
            Code::AgencyUnknown,
            "",
            "neither title nor byline name one",
        ));
    }
    // The line under the page's title, for a report further down.
    lines.extend(page.lines);
    let mut dates = dates::collect(document, profile, &lines, &tail, &foot, page.url);
    if page.dates == Dates::Own {
        dates.retain(|date| date.source == DateSource::Text);
    }
    let published = dates::choose(&mut dates, year);
    notes::note_dates(&dates, &mut findings);
    notes::note_early(published, year, &mut findings);
    let scope = agency::scope(&title, agency.name.as_deref(), items);
    let about = mentions::About {
        year,
        form: assembled.form,
        scope,
        agency: agency.name.as_deref(),
    };
    let mentions = mentions::collect(&paragraphs, about, &mut findings);
    Ok(Extraction {
        title: printed,
        agency,
        year,
        scope,
        form: assembled.form,
        published,
        dates,
        sections,
        observations: assembled.observations,
        statistics: readings.statistics,
        mentions,
        findings,
    })
}

/// The report year by the page's titles alone, for tables with a column a year.
fn title_year(document: &Document<'_>, titles: &Lines) -> Option<i16> {
    titles::main(&titles::find(document, Profile::generic(), None, titles)).year
}

/// Reads every table of the page.
fn read_grids<'d>(
    document: &'d Document<'_>,
    year: &impl Deref<Target = Option<i16>>,
) -> Readings<'d> {
    let mut readings = Readings::default();
    readings.found.reserve(256);
    let mut heads = matrix::Heads::default();
    let mut lists = Vec::new();
    for number in (0_u32..).take(document.tables.len()) {
        let Some(mut view) = TableView::new(document, number) else {
            continue;
        };
        let slips = spelling::correct(&mut view);
        let matrix = matrix::read_table(&view, year, &mut heads, &mut readings);
        let disputes = disputes::read_table(&view, line_above(document, number), &mut readings);
        if matrix || disputes {
            note_table(document, number, &mut readings);
            for slip in slips {
                let message = format!("{:?} read as {:?}", slip.printed, slip.meant);
                readings.find(Code::LabelVariant, place_of(number, slip.row), message);
            }
        } else {
            let above = line_above(document, number);
            lists.extend(list::Candidate::of(view, above));
        }
    }
    for number in list::read_tables(&lists, year, &mut readings) {
        note_table(document, number, &mut readings);
    }
    readings
}

/// Whether no family of tables can be lacking.
fn is_complete(readings: &Readings<'_>) -> bool {
    let has = |wanted: fn(&Key) -> bool| readings.found.iter().any(|cell| wanted(&cell.key));
    let all = has(|key| matches!(key, Key::Request { .. }))
        && has(|key| matches!(key, Key::Article20 { .. }))
        && has(|key| matches!(key, Key::Dispute { .. }));
    all || has(|key| matches!(key, Key::List { .. }))
}

/// If a family of tables was not among the grids, reads flattened text outside those that were read.
fn read_flat<'d>(
    document: &'d Document<'_>,
    year: &impl Deref<Target = Option<i16>>,
    readings: &mut Readings<'d>,
) {
    if is_complete(readings) {
        return;
    }
    let outside = blocks_outside(document, &readings.tables);
    let mut flattened = Readings::default();
    flat::read(document, &outside, year, &mut flattened);
    readings.found.extend(flattened.found);
    readings.blocks.extend(flattened.blocks);
    readings.statistics.extend(flattened.statistics);
    readings.findings.extend(flattened.findings);
}

/// A table that was read: no part of the narrative. The year in its caption holds for the tables after it, up to the
/// next caption or section.
fn note_table(document: &Document<'_>, number: u32, readings: &mut Readings<'_>) {
    let before = readings
        .tables
        .iter()
        .copied()
        .filter(|table| *table < number)
        .max();
    let inherited = || {
        let before = before?;
        let (_, year) = readings
            .captions
            .iter()
            .find(|(table, _)| *table == before)?;
        let between = document.tables[before as usize].blocks.end as usize
            ..document.tables[number as usize].blocks.start as usize;
        let opens = |block: &Block| {
            headings::read(document.block_text(block), false)
                .is_some_and(|heading| heading.exact && heading.number.is_some())
        };
        let apart = document.blocks.get(between)?.iter().any(opens);
        (!apart).then_some(*year)
    };
    let year = caption_year(document, number).or_else(inherited);
    readings.tables.push(number);
    if let Some(year) = year {
        readings.captions.push((number, year));
    }
}

/// The line above a table.
fn line_above<'d>(document: &'d Document<'_>, table: u32) -> Option<&'d str> {
    let start = document.tables[table as usize].blocks.start as usize;
    Some(document.block_text(document.blocks[..start].last()?))
}

/// The year in the line above a table or in its first row, if that is a short line of its own.
fn caption_year(document: &Document<'_>, table: u32) -> Option<i16> {
    let above = line_above(document, table).and_then(year_in);
    let inside = || {
        let first = document.tables[table as usize].cells.first()?;
        if first.colspan < 2 || first.colspan < document.tables[table as usize].columns {
            return None;
        }
        let cell = CellRef { table, cell: 0 };
        year_in(&document.cell_text(cell))
    };
    above.or_else(inside)
}

fn year_in(line: &str) -> Option<i16> {
    if line.chars().count() > 60 || line.contains('。') {
        return None;
    }
    let digits: Vec<(usize, char)> = line.char_indices().collect();
    digits.windows(5).find_map(|run| {
        let [(start, _), .., (end, '年')] = run else {
            return None;
        };
        numeral::read_year(&line[*start..*end])
    })
}

/// Blocks that can be flattened cells: outside the tables read, and outside any other table of data. Beside
/// the grid a blank cell leaves no trace, so its neighbours must never be counted off.
fn blocks_outside(document: &Document<'_>, tables: &[u32]) -> Vec<u32> {
    let mut inside = vec![false; document.blocks.len()];
    for (number, table) in (0_u32..).zip(&document.tables) {
        if table.columns < 2 && !tables.contains(&number) {
            continue;
        }
        for cell in &table.cells {
            let range = cell.blocks.start as usize..cell.blocks.end as usize;
            if !cell.has_table && range.len() <= LAYOUT_BLOCKS {
                inside[range].fill(true);
            }
        }
    }
    for table in tables {
        let range = &document.tables[*table as usize].blocks;
        inside[range.start as usize..range.end as usize].fill(true);
    }
    (0_u32..)
        .zip(inside)
        .filter(|(_, inside)| !inside)
        .map(|(number, _)| number)
        .collect()
}

/// A cell with more blocks than this is layout: it holds text, not a value.
const LAYOUT_BLOCKS: usize = 20;

/// For every block whether it reads as a section heading. In a table that was read only a cell over its whole
/// width can be one.
fn read_headings(document: &Document<'_>, readings: &Readings<'_>) -> Vec<Option<Heading>> {
    let mut statutory = vec![false; document.tables.len()];
    for table in &readings.tables {
        statutory[*table as usize] = true;
    }
    let in_row = |block: &Block| {
        block.cell.is_some_and(|at| {
            let table = &document.tables[at.table as usize];
            statutory[at.table as usize] && table.cells[at.cell as usize].colspan < table.columns
        })
    };
    let read = |block: &Block| {
        if is_link(block) || in_row(block) {
            return None;
        }
        let marked = matches!(block.kind, BlockKind::Heading(_));
        headings::read(document.block_text(block), marked)
    };
    document.blocks.iter().map(read).collect()
}

/// Blocks that are headings of known sections, outside flattened cells and links.
fn find_headings(
    document: &Document<'_>,
    readings: &Readings<'_>,
    headings: &[Option<Heading>],
) -> Vec<u32> {
    let mut read = readings.blocks.clone();
    read.sort_unstable();
    (0_u32..)
        .zip(document.blocks.iter().zip(headings))
        .filter(|(number, (block, heading))| {
            heading.is_some_and(|heading| heading.exact && heading.number.is_some())
                && block.link_chars == 0
                && read.binary_search(number).is_err()
        })
        .map(|(number, _)| number)
        .collect()
}

/// The body from behind title and byline to the last line of text.
fn trim<'i, 'd>(profile: &Profile, items: &'i [Item<'d>], titles: &Lines) -> &'i [Item<'d>] {
    &items[trim_range(profile, items, titles)]
}

fn trim_range(profile: &Profile, items: &[Item<'_>], titles: &Lines) -> Range<usize> {
    let opens = |item: &Item<'_>| item.heading.is_some_and(|heading| heading.kind.is_some());
    let first = items.iter().position(opens);
    let last = items.iter().rposition(opens);
    let lead = &items[..first.unwrap_or(items.len())];
    let start = lead
        .iter()
        .rposition(|item| {
            matches!(titles.read(&item.text), TitleKind::Report(_))
                || body::is_byline(profile, &item.text)
        })
        .map_or(0, |at| at + 1);
    // Without a heading the byline words of a page's foot would cut the text away.
    let start = if first.is_none() && start * 2 > items.len() {
        0
    } else {
        start
    };
    let from = last.map_or(start, |at| at + 1);
    let end = items[from..]
        .iter()
        .position(|item| body::is_end(profile, &item.text))
        .map_or(items.len(), |at| from + at);
    start.min(end)..end
}

/// Characters of lines that are sentences, outside links.
fn sentences(items: &[Item<'_>]) -> usize {
    items
        .iter()
        .filter(|item| item.text.contains(['。', '；']))
        .map(|item| {
            let characters = item.text.chars().count();
            characters.saturating_sub(2 * item.link_chars as usize)
        })
        .sum()
}

/// The title's year; else the year of the period the text names. Never that of a list or a URL.
fn find_year(title: &Title, items: &[Item<'_>], findings: &mut Vec<Finding>) -> Option<i16> {
    let period = year::of_period(items);
    match (title.year, period) {
        (Some(named), Some(counted)) if named != counted => {
            let message = format!("the title says {named}, the period of the numbers {counted}");
            findings.push(Finding::new(Code::YearConflict, "", message));
        }
        (None, None) => {
            findings.push(Finding::new(
                Code::YearUnknown,
                "",
                "neither title nor text name one",
            ));
        }
        _ => {}
    }
    title.year.or(period)
}

/// Lines from the page's start to the first section: where title and byline stand.
fn lines_before<'d>(document: &'d Document<'_>, first_heading: Option<u32>) -> Vec<&'d str> {
    let end = first_heading.map_or(document.blocks.len().min(120), |block| block as usize);
    document
        .blocks
        .iter()
        .take(end)
        .filter(|block| !is_link(block))
        .map(|block| document.block_text(block))
        .collect()
}

/// Hardly more than a link: a menu's entry, another page's title. (A Chinese character has three bytes.)
fn is_link(block: &Block) -> bool {
    block.link_chars * 6 > block.text.end - block.text.start
}

/// The last lines of the body and the first behind it: some systems print the byline there.
fn lines_behind<'d>(document: &'d Document<'_>, items: &[Item<'_>]) -> Vec<&'d str> {
    let last = items.last().map_or(0, |item| item.block as usize);
    document
        .blocks
        .iter()
        .skip(last.saturating_sub(1))
        .take(8)
        .map(|block| document.block_text(block))
        .collect()
}
