//! Full text over the narratives.
//!
//! In: words and which reports. Out: sections that have them, newest year first, then by agency, with the passage around
//! the first hit and the bytes to prove it; and how many there are, exactly or "at least".

mod gather;
mod windows;
mod words;

use std::collections::HashMap;
use std::ops::Range;

use rusqlite::{Connection, OptionalExtension as _};
use serde::Serialize;

use crate::model::SectionKind;
use crate::store::Store;
use crate::store::search::{self as index, Doc};

use super::{Division, Filter, QueryError};

use gather::{Row, gather};

pub use words::{Words, WordsError};

/// What to search in, and how far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchOptions {
    /// Which reports. Form and cell have no bearing.
    pub filter: Filter,
    /// Only reports of agencies of this division and all below it; `None`: all.
    pub division: Option<Division>,
    /// Only sections of these kinds; empty: all.
    pub kinds: Vec<SectionKind>,
    /// Also what agencies have replaced since.
    pub all_versions: bool,
    /// Most hits to be shown.
    pub limit: usize,
    /// How many hits before them are left out.
    pub offset: usize,
    /// Counting ends with this many sections; `None`: it goes on to the end.
    pub most: Option<u64>,
}

/// Counting ends here unless all are asked for: such words tell reports no more apart.
pub const MOST_COUNTED: u64 = 20_000;

impl Default for SearchOptions {
    fn default() -> Self {
        Self {
            filter: Filter::default(),
            division: None,
            kinds: Vec::new(),
            all_versions: false,
            limit: 20,
            offset: 0,
            most: Some(MOST_COUNTED),
        }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Sections that have the words; at least so many where [`Self::exact`] is not set.
    pub sections: u64,
    /// Reports they are of.
    pub reports: u64,
    /// Whether all were counted.
    pub exact: bool,
    /// Reports of suspected copies that have the words and are left out; at least so many where [`Self::exact`] is
    /// not set. 0 where they are asked for.
    pub copies_left_out: u64,
    /// The first of them.
    pub hits: Vec<Hit>,
}

/// A section that has the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// The report.
    pub report_id: i64,
    /// Its agency's name; `None` where not found.
    pub agency: Option<String>,
    /// Its agency's code; `None` where not found.
    pub agency_code: Option<String>,
    /// The year reported on; `None` where not found.
    pub year: Option<i16>,
    /// `own`, `consolidated` or `unknown`.
    pub scope: String,
    /// `official`, `mirror_suspected` or `unknown`.
    pub official: String,
    /// The version; that of the report unless [`Self::current`] is not set.
    pub version_id: i64,
    /// Whether the agency has not replaced it.
    pub current: bool,
    /// Kind of the section.
    pub section: String,
    /// Its place in the report, from 0.
    pub position: u32,
    /// Its heading as printed; `None` for the preamble.
    pub heading: Option<String>,
    /// The text around the first place of a word, as published.
    pub snippet: String,
    /// Where in the section's text it begins, in characters.
    pub snippet_start: usize,
    /// First and last but one character of each marked piece of the snippet, counted in characters from 0.
    pub marks: Vec<[usize; 2]>,
    /// How often words of the question stand in the section, in all.
    pub places: usize,
    /// The page's address; `None` for an import without one.
    pub url: Option<String>,
    /// Digest of the capture it was read from.
    pub sha256: String,
    /// First byte of the section, from its heading on, in that capture.
    pub start_byte: u32,
    /// The byte behind its last.
    pub end_byte: u32,
    /// What the bytes count in: 0 is the payload itself or its first part.
    pub part: u32,
}

/// Searches the narratives.
///
/// Hits of the newest years come first; of a year, by agency, code, scope and place. Where counting ended within
/// the year of the last hit shown, the order within that year is of those that were counted.
///
/// # Errors
///
/// [`QueryError::NotIndexed`], [`QueryError::NoDivisions`], or if the database cannot be read.
pub fn search(store: &Store, words: &Words, options: &SearchOptions) -> Result<Found, QueryError> {
    let reading = store.one_state()?;
    let mut may_share = reading.is_some();
    let gathered = loop {
        if !index::is_current(store.connection())? {
            return Err(QueryError::NotIndexed);
        }
        match gather(store, words, options, may_share)? {
            Some(gathered) => break gathered,
            None => may_share = false,
        }
    };
    let mut found = gathered.found();
    for row in ordered(store, gathered.first, gathered.most)?
        .into_iter()
        .skip(options.offset)
    {
        found.hits.extend(hit(store, words, row, &options.kinds)?);
    }
    Ok(found)
}

/// The first `limit` of these by year, agency, code, its place and that of the section.
fn ordered(store: &Store, mut rows: Vec<Row>, limit: usize) -> Result<Vec<Row>, QueryError> {
    // Every agency asked for once, and only those there are.
    type Name = (Option<String>, Option<String>, String);
    let mut names: HashMap<i64, Name> = HashMap::new();
    let mut statement = store
        .connection()
        .prepare_cached("SELECT name, code, place FROM agency WHERE id = ?")?;
    for row in &rows {
        if let Some(id) = &row.agency
            && !names.contains_key(id)
        {
            names.insert(
                *id,
                statement.query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?,
            );
        }
    }
    let nobody = (None, None, String::new());
    rows.sort_by(|one, other| {
        let name = |row: &Row| row.agency.and_then(|id| names.get(&id)).unwrap_or(&nobody);
        let place = |row: &Row| (row.version, row.doc.position);
        (one.doc.year_code().cmp(&other.doc.year_code()))
            .then_with(|| name(one).cmp(name(other)))
            .then_with(|| place(one).cmp(&place(other)))
    });
    rows.truncate(limit);
    Ok(rows)
}

/// The sections of a row of the index, first and last by number.
fn sections_of(version: i64, doc: Doc) -> [i64; 2] {
    let first = version << 20;
    let to = if doc.is_shared() {
        (1 << 20) - 1
    } else {
        doc.position
    };
    [first | doc.position, first | to]
}

/// Whether a row of the index has the words, as its sections tell.
fn has_words(
    connection: &Connection,
    words: &Words,
    version: i64,
    doc: Doc,
) -> Result<bool, QueryError> {
    let mut sections = connection
        .prepare_cached("SELECT text FROM section_text WHERE id BETWEEN ?1 AND ?2 ORDER BY id")?;
    let mut rows = sections.query(sections_of(version, doc))?;
    let mut tokens = String::from(" ");
    let mut is_first = true;
    while let Some(row) = rows.next()? {
        if !std::mem::take(&mut is_first) {
            tokens.push_str(index::SECTION_END);
        }
        index::cut_text(row.get_ref(0)?.as_str().unwrap_or_default(), &mut tokens);
    }
    Ok(words.are_in(&tokens))
}

/// Whether a row of the index has a section of one of these kinds; of several sections one with a word.
fn is_of_kind(
    connection: &Connection,
    words: &Words,
    version: i64,
    doc: Doc,
    kinds: &[SectionKind],
) -> Result<bool, QueryError> {
    let mut sections =
        connection.prepare_cached("SELECT kind, text FROM section WHERE id BETWEEN ?1 AND ?2")?;
    let mut rows = sections.query(sections_of(version, doc))?;
    while let Some(row) = rows.next()? {
        let kind = row.get_ref(0)?.as_str().unwrap_or_default();
        if kinds.iter().any(|one| one.as_str() == kind)
            && (!doc.is_shared() || !words.places(&row.get::<_, String>(1)?).is_empty())
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A row of the index as an answer; `kinds` are those asked for.
fn hit(
    store: &Store,
    words: &Words,
    Row { doc, version, .. }: Row,
    kinds: &[SectionKind],
) -> Result<Option<Hit>, QueryError> {
    let connection = store.connection();
    let mut sections = connection.prepare_cached(
        "SELECT position, heading, text, start_byte, end_byte, part, kind FROM section
         WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
    )?;
    let mut rows = sections.query(sections_of(version, doc))?;
    let mut best = None;
    while let Some(row) = rows.next()? {
        let kind: String = row.get(6)?;
        if !kinds.is_empty() && !kinds.iter().any(|one| one.as_str() == kind) {
            continue;
        }
        let text: String = row.get(2)?;
        let places = words.places(&text);
        // Of sections that share a row the first that has a word.
        if !places.is_empty() || best.is_none() {
            let found = !places.is_empty();
            best = Some((
                row.get(0)?,
                row.get(1)?,
                Snippet::of(&text, &places),
                places.len(),
                (row.get(3)?, row.get(4)?, row.get(5)?, kind),
            ));
            if found {
                break;
            }
        }
    }
    let Some((position, heading, snippet, places, (start_byte, end_byte, part, kind))) = best
    else {
        return Ok(None);
    };
    let mut head = connection.prepare_cached(
        "SELECT r.id, a.name, a.code, r.year, r.scope, v.official, r.version_id IS v.id, d.url, lower(hex(c.sha256))
         FROM version v JOIN report r ON r.id = v.report_id JOIN capture c ON c.id = v.capture_id
         LEFT JOIN agency a ON a.id = r.agency_id LEFT JOIN address d ON d.id = c.address_id WHERE v.id = ?",
    )?;
    let hit = head.query_row([version], |row| {
        Ok(Hit {
            report_id: row.get(0)?,
            agency: row.get(1)?,
            agency_code: row.get(2)?,
            year: row.get(3)?,
            scope: row.get(4)?,
            official: row.get(5)?,
            version_id: version,
            current: row.get(6)?,
            section: kind,
            position,
            heading,
            snippet: snippet.text,
            snippet_start: snippet.start,
            marks: snippet.marks,
            places,
            url: row.get(7)?,
            sha256: row.get(8)?,
            start_byte,
            end_byte,
            part,
        })
    });
    Ok(hit.optional()?)
}

/// A passage, in characters.
#[derive(Debug, PartialEq, Eq)]
struct Snippet {
    text: String,
    start: usize,
    marks: Vec<[usize; 2]>,
}

/// Characters before the first mark, and of the whole passage.
const BEFORE: usize = 24;
const PASSAGE: usize = 80;

impl Snippet {
    /// The passage around the first of `places`, bytes of `text`; its beginning where there is none.
    fn of(text: &str, places: &[Range<usize>]) -> Self {
        let first = places.first().map_or(0, |place| place.start);
        let before = text[..first].char_indices().rev().take(BEFORE);
        let start = before.last().map_or(first, |(at, _)| at);
        let end = text[start..]
            .char_indices()
            .nth(PASSAGE)
            .map_or(text.len(), |(at, _)| start + at);
        let count = |from: usize, to: usize| text[from..to].chars().count();
        let marks = places
            .iter()
            .take_while(|place| place.start < end)
            .map(|place| [count(start, place.start), count(start, place.end.min(end))]);
        Self {
            marks: marks.collect(),
            text: text[start..end].into(),
            start: count(0, start),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_is_cut_around_the_first_mark() {
        let text = format!("{}公开{}公开", "一".repeat(30), "二".repeat(200));
        let words = Words::parse("公开").unwrap();
        let snippet = Snippet::of(&text, &words.places(&text));
        assert_eq!((snippet.start, snippet.text.chars().count()), (6, PASSAGE));
        assert_eq!(snippet.marks, [[24, 26]]);
        let short = Snippet::of("公开", &words.places("公开"));
        assert_eq!(
            short,
            Snippet {
                text: "公开".into(),
                start: 0,
                marks: vec![[0, 2]]
            }
        );
        assert_eq!(
            Snippet::of("", &[]),
            Snippet {
                text: String::new(),
                start: 0,
                marks: vec![]
            }
        );
    }
}
