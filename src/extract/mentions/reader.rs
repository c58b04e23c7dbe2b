//! One sentence after the other: which of its numbers count something, and what.

use super::about::{self, Around, Topic};
use super::fold::Folded;
use super::negation;
use super::phrase::{
    bare, clause, counts, direction, is_body, numbers_ahead, one_channel, opens, said,
};
use super::time::Time;
use super::tokens::{self, Kind, Token};
use super::words::Word;
use super::{About, Paragraph};
use crate::model::{Channel, Decimal, Mention, MentionKind, Period, Scope, SectionKind};
use crate::normalize::quantity::Quantity;

/// Reads the sentences of one paragraph.
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that do not depend on each other"
)]
#[derive(Debug)]
pub struct Reader<'a> {
    paragraph: &'a Paragraph<'a>,
    about: About<'a>,
    agency: &'a str,
    requests: bool,
    disclosure: bool,
    receives: bool,
    /// The sentence before spoke of another year.
    foreign: bool,
    /// What follows is planned.
    plan: bool,
    /// The last number of the paragraph: its place in the list, and what it counts.
    last: Option<(usize, Option<Topic>)>,
}

/// Whose numbers they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Agent {
    Own,
    Wide,
    Other,
}

/// A whole whose parts are being read.
#[derive(Debug, Clone, Copy)]
struct Whole {
    at: usize,
    topic: Option<Topic>,
    left: Option<i64>,
}

/// One of several things that numbers are given for in order.
type Item = (Option<Topic>, Option<Channel>);

/// What is known at a place of a sentence.
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that do not depend on each other"
)]
#[derive(Debug)]
struct State {
    time: Time,
    agent: Agent,
    /// Something was compared with another time.
    compared: bool,
    /// Reviews, lawsuits were spoken of.
    disputes: (bool, bool),
    whole: Option<Whole>,
    /// Items of `分别为` that wait for their numbers.
    group: Vec<Item>,
    /// First token behind the last number or mark.
    phrase: usize,
    /// First token behind the last mark but 、.
    clause: usize,
    /// First token behind the last number.
    behind: usize,
    /// First token of the clause before, if no number stood in it.
    earlier: Option<usize>,
    /// First byte of the clause as printed.
    text: usize,
    /// A part was announced in this clause.
    part: bool,
    /// A part was announced in this sentence, of a whole that is not known.
    orphan: bool,
    /// The clause sets goals or rates.
    goal: bool,
}

impl<'a> Reader<'a> {
    /// A reader for one paragraph.
    pub fn new(paragraph: &'a Paragraph<'a>, about: About<'a>, agency: &'a str) -> Self {
        let text = &paragraph.text;
        let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let disputes = paragraph.kind == SectionKind::Disputes;
        let asked = paragraph.kind == SectionKind::Requests;
        Self {
            paragraph,
            about,
            agency,
            requests: asked
                || has(&[
                    "申请公开",
                    "公开申请",
                    "收到申请",
                    "受理申请",
                    "新收申请",
                    "部分公开",
                    "不予公开",
                    "同意公开",
                ]),
            disclosure: asked || disputes || has(&["信息公开", "申请公开"]),
            receives: has(&["收到", "新收"]),
            foreign: false,
            plan: false,
            last: None,
        }
    }

    /// A sentence without numbers.
    pub const fn pass(&mut self) {
        self.foreign = false;
        self.last = None;
    }

    /// Reads one.
    pub fn read(&mut self, sentence: &str, mentions: &mut Vec<Mention>) {
        let folded = Folded::new(sentence);
        let tokens = tokens::cut(&folded.text, self.agency);
        let mut state = State {
            time: Time::implied(self.about.year, self.foreign),
            agent: Agent::Own,
            compared: false,
            disputes: (false, false),
            whole: None,
            group: Vec::new(),
            phrase: 0,
            clause: 0,
            behind: 0,
            earlier: None,
            text: 0,
            part: false,
            orphan: false,
            goal: false,
        };
        let (before, mut at) = (self.last.take(), 0);
        while at < tokens.len() {
            let token = &tokens[at];
            let opens = opens(&tokens[state.clause..at]);
            match &token.kind {
                Kind::Mark(mark) => Self::mark(*mark, token, at, &mut state),
                Kind::Number(quantity) => {
                    self.number(
                        &folded, sentence, &tokens, at, quantity, &mut state, mentions,
                    );
                    state.phrase = at + 1;
                    state.behind = at + 1;
                    state.earlier = None;
                    state.time.spend();
                }
                Kind::Digits => state.phrase = at + 1,
                Kind::Word(Word::No) if !self.plan => {
                    if let Some(found) =
                        negation::read(&tokens, state.clause, at, self.nothing(&state))
                    {
                        let place = token.place.start..tokens[found.end - 1].place.end;
                        for one in &found.objects {
                            let mut mention = self.blank(&folded, sentence, place.clone(), &state);
                            mention.negated = true;
                            mention.kind = one.kind;
                            mention.channel = one.channel;
                            mention.about = self.cells(one.topic, one.channel, &state);
                            mentions.push(mention);
                        }
                        state.phrase = found.end;
                        at = found.end;
                        continue;
                    }
                }
                Kind::Word(word) => self.word(*word, &tokens, at, opens, before, &mut state),
                Kind::Unknown if opens => {
                    let text = &folded.text[token.place.clone()];
                    let next = tokens.get(at + 1).map(|token| &token.kind);
                    if is_body(text) && matches!(next, Some(Kind::Word(_) | Kind::Mark(_))) {
                        state.agent = Agent::Other;
                    }
                }
                Kind::Year(_) | Kind::Month(..) | Kind::Unknown => {}
            }
            state.time.read(&tokens, at, opens);
            at += 1;
        }
        self.foreign = state.time.is_foreign();
    }

    fn mark(mark: char, token: &Token, at: usize, state: &mut State) {
        state.phrase = at + 1;
        if mark == '、' {
            return;
        }
        state.earlier = (mark == '，' && state.behind <= state.clause).then_some(state.clause);
        state.clause = at + 1;
        state.part = false;
        state.goal = false;
        state.group.clear();
        state.time.next_clause();
        if !matches!(mark, '（' | '）') {
            state.text = token.place.end;
        }
        if matches!(mark, '；' | '）') {
            state.whole = None;
        }
        if mark == '；' {
            state.behind = at + 1;
            state.compared = false;
            state.disputes = (false, false);
        }
    }

    fn word(
        &mut self,
        word: Word,
        tokens: &[Token],
        at: usize,
        opens: bool,
        before: Option<(usize, Option<Topic>)>,
        state: &mut State,
    ) {
        match word {
            Word::Compare => state.compared = true,
            Word::Plan => self.plan = true,
            Word::Goal | Word::Rate => state.goal = true,
            Word::Own if opens => state.agent = Agent::Own,
            Word::Wide if opens => state.agent = Agent::Wide,
            Word::Others if opens => state.agent = Agent::Other,
            Word::Review | Word::ShortReview => state.disputes.0 = true,
            Word::Litigation | Word::ShortLitigation => state.disputes.1 = true,
            Word::Another => state.whole = None,
            Word::Part => {
                // 包括 and 含 name parts only where they open a clause or a bracket.
                let first = at == state.clause || at == state.behind;
                let whole = self.last.or(if at == 0 { before } else { None });
                if (first || tokens[at].place.len() == "其中".len()) && whole.is_some() {
                    state.whole = whole.map(|(at, topic)| Whole {
                        at,
                        topic,
                        left: None,
                    });
                    state.part = true;
                    // What is said of parts is not said of the agency that was named before.
                    state.phrase = at + 1;
                }
                state.orphan = whole.is_none() && tokens[at].place.len() == "其中".len();
            }
            Word::Respectively => {
                let items = self.items(&tokens[state.clause.max(state.behind)..at], state);
                if items.len() > 1 && numbers_ahead(&tokens[at + 1..]) == items.len() {
                    state.group = items;
                    state.group.reverse();
                }
            }
            _ => {}
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "a number and all that is known around it"
    )]
    fn number(
        &mut self,
        folded: &Folded,
        sentence: &str,
        tokens: &[Token],
        at: usize,
        quantity: &Quantity,
        state: &mut State,
        mentions: &mut Vec<Mention>,
    ) {
        if self.plan || state.goal || !counts(&folded.text, tokens, at, quantity) {
            return;
        }
        // What a report says of a later year is a plan.
        if state.time.year > self.about.year && self.about.year.is_some() {
            return;
        }
        let phrase = &tokens[state.phrase..at];
        let mut mention = self.blank(folded, sentence, quantity.place.clone(), state);
        mention.value = quantity.value;
        mention.unit = quantity.unit.map(str::to_owned);
        mention.approximate = quantity.approximate;
        mention.kind = match quantity.unit {
            Some("%" | "个百分点") => MentionKind::Percent,
            Some(unit) if unit.ends_with('元') => MentionKind::Amount,
            _ => MentionKind::Count,
        };
        let last = phrase
            .iter()
            .rev()
            .map(|token| &token.kind)
            .find(|kind| **kind != Kind::Word(Word::Filler));
        let direction = direction(last, state.compared);
        let points = quantity.unit == Some("个百分点");
        if points || direction.is_some() && (mention.kind == MentionKind::Percent || state.compared)
        {
            mention.kind = MentionKind::Change;
            mention.direction = direction;
        }
        let plain = matches!(mention.kind, MentionKind::Count | MentionKind::Amount);
        mention.channel = Self::channel(tokens, at, state);
        // `比2022年的50件增加12件`: the first is of 2022.
        if let Some(year) = state.time.compared
            && matches!(
                last,
                Some(Kind::Year(_) | Kind::Word(Word::LastYear | Word::YearBefore))
            )
        {
            mention.year = Some(year);
            mention.period = Period::Year;
            mentions.push(mention);
            return;
        }
        // `由12件增至35件`: of when the first is, is not said.
        if let Some(token) = tokens[..at].last()
            && matches!(&folded.text[token.place.clone()], "由" | "从")
        {
            mention.year = None;
            mention.period = Period::Unclear;
            mentions.push(mention);
            return;
        }
        let mut topic = None;
        if plain {
            let right_before = tokens[..at].last().map(|token| &token.kind);
            if let Some((one, channel)) = state.group.pop() {
                topic = one;
                mention.channel = channel;
            } else if let Some(Kind::Word(each @ (Word::Each | Word::All))) = right_before {
                let items = self.items(&tokens[state.clause.max(state.behind)..at - 1], state);
                if items.len() > 1 {
                    self.each(&items, mention, *each, state, mentions);
                    return;
                }
                topic = self.topic(tokens, phrase, at, mention.channel, state);
            } else if !phrase
                .iter()
                .any(|token| token.kind == Kind::Word(Word::Respectively))
            {
                topic = self.topic(tokens, phrase, at, mention.channel, state);
            }
        }
        if quantity.unit.is_none() && !bare(tokens, at, quantity, topic) {
            return;
        }
        self.requests |= matches!(
            topic,
            Some(Topic::New | Topic::Closed | Topic::Replied | Topic::CarriedIn)
        );
        Self::part(&mut mention, topic, quantity, state, mentions);
        mention.about = if plain {
            self.cells(topic, mention.channel, state)
        } else {
            None
        };
        if plain {
            self.last = Some((mentions.len(), topic));
        }
        mentions.push(mention);
    }

    /// One number for each of several things: `行政复议、行政诉讼均为0`.
    fn each(
        &mut self,
        items: &[Item],
        mut mention: Mention,
        word: Word,
        state: &State,
        mentions: &mut Vec<Mention>,
    ) {
        if items.iter().all(|(topic, _)| topic.is_some()) {
            for (topic, channel) in items {
                let mut one = mention.clone();
                one.channel = *channel;
                one.about = self.cells(*topic, *channel, state);
                self.last = Some((mentions.len(), *topic));
                mentions.push(one);
            }
        } else if mention.unit.is_some() && word == Word::All {
            mention.channel = None;
            mentions.push(mention);
        }
    }

    /// Links a part to its whole.
    fn part(
        mention: &mut Mention,
        topic: Option<Topic>,
        quantity: &Quantity,
        state: &mut State,
        mentions: &mut [Mention],
    ) {
        let Some(mut whole) = state.whole.take() else {
            return;
        };
        let Some(total) = mentions.get(whole.at) else {
            return;
        };
        if !matches!(mention.kind, MentionKind::Count | MentionKind::Amount) {
            state.whole = Some(whole);
            return;
        }
        if total.unit.as_deref() != quantity.unit || total.value.scale() != quantity.value.scale() {
            return;
        }
        let left = whole.left.unwrap_or_else(|| total.value.mantissa());
        let left = left
            .checked_sub(quantity.value.mantissa())
            .filter(|left| *left >= 0);
        let main = matches!(
            topic,
            Some(
                Topic::Closed
                    | Topic::Replied
                    | Topic::CarriedOut
                    | Topic::New
                    | Topic::Review(about::Outcome::Total)
                    | Topic::Litigation(about::Outcome::Total)
            )
        ) && mention.channel.is_none();
        let Some(left) = left else { return };
        // `本年新收` after `其中上年结转` is the rest of the whole.
        if main && !state.part && !(topic == Some(Topic::New) && left == 0) {
            return;
        }
        mention.part_of = u32::try_from(whole.at).ok();
        // A whole that takes in what was carried over is not what was received.
        if matches!(topic, Some(Topic::New | Topic::CarriedIn)) && mention.channel.is_none() {
            mentions[whole.at].about = None;
        }
        whole.left = Some(left);
        if left > 0 {
            state.whole = Some(whole);
        }
    }

    /// What the words before a number (or, after a bare verb, behind it) say it counts.
    fn topic(
        &self,
        tokens: &[Token],
        phrase: &[Token],
        at: usize,
        channel: Option<Channel>,
        state: &State,
    ) -> Option<Topic> {
        let mut words = said(phrase)?;
        let mut named = phrase
            .iter()
            .any(|token| matches!(token.kind, Kind::Word(Word::InfoWork | Word::Application)));
        if let [Word::Receive | Word::Accept | Word::ReceiveNew | Word::Close] = *words.as_slice() {
            for (number, token) in tokens[at + 1..].iter().enumerate() {
                match token.kind {
                    Kind::Word(Word::InfoWork | Word::Public | Word::Filler) => named = true,
                    Kind::Word(Word::Application) => {
                        let next = tokens.get(at + 2 + number).map(|token| &token.kind);
                        if !matches!(next, Some(Kind::Unknown)) {
                            words.push(Word::Application);
                        }
                        break;
                    }
                    _ => break,
                }
            }
        }
        if let [Word::CarryTo] | [Word::CarryTo, Word::Application] = *words.as_slice() {
            let year = phrase.iter().find_map(|token| match token.kind {
                Kind::Year(year) => Some(year),
                _ => None,
            });
            let next = self.about.year.map(|year| year + 1);
            return (year.is_some() && year == next && self.requests).then_some(Topic::CarriedOut);
        }
        let around = self.around(channel, named, state);
        about::topic(&words, around)
    }

    fn around(&self, channel: Option<Channel>, named: bool, state: &State) -> Around {
        Around {
            requests: self.requests,
            disclosure: self.disclosure,
            receives: self.receives,
            named,
            channel,
            whole: state.whole.and_then(|whole| whole.topic),
            dispute: match state.disputes {
                (true, false) => Some(true),
                (false, true) => Some(false),
                _ => None,
            },
        }
    }

    /// The things listed in a piece of a sentence: `行政复议、行政诉讼`.
    fn items(&self, tokens: &[Token], state: &State) -> Vec<Item> {
        let named = tokens
            .iter()
            .any(|token| matches!(token.kind, Kind::Word(Word::InfoWork | Word::Application)));
        let pieces =
            tokens.split(|token| matches!(token.kind, Kind::Mark('、') | Kind::Word(Word::And)));
        pieces
            .take(12)
            .map(|piece| {
                let channel = one_channel(piece);
                let topic = said(piece)
                    .and_then(|words| about::topic(&words, self.around(channel, named, state)));
                (topic, channel)
            })
            .collect()
    }

    /// The one channel named with the number at `at`.
    fn channel(tokens: &[Token], at: usize, state: &State) -> Option<Channel> {
        let from = state.clause.max(state.behind).min(at);
        let here = &tokens[from..at];
        if here
            .iter()
            .any(|token| matches!(token.kind, Kind::Word(Word::Channel(_))))
        {
            return one_channel(here);
        }
        if let Some(Kind::Word(Word::Channel(channel))) =
            tokens.get(at + 1).map(|token| &token.kind)
        {
            return Some(*channel);
        }
        let earlier = state.earlier?;
        let clause = tokens.get(earlier..state.clause)?;
        let leads = clause
            .iter()
            .find(|token| !matches!(token.kind, Kind::Year(_) | Kind::Mark(_)))?;
        let through = leads.kind == Kind::Word(Word::Filler) && leads.place.len() == "通过".len();
        if through { one_channel(clause) } else { None }
    }

    /// Whether the report's own numbers are spoken of.
    fn owns(&self, state: &State) -> bool {
        let wide = self.about.scope == Scope::Consolidated;
        state.agent == Agent::Own || state.agent == Agent::Wide && wide
    }

    /// The cells, where agency and year are the report's too.
    fn cells(
        &self,
        topic: Option<Topic>,
        channel: Option<Channel>,
        state: &State,
    ) -> Option<String> {
        if !self.owns(state) || state.orphan || !state.time.is_report_year() {
            return None;
        }
        about::cells(topic?, channel, self.about.form?).map(str::to_owned)
    }

    /// What a negation may speak of here.
    fn nothing(&self, state: &State) -> negation::Here {
        negation::Here {
            year: self.about.year,
            whole_year: state.time.is_report_year()
                || self.about.year.is_none() && state.time.period == Period::Implied,
            wide: self.about.scope == Scope::Consolidated,
            own: self.owns(state),
            disclosure: self.disclosure,
        }
    }

    /// A mention with its clause and time, the rest to be filled in.
    fn blank(
        &self,
        folded: &Folded,
        sentence: &str,
        place: std::ops::Range<usize>,
        state: &State,
    ) -> Mention {
        Mention {
            text: clause(folded, sentence, place, state.text),
            value: Decimal::integer(0),
            unit: None,
            approximate: false,
            negated: false,
            kind: MentionKind::Count,
            direction: None,
            year: state.time.year,
            period: state.time.period,
            channel: None,
            part_of: None,
            about: None,
            section: self.paragraph.section,
            bytes: self.paragraph.bytes,
        }
    }
}
