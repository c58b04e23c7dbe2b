//! Pieces of a sentence around a number: what their words say, whether the number counts anything.

use super::about::Topic;
use super::fold::Folded;
use super::tokens::{Kind, Token};
use super::words::Word;
use crate::model::{Channel, Direction};
use crate::normalize::quantity::Quantity;

/// Bytes of a clause kept on either side of its number.
const CLAUSE_BYTES: usize = 240;

/// Which way the word before a number says that something went. 多 and 少 say so only in a comparison.
pub(super) const fn direction(last: Option<&Kind>, compared: bool) -> Option<Direction> {
    match last {
        Some(Kind::Word(Word::Up)) => Some(Direction::Up),
        Some(Kind::Word(Word::Down)) => Some(Direction::Down),
        Some(Kind::Word(Word::More)) if compared => Some(Direction::Up),
        Some(Kind::Word(Word::Less)) if compared => Some(Direction::Down),
        _ => None,
    }
}

/// Words of a phrase that say anything; `None` where there are others that are not known.
pub(super) fn said(phrase: &[Token]) -> Option<Vec<Word>> {
    let mut words: Vec<Word> = Vec::new();
    for token in phrase {
        match token.kind {
            Kind::Word(word) if is_neutral(word) => {}
            Kind::Word(word) => {
                if !words.contains(&word) {
                    words.push(word);
                }
            }
            Kind::Year(_) | Kind::Month(..) | Kind::Mark(_) => {}
            Kind::Unknown | Kind::Digits | Kind::Number(_) => return None,
        }
    }
    Some(words)
}

/// Words that do not change what is counted.
pub(super) const fn is_neutral(word: Word) -> bool {
    matches!(
        word,
        Word::Filler
            | Word::And
            | Word::ThisYear
            | Word::LastYear
            | Word::Own
            | Word::Wide
            | Word::InfoWork
            | Word::Public
            | Word::Cumulative
            | Word::AllYears
            | Word::From
            | Word::Since
            | Word::AsOf
            | Word::Part
            | Word::PartYear
            | Word::Channel(_)
            | Word::All
            | Word::Each
            | Word::Respectively
            | Word::To
    )
}

/// Whether nothing but time, agency and such stands in the clause so far.
pub(super) fn opens(clause: &[Token]) -> bool {
    clause.iter().rev().take(12).all(|token| match token.kind {
        Kind::Word(word) => is_neutral(word) && !matches!(word, Word::InfoWork),
        Kind::Year(_) | Kind::Month(..) | Kind::Mark(_) => true,
        Kind::Unknown | Kind::Digits | Kind::Number(_) => false,
    })
}

/// The name of a body, by its last character.
pub(super) fn is_body(text: &str) -> bool {
    let long = text.chars().count();
    (2..=20).contains(&long)
        && (text.ends_with([
            '局', '委', '办', '厅', '镇', '乡', '院', '校', '站', '队', '区', '县', '市', '州',
            '旗',
        ]) || [
            "政府",
            "街道",
            "中心",
            "公司",
            "部门",
            "单位",
            "办公室",
            "法院",
            "委员会",
            "办事处",
        ]
        .iter()
        .any(|word| text.ends_with(word)))
}

/// The one channel a piece names; `None` where it names none or several.
pub(super) fn one_channel(tokens: &[Token]) -> Option<Channel> {
    let channel = |at: usize| match tokens.get(at).map(|token| &token.kind) {
        Some(Kind::Word(Word::Channel(channel))) => Some(*channel),
        _ => None,
    };
    let joint = |at: usize| {
        tokens
            .get(at)
            .is_some_and(|token| matches!(token.kind, Kind::Mark('、') | Kind::Word(Word::And)))
    };
    let mut found = None;
    for at in 0..tokens.len() {
        let Some(one) = channel(at) else { continue };
        // `来电、来访及网上咨询`: one of several ways, of which not all are known.
        let before = at >= 2 && joint(at - 1) && channel(at - 2) != Some(one);
        let behind = joint(at + 1) && at + 2 < tokens.len() && channel(at + 2) != Some(one);
        if before || behind || found.is_some_and(|other| other != one) {
            return None;
        }
        found = Some(one);
    }
    found
}

/// How many numbers follow one upon the other: `12件、3件和5件`.
pub(super) fn numbers_ahead(tokens: &[Token]) -> usize {
    tokens
        .iter()
        .take(40)
        .take_while(|token| {
            matches!(
                token.kind,
                Kind::Number(_) | Kind::Mark('、' | '，') | Kind::Word(Word::And | Word::Filler)
            )
        })
        .filter(|token| matches!(token.kind, Kind::Number(_)))
        .count()
}

/// Whether a number without a unit counts something: right behind what it counts, and nothing behind it.
pub(super) fn bare(tokens: &[Token], at: usize, quantity: &Quantity, topic: Option<Topic>) -> bool {
    let ends = tokens
        .get(at + 1)
        .is_none_or(|token| matches!(token.kind, Kind::Mark(_) | Kind::Word(Word::And)));
    let measured = quantity.multiplied
        && tokens[..at]
            .iter()
            .rev()
            .find(|token| token.kind != Kind::Word(Word::Filler))
            .is_some_and(|token| token.kind == Kind::Word(Word::Measure));
    ends && (topic.is_some() || measured)
}

/// Verbs before which a small Chinese numeral is a count: `召开两次`.
const VERBS: [&str; 16] = [
    "召开", "举办", "组织", "开展", "参加", "收到", "受理", "办理", "编发", "印发", "发布", "举行",
    "制发", "开设", "设立", "新增",
];

/// Whether a number counts anything at all.
pub(super) fn counts(text: &str, tokens: &[Token], at: usize, quantity: &Quantity) -> bool {
    let before = &text[..quantity.place.start];
    let behind = &text[quantity.place.end..];
    if quantity.unit == Some("个")
        && [
            "方面", "部分", "环节", "层面", "维度", "步骤", "阶段", "角度", "时段", "百分",
        ]
        .iter()
        .any(|word| behind.starts_with(word))
    {
        return false;
    }
    // `第20、21条`, `第二十条和二十一条`.
    if matches!(quantity.unit, Some("条" | "款" | "项" | "期" | "批"))
        && let Some(joint) = tokens[..at].last()
        && matches!(
            joint.kind,
            Kind::Mark('、') | Kind::Word(Word::And | Word::Filler)
        )
        && tokens[..at - 1]
            .iter()
            .rev()
            .take(2)
            .any(|token| token.kind == Kind::Digits && text[..token.place.start].ends_with('第'))
    {
        return false;
    }
    if !quantity.chinese || quantity.unit == Some("%") {
        return true;
    }
    let small =
        quantity.value.scale() == 0 && quantity.value.mantissa() <= 10 && !quantity.approximate;
    if !small {
        return quantity.unit != Some("条")
            || !before.ends_with(['例', '法', '》', '定', '、', '至', '和']);
    }
    let ends = tokens
        .get(at + 1)
        .is_none_or(|token| matches!(token.kind, Kind::Mark('，' | '。' | '；' | '、' | '）')));
    let unit = matches!(
        quantity.unit,
        Some(
            "件" | "条"
                | "项"
                | "次"
                | "个"
                | "人"
                | "人次"
                | "篇"
                | "宗"
                | "期"
                | "起"
                | "部"
                | "份"
                | "处"
                | "场"
                | "家"
                | "名"
                | "场次"
                | "封"
                | "册"
        )
    );
    let follows = tokens[..at]
        .last()
        .is_some_and(|token| !matches!(token.kind, Kind::Mark(_) | Kind::Number(_) | Kind::Digits));
    if unit && ends && follows {
        return !before.ends_with([
            '为', '成', '同', '这', '那', '哪', '再', '首', '逐', '一', '只', '跑', '办',
        ]);
    }
    let two = quantity.value.mantissa() > 1;
    let verb = before.strip_suffix('了').unwrap_or(before);
    two && matches!(
        quantity.unit,
        Some("次" | "期" | "场" | "件" | "篇" | "份" | "起" | "场次")
    ) && VERBS.iter().any(|word| verb.ends_with(word))
}

/// The clause around a place, as published, at most [`CLAUSE_BYTES`] on either side.
pub(super) fn clause(
    folded: &Folded,
    sentence: &str,
    place: std::ops::Range<usize>,
    from: usize,
) -> String {
    let text = &folded.text;
    let mut start = from
        .max(place.start.saturating_sub(CLAUSE_BYTES))
        .min(place.start);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let mut cap = (place.end + CLAUSE_BYTES).min(text.len());
    while !text.is_char_boundary(cap) {
        cap -= 1;
    }
    let end = text[place.end..cap]
        .find(['，', '；', '。', '：', '！', '？', '\n'])
        .map_or(cap, |at| place.end + at);
    let (start, end) = (folded.origin(start), folded.origin(end));
    sentence
        .get(start..end)
        .unwrap_or_default()
        .trim()
        .to_owned()
}
