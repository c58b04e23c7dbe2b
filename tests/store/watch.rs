//! Findings across versions and time accuse only on what the archive itself saw.

use jiff::Timestamp;
use nianbao::decisions::Decisions;
use nianbao::model::{DateEvidence, DateSource, Decimal, FormId, Report};
use nianbao::pipeline::{settle_agencies, watch};
use nianbao::store::{CaptureInfo, Marks, WarcPlace};

use crate::query::plain;
use crate::random::{capture, digest};
use crate::{Home, home, noon};

const CRAWLED: &str = "nianbao-crawl-20230101000000-00001.warc.gz";
const IMPORTED: &str = "nianbao-20230101000000-00001.warc.gz";
const FOREIGN: &str = "foreign-0123456789abcdef.warc.gz";

/// Seconds since 1970 of noon in China.
fn noon_of(day: &str) -> i64 {
    let time: Timestamp = format!("{day}T04:00:00Z").parse().unwrap();
    time.as_second()
}

/// A report of 2022 that gives this day as that of its publication.
fn dated(agency: &str, day: Option<&str>) -> Report {
    let mut report = plain(FormId::F2021, 2022, agency, &[]);
    let day = day.map(|day| day.parse().unwrap());
    report.published = day;
    report.dates = day
        .map(|day: jiff::civil::Date| DateEvidence {
            value: day,
            source: DateSource::Byline,
            raw: day.to_string(),
        })
        .into_iter()
        .collect();
    report
}

/// The same report with another number and from other bytes.
fn with_number(report: &Report, value: i64) -> Report {
    let mut other = report.clone();
    other.observations[3].value = Some(Decimal::integer(value));
    other.observations[3].raw = value.to_string();
    other.provenance.sha256 = data_encoding::HEXLOWER.encode(&digest(u8::try_from(value).unwrap()));
    other
}

/// What a database is filled with.
struct Filling(Home, u64);

impl Filling {
    fn new() -> Self {
        Self(home(), 0)
    }

    fn info(&mut self, report: &Report, file: &str, url: Option<&str>, day: &str) -> CaptureInfo {
        self.1 += 1;
        CaptureInfo {
            url: url.map(|path| format!("http://www.example.gov.cn/{path}")),
            warc: Some(WarcPlace {
                file: file.into(),
                offset: self.1 * 1000,
                length: Some(900),
            }),
            ..capture(report, noon_of(day))
        }
    }

    fn seen(&mut self, file: &str, url: Option<&str>, day: &str, reports: &[Report]) {
        let info = self.info(&reports[0], file, url, day);
        let mut writer = self.0.store.writer("0.1.0", noon());
        writer.put_all(&info, Ok(reports)).unwrap();
        writer.finish().unwrap();
    }

    fn gone(&mut self, url: &str, day: &str) {
        self.1 += 1;
        let mut writer = self.0.store.writer("0.1.0", noon());
        let at = Timestamp::from_second(noon_of(day)).unwrap();
        let url = format!("http://www.example.gov.cn/{url}");
        let place = (CRAWLED, self.1 * 1000);
        writer.put_absence(&url, at, "404", place).unwrap();
        writer.finish().unwrap();
    }

    /// Codes of the findings, in order.
    fn codes(&mut self) -> Vec<String> {
        self.column("code")
    }

    fn column(&mut self, column: &str) -> Vec<String> {
        settle_agencies(&mut self.0.store, &Decisions::default()).unwrap();
        watch(&mut self.0.store).unwrap();
        let sql = format!(
            "SELECT {column} FROM watch_list WHERE code IN ('late', 'postdated', 'backdated', 'silent_change', 'withdrawn')
             ORDER BY code, agency"
        );
        let mut statement = self.0.store.connection().prepare(&sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }
}

const NONE: [&str; 0] = [];

#[test]
fn towns_are_not_late_whatever_they_are_called() {
    let mut filling = Filling::new();
    for (number, agency) in [
        "云溪县柳河乡政府",
        "云溪区柳河街道办",
        "云溪县柳河镇人民政府办公室",
        "云溪县教育局",
    ]
    .iter()
    .enumerate()
    {
        let report = dated(agency, Some("2023-05-01"));
        let url = format!("{number}");
        filling.seen(CRAWLED, Some(&url), "2023-06-01", &[report]);
    }
    assert_eq!(filling.column("agency"), ["云溪县教育局"]);
}

#[test]
fn any_capture_in_time_excuses() {
    let late = dated("云溪县教育局", Some("2023-05-01"));
    let undated = with_number(&dated("云溪县教育局", None), 7);
    let after = |day: &str, report: &Report| {
        let mut filling = Filling::new();
        filling.seen(CRAWLED, Some("a"), day, std::slice::from_ref(report));
        filling.seen(
            CRAWLED,
            Some("b"),
            "2023-06-01",
            std::slice::from_ref(&late),
        );
        filling.codes()
    };
    assert_eq!(after("2023-05-20", &undated), ["late"]);
    // The first version gives no day; it was there in time.
    assert_eq!(after("2023-01-20", &undated), NONE);
    // One that was cut off is a sight as well.
    let mut filling = Filling::new();
    let info = filling.info(&undated, CRAWLED, Some("a"), "2023-01-20");
    let mut writer = filling.0.store.writer("0.1.0", noon());
    let marks = Marks {
        truncated: Some("length".into()),
        ..Marks::default()
    };
    writer.put_marked(&info, &marks, Ok(&[undated])).unwrap();
    writer.finish().unwrap();
    filling.seen(CRAWLED, Some("a"), "2023-06-01", &[late]);
    assert_eq!(filling.codes(), NONE);
}

#[test]
fn imports_say_nothing_of_when() {
    let first = dated("云溪县教育局", Some("2023-01-20"));
    let second = with_number(&first, 7);
    let one = std::slice::from_ref(&first);
    let other = std::slice::from_ref(&second);
    // Which content was first: told of captures, and of those of other programs.
    for (file, want) in [
        (CRAWLED, &["silent_change"][..]),
        (FOREIGN, &["silent_change"]),
        (IMPORTED, &[]),
    ] {
        let mut filling = Filling::new();
        filling.seen(CRAWLED, Some("a"), "2023-02-01", one);
        filling.seen(file, Some("a"), "2023-03-01", other);
        assert_eq!(filling.codes(), want, "{file}");
    }
    // Not there, and there later: an imported file may be older than the answer.
    for (file, want) in [(CRAWLED, &["backdated"][..]), (IMPORTED, &[])] {
        let mut filling = Filling::new();
        filling.gone("a", "2023-02-01");
        filling.seen(file, Some("a"), "2023-03-01", one);
        assert_eq!(filling.codes(), want, "{file}");
    }
    for url in [None, Some("a"), Some("b")] {
        let mut filling = Filling::new();
        filling.gone("a", "2023-02-01");
        filling.seen(CRAWLED, Some("a"), "2023-03-01", one);
        filling.seen(IMPORTED, url, "2023-04-01", one);
        assert_eq!(filling.codes(), NONE, "{url:?}");
    }
    // Nor is an import the last sight of a report.
    let mut filling = Filling::new();
    filling.seen(IMPORTED, Some("a"), "2023-02-01", one);
    filling.gone("a", "2023-03-01");
    assert_eq!(filling.codes(), NONE);
    // A file without an address may be of a place where the report still is.
    let mut filling = Filling::new();
    filling.seen(CRAWLED, Some("a"), "2023-02-01", one);
    filling.seen(IMPORTED, None, "2023-02-02", one);
    filling.gone("a", "2023-03-01");
    assert_eq!(filling.codes(), NONE);
}

#[test]
fn two_contents_on_one_page_are_no_silent_change() {
    let first = dated("云溪县教育局", Some("2023-01-20"));
    let second = with_number(&first, 7);
    let mut beside = second.clone();
    beside
        .provenance
        .sha256
        .clone_from(&first.provenance.sha256);
    let both = [first.clone(), beside];
    let change = |pages: &[&[Report]]| {
        let mut filling = Filling::new();
        for (month, page) in (2..).zip(pages) {
            filling.seen(CRAWLED, Some("a"), &format!("2023-{month:02}-01"), page);
        }
        filling.codes()
    };
    let (one, other) = (std::slice::from_ref(&first), std::slice::from_ref(&second));
    assert_eq!(change(&[&both]), NONE);
    assert_eq!(change(&[&both, &both]), NONE);
    assert_eq!(change(&[one, &both]), NONE);
    assert_eq!(change(&[&both, other]), NONE);
    assert_eq!(change(&[one, &both, other]), NONE);
    assert_eq!(change(&[one, other]), ["silent_change"]);
    assert_eq!(change(&[one, one, other, &both]), ["silent_change"]);
}

#[test]
fn withdrawn_is_what_is_gone_at_every_address() {
    let report = dated("云溪县教育局", Some("2023-01-20"));
    let page = std::slice::from_ref(&report);
    // Days on which each address had the report (+) or said that it is gone (-).
    let told = |answers: &[(&str, &str)]| {
        let mut filling = Filling::new();
        for (url, day) in answers {
            match url.strip_prefix('-') {
                Some(url) => filling.gone(url, day),
                None => filling.seen(CRAWLED, Some(url), day, page),
            }
        }
        filling.codes()
    };
    let withdrawn = ["withdrawn"];
    assert_eq!(
        told(&[("a", "2023-02-01"), ("-a", "2023-03-01")]),
        withdrawn
    );
    assert_eq!(
        told(&[
            ("a", "2023-02-01"),
            ("-a", "2023-03-01"),
            ("a", "2023-04-01")
        ]),
        NONE
    );
    // The other one, seen before or after, never said so.
    assert_eq!(
        told(&[
            ("a", "2023-02-01"),
            ("b", "2023-02-02"),
            ("-a", "2023-03-01")
        ]),
        NONE
    );
    assert_eq!(
        told(&[
            ("b", "2023-01-30"),
            ("a", "2023-02-01"),
            ("-a", "2023-03-01")
        ]),
        NONE
    );
    assert_eq!(
        told(&[
            ("b", "2023-01-30"),
            ("a", "2023-02-01"),
            ("-a", "2023-03-01"),
            ("-b", "2023-03-02")
        ]),
        withdrawn
    );
    // It came back at one of them.
    assert_eq!(
        told(&[
            ("b", "2023-01-30"),
            ("a", "2023-02-01"),
            ("-b", "2023-02-02"),
            ("b", "2023-02-03"),
            ("-a", "2023-03-01")
        ]),
        NONE
    );
    // Two of three are gone; then the third.
    let mut three = vec![
        ("c", "2023-01-25"),
        ("a", "2023-02-01"),
        ("b", "2023-02-02"),
        ("-a", "2023-03-01"),
        ("-b", "2023-03-02"),
    ];
    assert_eq!(told(&three), NONE);
    three.push(("-c", "2023-03-03"));
    assert_eq!(told(&three), withdrawn);
    // Since the day on which the last of them was gone, not that of the last answer.
    let mut filling = Filling::new();
    filling.seen(CRAWLED, Some("a"), "2023-02-01", page);
    filling.gone("a", "2023-03-01");
    filling.gone("a", "2023-06-01");
    let said = filling.column("message_en");
    assert!(
        said[0].contains("Last seen on 2023-02-01") && said[0].contains("since 2023-03-01"),
        "{said:?}"
    );
}

#[test]
fn backdated_goes_by_the_latest_day_that_is_given() {
    let told = |days: &[(&str, DateSource)]| {
        let mut report = dated("云溪县教育局", None);
        report.dates = days
            .iter()
            .map(|(day, source)| DateEvidence {
                value: day.parse().unwrap(),
                source: *source,
                raw: (*day).into(),
            })
            .collect();
        let mut filling = Filling::new();
        filling.gone("a", "2023-01-25");
        filling.seen(CRAWLED, Some("a"), "2023-03-01", &[report]);
        filling.codes()
    };
    let early = ("2023-01-10", DateSource::Byline);
    assert_eq!(told(&[early]), ["backdated"]);
    assert_eq!(told(&[early, ("2023-01-30", DateSource::Meta)]), NONE);
    assert_eq!(
        told(&[early, ("2023-01-30", DateSource::Text)]),
        ["backdated"]
    );
    assert_eq!(told(&[("2023-01-10", DateSource::Text)]), NONE);
}

/// What people said of a finding holds on to its id.
#[test]
fn findings_keep_their_ids_as_the_archive_grows() {
    let mut filling = Filling::new();
    let mut first = dated("教育局", Some("2023-05-01"));
    first.agency.code = None;
    let other = with_number(&first, 7);
    filling.seen(CRAWLED, Some("jyj/gk/1.html"), "2023-06-01", &[first]);
    let alone = filling.column("id");
    assert_eq!(filling.column("agency"), ["教育局"]);
    // A namesake in another column: the label now has the place.
    filling.seen(CRAWLED, Some("qing/gk/1.html"), "2023-06-01", &[other]);
    let both = filling.column("id");
    assert_eq!(
        filling.column("agency"),
        [
            "教育局 (www.example.gov.cn/jyj/gk)",
            "教育局 (www.example.gov.cn/qing/gk)"
        ]
    );
    assert_eq!(both.len(), 2);
    assert_eq!(both[0], alone[0]);
}

/// Bureaus of one name on a portal that puts its own code on all its pages.
#[test]
fn two_columns_with_one_code_have_a_finding_each() {
    let code = "113203240143004512";
    let mut filling = Filling::new();
    for (number, url) in [(7, "jyj/gk/1.html"), (8, "qing/gk/1.html")] {
        let mut report = with_number(&dated("教育局", Some("2023-05-01")), number);
        report.agency.code = Some(code.into());
        filling.seen(CRAWLED, Some(url), "2023-06-01", &[report]);
    }
    assert_eq!(
        filling.column("agency"),
        [
            "教育局 (www.example.gov.cn/jyj/gk)",
            "教育局 (www.example.gov.cn/qing/gk)"
        ]
    );
}

/// A report of a year at an address, with a number of its own.
fn of_year(agency: &str, year: i16) -> Report {
    let mut report = with_number(
        &plain(FormId::F2021, year, agency, &[]),
        i64::from(year - 2000),
    );
    report.dates.clear();
    report.published = None;
    let bytes = [
        digest(u8::try_from(year - 2000).unwrap()).as_slice(),
        agency.as_bytes(),
    ]
    .concat();
    let mut whole = [0_u8; 32];
    for (at, byte) in bytes.iter().enumerate() {
        whole[at % 32] = whole[at % 32].wrapping_mul(31).wrapping_add(*byte);
    }
    report.provenance.sha256 = data_encoding::HEXLOWER.encode(&whole);
    report
}

/// Codes and years of the findings about what is gone.
fn gone(filling: &mut Filling) -> Vec<String> {
    settle_agencies(&mut filling.0.store, &Decisions::default()).unwrap();
    watch(&mut filling.0.store).unwrap();
    let sql = "SELECT code || ' ' || agency || ' ' || year FROM watch_list WHERE code IN ('site_rebuilt', 'withdrawn') ORDER BY 1";
    let mut statement = filling.0.store.connection().prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn a_site_that_was_rebuilt_withdraws_nothing() {
    const AGENCY: &str = "云溪县教育局";
    let years = [2017, 2018, 2019, 2020];
    let site = |vanish: &[i16]| {
        let mut filling = Filling::new();
        for year in years {
            let url = format!("old/{year}");
            filling.seen(CRAWLED, Some(&url), "2021-06-01", &[of_year(AGENCY, year)]);
        }
        for (day, year) in (1..).zip(vanish) {
            filling.gone(&format!("old/{year}"), &format!("2022-03-{day:02}"));
        }
        filling
    };
    // All at once, and a new report at a new address: told once, and accuses nobody.
    let mut filling = site(&years);
    filling.seen(
        CRAWLED,
        Some("new/2021"),
        "2022-04-01",
        &[of_year(AGENCY, 2021)],
    );
    assert_eq!(gone(&mut filling), ["site_rebuilt 云溪县教育局 2020"]);
    let severity = filling.0.store.connection().query_row(
        "SELECT severity || ' ' || message_zh FROM watch_list WHERE code = 'site_rebuilt'",
        [],
        |row| row.get::<_, String>(0),
    );
    let severity = severity.unwrap();
    assert!(
        severity.starts_with("info ") && severity.contains("网站改版"),
        "{severity}"
    );
    // All at once, and nothing came: each of them is gone.
    let each = years.map(|year| format!("withdrawn 云溪县教育局 {year}"));
    assert_eq!(gone(&mut site(&years)), each);
    // The body was merged into another, which goes on; or another of its name and more came in its place.
    for (old, heir, is_heir) in [
        ("云溪县农业局", "云溪县农业农村局", true),
        ("云溪县城市管理局", "云溪县城市管理和综合执法局", true),
        ("云溪县城市管理局", "云溪县城市管理局直属分局", false),
        ("云溪县城市管理局", "青岭县城市管理和综合执法局", false),
    ] {
        let mut filling = Filling::new();
        for (year, day) in [(2015, 1), (2016, 2), (2017, 3)] {
            let url = format!("ny/{year}");
            let report = of_year(old, year);
            filling.seen(CRAWLED, Some(&url), "2018-02-01", &[report]);
            filling.gone(&url, &format!("2019-05-{day:02}"));
            // The site itself stays as it was.
            let url = format!("cz/{year}");
            let other = of_year("云溪县财政局", year);
            for seen in ["2018-02-01", "2020-02-01"] {
                filling.seen(CRAWLED, Some(&url), seen, std::slice::from_ref(&other));
            }
        }
        assert_eq!(gone(&mut filling).len(), 3);
        let report = of_year(heir, 2019);
        filling.seen(CRAWLED, Some("new/2019"), "2020-02-01", &[report]);
        let rebuilt = [format!("site_rebuilt {old} 2017")];
        let found = gone(&mut filling);
        assert_eq!(found == rebuilt, is_heir, "{heir}: {found:?}");
        assert_eq!(found.len(), if is_heir { 1 } else { 3 });
    }
    // One of them stayed: the others are told one by one, whatever is new.
    let mut filling = site(&years[..3]);
    filling.seen(
        CRAWLED,
        Some("old/2020"),
        "2022-04-01",
        &[of_year(AGENCY, 2020)],
    );
    filling.seen(
        CRAWLED,
        Some("new/2021"),
        "2022-04-01",
        &[of_year(AGENCY, 2021)],
    );
    assert_eq!(
        gone(&mut filling),
        [
            "withdrawn 云溪县教育局 2017",
            "withdrawn 云溪县教育局 2018",
            "withdrawn 云溪县教育局 2019"
        ]
    );
    // Two are no mass.
    assert_eq!(gone(&mut site(&years[..2])).len(), 2);
    // One after the other, the next still there when the one before had gone.
    let mut filling = Filling::new();
    for year in years {
        let url = format!("old/{year}");
        let page = [of_year(AGENCY, year)];
        filling.seen(CRAWLED, Some(&url), "2021-06-01", &page);
        let month = year - 2016;
        filling.seen(CRAWLED, Some(&url), &format!("2022-{month:02}-10"), &page);
        filling.gone(&url, &format!("2022-{month:02}-20"));
    }
    filling.seen(
        CRAWLED,
        Some("new/2021"),
        "2022-06-01",
        &[of_year(AGENCY, 2021)],
    );
    assert_eq!(gone(&mut filling).len(), 4);
}

#[test]
fn a_rebuilt_site_of_several_agencies_is_told_once_an_agency() {
    let mut filling = Filling::new();
    let agencies = ["云溪县教育局", "云溪县民政局", "云溪县水务局"];
    for (number, agency) in agencies.iter().enumerate() {
        let url = format!("old/{number}");
        filling.seen(CRAWLED, Some(&url), "2021-06-01", &[of_year(agency, 2020)]);
        filling.gone(&url, "2022-03-01");
    }
    // The site goes on with another agency's report.
    filling.seen(
        CRAWLED,
        Some("new/1"),
        "2022-04-01",
        &[of_year("云溪县财政局", 2021)],
    );
    let want = agencies.map(|agency| format!("site_rebuilt {agency} 2020"));
    let mut told = gone(&mut filling);
    told.sort_by_key(|line| want.iter().position(|one| one == line));
    assert_eq!(told, want);
}

#[test]
fn what_stands_elsewhere_under_another_name_or_scope_is_not_withdrawn() {
    let told = |other: Option<(Report, &str)>| {
        let mut filling = Filling::new();
        filling.seen(
            CRAWLED,
            Some("jyj/gk/1.html"),
            "2023-02-01",
            &[of_year("教育局", 2022)],
        );
        filling.gone("jyj/gk/1.html", "2023-03-01");
        if let Some((report, url)) = other {
            filling.seen(CRAWLED, Some(url), "2023-04-01", &[report]);
        }
        gone(&mut filling).len()
    };
    assert_eq!(told(None), 1);
    // The same page in another column of the site, where the name alone is another body's.
    assert_eq!(told(Some((of_year("教育局", 2022), "xjy/gk/1.html"))), 0);
    // Other numbers, another year, another agency.
    let other = with_number(&of_year("教育局", 2022), 99);
    assert_eq!(told(Some((other, "xjy/gk/1.html"))), 1);
    assert_eq!(told(Some((of_year("教育局", 2021), "xjy/gk/1.html"))), 1);
    assert_eq!(told(Some((of_year("民政局", 2022), "xjy/gk/1.html"))), 1);
    // The same agency and year, read with another scope.
    let mut scoped = of_year("教育局", 2022);
    scoped.scope = nianbao::model::Scope::Unknown;
    assert_eq!(told(Some((scoped, "jyj/gk/2.html"))), 0);
}
