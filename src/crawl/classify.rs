//! What an answer is: a page, or one of the many things that come in its place.
//!
//! In: the bytes of an answer and its body as text. Out: [`Verdict`], with the evidence. Pure. The words are data,
//! `data/refusals.toml`. A page that has something to say is a page whatever words it has: a report that mentions captchas or
//! a missing page is a report, so words only count where there is hardly any other text.

mod refusals;
mod retry;

use url::Url;

use super::location;
use super::markup::Shape;
use super::transport::{Exchange, Truncated};
use crate::archive::HttpResponse;
use crate::model::Outcome;

pub use refusals::advice;
pub use retry::RetryAfter;

use refusals::{Place, Refusals};

/// What an answer is, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The word for the ledger.
    pub outcome: Outcome,
    /// The evidence, a line for people: `status 412, markup "$_ts" (rule ruishu)`.
    pub why: String,
    /// Where the answer sends its reader: always with [`Outcome::Redirect`]; `None` with any other.
    pub redirect: Option<Url>,
    /// When the server wants to be asked again; `None` where it does not say, or nothing sensible.
    pub retry_after: Option<RetryAfter>,
    /// The rule of `data/refusals.toml` that held; `None` where the status decided.
    pub rule: Option<&'static str>,
    /// What the operator can do; `None` where nothing need be done.
    pub advice: Option<&'static str>,
}

impl Verdict {
    fn new(outcome: Outcome, why: impl Into<String>) -> Self {
        Self {
            outcome,
            why: why.into(),
            redirect: None,
            retry_after: None,
            rule: None,
            advice: advice(outcome),
        }
    }

    fn to(url: Url, why: impl Into<String>) -> Self {
        Self {
            redirect: Some(url),
            ..Self::new(Outcome::Redirect, why)
        }
    }
}

/// What an answer is, by its bytes as received and its body as text (`None` for what is no text: PDF, pictures).
///
/// `url` is what was asked for; `Location` is resolved against it.
pub fn classify(url: &Url, response: &[u8], text: Option<&str>) -> Verdict {
    let Ok(answer) = HttpResponse::split(response) else {
        return Verdict::new(Outcome::Protocol, "no status in the answer's first line");
    };
    let shape = text.map(Shape::of);
    let mut verdict = judge(url, &answer, response, shape.as_ref());
    if !(200..300).contains(&answer.status) {
        let after = answer.header("Retry-After");
        verdict.retry_after = after.and_then(|value| RetryAfter::parse(&value));
    }
    if answer.status == 503
        && verdict.retry_after.is_some()
        && verdict.outcome == Outcome::ErrorPage
    {
        verdict.outcome = Outcome::Throttled;
        verdict.advice = advice(Outcome::Throttled);
        verdict.why.push_str(" with Retry-After");
    }
    verdict
}

/// [`classify`] of an exchange: an answer that broke off or ran out of time is no page, unless its markup ends as pages do.
/// Nothing is said of a page that we did not wait for.
pub fn classify_exchange(url: &Url, exchange: &Exchange, text: Option<&str>) -> Verdict {
    let verdict = classify(url, &exchange.response, text);
    if exchange.truncated == Some(Truncated::Stopped)
        && exchange.status.is_none_or(|status| status < 300)
    {
        return Verdict::new(Outcome::Timeout, "the run was ended before the answer");
    }
    let whole = text.is_some_and(ends_as_pages_do);
    match exchange.truncated {
        Some(Truncated::Time) if verdict.outcome.is_page() && !whole => {
            Verdict::new(Outcome::Timeout, "the answer did not end in time")
        }
        Some(Truncated::Disconnect) if verdict.outcome.is_page() && !whole => {
            Verdict::new(Outcome::Protocol, "the connection ended before the answer")
        }
        _ => verdict,
    }
}

fn ends_as_pages_do(text: &str) -> bool {
    let text = text.trim_end().as_bytes();
    text.len() >= 7 && text[text.len() - 7..].eq_ignore_ascii_case(b"</html>")
}

fn judge(url: &Url, answer: &HttpResponse<'_>, wire: &[u8], shape: Option<&Shape<'_>>) -> Verdict {
    let status = answer.status;
    if status == 304 {
        return Verdict::new(Outcome::NotModified, "status 304");
    }
    if matches!(status, 300..=303 | 305..=308) {
        let location = answer
            .fields
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(b"Location"))
            .map(|(_, value)| *value);
        return match location.map(|raw| (raw, location::resolve(raw, url))) {
            Some((_, Some(target))) => Verdict::to(target, format!("status {status}")),
            Some((raw, None)) => {
                let shown = raw[..raw.len().min(80)].escape_ascii();
                let why = format!("status {status} with a Location that leads nowhere: {shown}");
                Verdict::new(Outcome::ErrorPage, why)
            }
            None => Verdict::new(
                Outcome::ErrorPage,
                format!("status {status} without Location"),
            ),
        };
    }
    let refusals = Refusals::get();
    let header = &wire[..wire.len() - answer.body.len()];
    let fine = (200..300).contains(&status);
    let empty = Shape::default();
    if let Some((rule, found)) = refusals.find(status, header, shape.unwrap_or(&empty))
        && (fine || matches!(rule.outcome, Outcome::Blocked | Outcome::Challenge))
    {
        return Verdict {
            rule: Some(rule.name()),
            ..Verdict::new(
                rule.outcome,
                format!(
                    "status {status}, {} (rule {})",
                    evidence(&found),
                    rule.name()
                ),
            )
        };
    }
    let by_status = |outcome| Verdict::new(outcome, format!("status {status}"));
    if !fine {
        return by_status(refusals.of_status(status));
    }
    if answer.body.is_empty() {
        return Verdict::new(
            Outcome::ErrorPage,
            format!("status {status} without a body"),
        );
    }
    if status == 206 {
        return Verdict::new(
            Outcome::ErrorPage,
            "status 206: a part, and the whole was asked for",
        );
    }
    match shape.and_then(|shape| location::of_shape(shape, url)) {
        Some(target) => Verdict::to(target, "the page sends its reader on"),
        None => by_status(Outcome::Ok),
    }
}

fn evidence(found: &[(Place, &str)]) -> String {
    let parts: Vec<_> = found
        .iter()
        .map(|(place, word)| format!("{} {word:?}", place.as_str()))
        .collect();
    if parts.is_empty() {
        "hardly any text".into()
    } else {
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests;
