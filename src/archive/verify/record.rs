//! What a single record says of itself: fields, digests, the HTTP message in it. Pure.

use jiff::Timestamp;

use super::super::digest::{both_match, matches};
use super::super::http::{HttpResponse, PayloadNote};
use super::super::record::{Kind, Record};
use super::super::uri::is_uri;
use super::problem::{ProblemKind, Severity};

/// Fields that may stand once: all of the standard's but `WARC-Concurrent-To`.
const ONCE: [&str; 19] = [
    "WARC-Type",
    "WARC-Record-ID",
    "WARC-Date",
    "WARC-Target-URI",
    "WARC-Warcinfo-ID",
    "WARC-Refers-To",
    "WARC-Refers-To-Target-URI",
    "WARC-Refers-To-Date",
    "WARC-Block-Digest",
    "WARC-Payload-Digest",
    "WARC-IP-Address",
    "WARC-Filename",
    "WARC-Profile",
    "WARC-Truncated",
    "WARC-Identified-Payload-Type",
    "WARC-Segment-Number",
    "WARC-Segment-Origin-ID",
    "WARC-Segment-Total-Length",
    "Content-Type",
];

/// Fields and the kinds that must not have them (WARC 1.1, section 5).
const FORBIDDEN: [(&str, &[Kind]); 10] = [
    (
        "WARC-Concurrent-To",
        &[Kind::Warcinfo, Kind::Conversion, Kind::Continuation],
    ),
    (
        "WARC-Refers-To",
        &[
            Kind::Warcinfo,
            Kind::Response,
            Kind::Resource,
            Kind::Request,
            Kind::Continuation,
        ],
    ),
    ("WARC-Target-URI", &[Kind::Warcinfo]),
    ("WARC-Warcinfo-ID", &[Kind::Warcinfo]),
    (
        "WARC-IP-Address",
        &[Kind::Warcinfo, Kind::Conversion, Kind::Continuation],
    ),
    ("WARC-Filename", &ALL_BUT_WARCINFO),
    ("WARC-Profile", &ALL_BUT_REVISIT),
    ("WARC-Identified-Payload-Type", &[Kind::Warcinfo]),
    ("WARC-Segment-Origin-ID", &ALL_BUT_CONTINUATION),
    ("WARC-Segment-Total-Length", &ALL_BUT_CONTINUATION),
];

const ALL_BUT_WARCINFO: [Kind; 7] = [
    Kind::Resource,
    Kind::Metadata,
    Kind::Request,
    Kind::Response,
    Kind::Revisit,
    Kind::Conversion,
    Kind::Continuation,
];
const ALL_BUT_REVISIT: [Kind; 7] = [
    Kind::Warcinfo,
    Kind::Resource,
    Kind::Metadata,
    Kind::Request,
    Kind::Response,
    Kind::Conversion,
    Kind::Continuation,
];
const ALL_BUT_CONTINUATION: [Kind; 7] = [
    Kind::Warcinfo,
    Kind::Resource,
    Kind::Metadata,
    Kind::Request,
    Kind::Response,
    Kind::Revisit,
    Kind::Conversion,
];

/// Checks a record by itself.
pub(super) fn check(record: &Record, report: &mut impl FnMut(ProblemKind, Severity)) {
    let mut damage = |kind| report(kind, Severity::Damage);
    fields(record, &mut damage);
    let http = match record.kind() {
        Kind::Response => match HttpResponse::split(&record.block) {
            Ok(response) => Some(response),
            Err(_) if is_http(record) => {
                damage(ProblemKind::NoHttpHeader);
                None
            }
            Err(_) => None,
        },
        _ => None,
    };
    digests(record, http.as_ref(), report);
    if let Some(http) = &http {
        body(record, http, report);
    }
}

fn is_http(record: &Record) -> bool {
    record
        .target_uri()
        .is_none_or(|uri| uri.starts_with("http:") || uri.starts_with("https:"))
}

fn fields(record: &Record, damage: &mut impl FnMut(ProblemKind)) {
    let (headers, kind) = (&record.headers, record.kind());
    for name in ["WARC-Type", "WARC-Record-ID", "WARC-Date"] {
        if headers.get(name).is_none() {
            damage(ProblemKind::FieldMissing { name });
        }
    }
    for (name, _) in headers.iter() {
        if !is_token(name) {
            damage(ProblemKind::BadFieldName { name: name.into() });
        }
    }
    for name in ONCE {
        if headers.all(name).nth(1).is_some() {
            damage(ProblemKind::FieldTwice { name });
        }
    }
    for (name, kinds) in FORBIDDEN {
        if kinds.contains(&kind) && headers.get(name).is_some() {
            damage(ProblemKind::FieldForbidden { name });
        }
    }
    let dates = [headers.get("WARC-Date"), headers.get("WARC-Refers-To-Date")];
    if !dates.into_iter().flatten().all(is_date) {
        damage(ProblemKind::BadDate);
    }
    let needs_target = !matches!(kind, Kind::Warcinfo | Kind::Metadata | Kind::Other);
    match record.target_uri() {
        None if needs_target => damage(ProblemKind::TargetMissing),
        Some(uri) if !is_uri(uri) => damage(ProblemKind::BadTarget),
        _ => {}
    }
    if kind == Kind::Revisit && headers.get("WARC-Profile").is_none() {
        damage(ProblemKind::RevisitWithoutProfile);
    }
}

/// Whether a field may be called so (RFC 9110, 5.6.2).
fn is_token(name: &str) -> bool {
    let is_mark = |byte| b"!#$%&'*+-.^_`|~".contains(&byte);
    let mut bytes = name.bytes();
    !name.is_empty() && bytes.all(|byte| byte.is_ascii_alphanumeric() || is_mark(byte))
}

/// Whether it is a date as WARC has it: `YYYY-MM-DDThh:mm:ssZ`, in 1.1 also with fractions or
/// without its smaller parts.
fn is_date(date: &str) -> bool {
    let pattern = b"0000-00-00T00:00:00";
    let Some(stem) = date
        .strip_suffix('Z')
        .or((date.len() <= 10).then_some(date))
    else {
        return false;
    };
    let (whole, fraction) = stem
        .split_once('.')
        .map_or((stem, None), |(whole, fraction)| (whole, Some(fraction)));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_shaped = whole.len() <= pattern.len()
        && whole.bytes().zip(pattern).all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            shape => byte == *shape,
        });
    let is_fraction = fraction.is_none_or(|fraction| {
        whole.len() == 19 && (1..=9).contains(&fraction.len()) && digits(fraction)
    });
    let rest = match whole.len() {
        4 => "-01-01T00:00:00Z",
        7 => "-01T00:00:00Z",
        10 => "T00:00:00Z",
        16 => ":00Z",
        19 => "Z",
        _ => return false,
    };
    is_shaped && is_fraction && format!("{whole}{rest}").parse::<Timestamp>().is_ok()
}

fn digests(
    record: &Record,
    http: Option<&HttpResponse<'_>>,
    report: &mut impl FnMut(ProblemKind, Severity),
) {
    let label = record.headers.get("WARC-Block-Digest");
    let payload_label = record.headers.get("WARC-Payload-Digest");
    // Nearly every byte of an archive is in a block and in a payload.
    let (block, payload) = match (label, payload_label, http) {
        (Some(label), Some(payload), Some(http)) if !http.says_chunked() => {
            let [block, payload] = both_match((label, &record.block), (payload, http.body));
            (Some(block), Some(payload))
        }
        _ => (label.map(|label| matches(label, [&record.block[..]])), None),
    };
    // wget digests a revisit's block as if it were empty.
    let is_wget =
        record.kind() == Kind::Revisit && label.and_then(|l| matches(l, [])) == Some(true);
    if block == Some(Some(false)) && is_wget {
        report(ProblemKind::BlockDigest, Severity::Note);
    }
    let mut damage = |kind| report(kind, Severity::Damage);
    match block {
        Some(Some(false)) if !is_wget => damage(ProblemKind::BlockDigest),
        Some(None) => damage(ProblemKind::DigestUnknown),
        _ => {}
    }
    let Some(payload_label) = payload_label else {
        return;
    };
    let found = match (record.kind(), http) {
        _ if payload.is_some() => payload.flatten(),
        (Kind::Response, Some(http)) => {
            // Older writers took the digest before removing the chunks: accepted.
            match matches(payload_label, http.pieces()) {
                Some(false) if http.says_chunked() => matches(payload_label, [http.body]),
                other => other,
            }
        }
        (Kind::Resource | Kind::Conversion, _) if label == Some(payload_label) => block.flatten(),
        (Kind::Resource | Kind::Conversion, _) => matches(payload_label, [&record.block[..]]),
        // A revisit's is about another record's payload, a request's may be either convention's.
        _ => Some(true),
    };
    match found {
        Some(true) => {}
        Some(false) => damage(ProblemKind::PayloadDigest),
        None => damage(ProblemKind::DigestUnknown),
    }
}

/// Bytes of a body that tell whether it is in its content coding.
const FIRST: usize = 1024;

/// Whether the body is what its HTTP header says.
fn body(record: &Record, http: &HttpResponse<'_>, report: &mut impl FnMut(ProblemKind, Severity)) {
    if record.headers.get("WARC-Truncated").is_some()
        || record.headers.get("WARC-Segment-Number").is_some()
        || matches!(http.status, 100..=199 | 204 | 304)
    {
        return;
    }
    // Looked at when it was captured, and found to be something else than the server said.
    let severity = match record.headers.get("WARC-Identified-Payload-Type") {
        Some(_) => Severity::Note,
        None => Severity::Damage,
    };
    let mut pieces = http.pieces();
    let mut first = Vec::new();
    for piece in pieces.by_ref() {
        let wanted = piece.len().min(FIRST - first.len());
        first.extend_from_slice(&piece[..wanted]);
    }
    if pieces.note == Some(PayloadNote::NotChunked) {
        report(ProblemKind::NotChunked, severity);
    } else if pieces.note == Some(PayloadNote::ChunksCut) {
        report(ProblemKind::BodyShort, Severity::Damage);
    } else if !http.says_chunked()
        && let Some(declared) = http.header("Content-Length")
        && let Ok(declared) = declared.trim().parse::<u64>()
        && (http.body.len() as u64) < declared
    {
        report(ProblemKind::BodyShort, Severity::Damage);
    }
    if !http.is_as_encoded(&first) {
        report(ProblemKind::NotEncoded, severity);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_standard() {
        for good in [
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00.5Z",
            "2026-01-01T00:00:00.123456789Z",
            "2026-01-01T00:00Z",
            "2026-01-01",
            "2026-01",
            "2026",
        ] {
            assert!(is_date(good), "{good}");
        }
        for bad in [
            "",
            "Z",
            "yesterday",
            "2026-1-1",
            "2026-02-30T00:00:00Z",
            "2026-01-01 00:00:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00+08:00",
            "2026-01-01T25:00:00Z",
            "2026-01-01T00:00:00.Z",
            "20260101000000",
            "年2026-01",
        ] {
            assert!(!is_date(bad), "{bad}");
        }
    }
}
