//! Bytes of one page → report. Pure: no database, no clock.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::agency;
use crate::audit;
use crate::audit::origin::HostRules;
use crate::decode::{self, Decoded, Media};
use crate::extract::{
    self, Extraction, NoReport,
    paging::{self, Paging},
};
use crate::model::{Catalog, CharsetEvidence, Official, Part, Provenance, Report};
use crate::parse::{self, Document, DocxError, PartBytes, PdfError};
use crate::profile::Profile;

use super::origin::judge;
use super::reread;

/// Larger payloads are refused: no report page comes near.
pub const MAX_BYTES: usize = 256 * 1024 * 1024;
/// What a content coding (gzip, …) may unpack to: a bomb is given up at this size.
pub const MAX_DECODED: usize = 64 << 20;
/// Larger pages of text, with or without markup, are refused: to read one takes some fifteen times its size in memory.
pub const MAX_TEXT: usize = 16 << 20;

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
    #[error("{size_bytes} bytes: more than the cap of {cap}")]
    TooLarge {
        /// Its size.
        size_bytes: usize,
        /// The cap for its kind, in bytes.
        cap: usize,
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
            Self::NoReport(NoReport::Attached { .. }) => "attached",
            Self::NoReport(NoReport::Continuation { .. }) => "continuation",
            Self::NoReport(_) => "no_report",
        }
    }
}

/// Reads the first report of a payload; of most it is the only one. Official hosts are those compiled in.
///
/// # Errors
///
/// As [`read_all`].
pub fn read(bytes: &[u8], origin: Origin<'_>, profile: &Profile) -> Result<Report, Unreadable> {
    read_with(bytes, origin, profile, HostRules::get())
}

/// Reads the first report of a payload, with official hosts as given.
///
/// # Errors
///
/// As [`read_all`].
pub fn read_with(
    bytes: &[u8],
    origin: Origin<'_>,
    profile: &Profile,
    hosts: &HostRules,
) -> Result<Report, Unreadable> {
    let mut reports = read_paged(bytes, origin, profile, hosts, None).0?;
    Ok(reports.swap_remove(0))
}

/// Reads one payload: the report in it, or its reports where it holds several, in their order. Official hosts are
/// those compiled in.
///
/// # Errors
///
/// [`Unreadable`] in one line, where the payload is no page or the page no report.
pub fn read_all(
    bytes: &[u8],
    origin: Origin<'_>,
    profile: &Profile,
) -> Result<Vec<Report>, Unreadable> {
    read_paged(bytes, origin, profile, HostRules::get(), None).0
}

/// As [`read_all`], with official hosts as given; and what the page's pager says. `sha256` names the page where it is not the
/// digest of these bytes, or that is known.
pub(super) fn read_paged(
    bytes: &[u8],
    origin: Origin<'_>,
    profile: &Profile,
    hosts: &HostRules,
    sha256: Option<String>,
) -> (Result<Vec<Report>, Unreadable>, Option<Paging>) {
    let page = match Page::new(bytes, origin) {
        Ok(page) => Page { sha256, ..page },
        Err(why) => return (Err(why), None),
    };
    let document = page.parse();
    let paging = paging::find(&document, origin.url, None);
    let extractions = extract::extract(&document, origin.url, paging.as_ref(), profile);
    let reports = extractions
        .map(|extractions| page.reports(&document, extractions, Vec::new(), profile, hosts))
        .map_err(Unreadable::from);
    (reports, paging)
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

/// A payload that is a page, decoded or unpacked.
pub(super) struct Page<'p> {
    bytes: &'p [u8],
    origin: Origin<'p>,
    content: Content<'p>,
    /// Its name, where that is known already.
    sha256: Option<String>,
}

/// What is in a payload.
enum Content<'p> {
    /// Text, with or without markup.
    Text { decoded: Decoded<'p>, is_html: bool },
    /// A file of several parts, whose text is not in the payload itself.
    Unpacked {
        document: Box<Document<'static>>,
        parts: Vec<Part>,
        charset: &'static str,
        replacements: u32,
    },
}

impl<'p> Page<'p> {
    /// Decodes or unpacks a payload.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] where it is none.
    pub(super) fn new(bytes: &'p [u8], origin: Origin<'p>) -> Result<Self, Unreadable> {
        if bytes.is_empty() {
            return Err(Unreadable::Empty);
        }
        let media = decode::media(bytes, origin.content_type);
        let cap = match media {
            Media::Html | Media::Text => MAX_TEXT,
            _ => MAX_BYTES,
        };
        if bytes.len() > cap {
            return Err(Unreadable::TooLarge {
                size_bytes: bytes.len(),
                cap,
            });
        }
        let text = |is_html| Content::Text {
            decoded: decode::decode(bytes, origin.content_type),
            is_html,
        };
        let content = match media {
            Media::Html => text(true),
            Media::Text => text(false),
            Media::Pdf => {
                let pages = parse::parse_pdf(bytes)?;
                Content::Unpacked {
                    document: Box::new(pages.document),
                    parts: part_names(&pages.parts),
                    charset: PDF_CHARSET,
                    replacements: pages.unmapped,
                }
            }
            Media::Zip => {
                let text = parse::parse_docx(bytes)?;
                Content::Unpacked {
                    document: Box::new(text.document),
                    parts: part_names(&text.parts),
                    charset: "UTF-8",
                    replacements: 0,
                }
            }
            media @ (Media::Ole | Media::Image | Media::Rtf | Media::Mhtml | Media::Unknown) => {
                return Err(Unreadable::Media {
                    media: media_name(media),
                });
            }
        };
        Ok(Self {
            bytes,
            origin,
            content,
            sha256: None,
        })
    }

    /// Whether its text is in the payload itself. Only such pages go on in one another.
    pub(super) const fn is_text(&self) -> bool {
        matches!(self.content, Content::Text { .. })
    }

    /// Its blocks and tables.
    pub(super) fn parse(&self) -> Document<'_> {
        match &self.content {
            Content::Text { decoded, is_html } if *is_html => parse::parse_html(decoded),
            Content::Text { decoded, .. } => parse::parse_text(decoded),
            Content::Unpacked { document, .. } => Document::clone(document),
        }
    }

    /// SHA-256 of the payload.
    pub(super) fn sha256(&self) -> String {
        if let Some(known) = &self.sha256 {
            return known.clone();
        }
        HEXLOWER.encode(&Sha256::digest(self.bytes))
    }

    /// What was read, as reports. `joined` is empty unless the report goes on on other pages.
    pub(super) fn reports(
        &self,
        document: &Document<'_>,
        extractions: Vec<Extraction>,
        joined: Vec<Part>,
        profile: &Profile,
        hosts: &HostRules,
    ) -> Vec<Report> {
        let (charset, charset_evidence, replacements, parts) = match &self.content {
            Content::Text { decoded, .. } => (
                decoded.charset,
                decoded.evidence,
                decoded.replacements,
                joined,
            ),
            Content::Unpacked {
                parts,
                charset,
                replacements,
                ..
            } => (
                *charset,
                CharsetEvidence::Detected,
                *replacements,
                parts.clone(),
            ),
        };
        let provenance = Provenance {
            sha256: self.sha256(),
            url: self.origin.url.map(str::to_owned),
            charset,
            charset_evidence,
            replacements,
            official: Official::Unknown,
            signals: Vec::new(),
            parts,
            profile: profile.digest.clone(),
            program: env!("CARGO_PKG_VERSION"),
            site_id: document
                .metas
                .iter()
                .filter(|meta| meta.name == "siteidcode")
                .find_map(|meta| agency::site_id(&meta.content)),
        };
        let reports = extractions.into_iter();
        reports
            .map(|extraction| self.report(document, extraction, provenance.clone(), hosts))
            .collect()
    }

    /// What was read of a report, checked and judged.
    fn report(
        &self,
        document: &Document<'_>,
        extraction: Extraction,
        mut provenance: Provenance,
        hosts: &HostRules,
    ) -> Report {
        let judgement = judge(document, &extraction, self.origin.url, hosts);
        let mut findings = match &self.content {
            Content::Text { decoded, .. } => decoded.findings.clone(),
            Content::Unpacked { .. } => Vec::new(),
        };
        findings.extend(document.findings.iter().cloned());
        findings.extend(extraction.findings);
        let checks = audit::contradictions(&extraction.observations);
        let checks = audit::without_open_sums(checks, &extraction.statistics);
        findings.extend(audit::findings(&checks, Catalog::get()));
        findings.extend(audit::origin::finding(&judgement));
        let proposals = if checks.is_empty() {
            Vec::new()
        } else {
            let mut proposals = audit::repair::proposals(&extraction.observations);
            // Of an unpacked file the payload shows nothing: whose fault it is stays unknown.
            if let Content::Text { decoded, is_html } = &self.content {
                reread::judge(
                    &mut proposals,
                    &extraction.observations,
                    decoded,
                    self.bytes,
                    *is_html,
                );
            }
            findings.extend(audit::repair::findings(&proposals));
            proposals
        };
        provenance.official = judgement.official;
        provenance.signals = judgement.signals.iter().map(ToString::to_string).collect();
        Report {
            title: extraction.title,
            agency: extraction.agency,
            year: extraction.year,
            scope: extraction.scope,
            form: extraction.form,
            published: extraction.published,
            dates: extraction.dates,
            sections: extraction.sections,
            observations: extraction.observations,
            statistics: extraction.statistics,
            mentions: extraction.mentions,
            findings,
            proposals,
            provenance,
        }
    }
}

fn part_names(parts: &[PartBytes]) -> Vec<Part> {
    let name = |part: &PartBytes| Part {
        name: part.name.clone(),
        sha256: HEXLOWER.encode(&Sha256::digest(&part.bytes)),
    };
    parts.iter().map(name).collect()
}

/// The kind in words.
pub const fn media_name(media: Media) -> &'static str {
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
