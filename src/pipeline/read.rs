//! Bytes of one page → report. Pure: no database, no clock.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::audit;
use crate::audit::origin::HostRules;
use crate::decode::{self, Decoded, Media};
use crate::extract::{
    self, Extraction, NoReport,
    paging::{self, Paging},
};
use crate::model::{Catalog, Official, Part, Provenance, Report};
use crate::parse::{self, Document};
use crate::profile::Profile;

use super::origin::judge;
use super::reread;

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
    /// A page, and no report.
    #[error(transparent)]
    NoReport(#[from] NoReport),
}

impl Unreadable {
    /// One word for the database.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Empty | Self::NoReport(NoReport::Empty) => "empty",
            Self::Media { .. } => "media",
            Self::TooLarge { .. } => "too_large",
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
    let mut reports = read_paged(bytes, origin, profile, hosts).0?;
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
    read_paged(bytes, origin, profile, HostRules::get()).0
}

/// As [`read_all`], with official hosts as given; and what the page's pager says.
pub(super) fn read_paged(
    bytes: &[u8],
    origin: Origin<'_>,
    profile: &Profile,
    hosts: &HostRules,
) -> (Result<Vec<Report>, Unreadable>, Option<Paging>) {
    let page = match Page::new(bytes, origin) {
        Ok(page) => page,
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

/// A payload that is a page, decoded.
pub(super) struct Page<'p> {
    bytes: &'p [u8],
    origin: Origin<'p>,
    media: Media,
    decoded: Decoded<'p>,
}

impl<'p> Page<'p> {
    /// Decodes a payload.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] where it is none.
    pub(super) fn new(bytes: &'p [u8], origin: Origin<'p>) -> Result<Self, Unreadable> {
        if bytes.is_empty() {
            return Err(Unreadable::Empty);
        }
        if bytes.len() > MAX_BYTES {
            return Err(Unreadable::TooLarge {
                size_bytes: bytes.len(),
            });
        }
        let media = decode::media(bytes, origin.content_type);
        if !matches!(media, Media::Html | Media::Text) {
            return Err(Unreadable::Media {
                media: media_name(media),
            });
        }
        Ok(Self {
            bytes,
            origin,
            media,
            decoded: decode::decode(bytes, origin.content_type),
        })
    }

    /// Its blocks and tables.
    pub(super) fn parse(&self) -> Document<'_> {
        if self.media == Media::Html {
            parse::parse_html(&self.decoded)
        } else {
            parse::parse_text(&self.decoded)
        }
    }

    /// SHA-256 of the payload.
    pub(super) fn sha256(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(self.bytes))
    }

    /// What was read, as reports. `parts` is empty unless the report goes on on other pages.
    pub(super) fn reports(
        &self,
        document: &Document<'_>,
        extractions: Vec<Extraction>,
        parts: Vec<Part>,
        profile: &Profile,
        hosts: &HostRules,
    ) -> Vec<Report> {
        let provenance = Provenance {
            sha256: self.sha256(),
            url: self.origin.url.map(str::to_owned),
            charset: self.decoded.charset,
            charset_evidence: self.decoded.evidence,
            replacements: self.decoded.replacements,
            official: Official::Unknown,
            signals: Vec::new(),
            parts,
            profile: profile.digest.clone(),
            program: env!("CARGO_PKG_VERSION"),
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
        let mut findings = self.decoded.findings.clone();
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
            let is_html = self.media == Media::Html;
            reread::judge(
                &mut proposals,
                &extraction.observations,
                &self.decoded,
                self.bytes,
                is_html,
            );
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

/// The kind in words.
pub const fn media_name(media: Media) -> &'static str {
    match media {
        Media::Html => "HTML",
        Media::Text => "text",
        Media::Pdf => "a PDF file",
        Media::Zip => "a ZIP file (DOCX, OFD, WACZ)",
        Media::Ole => "a DOC or XLS file",
        Media::Image => "a picture",
        Media::Unknown => "neither HTML nor text",
    }
}
