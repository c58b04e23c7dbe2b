//! A press sheet: findings with all that is needed to repeat them, to be printed or saved.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde::Serialize;

use super::finding::{self, Finding};
use super::{findings, parts};
use crate::query::{self, CaptureLine, Window};
use crate::viewer::home::{View, ViewerError};
use crate::viewer::language::Language;
use crate::viewer::links::Address;
use crate::viewer::page::{Page, Table};
use crate::viewer::shell::Shell;

/// Findings on a sheet.
const MOST: usize = 50;

/// A sheet.
#[derive(Debug, Serialize)]
pub struct Press {
    /// What was asked for, by name.
    filter: BTreeMap<String, String>,
    /// How many findings that lets through; the sheet has the first of them.
    total: u64,
    /// The latest years first.
    findings: Vec<Cited>,
}

#[derive(Debug, Serialize)]
struct Cited {
    #[serde(flatten)]
    finding: Finding,
    /// The page that the report was read from; `None` where this database does not know it.
    source: Option<CaptureLine>,
    /// That of the report it is compared with.
    other_source: Option<CaptureLine>,
}

/// The findings that the query lets through; confirmed ones unless it says otherwise (`verdict=any` for all).
pub fn load(view: &View<'_>, address: &Address) -> Result<Press, ViewerError> {
    let mut filter = findings::filter(view, address)?;
    if address.get("verdict").is_none() {
        filter.verdict = Some("confirmed".into());
    }
    let window = Window {
        skip: 0,
        take: MOST,
    };
    let found = query::watch_part(view.store, &filter, window)?;
    let source = |report_id| -> Result<Option<CaptureLine>, ViewerError> {
        Ok(query::source_of_report(view.store, report_id)?)
    };
    let mut cited = Vec::new();
    for line in found.lines {
        cited.push(Cited {
            source: source(line.report_id)?,
            other_source: line.other_report_id.map(source).transpose()?.flatten(),
            finding: finding::of_line(view, line)?,
        });
    }
    Ok(Press {
        filter: address.query.iter().cloned().collect(),
        total: found.total,
        findings: cited,
    })
}

fn source(shell: &Shell<'_>, label: &str, capture: &CaptureLine) -> Markup {
    html! {
        p.source {
            strong { (label) }
            span.url { (capture.url.as_deref().unwrap_or(shell.of("网址不详", "address not known"))) }
            (shell.of("，抓取于 ", ", captured ")) (capture.fetched_at)
            ", SHA-256 " code.digest { (capture.sha256) }
            @if let (Some(file), Some(offset)) = (&capture.file, capture.offset) {
                ", WARC " code { (file) } (shell.of(" 偏移 ", " at ")) (offset)
            }
        }
    }
}

impl Page for Press {
    fn title(&self, language: Language) -> String {
        language.of("新闻素材", "Press sheet").into()
    }

    fn body(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        html! {
            p.quiet { (of(
                "发现不等于违法或造假。引用前请核对原页，并给被点名机关说明的机会。",
                "A finding is no proof of fault. Look at the page, and let who is named explain, before you repeat it.",
            )) }
            p { (self.total) (of(" 条", " findings")) }
            @if self.total > self.findings.len() as u64 {
                p { (of("本页列出前 ", "The first ")) (self.findings.len()) (of(" 条。", " of them are given.")) }
            }
            @for cited in &self.findings {
                @let line = &cited.finding.line;
                article.press {
                    h2 { (shell.link(&findings::address(&line.id), Page::title(&cited.finding, shell.language))) }
                    p.message { (of(&line.message_zh, &line.message_en)) }
                    (cited.finding.reasons(shell))
                    p { strong { (of("证据：", "Evidence: ")) } }
                    (cited.finding.evidence(shell))
                    @if let Some(capture) = &cited.source { (source(shell, of("来源：", "Source: "), capture)) }
                    @if let Some(capture) = &cited.other_source { (source(shell, of("对照来源：", "Compared with: "), capture)) }
                    p {
                        strong { (of("核实：", "Verdict: ")) } (parts::verdict(shell, &line.verdict))
                        @if let Some(reason) = &line.verdict_reason { "，" span lang="zh" { (reason) } }
                        @if let Some(by) = &line.verdict_by { " — " (by) }
                    }
                }
            }
        }
    }

    fn tables(&self) -> Vec<Table> {
        vec![findings::table(
            self.findings.iter().map(|cited| &cited.finding.line),
        )]
    }
}
