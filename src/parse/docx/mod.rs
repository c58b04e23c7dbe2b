//! DOCX → [`Document`].
//!
//! In: a file's bytes. Out: paragraphs and tables as Word shows them, each with its bytes in the unpacked main
//! document, and that document; or in a line why there are none. Heads, feet and notes are other members and not
//! read. The archive is hostile: members are unpacked within bounds.

mod body;
mod numbering;
mod styles;
mod xml;

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::PartBytes;
use super::document::Document;
use numbering::Numbering;
use styles::Styles;

/// Most members of an archive.
const MAX_MEMBERS: usize = 20_000;
/// Most bytes of the main document, unpacked; the largest reports have 3 MB.
const MAX_DOCUMENT: u64 = 64 << 20;
/// Most bytes of any other member, unpacked.
const MAX_OTHER: u64 = 8 << 20;

/// Why an archive gives no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocxError {
    /// No ZIP reader could open it, or its XML is broken.
    #[error("a damaged DOCX or ZIP file: {0}")]
    Damaged(String),
    /// It asks for a password.
    #[error("an encrypted ZIP file: save it without a password and import that")]
    Encrypted,
    /// Unpacked it has more than any report.
    #[error("a DOCX file with too much to be a report: {0}")]
    TooMuch(&'static str),
    /// An archive with something else in it.
    #[error("not readable as a page: {0}")]
    Other(&'static str),
}

/// A DOCX as a document.
#[derive(Debug)]
pub struct DocxText {
    /// Its text and tables.
    pub document: Document<'static>,
    /// What byte ranges count in: the main document, unpacked.
    pub parts: Vec<PartBytes>,
}

type Archive<'b> = ZipArchive<Cursor<&'b [u8]>>;

/// Reads a DOCX file.
///
/// # Errors
///
/// [`DocxError`] where it is none, or damaged, or more than any report has.
pub fn parse_docx(bytes: &[u8]) -> Result<DocxText, DocxError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    if archive.len() > MAX_MEMBERS {
        return Err(DocxError::TooMuch("members"));
    }
    let name = main_document(&mut archive)?;
    let content = member(&mut archive, &name, MAX_DOCUMENT)?
        .ok_or_else(|| DocxError::Damaged(format!("no member {name}")))?;
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
    // Without them the text is the same, only headings are told less well.
    let beside = |archive: &mut Archive<'_>, file: &str| {
        let text = member(archive, &format!("{folder}/{file}"), MAX_OTHER);
        text.ok().flatten().unwrap_or_default()
    };
    let styles = Styles::read(&beside(&mut archive, "styles.xml"));
    let numbering = Numbering::read(&beside(&mut archive, "numbering.xml"));
    let document = body::read(&content, &styles, numbering)?;
    Ok(DocxText {
        document,
        parts: vec![PartBytes {
            name,
            bytes: content,
        }],
    })
}

fn damaged(error: &ZipError) -> DocxError {
    match error {
        ZipError::UnsupportedArchive(what) if *what == ZipError::PASSWORD_REQUIRED => {
            DocxError::Encrypted
        }
        other => DocxError::Damaged(other.to_string()),
    }
}

/// The name of the main document, by the package's relationships.
fn main_document(archive: &mut Archive<'_>) -> Result<String, DocxError> {
    const USUAL: &str = "word/document.xml";
    if archive.index_for_name(USUAL).is_some() {
        return Ok(USUAL.to_owned());
    }
    let kinds = [
        (
            "OFD.xml",
            "an OFD file: save it as PDF or DOCX and import that",
        ),
        (
            "xl/workbook.xml",
            "an XLSX file: save it as HTML or PDF and import that",
        ),
        (
            "ppt/presentation.xml",
            "a PPTX file: save it as PDF and import that",
        ),
        ("datapackage.json", "a WACZ archive"),
    ];
    for (name, kind) in kinds {
        if archive.index_for_name(name).is_some() {
            return Err(DocxError::Other(kind));
        }
    }
    let relations = member(archive, "_rels/.rels", MAX_OTHER)?.unwrap_or_default();
    let mut target = None;
    let mut events = xml::Events::new(&relations);
    while let Some(event) = events.next().map_err(DocxError::Damaged)? {
        if let xml::Event::Open(element) = event
            && element.name == "Relationship"
            && element
                .attribute("Type")
                .is_some_and(|kind| kind.ends_with("/officeDocument"))
        {
            target = element.attribute("Target");
        }
    }
    match target {
        Some(target) if target.contains("document") => {
            Ok(target.trim_start_matches('/').to_owned())
        }
        _ => Err(DocxError::Other(
            "a ZIP file without a document: unpack it and import what is in it",
        )),
    }
}

/// A member, unpacked; `None` where there is none of that name.
fn member(archive: &mut Archive<'_>, name: &str, most: u64) -> Result<Option<Vec<u8>>, DocxError> {
    let file = match archive.by_name(name) {
        Ok(file) => file,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(damaged(&error)),
    };
    let mut content = Vec::new();
    file.take(most + 1)
        .read_to_end(&mut content)
        .map_err(|error| DocxError::Damaged(error.to_string()))?;
    if content.len() as u64 > most {
        return Err(DocxError::TooMuch("text"));
    }
    Ok(Some(content))
}
