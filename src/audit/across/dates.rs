//! Whether a report came late.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday, date};

use super::super::identities::Identities;
use super::super::identity::{Bound, Deadline};
use crate::model::{Evidence, Scope, WatchCode, Watched};

/// A day that a report gives as that of its publication, whatever the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub day: Date,
    /// `byline`, `meta`, `url`, `text`.
    pub source: String,
    /// As printed.
    pub raw: String,
}

/// What is known of when a report was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated {
    /// The report.
    pub report_id: i64,
    /// The year reported on.
    pub year: i16,
    /// Whom it is about.
    pub scope: Scope,
    /// The agency's name as the report has it, with nothing added; `None` where not known.
    pub agency: Option<String>,
    /// Its level, where known: `township` has no day in the law any more.
    pub level: Option<String>,
    /// The day of the first capture of any version, in China; of an imported file that of its import, when it was there at the
    /// latest. `None` where it is no day of the calendar.
    pub first_seen: Option<Date>,
    /// The same of the versions that give one of `days`: what another version says is not known.
    pub first_dated: Option<Date>,
    /// Every day that any whole, official version gives.
    pub days: Vec<Day>,
    /// Whether the earliest of them is that of a move of the site: a report of another year has it too.
    pub is_of_move: bool,
}

impl Dated {
    /// The earliest day that the report gives.
    pub fn first_day(&self) -> Option<Date> {
        self.days.iter().map(|day| day.day).min()
    }
}

/// First working days behind a Spring Festival that covers 31 January, of the years in which that is a deadline.
const AFTER_FESTIVAL: [Date; 3] = [date(2020, 2, 3), date(2022, 2, 7), date(2025, 2, 5)];

/// Later than this after the deadline, a day is that of a move of the site far more often than of the publication.
const MOST_DAYS: i32 = 730;

/// Words in names of bodies that are no administrative organs, whatever their names end with: 第一人民医院办公室, 社区居民委员会.
const OTHERS: [&str; 18] = [
    "居民委员会",
    "村民委员会",
    "居委会",
    "村委会",
    "医院",
    "卫生院",
    "学校",
    "中学",
    "小学",
    "大学",
    "学院",
    "幼儿园",
    "公司",
    "集团",
    "红十字会",
    "联合会",
    "合作社",
    "党校",
];

/// Who is bound: where name and scope do not tell, the later day counts. A town is bound by what binds any organ alone.
fn bound(dated: &Dated) -> Option<Bound> {
    let name = dated.agency.as_deref()?;
    // Offices of a town have no day either: 柳河镇党政办公室. A department's name has none of these words (城乡建设局, 镇江市教育局).
    let of_townships = [
        "街道",
        "苏木",
        "乡政府",
        "镇政府",
        "乡人民政府",
        "镇人民政府",
        "乡党",
        "镇党",
    ];
    let is_township = dated.level.as_deref() == Some("township")
        || of_townships.iter().any(|word| name.contains(word));
    if is_township {
        // The regulation of 2007 (article 31) bound the organs of all levels, that of 2019 those of counties and above. A subdistrict's
        // office is no organ of a level of its own.
        let is_town = ["人民政府", "乡政府", "镇政府"]
            .iter()
            .any(|end| name.ends_with(end));
        return is_town.then_some(Bound::Any);
    }
    let is_government = ["政府", "管理委员会", "管委会", "行政公署"]
        .iter()
        .any(|end| name.ends_with(end));
    // The law binds administrative organs; schools, hospitals and utilities report too, by rules of their own. So do their offices,
    // and committees of villages and of neighbourhoods.
    if OTHERS.iter().any(|word| name.contains(word)) {
        return None;
    }
    let is_organ = ["局", "厅", "委员会", "委", "办公室", "办", "部", "署"]
        .iter()
        .any(|end| name.ends_with(end));
    if !is_government && !is_organ {
        return None;
    }
    // A government's office is as a rule the department in charge of disclosure, which publishes the government's report (regulation of
    // 2019, article 49): under its name stand its own reports and the government's.
    let is_in_charge = ["政府办公室", "政府办公厅", "政府办"]
        .iter()
        .any(|end| name.ends_with(end));
    Some(match dated.scope {
        Scope::Own if !is_government && !is_in_charge => Bound::Department,
        _ => Bound::Government,
    })
}

/// The last day of the law for a report, moved behind week-ends and the Spring Festival.
fn deadline(year: i16, bound: Bound) -> Option<Date> {
    let identity = Identities::get().find("D.DEADLINE")?;
    let applies = |one: &&Deadline| {
        (one.agency == Bound::Any || one.agency == bound)
            && one.first_year <= year
            && one.last_year.is_none_or(|last| year <= last)
    };
    let found = identity.deadlines.iter().find(applies)?;
    let mut day = Date::new(year.checked_add(1)?, found.month, found.day).ok()?;
    if let Some(after) = AFTER_FESTIVAL
        .iter()
        .find(|after| after.year() == day.year() && found.month == 1)
    {
        day = *after;
    }
    while matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
        day = day.checked_add(1.day()).ok()?;
    }
    Some(day)
}

/// A report is late where every day it gives lies after the deadline and it was not seen before. `None` where it is not, or
/// where that cannot be told: no day, a township, a day that reports of other years have too or so late that the site has moved.
pub fn late(dated: &Dated) -> Option<Watched> {
    let deadline = deadline(dated.year, bound(dated)?)?;
    let first = dated.first_day()?;
    if first <= deadline
        || dated.is_of_move
        || dated.first_seen.is_some_and(|seen| seen <= deadline)
    {
        return None;
    }
    let overdue = deadline.until(first).ok()?.get_days();
    if overdue > MOST_DAYS {
        return None;
    }
    Some(Watched {
        code: WatchCode::Late,
        report_id: dated.report_id,
        other_report_id: None,
        about: "published".into(),
        zh: format!("法定期限为{deadline}，报告最早的日期为{first}，晚{overdue}天。"),
        en: format!(
            "Due by {deadline}; the earliest day it gives is {first}, {overdue} days later."
        ),
        rule: "D.DEADLINE",
        evidence: evidence(dated),
    })
}

/// A page cannot have been archived before it was published: every day it gives lies after the first capture's, by more than
/// the hours between time zones.
pub fn postdated(dated: &Dated) -> Option<Watched> {
    let seen = dated.first_dated?;
    let first = dated.first_day()?;
    if seen.until(first).ok()?.get_days() < 2 {
        return None;
    }
    Some(Watched {
        code: WatchCode::Postdated,
        report_id: dated.report_id,
        other_report_id: None,
        about: "published".into(),
        zh: format!("{seen}已归档，而报告最早的日期为{first}。"),
        en: format!("Archived on {seen}; the earliest day it gives is {first}."),
        rule: "",
        evidence: evidence(dated),
    })
}

fn evidence(dated: &Dated) -> Vec<Evidence> {
    let days = dated.days.iter().map(|day| Evidence::Date {
        day: day.day.to_string(),
        source: day.source.clone(),
        raw: day.raw.clone(),
    });
    days.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dated(year: i16, scope: Scope, agency: &str, days: &[&str]) -> Dated {
        Dated {
            report_id: 1,
            year,
            scope,
            agency: Some(agency.into()),
            level: None,
            first_seen: None,
            first_dated: None,
            days: days
                .iter()
                .map(|day| Day {
                    day: day.parse().unwrap(),
                    source: "byline".into(),
                    raw: (*day).into(),
                })
                .collect(),
            is_of_move: false,
        }
    }

    #[test]
    fn late_is_after_the_day_of_kind_and_year() {
        let own = Scope::Own;
        let cases = [
            (2021, own, "云溪市教育局", "2022-02-07", false),
            (2021, own, "云溪市教育局", "2022-02-08", true),
            (2022, own, "云溪市教育局", "2023-01-31", false),
            (2022, own, "云溪市教育局", "2023-02-01", true),
            // 31 January 2026 is a Saturday.
            (2025, own, "云溪市教育局", "2026-02-02", false),
            (2025, own, "云溪市教育局", "2026-02-03", true),
            (2017, own, "云溪市教育局", "2018-03-31", false),
            (2018, own, "云溪市教育局", "2019-04-02", true),
            (
                2022,
                Scope::Consolidated,
                "云溪市人民政府",
                "2023-03-31",
                false,
            ),
            (
                2022,
                Scope::Consolidated,
                "云溪市人民政府",
                "2023-04-01",
                true,
            ),
            (2022, own, "云溪市人民政府", "2023-03-01", false),
            (2022, own, "云溪市人民政府办公室", "2023-03-20", false),
            (2022, own, "云溪省人民政府办公厅", "2023-04-03", true),
            (2022, own, "云溪市外事办公室", "2023-03-20", true),
            (2022, Scope::Unknown, "云溪市教育局", "2023-03-01", false),
            (2022, own, "云溪县柳河镇人民政府", "2023-11-01", false),
            (2010, own, "云溪市教育局", "2020-05-01", false),
            (2022, own, "云溪市第一人民医院", "2023-05-01", false),
            (2022, own, "云溪市供水公司", "2023-05-01", false),
            (2022, own, "云溪市第一人民医院办公室", "2023-05-01", false),
            (2022, own, "云溪区柳河社区居民委员会", "2023-05-01", false),
            (
                2022,
                own,
                "云溪县柳河镇河东村村民委员会",
                "2023-05-01",
                false,
            ),
            (2022, own, "云溪职业学院党委办公室", "2023-05-01", false),
            (
                2022,
                own,
                "云溪市供水集团有限公司安全生产部",
                "2023-05-01",
                false,
            ),
            (2022, own, "云溪县柳河镇", "2023-05-01", false),
            (2022, own, "云溪县柳河乡政府", "2023-05-01", false),
            (2022, own, "云溪区柳河街道办", "2023-05-01", false),
            (2022, own, "柳河镇人民政府办公室", "2023-05-01", false),
            (2022, own, "柳河镇党政综合办公室", "2023-05-01", false),
            (2022, own, "云溪区柳河街道党工委办公室", "2023-05-01", false),
            (2022, own, "云溪县住房和城乡建设局", "2023-05-01", true),
            (2022, own, "云溪县乡村振兴局", "2023-05-01", true),
            (2022, own, "云溪市社区矫正管理局", "2023-05-01", true),
            (
                2022,
                own,
                "中国银行保险监督管理委员会云溪监管分局",
                "2023-05-01",
                true,
            ),
            (2022, own, "镇江市教育局", "2023-05-01", true),
            (2022, own, "景德镇市教育局", "2023-05-01", true),
            // Up to 2018 the law bound the organs of all levels.
            (2018, own, "云溪县柳河镇人民政府", "2019-04-01", false),
            (2018, own, "云溪县柳河镇人民政府", "2019-04-02", true),
            (2009, own, "云溪县柳河乡政府", "2010-05-01", true),
            (
                2012,
                Scope::Unknown,
                "云溪旗白音苏木人民政府",
                "2013-05-01",
                true,
            ),
            (2018, own, "云溪县柳河镇", "2019-05-01", false),
            (2018, own, "云溪区柳河街道办事处", "2019-05-01", false),
            (2018, own, "柳河镇人民政府办公室", "2019-05-01", false),
            (2018, own, "云溪区柳河街道党工委办公室", "2019-05-01", false),
            (2019, own, "云溪县柳河镇人民政府", "2020-05-01", false),
        ];
        for (year, scope, agency, day, want) in cases {
            let found = late(&dated(year, scope, agency, &[day]));
            assert_eq!(found.is_some(), want, "{year} {agency} {day}");
        }
    }

    #[test]
    fn a_township_has_no_day_any_more_whatever_its_name() {
        let mut case = dated(2022, Scope::Own, "柳河办公室", &["2023-05-01"]);
        assert!(late(&case).is_some());
        case.level = Some("county".into());
        assert!(late(&case).is_some());
        case.level = Some("township".into());
        assert_eq!(late(&case), None);
        case.year = 2012;
        case.days[0].day = date(2013, 5, 1);
        assert_eq!(late(&case), None);
        case.agency = Some("柳河人民政府".into());
        assert!(late(&case).is_some());
    }

    #[test]
    fn what_other_versions_say_of_their_day_is_not_known() {
        let mut case = dated(2022, Scope::Own, "云溪市教育局", &["2023-01-20"]);
        case.first_seen = Some(date(2023, 1, 5));
        assert_eq!(postdated(&case), None);
        case.first_dated = Some(date(2023, 1, 5));
        assert!(postdated(&case).is_some());
    }

    #[test]
    fn a_day_in_time_or_a_capture_in_time_excuses() {
        let mut case = dated(
            2022,
            Scope::Own,
            "云溪市教育局",
            &["2023-05-01", "2023-01-20"],
        );
        assert_eq!(late(&case), None);
        case.days.truncate(1);
        assert!(late(&case).is_some());
        case.first_seen = Some(date(2023, 1, 31));
        assert_eq!(late(&case), None);
        case.first_seen = None;
        case.days.clear();
        assert_eq!(late(&case), None);
    }
}
