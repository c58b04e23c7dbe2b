//! The text of a report, with the clauses marked whose numbers were read.

use std::ops::Range;

use crate::model::{Mention, Report, SectionKind};

/// Clauses of a section that may be looked for without success. A text that lacks more of them is not searched on.
const MOST_MISSES: usize = 20;

/// A section.
#[derive(Debug)]
pub struct SectionView {
    /// What it is about.
    pub kind: SectionKind,
    /// Its heading as printed.
    pub heading: Option<String>,
    /// Its paragraphs, a line each.
    pub lines: Vec<Vec<PieceView>>,
}

/// A piece of a line.
#[derive(Debug, PartialEq, Eq)]
pub struct PieceView {
    /// The text.
    pub text: String,
    /// Numbers of the mentions it holds, from 1, in the report's list; none for other text.
    pub mentions: Vec<usize>,
}

/// The sections of a report.
pub fn of(report: &Report) -> Vec<SectionView> {
    let sections = report.sections.iter().enumerate();
    sections
        .map(|(number, section)| {
            let own = report.mentions.iter().enumerate().filter(|(_, mention)| {
                usize::try_from(mention.section).is_ok_and(|section| section == number)
            });
            let marks = places(&section.text, own.map(|(at, mention)| (at + 1, mention)));
            SectionView {
                kind: section.kind,
                heading: section.heading.clone(),
                lines: lines(&section.text, &marks),
            }
        })
        .collect()
}

type Marked = (Range<usize>, Vec<usize>);

/// Where the clauses stand, in order and apart. Several mentions of one clause share its place.
fn places<'m>(text: &str, mentions: impl Iterator<Item = (usize, &'m Mention)>) -> Vec<Marked> {
    let mut marks: Vec<Marked> = Vec::new();
    let mut misses = 0;
    for (number, mention) in mentions {
        if let Some((range, numbers)) = marks.last_mut()
            && text[range.clone()].contains(&*mention.text)
        {
            numbers.push(number);
            continue;
        }
        let from = marks.last().map_or(0, |(range, _)| range.end);
        let found = text[from..].find(&*mention.text);
        match found.filter(|_| !mention.text.is_empty()) {
            Some(at) => {
                let start = from + at;
                marks.push((start..start + mention.text.len(), vec![number]));
            }
            None if misses == MOST_MISSES => break,
            None => misses += 1,
        }
    }
    marks
}

fn lines(text: &str, marks: &[Marked]) -> Vec<Vec<PieceView>> {
    let mut marks = marks.iter().peekable();
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let end = start + line.len();
        let mut pieces = Vec::new();
        let mut at = start;
        let mut push = |range: Range<usize>, mentions: &[usize]| {
            if !range.is_empty() {
                pieces.push(PieceView {
                    text: text[range].to_owned(),
                    mentions: mentions.to_vec(),
                });
            }
        };
        while let Some((range, numbers)) = marks.peek() {
            if range.start >= end {
                break;
            }
            push(at..range.start.max(at), &[]);
            push(range.start.max(at)..range.end.min(end), numbers);
            at = range.end.min(end);
            if range.end > end {
                // The clause goes on in the next line.
                break;
            }
            marks.next();
        }
        push(at..end, &[]);
        lines.push(pieces);
        start = end + 1;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_cut_at_line_ends_and_nothing_is_lost() {
        let text = "甲1件，乙\n2件。丙\n\n丁";
        let clause = text.find("乙").unwrap()..text.find("。").unwrap();
        let marks = [(0.."甲1件".len(), vec![1, 2]), (clause, vec![3])];
        let lines = lines(text, &marks);
        let shown: Vec<String> = lines
            .iter()
            .map(|line| {
                let piece = |piece: &PieceView| match piece.mentions.as_slice() {
                    [] => piece.text.clone(),
                    numbers => format!("[{}{numbers:?}]", piece.text),
                };
                line.iter().map(piece).collect()
            })
            .collect();
        assert_eq!(shown, ["[甲1件[1, 2]]，[乙[3]]", "[2件[3]]。丙", "", "丁"]);
    }
}
