//! Which tokens of long words the index is asked for.
//!
//! FTS5 compares the places of all tokens of a phrase in every row that has them all, and of the commonest characters that is nearly
//! every row: each token costs as much again, however rare the phrase is. So the index may be asked for the few tokens in the middle
//! of it that seldom stand together, and the rows found are looked at for the whole. Which those are is guessed from a sample of the
//! sections; a bad guess costs time and changes no answer.

use std::ops::Range;

use rusqlite::Connection;

use crate::store::search::{SHARED, cut_text};

use super::super::QueryError;
use super::Words;
use super::words::Part;

/// Of fewer versions the index is asked for the words as they are.
const MANY: usize = 4096;
/// Versions whose sections are the sample.
const SAMPLE: usize = 96;
/// Longer words are asked for by these first tokens or some of them.
const LONGEST: usize = 16;
/// What it costs to read a section and look for the words in it: as much as the index takes for a token in so many rows.
const LOOK: u64 = 90;

/// The tokens to ask for, of each part of a question.
#[derive(Debug, Default)]
pub(super) struct Windows {
    /// Of the parts in order; parts behind the last one are asked for whole.
    of_parts: Vec<(Part, Range<usize>)>,
}

impl Windows {
    /// Of a question to these versions.
    pub(super) fn of(
        connection: &Connection,
        words: &Words,
        versions: impl ExactSizeIterator<Item = i64>,
    ) -> Result<Self, QueryError> {
        let parts: Vec<&Part> = words.parts().filter(|part| part.len() > 2).collect();
        let all: Option<i64> =
            connection.query_row("SELECT max(id) FROM version", [], |row| row.get(0))?;
        let all = usize::try_from(all.unwrap_or_default()).unwrap_or(usize::MAX);
        if parts.is_empty() || all < MANY || versions.len() == 0 {
            return Ok(Self::default());
        }
        let step = versions.len().div_ceil(SAMPLE);
        let share = [versions.len(), all].map(|count| count as u64);
        let sample = sample(connection, versions.step_by(step))?;
        let of_parts = parts.into_iter().map(|part| {
            let window = window(part, &sample, share);
            (part.clone(), window)
        });
        Ok(Self {
            of_parts: of_parts
                .filter(|(part, window)| window.len() < part.len())
                .collect(),
        })
    }

    /// Whether the index finds rows that do not have the words, too.
    pub(super) fn are_wider(&self) -> bool {
        !self.of_parts.is_empty()
    }

    /// The tokens of a part.
    pub(super) fn asked(&self, part: &Part) -> Range<usize> {
        let mut of_parts = self.of_parts.iter();
        let found = of_parts.find(|(one, _)| one == part);
        found.map_or(0..part.len(), |(_, window)| window.clone())
    }
}

/// The rows of the index of these versions, as [`row_of`] gives them.
fn sample(
    connection: &Connection,
    versions: impl Iterator<Item = i64>,
) -> Result<Vec<String>, QueryError> {
    let mut rows = Vec::new();
    let mut statement = connection.prepare_cached(
        "SELECT text FROM section_text WHERE id BETWEEN ?1 << 20 AND ?1 << 20 | ?2",
    )?;
    for version in versions {
        let mut sections = statement.query([version, SHARED])?;
        while let Some(section) = sections.next()? {
            let mut row = String::from(" ");
            cut_text(section.get_ref(0)?.as_str().unwrap_or_default(), &mut row);
            rows.push(row);
        }
    }
    Ok(rows)
}

/// The tokens of a part that cost the least: those asked for in all rows, and what they find looked at, which is this share of it.
fn window(part: &Part, sample: &[String], [some, all]: [u64; 2]) -> Range<usize> {
    let tokens = &part[..part.len().min(LONGEST)];
    // In how many rows the tokens from `start` on stand, `length` of them, at [start][length].
    let mut counts = vec![vec![0_u32; tokens.len() + 1]; tokens.len()];
    let mut longest = vec![0; tokens.len()];
    for row in sample {
        let row: Vec<&str> = row.split_ascii_whitespace().collect();
        longest.fill(0);
        for at in 0..row.len() {
            for (start, longest) in longest.iter_mut().enumerate() {
                let pairs = row[at..].iter().zip(&tokens[start..]);
                let length = pairs.take_while(|(one, other)| *one == other).count();
                *longest = length.max(*longest);
            }
        }
        for (counts, longest) in counts.iter_mut().zip(&longest) {
            for count in &mut counts[..=*longest] {
                *count += 1;
            }
        }
    }
    // In thousandths of what a token costs that is asked for in all rows.
    let cost = |window: &Range<usize>| {
        let asked = window.len() as u64 * 1000;
        if window.len() == part.len() {
            return asked;
        }
        // What the sample does not have may be half a row of it.
        let halves = (2 * u64::from(counts[window.start][window.len()])).max(1);
        asked + halves * 500 * LOOK * some / all / sample.len().max(1) as u64
    };
    let starts = 0..tokens.len();
    let windows = starts.flat_map(|start| (start + 2..=tokens.len()).map(move |end| start..end));
    windows
        .chain(std::iter::once(0..part.len()))
        .min_by_key(cost)
        .unwrap_or(0..part.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rarest_tokens_are_asked_for() {
        let row = |text: &str| {
            let mut row = String::from(" ");
            cut_text(text, &mut row);
            row
        };
        let part = |text: &str| -> Part { text.chars().map(Into::into).collect() };
        let mut sample = vec![row("政府信息公开工作，信息公开的政府"); 90];
        sample.extend(vec![row("政府信息政务公开"); 10]);
        for (text, want) in [
            // Found in a tenth of the rows: nine tokens' worth of looking; in none.
            ("息政务公开", 0..5),
            ("信息政府公开的", 3..5),
            // Common through and through.
            ("政府信息公开", 0..6),
            ("公开政府信息公开", 1..3),
        ] {
            assert_eq!(window(&part(text), &sample, [1, 1]), want, "{text}");
        }
        // Where few reports are asked for little has to be looked at.
        assert_eq!(window(&part("息政务公开"), &sample, [1, 100]).len(), 2);
        let long = "公开信".repeat(60);
        let window = window(&part(&long), &sample, [1, 1]);
        assert!(window.len() == 2 && window.end <= LONGEST);
    }
}
