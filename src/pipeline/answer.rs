//! An answer of a site → what it is and where it leads. Pure.

use std::borrow::Cow;
use std::sync::Mutex;

use crate::archive::{HttpError, HttpResponse};
use crate::crawl::classify_exchange;
use crate::crawl::engine::{Answer, Reading};
use crate::decode::{self, Media};
use crate::discover::{self, Page};
use crate::model::{Outcome, Role};
use crate::profile::Sites;

use super::read::{MAX_DECODED, MAX_TEXT};

/// Bytes of a page that links are looked for in. Lists of hundreds of entries have a tenth of it; what an endless page says
/// is at its beginning, and a tree of all of it would take many times its size in memory.
const MAX_LOOKED_AT: usize = 2 << 20;

/// Bytes of a page above which it is read alone: its tree takes some fifteen times as much.
const LARGE: usize = 1 << 20;
static LARGE_TURN: Mutex<()> = Mutex::new(());

/// The first bytes of a body without its codings, and how many there are in all.
fn beginning<'a>(
    response: &HttpResponse<'a>,
    most: usize,
) -> Result<(Cow<'a, [u8]>, u64), HttpError> {
    let cap = MAX_DECODED as u64;
    if response.body.len() <= most && response.header("Content-Encoding").is_none() {
        let body = response.decoded(cap)?.bytes;
        let length = body.len() as u64;
        return Ok((body, length));
    }
    let beginning = response.beginning(most, cap)?;
    Ok((Cow::Owned(beginning.bytes), beginning.length))
}

/// Reads an answer.
pub fn read_answer(sites: &Sites, answer: &Answer<'_>) -> Reading {
    let response = HttpResponse::split(&answer.exchange.response).ok();
    let declared = response
        .as_ref()
        .and_then(|response| response.header("Content-Type"));
    let declared = declared.as_deref();
    let most = match answer.role {
        // They are lists of addresses, up to 50 MB of them, and make no tree.
        Role::Sitemap => MAX_TEXT,
        _ => MAX_LOOKED_AT,
    };
    let decoded = response.as_ref().map(|response| beginning(response, most));
    let body = decoded.as_ref().and_then(|decoded| decoded.as_ref().ok());
    let (body, whole) = body.map_or((&[][..], 0), |(body, whole)| (&**body, *whole));
    let _turn = (body.len() > LARGE).then(|| LARGE_TURN.lock());
    let media = decode::media(body, declared);
    let is_text = !body.is_empty() && matches!(media, Media::Html | Media::Text);
    let text = is_text.then(|| decode::decode(body, declared));
    let shown = text.as_ref().map(|decoded| &*decoded.text);
    let verdict = classify_exchange(answer.url, answer.exchange, shown);
    let mut reading = Reading {
        outcome: verdict.outcome,
        why: verdict.why,
        redirect: verdict.redirect,
        retry_after: verdict.retry_after,
        leads: None,
        notes: Vec::new(),
    };
    if let Some(Err(error)) = &decoded {
        // The bytes are kept; nothing can be said of what is in them.
        reading.notes.push(error.to_string());
    }
    if is_text && (body.len() as u64) < whole {
        reading.notes.push(format!(
            "only the first {most} of {whole} bytes were looked at for links"
        ));
    }
    let is_read = matches!(
        answer.role,
        Role::Root | Role::Sitemap | Role::List | Role::Item | Role::Part
    );
    if reading.outcome == Outcome::Ok && is_read {
        let page = Page {
            url: answer.url,
            role: answer.role,
            bytes: body,
            content_type: declared,
            title_of_link: answer.title,
        };
        let discovery = match &text {
            Some(text) => discover::discover_decoded(&page, text, sites),
            None => discover::discover(&page, sites),
        };
        if let Some(target) = discovery.redirect.filter(|target| target != answer.url) {
            // A page with entries of its own is a page, wherever its script would lead.
            if discovery.leads.is_empty() {
                reading.outcome = Outcome::Redirect;
                reading
                    .why
                    .push_str("; the page sends its reader elsewhere");
                reading.redirect = Some(target);
            }
        }
        if let Some(cut) = discovery.cut_short
            && reading.outcome == Outcome::Ok
        {
            // The ledger's words for it: `Frontier::cut_lists` looks for them.
            reading.why.push_str("; list cut short: ");
            reading.why.push_str(&cut);
        }
        reading.leads = Some(discovery.leads);
        reading.notes.extend(discovery.notes);
    }
    reading
}
