//! Numbers in the narrative with what they count.
//!
//! Takes the paragraphs of the sections and what the report is; yields [`Mention`]s in source order. Pure, one pass,
//! bounded. Precision before recall: a number that is not clear is none, and `about` is `None` unless every word before the
//! number has its place in a phrase this module knows. Never reads headings or statutory tables, never adds up.

mod about;
mod fold;
mod negation;
mod phrase;
mod reader;
mod time;
mod tokens;
mod words;

use std::borrow::Cow;

use crate::model::{ByteRange, Code, Finding, FormId, Mention, Scope, SectionKind};
use crate::normalize::quantity;

use fold::Folded;
use reader::Reader;

/// A paragraph of the narrative.
#[derive(Debug, Clone)]
pub struct Paragraph<'a> {
    /// Number of its section, from 0.
    pub section: u32,
    /// What the section is about.
    pub kind: SectionKind,
    /// As published.
    pub text: Cow<'a, str>,
    /// Where it stands.
    pub bytes: ByteRange,
}

/// What the report is.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Report year.
    pub year: Option<i16>,
    /// The form of its tables.
    pub form: Option<FormId>,
    /// Whose work it covers.
    pub scope: Scope,
    /// The agency's name.
    pub agency: Option<&'a str>,
}

/// More mentions than this are not kept: a real report has some dozens.
pub const MAX_MENTIONS: usize = 5_000;

/// A sentence longer than this is read in pieces.
const SENTENCE_BYTES: usize = 6_000;

/// Reads the narrative.
pub fn collect(
    paragraphs: &[Paragraph<'_>],
    about: About<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<Mention> {
    let agency = Folded::new(about.agency.unwrap_or_default()).text;
    let mut mentions = Vec::new();
    for paragraph in paragraphs {
        // Rows of tables and lists after the text are no narrative.
        if paragraph.kind == SectionKind::Appendix || paragraph.text.contains('\t') {
            continue;
        }
        read(paragraph, about, &agency, &mut mentions);
        if mentions.len() >= MAX_MENTIONS {
            mentions.truncate(MAX_MENTIONS);
            findings.push(Finding::new(
                Code::MentionsCapped,
                "",
                format!("only the first {MAX_MENTIONS} numbers of the narrative were kept"),
            ));
            break;
        }
    }
    mentions
}

fn read(paragraph: &Paragraph<'_>, about: About<'_>, agency: &str, mentions: &mut Vec<Mention>) {
    let mut reader: Option<Reader<'_>> = None;
    for sentence in sentences(&paragraph.text) {
        if !interesting(sentence) {
            if let Some(reader) = &mut reader {
                reader.pass();
            }
            continue;
        }
        let reader = reader.get_or_insert_with(|| Reader::new(paragraph, about, agency));
        reader.read(sentence, mentions);
        if mentions.len() >= MAX_MENTIONS {
            return;
        }
    }
}

/// Cuts at 。！？ and line breaks; the mark stays with its sentence.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    // Most paragraphs have only the one mark, which is found quicker alone.
    let others = ['！', '？', '\n'].iter().any(|mark| text.contains(*mark));
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut cap = SENTENCE_BYTES.min(rest.len());
        while !rest.is_char_boundary(cap) {
            cap -= 1;
        }
        let end = if others {
            rest[..cap]
                .char_indices()
                .find(|(_, character)| matches!(character, '。' | '！' | '？' | '\n'))
                .map_or(cap, |(at, character)| at + character.len_utf8())
        } else {
            rest[..cap]
                .find('。')
                .map_or(cap, |at| at + '。'.len_utf8())
        };
        let (sentence, behind) = rest.split_at(end);
        rest = behind;
        Some(sentence)
    })
}

/// Whether a sentence can hold a mention: a digit, a numeral with a unit close behind, or a negation.
fn interesting(sentence: &str) -> bool {
    let mut numeral = 0_u8;
    for character in sentence.chars() {
        match character {
            '0'..='9' | '０'..='９' | '未' | '没' | '无' => return true,
            '件' | '条' | '项' | '次' | '个' | '人' | '篇' | '宗' | '期' | '起' | '部' | '份'
            | '处' | '场' | '家' | '名' | '批' | '封' | '册' | '元' | '户' | '套' | '余' | '多'
                if numeral > 0 =>
            {
                return true;
            }
            _ if quantity::begins(character) => numeral = 2,
            _ => numeral = numeral.saturating_sub(1),
        }
    }
    sentence.contains("百分之")
}
