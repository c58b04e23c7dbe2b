//! How a report is quoted.

use std::fmt::Write as _;

use serde::Serialize;

use crate::model::Report;
use crate::query::CaptureLine;
use crate::viewer::names::ReportName;

/// A report as others may quote it. What is not known is left out.
#[derive(Debug, Serialize)]
pub struct Citation {
    /// In a sentence.
    pub text: String,
    /// An entry for BibTeX.
    pub bibtex: String,
}

impl Citation {
    /// Of a report as a capture has it.
    pub fn of(id: ReportName, report: &Report, capture: Option<&CaptureLine>) -> Self {
        let agency = report.agency.name.as_deref();
        let title = report.title.as_deref();
        let published = report.published.map(|day| day.to_string());
        let url = capture.and_then(|capture| capture.url.as_deref());
        let place = capture.and_then(|capture| Some((capture.file.as_deref()?, capture.offset?)));
        let place = place.map(|(file, offset)| format!("warc/{file}, offset {offset}"));
        let digest = format!("SHA-256 {}", report.provenance.sha256);
        let fetched = capture.map(|capture| capture.fetched_at.as_str());
        let day = fetched.and_then(|fetched| fetched.split('T').next());
        let parts = [
            agency.map(|agency| format!("{agency}：")),
            title.map(|title| format!("《{title}》，")),
            published.as_ref().map(|day| format!("{day}，")),
            url.map(|url| format!("{url}，")),
            fetched.map(|fetched| format!("存档于 {fetched}，")),
            Some(format!("{digest}，")),
            place.as_ref().map(|place| format!("{place}，")),
            Some(format!("nianbao {}。", report.provenance.program)),
        ];
        let note: Vec<&str> = [Some(digest.as_str()), place.as_deref()]
            .into_iter()
            .flatten()
            .collect();
        let year = published.as_deref().map(|day| &day[..4]);
        let fields = [
            ("author", agency),
            ("title", title),
            ("year", year),
            ("url", url),
            ("urldate", day),
            ("note", Some(&*note.join("; "))),
        ]
        .map(|(name, value)| (name, value.map(plain)));
        let mut bibtex = format!("@techreport{{nianbao-{id},\n");
        for (name, value) in fields {
            if let Some(value) = value {
                // Writing to a String cannot fail.
                let _ = writeln!(bibtex, "  {name} = {{{{{value}}}}},");
            }
        }
        bibtex.push_str("}\n");
        Self {
            text: parts.into_iter().flatten().collect(),
            bibtex,
        }
    }
}

/// Without what BibTeX reads as its own.
fn plain(text: &str) -> String {
    let kept = text.chars().filter(|c| !matches!(c, '{' | '}' | '\\'));
    kept.map(|c| if c.is_whitespace() { ' ' } else { c })
        .collect()
}
