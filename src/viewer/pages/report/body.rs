//! The report's page.

use maud::{Markup, html};

use crate::model::{Code, Finding, Severity};
use crate::present::{Cell, beyond_the_form};
use crate::query::{VersionLine, WatchLine};
use crate::viewer::language::Language;
use crate::viewer::pages::diff;
use crate::viewer::pages::parts::agency as named;
use crate::viewer::shell::Shell;
use crate::viewer::words;

use super::contradictions::{Contradiction, TermView};
use super::forms::{CellView, FormView};
use super::{ReportPage, cell_name, text};

/// All of it.
pub fn of(page: &ReportPage, shell: &Shell<'_>) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    html! {
        (head(page, shell))
        nav.contents aria-label=(of("本页内容", "On this page")) { ul {
            @if !page.forms.is_empty() { li { a href="#forms" { (of("统计表", "Tables")) } } }
            @if !page.contradictions.is_empty() {
                li { a href="#sums" { (of("数字不符", "What does not add up")) " (" (page.contradictions.len()) ")" } }
            }
            li { a href="#findings" { (of("核查发现", "Findings")) " (" (page.report.findings.len() + page.watch.len()) ")" } }
            @if !page.narrative.is_empty() { li { a href="#text" { (of("正文", "Text")) } } }
            @if !page.report.mentions.is_empty() { li { a href="#mentions" { (of("正文中的数字", "Numbers in the text")) } } }
            li { a href="#cite" { (of("引用", "Citation")) } }
        } }
        @if !page.forms.is_empty() {
            section aria-labelledby="forms" {
                h2 id="forms" { (of("统计表", "Tables")) }
                (legend(shell, !page.contradictions.is_empty()))
                @for form in &page.forms { (table(page, form, shell)) }
            }
        } @else {
            p.quiet { (of("未认出法定统计表。", "No statutory table was recognised.")) }
        }
        (beyond(page, shell))
        (sums(page, shell))
        (proposals(page, shell))
        (findings(page, shell))
        (text::of(page, shell))
        (text::mentions(page, shell))
        section aria-labelledby="cite" {
            h2 id="cite" { (of("引用", "Citation")) }
            p lang="zh" { (page.citation.text) }
            pre { (page.citation.bibtex) }
        }
    }
}

fn head(page: &ReportPage, shell: &Shell<'_>) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    let report = &page.report;
    let provenance = &report.provenance;
    let unknown = of("不明", "not known");
    let agency = report.agency.name.as_deref().unwrap_or(unknown);
    html! {
        dl.facts {
            dt { (of("机关", "Agency")) }
            dd {
                span lang="zh" { (named(shell, page.agency_id, agency)) }
                @if let Some(code) = &report.agency.code { " " span.quiet { (code) } }
            }
            dt { (of("报告年度", "Year reported on")) }
            dd { @match report.year { Some(year) => (year), None => (unknown) } }
            dt { (of("范围", "Scope")) }
            dd { (report.scope.name(shell.language)) }
            dt { (of("表式", "Form")) }
            dd { @match report.form { Some(form) => (form), None => (of("无", "none")) } }
            dt { (of("发布日期", "Published")) }
            dd {
                @match report.published { Some(day) => (day), None => (unknown) }
                @for date in &report.dates {
                    span.quiet lang="zh" { " 「" (date.raw) "」" }
                }
            }
            dt { (of("来源", "Origin")) }
            dd {
                (words::official(provenance.official).of(shell.language))
                @if !provenance.signals.is_empty() { span.quiet lang="en" { " (" (provenance.signals.join("; ")) ")" } }
            }
            dt { (of("网页", "Page")) }
            dd.breaks {
                (provenance.url.as_deref().unwrap_or(of("地址不明", "address not known")))
                " · " (shell.link(&page.id.proof(super::super::proof::PAGE), of("存档网页", "the archived page")))
            }
            dt { (of("所见", "Seen")) }
            dd {
                time datetime=(page.first_seen) { (page.first_seen) } " – " time datetime=(page.last_seen) { (page.last_seen) }
                " (" (page.captures) (of(" 次存档", if page.captures == 1 { " capture" } else { " captures" })) ")"
            }
            @if let Some(capture) = &page.capture {
                dt { (of("存档", "Archive")) }
                dd.breaks { "SHA-256 " code { (capture.sha256) } br; (crate::viewer::pages::proof::record(capture, shell)) }
            }
        }
        @if page.versions.len() > 1 { (versions(page, shell)) }
    }
}

fn versions(page: &ReportPage, shell: &Shell<'_>) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    html! {
        section aria-labelledby="versions" {
            h2 id="versions" { (of("版本", "Versions")) }
            p { (of("发布后内容有改动。", "What was published has changed.")) }
            ol {
                @for version in &page.versions {
                    li {
                        (version.first_seen) " – " (version.last_seen) " "
                        (version_notes(version, shell))
                        @if version.number > 1 {
                            " " (shell.link(&diff::address(page.id, version.number - 1, version.number), of("与上一版本比较", "compared with the one before")))
                        }
                    }
                }
            }
        }
    }
}

/// What is to be said of a version beside its times.
pub fn version_notes(version: &VersionLine, shell: &Shell<'_>) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    html! {
        @if version.current { strong { (of("（现行）", "(current)")) } }
        @if version.official == "mirror_suspected" { span.warn { (of("（疑似转载）", "(suspected copy)")) } }
        @if !version.whole { span.warn { (of("（抓取不全）", "(cut off)")) } }
    }
}

fn legend(shell: &Shell<'_>, has_sums: bool) -> Markup {
    use crate::model::CellStatus;
    let of = |zh, en| shell.of(zh, en);
    html! {
        details.legend open {
            summary { (of("图例：每个数都通向它在存档网页上的位置", "Legend: every number leads to its place on the archived page")) }
            ul {
                @for status in CellStatus::ALL {
                    li {
                        span class={ "key s-" (status.as_str()) } lang="zh" {
                            @match status {
                                CellStatus::Number => "12",
                                CellStatus::Mark => "—",
                                CellStatus::Text => "10余",
                                status => (Cell::missing(status, "").text()),
                            }
                        }
                        " " (words::status(status).of(shell.language))
                    }
                }
                @if has_sums {
                    li { span.key.fails { "12 " sup { "✗1" } } " " (of("与其他数不符，见其下算式", "does not agree with other numbers: see the sum of that number below")) }
                }
            }
        }
    }
}

fn table(page: &ReportPage, form: &FormView, shell: &Shell<'_>) -> Markup {
    let id = format!("table-{}-{}", form.form, form.id);
    let has_groups = form.heads.iter().any(|(_, group)| group.is_some());
    let width = 1 + usize::from(form.has_units) + form.heads.len();
    let corner = if form.corner.is_empty() {
        "项目"
    } else {
        &form.corner
    };
    html! {
        div.wide tabindex="0" role="region" aria-labelledby=(id) lang="zh" {
            table.form {
                caption id=(id) { (form.title) " " span.quiet { "（" (form.form) "）" } }
                @if form.rows.is_empty() {
                    tbody { tr { td.s-table_absent { (Cell::missing(crate::model::CellStatus::TableAbsent, "").text()) } } }
                } @else {
                    thead {
                        @if has_groups {
                            tr {
                                th scope="col" rowspan="2" { (corner) }
                                @if form.has_units { th scope="col" rowspan="2" { "单位" } }
                                @for (label, span, is_group) in runs(&form.heads) {
                                    @if is_group { th scope="colgroup" colspan=(span) { (label) } }
                                    @else { th scope="col" rowspan="2" { (label) } }
                                }
                            }
                            tr { @for (label, _) in form.heads.iter().filter(|(_, group)| group.is_some()) { th scope="col" { (label) } } }
                        } @else {
                            tr {
                                th scope="col" { (corner) }
                                @if form.has_units { th scope="col" { "单位" } }
                                @for (label, _) in &form.heads { th scope="col" { (label) } }
                            }
                        }
                    }
                    tbody {
                        @for (number, row) in form.rows.iter().enumerate() {
                            @let above: &[String] = if number == 0 { &[] } else { &form.rows[number - 1].groups };
                            @let shared = above.iter().zip(&row.groups).take_while(|(old, new)| old == new).count();
                            @for (depth, group) in row.groups.iter().enumerate().skip(shared) {
                                tr { td.group class={ "deep" (depth.min(3)) } colspan=(width) { (group) } }
                            }
                            @if row.cells.is_empty() {
                                tr { td.group class={ "deep" (row.groups.len().min(3)) } colspan=(width) { (row.label) } }
                            } @else {
                                tr {
                                    th scope="row" class={ "deep" (row.groups.len().min(3)) } {
                                        @if !row.groups.is_empty() { span.unseen { (row.groups.join("，")) "，" } }
                                        (row.label)
                                    }
                                    @if form.has_units { td { (row.unit) } }
                                    @for one in &row.cells { (cell(page, one, shell)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Heads side by side: those of one group as one, with how many they are.
fn runs(heads: &[(String, Option<String>)]) -> Vec<(&str, usize, bool)> {
    let mut runs: Vec<(&str, usize, bool)> = Vec::new();
    for (label, group) in heads {
        match (group, runs.last_mut()) {
            (Some(group), Some((last, span, true))) if last == group => *span += 1,
            (Some(group), _) => runs.push((group, 1, true)),
            (None, _) => runs.push((label, 1, false)),
        }
    }
    runs
}

fn cell(page: &ReportPage, cell: &CellView, shell: &Shell<'_>) -> Markup {
    let mut class = format!("number s-{}", cell.status.as_str());
    for number in &cell.joins {
        class.push_str(" fails join-");
        class.push_str(&number.to_string());
    }
    let sums: Vec<String> = cell
        .joins
        .iter()
        .map(|number| format!("sum-{number}"))
        .collect();
    let described = (!sums.is_empty()).then(|| sums.join(" "));
    html! {
        td id=[cell.name.as_ref().map(|name| format!("cell-{name}"))] class=(class) aria-describedby=[described] {
            @match &cell.name {
                Some(name) => (shell.link(&page.id.proof(name), &cell.text)),
                None => (cell.text),
            }
            @if !cell.note.is_empty() { " " span.note { (cell.note) } }
            @if !cell.joins.is_empty() {
                " "
                sup { @for number in &cell.joins { a.join href={ "#sum-" (number) } aria-label={ (shell.of("算式 ", "sum ")) (number) } { "✗" (number) } " " } }
            }
        }
    }
}

fn beyond(page: &ReportPage, shell: &Shell<'_>) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    let values = beyond_the_form(&page.report);
    html! {
        @if !values.is_empty() {
            section aria-labelledby="beyond" {
                h2 id="beyond" { (of("表式之外的行和栏", "Rows and columns beyond the form")) }
                div.wide tabindex="0" role="region" aria-label=(of("照印一览", "Table as printed")) {
                    table {
                        thead { tr {
                            th scope="col" { (of("名目（照印）", "Label as printed")) }
                            th scope="col" { (of("单位", "Unit")) }
                            th scope="col" { (of("栏", "Column")) }
                            th scope="col" { (of("所计", "Counts")) }
                            th scope="col" .number { (of("数值", "Value")) }
                        } }
                        tbody {
                            @for value in &values {
                                tr {
                                    th scope="row" lang="zh" { (value.label()) }
                                    td lang="zh" { (value.cell.unit.map_or("", |unit| unit.as_str())) }
                                    td lang="zh" { (value.cell.head.as_deref().unwrap_or("")) }
                                    td {
                                        @match value.cell.year { Some(year) => (year), None => (words::column(value.cell.kind).of(shell.language)) }
                                    }
                                    td.number lang="zh" class={ "s-" (value.cell.status.as_str()) } { (value.shown().text()) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn sums(page: &ReportPage, shell: &Shell<'_>) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    html! {
        @if !page.contradictions.is_empty() {
            section aria-labelledby="sums" {
                h2 id="sums" { (of("这些单元格的数不符", "These cells do not add up")) }
                p {
                    (of(
                        "以下照网页所印的数计算。不符不等于作假：可能是笔误、口径不同或本程序误读，请先看网页。",
                        "Reckoned with the numbers as the page prints them. What does not add up is no proof of intent: it may be a slip, another definition, or our misreading. See the page first.",
                    ))
                }
                ol.sums { @for one in &page.contradictions { (sum(page, one, shell)) } }
            }
        }
    }
}

fn sum(page: &ReportPage, one: &Contradiction, shell: &Shell<'_>) -> Markup {
    let side = |is_right: bool| {
        let terms: Vec<&TermView> = one
            .terms
            .iter()
            .filter(|term| term.is_right == is_right)
            .collect();
        html! {
            @if terms.is_empty() { li.quiet { (shell.of("（无单元格）", "(no cell)")) } }
            @for term in terms {
                li {
                    span.sign { (term.sign) } " "
                    (shell.link(&page.id.proof(&term.cell), html! { strong { (term.text) } })) " "
                    a.quiet href={ "#cell-" (term.cell) } { (term.labels.join(" / ")) }
                }
            }
        }
    };
    let sentence = shell.of(&one.zh, &one.en);
    let is_two_sided = one.terms.iter().any(|term| term.is_right);
    html! {
        li id={ "sum-" (one.number) } value=(one.number) tabindex="-1" {
            p {
                @match (&one.sum_zh, shell.language) {
                    (Some(sum), Language::Zh) => { strong.sum { (sum) } " " code.quiet { (one.id()) } }
                    _ => { strong.sum lang="en" { (one.sum) } " " code.quiet lang="en" { (one.identity) } }
                }
                @if !sentence.is_empty() { br; (sentence) }
            }
            div.sides lang="zh" {
                ul { (side(false)) }
                @if is_two_sided {
                    p.operator { @if one.operator.is_empty() { "≠" } @else { (shell.of("应", "should be ")) (one.operator) } }
                    ul { (side(true)) }
                }
            }
            @let exceptions = exceptions(one, shell);
            @if !exceptions.is_empty() {
                p { (shell.of("可能的正当原因：", "May be innocent: ")) }
                ul { @for exception in exceptions { li { (exception) } } }
            }
        }
    }
}

/// Explanations without fault, in the reader's language.
fn exceptions<'c>(one: &'c Contradiction, shell: &Shell<'_>) -> &'c [String] {
    match shell.language {
        Language::Zh => &one.exceptions_zh,
        Language::En => &one.exceptions,
    }
}

/// What a finding says beyond its code: in Chinese where it is known, else the English words, called so.
fn details(page: &ReportPage, finding: &Finding, shell: &Shell<'_>) -> Markup {
    let told = page.contradictions.iter().find(|one| one.is_of(finding));
    let chinese = told.and_then(|one| Some((one, one.sum_zh.as_deref()?)));
    let is_of_proposals = matches!(finding.code, Code::RepairProposed | Code::RepairAmbiguous);
    html! {
        @match (chinese, shell.language) {
            // They say in Chinese what the message says.
            (_, Language::Zh) if is_of_proposals && !page.report.proposals.is_empty() => {
                a href="#proposals" { "见上：怎样才会相符" }
            }
            (Some((one, sum)), Language::Zh) => {
                (sum)
                @if finding.code == Code::SoftIdentityFails && !one.exceptions_zh.is_empty() {
                    "可能的正当原因：" (one.exceptions_zh.concat())
                }
            }
            (_, Language::Zh) => { span lang="en" { (finding.message) } }
            (_, Language::En) => { (finding.message) }
        }
    }
}

fn proposals(page: &ReportPage, shell: &Shell<'_>) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    html! {
        @if !page.report.proposals.is_empty() {
            section aria-labelledby="proposals" {
                h2 id="proposals" { (of("怎样才会相符（仅为建议，从不采用）", "What would make them agree (proposed, never applied)")) }
                ul {
                    @for proposal in &page.report.proposals {
                        li {
                            strong { (words::cause(proposal.cause).of(shell.language)) } ": "
                            @for (number, change) in proposal.changes.iter().enumerate() {
                                @if number > 0 { "; " }
                                @let name = cell_name(&page.report, change.indicator);
                                (shell.link(&page.id.proof(&name), html! { code { (name) } })) " "
                                @match change.printed { Some(value) => (value), None => (of("（无数）", "(no number)")) }
                                " → "
                                @match change.proposed { Some(value) => (value), None => (of("（未定或无数）", "(not settled, or none)")) }
                            }
                            br;
                            span.quiet {
                                @if proposal.unique { (of("唯一的解释", "the only explanation")) }
                                @else { (of("几种解释之一，共 ", "one of ")) (proposal.alternatives) }
                                " · " (of("可信程度：", "confidence: ")) (words::confidence(proposal.confidence).of(shell.language))
                                " · " (words::fault(proposal.fault).of(shell.language))
                                " · " code lang="en" { (proposal.identities.join("; ")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn findings(page: &ReportPage, shell: &Shell<'_>) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    let by_weight = |severity: Severity| {
        page.report
            .findings
            .iter()
            .filter(move |one| one.severity == severity)
    };
    html! {
        section aria-labelledby="findings" {
            h2 id="findings" { (of("核查发现", "Findings")) }
            @if page.watch.is_empty() && page.report.findings.is_empty() {
                p { (of("没有发现。", "None.")) }
            }
            @if !page.watch.is_empty() {
                h3 { (of("跨年度、跨版本、跨报告", "Across years, versions and reports")) }
                ul.findings { @for line in &page.watch { (watched(line, shell)) } }
            }
            @if !page.report.findings.is_empty() {
                h3 { (of("本报告之内", "Within this report")) }
                ul.findings {
                    @for severity in Severity::ALL.into_iter().rev() {
                        @for finding in by_weight(severity) { (found(page, finding, shell)) }
                    }
                }
            }
        }
    }
}

fn weight(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "bad",
        Severity::Warning => "warn",
        Severity::Info => "quiet",
    }
}

fn found(page: &ReportPage, finding: &Finding, shell: &Shell<'_>) -> Markup {
    let cells: Vec<&str> = finding.place.split(',').map(str::trim).collect();
    let shown = cells.len().min(6);
    html! {
        li {
            span class=(weight(finding.severity)) { (words::severity(finding.severity).of(shell.language)) } " "
            (words::code(finding.code).of(shell.language)) " " code.quiet { (finding.code.as_str()) }
            br;
            (details(page, finding, shell))
            @if !finding.place.is_empty() {
                br;
                span.quiet {
                    @for (number, cell) in cells[..shown].iter().enumerate() {
                        @if number > 0 { ", " }
                        @if page.report.observation(cell).is_some() { (shell.link(&page.id.proof(cell), *cell)) } @else { (cell) }
                    }
                    @if cells.len() > shown { (of_more(shell, cells.len() - shown)) }
                }
            }
        }
    }
}

fn of_more(shell: &Shell<'_>, count: usize) -> String {
    match shell.language {
        Language::Zh => format!("，另 {count} 格"),
        Language::En => format!(", and {count} more"),
    }
}

fn watched(line: &WatchLine, shell: &Shell<'_>) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    let severity = Severity::ALL
        .into_iter()
        .find(|one| one.as_str() == line.severity);
    let innocent = match shell.language {
        Language::Zh => &line.innocent_zh,
        Language::En => &line.innocent_en,
    };
    let basis = of(&line.basis_zh, &line.basis_en);
    html! {
        li id={ "finding-" (line.id) } {
            @if let Some(severity) = severity {
                span class=(weight(severity)) { (words::severity(severity).of(shell.language)) } " "
            }
            (of(&line.message_zh, &line.message_en)) " " code.quiet { (line.code) }
            @match line.verdict.as_str() {
                "confirmed" => { " " strong.bad { (of("（已确认）", "(confirmed)")) } }
                "dismissed" => { " " strong.quiet { (of("（已排除）", "(dismissed)")) } }
                _ => {}
            }
            @if let Some(reason) = &line.verdict_reason { " " span { (reason) } }
            @if !basis.is_empty() { p { (of("依据：", "Basis: ")) (basis) } }
            @let reasons: Vec<&str> = innocent.as_array().into_iter().flatten().filter_map(|one| one.as_str()).collect();
            @if !reasons.is_empty() {
                p { (of("可能的正当原因：", "May be innocent: ")) }
                ul { @for reason in reasons { li { (reason) } } }
            }
            p.quiet { (of("编号 ", "Finding ")) code { (line.id) } }
        }
    }
}
