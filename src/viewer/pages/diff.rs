//! Two versions of a report beside each other.

use maud::{Markup, html};
use serde::Serialize;

use crate::model::CellStatus;
use crate::present::Cell;
use crate::query::{self, CellSide, Change, Diff, Piece, SectionChange, VersionLine};
use crate::viewer::home::{View, ViewerError};
use crate::viewer::language::Language;
use crate::viewer::links::Address;
use crate::viewer::names::ReportName;
use crate::viewer::page::{Page, Table};
use crate::viewer::shell::Shell;
use crate::viewer::words;

use super::proof::record;
use super::report;

/// Characters of unchanged text that are shown on either side of a change.
const AROUND: usize = 80;

/// Versions of a report, and what differs between two of them.
#[derive(Debug, Serialize)]
pub struct DiffPage {
    /// The report's name in addresses.
    id: ReportName,
    #[serde(skip)]
    names: [String; 2],
    /// All versions, first seen first.
    versions: Vec<VersionLine>,
    /// What differs; `None` where there is one version only.
    diff: Option<Diff>,
}

/// The page of two versions.
pub fn address(id: ReportName, from: usize, to: usize) -> Address {
    Address::of(["diff", &id.to_string(), &from.to_string(), &to.to_string()])
}

/// `/diff/NAME/FROM/TO`, or `/diff/NAME?from=&to=`: versions by their numbers. Without them, the current one and the one before it.
pub fn load(view: &View<'_>, id: ReportName, address: &Address) -> Result<DiffPage, ViewerError> {
    let report_id = view
        .names
        .report(view.store, id)?
        .ok_or(ViewerError::NotFound)?;
    let versions = query::versions(view.store, report_id)?;
    let numbered = |at: usize, name: &str| -> Result<Option<&VersionLine>, ViewerError> {
        let part = address.parts.get(at).map(String::as_str);
        let Some(number) = part.or_else(|| address.get(name)) else {
            return Ok(None);
        };
        let number: usize = number.parse().map_err(|_| ViewerError::NotFound)?;
        let found = versions.iter().find(|version| version.number == number);
        found.map(Some).ok_or(ViewerError::NotFound)
    };
    let to = match numbered(3, "to")? {
        Some(to) => Some(to),
        None => versions.iter().find(|version| version.current),
    };
    let from = match (numbered(2, "from")?, to) {
        (Some(from), _) => Some(from),
        (None, Some(to)) => query::version_before(&versions, to),
        (None, None) => None,
    };
    let diff = match (from, to) {
        (Some(from), Some(to)) => query::diff(view.store, from, to)?,
        _ => None,
    };
    let stored = query::load_report(view.store, report_id)?.ok_or(ViewerError::NotFound)?;
    Ok(DiffPage {
        id,
        names: Language::ALL.map(|language| report::title(&stored.report, language)),
        versions,
        diff,
    })
}

impl Page for DiffPage {
    fn title(&self, language: Language) -> String {
        let name = language.of(&self.names[0], &self.names[1]);
        match &self.diff {
            None => format!("{}: {name}", language.of("版本", "Versions")),
            Some(diff) => format!(
                "{} {} → {}: {name}",
                language.of("版本", "Version"),
                diff.from.number,
                diff.to.number
            ),
        }
    }

    fn body(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        html! {
            p { (shell.link(&self.id.address(), of("回到报告", "Back to the report"))) }
            (self.versions(shell))
            @match &self.diff {
                None => p { (of("只有一个版本，无可比较。", "There is one version only: nothing to compare.")) },
                Some(diff) => (changes(diff, shell)),
            }
        }
    }

    fn tables(&self) -> Vec<Table> {
        let Some(diff) = &self.diff else {
            return Vec::new();
        };
        let word = |side: Option<&CellSide>| match side {
            None => "not_of_the_report".to_owned(),
            Some(side) => match side.value {
                Some(value) => value.to_string(),
                None => side.status.as_str().to_owned(),
            },
        };
        let raw = |side: Option<&CellSide>| side.map(|side| side.raw.clone()).unwrap_or_default();
        let cells = diff.cells.iter().map(|cell| {
            let (from, to) = (cell.from.as_ref(), cell.to.as_ref());
            vec![
                cell.form.to_string(),
                cell.cell.clone(),
                cell.labels.join(" / "),
                word(from),
                word(to),
                raw(from),
                raw(to),
            ]
        });
        let head = ["form", "cell", "labels", "from", "to", "raw_from", "raw_to"];
        vec![Table::of("cells", &head, cells)]
    }

    fn address(&self) -> Option<Address> {
        let diff = self.diff.as_ref()?;
        Some(address(self.id, diff.from.number, diff.to.number))
    }
}

impl DiffPage {
    fn versions(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        html! {
            h2 id="versions" { (of("版本", "Versions")) }
            div.wide tabindex="0" role="region" aria-labelledby="versions" {
                table {
                    thead { tr {
                        th scope="col" { (of("版本", "Version")) }
                        th scope="col" { (of("所见", "Seen")) }
                        th scope="col" .number { (of("存档次数", "Captures")) }
                        th scope="col" { (of("所读存档", "The capture it was read from")) }
                        th scope="col" { (of("与上一版本比较", "Compared with the one before")) }
                    } }
                    tbody {
                        @for version in &self.versions {
                            tr {
                                th scope="row" { (version.number) " " (report::version_notes(version, shell)) }
                                td { (version.first_seen) " – " (version.last_seen) }
                                td.number { (version.captures) }
                                td.breaks {
                                    @match &version.capture {
                                        Some(capture) => {
                                            @if let Some(url) = &capture.url { (url) br; }
                                            "SHA-256 " code { (capture.sha256) } br; (record(capture, shell))
                                        },
                                        None => (of("不明", "not known")),
                                    }
                                }
                                td {
                                    @if version.number > 1 {
                                        (shell.link(&address(self.id, version.number - 1, version.number), format!("{} → {}", version.number - 1, version.number)))
                                    } @else { "–" }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn changes(diff: &Diff, shell: &Shell<'_>) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    let is_same = diff.fields.is_empty()
        && diff.cells.is_empty()
        && diff.rows.is_empty()
        && diff.sections.is_empty();
    let word = |side: &Option<String>| {
        side.clone()
            .unwrap_or_else(|| of("（无）", "(none)").into())
    };
    html! {
        @if is_same { p { (of("两个版本没有差别。", "No difference.")) } }
        @if !diff.fields.is_empty() {
            h2 id="fields" { (of("标题、日期、表式", "Title, day, form")) }
            dl.facts {
                @for field in &diff.fields {
                    dt {
                        @match field.field {
                            "title" => (of("标题", "Title")),
                            "published" => (of("发布日期", "Published")),
                            "form" => (of("表式", "Form")),
                            other => (other),
                        }
                    }
                    dd lang="zh" { del { (word(&field.from)) } " → " ins { (word(&field.to)) } }
                }
            }
        }
        @if !diff.cells.is_empty() { (cells(diff, shell)) }
        @if !diff.rows.is_empty() { (rows(diff, shell)) }
        @if !diff.sections.is_empty() {
            h2 id="text" { (of("正文", "Text")) }
            p.quiet { (of("删去的文字加删除线，新增的加下划线；未改动的长段从略（JSON 中是全文）。", "What is gone is struck out, what is new underlined; long unchanged passages are left out here (the JSON has them).")) }
            @for section in &diff.sections { (text(section, shell)) }
        }
    }
}

fn cells(diff: &Diff, shell: &Shell<'_>) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    html! {
        h2 id="cells" { (of("单元格", "Cells")) }
        div.wide tabindex="0" role="region" aria-labelledby="cells" {
            table {
                thead { tr {
                    th scope="col" { (of("单元格", "Cell")) }
                    th scope="col" .number { (of("版本 ", "Version ")) (diff.from.number) }
                    th scope="col" .number { (of("版本 ", "Version ")) (diff.to.number) }
                } }
                tbody lang="zh" {
                    @for cell in &diff.cells {
                        tr {
                            th scope="row" { (cell.labels.join(" / ")) " " code.quiet { (cell.form) " " (cell.cell) } }
                            (side(cell.from.as_ref(), shell))
                            (side(cell.to.as_ref(), shell))
                        }
                    }
                }
            }
        }
    }
}

fn side(side: Option<&CellSide>, shell: &Shell<'_>) -> Markup {
    html! {
        @match side {
            None => td.number.s-table_absent { (Cell::missing(CellStatus::TableAbsent, "").text()) },
            Some(side) => {
                @let cell = Cell { status: side.status, value: side.value, raw: side.raw.clone(), note: String::new() };
                td.number class={ "s-" (side.status.as_str()) } title=[(side.status != CellStatus::Number).then(|| words::status(side.status).of(shell.language))] {
                    (cell.text())
                }
            },
        }
    }
}

fn rows(diff: &Diff, shell: &Shell<'_>) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    let cells = |side: &Option<Vec<String>>| match side {
        None => of("（无此行）", "(no such row)").to_owned(),
        Some(cells) => cells.join(" | "),
    };
    html! {
        h2 id="rows" { (of("统计表的行", "Rows of the lists")) }
        div.wide tabindex="0" role="region" aria-labelledby="rows" {
            table {
                thead { tr {
                    th scope="col" { (of("行", "Row")) }
                    th scope="col" { (of("版本 ", "Version ")) (diff.from.number) }
                    th scope="col" { (of("版本 ", "Version ")) (diff.to.number) }
                } }
                tbody lang="zh" {
                    @for row in &diff.rows {
                        tr { th scope="row" { (row.label) } td { (cells(&row.from)) } td { (cells(&row.to)) } }
                    }
                }
            }
        }
    }
}

fn text(section: &SectionChange, shell: &Shell<'_>) -> Markup {
    let kind = crate::model::SectionKind::ALL
        .iter()
        .find(|kind| kind.as_str() == section.kind);
    let last = section.pieces.len().saturating_sub(1);
    html! {
        h3 { (kind.map_or(section.kind, |kind| words::section(*kind).of(shell.language))) }
        div.changed lang="zh" {
            @for (at, piece) in section.pieces.iter().enumerate() { (one(piece, at > 0, at < last)) }
        }
    }
}

fn one(piece: &Piece, behind: bool, before: bool) -> Markup {
    html! {
        @match piece.change {
            Change::Removed => del { (piece.text) },
            Change::Added => ins { (piece.text) },
            Change::Same => (near(&piece.text, behind, before)),
        }
    }
}

/// The beginning of a text, if it stands behind a change, and its end, if before one.
fn near(text: &str, behind: bool, before: bool) -> String {
    let count = text.chars().count();
    let head = if behind { AROUND } else { 0 };
    let tail = if before { AROUND } else { 0 };
    if count <= head + tail + 1 {
        return text.to_owned();
    }
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(count - tail).collect();
    format!("{start} … {end}")
}
