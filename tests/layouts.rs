//! Pages laid out unlike one report a page in `<table>` elements: several reports on one page.
//!
//! Generated pages of known truth, and pages that look much like them and must not be read so.

#[path = "generator/mod.rs"]
mod generator;

use generator::{Behind, Case, Dialect, pair, several};
use nianbao::model::{Catalog, Code, FormId, Report};
use nianbao::pipeline::{Origin, read_all};
use nianbao::profile::Profile;

fn read(bytes: &[u8], url: Option<&str>) -> Vec<Report> {
    let origin = Origin {
        url,
        content_type: None,
    };
    read_all(bytes, origin, Profile::generic()).unwrap_or_default()
}

/// Cells whose value or status differs from the truth's; cells with a value the truth lacks.
fn differences(case: &Case, report: &Report) -> Vec<String> {
    let truth = case.truth();
    let mut out = Vec::new();
    for observation in &report.observations {
        let cell = &Catalog::get().indicator(observation.indicator).cell;
        let value = observation.value.map(|value| value.to_string());
        let same = match truth.cells.get(cell) {
            Some(want) => value == want.value && observation.status == want.status,
            None => value.is_none(),
        };
        if !same {
            out.push(format!("{cell}: {:?} {value:?}", observation.status));
        }
    }
    if report.observations.is_empty() {
        out.push("no cells".into());
    }
    out
}

fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

const DIALECTS: [Dialect; 8] = [
    Dialect::AsPrinted,
    Dialect::WordPaste,
    Dialect::Article20Separate,
    Dialect::GroupHeadingRows,
    Dialect::SplitWithoutHeader,
    Dialect::DisputesThreeTables,
    Dialect::DivStyles,
    Dialect::DivClasses,
];

#[test]
fn two_reports_on_a_page_are_two_reports() {
    let mut wrong = Vec::new();
    let mut pages = 0;
    for form in [FormId::F2019, FormId::F2021] {
        for (number, dialect) in (0..).zip(DIALECTS) {
            for behind in Behind::ALL {
                for seed in [number, number + 40] {
                    let cases = pair(&Case::of(seed, form, dialect), behind);
                    let url = cases[0].url();
                    let reports = read(&several(&cases), Some(&url));
                    pages += 1;
                    let name = format!("{form} {dialect:?} {behind:?} seed {seed}");
                    if reports.len() != 2 {
                        wrong.push(format!("{name}: {} reports", reports.len()));
                        continue;
                    }
                    for (case, report) in cases.iter().zip(&reports) {
                        let truth = case.truth();
                        wrong.extend(
                            differences(case, report)
                                .iter()
                                .map(|d| format!("{name}: {d}")),
                        );
                        let found = (
                            report.agency.name.as_deref(),
                            report.year,
                            report.scope,
                            report.title.as_deref(),
                        );
                        let want = (
                            Some(truth.agency.as_str()),
                            Some(truth.year),
                            truth.scope,
                            Some(truth.title.as_str()),
                        );
                        if found != want {
                            wrong.push(format!("{name}: {found:?} instead of {want:?}"));
                        }
                        let older = truth.year < cases[0].content.year;
                        let published = (!older).then_some(truth.published);
                        if report.published != published {
                            wrong.push(format!("{name}: {:?}", report.dates));
                        }
                        let text: String =
                            report.sections.iter().map(|s| squeeze(&s.text)).collect();
                        for paragraph in truth.sections.iter().flat_map(|(_, texts)| texts) {
                            if text.matches(&squeeze(paragraph)).count() != 1 {
                                wrong.push(format!("{name}: lost {paragraph:?}"));
                            }
                        }
                        assert!(
                            report
                                .findings
                                .iter()
                                .any(|f| f.code == Code::SeveralReports)
                        );
                    }
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{pages} pages\n{}",
        wrong[..wrong.len().min(30)].join("\n")
    );
}

#[test]
fn what_only_speaks_of_another_report_is_none() {
    let list = "<p>云溪市教育局2019年政府信息公开工作年度报告</p><p>云溪市教育局2018年政府信息公开工作年度报告</p>";
    let sections = "<p>一、总体情况</p><p>全年主动公开信息多条，内容完整。</p><p>二、主动公开政府信息情况</p><p>略有增加，共计三十条。</p><p>三、收到和处理政府信息公开申请情况</p><p>均已答复，群众较为满意。</p>";
    let tails = [
        "<p>上一年度情况见《云溪市教育局2019年政府信息公开工作年度报告》。</p>".to_owned(),
        list.to_owned(),
        format!("{list}<p>一、总体情况</p>"),
        format!("<h2>关于做好政府信息公开工作年度报告编制的通知</h2>{sections}"),
        format!("<h2>云溪市教育局2019年政府信息公开工作年度报告解读</h2>{sections}"),
        // A title and sections, and no numbers of its own.
        format!("<h2>云溪市教育局2019年政府信息公开工作年度报告</h2>{sections}"),
    ];
    for (seed, tail) in (0..).zip(&tails) {
        let case = Case::plain(seed, FormId::F2021, Dialect::AsPrinted);
        let page = case.text();
        // Behind the last table's section, within the article.
        let at = page.rfind("</table>").unwrap() + "</table>".len();
        let page = [&page[..at], tail, &page[at..]].concat();
        let reports = read(page.as_bytes(), Some(&case.url()));
        assert_eq!(reports.len(), 1, "{tail}");
        assert_eq!(
            differences(&case, &reports[0]),
            Vec::<String>::new(),
            "{tail}"
        );
        assert_eq!(
            reports[0].title.as_deref(),
            Some(case.content.title.as_str())
        );
    }
}

#[test]
fn two_tables_under_one_title_stay_one_contradiction() {
    let [first, second] = pair(
        &Case::plain(3, FormId::F2021, Dialect::AsPrinted),
        Behind::Older,
    );
    let bytes = several(&[first.clone(), second.clone()]);
    let page = String::from_utf8(bytes).unwrap();
    let untitled = page.replace(&second.content.title, "附表");
    let reports = read(untitled.as_bytes(), None);
    assert_eq!(reports.len(), 1);
    let findings = &reports[0].findings;
    assert!(
        findings
            .iter()
            .any(|f| matches!(f.code, Code::DuplicateTable | Code::DuplicateRow)),
        "{findings:?}"
    );
}
