//! Files from a disk → the archive.
//!
//! In: payloads with what is known of their origin. Out: a `resource` record each, unless the same
//! bytes from the same address are archived already. The capture's date is the time of import:
//! when a file was fetched is not known, and its modification time says when it was copied.
//! Only what is HTML or text goes in; other kinds are named and left where they are.

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::archive::{
    Clock, Draft, Imported, Kind, Limits, Notice, Options, ReadError, Reader, WriteError, Writer,
    content_urn, target_uri,
};
use crate::decode::{self, Media};
use crate::home::Home;
use crate::query::{self, QueryError};
use crate::store::Store;

use super::file::{FileError, read_file};
use super::foreign::{self, ForeignError, ForeignKind, Taken};
use super::read::{Unreadable, media_name};
use super::records::warc_files;
use super::walk::Found;

/// A payload to be archived.
#[derive(Debug, Clone, Copy)]
pub struct Page<'p> {
    /// Its bytes.
    pub bytes: &'p [u8],
    /// Where it was published.
    pub url: Option<&'p str>,
    /// Media type as declared.
    pub content_type: Option<&'p str>,
    /// Name it was kept under; not a path.
    pub file_name: Option<&'p str>,
}

/// What came of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportOutcome {
    /// It is in the archive now.
    Archived,
    /// The same bytes from the same address were there.
    Known,
    /// A picture, a script, a style sheet: found in a folder, and no page.
    PassedOver,
}

/// Why a file was not archived, or an importer not opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The file could not be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// Empty, or of a kind that is not read (yet).
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The archive took no record.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// What the archive has could not be listed.
    #[error("cannot list the archive")]
    List(#[source] io::Error),
    /// What the archive has could not be read.
    #[error("cannot read the archive")]
    Archive(#[from] ReadError),
    /// What the database has could not be read.
    #[error(transparent)]
    Query(#[from] QueryError),
}

impl ImportError {
    /// Whether it is about this file alone, so that the next may fare better.
    pub fn is_about_file(&self) -> bool {
        match self {
            Self::File(_) | Self::Unreadable(_) => true,
            Self::Write(error) => {
                matches!(
                    error,
                    WriteError::Target { .. } | WriteError::TooLarge { .. }
                )
            }
            Self::List(_) | Self::Archive(_) | Self::Query(_) => false,
        }
    }
}

/// A capture as far as it counts as the same: digest and address.
type Identity = ([u8; 32], Option<String>);

/// Archives pages into a home.
#[derive(Debug)]
pub struct Importer<'s, C> {
    writer: Writer<C>,
    /// Where WARC files lie.
    directory: PathBuf,
    store: &'s Store,
    /// What is in the archive and was not built yet.
    unbuilt: HashSet<Identity>,
}

impl<'s, C: Clock> Importer<'s, C> {
    /// Opens the home's archive; the caller holds the home's lock.
    ///
    /// # Errors
    ///
    /// [`ImportError::Write`], [`ImportError::List`], [`ImportError::Archive`], [`ImportError::Query`].
    pub fn open(
        home: &Home,
        store: &'s Store,
        clock: C,
    ) -> Result<(Self, Vec<Notice>), ImportError> {
        let options = Options {
            max_file_size: home.max_file_size(),
            level: home.compression(),
            contact: home.config().home.contact.clone(),
            ..Options::default()
        };
        let (writer, notices) = Writer::open(&home.warc(), options, clock)?;
        let unbuilt = unbuilt(home, store)?;
        let importer = Self {
            writer,
            directory: home.warc(),
            store,
            unbuilt,
        };
        Ok((importer, notices))
    }

    /// Archives a file.
    ///
    /// # Errors
    ///
    /// [`ImportError`]; see [`ImportError::is_about_file`].
    pub fn file(&mut self, found: &Found) -> Result<ImportOutcome, ImportError> {
        let bytes = read_file(&found.path)?;
        let media = decode::media(&bytes, found.content_type.as_deref());
        if !found.named && !is_page(media, found) {
            return Ok(ImportOutcome::PassedOver);
        }
        let name = found.path.file_name().map(|name| name.to_string_lossy());
        self.page(&Page {
            bytes: &bytes,
            url: found.url.as_deref(),
            content_type: found.content_type.as_deref(),
            file_name: name.as_deref(),
        })
    }

    /// Takes a WARC or WACZ file of another program into the archive as it is, and writes down beside it where it came
    /// from.
    ///
    /// # Errors
    ///
    /// [`ForeignError`], in a line.
    pub fn foreign(&mut self, path: &Path, kind: ForeignKind) -> Result<Vec<Taken>, ForeignError> {
        let taken = foreign::take(path, kind, &self.directory)?;
        for one in taken.iter().filter(|one| !one.known) {
            let fields = format!(
                "importedFile: {}\r\noriginalFileName: {}\r\nsha256: {}\r\n",
                one.file,
                target_uri(&one.origin),
                one.sha256
            );
            let mut draft = Draft::new(Kind::Metadata, fields.into_bytes());
            draft.target = Some(content_urn(&one.sha256));
            draft.content_type = Some("application/warc-fields".into());
            self.writer.write(&[draft])?;
        }
        Ok(taken)
    }

    /// Archives a payload.
    ///
    /// # Errors
    ///
    /// As [`Self::file`].
    pub fn page(&mut self, page: &Page<'_>) -> Result<ImportOutcome, ImportError> {
        if page.bytes.is_empty() {
            return Err(Unreadable::Empty.into());
        }
        let media = decode::media(page.bytes, page.content_type);
        if !matches!(media, Media::Html | Media::Text | Media::Pdf | Media::Zip) {
            let media = media_name(media);
            return Err(Unreadable::Media { media }.into());
        }
        let sha256: [u8; 32] = Sha256::digest(page.bytes).into();
        let identity = (sha256, page.url.map(target_uri));
        if self.unbuilt.contains(&identity)
            || query::is_captured(self.store, &sha256, identity.1.as_deref())?
        {
            return Ok(ImportOutcome::Known);
        }
        self.writer.import(&Imported {
            bytes: page.bytes,
            url: page.url,
            content_type: page.content_type,
            file_name: page.file_name,
            date: None::<Timestamp>,
        })?;
        self.unbuilt.insert(identity);
        Ok(ImportOutcome::Archived)
    }
}

/// What a file in a folder must be to be taken, or to be told of.
fn is_page(media: Media, found: &Found) -> bool {
    match media {
        Media::Html | Media::Pdf | Media::Zip | Media::Ole | Media::Rtf | Media::Mhtml => true,
        // Scripts and style sheets, which browsers save beside a page, are text too.
        Media::Text => {
            let extension = found.path.extension().unwrap_or_default();
            ["", "txt", "htm", "html", "shtml"]
                .iter()
                .any(|page| extension.eq_ignore_ascii_case(page))
        }
        Media::Image | Media::Unknown => false,
    }
}

/// What is in the archive behind the last record the database knows, file by file.
fn unbuilt(home: &Home, store: &Store) -> Result<HashSet<Identity>, ImportError> {
    let ends = query::archive_ends(store)?;
    let mut identities = HashSet::new();
    let files = warc_files(&home.warc()).map_err(ImportError::List)?;
    // What a crawl or another program archived is compared once it is built.
    let own = |name: &str| name.starts_with("nianbao-") && !name.starts_with("nianbao-crawl-");
    for file in files.into_iter().filter(|file| own(&file.name)) {
        let known = ends.iter().find(|(name, _)| **name == *file.name);
        let start = known.map_or(0, |(_, end)| *end);
        if start >= file.size_bytes {
            continue;
        }
        let open = File::open(&file.path).map_err(ImportError::List)?;
        let reader = Reader::new(open, start, Limits::default()).map_err(ImportError::List)?;
        for record in reader {
            // What is damaged is no reason not to archive a page again.
            let Ok(record) = record else { continue };
            if record.kind() == Kind::Resource {
                let target = record.target_uri().filter(|url| !url.starts_with("urn:"));
                let digest = Sha256::digest(&record.block).into();
                identities.insert((digest, target.map(ToOwned::to_owned)));
            }
        }
    }
    Ok(identities)
}
