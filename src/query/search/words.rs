//! What was typed: words, phrases, alternatives, exclusions. Everything is understood, or told in a line.

use std::ops::Range;

use crate::store::search::cut;

/// Most parts a question may have.
const MOST_PARTS: usize = 64;
/// Most tokens of one part.
const MOST_TOKENS: usize = 200;

/// Why a question cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WordsError {
    /// Nothing was typed.
    #[error("nothing to search for: give a word")]
    Empty,
    /// A quotation has no end.
    #[error("a quotation mark opens a phrase that has no end: {rest}")]
    OpenPhrase {
        /// From the mark on.
        rest: String,
    },
    /// A part holds spaces or characters without width alone.
    #[error("there is nothing to search for in {part:?}")]
    NoToken {
        /// As typed.
        part: String,
    },
    /// A part is signs alone, outside of quotations.
    #[error("{part} is a sign, not a word: put it in quotation marks to search for it")]
    Sign {
        /// As typed.
        part: String,
    },
    /// A sign that other search languages know.
    #[error("{sign} has no meaning here: {why}")]
    Foreign {
        /// The sign or word.
        sign: String,
        /// What to do.
        why: &'static str,
    },
    /// `OR` without something on both sides.
    #[error("OR stands between two words or groups of words")]
    LonelyOr,
    /// Only exclusions.
    #[error("-{part} says what must not be there: say beside it what must")]
    OnlyWithout {
        /// The first of them.
        part: String,
    },
    /// Too long.
    #[error(
        "too long: at most {MOST_PARTS} words or phrases, each of at most {MOST_TOKENS} characters or words"
    )]
    TooLong,
}

/// A word or phrase: its tokens, as the index has them.
pub(super) type Part = Vec<String>;

/// One alternative.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Group {
    with: Vec<Part>,
    without: Vec<Part>,
}

/// A question to the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    groups: Vec<Group>,
}

/// A piece of what was typed.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    text: String,
    quoted: bool,
    without: bool,
}

/// Marks that open a phrase, with those that end it.
const QUOTES: [(char, &[char]); 5] = [
    ('"', &['"']),
    ('＂', &['＂']),
    ('“', &['”', '“']),
    ('”', &['”', '“']),
    ('「', &['」']),
];

impl Words {
    /// Reads what was typed: words that must all stand in a section, each a phrase of its characters; `"phrases"`; `OR`
    /// between groups of words; `-` before what must not stand there.
    ///
    /// # Errors
    ///
    /// [`WordsError`].
    pub fn parse(typed: &str) -> Result<Self, WordsError> {
        let pieces = pieces(typed)?;
        if pieces.is_empty() {
            return Err(WordsError::Empty);
        }
        if pieces.len() > MOST_PARTS {
            return Err(WordsError::TooLong);
        }
        let mut groups = vec![Group::default()];
        for piece in pieces {
            let bare = !piece.quoted && !piece.without;
            match piece.text.as_str() {
                "OR" | "ＯＲ" | "||" | "|" if bare => {
                    groups.push(Group::default());
                    continue;
                }
                // What stands side by side must all be there anyway.
                "AND" | "ＡＮＤ" | "&&" if bare => continue,
                "NOT" if bare => {
                    return Err(foreign(
                        "NOT",
                        "put - before the word that must not be there",
                    ));
                }
                _ => {}
            }
            let part = tokens_of(&piece)?;
            // There is always a last one.
            if let Some(group) = groups.last_mut() {
                if piece.without {
                    &mut group.without
                } else {
                    &mut group.with
                }
                .push(part);
            }
        }
        for group in &groups {
            match (group.with.is_empty(), group.without.first()) {
                (true, Some(part)) => {
                    return Err(WordsError::OnlyWithout {
                        part: part.concat(),
                    });
                }
                (true, None) if groups.len() == 1 => return Err(WordsError::Empty),
                (true, None) => return Err(WordsError::LonelyOr),
                _ => {}
            }
        }
        Ok(Self { groups })
    }

    /// As FTS5 has it, of parts that must be there only these tokens, which are some that follow one another: it finds every row that
    /// has the words, and others where tokens were left out. Of what was typed nothing but tokens is in it, and no token has an ASCII
    /// sign.
    pub(super) fn expression(&self, asked: impl Fn(&Part) -> Range<usize>) -> String {
        let quoted = |tokens: &[String]| format!("\"{}\"", tokens.join(" "));
        let groups: Vec<String> = self
            .groups
            .iter()
            .map(|group| {
                let with = group.with.iter().map(|part| quoted(&part[asked(part)]));
                let with = with.collect::<Vec<_>>().join(" AND ");
                if group.without.is_empty() {
                    return format!("({with})");
                }
                let without = group.without.iter().map(|part| quoted(part));
                let without = without.collect::<Vec<_>>().join(" OR ");
                format!("(({with}) NOT ({without}))")
            })
            .collect();
        groups.join(" OR ")
    }

    /// The words and phrases that must be there, of all alternatives.
    pub(super) fn parts(&self) -> impl Iterator<Item = &Part> {
        self.groups.iter().flat_map(|group| &group.with)
    }

    /// Whether a row of the index has the words: its tokens, with a space before and behind each.
    pub(super) fn are_in(&self, row: &str) -> bool {
        let has = |part: &Part| {
            let part = format!(" {} ", part.join(" "));
            memchr::memmem::find(row.as_bytes(), part.as_bytes()).is_some()
        };
        let mut groups = self.groups.iter();
        groups.any(|group| group.with.iter().all(has) && !group.without.iter().any(has))
    }

    /// Where the words of a question stand in a text, in bytes: in order, those that touch or overlap as one.
    pub(super) fn places(&self, text: &str) -> Vec<Range<usize>> {
        let mut tokens: Vec<(String, Range<usize>)> = Vec::new();
        cut(text, |token, bytes| tokens.push((token.to_owned(), bytes)));
        let mut places: Vec<Range<usize>> = Vec::new();
        for part in self.parts() {
            for window in tokens.windows(part.len()) {
                if window
                    .iter()
                    .zip(part)
                    .all(|((token, _), wanted)| token == wanted)
                {
                    let (first, last) = (&window[0].1, &window[window.len() - 1].1);
                    places.push(first.start..last.end);
                }
            }
        }
        places.sort_by_key(|place| (place.start, place.end));
        let mut joined: Vec<Range<usize>> = Vec::new();
        for place in places {
            match joined.last_mut() {
                Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
                _ => joined.push(place),
            }
        }
        joined
    }
}

fn foreign(sign: &str, why: &'static str) -> WordsError {
    WordsError::Foreign {
        sign: sign.into(),
        why,
    }
}

/// The tokens of a piece, or why it has none that can be searched for.
fn tokens_of(piece: &Piece) -> Result<Part, WordsError> {
    if !piece.quoted {
        let bare = piece.text.as_str();
        if bare.contains(['*', '?']) {
            return Err(foreign(
                if bare.contains('*') { "*" } else { "?" },
                "every part of a Chinese word is found anyway; in quotation marks it is searched for",
            ));
        }
        if bare.contains(['(', ')']) {
            return Err(foreign(
                "( )",
                "OR parts groups of words, there are no groups within groups; in quotation marks they are searched for",
            ));
        }
        if bare.starts_with(['^', '+']) {
            return Err(foreign(
                &bare[..1],
                "all words must be there anyway; in quotation marks it is searched for",
            ));
        }
    }
    let mut part = Vec::new();
    let mut words = false;
    cut(&piece.text, |token, _| {
        words |= token.chars().any(char::is_alphanumeric);
        part.push(token.to_owned());
    });
    if part.len() > MOST_TOKENS {
        return Err(WordsError::TooLong);
    }
    if part.is_empty() {
        return Err(WordsError::NoToken {
            part: piece.text.clone(),
        });
    }
    if !words && !piece.quoted {
        return Err(WordsError::Sign {
            part: piece.text.clone(),
        });
    }
    Ok(part)
}

fn pieces(typed: &str) -> Result<Vec<Piece>, WordsError> {
    let mut pieces = Vec::new();
    let mut rest = typed.trim_start();
    while let Some(first) = rest.chars().next() {
        let mut without = false;
        let at = rest;
        let first = if matches!(first, '-' | '－') {
            without = true;
            rest = &rest[first.len_utf8()..];
            match rest.chars().next() {
                Some(next) if !next.is_whitespace() => next,
                _ => return Err(WordsError::Sign { part: first.into() }),
            }
        } else {
            first
        };
        let quote = QUOTES.iter().find(|(open, _)| *open == first);
        let (text, quoted, used) = if let Some((open, ends)) = quote {
            let inner = &rest[open.len_utf8()..];
            let Some(end) = inner.find(*ends) else {
                return Err(WordsError::OpenPhrase { rest: at.into() });
            };
            let mark = inner[end..].chars().next().map_or(0, char::len_utf8);
            (&inner[..end], true, open.len_utf8() + end + mark)
        } else {
            // A quotation mark within a word ends it: 公开"一次性".
            let stop = |c: char| c.is_whitespace() || QUOTES.iter().any(|(open, _)| *open == c);
            let end = rest.find(stop).unwrap_or(rest.len());
            (&rest[..end], false, end)
        };
        pieces.push(Piece {
            text: text.into(),
            quoted,
            without,
        });
        rest = rest[used..].trim_start();
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_understood() {
        let cases = [
            ("公开", r#"("公 开")"#),
            ("公开  答复", r#"("公 开" AND "答 复")"#),
            ("公开　AND 答复", r#"("公 开" AND "答 复")"#),
            (
                "公开 OR 答复 -诉讼",
                r#"("公 开") OR (("答 复") NOT ("诉 讼"))"#,
            ),
            ("\"公开。依法\"", r#"("公 开 。 依 法")"#),
            ("“Open Data” －\"OR\"", r#"(("open data") NOT ("or"))"#),
            ("-甲 乙 -丙", r#"(("乙") NOT ("甲" OR "丙"))"#),
            ("12.5%", r#"("12 ． 5 ％")"#),
            ("公开\"OR\"", r#"("公 开" AND "or")"#),
            ("\"a\" NEAR/2", r#"("a" AND "near ／ 2")"#),
            ("\"*\" \"(\"", r#"("＊" AND "（")"#),
            (
                "problems:公开; DROP TABLE x",
                r#"("problems ： 公 开 ；" AND "drop" AND "table" AND "x")"#,
            ),
        ];
        for (typed, want) in cases {
            assert_eq!(
                Words::parse(typed)
                    .map(|words| words.expression(|part| 0..part.len()))
                    .as_deref(),
                Ok(want),
                "{typed}"
            );
        }
    }

    #[test]
    fn a_row_has_the_words_whole() {
        for (typed, row, want) in [
            ("公开信", " 公 开 信 息 ", true),
            ("公开信", " 公 开 。 信 ", false),
            ("12", " 120 件 ", false),
            ("公开 -信息", " 公 开 信 息 ", false),
            ("公开 -信息 OR 息", " 公 开 信 息 ", true),
            ("公开 息信", " 公 开 信 息 ", false),
            ("公", " ", false),
        ] {
            assert_eq!(Words::parse(typed).unwrap().are_in(row), want, "{typed}");
        }
    }

    #[test]
    fn what_is_not_understood_is_told_in_a_line() {
        let long = "公 ".repeat(65);
        let longer = "公".repeat(201);
        for typed in [
            "",
            "  ",
            "\u{3000}",
            "\u{200b}",
            "\"",
            "公开 \"答复",
            "“",
            "\"\"",
            "-",
            "- 公开",
            "-公开",
            "OR",
            "公开 OR",
            "OR 公开",
            "公开 OR OR 答复",
            "公开 OR -答复",
            "信息*",
            "(公开",
            "公开)",
            "^公",
            "+公",
            "NOT 公开",
            "，",
            "--",
            &long,
            &longer,
            "AND",
            "公开 ？ 吗",
            "？",
        ] {
            let error = Words::parse(typed).expect_err(typed);
            assert!(!error.to_string().contains('\n'), "{typed:?}: {error}");
        }
    }

    #[test]
    fn words_are_placed_in_the_text() {
        let words = Words::parse("公开 OR 开信 -x").unwrap();
        let text = "政府信息公 开\n信息，公。开，２公开";
        let places: Vec<&str> = words
            .places(text)
            .into_iter()
            .map(|place| &text[place])
            .collect();
        assert_eq!(places, ["公 开\n信", "公开"]);
    }
}
