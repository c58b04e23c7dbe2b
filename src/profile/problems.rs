//! Everything that is wrong with a profile's file, not just the first thing.
//!
//! In: the file's text. Out: its problems with line and column. The TOML reader stops at the first; so what it refuses
//! is blanked and the rest read again. What is missing only because it was blanked is no problem of the file.

use std::ops::Range;

use super::{Platform, ProfileError, SiteProfile};

/// Which kind of profile a file is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// `platforms/*.toml`.
    Platform,
    /// Any other.
    Site,
}

/// Something wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// From 1; 0 where it concerns the file as a whole.
    pub line: usize,
    /// From 1, in characters; 0 as above.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

/// So many are named.
const MOST: usize = 50;

/// The problems of a profile's text, in the order of the file; none for a good one.
pub fn problems(text: &str, kind: FileKind) -> Vec<Problem> {
    let refused = |text: &str| match kind {
        FileKind::Platform => Platform::parse(text).err(),
        FileKind::Site => SiteProfile::parse(text).err(),
    };
    // Of a file that is no TOML, only where it breaks is known.
    if let Err(error) = toml::from_str::<toml::Table>(text) {
        return vec![problem(text, error.span(), error.message())];
    }
    let mut left = text.to_owned();
    let mut blanked = String::new();
    let mut found: Vec<Problem> = Vec::new();
    while found.len() < MOST {
        let Some(ProfileError { source: error }) = refused(&left) else {
            break;
        };
        let message = error.message();
        let missing = message
            .strip_prefix("missing field `")
            .and_then(|rest| rest.split('`').next());
        let ours = missing.is_some_and(|key| names_key(&blanked, key));
        if !ours {
            found.push(problem(text, error.span(), message));
        }
        // What is missing from the whole file, or wrong with it, cannot be blanked.
        let Some(span) = error
            .span()
            .filter(|span| missing.is_none() && !span.is_empty())
        else {
            break;
        };
        let lines = whole_lines(&left, &span);
        let gone = &left[lines.clone()];
        // What is wrong with the whole file cannot be blanked; what lacks a key is, as a table.
        let is_table = gone.trim_start().starts_with('[');
        if gone.trim().is_empty() || lines.len() == left.len() || missing.is_some() && !is_table {
            break;
        }
        blanked.push_str(gone);
        blanked.push('\n');
        let blank: String = gone
            .chars()
            .map(|c| {
                if c == '\n' {
                    "\n".to_owned()
                } else {
                    " ".repeat(c.len_utf8())
                }
            })
            .collect();
        left.replace_range(lines, &blank);
    }
    found.sort_by_key(|one| (one.line, one.column));
    found
}

fn problem(text: &str, span: Option<Range<usize>>, message: &str) -> Problem {
    let message = message.lines().collect::<Vec<_>>().join("; ");
    let Some(before) = span.and_then(|span| text.get(..span.start)) else {
        return Problem {
            line: 0,
            column: 0,
            message,
        };
    };
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    Problem {
        line,
        column: before[start..].chars().count() + 1,
        message,
    }
}

/// The lines a span lies in.
fn whole_lines(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = text[..span.start.min(text.len())]
        .rfind('\n')
        .map_or(0, |at| at + 1);
    // Of a table that is wrong as a whole only the head is given.
    if text[start..].trim_start().starts_with('[') {
        let next = text[start..]
            .match_indices('\n')
            .map(|(at, _)| start + at + 1)
            .find(|at| text[*at..].trim_start_matches(' ').starts_with('['));
        return start..next.map_or(text.len(), |at| at - 1).max(start);
    }
    let from = span.end.clamp(start, text.len());
    let end = text[from..].find('\n').map_or(text.len(), |at| from + at);
    start..end
}

/// Whether a key or a table of this name stands in `text`.
fn names_key(text: &str, key: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start().trim_start_matches('[');
        line.strip_prefix(key)
            .is_some_and(|rest| rest.trim_start().starts_with(['=', ']', '.']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "name = \"a\"\ntitle = \"甲\"\n[[seeds]]\nurl = \"http://a.example/\"\nkind = \"root\"\n[list]\nitem = \"li\"\n";

    #[test]
    fn every_problem_is_named_with_its_place() {
        assert_eq!(problems(GOOD, FileKind::Site), []);
        let bad = GOOD
            .replace("title", "colour = 1\ntitle")
            .replace("\"root\"", "\"rot\"")
            .replace("\"li\"", "\"li ~ a\"\nitems = 2");
        let found = problems(&bad, FileKind::Site);
        let places: Vec<_> = found.iter().map(|one| (one.line, one.column)).collect();
        assert_eq!(places, [(2, 1), (6, 8), (8, 8), (9, 1)], "{found:?}");
        assert!(found[0].message.contains("colour"));
    }

    #[test]
    fn a_file_that_is_no_toml_and_one_that_lacks_keys_have_one() {
        let found = problems("name = \"a\ntitle = 1", FileKind::Site);
        assert_eq!((found.len(), found[0].line), (1, 1));
        let found = problems(&GOOD.replace("title = \"甲\"\n", ""), FileKind::Site);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].message.contains("title"));
        let found = problems(&GOOD.replace("http:", "ftp:"), FileKind::Site);
        assert_eq!((found.len(), found[0].line), (1, 3), "{found:?}");
    }
}
