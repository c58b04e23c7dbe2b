//! What the numbers are: forms, series, ratios, and the words that stand where a number is missing.

use maud::{Markup, html};
use serde::Serialize;

use crate::export::STATUSES;
use crate::model::form::TableForm;
use crate::model::{Catalog, FormId};
use crate::query::crosswalk::{self, Measure, Quality};
use crate::query::ratios;
use crate::viewer::language::Language;
use crate::viewer::links::Address;
use crate::viewer::page::{Page, Table};
use crate::viewer::shell::Shell;

use super::terms;

/// The codebook.
#[derive(Debug, Serialize)]
pub struct Codebook {
    forms: Vec<FormLine>,
    series: Vec<SeriesLine>,
    ratios: Vec<RatioLine>,
    statuses: Vec<StatusLine>,
}

/// A statutory form.
#[derive(Debug, Clone, Serialize)]
pub struct FormLine {
    /// Its id.
    pub id: FormId,
    /// First report year it was made for.
    pub first_year: i16,
    /// Last one; `None` while in force.
    pub last_year: Option<i16>,
    /// The notice it comes from.
    pub basis: String,
    /// How many tables it has.
    pub tables: usize,
    /// How many cells.
    pub cells: usize,
}

#[derive(Debug, Serialize)]
struct SeriesLine {
    id: &'static str,
    label: &'static str,
    label_en: String,
    quality: Quality,
    measure: Measure,
    forms: Vec<FormId>,
    caveat: &'static str,
    /// The same in Chinese.
    caveat_zh: &'static str,
}

#[derive(Debug, Serialize)]
struct RatioLine {
    id: &'static str,
    label: &'static str,
    label_en: &'static str,
    formula: &'static str,
    formula_en: &'static str,
    quality: Quality,
    forms: Vec<FormId>,
    caveat: &'static str,
    /// The same in Chinese.
    caveat_zh: &'static str,
}

#[derive(Debug, Serialize)]
struct StatusLine {
    status: &'static str,
    label: &'static str,
    label_en: &'static str,
}

/// A form's line.
pub fn form_line(id: FormId) -> FormLine {
    let form = Catalog::get().form(id);
    FormLine {
        id,
        first_year: form.first_year,
        last_year: form.last_year,
        basis: form.basis.clone(),
        tables: form.tables.len(),
        cells: form.tables.iter().flat_map(TableForm::indicators).count(),
    }
}

/// All of it; it rests on no database.
pub fn load() -> Codebook {
    let series = crosswalk::all().iter().map(|one| SeriesLine {
        id: &one.id,
        label: &one.label,
        label_en: terms::words_of(&one.id),
        quality: one.quality,
        measure: one.measure,
        forms: one.forms.keys().copied().collect(),
        caveat: &one.caveat,
        caveat_zh: &one.caveat_zh,
    });
    let ratios = ratios::all().iter().map(|one| RatioLine {
        id: &one.id,
        label: &one.label,
        label_en: &one.label_en,
        formula: &one.formula,
        formula_en: &one.formula_en,
        quality: one.quality,
        forms: one.numerator.forms.keys().copied().collect(),
        caveat: &one.caveat,
        caveat_zh: &one.numerator.caveat_zh,
    });
    let statuses = STATUSES.iter().map(|one| StatusLine {
        status: one.word,
        label: one.zh,
        label_en: one.en,
    });
    Codebook {
        forms: FormId::ALL.into_iter().map(form_line).collect(),
        series: series.collect(),
        ratios: ratios.collect(),
        statuses: statuses.collect(),
    }
}

/// `2019–2020`, `2021–`.
pub fn years(form: &FormLine) -> String {
    let last = form.last_year.map(|year| year.to_string());
    format!("{}–{}", form.first_year, last.unwrap_or_default())
}

fn form_links(shell: &Shell<'_>, forms: &[FormId]) -> Markup {
    html! {
        @for (at, form) in forms.iter().enumerate() {
            @if at > 0 { " " }
            (shell.link(&Address::of(["form", form.as_str()]), form.as_str()))
        }
    }
}

fn words(forms: &[FormId]) -> String {
    let words: Vec<&str> = forms.iter().map(|form| form.as_str()).collect();
    words.join(" ")
}

impl Codebook {
    fn forms(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        html! {
            div.wide tabindex="0" role="region" aria-label=(of("表式", "Forms")) {
                table {
                    caption { (of("历年统计表式", "The statutory forms")) }
                    thead { tr {
                        th scope="col" { (of("表式", "Form")) }
                        th scope="col" { (of("报告年度", "Report years")) }
                        th scope="col" .number { (of("表", "Tables")) }
                        th scope="col" .number { (of("单元格", "Cells")) }
                        th scope="col" { (of("依据", "Basis")) }
                    } }
                    tbody { @for form in &self.forms {
                        tr {
                            th scope="row" { (shell.link(&Address::of(["form", form.id.as_str()]), form.id.as_str())) }
                            td { (years(form)) }
                            td.number { (form.tables) }
                            td.number { (form.cells) }
                            td { (terms::basis(form.id, &form.basis, shell.language)) }
                        }
                    } }
                }
            }
        }
    }

    fn series(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        html! {
            div.wide tabindex="0" role="region" aria-label=(of("指标", "Series")) {
                table {
                    caption { (of("跨表式指标", "Indicators across forms")) }
                    thead { tr {
                        th scope="col" { (of("指标", "Indicator")) }
                        th scope="col" { (of("标识", "Id")) }
                        th scope="col" { (of("可比性", "Comparability")) }
                        th scope="col" { (of("性质", "Measure")) }
                        th scope="col" { (of("表式", "Forms")) }
                        th scope="col" { (of("说明", "What to know")) }
                    } }
                    tbody { @for one in &self.series {
                        tr {
                            th scope="row" {
                                (shell.link(&Address::of(["series", one.id]), html! { span lang="zh" { (one.label) } }))
                                @if shell.language == Language::En { br; (one.label_en) }
                            }
                            td { code { (one.id) } }
                            td { (terms::quality(one.quality, shell.language)) }
                            td { (terms::measure(one.measure, false, shell.language)) }
                            td { (form_links(shell, &one.forms)) }
                            td { (of(one.caveat_zh, one.caveat)) }
                        }
                    } }
                }
            }
        }
    }

    fn ratios(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        html! {
            div.wide tabindex="0" role="region" aria-label=(of("比率", "Ratios")) {
                table {
                    caption { (of("派生比率（%）", "Derived ratios, in percent")) }
                    thead { tr {
                        th scope="col" { (of("比率", "Ratio")) }
                        th scope="col" { (of("标识", "Id")) }
                        th scope="col" { (of("算法", "Formula")) }
                        th scope="col" { (of("可比性", "Comparability")) }
                        th scope="col" { (of("表式", "Forms")) }
                        th scope="col" { (of("说明", "What to know")) }
                    } }
                    tbody { @for one in &self.ratios {
                        tr {
                            th scope="row" {
                                (shell.link(&Address::of(["series", one.id]), html! { span lang="zh" { (one.label) } }))
                                @if shell.language == Language::En { br; (one.label_en) }
                            }
                            td { code { (one.id) } }
                            td { (of(one.formula, one.formula_en)) }
                            td { (terms::quality(one.quality, shell.language)) }
                            td { (form_links(shell, &one.forms)) }
                            td { (of(one.caveat_zh, one.caveat)) }
                        }
                    } }
                }
            }
        }
    }

    fn statuses(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        html! {
            div.wide tabindex="0" role="region" aria-label=(of("缺失值", "Missing values")) {
                table {
                    caption { (of("单元格状态", "What stands in a cell")) }
                    thead { tr {
                        th scope="col" { (of("状态", "Status")) }
                        th scope="col" { (of("含义", "Meaning")) }
                    } }
                    tbody { @for one in &self.statuses {
                        tr { th scope="row" { code { (one.status) } } td { (of(one.label, one.label_en)) } }
                    } }
                }
            }
        }
    }
}

impl Page for Codebook {
    fn title(&self, language: Language) -> String {
        language.of("指标手册", "Codebook").into()
    }

    fn body(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        html! {
            p { (of(
                "各年度报告所附表式不同。每一表式列出其单元格；跨表式指标说明各表式中由哪些单元格构成、能否连接比较。",
                "The forms changed over the years. Each form lists its cells; an indicator says of which cells it is made in each form, and how far it may be compared.",
            )) }
            h2 { (of("表式", "Forms")) }
            (self.forms(shell))
            h2 { (of("指标", "Series")) }
            (self.series(shell))
            h2 { (of("比率", "Ratios")) }
            (self.ratios(shell))
            h2 { (of("缺失值", "Missing values")) }
            p { (of("缺失不是零：空白、符号、文字、缺行各有其状态。", "What is missing is never 0: blanks, marks, words and absent rows have a status each.")) }
            (self.statuses(shell))
        }
    }

    fn tables(&self) -> Vec<Table> {
        let forms = self.forms.iter().map(|one| {
            let last = one
                .last_year
                .map_or_else(|| "in_force".into(), |year| year.to_string());
            let (tables, cells) = (one.tables.to_string(), one.cells.to_string());
            vec![
                one.id.to_string(),
                one.first_year.to_string(),
                last,
                tables,
                cells,
                one.basis.clone(),
            ]
        });
        let series = self.series.iter().map(|one| {
            let measure = match one.measure {
                Measure::Flow => "flow",
                Measure::Stock => "stock",
                Measure::Unknown => "unknown",
            };
            let (quality, forms) = (one.quality.as_str(), words(&one.forms));
            [
                one.id,
                one.label,
                &one.label_en,
                quality,
                measure,
                &forms,
                one.caveat,
            ]
            .map(String::from)
            .to_vec()
        });
        let ratios = self.ratios.iter().map(|one| {
            let (quality, forms) = (one.quality.as_str(), words(&one.forms));
            [
                one.id,
                one.label,
                one.label_en,
                one.formula,
                one.formula_en,
                quality,
                &forms,
                one.caveat,
            ]
            .map(String::from)
            .to_vec()
        });
        let statuses = self.statuses.iter().map(|one| {
            [one.status, one.label, one.label_en]
                .map(String::from)
                .to_vec()
        });
        vec![
            Table::of(
                "forms",
                &["id", "first_year", "last_year", "tables", "cells", "basis"],
                forms,
            ),
            Table::of(
                "series",
                &[
                    "id", "label", "label_en", "quality", "measure", "forms", "caveat",
                ],
                series,
            ),
            Table::of(
                "ratios",
                &[
                    "id",
                    "label",
                    "label_en",
                    "formula",
                    "formula_en",
                    "quality",
                    "forms",
                    "caveat",
                ],
                ratios,
            ),
            Table::of("statuses", &["status", "label", "label_en"], statuses),
        ]
    }
}
