//! From what came over the wire to what the ledger will say of it. Pure but for the reader it is given; runs off the reactor.

use jiff::Timestamp;
use url::Url;

use super::options::{Answer, Options, Reading};
use crate::archive::{Digested, HttpError, HttpResponse, Truncation};
use crate::crawl::robots::MOST_BYTES;
use crate::crawl::transport::{Exchange, FetchError, TlsFacts, Truncated};
use crate::crawl::writer::Wire;
use crate::discover::Lead;
use crate::frontier::{Found, Lease};
use crate::model::{ItemKind, Outcome, Role};

/// Bytes that a robots.txt may unpack to.
const MOST_UNPACKED: u64 = 64 << 20;

/// An answer, read.
#[derive(Debug)]
pub(super) struct Examined {
    pub wire: Wire,
    pub outcome: Outcome,
    pub why: String,
    pub redirect: Option<Url>,
    pub retry_after: Option<Timestamp>,
    pub found: Option<Vec<Found>>,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    /// What is read of a robots.txt, without its codings; `None` where they cannot be undone, and of all else.
    pub body: Option<Vec<u8>>,
    /// Whether it is not whole because the run was ended; then the outcome says nothing of the server.
    pub cut: bool,
}

impl Examined {
    /// Of an answer that could not be read.
    pub(super) fn unread() -> Self {
        let wire = Wire {
            at: Timestamp::now(),
            ..Wire::default()
        };
        let why = "this program failed to read the answer".to_owned();
        nothing(wire, Outcome::ErrorPage, why)
    }
}

/// Host and port of an address as the ledger has them.
pub fn host_of(url: &Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => String::new(),
    }
}

/// Reads an answer, or what there is instead of one.
pub(super) fn examine(
    options: &Options,
    lease: &Lease,
    url: &Url,
    result: Result<Exchange, FetchError>,
) -> Examined {
    match result {
        Ok(exchange) => answered(options, lease, url, exchange),
        Err(FetchError::Protocol { got }) => {
            let mut wire = wire_of(*got);
            wire.header = None;
            if wire.cut {
                let why = "the run was ended before the answer".into();
                return nothing(wire, Outcome::Timeout, why);
            }
            nothing(wire, Outcome::Protocol, "what came is no HTTP".into())
        }
        Err(error) => {
            let wire = Wire {
                at: Timestamp::now(),
                address: error.address().map(|address| address.ip()),
                ..Wire::default()
            };
            nothing(wire, error.outcome(), error.to_string())
        }
    }
}

fn nothing(wire: Wire, outcome: Outcome, why: String) -> Examined {
    Examined {
        cut: wire.cut && outcome == Outcome::Timeout,
        wire,
        outcome,
        why,
        redirect: None,
        retry_after: None,
        found: None,
        etag: None,
        last_modified: None,
        body: None,
    }
}

fn answered(options: &Options, lease: &Lease, url: &Url, exchange: Exchange) -> Examined {
    let mut reading = (options.reader)(&Answer {
        url,
        site: &lease.site,
        role: lease.role,
        title: lease.title.as_deref(),
        exchange: &exchange,
    });
    let (mut etag, mut last_modified, mut body) = (None, None, None);
    let mut payload = None;
    let mut block_sha1 = None;
    let mut header = None;
    if let Ok(response) = HttpResponse::split(&exchange.response) {
        header = Some(exchange.response.len() - response.body.len());
        etag = field(&response, "ETag");
        last_modified = field(&response, "Last-Modified");
        if lease.role == Role::Robots {
            body = rules(&response);
        }
        payload = Some(match header {
            Some(header) if !response.says_chunked() => {
                let (payload, whole) = Digested::within(&exchange.response, header);
                block_sha1 = Some(whole);
                payload
            }
            _ => Digested::of(response.pieces()),
        });
    }
    if reading.outcome == Outcome::NotModified && lease.last_page.is_none() {
        reading.outcome = Outcome::ErrorPage;
        reading.why = "304 though nothing was known before".into();
    }
    let found = leads(options, lease, url, &mut reading);
    let retry_after = reading
        .retry_after
        .map(|wait| wait.not_before(Timestamp::now()).0);
    let mut wire = wire_of(exchange);
    wire.header = header;
    if let Some(payload) = payload {
        wire.payload = payload.length;
        wire.sha256 = Some(payload.sha256.to_vec());
        wire.sha1 = Some(payload.sha1);
        wire.block_sha1 = block_sha1;
    }
    if let Some(target) = &reading.redirect {
        wire.facts.push(("redirect", target.to_string()));
    }
    wire.facts
        .extend(reading.notes.into_iter().map(|note| ("note", note)));
    Examined {
        cut: wire.cut && reading.outcome == Outcome::Timeout,
        wire,
        outcome: reading.outcome,
        why: reading.why,
        redirect: reading.redirect,
        retry_after,
        found,
        etag,
        last_modified,
        body,
    }
}

/// As much of a robots.txt as is read; `None` where its codings cannot be undone.
fn rules(response: &HttpResponse<'_>) -> Option<Vec<u8>> {
    match response.beginning(MOST_BYTES, MOST_UNPACKED) {
        Ok(beginning) => Some(beginning.bytes),
        // Servers name charsets here, too; what is text is what it says.
        Err(HttpError::UnknownCoding { .. }) => {
            let sent = response.transfer_decoded().bytes;
            let text = std::str::from_utf8(&sent).ok()?;
            Some(text.as_bytes()[..text.len().min(MOST_BYTES)].to_vec())
        }
        Err(_) => None,
    }
}

fn field(response: &HttpResponse<'_>, name: &str) -> Option<String> {
    let value = response.header(name)?;
    let plain = value.len() <= 256 && value.bytes().all(|byte| (b' '..0x7f).contains(&byte));
    plain.then(|| value.into_owned())
}

/// What a page leads to, as the ledger takes it.
fn leads(options: &Options, lease: &Lease, url: &Url, reading: &mut Reading) -> Option<Vec<Found>> {
    if lease.role == Role::Robots {
        return None;
    }
    let mut found: Option<Vec<Found>> = reading.leads.take().map(|leads| {
        leads
            .into_iter()
            .map(|lead| accept(options, lease, lead, None, url))
            .collect()
    });
    if let Some(target) = &reading.redirect {
        let lead = Lead {
            url: target.clone(),
            role: lease.role,
            title: lease.title.clone(),
            list_date: None,
            kind: lease.kind,
            year: lease.year,
            rule: "redirect",
        };
        found
            .get_or_insert_default()
            .push(accept(options, lease, lead, Some(url), url));
    }
    found
}

fn accept(options: &Options, lease: &Lease, lead: Lead, hop: Option<&Url>, from: &Url) -> Found {
    // A fragment is there only where discovery found that it makes another page.
    let url = lead.url;
    let mut refused = None;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        refused = Some((Outcome::OutOfScope, "neither http nor https".to_owned()));
    } else if url.as_str().len() > options.budget.url_length {
        let most = options.budget.url_length;
        refused = Some((
            Outcome::BudgetSpent,
            format!("longer than {most} characters"),
        ));
    } else if let Err(why) = options.scope.holds(&lease.site, &url, lead.role, hop) {
        refused = Some((Outcome::OutOfScope, format!("{why} (on {from})")));
    }
    let mut text = String::from(url);
    if refused.is_some() {
        cut(&mut text, 4096);
    }
    Found {
        host: Url::parse(&text)
            .map(|url| host_of(&url))
            .unwrap_or_default(),
        url: text,
        role: lead.role,
        title: lead.title.map(|mut title| {
            cut(&mut title, 1000);
            title
        }),
        list_date: lead.list_date,
        kind: if lead.role == Role::Item {
            lead.kind
        } else {
            ItemKind::Unknown
        },
        year: lead.year,
        rule: lead.rule.to_owned(),
        hop: hop.is_some(),
        refused,
    }
}

/// Cuts a text to so many bytes, or a few less.
fn cut(text: &mut String, bytes: usize) {
    if text.len() > bytes {
        let end = (0..=bytes).rev().find(|end| text.is_char_boundary(*end));
        text.truncate(end.unwrap_or(0));
    }
}

fn wire_of(exchange: Exchange) -> Wire {
    let mut facts: Vec<(&'static str, String)> =
        vec![("fetchTimeMs", exchange.took.as_millis().to_string())];
    if let Some(tls) = &exchange.tls {
        facts.extend(encryption(tls));
    }
    facts.extend(exchange.notes.into_iter().map(|note| ("note", note)));
    Wire {
        request: exchange.request,
        response: exchange.response,
        before: exchange.before,
        header: None,
        payload: 0,
        sha256: None,
        sha1: None,
        block_sha1: None,
        status: exchange.status,
        address: Some(exchange.address.ip()),
        at: exchange.started_at,
        took_ms: u64::try_from(exchange.took.as_millis()).unwrap_or(u64::MAX),
        cut: exchange.truncated == Some(Truncated::Stopped),
        truncated: exchange.truncated.map(|why| match why {
            Truncated::Length => Truncation::Length,
            Truncated::Time | Truncated::Stopped => Truncation::Time,
            Truncated::Disconnect => Truncation::Disconnect,
        }),
        facts,
        room: exchange.room,
    }
}

fn encryption(tls: &TlsFacts) -> Vec<(&'static str, String)> {
    let mut facts = vec![("tls", format!("{} {}", tls.version, tls.cipher))];
    if tls.legacy {
        facts.push(("legacy", "yes".to_owned()));
    }
    facts.extend(
        tls.certificates_sha256
            .iter()
            .map(|digest| ("certificateSha256", digest.clone())),
    );
    facts.extend(
        tls.problems
            .iter()
            .map(|problem| ("certificateProblem", problem.clone())),
    );
    facts
}
