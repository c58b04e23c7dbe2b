//! What is odd about a report as a whole: its title, dates, sections, documents and pages elsewhere.
//!
//! In: what was read. Out: findings; of pages that were not read, also the status of what may stand there.

use std::ops::Range;

use jiff::civil::Date;

use crate::model::{
    CellStatus, Code, DateEvidence, Finding, FormId, Observation, Section, SectionKind,
};
use crate::parse::Document;

use super::body::Item;
use super::paging::Paging;
use super::title::TitleKind;
use super::{assemble, attached, titles, year};

/// The year that opens the text, where nothing better names one.
pub fn prose_year(items: &[Item<'_>], findings: &mut Vec<Finding>) -> Option<i16> {
    let year = year::of_prose(items)?;
    findings.retain(|finding| finding.code != Code::YearUnknown);
    let message = format!("the text opens with {year}");
    findings.push(Finding::new(Code::YearFromText, "", message));
    Some(year)
}

/// Says that the title names another kind of document.
pub fn note_title(first: Option<&titles::Candidate>, findings: &mut Vec<Finding>) {
    if let Some(titles::Candidate {
        text,
        kind: TitleKind::LookAlike(word),
        ..
    }) = first
    {
        let message = format!("the title {text:?} names another document ({word})");
        findings.push(Finding::new(Code::TitleLookAlike, "", message));
    }
}

/// Says that the report was published before its year was over.
pub fn note_early(published: Option<Date>, year: Option<i16>, findings: &mut Vec<Finding>) {
    if let (Some(published), Some(year)) = (published, year)
        && published.year() <= year
    {
        let message = format!("published on {published}, on the year {year}");
        findings.push(Finding::new(Code::PublishedEarly, "", message));
    }
}

/// Names the sections of the form that have no heading.
pub fn note_missing_sections(
    form: Option<FormId>,
    sections: &[Section],
    findings: &mut Vec<Finding>,
) {
    if !matches!(form, Some(FormId::F2019 | FormId::F2021)) {
        return;
    }
    let owed = [
        SectionKind::Overview,
        SectionKind::ActiveDisclosure,
        SectionKind::Requests,
        SectionKind::Disputes,
        SectionKind::Problems,
        SectionKind::Other,
    ];
    for kind in owed {
        if !sections
            .iter()
            .any(|section| section.kind == kind && section.heading.is_some())
        {
            findings.push(Finding::new(
                Code::SectionMissing,
                kind.as_str(),
                "no heading of this section",
            ));
        }
    }
}

/// Names the documents on the page where it lacks tables.
pub fn note_attached(
    document: &Document<'_>,
    body: &Range<u32>,
    assembled: &assemble::Assembled,
    findings: &mut Vec<Finding>,
) {
    let lacks = |cell: &Observation| {
        matches!(
            cell.status,
            CellStatus::TableAbsent | CellStatus::Unreadable
        )
    };
    if assembled.form.is_some() && !assembled.observations.iter().any(lacks) {
        return;
    }
    let documents = attached::documents(document, body);
    if !documents.is_empty() {
        let message = "the tables may stand in these documents, which were not read";
        findings.push(Finding::new(
            Code::AttachedDocument,
            documents.join(" "),
            message,
        ));
    }
}

/// What stands on pages that were not read is not absent.
pub fn mark_continued(
    paging: &Paging,
    observations: &mut [Observation],
    findings: &mut Vec<Finding>,
) {
    for observation in observations {
        if observation.status == CellStatus::TableAbsent {
            observation.status = CellStatus::Unreadable;
        }
    }
    findings.retain(|finding| !matches!(finding.code, Code::TableAbsent | Code::SectionMissing));
    let behind: Vec<&str> = paging.behind().collect();
    let message =
        "these pages of the report were not read; what they hold is unreadable, not absent";
    findings.push(Finding::new(
        Code::ContinuedElsewhere,
        behind.join(","),
        message,
    ));
}

/// Says that no date was found, or several.
pub fn note_dates(dates: &[DateEvidence], findings: &mut Vec<Finding>) {
    match dates {
        [] => findings.push(Finding::new(
            Code::DateUnknown,
            "",
            "no publication date on the page",
        )),
        [first, rest @ ..] if rest.iter().any(|date| date.value != first.value) => {
            let all: Vec<String> = dates
                .iter()
                .map(|date| format!("{} ({})", date.value, date.source.as_str()))
                .collect();
            findings.push(Finding::new(Code::DateConflict, "", all.join(", ")));
        }
        _ => {}
    }
}
