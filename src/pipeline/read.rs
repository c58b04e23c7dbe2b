//! Bytes of one page → report. Pure: no database, no clock.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::audit;
use crate::decode::{self, Media};
use crate::extract::{self, NoReport};
use crate::model::{Catalog, CharsetEvidence, Official, Part, Provenance, Report};
use crate::parse::{self, Document, DocxError, PartBytes, PdfError};
use crate::profile::Profile;

/// Larger payloads are refused: no report page comes near.
pub const MAX_BYTES: usize = 256 * 1024 * 1024;

/// What is known of a payload beside its bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Origin<'o> {
    /// The address it was fetched from.
    pub url: Option<&'o str>,
    /// The declared `Content-Type`.
    pub content_type: Option<&'o str>,
}

/// Why no report came out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// Nothing in it.
    #[error("empty: no bytes")]
    Empty,
    /// A kind of file that is not read (yet).
    #[error("not readable as a page: {media}")]
    Media {
        /// The kind.
        media: &'static str,
    },
    /// Too large to be a page.
    #[error("{size_bytes} bytes: more than the cap of {MAX_BYTES}")]
    TooLarge {
        /// Its size.
        size_bytes: usize,
    },
    /// A DOCX file that is none, or damaged.
    #[error(transparent)]
    Docx(#[from] DocxError),
    /// A PDF file without text.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    /// A page, and no report.
    #[error(transparent)]
    NoReport(#[from] NoReport),
}

impl Unreadable {
    /// One word for the database.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Empty | Self::NoReport(NoReport::Empty) => "empty",
            Self::Media { .. } | Self::Docx(DocxError::Other(_)) => "media",
            Self::Docx(DocxError::Encrypted) | Self::Pdf(PdfError::Encrypted) => "encrypted",
            Self::TooLarge { .. }
            | Self::Docx(DocxError::TooMuch(_))
            | Self::Pdf(PdfError::TooMuch(_)) => "too_large",
            Self::Pdf(PdfError::Scanned { .. } | PdfError::NoText { .. }) => "unreadable",
            Self::Docx(_) | Self::Pdf(_) => "damaged",
            Self::NoReport(NoReport::LookAlike { .. }) => "look_alike",
            Self::NoReport(NoReport::BlankForm) => "blank_form",
            Self::NoReport(_) => "no_report",
        }
    }
}

/// Reads one payload.
///
/// # Errors
///
/// [`Unreadable`] in one line, where the payload is no page or the page no report.
pub fn read(bytes: &[u8], origin: Origin<'_>, profile: &Profile) -> Result<Report, Unreadable> {
    if bytes.is_empty() {
        return Err(Unreadable::Empty);
    }
    if bytes.len() > MAX_BYTES {
        return Err(Unreadable::TooLarge {
            size_bytes: bytes.len(),
        });
    }
    match decode::media(bytes, origin.content_type) {
        Media::Html => read_text(bytes, origin, profile, true),
        Media::Text => read_text(bytes, origin, profile, false),
        Media::Pdf => {
            let pages = parse::parse_pdf(bytes)?;
            let reading = Reading {
                document: &pages.document,
                parts: part_names(&pages.parts),
                charset: PDF_CHARSET,
                evidence: CharsetEvidence::Detected,
                replacements: pages.unmapped,
            };
            finish(bytes, origin, profile, &reading)
        }
        Media::Zip => {
            let text = parse::parse_docx(bytes)?;
            let reading = Reading {
                document: &text.document,
                parts: part_names(&text.parts),
                charset: "UTF-8",
                evidence: CharsetEvidence::Detected,
                replacements: 0,
            };
            finish(bytes, origin, profile, &reading)
        }
        media @ (Media::Ole | Media::Image | Media::Rtf | Media::Mhtml | Media::Unknown) => {
            Err(Unreadable::Media {
                media: media_name(media),
            })
        }
    }
}

/// The bytes that ranges of a part count in: those of the page itself, or of what it is unpacked to. `None` where there
/// is no such part.
pub fn part_bytes(bytes: &[u8], content_type: Option<&str>, part: u16) -> Option<Vec<u8>> {
    let mut parts = match decode::media(bytes, content_type) {
        Media::Pdf => parse::parse_pdf(bytes).ok()?.parts,
        Media::Zip => parse::parse_docx(bytes).ok()?.parts,
        _ => return (part == 0).then(|| bytes.to_vec()),
    };
    let part = usize::from(part);
    (part < parts.len()).then(|| parts.swap_remove(part).bytes)
}

/// What strings of a PDF are in: codes of their fonts, no charset.
const PDF_CHARSET: &str = "x-user-defined";

/// A parsed page, and how it was come by.
struct Reading<'r> {
    document: &'r Document<'r>,
    parts: Vec<Part>,
    charset: &'static str,
    evidence: CharsetEvidence,
    replacements: u32,
}

fn part_names(parts: &[PartBytes]) -> Vec<Part> {
    let name = |part: &PartBytes| Part {
        name: part.name.clone(),
        sha256: HEXLOWER.encode(&Sha256::digest(&part.bytes)),
    };
    parts.iter().map(name).collect()
}

fn read_text(
    bytes: &[u8],
    origin: Origin<'_>,
    profile: &Profile,
    is_html: bool,
) -> Result<Report, Unreadable> {
    let decoded = decode::decode(bytes, origin.content_type);
    let document = if is_html {
        parse::parse_html(&decoded)
    } else {
        parse::parse_text(&decoded)
    };
    let reading = Reading {
        document: &document,
        parts: Vec::new(),
        charset: decoded.charset,
        evidence: decoded.evidence,
        replacements: decoded.replacements,
    };
    let mut report = finish(bytes, origin, profile, &reading)?;
    report.findings.splice(0..0, decoded.findings);
    Ok(report)
}

fn finish(
    bytes: &[u8],
    origin: Origin<'_>,
    profile: &Profile,
    reading: &Reading<'_>,
) -> Result<Report, Unreadable> {
    let extraction = extract::extract(reading.document, origin.url, profile)?;
    let mut findings = reading.document.findings.clone();
    findings.extend(extraction.findings);
    let checks = audit::contradictions(&extraction.observations);
    findings.extend(audit::findings(&checks, Catalog::get()));
    Ok(Report {
        title: extraction.title,
        agency: extraction.agency,
        year: extraction.year,
        scope: extraction.scope,
        form: extraction.form,
        published: extraction.published,
        dates: extraction.dates,
        sections: extraction.sections,
        observations: extraction.observations,
        mentions: Vec::new(),
        findings,
        provenance: Provenance {
            sha256: HEXLOWER.encode(&Sha256::digest(bytes)),
            url: origin.url.map(str::to_owned),
            charset: reading.charset,
            charset_evidence: reading.evidence,
            replacements: reading.replacements,
            official: Official::Unknown,
            signals: Vec::new(),
            parts: reading.parts.clone(),
            profile: profile.digest.clone(),
            program: env!("CARGO_PKG_VERSION"),
        },
    })
}

/// The kind in words.
pub(super) const fn media_name(media: Media) -> &'static str {
    match media {
        Media::Html => "HTML",
        Media::Text => "text",
        Media::Pdf => "a PDF file",
        Media::Zip => "a ZIP file",
        Media::Ole => {
            "a DOC, WPS or XLS file, or an encrypted DOCX: save it as DOCX or PDF without a password and import that"
        }
        Media::Rtf => "an RTF file: save it as DOCX or PDF and import that",
        Media::Mhtml => "an MHTML file: save it as HTML or PDF and import that",
        Media::Image => "a picture",
        Media::Unknown => "neither HTML nor text",
    }
}
