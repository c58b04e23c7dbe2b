//! Two reports on one page, one after the other.
//!
//! In: a page with its headings. Out: the blocks where its second and further reports begin. Told by three things
//! together: a title of its own stands by itself, the sections begin again behind it, and (to be seen when the piece
//! is read) statutory tables of its own follow. A title quoted in a sentence, a list of other years' reports, a notice
//! or an explanation below the report has one of them at most.

use crate::parse::Document;

use super::headings::Heading;
use super::title::{Standing, Title};
use super::titles::{self, Lines};

/// Between a title and the first heading stand a byline and a preamble, no more.
const LEAD: usize = 16;

/// Lists and drafts aside, no page has more reports.
const REPORTS: usize = 12;

/// Where another report begins.
#[derive(Debug)]
pub struct Start {
    /// The first block of its title.
    pub block: u32,
    /// Its title.
    pub title: Title,
}

/// Where reports behind the first begin. `headings` are the blocks that are exact numbered headings.
pub fn find(
    document: &Document<'_>,
    headings: &[u32],
    read: &[Option<Heading>],
    tables: &[u32],
    titles: &Lines,
) -> Vec<Start> {
    let first =
        |block: &u32| read[*block as usize].is_some_and(|heading| heading.number == Some(1));
    let mut starts = Vec::new();
    for (at, heading) in headings.iter().enumerate().skip(1) {
        if !first(heading) {
            continue;
        }
        // Behind the last heading and the last statutory table above.
        let above = headings[at - 1] + 1;
        let behind = tables
            .iter()
            .map(|table| document.tables[*table as usize].blocks.end)
            .filter(|end| end <= heading)
            .fold(above, u32::max);
        let start = behind.max(heading.saturating_sub(u32::try_from(LEAD).unwrap_or(0)));
        let lines = &document.blocks[start as usize..*heading as usize];
        let title = titles::reports_in(document, lines, titles)
            .into_iter()
            .rfind(|(_, title)| {
                title.standing == Standing::Sure && (title.year.is_some() || title.agency.is_some())
            });
        if let Some((line, title)) = title {
            let block = start + u32::try_from(line).unwrap_or(0);
            starts.push(Start { block, title });
        }
    }
    starts
}

/// Whether a heading number 一 stands twice or a few times: else there is nothing to look for.
pub fn may_be(headings: &[u32], read: &[Option<Heading>]) -> bool {
    let first =
        |block: &&u32| read[**block as usize].is_some_and(|heading| heading.number == Some(1));
    (2..=REPORTS).contains(&headings.iter().filter(first).take(REPORTS + 1).count())
}
