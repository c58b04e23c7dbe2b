//! Several reports on one page, and one report over several pages.
//!
//! Generated pages of known truth, and pages that look much like them and must not be read so.

#[path = "generator/mod.rs"]
mod generator;

use generator::{Behind, Case, Charset, Declared, Dialect, Turning, paged, pair, several};
use jiff::Timestamp;
use nianbao::archive::FixedClock;
use nianbao::home::Home;
use nianbao::model::{Catalog, CellStatus, Code, FormId, Report};
use nianbao::pipeline::{
    BuildOptions, Importer, Input, Origin, Outcome, Page, build, read_all, read_pages,
};
use nianbao::profile::Profile;
use nianbao::store::Store;

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

/// A county prints its bureaus' reports under one heading: none of them is the county's.
#[test]
fn reports_of_a_collection_belong_to_their_own_agencies() {
    for seed in 0..6 {
        let case = Case::of(seed, FormId::F2021, Dialect::AsPrinted)
            .encoded(Charset::Utf8, Declared::Right);
        let cases = pair(&case, Behind::Neighbour);
        let page = String::from_utf8(several(&cases)).unwrap();
        let body = page.find("<body").unwrap();
        let start = body + page[body..].find('>').unwrap() + 1;
        let whole = format!(
            "<h1>白鹭县{}年政府信息公开工作年度报告</h1><p>发布时间：{}</p>",
            case.content.year, case.content.published
        );
        let page = format!("{}{whole}{}", &page[..start], &page[start..]);
        let reports = read(page.as_bytes(), None);
        let agencies: Vec<Option<&str>> = reports
            .iter()
            .map(|report| report.agency.name.as_deref())
            .collect();
        let want: Vec<Option<&str>> = cases
            .iter()
            .map(|case| Some(case.content.agency.name.as_str()))
            .collect();
        assert_eq!(agencies, want, "seed {seed}");
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

fn inputs(pages: &[(String, Vec<u8>)]) -> Vec<Input<'_>> {
    pages
        .iter()
        .map(|(name, bytes)| Input {
            bytes,
            origin: Origin::default(),
            file: Some(name),
        })
        .collect()
}

#[test]
fn pages_of_one_report_are_read_as_one() {
    let dialects = [
        Dialect::AsPrinted,
        Dialect::SplitWithHeader,
        Dialect::SplitWithoutHeader,
        Dialect::Article20Separate,
        Dialect::DisputesThreeTables,
    ];
    let mut wrong = Vec::new();
    for form in [FormId::F2019, FormId::F2021] {
        for (number, dialect) in (0..).zip(dialects) {
            for turning in [Turning::Call, Turning::Links] {
                for seed in [number, number + 10, number + 20] {
                    let case = Case::of(seed, form, dialect);
                    let count = 2 + usize::try_from(seed % 2).unwrap();
                    let pages = paged(&case, count, turning);
                    let name = format!("{form} {dialect:?} {turning:?} seed {seed}");
                    // Whatever order they come in.
                    let mut inputs = inputs(&pages);
                    inputs.reverse();
                    let mut outcomes = read_pages(&inputs, Profile::generic());
                    let first = outcomes.pop().unwrap();
                    let last = pages.len() - 1;
                    assert!(
                        outcomes
                            .iter()
                            .all(|o| matches!(o, Outcome::Joined(first) if *first == last)),
                        "{name}: {outcomes:?}"
                    );
                    let Outcome::Reports(reports) = first else {
                        wrong.push(format!("{name}: {first:?}"));
                        continue;
                    };
                    let [report] = reports.as_slice() else {
                        panic!("{name}: {} reports", reports.len());
                    };
                    wrong.extend(
                        differences(&case, report)
                            .iter()
                            .map(|d| format!("{name}: {d}")),
                    );
                    // Every place is in the page it names.
                    assert_eq!(report.provenance.parts.len(), pages.len());
                    let mut parts = 0;
                    for observation in &report.observations {
                        let Some(source) = observation.source else {
                            continue;
                        };
                        let (_, bytes) = &pages[usize::from(source.bytes.part)];
                        parts |= 1 << source.bytes.part;
                        let there = source.bytes.slice(bytes).unwrap();
                        let plain =
                            there.is_ascii() && !there.contains(&b'<') && !there.contains(&b'&');
                        if plain && !observation.raw.is_empty() {
                            assert_eq!(there, observation.raw.as_bytes(), "{name}");
                        }
                    }
                    if parts == 1 {
                        wrong.push(format!("{name}: no cell on the second page"));
                    }
                    let truth = case.truth();
                    let text: String = report.sections.iter().map(|s| squeeze(&s.text)).collect();
                    for paragraph in truth.sections.iter().flat_map(|(_, texts)| texts) {
                        if text.matches(&squeeze(paragraph)).count() != 1 {
                            wrong.push(format!("{name}: lost {paragraph:?}"));
                        }
                    }
                    for word in ["[2]", "2页", &truth.title] {
                        if text.contains(&squeeze(word)) {
                            wrong.push(format!("{name}: {word:?} in the text"));
                        }
                    }
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{}",
        wrong[..wrong.len().min(30)].join("\n")
    );
}

#[test]
fn a_page_alone_says_where_the_report_goes_on() {
    for turning in [Turning::Call, Turning::Links] {
        let case = Case::plain(6, FormId::F2021, Dialect::AsPrinted);
        let pages = paged(&case, 2, turning);
        let outcomes = read_pages(&inputs(&pages[..1]), Profile::generic());
        let Outcome::Reports(reports) = &outcomes[0] else {
            panic!("{outcomes:?}");
        };
        let found = reports[0]
            .findings
            .iter()
            .find(|f| f.code == Code::ContinuedElsewhere);
        assert_eq!(found.map(|f| f.place.as_str()), Some(pages[1].0.as_str()));
        let absent = |o: &&nianbao::model::Observation| o.status == CellStatus::TableAbsent;
        assert_eq!(reports[0].observations.iter().find(absent), None);
        assert!(
            differences(&case, &reports[0])
                .iter()
                .all(|d| d.contains("Unreadable"))
        );
        // The page behind it is no report of its own.
        let outcomes = read_pages(&inputs(&pages[1..]), Profile::generic());
        let Outcome::Unreadable(why) = &outcomes[0] else {
            panic!("{outcomes:?}");
        };
        assert_eq!(why.reason(), "continuation");
        assert!(why.to_string().contains(&pages[0].0));
    }
}

#[test]
fn names_alone_join_nothing() {
    let case = Case::plain(6, FormId::F2021, Dialect::AsPrinted);
    let other = Case::plain(7, FormId::F2021, Dialect::AsPrinted);
    let pages = [
        ("a.html".to_owned(), case.render()),
        ("a_2.html".to_owned(), other.render()),
    ];
    let outcomes = read_pages(&inputs(&pages), Profile::generic());
    for (case, outcome) in [case, other].iter().zip(outcomes) {
        let Outcome::Reports(reports) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(differences(case, &reports[0]), Vec::<String>::new());
    }
}

/// What the database says of every report: year, title, cells with a number, name of its parts.
fn stored(store: &Store) -> Vec<String> {
    let mut reports = Vec::new();
    for id in 1..10 {
        let Some(stored) = store.reader().report(id).unwrap() else {
            continue;
        };
        let report = stored.report;
        let numbers = report
            .observations
            .iter()
            .filter(|o| o.value.is_some())
            .count();
        let parts: Vec<String> = report
            .provenance
            .parts
            .iter()
            .map(|p| p.name.clone())
            .collect();
        reports.push(format!(
            "{:?} {:?} {numbers} {parts:?}",
            report.year, report.title
        ));
    }
    reports.sort();
    reports
}

#[test]
fn a_build_joins_pages_and_keeps_reports_apart() {
    let case = Case::plain(6, FormId::F2021, Dialect::AsPrinted);
    let other = pair(
        &Case::plain(8, FormId::F2021, Dialect::AsPrinted),
        Behind::Older,
    );
    let mut pages = paged(&case, 3, Turning::Call);
    pages.push(("two.html".into(), several(&other)));
    let missing = Case::plain(9, FormId::F2021, Dialect::AsPrinted);
    pages.push(paged(&missing, 2, Turning::Links).swap_remove(0));
    // Whatever order they were fetched in.
    pages.rotate_left(2);
    let folder = tempfile::tempdir().unwrap();
    let home = Home::init(&folder.path().join("home")).unwrap();
    {
        let store = Store::open(&home.database()).unwrap();
        let clock = FixedClock(Timestamp::from_second(1_700_000_000).unwrap());
        let (mut importer, _) = Importer::open(&home, &store, clock).unwrap();
        for (name, bytes) in &pages {
            let url = format!("https://www.yunxi.example/zfxxgk/{name}");
            let page = Page {
                bytes,
                url: Some(&url),
                content_type: None,
                file_name: None,
            };
            importer.page(&page).unwrap();
        }
    }
    let mut store = Store::open(&home.database()).unwrap();
    let options = |jobs| BuildOptions {
        decisions: nianbao::decisions::Decisions::none(),
        hosts: nianbao::audit::origin::HostRules::get(),
        readings: nianbao::pipeline::Readings::compiled(),
        jobs: std::num::NonZeroUsize::new(jobs),
        started_at: Timestamp::now(),
        reread: false,
        stop: None,
    };
    let first = build(&home.warc(), &mut store, &options(2), |_| {}).unwrap();
    assert_eq!((first.reports(), first.failures), (4, 0), "{first:?}");
    assert_eq!(first.refusals.get("continuation"), Some(&2));
    let numbers = |case: &Case| case.number_count();
    let stem = |page: &str| format!("t00000006{page}.html");
    let mut want = vec![format!(
        "{:?} {:?} {} {:?}",
        Some(case.content.year),
        Some(&case.content.title),
        numbers(&case),
        ["", "_1", "_2"].map(stem)
    )];
    for case in &other {
        let (year, title) = (Some(case.content.year), Some(&case.content.title));
        want.push(format!("{year:?} {title:?} {} []", numbers(case)));
    }
    let found = stored(&store);
    for want in want {
        assert!(found.contains(&want), "{want} in {found:#?}");
    }
    let reread = BuildOptions {
        decisions: nianbao::decisions::Decisions::none(),
        reread: true,
        ..options(1)
    };
    let again = build(&home.warc(), &mut store, &reread, |_| {}).unwrap();
    assert_eq!(
        again.count(nianbao::store::Outcome::Unchanged),
        4,
        "{again:?}"
    );
    assert_eq!(stored(&store), found);
}

#[test]
fn reports_that_are_attached_are_refused_with_the_address() {
    let title = "云溪市教育局2021年政府信息公开工作年度报告";
    let byline = "<p>发布时间：2022-01-20 来源：云溪市教育局</p>";
    let list = "<a href='/a.pdf'>首页</a>";
    let cases = [
        (
            "<p>附件：<a href='./P0202.pdf'>年度报告.pdf</a></p>",
            Some("./P0202.pdf"),
        ),
        (
            "<iframe src='/js/web/viewer.html?file=/u/1.pdf'></iframe>",
            Some("/js/web/viewer.html?file=/u/1.pdf"),
        ),
        (
            "<embed src='1.PDF'><p><a href='2.doc'>下载</a></p>",
            Some("1.PDF 2.doc"),
        ),
        (
            "<p><a href='x.html'>云溪市教育局2021年政府信息公开工作年度报告</a></p>",
            None,
        ),
        ("<iframe src='https://map.example/'></iframe>", None),
    ];
    for (body, want) in cases {
        let page = format!(
            "<html><head><meta charset=utf-8></head><body><div>{list}</div><div class=article-content><h1>{title}</h1>{byline}{body}</div></body></html>"
        );
        let read = read_all(page.as_bytes(), Origin::default(), Profile::generic());
        let why = read.unwrap_err();
        let reason = if want.is_some() {
            "attached"
        } else {
            "no_report"
        };
        assert_eq!(why.reason(), reason, "{body}: {why}");
        if let Some(want) = want {
            assert!(why.to_string().ends_with(want), "{why}");
        }
    }
}

#[test]
fn blanks_lost_before_row_codes_are_no_numbers() {
    for seed in 0..12 {
        let case = Case::of(seed, FormId::F2008, Dialect::FlatBlanksLost);
        let truth = case.truth();
        for report in read(&case.render(), None) {
            for observation in report.observations.iter().filter(|o| o.value.is_some()) {
                let cell = &Catalog::get().indicator(observation.indicator).cell;
                let want = truth.cells[cell].value.clone();
                let found = observation.value.map(|value| value.to_string());
                assert_eq!(found, want, "seed {seed}: {cell}");
            }
        }
    }
}

fn codes(report: &Report) -> Vec<Code> {
    report.findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn years_of_running_text_count_last_and_are_found() {
    let case = Case::plain(4, FormId::F2021, Dialect::AsPrinted);
    let year = case.content.year;
    let untold = |page: String, with: &str| {
        page.replace(&year.to_string(), "近")
            .replace(&(year + 1).to_string(), "次")
            .replacen(
                "一、总体情况</p>",
                &format!("一、总体情况</p><p>{with}</p>"),
                1,
            )
            .replacen(
                "一、总体情况</h3>",
                &format!("一、总体情况</h3><p>{with}</p>"),
                1,
            )
    };
    let cases = [
        (
            format!("{year}年，我局认真做好政府信息公开工作。"),
            Some(year),
        ),
        (
            format!("{year}年度，我局认真做好政府信息公开工作。"),
            Some(year),
        ),
        (
            format!("自{year}年起，我局认真做好政府信息公开工作。"),
            None,
        ),
        (
            format!(
                "{year}年，我局做好公开。</p><p>{}年，我局也做好公开。",
                year - 1
            ),
            None,
        ),
        (format!("根据{year}年的要求，做好公开。"), None),
    ];
    for (text, want) in cases {
        let page = untold(case.text(), &text);
        let [report] = &read(page.as_bytes(), None)[..] else {
            panic!("{text}");
        };
        assert_eq!(report.year, want, "{text}");
        let code = if want.is_some() {
            Code::YearFromText
        } else {
            Code::YearUnknown
        };
        assert!(
            codes(report).contains(&code),
            "{text}: {:?}",
            report.findings
        );
    }
    let report = &read(&case.render(), None)[0];
    assert_eq!(report.year, Some(year));
    assert!(!codes(report).contains(&Code::YearFromText));
}

#[test]
fn dates_before_the_year_was_over_are_found() {
    let case = Case::plain(4, FormId::F2021, Dialect::AsPrinted);
    let year = case.content.year;
    assert!(!codes(&read(&case.render(), None)[0]).contains(&Code::PublishedEarly));
    let page = case
        .text()
        .replace(&format!("{}-", year + 1), &format!("{year}-"));
    let page = page.replace(&format!("{}年", year + 1), &format!("{year}年"));
    let report = &read(page.as_bytes(), None)[0];
    assert!(
        codes(report).contains(&Code::PublishedEarly),
        "{:?}",
        report.dates
    );
}

#[test]
fn statutory_tables_under_another_documents_title_are_found() {
    let case = Case::plain(4, FormId::F2021, Dialect::AsPrinted);
    let title = format!("云溪市教育局{}年政务公开工作总结", case.content.year);
    let page = case.text().replace(&case.content.title, &title);
    let report = &read(page.as_bytes(), None)[0];
    assert!(codes(report).contains(&Code::TitleLookAlike));
    assert!(!codes(&read(&case.render(), None)[0]).contains(&Code::TitleLookAlike));
}
