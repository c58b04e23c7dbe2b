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
const RULES: &str = "3";

/// Longest token, in characters; what is longer is cut.
const LONGEST: usize = 64;

/// Stands for a tab, which parts the cells of tables in a narrative.
const CELL_END: char = '␉';

/// Between sections that share a row of the index.
pub(crate) const SECTION_END: &str = "␌ ";

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
pub(crate) fn cut_text(text: &str, into: &mut String) {
    cut(text, |token, _| {
        into.push_str(token);
        into.push(' ');
    });
}

/// Sections of a version from this place on share a row.
pub(crate) const SHARED: i64 = 15;

/// The rows of a year's versions, of each [`SHARED`] and one.
const ROWS_OF_YEAR: i64 = 1 << 28;

/// The row of the index that has a section of the version with this number. The index stores the distances of the rows that
/// have a token, so those of a year follow one another without gaps.
pub fn doc(number: i64, position: i64) -> i64 {
    (number << 4) | position.clamp(0, SHARED)
}

/// The number that the first version of a year has: newest years first, unknown ones last.
fn first_of_year(year_code: i64) -> i64 {
    year_code << 24
}

fn year_code(year: Option<i64>) -> i64 {
    year.map_or(UNKNOWN_YEAR, |year| {
        (2100 - year).clamp(0, UNKNOWN_YEAR - 1)
    })
}

const UNKNOWN_YEAR: i64 = 4095;

/// What a row of the index is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doc {
    /// Under which number the index has the version: `narrative_row.id`.
    pub number: i64,
    /// The place of the section in it; [`Self::is_shared`] where it is the first of several.
    pub position: i64,
}

impl Doc {
    /// What row `doc` is of.
    pub const fn of(doc: i64) -> Self {
        Self {
            number: doc >> 4,
            position: doc & SHARED,
        }
    }

    /// Grows with the age of the year; the greatest is an unknown year.
    pub const fn year_code(self) -> i64 {
        self.number >> 24
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
    first * ROWS_OF_YEAR..(last + 1) * ROWS_OF_YEAR
}

/// Gives versions their numbers in the index.
#[derive(Debug, Default)]
struct Numbers {
    /// The next of each year that was asked for.
    next: BTreeMap<i64, i64>,
}

impl Numbers {
    fn next(&mut self, connection: &Connection, year_code: i64) -> Result<i64, StoreError> {
        let first = first_of_year(year_code);
        let last = first_of_year(year_code + 1) - 1;
        let next = match self.next.get(&year_code) {
            Some(next) => *next,
            None => connection
                .prepare_cached("SELECT max(id) FROM narrative_row WHERE id BETWEEN ? AND ?")?
                .query_row([first, last], |row| row.get::<_, Option<i64>>(0))?
                .map_or(first, |last| last + 1),
        };
        if next > last {
            return Err(StoreError::IndexFull);
        }
        self.next.insert(year_code, next + 1);
        Ok(next)
    }

    /// Gives a version its number; one of another year is taken from it.
    fn give(
        &mut self,
        connection: &Connection,
        version: i64,
        year: Option<i64>,
        before: Option<i64>,
    ) -> Result<i64, StoreError> {
        let year_code = year_code(year);
        if let Some(before) = before {
            if before >> 24 == year_code {
                return Ok(before);
            }
            connection
                .prepare_cached("DELETE FROM narrative_row WHERE id = ?")?
                .execute([before])?;
        }
        let number = self.next(connection, year_code)?;
        connection
            .prepare_cached("INSERT INTO narrative_row (id, version_id) VALUES (?, ?)")?
            .execute([number, version])?;
        Ok(number)
    }
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
    numbers: Numbers,
    /// The version that left last, and its number.
    left: Option<(i64, i64)>,
    /// Rows brought in so far.
    pub(super) indexed: u64,
}

impl Due {
    /// A version is about to go, and its sections with it.
    pub(super) fn goes(&mut self, connection: &Connection, version: i64) -> Result<(), StoreError> {
        self.leaves(connection, version)?;
        // Its number goes with it, and another version may come to have its id.
        self.left = None;
        Ok(())
    }

    /// The sections of a version are about to change.
    pub(super) fn leaves(
        &mut self,
        connection: &Connection,
        version: i64,
    ) -> Result<(), StoreError> {
        let number = connection
            .prepare_cached("SELECT id FROM narrative_row WHERE version_id = ?")?
            .query_row([version], |row| row.get(0))
            .optional()?;
        self.left = number.map(|number| (version, number));
        let Some(number) = number else {
            return Ok(());
        };
        let mut statement = connection.prepare_cached(
            "SELECT id & 1048575 FROM section_text WHERE id BETWEEN ?1 << 20 AND ?1 << 20 | 1048575",
        )?;
        let mut rows = statement.query([version])?;
        while let Some(row) = rows.next()? {
            let doc = doc(number, row.get(0)?);
            self.gone.insert(doc);
            if let Some(tokens) = self.fresh.remove(&doc) {
                self.bytes -= tokens.len();
            }
        }
        Ok(())
    }

    /// The sections of a version were written; their tokens in order. Of a version that was there it was told before that
    /// [they leave](Self::leaves).
    pub(super) fn comes(
        &mut self,
        connection: &Connection,
        version: i64,
        year: Option<i64>,
        sections: &[String],
    ) -> Result<(), StoreError> {
        let before = self.left.take().filter(|(left, _)| *left == version);
        let before = before.map(|(_, number)| number);
        let number = self.numbers.give(connection, version, year, before)?;
        for (position, tokens) in (0..).zip(sections) {
            let row = self.fresh.entry(doc(number, position));
            self.bytes += add(row.or_default(), tokens);
        }
        Ok(())
    }

    /// Whether there is so much that it should not wait.
    pub(super) const fn is_large(&self) -> bool {
        self.bytes > LARGE
    }

    /// The transaction was given up.
    pub(super) fn clear(&mut self) {
        *self = Self {
            indexed: self.indexed,
            ..Self::default()
        };
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
        // Before the next transaction another program may give numbers.
        self.numbers = Numbers::default();
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

/// Puts the sections of versions, each with its number, into the index.
fn index(
    connection: &Connection,
    versions: impl Iterator<Item = (i64, i64)>,
) -> Result<(), StoreError> {
    let mut select = connection.prepare_cached(
        "SELECT id & 1048575, text FROM section_text WHERE id BETWEEN ?1 << 20 AND ?1 << 20 | 1048575 ORDER BY id",
    )?;
    let mut docs: BTreeMap<i64, String> = BTreeMap::new();
    for (number, version) in versions {
        let mut rows = select.query([version])?;
        while let Some(row) = rows.next()? {
            let text = row.get_ref(1)?.as_str().unwrap_or_default();
            let mut tokens = String::with_capacity(text.len() + text.len() / 2);
            cut_text(text, &mut tokens);
            let doc = docs.entry(doc(number, row.get(0)?));
            add(doc.or_default(), &tokens);
        }
    }
    insert(connection, &docs)?;
    Ok(())
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
    transaction.execute_batch(
        "INSERT INTO narrative_index (narrative_index) VALUES ('delete-all'); DELETE FROM narrative_row",
    )?;
    let mut versions: Vec<(Option<i64>, i64)> = {
        let mut statement = transaction
            .prepare("SELECT r.year, v.id FROM version v JOIN report r ON r.id = v.report_id")?;
        let versions = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        versions.collect::<Result<_, _>>()?
    };
    versions.sort_unstable_by_key(|(year, version)| (year_code(*year), *version));
    let mut numbers = Numbers::default();
    for some in versions.chunks(GROUP) {
        let mut numbered = Vec::with_capacity(GROUP);
        for (year, version) in some {
            let number = numbers.give(&transaction, *version, *year, None)?;
            numbered.push((number, *version));
        }
        index(&transaction, numbered.into_iter())?;
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
        "SELECT n.id, s.id & 1048575, s.text FROM section_text s LEFT JOIN narrative_row n ON n.version_id = s.id >> 20",
    )?;
    let mut rows = statement.query([])?;
    let mut lacks = BTreeSet::new();
    let mut known = BTreeSet::new();
    let mut unnumbered = 0;
    while let Some(row) = rows.next()? {
        let mut any = false;
        cut(row.get_ref(2)?.as_str().unwrap_or_default(), |_, _| {
            any = true;
        });
        if !any {
            continue;
        }
        let position = row.get(1)?;
        match row.get::<_, Option<i64>>(0)? {
            None => unnumbered += 1,
            Some(number) => {
                let doc = doc(number, position);
                known.insert(doc);
                if !found.contains(&doc) {
                    lacks.insert(doc);
                }
            }
        }
    }
    let over = found.iter().filter(|doc| !known.contains(doc)).count();
    let mut problems = Vec::new();
    let lacks = lacks.len() + unnumbered;
    if lacks > 0 {
        problems.push(format!("the index of narratives lacks {lacks} sections"));
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
        for (year, position) in [(Some(2023), 0), (None, 15), (Some(-5), 14)] {
            let number = first_of_year(year_code(year)) + 77;
            let doc = doc(number, position);
            let of = Doc::of(doc);
            assert_eq!((of.number, of.position), (number, position));
            assert_eq!(of.year_code(), year_code(year));
            assert!(docs_of_years(None, None).contains(&doc));
        }
        assert!(Doc::of(doc(0, 15)).is_shared() && !Doc::of(doc(0, 14)).is_shared());
        let of_year = |year| doc(first_of_year(year_code(year) + 1) - 1, 400);
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
