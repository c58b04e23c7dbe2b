//! Two versions of a report beside each other: what the agency changed.
//!
//! Every cell whose status, number or text differs, the rows of lists likewise, the text section by section, and title,
//! publication day and form. A blank, a mark, an absence and 0 are five things here as everywhere.

use std::collections::BTreeMap;

use serde::Serialize;
use similar::{Algorithm, ChangeTag, TextDiff};

use crate::model::{Catalog, CellStatus, Decimal, FormId, Observation, Official, Report, Section};
use crate::store::{Store, StoreError};

use super::{CaptureLine, QueryError, capture_of};

/// A version in the list of a report's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionLine {
    /// Number within the report, from 1, in the order of first captures.
    pub number: usize,
    /// Its id in this database.
    pub version_id: i64,
    /// Whether it is the report's current version.
    pub current: bool,
    /// `official`, `mirror_suspected` or `unknown`: a suspected copy is nothing the agency published.
    pub official: &'static str,
    /// Whether a capture has all of it; else the page was cut off every time.
    pub whole: bool,
    /// When a capture first had it, UTC.
    pub first_seen: String,
    /// When one last had it.
    pub last_seen: String,
    /// How many captures have it.
    pub captures: u32,
    /// The capture it was read from, with the place of its bytes.
    pub capture: Option<CaptureLine>,
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CellSide {
    /// How it stands.
    pub status: CellStatus,
    /// The number, where it is one.
    pub value: Option<Decimal>,
    /// The text as published; empty where blank or absent.
    pub raw: String,
}

/// A cell that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CellChange {
    /// The form.
    pub form: FormId,
    /// The cell's id.
    pub cell: String,
    /// Its printed labels, outermost first.
    pub labels: Vec<String>,
    /// Before; `None` where that version has no table of the form.
    pub from: Option<CellSide>,
    /// After.
    pub to: Option<CellSide>,
}

/// A row of a statistics list that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowChange {
    /// Its label, with the group before it.
    pub label: String,
    /// The texts of its cells before; `None` where there was no such row.
    pub from: Option<Vec<String>>,
    /// And after.
    pub to: Option<Vec<String>>,
}

/// A field of the report that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// `title`, `published` or `form`.
    pub field: &'static str,
    /// Before.
    pub from: Option<String>,
    /// After.
    pub to: Option<String>,
}

/// What became of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It stands in both.
    Same,
    /// It is gone.
    Removed,
    /// It is new.
    Added,
}

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// What became of it.
    pub change: Change,
    /// The text.
    pub text: String,
}

/// A section that differs, heading included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SectionChange {
    /// What it is about.
    pub kind: &'static str,
    /// Its pieces in order; those removed and the same ones are the old text, those added and the same ones the new.
    pub pieces: Vec<Piece>,
}

/// Two versions beside each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// The one before.
    pub from: VersionLine,
    /// The one after.
    pub to: VersionLine,
    /// Title, publication day, form.
    pub fields: Vec<FieldChange>,
    /// Cells, in the catalog's order.
    pub cells: Vec<CellChange>,
    /// Rows of lists.
    pub rows: Vec<RowChange>,
    /// Sections.
    pub sections: Vec<SectionChange>,
}

/// The versions of a report, first seen first.
///
/// # Errors
///
/// If the database cannot be read.
pub fn versions(store: &Store, report_id: i64) -> Result<Vec<VersionLine>, QueryError> {
    let mut statement = store.connection().prepare_cached(
        "SELECT v.id, r.version_id = v.id, v.official, v.whole, v.first_seen_us, v.last_seen_us,
           (SELECT count(*) FROM reading WHERE version_id = v.id)
         FROM version v JOIN report r ON r.id = v.report_id
         WHERE v.report_id = ? ORDER BY v.first_seen_us, v.last_seen_us, v.id",
    )?;
    let mut rows = statement.query([report_id])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        let version_id = row.get(0)?;
        let official: String = row.get(2)?;
        let known: Official = official
            .parse()
            .map_err(|()| StoreError::unknown("origin", official))?;
        lines.push(VersionLine {
            number: lines.len() + 1,
            version_id,
            current: row.get(1)?,
            official: known.as_str(),
            whole: row.get(3)?,
            first_seen: time(row.get(4)?)?,
            last_seen: time(row.get(5)?)?,
            captures: row.get(6)?,
            capture: capture_of(store, version_id)?,
        });
    }
    Ok(lines)
}

fn time(microseconds: i64) -> Result<String, QueryError> {
    let time = jiff::Timestamp::from_microsecond(microseconds)
        .map_err(|_| StoreError::unknown("time", microseconds.to_string()))?;
    Ok(time.to_string())
}

/// The version to hold another against: what the agency published before it; no copy and nothing that was cut off, where there is
/// a choice. `None` where it is the only one.
pub fn version_before<'v>(
    versions: &'v [VersionLine],
    to: &VersionLine,
) -> Option<&'v VersionLine> {
    let others = || {
        versions
            .iter()
            .filter(|one| one.version_id != to.version_id)
    };
    let comparable = |one: &&VersionLine| one.whole && one.official != "mirror_suspected";
    let before = others()
        .filter(comparable)
        .rfind(|one| one.number < to.number);
    before
        .or_else(|| others().rfind(comparable))
        .or_else(|| others().next_back())
}

/// What differs between two versions; `None` where one of them is not there.
///
/// # Errors
///
/// If the database cannot be read.
pub fn diff(
    store: &Store,
    from: &VersionLine,
    to: &VersionLine,
) -> Result<Option<Diff>, QueryError> {
    let reader = store.reader();
    let (Some(old), Some(new)) = (
        reader.version(from.version_id)?,
        reader.version(to.version_id)?,
    ) else {
        return Ok(None);
    };
    let (old, new) = (&old.report, &new.report);
    Ok(Some(Diff {
        from: from.clone(),
        to: to.clone(),
        fields: fields(old, new),
        cells: cells(old, new),
        rows: rows(old, new),
        sections: sections(old, new),
    }))
}

fn fields(old: &Report, new: &Report) -> Vec<FieldChange> {
    let day = |report: &Report| report.published.map(|day| day.to_string());
    let form = |report: &Report| report.form.map(|form| form.to_string());
    let all = [
        ("title", old.title.clone(), new.title.clone()),
        ("published", day(old), day(new)),
        ("form", form(old), form(new)),
    ];
    let changed = all.into_iter().filter(|(_, from, to)| from != to);
    changed
        .map(|(field, from, to)| FieldChange { field, from, to })
        .collect()
}

fn cells(old: &Report, new: &Report) -> Vec<CellChange> {
    let mut sides: BTreeMap<_, (Option<CellSide>, Option<CellSide>)> = BTreeMap::new();
    let side = |one: &Observation| CellSide {
        status: one.status,
        value: one.value,
        raw: one.raw.clone(),
    };
    for one in &old.observations {
        sides.entry(one.indicator).or_default().0 = Some(side(one));
    }
    for one in &new.observations {
        sides.entry(one.indicator).or_default().1 = Some(side(one));
    }
    let catalog = Catalog::get();
    let changed = sides.into_iter().filter(|(_, (from, to))| from != to);
    changed
        .map(|(id, (from, to))| {
            let indicator = catalog.indicator(id);
            CellChange {
                form: indicator.form,
                cell: indicator.cell.clone(),
                labels: indicator.path.clone(),
                from,
                to,
            }
        })
        .collect()
}

fn rows(old: &Report, new: &Report) -> Vec<RowChange> {
    // Rows of one label are told apart by their order.
    type Key = (String, usize);
    let listed = |report: &Report| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let rows = report.statistics.iter().map(|row| {
            let label = match &row.group {
                Some(group) => format!("{group} / {}", row.label),
                None => row.label.clone(),
            };
            let count = counts.entry(label.clone()).or_default();
            *count += 1;
            let texts = row.cells.iter().map(|cell| match cell.status {
                CellStatus::Unreadable => format!("({}) {}", cell.status.as_str(), cell.raw),
                _ => cell.raw.clone(),
            });
            ((label, *count), texts.collect())
        });
        rows.collect::<Vec<(Key, Vec<String>)>>()
    };
    let (before, after) = (listed(old), listed(new));
    let mut left: BTreeMap<Key, Vec<String>> = before.iter().cloned().collect();
    let mut changes = Vec::new();
    for (key, to) in after {
        let from = left.remove(&key);
        if from.as_ref() != Some(&to) {
            let (label, to) = (key.0, Some(to));
            changes.push(RowChange { label, from, to });
        }
    }
    for (key, from) in before {
        if left.remove(&key).is_some() {
            let (label, from) = (key.0, Some(from));
            changes.push(RowChange {
                label,
                from,
                to: None,
            });
        }
    }
    changes
}

fn sections(old: &Report, new: &Report) -> Vec<SectionChange> {
    let key = |section: &Section| (section.kind, section.heading.clone());
    let text = |section: Option<&Section>| match section {
        None => String::new(),
        Some(section) => match &section.heading {
            None => section.text.clone(),
            Some(heading) => format!("{heading}\n{}", section.text),
        },
    };
    let mut left: Vec<&Section> = old.sections.iter().collect();
    let mut pairs: Vec<(Option<&Section>, Option<&Section>)> = Vec::new();
    for section in &new.sections {
        // The same heading, else the first of its kind that no other has.
        let same = left.iter().position(|other| key(other) == key(section));
        let same = same.or_else(|| {
            left.iter().position(|other| {
                other.kind == section.kind && !new.sections.iter().any(|one| key(one) == key(other))
            })
        });
        pairs.push((same.map(|at| left.remove(at)), Some(section)));
    }
    pairs.extend(left.into_iter().map(|section| (Some(section), None)));
    let mut changes = Vec::new();
    for (from, to) in pairs {
        let (before, after) = (text(from), text(to));
        if before != after
            && let Some(section) = to.or(from)
        {
            changes.push(SectionChange {
                kind: section.kind.as_str(),
                pieces: pieces(&before, &after),
            });
        }
    }
    changes
}

/// Longer texts are compared by lines alone: characters would take too long.
const BY_CHARACTER: usize = 20_000;

/// Two texts as pieces: line by line, and within lines that changed character by character, numbers and Latin words
/// as wholes.
fn pieces(before: &str, after: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut push = |change: Change, text: &str| match pieces.last_mut() {
        Some(last) if last.change == change => last.text.push_str(text),
        _ if text.is_empty() => {}
        _ => pieces.push(Piece {
            change,
            text: text.to_owned(),
        }),
    };
    let lines = TextDiff::configure()
        .algorithm(Algorithm::Patience)
        .diff_lines(before, after);
    let (mut gone, mut new) = (String::new(), String::new());
    let flush = |gone: &mut String, new: &mut String, push: &mut dyn FnMut(Change, &str)| {
        if gone.is_empty() || new.is_empty() || gone.len() + new.len() > BY_CHARACTER {
            push(Change::Removed, gone);
            push(Change::Added, new);
        } else {
            let (old, now) = (words(gone), words(new));
            let words = TextDiff::configure()
                .algorithm(Algorithm::Myers)
                .diff_slices(&old, &now);
            for change in words.iter_all_changes() {
                push(change_of(change.tag()), change.value());
            }
        }
        gone.clear();
        new.clear();
    };
    for change in lines.iter_all_changes() {
        match change.tag() {
            ChangeTag::Delete => gone.push_str(change.value()),
            ChangeTag::Insert => new.push_str(change.value()),
            ChangeTag::Equal => {
                flush(&mut gone, &mut new, &mut push);
                push(Change::Same, change.value());
            }
        }
    }
    flush(&mut gone, &mut new, &mut push);
    pieces
}

const fn change_of(tag: ChangeTag) -> Change {
    match tag {
        ChangeTag::Equal => Change::Same,
        ChangeTag::Delete => Change::Removed,
        ChangeTag::Insert => Change::Added,
    }
}

/// Chinese has no spaces between words: every character is one, but a number or a Latin word stays whole.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '.';
        let length = if is_part(first) {
            rest.find(|c| !is_part(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (word, more) = rest.split_at(length);
        words.push(word);
        rest = more;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str) -> String {
        let piece = |piece: &Piece| match piece.change {
            Change::Same => piece.text.clone(),
            Change::Removed => format!("[-{}-]", piece.text),
            Change::Added => format!("{{+{}+}}", piece.text),
        };
        pieces(before, after).iter().map(piece).collect()
    }

    #[test]
    fn texts_are_compared_by_character_and_numbers_as_wholes() {
        for (before, after, want) in [
            ("共受理12件。", "共受理120件。", "共受理[-12-]{+120+}件。"),
            ("甲。\n乙。\n", "甲。\n乙。\n", "甲。\n乙。\n"),
            (
                "甲。\n丙。\n",
                "甲。\n乙。\n丙。\n",
                "甲。\n{+乙。\n+}丙。\n",
            ),
            ("依法公开", "", "[-依法公开-]"),
            ("", "0", "{+0+}"),
        ] {
            assert_eq!(shown(before, after), want);
        }
    }

    #[test]
    fn pieces_lead_back_to_both_texts() {
        let (before, after) = (
            "一、总体\n本机关12件，\n其他。",
            "一、总体情况\n本机关13件，\n没有其他。",
        );
        let pieces = pieces(before, after);
        let side = |not: Change| -> String {
            let own = pieces.iter().filter(|piece| piece.change != not);
            own.map(|piece| piece.text.as_str()).collect()
        };
        assert_eq!(side(Change::Added), before);
        assert_eq!(side(Change::Removed), after);
    }
}
