//! The form that asks. It works without script: a search adds to what is picked, a box taken away removes.

use maud::{Markup, html};

use crate::charts;
use crate::model::{FormId, Scope};
use crate::viewer::shell::Shell;

use super::super::{controls, terms};
use super::Compare;
use super::question::{MOST_AGENCIES, MOST_OFFERED, MOST_ROWS, MOST_SERIES, ROWS};

/// The whole form.
pub fn form(shell: &Shell<'_>, page: &Compare) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    html! {
        form.filters method="get" {
            fieldset {
                legend { (of("指标", "Indicators")) }
                (indicators(shell, page))
            }
            fieldset {
                legend { (of("机关", "Agencies")) }
                (agencies(shell, page))
            }
            fieldset {
                legend { (of("年度与范围", "Years and scope")) }
                (years(shell, page))
            }
            fieldset {
                legend { (of("图与次序", "Chart and order")) }
                (look(shell, page))
            }
            p { button { (of("比较", "Compare")) } }
        }
    }
}

/// A field for each that is picked, and one more.
fn indicators(shell: &Shell<'_>, page: &Compare) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    let all = terms::indicators(shell.language);
    let picked = &page.question.series;
    let fields = (picked.len() + 1).clamp(2, MOST_SERIES);
    html! {
        @for at in 0..fields {
            @let chosen = picked.get(at).map_or("", String::as_str);
            @let id = format!("series-{at}");
            p.field {
                label for=(id) { (of("指标", "Indicator")) " " (at + 1) }
                select id=(id) name="series" {
                    option value="" { (of("（不选）", "(none)")) }
                    @for (is_ratio, zh, en) in [(false, "指标", "Series"), (true, "比率（%）", "Ratios (%)")] {
                        optgroup label=(of(zh, en)) {
                            @for (value, text, _) in all.iter().filter(|one| one.2 == is_ratio) {
                                option value=(value) selected[*value == chosen] { (text) }
                            }
                        }
                    }
                    @if !chosen.is_empty() && all.iter().all(|one| one.0 != chosen) {
                        option value=(chosen) selected { (terms::cell(chosen, shell.language)) }
                    }
                }
            }
        }
    }
}

fn agencies(shell: &Shell<'_>, page: &Compare) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    let asked = &page.question;
    let divisions = controls::divisions(&page.divisions, of("全部", "all"));
    let mut levels = vec![controls::choice("", of("全部", "all"))];
    levels.extend(terms::LEVELS.map(|(word, zh, en)| controls::choice(word, of(zh, en))));
    html! {
        @if !asked.agencies.is_empty() {
            ul.picked { @for agency in &asked.agencies {
                @let id = agency.id.to_string();
                li { label {
                    input type="checkbox" name="agency" value=(id) checked;
                    " "
                    @match &agency.label {
                        Some(label) => { span lang="zh" { (label) } }
                        None => { (id) " " span.bad { (of("（本库没有）", "(not in this archive)")) } }
                    }
                } }
            } }
        }
        @if !page.offered.is_empty() {
            p { (of("找到多个机关，请勾选：", "Several agencies were found; tick those meant:")) }
            ul.picked { @for agency in page.offered.iter().take(MOST_OFFERED) {
                li { label {
                    input type="checkbox" name="agency" value=(agency.id);
                    " " span lang="zh" { (agency.label) }
                    @if let Some(code) = &agency.code { " " span.quiet { (code) } }
                    " " span.quiet { (agency.reports) (of(" 份报告", " reports")) }
                } }
            } }
            @if page.offered.len() > MOST_OFFERED {
                p.quiet { (of("另有 ", "and ")) (page.offered.len() - MOST_OFFERED) (of(" 个未列，请写得更全。", " more: write more of the name.")) }
            }
        } @else if !asked.find.is_empty() {
            p.bad role="alert" { (of("没有找到机关：", "No agency was found: ")) (asked.find) }
        }
        p.field.long {
            label for="find" { (of("添加机关（名称或代码）", "Add an agency, by name or code")) }
            input id="find" type="search" name="find" value=(if page.offered.is_empty() { asked.find.as_str() } else { "" })
                aria-describedby="find-help";
        }
        p.help #find-help {
            (of("每次一个，最多", "One at a time, at most ")) (MOST_AGENCIES)
            (of("个；不选机关则按区划与层级取全部。", "; without any, all of the division and level are compared."))
        }
        @if divisions.len() > 1 {
            (controls::select("division", "division", of("区划", "Division"), &divisions, asked.division.as_deref().unwrap_or("")))
        }
        (controls::select("level", "level", of("层级", "Level"), &levels, asked.level.as_deref().unwrap_or("")))
    }
}

fn years(shell: &Shell<'_>, page: &Compare) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    let asked = &page.question;
    let mut scopes = vec![controls::choice("", of("全部（分列）", "all, apart"))];
    let all = [Scope::Own, Scope::Consolidated, Scope::Unknown];
    scopes.extend(all.map(|scope| controls::choice(scope.as_str(), scope.name(shell.language))));
    let mut forms = vec![controls::choice("", of("全部", "all"))];
    forms.extend(FormId::ALL.map(|form| controls::choice(form.as_str(), form.as_str())));
    html! {
        (controls::year("from", of("起始年度", "From year"), asked.from))
        (controls::year("to", of("截止年度", "To year"), asked.to))
        (controls::select("scope", "scope", of("范围", "Scope"), &scopes, asked.scope.map_or("", Scope::as_str)))
        (controls::select("form", "form", of("表式", "Form"), &forms, asked.form.map_or("", FormId::as_str)))
    }
}

fn look(shell: &Shell<'_>, page: &Compare) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    let asked = &page.question;
    let choices = |all: &[(&str, &str, &str)]| -> Vec<controls::Choice> {
        all.iter()
            .map(|(word, zh, en)| controls::choice(word, shell.of(zh, en)))
            .collect()
    };
    let most = charts::MOST_LINES;
    let pictures = choices(&[
        ("", "自动", "what suits the years"),
        ("bars", "条形图", "bars"),
        ("slope", "斜率图（首末年）", "slopes, first to last year"),
        ("panels", "小图并列", "small multiples"),
        ("line", "折线图", "lines in one panel"),
    ]);
    let by = choices(&[
        ("agency", "机关", "agency"),
        ("division", "区划", "division"),
        ("province", "省份", "province"),
        ("level", "层级", "level"),
        ("all", "全部合并", "everything as one"),
    ]);
    let order = choices(&[
        ("", "从大到小", "greatest first"),
        ("ascending", "从小到大", "least first"),
    ]);
    html! {
        (controls::select("chart", "chart", of("图形", "Chart"), &pictures, asked.chart.unwrap_or("")))
        (controls::select("by", "by", of("每行为", "A row is"), &by, asked.by))
        (controls::select("order", "order", of("排序", "Order"), &order, if asked.ascending { "ascending" } else { "" }))
        p.field {
            label for="rows" { (of("每个范围的行数", "Rows of each scope")) }
            input id="rows" name="rows" type="number" min="1" max=(MOST_ROWS) placeholder=(ROWS)
                value=[(asked.rows != ROWS).then_some(asked.rows)];
        }
        p.help { (of("小图与斜率图最多", "Small multiples and slopes are of at most ")) (most) (of("行，折线图最多8条。", " rows, lines of 8.")) }
    }
}
