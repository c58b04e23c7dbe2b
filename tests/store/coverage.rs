//! The matrix of agencies and years: each cell with what it rests on, and nobody accused without it.

use jiff::Timestamp;
use nianbao::model::{FormId, Official, Report, Scope};
use nianbao::query::{
    AgencyFilter, CellEvidence, Coverage, Filter, ListedColumn, ListedEntry, Presence,
    absent_years, coverage, coverage_with, traces,
};

use crate::Home;
use crate::query::{filled, plain};

const AGENCY: &str = "甲县教育局";

fn report(year: i16) -> Report {
    plain(FormId::F2021, year, AGENCY, &[])
}

fn address(year: i16) -> String {
    report(year).provenance.url.unwrap()
}

/// A finding of a code about the report of a year.
fn find(home: &Home, year: i16, code: &str, id: &str) {
    let connection = home.store.connection();
    let put = |sql: &str| connection.execute(sql, ()).unwrap();
    put(&format!(
        "INSERT OR IGNORE INTO watch_code VALUES ('{code}', 'warning', 'x', 'x', 'x', 'x', '[]', '[]')"
    ));
    put(&format!(
        "INSERT INTO watch SELECT '{id}', '{code}', id, NULL, 'page', 'x', 'x', '', '[]' FROM report WHERE year = {year}"
    ));
}

fn entry(year: i32, url: &str, word: Option<&str>) -> ListedEntry {
    ListedEntry {
        url: url.into(),
        title: Some(format!("{year}年政府信息公开工作年度报告")),
        year,
        word: word.map(ToOwned::to_owned),
        why: None,
        at: word.map(|_| Timestamp::from_second(1_700_000_000).unwrap()),
    }
}

fn list(read: &str, entries: Vec<ListedEntry>) -> ListedColumn {
    ListedColumn {
        url: "http://www.example.gov.cn/nb/".into(),
        read: Some(read.parse().unwrap()),
        whole: true,
        entries,
    }
}

/// Years with their words and the kinds of what they rest on.
fn row(matrix: &Coverage) -> Vec<(i16, &'static str, Vec<String>)> {
    assert_eq!(matrix.rows.len(), 1, "{:?}", matrix.rows);
    let row = &matrix.rows[0];
    let cells = row.presence.iter().zip(&row.evidence);
    let kinds = |evidence: &Vec<CellEvidence>| {
        let kind = |one| {
            let json = serde_json::to_value(one).unwrap();
            json["kind"].as_str().unwrap().to_owned()
        };
        evidence.iter().map(kind).collect()
    };
    let told = cells.map(|(presence, evidence)| (presence.as_str(), kinds(evidence)));
    let years = matrix.years.iter().copied();
    years
        .zip(told)
        .map(|(year, (word, kinds))| (year, word, kinds))
        .collect()
}

fn words(matrix: &Coverage) -> Vec<(i16, &'static str)> {
    let cells = row(matrix).into_iter();
    cells.map(|(year, word, _)| (year, word)).collect()
}

#[test]
fn a_year_is_missing_only_where_something_says_so() {
    let home = filled(&[report(2018), report(2020)]);
    let all = Filter {
        from_year: Some(2016),
        to_year: Some(2022),
        ..Filter::default()
    };
    let matrix = coverage(&home.store, &all, &[]).unwrap();
    assert_eq!(
        words(&matrix),
        [
            (2016, "unknown"),
            (2017, "unknown"),
            (2018, "found"),
            (2019, "missing"),
            (2020, "found"),
            (2021, "unknown"),
            (2022, "unknown"),
        ]
    );
    assert_eq!(
        matrix.rows[0].evidence[3],
        [CellEvidence::Between {
            before: 2018,
            after: 2020
        }]
    );
    // What lies around the years asked for still tells.
    let one = Filter {
        from_year: Some(2018),
        to_year: Some(2019),
        ..Filter::default()
    };
    let matrix = coverage(&home.store, &one, &[]).unwrap();
    assert_eq!(words(&matrix), [(2018, "found"), (2019, "missing")]);
    let matrix = coverage(&home.store, &all, &[AGENCY.to_owned()]).unwrap();
    assert_eq!(words(&matrix)[5], (2021, "missing"));
    assert_eq!(matrix.rows[0].evidence[5], [CellEvidence::Named]);
}

#[test]
fn a_report_of_another_scope_is_not_missing() {
    let mut other = report(2019);
    other.scope = Scope::Consolidated;
    let home = filled(&[report(2018), other, report(2020)]);
    let own = Filter {
        scope: Some(Scope::Own),
        ..Filter::default()
    };
    let matrix = coverage(&home.store, &own, &[]).unwrap();
    let (_, word, kinds) = &row(&matrix)[1];
    assert_eq!(
        (*word, kinds.as_slice()),
        ("unknown", &["other_scope".to_owned()][..])
    );
}

#[test]
fn an_expected_agency_is_known_by_any_of_its_names() {
    const BEFORE: &str = "甲县环境保护局";
    let of = |year, agency: &str| plain(FormId::F2021, year, agency, &[]);
    let mut whole = report(2019);
    whole.scope = Scope::Consolidated;
    let home = filled(&[of(2018, BEFORE), of(2020, "甲县生态环境局"), whole]);
    home.store
        .connection()
        .execute(
            "UPDATE agency_key SET rule = 'rename', key = (SELECT id FROM agency WHERE name = '甲县生态环境局')
             WHERE agency_id = (SELECT id FROM agency WHERE name = ?1)",
            [BEFORE],
        )
        .unwrap();
    let told = |filter: &Filter, name: &str| {
        let matrix = coverage(&home.store, filter, &[name.to_owned()]).unwrap();
        let rows = matrix.rows.iter().map(|row| {
            let words: Vec<&str> = row.presence.iter().map(|one| one.as_str()).collect();
            (row.agency.clone().unwrap(), words.join(" "))
        });
        rows.collect::<Vec<_>>()
    };
    // The earlier name means the body as it is called now, also where the question leaves it out.
    let others = Filter {
        agency: Some(AgencyFilter::Exact(AGENCY.to_owned())),
        from_year: Some(2018),
        to_year: Some(2021),
        ..Filter::default()
    };
    let now = (
        "甲县生态环境局".to_owned(),
        "found missing found missing".to_owned(),
    );
    assert!(told(&others, BEFORE).contains(&now));
    assert_eq!(told(&others, BEFORE).len(), 2);
    // A report of another scope than asked for is there.
    let own = Filter {
        scope: Some(Scope::Own),
        ..others.clone()
    };
    let here = (
        AGENCY.to_owned(),
        "missing unknown missing missing".to_owned(),
    );
    assert_eq!(told(&own, AGENCY), [here]);
    // A name that nobody has.
    let nobody = (
        "甲县水务局".to_owned(),
        "missing missing missing missing".to_owned(),
    );
    assert!(told(&others, "甲县水务局").contains(&nobody));
}

#[test]
fn an_expected_agency_that_another_followed_is_not_missing_since() {
    let of = |year, agency: &str| plain(FormId::F2021, year, agency, &[]);
    // 规划局 was merged in 2018; nothing is known of an end of 统计局.
    let home = filled(&[
        of(2015, "甲县规划局"),
        of(2017, "甲县规划局"),
        of(2015, "甲县统计局"),
        of(2017, "甲县统计局"),
        of(2019, "甲县自然资源和规划局"),
    ]);
    let words = |name: &str| {
        let matrix = coverage(&home.store, &Filter::default(), &[name.to_owned()]).unwrap();
        let mut rows = matrix.rows.iter();
        let row = rows.find(|row| row.agency.as_deref() == Some(name));
        let words = row.unwrap().presence.iter().map(|one| one.as_str());
        words.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(words("甲县统计局"), "found missing found missing missing");
    assert_eq!(words("甲县规划局"), "found missing found unknown unknown");
}

#[test]
fn of_a_name_that_several_have_nobody_is_missing_for_being_named() {
    let mut other = report(2020);
    other.agency.code = Some("11350128MB0001234X".into());
    let mut first = report(2018);
    first.agency.code = Some("113501280034567890".into());
    let home = filled(&[first, other]);
    let matrix = coverage(&home.store, &Filter::default(), &[AGENCY.to_owned()]).unwrap();
    assert_eq!(matrix.rows.len(), 2);
    for row in &matrix.rows {
        assert!(!row.presence.contains(&Presence::Missing), "{row:?}");
    }
}

#[test]
fn late_and_withdrawn_name_their_findings_until_dismissed() {
    let home = filled(&[report(2018), report(2019), report(2020)]);
    find(&home, 2018, "late", "aaaa");
    find(&home, 2019, "late", "bbbb");
    find(&home, 2019, "withdrawn", "cccc");
    find(&home, 2020, "same_numbers", "dddd");
    let told = || words(&coverage(&home.store, &Filter::default(), &[]).unwrap());
    assert_eq!(
        told(),
        [(2018, "late"), (2019, "withdrawn"), (2020, "found")]
    );
    let matrix = coverage(&home.store, &Filter::default(), &[]).unwrap();
    let ids: Vec<_> = matrix.rows[0]
        .evidence
        .iter()
        .flatten()
        .filter_map(|one| match one {
            CellEvidence::Finding { id, .. } => Some(id.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(ids, ["aaaa", "bbbb", "cccc"]);
    let sql = "INSERT INTO verdict VALUES ('cccc', 'dismissed', 'moved', NULL, '2024-01-01'),
      ('aaaa', 'confirmed', 'asked', NULL, '2024-01-01')";
    home.store.connection().execute(sql, ()).unwrap();
    assert_eq!(told(), [(2018, "late"), (2019, "late"), (2020, "found")]);
}

#[test]
fn what_a_list_names_and_was_not_had_says_why() {
    let home = filled(&[report(2018), report(2021)]);
    let entries = |word: Option<&str>| {
        let gone = entry(2019, "http://www.example.gov.cn/2019", Some("gone"));
        let other = entry(2020, "http://www.example.gov.cn/2020", word);
        vec![entry(2018, &address(2018), Some("ok")), gone, other]
    };
    let told = |word: Option<&str>| {
        let lists = [list("2022-01-01T00:00:00Z", entries(word))];
        coverage_with(&home.store, &Filter::default(), &[], &lists).unwrap()
    };
    for (word, want) in [
        (Some("blocked"), "blocked"),
        (Some("challenge"), "blocked"),
        (Some("throttled"), "blocked"),
        (Some("timeout"), "not_fetched"),
        (None, "not_fetched"),
        (Some("robots_disallowed"), "not_fetched"),
        // Fetched, and no build has read it yet.
        (Some("ok"), "not_fetched"),
        // Leads elsewhere: nothing is said by it.
        (Some("redirect"), "missing"),
    ] {
        let matrix = told(word);
        assert_eq!(
            words(&matrix),
            [
                (2018, "found"),
                (2019, "missing"),
                (2020, want),
                (2021, "found")
            ],
            "{word:?}"
        );
        assert_eq!(matrix.listed_unplaced, 0);
        let [CellEvidence::Listed { outcome, url, .. }] = matrix.rows[0].evidence[1].as_slice()
        else {
            panic!("{:?}", matrix.rows[0].evidence[1]);
        };
        assert_eq!(outcome.as_deref(), Some("gone"));
        assert_eq!(url, "http://www.example.gov.cn/2019");
    }
    // Nothing tells whose a list is that has no report of ours; a name in the title does.
    let mut stranger = entry(2020, "http://www.example.gov.cn/x", Some("blocked"));
    let unknown = [list("2022-01-01T00:00:00Z", vec![stranger.clone()])];
    let matrix = coverage_with(&home.store, &Filter::default(), &[], &unknown).unwrap();
    assert_eq!(
        (words(&matrix)[2], matrix.listed_unplaced),
        ((2020, "missing"), 1)
    );
    stranger.title = Some(format!("{AGENCY}2020年政府信息公开工作年度报告"));
    let named = [list("2022-01-01T00:00:00Z", vec![stranger])];
    let matrix = coverage_with(&home.store, &Filter::default(), &[], &named).unwrap();
    assert_eq!(
        (words(&matrix)[2], matrix.listed_unplaced),
        ((2020, "blocked"), 0)
    );
}

#[test]
fn a_list_read_to_its_end_after_the_laws_last_day_tells_what_it_lacks() {
    let home = filled(&[report(2018), report(2019)]);
    let told = |read: &str, whole: bool, years: &[i16]| {
        let entries = years
            .iter()
            .map(|year| entry((*year).into(), &address(*year), Some("ok")));
        let mut one = list(read, entries.collect());
        one.whole = whole;
        let matrix = coverage_with(&home.store, &Filter::default(), &[], &[one]).unwrap();
        words(&matrix).into_iter().skip(2).collect::<Vec<_>>()
    };
    let both = [2018, 2019];
    assert_eq!(told("2021-06-30T12:00:00Z", true, &both), []);
    assert_eq!(
        told("2021-07-01T12:00:00Z", true, &both),
        [(2020, "missing")]
    );
    assert_eq!(
        told("2022-12-01T00:00:00Z", true, &both),
        [(2020, "missing"), (2021, "missing")]
    );
    // Cut short, or not where the last report is.
    assert_eq!(told("2022-12-01T00:00:00Z", false, &both), []);
    assert_eq!(told("2022-12-01T00:00:00Z", true, &[2018]), []);
    // Another body followed.
    home.store
        .connection()
        .execute(
            "INSERT INTO agency_link SELECT a.id, b.id, 'merged_into', '2019', NULL, 'x', 'x' FROM agency a, agency b LIMIT 1",
            (),
        )
        .unwrap();
    assert_eq!(told("2022-12-01T00:00:00Z", true, &both), []);
}

#[test]
fn a_copy_does_not_stretch_the_years_of_an_agency() {
    let mut copy = report(2021);
    copy.provenance.official = Official::MirrorSuspected;
    let home = filled(&[report(2018), copy]);
    let matrix = coverage(&home.store, &Filter::default(), &[]).unwrap();
    assert_eq!(
        words(&matrix),
        [
            (2018, "found"),
            (2019, "unknown"),
            (2020, "unknown"),
            (2021, "copy_only")
        ]
    );
    assert_eq!(matrix.rows[0].presence[3], Presence::CopyOnly);
}

#[test]
fn a_few_agencies_are_told_of_as_all_are() {
    let home = filled(&[
        report(2018),
        report(2021),
        plain(FormId::F2021, 2019, "乙县水务局", &[]),
        plain(FormId::F2021, 2022, "乙县水务局", &[]),
    ]);
    let mut stranger = entry(2020, "http://www.example.gov.cn/x", Some("blocked"));
    stranger.title = Some("乙县水务局2020年政府信息公开工作年度报告".into());
    let lists = [list(
        "2024-01-01T00:00:00Z",
        vec![
            entry(2018, &address(2018), Some("ok")),
            entry(2019, "http://www.example.gov.cn/2019", Some("blocked")),
            entry(2021, &address(2021), Some("ok")),
            stranger,
        ],
    )];
    find(&home, 2018, "late", "a");
    let all = coverage_with(&home.store, &Filter::default(), &[], &lists).unwrap();
    assert_eq!(all.rows.len(), 2);
    let mut seen = 0;
    for row in &all.rows {
        let key = row.key.unwrap();
        let few = absent_years(&home.store, &[key], &lists).unwrap();
        let told = few.get(&key).map_or(&[][..], Vec::as_slice);
        for (at, year) in all.years.iter().enumerate() {
            let one = told.iter().find(|one| one.year == *year);
            let presence = row.presence[at];
            assert_eq!(one.is_some(), presence.tells_of_absence(), "{key} {year}");
            if let Some(one) = one {
                assert_eq!((one.presence, &one.evidence), (presence, &row.evidence[at]));
                seen += 1;
            }
        }
    }
    assert!(seen >= 4, "{all:?}");
    let traces = traces(&home.store, &[all.rows[0].key.unwrap()]).unwrap();
    assert_eq!(traces.urls.len(), 2);
    assert_eq!(traces.names, [all.rows[0].agency.clone().unwrap()]);
    assert!(absent_years(&home.store, &[], &lists).unwrap().is_empty());
}

/// The report of a body at an address.
fn at(agency: &str, year: i16, url: &str, code: Option<&str>) -> Report {
    let mut report = plain(FormId::F2021, year, agency, &[]);
    report.provenance.url = Some(url.into());
    report.agency.code = code.map(ToOwned::to_owned);
    // Another page, whatever agency and year.
    let mut hash = 0_u32;
    for byte in url.bytes() {
        hash = hash.wrapping_mul(31).wrapping_add(byte.into());
    }
    let digest = &mut report.provenance.sha256;
    digest.replace_range(8..16, &format!("{hash:08x}"));
    report
}

/// The word of 2019 for the body that has reports of 2018 and 2020, the kinds of what it rests on, and the other body named.
fn of_2019(reports: &[Report], narrowed: bool) -> (&'static str, Vec<String>, Option<String>) {
    let home = filled(reports);
    let all = coverage(&home.store, &Filter::default(), &[]).unwrap();
    let is_it = |row: &&nianbao::query::CoverageRow| {
        row.presence[0] == Presence::Found && row.presence[2] == Presence::Found
    };
    let row = all.rows.iter().find(is_it).unwrap().clone();
    assert_eq!(all.years, [2018, 2019, 2020]);
    let key = row.key.unwrap();
    // The viewer asks about this body alone, and is told the same.
    let few = absent_years(&home.store, &[key], &[]).unwrap();
    let told = few.get(&key).and_then(|years| years.first());
    assert_eq!(
        told.map(|one| (one.year, one.presence, &one.evidence)),
        Some((2019, row.presence[1], &row.evidence[1]))
    );
    if narrowed {
        let one = Filter {
            agency: Some(AgencyFilter::Body(key)),
            ..Filter::default()
        };
        let alone = coverage(&home.store, &one, &[]).unwrap();
        assert_eq!(alone.rows, std::slice::from_ref(&row));
    }
    let kinds = row.evidence[1].iter().map(|one| {
        let json = serde_json::to_value(one).unwrap();
        json["kind"].as_str().unwrap().to_owned()
    });
    let other = row.evidence[1].iter().find_map(|one| match one {
        CellEvidence::Namesake { agency, .. } => Some(agency.clone()),
        _ => None,
    });
    (row.presence[1].as_str(), kinds.collect(), other)
}

#[test]
fn a_year_that_a_namesake_on_the_same_host_has_is_nobodys_to_miss() {
    let column = |agency: &str, column: &str, year: i16| {
        let url = format!("http://www.yunxi.gov.cn/{column}/{year}/1.html");
        at(agency, year, &url, None)
    };
    let both = |agency: &str| [column(agency, "jyj", 2018), column(agency, "jyj", 2020)];
    let with = |other: Report| {
        let mut reports = both("教育局").to_vec();
        reports.push(other);
        of_2019(&reports, true)
    };
    let excused = vec!["between".to_owned(), "namesake".to_owned()];
    let missing = ("missing", vec!["between".to_owned()], None);
    // Another column of the host, and a page without a column.
    let (word, kinds, other) = with(column("教育局", "jytyj", 2019));
    assert_eq!((word, &kinds), ("unknown", &excused));
    assert!(other.unwrap().contains("jytyj"));
    let page = at("教育局", 2019, "http://yunxi.gov.cn/1.html", None);
    assert_eq!(with(page).0, "unknown");
    // The whole name beside the short one, and the other way round.
    let (word, _, other) = with(column("云溪县教育局", "zwgk", 2019));
    assert_eq!((word, other.as_deref()), ("unknown", Some("云溪县教育局")));
    let mut reports = both("云溪县教育局").to_vec();
    reports.push(column("教育局", "zwgk/x", 2019));
    assert_eq!(of_2019(&reports, true).0, "unknown");
    // What truly is missing stays so: on another host, of another name, of a suspected copy, with nothing there.
    let elsewhere = at(
        "教育局",
        2019,
        "http://www.bailu.gov.cn/jyj/2019/1.html",
        None,
    );
    assert_eq!(with(elsewhere), missing);
    assert_eq!(with(column("水务局", "jyj", 2019)), missing);
    let mut copy = column("教育局", "jytyj", 2019);
    copy.provenance.official = Official::MirrorSuspected;
    assert_eq!(with(copy), missing);
    assert_eq!(with(column("云溪县体育馆", "jytyj", 2019)), missing);
}

#[test]
fn of_namesakes_whose_codes_differ_it_is_known_who_published() {
    let (one, other) = ("113501280034567890", "11350128MB0001234X");
    let report = |year: i16, code: Option<&str>| {
        let url = format!(
            "http://www.yunxi.gov.cn/{}/{year}/1.html",
            code.unwrap_or("x")
        );
        at(AGENCY, year, &url, code)
    };
    let told = |code: Option<&str>| {
        // A second year of the other code, so that a page without one is nobody's.
        let mut reports = vec![report(2018, Some(one)), report(2020, Some(one))];
        reports.extend([report(2018, Some(other)), report(2019, code)]);
        of_2019(&reports, false).0
    };
    assert_eq!(told(Some(other)), "missing");
    // A page without a code may be of either, wherever it stands.
    assert_eq!(told(None), "unknown");
}
