//! The body cut into sections at its headings. Nothing lost, nothing twice.

use std::borrow::Cow;

use crate::model::{ByteRange, Code, Finding, Section, SectionKind};

use super::body::Item;
use super::headings::{self, Heading, Level};
use super::mentions::Paragraph;

/// Cuts the body. `items` are the body from its first line of text to its last. Every line below a heading is
/// also handed over in `paragraphs`.
pub fn cut_with<'d>(
    items: &[Item<'d>],
    findings: &mut Vec<Finding>,
    paragraphs: &mut Vec<Paragraph<'d>>,
) -> Vec<Section> {
    let items = &cut_inline(number_lower(items))[..];
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
            let number = u32::try_from(sections.len()).unwrap_or(u32::MAX);
            paragraphs.extend(body.iter().map(|item| Paragraph {
                section: number,
                kind: own_kind,
                text: item.text.clone(),
                bytes: item.bytes,
            }));
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

/// Reports that number their sections `（一）` or `1、`: those lines become headings where there are no others and
/// three in a row open known sections.
fn number_lower<'a, 'd>(items: &'a [Item<'d>]) -> Cow<'a, [Item<'d>]> {
    let headed = |item: &Item<'_>| {
        item.heading
            .is_some_and(|heading| heading.exact || heading.number.is_some() || item.marked)
    };
    if items.iter().any(headed) {
        return Cow::Borrowed(items);
    }
    for level in [Level::Bracketed, Level::Arabic] {
        let read = |item: &Item<'_>| headings::read_at(&item.text, item.marked, level);
        let mut next = 1;
        for heading in items.iter().filter_map(read) {
            if heading.kind.is_some() && heading.number == Some(next) {
                next += 1;
            }
        }
        if next > 3 {
            let mut items = items.to_vec();
            for item in &mut items {
                item.heading = read(item).filter(|heading| heading.number.is_some());
            }
            return Cow::Owned(items);
        }
    }
    Cow::Borrowed(items)
}

/// Cuts paragraphs that begin with the heading of a section.
fn cut_inline<'a, 'd>(items: Cow<'a, [Item<'d>]>) -> Cow<'a, [Item<'d>]> {
    let mut cuts: Vec<Option<(Heading, usize)>> = items
        .iter()
        .map(|item| match item.heading {
            None => headings::read_inline(&item.text),
            Some(_) => None,
        })
        .collect();
    if cuts.iter().all(Option::is_none) {
        return items;
    }
    // A paragraph that opens no section stays whole.
    let parts = apply(&items, &cuts);
    let chosen = choose_headings(&parts);
    let mut at = 0;
    for cut in &mut cuts {
        let pieces = 1 + usize::from(cut.is_some());
        if !chosen.iter().any(|(place, _)| *place == at) {
            *cut = None;
        }
        at += pieces;
    }
    Cow::Owned(apply(&items, &cuts))
}

fn apply<'d>(items: &[Item<'d>], cuts: &[Option<(Heading, usize)>]) -> Vec<Item<'d>> {
    let mut parts = Vec::with_capacity(items.len());
    for (item, cut) in items.iter().zip(cuts) {
        let Some((heading, at)) = cut else {
            parts.push(item.clone());
            continue;
        };
        let (title, text) = item.text.split_at(*at);
        let part = |text: &str, heading| Item {
            text: Cow::Owned(text.trim().to_owned()),
            heading,
            ..item.clone()
        };
        parts.push(part(title, Some(*heading)));
        parts.push(part(text, None));
    }
    parts
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
    let numbered = candidates
        .iter()
        .any(|(_, heading)| heading.number.is_some());
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
            None if numbered => heading.exact && (known.is_empty() || items[*at].marked),
            None => heading.exact || items[*at].marked,
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

#[cfg(test)]
mod tests {
    use super::*;
    use SectionKind::{ActiveDisclosure, Overview, Preamble, Requests};

    fn items(lines: &[&str], marked: bool) -> Vec<Item<'static>> {
        let item = |text: &&str| Item {
            text: (*text).to_owned().into(),
            bytes: ByteRange::default(),
            block: 0,
            heading: headings::read(text, marked),
            marked,
            link_chars: 0,
        };
        lines.iter().map(item).collect()
    }

    #[test]
    fn headings_open_sections_however_they_are_numbered() {
        let three = [Overview, ActiveDisclosure, Requests];
        let cases: [(&[&str], bool, &[SectionKind]); 7] = [
            (
                &[
                    "一、概述",
                    "甲。",
                    "二、主动公开情况",
                    "乙。",
                    "三、依申请公开情况",
                    "丙。",
                ],
                false,
                &three,
            ),
            (
                &[
                    "1、概述",
                    "甲。",
                    "2、主动公开情况",
                    "乙。",
                    "3、依申请公开情况",
                    "丙。",
                ],
                false,
                &three,
            ),
            (
                &[
                    "（一）概述",
                    "甲。",
                    "（二）主动公开情况",
                    "乙。",
                    "（三）依申请公开情况",
                    "丙。",
                ],
                false,
                &three,
            ),
            (
                &[
                    "一、概述。甲。",
                    "二、主动公开情况。乙。",
                    "三、依申请公开办理情况。丙。",
                ],
                false,
                &three,
            ),
            (
                &["概述", "主动公开政府信息", "依申请公开办理情况"],
                true,
                &three,
            ),
            (&["1、概述", "甲。", "2、乙"], false, &[Preamble]),
            (
                &[
                    "一、概述",
                    "1、概述",
                    "2、主动公开情况",
                    "3、依申请公开情况",
                    "二、主动公开情况",
                    "乙。",
                ],
                false,
                &[Overview, ActiveDisclosure],
            ),
        ];
        for (lines, marked, want) in cases {
            let sections = cut_with(&items(lines, marked), &mut Vec::new(), &mut Vec::new());
            let kinds: Vec<_> = sections.iter().map(|section| section.kind).collect();
            assert_eq!(kinds, want, "{lines:?}");
            let squeeze = |text: &str| -> String { text.chars().filter(|c| *c != '\n').collect() };
            let read: String = sections
                .iter()
                .map(|section| {
                    section.heading.clone().unwrap_or_default() + &squeeze(&section.text)
                })
                .collect();
            assert_eq!(read, lines.concat(), "{lines:?}");
        }
    }

    #[test]
    fn a_paragraph_that_opens_no_section_stays_whole() {
        let lines = [
            "一、总体情况",
            "三、主动公开。乙。",
            "二、主动公开政府信息情况",
            "丙。",
        ];
        let sections = cut_with(&items(&lines, false), &mut Vec::new(), &mut Vec::new());
        assert_eq!(sections[0].text, "三、主动公开。乙。");
    }
}
