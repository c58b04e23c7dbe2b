//! Words of betting and pornographic sites, and lost signs.

use super::Evidence;
use super::lexicon::{Hit, Kind, Lexicon};
use super::signal::{Sign, Signal, Weight, short};

/// A clause is not looked at further than this to either side of a word, in bytes.
const CLAUSE_BYTES: usize = 240;
/// Words listed as evidence.
const LISTED: usize = 5;
/// So many in the text are no accident.
const PROVEN_IN_TEXT: usize = 2;

#[derive(Default)]
struct Found {
    heads: Vec<String>,
    /// How many in the text, repeated ones too.
    in_text: usize,
    texts: Vec<String>,
}

impl Found {
    fn add(list: &mut Vec<String>, word: &str) {
        if list.len() < LISTED && !list.iter().any(|known| known.eq_ignore_ascii_case(word)) {
            list.push(word.to_owned());
        }
    }

    /// In a title or keywords one word decides; in the text two do.
    fn signal(&self, sign: Sign) -> Option<Signal> {
        let mut evidence = Vec::new();
        if !self.heads.is_empty() {
            evidence.push(format!("title or keywords: {}", self.heads.join(", ")));
        }
        if self.in_text > 0 {
            evidence.push(format!(
                "{} in the text: {}",
                self.in_text,
                self.texts.join(", ")
            ));
        }
        let proven = !self.heads.is_empty() || self.in_text >= PROVEN_IN_TEXT;
        let weight = if proven { Weight::Proof } else { Weight::Sign };
        (!evidence.is_empty()).then(|| Signal::new(sign, weight, evidence.join("; ")))
    }
}

pub(super) fn look(evidence: &Evidence<'_>, signals: &mut Vec<Signal>) {
    let lexicon = Lexicon::get();
    let (mut betting, mut adult) = (Found::default(), Found::default());
    let heads = [
        evidence.page_title,
        evidence.metas.keywords,
        evidence.report_title,
    ];
    for head in heads.into_iter().flatten() {
        // Longer ones are lists of keywords of a whole site.
        let end = head
            .char_indices()
            .nth(1000)
            .map_or(head.len(), |(at, _)| at);
        let head = &head[..end];
        for hit in lexicon.in_head(head) {
            let found = match hit.kind {
                Kind::BettingName | Kind::BettingTopic => &mut betting,
                Kind::AdultName | Kind::AdultTopic => &mut adult,
                _ => continue,
            };
            if !lexicon.is_against(clause(head, &hit)) {
                Found::add(&mut found.heads, hit.text);
            }
        }
    }
    let mut lost = None;
    for text in evidence.texts {
        for hit in lexicon.in_text(text) {
            let found = match hit.kind {
                Kind::BettingName => &mut betting,
                Kind::AdultName => &mut adult,
                Kind::PlusLost => {
                    lost = lost.or(Some(hit.text));
                    continue;
                }
                _ => continue,
            };
            if !lexicon.is_against(clause(text, &hit)) {
                found.in_text += 1;
                Found::add(&mut found.texts, hit.text);
            }
        }
    }
    signals.extend(betting.signal(Sign::BettingWords));
    signals.extend(adult.signal(Sign::AdultWords));
    if let Some(lost) = lost {
        let evidence = format!("{:?} in the text, where + belongs", short(lost));
        signals.push(Signal::new(Sign::PlusLost, Weight::Note, evidence));
    }
}

/// The clause around a word.
fn clause<'t>(text: &'t str, hit: &Hit<'_>) -> &'t str {
    const ENDS: [char; 5] = ['。', '；', '！', '？', '\n'];
    let end = hit.start + hit.text.len();
    let from = floor(text, hit.start.saturating_sub(CLAUSE_BYTES));
    let until = floor(text, (end + CLAUSE_BYTES).min(text.len()));
    let start = text[from..hit.start]
        .rfind(ENDS)
        .map_or(from, |at| from + at);
    let stop = text[end..until].find(ENDS).map_or(until, |at| end + at);
    &text[start..stop]
}

/// The last character boundary at or before a place.
fn floor(text: &str, at: usize) -> usize {
    (0..=at)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}
