//! Whether `<title>` names something else than the report.

use super::Evidence;
use super::lexicon::{Kind, Lexicon};
use super::signal::{Sign, Signal, Weight, short};

/// Titles shorter than this say too little: 首页, 无标题.
const LEAST_CHARACTERS: usize = 4;
/// Of a title or a name no more is looked at.
const MOST_CHARACTERS: usize = 300;

pub(super) fn compare(evidence: &Evidence<'_>, signals: &mut Vec<Signal>) {
    let title: String = match evidence.page_title {
        Some(title) => title.chars().take(MOST_CHARACTERS).collect(),
        None => return,
    };
    let hits: Vec<_> = Lexicon::get().in_head(&title).collect();
    let spam = hits.iter().find(|hit| hit.kind == Kind::TitleSpam);
    if let Some(hit) = spam {
        let evidence = format!("<title> has {:?}: {:?}", hit.text, short(&title));
        signals.push(Signal::new(Sign::TitleSpam, Weight::Sign, evidence));
    }
    let plain = hits.iter().any(|hit| hit.kind == Kind::TitlePlain);
    if plain || title.chars().filter(|c| is_han(*c)).count() < LEAST_CHARACTERS {
        return;
    }
    let metas = &evidence.metas;
    let names = [
        evidence.report_title,
        evidence.agency,
        metas.site_name,
        metas.article_title,
        metas.column_name,
    ];
    // With nothing to compare it with, a title is no other.
    if evidence.report_title.is_none() && evidence.agency.is_none() {
        return;
    }
    let mut known: Vec<_> = names.into_iter().flatten().flat_map(pairs).collect();
    known.sort_unstable();
    if pairs(&title).all(|pair| known.binary_search(&pair).is_err()) {
        let other = evidence
            .report_title
            .or(evidence.agency)
            .unwrap_or_default();
        let evidence = format!(
            "<title> says {:?}, the report {:?}",
            short(&title),
            short(other)
        );
        signals.push(Signal::new(Sign::TitleOther, Weight::Sign, evidence));
    }
}

/// Neighbouring Chinese characters.
fn pairs(text: &str) -> impl Iterator<Item = (char, char)> {
    let characters = text.chars().filter(|c| is_han(*c)).take(MOST_CHARACTERS);
    characters
        .clone()
        .zip(characters.skip(1))
        .collect::<Vec<_>>()
        .into_iter()
}

pub(super) fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}' | '〇')
}
