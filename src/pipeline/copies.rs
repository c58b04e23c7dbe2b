//! Narratives of all reports → text that one agency's report has from another's.
//!
//! In memory are the sketches, eight bytes for every fourth Chinese character; the texts themselves go by, and those of candidates
//! are read again.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::audit::similarity::{
    Bar, Candidate, Han, Known, Matches, Overlap, Sketches, compare, names_in,
};
use crate::model::{Chain, Evidence, Excerpt, PanelReport, WatchCode, Watched};
use crate::query::copies::{
    NarrativeRow, NarrativeSection, narrative_bytes, narratives, sections, texts,
};
use crate::store::Store;

use super::parallel::Load;
use super::watch::WatchError;

/// Most passages that a finding shows, the largest.
const MOST_PASSAGES: usize = 10;

/// Most bytes of a passage that are shown.
const MOST_TEXT: usize = 1800;

/// Texts handed to a thread at once.
const BATCH: usize = 64;

/// Numbers of a report that make it the same one at two places, if they are the same.
const FEWEST_NUMBERS: u32 = 6;

/// Finds the reports large parts of whose text stand in an earlier report of another agency. Of several such the one is told with most in
/// common. `chains` have the reports' numbers.
///
/// # Errors
///
/// [`WatchError`].
pub fn copies(store: &Store, chains: &[Chain]) -> Result<Vec<Watched>, WatchError> {
    let mut rows = narratives(store)?;
    rows.truncate(Sketches::MOST_TEXTS);
    let mut agencies: Vec<Agency> = Vec::new();
    let mut last = None;
    let mut known: Vec<Known> = Vec::with_capacity(rows.len());
    for row in &rows {
        if last.replace(row.key) != Some(row.key) {
            agencies.push(Agency::default());
        }
        if let Some(agency) = agencies.last_mut() {
            agency.take(row);
        }
        known.push(Known {
            agency: u32::try_from(agencies.len() - 1).unwrap_or(u32::MAX),
            rank: 0,
        });
    }
    if agencies.len() < 2 {
        return Ok(Vec::new());
    }
    rank(&rows, &mut known);
    let sketches = sketch(store, &rows)?;
    let matches = Matches::of(sketches, known);
    let bar = Bar::of(matches.agencies());
    let related = |one: u32, other: u32| {
        let of = |agency: u32| agencies.get(agency as usize);
        of(one)
            .zip(of(other))
            .is_none_or(|(one, other)| one.is_related(other))
    };
    let candidates = matches.candidates(bar.characters, related);
    let numbers: HashMap<i64, &PanelReport> = chains
        .iter()
        .flat_map(|chain| &chain.reports)
        .map(|report| (report.report_id, report))
        .collect();
    let mut found = Vec::new();
    for of_text in candidates.chunk_by(|one, other| one.later == other.later) {
        found.extend(best(store, &rows, &numbers, &matches, bar, of_text)?);
    }
    Ok(found)
}

/// What an agency was called, its codes, and the years of its reports.
#[derive(Debug, Default)]
struct Agency<'r> {
    names: Vec<&'r str>,
    codes: Vec<&'r str>,
    years: Vec<i16>,
}

impl<'r> Agency<'r> {
    fn take(&mut self, row: &'r NarrativeRow) {
        let code = row.code.as_deref().map(organisation);
        for (list, word) in [
            (&mut self.names, row.name.as_deref()),
            (&mut self.codes, code),
        ] {
            if let Some(word) = word
                && !list.contains(&word)
            {
                list.push(word);
            }
        }
        self.years.push(row.year);
    }

    /// Whether one may publish the other's text as its own: one name has the other in it (a government and its office), they are the
    /// same and no codes tell them apart, or the one begins where the other ends and they are of one place (a reform).
    fn is_related(&self, other: &Self) -> bool {
        const PLACE: usize = 3;
        let ends = |agency: &Self| Some((*agency.years.iter().min()?, *agency.years.iter().max()?));
        let follows = ends(self)
            .zip(ends(other))
            .is_some_and(|(one, two)| one.1 < two.0 || two.1 < one.0);
        let told_apart = !self.codes.is_empty()
            && !other.codes.is_empty()
            && !self.codes.iter().any(|code| other.codes.contains(code));
        let mut names = self
            .names
            .iter()
            .flat_map(|name| other.names.iter().map(move |theirs| (*name, *theirs)));
        self.codes.iter().any(|code| other.codes.contains(code))
            || names.any(|(name, theirs)| {
                if name == theirs {
                    !told_apart || follows
                } else {
                    let alike = name.chars().zip(theirs.chars());
                    let alike = alike.take_while(|(sign, other)| sign == other).count();
                    name.contains(theirs) || theirs.contains(name) || follows && alike >= PLACE
                }
            })
    }
}

/// The organisation's own part of a code: nine characters of the eighteen of today's, all of an older one.
fn organisation(code: &str) -> &str {
    match code.len() {
        18 => code.get(8..17).unwrap_or(code),
        _ => code,
    }
}

/// The order of publication: year, day, name. A day that is not known is behind those that are.
fn rank(rows: &[NarrativeRow], known: &mut [Known]) {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|place| {
        let row = &rows[*place];
        let day = row.published.as_deref();
        (
            row.year,
            day.is_none(),
            day,
            row.name.as_deref(),
            row.code.as_deref(),
            row.report_id,
        )
    });
    for (rank, place) in (0_u32..).zip(order) {
        known[place].rank = rank;
    }
}

fn own_names(row: &NarrativeRow) -> Vec<String> {
    row.name.as_deref().map(names_in).unwrap_or_default()
}

/// Texts on their way to a thread: a number and sections each.
type Batch = Vec<(u32, Vec<String>)>;

/// Sketches of all texts, made by all cores while this thread reads.
fn sketch(store: &Store, rows: &[NarrativeRow]) -> Result<Sketches, WatchError> {
    let rate = Sketches::rate_for(narrative_bytes(store)? / 3);
    let numbers: HashMap<i64, u32> = rows
        .iter()
        .zip(0_u32..)
        .map(|(row, number)| (row.version_id, number))
        .collect();
    let jobs = Load::new(None).jobs.get();
    let (to_workers, waiting) = sync_channel::<Batch>(2 * jobs);
    let waiting = Mutex::new(waiting);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs)
            .map(|_| scope.spawn(|| worker(&waiting, rows, rate)))
            .collect();
        let mut batch = Vec::with_capacity(BATCH);
        let read = texts(store, |version, sections| {
            if let Some(number) = numbers.get(&version) {
                batch.push((*number, sections));
            }
            if batch.len() >= BATCH {
                let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
                // Only a panic closes the other end, and it is passed on below.
                let _ = to_workers.send(full);
            }
        });
        let _ = to_workers.send(batch);
        drop(to_workers);
        let mut all = Sketches::new(rate);
        for worker in workers {
            match worker.join() {
                Ok(sketches) => all.append(sketches),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        read?;
        Ok(all)
    })
}

fn worker(waiting: &Mutex<Receiver<Batch>>, rows: &[NarrativeRow], rate: u64) -> Sketches {
    let mut sketches = Sketches::new(rate);
    loop {
        let next = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(batch) = next else {
            return sketches;
        };
        for (number, sections) in batch {
            if let Some(row) = rows.get(number as usize) {
                sketches.add(number, &Han::of(&sections, &own_names(row)));
            }
        }
    }
}

/// A report's text, read again.
struct Text {
    sections: Vec<NarrativeSection>,
    han: Han,
}

impl Text {
    fn of(store: &Store, row: &NarrativeRow) -> Result<Self, WatchError> {
        let sections = sections(store, row.version_id)?;
        let texts: Vec<&str> = sections.iter().map(|one| one.text.as_str()).collect();
        let han = Han::of(&texts, &own_names(row));
        Ok(Self { sections, han })
    }

    fn excerpt(&self, run: &std::ops::Range<usize>) -> Option<Excerpt> {
        let (section, bytes) = self.han.place(run);
        let section = self.sections.get(section)?;
        let mut end = bytes.end.min(bytes.start + MOST_TEXT);
        while !section.text.is_char_boundary(end) {
            end -= 1;
        }
        Some(Excerpt {
            section: section.kind,
            text: section.text.get(bytes.start..end)?.to_owned(),
            offset: bytes.start,
            section_bytes: section.bytes,
            part: section.part,
        })
    }
}

/// The finding of a text, if one of its candidates makes one.
fn best(
    store: &Store,
    rows: &[NarrativeRow],
    numbers: &HashMap<i64, &PanelReport>,
    matches: &Matches,
    bar: Bar,
    candidates: &[Candidate],
) -> Result<Option<Watched>, WatchError> {
    let Some(row) = candidates
        .first()
        .and_then(|one| rows.get(one.later as usize))
    else {
        return Ok(None);
    };
    let this = Text::of(store, row)?;
    let mut best: Option<(Overlap, Text, &NarrativeRow)> = None;
    for candidate in candidates {
        let Some(source) = rows.get(candidate.earlier as usize) else {
            continue;
        };
        if is_same_report(row, source, numbers) {
            // The same report under two names is no copy of any.
            return Ok(None);
        }
        let other = Text::of(store, source)?;
        let overlap = compare(&this.han, &other.han, matches);
        let more = best
            .as_ref()
            .is_none_or(|(best, ..)| overlap.characters > best.characters);
        if bar.is_reached(&overlap) && more {
            best = Some((overlap, other, source));
        }
    }
    Ok(best.map(|(overlap, other, source)| told(row, &this, &overlap, &other, source)))
}

/// Whether the numbers of two reports of a year are all the same.
fn is_same_report(
    row: &NarrativeRow,
    other: &NarrativeRow,
    numbers: &HashMap<i64, &PanelReport>,
) -> bool {
    let of = |row: &NarrativeRow| numbers.get(&row.report_id);
    let (Some(one), Some(two)) = (of(row), of(other)) else {
        return false;
    };
    row.year == other.year
        && one.numbers.iter().any(|one| {
            two.of(one.form)
                .is_some_and(|two| two.digest == one.digest && two.counted == one.counted)
                && one.counted >= FEWEST_NUMBERS
        })
}

fn told(
    row: &NarrativeRow,
    this: &Text,
    overlap: &Overlap,
    other: &Text,
    source: &NarrativeRow,
) -> Watched {
    let whose = source.name.as_deref().or(source.code.as_deref());
    let whose = whose.unwrap_or_default();
    let (year, count) = (source.year, overlap.passages.len());
    let (characters, percent) = (overlap.characters, overlap.percent());
    let word = if count == 1 { "passage" } else { "passages" };
    let mut evidence = vec![Evidence::Overlap {
        characters,
        own: overlap.own,
        percent,
    }];
    let passages = overlap.passages.iter().take(MOST_PASSAGES);
    evidence.extend(passages.filter_map(|passage| {
        Some(Evidence::Passage {
            characters: passage.characters,
            this: this.excerpt(&passage.this)?,
            other: other.excerpt(&passage.other)?,
        })
    }));
    Watched {
        code: WatchCode::CopiedText,
        report_id: row.report_id,
        other_report_id: Some(source.report_id),
        about: format!("{whose} {year}"),
        zh: format!(
            "除通用文字外，正文有{characters}个汉字（{percent}%，共{count}段）与{whose}{year}年度报告相同。"
        ),
        en: format!(
            "Common wording left out, {characters} Chinese characters of the text ({percent} %, in {count} {word}) stand in the report of {whose} for {year} too."
        ),
        rule: "",
        evidence,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(report_id: i64, name: &str, code: &str, year: i16, day: &str) -> NarrativeRow {
        let word = |word: &str| (!word.is_empty()).then(|| word.to_owned());
        NarrativeRow {
            report_id,
            version_id: report_id,
            key: report_id,
            name: word(name),
            code: word(code),
            year,
            published: word(day),
        }
    }

    fn related(one: (&str, &str), other: (&str, &str)) -> bool {
        related_in(one, other, 2021)
    }

    fn related_in(one: (&str, &str), other: (&str, &str), year: i16) -> bool {
        let rows = [
            row(1, one.0, one.1, 2021, ""),
            row(2, other.0, other.1, year, ""),
        ];
        let [one, other] = [&rows[0], &rows[1]].map(|row| {
            let mut agency = Agency::default();
            agency.take(row);
            agency
        });
        assert_eq!(one.is_related(&other), other.is_related(&one));
        one.is_related(&other)
    }

    #[test]
    fn offices_of_one_body_do_not_copy_each_other() {
        assert!(related(
            ("云溪县人民政府", "A"),
            ("云溪县人民政府办公室", "B")
        ));
        assert!(related(("云溪县教育局", ""), ("云溪县教育局", "B")));
        assert!(related(("云溪县教育局", "A"), ("云溪县教育和体育局", "A")));
        assert!(!related(("云溪县教育局", "A"), ("云溪县教育局", "B")));
        assert!(!related(("云溪县教育局", ""), ("南屏区教育局", "")));
        assert!(!related(("", "A"), ("", "B")));
        // The code of before 2015 is a part of today's.
        let (old, new) = ("123456789", format!("11320100{}X", "123456789"));
        assert!(related(("甲局", old), ("乙局", &new)));
    }

    #[test]
    fn whoever_follows_at_the_same_place_may_be_the_successor() {
        let (before, after) = (("云溪县农业局", "A"), ("云溪县农业农村局", "B"));
        assert!(related_in(before, after, 2022) && related_in(before, after, 2020));
        assert!(!related(before, after));
        assert!(!related_in(before, ("南屏区农业农村局", "B"), 2022));
    }

    #[test]
    fn the_later_one_is_told_by_year_day_and_name() {
        let rows = [
            row(1, "丙", "", 2021, ""),
            row(2, "乙", "", 2021, "2022-01-09"),
            row(3, "甲", "", 2021, "2022-01-09"),
            row(4, "丁", "", 2020, "2022-03-01"),
        ];
        let mut known = vec![Known { agency: 0, rank: 0 }; 4];
        rank(&rows, &mut known);
        let ranks: Vec<u32> = known.iter().map(|one| one.rank).collect();
        let by_name = if "乙" < "甲" { [1, 2] } else { [2, 1] };
        assert_eq!(ranks, [3, by_name[0], by_name[1], 0]);
    }
}
