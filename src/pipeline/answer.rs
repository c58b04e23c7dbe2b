//! An answer of a site → what it is and where it leads. Pure.

use crate::archive::HttpResponse;
use crate::crawl::engine::{Answer, Reading, Wait};
use crate::decode::{self, Media};
use crate::model::{Outcome, Role};
use crate::profile::Sites;

use super::read::MAX_BYTES;

/// Reads an answer.
pub fn read_answer(sites: &Sites, answer: &Answer<'_>) -> Reading {
    let _ = sites;
    let response = HttpResponse::split(&answer.exchange.response).ok();
    let body = response
        .as_ref()
        .and_then(|response| response.decoded(MAX_BYTES as u64).ok());
    let declared = response
        .as_ref()
        .and_then(|response| response.header("Content-Type"));
    let text = body.as_ref().and_then(|body| {
        let media = decode::media(&body.bytes, declared.as_deref());
        (!matches!(media, Media::Image | Media::Unknown))
            .then(|| decode::decode(&body.bytes, declared.as_deref()))
    });
    let mut reading = judge(answer, response.as_ref());
    if reading.outcome == Outcome::Ok && answer.role != Role::Robots && text.is_some() {
        reading.leads = Some(Vec::new());
    }
    reading
}

fn judge(answer: &Answer<'_>, response: Option<&HttpResponse<'_>>) -> Reading {
    let status = response.map_or(0, |response| response.status);
    let location = response
        .and_then(|response| response.header("Location"))
        .and_then(|location| answer.url.join(&location).ok());
    let outcome = match status {
        304 => Outcome::NotModified,
        300..=399 if location.is_some() => Outcome::Redirect,
        200..=299 => Outcome::Ok,
        404 | 410 => Outcome::Gone,
        403 => Outcome::Blocked,
        412 | 521 => Outcome::Challenge,
        429 => Outcome::Throttled,
        _ => Outcome::ErrorPage,
    };
    let retry_after = response
        .and_then(|response| response.header("Retry-After"))
        .and_then(|value| value.trim().parse().ok())
        .map(|seconds| Wait::For(std::time::Duration::from_secs(seconds)));
    Reading {
        outcome,
        why: format!("status {status}"),
        redirect: location.filter(|_| outcome == Outcome::Redirect),
        retry_after,
        leads: None,
        notes: Vec::new(),
    }
}
