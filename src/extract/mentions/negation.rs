//! Sentences that say there was nothing: `全年未收到政府信息公开申请`.
//!
//! The whole clause must be known, so that `未收到涉及商业秘密的申请` and `无正当理由` say nothing here.

use super::about::{Outcome, Topic};
use super::phrase::is_neutral;
use super::tokens::{Kind, Token};
use super::words::Word;
use crate::model::{Channel, MentionKind};

/// What is known where a negation stands.
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that do not depend on each other"
)]
#[derive(Debug, Clone, Copy)]
pub struct Here {
    /// The report year.
    pub year: Option<i16>,
    /// The sentence speaks of the whole report year.
    pub whole_year: bool,
    /// 全市 is the report's own scope.
    pub wide: bool,
    /// The sentence speaks of the agency itself.
    pub own: bool,
    /// The paragraph is about disclosure work.
    pub disclosure: bool,
}

/// What there was none of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nothing {
    /// What it is.
    pub topic: Option<Topic>,
    /// The channel named with it.
    pub channel: Option<Channel>,
    /// Count or amount.
    pub kind: MentionKind,
}

/// A negation read.
#[derive(Debug)]
pub struct Found {
    /// What there was none of, in order.
    pub objects: Vec<Nothing>,
    /// One past the last token.
    pub end: usize,
}

/// Reads the negation at token `at` of a clause that begins at `clause`.
pub fn read(tokens: &[Token], clause: usize, at: usize, here: Here) -> Option<Found> {
    if !here.whole_year || !here.own || !prefix(tokens, clause, at, here) {
        return None;
    }
    let end = end_of(tokens, at);
    let objects = objects(&tokens[at + 1..end], here)?;
    Some(Found { objects, end })
}

/// Where the clause ends, or the next negation of a list begins.
fn end_of(tokens: &[Token], at: usize) -> usize {
    let mut end = at + 1;
    while let Some(token) = tokens.get(end) {
        match token.kind {
            Kind::Mark('、')
                if tokens
                    .get(end + 1)
                    .is_none_or(|next| next.kind != Kind::Word(Word::No)) => {}
            Kind::Mark(_) => break,
            _ => {}
        }
        end += 1;
    }
    end
}

/// Only time, agency and words that say nothing stand before it.
fn prefix(tokens: &[Token], clause: usize, at: usize, here: Here) -> bool {
    let mut words = &tokens[clause..at];
    // `无申请、无信件申请`: the first was read.
    if let Some(joint) = words
        .iter()
        .rposition(|token| token.kind == Kind::Mark('、'))
    {
        if joint + 1 != words.len() {
            return false;
        }
        words = &[];
    }
    words.iter().all(|token| match token.kind {
        Kind::Year(year) => Some(year) == here.year,
        Kind::Word(Word::Wide) => here.wide,
        Kind::Word(Word::ThisYear | Word::Own | Word::Filler) => true,
        Kind::Month(month, day) => matches!((month, day), (1, Some(1)) | (12, Some(31))),
        _ => false,
    })
}

fn objects(words: &[Token], here: Here) -> Option<Vec<Nothing>> {
    let mut found: Vec<Nothing> = Vec::new();
    let mut channel: Option<Channel> = None;
    let mut caused = false;
    let mut disputed = false;
    let mut collected = false;
    let mut named = here.disclosure;
    for (number, token) in words.iter().enumerate() {
        let word = match token.kind {
            Kind::Word(word) => word,
            Kind::Mark('、') => Word::And,
            _ => return None,
        };
        let mut push = |topic: Option<Topic>, kind: MentionKind, channel: Option<Channel>| {
            found.push(Nothing {
                topic,
                channel,
                kind,
            });
        };
        match word {
            Word::Happen => caused |= number > 0,
            Word::InfoWork => named = true,
            Word::Collect => collected = true,
            Word::Channel(one) if channel.is_none_or(|other| other == one) => channel = Some(one),
            Word::Application => {
                named = true;
                // `因政府信息公开申请引发的行政复议`, `行政复议的申请`: no object of its own.
                let behind = words[number + 1..]
                    .iter()
                    .find(|token| !matches!(token.kind, Kind::Word(Word::Filler)));
                let last = match behind.map(|token| &token.kind) {
                    None | Some(Kind::Mark('、') | Kind::Word(Word::And)) => true,
                    Some(_) => false,
                };
                if last && !disputed && !caused {
                    push(Some(Topic::New), MentionKind::Count, channel.take());
                }
            }
            Word::Review | Word::ShortReview => {
                disputed = true;
                push(
                    Some(Topic::Review(Outcome::Total)),
                    MentionKind::Count,
                    None,
                );
            }
            Word::Litigation | Word::ShortLitigation => {
                disputed = true;
                push(
                    Some(Topic::Litigation(Outcome::Total)),
                    MentionKind::Count,
                    None,
                );
            }
            Word::Fee => {
                let closes = words[..number].iter().all(|token| {
                    matches!(
                        token.kind,
                        Kind::Word(
                            Word::Collect
                                | Word::Filler
                                | Word::Happen
                                | Word::InfoWork
                                | Word::Application
                        )
                    )
                });
                if !closes || !collected && number == 0 {
                    return None;
                }
                push(Some(Topic::Fee), MentionKind::Amount, None);
            }
            Word::And
            | Word::Filler
            | Word::ThisYear
            | Word::Receive
            | Word::ReceiveNew
            | Word::Accept
            | Word::Public => {}
            other
                if is_neutral(other)
                    && !matches!(
                        other,
                        Word::Wide | Word::LastYear | Word::PartYear | Word::Each
                    ) => {}
            _ => return None,
        }
    }
    if disputed && !named || found.is_empty() || found.len() > 4 {
        return None;
    }
    // A channel without its request is some other thing.
    channel.is_none().then_some(found)
}
