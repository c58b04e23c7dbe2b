//! The stages put together. Only this module composes them.

mod agencies;
mod answer;
mod build;
mod copies;
mod course;
mod crawl;
mod cut;
mod exchange;
mod file;
mod foreign;
mod import;
mod increment;
mod levels;
mod listed;
mod look;
mod manifest;
mod origin;
mod pages;
mod parallel;
mod proof;
mod read;
mod readings;
mod records;
mod reread;
mod stop;
mod walk;
mod watch;
mod withdrawn;

pub use agencies::{settle_agencies, unmatched};
pub use answer::read_answer;
pub use build::{BuildOptions, build};
pub use copies::copies;
pub use course::{BuildError, BuildEvent, BuildSummary};
pub use crawl::{
    CrawlFailure, CrawlRequest, Plan, ProfileScope, SERIES, crawl, plan, profiles, user_agent,
};
pub use exchange::page_of;
pub use file::{FileError, read_file, read_stream};
pub use foreign::{ForeignError, ForeignKind, MAX_TOLD, Scan, Taken, foreign_kind};
pub use import::{ImportError, ImportOutcome, Importer, Page};
pub use listed::listed;
pub use look::{LookError, Looked, look_at};
pub use manifest::{ManifestError, read_manifest};
pub use pages::{Input, Outcome, groups, read_pages};
pub use parallel::{Caught, Load, ordered};
pub use proof::{Fetched, Proof, ProofError, RecordPlace, fetch_capture};
pub use read::{MAX_BYTES, Origin, Unreadable, media_name, part_bytes, read, read_all, read_with};
pub use readings::Readings;
pub use records::{Damage, WarcFile, warc_files};
pub use stop::{STOPPED, Stop};
pub use walk::{Found, find_pages};
pub use watch::{WatchError, put_verdicts, watch};
