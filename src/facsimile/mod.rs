//! An archived page with one cell marked, as HTML that is safe to open.
//!
//! In: the payload, the charset it was read in, the place of a cell, what is to be said above the page. Out: one
//! HTML file, UTF-8, that runs nothing, fetches nothing and sends nothing: the page is written anew from what
//! a list allows, under a Content-Security-Policy as a second wall. Pure. Never repairs or corrects; never
//! loads a style or a picture, so a page looks plainer than it did.

mod allow;
mod body;
mod marked;

use std::sync::LazyLock;

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use crate::decode::{self, Decoded, Media};
use crate::model::ByteRange;

use body::{ANCHOR, Body, escape};

pub use marked::Marked;

const STYLE: &str = include_str!("style.css");

/// What the page may do: be shown in our own style, known by its digest. Nothing else.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let digest = BASE64.encode(&Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'")
});

/// The Content-Security-Policy that stands in every facsimile, for those that send them with a header.
pub fn policy() -> &'static str {
    &POLICY
}

/// What a facsimile is shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// A file of its own, which opens at the cell.
    File,
    /// A frame beside what is said of the cell. It is opened with [`FRAGMENT`].
    Frame,
}

/// What is said above the page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Banner {
    /// What it is about, in a line that stays in sight.
    pub title: String,
    /// Names and values, a row each.
    pub facts: Vec<(String, String)>,
    /// Words of warning; none for an ordinary page.
    pub warning: Option<String>,
}

/// Which part of the page is marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Highlight {
    /// This text, markup left out.
    Text(String),
    /// A box where the place begins: there is no text in it.
    Blank,
    /// None: no place was given, or it lies in what is not shown.
    Nothing,
}

/// A page to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facsimile {
    /// The file's text.
    pub html: String,
    /// What it opens at.
    pub highlight: Highlight,
}

/// Why there is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FacsimileError {
    /// A kind of file that has no text in a markup or charset.
    #[error("only pages and text files can be shown so")]
    Media {
        /// The kind.
        media: Media,
    },
    /// A charset that this program does not have.
    #[error("no charset {name:?}")]
    Charset {
        /// Its name.
        name: String,
    },
    /// The place is in another part of the report than the payload.
    #[error(
        "the cell does not stand in this file but in part {part} of the report (`provenance.parts` says which)"
    )]
    Part {
        /// Its number.
        part: u16,
    },
    /// The place is not one of the payload.
    #[error("bytes {}..{} lie outside of the page", bytes.start, bytes.end)]
    Outside {
        /// The place.
        bytes: ByteRange,
    },
}

/// The fragment that leads to the cell: `page.html#nianbao-proof`.
pub const FRAGMENT: &str = ANCHOR;

/// Writes a page anew with a place marked.
///
/// `charset` is the name the page was read in, [`Decoded::charset`]; `place` is `None` for a cell that the page lacks.
///
/// # Errors
///
/// [`FacsimileError`], where there is nothing to show or nothing to mark it by.
pub fn facsimile(
    payload: &[u8],
    media: Media,
    charset: &str,
    place: Option<ByteRange>,
    banner: &Banner,
) -> Result<Facsimile, FacsimileError> {
    facsimile_in(Setting::File, payload, media, charset, place, banner)
}

/// [`facsimile`] for where it is shown.
///
/// # Errors
///
/// As [`facsimile`].
pub fn facsimile_in(
    setting: Setting,
    payload: &[u8],
    media: Media,
    charset: &str,
    place: Option<ByteRange>,
    banner: &Banner,
) -> Result<Facsimile, FacsimileError> {
    if !matches!(media, Media::Html | Media::Text) {
        return Err(FacsimileError::Media { media });
    }
    if let Some(part) = place.map(|bytes| bytes.part).filter(|part| *part > 0) {
        return Err(FacsimileError::Part { part });
    }
    let decoded = decode::decode_in(payload, charset).ok_or_else(|| FacsimileError::Charset {
        name: charset.to_owned(),
    })?;
    let place = place.map(|bytes| text_range(&decoded, bytes)).transpose()?;
    let body = Body::new(place, decoded.text.len(), setting == Setting::File);
    let (page, highlight) = if media == Media::Html {
        body.html(&decoded.text)
    } else {
        body.plain(&decoded.text)
    };
    let html = document(banner, &page, &highlight);
    Ok(Facsimile { html, highlight })
}

fn text_range(
    decoded: &Decoded<'_>,
    bytes: ByteRange,
) -> Result<std::ops::Range<usize>, FacsimileError> {
    decoded
        .text_range(bytes)
        .ok_or(FacsimileError::Outside { bytes })
}

/// The whole file. The banner stands first: what the page leaves open cannot reach it.
fn document(banner: &Banner, page: &str, highlight: &Highlight) -> String {
    let mut out = String::with_capacity(page.len() + 8192);
    let mut add = |pieces: &[&str]| out.extend(pieces.iter().copied());
    add(&[
        "<!DOCTYPE html>\n<html lang=\"zh\">\n<head>\n<meta charset=\"utf-8\">\n",
        "<meta http-equiv=\"Content-Security-Policy\" content=\"",
        policy(),
        "\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>",
        &escaped(&banner.title),
        "</title>\n<style>",
        STYLE,
        "</style>\n</head>\n<body>\n<header class=\"nb-banner\" id=\"nianbao-top\">\n",
    ]);
    if let Some(warning) = &banner.warning {
        add(&["<p class=\"nb-warning\">", &escaped(warning), "</p>\n"]);
    }
    if !banner.facts.is_empty() {
        add(&["<table class=\"nb-facts\">\n"]);
        for (name, value) in &banner.facts {
            add(&[
                "<tr><th scope=\"row\">",
                &escaped(name),
                "</th><td>",
                &escaped(value),
                "</td></tr>\n",
            ]);
        }
        add(&["</table>\n"]);
    }
    add(&[
        "<p class=\"nb-note\">Below: the archived page, its text and tables unchanged. Scripts, styles, pictures and \
         links are left out, and what they hid is shown. 以下为存档网页：文字和表格未改动，脚本、样式、图片和链接已去除。</p>\n",
        "</header>\n<nav class=\"nb-bar\"><b>",
        &escaped(&banner.title),
        "</b>",
    ]);
    if *highlight == Highlight::Nothing {
        add(&[" <span>nothing is marked 未标出</span>"]);
    } else {
        add(&[" <a href=\"#", ANCHOR, "\">cell 单元格</a>"]);
    }
    add(&[
        " <a href=\"#nianbao-top\">source 出处</a></nav>\n<div class=\"nb-page\">\n",
        page,
        "\n</div>\n</body>\n</html>\n",
    ]);
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(&mut out, text);
    out
}
