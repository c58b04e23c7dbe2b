//! The reports of a page that holds several, one after the other.
//!
//! In: a page with its tables and headings. Out: its reports, each read as if it were the page; nothing where that
//! does not give whole reports of different agencies, years or scopes.

use std::cell::LazyCell;

use crate::model::{CellStatus, Code, Finding, Observation};
use crate::parse::Document;

use super::reading::Readings;
use super::title::Standing;
use super::titles::Lines;
use super::{
    Dates, Extraction, Headed, Page, lines_before, read_flat, read_grids, read_one, split,
    title_year, titles,
};

/// Fewer statutory numbers than this are no second report.
const NUMBERS: usize = 10;

/// The reports of a page with several; `None` unless each has a title, sections and statutory numbers of its own
/// and no two are of the same agency, year and scope.
pub(super) fn read(
    document: &Document<'_>,
    page: &Page<'_>,
    readings: &Readings<'_>,
    headed: &Headed,
) -> Option<Vec<Extraction>> {
    let starts = starts(document, readings, headed, page.titles);
    let end = u32::try_from(document.blocks.len()).ok()?;
    let mut from: Vec<u32> = vec![0];
    from.extend(starts.iter().map(|start| start.block));
    if from.len() < 2 {
        return None;
    }
    let head = titles::find(
        document,
        page.profile,
        headed.sure.first().copied(),
        page.titles,
    );
    let head = titles::main(&head);
    // Of a collection the first report begins at its own title, not at the collection's.
    let above = headed.sure.first().map_or(0, |block| *block as usize);
    let mut printed = titles::reports_in(document, &document.blocks[..above], page.titles);
    printed.retain(|(_, title)| title.standing == Standing::Sure);
    let own = printed.pop().filter(|(_, own)| {
        let named = head.agency.is_some() && own.agency != head.agency;
        own.agency.is_some()
            && (named
                || printed
                    .first()
                    .is_some_and(|(_, first)| first.agency != own.agency))
    });
    if let Some((line, _)) = &own {
        from[0] = u32::try_from(*line).unwrap_or(0);
    }
    let head = own.map_or(head, |(_, title)| title);
    let newest = starts.iter().map(|start| start.title.year).max().flatten();
    let newest = newest.max(head.year);
    let lines = lines_before(document, headed.sure.first().copied());
    let mut reports: Vec<Extraction> = Vec::new();
    for (number, start) in from.iter().enumerate() {
        let title = number.checked_sub(1).map_or(&head, |at| &starts[at].title);
        let until = from.get(number + 1).copied().unwrap_or(end);
        let mut piece = document.piece(&(*start..until));
        // What the head says of the page counts only for a report that says nothing of itself.
        if number > 0
            || !titles::reports_in(document, &document.blocks[..above], page.titles).is_empty()
        {
            piece.title = None;
            piece.metas.retain(|meta| meta.name != "articletitle");
        }
        let older = title.year.is_some() && title.year < newest;
        let page = Page {
            // Only the last one can go on elsewhere.
            paging: page.paging.filter(|_| until == end),
            lines: if number > 0 { &lines } else { &[] },
            dates: if older { Dates::Own } else { Dates::All },
            ..*page
        };
        let year = LazyCell::new(|| title_year(&piece, page.titles));
        let mut readings = read_grids(&piece, &year);
        read_flat(&piece, &year, &mut readings);
        let headed = Headed::of(&piece, &readings);
        let mut report = read_one(&piece, &page, readings, &headed).ok()?;
        if title.agency.is_none()
            && let Some(first) = reports.first()
        {
            report.agency = first.agency.clone();
        }
        reports.push(report);
    }
    let own = |report: &Extraction| {
        let number = |cell: &&Observation| cell.status == CellStatus::Number;
        report.observations.iter().filter(number).count() >= NUMBERS
    };
    let identity = |report: &Extraction| (report.agency.clone(), report.year, report.scope);
    let apart = (1..reports.len()).all(|at| {
        let same = |other: &Extraction| identity(other) == identity(&reports[at]);
        !reports[..at].iter().any(same)
    });
    if !apart || !reports.iter().all(own) {
        return None;
    }
    let count = reports.len();
    for (number, report) in (1..).zip(&mut reports) {
        let message = format!("the page holds {count} reports, this is number {number}");
        report
            .findings
            .insert(0, Finding::new(Code::SeveralReports, "", message));
    }
    Some(reports)
}

/// Where reports behind the first begin.
fn starts(
    document: &Document<'_>,
    readings: &Readings<'_>,
    headed: &Headed,
    titles: &Lines,
) -> Vec<split::Start> {
    if !split::may_be(&headed.sure, &headed.read) {
        return Vec::new();
    }
    split::find(
        document,
        &headed.sure,
        &headed.read,
        &readings.tables,
        titles,
    )
}
