//! Tables that are pictures: the page has them, only not as text.

use std::ops::Range;

use crate::model::{Catalog, CellStatus, Code, Finding, SectionKind};
use crate::parse::Document;

use super::assemble::Assembled;
use super::body::Item;

/// Turns absent tables into unreadable ones where a picture or an embedded document stands in their section.
/// `body` are the body's blocks, `items` its lines.
pub fn mark_pictures(
    document: &Document<'_>,
    body: &Range<u32>,
    items: &[Item<'_>],
    assembled: &mut Assembled,
    findings: &mut Vec<Finding>,
) {
    let mut marked: Vec<&str> = Vec::new();
    for observation in &mut assembled.observations {
        if observation.status != CellStatus::TableAbsent {
            continue;
        }
        let table = &Catalog::get().indicator(observation.indicator).table;
        let known = marked.contains(&table.as_str());
        let section = section_of(table);
        let pictured = section.is_some_and(|kind| has_picture(document, body, items, kind));
        if known || pictured || document.has_unread_pages {
            observation.status = CellStatus::Unreadable;
            if !known {
                marked.push(table);
            }
        }
    }
    if marked.is_empty() {
        return;
    }
    findings.retain(|finding| {
        finding.code != Code::TableAbsent || !marked.contains(&finding.place.as_str())
    });
    for table in marked {
        let message = if document.has_unread_pages {
            "a page that could not be read may hold it"
        } else {
            "a picture or an embedded document stands in its section"
        };
        findings.push(Finding::new(Code::TableUnreadable, table, message));
    }
}

fn section_of(table: &str) -> Option<SectionKind> {
    match table {
        "requests" => Some(SectionKind::Requests),
        "disputes" => Some(SectionKind::Disputes),
        _ if table.starts_with("article20") => Some(SectionKind::ActiveDisclosure),
        _ => None,
    }
}

/// Whether an image or an embedded document stands between the section's heading and the next one.
fn has_picture(
    document: &Document<'_>,
    body: &Range<u32>,
    items: &[Item<'_>],
    kind: SectionKind,
) -> bool {
    let opens = |item: &&Item<'_>| item.heading.is_some_and(|heading| heading.kind.is_some());
    let heading = items.iter().position(|item| {
        item.heading
            .is_some_and(|heading| heading.kind == Some(kind))
    });
    let Some(at) = heading else { return false };
    let start = items[at].block + 1;
    let end = items[at + 1..]
        .iter()
        .find(opens)
        .map_or(body.end, |item| item.block);
    let inside = |block: u32| (start..=end).contains(&block);
    let embedded = document
        .links
        .iter()
        .filter(|link| link.text.is_empty())
        .any(|link| inside(link.block) && link.is_embedded);
    embedded || document.images.iter().any(|image| inside(image.block))
}
