//! A cell beside the archived page it was read from.

mod archived;
mod body;
mod commands;

use maud::{Markup, html};
use serde::Serialize;

use crate::decode::{self, Media};
use crate::facsimile::Marked;
use crate::model::{
    ByteRange, Catalog, CellStatus, Decimal, Observation, Provenance, Report, Source,
};
use crate::pipeline::Proof;
use crate::query::{self, CaptureLine};
use crate::viewer::home::{View, ViewerError};
use crate::viewer::language::Language;
use crate::viewer::names::ReportName;
use crate::viewer::page::{Page, Table};
use crate::viewer::shell::Shell;

use super::report;

use archived::{Kept, show};
pub use archived::{Payload, archived, payload, policy};

/// The name of no cell: the archived page as it is, nothing marked.
pub const PAGE: &str = "page";

/// A cell with its proof; or a page without one.
#[derive(Debug, Serialize)]
pub struct ProofPage {
    /// The report's name in addresses.
    id: ReportName,
    /// The cell's; [`PAGE`] for none.
    cell: String,
    /// Agency, year, scope and title of the report.
    about: About,
    /// What was read; `None` where no cell was asked for.
    observed: Option<Observed>,
    /// The capture with the bytes: that of the page the cell stands on.
    capture: Option<CaptureLine>,
    /// How the page was read.
    charset: &'static str,
    /// How that charset was decided.
    charset_evidence: &'static str,
    /// Characters replaced in decoding.
    replacements: u32,
    /// The program that read it.
    program: &'static str,
    /// And its profile.
    profile: String,
    /// Whether the archived bytes are those that were read, looked at now.
    archive: Checked,
    /// Commands that cut the bytes out, for a shell in the home.
    commands: Vec<String>,
    /// Whether the archived page can be shown, and what of it is marked.
    shown: Shown,
    #[serde(skip)]
    evidence: crate::model::CharsetEvidence,
}

#[derive(Debug, Serialize)]
struct About {
    agency: Option<String>,
    year: Option<i16>,
    scope: crate::model::Scope,
    title: Option<String>,
    #[serde(skip)]
    names: [String; 2],
}

/// What was read.
#[derive(Debug, Serialize)]
struct Observed {
    form: crate::model::FormId,
    id: String,
    labels: Vec<String>,
    status: CellStatus,
    value: Option<Decimal>,
    unit: Option<crate::model::Unit>,
    /// As printed; `None` where the page lacks the cell.
    raw: Option<String>,
    /// Where it stands; `None` where the page lacks it, or the place is not known.
    source: Option<Source>,
    /// The part that its bytes count in, if not the payload itself.
    part: Option<String>,
    #[serde(skip)]
    cell: crate::present::Cell,
}

/// What a look into the archive gave.
#[derive(Debug, Serialize)]
#[serde(tag = "checked", rename_all = "snake_case")]
enum Checked {
    /// It was looked into.
    Now {
        /// Whether the payload has the digest the database knows it by.
        digest_holds: bool,
        /// The cell's bytes, hexadecimal; `None` where it has no place, or the page is shorter now.
        bytes_hex: Option<String>,
        /// Source before the cell, of it, behind it.
        source: [String; 3],
    },
    /// It could not be.
    Not {
        /// Why.
        why: String,
    },
}

/// What of the archived page can be seen.
#[derive(Debug, Serialize)]
#[serde(tag = "shown", rename_all = "snake_case")]
enum Shown {
    /// The page, in a frame.
    Page {
        /// What is marked.
        #[serde(serialize_with = "word")]
        marked: Marked,
    },
    /// A file that no browser shows without running it.
    File {
        /// What it is.
        media: &'static str,
    },
    /// Nothing.
    Nothing {
        /// Why.
        why: String,
    },
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands fields over by reference"
)]
fn word<S: serde::Serializer>(marked: &Marked, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(match marked {
        Marked::Exactly => "cell",
        Marked::Line => "line",
        Marked::Unreadable => "place_of_unreadable",
        Marked::Box => "box",
        Marked::Lost | Marked::Absent => "nothing",
        Marked::Otherwise => "something_else",
    })
}

/// A report, a cell of it, and the capture of the page it stands on.
struct Found {
    report: Report,
    /// Position among the observations; `None` for the page alone.
    observation: Option<usize>,
    capture: Option<CaptureLine>,
    /// The cell's place in that capture.
    place: Option<ByteRange>,
}

impl Found {
    fn observation(&self) -> Option<&Observation> {
        self.report.observations.get(self.observation?)
    }
}

fn find(view: &View<'_>, id: ReportName, cell: &str) -> Result<Found, ViewerError> {
    let report_id = view
        .names
        .report(view.store, id)?
        .ok_or(ViewerError::NotFound)?;
    let stored = query::load_report(view.store, report_id)?.ok_or(ViewerError::NotFound)?;
    let report = stored.report;
    let observation = if cell == PAGE {
        None
    } else {
        let one = report::cell_named(&report, cell).ok_or(ViewerError::NotFound)?;
        let indicator = one.indicator;
        let mut all = report.observations.iter();
        all.position(|one| one.indicator == indicator)
    };
    let mut capture = query::capture_of(view.store, stored.version_id)?;
    let source = observation.and_then(|at| report.observations[at].source);
    let mut place = source.map(|source| source.bytes);
    // A report over several pages: the cell's own page is another capture.
    if let (Some(bytes), Some(first)) = (place.as_mut().filter(|bytes| bytes.part > 0), &capture)
        && let Some(part) = report.provenance.parts.get(usize::from(bytes.part))
        && let Some(url) = beside(first.url.as_deref(), &part.name)
        && let Some(own) = query::capture_of_digest(view.store, &url, &part.sha256)?
    {
        *bytes = bytes.of_part(0);
        capture = Some(own);
    }
    Ok(Found {
        report,
        observation,
        capture,
        place,
    })
}

/// The address of a page in the same folder.
fn beside(url: Option<&str>, name: &str) -> Option<String> {
    let (folder, _) = url?.split(['?', '#']).next()?.rsplit_once('/')?;
    let is_plain = !name.is_empty() && !name.contains(['/', ' ']);
    is_plain.then(|| format!("{folder}/{name}"))
}

/// The proof of a cell.
pub fn load(view: &View<'_>, id: ReportName, cell: &str) -> Result<ProofPage, ViewerError> {
    let found = find(view, id, cell)?;
    let report = &found.report;
    let provenance = &report.provenance;
    let observed = found.observation().map(|one| observed(one, provenance));
    let (archive, shown, commands) = look(view, &found, cell);
    Ok(ProofPage {
        id,
        cell: cell.to_owned(),
        about: About {
            agency: report.agency.name.clone(),
            year: report.year,
            scope: report.scope,
            title: report.title.clone(),
            names: Language::ALL.map(|language| report::title(report, language)),
        },
        observed,
        charset: provenance.charset,
        charset_evidence: provenance.charset_evidence.as_str(),
        evidence: provenance.charset_evidence,
        replacements: provenance.replacements,
        program: provenance.program,
        profile: provenance.profile.clone(),
        archive,
        commands,
        shown,
        capture: found.capture,
    })
}

fn observed(one: &Observation, provenance: &Provenance) -> Observed {
    let indicator = Catalog::get().indicator(one.indicator);
    let part = one.source.and_then(|source| {
        let part = provenance.parts.get(usize::from(source.bytes.part))?;
        (part.sha256 != provenance.sha256).then(|| part.name.clone())
    });
    Observed {
        form: indicator.form,
        id: indicator.cell.clone(),
        labels: indicator.path.clone(),
        status: one.status,
        value: one.value,
        unit: one.unit,
        raw: (!one.status.is_absent()).then(|| one.raw.clone()),
        source: one.source,
        part,
        cell: crate::present::Cell::from(one),
    }
}

/// Fetches the capture and looks what is there.
fn look(view: &View<'_>, found: &Found, cell: &str) -> (Checked, Shown, Vec<String>) {
    let not = |why: String| {
        let shown = Shown::Nothing { why: why.clone() };
        (Checked::Not { why }, shown, Vec::new())
    };
    let Some(capture) = &found.capture else {
        return not("the version has no capture".into());
    };
    let kept = match Kept::fetch(view.home, capture) {
        Ok(kept) => kept,
        Err(error) => return not(archived::told(&error)),
    };
    let commands = commands::of(found, capture, &kept.fetched, cell);
    let content_type = capture.content_type.as_deref();
    let charset = found.report.provenance.charset;
    let proof = match Proof::of(&kept.fetched, content_type, charset, found.place) {
        Ok(proof) => proof,
        Err(error) => return not(archived::told(&error)),
    };
    let media = decode::media(&kept.fetched.page, content_type);
    let shown = if !proof.digest_holds {
        Shown::Nothing {
            why: "the archived bytes have another digest than those that were read".into(),
        }
    } else if matches!(media, Media::Html | Media::Text) {
        match show(found, &kept, media, "") {
            Ok(shown) => Shown::Page {
                marked: match found.observation() {
                    Some(observation) => Marked::of(observation, &shown),
                    None => Marked::Absent,
                },
            },
            Err(why) => Shown::Nothing { why },
        }
    } else {
        Shown::File {
            media: crate::pipeline::media_name(media),
        }
    };
    let bytes = proof.bytes.as_deref();
    let checked = Checked::Now {
        digest_holds: proof.digest_holds,
        bytes_hex: bytes.map(|bytes| data_encoding::HEXLOWER.encode(bytes)),
        source: proof.source,
    };
    (checked, shown, commands)
}

/// Where a capture lies in the archive.
pub fn record(capture: &CaptureLine, shell: &Shell<'_>) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    html! {
        @match (&capture.file, capture.offset) {
            (Some(file), Some(offset)) => {
                code { "warc/" (file) } " "
                (of("第 ", "byte ")) (offset) (of(" 字节起", ""))
                @if let Some(length) = capture.length { (of("，共 ", ", ")) (length) (of(" 字节", " bytes long")) }
            },
            _ => (of("不在任何 WARC 文件中", "in no WARC file")),
        }
    }
}

impl Page for ProofPage {
    fn title(&self, language: Language) -> String {
        let name = language.of(&self.about.names[0], &self.about.names[1]);
        match &self.observed {
            None => format!("{}: {name}", language.of("存档网页", "Archived page")),
            Some(observed) => format!(
                "{} = {}: {name}",
                observed.labels.join(" / "),
                observed.cell.text()
            ),
        }
    }

    fn body(&self, shell: &Shell<'_>) -> Markup {
        body::of(self, shell)
    }

    fn tables(&self) -> Vec<Table> {
        Vec::new()
    }
}
