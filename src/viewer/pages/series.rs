//! A series, ratio or cell: what it is in each form, and its years over all agencies.

use maud::{Markup, PreEscaped, html};
use serde::Serialize;

use crate::charts;
use crate::model::{Catalog, CellStatus, Decimal, FormId, Scope, Unit};
use crate::present::svg::{self, LineChart};
use crate::present::{Cell, Plot, Point, Sign};
use crate::query::compare::Indicator;
use crate::query::crosswalk::{Measure, Quality, Relation, Series, Sign as Adds, Term};
use crate::query::{self, Filter, Side, Spread, SpreadOf};
use crate::viewer::home::{View, ViewerError};
use crate::viewer::language::Language;
use crate::viewer::links::Address;
use crate::viewer::page::{Page, Picture, Table};
use crate::viewer::shell::Shell;

use super::{codebook, terms};

/// A series with its years.
#[derive(Debug, Serialize)]
pub struct SeriesPage {
    id: String,
    /// `series`, `ratio` or `cell`.
    kind: &'static str,
    label: String,
    label_en: String,
    quality: Quality,
    /// Whether years may be added; a ratio has neither.
    measure: Measure,
    /// What to know about it; empty where nothing.
    caveat: String,
    /// The same in Chinese.
    caveat_zh: String,
    /// Of a ratio.
    formula: Option<Formula>,
    forms: Vec<FormTerms>,
    /// Where one form follows another.
    changes: Vec<Change>,
    /// Over all agencies of the archive; suspected copies are left out.
    years: Vec<Spread>,
    #[serde(skip)]
    indicator: Indicator,
}

#[derive(Debug, Serialize)]
struct Formula {
    zh: String,
    en: String,
}

/// What it is in a form.
#[derive(Debug, Serialize)]
struct FormTerms {
    form: FormId,
    years: String,
    /// What its cells count, held against the newest form; `None` where not known.
    relation: Option<Relation>,
    /// One sum, or several lists of which a report follows one.
    sums: Vec<Vec<TermLine>>,
}

/// A cell of a sum.
#[derive(Debug, Serialize)]
struct TermLine {
    cell: String,
    sign: Adds,
    /// Of a ratio.
    side: Option<Side>,
    label: String,
    label_en: String,
}

/// A change of form.
#[derive(Debug, Serialize)]
struct Change {
    from: FormId,
    to: FormId,
    /// Whether years before and after are not to be compared.
    breaks: bool,
}

/// The series, ratio or cell of an id.
pub fn load(view: &View<'_>, id: &str) -> Result<SeriesPage, ViewerError> {
    let indicator = Indicator::find(id).map_err(|_| ViewerError::NotFound)?;
    let years = query::spread(view.store, &indicator, &Filter::default())?;
    let series = indicator.series();
    let forms: Vec<FormId> = series.forms.keys().copied().collect();
    let is_cell = series.label.is_empty();
    let changes = forms.windows(2).map(|pair| Change {
        from: pair[0],
        to: pair[1],
        breaks: series.breaks_between(pair[0], pair[1]),
    });
    Ok(SeriesPage {
        id: series.id.clone(),
        kind: match (&indicator, is_cell) {
            (Indicator::Ratio(_), _) => "ratio",
            (Indicator::Series(_), true) => "cell",
            (Indicator::Series(_), false) => "series",
        },
        label: terms::indicator(&indicator, Language::Zh),
        label_en: terms::indicator(&indicator, Language::En),
        quality: series.quality,
        measure: series.measure,
        caveat: series.caveat.clone(),
        caveat_zh: series.caveat_zh.clone(),
        formula: match &indicator {
            Indicator::Ratio(ratio) => Some(Formula {
                zh: ratio.formula.clone(),
                en: ratio.formula_en.clone(),
            }),
            Indicator::Series(_) => None,
        },
        forms: forms
            .iter()
            .map(|form| form_terms(&indicator, *form))
            .collect(),
        changes: changes.collect(),
        years,
        indicator,
    })
}

fn form_terms(indicator: &Indicator, form: FormId) -> FormTerms {
    let sums = |series: &Series, side| -> Vec<Vec<TermLine>> {
        let line = |term: &Term| TermLine::of(*term, side);
        let lists = series.terms_of(form);
        lists
            .map(|terms| terms.iter().map(line).collect())
            .collect()
    };
    let sums = match indicator {
        Indicator::Series(one) => sums(one, None),
        Indicator::Ratio(ratio) => {
            let above = sums(&ratio.numerator, Some(Side::Numerator));
            let below = sums(&ratio.denominator, Some(Side::Denominator));
            let both = above.into_iter().zip(below);
            both.map(|(above, below)| above.into_iter().chain(below).collect())
                .collect()
        }
    };
    FormTerms {
        form,
        years: codebook::years(&codebook::form_line(form)),
        relation: indicator.series().relations.get(&form).copied(),
        sums,
    }
}

impl TermLine {
    fn of(term: Term, side: Option<Side>) -> Self {
        let one = Catalog::get().indicator(term.indicator);
        Self {
            cell: one.cell.clone(),
            sign: term.sign,
            side,
            label: one.path.join(" / "),
            label_en: crate::export::label_en(one),
        }
    }
}

/// Why a number over agencies is not given.
fn why(of: SpreadOf, language: Language) -> &'static str {
    match of {
        SpreadOf::Number(_) => "",
        SpreadOf::Nothing => language.of("无数值", "no report has it"),
        SpreadOf::Incomplete => language.of("有缺项，不予合计", "some reports lack it"),
        SpreadOf::Break => language.of("口径或单位不同", "different things or units"),
        SpreadOf::Nested => language.of(
            "报告可能相互包含，不予合计",
            "reports may hold one another: not added",
        ),
        SpreadOf::Ratio => language.of("比率不相加", "percentages are not added"),
        SpreadOf::TooLarge => language.of("数值过大", "too large"),
    }
}

impl SeriesPage {
    fn is_ratio(&self) -> bool {
        self.indicator.is_ratio()
    }

    fn number(&self, value: Decimal, unit: Option<Unit>) -> String {
        format!("{value}{}", charts::unit(&self.indicator, unit))
    }

    fn definition(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        let language = shell.language;
        html! {
            dl.words {
                dt { (of("标识", "Id")) }
                dd { code { (self.id) } }
                dt { (of("中文名称", "In Chinese")) }
                dd lang="zh" { (self.label) }
                dt { (of("性质", "Measure")) }
                dd { (terms::measure(self.measure, self.is_ratio(), language)) }
                @if let Some(formula) = &self.formula {
                    dt { (of("算法", "Formula")) }
                    dd { (of(&formula.zh, &formula.en)) (of(" × 100，保留两位小数", " × 100, two decimals")) }
                }
                dt { (of("可比性", "Comparability")) }
                dd { (terms::quality(self.quality, language)) }
                @if !self.caveat.is_empty() {
                    dt { (of("说明", "What to know")) }
                    dd { (of(&self.caveat_zh, &self.caveat)) }
                }
            }
            ul.inline {
                @if shell.links.is_served() {
                    li { (shell.link(&Address::of(["compare"]).with("series", &self.id), of("比较机关", "Compare agencies"))) }
                }
                li { (shell.link(&Address::of(["codebook"]), of("指标手册", "Codebook"))) }
            }
        }
    }

    fn terms(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        let language = shell.language;
        html! {
            div.wide tabindex="0" role="region" aria-label=(of("各表式构成", "What it is in each form")) {
                table {
                    caption { (of("各表式中的构成", "Its cells in each form")) }
                    thead { tr {
                        th scope="col" { (of("表式", "Form")) }
                        th scope="col" { (of("报告年度", "Report years")) }
                        th scope="col" { (of("与最新表式相比", "Held against the newest")) }
                        th scope="col" { (of("单元格", "Cells")) }
                    } }
                    tbody { @for form in &self.forms {
                        tr {
                            th scope="row" { (shell.link(&Address::of(["form", form.form.as_str()]), form.form.as_str())) }
                            td { (form.years) }
                            td { (terms::relation(form.relation, language)) }
                            td { @for (at, sum) in form.sums.iter().enumerate() {
                                @if at > 0 { p.quiet { (of("或（另一种清单）", "or, of another list")) } }
                                ul.terms { @for term in sum { li { (term_line(shell, term)) } } }
                            } }
                        }
                    } }
                }
            }
            @if !self.changes.is_empty() {
                h3 { (of("表式变更", "Where the form changes")) }
                ul { @for change in &self.changes { li {
                    (change.from) " → " (change.to) "："
                    @if change.breaks {
                        strong.bad { "║ " (of("断开，前后不可比较", "a break: not to be compared across")) }
                    } @else {
                        (of("可以连接", "may be joined"))
                    }
                } } }
            }
        }
    }

    fn over_agencies(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        let language = shell.language;
        let of_value = |of: SpreadOf, unit| {
            let number = of.number().map(|value| self.number(value, unit));
            given(number, why(of, language))
        };
        let plain = |value: Option<Decimal>, unit| {
            let number = value.map(|value| self.number(value, unit));
            given(number, of("未给出", "not given"))
        };
        html! {
            div.wide tabindex="0" role="region" aria-label=(of("各年情况", "Year by year")) {
                table {
                    caption { (of("本库收录的各机关，逐年", "Over the agencies of this archive, year by year")) }
                    thead { tr {
                        th scope="col" { (of("范围", "Scope")) }
                        th scope="col" { (of("年度", "Year")) }
                        th scope="col" .number { (of("机关", "Agencies")) }
                        th scope="col" .number { (of("有数值", "With a number")) }
                        th scope="col" { (of("无数值", "Without")) }
                        th scope="col" .number { (of("合计", "Sum")) }
                        th scope="col" .number { (of("中位数", "Median")) }
                        th scope="col" .number { (of("最小", "Least")) }
                        th scope="col" .number { (of("最大", "Greatest")) }
                    } }
                    tbody { @for year in &self.years {
                        tr {
                            td { (year.scope.name(language)) }
                            th scope="row" { (year.year) }
                            td.number { (year.agencies) }
                            td.number { (year.numbers) }
                            td { (missing_words(year, language)) @if year.missing.is_empty() { span.quiet { (of("无", "none")) } } }
                            td.number { (of_value(year.sum, year.unit)) }
                            td.number { (of_value(year.median, year.unit)) }
                            td.number { (plain(year.least, year.unit)) }
                            td.number { (plain(year.greatest, year.unit)) }
                        }
                    } }
                }
            }
        }
    }

    /// The medians as lines, a panel a scope.
    fn picture(&self, language: Language) -> Option<String> {
        let label = terms::indicator(&self.indicator, language);
        let subject = charts::Subject {
            indicator: &self.indicator,
            label: &label,
            language,
        };
        let scopes = [Scope::Own, Scope::Consolidated, Scope::Unknown];
        let plots = scopes
            .into_iter()
            .filter_map(|scope| self.plot(scope, subject));
        let plots: Vec<Plot> = plots.collect();
        if plots.is_empty() {
            return None;
        }
        let title = match language {
            Language::Zh => format!("{label}　各机关中位数"),
            Language::En => format!("{label}: median of agencies"),
        };
        let subtitle = language.of("本库收录的报告", "Reports of this archive");
        let mut frame = charts::frame(subject, title, subtitle.into());
        let note = language.of(
            "中位数只取有数值的机关；口径或单位不同的年份不给出。",
            "Medians are of agencies with a number; of years that count different things or in different units there is none.",
        );
        frame.notes.push(note.into());
        Some(LineChart { frame, plots }.render())
    }

    fn plot(&self, scope: Scope, subject: charts::Subject<'_>) -> Option<Plot> {
        let years = || self.years.iter().filter(move |year| year.scope == scope);
        years().next()?;
        let mut last: Option<FormId> = None;
        let series = self.indicator.series();
        let points = years().map(|year| {
            let form = match year.forms.as_slice() {
                [only] => Some(*only),
                _ => None,
            };
            let breaks = |form| last.is_some_and(|last| series.breaks_between(last, form));
            let broken = year.forms.iter().copied().any(breaks);
            last = year.forms.last().copied().or(last);
            let (cell, gap) = match year.median {
                SpreadOf::Number(value) => (Cell::number(value), None),
                SpreadOf::Break => (
                    Cell::missing(CellStatus::Unreadable, ""),
                    Some(Sign::NO_SUM),
                ),
                _ => (
                    Cell::missing(CellStatus::Unreadable, ""),
                    Some(only_reason(year)),
                ),
            };
            Point {
                year: year.year,
                cell,
                gap,
                label: String::new(),
                form,
                broken,
                note: String::new(),
            }
        });
        let points: Vec<Point> = points.collect();
        let mut units = years().filter_map(|year| year.unit);
        let unit = units.next();
        let same = units.all(|other| Some(other) == unit);
        Some(Plot {
            title: scope.name(subject.language).into(),
            unit: subject.unit(unit.filter(|_| same)),
            points,
        })
    }
}

/// A number, or why there is none.
fn given(number: Option<String>, why: &str) -> Markup {
    html! {
        @match number {
            Some(number) => { (number) }
            None => { span.gap { "（" (why) "）" } }
        }
    }
}

fn term_line(shell: &Shell<'_>, term: &TermLine) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    html! {
        @match term.side {
            Some(Side::Numerator) => { (of("分子 ", "above ")) }
            Some(Side::Denominator) => { (of("分母 ", "below ")) }
            None => {}
        }
        (match term.sign { Adds::Plus => "＋ ", Adds::Minus => "－ " })
        code { (term.cell) } " "
        @match shell.language {
            Language::Zh => { (term.label) }
            Language::En => { (term.label_en) }
        }
    }
}

/// The sign of a year without numbers: the reason, where all have the same.
fn only_reason(year: &Spread) -> Sign {
    let mut words = year.missing.keys();
    match (words.next(), words.next()) {
        (Some(word), None) => terms::sign_of(word),
        _ => Sign::INCOMPLETE,
    }
}

/// As [`missing`], in words for people.
fn missing_words(year: &Spread, language: Language) -> String {
    let words = year.missing.iter();
    let words = words
        .map(|(word, count)| format!("{} {count}", terms::sign(terms::sign_of(word), language)));
    words.collect::<Vec<_>>().join(language.of("；", "; "))
}

/// `blank 2, row_absent 1`.
fn missing(year: &Spread) -> String {
    let words = year
        .missing
        .iter()
        .map(|(word, count)| format!("{word} {count}"));
    words.collect::<Vec<_>>().join(", ")
}

impl Page for SeriesPage {
    fn title(&self, language: Language) -> String {
        language.of(&self.label, &self.label_en).to_owned()
    }

    fn body(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        html! {
            (self.definition(shell))
            h2 { (of("定义", "Definition")) }
            (self.terms(shell))
            h2 { (of("各年情况", "Year by year")) }
            p { (of(
                "只统计本库收录的报告，不含疑似转载。合计只在各机关报告俱全且互不包含时给出；中位数只取有数值的机关。",
                "Only reports of this archive, without suspected copies. A sum is given only where no report lacks the number and none holds another; a median is of those that have it.",
            )) }
            @if self.years.is_empty() {
                p { (of("本库没有报告。", "This archive has no reports.")) }
            } @else {
                @if let Some(picture) = self.picture(shell.language) {
                    figure.chart { div.wide tabindex="0" role="region" aria-label=(of("图", "Chart")) {
                        (PreEscaped(svg::inline(&picture, "medians")))
                    } }
                }
                (self.over_agencies(shell))
            }
        }
    }

    fn tables(&self) -> Vec<Table> {
        let terms = self.forms.iter().flat_map(|form| {
            form.sums.iter().enumerate().flat_map(move |(list, sum)| {
                sum.iter().map(move |term| {
                    let sign = match term.sign {
                        Adds::Plus => "plus",
                        Adds::Minus => "minus",
                    };
                    let side = match term.side {
                        Some(Side::Numerator) => "numerator",
                        Some(Side::Denominator) => "denominator",
                        None => "sum",
                    };
                    let relation = form.relation.map_or("unknown", Relation::as_str);
                    let list = (list + 1).to_string();
                    [
                        form.form.as_str(),
                        relation,
                        &list,
                        side,
                        sign,
                        &term.cell,
                        &term.label,
                        &term.label_en,
                    ]
                    .map(String::from)
                    .to_vec()
                })
            })
        });
        let years = self.years.iter().map(|year| {
            let word = |of: SpreadOf| {
                of.number()
                    .map_or_else(|| of.as_str().to_owned(), |value| value.to_string())
            };
            let plain = |value: Option<Decimal>| {
                value.map_or_else(|| "not_given".into(), |value| value.to_string())
            };
            let forms: Vec<&str> = year.forms.iter().map(|form| form.as_str()).collect();
            vec![
                year.scope.as_str().to_owned(),
                year.year.to_string(),
                year.agencies.to_string(),
                year.numbers.to_string(),
                missing(year),
                forms.join(" "),
                charts::unit(&self.indicator, year.unit).to_owned(),
                word(year.sum),
                word(year.median),
                plain(year.least),
                plain(year.greatest),
            ]
        });
        vec![
            Table::of(
                "terms",
                &[
                    "form", "relation", "list", "side", "sign", "cell", "label", "label_en",
                ],
                terms,
            ),
            Table::of(
                "years",
                &[
                    "scope", "year", "agencies", "numbers", "missing", "forms", "unit", "sum",
                    "median", "least", "greatest",
                ],
                years,
            ),
        ]
    }

    fn pictures(&self, language: Language) -> Vec<Picture> {
        let picture = self.picture(language).map(|svg| Picture {
            name: "medians".into(),
            svg,
        });
        picture.into_iter().collect()
    }
}
