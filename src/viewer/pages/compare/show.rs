//! An indicator's answer: its picture, and the table beneath.

use maud::{Markup, PreEscaped, html};

use crate::charts;
use crate::model::{Scope, Unit};
use crate::present::{Sign, svg};
use crate::query::compare::{Total, Yearly};
use crate::query::crosswalk::Measure;
use crate::viewer::language::Language;
use crate::viewer::links::Address;
use crate::viewer::shell::Shell;

use super::super::terms;
use super::question::Asked;
use super::{Answer, Row};

/// A section of the page.
pub fn answer(shell: &Shell<'_>, asked: &Asked, answer: &Answer, number: usize) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    html! {
        section.answer aria-labelledby={ "answer-" (number) } {
            h2 id={ "answer-" (number) } { (of(&answer.label, &answer.label_en)) }
            @match &answer.refused {
                Some([zh, en]) => {
                    p.bad role="alert" { strong { (of("不予比较：", "Not compared: ")) } (of(zh, en)) }
                    @if let Some(links) = refused_links(shell, asked, answer) { (links) }
                }
                None => { (answered(shell, answer, number)) }
            }
        }
    }
}

/// The same question for each form alone.
fn refused_links(shell: &Shell<'_>, asked: &Asked, answer: &Answer) -> Option<Markup> {
    let indicator = crate::query::compare::Indicator::find(&answer.id).ok()?;
    let forms: Vec<_> = indicator.series().forms.keys().copied().collect();
    Some(html! {
        ul.inline { @for form in forms {
            @let only = Asked { form: Some(form), ..asked.clone() };
            li { (shell.link(&only.address(), html! { (shell.of("仅", "only form ")) (form) (shell.of("年表式", "")) })) }
        } }
    })
}

fn answered(shell: &Shell<'_>, answer: &Answer, number: usize) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    let language = shell.language;
    html! {
        p {
            (shell.link(&Address::of(["series", &answer.id]), of("定义", "definition")))
            "　" (of("可比性：", "comparability: ")) (terms::quality(answer.quality, language))
            @if let Some([zh, en]) = &answer.formula { "　" (of("算法：", "formula: ")) (of(zh, en)) }
        }
        @if !answer.caveat.is_empty() { p.quiet { (shell.of(&answer.caveat_zh, &answer.caveat)) } }
        @if answer.rows.is_empty() {
            p { (of("没有符合条件的报告。", "There are no such reports.")) }
        } @else {
            @for (at, picture) in answer.pictures_in(language).iter().enumerate() {
                figure.chart {
                    div.wide tabindex="0" role="region" aria-label={ (of("图", "Chart")) " " (number + 1) "." (at + 1) } {
                        (PreEscaped(svg::inline(&picture.svg, &format!("answer-{number}-{at}"))))
                    }
                    @if let Some(href) = shell.links.picture(language, shell.address, &picture.name) {
                        figcaption { a href=(href) { "SVG" } }
                    }
                }
            }
            (table(shell, answer))
            (legend(shell, answer))
        }
        (remarks(shell, answer))
    }
}

fn table(shell: &Shell<'_>, answer: &Answer) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    let many = answer.years.len() > 1;
    let notes = answer
        .rows
        .iter()
        .any(|row| note(shell, &row.standing.total).is_some());
    let label = of(&answer.label, &answer.label_en);
    html! {
        div.wide tabindex="0" role="region" aria-label=(label) {
            table {
                caption { (label) "　" (span(&answer.years)) }
                thead { tr {
                    th scope="col" .number { (of("名次", "Rank")) }
                    th scope="col" { (of("机关", "Agency")) }
                    th scope="col" { (of("范围", "Scope")) }
                    @if many { @for year in &answer.years { th scope="col" .number { (year) } } }
                    @if answer.is_ratio {
                        th scope="col" .number { (of("分子", "Numerator")) }
                        th scope="col" .number { (of("分母", "Denominator")) }
                    }
                    th scope="col" .number { (whole(shell, answer)) }
                    @if notes { th scope="col" { (of("注", "Note")) } }
                } }
                tbody { @for row in &answer.rows { (line(shell, answer, row, notes)) } }
            }
        }
    }
}

/// What the last column of numbers is.
fn whole(shell: &Shell<'_>, answer: &Answer) -> String {
    match (answer.years.as_slice(), answer.measure) {
        ([], _) => String::new(),
        ([year], _) => year.to_string(),
        ([.., last], Measure::Stock) if !answer.is_ratio => last.to_string(),
        _ if answer.is_ratio => shell.of("各年合并", "all years together").into(),
        _ => shell.of("各年合计", "sum of years").into(),
    }
}

fn span(years: &[i16]) -> String {
    match years {
        [] => String::new(),
        [year] => year.to_string(),
        [first, .., last] => format!("{first}–{last}"),
    }
}

fn line(shell: &Shell<'_>, answer: &Answer, row: &Row, notes: bool) -> Markup {
    let standing = &row.standing;
    let total = &standing.total;
    let unknown = shell.of("名称不明", "name not known");
    let name = standing
        .name
        .as_deref()
        .or(standing.code.as_deref())
        .unwrap_or(unknown);
    let level = terms::level(name, shell.language).filter(|_| row.agency.is_none());
    let name = level.unwrap_or(name);
    let only = match answer.years.as_slice() {
        [year] => row.reports.get(year).copied(),
        _ => None,
    };
    let whole = value(shell, total, answer.is_ratio);
    html! {
        tr {
            td.number { @match standing.rank {
                Some(rank) => { (rank) }
                None => { span.gap { "–" span.unseen { (shell.of("不排名", "no rank")) } } }
            } }
            th scope="row" lang="zh" {
                @match row.agency {
                    Some(agency) => { (shell.link(&agency.address(), name)) }
                    None => { (name) }
                }
                @if standing.agencies > 1 { " " span.quiet { "(" (standing.agencies) ")" } }
            }
            td.whose { (standing.scope.name(shell.language)) }
            @if answer.years.len() > 1 {
                @for year in &standing.years { (year_cell(shell, answer, row, year)) }
            }
            @if answer.is_ratio {
                @let counts = total.fraction.map(|fraction| [fraction.numerator, fraction.denominator]);
                @for count in counts.unwrap_or([None, None]) {
                    td.number { @match count {
                        Some(count) => { (count) }
                        None => { span.gap { "（" (shell.of("缺", "none")) "）" } }
                    } }
                }
            }
            td.number { @match only {
                Some(report) => { (shell.link(&report.address(), &whole)) }
                None => { (whole) }
            } }
            @if notes { td.remark { (note(shell, total).unwrap_or_default()) } }
        }
    }
}

fn year_cell(shell: &Shell<'_>, answer: &Answer, row: &Row, year: &Yearly) -> Markup {
    let text = if answer.years.len() > FEW_YEARS && year.total.value.is_none() {
        sign(shell, &year.total)
    } else {
        value(shell, &year.total, answer.is_ratio)
    };
    let report = row.reports.get(&year.year);
    html! {
        td.number {
            @if year.break_before {
                span.bad { "║ " span.unseen { (shell.of("此前口径不同，不可比较", "not to be compared with the years before")) } }
            }
            @match report {
                Some(report) => { (shell.link(&report.address(), &text)) }
                None => { (text) }
            }
            @if let Some(fraction) = year.total.fraction.filter(|_| year.total.value.is_some())
                && let (Some(above), Some(below)) = (fraction.numerator, fraction.denominator) {
                " " span.quiet { "(" (above) "/" (below) ")" }
            }
        }
    }
}

/// The number with its unit, or why there is none.
fn value(shell: &Shell<'_>, total: &Total, is_ratio: bool) -> Markup {
    let unit = if is_ratio {
        "%"
    } else {
        total.unit.map_or("", Unit::as_str)
    };
    html! {
        @match total.value {
            Some(value) => { (value) span lang="zh" { (unit) } }
            None => { span.gap { "（" (terms::outcome(total.status, shell.language)) "）" } }
        }
    }
}

/// Up to so many years what is missing stands in words, beyond in signs.
const FEW_YEARS: usize = 4;

/// The sign of what is missing; its meaning stands beside it unseen, and below the table.
fn sign(shell: &Shell<'_>, total: &Total) -> Markup {
    let sign = charts::sign(total.status).unwrap_or(Sign::UNREADABLE);
    let words = terms::sign(sign, shell.language);
    html! {
        span.gap title=(words) { span aria-hidden="true" { (svg::glyph(sign, shell.language)) } span.unseen { (words) } }
    }
}

/// What the signs of a table mean.
fn legend(shell: &Shell<'_>, answer: &Answer) -> Markup {
    let mut signs: Vec<Sign> = Vec::new();
    if answer.years.len() > FEW_YEARS {
        let totals = answer.rows.iter().flat_map(|row| &row.standing.years);
        for year in totals.filter(|year| year.total.value.is_none()) {
            let sign = charts::sign(year.total.status).unwrap_or(Sign::UNREADABLE);
            if !signs.contains(&sign) {
                signs.push(sign);
            }
        }
    }
    html! {
        @if !signs.is_empty() {
            ul.inline { @for sign in &signs {
                li { span.gap { (svg::glyph(*sign, shell.language)) } " " (terms::sign(*sign, shell.language)) }
            } }
        }
    }
}

/// What to know of a total; what the reports that have the number add up to is no value of anything.
fn note(shell: &Shell<'_>, total: &Total) -> Option<String> {
    let due = total.reports + total.left_out;
    let mut notes = Vec::new();
    if let Some(known) = total.known {
        notes.push(match shell.language {
            Language::Zh => format!("{due}份中{}份有数值，计{known}", total.reports),
            Language::En => format!("{known} in {} of {due} reports", total.reports),
        });
    } else if total.left_out > 0 && total.reports > 0 {
        notes.push(match shell.language {
            Language::Zh => format!("{due}份中{}份未计入", total.left_out),
            Language::En => format!("{} of {due} reports left out", total.left_out),
        });
    }
    notes.extend(total.note.clone());
    (!notes.is_empty()).then(|| notes.join("; "))
}

fn remarks(shell: &Shell<'_>, answer: &Answer) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    html! {
        @for (scope, count) in &answer.left_out {
            @let scope = scope.parse().unwrap_or(Scope::Unknown);
            p { (scope.name(shell.language)) "：" (of("另有 ", "")) (count) (of(" 行未列", " more rows are not shown")) }
        }
        @if answer.unplaced > 0 {
            p { (answer.unplaced) (of(" 份报告机关或年度不明，未列入", " reports of an unknown agency or year are left out")) }
        }
        @if answer.unknown_place > 0 {
            p { (answer.unknown_place) (of(" 个机关区划或层级不明", " agencies whose division or level is not known")) }
        }
        @if !answer.rows.is_empty() {
            p.quiet { (of(
                "名次只在同一范围内、口径相同的数值之间排列，并列者同名次；缺失值不作零处理，不排名。",
                "Ranks are within a scope and among numbers that count the same; equals share one. What is missing is not 0 and has no rank.",
            )) }
            @if charts::MOST_BARS < answer.rows.len() {
                p.quiet { (of("图中仅列前面的行。", "The chart shows the first rows only.")) }
            }
        }
    }
}
