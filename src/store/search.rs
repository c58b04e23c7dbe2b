//! The index of the narratives: how a text is cut into tokens, and how the index is kept up with the sections.
//!
//! One Han character is a token, so a word of any length is a phrase of characters, and what is found is what a search
//! for a part of the text would find. `SQLite` knows nothing of this: it gets the tokens with spaces between.
//!
//! Sections of all versions are in the index. Changes are collected and brought in before each commit, in the order of
//! the rows: the index writes what it has in memory whenever it meets a savepoint or a smaller rowid.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rusqlite::{Connection, OptionalExtension as _, params};
use unicode_normalization::UnicodeNormalization as _;

use super::StoreError;

/// Changed whenever [`cut`] or [`doc`] changes what it gives: indexes of other rules are made anew.
const RULES: &str = "2";

/// Longest token, in characters; what is longer is cut.
const LONGEST: usize = 64;

/// Stands for a tab, which parts the cells of tables in a narrative.
const CELL_END: char = '␉';

/// Between sections that share a row of the index.
const SECTION_END: &str = "␌ ";

/// Hands the tokens of a text over, each with its bytes in the text.
///
/// A Han character, kana, syllable, sign or mark is a token; so is a run of digits and letters. Full-width forms and case
/// are folded, radicals become the characters they show. Spaces, line ends and characters without width are none,
/// and only the former end a run. No token has a space or an ASCII sign in it.
pub fn cut(text: &str, mut token: impl FnMut(&str, Range<usize>)) {
    let mut run = String::new();
    let mut run_at = 0..0;
    let mut length = 0;
    let mut one = [0; 4];
    for (at, character) in text.char_indices() {
        let end = at + character.len_utf8();
        let class = class(character);
        if let Class::Run(folded) = class {
            if length == 0 {
                run_at.start = at;
            }
            run_at.end = end;
            run.extend(folded.to_lowercase());
            length += 1;
            if length < LONGEST {
                continue;
            }
        }
        if matches!(class, Class::Nothing) {
            continue;
        }
        if length > 0 {
            token(&run, run_at.clone());
            run.clear();
            length = 0;
        }
        if let Class::Sign(folded) = class {
            token(folded.encode_utf8(&mut one), at..end);
        }
    }
    if length > 0 {
        token(&run, run_at);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// A token alone.
    Sign(char),
    /// Part of a run.
    Run(char),
    /// White space and control characters.
    Space,
    /// No width.
    Nothing,
}

/// From an ASCII sign to its full-width form, and back.
const WIDE: u32 = 0xFEE0;

fn class(character: char) -> Class {
    match character {
        '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' => Class::Sign(character),
        '\t' => Class::Sign(CELL_END),
        _ if character.is_whitespace() || character.is_control() => Class::Space,
        _ if character.is_ascii_alphanumeric() => Class::Run(character),
        '!'..='~' => Class::Sign(char::from_u32(u32::from(character) + WIDE).unwrap_or(character)),
        '\u{ff01}'..='\u{ff5e}' => {
            let narrow = char::from_u32(u32::from(character) - WIDE).unwrap_or(character);
            if narrow.is_ascii_alphanumeric() {
                Class::Run(narrow)
            } else {
                Class::Sign(character)
            }
        }
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => Class::Nothing,
        '\u{2e80}'..='\u{2fdf}' | '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}' => {
            Class::Sign(
                std::iter::once(character)
                    .nfkc()
                    .next()
                    .unwrap_or(character),
            )
        }
        // Kana, syllables of Hangul, and the other planes of ideographs: no spaces between words either.
        '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{30ff}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{20000}'..='\u{3ffff}' => Class::Sign(character),
        // ①, Ⅲ and ½ stand alone.
        _ if character.is_alphabetic() && !character.is_numeric() => Class::Run(character),
        _ => Class::Sign(character),
    }
}

/// The tokens of a text with a space behind each.
pub(super) fn cut_text(text: &str, into: &mut String) {
    cut(text, |token, _| {
        into.push_str(token);
        into.push(' ');
    });
}

/// Sections of a version from this place on share a row.
const SHARED: i64 = 31;

/// The row of the index that has a section: newest years first, unknown ones last. Rows of neighbouring versions lie close
/// together: the index stores the distances, and every bit counts that all of them have more.
pub fn doc(year: Option<i64>, version: i64, position: i64) -> i64 {
    (year_code(year) << 48) | (version << 5) | position.clamp(0, SHARED)
}

fn year_code(year: Option<i64>) -> i64 {
    year.map_or(UNKNOWN_YEAR, |year| {
        (3000 - year).clamp(0, UNKNOWN_YEAR - 1)
    })
}

const UNKNOWN_YEAR: i64 = 4095;

/// What a row of the index is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doc {
    /// The version.
    pub version: i64,
    /// The place of the section in it; [`Self::is_shared`] where it is the first of several.
    pub position: i64,
    /// Grows with the age of the year; the greatest is an unknown year.
    pub year_code: i64,
}

impl Doc {
    /// What row `doc` is of.
    pub fn of(doc: i64) -> Self {
        Self {
            version: (doc >> 5) & 0x7ff_ffff_ffff,
            position: doc & SHARED,
            year_code: doc >> 48,
        }
    }

    /// Whether the row may be of several sections.
    pub const fn is_shared(self) -> bool {
        self.position == SHARED
    }
}

/// The rows of the index that sections of these years can have. With no bound unknown years are among them.
pub fn docs_of_years(from: Option<i16>, to: Option<i16>) -> Range<i64> {
    let first = to.map_or(0, |year| year_code(Some(year.into())));
    let last = match (from, to) {
        (None, None) => UNKNOWN_YEAR,
        (None, Some(_)) => UNKNOWN_YEAR - 1,
        (Some(year), _) => year_code(Some(year.into())),
    };
    first << 48..(last + 1) << 48
}

/// Changes of sections that the index does not have yet.
#[derive(Debug, Default)]
pub(super) struct Due {
    /// Rows that go; some may not be there.
    gone: BTreeSet<i64>,
    /// Rows that come, with their tokens, and the version of each.
    fresh: BTreeMap<i64, String>,
    /// Bytes of those tokens.
    bytes: usize,
    /// Rows brought in so far.
    pub(super) indexed: u64,
}

impl Due {
    /// The sections of a version are about to change, or to go with it.
    pub(super) fn leaves(
        &mut self,
        connection: &Connection,
        version: i64,
    ) -> Result<(), StoreError> {
        let mut statement = connection.prepare_cached(
            "SELECT r.year, s.position FROM version v JOIN report r ON r.id = v.report_id
             JOIN section s ON s.id BETWEEN ?1 << 20 AND ?1 << 20 | 1048575 WHERE v.id = ?1",
        )?;
        let mut rows = statement.query([version])?;
        while let Some(row) = rows.next()? {
            let doc = doc(row.get(0)?, version, row.get(1)?);
            self.gone.insert(doc);
            if let Some(tokens) = self.fresh.remove(&doc) {
                self.bytes -= tokens.len();
            }
        }
        Ok(())
    }

    /// The sections of a version were written; their tokens in order.
    pub(super) fn comes(&mut self, version: i64, year: Option<i64>, sections: &[String]) {
        for (position, tokens) in (0..).zip(sections) {
            let row = self.fresh.entry(doc(year, version, position));
            self.bytes += add(row.or_default(), tokens);
        }
    }

    /// Whether there is so much that it should not wait.
    pub(super) const fn is_large(&self) -> bool {
        self.bytes > LARGE
    }

    /// The transaction was given up.
    pub(super) fn clear(&mut self) {
        self.gone.clear();
        self.fresh.clear();
        self.bytes = 0;
    }

    /// Brings the index up to the sections.
    pub(super) fn bring_in(&mut self, connection: &Connection) -> Result<(), StoreError> {
        if !self.gone.is_empty() {
            let mut delete =
                connection.prepare_cached("DELETE FROM narrative_index WHERE rowid = ?")?;
            for doc in std::mem::take(&mut self.gone) {
                delete.execute([doc])?;
            }
        }
        self.indexed += insert(connection, &std::mem::take(&mut self.fresh))?;
        self.bytes = 0;
        Ok(())
    }
}

/// Bytes of tokens that wait for a commit, at most a section more.
const LARGE: usize = 8 << 20;

/// Puts the tokens of a section into its row; how many bytes the row grew by.
fn add(row: &mut String, tokens: &str) -> usize {
    let before = row.len();
    if !row.is_empty() {
        row.push_str(SECTION_END);
    }
    row.push_str(tokens);
    row.len() - before
}

/// Puts the sections of versions into the index; how many rows they take.
fn index(connection: &Connection, versions: impl Iterator<Item = i64>) -> Result<u64, StoreError> {
    let mut select = connection.prepare_cached(
        "SELECT r.year, s.position, s.text FROM version v JOIN report r ON r.id = v.report_id
         JOIN section s ON s.id BETWEEN ?1 << 20 AND ?1 << 20 | 1048575 WHERE v.id = ?1 ORDER BY s.id",
    )?;
    let mut docs: BTreeMap<i64, String> = BTreeMap::new();
    for version in versions {
        let mut rows = select.query([version])?;
        while let Some(row) = rows.next()? {
            let text = row.get_ref(2)?.as_str().unwrap_or_default();
            let mut tokens = String::with_capacity(text.len() + text.len() / 2);
            cut_text(text, &mut tokens);
            let doc = docs.entry(doc(row.get(0)?, version, row.get(1)?));
            add(doc.or_default(), &tokens);
        }
    }
    insert(connection, &docs)
}

/// Puts rows into the index, in their order; how many.
fn insert(connection: &Connection, docs: &BTreeMap<i64, String>) -> Result<u64, StoreError> {
    let mut insert =
        connection.prepare_cached("INSERT INTO narrative_index (rowid, text) VALUES (?, ?)")?;
    let mut count = 0;
    for (doc, tokens) in docs {
        if !tokens.is_empty() {
            insert.execute(params![doc, tokens])?;
            count += 1;
        }
    }
    Ok(count)
}

/// Versions that are indexed at once.
const GROUP: usize = 256;

/// Makes the index anew where it was made by other rules, or not at all.
pub(super) fn sync(connection: &mut Connection) -> Result<(), StoreError> {
    if is_current(connection)? {
        return Ok(());
    }
    let transaction = connection.transaction()?;
    transaction
        .execute_batch("INSERT INTO narrative_index (narrative_index) VALUES ('delete-all')")?;
    let mut versions: Vec<(i64, i64)> = {
        let mut statement = transaction
            .prepare("SELECT r.year, v.id FROM version v JOIN report r ON r.id = v.report_id")?;
        let versions = statement.query_map([], |row| Ok((year_code(row.get(0)?), row.get(1)?)))?;
        versions.collect::<Result<_, _>>()?
    };
    versions.sort_unstable();
    for some in versions.chunks(GROUP) {
        index(&transaction, some.iter().map(|(_, version)| *version))?;
    }
    if !versions.is_empty() {
        optimize(&transaction)?;
    }
    transaction.execute(
        "INSERT INTO meta VALUES ('narrative_index', ?1) ON CONFLICT DO UPDATE SET value = ?1",
        [RULES],
    )?;
    transaction.commit()?;
    Ok(())
}

/// Whether the index was made by the rules of this program.
///
/// # Errors
///
/// What `SQLite` says.
pub fn is_current(connection: &Connection) -> Result<bool, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT 1 FROM meta WHERE key = 'narrative_index' AND value = ?")?;
    Ok(statement.exists([RULES])?)
}

/// Puts the index together where this run wrote a good part of it, or one that was to put it together ended before; what a
/// few pages bring is put together on the way.
pub(super) fn settle(connection: &Connection, indexed: u64) -> Result<(), StoreError> {
    let is_due = setting(connection, "automerge")? == Some(0);
    if indexed == 0 && !is_due {
        return Ok(());
    }
    let rows: i64 =
        connection.query_row("SELECT count(*) FROM narrative_index_docsize", [], |row| {
            row.get(0)
        })?;
    if is_due || indexed.saturating_mul(4) >= rows.unsigned_abs() {
        optimize(connection)?;
    }
    Ok(())
}

/// What an option of the index was set to; `None` where it never was.
fn setting(connection: &Connection, option: &str) -> Result<Option<i64>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT v FROM narrative_index_config WHERE k = ?")?
        .query_row([option], |row| row.get(0))
        .optional()?)
}

/// When the index puts its segments together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Merging {
    /// A few at a time, so that searches stay quick.
    OnTheWay,
    /// Not before [`settle`], unless they get very many.
    AtTheEnd,
}

/// Says when; the index keeps it. Nothing is written where it is so already.
pub(super) fn merge(connection: &Connection, when: Merging) -> Result<(), StoreError> {
    let options = match when {
        Merging::OnTheWay => [("automerge", 4), ("crisismerge", 16)],
        Merging::AtTheEnd => [("automerge", 0), ("crisismerge", 512)],
    };
    for (option, value) in options {
        let now = setting(connection, option)?;
        // Where nothing was ever said it is done on the way.
        if now.map_or(when != Merging::OnTheWay, |now| now != value) {
            connection
                .prepare_cached(
                    "INSERT INTO narrative_index (narrative_index, rank) VALUES (?, ?)",
                )?
                .execute(params![option, value])?;
        }
    }
    Ok(())
}

fn optimize(connection: &Connection) -> Result<(), StoreError> {
    Ok(connection
        .execute_batch("INSERT INTO narrative_index (narrative_index) VALUES ('optimize')")?)
}

/// What is wrong with the index, in words: rows it lacks, rows too many. Of the rows it has nothing is read.
pub(super) fn problems(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut found = BTreeSet::new();
    let mut statement = connection.prepare("SELECT id FROM narrative_index_docsize")?;
    for id in statement.query_map([], |row| row.get::<_, i64>(0))? {
        found.insert(id?);
    }
    let mut statement = connection.prepare(
        "SELECT r.year, v.id, s.position, s.text FROM section s JOIN version v ON v.id = s.version_id
         JOIN report r ON r.id = v.report_id",
    )?;
    let mut rows = statement.query([])?;
    let mut lacks = BTreeSet::new();
    let mut known = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let doc = doc(row.get(0)?, row.get(1)?, row.get(2)?);
        let mut any = false;
        cut(row.get_ref(3)?.as_str().unwrap_or_default(), |_, _| {
            any = true;
        });
        if any {
            known.insert(doc);
            if !found.contains(&doc) {
                lacks.insert(doc);
            }
        }
    }
    let over = found.iter().filter(|doc| !known.contains(doc)).count();
    let mut problems = Vec::new();
    if !lacks.is_empty() {
        problems.push(format!(
            "the index of narratives lacks {} sections",
            lacks.len()
        ));
    }
    if over > 0 {
        problems.push(format!(
            "the index of narratives has {over} sections that are not there"
        ));
    }
    Ok(problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<String> {
        let mut tokens = Vec::new();
        cut(text, |token, bytes| {
            assert!(
                !bytes.is_empty()
                    && text.is_char_boundary(bytes.start)
                    && text.is_char_boundary(bytes.end)
            );
            tokens.push(token.to_owned());
        });
        tokens
    }

    #[test]
    fn a_han_character_is_a_token() {
        let cases: [(&str, &[&str]); 12] = [
            ("公开", &["公", "开"]),
            ("２０２３年 12件", &["2023", "年", "12", "件"]),
            ("H5解读", &["h5", "解", "读"]),
            ("ＡＰＰ，app", &["app", "，", "app"]),
            ("a,b", &["a", "，", "b"]),
            ("公\u{200b}开\u{feff}", &["公", "开"]),
            ("a\u{200b}b c", &["ab", "c"]),
            ("公 \u{3000}\n开\0", &["公", "开"]),
            ("一\t二", &["一", "␉", "二"]),
            ("①Ⅲ", &["①", "Ⅲ"]),
            ("⽅\u{f90a}", &["方", "金"]),
            ("\"*^-:()", &["＂", "＊", "＾", "－", "：", "（", "）"]),
        ];
        for (text, want) in cases {
            assert_eq!(tokens(text), want, "{text:?}");
        }
    }

    #[test]
    fn no_token_has_what_the_index_would_cut_again() {
        for code in 0..0x3_0000_u32 {
            let Some(character) = char::from_u32(code) else {
                continue;
            };
            for token in tokens(&format!("a{character}b")) {
                let clean = token
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || !c.is_ascii());
                assert!(
                    clean && !token.contains(char::is_whitespace),
                    "{code:x}: {token:?}"
                );
            }
        }
        assert_eq!(
            tokens(&"a".repeat(150))
                .iter()
                .map(String::len)
                .collect::<Vec<_>>(),
            [64, 64, 22]
        );
    }

    #[test]
    fn a_row_says_what_it_is_of() {
        for (year, version, position) in [
            (Some(2023), 1, 0),
            (None, 3_000_000_000, 31),
            (Some(-5), 77, 30),
        ] {
            let doc = doc(year, version, position);
            let of = Doc::of(doc);
            assert_eq!((of.version, of.position), (version, position));
            assert!(docs_of_years(None, None).contains(&doc));
        }
        let of_year = |year| doc(year, 1 << 39, 400);
        assert!(of_year(Some(2024)) < of_year(Some(2023)) && of_year(Some(1950)) < of_year(None));
        for (from, to, year, want) in [
            (Some(2019), Some(2023), Some(2019), true),
            (Some(2019), Some(2023), Some(2023), true),
            (Some(2019), Some(2023), Some(2018), false),
            (Some(2019), Some(2023), Some(2024), false),
            (Some(2019), None, Some(2024), true),
            (None, Some(2019), Some(2008), true),
            (None, Some(2019), None, false),
            (Some(2019), None, None, false),
            (None, None, None, true),
        ] {
            assert_eq!(
                docs_of_years(from, to).contains(&of_year(year)),
                want,
                "{from:?} {to:?} {year:?}"
            );
        }
    }
}
