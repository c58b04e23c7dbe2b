//! What is counted, and which cells of a form count the same.

use super::words::Word;
use crate::model::{Channel, FormId};

/// What a number counts, where the words leave no doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// Requests received this year.
    New,
    /// Requests received from natural persons.
    NewNatural,
    /// Requests received from bodies.
    NewLegal,
    /// Requests carried in.
    CarriedIn,
    /// Requests carried out.
    CarriedOut,
    /// Requests closed.
    Closed,
    /// Closed within the time limit.
    ClosedOnTime,
    /// Closed after an extension.
    ClosedExtended,
    /// Requests answered.
    Replied,
    /// 予以公开.
    Granted,
    /// 部分公开.
    Partial,
    /// Both together.
    GrantedPartial,
    /// 不予公开.
    Denied,
    /// 无法提供.
    Unable,
    /// 不予处理.
    Refused,
    /// 其他处理.
    OtherHandling,
    /// Administrative reviews, and those of a result.
    Review(Outcome),
    /// Lawsuits, and those of a result.
    Litigation(Outcome),
    /// Normative documents.
    Norm(Stock),
    /// Rules.
    Rules(Stock),
    /// 行政许可决定.
    Licence,
    /// 行政处罚决定.
    Penalty,
    /// 行政强制决定.
    Coercion,
    /// Information disclosed on the agency's own initiative.
    Disclosed,
    /// Meetings on disclosure work.
    Meetings,
    /// Training classes.
    Classes,
    /// Persons trained.
    Trainees,
    /// Press conferences.
    Press,
    /// Articles that explain policies.
    Articles,
    /// Fees for requests.
    Fee,
}

/// How a dispute ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All of them.
    Total,
    /// 维持.
    Upheld,
    /// 纠正.
    Corrected,
    /// 其他结果.
    Other,
    /// 尚未审结.
    Pending,
}

/// What is counted of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stock {
    /// Made this year.
    Issued,
    /// Repealed this year.
    Repealed,
    /// In force.
    InForce,
    /// Disclosed this year.
    Disclosed,
}

/// What is known around the words of a number.
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that do not depend on each other"
)]
#[derive(Debug, Clone, Copy, Default)]
pub struct Around {
    /// The paragraph or its section is about requests.
    pub requests: bool,
    /// The paragraph or its section is about disclosure work.
    pub disclosure: bool,
    /// The paragraph also says how many were received, so 受理 is something else.
    pub receives: bool,
    /// The words stand with 政府信息公开 or 申请.
    pub named: bool,
    /// A channel stands with the words.
    pub channel: Option<Channel>,
    /// The number is a part of so many.
    pub whole: Option<Topic>,
    /// The only kind of dispute the sentence speaks of: `true` for reviews, `false` for lawsuits.
    pub dispute: Option<bool>,
}

/// What the words before a number say it counts. `words` are those that say anything (see
/// [`super::phrase`]); each must have its place in the phrase.
pub fn topic(words: &[Word], around: Around) -> Option<Topic> {
    use Word as W;
    let has = |word: W| words.contains(&word);
    let only = |allowed: &[W]| !words.is_empty() && words.iter().all(|word| allowed.contains(word));
    let requests = around.requests || has(W::Application);
    if matches!(around.whole, Some(Topic::New)) {
        if words.is_empty() && around.channel.is_some()
            || only(&[W::Application]) && around.channel.is_some()
        {
            return Some(Topic::New);
        }
        if only(&[W::Natural, W::Application]) && has(W::Natural) {
            return Some(Topic::NewNatural);
        }
        if only(&[W::Legal, W::Application]) && has(W::Legal) {
            return Some(Topic::NewLegal);
        }
    }
    if has(W::Review) || has(W::Litigation) || has(W::ShortReview) || has(W::ShortLitigation) {
        return dispute(words, around);
    }
    if has(W::Upheld) || has(W::Corrected) || has(W::Pending) || has(W::OtherResult) {
        let outcome = outcome(words)?;
        if words.len() > 1 {
            return None;
        }
        return Some(if around.dispute? {
            Topic::Review(outcome)
        } else {
            Topic::Litigation(outcome)
        });
    }
    if only(&[W::Receive, W::Accept, W::Application]) && has(W::Receive) && has(W::Application)
        || only(&[W::ReceiveNew, W::Application]) && has(W::ReceiveNew) && requests
        || only(&[W::Accept, W::Application])
            && has(W::Accept)
            && has(W::Application)
            && !around.receives
    {
        return Some(Topic::New);
    }
    let alone = [
        (W::CarryIn, Topic::CarriedIn),
        (W::CarryOut, Topic::CarriedOut),
        (W::Close, Topic::Closed),
        (W::CloseOnTime, Topic::ClosedOnTime),
        (W::CloseExtended, Topic::ClosedExtended),
        (W::Reply, Topic::Replied),
        (W::Granted, Topic::Granted),
        (W::Partial, Topic::Partial),
        (W::GrantedPartial, Topic::GrantedPartial),
        (W::Denied, Topic::Denied),
        (W::Unable, Topic::Unable),
        (W::Refused, Topic::Refused),
        (W::OtherHandling, Topic::OtherHandling),
    ];
    for (word, topic) in alone {
        if requests && has(word) && only(&[word, W::Application]) {
            return Some(topic);
        }
    }
    // `申请办结17件` and `予以公开和部分公开的8件`.
    if requests && only(&[W::Granted, W::Partial]) && words.len() == 2 {
        return Some(Topic::GrantedPartial);
    }
    for (word, stock) in [
        (W::Issue, Stock::Issued),
        (W::Repeal, Stock::Repealed),
        (W::InForce, Stock::InForce),
        (W::Disclose, Stock::Disclosed),
    ] {
        if only(&[word, W::Norm]) && words.len() == 2 {
            return Some(Topic::Norm(stock));
        }
        if only(&[word, W::Rules]) && words.len() == 2 {
            return Some(Topic::Rules(stock));
        }
    }
    let pair = |left: W, right: W| words.len() == 2 && has(left) && has(right);
    Some(match () {
        () if pair(W::Make, W::Licence) => Topic::Licence,
        () if pair(W::Make, W::Penalty) || only(&[W::Penalty]) => Topic::Penalty,
        () if pair(W::Make, W::Coercion) || only(&[W::Coercion]) => Topic::Coercion,
        () if pair(W::Disclose, W::Info) => Topic::Disclosed,
        () if pair(W::Publish, W::Info) && around.channel.is_some() => Topic::Disclosed,
        () if pair(W::Hold, W::Meeting) => Topic::Meetings,
        () if pair(W::Hold, W::Training) => Topic::Classes,
        () if only(&[W::Trainees]) => Topic::Trainees,
        () if only(&[W::Hold]) && around.channel == Some(Channel::Press) => Topic::Press,
        () if pair(W::Publish, W::Articles) => Topic::Articles,
        () if pair(W::Collect, W::Fee) => Topic::Fee,
        () => return None,
    })
}

fn outcome(words: &[Word]) -> Option<Outcome> {
    let results: Vec<Outcome> = words
        .iter()
        .filter_map(|word| {
            Some(match word {
                Word::Upheld => Outcome::Upheld,
                Word::Corrected => Outcome::Corrected,
                Word::OtherResult => Outcome::Other,
                Word::Pending => Outcome::Pending,
                _ => return None,
            })
        })
        .collect();
    match *results.as_slice() {
        [] => Some(Outcome::Total),
        [one] => Some(one),
        _ => None,
    }
}

/// Reviews and lawsuits. Those of a reviewing body itself (`办理行政复议案件120件`) are something else.
fn dispute(words: &[Word], around: Around) -> Option<Topic> {
    use Word as W;
    let known = |word: &W| {
        matches!(
            word,
            W::Review
                | W::Litigation
                | W::ShortReview
                | W::ShortLitigation
                | W::Happen
                | W::Application
                | W::Receive
                | W::Accept
                | W::Upheld
                | W::Corrected
                | W::OtherResult
                | W::Pending
        ) || *word == W::Handle && around.named
    };
    if !words.iter().all(known) || !(around.disclosure || around.named) {
        return None;
    }
    let review = words
        .iter()
        .any(|word| matches!(word, W::Review | W::ShortReview));
    let litigation = words
        .iter()
        .any(|word| matches!(word, W::Litigation | W::ShortLitigation));
    let outcome = outcome(words)?;
    match (review, litigation) {
        (true, false) => Some(Topic::Review(outcome)),
        (false, true) => Some(Topic::Litigation(outcome)),
        _ => None,
    }
}

const DENIED: &str = "outcome.denied.state_secret@total+outcome.denied.other_law@total+outcome.denied.three_security@total+\
    outcome.denied.third_party@total+outcome.denied.internal@total+outcome.denied.process@total+\
    outcome.denied.enforcement_file@total+outcome.denied.admin_query@total";
const UNABLE: &str = "outcome.unable.not_held@total+outcome.unable.needs_creation@total+outcome.unable.unclear@total";
const REFUSED: &str = "outcome.refused.petition@total+outcome.refused.repeat@total+outcome.refused.publication@total+\
    outcome.refused.massive@total+outcome.refused.reconfirm@total";
const LEGAL: &str = "requests.new@enterprise+requests.new@research+requests.new@public_welfare+requests.new@legal_service+requests.new@other";

/// The cells of `form` that count the topic; `None` where it has none, or none for that channel.
pub fn cells(topic: Topic, channel: Option<Channel>, form: FormId) -> Option<&'static str> {
    if let Some(channel) = channel {
        return by_channel(topic, channel, form);
    }
    match form {
        FormId::F2008 => cells_2008(topic),
        FormId::F2014 => cells_2014(topic),
        FormId::F2019 | FormId::F2021 => cells_2019(topic, form),
    }
}

fn by_channel(topic: Topic, channel: Channel, form: FormId) -> Option<&'static str> {
    use Channel as C;
    Some(match (form, topic, channel) {
        (FormId::F2014, Topic::New, C::InPerson) => "applications.received.in_person",
        (FormId::F2014, Topic::New, C::Fax) => "applications.received.fax",
        (FormId::F2014, Topic::New, C::Online) => "applications.received.online",
        (FormId::F2014, Topic::New, C::Letter) => "applications.received.letter",
        (FormId::F2014, Topic::Disclosed, C::Website) => "disclosure.ch.website",
        (FormId::F2014, Topic::Disclosed, C::Weibo) => "disclosure.ch.weibo",
        (FormId::F2014, Topic::Disclosed, C::Wechat) => "disclosure.ch.wechat",
        (FormId::F2014, Topic::Disclosed, C::Gazette) => "disclosure.ch.gazette",
        (FormId::F2014, Topic::Press, C::Press) => "response.presser",
        (FormId::F2008, Topic::New, C::InPerson) => "h.req.in_person",
        (FormId::F2008, Topic::New, C::Fax) => "h.req.fax",
        (FormId::F2008, Topic::New, C::Email) => "h.req.email",
        (FormId::F2008, Topic::New, C::Online) => "h.req.online",
        (FormId::F2008, Topic::New, C::Letter) => "h.req.letter",
        _ => return None,
    })
}

fn cells_2008(topic: Topic) -> Option<&'static str> {
    Some(match topic {
        Topic::Disclosed => "h.pub",
        Topic::New => "h.req",
        Topic::Replied => "h.ans",
        Topic::Granted => "h.ans.granted",
        Topic::Partial => "h.ans.partial",
        Topic::GrantedPartial => "h.ans.granted+h.ans.partial",
        Topic::Denied => "h.ans.denied",
        Topic::Review(Outcome::Total) => "h.review",
        Topic::Litigation(Outcome::Total) => "h.lit",
        _ => return None,
    })
}

fn cells_2014(topic: Topic) -> Option<&'static str> {
    Some(match topic {
        Topic::Disclosed => "disclosure.total",
        Topic::Norm(Stock::Issued) => "disclosure.norm_issued",
        Topic::Norm(Stock::Disclosed) => "disclosure.norm_disclosed",
        Topic::New => "applications.received",
        Topic::Closed => "applications.closed",
        Topic::ClosedOnTime => "applications.closed.on_time",
        Topic::ClosedExtended => "applications.closed.extended",
        Topic::Replied => "applications.answered",
        Topic::Granted => "applications.answer.granted",
        Topic::Partial => "applications.answer.partial",
        Topic::GrantedPartial => "applications.answer.granted+applications.answer.partial",
        Topic::Denied => "applications.answer.denied",
        Topic::Review(Outcome::Total) => "review.total",
        Topic::Review(Outcome::Upheld) => "review.upheld",
        Topic::Review(Outcome::Corrected) => "review.corrected",
        Topic::Litigation(Outcome::Total) => "litigation.total",
        Topic::Litigation(Outcome::Upheld) => "litigation.upheld",
        Topic::Litigation(Outcome::Corrected) => "litigation.corrected",
        Topic::Fee => "fee.request",
        Topic::Meetings => "training.meetings",
        Topic::Classes => "training.classes",
        Topic::Trainees => "training.persons",
        Topic::Articles => "response.articles",
        _ => return None,
    })
}

fn cells_2019(topic: Topic, form: FormId) -> Option<&'static str> {
    let current = form == FormId::F2021;
    Some(match topic {
        Topic::New => "requests.new@total",
        Topic::NewNatural => "requests.new@natural_person",
        Topic::NewLegal => LEGAL,
        Topic::CarriedIn => "requests.carried_in@total",
        Topic::CarriedOut => "requests.carried_out@total",
        Topic::Closed => "outcome.total@total",
        Topic::Granted => "outcome.granted@total",
        Topic::Partial => "outcome.partial@total",
        Topic::GrantedPartial => "outcome.granted@total+outcome.partial@total",
        Topic::Denied => DENIED,
        Topic::Unable => UNABLE,
        Topic::Refused => REFUSED,
        Topic::OtherHandling if current => {
            "outcome.other.overdue_correction@total+outcome.other.overdue_fee@total+outcome.other.misc@total"
        }
        Topic::OtherHandling => "outcome.other@total",
        Topic::Review(Outcome::Total) => "review.total",
        Topic::Review(Outcome::Upheld) => "review.upheld",
        Topic::Review(Outcome::Corrected) => "review.corrected",
        Topic::Review(Outcome::Other) => "review.other",
        Topic::Review(Outcome::Pending) => "review.pending",
        Topic::Litigation(Outcome::Total) => {
            "litigation.direct.total+litigation.after_review.total"
        }
        Topic::Litigation(Outcome::Upheld) => {
            "litigation.direct.upheld+litigation.after_review.upheld"
        }
        Topic::Litigation(Outcome::Corrected) => {
            "litigation.direct.corrected+litigation.after_review.corrected"
        }
        Topic::Litigation(Outcome::Other) => {
            "litigation.direct.other+litigation.after_review.other"
        }
        Topic::Litigation(Outcome::Pending) => {
            "litigation.direct.pending+litigation.after_review.pending"
        }
        Topic::Norm(Stock::Issued) => "normative_documents.issued",
        Topic::Rules(Stock::Issued) => "rules.issued",
        Topic::Norm(Stock::Repealed) if current => "normative_documents.repealed",
        Topic::Rules(Stock::Repealed) if current => "rules.repealed",
        Topic::Norm(Stock::InForce) if current => "normative_documents.in_force",
        Topic::Rules(Stock::InForce) if current => "rules.in_force",
        Topic::Licence => "licensing.decisions",
        Topic::Penalty => "penalties.decisions",
        Topic::Coercion => "coercion.decisions",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Catalog;

    #[test]
    fn every_cell_named_is_of_its_form() {
        use Outcome as O;
        use Topic as T;
        let outcomes = [O::Total, O::Upheld, O::Corrected, O::Other, O::Pending];
        let stocks = [
            Stock::Issued,
            Stock::Repealed,
            Stock::InForce,
            Stock::Disclosed,
        ];
        let mut topics = vec![
            T::New,
            T::NewNatural,
            T::NewLegal,
            T::CarriedIn,
            T::CarriedOut,
            T::Closed,
            T::ClosedOnTime,
            T::ClosedExtended,
            T::Replied,
            T::Granted,
            T::Partial,
            T::GrantedPartial,
            T::Denied,
            T::Unable,
            T::Refused,
            T::OtherHandling,
            T::Licence,
            T::Penalty,
            T::Coercion,
            T::Disclosed,
            T::Meetings,
            T::Classes,
            T::Trainees,
            T::Press,
            T::Articles,
            T::Fee,
        ];
        topics.extend(outcomes.map(T::Review));
        topics.extend(outcomes.map(T::Litigation));
        topics.extend(stocks.map(T::Norm));
        topics.extend(stocks.map(T::Rules));
        let mut seen = 0;
        for form in FormId::ALL {
            let channels = Channel::ALL.iter().map(|channel| Some(*channel));
            for channel in channels.chain([None]) {
                for topic in &topics {
                    for cell in cells(*topic, channel, form)
                        .into_iter()
                        .flat_map(|all| all.split('+'))
                    {
                        let known = Catalog::get().of_form(form).any(|one| one.cell == cell);
                        assert!(known, "{form} {cell}");
                        seen += 1;
                    }
                }
            }
        }
        assert!(seen > 100);
    }
}
