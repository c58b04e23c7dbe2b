//! The viewer: the database and the archive as web pages, for people who would rather look than type.
//!
//! In: an address. Out: what is to be seen there, as a value (`page::Page`) that is HTML, JSON and CSV alike. The same
//! pages are answered over HTTP by [`serve`] and written as files by [`write_site`]. Nothing here computes: what a page
//! says comes from `query`, what a person decides goes to `decisions.jsonl`. A missing value is a word, never 0.

mod answer;
mod assets;
mod cache;
mod guard;
mod home;
mod language;
mod links;
mod names;
mod openapi;
mod page;
mod pages;
mod readers;
mod server;
mod shell;
mod site;
mod spark;
mod words;

pub use guard::Password;
pub use home::{Viewer, ViewerError};
pub use language::Language;
pub use server::{Serving, serve};
pub use site::{Proofs, SiteSummary, write_site};
