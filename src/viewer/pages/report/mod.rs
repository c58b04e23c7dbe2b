//! A report as its statutory form, with what does not add up drawn on it, its text and where it comes from.

mod body;
mod cite;
mod contradictions;
mod forms;
mod narrative;
mod rows;
mod text;

use std::collections::HashMap;

use maud::Markup;
use serde::Serialize;

use crate::model::{Catalog, IndicatorId, Observation, Report};
use crate::query::{self, CaptureLine, VersionLine, WatchLine};
use crate::viewer::home::{View, ViewerError};
use crate::viewer::language::Language;
use crate::viewer::names::{AgencyName, ReportName};
use crate::viewer::page::{Page, Table};
use crate::viewer::shell::Shell;

pub use body::version_notes;
use cite::Citation;
use contradictions::Contradiction;
use forms::FormView;
use narrative::SectionView;

/// A report.
#[derive(Debug, Serialize)]
pub struct ReportPage {
    /// Its name in addresses.
    id: ReportName,
    /// Its agency's; `None` where not known.
    agency_id: Option<AgencyName>,
    /// What to quote.
    citation: Citation,
    /// The versions, first seen first.
    versions: Vec<VersionLine>,
    /// The capture the current version was read from.
    capture: Option<CaptureLine>,
    /// When a capture first had the current version, UTC.
    first_seen: String,
    /// When one last had it.
    last_seen: String,
    /// How many captures have it.
    captures: u32,
    /// Identities that its numbers contradict.
    contradictions: Vec<Contradiction>,
    /// What is told across years, versions and texts.
    watch: Vec<WatchLine>,
    /// The record as it is printed elsewhere (`docs/record.md`).
    report: Report,
    #[serde(skip)]
    forms: Vec<FormView>,
    #[serde(skip)]
    narrative: Vec<SectionView>,
}

/// The report of a name, in its current version.
pub fn load(view: &View<'_>, id: ReportName) -> Result<ReportPage, ViewerError> {
    let report_id = view
        .names
        .report(view.store, id)?
        .ok_or(ViewerError::NotFound)?;
    let stored = query::load_report(view.store, report_id)?.ok_or(ViewerError::NotFound)?;
    let capture = query::capture_of(view.store, stored.version_id)?;
    let place = query::report_place(view.store, report_id)?;
    let agency = place.and_then(|place| place.agency_id);
    let agency_id = match agency.and_then(|id| view.names.of_agency(id)) {
        Some(name) => view
            .names
            .body(name)
            .and_then(|key| view.names.of_agency(key)),
        None => None,
    };
    let report = stored.report;
    let contradictions = contradictions::of(&report);
    let forms = forms::of(&report, &contradictions);
    Ok(ReportPage {
        id,
        agency_id,
        citation: Citation::of(id, &report, capture.as_ref()),
        versions: query::versions(view.store, report_id)?,
        capture,
        first_seen: stored.first_seen.to_string(),
        last_seen: stored.last_seen.to_string(),
        captures: stored.captures,
        contradictions,
        watch: query::watch_of_report(view.store, report_id)?,
        narrative: narrative::of(&report),
        forms,
        report,
    })
}

impl Page for ReportPage {
    fn title(&self, language: Language) -> String {
        title(&self.report, language)
    }

    fn body(&self, shell: &Shell<'_>) -> Markup {
        body::of(self, shell)
    }

    fn tables(&self) -> Vec<Table> {
        vec![
            rows::cells(&self.report),
            rows::beyond(&self.report),
            rows::findings(&self.report),
            rows::watch(&self.watch),
            rows::mentions(&self.report),
        ]
    }
}

/// The printed title; else agency and year.
pub fn title(report: &Report, language: Language) -> String {
    if let Some(title) = report
        .title
        .as_ref()
        .filter(|title| !title.trim().is_empty())
    {
        return title.clone();
    }
    let agency = report.agency.name.as_deref();
    let agency = agency.unwrap_or(language.of("机关不明", "agency not known"));
    match report.year {
        Some(year) => format!("{agency} {year}"),
        None => agency.to_owned(),
    }
}

/// The observations of a report by indicator.
pub fn by_indicator(report: &Report) -> HashMap<IndicatorId, &Observation> {
    let observations = report.observations.iter();
    observations.map(|one| (one.indicator, one)).collect()
}

/// What a cell is called in addresses: its id; where several forms on the page have it, that of another form than the first with
/// its form before it: `2019:requests.new@total`.
pub fn cell_name(report: &Report, indicator: IndicatorId) -> String {
    let known = Catalog::get().indicator(indicator);
    match report.observation(&known.cell) {
        Some(first) if first.indicator != indicator => format!("{}:{}", known.form, known.cell),
        _ => known.cell.clone(),
    }
}

/// The observation of a [`cell_name`].
pub fn cell_named<'r>(report: &'r Report, name: &str) -> Option<&'r Observation> {
    match name.split_once(':') {
        None => report.observation(name),
        Some((form, cell)) => {
            let indicator = Catalog::get().find(form.parse().ok()?, cell)?;
            let mut observations = report.observations.iter();
            observations.find(|one| one.indicator == indicator)
        }
    }
}
