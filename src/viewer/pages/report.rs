//! A report as its statutory form.

use maud::{Markup, html};
use serde::Serialize;

use crate::query;
use crate::viewer::home::{View, ViewerError};
use crate::viewer::language::Language;
use crate::viewer::names::ReportName;
use crate::viewer::page::Page;
use crate::viewer::shell::Shell;

/// A report.
#[derive(Debug, Serialize)]
pub struct ReportPage {
    /// Its name in addresses.
    id: ReportName,
    title: Option<String>,
}

/// The report of a name, in its current version.
pub fn load(view: &View<'_>, id: ReportName) -> Result<ReportPage, ViewerError> {
    let report_id = view
        .names
        .report(view.store, id)?
        .ok_or(ViewerError::NotFound)?;
    let stored = query::load_report(view.store, report_id)?.ok_or(ViewerError::NotFound)?;
    Ok(ReportPage {
        id,
        title: stored.report.title,
    })
}

impl Page for ReportPage {
    fn title(&self, language: Language) -> String {
        self.title
            .clone()
            .unwrap_or_else(|| language.of("报告", "Report").into())
    }

    fn body(&self, _shell: &Shell<'_>) -> Markup {
        html! {}
    }
}
