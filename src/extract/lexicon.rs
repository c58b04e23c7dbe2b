//! The forms' labels, folded, as dictionaries: what may a printed label mean?
//!
//! Built once from the catalog. A word can mean several things (`总计` heads a column, closes a row
//! group and ends each dispute group); which one it is, the table around it decides.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use crate::model::form::{Row, Shape, TableForm};
use crate::model::{Catalog, FormId, SectionKind};
use crate::normalize::Label;
use crate::normalize::label::{fold, similarity};

use super::spelling::{is_likeness, says_no_more};

/// What a label can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sense {
    /// Heads a column of the requests table: number in [`Lexicon::applicants`].
    Applicant(u8),
    /// `法人或其他组织`: heads five columns.
    ApplicantGroup,
    /// `申请人情况`, or the corner note.
    RequestsHead,
    /// A row of the requests table: number in [`Lexicon::requests`].
    RequestRow(u8),
    /// A group of rows of the requests table (`（三）不予公开`).
    RequestGroup,
    /// A row of an article-20 table: number in [`Lexicon::article20`].
    Article20Row(u8),
    /// Heads a column of an article-20 table of some form.
    Article20Column,
    /// `信息内容`, `第二十条第（一）项`.
    Article20Head,
    /// `结果维持` … `总计`: number in [`DISPUTE_LEAVES`].
    DisputeLeaf(u8),
    /// `行政复议`, `未经复议直接起诉`, `复议后起诉`: number in [`DISPUTE_GROUPS`].
    DisputeGroup(u8),
    /// `行政诉讼`.
    Litigation,
}

/// Last part of a dispute cell's id, in printed order.
pub const DISPUTE_LEAVES: [&str; 5] = ["upheld", "corrected", "other", "pending", "total"];
/// First part of a dispute cell's id, in printed order.
pub const DISPUTE_GROUPS: [&str; 3] = ["review", "litigation.direct", "litigation.after_review"];

/// A row of a matrix table in every form that has it.
#[derive(Debug, Clone)]
pub struct MatrixRow {
    /// Row id.
    pub id: &'static str,
    /// Folded label and aliases of every form.
    pub cores: Vec<String>,
    /// Folded words a free spelling must contain, per form.
    pub words: Vec<Vec<String>>,
    /// Folded words it must not contain.
    pub without: Vec<String>,
    /// Too short to be told by its words.
    pub needs_group: bool,
    /// Where it stands: form, number of the table in the form, number of the row in the table.
    pub places: Vec<(FormId, usize, usize)>,
    /// For each place the folded spellings of each column's head.
    pub heads: Vec<Vec<Vec<String>>>,
}

/// A folded label with one of its meanings.
#[derive(Debug)]
pub struct Word {
    /// The label.
    pub core: String,
    /// Its characters.
    pub characters: Vec<char>,
    /// See [`letters`].
    pub letters: u64,
    /// What it means.
    pub sense: Sense,
    /// Not the form's own wording.
    pub alias: bool,
}

/// A bit for each character, of few: where a word has `n` bits that another lacks, at least `n` of its characters are
/// none of the other's.
pub fn letters(characters: impl Iterator<Item = char>) -> u64 {
    characters.fold(0, |bits, c| {
        bits | 1 << (u32::from(c).wrapping_mul(0x9E37_79B1) >> 26)
    })
}

/// The dictionaries.
#[derive(Debug)]
pub struct Lexicon {
    senses: HashMap<String, Vec<Sense>, BuildHasherDefault<Quick>>,
    longest: usize,
    /// Every label with each of its meanings.
    pub words: Vec<Word>,
    /// Number of `（七）总计` among [`Self::requests`].
    pub total_row: usize,
    /// Rows of the requests table, those of form 2021 first.
    pub requests: Vec<MatrixRow>,
    /// Folded heads of its seven columns, in printed order.
    pub applicants: Vec<String>,
    /// Rows of the article-20 tables.
    pub article20: Vec<MatrixRow>,
    /// Lists (forms 2014 and 2008).
    pub lists: Vec<ListForm>,
}

/// A hash of eight bytes a step, for labels. Its keys are compiled in: nobody outside can make them collide.
#[derive(Debug, Default, Clone, Copy)]
pub struct Quick(u64);

impl Quick {
    const fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        for byte in rest {
            self.mix(u64::from(*byte));
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.mix(u64::from(byte));
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 29
    }
}

/// A table of one value a row, ready for matching.
#[derive(Debug)]
pub struct ListForm {
    /// The form.
    pub table: &'static TableForm,
    /// Number of the table in the form.
    pub number: usize,
    /// Row numbers by folded label (aliases and shortened labels included).
    pub rows: HashMap<String, Vec<usize>, BuildHasherDefault<Quick>>,
    /// Folded heads, see [`crate::model::form::ListHeads`].
    pub label_heads: Vec<String>,
    /// Over the units.
    pub unit_heads: Vec<String>,
    /// Over the row codes.
    pub code_heads: Vec<String>,
    /// Over the values of the year.
    pub value_heads: Vec<String>,
    /// Over values that are not the year's.
    pub other_heads: Vec<String>,
}

/// How sure a match by other than exact words is.
pub const CONFIDENT: u32 = 620;
/// How far the next best must stay behind.
pub const MARGIN: u32 = 120;

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::build(Catalog::get()));

impl Lexicon {
    /// The dictionaries of the compiled-in forms.
    pub fn get() -> &'static Self {
        &LEXICON
    }

    /// What a label exactly means; empty where no form prints it.
    pub fn senses(&self, label: &Label) -> &[Sense] {
        self.senses_of(&label.core)
    }

    /// What a folded text exactly means.
    pub fn senses_of(&self, core: &str) -> &[Sense] {
        if core.is_empty() || core.len() > self.longest {
            return &[];
        }
        self.senses.get(core).map_or(&[], Vec::as_slice)
    }

    fn build(catalog: &'static Catalog) -> Self {
        let mut lexicon = Self {
            senses: HashMap::default(),
            longest: 0,
            words: Vec::new(),
            total_row: 0,
            requests: Vec::new(),
            applicants: Vec::new(),
            article20: Vec::new(),
            lists: Vec::new(),
        };
        for form in [FormId::F2021, FormId::F2019] {
            for (number, table) in catalog.form(form).tables.iter().enumerate() {
                match (table.shape, table.section) {
                    (Shape::Matrix, SectionKind::Requests) => lexicon.add_requests(number, table),
                    (Shape::Matrix, _) => lexicon.add_article20(number, table),
                    (Shape::Cells, _) => lexicon.add_disputes(table),
                    (Shape::List, _) => {}
                }
            }
        }
        for form in [FormId::F2014, FormId::F2008] {
            for (number, table) in catalog.form(form).tables.iter().enumerate() {
                lexicon.lists.push(ListForm::build(number, table));
            }
        }
        for word in ["信息内容", "第二十条", "项目", "公开内容"] {
            lexicon.add(&fold(word), Sense::Article20Head);
        }
        for word in ["申请人情况", "申请人"] {
            lexicon.add(&fold(word), Sense::RequestsHead);
        }
        lexicon.total_row = lexicon
            .requests
            .iter()
            .position(|row| row.id == "outcome.total")
            .unwrap_or(usize::MAX);
        lexicon.longest = lexicon.senses.keys().map(String::len).max().unwrap_or(0);
        lexicon
    }

    fn add(&mut self, core: &str, sense: Sense) {
        let senses = self.senses.entry(core.to_owned()).or_default();
        if !senses.contains(&sense) {
            senses.push(sense);
            self.words.push(Word {
                core: core.to_owned(),
                characters: core.chars().collect(),
                letters: letters(core.chars()),
                sense,
                alias: false,
            });
        }
    }

    fn add_alias(&mut self, core: &str, sense: Sense) {
        let known = self.words.len();
        self.add(core, sense);
        for word in &mut self.words[known..] {
            word.alias = true;
        }
    }

    fn add_requests(&mut self, number: usize, table: &'static TableForm) {
        for (column, head) in table.columns.iter().enumerate() {
            let core = fold(&head.label);
            let sense = Sense::Applicant(u8::try_from(column).unwrap_or(u8::MAX));
            self.add(&core, sense);
            for alias in &head.aliases {
                self.add_alias(&fold(alias), sense);
            }
            if let Some(group) = &head.group {
                let group = fold(group);
                self.add(&group, Sense::ApplicantGroup);
                // `法人或其他组织-商业企业` in one cell.
                self.add_alias(&format!("{group}{core}"), sense);
                self.add_alias(&format!("{core}{group}"), sense);
            }
            if self.applicants.len() <= column {
                self.applicants.push(core);
            }
        }
        if let Some(corner) = &table.corner {
            self.add(&fold(corner), Sense::RequestsHead);
        }
        for (row, printed) in table.rows.iter().enumerate() {
            let index = merge(&mut self.requests, printed, (table.form, number, row));
            for core in self.requests[index].cores.clone() {
                self.add(
                    &core,
                    Sense::RequestRow(u8::try_from(index).unwrap_or(u8::MAX)),
                );
            }
            for group in &printed.path {
                self.add(&Label::new(group).core, Sense::RequestGroup);
            }
        }
    }

    fn add_article20(&mut self, number: usize, table: &'static TableForm) {
        for head in &table.columns {
            self.add(&fold(&head.label), Sense::Article20Column);
            for alias in &head.aliases {
                self.add_alias(&fold(alias), Sense::Article20Column);
            }
        }
        for (row, printed) in table.rows.iter().enumerate() {
            let index = merge(&mut self.article20, printed, (table.form, number, row));
            let heads = table.columns.iter().map(|column| {
                std::iter::once(&column.label)
                    .chain(&column.aliases)
                    .map(|text| Label::new(text).core)
                    .collect()
            });
            self.article20[index].heads.push(heads.collect());
            for core in self.article20[index].cores.clone() {
                self.add(
                    &core,
                    Sense::Article20Row(u8::try_from(index).unwrap_or(u8::MAX)),
                );
            }
        }
        self.add(&fold(&table.title), Sense::Article20Head);
    }

    fn add_disputes(&mut self, table: &'static TableForm) {
        for cell in &table.rows {
            let leaf = cell.id.rsplit('.').next().unwrap_or_default();
            if let Some(number) = DISPUTE_LEAVES.iter().position(|known| *known == leaf) {
                let sense = Sense::DisputeLeaf(u8::try_from(number).unwrap_or(u8::MAX));
                self.add(&fold(&cell.label), sense);
                for alias in &cell.aliases {
                    self.add_alias(&fold(alias), sense);
                }
            }
            let group = DISPUTE_GROUPS.iter().position(|known| {
                cell.id
                    .strip_prefix(known)
                    .is_some_and(|r| r.starts_with('.'))
            });
            if let (Some(number), Some(label)) = (group, cell.path.last()) {
                let sense = Sense::DisputeGroup(u8::try_from(number).unwrap_or(u8::MAX));
                for spelling in spellings(table, label) {
                    self.add(&fold(spelling), sense);
                }
            }
            if let [outer, _] = cell.path.as_slice() {
                for spelling in spellings(table, outer) {
                    self.add(&fold(spelling), Sense::Litigation);
                }
            }
        }
    }

    /// The row of a matrix that a label means when no form prints it exactly so: by its tell-tale words,
    /// else by likeness. `None` where two are about equally likely, and where what it says beyond the form's words may
    /// change the meaning.
    pub fn guess_row<'r>(rows: &'r [MatrixRow], label: &Label) -> Option<(usize, &'r MatrixRow)> {
        if label.core.chars().count() < 2 {
            return None;
        }
        let mut by_words = rows.iter().enumerate().filter(|(_, row)| {
            !row.needs_group
                && row.words.iter().any(|words| {
                    !words.is_empty() && words.iter().all(|word| label.core.contains(word.as_str()))
                })
                && !row
                    .without
                    .iter()
                    .any(|word| label.core.contains(word.as_str()))
        });
        if let Some((index, row)) = by_words.next()
            && by_words.next().is_none()
        {
            return says_no_more(&label.core, &row.cores).then_some((index, row));
        }
        let index = best(rows.iter().map(|row| row.cores.as_slice()), &label.core)?;
        let row = &rows[index];
        let nearest = row
            .cores
            .iter()
            .max_by_key(|core| similarity(core, &label.core))?;
        is_likeness(&label.core, nearest).then_some((index, row))
    }
}

/// The number of the spelling set most like `core`, if it is like enough and no other comes near.
pub fn best<'c>(spellings: impl Iterator<Item = &'c [String]>, core: &str) -> Option<usize> {
    let mut first = (0, 0);
    let mut second = 0;
    let length = core.chars().count() + 1;
    // What is much longer or shorter cannot be like enough to matter, even as the next best.
    let may_matter = |known: &&String| {
        let other = known.chars().count() + 1;
        2000 * length.min(other) >= (CONFIDENT - MARGIN) as usize * (length + other)
    };
    for (index, cores) in spellings.enumerate() {
        let score = cores
            .iter()
            .filter(may_matter)
            .map(|known| similarity(known, core))
            .max()
            .unwrap_or(0);
        if score > first.1 {
            second = first.1;
            first = (index, score);
        } else if score > second {
            second = score;
        }
    }
    (first.1 >= CONFIDENT && first.1 >= second + MARGIN).then_some(first.0)
}

/// A group's label and its other spellings.
fn spellings<'t>(table: &'t TableForm, label: &'t String) -> impl Iterator<Item = &'t String> {
    let others = table.path_aliases.iter().find(|all| all.contains(label));
    std::iter::once(label).chain(others.into_iter().flatten())
}

fn merge(rows: &mut Vec<MatrixRow>, printed: &'static Row, place: (FormId, usize, usize)) -> usize {
    let index = rows
        .iter()
        .position(|row| row.id == printed.id)
        .unwrap_or_else(|| {
            rows.push(MatrixRow {
                id: &printed.id,
                cores: Vec::new(),
                words: Vec::new(),
                without: Vec::new(),
                needs_group: printed.needs_group,
                places: Vec::new(),
                heads: Vec::new(),
            });
            rows.len() - 1
        });
    let row = &mut rows[index];
    for spelling in std::iter::once(&printed.label).chain(&printed.aliases) {
        // `（二）部分公开（区分处理的，…）`: the remark is often left out.
        let short = spelling
            .char_indices()
            .find(|(at, character)| *at > 0 && *character == '（')
            .map(|(at, _)| &spelling[..at]);
        for text in std::iter::once(spelling.as_str()).chain(short) {
            let core = Label::new(text).core;
            if !row.cores.contains(&core) {
                row.cores.push(core);
            }
        }
    }
    let words: Vec<String> = printed.all_of.iter().map(|word| fold(word)).collect();
    if !row.words.contains(&words) {
        row.words.push(words);
    }
    for word in &printed.none_of {
        let core = fold(word);
        if !row.without.contains(&core) {
            row.without.push(core);
        }
    }
    row.places.push(place);
    index
}

impl ListForm {
    fn build(number: usize, table: &'static TableForm) -> Self {
        let mut rows: HashMap<String, Vec<usize>, BuildHasherDefault<Quick>> = HashMap::default();
        for (row_number, row) in table.rows.iter().enumerate() {
            for spelling in std::iter::once(&row.label).chain(&row.aliases) {
                let mut cores = vec![Label::new(spelling).core];
                // `…数（不同渠道和方式公开相同信息计1条）`: the remark is often left out.
                if let Some((before, _)) = spelling.split_once('（')
                    && !before.is_empty()
                {
                    cores.push(Label::new(before).core);
                }
                for core in cores {
                    let numbers = rows.entry(core).or_default();
                    if !numbers.contains(&row_number) {
                        numbers.push(row_number);
                    }
                }
            }
        }
        let folded = |heads: &[String]| heads.iter().map(|head| fold(head)).collect();
        Self {
            table,
            number,
            rows,
            label_heads: folded(&table.heads.label),
            unit_heads: folded(&table.heads.unit),
            code_heads: folded(&table.heads.code),
            value_heads: folded(&table.heads.value),
            other_heads: folded(&table.heads.other_value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn senses(text: &str) -> Vec<Sense> {
        Lexicon::get().senses(&Label::new(text)).to_vec()
    }

    #[test]
    fn every_statutory_label_has_a_sense() {
        let catalog = Catalog::get();
        for form in [FormId::F2019, FormId::F2021] {
            for table in &catalog.form(form).tables {
                for row in &table.rows {
                    assert!(!senses(&row.label).is_empty(), "{}", row.label);
                }
                for column in &table.columns {
                    assert!(!senses(&column.label).is_empty(), "{}", column.label);
                }
            }
        }
    }

    #[test]
    fn ambiguous_words_keep_all_their_senses() {
        let total = senses("（七）总计");
        assert!(total.contains(&Sense::Applicant(6)));
        assert!(total.contains(&Sense::DisputeLeaf(4)));
        assert!(
            total
                .iter()
                .any(|sense| matches!(sense, Sense::RequestRow(_)))
        );
    }

    #[test]
    fn typos_are_guessed_and_strangers_are_not() {
        let lexicon = Lexicon::get();
        let guess = |text: &str| {
            Lexicon::guess_row(&lexicon.requests, &Label::new(text)).map(|(_, row)| row.id)
        };
        assert_eq!(
            guess("2.其他法律行政止公开"),
            Some("outcome.denied.other_law")
        );
        assert_eq!(guess("（一）予以公开数量"), Some("outcome.granted"));
        assert_eq!(guess("政府信息公开专职人员"), None);
        assert_eq!(guess("申请"), None);
    }
}
