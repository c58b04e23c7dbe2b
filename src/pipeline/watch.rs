//! Reports of all years → what they say of each other. After a build, over the whole database; never reads the archive.

use std::collections::HashMap;
use std::hash::Hash;
use std::thread;

use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, civil};

use crate::audit::across::{
    Dated, Day, TextFacts, TextMention, TextShare, Texts, check_chain, check_text, columns, late,
    postdated,
};
use crate::decisions::{Decisions, What};
use crate::model::{
    CellStatus, Chain, Decimal, Evidence, MentionKind, PanelReport, Scope, WatchCode, Watched,
};
use crate::query::watch::{AbsenceRow, ChangeRow, FeeRow, MentionRow, Publisher};
use crate::query::{self, CellChange, QueryError};
use crate::store::{Store, StoreError, Verdict, WatchRow, WatchText};

use super::copies::copies;
use super::levels::levels;
use super::withdrawn::withdrawals;

/// Why the findings could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WatchError {
    /// The database could not be read.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The database took no more.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Most evidence of one kind that a finding carries; the rest is in the database.
pub(super) const MOST_EVIDENCE: usize = 60;

/// Makes the findings across years, versions and texts anew; returns how many there are.
///
/// # Errors
///
/// [`WatchError`].
pub fn watch(store: &mut Store) -> Result<usize, WatchError> {
    let found = findings(store)?;
    put_findings(store, &found)?;
    Ok(found.len())
}

/// Puts findings in the place of those there are.
pub(super) fn put_findings(store: &mut Store, found: &[WatchRow]) -> Result<(), StoreError> {
    store.replace_watch(&sentences(), found)?;
    Ok(())
}

/// The findings across years, versions and texts, from what is committed in the database. Copied text is looked for by other
/// threads, over a connection of their own.
///
/// # Errors
///
/// [`WatchError`].
pub(super) fn findings(store: &Store) -> Result<Vec<WatchRow>, WatchError> {
    let chains = query::chains(store, columns())?;
    let beside = Store::open_read_only(store.path())?;
    let (found, whose) = thread::scope(|scope| {
        let chains = &chains;
        let copied = scope.spawn(move || copies(&beside, chains));
        let whose = Whose::of(store, chains)?;
        let mut found: Vec<Watched> = chains.iter().flat_map(check_chain).collect();
        found.extend(levels(chains, &query::watch::bodies(store)?));
        found.extend(texts(store, chains)?);
        found.extend(lateness(store, &whose)?);
        found.extend(changes(store)?);
        found.extend(absences(store, &whose)?);
        match copied.join() {
            Ok(copied) => found.extend(copied?),
            Err(panic) => std::panic::resume_unwind(panic),
        }
        Ok::<_, WatchError>((found, whose))
    })?;
    let rows = found.into_iter().filter_map(|watched| whose.row(watched));
    Ok(rows.collect())
}

/// Puts what people said of findings into the database.
///
/// # Errors
///
/// [`StoreError`].
pub fn put_verdicts(store: &mut Store, decisions: &Decisions) -> Result<(), StoreError> {
    let said: Vec<Verdict> = decisions
        .of_findings()
        .into_iter()
        .map(|(finding, decision)| Verdict {
            finding: finding.to_owned(),
            confirmed: matches!(decision.what, What::ConfirmFinding { .. }),
            reason: decision.reason.clone(),
            by: decision.by.clone(),
            at: decision.at,
        })
        .collect();
    store.replace_verdicts(&said)
}

fn sentences() -> Vec<WatchText<'static>> {
    let all = WatchCode::ALL.iter().map(|code| {
        let text = Texts::get().of(*code);
        WatchText {
            code: *code,
            meaning: [&text.zh, &text.en],
            basis: [&text.basis_zh, &text.basis_en],
            innocent: [&text.innocent_zh, &text.innocent_en],
        }
    });
    all.collect()
}

/// Whose each report is.
struct Whose<'c> {
    /// Chain, year and agency of each report.
    reports: HashMap<i64, (&'c Chain, i16, i64)>,
    publishers: HashMap<i64, Publisher>,
}

impl<'c> Whose<'c> {
    fn of(store: &Store, chains: &'c [Chain]) -> Result<Self, WatchError> {
        let reports = chains
            .iter()
            .flat_map(|chain| chain.reports.iter().map(move |report| (chain, report)));
        Ok(Self {
            reports: reports
                .map(|(chain, report)| (report.report_id, (chain, report.year, report.agency_id)))
                .collect(),
            publishers: query::watch::publishers(store)?,
        })
    }

    /// `None` for a report that is in no chain: of nobody known, cut off, one of two of a year.
    fn row(&self, watched: Watched) -> Option<WatchRow> {
        let (chain, year, agency) = self.reports.get(&watched.report_id)?;
        let publisher = self.publishers.get(agency)?;
        Some(WatchRow {
            agency: publisher.name.clone(),
            code: publisher.code.clone(),
            place: publisher.place.clone(),
            scope: chain.scope,
            year: *year,
            watched,
        })
    }
}

/// Texts against tables.
fn texts(store: &Store, chains: &[Chain]) -> Result<Vec<Watched>, WatchError> {
    let mut reports: HashMap<i64, (&PanelReport, Option<&PanelReport>)> = HashMap::new();
    for chain in chains {
        for report in &chain.reports {
            // Of an unknown scope, last year's report may be about others.
            let before = chain.year(report.year - 1);
            let before = before.filter(|_| chain.scope != Scope::Unknown);
            reports.insert(report.version_id, (report, before));
        }
    }
    let mut fees = query::watch::fees(store)?;
    let mut shares: HashMap<i64, Shares> = HashMap::new();
    query::watch::mentions_with_shares(store, |version, rows| {
        if reports.contains_key(&version) {
            let of_version = Shares::of(rows);
            if !of_version.pairs.is_empty() {
                shares.insert(version, of_version);
            }
        }
    })?;
    let mut found = Vec::new();
    let mut facts_of = |version: i64, mentions: Vec<TextMention>, fees: Option<FeeRow>| {
        if let Some((report, before)) = reports.get(&version) {
            let shares = shares.remove(&version).unwrap_or_default();
            let facts = TextFacts {
                mentions,
                has_other: fees.is_some(),
                has_fees: fees.as_ref().is_some_and(|fees| fees.speaks),
                fees: fees.and_then(|fees| fees.words),
                shares: shares.pairs,
                numbers: shares.numbers,
            };
            found.extend(check_text(report, *before, &facts));
        }
    };
    query::watch::mentions(store, |version, mentions| {
        let mentions = mentions.into_iter().filter_map(mention).collect();
        facts_of(version, mentions, fees.remove(&version));
    })?;
    // Those whose text has no number that counts what a cell counts.
    let mut silent: Vec<(i64, FeeRow)> = fees.into_iter().collect();
    silent.sort_unstable_by_key(|(version, _)| *version);
    for (version, fees) in silent {
        facts_of(version, Vec::new(), Some(fees));
    }
    Ok(found)
}

/// What a text says of shares.
#[derive(Debug, Default)]
struct Shares {
    pairs: Vec<TextShare>,
    numbers: Vec<TextMention>,
}

impl Shares {
    /// A share is of the count right before it in its paragraph; of a row of shares it is not known which are whose.
    fn of(rows: Vec<MentionRow>) -> Self {
        let percent = MentionKind::Percent.as_str();
        let mut pairs = Vec::new();
        for at in 1..rows.len() {
            let (part, share) = (&rows[at - 1], &rows[at]);
            let next = rows
                .get(at + 1)
                .filter(|next| next.paragraph == share.paragraph);
            let is_alone = next.is_none_or(|next| next.kind != percent || next.text.contains('占'));
            let is_pair = share.kind == percent
                && part.kind == MentionKind::Count.as_str()
                && part.about.is_some()
                && part.paragraph == share.paragraph
                && is_alone;
            if is_pair
                && let (Some(part), Some(percent)) = (mention(part.clone()), mention(share.clone()))
            {
                pairs.push(TextShare { part, percent });
            }
        }
        Self {
            numbers: if pairs.is_empty() {
                Vec::new()
            } else {
                rows.into_iter().filter_map(mention).collect()
            },
            pairs,
        }
    }
}

fn mention(row: MentionRow) -> Option<TextMention> {
    Some(TextMention {
        position: row.position,
        text: row.text,
        value: Decimal::new(row.value.0, row.value.1)?,
        unit: row.unit,
        approximate: row.approximate,
        negated: row.negated,
        kind: row.kind.parse().ok()?,
        direction: match row.direction {
            Some(word) => Some(word.parse().ok()?),
            None => None,
        },
        period: row.period.parse().ok()?,
        year: row.year,
        has_channel: row.has_channel,
        about: row.about,
    })
}

/// A time as the day it was in China.
pub(super) fn day(us: i64) -> Option<civil::Date> {
    let time = Timestamp::from_microsecond(us).ok()?;
    let china = TimeZone::fixed(Offset::constant(8));
    Some(time.to_zoned(china).date())
}

fn utc(us: i64) -> String {
    Timestamp::from_microsecond(us).map_or_else(
        |_| String::new(),
        |time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    )
}

fn lateness(store: &Store, whose: &Whose<'_>) -> Result<Vec<Watched>, WatchError> {
    let rows = query::watch::dates(store)?;
    let dated = rows.into_iter().filter_map(|row| {
        let (chain, year, agency) = whose.reports.get(&row.report_id)?;
        let publisher = whose.publishers.get(agency)?;
        let days = row.days.into_iter().filter_map(|(day, source, raw)| {
            let day = day.parse().ok()?;
            Some(Day { day, source, raw })
        });
        let body = (
            chain.agency.as_deref(),
            chain.code.as_deref(),
            &publisher.place,
        );
        let dated = Dated {
            report_id: row.report_id,
            year: *year,
            scope: chain.scope,
            agency: publisher.name.clone(),
            level: chain.level.clone(),
            first_seen: day(row.first_seen_us),
            first_dated: day(row.first_dated_us),
            days: days.collect(),
            is_of_move: false,
        };
        Some((body, dated))
    });
    let mut dated: Vec<_> = dated.collect();
    mark_moves(&mut dated);
    Ok(dated
        .iter()
        .flat_map(|(_, dated)| [late(dated), postdated(dated)])
        .flatten()
        .collect())
}

/// One day on reports of several years of a body is that of a move of its site, not that of their publication.
fn mark_moves<B: Copy + Eq + Hash>(dated: &mut [(B, Dated)]) {
    // The year that gave a day first; `None` where another year gives it too.
    let mut years: HashMap<(B, civil::Date), Option<i16>> = HashMap::new();
    for (body, dated) in dated.iter() {
        if let Some(first) = dated.first_day() {
            years
                .entry((*body, first))
                .and_modify(|year| *year = year.filter(|year| *year == dated.year))
                .or_insert(Some(dated.year));
        }
    }
    for (body, dated) in dated {
        let first = dated.first_day();
        dated.is_of_move = first.is_some_and(|first| years.get(&(*body, first)) == Some(&None));
    }
}

/// Numbers changed after publication without a word.
fn changes(store: &Store) -> Result<Vec<Watched>, WatchError> {
    let mut found = Vec::new();
    for row in query::watch::changes(store)? {
        if !row.announced {
            found.extend(change(store, &row)?);
        }
    }
    // One finding a report: its last change.
    found.reverse();
    found.sort_by_key(|watched| watched.report_id);
    found.dedup_by_key(|watched| watched.report_id);
    Ok(found)
}

fn change(store: &Store, row: &ChangeRow) -> Result<Option<Watched>, WatchError> {
    let versions = query::versions(store, row.report_id)?;
    let version = |id: i64| versions.iter().find(|version| version.version_id == id);
    let (Some(from), Some(to)) = (version(row.from), version(row.to)) else {
        return Ok(None);
    };
    let Some(diff) = query::diff(store, from, to)? else {
        return Ok(None);
    };
    let changed: Vec<&CellChange> = diff.cells.iter().filter(|cell| is_changed(cell)).collect();
    let Some(first) = changed.first() else {
        return Ok(None);
    };
    let value = |side: &Option<query::CellSide>| {
        let side = side.as_ref();
        let value = side.and_then(|side| side.value);
        value.map_or_else(
            || {
                side.map_or("absent", |side| side.status.as_str())
                    .to_owned()
            },
            |value| value.to_string(),
        )
    };
    let count = changed.len();
    let example = first.labels.join("·");
    let (old, new) = (value(&first.from), value(&first.to));
    let mut evidence: Vec<Evidence> = [from, to]
        .iter()
        .map(|version| Evidence::Version {
            first_seen: version.first_seen.clone(),
            last_seen: version.last_seen.clone(),
            sha256: version
                .capture
                .as_ref()
                .map_or_else(String::new, |capture| capture.sha256.clone()),
        })
        .collect();
    let side = |side: &Option<query::CellSide>| {
        let side = side.as_ref();
        let value = side.and_then(|side| side.value);
        (
            side.map_or(CellStatus::TableAbsent, |side| side.status),
            value
                .filter(|value| value.scale() == 0)
                .map(Decimal::mantissa),
        )
    };
    evidence.extend(
        changed
            .iter()
            .take(MOST_EVIDENCE)
            .map(|cell| Evidence::Changed {
                cell: cell.cell.clone(),
                from: side(&cell.from),
                to: side(&cell.to),
            }),
    );
    Ok(Some(Watched {
        code: WatchCode::SilentChange,
        report_id: row.report_id,
        other_report_id: None,
        about: "numbers".into(),
        zh: format!("{count}个数字有改动，如“{example}”由{old}改为{new}。"),
        en: format!(
            "{count} numbers changed, {} from {old} to {new} among them.",
            first.cell
        ),
        rule: "",
        evidence,
    }))
}

/// Whether a number was changed, came or went. What could not be read on one side is no change.
fn is_changed(cell: &CellChange) -> bool {
    let number = |side: &Option<query::CellSide>| {
        side.as_ref()
            .is_some_and(|side| side.status == CellStatus::Number)
    };
    let unread = |side: &Option<query::CellSide>| {
        side.as_ref()
            .is_none_or(|side| side.status == CellStatus::Unreadable)
    };
    let values = (
        cell.from.as_ref().and_then(|side| side.value),
        cell.to.as_ref().and_then(|side| side.value),
    );
    !unread(&cell.from)
        && !unread(&cell.to)
        && (number(&cell.from) || number(&cell.to))
        && values.0 != values.1
}

/// Answers that a report's address is not there: before it was, or since.
fn absences(store: &Store, whose: &Whose<'_>) -> Result<Vec<Watched>, WatchError> {
    let rows = query::watch::absences(store)?;
    let mut found: Vec<Watched> = Vec::new();
    for of_report in rows.chunk_by(|one, other| one.report_id == other.report_id) {
        found.extend(backdated(of_report));
    }
    let year_and_scope = |report: i64| {
        let (chain, year, _) = whose.reports.get(&report)?;
        Some((*year, chain.scope.as_str()))
    };
    found.extend(withdrawals(store, &rows, year_and_scope)?);
    Ok(found)
}

pub(super) fn absence(row: &AbsenceRow) -> Evidence {
    Evidence::Absence {
        url: row.url.clone(),
        at: utc(row.at_us),
        answer: row.answer.clone(),
        file: row.place.0.clone(),
        offset: row.place.1,
    }
}

/// The report says it was published before its address was answered with "not there", and no capture is older. Nothing is told
/// of a report that another address has had, or an imported file, which may have been fetched at any time.
fn backdated(rows: &[AbsenceRow]) -> Option<Watched> {
    let before = rows.iter().find(|row| {
        let published: Option<civil::Date> =
            row.published.as_deref().and_then(|day| day.parse().ok());
        let first = row
            .seen_us
            .filter(|_| row.addresses == 1 && !row.is_imported);
        first.is_some_and(|(first, _)| row.at_us < first)
            && published.is_some_and(|published| day(row.at_us) > Some(published))
    })?;
    let published = before.published.as_deref()?;
    let asked = day(before.at_us)?;
    Some(Watched {
        code: WatchCode::Backdated,
        report_id: before.report_id,
        other_report_id: None,
        about: before.url.clone(),
        zh: format!("报告载明{published}公布，其网址在{asked}返回“不存在”，此前从未见到该报告。"),
        en: format!(
            "The report says it was published on {published}; on {asked} its address was answered with \"not there\", and it had not been seen before."
        ),
        rule: "",
        evidence: vec![absence(before)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_day_on_reports_of_several_years_is_that_of_a_move() {
        let report = |body: &'static str, year: i16, day: &str| {
            let day = Day {
                day: day.parse().unwrap(),
                source: "byline".into(),
                raw: day.to_owned(),
            };
            let dated = Dated {
                report_id: year.into(),
                year,
                scope: Scope::Own,
                agency: Some(body.into()),
                level: None,
                first_seen: None,
                first_dated: None,
                days: vec![day],
                is_of_move: false,
            };
            (body, dated)
        };
        let mut all = vec![
            report("云溪市水务局", 2020, "2022-06-15"),
            report("云溪市水务局", 2021, "2022-06-15"),
            report("云溪市水务局", 2022, "2023-06-15"),
            // Two reports of one year, and the same day of another body.
            report("云溪市民政局", 2021, "2022-06-15"),
            report("云溪市民政局", 2021, "2022-06-15"),
            report("云溪市教育局", 2020, "2022-06-15"),
        ];
        mark_moves(&mut all);
        let told: Vec<bool> = all.iter().map(|(_, dated)| late(dated).is_some()).collect();
        assert_eq!(told, [false, false, true, true, true, true]);
    }
}
