//! The body cut into sections at its standalone headings. Nothing lost, nothing twice.

use crate::model::{ByteRange, Code, Finding, Section, SectionKind};

use super::body::Item;
use super::headings::Heading;

/// Cuts the body. `items` are the body from its first line of text to its last.
pub fn cut(items: &[Item<'_>], findings: &mut Vec<Finding>) -> Vec<Section> {
    let headings = choose_headings(items);
    let mut sections: Vec<Section> = Vec::new();
    let mut start = 0;
    let mut current: Option<(usize, SectionKind)> = None;
    for (at, kind) in headings
        .iter()
        .map(|(at, kind)| (*at, *kind))
        .chain([(items.len(), SectionKind::Other)])
    {
        let (heading, own_kind) = match current {
            Some((heading, kind)) => (Some(heading), kind),
            None => (None, SectionKind::Preamble),
        };
        let body = &items[start..at];
        if heading.is_some() || !body.is_empty() {
            sections.push(section(items, heading, own_kind, body));
        }
        start = at + 1;
        current = Some((at, kind));
    }
    for (number, section) in sections.iter().enumerate() {
        let statutory = !matches!(section.kind, SectionKind::Other | SectionKind::Appendix);
        let earlier = sections[..number]
            .iter()
            .any(|other| other.kind == section.kind);
        if statutory && earlier && section.heading.is_some() {
            let heading = section.heading.clone().unwrap_or_default();
            findings.push(Finding::new(
                Code::SectionTwice,
                heading,
                "a section of this kind stands above",
            ));
        }
    }
    sections
}

fn section(
    items: &[Item<'_>],
    heading: Option<usize>,
    kind: SectionKind,
    body: &[Item<'_>],
) -> Section {
    let lines: Vec<&str> = body.iter().map(|item| item.text.as_ref()).collect();
    let places = heading.map(|at| items[at].bytes).into_iter();
    let bytes = places
        .chain(body.iter().map(|item| item.bytes))
        .reduce(ByteRange::cover)
        .unwrap_or_default();
    Section {
        kind,
        heading: heading.map(|at| items[at].text.clone().into_owned()),
        text: lines.join("\n"),
        bytes,
    }
}

/// The six statutory sections by number.
const STATUTORY: [SectionKind; 6] = [
    SectionKind::Overview,
    SectionKind::ActiveDisclosure,
    SectionKind::Requests,
    SectionKind::Disputes,
    SectionKind::Problems,
    SectionKind::Other,
];

/// Which of the lines that read as headings do open a section.
///
/// A known title always does, unless the same one stands again further down and nothing stands between this one
/// and the next heading (a table of contents). A numbered line of other words does where it goes on counting
/// and its number belongs to no known title: amid the statutory six it is the one that is lacking, behind
/// them another section, and in older reports whatever its words say.
fn choose_headings(items: &[Item<'_>]) -> Vec<(usize, SectionKind)> {
    let candidates: Vec<(usize, Heading)> = items
        .iter()
        .enumerate()
        .filter_map(|(at, item)| Some((at, item.heading?)))
        .collect();
    let known: Vec<u32> = candidates
        .iter()
        .filter(|(_, heading)| heading.exact)
        .filter_map(|(_, heading)| heading.number)
        .collect();
    let mut chosen: Vec<(usize, SectionKind)> = Vec::new();
    let mut last_number = 0;
    for (number, (at, heading)) in candidates.iter().enumerate() {
        let again = candidates[number + 1..].iter().any(|(_, other)| {
            other.kind == heading.kind && other.number == heading.number && heading.kind.is_some()
        });
        let next = candidates.get(number + 1);
        if again && next.is_some_and(|(next, _)| *next == at + 1) {
            continue;
        }
        let opens = match heading.number {
            Some(_) if heading.exact => true,
            Some(n) => n == last_number + 1 && !known.contains(&n),
            // A bare title among numbered ones is a sub-heading or a caption.
            None => heading.exact && (known.is_empty() || items[*at].marked),
        };
        if !opens {
            continue;
        }
        last_number = heading.number.unwrap_or(last_number);
        let by_number = heading
            .number
            .filter(|_| known.len() >= 3)
            .and_then(|n| STATUTORY.get(usize::try_from(n).ok()?.checked_sub(1)?));
        let kind = heading.kind.or(by_number.copied());
        chosen.push((*at, kind.unwrap_or(SectionKind::Other)));
    }
    chosen
}
