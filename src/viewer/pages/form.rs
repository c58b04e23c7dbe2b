//! A statutory form, blank, with the ids of its cells.

use maud::{Markup, html};
use serde::Serialize;

use crate::export::{label_en, unit_en};
use crate::model::form::TableForm;
use crate::model::{Catalog, FormId, Indicator, IndicatorId, SectionKind, Unit};
use crate::query;
use crate::viewer::home::ViewerError;
use crate::viewer::language::Language;
use crate::viewer::links::Address;
use crate::viewer::page::{Page, Table};
use crate::viewer::shell::Shell;

use super::codebook::{self, FormLine};
use super::terms;

/// A form.
#[derive(Debug, Serialize)]
pub struct FormPage {
    #[serde(flatten)]
    line: FormLine,
    tables: Vec<FormTable>,
}

/// A table of the form.
#[derive(Debug, Serialize)]
struct FormTable {
    id: String,
    /// As printed.
    title: String,
    section: SectionKind,
    /// The note in the corner cell; `None` where the form prints none.
    corner: Option<String>,
    columns: Vec<Column>,
    rows: Vec<Row>,
}

/// A column; none where a row has one value.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Column {
    label: String,
    /// The head above it, over several columns.
    group: Option<String>,
}

/// A row.
#[derive(Debug, Serialize)]
struct Row {
    /// Labels of the groups around it, outermost first.
    groups: Vec<String>,
    /// With its number.
    label: String,
    /// Whether only some provinces print it.
    optional: bool,
    /// One a column; none of a heading.
    cells: Vec<CellLine>,
}

/// A cell.
#[derive(Debug, Serialize)]
struct CellLine {
    cell: String,
    /// The printed labels that lead to it.
    label: String,
    /// A translation of ours.
    label_en: String,
    /// `None` where the filler writes it into the cell.
    unit: Option<Unit>,
    quantity: &'static str,
    /// The series it is part of.
    series: Vec<&'static str>,
}

/// The form of an id.
pub fn load(id: &str) -> Result<FormPage, ViewerError> {
    let id: FormId = id.parse().map_err(|()| ViewerError::NotFound)?;
    let form = Catalog::get().form(id);
    Ok(FormPage {
        line: codebook::form_line(id),
        tables: form.tables.iter().map(table).collect(),
    })
}

fn table(form: &TableForm) -> FormTable {
    let width = form.columns.len().max(1);
    let columns = form.columns.iter().map(|column| Column {
        label: column.label.clone(),
        group: column.group.clone(),
    });
    let rows = form.rows.iter().enumerate().map(|(number, row)| Row {
        groups: row.path.clone(),
        label: format!("{}{}", row.number, row.label),
        optional: row.optional,
        cells: (0..width)
            .filter_map(|column| form.indicator(number, column))
            .map(cell)
            .collect(),
    });
    FormTable {
        id: form.id.clone(),
        title: form.title.clone(),
        section: form.section,
        corner: form.corner.clone(),
        columns: columns.collect(),
        rows: rows.collect(),
    }
}

fn cell(id: IndicatorId) -> CellLine {
    let one: &Indicator = Catalog::get().indicator(id);
    CellLine {
        cell: one.cell.clone(),
        label: one.path.join(" / "),
        label_en: label_en(one),
        unit: one.unit,
        quantity: terms::quantity(one.quantity).0,
        series: query::series_of(id),
    }
}

impl FormTable {
    fn cells(&self) -> impl Iterator<Item = &CellLine> {
        self.rows.iter().flat_map(|row| &row.cells)
    }

    fn blank(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        let width = self.columns.len().max(1);
        html! {
            div.wide tabindex="0" role="region" aria-label={ (self.title) " " (self.id) } {
                table.form {
                    caption lang="zh" { (self.title) }
                    (self.head(shell))
                    tbody { @for (at, row) in self.rows.iter().enumerate() {
                        @let open = at.checked_sub(1).map_or(&[][..], |before| &self.rows[before].groups[..]);
                        @let shared = open.iter().zip(&row.groups).take_while(|(old, new)| old == new).count();
                        @for (depth, group) in row.groups.iter().enumerate().skip(shared) {
                            tr { th.group scope="rowgroup" colspan=(width + 1) lang="zh" { (indented(depth, group)) } }
                        }
                        tr {
                            th scope=(if row.cells.is_empty() { "rowgroup" } else { "row" })
                                colspan=[row.cells.is_empty().then_some(width + 1)] {
                                span lang="zh" { (indented(row.groups.len(), &row.label)) }
                                @if row.optional { " " span.quiet { (of("（部分地区）", "(some provinces)")) } }
                            }
                            @for cell in &row.cells { td { (cell_link(shell, &cell.cell)) } }
                        }
                    } }
                }
            }
        }
    }

    fn head(&self, shell: &Shell<'_>) -> Markup {
        let corner = self.corner.clone().unwrap_or_default();
        let corner = if corner.is_empty() {
            shell.of("项目", "Row").to_owned()
        } else {
            corner
        };
        let grouped = self.columns.iter().any(|column| column.group.is_some());
        if self.columns.is_empty() {
            return html! { thead { tr {
                th scope="col" { (corner) }
                th scope="col" { (shell.of("单元格标识", "Cell id")) }
            } } };
        }
        let groups = self
            .columns
            .chunk_by(|one, other| one.group.is_some() && one.group == other.group);
        html! {
            thead lang="zh" {
                tr {
                    th scope="col" rowspan=[grouped.then_some(2)] { (corner) }
                    @for group in groups {
                        @match &group[0].group {
                            Some(name) => { th scope="colgroup" colspan=(group.len()) { (name) } }
                            None => { th scope="col" rowspan=[grouped.then_some(2)] { (group[0].label) } }
                        }
                    }
                }
                @if grouped { tr {
                    @for column in self.columns.iter().filter(|column| column.group.is_some()) {
                        th scope="col" { (column.label) }
                    }
                } }
            }
        }
    }

    fn list(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        html! {
            details {
                summary { (of("单元格清单：", "The cells of: ")) span lang="zh" { (self.title) } }
                div.wide tabindex="0" role="region" aria-label={ (of("单元格清单 ", "List of cells ")) (self.id) } {
                    table {
                        caption { span lang="zh" { (self.title) } }
                        thead { tr {
                            th scope="col" { (of("标识", "Id")) }
                            th scope="col" { (of("印刷标签", "Printed labels")) }
                            th scope="col" { (of("英文", "In English")) }
                            th scope="col" { (of("单位", "Unit")) }
                            th scope="col" { (of("数值", "Values")) }
                            th scope="col" { (of("所属指标", "Series")) }
                        } }
                        tbody { @for cell in self.cells() {
                            tr {
                                th scope="row" { (cell_link(shell, &cell.cell)) }
                                td lang="zh" { (cell.label) }
                                td lang="en" { (cell.label_en) }
                                td { (unit(cell.unit, shell.language)) }
                                td { (quantity(cell.quantity, shell.language)) }
                                td { @for (at, id) in cell.series.iter().enumerate() {
                                    @if at > 0 { " " }
                                    (shell.link(&Address::of(["series", id]), *id))
                                } @if cell.series.is_empty() { span.quiet { (of("无", "none")) } } }
                            }
                        } }
                    }
                }
            }
        }
    }
}

/// A cell's id; where pages answer, a link to its years.
fn cell_link(shell: &Shell<'_>, cell: &str) -> Markup {
    let code = html! { code { (cell) } };
    if shell.links.is_served() {
        shell.link(&Address::of(["series", cell]), code)
    } else {
        code
    }
}

fn unit(unit: Option<Unit>, language: Language) -> String {
    match (unit, language) {
        (None, language) => language.of("填报人填写", "as filled in").into(),
        (Some(unit), Language::Zh) => unit.as_str().into(),
        (Some(unit), Language::En) => format!("{} ({})", unit_en(unit), unit.as_str()),
    }
}

fn quantity(word: &str, language: Language) -> &'static str {
    use crate::model::form::Quantity;
    let all = [Quantity::Count, Quantity::Change, Quantity::Money].map(terms::quantity);
    let found = all.into_iter().find(|(known, ..)| *known == word);
    found.map_or("", |(_, zh, en)| language.of(zh, en))
}

/// A full-width space a level.
fn indented(depth: usize, label: &str) -> String {
    format!("{}{label}", "\u{3000}".repeat(depth))
}

impl Page for FormPage {
    fn title(&self, language: Language) -> String {
        match language {
            Language::Zh => format!("{}年表式", self.line.id),
            Language::En => format!("Form of {}", self.line.id),
        }
    }

    fn body(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        html! {
            dl.words {
                dt { (of("报告年度", "Report years")) }
                dd { (codebook::years(&self.line)) }
                dt { (of("依据", "Basis")) }
                dd { (terms::basis(self.line.id, &self.line.basis, shell.language)) }
                dt { (of("单元格", "Cells")) }
                dd { (self.line.cells) }
            }
            p { (shell.link(&Address::of(["codebook"]), of("指标手册", "Codebook"))) }
            h2 { (of("空白表式", "The form, blank")) }
            p { (of("每格所示为其标识，各年数据以此为列名。", "Each cell shows its id, under which the data have it.")) }
            @for table in &self.tables { (table.blank(shell)) }
            h2 { (of("单元格", "Cells")) }
            @for table in &self.tables { (table.list(shell)) }
        }
    }

    fn tables(&self) -> Vec<Table> {
        let rows = self.tables.iter().flat_map(|table| {
            table.cells().map(|cell| {
                vec![
                    self.line.id.to_string(),
                    table.id.clone(),
                    cell.cell.clone(),
                    cell.label.clone(),
                    cell.label_en.clone(),
                    cell.unit.map_or("as_filled_in", Unit::as_str).to_owned(),
                    cell.quantity.to_owned(),
                    cell.series.join(" "),
                ]
            })
        });
        let head = [
            "form", "table", "cell", "label", "label_en", "unit", "quantity", "series",
        ];
        vec![Table::of("cells", &head, rows)]
    }
}
